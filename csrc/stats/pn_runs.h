/* pn_runs.h -- the articles of a segment as runs that lie in one bucket of a trend.  Layer: stats.
 *
 * Articles lie in date order, so the runs of calendar buckets are found by one look-up an edge.  Where clock times or a zone
 * decide, the articles are looked at one by one; neighbours in one bucket still are one run.
 */
#ifndef PN_RUNS_H
#define PN_RUNS_H
#include "stats/pn_axis.h"

typedef struct {
    uint32_t *edges; size_t n;         /* n runs: [edges[i], edges[i+1]), ascending; edges has n + 1 numbers */
    int32_t *buckets;                  /* of each run; -1: none; no run reaches over one of the ends */
    uint32_t ends[4];                  /* one past the placed, the month, the year, the undated articles */
} pn_runs;
/* PN_ECORRUPT, PN_EINTR, PN_ENOMEM.  Free with pn_runs_fini. */
PN_MUST_CHECK pn_status pn_runs_of(const pn_axis *a, const pn_snap_part *part, const pn_tick *tick, pn_runs *out, pn_error *err);
void pn_runs_fini(pn_runs *r);
#endif
