/* pn_date_fast.c -- the commonest whole texts straight from their bytes, and Unix time.  Layer: text.
 *
 * The fast ways take only what is plainly right; the rest, and every verdict other than "a date", is the general way's.
 */
#include "text/pn_date_parts.h"

static bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

/* Two digits at p, or 100, which no field allows. */
static unsigned two(const uint8_t *p) {
    unsigned a = (unsigned)p[0] - '0', b = (unsigned)p[1] - '0';
    return a < 10 && b < 10 ? a * 10 + b : 100;
}

/* "Z", "+02", "+0200", "+02:00" up to the end. */
static bool iso_zone(const uint8_t *p, size_t n, pn_date_found *f) {
    if (n == 1 && (*p | 0x20) == 'z') { f->offset = 0; return true; }
    if ((*p != '+' && *p != '-') || n < 3 || n == 4 || n > 6 || (n == 6 && p[3] != ':')) return false;
    unsigned h = two(p + 1), m = n == 3 ? 0 : two(p + n - 2);
    if (h > 11 || m > 59) return false;                              /* the far east is left to the general way */
    f->offset = (int16_t)(*p == '-' ? -(int)(h * 60 + m) : (int)(h * 60 + m));
    return true;
}

/* "14:05:09.123+02:00" up to the end; n > 0. */
static bool iso_clock(const uint8_t *p, size_t n, pn_date_found *f) {
    if (n < 5 || p[2] != ':') return false;
    unsigned h = two(p), m = two(p + 3), s = 0;
    size_t i = 5;
    if (i + 3 <= n && p[i] == ':') {
        s = two(p + 6);
        i = 8;
        if (i < n && p[i] == '.') {
            size_t begin = ++i;
            while (i < n && is_digit(p[i])) i++;
            if (i == begin || i - begin > 9) return false;
        }
    } else {
        f->flags |= PN_WHEN_MINUTE;
    }
    if (h > 23 || m > 59 || s > 59) return false;
    f->second = (int32_t)(h * 3600 + m * 60 + s);
    if (i + 1 < n && p[i] == ' ') i++;                               /* "14:05:09 +0200" */
    return i == n || iso_zone(p + i, n - i, f);
}

bool pn_date_fast_iso(pn_bytes s, pn_date_found *f) {
    const uint8_t *p = s.ptr;
    if (s.len < 10 || p[4] != '-' || p[7] != '-') return false;
    unsigned high = two(p), low = two(p + 2), month = two(p + 5), day = two(p + 8);
    if (high > 99 || low > 99 || month > 12 || day > 31) return false;
    pn_date_found found = PN_DATE_FOUND_NONE;
    found.year = (int32_t)(high * 100 + low);
    found.month = (uint8_t)month;
    found.day = (uint8_t)day;
    found.precision = PN_PREC_DAY;
    if (s.len > 10) {
        if (s.len == 11 || ((p[10] | 0x20) != 't' && p[10] != ' ')) return false;
        if (!iso_clock(p + 11, s.len - 11, &found)) return false;
    }
    *f = found;
    return true;
}

/* "2:05 p.m.", "2 p.m." up to the end. */
static bool ap_clock(const uint8_t *p, const uint8_t *e, pn_date_found *f) {
    unsigned h = 0, m = 0;
    if (p == e || !is_digit(*p)) return false;
    h = *p++ - '0';
    if (p < e && is_digit(*p)) h = h * 10 + (*p++ - '0');
    if (e - p > 3 && *p == ':') { m = two(p + 1); p += 3; }
    if (p < e && *p == ' ') p++;
    bool dots = e - p == 4 && p[1] == '.' && (p[2] | 0x20) == 'm' && p[3] == '.';
    bool plain = e - p == 2 && (p[1] | 0x20) == 'm';
    if ((!dots && !plain) || h < 1 || h > 12 || m > 59) return false;
    if ((p[0] | 0x20) != 'a' && (p[0] | 0x20) != 'p') return false;
    f->second = (int32_t)((h % 12 + ((p[0] | 0x20) == 'p' ? 12 : 0)) * 3600 + m * 60);
    f->flags |= PN_WHEN_MINUTE;
    return true;
}

/* "Aug. 20, 2020", "August 20 2020", and with ", 2:05 p.m." */
bool pn_date_fast_english(pn_bytes s, pn_date_found *f) {
    const uint8_t *p = s.ptr, *e = p + s.len;
    while (p < e && (uint8_t)((*p | 0x20) - 'a') < 26) p++;
    unsigned month = pn_date_month_word(s.ptr, (size_t)(p - s.ptr));
    if (!month) return false;
    if (p < e && *p == '.') p++;
    if (e - p < 7 || *p++ != ' ' || !is_digit(*p)) return false;
    unsigned day = *p++ - '0';
    if (is_digit(*p)) day = day * 10 + (*p++ - '0');
    if (*p == ',') p++;
    if (e - p < 5 || *p++ != ' ') return false;
    unsigned high = two(p), low = two(p + 2);
    if (high > 99 || low > 99 || day > 31) return false;
    pn_date_found found = PN_DATE_FOUND_NONE;
    found.year = (int32_t)(high * 100 + low);
    found.month = (uint8_t)month;
    found.day = (uint8_t)day;
    found.precision = PN_PREC_DAY;
    found.month_word = true;
    p += 4;
    if (p < e) {
        if (*p == ',') p++;
        if (p == e || *p++ != ' ' || !ap_clock(p, e, &found)) return false;
    }
    *f = found;
    return true;
}

/* --- Unix time */

static size_t wrapper_len(pn_bytes s) {
    if (pn_bytes_starts(s, PN_BYTES_LIT("/Date("))) return 6;
    return pn_bytes_starts(s, PN_BYTES_LIT("\\/Date(")) ? 7 : 0;
}
bool pn_date_is_wrapped_epoch(pn_bytes s) { return wrapper_len(s) != 0; }

/* The digits at *p as a number, at most 16 of them; their count. */
static unsigned digits(const uint8_t **p, const uint8_t *e, int64_t *v) {
    unsigned n = 0;
    for (*v = 0; *p < e && is_digit(**p) && n < 17; n++) *v = *v * 10 + (*(*p)++ - '0');
    return n;
}

static pn_date_result put_instant(int64_t seconds, int offset, const pn_date_opts *opts, pn_when *out) {
    if (seconds == 0) return PN_DATE_SENTINEL;
    int64_t local = seconds + offset * 60;
    int64_t day = (local >= 0 ? local : local - 86399) / 86400;
    if (day < INT32_MIN / 2 || day > INT32_MAX / 2) return PN_DATE_OUT_OF_RANGE;
    pn_civil c = pn_civil_of((int32_t)day);
    pn_date_found f = PN_DATE_FOUND_NONE;
    f.year = c.year;
    f.month = c.month;
    f.day = c.day;
    f.precision = PN_PREC_DAY;
    f.second = (int32_t)(local - day * 86400);
    f.offset = (int16_t)offset;
    return pn_date_settle(&f, opts, out);
}

/* "/Date(1597932309000)/", with an offset "/Date(1597932309000+0200)/": milliseconds, and the zone they were printed for. */
static pn_date_result read_wrapped(pn_bytes s, size_t skip, const pn_date_opts *opts, pn_when *out) {
    const uint8_t *p = s.ptr + skip, *e = s.ptr + s.len;
    bool minus = p < e && *p == '-';
    p += minus;
    int64_t v;
    unsigned n = digits(&p, e, &v);
    pn_date_found zone = PN_DATE_FOUND_NONE;
    zone.offset = 0;
    if (e - p > 5 && (*p == '+' || *p == '-')) {
        if (!iso_zone(p, 5, &zone)) return PN_DATE_UNKNOWN;
        p += 5;
    }
    pn_bytes rest = pn_bytes_of(p, (size_t)(e - p));
    bool closed = pn_bytes_equal(rest, PN_BYTES_LIT(")/")) || pn_bytes_equal(rest, PN_BYTES_LIT(")\\/"));
    if (n < 1 || n > 16 || !closed) return PN_DATE_UNKNOWN;
    return put_instant((minus ? -v - 999 : v) / 1000, zone.offset, opts, out);
}

/* A bare number: "0" is a filler; 10, 13 and 16 digits are seconds, milliseconds and microseconds. */
pn_date_result pn_date_read_epoch(pn_bytes s, const pn_date_opts *opts, pn_when *out) {
    size_t skip = wrapper_len(s);
    if (skip) return read_wrapped(s, skip, opts, out);
    const uint8_t *p = s.ptr, *e = p + s.len;
    int64_t v, fraction;
    unsigned n = digits(&p, e, &v);
    if (n == 10 && e - p > 1 && *p == '.') {
        p++;
        (void)digits(&p, e, &fraction);
    }
    if (p != e) return PN_DATE_UNKNOWN;
    if (n == 1 && v == 0) return PN_DATE_SENTINEL;
    if (n == 10) return put_instant(v, 0, opts, out);
    if (n == 13) return put_instant(v / 1000, 0, opts, out);
    return n == 16 ? put_instant(v / 1000000, 0, opts, out) : PN_DATE_UNKNOWN;
}
