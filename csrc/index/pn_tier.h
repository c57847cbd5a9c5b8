/* pn_tier.h -- which segments are to become one.  Layer: index.
 *
 * Segments lie on levels by the number of their live articles: 1 to 7, 8 to 63, and so on.  Eight of a level become one of the next; so an
 * article is written anew at most once a level, and few segments are on each.  Of more than eight, neighbours in time are taken: a
 * period then stays in few segments.  A pure function: the same segments, the same answer.
 */
#ifndef PN_TIER_H
#define PN_TIER_H
#include "index/pn_order.h"
#include "index/pn_seg.h"

#define PN_TIER_BYTES ((uint64_t)2 << 30)      /* no merge makes a segment larger than that */
enum { PN_TIER_FAN = 8 };

typedef struct {
    uint32_t number, n_docs, n_deleted;
    uint64_t bytes;                    /* of its files */
    int32_t day_first, day_last;       /* PN_DAY_NONE: no article is placed */
    uint64_t arrival_first, arrival_last;      /* bounds */
} pn_tier_segment;
pn_tier_segment pn_tier_of(const pn_seg *s, const pn_manifest_segment *entry, uint32_t n_deleted);

/* One segment can hold the live articles of these: at most PN_DOC_MAX, at most PN_TIER_BYTES, arrivals near enough to each other. */
bool pn_tier_fits(const pn_tier_segment *s, const uint32_t *which, size_t n);

/* The next merge of a commit that stores or replaces `fresh` articles: *n (0: none, at most PN_TIER_FAN) places of `s` into which[].  One place
 * alone is a segment to be written without its deleted articles: when they are more than a fiftieth and that is cheap beside what
 * the commit brings, or more than a quarter.  PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_tier_next(const pn_tier_segment *s, size_t n_segments, uint64_t fresh, uint32_t which[PN_TIER_FAN], size_t *n, pn_error *err);

/* The places of all segments by time, in groups[]; ends[k] says where group k ends: each fits one segment, and few as they are.  Both
 * arrays have room for n_segments.  PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_tier_all(const pn_tier_segment *s, size_t n_segments, uint32_t *groups, size_t *ends, size_t *n_groups, pn_error *err);
#endif
