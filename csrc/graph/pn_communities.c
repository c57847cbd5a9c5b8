#include "graph/pn_communities.h"
#include "base/pn_alloc.h"
#include "base/pn_random.h"
#include "graph/pn_components.h"

#define GAIN 1e-12                     /* a smaller one is rounding */

/* A graph without directions whose nodes stand for groups of nodes.  A pair stands in both rows; what is inside a node is in `self`. */
typedef struct { uint32_t n; uint64_t *off; uint32_t *to; double *weight, *self; } level;

typedef struct {
    double resolution, twice_m;
    pn_random chance;
    pn_pace pace;
    uint32_t *group;                   /* of each node of the level at work */
    double *degree, *total;            /* of nodes; sums of groups */
    double *link; uint32_t *seen, n_seen;      /* weight from one node to each group near it, and which those are */
    uint32_t *queue; bool *waiting;
} mover;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for communities"); }

static void level_fini(level *l) {
    pn_free(l->off);
    pn_free(l->to);
    pn_free(l->weight);
    pn_free(l->self);
    *l = (level){ 0 };
}

static bool level_init(level *l, uint32_t n, uint64_t m) {
    *l = (level){ n, pn_calloc((size_t)n + 1, sizeof *l->off), pn_calloc(m, sizeof *l->to), pn_calloc(m, sizeof *l->weight), pn_calloc(n, sizeof *l->self) };
    return l->off && l->to && l->weight && l->self;
}

/* --- the first level: every edge in the rows of both its ends */

static void put_row(level *l, const pn_csr *c, uint32_t v, uint64_t *at) {
    for (uint64_t i = c->off[v]; i < c->off[v + 1]; i++) {
        if (c->to[i] == v) { l->self[v] += 1; continue; }
        l->to[*at] = c->to[i];
        l->weight[(*at)++] = 1;
    }
}

static pn_status first_level(const pn_graph *g, level *l, pn_pace *pace, pn_error *err) {
    pn_csr out = pn_graph_out(g), in = pn_graph_in(g);
    uint64_t at = 0;
    if (!level_init(l, out.n, 2 * out.off[out.n])) return no_memory(err);
    for (uint32_t v = 0; v < out.n; v++) {
        put_row(l, &out, v, &at);
        put_row(l, &in, v, &at);
        l->off[v + 1] = at;
        PN_TRY(pn_pace_on(pace, pn_csr_degree(&out, v) + pn_csr_degree(&in, v), err));
    }
    return PN_OK;
}

/* --- moving nodes */

static pn_status begin_level(mover *m, const level *l, pn_error *err) {
    for (uint32_t v = 0; v < l->n; v++) {
        m->degree[v] = l->self[v];
        for (uint64_t i = l->off[v]; i < l->off[v + 1]; i++) m->degree[v] += l->weight[i];
        m->total[v] = m->degree[v];
        m->group[v] = m->queue[v] = v;
        m->waiting[v] = true;
        PN_TRY(pn_pace_on(&m->pace, l->off[v + 1] - l->off[v], err));
    }
    for (uint32_t i = l->n; i > 1; i--) {
        uint32_t j = (uint32_t)pn_random_below(&m->chance, i), v = m->queue[i - 1];
        m->queue[i - 1] = m->queue[j];
        m->queue[j] = v;
        PN_TRY(pn_pace_on(&m->pace, 0, err));
    }
    return PN_OK;
}

static void look_around(mover *m, const level *l, uint32_t v) {
    m->n_seen = 0;
    for (uint64_t i = l->off[v]; i < l->off[v + 1]; i++) {
        uint32_t c = m->group[l->to[i]];
        if (m->link[c] == 0) m->seen[m->n_seen++] = c;
        m->link[c] += l->weight[i];
    }
}

static double worth(const mover *m, uint32_t v, uint32_t c) { return m->link[c] - m->resolution * m->degree[v] * m->total[c] / m->twice_m; }

/* The best group for v, which has left its own; of equal ones the old one, then the smallest number. */
static uint32_t best_group(const mover *m, uint32_t v) {
    uint32_t best = m->group[v];
    double most = worth(m, v, best);
    for (uint32_t i = 0; i < m->n_seen; i++) {
        uint32_t c = m->seen[i];
        double w = worth(m, v, c);
        if (w > most + GAIN || (w > most - GAIN && best != m->group[v] && c < best)) { most = w > most ? w : most; best = c; }
    }
    return best;
}

static void wake(mover *m, const level *l, uint32_t v, uint32_t *n_queue, uint32_t *end) {
    for (uint64_t i = l->off[v]; i < l->off[v + 1]; i++) {
        uint32_t w = l->to[i];
        if (m->waiting[w] || m->group[w] == m->group[v]) continue;
        m->waiting[w] = true;
        m->queue[*end] = w;
        *end = *end + 1 == l->n ? 0 : *end + 1;
        ++*n_queue;
    }
}

static bool move(mover *m, const level *l, uint32_t v) {
    uint32_t old = m->group[v];
    look_around(m, l, v);
    m->total[old] -= m->degree[v];
    uint32_t c = best_group(m, v);
    m->group[v] = c;
    m->total[c] += m->degree[v];
    for (uint32_t i = 0; i < m->n_seen; i++) m->link[m->seen[i]] = 0;
    return c != old;
}

static pn_status move_all(mover *m, const level *l, bool *moved, pn_error *err) {
    uint32_t at = 0, end = 0, n_queue = l->n;
    *moved = false;
    while (n_queue > 0) {
        uint32_t v = m->queue[at];
        at = at + 1 == l->n ? 0 : at + 1;
        n_queue--;
        m->waiting[v] = false;
        if (move(m, l, v)) { *moved = true; wake(m, l, v, &n_queue, &end); }
        PN_TRY(pn_pace_on(&m->pace, 2 * (l->off[v + 1] - l->off[v]), err));
    }
    return PN_OK;
}

/* --- groups become the nodes of the next level */

static pn_status number_densely(uint32_t *group, uint32_t n, uint32_t *number, uint32_t *n_groups, pn_pace *pace, pn_error *err) {
    *n_groups = 0;
    memset(number, 0xFF, n * sizeof *number);
    for (uint32_t v = 0; v < n; v++) {
        if (number[group[v]] == UINT32_MAX) number[group[v]] = (*n_groups)++;
        group[v] = number[group[v]];
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    return PN_OK;
}

/* Members of each group side by side: order of the nodes, and where each group begins. */
static pn_status by_group(const uint32_t *group, uint32_t n, uint32_t n_groups, uint32_t *order, uint32_t *begin, pn_pace *pace, pn_error *err) {
    memset(begin, 0, ((size_t)n_groups + 1) * sizeof *begin);
    for (uint32_t v = 0; v < n; v++) {
        begin[group[v] + 1]++;
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    for (uint32_t c = 0; c < n_groups; c++) begin[c + 1] += begin[c];
    PN_TRY(pn_pace_on(pace, n_groups, err));
    for (uint32_t v = n; v-- > 0;) {
        order[--begin[group[v] + 1]] = v;                  /* each begin moves to its place as it is filled from behind */
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    memmove(begin, begin + 1, n_groups * sizeof *begin);
    begin[n_groups] = n;
    return PN_OK;
}

static pn_status merge_group(mover *m, const level *l, const uint32_t *members, uint32_t n, uint32_t c, level *next, uint64_t *at, pn_error *err) {
    m->n_seen = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t v = members[k];
        next->self[c] += l->self[v];
        for (uint64_t i = l->off[v]; i < l->off[v + 1]; i++) {
            uint32_t d = m->group[l->to[i]];
            if (d == c) { next->self[c] += l->weight[i]; continue; }
            if (m->link[d] == 0) m->seen[m->n_seen++] = d;
            m->link[d] += l->weight[i];
        }
        PN_TRY(pn_pace_on(&m->pace, l->off[v + 1] - l->off[v], err));
    }
    for (uint32_t i = 0; i < m->n_seen; i++) {
        next->to[*at] = m->seen[i];
        next->weight[(*at)++] = m->link[m->seen[i]];
        m->link[m->seen[i]] = 0;
    }
    next->off[c + 1] = *at;
    return PN_OK;
}

static pn_status merge_groups(mover *m, level *l, uint32_t n_groups, pn_error *err) {
    level next = { 0 };
    uint64_t at = 0;
    uint32_t *order = pn_calloc(l->n, sizeof *order), *begin = pn_calloc((size_t)n_groups + 1, sizeof *begin);
    pn_status rc = order && begin && level_init(&next, n_groups, l->off[l->n]) ? PN_OK : no_memory(err);
    if (rc == PN_OK) rc = by_group(m->group, l->n, n_groups, order, begin, &m->pace, err);
    for (uint32_t c = 0; rc == PN_OK && c < n_groups; c++) rc = merge_group(m, l, order + begin[c], begin[c + 1] - begin[c], c, &next, &at, err);
    pn_free(order);
    pn_free(begin);
    if (rc != PN_OK) { level_fini(&next); return rc; }
    level_fini(l);
    *l = next;
    return PN_OK;
}

static pn_status follow(mover *m, uint32_t *community, uint32_t n, pn_error *err) {
    for (uint32_t v = 0; v < n; v++) {
        community[v] = m->group[community[v]];
        PN_TRY(pn_pace_on(&m->pace, 0, err));
    }
    return PN_OK;
}

static pn_status unfold(mover *m, level *l, uint32_t *community, uint32_t n, pn_error *err) {
    for (;;) {
        bool moved;
        uint32_t n_groups;
        PN_TRY(begin_level(m, l, err));
        PN_TRY(move_all(m, l, &moved, err));
        if (!moved) return PN_OK;
        PN_TRY(number_densely(m->group, l->n, m->queue, &n_groups, &m->pace, err));
        PN_TRY(follow(m, community, n, err));
        PN_TRY(merge_groups(m, l, n_groups, err));
    }
}

/* --- the end: pieces, numbers, modularity */

static void spread(const pn_csr *c, uint32_t v, const uint32_t *community, uint32_t *piece, uint32_t *queue, uint32_t *n) {
    for (uint64_t i = c->off[v]; i < c->off[v + 1]; i++) {
        uint32_t w = c->to[i];
        if (piece[w] != UINT32_MAX || community[w] != community[v]) continue;
        piece[w] = piece[v];
        queue[(*n)++] = w;
    }
}

/* Every piece of a community that hangs together gets a number of its own: its smallest node. */
static pn_status cut_pieces(const pn_graph *g, uint32_t *community, uint32_t *piece, uint32_t *queue, pn_pace *pace, pn_error *err) {
    pn_csr out = pn_graph_out(g), in = pn_graph_in(g);
    if (out.n) memset(piece, 0xFF, out.n * sizeof *piece);
    for (uint32_t start = 0; start < out.n; start++) {
        PN_TRY(pn_pace_on(pace, 0, err));
        if (piece[start] != UINT32_MAX) continue;
        uint32_t n = 1;
        queue[0] = piece[start] = start;
        for (uint32_t at = 0; at < n; at++) {
            spread(&out, queue[at], community, piece, queue, &n);
            spread(&in, queue[at], community, piece, queue, &n);
            PN_TRY(pn_pace_on(pace, pn_csr_degree(&out, queue[at]) + pn_csr_degree(&in, queue[at]), err));
        }
    }
    if (out.n) memcpy(community, piece, out.n * sizeof *piece);
    return pn_number_groups(community, out.n, pace->tick, err);
}

/* The weight inside of communities, and `total` degrees of each. */
static pn_status weigh(const pn_graph *g, const uint32_t *community, double *total, double *inside, pn_pace *pace, pn_error *err) {
    pn_csr out = pn_graph_out(g), in = pn_graph_in(g);
    *inside = 0;
    for (uint32_t v = 0; v < out.n; v++) total[v] = 0;
    PN_TRY(pn_pace_on(pace, out.n, err));
    for (uint32_t v = 0; v < out.n; v++) {
        total[community[v]] += (double)(pn_csr_degree(&out, v) + pn_csr_degree(&in, v));
        for (uint64_t i = out.off[v]; i < out.off[v + 1]; i++) *inside += community[out.to[i]] == community[v] ? 2 : 0;
        PN_TRY(pn_pace_on(pace, pn_csr_degree(&out, v), err));
    }
    return PN_OK;
}

static pn_status modularity_of(const pn_graph *g, const uint32_t *community, double resolution, double *total, double *modularity, pn_pace *pace, pn_error *err) {
    pn_csr out = pn_graph_out(g);
    double twice_m = 2 * (double)out.off[out.n], inside, squares = 0;
    *modularity = 0;
    if (twice_m == 0) return PN_OK;
    PN_TRY(weigh(g, community, total, &inside, pace, err));
    for (uint32_t c = 0; c < out.n; c++) {
        squares += total[c] / twice_m * (total[c] / twice_m);
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    *modularity = inside / twice_m - resolution * squares;
    return PN_OK;
}

static bool mover_init(mover *m, uint32_t n) {
    m->group = pn_calloc(n, sizeof *m->group);
    m->degree = pn_calloc(n, sizeof *m->degree);
    m->total = pn_calloc(n, sizeof *m->total);
    m->link = pn_calloc(n, sizeof *m->link);
    m->seen = pn_calloc(n, sizeof *m->seen);
    m->queue = pn_calloc(n, sizeof *m->queue);
    m->waiting = pn_calloc(n, sizeof *m->waiting);
    return m->group && m->degree && m->total && m->link && m->seen && m->queue && m->waiting;
}

static void mover_fini(mover *m) {
    pn_free(m->group);
    pn_free(m->degree);
    pn_free(m->total);
    pn_free(m->link);
    pn_free(m->seen);
    pn_free(m->queue);
    pn_free(m->waiting);
}

pn_status pn_communities(const pn_graph *g, double resolution, uint64_t seed, const pn_tick *tick, uint32_t *community, double *modularity, pn_error *err) {
    pn_csr out = pn_graph_out(g);
    level l = { 0 };
    mover m = { .resolution = resolution, .twice_m = 2 * (double)out.off[out.n], .chance = { seed }, .pace = { tick, 65535 } };
    if (!(resolution > 0 && resolution < 1e9)) return pn_fail(err, PN_EINVAL, "resolution is above 0");
    pn_status rc = mover_init(&m, out.n) ? PN_OK : no_memory(err);
    for (uint32_t v = 0; rc == PN_OK && v < out.n; v++) {
        community[v] = v;
        rc = pn_pace_on(&m.pace, 0, err);
    }
    if (rc == PN_OK) rc = first_level(g, &l, &m.pace, err);
    if (rc == PN_OK && m.twice_m > 0) rc = unfold(&m, &l, community, out.n, err);
    if (rc == PN_OK) rc = cut_pieces(g, community, m.group, m.queue, &m.pace, err);
    if (rc == PN_OK) rc = modularity_of(g, community, resolution, m.total, modularity, &m.pace, err);
    level_fini(&l);
    mover_fini(&m);
    return rc;
}
