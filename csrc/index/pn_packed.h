/* pn_packed.h -- the layout of SHORT and PACKED lists, block by block, for the files pn_post_*.c.  Layer: index.
 *
 * docs/FORMAT.md section 5.  Nothing in the bytes is trusted: what these functions hand out is ascending, below n_docs,
 * and agrees with the header of the list.
 */
#ifndef PN_PACKED_H
#define PN_PACKED_H
#include "codec/pn_rd.h"
#include "index/pn_post.h"

enum { PN_PACKED_HEADER = 8, PN_PACKED_ALIGN = 16, PN_PACKED_MAX_DOC_WIDTH = 24, PN_PACKED_UNBOUNDED_TF = 255 };

static inline pn_post_kind pn_post_kind_of(uint32_t df) { return df == 1 ? PN_POST_INLINE : df < PN_BLOCK ? PN_POST_SHORT : PN_POST_PACKED; }

/* The entry of the dictionary makes sense for this segment; bytes are not looked at. */
PN_MUST_CHECK pn_status pn_post_check_info(const pn_post_src *src, const pn_term_info *ti, pn_error *err);
/* A whole SHORT list: ti->df articles; tfs NULL: not wanted. */
PN_MUST_CHECK pn_status pn_short_read(const pn_post_src *src, const pn_term_info *ti, uint32_t *docs, uint32_t *tfs, pn_error *err);

/* Looks at the header of a PACKED list alone.  Its arrays are inside the section and sound; their values are strangers still. */
PN_MUST_CHECK pn_status pn_packed_open(pn_packed *h, const pn_post_src *src, const pn_term_info *ti, pn_error *err);
/* Articles *n (1..128) of block b into docs[0 .. *n), and their tfs unless NULL. */
PN_MUST_CHECK pn_status pn_packed_read(const pn_packed *h, uint32_t b, uint32_t docs[PN_BLOCK], uint32_t tfs[PN_BLOCK], uint32_t *n,
                                       pn_error *err);
/* The first block >= from whose last article is >= doc, or n_blocks.  Gallops: near is cheap. */
uint32_t pn_packed_find(const pn_packed *h, uint32_t from, uint32_t doc);

/* Articles and occurrences before block b; b == n_blocks: of the whole list. */
static inline uint32_t pn_packed_cum(const pn_packed *h, uint32_t b) { return b == h->n_blocks ? h->df : pn_load_u32(h->cum + 4 * (size_t)b); }
static inline uint64_t pn_packed_cum_tf(const pn_packed *h, uint32_t b) {
    return b == h->n_blocks ? h->ttf : pn_load_u64(h->cum_tf + 8 * (size_t)b);
}
static inline uint32_t pn_packed_last_doc(const pn_packed *h, uint32_t b) { return pn_load_u32(h->last_doc + 4 * (size_t)b); }
PN_MUST_CHECK pn_status pn_packed_damaged(const pn_packed *h, const char *what, pn_error *err);
void pn_post_count_block(void);        /* one more block decoded by this thread */
#endif
