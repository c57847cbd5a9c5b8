/* pn_lead_lag.h -- does one series move before another: correlations at lags, held against chance.  Layer: stats.
 *
 * r(lag) = sum (a[t] - mean a)(b[t + lag] - mean b) / sqrt(sum (a - mean a)^2 sum (b - mean b)^2): the cross-correlation function of
 * G. E. P. Box, G. M. Jenkins (1976), Time Series Analysis, chapter 11, at lags on both sides.  A positive lag: a moves first.
 * A bucket without articles counts as the mean.  Chance: b is turned in a circle by every distance beyond max_lag, or by 999 of them drawn
 * with the seed; that keeps what each series does and breaks what binds them.  The band is the quantile, over these shifts, of the largest |r| of
 * all lags, so that all lags together leave it with probability 1 - level where nothing binds the series.
 */
#ifndef PN_LEAD_LAG_H
#define PN_LEAD_LAG_H
#include "stats/pn_season.h"

#define PN_SHIFTS_MAX 999

typedef enum { PN_DETREND_NONE, PN_DETREND_DIFF, PN_DETREND_SEASON } pn_detrend;     /* shares; differences of neighbours; shares less their season's mean */

typedef struct {
    size_t a, b;                       /* places of the two series in the trend */
    size_t max_lag;
    pn_detrend detrend;
    pn_season season;                  /* of PN_DETREND_SEASON */
    pn_freq freq;                      /* the same */
    uint64_t seed;
    double level;                      /* in (0, 1) */
} pn_lead_lag_opts;

/* A row a lag, -max_lag … max_lag: lag, correlation, lower, upper (the band), beyond (outside the band).
 * Time 1000 * max_lag * buckets.  PN_EINVAL (no such series, too few buckets for max_lag and level, a series that never changes, no trend), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_lead_lag(const pn_table *trend, const pn_lead_lag_opts *opts, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
