/* pn_deleted.h -- which articles of a segment are gone.  Layer: index.  Layout: docs/FORMAT.md section 6.
 *
 * One bit an article, written once per change as seg-<n>.<generation>.del; segments themselves never change.
 */
#ifndef PN_DELETED_H
#define PN_DELETED_H
#include "store/pn_manifest.h"

typedef struct {                       /* the zero value: nothing deleted */
    uint64_t *bits;                    /* owned; n_docs bits, lowest first; NULL when n == 0 */
    uint32_t *docs;                    /* owned; the same, ascending */
    uint32_t n;
} pn_deleted;

void pn_deleted_fini(pn_deleted *d);
static inline bool pn_deleted_has(const pn_deleted *d, uint32_t doc) { return d->bits && (d->bits[doc / 64] >> (doc % 64) & 1); }
/* How many deleted articles are < doc. */
uint32_t pn_deleted_rank(const pn_deleted *d, uint32_t doc);

/* Takes over `bits` (pn_malloc; also on failure) and derives the rest. */
PN_MUST_CHECK pn_status pn_deleted_from_bits(uint64_t *bits, uint32_t n_docs, pn_deleted *out, pn_error *err);
/* Reads the file that a manifest's entry names; an entry without one gives the zero value. */
PN_MUST_CHECK pn_status pn_deleted_read(const pn_io *io, const char *dir, const uint8_t archive[16], const pn_manifest_segment *entry,
                                        pn_deleted *out, pn_error *err);
/* How many articles a deletion file, for which no manifest vouches, says are deleted. */
PN_MUST_CHECK pn_status pn_deleted_count(const pn_io *io, const char *dir, uint32_t segment, uint32_t generation, uint32_t *n, pn_error *err);
/* Writes `bits` as the deletions of entry->number at `generation` and updates the entry. */
PN_MUST_CHECK pn_status pn_deleted_write(const pn_io *io, const char *dir, const uint8_t archive[16], const uint64_t *bits,
                                         uint32_t generation, pn_manifest_segment *entry, pn_error *err);
#endif
