#include "interop/pn_arrow_json.h"
#include "model/pn_date.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- texts */

/* Length of the valid UTF-8 sequence at p, 0 where there is none. */
static unsigned sequence(const uint8_t *p, const uint8_t *end) {
    unsigned n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    if (n == 0 || (size_t)(end - p) < n) return 0;
    for (unsigned i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool outside = (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf4 && p[1] > 0x8f);      /* surrogates; above U+10FFFF */
    return overlong || outside ? 0 : n;
}

/* A byte that is no UTF-8 is read as windows-1252, as in text pages. */
static void put_cp1252(pn_buf *out, uint8_t c) {
    static const uint16_t high[32] = { 0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
                                       0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178 };
    pn_buf_printf(out, "\\u%04x", c < 0xa0 ? high[c - 0x80] : c);
}

static void put_escaped(pn_buf *out, uint8_t c) {
    if (c == '\n') pn_buf_put(out, "\\n", 2);
    else if (c == '"' || c == '\\') { pn_buf_put_u8(out, '\\'); pn_buf_put_u8(out, c); }
    else pn_buf_printf(out, "\\u%04x", c);
}

static bool is_plain(uint8_t c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

void pn_arrow_put_text(pn_arrow_json *j, pn_bytes s) {
    enum { STRETCH = 64 << 10, CHARACTER = 8 };          /* bytes; steps */
    const uint8_t *p = s.ptr, *end = s.len ? s.ptr + s.len : s.ptr;
    bool whole = true;
    pn_buf_put_u8(j->out, '"');
    while (p < end) {
        const uint8_t *from = p, *to = p + PN_MIN(end - p, STRETCH);
        while (p < to && is_plain(*p)) p++;
        if (p > from) pn_buf_put(j->out, from, (size_t)(p - from));
        if (pn_stops(&j->stop, (size_t)(p - from) + CHARACTER)) break;
        if (p == to) continue;
        unsigned n = sequence(p, end);
        if (n > 1) pn_buf_put(j->out, p, n);
        else if (n == 1) put_escaped(j->out, *p);
        else put_cp1252(j->out, *p);
        whole = whole && n;
        p += n ? n : 1;
    }
    pn_buf_put_u8(j->out, '"');
    j->repaired += !whole;
}

/* --- buffers of an array; i counts from its beginning, offset included */

static const void *buffer(const struct ArrowArray *a, int64_t k) { return k < a->n_buffers ? a->buffers[k] : NULL; }
static bool bit(const void *bits, int64_t i) { return ((const uint8_t *)bits)[i / 8] >> (i % 8) & 1; }

#define AT(type, a, k, i) (((const type *)buffer(a, k))[i])

static int64_t signed_at(char format, const struct ArrowArray *a, int64_t i) {
    switch (format) {
    case 'c': return AT(int8_t, a, 1, i);
    case 's': return AT(int16_t, a, 1, i);
    case 'i': return AT(int32_t, a, 1, i);
    default:  return AT(int64_t, a, 1, i);
    }
}

static uint64_t unsigned_at(char format, const struct ArrowArray *a, int64_t i) {
    switch (format) {
    case 'C': return AT(uint8_t, a, 1, i);
    case 'S': return AT(uint16_t, a, 1, i);
    case 'I': return AT(uint32_t, a, 1, i);
    default:  return AT(uint64_t, a, 1, i);
    }
}

static double half(uint16_t bits) {
    int exponent = bits >> 10 & 31;
    double fraction = bits & 1023, sign = bits >> 15 ? -1 : 1;
    if (exponent == 31) return fraction != 0 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24));
}

static double float_at(char format, const struct ArrowArray *a, int64_t i) {
    switch (format) {
    case 'e': return half(AT(uint16_t, a, 1, i));
    case 'f': return (double)AT(float, a, 1, i);
    default:  return AT(double, a, 1, i);
    }
}

/* Whatever stands for the decimal point in the process's locale becomes one. */
static size_t with_point(char *text) {
    size_t n = 0;
    for (const char *p = text; *p; p++) {
        if (strchr("+-0123456789eE", *p)) text[n++] = *p;
        else if (n == 0 || text[n - 1] != '.') text[n++] = '.';
    }
    return n;
}

/* The shortest of three precisions that reads back as the same number. */
static void put_double(pn_buf *out, double v) {
    char text[48];
    if (!isfinite(v)) { pn_buf_put(out, "null", 4); return; }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) break;
    }
    pn_buf_put(out, text, with_point(text));
}

/* --- decimals: a little-endian two's complement number of 32, 64 or 128 bits, `scale` digits of it behind the point */

static unsigned decimal_bytes(const char *format) {
    const char *second = strrchr(format, ',');
    unsigned long bits = second && second != strchr(format, ',') ? strtoul(second + 1, NULL, 10) : 128;
    return bits == 32 || bits == 64 || bits == 128 ? (unsigned)bits / 8 : 0;
}

/* Divides the number by ten and returns the rest. */
static unsigned tenth(uint32_t limbs[4]) {
    uint64_t rest = 0;
    for (int k = 3; k >= 0; k--) {
        rest = rest << 32 | limbs[k];
        limbs[k] = (uint32_t)(rest / 10);
        rest %= 10;
    }
    return (unsigned)rest;
}

static bool read_limbs(const uint8_t *p, unsigned n, uint32_t limbs[4]) {
    bool negative = p[n - 1] >> 7;
    uint64_t carry = negative;
    for (unsigned k = 0; k < 4; k++) {
        uint32_t v = negative ? UINT32_MAX : 0;
        if (4 * k < n) memcpy(&v, p + 4 * k, 4);
        carry += negative ? (uint32_t)~v : v;
        limbs[k] = (uint32_t)carry;
        carry >>= 32;
    }
    return negative;
}

static void put_decimal(pn_buf *out, const char *format, const struct ArrowArray *a, int64_t i) {
    char text[200];
    size_t at = sizeof text;
    uint32_t limbs[4];
    unsigned n = decimal_bytes(format);
    long scale = strtol(strchr(format, ',') + 1, NULL, 10);
    bool negative = read_limbs((const uint8_t *)buffer(a, 1) + i * n, n, limbs);
    if (scale > 76 || scale < -76) { put_double(out, NAN); return; }
    for (long digit = 0; digit <= PN_MAX(scale, 0) || limbs[0] || limbs[1] || limbs[2] || limbs[3]; digit++) {
        if (digit == scale && digit > 0) text[--at] = '.';
        text[--at] = (char)('0' + tenth(limbs));
    }
    if (negative) text[--at] = '-';
    pn_buf_put(out, text + at, sizeof text - at);
    for (long zeros = scale; zeros < 0 && text[at] != '0'; zeros++) pn_buf_put_u8(out, '0');
}

/* --- times */

static int64_t per_second(char unit) { return unit == 's' ? 1 : unit == 'm' ? 1000 : unit == 'u' ? 1000000 : 1000000000; }

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static bool day_in_reach(int64_t day) { return day > -1000000 && day < 4000000; }

static void put_day(pn_buf *out, int64_t day) {
    pn_civil c = pn_civil_of((int32_t)day);
    pn_buf_printf(out, "%04d-%02u-%02u", (int)c.year, c.month, c.day);
}

static void put_date(pn_buf *out, const char *format, const struct ArrowArray *a, int64_t i) {
    int64_t day = format[2] == 'D' ? AT(int32_t, a, 1, i) : floor_div(AT(int64_t, a, 1, i), 86400000);
    if (!day_in_reach(day)) { pn_buf_printf(out, "\"day %lld\"", (long long)day); return; }
    pn_buf_put_u8(out, '"');
    put_day(out, day);
    pn_buf_put_u8(out, '"');
}

/* "+02:00" or "-0530" in minutes; another zone is a name: then the instant is written in UTC. */
static bool fixed_offset(const char *zone, int *minutes) {
    unsigned h, m = 0;
    if ((zone[0] != '+' && zone[0] != '-') || (sscanf(zone + 1, "%2u:%2u", &h, &m) < 2 && sscanf(zone + 1, "%2u%2u", &h, &m) < 1) || h > 23 || m > 59) return false;
    *minutes = (int)(h * 60 + m) * (zone[0] == '-' ? -1 : 1);
    return true;
}

/* A time without a zone at exactly midnight is how tables write a day: it is written as one. */
static void put_timestamp(pn_buf *out, const char *format, const struct ArrowArray *a, int64_t i) {
    const char *zone = format + 4;
    int minutes = 0;
    int64_t ticks = AT(int64_t, a, 1, i), seconds = floor_div(ticks, per_second(format[2]));
    bool fixed = *zone && fixed_offset(zone, &minutes);
    if (fixed && day_in_reach(floor_div(seconds, 86400))) seconds += minutes * 60;
    int64_t day = floor_div(seconds, 86400), second = seconds - day * 86400;
    if (!day_in_reach(day)) { pn_buf_printf(out, "\"time %lld\"", (long long)ticks); return; }
    pn_buf_put_u8(out, '"');
    put_day(out, day);
    if (*zone || second || ticks % per_second(format[2]))
        pn_buf_printf(out, "T%02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    if (fixed) pn_buf_printf(out, "%c%02d:%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60, abs(minutes) % 60);
    else if (*zone) pn_buf_put_u8(out, 'Z');
    pn_buf_put_u8(out, '"');
}

static void put_clock(pn_buf *out, const char *format, const struct ArrowArray *a, int64_t i) {
    bool wide = format[2] == 'u' || format[2] == 'n';
    int64_t second = (wide ? AT(int64_t, a, 1, i) : AT(int32_t, a, 1, i)) / per_second(format[2]);
    pn_buf_printf(out, "\"%02d:%02d:%02d\"", (int)(second / 3600 % 100), (int)(second / 60 % 60), (int)(second % 60));
}

static void put_time(pn_arrow_json *j, const char *format, const struct ArrowArray *a, int64_t i) {
    switch (format[1]) {
    case 'd': put_date(j->out, format, a, i); break;
    case 't': put_clock(j->out, format, a, i); break;
    case 's': put_timestamp(j->out, format, a, i); break;
    default:  pn_buf_printf(j->out, "%lld", (long long)AT(int64_t, a, 1, i)); break;      /* a duration */
    }
}

/* --- texts in arrays */

static pn_bytes view_at(const struct ArrowArray *a, int64_t i) {
    const uint8_t *view = (const uint8_t *)buffer(a, 1) + 16 * i;
    int32_t part[4];
    memcpy(part, view, sizeof part);
    if (part[0] <= 12) return pn_bytes_of(view + 4, (size_t)part[0]);
    return pn_bytes_of((const uint8_t *)buffer(a, 2 + part[2]) + part[3], (size_t)part[0]);
}

static pn_bytes text_at(const char *format, const struct ArrowArray *a, int64_t i) {
    if (format[0] == 'v') return view_at(a, i);
    bool large = format[0] == 'U' || format[0] == 'Z';
    int64_t from = large ? AT(int64_t, a, 1, i) : AT(int32_t, a, 1, i), to = large ? AT(int64_t, a, 1, i + 1) : AT(int32_t, a, 1, i + 1);
    return pn_bytes_of((const uint8_t *)buffer(a, 2) + from, (size_t)(to - from));
}

/* --- nested values */

static void put_elements(pn_arrow_json *j, const struct ArrowSchema *type, const struct ArrowArray *a, int64_t from, int64_t n) {
    enum { ELEMENT = 16 };                               /* steps */
    pn_buf_put_u8(j->out, '[');
    for (int64_t k = 0; k < n && !pn_stops(&j->stop, ELEMENT); k++) {
        if (k) pn_buf_put_u8(j->out, ',');
        pn_arrow_put(j, type, a, from + k);
    }
    pn_buf_put_u8(j->out, ']');
}

static void list_range(const char *format, const struct ArrowArray *a, int64_t i, int64_t *from, int64_t *n) {
    if (format[1] == 'w') {
        *n = strtoll(format + 3, NULL, 10);
        *from = i * *n;
    } else if (format[1] == 'v') {
        *from = format[2] == 'L' ? AT(int64_t, a, 1, i) : AT(int32_t, a, 1, i);
        *n = format[2] == 'L' ? AT(int64_t, a, 2, i) : AT(int32_t, a, 2, i);
    } else {
        *from = format[1] == 'L' ? AT(int64_t, a, 1, i) : AT(int32_t, a, 1, i);
        *n = (format[1] == 'L' ? AT(int64_t, a, 1, i + 1) : AT(int32_t, a, 1, i + 1)) - *from;
    }
}

static void put_struct(pn_arrow_json *j, const struct ArrowSchema *type, const struct ArrowArray *a, int64_t i) {
    bool any = false;
    pn_buf_put_u8(j->out, '{');
    for (int64_t k = 0; k < type->n_children; k++) {
        if (pn_arrow_is_null(type->children[k], a->children[k], i)) continue;
        if (any) pn_buf_put_u8(j->out, ',');
        any = true;
        pn_arrow_put_text(j, pn_bytes_cstr(type->children[k]->name ? type->children[k]->name : ""));
        pn_buf_put_u8(j->out, ':');
        pn_arrow_put(j, type->children[k], a->children[k], i);
    }
    pn_buf_put_u8(j->out, '}');
}

static void put_nested(pn_arrow_json *j, const struct ArrowSchema *type, const struct ArrowArray *a, int64_t i) {
    int64_t from, n;
    if (type->format[1] == 's') { put_struct(j, type, a, i); return; }
    list_range(type->format, a, i, &from, &n);            /* a map is a list of its entries */
    put_elements(j, type->children[0], a->children[0], from, n);
}

/* --- any value */

static int64_t code_at(const struct ArrowSchema *type, const struct ArrowArray *a, int64_t i) {
    return strchr("csil", type->format[0]) ? signed_at(type->format[0], a, i) : (int64_t)unsigned_at(type->format[0], a, i);
}

bool pn_arrow_is_null(const struct ArrowSchema *type, const struct ArrowArray *a, int64_t i) {
    int64_t at = i + a->offset;
    if (type->format[0] == 'n') return true;
    if (a->null_count != 0 && buffer(a, 0) && !bit(buffer(a, 0), at)) return true;
    return type->dictionary && pn_arrow_is_null(type->dictionary, a->dictionary, code_at(type, a, at));
}

void pn_arrow_put(pn_arrow_json *j, const struct ArrowSchema *type, const struct ArrowArray *a, int64_t i) {
    int64_t at = i + a->offset;
    const char *f = type->format;
    if (pn_arrow_is_null(type, a, i)) { pn_buf_put(j->out, "null", 4); return; }
    if (type->dictionary) { pn_arrow_put(j, type->dictionary, a->dictionary, code_at(type, a, at)); return; }
    switch (f[0]) {
    case 'b': pn_buf_printf(j->out, "%s", bit(buffer(a, 1), at) ? "true" : "false"); break;
    case 'c': case 's': case 'i': case 'l': pn_buf_printf(j->out, "%lld", (long long)signed_at(f[0], a, at)); break;
    case 'C': case 'S': case 'I': case 'L': pn_buf_printf(j->out, "%llu", (unsigned long long)unsigned_at(f[0], a, at)); break;
    case 'e': case 'f': case 'g': put_double(j->out, float_at(f[0], a, at)); break;
    case 'd': put_decimal(j->out, f, a, at); break;
    case 't': put_time(j, f, a, at); break;
    case '+': put_nested(j, type, a, at); break;
    default:  pn_arrow_put_text(j, text_at(f, a, at)); break;
    }
}

/* --- types */

static bool is_unit(char c) { return c == 's' || c == 'm' || c == 'u' || c == 'n'; }

static bool is_time(const char *f) {
    if (strcmp(f, "tdD") == 0 || strcmp(f, "tdm") == 0) return true;
    if (strncmp(f, "ts", 2) == 0) return is_unit(f[2]) && f[3] == ':';
    return (strncmp(f, "tt", 2) == 0 || strncmp(f, "tD", 2) == 0) && is_unit(f[2]);       /* not intervals: they are no times */
}

static bool is_scalar(const char *f) {
    if (f[0] == 0) return false;
    if (strchr("nbcCsSiIlLefguUzZ", f[0])) return f[1] == 0;
    if (f[0] == 'v') return f[1] == 'u' || f[1] == 'z';
    if (f[0] == 'd') return f[1] == ':' && strchr(f, ',') && decimal_bytes(f) != 0;
    return is_time(f);
}

static bool is_nest(const char *f) {
    static const char *const nests[] = { "+l", "+L", "+vl", "+vL", "+s", "+m" };
    for (size_t i = 0; i < PN_COUNT(nests); i++)
        if (strcmp(f, nests[i]) == 0) return true;
    return strncmp(f, "+w:", 3) == 0;
}

bool pn_arrow_is_readable(const struct ArrowSchema *type, unsigned depth, const char **why) {
    *why = type->format;
    if (depth >= PN_ARROW_DEPTH) return false;
    if (type->dictionary) return pn_arrow_is_readable(type->dictionary, depth + 1, why);
    if (is_scalar(type->format)) return true;
    if (!is_nest(type->format)) return false;
    for (int64_t k = 0; k < type->n_children; k++)
        if (!pn_arrow_is_readable(type->children[k], depth + 1, why)) return false;
    return true;
}
