/* pn_merge_map.h -- which article of which input becomes which article of a merge.  Layer: index. */
#ifndef PN_MERGE_MAP_H
#define PN_MERGE_MAP_H
#include "index/pn_merge.h"

typedef struct { uint32_t in, doc; } pn_merge_place;
typedef struct {
    uint32_t **to;                     /* of each input, for each article: its new number, ascending; PN_DOC_END: deleted */
    pn_merge_place *from;              /* of each new number */
    size_t n_in;
    uint32_t n_docs;
    uint64_t arrival_base;             /* the least arrival */
} pn_merge_map;                        /* the zero value is empty */

/* Merges the inputs by the order of pn_seg.h.  Statuses of pn_merge. */
PN_MUST_CHECK pn_status pn_merge_map_make(pn_merge_map *m, const pn_merge_input *in, size_t n, const pn_tick *tick, pn_error *err);
void pn_merge_map_fini(pn_merge_map *m);
static inline bool pn_merge_is_gone(const pn_merge_input *in, uint32_t doc) { return in->gone && (in->gone[doc / 64] >> (doc % 64) & 1); }
#endif
