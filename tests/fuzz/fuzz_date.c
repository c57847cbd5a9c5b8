/* Any bytes as a printed date: what is accepted is a real day, and its own print is read as the same.
 * The first byte chooses the options, the rest is the text. */
#include "text/pn_dateparse.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);

static void must(bool holds) { if (!holds) abort(); }

static void check_refused(const pn_when *w) {
    must(w->day == PN_DAY_NONE && w->second == PN_SECOND_NONE && w->offset == PN_OFFSET_NONE);
    must(w->precision == PN_PREC_NONE && w->flags == 0);
}

static void check_read(const pn_when *w, const pn_date_opts *o) {
    pn_civil c = pn_civil_of(w->day);
    must(c.year >= PN_YEAR_MIN && c.year <= PN_YEAR_MAX && pn_day_of(c.year, c.month, c.day) == w->day);
    must(w->precision >= PN_PREC_YEAR && w->precision <= PN_PREC_SECOND);
    must(w->precision != PN_PREC_YEAR || (c.month == 1 && c.day == 1));
    must(w->precision != PN_PREC_MONTH || c.day == 1);
    bool clock = w->precision == PN_PREC_SECOND;
    must(clock ? w->second >= 0 && w->second < 86400 : w->second == PN_SECOND_NONE);
    must(clock || (w->offset == PN_OFFSET_NONE && !(w->flags & (PN_WHEN_MINUTE | PN_WHEN_MIDNIGHT))));
    must(w->offset == PN_OFFSET_NONE || (w->offset >= -12 * 60 && w->offset <= 14 * 60));
    must(!(w->flags & PN_WHEN_TZ_UNKNOWN) || w->offset == PN_OFFSET_NONE);
    must(!(w->flags & PN_WHEN_MINUTE) || w->second % 60 == 0);
    must(((w->flags & PN_WHEN_MIDNIGHT) != 0) == (w->second == 0));
    must(!(w->flags & PN_WHEN_RELATIVE) || o->has_base);
    must(!o->has_base || w->day <= o->base_day + 2);
}

/* A day is printed as ISO, and what ISO cannot say (ambiguous, unknown zone, relative) is lost; 1900-01-01 and the first
 * moment of Unix time are fillers in that form. */
static void check_print(const pn_when *w, const pn_date_opts *o) {
    char text[PN_WHEN_TEXT];
    pn_when again;
    size_t n = pn_when_print(w, text);
    must(n < PN_WHEN_TEXT);
    pn_date_result r = pn_date_parse(pn_bytes_of(text, n), o, &again);
    pn_civil c = pn_civil_of(w->day);
    bool first_day = c.month == 1 && c.day == 1 && w->precision >= PN_PREC_DAY;
    if (r == PN_DATE_SENTINEL) { must(first_day && c.year == 1900); return; }
    must(r == PN_DATE_OK && again.day == w->day && again.second == w->second && again.precision == w->precision);
    must(again.offset == w->offset);
    uint8_t kept = PN_WHEN_MINUTE | PN_WHEN_MIDNIGHT;
    must((again.flags & kept) == (w->flags & kept) && (again.flags & ~kept) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {
    if (n == 0) return 0;
    pn_date_opts o = { .day_first = d[0] & 1, .allow_epoch = (d[0] & 2) != 0, .has_base = (d[0] & 4) != 0 };
    o.base_day = 18494 - (d[0] >> 3) * 2000;
    pn_when w;
    pn_date_result r = pn_date_parse(pn_bytes_of(d + 1, n - 1), &o, &w);
    must((r == PN_DATE_OK || r == PN_DATE_EMPTY) == (pn_date_result_code(r) == NULL));
    if (r != PN_DATE_OK) { check_refused(&w); return 0; }
    check_read(&w, &o);
    check_print(&w, &o);
    return 0;
}
