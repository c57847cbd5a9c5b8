/* pn_date_zone.c -- zone abbreviations and numeric offsets of a printed date.  Layer: text. */
#include "text/pn_date_parts.h"

typedef enum { FIXED, DOUBTFUL, SEASONAL } zone_kind;
typedef struct { char word[6]; uint8_t kind; int16_t minutes; } zone;

/* Sorted by bytes.  DOUBTFUL ones have several meanings; the commonest in English news is taken and flagged.
 * SEASONAL ones hold their standard offset. */
static const zone zones[] = {
    { "acdt", FIXED, 630 },   { "acst", FIXED, 570 },   { "adt", DOUBTFUL, -180 }, { "aedt", FIXED, 660 },
    { "aest", FIXED, 600 },   { "akdt", FIXED, -480 },  { "akst", FIXED, -540 },   { "amt", DOUBTFUL, -240 },
    { "ast", DOUBTFUL, -240 }, { "awst", FIXED, 480 },  { "bst", DOUBTFUL, 60 },   { "cat", FIXED, 120 },
    { "cdt", DOUBTFUL, -300 }, { "cest", FIXED, 120 },  { "cet", FIXED, 60 },      { "cst", DOUBTFUL, -360 },
    { "ct", SEASONAL, -360 }, { "eat", FIXED, 180 },    { "ect", DOUBTFUL, -300 }, { "edt", FIXED, -240 },
    { "eest", FIXED, 180 },   { "eet", FIXED, 120 },    { "est", FIXED, -300 },    { "et", SEASONAL, -300 },
    { "gmt", FIXED, 0 },      { "gst", DOUBTFUL, 240 }, { "hkt", FIXED, 480 },     { "hst", FIXED, -600 },
    { "ist", DOUBTFUL, 330 }, { "jst", FIXED, 540 },    { "kst", FIXED, 540 },     { "mdt", FIXED, -360 },
    { "msk", FIXED, 180 },    { "mst", FIXED, -420 },   { "mt", SEASONAL, -420 },  { "npt", FIXED, 345 },
    { "nzdt", FIXED, 780 },   { "nzst", FIXED, 720 },   { "pdt", FIXED, -420 },    { "pkt", FIXED, 300 },
    { "pst", FIXED, -480 },   { "pt", SEASONAL, -480 }, { "sast", FIXED, 120 },    { "sgt", FIXED, 480 },
    { "sst", DOUBTFUL, -660 }, { "ut", FIXED, 0 },      { "utc", FIXED, 0 },       { "wat", FIXED, 60 },
    { "west", FIXED, 60 },    { "wet", FIXED, 0 },      { "wib", FIXED, 420 },     { "wit", FIXED, 540 },
    { "wita", FIXED, 480 },   { "wst", DOUBTFUL, 480 }, { "z", FIXED, 0 },         { "zz", FIXED, 0 },
};
enum { WEST_MOST = -12 * 60, EAST_MOST = 14 * 60 };

int pn_date_zone_index(const char *word, size_t n) {
    char w[6] = { 0 };
    if (n >= sizeof w) return -1;
    memcpy(w, word, n);
    size_t lo = 0, hi = PN_COUNT(zones);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = memcmp(w, zones[mid].word, sizeof w);
        if (c == 0) return (int)mid;
        if (c < 0) hi = mid; else lo = mid + 1;
    }
    return -1;
}

void pn_date_zone_put(int index, pn_date_found *f) {
    const zone *z = &zones[index];
    f->offset = z->minutes;
    f->season = z->kind == SEASONAL ? z->minutes : 0;
    if (z->kind == DOUBTFUL) f->flags |= PN_WHEN_TZ_AMBIGUOUS;
}

/* --- daylight saving time in the United States */

/* The n-th Sunday of a month, counted from its end when n is 0. */
static int32_t sunday(int32_t year, unsigned month, unsigned n) {
    if (n == 0) {
        int32_t last = pn_day_of(year, month, month == 4 ? 30 : 31);                 /* April or October */
        return last - (int32_t)((pn_weekday(last) + 1) % 7);
    }
    int32_t first = pn_day_of(year, month, 1);
    return first + (int32_t)(6 - pn_weekday(first)) + (int32_t)(n - 1) * 7;
}

static int32_t summer_begin(int32_t year) {
    if (year >= 2007) return sunday(year, 3, 2);
    if (year >= 1987) return sunday(year, 4, 1);
    if (year == 1974) return pn_day_of(1974, 1, 6);                                  /* the oil crisis */
    if (year == 1975) return pn_day_of(1975, 2, 23);
    return sunday(year, 4, 0);
}
static int32_t summer_end(int32_t year) { return year >= 2007 ? sunday(year, 11, 1) : sunday(year, 10, 0); }

/* Clocks change at 02:00.  *doubtful: the hour that is there twice, and years before the uniform rule of 1967. */
int32_t pn_date_us_offset(int32_t day, int32_t second, int standard, bool *doubtful) {
    int32_t year = pn_civil_of(day).year;
    *doubtful = year < 1967;
    if (year < 1967) return standard;
    int32_t begin = summer_begin(year), end = summer_end(year);
    bool after_begin = day > begin || (day == begin && second >= 2 * 3600);
    bool before_end = day < end || (day == end && second < 2 * 3600);
    *doubtful = day == end && second >= 3600 && second < 2 * 3600;
    return after_begin && before_end ? standard + 60 : standard;
}

/* --- reading */

/* "+02", "+0200", "-2:30", "+530" at token k.  Returns the tokens it has, 0 for none. */
static unsigned offset_at(const pn_date_reading *r, unsigned k, int *minutes) {
    const pn_date_token *sign = pn_date_peek(r, k), *n = pn_date_peek(r, k + 1), *colon = pn_date_peek(r, k + 2);
    if (!pn_date_is_sign(sign, '+') && !pn_date_is_sign(sign, '-')) return 0;
    if (!pn_date_is_number(n, 1, 4) || n->gap) return 0;
    unsigned v = (unsigned)n->number, h = n->len <= 2 ? v : v / 100, m = n->len <= 2 ? 0 : v % 100, used = 2;
    const pn_date_token *low = pn_date_peek(r, k + 3);
    if (n->len <= 2 && pn_date_is_sign(colon, ':') && pn_date_is_number(low, 2, 2) && !low->gap) {
        m = (unsigned)low->number;
        used = 4;
    }
    if (m > 59) return 0;
    *minutes = (int)(h * 60 + m) * (sign->value == '-' ? -1 : 1);
    return *minutes >= WEST_MOST && *minutes <= EAST_MOST ? used : 0;
}

/* Behind a date without a clock time a minus begins a zone only as "-0500", or as "-05:00" without a blank. */
static bool is_plain_minus(const pn_date_reading *r, unsigned used) {
    const pn_date_token *minus = pn_date_peek(r, 0), *n = pn_date_peek(r, 1);
    bool is_zone = n->len == 4 || (used == 4 && !minus->gap && !pn_date_is_sign(pn_date_peek(r, 4), ':'));
    return minus->value == '-' && r->n_clocks == 0 && !is_zone;
}

static void put_offset(pn_date_reading *r, int minutes) {
    r->found.offset = (int16_t)minutes;
    r->found.season = 0;
    r->found.flags &= (uint8_t)~(PN_WHEN_TZ_AMBIGUOUS | PN_WHEN_TZ_UNKNOWN);         /* a printed number settles it */
    r->zone = r->numeric_zone = true;
}

/* "UTC+2", "CET+0100" at token k: behind other names than UTC and GMT the offset must be written in full. */
static unsigned named_offset_at(const pn_date_reading *r, unsigned k, int *minutes) {
    unsigned used = offset_at(r, k, minutes);
    bool full = used == 4 || pn_date_peek(r, k + 1)->len == 4;
    bool is_utc = r->found.offset == 0 && !(r->found.flags & PN_WHEN_TZ_UNKNOWN);
    return used && (is_utc || full) ? used : 0;
}

/* Two to five ASCII letters in no table.  Without a clock time they must end the text: "May 5, 2020 KGT". */
static bool is_unknown_zone(const pn_date_reading *r, unsigned k) {
    const pn_date_token *t = pn_date_peek(r, k), *next = pn_date_peek(r, k + 1);
    if (t->kind != PN_TOK_OTHER || t->len < 2 || t->len > 5) return false;
    if (memchr(r->tokens->text + t->at, 2, t->len)) return false;
    return r->n_clocks || next->kind == PN_TOK_END || pn_date_is_sign(next, ')');
}

static bool read_name(pn_date_reading *r, unsigned *k) {
    const pn_date_token *t = pn_date_peek(r, *k);
    bool unknown = is_unknown_zone(r, *k);
    if (t->kind != PN_TOK_ZONE && !unknown) return false;
    r->zone = true;
    (*k)++;
    if (r->numeric_zone) return true;                                                /* "+02:00CET": the number holds */
    if (unknown) { r->found.flags |= PN_WHEN_TZ_UNKNOWN; return true; }
    pn_date_zone_put(t->value, &r->found);
    int minutes;
    unsigned used = named_offset_at(r, *k, &minutes);
    if (used) { put_offset(r, minutes); *k += used; }
    return true;
}

static bool read_number(pn_date_reading *r, unsigned *k) {
    int minutes;
    unsigned used = offset_at(r, *k, &minutes);
    if (!used || (*k == 0 && is_plain_minus(r, used))) return false;
    put_offset(r, minutes);
    *k += used;
    return true;
}

/* "(Coordinated Universal Time)", "[Europe/Paris]" behind an offset, up to the end of the text. */
static bool read_comment(pn_date_reading *r) {
    const pn_date_tokens *all = r->tokens;
    const pn_date_token *open = pn_date_peek(r, 0), *last = &all->token[all->n - 1];
    bool round = pn_date_is_sign(open, '(') && pn_date_is_sign(last, ')');
    bool square = pn_date_is_sign(open, '[') && pn_date_is_sign(last, ']');
    if (!round && !square) return false;
    r->i = all->n;
    return true;
}

/* A second zone: a name behind a number ("+02:00CET"), or the number of a name before the clock ("CEST14:05:09+0200"). */
static bool read_second(pn_date_reading *r, unsigned *k) {
    if (r->numeric_zone) return pn_date_peek(r, *k)->kind == PN_TOK_ZONE && read_name(r, k);
    int minutes;
    unsigned used = named_offset_at(r, *k, &minutes);
    if (used) { put_offset(r, minutes); *k += used; }
    return used != 0;
}

bool pn_date_read_zone(pn_date_reading *r) {
    bool date_only = r->n_dates == 1 && r->found.precision == PN_PREC_DAY && !r->found.is_relative;
    if (!r->n_clocks && !date_only) return false;
    if (r->numeric_zone && read_comment(r)) return true;
    unsigned k = pn_date_is_sign(pn_date_peek(r, 0), '(');
    if (!(r->zone ? read_second(r, &k) : read_name(r, &k) || read_number(r, &k))) return false;
    if (pn_date_is_sign(pn_date_peek(r, k), ')')) k++;
    r->i += k;
    return true;
}
