/* pn_query.h -- what an analyst asks, as a list of things every article found must have.  Layer: query.
 *
 *   query := part { [ "AND" ] part }          part := word | quote words quote
 *
 * Every part is cut like the text of articles, so what stands in a text is found: a part that gives several words
 * ("Covid-19", quoted text, Chinese) is a phrase.  In a run without spaces one character is a prefix query, two are one
 * term, more are a phrase of overlapping pairs.
 */
#ifndef PN_QUERY_H
#define PN_QUERY_H
#include "base/pn_arena.h"
#include "base/pn_status.h"

#define PN_QUERY_TEXT_MAX 65536        /* bytes of a query */
#define PN_QUERY_CLAUSE_MAX 1024       /* parts of a query, words of a phrase */
#define PN_QUERY_EXPAND_MAX 10000      /* terms a prefix may stand for */

typedef struct { pn_bytes term; uint32_t at; bool is_prefix; } pn_query_word;    /* at: position relative to the first word */
typedef struct { pn_query_word *words; size_t n_words; } pn_query_leaf;          /* one word, or a phrase */
typedef struct { pn_arena arena; pn_query_leaf *leaves; size_t n_leaves; } pn_query;

/* Reads `text` (valid UTF-8).  PN_ESYNTAX with err->offset = byte position of what is wrong, PN_ELIMIT, PN_ENOMEM.
 * On success pn_query_fini frees. */
PN_MUST_CHECK pn_status pn_query_parse(pn_bytes text, pn_query *out, pn_error *err);
void pn_query_fini(pn_query *q);
static inline bool pn_query_is_one_term(const pn_query *q) {
    return q->n_leaves == 1 && q->leaves[0].n_words == 1 && !q->leaves[0].words[0].is_prefix;
}
#endif
