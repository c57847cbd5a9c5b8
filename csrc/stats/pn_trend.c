#include "stats/pn_trend.h"
#include "base/pn_alloc.h"
#include "stats/pn_axis.h"
#include "stats/pn_rank.h"
#include "stats/pn_wilson.h"

enum { N_CLASSES = 4 };                /* placed, month, year, undated */

typedef struct {
    pn_axis axis;
    pn_edges *edges; size_t n_parts;   /* per part, made once for all series */
    uint64_t *totals, *counts;         /* per bucket */
    uint64_t class_totals[N_CLASSES], class_counts[N_CLASSES];
    uint32_t *ranks;                   /* room for one part's ranks */
    const pn_select *base, *of;
    double z;
    pn_table *trend, *unplaced;
    const pn_tick *tick;
    pn_error *err;
} work;

/* --- counting */

/* Adds what the set holds in every bucket, and in every class of precision, of one part. */
static pn_status count_part(work *w, const pn_set *set, size_t part, uint64_t *buckets, uint64_t classes[N_CLASSES]) {
    const pn_edges *e = &w->edges[part];
    uint32_t ends[N_CLASSES];
    PN_TRY(pn_set_ranks(set, part, e->at, e->n, w->ranks, w->err));
    for (size_t c = 0; c < e->n_classes; c++)
        for (size_t i = 0; i < w->axis.n; i++) buckets[i] += w->ranks[c * e->n_edges + i + 1] - w->ranks[c * e->n_edges + i];
    PN_TRY(pn_set_ranks(set, part, e->ends, N_CLASSES, ends, w->err));
    for (size_t c = 0; c < N_CLASSES; c++) classes[c] += ends[c] - (c ? ends[c - 1] : 0);
    return pn_poll(w->tick, w->err);
}

static pn_status count_set(work *w, const pn_set *set, uint64_t *buckets, uint64_t classes[N_CLASSES]) {
    memset(buckets, 0, w->axis.n * sizeof *buckets);
    memset(classes, 0, N_CLASSES * sizeof *classes);
    for (size_t i = 0; i < w->n_parts; i++) PN_TRY(count_part(w, set, i, buckets, classes));
    return PN_OK;
}

static pn_status count_series(work *w, const pn_series *s) {
    pn_set set = { .snap = pn_select_snap(w->of), .select = w->of };
    pn_select *found = NULL;
    if (s->query && pn_select_is_all(w->of) && pn_query_is_one_term(s->query)) {
        set.select = NULL;
        set.term = s->query->ops[0].words[0].term;
    } else if (s->query) {
        PN_TRY(pn_select_query(w->of, s->query, w->tick, &found, w->err));
        set.select = found;
    }
    pn_status rc = count_set(w, &set, w->counts, w->class_counts);
    pn_select_release(found);
    return rc;
}

/* --- rows */

static void put_share(pn_table *t, uint64_t count, uint64_t total, double z) {
    double lower, upper;
    if (total == 0) {
        for (size_t col = 4; col < 7; col++) pn_table_put_null(t, col);
        return;
    }
    pn_wilson(count, total, z, &lower, &upper);
    pn_table_put_f64(t, 4, (double)count / (double)total);
    pn_table_put_f64(t, 5, lower);
    pn_table_put_f64(t, 6, upper);
}

static void put_buckets(work *w, pn_bytes name) {
    for (size_t i = 0; i < w->axis.n; i++) {
        pn_table_put_i64(w->trend, 0, w->axis.starts[i]);
        pn_table_put_str(w->trend, 1, name);
        pn_table_put_i64(w->trend, 2, (int64_t)w->counts[i]);
        pn_table_put_i64(w->trend, 3, (int64_t)w->totals[i]);
        put_share(w->trend, w->counts[i], w->totals[i], w->z);
        pn_table_put_bool(w->trend, 7, pn_axis_is_partial(&w->axis, i));
    }
}

static void put_unplaced(work *w, pn_bytes name) {
    static const struct { pn_precision precision; const char *name; } classes[N_CLASSES] = {
        { PN_PREC_DAY, "day" }, { PN_PREC_MONTH, "month" }, { PN_PREC_YEAR, "year" }, { PN_PREC_NONE, "undated" } };
    for (size_t c = 0; c < N_CLASSES; c++) {
        if (pn_freq_admits(w->axis.freq, classes[c].precision)) continue;
        pn_table_put_str(w->unplaced, 0, pn_bytes_cstr(classes[c].name));
        pn_table_put_str(w->unplaced, 1, name);
        pn_table_put_i64(w->unplaced, 2, (int64_t)w->class_counts[c]);
        pn_table_put_i64(w->unplaced, 3, (int64_t)w->class_totals[c]);
    }
}

static pn_status put_columns(work *w) {
    static const struct { const char *name; pn_col_kind kind; } trend[] = {
        { "date", PN_COL_DATE }, { "series", PN_COL_DICT }, { "count", PN_COL_I64 }, { "total", PN_COL_I64 },
        { "share", PN_COL_F64 }, { "lower", PN_COL_F64 }, { "upper", PN_COL_F64 }, { "partial", PN_COL_BOOL } };
    static const struct { const char *name; pn_col_kind kind; } unplaced[] = {
        { "precision", PN_COL_DICT }, { "series", PN_COL_DICT }, { "count", PN_COL_I64 }, { "total", PN_COL_I64 } };
    PN_TRY(pn_table_new(&w->trend, w->err));
    PN_TRY(pn_table_new(&w->unplaced, w->err));
    for (size_t i = 0; i < PN_COUNT(trend); i++) pn_table_add(w->trend, trend[i].name, trend[i].kind);
    for (size_t i = 0; i < PN_COUNT(unplaced); i++) pn_table_add(w->unplaced, unplaced[i].name, unplaced[i].kind);
    return PN_OK;
}

/* --- the whole */

static pn_status prepare(work *w, const pn_trend_opts *o) {
    PN_TRY(pn_axis_of(w->base, o->freq, o->first_day, o->last_day, &w->axis, w->err));
    size_t n = pn_snap_n_parts(pn_select_snap(w->base)), most = 3 * (w->axis.n + 1);
    w->totals = pn_calloc(w->axis.n, sizeof *w->totals);
    w->counts = pn_calloc(w->axis.n, sizeof *w->counts);
    w->ranks = pn_calloc(most, sizeof *w->ranks);
    w->edges = pn_calloc(n, sizeof *w->edges);
    if (!w->totals || !w->counts || !w->ranks || !w->edges) return pn_fail(w->err, PN_ENOMEM, "no memory for a trend");
    for (; w->n_parts < n; w->n_parts++)
        PN_TRY(pn_edges_of(&w->axis, pn_snap_part_at(pn_select_snap(w->base), w->n_parts), &w->edges[w->n_parts], w->err));
    return PN_OK;
}

static pn_status run(work *w, const pn_trend_opts *opts, const pn_series *series, size_t n_series) {
    PN_TRY(prepare(w, opts));
    PN_TRY(put_columns(w));
    pn_set base = { .select = w->base, .snap = pn_select_snap(w->base) };
    PN_TRY(count_set(w, &base, w->totals, w->class_totals));
    for (size_t i = 0; i < n_series; i++) {
        PN_TRY(count_series(w, &series[i]));
        put_buckets(w, series[i].name);
        put_unplaced(w, series[i].name);
    }
    PN_TRY(pn_table_finish(w->trend, w->err));
    return pn_table_finish(w->unplaced, w->err);
}

static void fini(work *w) {
    for (size_t i = 0; i < w->n_parts; i++) pn_edges_fini(&w->edges[i]);
    pn_free(w->edges);
    pn_free(w->ranks);
    pn_free(w->counts);
    pn_free(w->totals);
    pn_axis_fini(&w->axis);
    pn_table_release(w->trend);
    pn_table_release(w->unplaced);
}

pn_status pn_trend(const pn_select *base, const pn_select *of, const pn_series *series, size_t n_series, const pn_trend_opts *opts,
                   const pn_tick *tick, pn_table **trend, pn_table **unplaced, pn_error *err) {
    if (!(opts->level > 0 && opts->level < 1)) return pn_fail(err, PN_EINVAL, "the level of a band lies between 0 and 1");
    work w = { .base = base, .of = of, .z = pn_normal_z(opts->level), .tick = tick, .err = err };
    pn_status rc = run(&w, opts, series, n_series);
    if (rc == PN_OK) {
        *trend = pn_table_retain(w.trend);
        *unplaced = pn_table_retain(w.unplaced);
    }
    fini(&w);
    return rc;
}
