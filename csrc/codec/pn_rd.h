/* pn_rd.h -- a cursor over bytes that nobody vouches for.  Layer: codec.
 *
 * `bad` becomes true at the first short or malformed read and stays so; every later read returns 0 or NONE.
 * Read a whole structure, then ask `bad` once.  Borrowed runs point into the input and hold as long as it does.
 */
#ifndef PN_RD_H
#define PN_RD_H
#include "base/pn_bytes.h"

typedef struct { const uint8_t *p, *end; bool bad; } pn_rd;

static inline pn_rd pn_rd_of(pn_bytes s) { return (pn_rd){ s.ptr, s.ptr ? s.ptr + s.len : s.ptr, false }; }
static inline size_t pn_rd_left(const pn_rd *r) { return (size_t)(r->end - r->p); }

/* `n` bytes and forward, or bad. */
static inline const uint8_t *pn_rd_take(pn_rd *r, size_t n) {
    if (r->bad || pn_rd_left(r) < n) { r->bad = true; r->p = r->end; return NULL; }
    const uint8_t *p = r->p;
    r->p += n;
    return p;
}
static inline uint8_t pn_rd_u8(pn_rd *r) {
    const uint8_t *p = pn_rd_take(r, 1);
    return p ? *p : 0;
}
static inline uint64_t pn_rd_le(pn_rd *r, size_t n) {
    const uint8_t *p = pn_rd_take(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p && i < n; i++) v |= (uint64_t)p[i] << (8 * i);
    return v;
}
static inline uint16_t pn_rd_u16(pn_rd *r) { return (uint16_t)pn_rd_le(r, 2); }
static inline uint32_t pn_rd_u32(pn_rd *r) { return (uint32_t)pn_rd_le(r, 4); }
static inline uint64_t pn_rd_u64(pn_rd *r) { return pn_rd_le(r, 8); }

/* varint := { byte with bit 7 set } byte with bit 7 clear, low seven bits first, at most ten bytes, no overflow. */
static inline uint64_t pn_rd_varint(pn_rd *r) {
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && r->p != r->end; shift += 7) {
        uint8_t b = *r->p++;
        if (shift == 63 && b > 1) break;
        v |= (uint64_t)(b & 0x7F) << shift;
        if (b < 0x80) return v;
    }
    r->bad = true;
    r->p = r->end;
    return 0;
}
static inline uint32_t pn_rd_varint32(pn_rd *r) {
    uint64_t v = pn_rd_varint(r);
    if (v > UINT32_MAX) { r->bad = true; r->p = r->end; return 0; }
    return (uint32_t)v;
}
/* varint length, then that many bytes. */
static inline pn_bytes pn_rd_blob(pn_rd *r) {
    uint64_t n = pn_rd_varint(r);
    if (n > pn_rd_left(r)) { r->bad = true; r->p = r->end; return PN_BYTES_NONE; }
    const uint8_t *p = pn_rd_take(r, (size_t)n);
    return p ? pn_bytes_of(p, (size_t)n) : PN_BYTES_NONE;
}
/* Unaligned little-endian loads from bytes whose bounds were checked before. */
static inline uint32_t pn_load_u32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t pn_load_u64(const uint8_t *p) { return (uint64_t)pn_load_u32(p) | (uint64_t)pn_load_u32(p + 4) << 32; }
static inline uint16_t pn_load_u16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
#endif
