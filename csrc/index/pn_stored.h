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
void pn_stored_begin(pn_stored_writer *w, pn_file_writer *file);       /* borrows `file` until the end */
PN_MUST_CHECK pn_status pn_stored_put(pn_stored_writer *w, pn_bytes record, pn_error *err);
PN_MUST_CHECK pn_status pn_stored_end(pn_stored_writer *w, pn_error *err);       /* the last block and the index */
void pn_stored_fini(pn_stored_writer *w);

/* --- reading */
typedef struct { pn_file *file; pn_bytes frames, index; uint32_t n_blocks, n_docs; } pn_stored;
PN_MUST_CHECK pn_status pn_stored_open(pn_stored *s, pn_file *file, uint32_t n_docs, pn_error *err);
/* The record of an article (doc < n_docs), borrowed from *cache until its next use. */
PN_MUST_CHECK pn_status pn_stored_get(const pn_stored *s, pn_doc_cache *cache, uint32_t doc, pn_bytes *record, pn_error *err);
#endif
