#include "query/pn_top_linked.h"
#include "base/pn_alloc.h"
#include "index/pn_links.h"
#include "query/pn_topk.h"

enum { POLL = 1 << 14 };

static pn_status count_entries(const pn_links *l, uint32_t *counts, const pn_tick *tick, pn_error *err) {
    for (size_t i = 0; i < l->n_entries; i++) {
        if (i % POLL == 0) PN_TRY(pn_poll(tick, err));
        if (l->target[i] != PN_LINK_NONE) counts[l->target[i]]++;
    }
    return PN_OK;
}

static pn_status offer_all(const pn_select *within, const pn_links *l, const uint32_t *counts, pn_topk *best, const pn_tick *tick, pn_error *err) {
    for (uint32_t node = 0; node < l->n_nodes; node++) {
        pn_ref ref = pn_links_ref(l, node);
        if (node % POLL == 0) PN_TRY(pn_poll(tick, err));
        if (counts[node] && counts[node] >= pn_topk_least(best) && pn_select_has(within, ref)) PN_TRY(pn_topk_offer(best, ref, counts[node], err));
    }
    return PN_OK;
}

static pn_status take_refs(const pn_select *within, pn_topk *best, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_ref *refs = pn_calloc(best->n, sizeof *refs);
    if (!refs) return pn_fail(err, PN_ENOMEM, "no memory for a ranking");
    pn_status rc = pn_topk_sort(best, tick, err);
    for (size_t i = 0; i < best->n; i++) refs[i] = best->at[i].ref;
    if (rc == PN_OK) rc = pn_select_ranked(within, refs, NULL, best->n, out, err);
    pn_free(refs);
    return rc;
}

static pn_status rank(const pn_select *within, const pn_links *l, size_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_topk best;
    uint32_t *counts = pn_calloc(l->n_nodes, sizeof *counts);
    if (!counts) return pn_fail(err, PN_ENOMEM, "no memory for a ranking");
    pn_status rc = pn_topk_init(&best, pn_select_snap(within), k, err);
    if (rc == PN_OK) {
        rc = count_entries(l, counts, tick, err);
        if (rc == PN_OK) rc = offer_all(within, l, counts, &best, tick, err);
        if (rc == PN_OK) rc = take_refs(within, &best, tick, out, err);
        pn_topk_fini(&best);
    }
    pn_free(counts);
    return rc;
}

pn_status pn_top_linked(const pn_select *within, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    const pn_links *l;
    size_t most = (size_t)PN_MIN(k, pn_select_count(within));
    if (most == 0) return pn_select_ranked(within, NULL, NULL, 0, out, err);
    PN_TRY(pn_snap_links(pn_select_snap(within), tick, &l, err));
    return rank(within, l, most, tick, out, err);
}
