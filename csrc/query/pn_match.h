/* pn_match.h -- the articles of a segment that a query finds.  Layer: query. */
#ifndef PN_MATCH_H
#define PN_MATCH_H
#include "base/pn_tick.h"
#include "query/pn_likes.h"

/* Words of 64 bits for a bitset over n articles. */
static inline size_t pn_bits_words(uint32_t n) { return ((size_t)n + 63) / 64; }

/* Sets in `bits` (pn_bits_words of the part's articles) exactly the live articles of the part that the planned query finds, whose
 * like: parts were answered before.  Unless `counts` is
 * NULL, counts[i] grows by the live articles of `within` (bits, NULL: all) that the part of the query that ends with operation i finds.
 * PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_match(const pn_plan *plan, const pn_likes *likes, uint32_t part, uint64_t *bits, const uint64_t *within, uint64_t *counts, const pn_tick *tick, pn_error *err);
#endif
