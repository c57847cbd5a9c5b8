/* pn_order.h -- sorting numbered things.  Layer: index. */
#ifndef PN_ORDER_H
#define PN_ORDER_H
#include "base/pn_tick.h"
#include "model/pn_date.h"

typedef struct { uint64_t key; uint32_t id; } pn_order_item;
/* Order of two things whose keys are equal: < 0, 0, > 0. */
typedef int pn_order_tie(const void *ctx, uint32_t a, uint32_t b);

/* Sorts by key, then by `tie` (NULL: none), then as they stood.  n log n comparisons whatever comes; input in order costs n.
 * PN_ENOMEM: the items are as before. */
PN_MUST_CHECK pn_status pn_order(pn_order_item *items, size_t n, pn_order_tie *tie, const void *ctx, pn_error *err);
/* The same for lists as long as a segment.  PN_EINTR: the items are all there, in any order. */
PN_MUST_CHECK pn_status pn_order_polled(pn_order_item *items, size_t n, pn_order_tie *tie, const void *ctx, const pn_tick *tick, pn_error *err);

/* The first eight bytes of s as a number that sorts as they do; shorter runs are filled with zeros. */
static inline uint64_t pn_order_prefix(const uint8_t *p, size_t n) {
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++) v = v << 8 | (i < n ? p[i] : 0);
    return v;
}

/* A number that orders articles as a segment does: placed ones by day, without a clock time or with one, second; then months, years and
 * undated ones.  Ties are for arrival to settle. */
uint64_t pn_order_when(const pn_when *w);
#endif
