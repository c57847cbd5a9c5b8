/* pn_burst.h -- when much more was written than usual: Kleinberg's bursts of batches.  Layer: stats.
 *
 * J. Kleinberg (2003), "Bursty and hierarchical structure in streams", Data Mining and Knowledge Discovery 7: 373-397, section 4.
 * A bucket is a batch of `total` articles of which `count` are relevant.  In state 0 a share p0 = sum count / sum total of them is,
 * in state j p0 * s^j.  Being in state j costs -ln(p^count (1-p)^(total-count)); going up from i to j costs (j - i) gamma ln n,
 * going down nothing.  The cheapest path of states is found by dynamic programming.  A burst of level j is a longest run in which
 * the state is j or higher; its weight is what state j saves over state j - 1 there.
 * A bucket without articles says nothing: it costs nothing in any state and is not one of the n batches.
 */
#ifndef PN_BURST_H
#define PN_BURST_H
#include "base/pn_tick.h"
#include "stats/pn_counts.h"

#define PN_BURST_LEVELS_MAX 20
#define PN_BURST_SHARE_MAX 0.9999      /* a state's share is cut to this; a state above one that was cut does not exist */

typedef struct { double s, gamma; unsigned levels; } pn_burst_opts;      /* s > 1, gamma >= 0, levels 1..PN_BURST_LEVELS_MAX */

/* The state of each of n buckets (0: no burst); where costs are equal the lower state.  A bucket without articles takes the lower one of
 * its neighbours', 0 at the ends.  Time and memory n * levels.  PN_EINVAL (options), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_burst_states(const int64_t *count, const int64_t *total, size_t n, const pn_burst_opts *opts, const pn_tick *tick,
                                        uint8_t *state, pn_error *err);

/* Bursts of every series of a trend, ordered by series, start, level:
 *   series, start (first bucket), end (last day of the last bucket), level, weight, count, expected (p0 * totals), peak (bucket of the highest share)
 * `freq` is the width of the trend's buckets.  As pn_burst_states, and PN_EINVAL for a table that is no trend. */
PN_MUST_CHECK pn_status pn_bursts(const pn_table *trend, pn_freq freq, const pn_burst_opts *opts, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
