/* pn_topk.h -- the k best of many scored articles.  Layer: query.
 *
 * Better is a higher score, then an earlier place in time (query/pn_chrono.h): so the k best do not depend on how articles lie in
 * segments, nor on the order in which they are offered.  One thread.
 */
#ifndef PN_TOPK_H
#define PN_TOPK_H
#include "query/pn_bm25.h"
#include "query/pn_chrono.h"

typedef struct { pn_score score; pn_ref ref; pn_chrono when; } pn_topk_item;
typedef struct { const pn_snap *snap; pn_topk_item *at; size_t n, k; } pn_topk;    /* at: a heap, the worst on top */

/* Room for k >= 1 articles; pn_topk_fini frees.  PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_topk_init(pn_topk *t, const pn_snap *snap, size_t k, pn_error *err);
void pn_topk_fini(pn_topk *t);
/* What an article must score at least to change anything: 0 until there are k. */
static inline pn_score pn_topk_least(const pn_topk *t) { return t->n < t->k ? 0 : t->at[0].score; }
/* Each article at most once.  PN_ECORRUPT when its date cannot be read. */
PN_MUST_CHECK pn_status pn_topk_offer(pn_topk *t, pn_ref ref, pn_score score, pn_error *err);
/* The best first; nothing may be offered after that.  PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_topk_sort(pn_topk *t, const pn_tick *tick, pn_error *err);
#endif
