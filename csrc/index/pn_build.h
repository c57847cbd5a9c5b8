/* pn_build.h -- articles in, one segment out.  Layer: index.
 *
 * Articles are kept as records in arrival order until flush; flush sorts them by date, cuts and inverts their words in that order and
 * writes <segment>.idx and .doc.  Deterministic: same articles in the same order, same bytes.  One thread.
 */
#ifndef PN_BUILD_H
#define PN_BUILD_H
#include "base/pn_tick.h"
#include "index/pn_seg.h"

typedef struct pn_build pn_build;
PN_MUST_CHECK pn_status pn_build_new(uint64_t arrival_base, pn_build **out, pn_error *err);
void pn_build_free(pn_build *b);                       /* NULL is fine */

/* Copies the article; *slot numbers it (0, 1, …); its arrival is arrival_base + slot (extra->arrival is not read).  `key`, `url_key`,
 * `id_source`, `input` come from the archive; `content` is pn_doc_content_hash.  PN_EINVAL: a skipped record or a date outside
 * its contract; PN_ELIMIT: a text above 64 MiB, a segment above PN_DOC_MAX articles.  After a failure b is as before. */
PN_MUST_CHECK pn_status pn_build_add(pn_build *b, const pn_doc *doc, const pn_doc_extra *extra, uint32_t *slot, pn_error *err);
void pn_build_drop(pn_build *b, uint32_t slot);        /* leave this one out: a later article replaced it */
/* The key and content hash of a slot; the key holds until the next add. */
pn_bytes pn_build_key(const pn_build *b, uint32_t slot);
pn_hash128 pn_build_content(const pn_build *b, uint32_t slot);
uint32_t pn_build_count(const pn_build *b);            /* articles that will be written */
size_t pn_build_memory(const pn_build *b);             /* bytes held now; a flush needs about as much again */

/* Writes the two files of segment `number` (final names, synced, folder not synced), fills *entry.  count must be > 0.
 * After PN_OK or any failure b is to be freed; on failure the files are gone. */
PN_MUST_CHECK pn_status pn_build_flush(pn_build *b, const pn_io *io, const char *dir, const uint8_t archive[16], uint32_t number,
                                       const pn_tick *tick, pn_manifest_segment *entry, pn_error *err);

/* 16-byte hash of all that an analyst would see of the article (not of where it came from or when it arrived). */
PN_MUST_CHECK pn_status pn_doc_content_hash(const pn_doc *doc, pn_bytes key, pn_buf *scratch, pn_hash128 *out, pn_error *err);
#endif
