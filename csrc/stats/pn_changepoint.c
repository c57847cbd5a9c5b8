#include "stats/pn_changepoint.h"
#include "base/pn_alloc.h"
#include "stats/pn_wilson.h"
#include <math.h>

typedef struct { double k, n; } sums;

typedef struct {
    size_t n;                          /* buckets with articles */
    size_t *bucket;                    /* where each is in the series */
    sums *sum;                         /* n + 1: of those before */
    double *best;                      /* n + 1: smallest cost of those before, with a penalty a segment, less one */
    size_t *last;                      /* n + 1: where the last segment of that begins */
    size_t *open;                      /* beginnings that may still be best */
} work;

static double x_ln_x(double x) { return x > 0 ? x * log(x) : 0; }
static double cost(sums s) { return -2 * (x_ln_x(s.k) + x_ln_x(s.n - s.k) - x_ln_x(s.n)); }
static sums between(sums from, sums to) { return (sums){ to.k - from.k, to.n - from.n }; }

static void work_fini(work *w) {
    pn_free(w->bucket);
    pn_free(w->sum);
    pn_free(w->best);
    pn_free(w->last);
    pn_free(w->open);
}

static bool work_init(work *w, size_t n) {
    *w = (work){ .bucket = pn_calloc(n + 1, sizeof *w->bucket), .sum = pn_calloc(n + 1, sizeof *w->sum), .best = pn_calloc(n + 1, sizeof *w->best),
                 .last = pn_calloc(n + 1, sizeof *w->last), .open = pn_calloc(n + 1, sizeof *w->open) };
    return w->bucket && w->sum && w->best && w->last && w->open;
}

static void add_up(work *w, const int64_t *count, const int64_t *total, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (total[i] <= 0) continue;
        w->bucket[w->n++] = i;
        w->sum[w->n] = (sums){ w->sum[w->n - 1].k + (double)count[i], w->sum[w->n - 1].n + (double)total[i] };
    }
}

/* A beginning that is worse than the best end here without a penalty stays worse: it is closed. */
static size_t close_hopeless(work *w, size_t end, size_t n_open) {
    size_t kept = 0;
    for (size_t i = 0; i < n_open; i++) {
        size_t from = w->open[i];
        if (w->best[from] + cost(between(w->sum[from], w->sum[end])) <= w->best[end]) w->open[kept++] = from;
    }
    return kept;
}

static pn_status best_at(work *w, size_t end, size_t n_open, double penalty, const pn_tick *tick, pn_error *err) {
    w->best[end] = INFINITY;
    PN_TRY(pn_poll(tick, err));
    for (size_t i = 0; i < n_open; i++) {
        double c = w->best[w->open[i]] + cost(between(w->sum[w->open[i]], w->sum[end])) + penalty;
        if (c < w->best[end]) { w->best[end] = c; w->last[end] = w->open[i]; }
    }
    return PN_OK;
}

static pn_status pelt(work *w, double penalty, const pn_tick *tick, pn_error *err) {
    size_t n_open = 0;
    w->best[0] = -penalty;
    for (size_t end = 1; end <= w->n; end++) {
        w->open[n_open++] = end - 1;
        PN_TRY(best_at(w, end, n_open, penalty, tick, err));
        n_open = close_hopeless(w, end, n_open);
    }
    return PN_OK;
}

static size_t starts_of(const work *w, size_t *starts) {
    size_t n = 0;
    for (size_t at = w->n; at > 0 && w->last[at] > 0; at = w->last[at]) starts[n++] = w->bucket[w->last[at]];
    for (size_t i = 0; i < n / 2; i++) {
        size_t other = starts[n - 1 - i];
        starts[n - 1 - i] = starts[i];
        starts[i] = other;
    }
    return n;
}

pn_status pn_changepoint_starts(const int64_t *count, const int64_t *total, size_t n, double penalty, const pn_tick *tick, size_t *starts, size_t *n_starts, pn_error *err) {
    work w;
    if (penalty != PN_PENALTY_BIC && !(penalty >= 0 && isfinite(penalty))) return pn_fail(err, PN_EINVAL, "the penalty of a change is \"bic\" or a number, 0 or more");
    pn_status rc = work_init(&w, n) ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for the changes of %zu buckets", n);
    if (rc == PN_OK) {
        add_up(&w, count, total, n);
        if (penalty == PN_PENALTY_BIC) penalty = 2 * log((double)PN_MAX(w.n, 1));
        rc = pelt(&w, penalty, tick, err);
    }
    if (rc == PN_OK) *n_starts = starts_of(&w, starts);
    work_fini(&w);
    return rc;
}

/* --- as a table */

enum { SERIES, DATE, BEFORE, AFTER = BEFORE + 3, GAIN = AFTER + 3 };

static sums of_run(const pn_counts *c, size_t first, size_t end) {
    sums s = { 0, 0 };
    for (size_t i = first; i < end; i++) s = (sums){ s.k + (double)c->count[i], s.n + (double)c->total[i] };
    return s;
}

static void put_share(pn_table *t, size_t col, sums s, double z) {
    double lower, upper;
    pn_wilson((uint64_t)s.k, (uint64_t)s.n, z, &lower, &upper);
    pn_table_put_f64(t, col, s.k / s.n);
    pn_table_put_f64(t, col + 1, lower);
    pn_table_put_f64(t, col + 2, upper);
}

static void put_change(const pn_series_list *list, const pn_counts *c, size_t from, size_t at, size_t end, double z, pn_table *t) {
    sums before = of_run(c, from, at), after = of_run(c, at, end), both = { before.k + after.k, before.n + after.n };
    pn_table_put_str(t, SERIES, c->name);
    pn_series_put_label(list, c, at, t, DATE);
    put_share(t, BEFORE, before, z);
    put_share(t, AFTER, after, z);
    pn_table_put_f64(t, GAIN, cost(both) - cost(before) - cost(after));
}

static pn_status add_series(const pn_series_list *list, const pn_counts *c, double penalty, double z, const pn_tick *tick, pn_table *t, pn_error *err) {
    size_t n = 0, *starts = pn_calloc(c->n, sizeof *starts);
    if (!starts) return pn_fail(err, PN_ENOMEM, "no memory for the changes of %zu buckets", c->n);
    pn_status rc = pn_changepoint_starts(c->count, c->total, c->n, penalty, tick, starts, &n, err);
    for (size_t i = 0; rc == PN_OK && i < n; i++) put_change(list, c, i ? starts[i - 1] : 0, starts[i], i + 1 < n ? starts[i + 1] : c->n, z, t);
    pn_free(starts);
    return rc;
}

static void add_columns(pn_table *t, const pn_series_list *list) {
    static const char *const shares[] = { "before", "before_lower", "before_upper", "after", "after_lower", "after_upper", "gain" };
    pn_table_add(t, "series", PN_COL_DICT);
    pn_series_add_label(list, t, "date");
    for (size_t i = 0; i < PN_COUNT(shares); i++) pn_table_add(t, shares[i], PN_COL_F64);
}

pn_status pn_changepoints(const pn_table *trend, double penalty, double level, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_series_list list = { 0 };
    pn_table *t = NULL;
    if (!(level > 0 && level < 1)) return pn_fail(err, PN_EINVAL, "the level of a band lies between 0 and 1");
    PN_TRY(pn_series_of(trend, &list, err));
    pn_status rc = pn_table_new(&t, err);
    if (rc == PN_OK) add_columns(t, &list);
    for (size_t i = 0; rc == PN_OK && i < list.n; i++) rc = add_series(&list, &list.at[i], penalty, pn_normal_z(level), tick, t, err);
    pn_series_fini(&list);
    return pn_series_finish(rc, t, out, err);
}
