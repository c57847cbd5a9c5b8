/* pn_sample.h -- some articles of a selection by chance, the same ones whatever the segments are.  Layer: query.
 *
 * Chance is a hash of seed and key: the articles with the smallest are taken.  So a sample depends on which articles there are and on
 * the seed alone, and of two sizes with one seed the smaller is part of the larger.
 */
#ifndef PN_SAMPLE_H
#define PN_SAMPLE_H
#include "query/pn_select.h"

typedef struct { bool stratified; pn_freq freq; } pn_sample_opts;
/* min(n, count) articles.  Stratified: of every bucket of time its share of n, rounded down, and one more for the largest remainders (earlier
 * buckets first); articles whose date is coarser than the bucket and undated ones are a bucket of their own, the last.
 * Costs one look at the keys' hashes of every segment, 16 bytes an article of the selection.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_sample(const pn_select *within, uint64_t n, uint64_t seed, pn_sample_opts opts, const pn_tick *tick, pn_select **out, pn_error *err);
#endif
