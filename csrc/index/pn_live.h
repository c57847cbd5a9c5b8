/* pn_live.h -- how many live articles a list of postings has.  Layer: index. */
#ifndef PN_LIVE_H
#define PN_LIVE_H
#include "index/pn_snap.h"

/* Articles of the list less the deleted ones among them.  Without deletions no list is looked at; else the shorter of list
 * and deletions is walked, so that many rare terms and many deletions do not multiply.  PN_ECORRUPT. */
PN_MUST_CHECK pn_status pn_live_count(const pn_snap_part *part, const pn_post_src *src, const pn_term_info *info, uint64_t *out, pn_error *err);
#endif
