/* pn_scored.h -- the lists of a snapshot that a query's words are scored by, and their weights.  Layer: query.
 *
 * Scored is every word, phrase and pattern that no NOT stands over, wherever the query wants it, by all its occurrences in
 * PN_FIELD_TEXT; names, dates and addresses only filter.  Each term that a word alone stands for is a list of its own.
 * Statistics are those of the live articles of the whole snapshot: idf = ln(1 + (N - df + 0.5) / (df + 0.5)); a phrase has the
 * sum of its words'.
 */
#ifndef PN_SCORED_H
#define PN_SCORED_H
#include "query/pn_match.h"
#include <math.h>

typedef struct {                       /* in one part */
    double weight;
    bool is_phrase; size_t op;         /* of the plan: pn_spans counts how often the phrase stands somewhere */
    pn_term_info info;                 /* else: of the term */
} pn_scored_list;

typedef struct { pn_scored_list *lists; size_t n, cap; double sum; const uint8_t *norms; } pn_scored_part;      /* sum: of the weights; norms: pn_seg_norms */
typedef struct {
    pn_plan *plan;
    pn_scored_part *parts; size_t n_parts;
    size_t n_leaves;                   /* parts of the query that are scored; 0: it has no words to rank by */
    double n_live, mean_length;        /* live articles; their words, title included, on average */
} pn_scored;

static inline double pn_scored_idf(double n_live, uint64_t df) { return log(1 + (n_live - (double)df + 0.5) / ((double)df + 0.5)); }

/* Widens the query's words: they stand anywhere, once is enough.  Then plans it.  Borrows query and snapshot until pn_scored_fini, which frees
 * also after a failure.  Statuses of pn_plan_new. */
PN_MUST_CHECK pn_status pn_scored_of(pn_snap *snap, pn_query *q, const pn_tick *tick, pn_scored *out, pn_error *err);
void pn_scored_fini(pn_scored *s);
#endif
