#include "stats/pn_burst.h"
#include "base/pn_alloc.h"
#include <math.h>

enum { STATES = PN_BURST_LEVELS_MAX + 1, POLL = 4096 };
typedef struct { double hit[STATES], miss[STATES], up; unsigned n; } machine;      /* cost of a relevant article, of another, of one level up */

static double share_of_all(const int64_t *count, const int64_t *total, size_t n, double *batches) {
    double hits = 0, all = 0;
    *batches = 0;
    for (size_t i = 0; i < n; i++) {
        hits += (double)count[i];
        all += (double)total[i];
        *batches += total[i] > 0;
    }
    return all > 0 ? hits / all : 0;
}

static machine machine_of(double p0, double batches, const pn_burst_opts *o) {
    machine m = { .up = batches > 0 ? o->gamma * log(batches) : 0 };
    bool cut = !(p0 > 0) || p0 >= PN_BURST_SHARE_MAX;
    for (unsigned j = 0; j == 0 || (j <= o->levels && !cut); j++) {
        double p = p0 * pow(o->s, j);
        cut = cut || p >= PN_BURST_SHARE_MAX;
        if (j > 0 && p > PN_BURST_SHARE_MAX) p = PN_BURST_SHARE_MAX;
        m.hit[j] = -log(p);
        m.miss[j] = -log1p(-p);
        m.n = j + 1;
    }
    return m;
}

static double cost_in(const machine *m, unsigned j, int64_t count, int64_t total) { return (double)count * m->hit[j] + (double)(total - count) * m->miss[j]; }

/* Costs after one more batch, and from which state each was reached. */
static void step(const machine *m, double *cost, uint8_t *from, int64_t count, int64_t total) {
    double above = INFINITY, reached[STATES];
    uint8_t above_from = 0;
    for (unsigned j = m->n; j-- > 0;) {                     /* down or level costs nothing */
        reached[j] = above;
        from[j] = above_from;
        if (cost[j] <= above) { above = cost[j]; above_from = (uint8_t)j; }
    }
    double below = INFINITY;
    uint8_t below_from = 0;
    for (unsigned j = 0; j < m->n; j++) {
        below += m->up;
        if (cost[j] < below) { below = cost[j]; below_from = (uint8_t)j; }
        if (below <= reached[j]) { reached[j] = below; from[j] = below_from; }
    }
    for (unsigned j = 0; j < m->n; j++) cost[j] = reached[j] + cost_in(m, j, count, total);
}

static unsigned cheapest(const double *cost, unsigned n) {
    unsigned best = 0;
    for (unsigned j = 1; j < n; j++)
        if (cost[j] < cost[best]) best = j;
    return best;
}

static void fill_silence(const int64_t *total, size_t n, uint8_t *state) {
    uint8_t next = 0;
    for (size_t i = n; i-- > 0;) {
        if (total[i] > 0) next = state[i];
        else state[i] = next;
    }
    uint8_t before = 0;
    for (size_t i = 0; i < n; i++) {
        if (total[i] > 0) before = state[i];
        else state[i] = PN_MIN(before, state[i]);
    }
}

static pn_status walk(const machine *m, const int64_t *count, const int64_t *total, size_t n, const pn_tick *tick, uint8_t *from, uint8_t *state, pn_error *err) {
    double cost[STATES] = { 0 };
    for (unsigned j = 1; j < m->n; j++) cost[j] = INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (i % POLL == 0) PN_TRY(pn_poll(tick, err));
        if (total[i] > 0) step(m, cost, from + i * m->n, count[i], total[i]);
    }
    unsigned at = cheapest(cost, m->n);
    for (size_t i = n; i-- > 0;) {
        state[i] = (uint8_t)at;
        if (total[i] > 0) at = from[i * m->n + at];
    }
    fill_silence(total, n, state);
    return PN_OK;
}

static pn_status check(const pn_burst_opts *o, pn_error *err) {
    if (!(o->s > 1) || !isfinite(o->s)) return pn_fail(err, PN_EINVAL, "s, how many times more is written in a burst, is above 1");
    if (!(o->gamma >= 0) || !isfinite(o->gamma)) return pn_fail(err, PN_EINVAL, "gamma, the price of a burst, is 0 or more");
    if (o->levels < 1 || o->levels > PN_BURST_LEVELS_MAX) return pn_fail(err, PN_EINVAL, "levels of bursts are 1 to %d", PN_BURST_LEVELS_MAX);
    return PN_OK;
}

static pn_status states_of(const machine *m, const int64_t *count, const int64_t *total, size_t n, const pn_tick *tick, uint8_t *state, pn_error *err) {
    if (m->n == 1) {                                        /* nothing was found, or nearly everything: there is no higher state */
        if (n) memset(state, 0, n);
        return PN_OK;
    }
    uint8_t *from = pn_malloc(n * m->n);
    if (!from) return pn_fail(err, PN_ENOMEM, "no memory for the states of %zu buckets", n);
    pn_status rc = walk(m, count, total, n, tick, from, state, err);
    pn_free(from);
    return rc;
}

pn_status pn_burst_states(const int64_t *count, const int64_t *total, size_t n, const pn_burst_opts *opts, const pn_tick *tick, uint8_t *state, pn_error *err) {
    double batches, p0 = share_of_all(count, total, n, &batches);
    PN_TRY(check(opts, err));
    machine m = machine_of(p0, batches, opts);
    return states_of(&m, count, total, n, tick, state, err);
}

/* --- as a table */

enum { SERIES, START, END, LEVEL, WEIGHT, COUNT, EXPECTED, PEAK };
typedef struct { const pn_series_list *list; const pn_counts *c; const machine *m; double p0; pn_freq freq; pn_table *t; } burst_rows;

static void put_burst(burst_rows *b, size_t first, size_t end, unsigned level) {
    const pn_counts *c = b->c;
    double weight = 0, total = 0;
    int64_t count = 0;
    size_t peak = first;
    for (size_t i = first; i < end; i++) {
        weight += cost_in(b->m, level - 1, c->count[i], c->total[i]) - cost_in(b->m, level, c->count[i], c->total[i]);
        count += c->count[i];
        total += (double)c->total[i];
        if ((double)c->count[i] * (double)c->total[peak] > (double)c->count[peak] * (double)c->total[i]) peak = i;
    }
    pn_table_put_str(b->t, SERIES, c->name);
    pn_series_put_label(b->list, c, first, b->t, START);
    pn_series_put_last(b->list, c, end - 1, b->freq, b->t, END);
    pn_table_put_i64(b->t, LEVEL, level);
    pn_table_put_f64(b->t, WEIGHT, weight);
    pn_table_put_i64(b->t, COUNT, count);
    pn_table_put_f64(b->t, EXPECTED, b->p0 * total);
    pn_series_put_label(b->list, c, peak, b->t, PEAK);
}

static size_t run_end(const uint8_t *state, size_t n, size_t i, unsigned level) {
    while (i < n && state[i] >= level) i++;
    return i;
}

static void put_bursts(burst_rows *b, const uint8_t *state) {
    for (size_t i = 0; i < b->c->n; i++)
        for (unsigned level = (i ? state[i - 1] : 0u) + 1; level <= state[i]; level++) put_burst(b, i, run_end(state, b->c->n, i, level), level);
}

static pn_status add_series(const pn_series_list *list, const pn_counts *c, pn_freq freq, const pn_burst_opts *o, const pn_tick *tick, pn_table *t, pn_error *err) {
    double batches, p0 = share_of_all(c->count, c->total, c->n, &batches);
    machine m = machine_of(p0, batches, o);
    uint8_t *state = pn_malloc(c->n);
    if (!state) return pn_fail(err, PN_ENOMEM, "no memory for the states of %zu buckets", c->n);
    pn_status rc = states_of(&m, c->count, c->total, c->n, tick, state, err);
    if (rc == PN_OK) put_bursts(&(burst_rows){ list, c, &m, p0, freq, t }, state);
    pn_free(state);
    return rc;
}

static void add_columns(pn_table *t, const pn_series_list *list) {
    pn_table_add(t, "series", PN_COL_DICT);
    pn_series_add_label(list, t, "start");
    pn_series_add_label(list, t, "end");
    pn_table_add(t, "level", PN_COL_I64);
    pn_table_add(t, "weight", PN_COL_F64);
    pn_table_add(t, "count", PN_COL_I64);
    pn_table_add(t, "expected", PN_COL_F64);
    pn_series_add_label(list, t, "peak");
}

pn_status pn_bursts(const pn_table *trend, pn_freq freq, const pn_burst_opts *opts, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_series_list list = { 0 };
    pn_table *t = NULL;
    PN_TRY(check(opts, err));
    PN_TRY(pn_series_of(trend, &list, err));
    pn_status rc = pn_table_new(&t, err);
    if (rc == PN_OK) add_columns(t, &list);
    for (size_t i = 0; rc == PN_OK && i < list.n; i++) rc = add_series(&list, &list.at[i], freq, opts, tick, t, err);
    pn_series_fini(&list);
    return pn_series_finish(rc, t, out, err);
}
