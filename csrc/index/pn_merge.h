/* pn_merge.h -- several segments into one.  Layer: index.
 *
 * Each input is in the order of dates already, so the new numbers of its articles ascend: columns are gathered in the new order,
 * dictionaries and lists merged without a word being cut again, records packed anew.  What comes out are the bytes that one build of
 * the same articles in the same order of arrival would have written (F64).  Deleted articles are in neither file.  One thread.
 */
#ifndef PN_MERGE_H
#define PN_MERGE_H
#include "base/pn_tick.h"
#include "index/pn_seg.h"

typedef struct {
    pn_seg *seg;                       /* borrowed */
    const uint64_t *gone;              /* its deleted articles, one bit each; borrowed; NULL: none */
} pn_merge_input;

/* Writes the two files of segment `number` (final names, synced, folder not synced) and fills *entry; on failure the files are gone.
 * *done (unless NULL) grows up to the bytes of the inputs' files.  At least one article must be left (PN_EINVAL), at most PN_DOC_MAX and
 * their arrivals less than 2^31 apart (PN_ELIMIT).  PN_ECORRUPT names a damaged input.
 * Memory: about 30 bytes an article, and the lists of the largest field. */
PN_MUST_CHECK pn_status pn_merge(const pn_merge_input *in, size_t n, const pn_io *io, const char *dir, const uint8_t archive[16], uint32_t number,
                                 const pn_tick *tick, uint64_t *done, pn_manifest_segment *entry, pn_error *err);
#endif
