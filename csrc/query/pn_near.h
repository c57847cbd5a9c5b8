/* pn_near.h -- whether the parts of a NEAR stand near each other in one article.  Layer: query; private to pn_match.c.
 *
 * One span of each part, no two overlapping, in any order or in the order of the parts: at most `within` - 1 positions from the first of
 * them to the last belong to none.
 */
#ifndef PN_NEAR_H
#define PN_NEAR_H
#include "query/pn_spans.h"

typedef struct { pn_span span; uint32_t part; } pn_near_span;
typedef struct { uint32_t n_parts, within; bool ordered; pn_buf pending; } pn_near;      /* set the first three, the rest zero; reused from article to article */

/* `spans`: of all parts, by first position.  Spans * 2^parts steps. */
PN_MUST_CHECK pn_status pn_near_match(pn_near *near, const pn_near_span *spans, size_t n, bool *yes, pn_error *err);
void pn_near_fini(pn_near *near);
#endif
