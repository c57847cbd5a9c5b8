#include "parse/pn_json.h"
#include "parse/pn_json_plain.h"
#include "text/pn_utf8.h"

enum { VALUE, FIRST_VALUE, FIRST_KEY, BEHIND_VALUE, DONE, FAILED };          /* what may come next */

void pn_json_init(pn_json *j, pn_bytes text, pn_arena *arena) {
    if (!text.ptr) text = PN_BYTES_LIT("");
    j->start = j->p = text.ptr;
    j->end = text.ptr + text.len;
    j->arena = arena;
    j->text = PN_BYTES_NONE;
    j->error = NULL;
    j->error_at = 0;
    j->no_memory = false;
    j->stop = NULL;
    j->depth = 0;
    j->state = VALUE;
    memset(j->is_array, 0, sizeof j->is_array);
}

static pn_json_event fail(pn_json *j, const uint8_t *at, const char *why) {
    j->state = FAILED;
    j->error = why;
    j->error_at = (size_t)(at - j->start);
    j->text = PN_BYTES_NONE;
    return PN_JSON_ERROR;
}

/* Whether the work of so many steps should be left: the reader has failed then. */
static bool stops(pn_json *j, uint64_t steps) {
    if (PN_LIKELY(!pn_stops(j->stop, steps))) return false;
    fail(j, j->p, "stopped by the caller");
    return true;
}

static void blanks(pn_json *j) {
    const uint8_t *p = j->p;
    while (p < j->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    j->p = p;
}

/* --- strings */

/* Value of four hex digits, or -1. */
static int32_t hex4(const uint8_t *p) {
    int32_t v = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = p[i], low = c | 0x20;
        if (c >= '0' && c <= '9') v = v * 16 + (c - '0');
        else if (low >= 'a' && low <= 'f') v = v * 16 + (low - 'a' + 10);
        else return -1;
    }
    return v;
}

static bool is_high_surrogate(int32_t c) { return c >= 0xD800 && c < 0xDC00; }
static bool is_low_surrogate(int32_t c) { return c >= 0xDC00 && c < 0xE000; }

/* Length of the valid escape at p (which is a backslash), 0 when there is none. */
static size_t escape_length(const uint8_t *p, const uint8_t *end) {
    if (end - p < 2) return 0;
    if (p[1] != 'u') return p[1] && strchr("\"\\/bfnrt", p[1]) ? 2 : 0;
    int32_t c = end - p >= 6 ? hex4(p + 2) : -1;
    if (c < 0 || is_low_surrogate(c)) return 0;
    if (!is_high_surrogate(c)) return 6;
    return end - p >= 12 && p[6] == '\\' && p[7] == 'u' && is_low_surrogate(hex4(p + 8)) ? 12 : 0;
}

/* Writes the character of the escape at p, which was checked; returns the bytes read and adds the written ones to *out. */
static size_t put_escape(uint8_t **out, const uint8_t *p) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (p[1] != 'u') { *(*out)++ = (uint8_t)to[strchr(from, p[1]) - from]; return 2; }
    int32_t c = hex4(p + 2);
    size_t n = 6;
    if (is_high_surrogate(c)) {
        c = 0x10000 + ((c - 0xD800) << 10) + (hex4(p + 8) - 0xDC00);
        n = 12;
    }
    *out += pn_utf8_encode((uint32_t)c, *out);
    return n;
}

/* Text of the checked string `raw`: never longer than it was written. */
static bool unescape(pn_json *j, pn_bytes raw) {
    uint8_t *out = pn_arena_take(j->arena, raw.len), *q = out;
    if (!out) { j->no_memory = true; fail(j, raw.ptr, "out of memory"); return false; }
    const uint8_t *p = raw.ptr, *end = raw.ptr + raw.len;
    while (p < end) {
        const uint8_t *b = memchr(p, '\\', (size_t)(end - p));
        size_t n = (size_t)((b ? b : end) - p);
        memcpy(q, p, n);
        q += n;
        p += n;
        if (b) p += put_escape(&q, p);
        if (stops(j, n)) return false;
    }
    j->text = pn_bytes_of(out, (size_t)(q - out));
    return true;
}

enum { STRETCH = 256 << 10 };                          /* bytes of a string between two questions to the caller */

/* The first byte from p on that is not plain, or `end`. */
static const uint8_t *skip_plain(pn_json *j, const uint8_t *p, uint64_t *seen) {
    for (;;) {
        const uint8_t *end = p + PN_MIN((size_t)(j->end - p), (size_t)STRETCH), *q = pn_json_skip_plain(p, end, seen);
        if (stops(j, (uint64_t)(q - p))) return NULL;
        if (q < end || q == j->end) return q;
        p = q;
    }
}

/* pn_utf8_valid_prefix in stretches, each from a character that the one before may have cut. */
static size_t valid_prefix(pn_json *j, pn_bytes raw) {
    enum { LONGEST = 4 };
    for (size_t at = 0, n;; at += n) {
        pn_bytes part = pn_bytes_of(raw.ptr + at, PN_MIN(raw.len - at, (size_t)STRETCH));
        n = pn_utf8_valid_prefix(part);
        if (at + n == raw.len || part.len - n >= LONGEST || at + part.len == raw.len) return at + n;
        if (stops(j, n)) return raw.len;
    }
}

/* Reads the string whose opening quote is at p into j->text. */
static bool string(pn_json *j) {
    const uint8_t *from = j->p + 1, *p = from;
    bool escapes = false;
    uint64_t seen = 0;
    for (;;) {
        p = skip_plain(j, p, &seen);
        if (!p) return false;
        if (p == j->end) { fail(j, p, "a string without its end"); return false; }
        if (*p == '"') break;
        if (*p != '\\') { fail(j, p, "a control character in a string"); return false; }
        size_t n = escape_length(p, j->end);
        if (n == 0) { fail(j, p, "an invalid escape in a string"); return false; }
        escapes = true;
        p += n;
    }
    pn_bytes raw = pn_bytes_of(from, (size_t)(p - from));
    size_t good = seen & PN_EACH(0x80) ? valid_prefix(j, raw) : raw.len;
    if (j->state == FAILED) return false;
    if (good != raw.len) { fail(j, from + good, "a string that is not UTF-8"); return false; }
    j->p = p + 1;
    j->text = raw;
    return !escapes || !j->arena || unescape(j, raw);
}

/* --- numbers and words */

static const uint8_t *skip_digits(const uint8_t *p, const uint8_t *end) {
    while (p < end && *p >= '0' && *p <= '9') p++;
    return p;
}

/* At least one digit from p on; NULL with the error set when there is none. */
static const uint8_t *need_digits(pn_json *j, const uint8_t *p) {
    const uint8_t *q = skip_digits(p, j->end);
    if (q == p) { fail(j, p, "a number that lacks a digit"); return NULL; }
    return q;
}

static pn_json_event number(pn_json *j) {
    const uint8_t *p = j->p, *end = j->end;
    if (*p == '-') p++;
    if (p < end && *p == '0') p++;
    else p = need_digits(j, p);
    if (p && p < end && *p == '.') p = need_digits(j, p + 1);
    if (p && p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        p = need_digits(j, p);
    }
    if (!p) return PN_JSON_ERROR;
    j->text = pn_bytes_of(j->p, (size_t)(p - j->p));
    j->p = p;
    j->state = BEHIND_VALUE;
    return PN_JSON_NUMBER;
}

static pn_json_event word(pn_json *j, pn_bytes w, pn_json_event event) {
    if (!pn_bytes_starts(pn_bytes_of(j->p, (size_t)(j->end - j->p)), w)) return fail(j, j->p, "not a JSON value");
    j->p += w.len;
    j->state = BEHIND_VALUE;
    return event;
}

/* --- structure */

static bool in_array(const pn_json *j) { return j->is_array[(j->depth - 1) / 64] >> ((j->depth - 1) % 64) & 1; }

static pn_json_event open_group(pn_json *j, bool array) {
    if (j->depth == PN_JSON_DEPTH) return fail(j, j->p, "nested too deeply");
    uint64_t bit = UINT64_C(1) << (j->depth % 64), *word64 = &j->is_array[j->depth / 64];
    *word64 = array ? *word64 | bit : *word64 & ~bit;
    j->depth++;
    j->p++;
    j->state = array ? FIRST_VALUE : FIRST_KEY;
    return array ? PN_JSON_ARRAY : PN_JSON_OBJECT;
}

static pn_json_event close_group(pn_json *j) {
    pn_json_event event = in_array(j) ? PN_JSON_ARRAY_END : PN_JSON_OBJECT_END;
    j->depth--;
    j->p++;
    j->state = BEHIND_VALUE;
    return event;
}

static pn_json_event value(pn_json *j) {
    if (j->p == j->end) return fail(j, j->p, "the text ends where a value should be");
    switch (*j->p) {
    case '{': return open_group(j, false);
    case '[': return open_group(j, true);
    case '"':
        if (!string(j)) return PN_JSON_ERROR;
        j->state = BEHIND_VALUE;
        return PN_JSON_STRING;
    case 't': return word(j, PN_BYTES_LIT("true"), PN_JSON_TRUE);
    case 'f': return word(j, PN_BYTES_LIT("false"), PN_JSON_FALSE);
    case 'n': return word(j, PN_BYTES_LIT("null"), PN_JSON_NULL);
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9': return number(j);
    default: return fail(j, j->p, "not a JSON value");
    }
}

static pn_json_event key(pn_json *j) {
    if (j->p == j->end || *j->p != '"') return fail(j, j->p, "a key in quotes should be here");
    if (!string(j)) return PN_JSON_ERROR;
    blanks(j);
    if (j->p == j->end || *j->p != ':') return fail(j, j->p, "a colon should be here");
    j->p++;
    j->state = VALUE;
    return PN_JSON_KEY;
}

static pn_json_event behind_value(pn_json *j) {
    if (j->depth == 0) {
        if (j->p != j->end) return fail(j, j->p, "more text behind the value");
        j->state = DONE;
        return PN_JSON_END;
    }
    if (j->p == j->end) return fail(j, j->p, "the text ends inside an object or a list");
    if (*j->p == (in_array(j) ? ']' : '}')) return close_group(j);
    if (*j->p != ',') return fail(j, j->p, "a comma or the end of the group should be here");
    j->p++;
    blanks(j);
    return in_array(j) ? value(j) : key(j);
}

pn_json_event pn_json_next(pn_json *j) {
    enum { EVENT = 8 };                                /* steps */
    if (j->state == FAILED || stops(j, EVENT)) return PN_JSON_ERROR;
    blanks(j);
    uint8_t c = j->p < j->end ? *j->p : 0;
    switch (j->state) {
    case VALUE: return value(j);
    case FIRST_VALUE: return c == ']' ? close_group(j) : value(j);
    case FIRST_KEY: return c == '}' ? close_group(j) : key(j);
    case BEHIND_VALUE: return behind_value(j);
    default: return PN_JSON_END;
    }
}

bool pn_json_skip(pn_json *j, pn_json_event at, pn_bytes *raw) {
    pn_arena *arena = j->arena;
    j->arena = NULL;                                   /* what is skipped needs no text */
    if (at == PN_JSON_KEY) blanks(j);
    const uint8_t *from = at == PN_JSON_KEY ? j->p : j->p - 1;
    uint32_t outside = at == PN_JSON_KEY ? j->depth : j->depth - 1;
    pn_json_event e = at == PN_JSON_KEY ? pn_json_next(j) : at;
    while (e != PN_JSON_ERROR && j->depth > outside) e = pn_json_next(j);
    j->arena = arena;
    if (e == PN_JSON_ERROR) return false;
    *raw = pn_bytes_of(from, (size_t)(j->p - from));
    return true;
}

bool pn_json_is_valid(pn_bytes text) {
    pn_json j;
    pn_json_init(&j, text, NULL);
    pn_json_event e;
    do e = pn_json_next(&j);
    while (e != PN_JSON_END && e != PN_JSON_ERROR);
    return e == PN_JSON_END;
}
