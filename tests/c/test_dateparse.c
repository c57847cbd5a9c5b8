/* Printed dates to pn_when: a table a family. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "text/pn_dateparse.h"
#include <stdio.h>
#include <string.h>

typedef struct { const char *text, *want; } row;                     /* want: as pn_when_print has it */
typedef struct { const char *text; pn_date_result want; } refusal;

static const pn_date_opts plain;

static pn_when read_with(const char *text, const pn_date_opts *opts, pn_date_result want) {
    size_t n = strlen(text);
    char exact[256];
    assert_true(n < sizeof exact);
    memcpy(exact + sizeof exact - n, text, n);                       /* nothing readable behind the text */
    pn_when w;
    pn_date_result r = pn_date_parse(pn_bytes_of(exact + sizeof exact - n, n), opts, &w);
    if (r != want) fail_msg("\"%s\" gave result %d, not %d", text, (int)r, (int)want);
    return w;
}

static void reads_as(const char *text, const pn_date_opts *opts, const char *want) {
    char got[PN_WHEN_TEXT];
    pn_when w = read_with(text, opts, PN_DATE_OK);
    pn_when_print(&w, got);
    if (strcmp(got, want) != 0) fail_msg("\"%s\" was read as %s, not %s", text, got, want);
}
static void all_read(const row *rows, size_t n, const pn_date_opts *opts) {
    for (size_t i = 0; i < n; i++) reads_as(rows[i].text, opts, rows[i].want);
}
static void all_refused(const refusal *rows, size_t n, const pn_date_opts *opts) {
    for (size_t i = 0; i < n; i++) {
        pn_when w = read_with(rows[i].text, opts, rows[i].want);
        assert_true(w.day == PN_DAY_NONE && w.precision == PN_PREC_NONE && w.second == PN_SECOND_NONE);
        assert_true(w.offset == PN_OFFSET_NONE && w.flags == 0);
    }
}
#define ALL_READ(rows, opts) all_read(rows, PN_COUNT(rows), opts)
#define ALL_REFUSED(rows, opts) all_refused(rows, PN_COUNT(rows), opts)

static void iso_dates_are_read_in_all_their_shapes(void **state) {
    (void)state;
    static const row rows[] = {
        { "2020-08-20", "2020-08-20" }, { "2020-08-20T14:05", "2020-08-20T14:05" },
        { "2020-08-20T14:05:09", "2020-08-20T14:05:09" }, { "2020-08-20T14:05:09.1Z", "2020-08-20T14:05:09Z" },
        { "2020-08-20T14:05:09.123456789Z", "2020-08-20T14:05:09Z" }, { "2020-08-20T14:05:09,5", "2020-08-20T14:05:09" },
        { "2020-08-20T14:05:09+02", "2020-08-20T14:05:09+02:00" }, { "2020-08-20T14:05:09+0200", "2020-08-20T14:05:09+02:00" },
        { "2020-08-20T14:05:09\xE2\x88\x92" "02:00", "2020-08-20T14:05:09-02:00" },
        { "2020-08-20 14:05:09 +02:00", "2020-08-20T14:05:09+02:00" }, { "2010-10-22 11:33:15 -0400", "2010-10-22T11:33:15-04:00" },
        { "2020-08-20T14:05:09 UTC", "2020-08-20T14:05:09Z" }, { "2020-08-20T14:05:09ZZ", "2020-08-20T14:05:09Z" },
        { "2020-08-20T14:05:09+02:00CET", "2020-08-20T14:05:09+02:00" }, { "2020-08-20T14:05:09PDT", "2020-08-20T14:05:09-07:00" },
        { "2018-11-28CET11:59:00+0100", "2018-11-28T11:59:00+01:00" }, { "2020-08-20CEST14:05:09+0200", "2020-08-20T14:05:09+02:00" },
        { "2020-08-20t14:05:09z", "2020-08-20T14:05:09Z" }, { "2020-08-20|14h05", "2020-08-20T14:05" },
        { "2020/08/20 - 14:05", "2020-08-20T14:05" }, { "2012-05-13-11:00:00", "2012-05-13T11:00:00" },
        { "2023-11-02T20-59-53Z", "2023-11-02T20:59:53Z" }, { "2023-11-02 20-59-53", "2023-11-02T20:59:53" },
        { "2022-5-3T3:57:00", "2022-05-03T03:57:00" }, { "2020-12-05T23:15:0Z", "2020-12-05T23:15:00Z" },
        { "2020-08-20T14Z", "2020-08-20T14:00Z" }, { "2020-08-20T140509", "2020-08-20T14:05:09" },
        { "20200820", "2020-08-20" }, { "20200820T140509Z", "2020-08-20T14:05:09Z" }, { "20201123T11:02:35Z", "2020-11-23T11:02:35Z" },
        { "202008201405", "2020-08-20T14:05" }, { "20200820140509", "2020-08-20T14:05:09" }, { "20200820 140509", "2020-08-20T14:05:09" },
        { "20070101 11:47 PM EST", "2007-01-01T23:47-05:00" },
        { "2020-W34-4", "2020-08-20" }, { "2020W344", "2020-08-20" }, { "2020-W01-1", "2019-12-30" }, { "2020-W53-7", "2021-01-03" },
        { "2020-233", "2020-08-20" }, { "2020-366", "2020-12-31" }, { "2020-001", "2020-01-01" },
        { "2020/08/20", "2020-08-20" }, { "2020.08.20", "2020-08-20" }, { "2020.08.20.", "2020-08-20" }, { "2020. 8. 20.", "2020-08-20" },
        { "2020-08", "2020-08" }, { "2020", "2020" }, { "2020-08-20T14:05:09+02:00[Europe/Paris]", "2020-08-20T14:05:09+02:00" },
        { "2020-08-20Z", "2020-08-20" }, { "2020-08-20-05:00", "2020-08-20" }, { "2020-08-20 (Thu) 14:05", "2020-08-20T14:05" },
    };
    ALL_READ(rows, &plain);
}

static void mail_and_program_dates_are_read(void **state) {
    (void)state;
    static const row rows[] = {
        { "Thu, 20 Aug 2020 14:05:09 +0000", "2020-08-20T14:05:09Z" }, { "Thu, 20 Aug 2020 14:05:09 GMT", "2020-08-20T14:05:09Z" },
        { "20 Aug 2020 14:05:09 EST", "2020-08-20T14:05:09-05:00" }, { "Thu, 20 Aug 20 14:05 EST", "2020-08-20T14:05-05:00" },
        { "Mon, 20 Aug 2020 14:05:09 GMT", "2020-08-20T14:05:09Z" }, { "Thursday, 20-Aug-20 14:05:09 GMT", "2020-08-20T14:05:09Z" },
        { "Thu Aug 20 14:05:09 2020", "2020-08-20T14:05:09" }, { "Thu Aug 20 14:05:09 CEST 2020", "2020-08-20T14:05:09+02:00" },
        { "Thu Aug 20 2020 14:05:09 GMT+0200 (Central European Summer Time)", "2020-08-20T14:05:09+02:00" },
        { "Thu Aug 20 2020 14:05:09 GMT+0200 (\xE4\xB8\xAD\xE6\xAC\xA7)", "2020-08-20T14:05:09+02:00" },
        { "Mo, 25 Jun 2018 11:41:36", "2018-06-25T11:41:36" }, { "\xD0\x9F\xD0\xBD, 25 Jun 2018 11:41", "2018-06-25T11:41" },
        { "Thu, 20 Aug 2020 14:05:09 -0700 (PDT)", "2020-08-20T14:05:09-07:00" },
        { "26-FEB-1987 15:01:01.79", "1987-02-26T15:01:01" }, { "Tue, Sep 15 2020 10:01:41 EDT", "2020-09-15T10:01:41-04:00" },
        { "/Date(1597932309000)/", "2020-08-20T14:05:09Z" }, { "\\/Date(1597932309000)\\/", "2020-08-20T14:05:09Z" },
        { "/Date(1597932309000+0200)/", "2020-08-20T16:05:09+02:00" }, { "/Date(-86400000)/", "1969-12-31T00:00:00Z" },
    };
    ALL_READ(rows, &plain);
}

static void english_dates_are_read_in_all_their_shapes(void **state) {
    (void)state;
    static const row rows[] = {
        { "Aug. 20, 2020", "2020-08-20" }, { "Sept. 6, 2020", "2020-09-06" }, { "March 3, 2020", "2020-03-03" }, { "Febr. 3, 2020", "2020-02-03" },
        { "Aug. 20, 2020, 2:05 p.m.", "2020-08-20T14:05" }, { "Aug. 20, 2020, 2 p.m.", "2020-08-20T14:00" },
        { "Aug. 20, 2020, noon", "2020-08-20T12:00" }, { "Aug. 20, 2020, midnight", "2020-08-20T00:00" },
        { "Aug. 20, 2020, 12 noon", "2020-08-20T12:00" }, { "Aug. 20, 2020 at 12:00 midnight", "2020-08-20T00:00" },
        { "August 20 2020", "2020-08-20" }, { "AUG 20, 2020", "2020-08-20" }, { "May 17,2019", "2019-05-17" }, { "Aug.20, 2020", "2020-08-20" },
        { "August 20th, 2020", "2020-08-20" }, { "20th of August 2020", "2020-08-20" }, { "the 20th of August, 2020", "2020-08-20" },
        { "1st May 2020", "2020-05-01" }, { "2nd May 2020", "2020-05-02" }, { "3rd May 2020", "2020-05-03" },
        { "20 August 2020", "2020-08-20" }, { "20-Aug-2020", "2020-08-20" }, { "20 Aug, 2020", "2020-08-20" }, { "20. Aug. 2020", "2020-08-20" },
        { "14 JAN 20", "2020-01-14" }, { "31 October 23", "2023-10-31" }, { "31-Dec-99", "1999-12-31" }, { "20/Aug/2020", "2020-08-20" },
        { "2020 August 20", "2020-08-20" }, { "2020-Aug-20", "2020-08-20" }, { "2020/aug/20", "2020-08-20" }, { "2020 August", "2020-08" },
        { "Thursday, August 20th 2020", "2020-08-20" }, { "Fri 6:45 PM, Feb 16, 2018", "2018-02-16T18:45" },
        { "August 20, 2020, Thursday", "2020-08-20" }, { "Monday, August 20, 2020", "2020-08-20" }, { "Thurs. 20 Aug 2020", "2020-08-20" },
        { "2:05 PM ET, Thu August 20, 2020", "2020-08-20T14:05-04:00" }, { "01:38:07 PM IST Nov 20, 2019", "2019-11-20T13:38:07+05:30" },
        { "Thu Jan 1, 2009 10:15am EST", "2009-01-01T10:15-05:00" }, { "November 19, 2019 at 8:59 pm", "2019-11-19T20:59" },
        { "Aug 20, 2020 / 11:50 AM EST", "2020-08-20T11:50-05:00" }, { "Thu 20 Aug 2020 14.05 BST", "2020-08-20T14:05+01:00" },
        { "August 20 2020, 12:00pm", "2020-08-20T12:00" }, { "August 20 2020, 12:00am", "2020-08-20T00:00" },
        { "20 Aug 2020 14:05 (GMT+1)", "2020-08-20T14:05+01:00" }, { "20 August, 2020, 09:31 AM IST", "2020-08-20T09:31+05:30" },
        { "20.08.2020 um 14.05 Uhr", "2020-08-20T14:05" }, { "August 2020", "2020-08" }, { "Aug. 2020", "2020-08" }, { "August, 2020", "2020-08" },
        { "\xC2\xA0" "Aug.\xC2\xA0" "20,\xE2\x80\xAF" "2020 \xE2\x80\x93 2:05 pm\xE3\x80\x80", "2020-08-20T14:05" },
        { "Aug. 20, 2020 \xC2\xB7 5pmEST", "2020-08-20T17:00-05:00" }, { "\t Aug. 20, 2020 \r\n", "2020-08-20" },
    };
    ALL_READ(rows, &plain);
}

static void every_month_name_abbreviation_and_weekday_is_known(void **state) {
    (void)state;
    static const char *const names[12] = { "January", "February", "March", "April", "May", "June", "July", "August", "September",
                                           "October", "November", "December" };
    static const char *const weekdays[] = { "Mon", "Monday", "Tue", "Tues", "Tuesday", "Wed", "Wednesday", "Thu", "Thur", "Thurs",
        "Thursday", "Fri", "Friday", "Sat", "Saturday", "Sun", "Sunday", "MON.", "sun," };
    char text[64], want[32];
    for (unsigned m = 0; m < 12; m++) {
        snprintf(want, sizeof want, "2021-%02u-07", m + 1);
        snprintf(text, sizeof text, "%s 7, 2021", names[m]);
        reads_as(text, &plain, want);
        snprintf(text, sizeof text, "7 %.3s. 2021", names[m]);
        reads_as(text, &plain, want);
    }
    for (size_t i = 0; i < PN_COUNT(weekdays); i++) {
        snprintf(text, sizeof text, "%s 7 May 2021", weekdays[i]);
        reads_as(text, &plain, "2021-05-07");
    }
}

static void am_and_pm_are_read_in_all_spellings(void **state) {
    (void)state;
    static const char *const pm[] = { "pm", "PM", "p.m.", "p.m", "P.M.", "p. m.", "p m", "Pm." }, *const am[] = { "am", "AM", "a.m.", "A. M.", "a m" };
    char text[64];
    for (size_t i = 0; i < PN_COUNT(pm); i++)
        for (unsigned gap = 0; gap < 2; gap++) {
            snprintf(text, sizeof text, "May 7, 2021 2:05%s%s", gap ? " " : "", pm[i]);
            reads_as(text, &plain, "2021-05-07T14:05");
        }
    for (size_t i = 0; i < PN_COUNT(am); i++) {
        snprintf(text, sizeof text, "May 7, 2021 12:05 %s", am[i]);
        reads_as(text, &plain, "2021-05-07T00:05");
    }
}

static void numeric_dates_are_day_first_where_dots_or_numbers_say_so(void **state) {
    (void)state;
    static const row rows[] = {
        { "20.08.2020", "2020-08-20" }, { "20.8.2020", "2020-08-20" }, { "20. 08. 2020", "2020-08-20" }, { "20.08.20", "2020-08-20" },
        { "03.04.2020", "2020-04-03" }, { "08.20.2020", "2020-08-20" }, { "20/08/2020", "2020-08-20" }, { "08/20/2020", "2020-08-20" },
        { "20-08-2020", "2020-08-20" }, { "20/08/20", "2020-08-20" }, { "8/20/20", "2020-08-20" }, { "31/12/99", "1999-12-31" },
        { "05/05/2020", "2020-05-05" }, { "18.10.2019 17:08", "2019-10-18T17:08" }, { "10.12.2022, 09:15:02", "2022-12-10T09:15:02" },
        { "14/03/2020 20h38", "2020-03-14T20:38" }, { "08/2020", "2020-08" }, { "13/12/2017", "2017-12-13" },
        { "\xD9\xA2\xD9\xA0/\xD9\xA0\xD9\xA8/\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA0", "2020-08-20" },
        { "\xEF\xBC\x92\xEF\xBC\x90\xEF\xBC\x92\xEF\xBC\x90\xEF\xBC\x8F\xEF\xBC\x98\xEF\xBC\x8F\xEF\xBC\x92", "2020-08-02" },
    };
    ALL_READ(rows, &plain);
}

static void day_and_month_that_could_be_exchanged_follow_day_first_and_are_flagged(void **state) {
    (void)state;
    static const pn_date_opts day_first = { .day_first = true };
    static const char *const texts[] = { "03/04/2020", "3/4/2020", "03-04-2020", "3/4/20" };
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        reads_as(texts[i], &plain, "2020-03-04");
        reads_as(texts[i], NULL, "2020-03-04");
        reads_as(texts[i], &day_first, "2020-04-03");
        assert_true(read_with(texts[i], &plain, PN_DATE_OK).flags & PN_WHEN_AMBIGUOUS);
        assert_true(read_with(texts[i], &day_first, PN_DATE_OK).flags & PN_WHEN_AMBIGUOUS);
    }
    reads_as("08/20/2020", &day_first, "2020-08-20");
    static const char *const clear[] = { "20/08/2020", "08/20/2020", "05/05/2020", "03.04.2020", "2020/03/04", "2020-03-04" };
    for (size_t i = 0; i < PN_COUNT(clear); i++)
        assert_false(read_with(clear[i], &plain, PN_DATE_OK).flags & PN_WHEN_AMBIGUOUS);
    assert_true(read_with("20/08/15", &plain, PN_DATE_OK).flags & PN_WHEN_AMBIGUOUS);        /* or 15 August 2020 */
}

static void years_of_two_digits_turn_at_seventy_and_stay_before_the_base(void **state) {
    (void)state;
    pn_date_opts base = { .has_base = true, .base_day = 18494 };
    reads_as("14 Jan 69", &plain, "2069-01-14");
    reads_as("14 Jan 70", &plain, "1970-01-14");
    reads_as("14 Jan 99", &plain, "1999-01-14");
    reads_as("14 Jan 00", &plain, "2000-01-14");
    reads_as("14 Jan 31", &base, "1931-01-14");
    reads_as("22 Aug 20", &base, "2020-08-22");
    reads_as("23 Aug 20", &base, "1920-08-23");
}

static void the_end_of_the_day_is_the_next_midnight_and_leap_seconds_are_the_second_before(void **state) {
    (void)state;
    reads_as("2020-12-31T24:00", &plain, "2021-01-01T00:00");
    reads_as("2020-12-31T24:00:00Z", &plain, "2021-01-01T00:00:00Z");
    reads_as("2016-12-31T23:59:60Z", &plain, "2016-12-31T23:59:59Z");
    assert_int_equal(read_with("2020-08-20T00:00:00", &plain, PN_DATE_OK).flags, PN_WHEN_MIDNIGHT);
    assert_int_equal(read_with("2020-08-20T00:00", &plain, PN_DATE_OK).flags, PN_WHEN_MIDNIGHT | PN_WHEN_MINUTE);
    assert_int_equal(read_with("2020-08-20T00:00:01", &plain, PN_DATE_OK).flags, 0);
    assert_int_equal(read_with("2020-08-20T14:05", &plain, PN_DATE_OK).flags, PN_WHEN_MINUTE);
}

static void precision_says_how_much_was_printed(void **state) {
    (void)state;
    assert_int_equal(read_with("2020", &plain, PN_DATE_OK).precision, PN_PREC_YEAR);
    assert_int_equal(read_with("May 2020", &plain, PN_DATE_OK).precision, PN_PREC_MONTH);
    assert_int_equal(read_with("May 5, 2020", &plain, PN_DATE_OK).precision, PN_PREC_DAY);
    assert_int_equal(read_with("May 5, 2020 2 pm", &plain, PN_DATE_OK).precision, PN_PREC_SECOND);
    pn_when day = read_with("2020-08-20 +02:00", &plain, PN_DATE_OK);
    assert_true(day.precision == PN_PREC_DAY && day.offset == PN_OFFSET_NONE && day.second == PN_SECOND_NONE);
}

static int offset_of(const char *zone, unsigned *flags) {
    char text[80];
    snprintf(text, sizeof text, "2020-08-20 14:05:09 %s", zone);
    pn_when w = read_with(text, &plain, PN_DATE_OK);
    *flags = w.flags;
    return w.offset;
}

static void zones_with_one_meaning_have_its_offset(void **state) {
    (void)state;
    static const struct { const char *name; int minutes; } zones[] = {
        { "GMT", 0 }, { "UTC", 0 }, { "UT", 0 }, { "Z", 0 }, { "CET", 60 }, { "CEST", 120 }, { "EET", 120 }, { "EEST", 180 }, { "WET", 0 },
        { "WEST", 60 }, { "MSK", 180 }, { "JST", 540 }, { "KST", 540 }, { "HKT", 480 }, { "SGT", 480 }, { "WIB", 420 }, { "WITA", 480 },
        { "WIT", 540 }, { "AEST", 600 }, { "AEDT", 660 }, { "ACST", 570 }, { "ACDT", 630 }, { "AWST", 480 }, { "NZST", 720 }, { "NZDT", 780 },
        { "EDT", -240 }, { "PDT", -420 }, { "MDT", -360 }, { "EST", -300 }, { "PST", -480 }, { "MST", -420 }, { "AKST", -540 },
        { "AKDT", -480 }, { "HST", -600 }, { "SAST", 120 }, { "EAT", 180 }, { "WAT", 60 }, { "CAT", 120 }, { "NPT", 345 }, { "PKT", 300 },
        { "(CEST)", 120 }, { "GMT+2", 120 }, { "UTC +05:30", 330 }, { "gmt-3", -180 }, { "+14:00", 840 }, { "-12:00", -720 }, { "+5", 300 },
        { "CET+0100", 60 }, { "+02:00 CET", 120 },
    };
    for (size_t i = 0; i < PN_COUNT(zones); i++) {
        unsigned flags;
        if (offset_of(zones[i].name, &flags) != zones[i].minutes) fail_msg("zone %s", zones[i].name);
        assert_int_equal(flags, 0);
    }
}

static void zones_with_several_meanings_take_a_default_and_are_flagged(void **state) {
    (void)state;
    static const struct { const char *name; int minutes; } zones[] = {
        { "BST", 60 }, { "IST", 330 }, { "CST", -360 }, { "AST", -240 }, { "AMT", -240 }, { "ECT", -300 }, { "GST", 240 }, { "SST", -660 },
        { "WST", 480 }, { "ADT", -180 }, { "CDT", -300 },
    };
    for (size_t i = 0; i < PN_COUNT(zones); i++) {
        unsigned flags;
        if (offset_of(zones[i].name, &flags) != zones[i].minutes) fail_msg("zone %s", zones[i].name);
        assert_int_equal(flags, PN_WHEN_TZ_AMBIGUOUS);
    }
    unsigned flags;
    assert_int_equal(offset_of("CST+0800", &flags), 480);            /* the number settles it */
    assert_int_equal(flags, 0);
}

static void unknown_zones_give_no_offset_and_a_flag(void **state) {
    (void)state;
    unsigned flags;
    assert_int_equal(offset_of("XYZ", &flags), PN_OFFSET_NONE);
    assert_int_equal(flags, PN_WHEN_TZ_UNKNOWN);
    assert_int_equal(read_with("Aug. 20, 2020 KGT", &plain, PN_DATE_OK).flags, PN_WHEN_TZ_UNKNOWN);
}

static void american_zones_follow_the_daylight_rules_of_their_date(void **state) {
    (void)state;
    static const row rows[] = {
        { "2020-01-15 12:00 ET", "2020-01-15T12:00-05:00" }, { "2020-07-15 12:00 ET", "2020-07-15T12:00-04:00" },
        { "2020-07-15 12:00 CT", "2020-07-15T12:00-05:00" }, { "2020-07-15 12:00 MT", "2020-07-15T12:00-06:00" },
        { "2020-07-15 12:00 PT", "2020-07-15T12:00-07:00" }, { "2020-12-15 12:00 PT", "2020-12-15T12:00-08:00" },
        { "2020-03-08 01:59 ET", "2020-03-08T01:59-05:00" }, { "2020-03-08 03:00 ET", "2020-03-08T03:00-04:00" },
        { "2020-11-01 00:59 ET", "2020-11-01T00:59-04:00" }, { "2020-11-01 02:00 ET", "2020-11-01T02:00-05:00" },
        { "2007-03-11 12:00 ET", "2007-03-11T12:00-04:00" }, { "2007-11-04 01:00 ET", "2007-11-04T01:00-04:00" },
        { "2006-03-31 12:00 ET", "2006-03-31T12:00-05:00" }, { "2006-04-02 12:00 ET", "2006-04-02T12:00-04:00" },
        { "2006-10-29 12:00 ET", "2006-10-29T12:00-05:00" }, { "1986-04-26 12:00 ET", "1986-04-26T12:00-05:00" },
        { "1986-04-27 12:00 ET", "1986-04-27T12:00-04:00" }, { "1974-01-06 12:00 ET", "1974-01-06T12:00-04:00" },
        { "1975-02-22 12:00 ET", "1975-02-22T12:00-05:00" }, { "1975-02-23 12:00 ET", "1975-02-23T12:00-04:00" },
    };
    ALL_READ(rows, &plain);
    assert_int_equal(read_with("2020-11-01 01:30 ET", &plain, PN_DATE_OK).flags, PN_WHEN_MINUTE | PN_WHEN_TZ_AMBIGUOUS);
    assert_int_equal(read_with("2020-11-01 02:30 ET", &plain, PN_DATE_OK).flags, PN_WHEN_MINUTE);
    assert_int_equal(read_with("1950-07-01 12:30 ET", &plain, PN_DATE_OK).flags, PN_WHEN_MINUTE | PN_WHEN_TZ_AMBIGUOUS);
}

static void what_is_no_date_yields_nothing(void **state) {
    (void)state;
    static const char *const texts[] = {
        "15:04", "3 pm", "noon", "midnight", "15:04 EST", "PT1H50M", "P3D", "12", "May", "May May", "on:", "at", "the", "T", "Z",
        "555-1234", "1-800-555-1212", "2020-555-1212", "+1 202 555 0100", "978-3-16-148410-0", "$4.20 2020", "$2020", "4.20", "1,000",
        "1.2.3", "10.0.19041", "v1.2.2020", "3.11.2", "192.168.1.1", "10.10.20.20", "24/7", "9/11", "1/2", "2020/21", "50%", "12-34-56",
        "Mayor 5, 2020", "Marching 5, 2020", "Augustus 20, 2020", "Mar-a-Lago", "Sunday Times", "May Day 2020", "decade 2020",
        "https://example.org/2019/11/05/story", "pubp://event/2019", "/2019/11/05/", "20 agosto 2020", "13 de dezembro de 2017",
        "20 ao\xC3\xBBt 2020", "2020\xE5\xB9\xB4" "8\xE6\x9C\x88" "20\xE6\x97\xA5", "5 de set de 2017", "20201399", "20200230", "99999999",
        "202501", "1597932309", "1234", "3000", "0", "Aug. 20, 2020 in Berlin", "On Aug. 20, 2020 he left", "Aug. 20, 2020,", "/ Aug. 20, 2020",
        ",", "-", "--", "()", "Aug. 20, 2020 14", "2020-08-20T", "2020-08-2x", "2020-08-20T14:5", "Monday May 2020", "2020 EST",
        "May 2020 14:05", "Aug. 20, 2020\x01", "Aug. 20, 2020 (", "\xFF\xFE", "Monday Tuesday", "the May 5, 2020 x", "next week", "Mon EST",
        "2020-08-20 14:05:09.1234567890", "123456789012345678901234567890", "2020-W54-1", "2020-W34-8", "2020-367", "2020-000", "2021-366",
    };
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        pn_when w = read_with(texts[i], &plain, PN_DATE_UNKNOWN);
        assert_int_equal(w.precision, PN_PREC_NONE);
    }
}

static void fillers_impossible_dates_ranges_and_dates_out_of_reason_are_told_apart(void **state) {
    (void)state;
    static const refusal rows[] = {
        { "", PN_DATE_EMPTY }, { " \t\xC2\xA0\r\n", PN_DATE_EMPTY },
        { "0001-01-01T00:00Z", PN_DATE_SENTINEL }, { "01/01/0001", PN_DATE_SENTINEL }, { "1970-01-01T00:00:00Z", PN_DATE_SENTINEL },
        { "Thu, 01 Jan 1970 00:00:00 +0000", PN_DATE_SENTINEL }, { "1900-01-01", PN_DATE_SENTINEL }, { "9999-12-31", PN_DATE_SENTINEL },
        { "9999-99-99", PN_DATE_SENTINEL }, { "0000-00-00 00:00:00", PN_DATE_SENTINEL }, { "/Date(0)/", PN_DATE_SENTINEL },
        { "/Date(-62135596800000)/", PN_DATE_SENTINEL },
        { "Feb. 30, 2020", PN_DATE_IMPOSSIBLE }, { "2020-13-01", PN_DATE_IMPOSSIBLE }, { "2021-02-29", PN_DATE_IMPOSSIBLE },
        { "31/31/2020", PN_DATE_IMPOSSIBLE }, { "2020-08-00", PN_DATE_IMPOSSIBLE }, { "2020-00", PN_DATE_IMPOSSIBLE },
        { "2020-08-20T25:00", PN_DATE_IMPOSSIBLE }, { "2020-08-20T24:01", PN_DATE_IMPOSSIBLE }, { "2020-08-20T14:60", PN_DATE_IMPOSSIBLE },
        { "2020-08-20T14:05:61", PN_DATE_IMPOSSIBLE },
        { "May 5, 1492", PN_DATE_OUT_OF_RANGE }, { "1599-12-31", PN_DATE_OUT_OF_RANGE }, { "2201-01-01", PN_DATE_OUT_OF_RANGE },
        { "2200-12-31T24:00", PN_DATE_OUT_OF_RANGE }, { "14/12/0201", PN_DATE_OUT_OF_RANGE }, { "20/8/2563 14:05", PN_DATE_OUT_OF_RANGE },
        { "\xDB\xB1\xDB\xB3\xDB\xB9\xDB\xB9/\xDB\xB0\xDB\xB5/\xDB\xB3\xDB\xB0", PN_DATE_OUT_OF_RANGE },          /* a Persian year */
        { "May 15, 2020 \xE2\x80\x93 May 17, 2020", PN_DATE_RANGE }, { "May 15-17, 2020", PN_DATE_RANGE }, { "15-17 May 2020", PN_DATE_RANGE },
        { "15 and 16 May 2020", PN_DATE_RANGE }, { "2020-05-15 to 2020-05-17", PN_DATE_RANGE }, { "2020-05-15/2020-05-17", PN_DATE_RANGE },
        { "2019-2020", PN_DATE_RANGE }, { "May 15, 2020 14:00 \xE2\x80\x93 16:00", PN_DATE_RANGE }, { "5 May - 7 June 2020", PN_DATE_RANGE },
        { "Aug. 20, 2020 | Aug. 21, 2020", PN_DATE_RANGE },
        { "yesterday", PN_DATE_NEEDS_BASE }, { "3 hours ago", PN_DATE_NEEDS_BASE }, { "Monday 3:00PM", PN_DATE_NEEDS_BASE },
        { "Jun 17", PN_DATE_NEEDS_BASE }, { "31/10", PN_DATE_NEEDS_BASE }, { "06-10 17:50", PN_DATE_NEEDS_BASE }, { "just now", PN_DATE_NEEDS_BASE },
        { "Feb 29", PN_DATE_NEEDS_BASE }, { "Feb 30", PN_DATE_IMPOSSIBLE },
    };
    ALL_REFUSED(rows, &plain);
    reads_as("1970-01-01", &plain, "1970-01-01");
    reads_as("January 1, 1900", &plain, "1900-01-01");
    reads_as("1600-01-01", &plain, "1600-01-01");
    reads_as("2200-12-31T23:59:59", &plain, "2200-12-31T23:59:59");
}

static void relative_dates_count_back_from_the_base(void **state) {
    (void)state;
    static const row rows[] = {                                      /* the base is Thursday, 20 August 2020 */
        { "today", "2020-08-20" }, { "Yesterday", "2020-08-19" }, { "just now", "2020-08-20" }, { "Today, 14:05", "2020-08-20T14:05" },
        { "yesterday at 3:05 p.m. EST", "2020-08-19T15:05-05:00" }, { "3 hours ago", "2020-08-20" }, { "25 hours ago", "2020-08-19" },
        { "5 mins ago", "2020-08-20" }, { "5m ago", "2020-08-20" }, { "2d ago", "2020-08-18" }, { "an hour ago", "2020-08-20" },
        { "about 2 days ago", "2020-08-18" }, { "1 hour 20 minutes ago", "2020-08-20" }, { "2 weeks ago", "2020-08-06" }, { "a week ago", "2020-08-13" },
        { "8 months ago", "2019-12" }, { "1 year ago", "2019" }, { "Thursday", "2020-08-20" }, { "Friday", "2020-08-14" },
        { "Monday 3:00PM", "2020-08-17T15:00" }, { "Jun 17", "2020-06-17" }, { "Aug 20", "2020-08-20" }, { "Aug 21", "2019-08-21" },
        { "Feb 29", "2020-02-29" }, { "17 June, 14:05", "2020-06-17T14:05" }, { "31/10", "2019-10-31" }, { "06-10 17:50", "2020-06-10T17:50" },
    };
    pn_date_opts base = { .has_base = true, .base_day = 18494 };
    ALL_READ(rows, &base);
    for (size_t i = 0; i < PN_COUNT(rows); i++)
        assert_true(read_with(rows[i].text, &base, PN_DATE_OK).flags & PN_WHEN_RELATIVE);
    base.base_day = pn_day_of(1903, 6, 1);                           /* 1900 was no leap year */
    reads_as("Feb 29", &base, "1896-02-29");
}

static void a_base_refuses_dates_more_than_two_days_after_it(void **state) {
    (void)state;
    pn_date_opts base = { .has_base = true, .base_day = 18494 };
    reads_as("2020-08-22T23:59", &base, "2020-08-22T23:59");
    read_with("2020-08-23", &base, PN_DATE_OUT_OF_RANGE);
    read_with("September 2020", &base, PN_DATE_OUT_OF_RANGE);
    read_with("2021", &base, PN_DATE_OUT_OF_RANGE);
    reads_as("2020", &base, "2020");
    base.base_day = INT32_MAX;                                       /* no day of any calendar: as if there were none */
    read_with("yesterday", &base, PN_DATE_NEEDS_BASE);
    base.base_day = PN_DAY_NONE;
    read_with("9999 years ago", &base, PN_DATE_NEEDS_BASE);
    base.base_day = 0;
    read_with("9999 years ago", &base, PN_DATE_OUT_OF_RANGE);
}

static void bare_numbers_are_unix_time_only_where_allowed(void **state) {
    (void)state;
    static const row rows[] = {
        { "1597932309", "2020-08-20T14:05:09Z" }, { "1597932309000", "2020-08-20T14:05:09Z" }, { "1597932309123456", "2020-08-20T14:05:09Z" },
        { "1125597921.13", "2005-09-01T18:05:21Z" }, { "20200820", "2020-08-20" }, { "2020", "2020" }, { "202008201405", "2020-08-20T14:05" },
    };
    static const refusal bad[] = {
        { "0", PN_DATE_SENTINEL }, { "0000000000", PN_DATE_SENTINEL }, { "9999999999", PN_DATE_OUT_OF_RANGE }, { "9999999999999999", PN_DATE_OUT_OF_RANGE },
        { "159793230", PN_DATE_UNKNOWN }, { "15979323091", PN_DATE_UNKNOWN }, { "1125597921.13.103.0", PN_DATE_UNKNOWN },
        { "1597932309 ago", PN_DATE_UNKNOWN }, { "/Date()/", PN_DATE_UNKNOWN }, { "/Date(1597932309000", PN_DATE_UNKNOWN },
        { "/Date(159793230900099999)/", PN_DATE_UNKNOWN },
    };
    pn_date_opts epoch = { .allow_epoch = true };
    ALL_READ(rows, &epoch);
    ALL_REFUSED(bad, &epoch);
    epoch.has_base = true;
    epoch.base_day = 18491;
    read_with("1597932309", &epoch, PN_DATE_OUT_OF_RANGE);
}

static void texts_longer_than_a_hundred_bytes_are_no_dates(void **state) {
    (void)state;
    char text[160];
    for (unsigned n = 99; n <= 102; n++) {
        memset(text, ' ', n);
        memcpy(text, "Aug. 20,", 8);
        memcpy(text + n - 4, "2020", 4);
        text[n] = '\0';
        read_with(text, &plain, n <= 100 ? PN_DATE_OK : PN_DATE_UNKNOWN);
    }
    memset(text, ' ', sizeof text);
    memcpy(text + 140, "2020-08-20", 11);
    reads_as(text, &plain, "2020-08-20");
}

static void every_shortening_of_a_date_is_read_or_refused_without_reading_on(void **state) {
    (void)state;
    static const char *const texts[] = {
        "2020-08-20T14:05:09.123+02:00[Europe/Paris]", "Thursday, the 20th of August, 2020 at 2:05:09.5 p. m. (GMT+01:00)", "/Date(1597932309000+0200)/",
        "Thu Aug 20 2020 14:05:09 GMT+0200 (Central European Summer Time)", "about 1 hour 20 minutes ago", "Aug. 20, 2020, 2:05 p.m.",
        "\xC2\xA0" "20.\xE2\x80\xAF" "08. 2020 \xE2\x80\x93 14h05\xE3\x80\x80",
    };
    pn_date_opts opts = { .allow_epoch = true, .has_base = true, .base_day = 18494 };
    for (size_t i = 0; i < PN_COUNT(texts); i++)
        for (size_t n = 0; n <= strlen(texts[i]); n++) {
            char exact[128];
            memcpy(exact + sizeof exact - n, texts[i], n);
            pn_when w;
            pn_date_result r = pn_date_parse(pn_bytes_of(exact + sizeof exact - n, n), &opts, &w);
            assert_true((r == PN_DATE_OK) == (w.day != PN_DAY_NONE));
        }
}

static void results_have_codes(void **state) {
    (void)state;
    assert_null(pn_date_result_code(PN_DATE_OK));
    assert_null(pn_date_result_code(PN_DATE_EMPTY));
    assert_string_equal(pn_date_result_code(PN_DATE_UNKNOWN), "date_not_understood");
    assert_string_equal(pn_date_result_code(PN_DATE_OUT_OF_RANGE), "date_out_of_range");
    assert_string_equal(pn_date_result_code(PN_DATE_SENTINEL), "sentinel_date");
    assert_string_equal(pn_date_result_code(PN_DATE_IMPOSSIBLE), "impossible_date");
    assert_string_equal(pn_date_result_code(PN_DATE_RANGE), "date_range");
    assert_string_equal(pn_date_result_code(PN_DATE_NEEDS_BASE), "relative_date_unresolved");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso_dates_are_read_in_all_their_shapes),
        cmocka_unit_test(mail_and_program_dates_are_read),
        cmocka_unit_test(english_dates_are_read_in_all_their_shapes),
        cmocka_unit_test(every_month_name_abbreviation_and_weekday_is_known),
        cmocka_unit_test(am_and_pm_are_read_in_all_spellings),
        cmocka_unit_test(numeric_dates_are_day_first_where_dots_or_numbers_say_so),
        cmocka_unit_test(day_and_month_that_could_be_exchanged_follow_day_first_and_are_flagged),
        cmocka_unit_test(years_of_two_digits_turn_at_seventy_and_stay_before_the_base),
        cmocka_unit_test(the_end_of_the_day_is_the_next_midnight_and_leap_seconds_are_the_second_before),
        cmocka_unit_test(precision_says_how_much_was_printed),
        cmocka_unit_test(zones_with_one_meaning_have_its_offset),
        cmocka_unit_test(zones_with_several_meanings_take_a_default_and_are_flagged),
        cmocka_unit_test(unknown_zones_give_no_offset_and_a_flag),
        cmocka_unit_test(american_zones_follow_the_daylight_rules_of_their_date),
        cmocka_unit_test(what_is_no_date_yields_nothing),
        cmocka_unit_test(fillers_impossible_dates_ranges_and_dates_out_of_reason_are_told_apart),
        cmocka_unit_test(relative_dates_count_back_from_the_base),
        cmocka_unit_test(a_base_refuses_dates_more_than_two_days_after_it),
        cmocka_unit_test(bare_numbers_are_unix_time_only_where_allowed),
        cmocka_unit_test(texts_longer_than_a_hundred_bytes_are_no_dates),
        cmocka_unit_test(every_shortening_of_a_date_is_read_or_refused_without_reading_on),
        cmocka_unit_test(results_have_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
