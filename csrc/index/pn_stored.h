/* pn_stored.h -- records of articles in zstd blocks.  Layer: index.  Layout: docs/FORMAT.md section 7.
 *
 * Consecutive records share a block, an article larger than a block has its own.  The reader is immutable; what is unpacked
 * lies in the caller's cache.
 */
#ifndef PN_STORED_H
#define PN_STORED_H
#include "codec/pn_zstd.h"
#include "index/pn_seg.h"

enum { PN_STORED_BLOCK = 64 << 10 };   /* bytes of records in a block of more than one */

/* --- writing */
typedef struct { pn_file_writer *file; pn_zstd_packer packer; pn_buf raw, frame, index; uint32_t first, n; uint64_t at; } pn_stored_writer;
void pn_stored_begin(pn_stored_writer *w, pn_file_writer *file);       /* borrows `file` until the end; packer.tick may be set */
PN_MUST_CHECK pn_status pn_stored_put(pn_stored_writer *w, pn_bytes record, pn_error *err);
/* Ends the block under way if a record of `len` bytes does not fit it: the next one put begins a block. */
PN_MUST_CHECK pn_status pn_stored_make_room(pn_stored_writer *w, size_t len, pn_error *err);
static inline bool pn_stored_is_between(const pn_stored_writer *w) { return w->raw.len == 0; }      /* blocks */
PN_MUST_CHECK pn_status pn_stored_end(pn_stored_writer *w, pn_error *err);       /* the last block and the index */
void pn_stored_fini(pn_stored_writer *w);

/* --- reading */
typedef struct { pn_file *file; pn_bytes frames, index; uint32_t n_blocks, n_docs; } pn_stored;
PN_MUST_CHECK pn_status pn_stored_open(pn_stored *s, pn_file *file, uint32_t n_docs, pn_error *err);
/* The record of an article (doc < n_docs), borrowed from *cache until its next use. */
PN_MUST_CHECK pn_status pn_stored_get(const pn_stored *s, pn_doc_cache *cache, uint32_t doc, pn_bytes *record, pn_error *err);

/* --- from one segment to another */
typedef struct { pn_bytes frame; uint32_t raw_len, n; } pn_stored_block;           /* n articles; borrowed, not yet checked */
/* The block that begins with article doc (doc < n_docs); n = 0 when none does. */
PN_MUST_CHECK pn_status pn_stored_block_at(const pn_stored *s, uint32_t doc, pn_stored_block *out, pn_error *err);
/* Appends it as it stands, between blocks, once its sums agree. */
PN_MUST_CHECK pn_status pn_stored_copy(pn_stored_writer *w, const pn_stored *from, const pn_stored_block *b, pn_error *err);
#endif
