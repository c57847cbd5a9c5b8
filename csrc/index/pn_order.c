#include "index/pn_order.h"
#include "base/pn_alloc.h"
#include <string.h>

enum { POLL = 1 << 14 };               /* comparisons, which may read two texts each, between two questions to the tick */

typedef struct { pn_order_tie *tie; const void *ctx; size_t steps; const pn_tick *tick; pn_error *err; } rule;

static pn_status go_on(rule *r, size_t steps) {
    if ((r->steps += steps) < POLL) return PN_OK;
    r->steps = 0;
    return pn_poll(r->tick, r->err);
}

static bool after(const rule *r, const pn_order_item *a, const pn_order_item *b) {
    if (a->key != b->key) return a->key > b->key;
    return r->tie && r->tie(r->ctx, a->id, b->id) > 0;
}

/* Merges [lo, mid) and [mid, hi) of `from` into the same places of `to`. */
static pn_status merge(rule *r, const pn_order_item *from, pn_order_item *to, size_t lo, size_t mid, size_t hi) {
    if (mid >= hi || !after(r, &from[mid - 1], &from[mid])) {
        memcpy(to + lo, from + lo, (hi - lo) * sizeof *to);
        return go_on(r, 1 + (hi - lo) / 16);
    }
    size_t i = lo, k = mid;
    for (size_t o = lo; o < hi; o++) {
        bool right = i == mid || (k < hi && after(r, &from[i], &from[k]));
        to[o] = right ? from[k++] : from[i++];
        if (o % POLL == POLL - 1) PN_TRY(go_on(r, POLL));
    }
    return go_on(r, (hi - lo) % POLL);
}

static pn_status find_disorder(rule *r, const pn_order_item *items, size_t n, bool *found) {
    *found = false;
    for (size_t i = 1; i < n && !*found; i++) {
        *found = after(r, &items[i - 1], &items[i]);
        if (i % POLL == 0) PN_TRY(go_on(r, POLL));
    }
    return PN_OK;
}

/* `from` is whole after every round, so that whoever is stopped still has all items. */
static pn_status merge_rounds(rule *r, pn_order_item *items, pn_order_item *other, size_t n) {
    pn_order_item *from = items, *to = other;
    pn_status rc = PN_OK;
    for (size_t width = 1; rc == PN_OK && width < n; width *= 2) {
        for (size_t lo = 0; rc == PN_OK && lo < n; lo += 2 * width) rc = merge(r, from, to, lo, PN_MIN(lo + width, n), PN_MIN(lo + 2 * width, n));
        if (rc != PN_OK) break;
        pn_order_item *t = from;
        from = to;
        to = t;
    }
    if (from != items) memcpy(items, from, n * sizeof *items);
    return rc;
}

pn_status pn_order_polled(pn_order_item *items, size_t n, pn_order_tie *tie, const void *ctx, const pn_tick *tick, pn_error *err) {
    rule r = { tie, ctx, 0, tick, err };
    bool disorder;
    PN_TRY(find_disorder(&r, items, n, &disorder));
    if (!disorder) return PN_OK;
    pn_order_item *other = pn_malloc(n * sizeof *other);
    if (!other) return pn_fail(err, PN_ENOMEM, "no memory to sort %zu items", n);
    pn_status rc = merge_rounds(&r, items, other, n);
    pn_free(other);
    return rc;
}

pn_status pn_order(pn_order_item *items, size_t n, pn_order_tie *tie, const void *ctx, pn_error *err) {
    return pn_order_polled(items, n, tie, ctx, NULL, err);
}

/* --- dates */

enum { CLASS_SHIFT = 62, DAY_SHIFT = 18 };       /* second + 1 takes 17 bits: 0 = no clock time */

uint64_t pn_order_when(const pn_when *w) {
    static const uint64_t class_of[] = { [PN_PREC_NONE] = 3, [PN_PREC_YEAR] = 2, [PN_PREC_MONTH] = 1, [PN_PREC_DAY] = 0, [PN_PREC_SECOND] = 0 };
    uint64_t key = class_of[w->precision] << CLASS_SHIFT;
    if (w->precision == PN_PREC_NONE) return key;
    return key | (uint64_t)((int64_t)w->day - INT32_MIN) << DAY_SHIFT | (uint64_t)(w->second + 1);
}
