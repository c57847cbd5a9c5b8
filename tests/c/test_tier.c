/* Which segments are merged: few stay, and an article is seldom written again. */
#include "unit.h"
#include "base/pn_alloc.h"
#include "index/pn_tier.h"
#include "oom.h"

enum { MOST = 4096, DOC_BYTES = 1000 };
typedef struct { pn_tier_segment at[MOST]; size_t n; uint32_t next; uint64_t arrival, written, merges; } model;

static pn_tier_segment segment(uint32_t number, uint32_t docs, int32_t first, int32_t last) {
    return (pn_tier_segment){ .number = number, .n_docs = docs, .bytes = (uint64_t)docs * DOC_BYTES, .day_first = first, .day_last = last };
}

static size_t next(const model *m, uint64_t fresh, uint32_t which[PN_TIER_FAN]) {
    size_t n;
    assert_int_equal(pn_tier_next(m->at, m->n, fresh, which, &n, NULL), PN_OK);
    return n;
}

/* What a merge makes of segments. */
static void apply(model *m, const uint32_t *which, size_t n) {
    pn_tier_segment made = segment(++m->next, 0, INT32_MAX, PN_DAY_NONE);
    made.arrival_first = UINT64_MAX;
    for (size_t i = 0; i < n; i++) {
        const pn_tier_segment *s = &m->at[which[i]];
        made.n_docs += s->n_docs - s->n_deleted;
        made.day_first = PN_MIN(made.day_first, s->day_first);
        made.day_last = PN_MAX(made.day_last, s->day_last);
        made.arrival_first = PN_MIN(made.arrival_first, s->arrival_first);
        made.arrival_last = PN_MAX(made.arrival_last, s->arrival_last);
    }
    made.bytes = (uint64_t)made.n_docs * DOC_BYTES;
    m->written += made.n_docs;
    m->merges++;
    for (size_t i = 0; i < n; i++) m->at[which[i]].n_docs = 0;
    size_t kept = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->at[i].n_docs) m->at[kept++] = m->at[i];
    m->at[kept++] = made;
    m->n = kept;
}

static void commit(model *m, uint32_t docs, int32_t first, int32_t last) {
    uint32_t which[PN_TIER_FAN];
    assert_true(m->n < MOST);
    m->at[m->n] = segment(++m->next, docs, first, last);
    m->at[m->n].arrival_first = m->arrival;
    m->at[m->n++].arrival_last = m->arrival + docs - 1;
    m->arrival += docs;
    for (size_t n; (n = next(m, docs, which)) > 0;) apply(m, which, n);
}

static uint64_t logarithm(uint64_t n) {
    uint64_t levels = 0;
    for (; n >= PN_TIER_FAN; n /= PN_TIER_FAN) levels++;
    return levels;
}

static void small_adds_leave_few_segments_and_cost_n_log_n(void **s) { (void)s;
    static const uint32_t sizes[] = { 1, 3, 10, 100 };
    for (size_t k = 0; k < PN_COUNT(sizes); k++) {
        static model m;
        m = (model){ .n = 0 };
        for (uint32_t i = 1; i <= 2000; i++) {
            uint64_t docs = (uint64_t)i * sizes[k];
            commit(&m, sizes[k], (int32_t)i, (int32_t)i);
            assert_true(m.n <= (PN_TIER_FAN - 1) * (logarithm(docs) + 1));
            assert_true(m.written <= docs * logarithm(docs));
        }
    }
}

static void two_hundred_adds_of_ten_leave_a_handful(void **s) { (void)s;
    static model m;
    m = (model){ .n = 0 };
    for (int32_t i = 0; i < 200; i++) commit(&m, 10, i % 17, i % 17);
    assert_true(m.n <= 8);
    assert_true(m.written <= 2 * 2000);
}

static void adds_of_all_sizes_stay_few(void **s) { (void)s;
    static model m;
    m = (model){ .n = 0 };
    for (uint32_t i = 0, r = 1; i < 3000; i++) {
        r = r * 1664525 + 1013904223;
        commit(&m, 1 + (r >> 20) % (i % 50 == 0 ? 3000 : 20), (int32_t)(r >> 24), (int32_t)(r >> 24) + 3);
    }
    assert_true(m.n <= (PN_TIER_FAN - 1) * (logarithm(m.arrival) + 1));
    assert_true(m.written <= m.arrival * logarithm(m.arrival));
}

static void neighbours_in_time_are_taken(void **s) { (void)s;
    static model m;
    uint32_t which[PN_TIER_FAN];
    m = (model){ .n = 0 };
    for (uint32_t i = 0; i < 9; i++) m.at[m.n++] = segment(i + 1, 100, i == 4 ? -9000 : (int32_t)(8 - i), i == 4 ? -9000 : (int32_t)(8 - i));
    assert_int_equal(next(&m, 100, which), PN_TIER_FAN);
    for (size_t i = 0; i < PN_TIER_FAN; i++) assert_int_not_equal(which[i], 4);
}

static void nothing_grows_beyond_what_fits(void **s) { (void)s;
    static model m;
    uint32_t which[PN_TIER_FAN];
    m = (model){ .n = 0 };
    for (uint32_t i = 0; i < 8; i++) m.at[m.n++] = segment(i + 1, 3000000, (int32_t)i, (int32_t)i);
    for (size_t i = 0; i < m.n; i++) m.at[i].bytes = 1 << 20;
    assert_int_equal(next(&m, 1, which), 3);                               /* 10,000,000 articles */
    for (size_t i = 0; i < m.n; i++) m.at[i].bytes = (uint64_t)900 << 20;
    assert_int_equal(next(&m, 1, which), 2);                               /* 2 GiB */
    for (size_t i = 0; i < m.n; i++) m.at[i].bytes = (uint64_t)1100 << 20;
    assert_int_equal(next(&m, 1, which), 0);                               /* full ones are left alone */
    for (size_t i = 0; i < m.n; i++) m.at[i] = segment((uint32_t)i + 1, 10, 0, 0);
    for (size_t i = 0; i < m.n; i++) m.at[i].arrival_first = m.at[i].arrival_last = i * ((uint64_t)1 << 30);
    assert_int_equal(next(&m, 1, which), 2);                               /* arrivals less than 2^31 apart */
}

static void worn_segments_are_rewritten_when_that_is_cheap(void **s) { (void)s;
    static model m;
    uint32_t which[PN_TIER_FAN];
    m = (model){ .n = 1 };
    m.at[0] = segment(1, 1000, 0, 9);
    m.at[0].n_deleted = 20;
    assert_int_equal(next(&m, 1000, which), 0);
    m.at[0].n_deleted = 21;
    assert_int_equal(next(&m, 1000, which), 1);
    assert_int_equal(next(&m, 100, which), 0);
    m.at[0].n_deleted = 251;
    assert_int_equal(next(&m, 1, which), 1);
    m.at[0].n_deleted = 1000;
    assert_int_equal(next(&m, 1, which), 0);                               /* all gone: left out without a merge */
}

static void all_segments_go_into_as_few_as_the_limits_allow(void **s) { (void)s;
    static model m;
    uint32_t groups[6];
    size_t ends[6], n;
    m = (model){ .n = 6 };
    for (uint32_t i = 0; i < 6; i++) m.at[i] = segment(i + 1, 4000000, (int32_t)(5 - i), (int32_t)(5 - i));
    for (size_t i = 0; i < m.n; i++) m.at[i].bytes = 1;
    assert_int_equal(pn_tier_all(m.at, m.n, groups, ends, &n, NULL), PN_OK);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 6; i++) assert_int_equal(groups[i], 5 - i);     /* by time */
    for (size_t i = 0; i < 3; i++) assert_int_equal(ends[i], 2 * (i + 1));
    assert_int_equal(pn_tier_all(m.at, 0, groups, ends, &n, NULL), PN_OK);
    assert_int_equal(n, 0);
}

static void no_memory_is_an_error(void **s) { (void)s;
    pn_tier_segment at[2] = { segment(1, 8, 5, 5), segment(2, 8, 3, 3) };
    uint32_t which[PN_TIER_FAN];
    size_t n;
    for (long k = 1; k < 4; k++) {
        oom_arm(k);
        pn_status rc = pn_tier_next(at, 2, 1, which, &n, NULL);
        oom_off();
        assert_int_equal(rc, PN_ENOMEM);
        assert_int_equal(pn_live(), 0);
    }
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(small_adds_leave_few_segments_and_cost_n_log_n), cmocka_unit_test(two_hundred_adds_of_ten_leave_a_handful),
        cmocka_unit_test(adds_of_all_sizes_stay_few), cmocka_unit_test(neighbours_in_time_are_taken), cmocka_unit_test(nothing_grows_beyond_what_fits),
        cmocka_unit_test(worn_segments_are_rewritten_when_that_is_cheap), cmocka_unit_test(all_segments_go_into_as_few_as_the_limits_allow),
        cmocka_unit_test(no_memory_is_an_error) };
    return cmocka_run_group_tests_name("tier", t, NULL, NULL);
}
