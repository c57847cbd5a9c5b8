/* pn_seg_write.h -- the two files of a segment, from articles in their final order.  Layer: index. */
#ifndef PN_SEG_WRITE_H
#define PN_SEG_WRITE_H
#include "base/pn_tick.h"
#include "index/pn_seg.h"

typedef struct pn_seg_writer pn_seg_writer;
/* Creates the text file of segment `number` in `dir`.  PN_EIO, PN_EEXISTS, PN_ELIMIT (path), PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_seg_writer_new(const pn_io *io, const char *dir, const uint8_t archive[16], uint32_t number,
                                          uint64_t arrival_base, pn_seg_writer **out, pn_error *err);
/* What is polled while long texts are cut, until finish; NULL, as at the beginning: nothing. */
void pn_seg_writer_poll(pn_seg_writer *w, const pn_tick *tick);
/* The next article in the order of pn_seg.h: indexes it.  extra->arrival and ->content are set.  Any failure is final. */
PN_MUST_CHECK pn_status pn_seg_writer_add(pn_seg_writer *w, const pn_doc *doc, const pn_doc_extra *extra, pn_error *err);
/* The next article's stored form: the same articles in the same order, in a walk of its own (taking turns would push the
 * inverter's tables out of the caches: measured).  Any failure is final. */
PN_MUST_CHECK pn_status pn_seg_writer_store(pn_seg_writer *w, pn_bytes record, pn_error *err);
/* Writes what is left (at least one article was added and all were stored), syncs both files, fills *entry.  On failure both files are gone.  Frees w in every case. */
PN_MUST_CHECK pn_status pn_seg_writer_finish(pn_seg_writer *w, const pn_tick *tick, pn_manifest_segment *entry, pn_error *err);
void pn_seg_writer_abandon(pn_seg_writer *w);          /* removes the file, frees; NULL is fine */
#endif
