/* Sorting that can be stopped. */
#include "unit.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "index/pn_order.h"
#include "oom.h"
#include <stdlib.h>

typedef struct { uint32_t value, place; } item;

static int by_value(const void *a, const void *b) {
    const item *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static item *random_items(size_t n, uint32_t values) {
    item *at = calloc(n + 1, sizeof *at);
    uint32_t x = 7;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        at[i] = (item){ (x >> 8) % values, (uint32_t)i };
    }
    return at;
}

static void assert_whole(const item *at, size_t n) {
    uint8_t *seen = calloc(n + 1, 1);
    for (size_t i = 0; i < n; i++) {
        assert_true(at[i].place < n && !seen[at[i].place]);
        seen[at[i].place] = 1;
    }
    free(seen);
}

static const size_t SIZES[] = { 0, 1, 2, PN_SORT_RUN - 1, PN_SORT_RUN, PN_SORT_RUN + 1, 2 * PN_SORT_RUN, 2 * PN_SORT_RUN + 1, 3 * PN_SORT_RUN + 5, 9 * PN_SORT_RUN - 1 };

static void a_list_of_any_length_is_in_order(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(SIZES); i++)
        for (uint32_t values = 1; values <= 1000000; values *= 1000) {
            item *at = random_items(SIZES[i], values), *want = random_items(SIZES[i], values);
            assert_int_equal(pn_sort(at, SIZES[i], sizeof *at, by_value, NULL, NULL), PN_OK);
            if (SIZES[i]) qsort(want, SIZES[i], sizeof *want, by_value);
            assert_memory_equal(at, want, SIZES[i] * sizeof *at);
            free(at);
            free(want);
        }
    assert_int_equal(pn_sort(NULL, 0, 8, by_value, NULL, NULL), PN_OK);
}

static int stop_at(void *arg) { return --*(int *)arg < 0; }

static void whoever_is_stopped_still_has_everything(void **state) {
    (void)state;
    size_t n = 5 * PN_SORT_RUN + 3;
    int asked = 0;
    for (int stop = 0;; stop++) {
        item *at = random_items(n, 1000);
        int left = stop;
        pn_tick tick = { stop_at, &left };
        pn_status rc = pn_sort(at, n, sizeof *at, by_value, &tick, NULL);
        assert_whole(at, n);
        free(at);
        if (rc == PN_OK) break;
        assert_int_equal(rc, PN_EINTR);
        asked++;
    }
    assert_true(asked >= 6 + 3 * 5);                   /* every run once, every round of merges at least as often */
}

static void items_of_a_segment_are_all_there_after_a_stop(void **state) {
    (void)state;
    enum { N = 100000 };
    pn_order_item *at = calloc(N, sizeof *at);
    uint8_t *seen = calloc(N, 1);
    int asked = 0;
    for (int stop = 0;; stop += 1 + stop / 3, asked = stop) {
        int left = stop;
        pn_tick tick = { stop_at, &left };
        for (uint32_t i = 0; i < N; i++) at[i] = (pn_order_item){ i * UINT64_C(48271) % 1000, i };
        pn_status rc = pn_order_polled(at, N, NULL, NULL, &tick, NULL);
        memset(seen, 0, N);
        for (size_t i = 0; i < N; i++) seen[at[i].id]++;
        for (size_t i = 0; i < N; i++) assert_int_equal(seen[i], 1);
        if (rc == PN_OK) break;
        assert_int_equal(rc, PN_EINTR);
    }
    assert_true(asked >= 17 * (N >> 14));              /* once in 16,384 steps, in seventeen rounds */
    for (size_t i = 1; i < N; i++) assert_true(at[i - 1].key < at[i].key || (at[i - 1].key == at[i].key && at[i - 1].id < at[i].id));
    free(at);
    free(seen);
}

static void without_memory_the_list_is_as_it_was(void **state) {
    (void)state;
    size_t n = PN_SORT_RUN + 1;
    item *at = random_items(n, 1000), *before = random_items(n, 1000);
    int64_t live = pn_live();
    pn_error err = { 0 };
    oom_arm(1);
    assert_int_equal(pn_sort(at, n, sizeof *at, by_value, NULL, &err), PN_ENOMEM);
    oom_off();
    assert_string_equal(err.msg, "no memory to sort 32769 rows");
    assert_memory_equal(at, before, n * sizeof *at);
    assert_int_equal(pn_live(), live);
    free(at);
    free(before);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_list_of_any_length_is_in_order), cmocka_unit_test(whoever_is_stopped_still_has_everything), cmocka_unit_test(items_of_a_segment_are_all_there_after_a_stop),
                                        cmocka_unit_test(without_memory_the_list_is_as_it_was) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
