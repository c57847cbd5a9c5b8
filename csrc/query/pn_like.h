/* pn_like.h -- the articles most like one.  Layer: query.  The rules: docs/RANKING.md. */
#ifndef PN_LIKE_H
#define PN_LIKE_H
#include "query/pn_select.h"

enum { PN_LIKE_WORDS = 25 };           /* of the article, that are asked for */

/* The at most k (1 … PN_QUERY_LIKE_MAX) live articles of the snapshot with the highest BM25 scores for the words that tell most of the live article with
 * this id, which is not among them; as a ranking by score, ties in the order of time.  Each has one of these words.
 * PN_EUNKNOWN (err->file "article", err->msg the id) when there is no such article; statuses of pn_top_bm25.
 * Costs a look-up for each different word and segment, then the ranking. */
PN_MUST_CHECK pn_status pn_like_find(pn_snap *snap, pn_bytes id, size_t k, const pn_tick *tick, pn_select **out, pn_error *err);
#endif
