/* pn_rank.h -- how many of a set of articles lie before each of some article numbers.  Layer: stats. */
#ifndef PN_RANK_H
#define PN_RANK_H
#include "query/pn_select.h"

/* A set of articles of a snapshot: a selection, or one term over all articles (then nothing is materialised). */
typedef struct {
    const pn_select *select;           /* NULL: `term` decides */
    const pn_snap *snap;
    pn_bytes term;
} pn_set;

/* out[i] = live articles of the set in `part` with number < edges[i]; edges ascending. */
PN_MUST_CHECK pn_status pn_set_ranks(const pn_set *set, size_t part, const uint32_t *edges, size_t n, uint32_t *out, pn_error *err);
#endif
