/* Civil dates, buckets and printing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "model/pn_date.h"
#include <string.h>

static void every_day_of_the_window_comes_back_and_weekdays_follow_each_other(void **state) {
    (void)state;
    static const unsigned length[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int32_t day = pn_day_of(PN_YEAR_MIN, 1, 1);
    unsigned weekday = 5;                                            /* 1 January 1600 was a Saturday */
    for (int32_t y = PN_YEAR_MIN; y <= PN_YEAR_MAX; y++)
        for (unsigned m = 1; m <= 12; m++) {
            bool leap = m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
            unsigned n = length[m - 1] + leap;
            for (unsigned d = 1; d <= n; d++, day++, weekday = (weekday + 1) % 7) {
                pn_civil c = pn_civil_of(day);
                assert_true(c.year == y && c.month == m && c.day == d);
                assert_int_equal(pn_day_of(y, m, d), day);
                assert_true(pn_civil_is_real(y, m, d));
                assert_int_equal(pn_weekday(day), weekday);
            }
            assert_false(pn_civil_is_real(y, m, n + 1));
        }
    assert_int_equal(day - 1, pn_day_of(PN_YEAR_MAX, 12, 31));
}

static void known_days_have_known_numbers(void **state) {
    (void)state;
    assert_int_equal(pn_day_of(1970, 1, 1), 0);
    assert_int_equal(pn_day_of(1969, 12, 31), -1);
    assert_int_equal(pn_day_of(2000, 3, 1), 11017);
    assert_int_equal(pn_day_of(2020, 8, 20), 18494);
    assert_int_equal(pn_day_of(1600, 1, 1), -135140);
    assert_int_equal(pn_day_of(1, 1, 1), -719162);
    assert_int_equal(pn_day_of(0, 3, 1), -719468);
    assert_int_equal(pn_weekday(pn_day_of(2020, 8, 20)), 3);
}

static void days_far_outside_the_window_come_back_too(void **state) {
    (void)state;
    static const int32_t days[] = { INT32_MIN, INT32_MIN + 1, -719469, -719468, -1, 0, 1, INT32_MAX - 1, INT32_MAX };
    for (size_t i = 0; i < PN_COUNT(days); i++) {
        pn_civil c = pn_civil_of(days[i]);
        assert_true(pn_civil_is_real(c.year, c.month, c.day));
        assert_int_equal(pn_day_of(c.year, c.month, c.day), days[i]);
        assert_true(pn_weekday(days[i]) < 7);
    }
}

static void dates_that_are_not_in_the_calendar_are_not_real(void **state) {
    (void)state;
    assert_false(pn_civil_is_real(1900, 2, 29));
    assert_true(pn_civil_is_real(2000, 2, 29));
    assert_true(pn_civil_is_real(2024, 2, 29));
    assert_false(pn_civil_is_real(2023, 2, 29));
    assert_false(pn_civil_is_real(2020, 0, 1));
    assert_false(pn_civil_is_real(2020, 13, 1));
    assert_false(pn_civil_is_real(2020, 1, 0));
    assert_false(pn_civil_is_real(2020, 4, 31));
    assert_false(pn_civil_is_real(2020, UINT32_MAX, UINT32_MAX));
    assert_true(pn_civil_is_real(-4, 2, 29));
}

static void buckets_hold_their_day_and_touch_the_next_bucket(void **state) {
    (void)state;
    static const pn_freq all[] = { PN_FREQ_DAY, PN_FREQ_WEEK, PN_FREQ_MONTH, PN_FREQ_QUARTER, PN_FREQ_YEAR };
    for (size_t f = 0; f < PN_COUNT(all); f++) {
        int32_t first = pn_day_of(1899, 12, 20), start = pn_bucket_start(all[f], first), next = pn_bucket_next(all[f], start);
        for (int32_t day = first; day < first + 3000; day++) {
            if (day == next) { start = next; next = pn_bucket_next(all[f], start); }
            assert_true(start <= day && day < next);
            assert_int_equal(pn_bucket_start(all[f], day), start);
        }
    }
}

static void bucket_edges_are_where_the_calendar_has_them(void **state) {
    (void)state;
    int32_t sunday = pn_day_of(2023, 1, 1), monday = pn_day_of(2023, 1, 2);
    assert_int_equal(pn_bucket_start(PN_FREQ_WEEK, sunday), pn_day_of(2022, 12, 26));
    assert_int_equal(pn_bucket_start(PN_FREQ_WEEK, monday), monday);
    assert_int_equal(pn_bucket_start(PN_FREQ_QUARTER, pn_day_of(2020, 3, 31)), pn_day_of(2020, 1, 1));
    assert_int_equal(pn_bucket_start(PN_FREQ_QUARTER, pn_day_of(2020, 4, 1)), pn_day_of(2020, 4, 1));
    assert_int_equal(pn_bucket_next(PN_FREQ_QUARTER, pn_day_of(2020, 10, 1)), pn_day_of(2021, 1, 1));
    assert_int_equal(pn_bucket_next(PN_FREQ_MONTH, pn_day_of(2020, 12, 1)), pn_day_of(2021, 1, 1));
    assert_int_equal(pn_bucket_next(PN_FREQ_MONTH, pn_day_of(2020, 2, 1)), pn_day_of(2020, 3, 1));
    assert_int_equal(pn_bucket_next(PN_FREQ_YEAR, pn_day_of(2020, 1, 1)), pn_day_of(2021, 1, 1));
}

static pn_when when(pn_precision p, int32_t day, int32_t second, int16_t offset, uint8_t flags) {
    return (pn_when){ day, second, offset, (uint8_t)p, flags };
}

static void the_last_day_is_the_end_of_the_printed_interval(void **state) {
    (void)state;
    pn_when none = PN_WHEN_NONE;
    pn_when year = when(PN_PREC_YEAR, pn_day_of(2020, 1, 1), PN_SECOND_NONE, PN_OFFSET_NONE, 0);
    pn_when feb = when(PN_PREC_MONTH, pn_day_of(2020, 2, 1), PN_SECOND_NONE, PN_OFFSET_NONE, 0);
    pn_when day = when(PN_PREC_DAY, 18494, PN_SECOND_NONE, PN_OFFSET_NONE, 0);
    pn_when second = when(PN_PREC_SECOND, 18494, 86399, 0, 0);
    assert_int_equal(pn_when_last_day(&none), PN_DAY_NONE);
    assert_int_equal(pn_when_last_day(&year), pn_day_of(2020, 12, 31));
    assert_int_equal(pn_when_last_day(&feb), pn_day_of(2020, 2, 29));
    assert_int_equal(pn_when_last_day(&day), 18494);
    assert_int_equal(pn_when_last_day(&second), 18494);
}

static void prints(pn_when w, const char *want) {
    char text[PN_WHEN_TEXT];
    size_t n = pn_when_print(&w, text);
    assert_string_equal(text, want);
    assert_int_equal(n, strlen(want));
}

static void printing_shows_what_was_printed_and_no_more(void **state) {
    (void)state;
    int32_t d = 18494, s = 14 * 3600 + 5 * 60 + 9;
    prints((pn_when)PN_WHEN_NONE, "");
    prints(when(PN_PREC_YEAR, pn_day_of(2020, 1, 1), PN_SECOND_NONE, PN_OFFSET_NONE, 0), "2020");
    prints(when(PN_PREC_MONTH, pn_day_of(2020, 8, 1), PN_SECOND_NONE, PN_OFFSET_NONE, 0), "2020-08");
    prints(when(PN_PREC_DAY, d, PN_SECOND_NONE, PN_OFFSET_NONE, 0), "2020-08-20");
    prints(when(PN_PREC_SECOND, d, s, PN_OFFSET_NONE, 0), "2020-08-20T14:05:09");
    prints(when(PN_PREC_SECOND, d, s - 9, PN_OFFSET_NONE, PN_WHEN_MINUTE), "2020-08-20T14:05");
    prints(when(PN_PREC_SECOND, d, s, 0, 0), "2020-08-20T14:05:09Z");
    prints(when(PN_PREC_SECOND, d, s, 120, 0), "2020-08-20T14:05:09+02:00");
    prints(when(PN_PREC_SECOND, d, s - 9, -210, PN_WHEN_MINUTE), "2020-08-20T14:05-03:30");
    prints(when(PN_PREC_SECOND, d, 0, 0, PN_WHEN_MIDNIGHT), "2020-08-20T00:00:00Z");
    prints(when(PN_PREC_SECOND, d, 86399, PN_OFFSET_NONE, 0), "2020-08-20T23:59:59");
    prints(when(PN_PREC_DAY, pn_day_of(1600, 1, 1), PN_SECOND_NONE, PN_OFFSET_NONE, 0), "1600-01-01");
}

static void damaged_values_print_within_the_buffer(void **state) {
    (void)state;
    prints(when(PN_PREC_DAY, pn_day_of(987, 6, 5), PN_SECOND_NONE, PN_OFFSET_NONE, 0), "0987-06-05");
    prints(when(PN_PREC_DAY, pn_day_of(12345, 6, 7), PN_SECOND_NONE, PN_OFFSET_NONE, 0), "12345-06-07");
    prints(when(PN_PREC_DAY, pn_day_of(-44, 3, 15), PN_SECOND_NONE, PN_OFFSET_NONE, 0), "-0044-03-15");
    prints(when(PN_PREC_SECOND, 18494, INT32_MAX, 0, 0), "2020-08-20");
    prints(when(PN_PREC_SECOND, PN_DAY_NONE, 0, 0, 0), "");
    char text[PN_WHEN_TEXT];
    pn_when far = when(PN_PREC_SECOND, INT32_MIN + 1, 86399, INT16_MAX, 0xFF);
    assert_true(pn_when_print(&far, text) < PN_WHEN_TEXT);
    far = when((pn_precision)255, INT32_MAX, 86399, INT16_MIN + 1, 0);
    assert_true(pn_when_print(&far, text) < PN_WHEN_TEXT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_the_window_comes_back_and_weekdays_follow_each_other),
        cmocka_unit_test(known_days_have_known_numbers),
        cmocka_unit_test(days_far_outside_the_window_come_back_too),
        cmocka_unit_test(dates_that_are_not_in_the_calendar_are_not_real),
        cmocka_unit_test(buckets_hold_their_day_and_touch_the_next_bucket),
        cmocka_unit_test(bucket_edges_are_where_the_calendar_has_them),
        cmocka_unit_test(the_last_day_is_the_end_of_the_printed_interval),
        cmocka_unit_test(printing_shows_what_was_printed_and_no_more),
        cmocka_unit_test(damaged_values_print_within_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
