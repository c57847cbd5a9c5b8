/* pn_top.h -- the k articles of a selection that answer a query best.  Layer: query. */
#ifndef PN_TOP_H
#define PN_TOP_H
#include "query/pn_select.h"

/* Widens the query (pn_scored_of).  The min(k, count) articles of `within` with the highest BM25 scores for the query's words (query/pn_scored.h), in that order, ties in
 * the order of time; articles without any of the words score 0.  Exactly what scoring every article gives: blocks are passed over
 * only where their bounds forbid a better one.  PN_EINVAL when the query has no word to rank by; PN_ELIMIT, PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_top_bm25(const pn_select *within, pn_query *q, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err);
#endif
