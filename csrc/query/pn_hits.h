/* pn_hits.h -- what of a query stands where in an article: for concordances and marks.  Layer: query.
 *
 * Hits are the occurrences of every word and phrase of the query that no NOT stands over.  Words joined by NEAR give one hit for each
 * smallest stretch of text in which they stand near each other; an atleast that is not reached gives none.
 */
#ifndef PN_HITS_H
#define PN_HITS_H
#include "query/pn_spans.h"

typedef struct {
    uint32_t first, last;              /* positions in PN_FIELD_TEXT, both inclusive */
    bool is_whole;                     /* the last term belongs to it whole: of a pair of characters both */
} pn_hit;

typedef struct pn_hits pn_hits;
/* For the articles of one part.  One thread; borrows the plan and the tick, which all calls poll, until pn_hits_close. */
PN_MUST_CHECK pn_status pn_hits_open(const pn_plan *plan, uint32_t part, const pn_tick *tick, pn_hits **out, pn_error *err);
void pn_hits_close(pn_hits *h);                                  /* NULL is fine */
/* The hits in an article by place, each once; until the next call.  Articles must not go back. */
PN_MUST_CHECK pn_status pn_hits_at(pn_hits *h, uint32_t doc, const pn_hit **at, size_t *n, pn_error *err);
#endif
