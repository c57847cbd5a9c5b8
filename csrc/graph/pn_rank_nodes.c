#include "graph/pn_rank_nodes.h"
#include "base/pn_alloc.h"
#include "base/pn_random.h"
#include <math.h>

#define SETTLED 1e-10
enum { ROUNDS = 10000 };

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for ranks of nodes"); }

/* --- PageRank */

typedef struct { pn_csr out, in; double damping, weights; const double *personal; double *share; pn_pace pace; } surfer;

static double drawn(const surfer *s, uint32_t v) { return s->personal ? s->personal[v] / s->weights : 1.0 / s->out.n; }

/* What each node hands to each of its links; `lost` is what nodes without links would hand on. */
static pn_status hand_out(surfer *s, const double *rank, double *lost, pn_error *err) {
    *lost = 0;
    for (uint32_t v = 0; v < s->out.n; v++) {
        uint64_t links = pn_csr_degree(&s->out, v);
        s->share[v] = links ? rank[v] / (double)links : 0;
        if (!links) *lost += rank[v];
        PN_TRY(pn_pace_on(&s->pace, 0, err));
    }
    return PN_OK;
}

static pn_status one_round(surfer *s, double *rank, double *change, pn_error *err) {
    double lost;
    PN_TRY(hand_out(s, rank, &lost, err));
    *change = 0;
    for (uint32_t v = 0; v < s->in.n; v++) {
        double sum = 0;
        for (uint64_t i = s->in.off[v]; i < s->in.off[v + 1]; i++) sum += s->share[s->in.to[i]];
        double next = s->damping * sum + (s->damping * lost + 1 - s->damping) * drawn(s, v);
        *change += fabs(next - rank[v]);
        rank[v] = next;
        PN_TRY(pn_pace_on(&s->pace, pn_csr_degree(&s->in, v), err));
    }
    return PN_OK;
}

static pn_status check_weights(surfer *s, pn_error *err) {
    for (uint32_t v = 0; v < s->out.n; v++) {
        if (!(s->personal[v] >= 0) || !isfinite(s->personal[v])) return pn_fail(err, PN_EINVAL, "weights of nodes are 0 or more");
        s->weights += s->personal[v];
        PN_TRY(pn_pace_on(&s->pace, 0, err));
    }
    if (s->out.n && !(s->weights > 0)) return pn_fail(err, PN_EINVAL, "no node to begin at has a weight");
    return PN_OK;
}

static pn_status iterate(surfer *s, double *rank, pn_error *err) {
    for (uint32_t v = 0; v < s->out.n; v++) {
        rank[v] = drawn(s, v);
        PN_TRY(pn_pace_on(&s->pace, 0, err));
    }
    for (double change = 1; s->out.n && change > SETTLED;) PN_TRY(one_round(s, rank, &change, err));
    return PN_OK;
}

pn_status pn_pagerank(const pn_graph *g, double damping, const double *personal, const pn_tick *tick, double *rank, pn_error *err) {
    surfer s = { .out = pn_graph_out(g), .in = pn_graph_in(g), .damping = damping, .personal = personal, .pace = { tick, 65535 } };
    if (!(damping >= 0 && damping < 1)) return pn_fail(err, PN_EINVAL, "damping is 0 or more and below 1");
    if (personal) PN_TRY(check_weights(&s, err));
    s.share = pn_calloc(s.out.n, sizeof *s.share);
    pn_status rc = s.share ? iterate(&s, rank, err) : no_memory(err);
    pn_free(s.share);
    return rc;
}

/* --- hubs and authorities */

/* The sum of `from` over all rows: each value goes out once for every edge that will take it. */
static pn_status sum_rows(const pn_csr *c, const double *from, double *all, pn_pace *pace, pn_error *err) {
    *all = 0;
    for (uint32_t v = 0; v < c->n; v++) {
        for (uint64_t i = c->off[v]; i < c->off[v + 1]; i++) *all += from[c->to[i]];
        PN_TRY(pn_pace_on(pace, pn_csr_degree(c, v), err));
    }
    return PN_OK;
}

/* Each node takes the sum of `from` over its row of `c`, scaled to sum 1; gives the change. */
static pn_status gather(const pn_csr *c, const double *from, double *to, double *change, pn_pace *pace, pn_error *err) {
    double all;
    PN_TRY(sum_rows(c, from, &all, pace, err));
    *change = 0;
    for (uint32_t v = 0; v < c->n; v++) {
        double sum = 0;
        for (uint64_t i = c->off[v]; i < c->off[v + 1]; i++) sum += from[c->to[i]];
        double next = all > 0 ? sum / all : 0;
        *change += fabs(next - to[v]);
        to[v] = next;
        PN_TRY(pn_pace_on(pace, pn_csr_degree(c, v), err));
    }
    return PN_OK;
}

pn_status pn_hits(const pn_graph *g, const pn_tick *tick, double *hub, double *authority, pn_error *err) {
    pn_csr out = pn_graph_out(g), in = pn_graph_in(g);
    pn_pace pace = { tick, 65535 };
    for (uint32_t v = 0; v < out.n; v++) {
        hub[v] = 1.0 / out.n;
        authority[v] = 0;
        PN_TRY(pn_pace_on(&pace, 0, err));
    }
    for (int round = 0; round < ROUNDS; round++) {
        double of_hubs, of_authorities;
        PN_TRY(gather(&in, hub, authority, &of_authorities, &pace, err));
        PN_TRY(gather(&out, authority, hub, &of_hubs, &pace, err));
        if (of_hubs + of_authorities <= SETTLED) return PN_OK;
    }
    return pn_fail(err, PN_ELIMIT, "hubs and authorities did not settle in %d rounds", ROUNDS);
}

/* --- betweenness */

typedef struct {
    pn_csr out, in;
    uint32_t *queue;                   /* nodes in the order they were reached */
    int32_t *far;                      /* steps from the source; -1: not reached */
    double *paths, *part;              /* shortest paths to a node; its part in those that go on */
    pn_pace pace;
} brandes;

/* The *n nodes that are reached stand in the queue. */
static pn_status spread(brandes *b, uint32_t source, uint32_t *n, pn_error *err) {
    *n = 1;
    b->queue[0] = source;
    b->far[source] = 0;
    b->paths[source] = 1;
    for (uint32_t at = 0; at < *n; at++) {
        uint32_t v = b->queue[at];
        for (uint64_t i = b->out.off[v]; i < b->out.off[v + 1]; i++) {
            uint32_t w = b->out.to[i];
            if (b->far[w] < 0) { b->far[w] = b->far[v] + 1; b->queue[(*n)++] = w; }
            if (b->far[w] == b->far[v] + 1) b->paths[w] += b->paths[v];
        }
        PN_TRY(pn_pace_on(&b->pace, pn_csr_degree(&b->out, v), err));
    }
    return PN_OK;
}

/* Farthest first, each node hands its part to those before it. */
static pn_status collect(brandes *b, uint32_t n, double scale, double *between, pn_error *err) {
    for (uint32_t at = n; at-- > 0;) {
        uint32_t w = b->queue[at];
        for (uint64_t i = b->in.off[w]; i < b->in.off[w + 1]; i++) {
            uint32_t v = b->in.to[i];
            if (b->far[v] >= 0 && b->far[v] == b->far[w] - 1) b->part[v] += b->paths[v] / b->paths[w] * (1 + b->part[w]);
        }
        if (at > 0) between[w] += scale * b->part[w];
        PN_TRY(pn_pace_on(&b->pace, pn_csr_degree(&b->in, w), err));
    }
    return PN_OK;
}

/* The nodes that were reached are made ready for the next source. */
static pn_status clean(brandes *b, uint32_t n, pn_error *err) {
    for (uint32_t at = 0; at < n; at++) {
        b->far[b->queue[at]] = -1;
        b->paths[b->queue[at]] = b->part[b->queue[at]] = 0;
        PN_TRY(pn_pace_on(&b->pace, 0, err));
    }
    return PN_OK;
}

static pn_status from_source(brandes *b, uint32_t source, double scale, double *between, pn_error *err) {
    uint32_t n;
    PN_TRY(spread(b, source, &n, err));
    PN_TRY(collect(b, n, scale, between, err));
    return clean(b, n, err);
}

/* The first k of `order` become a sample without repetition; all nodes in their order where k is n. */
static pn_status draw(uint32_t *order, uint32_t n, uint32_t k, uint64_t seed, pn_pace *pace, pn_error *err) {
    pn_random chance = { seed };
    for (uint32_t v = 0; v < n; v++) {
        order[v] = v;
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    for (uint32_t i = 0; k < n && i < k; i++) {
        uint32_t j = i + (uint32_t)pn_random_below(&chance, n - i), v = order[j];
        order[j] = order[i];
        order[i] = v;
        PN_TRY(pn_pace_on(pace, 0, err));
    }
    return PN_OK;
}

static pn_status from_sources(brandes *b, const uint32_t *sources, uint32_t k, double *between, pn_error *err) {
    double n = b->out.n, scale = n > 2 ? n / k / ((n - 1) * (n - 2)) : 0;
    for (uint32_t v = 0; v < b->out.n; v++) {
        between[v] = 0;
        b->far[v] = -1;
        PN_TRY(pn_pace_on(&b->pace, 0, err));
    }
    for (uint32_t i = 0; i < k; i++) PN_TRY(from_source(b, sources[i], scale, between, err));
    return PN_OK;
}

pn_status pn_betweenness(const pn_graph *g, uint32_t samples, uint64_t seed, const pn_tick *tick, double *between, pn_error *err) {
    brandes b = { .out = pn_graph_out(g), .in = pn_graph_in(g), .pace = { tick, 65535 } };
    uint32_t n = b.out.n, k = PN_MIN(samples, n), *order = pn_calloc(n, sizeof *order);
    if (samples == 0) { pn_free(order); return pn_fail(err, PN_EINVAL, "betweenness needs at least one sample"); }
    b.queue = pn_calloc(n, sizeof *b.queue);
    b.far = pn_calloc(n, sizeof *b.far);
    b.paths = pn_calloc(n, sizeof *b.paths);
    b.part = pn_calloc(n, sizeof *b.part);
    pn_status rc = order && b.queue && b.far && b.paths && b.part ? PN_OK : no_memory(err);
    if (rc == PN_OK) rc = draw(order, n, k, seed, &b.pace, err);
    if (rc == PN_OK) rc = from_sources(&b, order, k, between, err);
    pn_free(order);
    pn_free(b.queue);
    pn_free(b.far);
    pn_free(b.paths);
    pn_free(b.part);
    return rc;
}
