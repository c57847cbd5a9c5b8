/* pn_positions.h -- where in its articles a word stands.  Layer: index.  Layout: docs/FORMAT.md section 5.
 *
 * The positions of a list are one stream of deltas, article after article (the first of an article counts from 0).
 * 128 deltas are a block at one width; the last ttf % 128 are varints.  So the block of an occurrence is its number / 128,
 * and an offset per postings block is enough to find it.
 */
#ifndef PN_POSITIONS_H
#define PN_POSITIONS_H
#include "base/pn_buf.h"
#include "codec/pn_pack128.h"
#include "store/pn_file.h"

/* --- writing: put article after article, then finish */
typedef struct { pn_buf *out; size_t start; uint32_t deltas[PN_BLOCK]; uint32_t n; } pn_positions_writer;
void pn_positions_begin(pn_positions_writer *w, pn_buf *out);      /* appends to out; out->rc tells of failure */
void pn_positions_put(pn_positions_writer *w, const uint32_t *positions, uint32_t tf);     /* of one article, ascending */
size_t pn_positions_mark(const pn_positions_writer *w);            /* offset of the block that the next position will lie in */
void pn_positions_finish(pn_positions_writer *w);

/* --- reading: on the stack, no allocation; nothing in the bytes is trusted */
typedef struct {
    pn_file *file; pn_bytes bytes;     /* the list's run of the section */
    uint64_t ttf;
    uint64_t block; size_t at, next;   /* the block in `deltas`, its offset and the one behind it; meaningful when n > 0 */
    uint32_t n;
    uint32_t deltas[PN_BLOCK];
} pn_positions;

/* PN_ECORRUPT when the run is outside the section or too short for ttf occurrences. */
PN_MUST_CHECK pn_status pn_positions_open(pn_positions *p, pn_file *file, pn_bytes section, uint64_t off, uint32_t len, uint64_t ttf,
                                          pn_error *err);
/* Appends occurrences [first, first + tf) as u32 positions of one article to `out` in the machine's byte order.  The block
 * that holds occurrence `mark_first` lies at offset `mark`: from there on block after block is looked at. */
PN_MUST_CHECK pn_status pn_positions_read(pn_positions *p, uint64_t first, uint32_t tf, uint64_t mark_first, size_t mark,
                                          pn_buf *out, pn_error *err);
/* Offset of the block that holds occurrence `first`, found from the same kind of mark; for checking marks. */
PN_MUST_CHECK pn_status pn_positions_find(pn_positions *p, uint64_t first, uint64_t mark_first, size_t mark, size_t *at, pn_error *err);
#endif
