/* pn_select.h -- a selection of articles of a snapshot.  Layer: query.
 *
 * Immutable and counted, any thread; holds its snapshot.  Order is chronological: (precision class, day, has a clock time, second,
 * arrival), undated last, whatever the segments are.
 */
#ifndef PN_SELECT_H
#define PN_SELECT_H
#include "query/pn_match.h"

typedef struct pn_select pn_select;
/* All live articles. */
PN_MUST_CHECK pn_status pn_select_all(pn_snap *snap, pn_select **out, pn_error *err);
/* Those of `within` that a planned query (of the same snapshot) finds.  Unless `counts` is NULL, it has a zeroed place for every operation: how many
 * articles of `within` the part of the query that ends there finds.  Statuses of pn_match and pn_likes_find. */
PN_MUST_CHECK pn_status pn_select_plan(const pn_select *within, const pn_plan *plan, uint64_t *counts, const pn_tick *tick, pn_select **out, pn_error *err);
/* pn_plan_new and pn_select_plan in one. */
PN_MUST_CHECK pn_status pn_select_query(const pn_select *within, const pn_query *q, const pn_tick *tick, pn_select **out, pn_error *err);
typedef enum { PN_BOTH, PN_EITHER, PN_WITHOUT } pn_combine;
/* Articles of both; of either; of a without those of b.  PN_EINVAL when the snapshots differ. */
PN_MUST_CHECK pn_status pn_select_combine(const pn_select *a, const pn_select *b, pn_combine how, pn_select **out, pn_error *err);
/* The live articles whose bits are set: `bits` has one array a part, pn_bits_words(n_docs) words of it; copied. */
PN_MUST_CHECK pn_status pn_select_of_bits(pn_snap *snap, uint64_t *const *bits, pn_select **out, pn_error *err);
/* The n given articles, all of them of `within` and none twice, in chronological order. */
PN_MUST_CHECK pn_status pn_select_pick(const pn_select *within, const pn_ref *refs, size_t n, pn_select **out, pn_error *err);
/* The same in the order given, which is then the selection's own; scores (copied) one an article, or NULL. */
PN_MUST_CHECK pn_status pn_select_ranked(const pn_select *within, const pn_ref *refs, const double *scores, size_t n, pn_select **out, pn_error *err);
pn_select *pn_select_retain(pn_select *s);
void pn_select_release(pn_select *s);                  /* NULL is fine */

pn_snap *pn_select_snap(const pn_select *s);           /* until release */
uint64_t pn_select_count(const pn_select *s);          /* no work */
bool pn_select_is_all(const pn_select *s);
bool pn_select_is_ranked(const pn_select *s);          /* its order is a ranking, not time */
const double *pn_select_scores(const pn_select *s);    /* one a place of a ranking by score, until release; else NULL */
const uint64_t *pn_select_bits(const pn_select *s, size_t part);   /* of that part; NULL when it is all live articles */
bool pn_select_has(const pn_select *s, pn_ref ref);
/* The first selected article number of a part in [from, to), or `to`; one past the last one, or `from`. */
uint32_t pn_select_first(const pn_select *s, uint32_t part, uint32_t from, uint32_t to);
uint32_t pn_select_end(const pn_select *s, uint32_t part, uint32_t from, uint32_t to);

/* The articles at these places of the selection's order.  PN_EINVAL for a place that there is not. */
PN_MUST_CHECK pn_status pn_select_at(pn_select *s, const uint64_t *places, size_t n, pn_select **out, pn_error *err);
/* Merges that order now, so that a caller can stop it; pn_select_refs then only reads.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
bool pn_select_is_in_order(const pn_select *s);        /* nothing is left to merge */
PN_MUST_CHECK pn_status pn_select_put_in_order(pn_select *s, const pn_tick *tick, pn_error *err);
/* The articles at places from … from+n-1 of the chronological order (or the ranking) into refs; from + n must not exceed the count.
 * The first call of a selection over several segments merges their order and keeps it (8 bytes an article): where that may be long,
 * pn_select_put_in_order comes before. */
PN_MUST_CHECK pn_status pn_select_refs(pn_select *s, uint64_t from, size_t n, pn_ref *refs, pn_error *err);
/* The first n of that order (n must not exceed the count), without merging what comes behind them.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_select_head(const pn_select *s, size_t n, pn_ref *refs, const pn_tick *tick, pn_error *err);
#endif
