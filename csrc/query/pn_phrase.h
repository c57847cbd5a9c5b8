/* pn_phrase.h -- articles in which words stand one after the other.  Layer: query. */
#ifndef PN_PHRASE_H
#define PN_PHRASE_H
#include "base/pn_tick.h"
#include "query/pn_query.h"

/* Sets the bits of the articles that hold the phrase; `last` replaces the term of the last word (one of the terms a prefix
 * stands for), NULL takes it as it is.  Two words and more.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_phrase_match(const pn_query_op *op, const pn_terms *terms, const pn_post_src *src, const pn_term_info *last,
                                        uint64_t *bits, const pn_tick *tick, pn_error *err);
#endif
