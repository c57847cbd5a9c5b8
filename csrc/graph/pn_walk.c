#include "graph/pn_walk.h"
#include "base/pn_alloc.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a walk through a graph"); }

static pn_status check_node(const pn_graph *g, uint32_t v, pn_error *err) {
    return v < pn_graph_out(g).n ? PN_OK : pn_fail(err, PN_EINVAL, "there is no node %u", v);
}

typedef struct { uint32_t *queue, n; } line;

static void reach(const pn_csr *c, uint32_t v, line *l, uint32_t *hops) {
    for (uint64_t i = c->off[v]; i < c->off[v + 1]; i++) {
        uint32_t w = c->to[i];
        if (hops[w] != PN_FAR) continue;
        hops[w] = hops[v] + 1;
        l->queue[l->n++] = w;
    }
}

pn_status pn_hops(const pn_graph *g, uint32_t start, uint32_t max_hops, const pn_tick *tick, uint32_t *hops, pn_error *err) {
    pn_csr out = pn_graph_out(g), in = pn_graph_in(g);
    pn_pace pace = { tick, 65535 };
    PN_TRY(check_node(g, start, err));
    line l = { pn_calloc(out.n, sizeof *l.queue), 1 };
    pn_status rc = l.queue ? PN_OK : no_memory(err);
    if (rc == PN_OK) {
        memset(hops, 0xFF, out.n * sizeof *hops);          /* PN_FAR */
        hops[start] = 0;
        l.queue[0] = start;
    }
    for (uint32_t at = 0; rc == PN_OK && at < l.n && hops[l.queue[at]] < max_hops; at++) {
        reach(&out, l.queue[at], &l, hops);
        reach(&in, l.queue[at], &l, hops);
        rc = pn_pace_on(&pace, pn_csr_degree(&out, l.queue[at]) + pn_csr_degree(&in, l.queue[at]), err);
    }
    pn_free(l.queue);
    return rc;
}

static pn_status way_back(const uint32_t *before, uint32_t start, uint32_t end, uint32_t *path, size_t *n, pn_pace *pace, pn_error *err) {
    *n = 0;
    if (before[end] == PN_FAR) return PN_OK;
    for (uint32_t v = end; ; v = before[v]) {
        path[(*n)++] = v;
        PN_TRY(pn_pace_on(pace, 0, err));
        if (v == start) break;
    }
    for (size_t i = 0, last = *n - 1; i < *n / 2; i++) {
        uint32_t v = path[i];
        path[i] = path[last - i];
        path[last - i] = v;
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    return PN_OK;
}

pn_status pn_shortest_path(const pn_graph *g, uint32_t start, uint32_t end, const pn_tick *tick, uint32_t *path, size_t *n_path, pn_error *err) {
    pn_csr out = pn_graph_out(g);
    pn_pace pace = { tick, 65535 };
    PN_TRY(check_node(g, start, err));
    PN_TRY(check_node(g, end, err));
    uint32_t *before = pn_calloc(out.n, sizeof *before), *queue = pn_calloc(out.n, sizeof *queue), n = 1;
    pn_status rc = before && queue ? PN_OK : no_memory(err);
    if (rc == PN_OK) {
        memset(before, 0xFF, out.n * sizeof *before);      /* PN_FAR */
        before[start] = start;
        queue[0] = start;
    }
    for (uint32_t at = 0; rc == PN_OK && at < n && before[end] == PN_FAR; at++) {
        uint32_t v = queue[at];
        for (uint64_t i = out.off[v]; i < out.off[v + 1]; i++)
            if (before[out.to[i]] == PN_FAR) { before[out.to[i]] = v; queue[n++] = out.to[i]; }
        rc = pn_pace_on(&pace, pn_csr_degree(&out, v), err);
    }
    if (rc == PN_OK) rc = way_back(before, start, end, path, n_path, &pace, err);
    pn_free(before);
    pn_free(queue);
    return rc;
}

pn_status pn_edges_inside(const uint8_t *keep, uint32_t n, const uint32_t *source, const uint32_t *target, size_t m, const pn_tick *tick,
                          int64_t *row, uint32_t *new_source, uint32_t *new_target, size_t *n_kept, pn_error *err) {
    pn_pace pace = { tick, 65535 };
    uint32_t *number = pn_calloc(n, sizeof *number), next = 0;
    size_t kept = 0;
    pn_status rc = number ? PN_OK : no_memory(err);
    for (uint32_t v = 0; rc == PN_OK && v < n; v++) {
        number[v] = keep[v] ? next++ : 0;
        rc = pn_pace_on(&pace, 0, err);
    }
    for (size_t i = 0; rc == PN_OK && i < m; i++) {
        if (source[i] >= n || target[i] >= n) { rc = pn_fail(err, PN_EINVAL, "edge %zu has an end that is none of %u nodes", i, n); break; }
        if (keep[source[i]] && keep[target[i]]) {
            row[kept] = (int64_t)i;
            new_source[kept] = number[source[i]];
            new_target[kept++] = number[target[i]];
        }
        rc = pn_pace_on(&pace, 0, err);
    }
    if (rc == PN_OK) *n_kept = kept;
    pn_free(number);
    return rc;
}
