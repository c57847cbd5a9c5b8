/* Buckets of trends: clocks of a zone, hours that come twice or never, and runs of articles. */
#include "unit.h"
#include "stats/pn_axis.h"

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

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_clock_shows_what_its_zone_says),
        cmocka_unit_test(an_hour_that_comes_twice_means_the_first_and_one_that_never_comes_the_clock_before), cmocka_unit_test(hours_follow_each_other_over_both_changes),
        cmocka_unit_test(only_a_clock_time_with_an_offset_moves) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
