/* pn_lookup.h -- from a 64-bit hash to articles.  Layer: index.  Layout: docs/FORMAT.md section 6.
 *
 * Sorted hashes, then the articles in the same order: a search of at most log n steps, mostly few.  Hashes are of text that strangers chose: whoever
 * asks compares the text.
 */
#ifndef PN_LOOKUP_H
#define PN_LOOKUP_H
#include "index/pn_order.h"
#include "store/pn_file.h"

/* Appends the table of n (hash, article) pairs; sorts them. */
PN_MUST_CHECK pn_status pn_lookup_put(pn_buf *out, pn_order_item *pairs, size_t n, const pn_tick *tick, pn_error *err);

typedef struct { pn_file *file; pn_bytes bytes; uint32_t n, n_docs; } pn_lookup;
/* PN_ECORRUPT when the section is not a table of at most n_docs pairs. */
PN_MUST_CHECK pn_status pn_lookup_open(pn_lookup *t, pn_file *file, uint32_t section, uint32_t n_docs, pn_error *err);
/* Appends at most cap - *n articles with this hash to docs[*n …], ascending. */
PN_MUST_CHECK pn_status pn_lookup_find(const pn_lookup *t, uint64_t hash, uint32_t *docs, size_t cap, size_t *n, pn_error *err);
/* The i-th pair, i < t->n. */
PN_MUST_CHECK pn_status pn_lookup_at(const pn_lookup *t, uint32_t i, uint64_t *hash, uint32_t *doc, pn_error *err);
#endif
