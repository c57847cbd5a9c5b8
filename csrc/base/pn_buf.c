#include "base/pn_buf.h"
#include "base/pn_alloc.h"
#include <stdarg.h>
#include <stdio.h>

bool pn_buf_widen(pn_buf *b, size_t more) {
    if (b->rc != PN_OK) return false;
    void *p = b->ptr;
    if (more > SIZE_MAX - b->len || !pn_grow(&p, &b->cap, b->len + more, 1)) { b->rc = PN_ENOMEM; return false; }
    b->ptr = p;
    return true;
}

void pn_buf_put(pn_buf *b, const void *p, size_t n) {
    if (n == 0 || !pn_buf_reserve(b, n)) return;
    memcpy(b->ptr + b->len, p, n);
    b->len += n;
}
void pn_buf_put_bytes(pn_buf *b, pn_bytes s) { pn_buf_put(b, s.ptr, s.len); }
void pn_buf_put_u8(pn_buf *b, uint8_t v) { pn_buf_put(b, &v, 1); }

static void put_le(pn_buf *b, uint64_t v, size_t n) {
    if (!pn_buf_reserve(b, n)) return;
    for (size_t i = 0; i < n; i++) b->ptr[b->len++] = (uint8_t)(v >> (8 * i));
}
void pn_buf_put_u16(pn_buf *b, uint16_t v) { put_le(b, v, 2); }
void pn_buf_put_u32(pn_buf *b, uint32_t v) { put_le(b, v, 4); }
void pn_buf_put_u64(pn_buf *b, uint64_t v) { put_le(b, v, 8); }

void pn_buf_put_varint(pn_buf *b, uint64_t v) {
    if (!pn_buf_reserve(b, 10)) return;
    while (v >= 0x80) { b->ptr[b->len++] = (uint8_t)(v | 0x80); v >>= 7; }
    b->ptr[b->len++] = (uint8_t)v;
}
void pn_buf_put_blob(pn_buf *b, pn_bytes s) {
    pn_buf_put_varint(b, s.len);
    pn_buf_put_bytes(b, s);
}

void pn_buf_align(pn_buf *b, size_t to) {
    size_t n = (to - (b->len & (to - 1))) & (to - 1);
    if (n == 0 || !pn_buf_reserve(b, n)) return;
    memset(b->ptr + b->len, 0, n);
    b->len += n;
}

void pn_buf_printf(pn_buf *b, const char *fmt, ...) {
    char small[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0 || b->rc != PN_OK) return;
    if ((size_t)n < sizeof small) { pn_buf_put(b, small, (size_t)n); return; }
    if (!pn_buf_reserve(b, (size_t)n + 1)) return;
    va_start(ap, fmt);
    vsnprintf((char *)b->ptr + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void pn_buf_fini(pn_buf *b) {
    if (!b) return;
    pn_free(b->ptr);
    *b = (pn_buf){ 0 };
}
