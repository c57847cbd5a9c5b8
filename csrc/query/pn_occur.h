/* pn_occur.h -- where any of several terms stands: one cursor over the lists of a word.  Layer: query.
 *
 * A word of a query stands for one term or for thousands; this walks the articles of all of them together.
 */
#ifndef PN_OCCUR_H
#define PN_OCCUR_H
#include "query/pn_plan.h"

typedef struct {                       /* one thread; the zero value is closed */
    uint32_t doc;                      /* the current article, PN_DOC_END behind the last */
    /* private from here */
    pn_post *cursors; uint32_t *heap; uint32_t n;          /* heap: numbers of cursors, the smallest article on top */
    pn_buf here, one;                  /* positions */
    uint32_t *stack;
} pn_occur;

/* Stands on the first article that holds a term of the list.  ~1.6 KB and one block for each term.  `terms` may be empty. */
PN_MUST_CHECK pn_status pn_occur_open(pn_occur *o, const pn_post_src *src, const pn_plan_part *terms, pn_error *err);
void pn_occur_close(pn_occur *o);
/* Goes on to the first article >= target. */
PN_MUST_CHECK pn_status pn_occur_seek(pn_occur *o, uint32_t target, pn_error *err);
/* How often the terms stand in the current article. */
uint64_t pn_occur_count(pn_occur *o);
/* Where they stand: ascending, each once, until the next call. */
PN_MUST_CHECK pn_status pn_occur_positions(pn_occur *o, pn_pace *pace, const uint32_t **at, uint32_t *n, pn_error *err);
#endif
