/* pn_date_lex.c -- a printed date as tokens: numbers, known words, signs.  Layer: text. */
#include "text/pn_date_parts.h"

enum { WORDS_MAX = 14 };
typedef struct { char word[10]; uint8_t kind; int8_t value; } known_word;

/* Sorted by bytes.  Months and zones are found elsewhere.  Odd weekdays ("wedday") are what cut abbreviations give. */
static const known_word known_words[] = {
    { "a", PN_TOK_A, 0 }, { "about", PN_TOK_ABOUT, 0 }, { "ago", PN_TOK_AGO, 0 }, { "am", PN_TOK_HALF, 0 },
    { "an", PN_TOK_A, 0 }, { "and", PN_TOK_TO, 0 }, { "at", PN_TOK_AT, 0 },
    { "d", PN_TOK_UNIT, PN_UNIT_DAY }, { "day", PN_TOK_UNIT, PN_UNIT_DAY }, { "days", PN_TOK_UNIT, PN_UNIT_DAY },
    { "di", PN_TOK_WEEKDAY, 7 }, { "do", PN_TOK_WEEKDAY, 7 }, { "fr", PN_TOK_WEEKDAY, 7 },
    { "fri", PN_TOK_WEEKDAY, 4 }, { "friday", PN_TOK_WEEKDAY, 4 },
    { "h", PN_TOK_UNIT, PN_UNIT_HOUR }, { "hour", PN_TOK_UNIT, PN_UNIT_HOUR }, { "hours", PN_TOK_UNIT, PN_UNIT_HOUR },
    { "hr", PN_TOK_UNIT, PN_UNIT_HOUR }, { "hrs", PN_TOK_UNIT, PN_UNIT_HOUR }, { "hs", PN_TOK_CLOCK, 0 },
    { "just", PN_TOK_ABOUT, 0 }, { "kl", PN_TOK_AT, 0 }, { "klo", PN_TOK_AT, 0 },
    { "m", PN_TOK_UNIT, PN_UNIT_MINUTE }, { "mi", PN_TOK_WEEKDAY, 7 }, { "midnight", PN_TOK_NOON, 0 },
    { "min", PN_TOK_UNIT, PN_UNIT_MINUTE }, { "mins", PN_TOK_UNIT, PN_UNIT_MINUTE },
    { "minute", PN_TOK_UNIT, PN_UNIT_MINUTE }, { "minutes", PN_TOK_UNIT, PN_UNIT_MINUTE },
    { "mo", PN_TOK_WEEKDAY, 7 }, { "mon", PN_TOK_WEEKDAY, 0 }, { "monday", PN_TOK_WEEKDAY, 0 },
    { "month", PN_TOK_UNIT, PN_UNIT_MONTH }, { "months", PN_TOK_UNIT, PN_UNIT_MONTH },
    { "nd", PN_TOK_ORDINAL, 0 }, { "noon", PN_TOK_NOON, 12 }, { "now", PN_TOK_DAYWORD, 0 }, { "of", PN_TOK_OF, 0 },
    { "pm", PN_TOK_HALF, 12 }, { "rd", PN_TOK_ORDINAL, 0 }, { "sa", PN_TOK_WEEKDAY, 7 },
    { "sat", PN_TOK_WEEKDAY, 5 }, { "satday", PN_TOK_WEEKDAY, 5 }, { "satur", PN_TOK_WEEKDAY, 5 },
    { "saturday", PN_TOK_WEEKDAY, 5 },
    { "sec", PN_TOK_UNIT, PN_UNIT_MINUTE }, { "second", PN_TOK_UNIT, PN_UNIT_MINUTE },
    { "seconds", PN_TOK_UNIT, PN_UNIT_MINUTE }, { "secs", PN_TOK_UNIT, PN_UNIT_MINUTE },
    { "so", PN_TOK_WEEKDAY, 7 }, { "st", PN_TOK_ORDINAL, 0 }, { "sun", PN_TOK_WEEKDAY, 6 },
    { "sunday", PN_TOK_WEEKDAY, 6 }, { "t", PN_TOK_T, 0 }, { "th", PN_TOK_ORDINAL, 0 }, { "the", PN_TOK_THE, 0 },
    { "through", PN_TOK_TO, 0 }, { "thu", PN_TOK_WEEKDAY, 3 }, { "thuday", PN_TOK_WEEKDAY, 3 },
    { "thur", PN_TOK_WEEKDAY, 3 }, { "thurs", PN_TOK_WEEKDAY, 3 }, { "thursday", PN_TOK_WEEKDAY, 3 },
    { "till", PN_TOK_TO, 0 }, { "to", PN_TOK_TO, 0 }, { "today", PN_TOK_DAYWORD, 0 }, { "tue", PN_TOK_WEEKDAY, 1 },
    { "tueday", PN_TOK_WEEKDAY, 1 }, { "tues", PN_TOK_WEEKDAY, 1 }, { "tuesday", PN_TOK_WEEKDAY, 1 },
    { "uhr", PN_TOK_CLOCK, 0 }, { "um", PN_TOK_AT, 0 }, { "until", PN_TOK_TO, 0 },
    { "w", PN_TOK_UNIT, PN_UNIT_WEEK }, { "wed", PN_TOK_WEEKDAY, 2 }, { "wedday", PN_TOK_WEEKDAY, 2 },
    { "wednes", PN_TOK_WEEKDAY, 2 }, { "wednesday", PN_TOK_WEEKDAY, 2 },
    { "week", PN_TOK_UNIT, PN_UNIT_WEEK }, { "weeks", PN_TOK_UNIT, PN_UNIT_WEEK },
    { "year", PN_TOK_UNIT, PN_UNIT_YEAR }, { "years", PN_TOK_UNIT, PN_UNIT_YEAR },
    { "yesterday", PN_TOK_DAYWORD, 1 },
};

static bool is_letter(uint8_t c) { return (uint8_t)((c | 0x20) - 'a') < 26 || c == 2; }
static bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

unsigned pn_date_month_word(const uint8_t *p, size_t n) {
    static const char *const names[12] = { "january", "february", "march", "april", "may", "june", "july", "august",
                                           "september", "october", "november", "december" };
    if (n < 3 || n > 9) return 0;
    unsigned m;
    switch ((p[0] | 0x20u) << 16 | (p[1] | 0x20u) << 8 | (p[2] | 0x20u)) {
    case 'j' << 16 | 'a' << 8 | 'n': m = 1; break;
    case 'f' << 16 | 'e' << 8 | 'b': m = 2; break;
    case 'm' << 16 | 'a' << 8 | 'r': m = 3; break;
    case 'a' << 16 | 'p' << 8 | 'r': m = 4; break;
    case 'm' << 16 | 'a' << 8 | 'y': m = 5; break;
    case 'j' << 16 | 'u' << 8 | 'n': m = 6; break;
    case 'j' << 16 | 'u' << 8 | 'l': m = 7; break;
    case 'a' << 16 | 'u' << 8 | 'g': m = 8; break;
    case 's' << 16 | 'e' << 8 | 'p': m = 9; break;
    case 'o' << 16 | 'c' << 8 | 't': m = 10; break;
    case 'n' << 16 | 'o' << 8 | 'v': m = 11; break;
    case 'd' << 16 | 'e' << 8 | 'c': m = 12; break;
    default: return 0;
    }
    for (size_t i = 3; i < n; i++)
        if ((p[i] | 0x20) != names[m - 1][i]) return 0;              /* the NUL behind a name ends the match, too */
    bool whole = n == 3 || names[m - 1][n] == '\0';
    return whole || (m == 9 && n == 4) || (m == 2 && n == 4) ? m : 0;                /* Sept., Febr. */
}

/* --- bytes to one plain ASCII line */

/* Length of the white space character at p, 0 if there is none.  NBSP, U+1680, U+2000-200A, 202F, 205F, 3000 are white. */
static unsigned white_len(const uint8_t *p, size_t n) {
    if (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r')) return 1;
    if (p[0] < 0xC2 || n < 2) return 0;
    if (p[0] == 0xC2) return p[1] == 0xA0 || p[1] == 0x85 ? 2 : 0;
    if (n < 3) return 0;
    uint32_t c = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    bool white = c == 0xE19A80 || (c >= 0xE28080 && c <= 0xE2808A) || c == 0xE280AF || c == 0xE2819F || c == 0xE38080;
    return white ? 3 : 0;
}

/* Invisible characters: soft hyphen, zero width ones, direction marks, byte order mark. */
static unsigned invisible_len(const uint8_t *p, size_t n) {
    if (n >= 2 && p[0] == 0xC2 && p[1] == 0xAD) return 2;
    if (n < 3) return 0;
    uint32_t c = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    bool invisible = (c >= 0xE2808B && c <= 0xE2808F) || (c >= 0xE280AA && c <= 0xE280AE) ||
                     (c >= 0xE281A0 && c <= 0xE281A9) || c == 0xEFBBBF;
    return invisible ? 3 : 0;
}

pn_bytes pn_date_trim(pn_bytes s) {
    unsigned k;
    while (s.len && ((k = white_len(s.ptr, s.len)) || (k = invisible_len(s.ptr, s.len)))) { s.ptr += k; s.len -= k; }
    for (bool more = true; more && s.len;) {
        more = false;
        for (unsigned w = 1; w <= 3 && w <= s.len && !more; w++) {
            const uint8_t *p = s.ptr + s.len - w;
            if (white_len(p, w) == w || invisible_len(p, w) == w) { s.len -= w; more = true; }
        }
    }
    return s;
}

/* The digit that a character of another script stands for: Arabic, Persian, Devanagari, Bengali, Thai.  -1: none. */
static int native_digit(const uint8_t *p, size_t n, unsigned *len) {
    *len = 2;
    if (n >= 2 && p[0] == 0xD9 && p[1] >= 0xA0 && p[1] <= 0xA9) return p[1] - 0xA0;
    if (n >= 2 && p[0] == 0xDB && p[1] >= 0xB0 && p[1] <= 0xB9) return p[1] - 0xB0;
    *len = 3;
    if (n < 3 || p[0] != 0xE0) return -1;
    if ((p[1] == 0xA5 || p[1] == 0xA7) && p[2] >= 0xA6 && p[2] <= 0xAF) return p[2] - 0xA6;
    return p[1] == 0xB9 && p[2] >= 0x90 && p[2] <= 0x99 ? p[2] - 0x90 : -1;
}

/* The ASCII sign that a character outside ASCII stands for: dashes, minus, bullets, full-width forms.  0: none. */
static int plain_sign(const uint8_t *p, size_t n, unsigned *len) {
    *len = 2;
    if (n >= 2 && p[0] == 0xC2 && p[1] == 0xB7) return '|';                          /* middle dot */
    *len = 3;
    if (n < 3) return 0;
    uint32_t c = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    if (c == 0xE28892 || c == 0xE28090 || c == 0xE28091) return '-';                 /* minus, hyphens */
    if (c >= 0xE28092 && c <= 0xE28095) return PN_DATE_DASH;
    if (c == 0xE280A2) return '|';                                                   /* bullet */
    if (c >= 0xEFBC81 && c <= 0xEFBCBF) return (int)(c - 0xEFBC81) + '!';
    if (c >= 0xEFBD80 && c <= 0xEFBD9E) return (int)(c - 0xEFBD80) + '`';
    return 0;
}

/* Appends the plain form of the character at p (not ASCII, not white) and returns the bytes it took. */
static unsigned put_foreign(const uint8_t *p, size_t n, pn_date_tokens *out) {
    unsigned len = invisible_len(p, n);
    if (len) return len;
    int digit = native_digit(p, n, &len);
    if (digit >= 0) {
        out->native_digits = true;
        out->text[out->n_bytes++] = (char)('0' + digit);
        return len;
    }
    int c = plain_sign(p, n, &len);
    if (c >= 'A' && c <= 'Z') c |= 0x20;
    out->text[out->n_bytes++] = (char)(c ? c : 2);
    return c ? len : 1;
}

/* False when a control character shows that this is no line of text. */
static bool put_plain(pn_bytes s, pn_date_tokens *out) {
    out->n_bytes = 0;
    for (size_t i = 0; i < s.len;) {
        uint8_t c = s.ptr[i];
        if (c > ' ' && c < 0x7F) {
            out->text[out->n_bytes++] = (char)((uint8_t)(c - 'A') < 26 ? c | 0x20 : c);
            i++;
            continue;
        }
        unsigned white = white_len(s.ptr + i, s.len - i);
        if (white) { out->text[out->n_bytes++] = ' '; i += white; continue; }
        if (c < 0x20 || c == 0x7F) return false;
        i += put_foreign(s.ptr + i, s.len - i, out);
    }
    return true;
}

/* --- one line to tokens */

static const known_word *find_word(const char *p, size_t n) {
    char w[10] = { 0 };
    if (n >= sizeof w) return NULL;
    memcpy(w, p, n);
    size_t lo = 0, hi = PN_COUNT(known_words);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = memcmp(w, known_words[mid].word, sizeof w);
        if (c == 0) return &known_words[mid];
        if (c < 0) hi = mid; else lo = mid + 1;
    }
    return NULL;
}

static void name_word(const char *p, pn_date_token *t) {
    unsigned month = pn_date_month_word((const uint8_t *)p, t->len);
    int zone;
    const known_word *k;
    t->kind = PN_TOK_OTHER;
    if (month) { t->kind = PN_TOK_MONTH; t->value = (int16_t)month; return; }
    if ((k = find_word(p, t->len)) != NULL) { t->kind = k->kind; t->value = k->value; return; }
    if ((zone = pn_date_zone_index(p, t->len)) >= 0) { t->kind = PN_TOK_ZONE; t->value = (int16_t)zone; }
}

/* Letters of the word at byte i that close a clock time glued to its zone: "5pmEST", "5 a.mUTC".  0: not so. */
static unsigned glued_half(const pn_date_tokens *s, unsigned i) {
    const char *p = s->text + i;
    if (s->n < 2) return 0;                                          /* token n - 1 is the one being cut */
    if ((p[0] == 'a' || p[0] == 'p') && p[1] == 'm') return s->token[s->n - 2].kind == PN_TOK_NUMBER ? 2 : 0;
    char before = i >= 2 ? s->text[i - 2] : ' ';
    bool dotted = (before == 'a' || before == 'p') && (s->text[i - 1] == '.' || s->text[i - 1] == ' ');
    return p[0] == 'm' && dotted && s->n > 2 ? 1 : 0;
}

/* The token at byte i of the line; false for numbers too long to mean anything. */
static bool cut_token(const pn_date_tokens *s, unsigned i, pn_date_token *t) {
    unsigned e = i;
    t->at = (uint8_t)i;
    t->value = 0;
    t->number = 0;
    uint8_t c = (uint8_t)s->text[i];
    if (is_digit(c)) {
        for (; e < s->n_bytes && is_digit((uint8_t)s->text[e]); e++) {
            if (e - i >= 18) return false;
            t->number = t->number * 10 + (unsigned)(s->text[e] - '0');
        }
        t->kind = PN_TOK_NUMBER;
        t->len = (uint8_t)(e - i);
    } else if (is_letter(c)) {
        while (e < s->n_bytes && is_letter((uint8_t)s->text[e])) e++;
        t->len = (uint8_t)(e - i);
        name_word(s->text + i, t);
        unsigned half = t->kind == PN_TOK_OTHER && t->len > 2 ? glued_half(s, i) : 0;
        if (half) { t->len = (uint8_t)half; name_word(s->text + i, t); }
    } else {
        t->kind = PN_TOK_SIGN;
        t->value = (int16_t)c;
        t->len = 1;
    }
    return true;
}

typedef struct { unsigned n_words, n_unknown; bool comment; } prose;

/* Prose ends early: a date has few words.  Outside a comment hardly one is unknown, and that is short; the first word is
 * unknown only as a foreign weekday with its comma or dot. */
static bool is_prose(const pn_date_tokens *s, const pn_date_token *t, prose *p) {
    if (t->kind == PN_TOK_SIGN && (t->value == '(' || t->value == '[')) p->comment = true;
    if (t->kind <= PN_TOK_SIGN) return false;
    if (++p->n_words > WORDS_MAX) return true;
    if (t->kind != PN_TOK_OTHER || p->comment) return false;
    unsigned end = (unsigned)t->at + t->len;
    bool bare = s->n == 1 && (end == s->n_bytes || (s->text[end] != ',' && s->text[end] != '.'));
    return bare || t->len > 5 || ++p->n_unknown > 2;
}

bool pn_date_lex(pn_bytes text, pn_date_tokens *out) {
    prose p = { 0, 0, false };
    out->n = 0;
    out->native_digits = false;
    if (!put_plain(text, out)) return false;
    for (unsigned i = 0; i < out->n_bytes;) {
        bool gap = out->text[i] == ' ';
        if (gap) while (i < out->n_bytes && out->text[i] == ' ') i++;
        if (i == out->n_bytes) break;
        if (out->n == PN_DATE_TOKENS_MAX) return false;
        pn_date_token *t = &out->token[out->n++];
        t->gap = gap;
        if (!cut_token(out, i, t) || is_prose(out, t, &p)) return false;
        i += t->len;
    }
    memset(out->token + out->n, 0, PN_DATE_LOOKAHEAD * sizeof out->token[0]);        /* kind 0 is END */
    return true;
}
