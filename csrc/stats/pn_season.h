/* pn_season.h -- what the weekday or the month does to a share, and the share without it.  Layer: stats.
 *
 * Ratio to moving average (F. R. Macaulay 1931, The Smoothing of Time Series; X-11: J. Shiskin et al. 1967), with sums taken first and divided
 * last: the level of a bucket is the share over one whole round centred on it (7 days; 365 days, 52 weeks, 12 months or 4 quarters; of an even
 * number the outermost two count half).  The factor of a season is the odds of sum count over those of sum (total * level), both of sum total, over its buckets that lie
 * half a round inside the axis, divided by the same over all of them.  Odds are divided by it: a share stays between 0 and 1.
 */
#ifndef PN_SEASON_H
#define PN_SEASON_H
#include "base/pn_tick.h"
#include "stats/pn_counts.h"

typedef enum { PN_SEASON_WEEKDAY, PN_SEASON_MONTH } pn_season;

/* Season of a bucket, 0-6 (Monday first) or 0-11, and buckets of a round; PN_EINVAL where the frequency has no such season. */
PN_MUST_CHECK pn_status pn_season_of(pn_season by, pn_freq freq, const int32_t *day, size_t n, uint8_t *season, unsigned *n_seasons, unsigned *round, pn_error *err);

/* Factors of the seasons, 1 where nothing is known; n must hold two rounds, else PN_EINVAL.  Time and memory n.  PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_season_factors(const int64_t *count, const int64_t *total, const uint8_t *season, size_t n, unsigned n_seasons, unsigned round,
                                          double *factor, pn_error *err);

/* The trend with the odds of share, lower and upper divided by the season's factor; counts and totals as they are.  Columns date, series, count, total, share, lower,
 * upper, partial, as given.  `level` of the Wilson band.  PN_EINVAL (no trend, no such season, too short), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_deseason(const pn_table *trend, pn_season by, pn_freq freq, double level, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
