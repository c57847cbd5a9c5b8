/* pn_date_parts.h -- what the files of the date parser share.  Layer: text.  Nobody else includes it; the door is pn_dateparse.h.
 *
 * A text goes through three steps: pn_date_lex cuts it into tokens, the families (ISO and numeric, English, clock, zone)
 * each take the tokens that are theirs into a pn_date_reading, and pn_date_settle makes a pn_when of what was found.
 */
#ifndef PN_DATE_PARTS_H
#define PN_DATE_PARTS_H
#include "text/pn_dateparse.h"

#define PN_DATE_BYTES_MAX 100          /* longer texts are no dates */
#define PN_DATE_TOKENS_MAX 40
#define PN_DATE_LOOKAHEAD 8            /* END tokens behind the last one, so that looking ahead needs no test */
#define PN_DATE_YEAR_NONE INT32_MIN

typedef enum {
    PN_TOK_END = 0,
    PN_TOK_NUMBER,                     /* number, len = digits */
    PN_TOK_SIGN,                       /* value = the character; long dashes are PN_DATE_DASH */
    PN_TOK_OTHER,                      /* a word that no table knows */
    PN_TOK_MONTH,                      /* value 1..12 */
    PN_TOK_WEEKDAY,                    /* value 0 = Monday … 6, or 7: a weekday of another language */
    PN_TOK_ZONE,                       /* value = index for pn_date_zone_of */
    PN_TOK_ORDINAL,                    /* st nd rd th */
    PN_TOK_HALF,                       /* am, pm: value 0 or 12 */
    PN_TOK_NOON,                       /* noon 12, midnight 0 */
    PN_TOK_UNIT,                       /* value: pn_date_unit */
    PN_TOK_AGO,
    PN_TOK_DAYWORD,                    /* today, now 0; yesterday 1 */
    PN_TOK_AT, PN_TOK_OF, PN_TOK_THE, PN_TOK_A, PN_TOK_ABOUT,
    PN_TOK_T,                          /* the T of ISO 8601 */
    PN_TOK_CLOCK,                      /* hrs, Uhr: closes a clock time */
    PN_TOK_TO                          /* to, until: between the ends of a range */
} pn_date_token_kind;

enum { PN_DATE_DASH = 1 };             /* the sign value of en and em dashes */
typedef enum { PN_UNIT_MINUTE, PN_UNIT_HOUR, PN_UNIT_DAY, PN_UNIT_WEEK, PN_UNIT_MONTH, PN_UNIT_YEAR } pn_date_unit;

typedef struct {
    uint64_t number;
    int16_t value;
    uint8_t kind, at, len;             /* at, len: place in pn_date_tokens.text */
    bool gap;                          /* blanks stood before it */
} pn_date_token;

typedef struct {
    unsigned n, n_bytes;
    bool native_digits;                /* some digits were not ASCII */
    char text[PN_DATE_BYTES_MAX];      /* lower case, ASCII; bytes of other scripts are 0x02 */
    pn_date_token token[PN_DATE_TOKENS_MAX + PN_DATE_LOOKAHEAD];
} pn_date_tokens;

typedef struct {                       /* what was read, before anything is checked against the calendar */
    int32_t year;                      /* PN_DATE_YEAR_NONE: none was printed */
    int32_t second;                    /* of the day; 86400 for 24:00; PN_SECOND_NONE */
    int32_t day_number;                /* of a relative date, which has no year, month and day */
    int16_t offset;
    int16_t season;                    /* standard offset of ET CT MT PT, to be resolved by the date; else 0 */
    uint8_t month, day;
    uint8_t precision;                 /* of the date: year, month or day */
    uint8_t flags;
    bool two_digit_year, month_word, needs_base, is_relative;
} pn_date_found;
#define PN_DATE_FOUND_NONE ((pn_date_found){ .year = PN_DATE_YEAR_NONE, .second = PN_SECOND_NONE, .offset = PN_OFFSET_NONE })

typedef struct {                       /* a text being read */
    const pn_date_tokens *tokens;
    unsigned i;                        /* next token */
    pn_date_opts opts;
    pn_date_found found;
    unsigned n_dates, n_clocks, n_weekdays, weekday;
    bool compact, zone, numeric_zone, to_word, impossible, range;
} pn_date_reading;

/* The token k places on.  Families move on over real tokens only and look at most PN_DATE_LOOKAHEAD - 1 past the end. */
static inline const pn_date_token *pn_date_peek(const pn_date_reading *r, unsigned k) {
    return &r->tokens->token[r->i + k];
}
static inline bool pn_date_is_sign(const pn_date_token *t, int c) { return t->kind == PN_TOK_SIGN && t->value == c; }
static inline bool pn_date_is_number(const pn_date_token *t, unsigned min, unsigned max) {
    return t->kind == PN_TOK_NUMBER && t->len >= min && t->len <= max;
}
static inline bool pn_date_is_dash(const pn_date_token *t) {
    return t->kind == PN_TOK_SIGN && (t->value == '-' || t->value == PN_DATE_DASH);
}
static inline bool pn_date_is_letter(const pn_date_reading *r, const pn_date_token *t, char c) {
    return t->len == 1 && t->kind > PN_TOK_SIGN && r->tokens->text[t->at] == c;
}

/* pn_date_lex.c.  False: too many tokens, or signs that no date has.  `text` is trimmed and at most PN_DATE_BYTES_MAX long. */
bool pn_date_lex(pn_bytes text, pn_date_tokens *out);
pn_bytes pn_date_trim(pn_bytes text);          /* without white space of any script at the ends */
unsigned pn_date_month_word(const uint8_t *p, size_t n);       /* 1..12 for an English month name or abbreviation, else 0 */

/* The families.  Each looks at the next tokens and either takes them (true) or leaves the reading as it was (false). */
bool pn_date_read_number_first(pn_date_reading *r);     /* pn_date_iso.c: dates that begin with a number */
bool pn_date_read_month_first(pn_date_reading *r);      /* pn_date_english.c */
bool pn_date_read_day_first(pn_date_reading *r);
bool pn_date_read_relative(pn_date_reading *r);
bool pn_date_read_clock(pn_date_reading *r);            /* pn_date_clock.c */
bool pn_date_read_iso_clock(pn_date_reading *r, bool after_t);  /* also without colons */
bool pn_date_read_zone(pn_date_reading *r);             /* pn_date_zone.c */
void pn_date_take(pn_date_reading *r, const pn_date_found *date, unsigned n_tokens);   /* a second date makes it a range */

/* A year at token k: four digits, or two (where `two` allows it) that do not begin a clock time.  False: none. */
bool pn_date_year_at(const pn_date_reading *r, unsigned k, bool two, pn_date_found *date);
bool pn_date_is_half(const pn_date_reading *r, unsigned k);    /* am, pm, a.m., p m at token k */

/* Zones.  The index is that of PN_TOK_ZONE tokens; -1 when the word (lower case) is no zone. */
int pn_date_zone_index(const char *word, size_t n);
void pn_date_zone_put(int index, pn_date_found *f);
int32_t pn_date_us_offset(int32_t day, int32_t second, int standard, bool *doubtful);

/* Whole texts in the commonest shapes, straight from the bytes; false = let the general way decide. */
bool pn_date_fast_iso(pn_bytes text, pn_date_found *f);
bool pn_date_fast_english(pn_bytes text, pn_date_found *f);
bool pn_date_is_wrapped_epoch(pn_bytes text);           /* begins with /Date( */
pn_date_result pn_date_read_epoch(pn_bytes text, const pn_date_opts *opts, pn_when *out);

/* pn_date_settle.c.  Checks what was found against calendar, window and base.  *out only on PN_DATE_OK. */
pn_date_result pn_date_settle(pn_date_found *f, const pn_date_opts *opts, pn_when *out);
#endif
