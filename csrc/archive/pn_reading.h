/* pn_reading.h -- the door's other half: rank, sample and read the articles of a selection.  Layer: archive.
 *
 * As in pn_archive.h, an answer is handed over only after a look whether somebody wrote over the files: else PN_ECHANGED.
 */
#ifndef PN_READING_H
#define PN_READING_H
#include "query/pn_kwic.h"
#include "query/pn_latest.h"
#include "query/pn_like.h"
#include "query/pn_listing.h"
#include "query/pn_sample.h"
#include "query/pn_top.h"
#include "query/pn_top_linked.h"
#include "stats/pn_word_counts.h"

/* pn_top_bm25 over a query text. */
PN_MUST_CHECK pn_status pn_archive_top(const pn_select *within, pn_bytes query, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err);
/* pn_top_linked. */
PN_MUST_CHECK pn_status pn_archive_top_linked(const pn_select *within, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err);
/* pn_top_dated. */
PN_MUST_CHECK pn_status pn_archive_top_dated(pn_select *within, bool newest, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err);

/* pn_like_find; PN_EINVAL when k is not 1 … PN_QUERY_LIKE_MAX. */
PN_MUST_CHECK pn_status pn_archive_like(pn_snap *snap, pn_bytes id, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err);

/* pn_sample. */
PN_MUST_CHECK pn_status pn_archive_sample(const pn_select *within, uint64_t n, uint64_t seed, pn_sample_opts opts, const pn_tick *tick, pn_select **out,
                                          pn_error *err);

/* pn_kwic_new, pn_kwic_table and pn_kwic_marks over a query text. */
PN_MUST_CHECK pn_status pn_archive_kwic(const pn_select *within, pn_bytes query, const pn_kwic_order *order, const pn_tick *tick, pn_kwic **out, pn_error *err);
PN_MUST_CHECK pn_status pn_archive_kwic_table(const pn_kwic *k, uint64_t from, size_t n, pn_kwic_unit unit, uint32_t width, const pn_tick *tick,
                                              pn_table **out, pn_error *err);
/* The article is the live one with this id; PN_ENOTFOUND. */
PN_MUST_CHECK pn_status pn_archive_marks(pn_snap *snap, pn_bytes id, pn_bytes query, const pn_tick *tick, pn_buf *out, pn_error *err);

/* pn_words_table and pn_words_count. */
PN_MUST_CHECK pn_status pn_archive_words(const pn_select *within, pn_bytes prefix, size_t top, const pn_tick *tick, pn_table **out, pn_error *err);
PN_MUST_CHECK pn_status pn_archive_n_words(const pn_select *within, const pn_tick *tick, uint64_t *out, pn_error *err);

/* pn_listing. */
PN_MUST_CHECK pn_status pn_archive_listing(pn_select *s, const pn_list_column *columns, size_t n, uint64_t most, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
