/* pn_terms_block.h -- what writer and reader of dictionaries share.  Layer: index.  Layout: docs/FORMAT.md section 4. */
#ifndef PN_TERMS_BLOCK_H
#define PN_TERMS_BLOCK_H
#include "index/pn_packed.h"
#include "index/pn_terms.h"

enum { PN_TERMS_HEADER = 16, PN_TERMS_PER_BLOCK = 16, PN_TERM_MAX = 255, PN_TERMS_NIBBLE = 15 };

static inline uint64_t pn_terms_load_prefix(const uint8_t *p) {
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++) v = v << 8 | p[i];
    return v;
}

/* The first eight bytes as a big-endian number, zeros behind a short term: ordered as terms are, but for ties. */
static inline uint64_t pn_terms_prefix(pn_bytes term) {
    uint8_t eight[8] = { 0 };
    if (term.len) memcpy(eight, term.ptr, PN_MIN(term.len, sizeof eight));
    return pn_terms_load_prefix(eight);
}

/* Where a list begins that follows the one ending at `end`, as lists written one after the other do. */
static inline uint64_t pn_terms_follows(uint64_t end, pn_post_kind kind) {
    uint64_t mask = kind == PN_POST_PACKED ? PN_PACKED_ALIGN - 1 : 0;
    return (end + mask) & ~mask;
}
#endif
