/* pn_bytes.h -- a borrowed run of bytes.  Layer: base.
 *
 * Owns nothing: whoever returns one says until when it holds.  ptr == NULL means "there is none"; an empty
 * value that is present has a non-NULL ptr and len 0.  Text is UTF-8 unless said otherwise.
 */
#ifndef PN_BYTES_H
#define PN_BYTES_H
#include "base/pn_base.h"
#include <string.h>

typedef struct { const uint8_t *ptr; size_t len; } pn_bytes;

#define PN_BYTES_NONE ((pn_bytes){ NULL, 0 })
#define PN_BYTES_LIT(s) ((pn_bytes){ (const uint8_t *)(s), sizeof(s) - 1 })

static inline pn_bytes pn_bytes_of(const void *p, size_t n) { return (pn_bytes){ (const uint8_t *)p, n }; }
static inline pn_bytes pn_bytes_cstr(const char *s) { return s ? pn_bytes_of(s, strlen(s)) : PN_BYTES_NONE; }
static inline bool pn_bytes_equal(pn_bytes a, pn_bytes b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
/* Order of unsigned bytes; a prefix sorts first. */
static inline int pn_bytes_compare(pn_bytes a, pn_bytes b) {
    size_t n = PN_MIN(a.len, b.len);
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}
static inline bool pn_bytes_starts(pn_bytes s, pn_bytes prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}
#endif
