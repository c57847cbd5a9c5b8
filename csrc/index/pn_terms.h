/* pn_terms.h -- the dictionary of a field: term to postings.  Layer: index.  Layout: docs/FORMAT.md section 4.
 *
 * Sorted by bytes, front-coded in blocks of 16, with an array of 8-byte big-endian prefixes and offsets on top.
 */
#ifndef PN_TERMS_H
#define PN_TERMS_H
#include "index/pn_post.h"

/* --- writing: put in strictly ascending order, then finish into one buffer that becomes the section */
typedef struct pn_terms_writer pn_terms_writer;
PN_MUST_CHECK pn_status pn_terms_writer_new(pn_terms_writer **out, pn_error *err);
void pn_terms_put(pn_terms_writer *w, pn_bytes term, const pn_term_info *info);      /* term: 1..255 bytes, above the last; else PN_EINVAL; sticky */
PN_MUST_CHECK pn_status pn_terms_finish(pn_terms_writer *w, pn_buf *out, pn_error *err);   /* appends the section (nothing when no term was put), frees w in every case */
void pn_terms_writer_free(pn_terms_writer *w);         /* NULL is fine */

/* --- reading */
typedef struct {                       /* opened view; borrowed from the segment's file */
    pn_file *file;                     /* NULL: bytes already sound (tests) */
    pn_bytes bytes;
    uint32_t n_terms, n_blocks;
    const uint8_t *prefixes, *offsets, *blocks; size_t blocks_len;
} pn_terms;
/* An empty section is a dictionary without terms. */
PN_MUST_CHECK pn_status pn_terms_open(pn_terms *t, pn_file *file, pn_bytes section, pn_error *err);
/* *found = false when the term is not there.  Costs one binary search and at most 16 entries. */
PN_MUST_CHECK pn_status pn_terms_find(const pn_terms *t, pn_bytes term, pn_term_info *info, bool *found, pn_error *err);

typedef struct {                       /* walks terms in order; on the stack */
    const pn_terms *t;
    uint8_t term[256]; uint32_t term_len;
    pn_term_info info;
    pn_status rc; pn_error error;      /* sticky */
    bool done;                         /* behind the last term, or stopped by damage: there is no term to look at */
    /* private from here */
    uint32_t block, in_block, n_in_block; const uint8_t *p, *end;
    uint64_t post_end, pos_end;        /* where the lists of the entry before end */
} pn_terms_iter;
/* Stands on the first term >= `from` (NONE or "" = the first), or is done at once.  Cost as pn_terms_find.
 * for (pn_terms_seek(&it, t, from); !it.done; pn_terms_next(&it)) …; then ask it.rc. */
void pn_terms_seek(pn_terms_iter *it, const pn_terms *t, pn_bytes from);
bool pn_terms_next(pn_terms_iter *it);                 /* false at the end or after damage (rc) */
static inline pn_bytes pn_terms_at(const pn_terms_iter *it) { return pn_bytes_of(it->term, it->term_len); }   /* until next */
#endif
