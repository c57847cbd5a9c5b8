/* pn_changepoint.h -- where the level of a share moved: PELT over binomial costs.  Layer: stats.
 *
 * R. Killick, P. Fearnhead, I. A. Eckley (2012), "Optimal detection of changepoints with a linear computational cost", JASA 107: 1590-1598.
 * A segment of K of N articles costs -2 ln of its largest binomial likelihood, -2 [K ln(K/N) + (N-K) ln(1-K/N)]; every change costs
 * `penalty`.  The segments with the smallest sum are found exactly.
 */
#ifndef PN_CHANGEPOINT_H
#define PN_CHANGEPOINT_H
#include "base/pn_tick.h"
#include "stats/pn_counts.h"

#define PN_PENALTY_BIC (-1.0)          /* 2 ln n, n buckets with articles: a change has two parameters, its place and a share */

/* First buckets of the segments behind the first one, rising, into starts (room for n); a bucket without articles belongs to the segment before it.
 * Time between n and n^2, memory n.  PN_EINVAL (penalty neither PN_PENALTY_BIC nor 0 or more), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_changepoint_starts(const int64_t *count, const int64_t *total, size_t n, double penalty, const pn_tick *tick,
                                              size_t *starts, size_t *n_starts, pn_error *err);

/* Changes of every series of a trend, ordered by series and date:
 *   series, date (first bucket of the new level), before, before_lower, before_upper, after, after_lower, after_upper, gain
 * The shares of the segments on both sides with Wilson bands of `level` in (0, 1); gain is what the change saves over one level for both (G squared), before
 * the penalty.  As pn_changepoint_starts, and PN_EINVAL for a table that is no trend. */
PN_MUST_CHECK pn_status pn_changepoints(const pn_table *trend, double penalty, double level, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
