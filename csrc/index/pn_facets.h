/* pn_facets.h -- how the names behind a folded key were spelled, and how often.  Layer: index.  Layout: docs/FORMAT.md section 6. */
#ifndef PN_FACETS_H
#define PN_FACETS_H
#include "base/pn_arena.h"
#include "index/pn_seg.h"

/* Appends the key under which a name is indexed: pn_fold_name, cut to 255 bytes at a character.  Nothing when no character is left. */
void pn_name_key(pn_buf *out, pn_bytes name);

/* --- writing */
typedef struct pn_facets pn_facets;
PN_MUST_CHECK pn_status pn_facets_new(pn_facets **out, pn_error *err);
void pn_facets_free(pn_facets *f);                     /* NULL is fine */
/* So many more articles spell `key` (1..255 bytes) so; modulo 2^32, so that a merge can take away.  PN_ELIMIT when the spellings of
 * a segment reach 4 GiB. */
PN_MUST_CHECK pn_status pn_facets_count(pn_facets *f, pn_bytes key, pn_bytes spelling, uint32_t more, pn_error *err);
PN_MUST_CHECK pn_status pn_facets_put(const pn_facets *f, const pn_tick *tick, pn_buf *out, pn_error *err);       /* appends the section; what counts 0 is left out */

/* --- reading */
typedef struct { pn_file *file; pn_bytes bytes; uint32_t n_keys, n_blocks; const uint8_t *offsets, *blocks; size_t blocks_len; } pn_facets_view;
PN_MUST_CHECK pn_status pn_facets_open(pn_facets_view *v, pn_file *file, uint32_t section, pn_error *err);
/* All spellings of a key by bytes, in arena; *n = 0 for an unknown one. */
PN_MUST_CHECK pn_status pn_facets_find(const pn_facets_view *v, pn_bytes key, pn_arena *arena, pn_spelling **out, size_t *n, pn_error *err);

/* Walks keys in order: *key is borrowed from the section, *out lies in arena.  *more = false at the end. */
typedef struct { const pn_facets_view *v; uint32_t block, in_block; size_t at; } pn_facets_iter;
PN_MUST_CHECK pn_status pn_facets_next(pn_facets_iter *it, pn_arena *arena, pn_bytes *key, pn_spelling **out, size_t *n, bool *more, pn_error *err);
#endif
