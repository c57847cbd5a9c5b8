/* pn_word_counts.h -- the words of a selection and how many of its articles hold each.  Layer: stats. */
#ifndef PN_WORD_COUNTS_H
#define PN_WORD_COUNTS_H
#include "base/pn_tick.h"
#include "model/pn_table.h"
#include "query/pn_select.h"

/* Table of word (folded, as cut) and count of articles of `within`, of the words that begin with the folded `prefix` (NONE: all): most articles first, ties by
 * bytes, at most `top` rows.  Walks those words in every segment once; of fewer than all articles, their postings as well.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_words_table(const pn_select *within, pn_bytes prefix, size_t top, const pn_tick *tick, pn_table **out, pn_error *err);
/* How many words at least one article of `within` holds; costs the same walk. */
PN_MUST_CHECK pn_status pn_words_count(const pn_select *within, const pn_tick *tick, uint64_t *out, pn_error *err);
#endif
