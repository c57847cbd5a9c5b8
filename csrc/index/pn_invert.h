/* pn_invert.h -- words in, postings lists out: the inverter in memory.  Layer: index.
 *
 * A hash table from term to a record of two cache lines, and one arena of chunks that hold each term's articles and positions.
 * Articles come in ascending order, so the lists are sorted as they grow.  Words are taken in batches of 64, across articles, so that
 * the misses of a batch (slot, record, tail of the list) overlap.  The table's hash is keyed; the output does not depend on the key.
 */
#ifndef PN_INVERT_H
#define PN_INVERT_H
#include "base/pn_tick.h"
#include "index/pn_terms.h"
#include "text/pn_token.h"

typedef struct pn_invert pn_invert;
PN_MUST_CHECK pn_status pn_invert_new(pn_invert **out, pn_error *err);
void pn_invert_free(pn_invert *v);                     /* NULL is fine */

/* The first n words of an article; doc does not fall from call to call, positions do not fall within a doc.
 * PN_ENOMEM; PN_ELIMIT when the lists of a segment reach 4 GiB. */
PN_MUST_CHECK pn_status pn_invert_tokens(pn_invert *v, uint32_t doc, const pn_tokens *t, size_t n, pn_error *err);
/* One name (1..255 bytes) of an article; *fresh = false when the article had it already, which then counts once. */
PN_MUST_CHECK pn_status pn_invert_name(pn_invert *v, uint32_t doc, pn_bytes key, bool *fresh, pn_error *err);

typedef struct { pn_buf terms, post, pos; } pn_inverted;              /* three sections */
void pn_inverted_fini(pn_inverted *x);
/* Fills *x (which the caller frees in every case).  `norms`: see pn_list; `positions`: keep them. */
PN_MUST_CHECK pn_status pn_invert_finish(pn_invert *v, bool positions, const uint8_t *norms, const pn_tick *tick, pn_inverted *x, pn_error *err);
#endif
