/* Buckets of trends: clocks of a zone, hours that come twice or never; every question to them without memory, and stopped anywhere. */
#include "world.h"
#include "oom.h"

enum { HOUR = 3600, DAY = 86400 };

/* Berlin, 2019-10-27: at 01:00Z the clock goes from 03:00 back to 02:00; 2020-03-29: at 01:00Z from 02:00 to 03:00. */
static const int64_t at[] = { INT64_MIN, 1572138000, 1585443600 };
static const int32_t offset[] = { 2 * HOUR, 1 * HOUR, 2 * HOUR };
static const pn_tz berlin = { "Europe/Berlin", at, offset, 3 };
/* Lord Howe Island, 2019-04-06T15:00Z: half an hour back, from 02:00 to 01:30. */
static const int64_t lh_at[] = { INT64_MIN, 1554562800 };
static const int32_t lh_offset[] = { 11 * HOUR, 10 * HOUR + HOUR / 2 };
static const pn_tz lord_howe = { "Australia/Lord_Howe", lh_at, lh_offset, 2 };

static int64_t wall(int32_t y, unsigned m, unsigned d, int h, int min) { return (int64_t)pn_day_of(y, m, d) * DAY + h * HOUR + min * 60; }

static void a_clock_shows_what_its_zone_says(void **s) { (void)s;
    assert_true(pn_tz_local(&berlin, 1572137999) == wall(2019, 10, 27, 2, 59) + 59);
    assert_true(pn_tz_local(&berlin, 1572138000) == wall(2019, 10, 27, 2, 0));
    assert_true(pn_tz_local(&berlin, 1585443599) == wall(2020, 3, 29, 1, 59) + 59);
    assert_true(pn_tz_local(&berlin, 1585443600) == wall(2020, 3, 29, 3, 0));
}

static void an_hour_that_comes_twice_means_the_first_and_one_that_never_comes_the_clock_before(void **s) { (void)s;
    assert_true(pn_tz_instant(&berlin, wall(2019, 10, 27, 2, 30)) == 1572138000 - HOUR / 2);
    assert_true(pn_tz_instant(&berlin, wall(2019, 10, 27, 3, 0)) == 1572138000 + HOUR);
    assert_true(pn_tz_instant(&berlin, wall(2019, 10, 27, 1, 59)) == wall(2019, 10, 26, 23, 59));
    assert_true(pn_tz_instant(&berlin, wall(2020, 3, 29, 2, 30)) == 1585443600 + HOUR / 2);
    assert_true(pn_tz_instant(&berlin, wall(2020, 3, 29, 3, 30)) == 1585443600 + HOUR / 2);
    assert_true(pn_tz_instant(&berlin, wall(2020, 3, 29, 1, 30)) == 1585443600 - HOUR / 2);
}

static void hours_follow_each_other_over_both_changes(void **s) { (void)s;
    for (int64_t t = 1572138000 - 30 * HOUR; t < 1572138000 + 30 * HOUR; t += HOUR) {
        assert_true(pn_tz_hour(&berlin, t + 1234) == t);
        assert_true(pn_tz_next_hour(&berlin, t) == t + HOUR);
    }
    int64_t h = pn_tz_hour(&lord_howe, 1554562800 - 1);
    assert_true(h == 1554562800 - HOUR);                   /* 01:00 at +11:00 */
    int64_t next = pn_tz_next_hour(&lord_howe, h);
    assert_true(next == 1554562800 - HOUR / 2);            /* 01:00 at +10:30, of which the clock shows the second half */
    assert_true(pn_tz_hour(&lord_howe, 1554562800) == next);
    assert_true(pn_tz_next_hour(&lord_howe, next) == 1554562800 + HOUR / 2);
}

static void only_a_clock_time_with_an_offset_moves(void **s) { (void)s;
    pn_when day = { pn_day_of(2020, 1, 1), PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 };
    pn_when bare = { pn_day_of(2020, 1, 1), 100, PN_OFFSET_NONE, PN_PREC_SECOND, 0 };
    pn_when zoned = { pn_day_of(2020, 1, 1), 100, 14 * 60, PN_PREC_SECOND, 0 };
    int64_t unit;
    assert_true(pn_axis_unit(PN_FREQ_DAY, &berlin, &day, &unit) && unit == pn_day_of(2020, 1, 1));
    assert_true(pn_axis_unit(PN_FREQ_DAY, &berlin, &bare, &unit) && unit == pn_day_of(2020, 1, 1));
    assert_true(pn_axis_unit(PN_FREQ_DAY, &berlin, &zoned, &unit) && unit == pn_day_of(2019, 12, 31));
    assert_true(pn_axis_unit(PN_FREQ_DAY, NULL, &zoned, &unit) && unit == pn_day_of(2020, 1, 1));
    assert_false(pn_axis_unit(PN_FREQ_HOUR, NULL, &day, &unit));
    assert_true(pn_axis_unit(PN_FREQ_HOUR, NULL, &zoned, &unit) && unit == wall(2020, 1, 1, 0, 0));
    assert_true(pn_axis_unit(PN_FREQ_HOUR_OF_DAY, &berlin, &zoned, &unit) && unit == wall(2019, 12, 31, 11, 1) + 40);
}

/* --- every question of trends over two segments with deletions, against running out of memory and being stopped */

typedef struct { pn_snap *snap; pn_select *all, *found; } asked;

static pn_status ask_freq(const asked *a, pn_freq f, bool words, const pn_tick *tick, pn_error *err) {
    pn_archive_series series[] = { { PN_BYTES_LIT("one"), PN_BYTES_LIT("storm") }, { PN_BYTES_LIT("two"), PN_BYTES_LIT("\"the harbour\" OR rail*") }, { PN_BYTES_LIT("all"), PN_BYTES_NONE } };
    pn_trend_opts opts = { f, 0.95, PN_DAY_NONE, PN_DAY_NONE, f % 2 ? &berlin : NULL, words };
    pn_trend_tables t = { 0 };
    pn_select *there = NULL;
    size_t which;
    PN_TRY(pn_archive_trend(a->all, f % 3 ? a->all : a->found, series, PN_COUNT(series), &opts, tick, &t, &which, err));
    pn_buf wanted = { 0 };
    for (int64_t i = 0; i < pn_table_n_rows(t.trend) / 3; i++) pn_buf_put_u8(&wanted, i % 2 == 0);
    pn_status rc = wanted.rc != PN_OK ? PN_ENOMEM : pn_archive_trend_articles(a->all, a->found, &opts, pn_buf_bytes(&wanted), tick, &there, err);
    pn_buf_fini(&wanted);
    pn_table_release(t.trend);
    pn_table_release(t.unplaced);
    pn_select_release(there);
    return rc;
}

static pn_status ask_facts(const asked *a, const pn_tick *tick, pn_error *err) {
    pn_facts facts;
    PN_TRY(pn_archive_facts(a->all, tick, &facts, err));
    assert_int_equal(facts.articles, pn_select_count(a->all));
    return PN_OK;
}

static pn_status ask_pick(const asked *a, const pn_tick *tick, pn_error *err) {
    static const pn_bytes names[] = { PN_BYTES_LIT("n3"), PN_BYTES_LIT("n27"), PN_BYTES_LIT("none") };
    pn_select *picked = NULL;
    size_t missing;
    PN_TRY(pn_archive_pick(a->snap, names, PN_COUNT(names), tick, &picked, &missing, err));
    assert_int_equal(missing, 2);
    assert_int_equal(pn_select_count(picked), 2);
    pn_select_release(picked);
    return PN_OK;
}

enum { QUESTIONS = 6 };
static pn_status ask(const asked *a, int question, const pn_tick *tick, pn_error *err) {
    static const pn_freq freqs[] = { PN_FREQ_QUARTER, PN_FREQ_HOUR_OF_DAY, PN_FREQ_WEEKDAY, PN_FREQ_MONTH_OF_YEAR };
    if (question == 4) return ask_facts(a, tick, err);
    if (question == 5) return ask_pick(a, tick, err);
    return ask_freq(a, freqs[question], question % 2 == 0, tick, err);
}

static memfs *open_asked(asked *a) {
    memfs *fs = memfs_new();
    pn_error err = { 0 };
    assert_int_equal(world_ingest(memfs_io(fs), "a", true, 0, 40, 1, NULL, &err), PN_OK);
    assert_int_equal(world_ingest(memfs_io(fs), "a", false, 10, 20, 0, NULL, &err), PN_OK);
    assert_int_equal(pn_snap_open(memfs_io(fs), "a", 0, false, &a->snap, &err), PN_OK);
    assert_int_equal(pn_select_all(a->snap, &a->all, &err), PN_OK);
    assert_int_equal(pn_archive_search(a->all, PN_BYTES_LIT("river OR bridge"), NULL, &a->found, &err), PN_OK);
    return fs;
}

static void close_asked(asked *a, memfs *fs) {
    pn_select_release(a->found);
    pn_select_release(a->all);
    pn_snap_release(a->snap);
    memfs_free(fs);
    assert_int_equal(pn_live(), 0);
}

static void every_allocation_that_fails_is_a_status_and_leaves_nothing(void **s) { (void)s;
    asked a;
    pn_error err = { 0 };
    memfs *fs = open_asked(&a);
    size_t held = pn_live();
    for (int question = 0; question < QUESTIONS; question++) {
        bool met = true;
        assert_int_equal(ask(&a, question, NULL, &err), PN_OK);
        for (long n = 1; met; n++) {
            oom_arm(n);
            pn_status rc = ask(&a, question, NULL, &err);
            met = oom_met();
            oom_off();
            assert_int_equal(pn_live(), held);
            assert_int_equal(rc, met ? PN_ENOMEM : PN_OK);
        }
    }
    close_asked(&a, fs);
}

static int countdown(void *arg) { return --*(long *)arg < 0; }

static void wherever_it_is_stopped_it_unwinds(void **s) { (void)s;
    asked a;
    pn_error err = { 0 };
    memfs *fs = open_asked(&a);
    size_t held = pn_live();
    for (int question = 0; question < QUESTIONS; question++) {
        pn_status rc = PN_EINTR;
        long stops = 0;
        for (; rc != PN_OK; stops++) {
            long left = stops;
            rc = ask(&a, question, &(pn_tick){ countdown, &left }, &err);
            assert_true(rc == PN_OK || rc == PN_EINTR);
            assert_int_equal(pn_live(), held);
        }
        assert_true(stops > 1);
    }
    close_asked(&a, fs);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_clock_shows_what_its_zone_says),
        cmocka_unit_test(an_hour_that_comes_twice_means_the_first_and_one_that_never_comes_the_clock_before), cmocka_unit_test(hours_follow_each_other_over_both_changes),
        cmocka_unit_test(only_a_clock_time_with_an_offset_moves),
        cmocka_unit_test(every_allocation_that_fails_is_a_status_and_leaves_nothing), cmocka_unit_test(wherever_it_is_stopped_it_unwinds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
