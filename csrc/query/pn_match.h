/* pn_match.h -- the articles of a segment that a query finds.  Layer: query. */
#ifndef PN_MATCH_H
#define PN_MATCH_H
#include "base/pn_tick.h"
#include "index/pn_snap.h"
#include "query/pn_query.h"

/* Words of 64 bits for a bitset over n articles. */
static inline size_t pn_bits_words(uint32_t n) { return ((size_t)n + 63) / 64; }

/* Sets in `bits` (pn_bits_words of the part's articles) exactly the live articles of the part that the query finds.
 * PN_ELIMIT when a pattern stands for too many terms; PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_match(pn_snap *snap, uint32_t part, const pn_query *q, uint64_t *bits, const pn_tick *tick, pn_error *err);

/* PN_EUNKNOWN (kind in err->file, name in err->msg) when the query names a tag, section, source, author or language that no
 * article of any segment carries. */
PN_MUST_CHECK pn_status pn_match_check_names(pn_snap *snap, const pn_query *q, pn_error *err);
#endif
