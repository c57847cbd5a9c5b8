/* pn_plan.h -- a query bound to a snapshot: which terms its words stand for, segment by segment.  Layer: query.
 *
 * Made once for a question, read by everything that answers it: the matcher, scores, concordances.  Immutable after it was made: any
 * thread.  It borrows the query and holds nothing of the snapshot but pointers: both must outlive it.
 */
#ifndef PN_PLAN_H
#define PN_PLAN_H
#include "base/pn_tick.h"
#include "index/pn_snap.h"
#include "query/pn_query.h"

/* A term that a word stands for, where a segment has it. */
typedef struct { uint32_t term; pn_term_info info; } pn_plan_entry;              /* term: its number in pn_plan_word.terms */
typedef struct { const pn_plan_entry *at; size_t n; } pn_plan_part;              /* in one segment, ascending by term */
typedef struct {
    const pn_bytes *terms; size_t n_terms;       /* of all segments, ascending by bytes, each once */
    const pn_plan_part *parts;                   /* one a segment */
} pn_plan_word;

typedef struct pn_plan pn_plan;
/* PN_EUNKNOWN (kind in err->file, name in err->msg) when the query names a tag, section, source, author or language that no article of any segment
 * carries.  PN_ELIMIT (err->offset in the query's text) when its patterns, fuzzy words, regular expressions and single characters together stand
 * for more than PN_QUERY_EXPAND_MAX terms, however they are spread over segments.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM.
 * Costs a look-up for each exact word and segment, a walk through (a part of) each dictionary for the others. */
PN_MUST_CHECK pn_status pn_plan_new(pn_snap *snap, const pn_query *q, const pn_tick *tick, pn_plan **out, pn_error *err);
void pn_plan_free(pn_plan *p);                   /* NULL is fine */

const pn_query *pn_plan_query(const pn_plan *p);                                 /* all until free */
pn_snap *pn_plan_snap(const pn_plan *p);
/* What word `word` of operation `op` (PN_Q_WORDS) stands for. */
const pn_plan_word *pn_plan_word_at(const pn_plan *p, size_t op, size_t word);
/* Whether the operation gives scores and is shown in concordances: words that stand under no NOT. */
static inline bool pn_query_is_scored(const pn_query_op *op) { return op->kind == PN_Q_WORDS && !op->under_not; }
#endif
