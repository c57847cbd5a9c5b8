/* pn_date_english.c -- dates with English words: month names and relative days.  Layer: text. */
#include "text/pn_date_parts.h"

static bool is_range_sign(const pn_date_token *t) {
    return pn_date_is_dash(t) || t->kind == PN_TOK_TO || pn_date_is_sign(t, '/') || pn_date_is_sign(t, '&');
}

/* Skips what may stand between the parts of a date: blanks are no tokens, so dashes and slashes are left. */
static unsigned skip_joints(const pn_date_reading *r, unsigned k) {
    while (pn_date_is_dash(pn_date_peek(r, k)) || pn_date_is_sign(pn_date_peek(r, k), '/')) k++;
    return k;
}
static unsigned skip_sign(const pn_date_reading *r, unsigned k, int c) { return k + pn_date_is_sign(pn_date_peek(r, k), c); }
static unsigned skip_kind(const pn_date_reading *r, unsigned k, int kind) { return k + (pn_date_peek(r, k)->kind == kind); }

bool pn_date_year_at(const pn_date_reading *r, unsigned k, bool two, pn_date_found *date) {
    const pn_date_token *t = pn_date_peek(r, k), *next = pn_date_peek(r, k + 1), *after = pn_date_peek(r, k + 2);
    bool clock = pn_date_is_sign(next, ':') ||
                 (t->len == 2 && (pn_date_is_half(r, k + 1) || pn_date_is_letter(r, next, 'h') || next->kind == PN_TOK_NOON ||
                                  (pn_date_is_sign(next, '.') && pn_date_is_number(after, 1, 18))));
    bool short_year = two && t->len == 2 && !r->tokens->native_digits;
    if (t->kind != PN_TOK_NUMBER || (t->len != 4 && !short_year) || clock) return false;
    date->year = (int32_t)t->number;
    date->two_digit_year = t->len == 2;
    return true;
}

static pn_date_found date_with_word(unsigned month, uint64_t day) {
    pn_date_found d = PN_DATE_FOUND_NONE;
    d.precision = PN_PREC_DAY;
    d.month = (uint8_t)month;
    d.day = (uint8_t)day;
    d.month_word = true;
    return d;
}

/* A second day behind the first: "15-17 May", "May 15-17".  Clock times and years are none. */
static bool is_second_day(const pn_date_reading *r, unsigned k) {
    return is_range_sign(pn_date_peek(r, k)) && pn_date_is_number(pn_date_peek(r, k + 1), 1, 2) &&
           !pn_date_is_sign(pn_date_peek(r, k + 2), ':') && !pn_date_is_half(r, k + 2);
}

/* "August 2020", "Aug. 2020", "August, 2020": to the end of the text. */
static bool read_month_year(pn_date_reading *r, unsigned k) {
    pn_date_found d = date_with_word((unsigned)pn_date_peek(r, 0)->value, 1);
    d.precision = PN_PREC_MONTH;
    k = skip_joints(r, skip_sign(r, k, ','));
    if (r->i || !pn_date_year_at(r, k, false, &d) || pn_date_peek(r, k + 1)->kind != PN_TOK_END) return false;
    pn_date_take(r, &d, k + 1);
    return true;
}

/* The tokens of "th, 2020" behind the day at token k - 1; none of it needs to be there. */
static unsigned take_year(const pn_date_reading *r, unsigned k, bool two, pn_date_found *d) {
    unsigned at = skip_sign(r, skip_sign(r, k, '.'), ',');
    at = skip_joints(r, at);
    return pn_date_year_at(r, at, two, d) ? at + 1 : k;
}

bool pn_date_read_month_first(pn_date_reading *r) {
    unsigned k = skip_sign(r, 1, '.');
    const pn_date_token *day = pn_date_peek(r, skip_joints(r, skip_kind(r, skip_sign(r, k, ','), PN_TOK_THE)));
    if (!pn_date_is_number(day, 1, 2)) return read_month_year(r, k);
    k = (unsigned)(day - pn_date_peek(r, 0)) + 1;
    if (pn_date_is_sign(pn_date_peek(r, k), ':') || pn_date_is_half(r, k)) return false;     /* a clock time, no day */
    pn_date_found d = date_with_word((unsigned)pn_date_peek(r, 0)->value, day->number);
    k = skip_kind(r, k, PN_TOK_ORDINAL);
    if (is_second_day(r, k)) {                                       /* "May 15-17, 2020": the year closes it */
        r->range = true;
        k = skip_kind(r, k + 2, PN_TOK_ORDINAL);
    }
    pn_date_take(r, &d, take_year(r, k, false, &d));
    return true;
}

/* "20 August 2020", "20th of August, 2020", "20-Aug-20", "20. August 2020", "15-17 May 2020". */
bool pn_date_read_day_first(pn_date_reading *r) {
    unsigned day = (unsigned)pn_date_peek(r, 0)->number;
    unsigned k = skip_sign(r, skip_kind(r, 1, PN_TOK_ORDINAL), '.');
    bool range = is_second_day(r, k);
    if (range) k = skip_sign(r, skip_kind(r, k + 2, PN_TOK_ORDINAL), '.');
    k = skip_joints(r, skip_kind(r, k, PN_TOK_OF));
    const pn_date_token *month = pn_date_peek(r, k);
    if (month->kind != PN_TOK_MONTH) return false;
    pn_date_found d = date_with_word((unsigned)month->value, day);
    unsigned used = take_year(r, k + 1, true, &d);
    r->range |= range;
    if (used == k + 1) used = skip_sign(r, used, '.');               /* "20 Aug." */
    pn_date_take(r, &d, used);
    return true;
}

/* --- relative to a base date */

static void put_relative(pn_date_reading *r, int32_t day, pn_precision precision, unsigned used) {
    pn_date_found d = PN_DATE_FOUND_NONE;
    d.is_relative = true;
    d.needs_base = !r->opts.has_base;
    d.day_number = day;
    d.precision = (uint8_t)precision;
    d.flags = PN_WHEN_RELATIVE;
    pn_date_take(r, &d, used);
}

static void put_months_back(pn_date_reading *r, uint64_t months, pn_precision precision, unsigned used) {
    pn_civil c = pn_civil_of(r->opts.has_base ? r->opts.base_day : 0);
    int32_t m = c.year * 12 + c.month - 1 - (int32_t)months;
    int32_t year = (m >= 0 ? m : m - 11) / 12;
    unsigned month = precision == PN_PREC_YEAR ? 1 : (unsigned)(m - year * 12) + 1;
    put_relative(r, pn_day_of(year, month, 1), precision, used);
}

/* The base is a day without a clock time, so hours below 24 stay on it. */
static void put_back(pn_date_reading *r, uint64_t n, int unit, unsigned used) {
    int32_t base = r->opts.has_base ? r->opts.base_day : 0;
    switch ((pn_date_unit)unit) {
    case PN_UNIT_MINUTE: put_relative(r, base - (int32_t)(n / 1440), PN_PREC_DAY, used); break;
    case PN_UNIT_HOUR: put_relative(r, base - (int32_t)(n / 24), PN_PREC_DAY, used); break;
    case PN_UNIT_DAY: put_relative(r, base - (int32_t)n, PN_PREC_DAY, used); break;
    case PN_UNIT_WEEK: put_relative(r, base - (int32_t)n * 7, PN_PREC_DAY, used); break;
    case PN_UNIT_MONTH: put_months_back(r, n, PN_PREC_MONTH, used); break;
    case PN_UNIT_YEAR: put_months_back(r, n * 12, PN_PREC_YEAR, used); break;
    }
}

/* "3 hours ago", "an hour ago", "about 2 days ago", "1 hour 20 minutes ago" (the larger unit counts). */
static bool read_ago(pn_date_reading *r) {
    unsigned k = skip_kind(r, 0, PN_TOK_ABOUT);
    const pn_date_token *n = pn_date_peek(r, k), *unit = pn_date_peek(r, k + 1);
    bool one = n->kind == PN_TOK_A;
    if ((!one && !pn_date_is_number(n, 1, 4)) || unit->kind != PN_TOK_UNIT) return false;
    k = skip_sign(r, k + 2, ',');
    if (pn_date_is_number(pn_date_peek(r, k), 1, 2) && pn_date_peek(r, k + 1)->kind == PN_TOK_UNIT) k += 2;
    if (pn_date_peek(r, k)->kind != PN_TOK_AGO) return false;
    put_back(r, one ? 1 : n->number, unit->value, k + 1);
    return true;
}

bool pn_date_read_relative(pn_date_reading *r) {
    unsigned k = skip_kind(r, 0, PN_TOK_ABOUT);                      /* "just now" */
    const pn_date_token *t = pn_date_peek(r, k);
    if (t->kind != PN_TOK_DAYWORD) return read_ago(r);
    put_relative(r, (r->opts.has_base ? r->opts.base_day : 0) - t->value, PN_PREC_DAY, k + 1);
    return true;
}
