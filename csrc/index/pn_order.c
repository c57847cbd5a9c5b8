#include "index/pn_order.h"
#include "base/pn_alloc.h"
#include <string.h>

typedef struct { pn_order_tie *tie; const void *ctx; } rule;

static bool after(const rule *r, const pn_order_item *a, const pn_order_item *b) {
    if (a->key != b->key) return a->key > b->key;
    return r->tie && r->tie(r->ctx, a->id, b->id) > 0;
}

/* Merges [lo, mid) and [mid, hi) of `from` into the same places of `to`. */
static void merge(const rule *r, const pn_order_item *from, pn_order_item *to, size_t lo, size_t mid, size_t hi) {
    if (mid >= hi || !after(r, &from[mid - 1], &from[mid])) {
        memcpy(to + lo, from + lo, (hi - lo) * sizeof *to);
        return;
    }
    size_t i = lo, k = mid;
    for (size_t o = lo; o < hi; o++) {
        bool right = i == mid || (k < hi && after(r, &from[i], &from[k]));
        to[o] = right ? from[k++] : from[i++];
    }
}

static bool in_order(const rule *r, const pn_order_item *items, size_t n) {
    for (size_t i = 1; i < n; i++)
        if (after(r, &items[i - 1], &items[i])) return false;
    return true;
}

pn_status pn_order(pn_order_item *items, size_t n, pn_order_tie *tie, const void *ctx, pn_error *err) {
    rule r = { tie, ctx };
    if (in_order(&r, items, n)) return PN_OK;
    pn_order_item *other = pn_malloc(n * sizeof *other), *from = items, *to = other;
    if (!other) return pn_fail(err, PN_ENOMEM, "no memory to sort %zu items", n);
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * width) merge(&r, from, to, lo, PN_MIN(lo + width, n), PN_MIN(lo + 2 * width, n));
        pn_order_item *t = from;
        from = to;
        to = t;
    }
    if (from != items) memcpy(items, from, n * sizeof *items);
    pn_free(other);
    return PN_OK;
}

/* --- dates */

enum { CLASS_SHIFT = 62, DAY_SHIFT = 18 };       /* second + 1 takes 17 bits: 0 = no clock time */

uint64_t pn_order_when(const pn_when *w) {
    static const uint64_t class_of[] = { [PN_PREC_NONE] = 3, [PN_PREC_YEAR] = 2, [PN_PREC_MONTH] = 1, [PN_PREC_DAY] = 0, [PN_PREC_SECOND] = 0 };
    uint64_t key = class_of[w->precision] << CLASS_SHIFT;
    if (w->precision == PN_PREC_NONE) return key;
    return key | (uint64_t)((int64_t)w->day - INT32_MIN) << DAY_SHIFT | (uint64_t)(w->second + 1);
}
