/* pn_latest.h -- the newest or the oldest articles of a selection.  Layer: query. */
#ifndef PN_LATEST_H
#define PN_LATEST_H
#include "query/pn_select.h"

/* The first min(k, count) articles of `within` by date as a ranking without scores: the oldest first, or the newest.  In both, those
 * with a day come before those of month, of year precision and the undated ones, for nobody knows when these were.
 * Costs the order of the whole selection (pn_select_refs).  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_top_dated(pn_select *within, bool newest, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err);
#endif
