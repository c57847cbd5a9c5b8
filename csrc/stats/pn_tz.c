#include "stats/pn_tz.h"

enum { HOUR = 3600 };

/* The last i with at[i] <= instant. */
static size_t regime(const pn_tz *z, int64_t instant) {
    size_t lo = 0, hi = z->n;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (z->at[mid] <= instant) lo = mid;
        else hi = mid;
    }
    return lo;
}

int64_t pn_tz_local(const pn_tz *z, int64_t instant) { return instant + z->offset[regime(z, instant)]; }

int64_t pn_tz_instant(const pn_tz *z, int64_t local) {
    enum { DAY = 86400 };
    size_t i = regime(z, local - DAY);                     /* before any clock shows `local` */
    while (i + 1 < z->n && local - z->offset[i] >= z->at[i + 1] && local - z->offset[i + 1] >= z->at[i + 1]) i++;
    return local - z->offset[i];
}

static int64_t hour_in(const pn_tz *z, size_t i, int64_t instant) {
    return pn_floor_div(instant + z->offset[i], HOUR) * HOUR - z->offset[i];
}

int64_t pn_tz_hour(const pn_tz *z, int64_t instant) { return hour_in(z, regime(z, instant), instant); }

/* `hour` may lie before the instant at which its offset begins to hold: the hour of the instant then is `hour` itself. */
int64_t pn_tz_next_hour(const pn_tz *z, int64_t hour) {
    size_t i = regime(z, hour);
    if (i + 1 < z->n && hour_in(z, i + 1, z->at[i + 1]) <= hour) i++;
    if (i + 1 < z->n && hour + HOUR >= z->at[i + 1]) return hour_in(z, i + 1, z->at[i + 1]);
    return hour + HOUR;
}
