/* pn_date_iso.c -- dates that begin with a number: ISO 8601 and its relatives, day/month/year.  Layer: text. */
#include "text/pn_date_parts.h"

static pn_date_found date_of(uint8_t precision, int32_t year, uint64_t month, uint64_t day) {
    pn_date_found d = PN_DATE_FOUND_NONE;
    d.precision = precision;
    d.year = year;
    d.month = (uint8_t)PN_MIN(month, 99u);
    d.day = (uint8_t)PN_MIN(day, 99u);
    return d;
}

static bool is_joint(const pn_date_token *t) {                       /* between the parts of a numeric date */
    return t->kind == PN_TOK_SIGN && (t->value == '-' || t->value == '/' || t->value == '.' || t->value == PN_DATE_DASH);
}

/* A joint and a number at tokens k and k + 1; blanks only behind a dot ("20. 08. 2020"). */
static bool joined(const pn_date_reading *r, unsigned k, unsigned min, unsigned max) {
    const pn_date_token *j = pn_date_peek(r, k), *n = pn_date_peek(r, k + 1);
    return is_joint(j) && !j->gap && pn_date_is_number(n, min, max) && (!n->gap || j->value == '.');
}

/* --- four digits first: year, month, day */

static bool is_in_window(int32_t year) { return year >= PN_YEAR_MIN && year <= PN_YEAR_MAX; }

static bool read_year_month_day(pn_date_reading *r, int32_t year) {
    if (!joined(r, 1, 1, 2) || !joined(r, 3, 1, 2)) return false;
    pn_date_found d = date_of(PN_PREC_DAY, year, pn_date_peek(r, 2)->number, pn_date_peek(r, 4)->number);
    const pn_date_token *dot = pn_date_peek(r, 5);
    bool dotted = pn_date_is_sign(pn_date_peek(r, 3), '.') && pn_date_is_sign(dot, '.') && !dot->gap;
    pn_date_take(r, &d, dotted ? 6 : 5);                             /* "2020.08.20." */
    return true;
}

/* "2020-W34-4", "2020W344" and "2020-233" name a day by its place in the year. */
static bool put_day_number(pn_date_reading *r, int32_t day, int32_t year, unsigned used) {
    pn_civil c = pn_civil_of(day);
    pn_date_found d = date_of(PN_PREC_DAY, c.year, c.month, c.day);
    if (!is_in_window(year)) return false;
    pn_date_take(r, &d, used);
    return true;
}

static bool read_week(pn_date_reading *r, int32_t year) {
    unsigned k = pn_date_is_sign(pn_date_peek(r, 1), '-') ? 2 : 1;
    const pn_date_token *week = pn_date_peek(r, k + 1);
    if (!pn_date_is_letter(r, pn_date_peek(r, k), 'w') || week->gap) return false;
    unsigned w, day, used;
    if (k == 2 && pn_date_is_number(week, 2, 2) && joined(r, k + 2, 1, 1)) {
        w = (unsigned)week->number; day = (unsigned)pn_date_peek(r, k + 3)->number; used = k + 4;
    } else if (k == 1 && pn_date_is_number(week, 3, 3)) {
        w = (unsigned)week->number / 10; day = (unsigned)week->number % 10; used = k + 2;
    } else return false;
    if (w < 1 || w > 53 || day < 1 || day > 7) return false;
    int32_t fourth = pn_day_of(year, 1, 4);                          /* week 1 is the one with 4 January */
    int32_t first = fourth - (int32_t)pn_weekday(fourth);
    return put_day_number(r, first + (int32_t)(w - 1) * 7 + (int32_t)day - 1, year, used);
}

static bool read_ordinal(pn_date_reading *r, int32_t year) {
    const pn_date_token *n = pn_date_peek(r, 2);
    if (!pn_date_is_sign(pn_date_peek(r, 1), '-') || !joined(r, 1, 3, 3)) return false;
    int32_t day = pn_day_of(year, 1, 1) + (int32_t)n->number - 1;
    if (n->number < 1 || pn_civil_of(day).year != year) return false;
    return put_day_number(r, day, year, 3);
}

/* "2020-08", "2020" and "2019-2020" only as the whole text. */
static bool read_coarse(pn_date_reading *r, int32_t year) {
    const pn_date_token *sign = pn_date_peek(r, 1), *n = pn_date_peek(r, 2);
    if (r->i || !is_in_window(year)) return false;
    if (sign->kind == PN_TOK_END) {
        pn_date_found d = date_of(PN_PREC_YEAR, year, 1, 1);
        pn_date_take(r, &d, 1);
        return true;
    }
    if (!pn_date_is_dash(sign) || pn_date_peek(r, 3)->kind != PN_TOK_END) return false;
    if (pn_date_is_number(n, 2, 2) && !sign->gap && !n->gap) {
        pn_date_found d = date_of(PN_PREC_MONTH, year, n->number, 1);
        pn_date_take(r, &d, 3);
        return true;
    }
    if (!pn_date_is_number(n, 4, 4) || !is_in_window((int32_t)n->number)) return false;
    r->n_dates = 1;
    r->range = true;
    r->i += 3;
    return true;
}

/* "2020 August 20", "2020-Aug-20", "2020 August". */
static bool read_year_word(pn_date_reading *r, int32_t year) {
    unsigned k = 1;
    if (is_joint(pn_date_peek(r, k))) k++;
    const pn_date_token *month = pn_date_peek(r, k++);
    if (month->kind != PN_TOK_MONTH || !is_in_window(year)) return false;
    if (is_joint(pn_date_peek(r, k))) k++;
    const pn_date_token *day = pn_date_peek(r, k);
    bool has_day = pn_date_is_number(day, 1, 2) && !pn_date_is_sign(pn_date_peek(r, k + 1), ':');
    if (!has_day && pn_date_peek(r, k)->kind != PN_TOK_END) return false;
    pn_date_found d = date_of(has_day ? PN_PREC_DAY : PN_PREC_MONTH, year, (unsigned)month->value, has_day ? day->number : 1);
    d.month_word = true;
    pn_date_take(r, &d, k + has_day);
    return true;
}

/* --- digits without signs: 20200820, 202008201405, 20200820140509.  Any such number could mean something else,
 * so what is not a date within the window is none at all. */
static bool read_compact(pn_date_reading *r, const pn_date_token *t) {
    uint64_t clock_unit = t->len == 8 ? 1 : t->len == 12 ? 10000 : 1000000;
    uint64_t ymd = t->number / clock_unit, clock = t->number % clock_unit;
    if (t->len == 12) clock *= 100;
    int32_t year = (int32_t)(ymd / 10000);
    if (!is_in_window(year) || !pn_civil_is_real(year, (unsigned)(ymd / 100 % 100), (unsigned)(ymd % 100))) return false;
    if (clock / 10000 > 23 || clock / 100 % 100 > 59 || clock % 100 > 59) return false;
    pn_date_found d = date_of(PN_PREC_DAY, year, ymd / 100 % 100, ymd % 100);
    pn_date_take(r, &d, 1);
    r->compact = true;
    if (t->len == 8) return true;
    if (r->n_clocks++) r->range = true;
    r->found.second = (int32_t)(clock / 10000 * 3600 + clock / 100 % 100 * 60 + clock % 100);
    if (t->len == 12) r->found.flags |= PN_WHEN_MINUTE;
    return true;
}

/* --- one or two digits first: 20.08.2020, 08/20/2020, 20/08/20 */

static bool is_ambiguous(unsigned a, unsigned b, bool dots, const pn_date_found *d) {
    if (d->two_digit_year && b <= 12 && (unsigned)d->year != a && d->year >= 1 && d->year <= 31) return true;   /* or yy/mm/dd */
    return !dots && a <= 12 && b <= 12 && a != b;
}

/* A part above 12 decides; else dots mean day first, and other signs what the caller's day_first says. */
static bool read_three_numbers(pn_date_reading *r) {
    if (!joined(r, 1, 1, 2) || !(joined(r, 3, 4, 4) || joined(r, 3, 2, 2))) return false;
    const pn_date_token *first = pn_date_peek(r, 0), *second = pn_date_peek(r, 2), *last = pn_date_peek(r, 4);
    unsigned a = (unsigned)first->number, b = (unsigned)second->number;
    bool dots = pn_date_is_sign(pn_date_peek(r, 1), '.') && pn_date_is_sign(pn_date_peek(r, 3), '.');
    bool dashes = pn_date_is_dash(pn_date_peek(r, 1)) || pn_date_is_dash(pn_date_peek(r, 3));
    bool slashes = pn_date_is_sign(pn_date_peek(r, 1), '/') && pn_date_is_sign(pn_date_peek(r, 3), '/');
    bool day_first = (dots && b <= 12) || (a > 12 && b <= 12) || (r->opts.day_first && b <= 12);
    pn_date_found d = date_of(PN_PREC_DAY, (int32_t)last->number, day_first ? b : a, day_first ? a : b);
    d.two_digit_year = last->len == 2;
    /* Versions and telephone numbers look like this, too: with a year of two digits no dashes, and dots only as "02.08.20". */
    bool loose = first->len + second->len != 4 && !slashes;
    if (d.two_digit_year && (loose || dashes || r->tokens->native_digits)) return false;
    if (is_ambiguous(a, b, dots, &d)) d.flags |= PN_WHEN_AMBIGUOUS;
    pn_date_take(r, &d, 5);
    return true;
}

/* "08/2020", whole text only. */
static bool read_month_year(pn_date_reading *r) {
    const pn_date_token *month = pn_date_peek(r, 0), *year = pn_date_peek(r, 2);
    if (r->i || !pn_date_is_sign(pn_date_peek(r, 1), '/') || !joined(r, 1, 4, 4)) return false;
    if (pn_date_peek(r, 3)->kind != PN_TOK_END || month->number > 12 || !is_in_window((int32_t)year->number)) return false;
    pn_date_found d = date_of(PN_PREC_MONTH, (int32_t)year->number, month->number, 1);
    pn_date_take(r, &d, 3);
    return true;
}

/* "31/10", or "06-10 17:50": a date without a year.  Two digits each, or fractions and scores would pass. */
static bool read_day_month(pn_date_reading *r) {
    const pn_date_token *a = pn_date_peek(r, 0), *sign = pn_date_peek(r, 1), *b = pn_date_peek(r, 2);
    bool slash = pn_date_is_sign(sign, '/'), dash = pn_date_is_sign(sign, '-');
    if (r->i || a->len != 2 || !joined(r, 1, 2, 2) || a->number > 31 || b->number > 31) return false;
    if (!(slash && pn_date_peek(r, 3)->kind == PN_TOK_END) && !pn_date_is_sign(pn_date_peek(r, 4), ':')) return false;
    if ((!slash && !dash) || (a->number > 12 && b->number > 12)) return false;
    bool day_first = a->number > 12 || (r->opts.day_first && b->number <= 12);
    pn_date_found d = date_of(PN_PREC_DAY, PN_DATE_YEAR_NONE, day_first ? b->number : a->number,
                              day_first ? a->number : b->number);
    if (a->number <= 12 && b->number <= 12 && a->number != b->number) d.flags |= PN_WHEN_AMBIGUOUS;
    pn_date_take(r, &d, 3);
    return true;
}

bool pn_date_read_number_first(pn_date_reading *r) {
    const pn_date_token *t = pn_date_peek(r, 0);
    switch (t->len) {
    case 1: case 2:
        return read_three_numbers(r) || pn_date_read_day_first(r) || read_month_year(r) || read_day_month(r);
    case 4: {
        int32_t year = (int32_t)t->number;
        return read_year_month_day(r, year) || read_week(r, year) || read_ordinal(r, year) ||
               read_year_word(r, year) || read_coarse(r, year);
    }
    case 8: case 12: case 14: return read_compact(r, t);
    default: return false;
    }
}
