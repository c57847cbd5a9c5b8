/* pn_parts.h -- the segments a writer adds to, and which of their articles it takes away.  Layer: archive. */
#ifndef PN_PARTS_H
#define PN_PARTS_H
#include "index/pn_snap.h"

typedef struct {
    pn_seg *seg;                       /* held */
    uint64_t *gone;                    /* owned: deleted articles, those of the snapshot and ours; NULL = none */
    uint32_t n_gone;
    bool changed;                      /* ours are among them */
    pn_doc_cache cache;                /* of the article that was looked at last: what comes again mostly comes in its old order */
    pn_manifest_segment entry;
} pn_part;
typedef struct { pn_part *at; size_t n, cap; } pn_parts;     /* the zero value is empty */

void pn_parts_fini(pn_parts *p);
/* Holds `seg` (retained) with the deletions of `deleted` (copied; NULL = none). */
PN_MUST_CHECK pn_status pn_parts_add(pn_parts *p, pn_seg *seg, const pn_manifest_segment *entry, const pn_deleted *deleted, pn_error *err);
PN_MUST_CHECK pn_status pn_parts_add_snapshot(pn_parts *p, const pn_snap *snap, pn_error *err);

typedef enum { PN_FOUND_NOTHING, PN_FOUND_SAME, PN_FOUND_OTHER } pn_found;   /* no such key; same content; other content */
/* The live article with this key; *at names it and *content is its hash unless NOTHING was found. */
PN_MUST_CHECK pn_status pn_parts_find(pn_parts *p, const pn_doc_extra *want, pn_found *found, pn_ref *at, pn_hash128 *content, pn_error *err);
/* The part that is segment `number`, NULL when there is none. */
pn_part *pn_parts_segment(const pn_parts *p, uint32_t number);
static inline bool pn_part_is_gone(const pn_part *p, uint32_t doc) { return p->gone && (p->gone[doc / 64] >> (doc % 64) & 1); }
/* All of its articles are gone: the next generation does without it. */
static inline bool pn_part_is_dead(const pn_part *p) { return p->n_gone == p->entry.n_docs; }
void pn_parts_remove(pn_parts *p, size_t i);            /* lets go of a part; those behind it move up */
/* Takes a live article away. */
PN_MUST_CHECK pn_status pn_parts_delete(pn_parts *p, pn_ref ref, pn_error *err);
#endif
