#include "index/pn_merge_map.h"
#include "base/pn_alloc.h"
#include "index/pn_kway.h"
#include "index/pn_order.h"
#include "index/pn_seg_parts.h"

enum { POLL = 1 << 16 };               /* articles between two questions to the tick */

typedef struct { uint64_t key, arrival; uint32_t doc; } head;          /* the next live article of an input */

void pn_merge_map_fini(pn_merge_map *m) {
    for (size_t i = 0; m->to && i < m->n_in; i++) pn_free(m->to[i]);
    pn_free(m->to);
    pn_free(m->from);
    *m = (pn_merge_map){ 0 };
}

static uint64_t count_live(const pn_merge_input *in) {
    uint32_t n = pn_seg_meta_of(in->seg)->n_docs, gone = 0;
    for (uint32_t i = 0; in->gone && i < n; i++) gone += pn_merge_is_gone(in, i);
    return n - gone;
}

static pn_status make_room(pn_merge_map *m, const pn_merge_input *in, size_t n, pn_error *err) {
    uint64_t live = 0;
    for (size_t i = 0; i < n; i++) live += count_live(&in[i]);
    if (live == 0) return pn_fail(err, PN_EINVAL, "a segment needs at least one article");
    if (live > PN_DOC_MAX) return pn_fail(err, PN_ELIMIT, "a segment holds at most %u articles", PN_DOC_MAX);
    m->n_docs = (uint32_t)live;
    m->from = pn_malloc(live * sizeof *m->from);
    m->to = pn_calloc(n, sizeof *m->to);
    m->n_in = n;
    bool ok = m->from && m->to;
    for (size_t i = 0; ok && i < n; i++) ok = (m->to[i] = pn_malloc(pn_seg_meta_of(in[i].seg)->n_docs * sizeof **m->to)) != NULL;
    return ok ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory to merge %u articles", m->n_docs);
}

static bool before(const void *ctx, uint32_t a, uint32_t b) {
    const head *h = ctx;
    if (h[a].key != h[b].key) return h[a].key < h[b].key;
    return h[a].arrival != h[b].arrival ? h[a].arrival < h[b].arrival : a < b;
}

/* The next live article from h->doc on; *more = false when there is none. */
static pn_status load_head(const pn_merge_input *in, uint32_t *to, head *h, bool *more, pn_error *err) {
    uint32_t n = pn_seg_meta_of(in->seg)->n_docs;
    pn_when when;
    for (; h->doc < n && pn_merge_is_gone(in, h->doc); h->doc++) to[h->doc] = PN_DOC_END;
    *more = h->doc < n;
    if (!*more) return PN_OK;
    PN_TRY(pn_seg_when(in->seg, h->doc, &when, err));
    h->key = pn_order_when(&when);
    return pn_seg_arrival(in->seg, h->doc, &h->arrival, err);
}

/* Numbers the articles one by one; whatever the inputs hold, they must come out in strict order. */
static pn_status number_all(pn_merge_map *m, const pn_merge_input *in, head *heads, pn_kway *k, const pn_tick *tick, pn_error *err) {
    head last = { 0 };
    uint64_t arrival_end = 0;
    m->arrival_base = UINT64_MAX;
    for (uint32_t at = 0; k->n; at++) {
        uint32_t i = pn_kway_first(k);
        head *h = &heads[i];
        bool more;
        if (at && (h->key < last.key || (h->key == last.key && h->arrival <= last.arrival)))
            return pn_seg_damage(err, in[i].seg->idx, NULL, "article %u stands in the wrong place", h->doc);
        last = *h;
        m->arrival_base = PN_MIN(m->arrival_base, h->arrival);
        arrival_end = PN_MAX(arrival_end, h->arrival);
        m->from[at] = (pn_merge_place){ i, h->doc };
        m->to[i][h->doc++] = at;
        PN_TRY(load_head(&in[i], m->to[i], h, &more, err));
        if (more) pn_kway_settle(k);
        else pn_kway_pop(k);
        if (at % POLL == 0) PN_TRY(pn_poll(tick, err));
    }
    if (arrival_end - m->arrival_base > INT32_MAX) return pn_fail(err, PN_ELIMIT, "the arrivals of one segment lie too far apart");
    return PN_OK;
}

pn_status pn_merge_map_make(pn_merge_map *m, const pn_merge_input *in, size_t n, const pn_tick *tick, pn_error *err) {
    pn_kway k = { 0 };
    PN_TRY(make_room(m, in, n, err));
    head *heads = pn_calloc(n, sizeof *heads);
    pn_status rc = heads ? pn_kway_new(&k, n, before, heads, err) : pn_fail(err, PN_ENOMEM, "no memory to merge %zu segments", n);
    for (uint32_t i = 0; i < n && rc == PN_OK; i++) {
        bool more = false;
        rc = load_head(&in[i], m->to[i], &heads[i], &more, err);
        if (more) pn_kway_push(&k, i);
    }
    if (rc == PN_OK) rc = number_all(m, in, heads, &k, tick, err);
    pn_kway_fini(&k);
    pn_free(heads);
    return rc;
}
