/* pn_bm25.h -- what a term adds to the score of an article.  Layer: query.  The rules: docs/RANKING.md.
 *
 * S. E. Robertson, S. Walker et al., Okapi at TREC-3 (1994), in the form Lucene has since version 8:
 *
 *     weight * tf / (tf + K) = weight / (1 + K / tf),   K = k1 * (1 - b + b * length / mean length),   k1 = 1.2, b = 0.75
 *
 * in which length is what the article's norm byte stands for.  Scores are sums of whole 2^-40ths, so they do not depend on
 * the order of addition: neither on how articles lie in segments nor on which lists a ranking looks at first.
 */
#ifndef PN_BM25_H
#define PN_BM25_H
#include "query/pn_scored.h"

#define PN_SCORE_ONE 1099511627776.0   /* 2^40 */
#define PN_SCORE_MAX_SUM 8388608.0     /* sums of weights above this are refused: a score would not fit */

typedef uint64_t pn_score;             /* in 2^-40ths */
typedef struct { double k[256]; } pn_bm25;         /* K for each norm byte */

void pn_bm25_init(pn_bm25 *b, double mean_length);

static inline pn_score pn_bm25_score(const pn_bm25 *b, double weight, uint32_t tf, uint8_t norm) {
    return (pn_score)(int64_t)(weight / (1 + b->k[norm] / tf) * PN_SCORE_ONE + 0.5);    /* each step grows with tf, falls with norm: so bounds are exact */
}
static inline pn_score pn_bm25_most(double weight) { return (pn_score)(int64_t)(weight * PN_SCORE_ONE + 0.5); }
/* No article with at most bound.tf occurrences (255: any number) and a norm of at least bound.norm scores more. */
static inline pn_score pn_bm25_bound(const pn_bm25 *b, double weight, pn_post_bound bound) {
    if (bound.tf == 0) return 0;
    return bound.tf == UINT8_MAX ? pn_bm25_most(weight) : pn_bm25_score(b, weight, bound.tf, bound.norm);
}
static inline double pn_score_value(pn_score s) { return (double)s / PN_SCORE_ONE; }
#endif
