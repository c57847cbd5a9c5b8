#include "graph/pn_graph.h"
#include "base/pn_alloc.h"

struct pn_graph {
    uint32_t n;
    pn_table *off, *to;                /* out, in the memory of tables, so that it can leave without a copy */
    uint64_t *in_off;
    uint32_t *in_to;
};

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a graph"); }

void pn_graph_release(pn_graph *g) {
    if (!g) return;
    pn_table_release(g->off);
    pn_table_release(g->to);
    pn_free(g->in_off);
    pn_free(g->in_to);
    pn_free(g);
}

static const void *memory(const pn_table *t) { return pn_table_col(t, 0)->data.ptr; }
pn_csr pn_graph_out(const pn_graph *g) { return (pn_csr){ g->n, memory(g->off), memory(g->to) }; }
pn_csr pn_graph_in(const pn_graph *g) { return (pn_csr){ g->n, g->in_off, g->in_to }; }
pn_table *pn_graph_off_table(const pn_graph *g) { return g->off; }
pn_table *pn_graph_to_table(const pn_graph *g) { return g->to; }

/* --- building: edges in rows of their sources, turned over into rows of targets (sorted by that), and turned over once more */

typedef struct { uint64_t *off, *fill; uint32_t *to; } rows;

static void rows_fini(rows *r) {
    pn_free(r->off);
    pn_free(r->fill);
    pn_free(r->to);
}

static pn_status rows_init(rows *r, uint32_t n, size_t m, pn_error *err) {
    *r = (rows){ pn_calloc((size_t)n + 1, sizeof *r->off), pn_calloc((size_t)n + 1, sizeof *r->fill), pn_calloc(m, sizeof *r->to) };
    return r->off && r->fill && r->to ? PN_OK : no_memory(err);
}

/* off[v + 1] holds how many v has; then where each row begins. */
static pn_status begin_rows(rows *r, uint32_t n, pn_pace *pace, pn_error *err) {
    for (uint32_t v = 0; v < n; v++) {
        r->fill[v] = r->off[v];
        r->off[v + 1] += r->off[v];
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    return PN_OK;
}

static pn_status by_source(rows *r, uint32_t n, const uint32_t *source, const uint32_t *target, size_t m, pn_pace *pace, pn_error *err) {
    for (size_t i = 0; i < m; i++) {
        if (source[i] >= n || target[i] >= n) return pn_fail(err, PN_EINVAL, "edge %zu has an end that is none of %u nodes", i, n);
        r->off[source[i] + 1]++;
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    PN_TRY(begin_rows(r, n, pace, err));
    for (size_t i = 0; i < m; i++) {
        r->to[r->fill[source[i]]++] = target[i];
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    return PN_OK;
}

/* A neighbour put twice in a row is put once. */
static void put_once(rows *r, uint32_t row, uint32_t v) {
    uint64_t at = r->fill[row];
    if (at == r->off[row] || r->to[at - 1] != v) r->to[r->fill[row]++] = v;
}

static pn_status close_gaps(rows *r, uint32_t n, pn_pace *pace, pn_error *err) {
    uint64_t end = 0;
    for (uint32_t v = 0; v < n; v++) {
        uint64_t begin = r->off[v], many = r->fill[v] - begin;
        memmove(r->to + end, r->to + begin, many * sizeof *r->to);
        r->off[v] = end;
        end += many;
        PN_TRY(pn_pace_on(pace, many, err));
    }
    r->off[n] = end;
    return PN_OK;
}

static pn_status turn_over(const rows *from, rows *to, uint32_t n, pn_pace *pace, pn_error *err) {
    for (uint64_t i = 0; i < from->off[n]; i++) {
        to->off[from->to[i] + 1]++;
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    PN_TRY(begin_rows(to, n, pace, err));
    for (uint32_t v = 0; v < n; v++) {
        for (uint64_t i = from->off[v]; i < from->off[v + 1]; i++) put_once(to, from->to[i], v);
        PN_TRY(pn_pace_on(pace, from->off[v + 1] - from->off[v], err));
    }
    return close_gaps(to, n, pace, err);
}

/* --- the outgoing rows move into tables */

static pn_status put_rows(pn_table *t, pn_col_kind kind, const rows *r, uint64_t n, pn_pace *pace, pn_error *err) {
    for (uint64_t i = 0; i < n; i++) {
        pn_table_put_i64(t, 0, kind == PN_COL_I64 ? (int64_t)r->off[i] : (int32_t)r->to[i]);
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    return pn_table_finish(t, err);
}

static pn_status to_table(const char *name, pn_col_kind kind, const rows *r, uint64_t n, pn_pace *pace, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_table_new(&t, err));
    pn_table_add(t, name, kind);
    pn_status rc = put_rows(t, kind, r, n, pace, err);
    if (rc == PN_OK) *out = t;
    else pn_table_release(t);
    return rc;
}

static pn_status keep(pn_graph *g, const rows *out, rows *in, pn_pace *pace, pn_error *err) {
    PN_TRY(to_table("off", PN_COL_I64, out, (uint64_t)g->n + 1, pace, &g->off, err));
    PN_TRY(to_table("to", PN_COL_I32, out, out->off[g->n], pace, &g->to, err));
    g->in_off = in->off;
    g->in_to = in->to;
    in->off = NULL;
    in->to = NULL;
    return PN_OK;
}

static pn_status build(pn_graph *g, const uint32_t *source, const uint32_t *target, size_t m, const pn_tick *tick, pn_error *err) {
    rows first = { 0 }, in = { 0 }, out = { 0 };
    pn_pace pace = { tick, 65535 };
    pn_status rc = rows_init(&first, g->n, m, err);
    if (rc == PN_OK) rc = by_source(&first, g->n, source, target, m, &pace, err);
    if (rc == PN_OK) rc = rows_init(&in, g->n, m, err);
    if (rc == PN_OK) rc = turn_over(&first, &in, g->n, &pace, err);
    rows_fini(&first);
    if (rc == PN_OK) rc = rows_init(&out, g->n, in.off[g->n], err);
    if (rc == PN_OK) rc = turn_over(&in, &out, g->n, &pace, err);
    if (rc == PN_OK) rc = keep(g, &out, &in, &pace, err);
    rows_fini(&in);
    rows_fini(&out);
    return rc;
}

pn_status pn_graph_new(uint32_t n, const uint32_t *source, const uint32_t *target, size_t m, const pn_tick *tick, pn_graph **out, pn_error *err) {
    if (n > INT32_MAX || m > INT32_MAX) return pn_fail(err, PN_ELIMIT, "a graph has fewer than 2^31 nodes and edges");
    pn_graph *g = pn_calloc(1, sizeof *g);
    if (!g) return no_memory(err);
    g->n = n;
    pn_status rc = build(g, source, target, m, tick, err);
    if (rc == PN_OK) *out = g;
    else pn_graph_release(g);
    return rc;
}
