/* pn_buf.h -- growable bytes with a sticky status.  Layer: base.
 *
 * A put after a failure does nothing, so writers read as straight lists and ask `rc` once at the end.
 * The zero value is an empty buffer.  pn_buf_fini frees.  One thread at a time.
 */
#ifndef PN_BUF_H
#define PN_BUF_H
#include "base/pn_bytes.h"
#include "base/pn_status.h"

typedef struct { uint8_t *ptr; size_t len, cap; pn_status rc; } pn_buf;

bool pn_buf_widen(pn_buf *b, size_t more);                 /* the rare half of pn_buf_reserve */
static inline bool pn_buf_reserve(pn_buf *b, size_t more) {        /* room for `more` bytes at ptr + len, or rc = PN_ENOMEM */
    return PN_LIKELY(b->rc == PN_OK && b->cap - b->len >= more) || pn_buf_widen(b, more);
}
void pn_buf_put(pn_buf *b, const void *p, size_t n);
void pn_buf_put_bytes(pn_buf *b, pn_bytes s);
void pn_buf_put_u8(pn_buf *b, uint8_t v);
void pn_buf_put_u16(pn_buf *b, uint16_t v);                /* little-endian, as all our numbers on disk */
void pn_buf_put_u32(pn_buf *b, uint32_t v);
void pn_buf_put_u64(pn_buf *b, uint64_t v);
void pn_buf_put_varint(pn_buf *b, uint64_t v);             /* LEB128: codec/pn_rd.h reads it */
void pn_buf_put_blob(pn_buf *b, pn_bytes s);               /* varint length, then the bytes */
void pn_buf_align(pn_buf *b, size_t to);                   /* zero bytes up to a multiple of `to` (a power of two) */
void pn_buf_printf(pn_buf *b, const char *fmt, ...) PN_PRINTF(2, 3);
static inline pn_bytes pn_buf_bytes(const pn_buf *b) { return pn_bytes_of(b->ptr, b->len); }   /* until the next put */
static inline void pn_buf_clear(pn_buf *b) { b->len = 0; b->rc = PN_OK; }                       /* keeps the memory */
void pn_buf_fini(pn_buf *b);                               /* NULL or zero value: no-op */
#endif
