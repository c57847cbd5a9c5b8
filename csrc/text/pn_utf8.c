#include "text/pn_utf8.h"

/* Length of the valid character at p, 0 if there is none.  The second byte carries all special ranges. */
static size_t valid_char(const uint8_t *p, size_t left) {
    uint8_t b = p[0];
    if (b < 0x80) return 1;
    size_t n = b < 0xc2 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
    if (n == 0 || n > left) return 0;
    uint8_t low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;      /* overlong forms lie below */
    uint8_t high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;     /* surrogates and too large ones above */
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < n; i++) if ((p[i] & 0xc0) != 0x80) return 0;
    return n;
}

static size_t skip_ascii(const uint8_t *p, size_t n) {
    size_t i = 0;
    for (; n - i >= 32; i += 32) {
        uint64_t w[4];
        memcpy(w, p + i, sizeof w);
        if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u) break;
    }
    while (i < n && p[i] < 0x80) i++;
    return i;
}

size_t pn_utf8_valid_prefix(pn_bytes s) {
    size_t i = 0;
    while (i < s.len) {
        if (s.ptr[i] < 0x80) { i += skip_ascii(s.ptr + i, s.len - i); continue; }
        size_t n = valid_char(s.ptr + i, s.len - i);
        if (n == 0) break;
        i += n;
    }
    return i;
}

unsigned pn_utf8_encode(uint32_t c, uint8_t out[4]) {
    if (c < 0x80) { out[0] = (uint8_t)c; return 1; }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

size_t pn_utf8_cut(pn_bytes s, size_t limit) {
    if (limit >= s.len) return s.len;
    size_t n = limit;
    while (n > 0 && (s.ptr[n] & 0xc0) == 0x80) n--;
    return n;
}
