/* pn_spans.h -- where the words of a query stand in the articles of a segment.  Layer: query.
 *
 * The one place that knows what an occurrence is, for everything that asks: phrases, NEAR, atleast, lead, body, concordances, scores.
 * Words of one operation (PN_Q_WORDS) give spans of positions: a word one position; a phrase from its first word to its last.
 * An exact phrase stands at every position p at which word i stands at p + at[i].  A phrase with slop n stands once for every value of
 * the smallest p[i] - at[i] over the choices of positions p, all different, in which the largest is at most n more; the span is of the choice
 * that the leftmost places make.
 *
 *     for (size_t i = 0; i < q->n_ops; i++) {
 *         if (!pn_query_is_scored(&q->ops[i])) continue;       words under no NOT, those inside NEAR and atleast too
 *         PN_TRY(pn_spans_open(plan, i, part, tick, &spans, err));
 *         PN_TRY(pn_spans_seek(spans, target, &doc, err));     the next article that holds all the words
 *         PN_TRY(pn_spans_here(spans, &at, &n, err));          at[0 .. n-1], in the operation's zone; n may be 0
 *         pn_spans_close(spans);                               (on failure too)
 *     }
 */
#ifndef PN_SPANS_H
#define PN_SPANS_H
#include "query/pn_occur.h"

typedef struct { uint32_t first, last; } pn_span;                /* positions of the field, both inclusive */

typedef struct pn_spans pn_spans;
/* Stands before the first article.  One thread; the plan must outlive it, and so must the tick, which all calls poll: between articles and inside
 * them.  `op` is the number of a PN_Q_WORDS operation. */
PN_MUST_CHECK pn_status pn_spans_open(const pn_plan *plan, size_t op, uint32_t part, const pn_tick *tick, pn_spans **out, pn_error *err);
void pn_spans_close(pn_spans *s);                                /* NULL is fine */
/* Goes on to the first article >= target that holds all the words, deleted ones included: *doc, PN_DOC_END when there is none.
 * Whether they stand as they should, pn_spans_here says.  Targets must not go back. */
PN_MUST_CHECK pn_status pn_spans_seek(pn_spans *s, uint32_t target, uint32_t *doc, pn_error *err);
/* All occurrences in that article, in the zone of the operation, by first position; until the next call.  n = 0: they stand otherwise. */
PN_MUST_CHECK pn_status pn_spans_here(pn_spans *s, const pn_span **at, uint32_t *n, pn_error *err);
/* At most so many occurrences are there, wherever they may stand; does not look at positions. */
uint64_t pn_spans_most(pn_spans *s);
/* Whether there are at least as many as the operation asks for; does not look at positions where counting is enough. */
PN_MUST_CHECK pn_status pn_spans_match(pn_spans *s, bool *yes, pn_error *err);
#endif
