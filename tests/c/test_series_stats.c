/* Statistics of series of counts: golden values, worked out from the published formulas with other code. */
#include "unit.h"
#include <math.h>
#include "base/pn_random.h"
#include "oom.h"
#include "stats/pn_anomaly.h"
#include "stats/pn_burst.h"
#include "stats/pn_changepoint.h"
#include "stats/pn_entropy.h"
#include "stats/pn_lead_lag.h"

static void assert_close(double got, double want) {
    if (!(fabs(got - want) <= 1e-12 * fabs(want))) fail_msg("%.17g, not %.17g", got, want);
}

/* A trend by day from 2021-01-04, a Monday; series after series. */
static pn_table *trend_of(const int64_t *count, const int64_t *total, size_t n, size_t n_series) {
    static const char *const names[] = { "a", "b", "c" };
    pn_table *t = NULL;
    if (pn_table_new(&t, NULL) != PN_OK) return NULL;
    pn_table_add(t, "date", PN_COL_DATE);
    pn_table_add(t, "series", PN_COL_DICT);
    pn_table_add(t, "count", PN_COL_I64);
    pn_table_add(t, "total", PN_COL_I64);
    pn_table_add(t, "partial", PN_COL_BOOL);
    for (size_t i = 0; i < n * n_series; i++) {
        pn_table_put_i64(t, 0, 18631 + (int64_t)(i % n));
        pn_table_put_str(t, 1, pn_bytes_cstr(names[i / n]));
        pn_table_put_i64(t, 2, count[i]);
        pn_table_put_i64(t, 3, total[i]);
        pn_table_put_bool(t, 4, false);
    }
    if (pn_table_finish(t, NULL) == PN_OK) return t;
    pn_table_release(t);
    return NULL;
}

static const pn_col *col(const pn_table *t, const char *name) {
    for (size_t i = 0; i < pn_table_n_cols(t); i++)
        if (strcmp(pn_table_col(t, i)->name, name) == 0) return pn_table_col(t, i);
    fail_msg("no column %s", name);
    return NULL;
}

static const int64_t burst_count[12] = { 2, 1, 3, 2, 2, 9, 12, 11, 3, 2, 1, 2 };
static const int64_t hundreds[36] = { 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100,
                                      100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100 };
static const pn_burst_opts usual = { 2, 1, 1 };

static void a_burst_has_kleinbergs_weight(void **state) {
    (void)state;
    pn_table *t = trend_of(burst_count, hundreds, 12, 1), *b = NULL;
    assert_int_equal(pn_bursts(t, PN_FREQ_DAY, &usual, NULL, &b, NULL), PN_OK);
    assert_int_equal(pn_table_n_rows(b), 1);
    assert_int_equal(pn_col_i64(col(b, "start"), 0), 18631 + 5);
    assert_int_equal(pn_col_i64(col(b, "end"), 0), 18631 + 7);
    assert_int_equal(pn_col_i64(col(b, "peak"), 0), 18631 + 6);
    assert_int_equal(pn_col_i64(col(b, "count"), 0), 32);
    assert_close(pn_col_f64(col(b, "weight"), 0), 10.26763740893476);
    assert_close(pn_col_f64(col(b, "expected"), 0), 12.5);
    pn_table_release(t);
    pn_table_release(b);
}

static void buckets_without_news_change_nothing(void **state) {
    (void)state;
    int64_t count[24] = { 0 }, total[24] = { 0 };
    uint8_t states[24];
    for (size_t i = 0; i < 12; i++) { count[2 * i] = burst_count[i]; total[2 * i] = 100; }
    assert_int_equal(pn_burst_states(count, total, 24, &usual, NULL, states, NULL), PN_OK);
    for (size_t i = 0; i < 24; i++) assert_int_equal(states[i], i >= 10 && i <= 14);
}

static void nothing_and_everything_have_no_bursts(void **state) {
    (void)state;
    static const int64_t none[3] = { 0, 0, 0 }, total[3] = { 5, 0, 7 };
    uint8_t states[3];
    assert_int_equal(pn_burst_states(none, total, 3, &usual, NULL, states, NULL), PN_OK);
    assert_int_equal(states[0] + states[1] + states[2], 0);
    assert_int_equal(pn_burst_states(total, total, 3, &usual, NULL, states, NULL), PN_OK);
    assert_int_equal(states[0] + states[1] + states[2], 0);
    assert_int_equal(pn_burst_states(none, none, 3, &usual, NULL, states, NULL), PN_OK);
    assert_int_equal(states[0] + states[1] + states[2], 0);
    assert_int_equal(pn_burst_states(NULL, NULL, 0, &usual, NULL, states, NULL), PN_OK);
}

static void options_out_of_reason_are_refused(void **state) {
    (void)state;
    static const pn_burst_opts wrong[] = { { 1, 1, 1 }, { NAN, 1, 1 }, { 2, -1, 1 }, { 2, NAN, 1 }, { 2, 1, 0 }, { 2, 1, PN_BURST_LEVELS_MAX + 1 } };
    pn_table *t = trend_of(burst_count, hundreds, 12, 1), *out = NULL;
    pn_error err;
    for (size_t i = 0; i < PN_COUNT(wrong); i++) assert_int_equal(pn_bursts(t, PN_FREQ_DAY, &wrong[i], NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_changepoints(t, -3, 0.95, NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_changepoints(t, NAN, 0.95, NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_changepoints(t, 5, 1, NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_anomalies(t, false, 0, NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_anomalies(t, false, 1.1, NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_deseason(t, PN_SEASON_WEEKDAY, PN_FREQ_MONTH, 0.95, NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_deseason(t, PN_SEASON_WEEKDAY, PN_FREQ_DAY, 0.95, NULL, &out, &err), PN_EINVAL);     /* 12 days are no two weeks */
    assert_null(out);
    pn_table_release(t);
}

static void a_table_that_is_no_trend_is_refused(void **state) {
    (void)state;
    static const int64_t more[1] = { 2 }, one[1] = { 1 };
    pn_table *t = NULL, *out = NULL, *wrong = trend_of(more, one, 1, 1);
    pn_error err;
    assert_int_equal(pn_table_new(&t, NULL), PN_OK);
    pn_table_add(t, "date", PN_COL_DATE);
    assert_int_equal(pn_table_finish(t, NULL), PN_OK);
    assert_int_equal(pn_entropy(t, NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_bursts(t, PN_FREQ_DAY, &usual, NULL, &out, &err), PN_EINVAL);
    assert_int_equal(pn_bursts(wrong, PN_FREQ_DAY, &usual, NULL, &out, &err), PN_EINVAL);
    assert_null(out);
    pn_table_release(wrong);
    pn_table_release(t);
}

static void one_change_is_found_with_its_gain(void **state) {
    (void)state;
    static const int64_t count[8] = { 5, 5, 5, 5, 20, 20, 20, 20 };
    pn_table *t = trend_of(count, hundreds, 8, 1), *c = NULL;
    assert_int_equal(pn_changepoints(t, PN_PENALTY_BIC, 0.95, NULL, &c, NULL), PN_OK);
    assert_int_equal(pn_table_n_rows(c), 1);
    assert_int_equal(pn_col_i64(col(c, "date"), 0), 18631 + 4);
    assert_close(pn_col_f64(col(c, "before"), 0), 0.05);
    assert_close(pn_col_f64(col(c, "after"), 0), 0.2);
    assert_close(pn_col_f64(col(c, "gain"), 0), pn_g2(20, 400, 80, 400));
    pn_table_release(t);
    pn_table_release(c);
}

/* 23 of 263 against 531 of 8,870. */
static void g_squared_is_that_of_four_cells(void **state) {
    (void)state;
    assert_close(pn_g2(23, 263, 531, 8870), 3.0362474400427644);
    assert_true(pn_g2(0, 5, 0, 9) == 0);
    assert_true(pn_g2(5, 5, 9, 9) == 0);
}

/* The example of Benjamini and Hochberg's paper: at 0.05 four of fifteen. */
static void false_discovery_rejects_what_the_paper_rejects(void **state) {
    (void)state;
    static const double p[15] = { 1.0, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590 };
    double q[15];
    size_t n = 0;
    assert_int_equal(pn_false_discovery(p, 15, q, NULL), PN_OK);
    for (size_t i = 0; i < 15; i++) n += q[i] <= 0.05;
    assert_int_equal(n, 4);
    assert_close(q[1], 0.0015);
    assert_close(q[4], 0.035625);
    assert_close(q[0], 1);
    assert_int_equal(pn_false_discovery(NULL, 0, NULL, NULL), PN_OK);
}

static void entropy_of_four_tags(void **state) {
    (void)state;
    static const int64_t count[4] = { 50, 30, 15, 5 }, none[2] = { 0, 0 };
    double h, hhi;
    assert_true(pn_entropy_of(count, 4, 1, &h, &hhi));
    assert_close(h, 1.1421200429883351);
    assert_close(exp(h), 3.1334042802620585);
    assert_close(hhi, 0.365);
    assert_false(pn_entropy_of(none, 2, 1, &h, &hhi));
}

/* Odds of 1:9, on Sundays of 1:3, of totals that rise by `rise` a day: the share without its rhythm is the same every day. */
static void check_rhythm(int64_t rise, double within) {
    int64_t count[35], total[35];
    for (size_t i = 0; i < 35; i++) {
        total[i] = 1000 + rise * (int64_t)i;
        count[i] = i % 7 == 6 ? total[i] / 4 : total[i] / 10;
    }
    pn_table *t = trend_of(count, total, 35, 1), *d = NULL;
    assert_int_equal(pn_deseason(t, PN_SEASON_WEEKDAY, PN_FREQ_DAY, 0.95, NULL, &d, NULL), PN_OK);
    for (int64_t i = 0; i < 35; i++) {
        assert_true(fabs(pn_col_f64(col(d, "share"), i) - pn_col_f64(col(d, "share"), 0)) < within);
        assert_int_equal(pn_col_i64(col(d, "count"), i), count[i]);
    }
    pn_table_release(t);
    pn_table_release(d);
}

static void a_rhythm_is_found_and_taken_out(void **state) {
    (void)state;
    check_rhythm(0, 1e-15);
}

static void a_rhythm_is_found_under_a_rise(void **state) {
    (void)state;
    check_rhythm(40, 0.003);
}

static int64_t noise(pn_random *r) { return 40 + (int64_t)pn_random_below(r, 20); }

static void an_echo_is_found_at_its_lag_on_both_sides(void **state) {
    (void)state;
    enum { N = 60, LAG = 3 };
    int64_t count[2 * N], total[2 * N];
    pn_random r = { 7 };
    for (size_t i = 0; i < 2 * N; i++) total[i] = 100;
    for (size_t i = 0; i < N; i++) count[i] = noise(&r);
    for (size_t i = 0; i < N; i++) count[N + i] = i >= LAG ? count[i - LAG] : noise(&r);
    pn_table *t = trend_of(count, total, N, 2), *out = NULL;
    for (size_t a = 0; a < 2; a++) {
        pn_lead_lag_opts o = { .a = a, .b = 1 - a, .max_lag = 5, .detrend = PN_DETREND_DIFF, .level = 0.95 };
        assert_int_equal(pn_lead_lag(t, &o, NULL, &out, NULL), PN_OK);
        int64_t best = a == 0 ? LAG : -LAG;
        for (int64_t row = 0; row < 11; row++) {
            assert_int_equal(pn_col_i64(col(out, "lag"), row), row - 5);
            assert_int_equal(pn_col_f64(col(out, "correlation"), row) > 0.8, row - 5 == best);
        }
        assert_true(pn_col_i64(col(out, "beyond"), best + 5));
        pn_table_release(out);
        out = NULL;
    }
    pn_lead_lag_opts far = { .a = 0, .b = 1, .max_lag = 21, .level = 0.95 }, flat = { .a = 0, .b = 0, .max_lag = 2, .level = 0.95 };
    assert_int_equal(pn_lead_lag(t, &far, NULL, &out, NULL), PN_EINVAL);
    pn_table_release(t);
    t = trend_of(hundreds, hundreds, 36, 1);
    assert_int_equal(pn_lead_lag(t, &flat, NULL, &out, NULL), PN_EINVAL);          /* a series that never changes */
    pn_table_release(t);
}

/* --- all of them, on one trend of two series */

enum { N_STATS = 7 };
static pn_status one(size_t which, const pn_table *t, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_lead_lag_opts diff = { .a = 0, .b = 1, .max_lag = 2, .detrend = PN_DETREND_DIFF, .level = 0.9 };
    pn_lead_lag_opts season = { .a = 0, .b = 1, .max_lag = 2, .detrend = PN_DETREND_SEASON, .season = PN_SEASON_WEEKDAY, .freq = PN_FREQ_DAY, .level = 0.9 };
    switch (which) {
    case 0: return pn_bursts(t, PN_FREQ_DAY, &(pn_burst_opts){ 2, 1, 3 }, tick, out, err);
    case 1: return pn_changepoints(t, PN_PENALTY_BIC, 0.95, tick, out, err);
    case 2: return pn_anomalies(t, true, 0.5, tick, out, err);
    case 3: return pn_entropy(t, tick, out, err);
    case 4: return pn_deseason(t, PN_SEASON_WEEKDAY, PN_FREQ_DAY, 0.95, tick, out, err);
    case 5: return pn_lead_lag(t, &diff, tick, out, err);
    default: return pn_lead_lag(t, &season, tick, out, err);
    }
}

static pn_table *two_series(void) {
    int64_t count[36], total[36];
    for (size_t i = 0; i < 36; i++) { total[i] = 40 + (int64_t)(i * 7 % 11); count[i] = (int64_t)(i * 5 % 13) + (i % 18 > 9 && i % 18 < 13 ? 20 : 0); }
    return trend_of(count, total, 18, 2);
}

static void every_failing_allocation_is_a_status_and_leaks_nothing(void **state) {
    (void)state;
    pn_table *t = two_series();
    for (size_t which = 0; which < N_STATS; which++) {
        int64_t live = pn_live();
        pn_table *out = NULL;
        pn_error err;
        for (long n = 1; oom_arm(n), one(which, t, NULL, &out, &err) == PN_ENOMEM; n++) {
            assert_null(out);
            assert_int_equal(pn_live(), live);
        }
        assert_false(oom_met());
        oom_off();
        assert_non_null(out);
        pn_table_release(out);
    }
    pn_table_release(t);
}

static int stop_at_once(void *unused) { (void)unused; return 1; }

static void every_one_stops_when_asked(void **state) {
    (void)state;
    const pn_tick tick = { stop_at_once, NULL };
    pn_table *t = two_series(), *out = NULL;
    int64_t live = pn_live();
    for (size_t which = 0; which < N_STATS; which++) assert_int_equal(one(which, t, &tick, &out, NULL), PN_EINTR);
    assert_int_equal(pn_live(), live);
    assert_null(out);
    pn_table_release(t);
}

static int count_questions(void *arg) {
    ++*(long *)arg;
    return 0;
}

static void lead_and_lag_ask_before_every_correlation(void **state) {
    (void)state;
    pn_table *t = two_series(), *out = NULL;
    long asked = 0;
    const pn_tick tick = { count_questions, &asked };
    pn_lead_lag_opts o = { .a = 0, .b = 1, .max_lag = 2, .level = 0.9 };
    assert_int_equal(pn_lead_lag(t, &o, &tick, &out, NULL), PN_OK);
    assert_int_equal(asked, (18 - 2 * 2 - 1 + 1) * (2 * 2 + 1));       /* all lags for every turn of b, and for b as it stands */
    pn_table_release(out);
    pn_table_release(t);
}

static void an_empty_trend_gives_tables_with_their_columns(void **state) {
    (void)state;
    pn_table *t = trend_of(NULL, NULL, 0, 0);
    for (size_t which = 0; which < 5; which++) {
        pn_table *out = NULL;
        assert_int_equal(one(which, t, NULL, &out, NULL), PN_OK);
        assert_int_equal(pn_table_n_rows(out), 0);
        assert_true(pn_table_n_cols(out) >= 5);
        pn_table_release(out);
    }
    pn_table_release(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_has_kleinbergs_weight),
        cmocka_unit_test(buckets_without_news_change_nothing),
        cmocka_unit_test(nothing_and_everything_have_no_bursts),
        cmocka_unit_test(options_out_of_reason_are_refused),
        cmocka_unit_test(a_table_that_is_no_trend_is_refused),
        cmocka_unit_test(one_change_is_found_with_its_gain),
        cmocka_unit_test(g_squared_is_that_of_four_cells),
        cmocka_unit_test(false_discovery_rejects_what_the_paper_rejects),
        cmocka_unit_test(entropy_of_four_tags),
        cmocka_unit_test(a_rhythm_is_found_and_taken_out),
        cmocka_unit_test(a_rhythm_is_found_under_a_rise),
        cmocka_unit_test(an_echo_is_found_at_its_lag_on_both_sides),
        cmocka_unit_test(every_failing_allocation_is_a_status_and_leaks_nothing),
        cmocka_unit_test(every_one_stops_when_asked), cmocka_unit_test(lead_and_lag_ask_before_every_correlation),
        cmocka_unit_test(an_empty_trend_gives_tables_with_their_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
