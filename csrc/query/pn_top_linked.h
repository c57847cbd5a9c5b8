/* pn_top_linked.h -- the articles that most related entries mean.  Layer: query. */
#ifndef PN_TOP_LINKED_H
#define PN_TOP_LINKED_H
#include "base/pn_tick.h"
#include "query/pn_select.h"

/* The k of `within` that most entries of all articles of the snapshot mean, most first, equal ones in the order of time; those that none
 * means are left out.  Resolves the links (pn_snap_links) at the first call; then linear in entries and articles.  PN_ECORRUPT, PN_EINTR,
 * PN_ENOMEM, PN_ELIMIT. */
PN_MUST_CHECK pn_status pn_top_linked(const pn_select *within, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err);
#endif
