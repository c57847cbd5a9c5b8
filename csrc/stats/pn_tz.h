/* pn_tz.h -- a time zone as the caller knows it: when its clocks were set, and to what.  Layer: stats.
 *
 * The core knows no zones.  The caller gives the instants at which the offset changes; what lies outside the range it looked
 * at has the nearest offset.
 */
#ifndef PN_TZ_H
#define PN_TZ_H
#include "base/pn_base.h"

typedef struct {                       /* borrowed */
    const char *name;                  /* for the columns of results */
    const int64_t *at;                 /* n instants, seconds since 1970-01-01T00:00Z, ascending; at[0] = INT64_MIN: offset[0] holds before at[1] */
    const int32_t *offset;             /* n offsets, seconds east of UTC, each from its instant on, less than a day */
    size_t n;                          /* >= 1 */
} pn_tz;

/* What a clock on the wall shows at an instant, as seconds since 1970-01-01T00:00 of that wall. */
int64_t pn_tz_local(const pn_tz *z, int64_t instant);
/* The instant at which it shows `local`: the first one where it shows it twice; where it never does, what the clock before the gap would mean. */
int64_t pn_tz_instant(const pn_tz *z, int64_t local);
/* The instant at which the hour on the wall that holds `instant` begins, and the one at which the hour after it does.  An hour
 * that is shown twice is two hours. */
int64_t pn_tz_hour(const pn_tz *z, int64_t instant);
int64_t pn_tz_next_hour(const pn_tz *z, int64_t hour);

/* Division that rounds down, and its rest. */
static inline int64_t pn_floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }
static inline int64_t pn_floor_mod(int64_t a, int64_t b) { return a - pn_floor_div(a, b) * b; }
#endif
