#include "graph/pn_layout.h"
#include "base/pn_alloc.h"
#include "base/pn_random.h"
#include <math.h>

enum { STEPS = 500 };
typedef struct { double x, y; } vec;
typedef struct { pn_csr out, in; uint32_t n; double k; vec *at, *force; double *mass; pn_pace pace; } sheet;

static void scatter(sheet *s, uint64_t seed) {
    pn_random chance = { seed };
    for (uint32_t v = 0; v < s->n; v++) {
        double turn = 6.283185307179586 * pn_random_unit(&chance), far = sqrt(pn_random_unit(&chance));
        double across = far * cos(turn), down = far * sin(turn);
        s->at[v] = (vec){ across, down };
        s->mass[v] = 1 + 0.3 * sqrt((double)(pn_csr_degree(&s->out, v) + pn_csr_degree(&s->in, v)));
    }
}

static void push(vec *v, vec d, double by) { v->x += d.x * by; v->y += d.y * by; }

static pn_status repel(sheet *s, pn_error *err) {
    for (uint32_t v = 0; v < s->n; v++) {
        vec a = s->at[v], sum = { 0, 0 };
        for (uint32_t w = 0; w < s->n; w++) {
            vec d = { a.x - s->at[w].x, a.y - s->at[w].y };
            double square = d.x * d.x + d.y * d.y + 1e-9;
            push(&sum, d, s->k * s->k * s->mass[w] / square);
        }
        s->force[v] = (vec){ sum.x * s->mass[v], sum.y * s->mass[v] };
        PN_TRY(pn_pace_on(&s->pace, s->n, err));
    }
    return PN_OK;
}

static pn_status attract(sheet *s, pn_error *err) {
    for (uint32_t v = 0; v < s->n; v++) {
        for (uint64_t i = s->out.off[v]; i < s->out.off[v + 1]; i++) {
            uint32_t w = s->out.to[i];
            vec d = { s->at[w].x - s->at[v].x, s->at[w].y - s->at[v].y };
            double pull = sqrt(d.x * d.x + d.y * d.y) / s->k;
            push(&s->force[v], d, pull);
            push(&s->force[w], d, -pull);
        }
        push(&s->force[v], s->at[v], -s->mass[v] * (1 + 2 * sqrt(s->at[v].x * s->at[v].x + s->at[v].y * s->at[v].y)));
        PN_TRY(pn_pace_on(&s->pace, pn_csr_degree(&s->out, v), err));
    }
    return PN_OK;
}

static void step(sheet *s, double longest) {
    for (uint32_t v = 0; v < s->n; v++) {
        double length = sqrt(s->force[v].x * s->force[v].x + s->force[v].y * s->force[v].y);
        if (length > 0) push(&s->at[v], s->force[v], fmin(length, longest) / length);
    }
}

/* Around the middle, the farthest at 1. */
static void fit(const sheet *s, double *x, double *y) {
    vec low = { INFINITY, INFINITY }, high = { -INFINITY, -INFINITY };
    for (uint32_t v = 0; v < s->n; v++) {
        low = (vec){ fmin(low.x, s->at[v].x), fmin(low.y, s->at[v].y) };
        high = (vec){ fmax(high.x, s->at[v].x), fmax(high.y, s->at[v].y) };
    }
    double wide = fmax(high.x - low.x, high.y - low.y) / 2;
    for (uint32_t v = 0; v < s->n; v++) {
        x[v] = wide > 0 ? (s->at[v].x - (low.x + high.x) / 2) / wide : 0;
        y[v] = wide > 0 ? (s->at[v].y - (low.y + high.y) / 2) / wide : 0;
    }
}

static pn_status draw(sheet *s, uint64_t seed, pn_error *err) {
    scatter(s, seed);
    for (int i = 0; i < STEPS; i++) {
        double left = 1 - (double)i / STEPS;
        PN_TRY(repel(s, err));
        PN_TRY(attract(s, err));
        step(s, 0.1 * left * left);
    }
    return PN_OK;
}

pn_status pn_layout(const pn_graph *g, uint64_t seed, const pn_tick *tick, double *x, double *y, pn_error *err) {
    sheet s = { .out = pn_graph_out(g), .in = pn_graph_in(g), .pace = { tick, 65535 } };
    s.n = s.out.n;
    if (s.n > PN_LAYOUT_MAX) return pn_fail(err, PN_ELIMIT, "a picture has at most %d nodes, not %u", PN_LAYOUT_MAX, s.n);
    s.k = s.n ? 1 / sqrt((double)s.n) : 1;
    s.at = pn_calloc(s.n, sizeof *s.at);
    s.force = pn_calloc(s.n, sizeof *s.force);
    s.mass = pn_calloc(s.n, sizeof *s.mass);
    pn_status rc = s.at && s.force && s.mass ? draw(&s, seed, err) : pn_fail(err, PN_ENOMEM, "no memory for a picture of a graph");
    if (rc == PN_OK) fit(&s, x, y);
    pn_free(s.at);
    pn_free(s.force);
    pn_free(s.mass);
    return rc;
}
