/* pn_date_settle.c -- what was read, checked against calendar, window and base.  Layer: text. */
#include "text/pn_date_parts.h"

enum {
    DAYS_AFTER_BASE = 2,               /* zones and clocks of publishers run ahead that far */
    FIRST_DAY = -135140,               /* 1600-01-01, 2200-12-31: the window as days */
    LAST_DAY = 84370
};

static bool is_after_base(int32_t day, const pn_date_opts *o) {
    return o->has_base && (int64_t)day > (int64_t)o->base_day + DAYS_AFTER_BASE;
}

/* The latest such day up to the base; 29 February may be years back. */
static bool put_missing_year(pn_date_found *f, const pn_date_opts *o) {
    int32_t year = pn_civil_of(o->base_day).year;
    for (int32_t y = year; y > year - 9; y--)
        if (pn_civil_is_real(y, f->month, f->day) && pn_day_of(y, f->month, f->day) <= o->base_day) {
            f->year = y;
            f->flags |= PN_WHEN_RELATIVE;
            return true;
        }
    return false;
}

/* 70..99 are 19xx, the others 20xx; a base date in between sends those after it back a century. */
static void put_century(pn_date_found *f, const pn_date_opts *o) {
    f->year += f->year >= 70 ? 1900 : 2000;
    if (pn_civil_is_real(f->year, f->month, f->day) && is_after_base(pn_day_of(f->year, f->month, f->day), o))
        f->year -= 100;
}

/* What programs print for "no date". */
static bool is_sentinel(const pn_date_found *f) {
    if (f->year == 9999 || (f->year == 0 && f->month == 0 && f->day == 0)) return true;
    if (f->month != 1 || f->day != 1 || f->precision != PN_PREC_DAY) return false;
    if (f->year == 1 || (f->year == 1900 && !f->month_word)) return true;
    return f->year == 1970 && f->second == 0 && f->offset == 0;
}

static pn_date_result day_of_parts(pn_date_found *f, const pn_date_opts *o, int32_t *day) {
    if (f->year == PN_DATE_YEAR_NONE) {
        if (!pn_civil_is_real(2000, f->month, f->day)) return PN_DATE_IMPOSSIBLE;    /* a leap year: 29 February may be */
        if (!o->has_base) return PN_DATE_NEEDS_BASE;
        if (!put_missing_year(f, o)) return PN_DATE_IMPOSSIBLE;
    }
    if (f->two_digit_year) put_century(f, o);
    if (is_sentinel(f)) return PN_DATE_SENTINEL;
    if (!pn_civil_is_real(f->year, f->month, f->day)) return PN_DATE_IMPOSSIBLE;
    *day = pn_day_of(f->year, f->month, f->day);
    return PN_DATE_OK;
}

static void put_clock(const pn_date_found *f, pn_when *w) {
    w->precision = PN_PREC_SECOND;
    w->second = f->second;
    if (w->second == 86400) { w->day++; w->second = 0; }
    if (w->second == 0) w->flags |= PN_WHEN_MIDNIGHT;
    w->offset = f->offset;
    if (f->season) {
        bool doubtful;
        w->offset = (int16_t)pn_date_us_offset(w->day, w->second, f->season, &doubtful);
        if (doubtful) w->flags |= PN_WHEN_TZ_AMBIGUOUS;
    }
}

pn_date_result pn_date_settle(pn_date_found *f, const pn_date_opts *o, pn_when *out) {
    pn_when w = PN_WHEN_NONE;
    if (f->needs_base) return PN_DATE_NEEDS_BASE;
    w.day = f->day_number;
    pn_date_result bad = f->is_relative ? PN_DATE_OK : day_of_parts(f, o, &w.day);
    if (bad != PN_DATE_OK) return bad;
    w.precision = f->precision;
    w.flags = f->flags;
    if (f->second != PN_SECOND_NONE) put_clock(f, &w);
    else w.flags &= (uint8_t)~PN_WHEN_TZ_AMBIGUOUS;                  /* a zone says nothing without a clock time */
    if (w.day < FIRST_DAY || w.day > LAST_DAY || is_after_base(w.day, o)) return PN_DATE_OUT_OF_RANGE;
    *out = w;
    return PN_DATE_OK;
}
