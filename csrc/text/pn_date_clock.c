/* pn_date_clock.c -- the clock time of a printed date.  Layer: text. */
#include "text/pn_date_parts.h"

typedef struct { unsigned hour, minute, second, used; bool has_minute, has_second; } clock_text;

/* am, pm, a.m., p. m. at token k; *used its tokens, *half 0 or 12. */
static bool half_at(const pn_date_reading *r, unsigned k, unsigned *used, unsigned *half) {
    const pn_date_token *t = pn_date_peek(r, k);
    unsigned n = 1;
    if (t->kind == PN_TOK_HALF) {
        *half = (unsigned)t->value;
    } else {
        bool p = pn_date_is_letter(r, t, 'p');
        if (!p && !pn_date_is_letter(r, t, 'a')) return false;
        const pn_date_token *dot = pn_date_peek(r, k + 1);
        if (pn_date_is_sign(dot, '.') && !dot->gap) n++;
        if (!pn_date_is_letter(r, pn_date_peek(r, k + n), 'm')) return false;
        n++;
        *half = p ? 12 : 0;
    }
    const pn_date_token *dot = pn_date_peek(r, k + n);
    *used = n + (pn_date_is_sign(dot, '.') && !dot->gap);
    return true;
}

bool pn_date_is_half(const pn_date_reading *r, unsigned k) {
    unsigned used, half;
    return half_at(r, k, &used, &half);
}

/* A number glued to the sign c before it, at tokens k and k + 1. */
static bool glued(const pn_date_reading *r, unsigned k, int c, unsigned min, unsigned max) {
    const pn_date_token *sign = pn_date_peek(r, k), *n = pn_date_peek(r, k + 1);
    return pn_date_is_sign(sign, c) && !sign->gap && pn_date_is_number(n, min, max) && !n->gap;
}
static unsigned number_at(const pn_date_reading *r, unsigned k) { return (unsigned)pn_date_peek(r, k)->number; }

static void take_seconds(const pn_date_reading *r, clock_text *c) {
    if (!glued(r, c->used, ':', 1, 2)) return;
    c->second = number_at(r, c->used + 1);
    c->has_second = true;
    c->used += 2;
    if (glued(r, c->used, '.', 1, 9) || glued(r, c->used, ',', 1, 9)) c->used += 2;  /* a fraction is dropped */
}

static void take_minute(const pn_date_reading *r, clock_text *c, unsigned at) {
    c->minute = number_at(r, at);
    c->has_minute = true;
    c->used = at + 1;
}

/* "14.05", which could also begin "14.05.2020": only behind a date, or before am and pm, and no third part. */
static bool is_dotted(const pn_date_reading *r) {
    if (!glued(r, 1, '.', 2, 2) || glued(r, 3, '.', 1, 9)) return false;
    return r->n_dates || pn_date_is_half(r, 3);
}

/* "14h05", "14 h 05". */
static bool is_with_h(const pn_date_reading *r) {
    return pn_date_is_letter(r, pn_date_peek(r, 1), 'h') && pn_date_is_number(pn_date_peek(r, 2), 2, 2);
}

static bool clock_at(const pn_date_reading *r, clock_text *c) {
    *c = (clock_text){ .hour = number_at(r, 0), .used = 1 };
    if (glued(r, 1, ':', 2, 2)) {
        take_minute(r, c, 2);
        take_seconds(r, c);
    } else if (is_dotted(r)) {
        take_minute(r, c, 2);
        take_seconds(r, c);
    } else if (is_with_h(r)) {
        take_minute(r, c, 2);
        take_seconds(r, c);
    } else {
        return pn_date_is_half(r, 1) || (pn_date_peek(r, 1)->kind == PN_TOK_NOON && c->hour == 12);
    }
    return true;
}

/* Takes the words behind the digits: "p.m.", "noon", "Uhr", "hrs". */
static void take_words(const pn_date_reading *r, clock_text *c) {
    unsigned used, half;
    const pn_date_token *t = pn_date_peek(r, c->used);
    if (half_at(r, c->used, &used, &half)) {
        if (c->hour <= 12) c->hour = c->hour % 12 + half;            /* "14:05 pm" keeps its 24-hour reading */
        c->used += used;
    } else if (t->kind == PN_TOK_NOON && c->hour == 12) {
        c->hour = (unsigned)t->value;
        c->used++;
    } else if (t->kind == PN_TOK_CLOCK || (t->kind == PN_TOK_UNIT && t->value == PN_UNIT_HOUR)) {
        c->used++;
    }
}

static void put(pn_date_reading *r, const clock_text *c) {
    r->i += c->used;
    if (r->n_clocks++) { r->range = true; return; }
    bool end_of_day = c->hour == 24 && c->minute == 0 && c->second == 0;
    if ((c->hour > 23 && !end_of_day) || c->minute > 59 || c->second > 60) r->impossible = true;
    unsigned second = c->second == 60 ? 59 : c->second;              /* leap seconds have no place of their own */
    r->found.second = (int32_t)(c->hour * 3600 + c->minute * 60 + second);
    if (!c->has_second) r->found.flags |= PN_WHEN_MINUTE;
}

bool pn_date_read_clock(pn_date_reading *r) {
    const pn_date_token *t = pn_date_peek(r, 0);
    clock_text c = { 0 };
    if (t->kind == PN_TOK_NOON) {
        c = (clock_text){ .hour = (unsigned)t->value, .used = 1 };
        put(r, &c);
        return true;
    }
    if (!pn_date_is_number(t, 1, 2) || !clock_at(r, &c)) return false;
    take_words(r, &c);
    put(r, &c);
    return true;
}

/* "14-05-09" and "140509"; behind a T also "1405" and "14". */
static bool iso_clock_at(const pn_date_reading *r, bool after_t, clock_text *c) {
    const pn_date_token *t = pn_date_peek(r, 0);
    unsigned v = number_at(r, 0);
    *c = (clock_text){ .used = 1 };
    if (t->len == 6) {
        *c = (clock_text){ v / 10000, v / 100 % 100, v % 100, 1, true, true };
        if (glued(r, 1, '.', 1, 9) || glued(r, 1, ',', 1, 9)) c->used = 3;
    } else if (t->len == 4 && after_t) {
        *c = (clock_text){ v / 100, v % 100, 0, 1, true, false };
    } else if (t->len == 2 && glued(r, 1, '-', 2, 2) && glued(r, 3, '-', 2, 2)) {
        *c = (clock_text){ v, number_at(r, 2), number_at(r, 4), 5, true, true };
    } else {
        c->hour = v;
        return t->len == 2 && after_t;
    }
    return true;
}

bool pn_date_read_iso_clock(pn_date_reading *r, bool after_t) {
    clock_text c;
    if (pn_date_peek(r, 0)->kind != PN_TOK_NUMBER) return false;
    if (pn_date_read_clock(r)) return true;
    if (!iso_clock_at(r, after_t, &c)) return false;
    put(r, &c);
    return true;
}
