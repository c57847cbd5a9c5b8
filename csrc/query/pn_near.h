/* pn_near.h -- whether the parts of a NEAR stand near each other in one article.  Layer: query; private to pn_match.c.
 *
 * One span of each part, no two overlapping, in any order or in the order of the parts: at most `within` - 1 positions from the first of
 * them to the last belong to none.
 */
#ifndef PN_NEAR_H
#define PN_NEAR_H
#include "query/pn_spans.h"

/* One article at a time; set the first three, the rest zero; reused from article to article. */
typedef struct {
    uint32_t n_parts, within; bool ordered;
    /* private from here */
    pn_buf pending;
    int64_t ways[1 << PN_QUERY_NEAR_MAX];
} pn_near;

void pn_near_begin(pn_near *near);
/* The next span of a part: spans of all parts come by first position.  *yes = true as soon as the parts are near.  2^parts steps, and one
 * for each span that has begun and not ended. */
PN_MUST_CHECK pn_status pn_near_put(pn_near *near, pn_span span, uint32_t part, pn_pace *pace, bool *yes, pn_error *err);
void pn_near_fini(pn_near *near);
#endif
