/* pn_dateparse.c -- printed dates to pn_when: the order of things.  Layer: text. */
#include "text/pn_date_parts.h"

enum { BASE_MAX = 4000000 };           /* days; some 10,000 years either way, so that going back from it cannot overflow */

void pn_date_take(pn_date_reading *r, const pn_date_found *date, unsigned n_tokens) {
    r->i += n_tokens;
    if (r->n_dates++) { r->range = true; return; }
    pn_date_found was = r->found;                                    /* a clock time and a zone may have come first */
    r->found = *date;
    r->found.second = was.second;
    r->found.offset = was.offset;
    r->found.season = was.season;
    r->found.flags |= was.flags;
}

/* The year of "Thu Aug 20 14:05:09 CEST 2020" stands behind the clock time. */
static bool read_late_year(pn_date_reading *r) {
    bool missing = r->n_dates == 1 && r->found.year == PN_DATE_YEAR_NONE && r->found.month_word;
    if (!missing || !r->n_clocks || !pn_date_year_at(r, 0, false, &r->found)) return false;
    r->i++;
    return true;
}

static bool read_number(pn_date_reading *r) {
    if (pn_date_read_clock(r) || pn_date_read_relative(r) || read_late_year(r)) return true;
    bool six = pn_date_is_number(pn_date_peek(r, 0), 6, 6) && r->compact;            /* "20200820 140509" */
    bool dashes = pn_date_is_number(pn_date_peek(r, 0), 2, 2) && r->n_dates;         /* "2020-08-20 14-05-09" */
    if ((six || dashes) && !r->n_clocks && pn_date_read_iso_clock(r, false)) return true;
    return pn_date_read_number_first(r);
}

/* Wrong weekdays are tolerated: the date decides. */
static bool read_weekday(pn_date_reading *r, const pn_date_token *t) {
    const pn_date_token *dot = pn_date_peek(r, 1);
    r->n_weekdays++;
    r->weekday = (unsigned)t->value;
    r->i += 1 + (pn_date_is_sign(dot, '.') && !dot->gap);
    return true;
}

/* "Пн, 25 Jun 2018": a short unknown word and a comma before the first number. */
static bool read_foreign_weekday(pn_date_reading *r) {
    const pn_date_token *t = pn_date_peek(r, 0);
    unsigned k = 1 + pn_date_is_sign(pn_date_peek(r, 1), '.');
    if (r->i || t->len > 5 || !pn_date_is_sign(pn_date_peek(r, k), ',')) return false;
    if (!pn_date_is_number(pn_date_peek(r, k + 1), 1, 2)) return false;
    r->i += k + 1;
    return true;
}

static bool read_iso_mark(pn_date_reading *r) {
    if (r->n_dates != 1 || r->n_clocks || pn_date_peek(r, 0)->gap || pn_date_peek(r, 1)->gap) return false;
    r->i++;
    if (pn_date_read_iso_clock(r, true)) return true;
    r->i--;
    return false;
}

static bool read_parenthesis(pn_date_reading *r) {
    const pn_date_token *t = pn_date_peek(r, 1);
    if (t->kind == PN_TOK_WEEKDAY && r->n_dates && pn_date_is_sign(pn_date_peek(r, 2), ')')) { r->i += 3; return true; }
    return pn_date_read_zone(r);
}

/* "the 20th of August 2020" */
static bool skip_the(pn_date_reading *r) {
    if (r->i || !pn_date_is_number(pn_date_peek(r, 1), 1, 2)) return false;
    r->i++;
    return true;
}

static bool read_item(pn_date_reading *r) {
    const pn_date_token *t = pn_date_peek(r, 0);
    switch ((pn_date_token_kind)t->kind) {
    case PN_TOK_NUMBER: return read_number(r);
    case PN_TOK_MONTH: return pn_date_read_month_first(r);
    case PN_TOK_WEEKDAY: return read_weekday(r, t);
    case PN_TOK_NOON: return pn_date_read_clock(r);
    case PN_TOK_A: case PN_TOK_ABOUT: case PN_TOK_DAYWORD: return pn_date_read_relative(r);
    case PN_TOK_T: return read_iso_mark(r);
    case PN_TOK_OTHER: return pn_date_read_zone(r) || read_foreign_weekday(r);
    case PN_TOK_ZONE: return pn_date_read_zone(r);
    case PN_TOK_SIGN: return t->value == '(' ? read_parenthesis(r) : pn_date_read_zone(r);
    case PN_TOK_THE: return skip_the(r);
    default: return false;
    }
}

/* One sign between items; "at" only before a clock time; "to" makes sense only between two dates. */
static bool skip_separator(pn_date_reading *r) {
    const pn_date_token *t = pn_date_peek(r, 0);
    if (r->i == 0) return false;
    if (t->kind == PN_TOK_TO) {
        r->to_word = true;
    } else if (t->kind == PN_TOK_AT) {
        const pn_date_token *dot = pn_date_peek(r, 1);
        r->i += pn_date_is_sign(dot, '.') && !dot->gap;              /* "kl. 14.05" */
        const pn_date_token *next = pn_date_peek(r, 1);
        if (!pn_date_is_number(next, 1, 2) && next->kind != PN_TOK_NOON) return false;
    } else if (t->kind != PN_TOK_SIGN || !(pn_date_is_dash(t) || t->value == ',' || t->value == '|' || t->value == '/')) {
        return false;
    }
    r->i++;
    return true;
}

static bool read_items(pn_date_reading *r) {
    unsigned separators = 0;
    while (pn_date_peek(r, 0)->kind != PN_TOK_END) {
        if (read_item(r)) separators = 0;
        else if (++separators > 2 || !skip_separator(r)) return false;
    }
    return separators == 0;
}

/* A weekday alone: the last such day up to the base. */
static void put_weekday(pn_date_reading *r) {
    pn_date_found d = PN_DATE_FOUND_NONE;
    d.is_relative = true;
    d.needs_base = !r->opts.has_base;
    d.precision = PN_PREC_DAY;
    d.flags = PN_WHEN_RELATIVE;
    if (r->opts.has_base)
        d.day_number = r->opts.base_day - (int32_t)((pn_weekday(r->opts.base_day) + 7 - r->weekday) % 7);
    pn_date_take(r, &d, 0);
}

static pn_date_result judge(pn_date_reading *r, pn_when *out) {
    if (r->n_dates == 0 && r->n_weekdays == 1 && r->weekday < 7 && !r->zone) put_weekday(r);
    if (r->n_dates == 0) return PN_DATE_UNKNOWN;
    if (r->range) return PN_DATE_RANGE;
    if (r->to_word || r->n_weekdays > 1) return PN_DATE_UNKNOWN;
    bool with_more = r->n_clocks || r->n_weekdays || r->zone;
    if (r->found.precision != PN_PREC_DAY && with_more) return PN_DATE_UNKNOWN;
    if (r->impossible) return PN_DATE_IMPOSSIBLE;
    return pn_date_settle(&r->found, &r->opts, out);
}

static pn_date_result parse_tokens(pn_bytes text, const pn_date_opts *opts, pn_when *out) {
    pn_date_tokens tokens;
    if (!pn_date_lex(text, &tokens) || tokens.n == 0) return PN_DATE_UNKNOWN;
    pn_date_reading r = { .tokens = &tokens, .opts = *opts, .found = PN_DATE_FOUND_NONE };
    return read_items(&r) ? judge(&r, out) : PN_DATE_UNKNOWN;
}

/* The first byte says which ways are open. */
static pn_date_result parse_trimmed(pn_bytes s, const pn_date_opts *opts, pn_when *out) {
    pn_date_found f = PN_DATE_FOUND_NONE;
    uint8_t c = s.ptr[0];
    if ((uint8_t)(c - '0') < 10) {
        if (pn_date_fast_iso(s, &f)) return pn_date_settle(&f, opts, out);
        pn_date_result epoch = opts->allow_epoch ? pn_date_read_epoch(s, opts, out) : PN_DATE_UNKNOWN;
        if (epoch != PN_DATE_UNKNOWN) return epoch;
    } else if ((uint8_t)((c | 0x20) - 'a') < 26) {
        if (pn_date_fast_english(s, &f)) return pn_date_settle(&f, opts, out);
    } else if (c < 0x80) {
        return pn_date_is_wrapped_epoch(s) ? pn_date_read_epoch(s, opts, out) : PN_DATE_UNKNOWN;
    }
    return parse_tokens(s, opts, out);
}

pn_date_result pn_date_parse(pn_bytes text, const pn_date_opts *opts, pn_when *out) {
    static const pn_date_opts plain = { false, false, false, 0 };
    pn_date_opts o = opts ? *opts : plain;
    if (o.base_day < -BASE_MAX || o.base_day > BASE_MAX) o.has_base = false;
    *out = PN_WHEN_NONE;
    text = pn_date_trim(text);
    if (text.len == 0) return PN_DATE_EMPTY;
    if (text.len > PN_DATE_BYTES_MAX) return PN_DATE_UNKNOWN;
    return parse_trimmed(text, &o, out);
}

const char *pn_date_result_code(pn_date_result r) {
    switch (r) {
    case PN_DATE_OK: case PN_DATE_EMPTY: return NULL;
    case PN_DATE_UNKNOWN: return "date_not_understood";
    case PN_DATE_OUT_OF_RANGE: return "date_out_of_range";
    case PN_DATE_SENTINEL: return "sentinel_date";
    case PN_DATE_IMPOSSIBLE: return "impossible_date";
    case PN_DATE_RANGE: return "date_range";
    case PN_DATE_NEEDS_BASE: return "relative_date_unresolved";
    }
    return NULL;
}
