#include "graph/pn_measures.h"
#include "base/pn_alloc.h"
#include "graph/pn_communities.h"
#include "graph/pn_components.h"
#include "graph/pn_layout.h"
#include "graph/pn_rank_nodes.h"
#include "graph/pn_walk.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a measure of a graph"); }

static pn_status finish(pn_table *t, pn_status rc, pn_table **out, pn_error *err) {
    if (rc == PN_OK) rc = pn_table_finish(t, err);
    if (rc == PN_OK) *out = t;
    else pn_table_release(t);
    return rc;
}

/* One or two columns of numbers; b NULL: one. */
static pn_status put_doubles(pn_table *t, const double *a, const double *b, size_t n, const pn_tick *tick, pn_error *err) {
    pn_pace pace = { tick, 0 };
    for (size_t i = 0; i < n; i++) {
        pn_table_put_f64(t, 0, a[i]);
        if (b) pn_table_put_f64(t, 1, b[i]);
        PN_TRY(pn_pace_on(&pace, 0, err));
    }
    return PN_OK;
}

static pn_status of_doubles(const char *a_name, const double *a, const char *b_name, const double *b, size_t n, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_table_new(&t, err));
    pn_table_add(t, a_name, PN_COL_F64);
    if (b_name) pn_table_add(t, b_name, PN_COL_F64);
    return finish(t, put_doubles(t, a, b, n, tick, err), out, err);
}

/* One column of node or group numbers; PN_FAR is null. */
static pn_status put_numbers(pn_table *t, const uint32_t *v, size_t n, const pn_tick *tick, pn_error *err) {
    pn_pace pace = { tick, 0 };
    for (size_t i = 0; i < n; i++) {
        if (v[i] == PN_FAR) pn_table_put_null(t, 0);
        else pn_table_put_i64(t, 0, v[i]);
        PN_TRY(pn_pace_on(&pace, 0, err));
    }
    return PN_OK;
}

static pn_status of_numbers(const char *name, const uint32_t *v, size_t n, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_table_new(&t, err));
    pn_table_add(t, name, PN_COL_I64);
    return finish(t, put_numbers(t, v, n, tick, err), out, err);
}

static pn_status put_degrees(const pn_graph *g, pn_table *t, const pn_tick *tick, pn_error *err) {
    pn_csr forth = pn_graph_out(g), back = pn_graph_in(g);
    pn_pace pace = { tick, 65535 };
    for (uint32_t v = 0; v < forth.n; v++) {
        uint64_t in = pn_csr_degree(&back, v), of = pn_csr_degree(&forth, v);
        pn_table_put_i64(t, 0, (int64_t)in);
        pn_table_put_i64(t, 1, (int64_t)of);
        pn_table_put_i64(t, 2, (int64_t)(in + of));
        PN_TRY(pn_pace_on(&pace, 0, err));
    }
    return PN_OK;
}

pn_status pn_degree_table(const pn_graph *g, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_table_new(&t, err));
    pn_table_add(t, "in_degree", PN_COL_I64);
    pn_table_add(t, "out_degree", PN_COL_I64);
    pn_table_add(t, "degree", PN_COL_I64);
    return finish(t, put_degrees(g, t, tick, err), out, err);
}

pn_status pn_pagerank_table(const pn_graph *g, double damping, const double *personal, const pn_tick *tick, pn_table **out, pn_error *err) {
    size_t n = pn_graph_out(g).n;
    double *rank = pn_calloc(n, sizeof *rank);
    pn_status rc = rank ? pn_pagerank(g, damping, personal, tick, rank, err) : no_memory(err);
    if (rc == PN_OK) rc = of_doubles("pagerank", rank, NULL, NULL, n, tick, out, err);
    pn_free(rank);
    return rc;
}

pn_status pn_hits_table(const pn_graph *g, const pn_tick *tick, pn_table **out, pn_error *err) {
    size_t n = pn_graph_out(g).n;
    double *hub = pn_calloc(n, sizeof *hub), *authority = pn_calloc(n, sizeof *authority);
    pn_status rc = hub && authority ? pn_hits(g, tick, hub, authority, err) : no_memory(err);
    if (rc == PN_OK) rc = of_doubles("hub", hub, "authority", authority, n, tick, out, err);
    pn_free(hub);
    pn_free(authority);
    return rc;
}

pn_status pn_betweenness_table(const pn_graph *g, uint32_t samples, uint64_t seed, const pn_tick *tick, pn_table **out, pn_error *err) {
    size_t n = pn_graph_out(g).n;
    double *between = pn_calloc(n, sizeof *between);
    pn_status rc = between ? pn_betweenness(g, samples, seed, tick, between, err) : no_memory(err);
    if (rc == PN_OK) rc = of_doubles("betweenness", between, NULL, NULL, n, tick, out, err);
    pn_free(between);
    return rc;
}

pn_status pn_components_table(const pn_graph *g, bool strong, const pn_tick *tick, pn_table **out, pn_error *err) {
    size_t n = pn_graph_out(g).n;
    uint32_t *part = pn_calloc(n, sizeof *part);
    pn_status rc = !part ? no_memory(err) : strong ? pn_components_strong(g, tick, part, err) : pn_components_weak(g, tick, part, err);
    if (rc == PN_OK) rc = of_numbers("component", part, n, tick, out, err);
    pn_free(part);
    return rc;
}

pn_status pn_communities_table(const pn_graph *g, double resolution, uint64_t seed, const pn_tick *tick, pn_table **out, double *modularity, pn_error *err) {
    size_t n = pn_graph_out(g).n;
    uint32_t *part = pn_calloc(n, sizeof *part);
    pn_status rc = part ? pn_communities(g, resolution, seed, tick, part, modularity, err) : no_memory(err);
    if (rc == PN_OK) rc = of_numbers("community", part, n, tick, out, err);
    pn_free(part);
    return rc;
}

pn_status pn_hops_table(const pn_graph *g, uint32_t start, uint32_t max_hops, const pn_tick *tick, pn_table **out, pn_error *err) {
    size_t n = pn_graph_out(g).n;
    uint32_t *hops = pn_calloc(n, sizeof *hops);
    pn_status rc = hops ? pn_hops(g, start, max_hops, tick, hops, err) : no_memory(err);
    if (rc == PN_OK) rc = of_numbers("hops", hops, n, tick, out, err);
    pn_free(hops);
    return rc;
}

pn_status pn_path_table(const pn_graph *g, uint32_t start, uint32_t end, const pn_tick *tick, pn_table **out, pn_error *err) {
    size_t n = 0;
    uint32_t *path = pn_calloc(pn_graph_out(g).n, sizeof *path);
    pn_status rc = path ? pn_shortest_path(g, start, end, tick, path, &n, err) : no_memory(err);
    if (rc == PN_OK) rc = of_numbers("node", path, n, tick, out, err);
    pn_free(path);
    return rc;
}

pn_status pn_layout_table(const pn_graph *g, uint64_t seed, const pn_tick *tick, pn_table **out, pn_error *err) {
    size_t n = pn_graph_out(g).n;
    double *x = pn_calloc(n, sizeof *x), *y = pn_calloc(n, sizeof *y);
    pn_status rc = x && y ? pn_layout(g, seed, tick, x, y, err) : no_memory(err);
    if (rc == PN_OK) rc = of_doubles("x", x, "y", y, n, tick, out, err);
    pn_free(x);
    pn_free(y);
    return rc;
}
