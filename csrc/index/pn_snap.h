/* pn_snap.h -- a generation of an archive, open for reading.  Layer: index.
 *
 * A list of open segments with their deletions.  Immutable and counted: any number of threads read it, and it stays what
 * it is while writers commit new generations.  An article is named by a pn_ref: which part, which number in it.
 */
#ifndef PN_SNAP_H
#define PN_SNAP_H
#include "index/pn_deleted.h"
#include "index/pn_seg.h"

typedef struct { pn_seg *seg; pn_deleted deleted; uint32_t n_docs, n_live; } pn_snap_part;
typedef struct { uint32_t part, doc; } pn_ref;

typedef struct pn_snap pn_snap;
/* Opens generation `generation` (0 = the newest) of the archive in `dir`.  copy = true reads files instead of mapping them.
 * PN_ENOTFOUND (no archive, no such generation), PN_ECORRUPT, PN_EVERSION, PN_EIO. */
PN_MUST_CHECK pn_status pn_snap_open(const pn_io *io, const char *dir, uint32_t generation, bool copy, pn_snap **out, pn_error *err);
/* The newest generation of the archive in `dir`; PN_ENOTFOUND where there is none, saying why. */
PN_MUST_CHECK pn_status pn_snap_newest(const pn_io *io, const char *dir, uint32_t *generation, pn_error *err);
/* The same of what an unfinished writer set aside (store/pn_manifest.h); files are mapped. */
PN_MUST_CHECK pn_status pn_snap_open_aside(const pn_io *io, const char *dir, uint32_t generation, pn_snap **out, pn_error *err);
pn_snap *pn_snap_retain(pn_snap *s);
void pn_snap_release(pn_snap *s);                      /* NULL is fine */

const char *pn_snap_dir(const pn_snap *s);             /* as opened; all until release */
const pn_manifest *pn_snap_manifest(const pn_snap *s);
size_t pn_snap_n_parts(const pn_snap *s);
const pn_snap_part *pn_snap_part_at(const pn_snap *s, size_t i);
uint64_t pn_snap_n_live(const pn_snap *s);
uint64_t pn_snap_bytes(const pn_snap *s);              /* of all open files */

/* What is worked out of a snapshot late, at first need, and kept until its release; it begins with how it is freed.
 * pn_snap_kept: NULL when it was not made yet.  pn_snap_keep takes `made` over and returns what is kept: where another thread was
 * faster, its own, and `made` is freed.  Any thread. */
typedef enum { PN_KEPT_LINKS, PN_KEPT_SECTIONS, PN_KEPT_NAMES, PN_N_KEPT = PN_KEPT_NAMES + PN_N_FIELDS } pn_kept;      /* NAMES + field: stats/pn_name_counts.h */
typedef struct pn_kept_thing { void (*free_it)(struct pn_kept_thing *self); } pn_kept_thing;
pn_kept_thing *pn_snap_kept(pn_snap *s, pn_kept which);
pn_kept_thing *pn_snap_keep(pn_snap *s, pn_kept which, pn_kept_thing *made);

/* PN_ECHANGED when somebody wrote over a file of the snapshot since it was opened: answers given since are not to be used. */
PN_MUST_CHECK pn_status pn_snap_unchanged(const pn_snap *s, pn_error *err);
/* What a question that ended with `rc` ends with after that look: PN_ECHANGED in place of PN_OK and of PN_ECORRUPT. */
PN_MUST_CHECK pn_status pn_snap_settle(const pn_snap *s, pn_status rc, pn_error *err);

/* The live article with this key (its id as text), or one with this normalised URL; *found = false when there is none. */
PN_MUST_CHECK pn_status pn_snap_find_key(pn_snap *s, pn_bytes key, pn_ref *out, bool *found, pn_error *err);
PN_MUST_CHECK pn_status pn_snap_find_url(pn_snap *s, pn_bytes url, pn_ref *out, bool *found, pn_error *err);
/* The same inside one part. */
PN_MUST_CHECK pn_status pn_snap_find_in_part(pn_snap *s, uint32_t part, pn_bytes want, bool by_url, pn_ref *out, bool *found, pn_error *err);
/* Sets the bit of every live article of the part with this normalised URL: those with ids of their own may share one. */
PN_MUST_CHECK pn_status pn_snap_set_url_bits(pn_snap *s, uint32_t part, pn_bytes url, uint64_t *bits, const pn_tick *tick, pn_error *err);
/* The stored article, in arena. */
PN_MUST_CHECK pn_status pn_snap_doc(pn_snap *s, pn_ref ref, pn_arena *arena, pn_doc *doc, pn_doc_extra *extra, pn_error *err);
/* The same for walks: `caches` has one place a part (zeroed; pn_doc_cache_fini each), and belongs to one thread. */
PN_MUST_CHECK pn_status pn_snap_doc_cached(pn_snap *s, pn_doc_cache *caches, pn_ref ref, pn_arena *arena, pn_doc *doc, pn_doc_extra *extra, pn_error *err);
#endif
