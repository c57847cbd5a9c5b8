/* pn_axis.h -- the buckets of a trend, and where their edges lie in each segment.  Layer: stats. */
#ifndef PN_AXIS_H
#define PN_AXIS_H
#include "query/pn_select.h"

#define PN_AXIS_MAX 250000             /* buckets: every day of 1600 to 2200, and room */

typedef struct {
    pn_freq freq;
    int32_t first_day, last_day;       /* of what the base holds; an empty base has n == 0 */
    int32_t *starts; size_t n;         /* first day of each bucket, and one more: where the last one ends */
} pn_axis;

/* Buckets from first_day to last_day; PN_DAY_NONE: from, to the bucket of the first, last article of `base`. */
PN_MUST_CHECK pn_status pn_axis_of(const pn_select *base, pn_freq freq, int32_t first_day, int32_t last_day, pn_axis *out, pn_error *err);
void pn_axis_fini(pn_axis *a);
bool pn_axis_is_partial(const pn_axis *a, size_t bucket);

/* Article numbers of one part that bound the buckets, ascending: for each of the classes a bucket can hold (placed, month
 * precision, year precision), the first article of the class that begins in or after each bucket start. */
typedef struct {
    uint32_t *at; size_t n;            /* n = n_classes * n_edges */
    size_t n_edges, n_classes;         /* buckets + 1; 1 to 3 */
    uint32_t ends[4];                  /* one past the placed, the month, the year, the undated articles */
} pn_edges;
PN_MUST_CHECK pn_status pn_edges_of(const pn_axis *a, const pn_snap_part *part, pn_edges *out, pn_error *err);
void pn_edges_fini(pn_edges *e);

/* Whether a bucket of this frequency can hold an article of that precision. */
bool pn_freq_admits(pn_freq freq, pn_precision precision);
#endif
