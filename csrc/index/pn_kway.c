#include "index/pn_kway.h"
#include "base/pn_alloc.h"

pn_status pn_kway_new(pn_kway *k, size_t cap, pn_kway_before *before, const void *ctx, pn_error *err) {
    *k = (pn_kway){ pn_malloc(cap * sizeof *k->heap), 0, before, ctx };
    return k->heap ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory to merge %zu things", cap);
}

void pn_kway_fini(pn_kway *k) {
    pn_free(k->heap);
    *k = (pn_kway){ 0 };
}

static void swap(pn_kway *k, uint32_t a, uint32_t b) {
    uint32_t t = k->heap[a];
    k->heap[a] = k->heap[b];
    k->heap[b] = t;
}

void pn_kway_push(pn_kway *k, uint32_t i) {
    uint32_t at = k->n++;
    k->heap[at] = i;
    for (; at > 0 && k->before(k->ctx, k->heap[at], k->heap[(at - 1) / 2]); at = (at - 1) / 2) swap(k, at, (at - 1) / 2);
}

void pn_kway_settle(pn_kway *k) {
    for (uint32_t at = 0, child; (child = 2 * at + 1) < k->n; at = child) {
        if (child + 1 < k->n && k->before(k->ctx, k->heap[child + 1], k->heap[child])) child++;
        if (!k->before(k->ctx, k->heap[child], k->heap[at])) return;
        swap(k, at, child);
    }
}

void pn_kway_pop(pn_kway *k) {
    k->heap[0] = k->heap[--k->n];
    pn_kway_settle(k);
}
