/* pn_cut.h -- a stored article cut into its words again, with the text they stand in.  Layer: query.
 *
 * By the cutter that indexed it, so a position of the index is a place in the text.
 */
#ifndef PN_CUT_H
#define PN_CUT_H
#include "model/pn_doc.h"
#include "query/pn_hits.h"
#include "text/pn_token.h"

typedef struct {                       /* the zero value is empty; reuse it from article to article */
    pn_tokens tokens;                  /* of the title, then of the body (or, where that has no word, the teaser) */
    size_t n_title;
    pn_bytes title, body;              /* borrowed from the article; body: what stands in its place */
} pn_cut;

PN_MUST_CHECK pn_status pn_cut_article(pn_cut *c, const pn_doc *doc, pn_error *err);
void pn_cut_fini(pn_cut *c);

typedef struct { size_t first, last; bool in_body; } pn_cut_hit;    /* numbers of tokens, both inclusive */
/* The words a hit covers; of a pair of characters, where the hit is whole, the second one too.  False when the article has no such positions. */
bool pn_cut_place(const pn_cut *c, const pn_hit *hit, pn_cut_hit *out);
#endif
