/* pn_axis.h -- the buckets of a trend, and which of them an article lies in.  Layer: stats.
 *
 * Buckets are counted in units: days, or seconds where they are hours.  Without a zone an article lies where its printed date
 * and clock time say; in a zone, an article with a clock time and an offset lies where a clock of that zone stood then, and
 * every other one where it is printed.
 */
#ifndef PN_AXIS_H
#define PN_AXIS_H
#include "query/pn_select.h"
#include "stats/pn_tz.h"

#define PN_AXIS_MAX 250000             /* buckets: every day of 1600 to 2200, and room */

typedef struct {
    pn_freq freq;
    const pn_tz *zone;               /* NULL: as printed */
    int64_t first, last;               /* units the axis covers, inclusive; first > last: none */
    int64_t *starts; size_t n;         /* begin of each bucket in units, and one more: where the last one ends.  Of a frequency that comes again: 0, 1, … */
} pn_axis;

/* Buckets from first_day to last_day; PN_DAY_NONE: from, to the bucket of the first, last article of `base`.  In a zone the axis
 * also reaches to what the zone moved out of these days.  PN_EINVAL (days), PN_ELIMIT, PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_axis_of(const pn_select *base, pn_freq freq, const pn_tz *zone, int32_t first_day, int32_t last_day, const pn_tick *tick,
                                   pn_axis *out, pn_error *err);
void pn_axis_fini(pn_axis *a);
/* Not wholly inside what the axis covers; buckets that come again never are partial. */
bool pn_axis_is_partial(const pn_axis *a, size_t bucket);

/* Whether a bucket of this frequency can hold an article of that precision. */
bool pn_freq_admits(pn_freq freq, pn_precision precision);
bool pn_freq_is_cyclic(pn_freq freq);
/* Whether articles have to be looked at one by one: where clock times decide. */
static inline bool pn_axis_reads_clocks(pn_freq freq, const pn_tz *zone) { return zone || freq == PN_FREQ_HOUR || freq == PN_FREQ_HOUR_OF_DAY; }

/* The unit of the axis a placed article stands in; false where it has no clock time and needs one. */
bool pn_axis_unit(pn_freq freq, const pn_tz *zone, const pn_when *w, int64_t *unit);
/* The bucket that holds a unit; -1: none. */
int32_t pn_axis_bucket(const pn_axis *a, int64_t unit);
#endif
