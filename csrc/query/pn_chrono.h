/* pn_chrono.h -- which of two articles comes first in time.  Layer: query. */
#ifndef PN_CHRONO_H
#define PN_CHRONO_H
#include "index/pn_snap.h"

/* An article's place in the order that does not depend on segments: placed ones by day, second and arrival, then those of
 * month, of year precision, then undated ones. */
typedef struct {
    uint8_t undated_last;              /* 0 placed, 1 month, 2 year, 3 undated */
    int32_t day, second;               /* second: -1 before any clock time */
    uint64_t arrival;
} pn_chrono;

/* Reads the key of a stored article.  PN_ECORRUPT. */
PN_MUST_CHECK pn_status pn_chrono_of(const pn_snap *snap, pn_ref ref, pn_chrono *out, pn_error *err);

static inline bool pn_chrono_before(const pn_chrono *a, const pn_chrono *b) {
    if (a->undated_last != b->undated_last) return a->undated_last < b->undated_last;
    if (a->day != b->day) return a->day < b->day;
    if (a->second != b->second) return a->second < b->second;
    return a->arrival < b->arrival;
}
#endif
