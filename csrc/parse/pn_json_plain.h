/* pn_json_plain.h -- where the plain text of a JSON string ends.  Layer: parse; private to pn_json.c and pn_json_out.c. */
#ifndef PN_JSON_PLAIN_H
#define PN_JSON_PLAIN_H
#include "codec/pn_rd.h"

#define PN_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit 7 of every byte that ends a plain run: '"', '\\' or below 0x20.  Borrows can set bits above the first true one
 * only, so the lowest set bit is right.  Exchanging 0x20 and 0x22 puts the quote next to the control characters. */
static inline uint64_t pn_json_stops(uint64_t w) {
    uint64_t quote_or_control = (w ^ PN_EACH(0x02)) - PN_EACH(0x21);
    uint64_t b = w ^ PN_EACH('\\');
    return ((quote_or_control & ~w) | ((b - PN_EACH(1)) & ~b)) & PN_EACH(0x80);
}

/* First byte at or behind p that is not plain text of a string, or end.  *seen collects bits: bit 7 of a byte set = not ASCII. */
static inline const uint8_t *pn_json_skip_plain(const uint8_t *p, const uint8_t *end, uint64_t *seen) {
    while (end - p >= 8) {
        uint64_t w = pn_load_u64(p), stop = pn_json_stops(w);
        *seen |= w;
        if (stop) return p + __builtin_ctzll(stop) / 8;
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && *p >= 0x20) *seen |= *p++;
    return p;
}
#endif
