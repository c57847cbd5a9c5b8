/* pn_slop.h -- where the words of a phrase stand about as they should, in one article.  Layer: query; private to pn_spans.c.
 *
 * Each word has its list of positions; position p of word i is off by p - at[i].  A choice of different positions whose offs lie within
 * [low, low + n] stands for one occurrence; there is one for each low that is the smallest off of some choice.
 */
#ifndef PN_SLOP_H
#define PN_SLOP_H
#include "base/pn_buf.h"
#include "query/pn_query.h"

typedef struct { const uint32_t *at; uint32_t n, next, chosen; } pn_slop_list;            /* next: the first whose off was not tried yet */
typedef struct {                       /* the zero value is empty; reused from article to article */
    const pn_query_op *op; pn_slop_list *lists;
    uint64_t *taken, round;            /* by position - low: the round in which it was taken last */
    uint64_t steps;
} pn_slop;

PN_MUST_CHECK pn_status pn_slop_begin(pn_slop *s, const pn_query_op *op, pn_error *err);
/* Ascending positions of word w, borrowed until find. */
void pn_slop_word(pn_slop *s, size_t w, const uint32_t *at, uint32_t n);
/* Appends a span for every occurrence, by their lows, until there are `most`.  Positions * words steps where the words
 * are different, at most words^2 times as many where they are equal. */
PN_MUST_CHECK pn_status pn_slop_find(pn_slop *s, size_t most, pn_buf *spans, pn_pace *pace, pn_error *err);
void pn_slop_fini(pn_slop *s);
#endif
