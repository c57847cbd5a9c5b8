/* pn_date.c -- civil dates, their precision, and calendar buckets.  Layer: model. */
#include "model/pn_date.h"
#include <assert.h>

enum { DAYS_OF_400_YEARS = 146097, DAYS_TO_1970 = 719468 };    /* the second counts from 1 March of year 0 */

/* Years are counted from March, so that the leap day is the last of its year and month lengths follow one formula. */
int32_t pn_day_of(int32_t year, unsigned month, unsigned day) {
    assert(pn_civil_is_real(year, month, day));
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * DAYS_OF_400_YEARS + day_of_era - DAYS_TO_1970);
}

pn_civil pn_civil_of(int32_t day) {
    int64_t z = (int64_t)day + DAYS_TO_1970;
    int64_t era = (z >= 0 ? z : z - (DAYS_OF_400_YEARS - 1)) / DAYS_OF_400_YEARS;
    int64_t doe = z - era * DAYS_OF_400_YEARS;                       /* day of the era, 0..146096 */
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);           /* day of the year from 1 March */
    int64_t m = (5 * doy + 2) / 153;
    unsigned month = (unsigned)(m < 10 ? m + 3 : m - 9);
    return (pn_civil){ (int32_t)(yoe + era * 400 + (month <= 2)), (uint8_t)month,
                       (uint8_t)(doy - (153 * m + 2) / 5 + 1) };
}

static bool is_leap(int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static unsigned days_of_month(int32_t year, unsigned month) {
    static const uint8_t length[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return length[month - 1] + (month == 2 && is_leap(year));
}

bool pn_civil_is_real(int32_t year, unsigned month, unsigned day) {
    return month >= 1 && month <= 12 && day >= 1 && day <= days_of_month(year, month);
}

unsigned pn_weekday(int32_t day) {
    int64_t w = ((int64_t)day + 3) % 7;                              /* day 0 was a Thursday */
    return (unsigned)(w < 0 ? w + 7 : w);
}

int32_t pn_bucket_start(pn_freq f, int32_t day) {
    if (f == PN_FREQ_DAY) return day;
    if (f == PN_FREQ_WEEK) return day - (int32_t)pn_weekday(day);
    pn_civil c = pn_civil_of(day);
    if (f == PN_FREQ_MONTH) return pn_day_of(c.year, c.month, 1);
    if (f == PN_FREQ_QUARTER) return pn_day_of(c.year, (c.month - 1u) / 3 * 3 + 1, 1);
    return pn_day_of(c.year, 1, 1);
}

int32_t pn_bucket_next(pn_freq f, int32_t start) {
    if (f == PN_FREQ_DAY) return start + 1;
    if (f == PN_FREQ_WEEK) return start + 7;
    unsigned months = f == PN_FREQ_MONTH ? 1 : f == PN_FREQ_QUARTER ? 3 : 12;
    pn_civil c = pn_civil_of(start);
    unsigned m = c.month - 1u + months;
    return pn_day_of(c.year + (int32_t)(m / 12), m % 12 + 1, 1);
}

int32_t pn_when_last_day(const pn_when *w) {
    if (w->precision == PN_PREC_NONE) return PN_DAY_NONE;
    if (w->precision == PN_PREC_YEAR) return pn_bucket_next(PN_FREQ_YEAR, w->day) - 1;
    if (w->precision == PN_PREC_MONTH) return pn_bucket_next(PN_FREQ_MONTH, w->day) - 1;
    return w->day;
}

static char *put2(char *p, unsigned v) { p[0] = (char)('0' + v / 10 % 10); p[1] = (char)('0' + v % 10); return p + 2; }

/* At least four digits; a minus before the year 0. */
static char *put_year(char *p, int32_t year) {
    uint32_t v = year < 0 ? (uint32_t)-(int64_t)year : (uint32_t)year;
    if (year < 0) *p++ = '-';
    if (v >= 10000) {                                                /* no printed date, but any int32 day has text */
        uint32_t unit = 10000;
        while (v / unit >= 10) unit *= 10;
        for (; unit >= 10000; unit /= 10) *p++ = (char)('0' + v / unit % 10);
    }
    return put2(put2(p, v / 100 % 100), v % 100);
}

static char *put_offset(char *p, int offset) {
    if (offset == 0) { *p++ = 'Z'; return p; }
    *p++ = offset < 0 ? '-' : '+';
    unsigned v = (unsigned)(offset < 0 ? -offset : offset);
    p = put2(p, v / 60);
    *p++ = ':';
    return put2(p, v % 60);
}

static char *put_clock(char *p, const pn_when *w) {
    unsigned s = (unsigned)w->second;
    *p++ = 'T';
    p = put2(p, s / 3600);
    *p++ = ':';
    p = put2(p, s / 60 % 60);
    if (!(w->flags & PN_WHEN_MINUTE)) { *p++ = ':'; p = put2(p, s % 60); }
    return w->offset == PN_OFFSET_NONE ? p : put_offset(p, w->offset);
}

size_t pn_when_print(const pn_when *w, char out[PN_WHEN_TEXT]) {
    char *p = out;
    if (w->precision != PN_PREC_NONE && w->day != PN_DAY_NONE) {
        pn_civil c = pn_civil_of(w->day);
        p = put_year(p, c.year);
        if (w->precision >= PN_PREC_MONTH) { *p++ = '-'; p = put2(p, c.month); }
        if (w->precision >= PN_PREC_DAY) { *p++ = '-'; p = put2(p, c.day); }
        if (w->precision == PN_PREC_SECOND && w->second >= 0 && w->second < 86400) p = put_clock(p, w);
    }
    *p = '\0';
    return (size_t)(p - out);
}
