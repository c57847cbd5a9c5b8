/* pn_word_counts.h -- the words of a snapshot and how many live articles hold each.  Layer: stats. */
#ifndef PN_WORD_COUNTS_H
#define PN_WORD_COUNTS_H
#include "base/pn_tick.h"
#include "index/pn_snap.h"
#include "model/pn_table.h"

/* Table of word (folded, as cut) and count of live articles, of the words that begin with the folded `prefix` (NONE: all): most articles first, ties by
 * bytes, at most `top` rows.  Walks those words in every segment once.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_words_table(pn_snap *snap, pn_bytes prefix, size_t top, const pn_tick *tick, pn_table **out, pn_error *err);
/* How many words at least one live article holds. */
PN_MUST_CHECK pn_status pn_words_count(pn_snap *snap, const pn_tick *tick, uint64_t *out, pn_error *err);
#endif
