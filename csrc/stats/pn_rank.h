/* pn_rank.h -- how much of a set of articles lies before each of some article numbers: articles, their words, or hits.  Layer: stats. */
#ifndef PN_RANK_H
#define PN_RANK_H
#include "query/pn_select.h"

typedef enum {
    PN_OF_ARTICLES,
    PN_OF_WORDS,                       /* words of title and body */
    PN_OF_HITS                         /* how often the words of `plan` that stand under no NOT stand in them: each word, phrase and pattern for itself */
} pn_unit;

/* A set of articles of a snapshot: a selection, or one term over all articles (then nothing is materialised). */
typedef struct {
    const pn_select *select;           /* NULL: `term` decides, and its occurrences are the hits */
    const pn_snap *snap;
    pn_bytes term;
    pn_unit unit;
    const pn_plan *plan;               /* of HITS in a selection */
} pn_set;

/* out[i] = what the live articles of the set in `part` with number < edges[i] are, have or hold; edges ascending.  Articles and hits of a term: ranks;
 * articles of a selection: its bits; all else is linear in the articles of the set.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_set_ranks(const pn_set *set, size_t part, const uint32_t *edges, size_t n, const pn_tick *tick, uint64_t *out, pn_error *err);
#endif
