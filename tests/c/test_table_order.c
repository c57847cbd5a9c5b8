/* Tables side by side, in the order of a column. */
#include "unit.h"
#include "model/pn_table.h"
#include "oom.h"

static pn_table *numbers(const char *name, pn_col_kind kind, const double *v, size_t n) {
    pn_table *t = NULL;
    if (pn_table_new(&t, NULL) != PN_OK) return NULL;
    pn_table_add(t, name, kind);
    for (size_t i = 0; i < n; i++) {
        if (v[i] < 0) pn_table_put_null(t, 0);
        else if (kind == PN_COL_F64) pn_table_put_f64(t, 0, v[i]);
        else pn_table_put_i64(t, 0, (int64_t)v[i]);
    }
    if (pn_table_finish(t, NULL) == PN_OK) return t;
    pn_table_release(t);
    return NULL;
}

static const double some[] = { 3, -1, 1, 3, 2, -1, 1 };         /* below 0: null */

static void equal_rows_keep_their_order_and_nulls_come_last(void **state) {
    (void)state;
    static const int64_t up[] = { 2, 6, 4, 0, 3, 1, 5 }, down[] = { 0, 3, 4, 2, 6, 1, 5 };
    static const pn_col_kind kinds[] = { PN_COL_F64, PN_COL_I64 };
    for (size_t k = 0; k < 2; k++) {
        int64_t rows[7] = { 0, 1, 2, 3, 4, 5, 6 };
        pn_table *t = numbers("n", kinds[k], some, 7);
        assert_int_equal(pn_table_order(t, 0, false, rows, NULL, NULL), PN_OK);
        assert_memory_equal(rows, up, sizeof up);
        memcpy(rows, (int64_t[]){ 0, 1, 2, 3, 4, 5, 6 }, sizeof rows);
        assert_int_equal(pn_table_order(t, 0, true, rows, NULL, NULL), PN_OK);
        assert_memory_equal(rows, down, sizeof down);
        pn_table_release(t);
    }
}

static void tables_stand_side_by_side(void **state) {
    (void)state;
    static const int64_t rows[] = { 6, 0 };
    pn_table *a = numbers("a", PN_COL_I64, some, 7), *b = numbers("b", PN_COL_F64, some, 7), *c = numbers("c", PN_COL_F64, some, 6), *out = NULL;
    assert_int_equal(pn_table_beside(a, b, rows, 2, NULL, &out, NULL), PN_OK);
    assert_int_equal(pn_table_n_cols(out), 2);
    assert_int_equal(pn_table_n_rows(out), 2);
    assert_string_equal(pn_table_col(out, 1)->name, "b");
    assert_int_equal(pn_col_i64(pn_table_col(out, 0), 0), 1);
    assert_true(pn_col_f64(pn_table_col(out, 1), 1) == 3);
    pn_table_release(out);
    out = NULL;
    assert_int_equal(pn_table_beside(b, b, rows, 2, NULL, &out, NULL), PN_OK);         /* one name, one column */
    assert_int_equal(pn_table_n_cols(out), 1);
    pn_table_release(out);
    out = NULL;
    assert_int_equal(pn_table_beside(a, c, rows, 1, NULL, &out, NULL), PN_EINVAL);
    assert_null(out);
    pn_table_release(a);
    pn_table_release(b);
    pn_table_release(c);
}

static void put_some(pn_table *t, pn_col_kind kind, int v) {
    static const char *const texts[] = { "b", "", "a", "ab" };
    switch (kind) {
    case PN_COL_STR: case PN_COL_DICT: pn_table_put_str(t, 0, pn_bytes_cstr(texts[v])); break;
    case PN_COL_BOOL: pn_table_put_bool(t, 0, v % 2 != 0); break;
    default: pn_table_put_i64(t, 0, v - 2); break;
    }
}

/* Rows 0 … 4: the values 2, 0, null, 3, 2. */
static void assert_order(pn_col_kind kind, const int64_t up[5], const int64_t down[5]) {
    pn_table *t = NULL;
    int64_t rows[] = { 0, 1, 2, 3, 4 };
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    pn_table_add(t, "c", kind);
    for (int i = 0; i < 5; i++) {
        if (i == 2) pn_table_put_null(t, 0);
        else put_some(t, kind, "20 32"[i] - '0');
    }
    assert_int_equal(pn_table_finish(t, NULL), PN_OK);
    assert_int_equal(pn_table_order(t, 0, false, rows, NULL, NULL), PN_OK);
    assert_memory_equal(rows, up, sizeof rows);
    memcpy(rows, (int64_t[]){ 0, 1, 2, 3, 4 }, sizeof rows);
    assert_int_equal(pn_table_order(t, 0, true, rows, NULL, NULL), PN_OK);
    assert_memory_equal(rows, down, sizeof rows);
    assert_int_equal(pn_table_order(t, 1, true, rows, NULL, NULL), PN_EINVAL);
    pn_table_release(t);
}

static void every_kind_of_column_has_an_order(void **state) {
    (void)state;
    static const pn_col_kind wholes[] = { PN_COL_I32, PN_COL_I64, PN_COL_DATE, PN_COL_TIME };
    for (size_t k = 0; k < PN_COUNT(wholes); k++) assert_order(wholes[k], (int64_t[]){ 1, 0, 4, 3, 2 }, (int64_t[]){ 3, 0, 4, 1, 2 });
    assert_order(PN_COL_BOOL, (int64_t[]){ 0, 1, 4, 3, 2 }, (int64_t[]){ 3, 0, 1, 4, 2 });
    assert_order(PN_COL_STR, (int64_t[]){ 0, 4, 3, 1, 2 }, (int64_t[]){ 1, 3, 0, 4, 2 });
    assert_order(PN_COL_DICT, (int64_t[]){ 0, 4, 3, 1, 2 }, (int64_t[]){ 1, 3, 0, 4, 2 });
}

static int stop_at(void *arg) { return --*(int *)arg == 0; }

static void ordering_a_long_table_asks_all_along(void **state) {
    (void)state;
    enum { MANY = 100000, STRETCH = 64 << 10 };
    pn_table *t = NULL;
    int64_t *rows = malloc(MANY * sizeof *rows);
    int left = 1;
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    pn_table_add(t, "n", PN_COL_I64);
    for (int64_t i = 0; i < MANY; i++) pn_table_put_i64(t, 0, i * 7919 % MANY);
    assert_int_equal(pn_table_finish(t, NULL), PN_OK);
    for (int at = 1; left <= 0 || at == 1; at++) {
        for (int64_t i = 0; i < MANY; i++) rows[i] = i;
        left = at;
        pn_status rc = pn_table_order(t, 0, false, rows, &(pn_tick){ stop_at, &left }, NULL);
        assert_int_equal(rc, left > 0 ? PN_OK : PN_EINTR);
        if (left > 0) assert_true(at > 2 * MANY / STRETCH);
        for (int64_t i = 0; left <= 0 && i < MANY; i++) assert_int_equal(rows[i], i);
    }
    for (int64_t i = 1; i < MANY; i++) assert_true(pn_col_i64(pn_table_col(t, 0), rows[i - 1]) < pn_col_i64(pn_table_col(t, 0), rows[i]));
    free(rows);
    pn_table_release(t);
}

static void no_memory_is_a_status(void **state) {
    (void)state;
    static const int64_t rows[] = { 6, 0 };
    pn_table *a = numbers("a", PN_COL_I64, some, 7), *out = NULL;
    int64_t order[7] = { 0, 1, 2, 3, 4, 5, 6 }, live = pn_live();
    for (long n = 1; oom_arm(n), pn_table_beside(a, a, rows, 2, NULL, &out, NULL) == PN_ENOMEM; n++) assert_int_equal(pn_live(), live);
    oom_off();
    pn_table_release(out);
    oom_arm(1);
    assert_int_equal(pn_table_order(a, 0, false, order, NULL, NULL), PN_ENOMEM);
    oom_off();
    pn_table_release(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_rows_keep_their_order_and_nulls_come_last),
        cmocka_unit_test(tables_stand_side_by_side),
        cmocka_unit_test(every_kind_of_column_has_an_order),
        cmocka_unit_test(ordering_a_long_table_asks_all_along),
        cmocka_unit_test(no_memory_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
