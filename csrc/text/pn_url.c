#include "text/pn_url.h"

typedef struct { pn_bytes scheme, host, port, rest; } parts;        /* rest: path and query, without the fragment */

static bool is_letter(uint8_t c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static bool is_unreserved(uint8_t c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

static pn_bytes trimmed(pn_bytes s) {
    while (s.len && s.ptr[0] <= 0x20) s = pn_bytes_of(s.ptr + 1, s.len - 1);
    while (s.len && s.ptr[s.len - 1] <= 0x20) s.len--;
    return s;
}

static pn_bytes from(pn_bytes s, size_t at) { return pn_bytes_of(s.ptr + at, s.len - at); }

/* Index of the first c in s, or s.len. */
static size_t find(pn_bytes s, char c) {
    const uint8_t *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return p ? (size_t)(p - s.ptr) : s.len;
}

static bool is_host_byte(uint8_t c) {
    switch (c) {
    case '"': case '<': case '>': case '\\': case '^': case '`': case '{': case '|': case '}': return false;
    default: return c > 0x20;
    }
}

/* Length of "scheme" in "scheme://…", 0 when s does not start like that. */
static size_t scheme_length(pn_bytes s) {
    size_t n = 0;
    while (n < s.len && (is_letter(s.ptr[n]) || (n && (is_digit(s.ptr[n]) || memchr("+-.", s.ptr[n], 3))))) n++;
    return n && pn_bytes_starts(from(s, n), PN_BYTES_LIT("://")) ? n : 0;
}

/* Splits "host:port", also "[v6]:port".  False when the host is none we know how to write. */
static bool split_host(pn_bytes s, parts *out) {
    size_t skip = s.len && s.ptr[0] == '[' ? find(s, ']') : 0;
    size_t colon = skip + find(from(s, skip), ':');
    out->host = pn_bytes_of(s.ptr, colon);
    out->port = colon < s.len ? from(s, colon + 1) : PN_BYTES_NONE;
    for (size_t i = 0; i < out->port.len; i++)
        if (!is_digit(out->port.ptr[i])) return false;
    for (size_t i = 0; i < out->host.len; i++)
        if (!is_host_byte(out->host.ptr[i])) return false;
    return out->host.len != 0;
}

static bool split(pn_bytes s, parts *out) {
    size_t n = scheme_length(s);
    if (n == 0) return false;
    out->scheme = pn_bytes_of(s.ptr, n);
    s = from(s, n + 3);
    s.len = find(s, '#');
    size_t slash = find(s, '/'), query = find(s, '?'), end = PN_MIN(slash, query);
    out->rest = trimmed(from(s, end));
    s.len = end;
    for (size_t at = find(s, '@'); at < s.len; at = find(s, '@')) s = from(s, at + 1);
    return split_host(trimmed(s), out);
}

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }

static void put_lower(pn_buf *out, pn_bytes s) {
    if (!pn_buf_reserve(out, s.len)) return;
    for (size_t i = 0; i < s.len; i++) out->ptr[out->len++] = lower(s.ptr[i]);
}

static int hex(uint8_t c) {
    if (is_digit(c)) return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Writes the escape at the start of s, which is a percent sign; returns the bytes read. */
static size_t put_escape(pn_buf *out, pn_bytes s) {
    int high = s.len >= 3 ? hex(s.ptr[1]) : -1, low = s.len >= 3 ? hex(s.ptr[2]) : -1;
    if (high < 0 || low < 0) { pn_buf_put_bytes(out, PN_BYTES_LIT("%25")); return 1; }
    uint8_t c = (uint8_t)(high * 16 + low);
    if (is_unreserved(c)) pn_buf_put_u8(out, c);
    else pn_buf_printf(out, "%%%02X", c);
    return 3;
}

static void put_escaped(pn_buf *out, pn_bytes s) {
    while (s.len) {
        size_t n = find(s, '%');
        pn_buf_put(out, s.ptr, n);
        s = from(s, n);
        if (s.len) s = from(s, put_escape(out, s));
    }
}

static bool is_default_port(pn_bytes scheme, pn_bytes port) {           /* of a scheme in lower case */
    if (port.len == 0) return true;
    return (pn_bytes_equal(scheme, PN_BYTES_LIT("http")) && pn_bytes_equal(port, PN_BYTES_LIT("80"))) ||
           (pn_bytes_equal(scheme, PN_BYTES_LIT("https")) && pn_bytes_equal(port, PN_BYTES_LIT("443")));
}

void pn_url_normalise(pn_buf *out, pn_bytes url) {
    parts u;
    url = trimmed(url);
    if (!split(url, &u)) { pn_buf_put_bytes(out, url); return; }
    size_t start = out->len;
    put_lower(out, u.scheme);
    bool plain_port = out->rc == PN_OK && is_default_port(pn_bytes_of(out->ptr + start, u.scheme.len), u.port);
    pn_buf_put(out, "://", 3);
    put_lower(out, u.host);
    if (!plain_port) { pn_buf_put_u8(out, ':'); pn_buf_put_bytes(out, u.port); }
    if (u.rest.len == 0 || u.rest.ptr[0] != '/') pn_buf_put_u8(out, '/');
    put_escaped(out, u.rest);
}

void pn_url_join(pn_buf *out, pn_bytes page, pn_bytes url) {
    parts p;
    url = trimmed(url);
    page = trimmed(page);
    bool from_root = url.len && url.ptr[0] == '/', from_host = from_root && url.len > 1 && url.ptr[1] == '/';
    if (from_root && split(page, &p)) {
        pn_buf_put_bytes(out, p.scheme);
        pn_buf_put(out, from_host ? ":" : "://", from_host ? 1 : 3);
        if (!from_host) pn_buf_put_bytes(out, p.host);
        if (!from_host && p.port.len) { pn_buf_put_u8(out, ':'); pn_buf_put_bytes(out, p.port); }
    }
    pn_buf_put_bytes(out, url);
}

pn_bytes pn_url_outlet(pn_bytes url) {
    parts u;
    if (!split(trimmed(url), &u)) return PN_BYTES_NONE;
    pn_bytes h = u.host;
    bool www = h.len > 4 && lower(h.ptr[0]) == 'w' && lower(h.ptr[1]) == 'w' && lower(h.ptr[2]) == 'w' && h.ptr[3] == '.';
    return www ? from(h, 4) : h;
}
