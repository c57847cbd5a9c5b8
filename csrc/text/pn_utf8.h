/* pn_utf8.h -- checking and walking UTF-8.  Layer: text.  Any thread, no allocation. */
#ifndef PN_UTF8_H
#define PN_UTF8_H
#include "base/pn_bytes.h"

/* Bytes of the longest valid UTF-8 prefix: equal to s.len exactly when s is valid.  Surrogates, overlong forms and
 * code points above U+10FFFF are invalid.  ASCII runs at memory speed. */
size_t pn_utf8_valid_prefix(pn_bytes s);
static inline bool pn_utf8_is_valid(pn_bytes s) { return pn_utf8_valid_prefix(s) == s.len; }

/* Code point at p (p < end) and its length in *n (1..4).  Input must be valid UTF-8; a cut sequence at `end` gives
 * U+FFFD and the remaining length, so the walk always ends. */
static inline uint32_t pn_utf8_decode(const uint8_t *p, const uint8_t *end, unsigned *n) {
    uint32_t b = p[0];
    if (b < 0x80) { *n = 1; return b; }
    unsigned want = b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
    if ((size_t)(end - p) < want) { *n = (unsigned)(end - p); return 0xfffd; }
    *n = want;
    if (want == 2) return (b & 0x1f) << 6 | (p[1] & 0x3fu);
    if (want == 3) return (b & 0x0f) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    return (b & 0x07) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}

/* Writes the UTF-8 of c (a scalar value) and returns its length, 1..4. */
unsigned pn_utf8_encode(uint32_t c, uint8_t out[4]);

/* Largest n <= limit such that the first n bytes of the valid text s end at a character. */
size_t pn_utf8_cut(pn_bytes s, size_t limit);
#endif
