/* pn_entropy.h -- how evenly a bucket's counts are spread over the series of a trend.  Layer: stats.
 *
 * p = a series' count / sum of all series' counts.  Shannon (1948): H = -sum p ln p, in nats; effective number exp(H) (M. O. Hill 1973, Ecology
 * 54: 427-432); Herfindahl-Hirschman index sum p^2 (A. O. Hirschman 1945).
 */
#ifndef PN_ENTROPY_H
#define PN_ENTROPY_H
#include "base/pn_tick.h"
#include "stats/pn_counts.h"

/* H and sum p^2 of n counts, step apart; false, and nothing set, where their sum is 0. */
bool pn_entropy_of(const int64_t *count, size_t n, size_t step, double *h, double *hhi);

/* A row a bucket: date, count (sum over the series), entropy, effective, hhi; the three are null where the count is 0.
 * Every series has the same buckets, else PN_EINVAL.  PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_entropy(const pn_table *trend, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
