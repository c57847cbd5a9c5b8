#include "graph/pn_components.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for the parts of a graph"); }

/* --- numbers */

typedef struct { uint32_t size, first, old; } group_info;

static int by_size(const void *a, const void *b) {
    const group_info *x = a, *y = b;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static pn_status size_up(const uint32_t *group, uint32_t n, group_info *g, pn_pace *pace, pn_error *err) {
    for (uint32_t v = n; v-- > 0;) {
        g[group[v]] = (group_info){ g[group[v]].size + 1, v, group[v] };
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    return PN_OK;
}

static pn_status renumber(uint32_t *group, uint32_t n, const group_info *g, uint32_t *number, pn_pace *pace, pn_error *err) {
    for (uint32_t i = 0; i < n && g[i].size; i++) {
        number[g[i].old] = i;
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    for (uint32_t v = 0; v < n; v++) {
        group[v] = number[group[v]];
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    return PN_OK;
}

pn_status pn_number_groups(uint32_t *group, uint32_t n, const pn_tick *tick, pn_error *err) {
    pn_pace pace = { tick, 0 };
    group_info *g = pn_calloc(n, sizeof *g);
    uint32_t *number = pn_calloc(n, sizeof *number);
    pn_status rc = g && number ? size_up(group, n, g, &pace, err) : no_memory(err);
    if (rc == PN_OK) rc = pn_sort(g, n, sizeof *g, by_size, tick, err);
    if (rc == PN_OK) rc = renumber(group, n, g, number, &pace, err);
    pn_free(g);
    pn_free(number);
    return rc;
}

/* --- weak: a forest whose roots are the smallest nodes */

static uint32_t root_of(uint32_t *parent, uint32_t v) {
    while (parent[v] != v) v = parent[v] = parent[parent[v]];
    return v;
}

static void join(uint32_t *parent, uint32_t a, uint32_t b) {
    a = root_of(parent, a);
    b = root_of(parent, b);
    if (a < b) parent[b] = a;
    else parent[a] = b;
}

pn_status pn_components_weak(const pn_graph *g, const pn_tick *tick, uint32_t *component, pn_error *err) {
    pn_csr out = pn_graph_out(g);
    pn_pace pace = { tick, 65535 };
    for (uint32_t v = 0; v < out.n; v++) {
        component[v] = v;
        PN_TRY(pn_pace_on(&pace, 0, err));
    }
    for (uint32_t v = 0; v < out.n; v++) {
        for (uint64_t i = out.off[v]; i < out.off[v + 1]; i++) join(component, v, out.to[i]);
        PN_TRY(pn_pace_on(&pace, pn_csr_degree(&out, v), err));
    }
    for (uint32_t v = 0; v < out.n; v++) {
        component[v] = root_of(component, v);
        PN_TRY(pn_pace_on(&pace, 0, err));
    }
    return pn_number_groups(component, out.n, tick, err);
}

/* --- strong */

#define NEW UINT32_MAX
#define CLOSED (UINT32_MAX - 1)

typedef struct {
    pn_csr out;
    uint32_t *order, *low;             /* when a node was reached (NEW, CLOSED); the earliest open node it reaches */
    uint32_t *open, *trail;            /* nodes whose component is not known; the way from the start to here */
    uint64_t *next;                    /* which edge of a node is looked at next */
    uint32_t n_open, n_trail, clock;
    pn_pace pace;
} tarjan;

static void enter(tarjan *t, uint32_t v) {
    t->order[v] = t->low[v] = t->clock++;
    t->next[v] = t->out.off[v];
    t->open[t->n_open++] = v;
    t->trail[t->n_trail++] = v;
}

/* v reaches nothing earlier: all that is open since v is its component, named by v. */
static pn_status close_component(tarjan *t, uint32_t v, uint32_t *component, pn_error *err) {
    uint32_t w;
    do {
        w = t->open[--t->n_open];
        t->order[w] = CLOSED;
        component[w] = v;
        PN_TRY(pn_pace_on(&t->pace, 0, err));
    } while (w != v);
    return PN_OK;
}

static pn_status leave(tarjan *t, uint32_t v, uint32_t *component, pn_error *err) {
    t->n_trail--;
    if (t->low[v] == t->order[v]) return close_component(t, v, component, err);
    t->low[t->trail[t->n_trail - 1]] = PN_MIN(t->low[t->trail[t->n_trail - 1]], t->low[v]);
    return PN_OK;
}

static pn_status walk_from(tarjan *t, uint32_t start, uint32_t *component, pn_error *err) {
    enter(t, start);
    while (t->n_trail > 0) {
        uint32_t v = t->trail[t->n_trail - 1];
        PN_TRY(pn_pace_on(&t->pace, 0, err));
        if (t->next[v] == t->out.off[v + 1]) { PN_TRY(leave(t, v, component, err)); continue; }
        uint32_t w = t->out.to[t->next[v]++];
        if (t->order[w] == NEW) enter(t, w);
        else if (t->order[w] != CLOSED) t->low[v] = PN_MIN(t->low[v], t->order[w]);
    }
    return PN_OK;
}

pn_status pn_components_strong(const pn_graph *g, const pn_tick *tick, uint32_t *component, pn_error *err) {
    tarjan t = { .out = pn_graph_out(g), .pace = { tick, 65535 } };
    uint32_t n = t.out.n;
    t.order = pn_calloc(n, sizeof *t.order);
    t.low = pn_calloc(n, sizeof *t.low);
    t.open = pn_calloc(n, sizeof *t.open);
    t.trail = pn_calloc(n, sizeof *t.trail);
    t.next = pn_calloc(n, sizeof *t.next);
    pn_status rc = t.order && t.low && t.open && t.trail && t.next ? PN_OK : no_memory(err);
    if (rc == PN_OK && n) memset(t.order, 0xFF, n * sizeof *t.order);      /* NEW */
    for (uint32_t v = 0; rc == PN_OK && v < n; v++) rc = t.order[v] == NEW ? walk_from(&t, v, component, err) : pn_pace_on(&t.pace, 0, err);
    if (rc == PN_OK) rc = pn_number_groups(component, n, tick, err);
    pn_free(t.order);
    pn_free(t.low);
    pn_free(t.open);
    pn_free(t.trail);
    pn_free(t.next);
    return rc;
}
