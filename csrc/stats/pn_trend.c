#include "stats/pn_trend.h"
#include "base/pn_alloc.h"
#include "stats/pn_rank.h"
#include "stats/pn_runs.h"
#include "stats/pn_wilson.h"

enum { N_CLASSES = 4 };                /* placed, month, year, undated */

typedef struct {
    pn_axis axis;
    pn_runs *runs; size_t n_parts;     /* per part, made once for all series */
    uint64_t *totals, *counts;         /* per bucket */
    uint64_t class_totals[N_CLASSES], class_counts[N_CLASSES];
    uint64_t *ranks;                   /* room for one part's ranks */
    const pn_select *base, *of;
    bool words;
    double z;
    pn_table *trend, *unplaced;
    const pn_tick *tick;
    pn_error *err;
} work;

/* --- counting */

/* Adds what the set holds in every bucket, and in every class of precision, of one part. */
static pn_status count_part(work *w, const pn_set *set, size_t part, uint64_t *buckets, uint64_t classes[N_CLASSES]) {
    const pn_runs *r = &w->runs[part];
    PN_TRY(pn_set_ranks(set, part, r->edges, r->n + 1, w->tick, w->ranks, w->err));
    for (size_t i = 0, c = 0; i < r->n; i++) {
        uint64_t here = w->ranks[i + 1] - w->ranks[i];
        while (c + 1 < N_CLASSES && r->edges[i] >= r->ends[c]) c++;
        classes[c] += here;
        if (r->buckets[i] >= 0) buckets[r->buckets[i]] += here;
    }
    return pn_poll(w->tick, w->err);
}

static pn_status count_set(work *w, const pn_set *set, uint64_t *buckets, uint64_t classes[N_CLASSES]) {
    memset(buckets, 0, w->axis.n * sizeof *buckets);
    memset(classes, 0, N_CLASSES * sizeof *classes);
    for (size_t i = 0; i < w->n_parts; i++) PN_TRY(count_part(w, set, i, buckets, classes));
    return PN_OK;
}

static bool has_words(const pn_query *q) {
    for (size_t i = 0; i < q->n_ops; i++)
        if (pn_query_is_scored(&q->ops[i])) return true;
    return false;
}

/* A query: what it finds is counted, or how often its words stand there; where it has no words, all words of what it finds. */
static pn_status count_found(work *w, pn_set *set, const pn_query *q) {
    pn_plan *plan = NULL;
    pn_select *found = NULL;
    PN_TRY(pn_plan_new(pn_select_snap(w->of), q, w->tick, &plan, w->err));
    pn_status rc = pn_select_plan(w->of, plan, NULL, w->tick, &found, w->err);
    set->select = found;
    set->plan = plan;
    if (w->words && has_words(q)) set->unit = PN_OF_HITS;
    if (rc == PN_OK) rc = count_set(w, set, w->counts, w->class_counts);
    pn_select_release(found);
    pn_plan_free(plan);
    return rc;
}

static pn_status count_series(work *w, const pn_series *s) {
    pn_set set = { .snap = pn_select_snap(w->of), .select = w->of, .unit = w->words ? PN_OF_WORDS : PN_OF_ARTICLES };
    if (!s->query) return count_set(w, &set, w->counts, w->class_counts);
    if (!pn_select_is_all(w->of) || !pn_query_is_one_term(s->query)) return count_found(w, &set, s->query);
    if (w->words) set.unit = PN_OF_HITS;
    set.select = NULL;
    set.term = s->query->ops[0].words[0].term;
    return count_set(w, &set, w->counts, w->class_counts);
}

/* --- rows */

/* Words of one article are not independent of each other: their share has no band. */
static void put_share(pn_table *t, uint64_t count, uint64_t total, bool words, double z) {
    double lower, upper;
    if (total == 0) {
        for (size_t col = 4; col < 7; col++) pn_table_put_null(t, col);
        return;
    }
    pn_table_put_f64(t, 4, (double)count / (double)total);
    if (words) {
        pn_table_put_null(t, 5);
        pn_table_put_null(t, 6);
        return;
    }
    pn_wilson((double)count, (double)total, z, &lower, &upper);
    pn_table_put_f64(t, 5, lower);
    pn_table_put_f64(t, 6, upper);
}

static void put_buckets(work *w, pn_bytes name) {
    for (size_t i = 0; i < w->axis.n; i++) {
        pn_table_put_i64(w->trend, 0, w->axis.starts[i] + (w->axis.freq == PN_FREQ_MONTH_OF_YEAR));
        pn_table_put_str(w->trend, 1, name);
        pn_table_put_i64(w->trend, 2, (int64_t)w->counts[i]);
        pn_table_put_i64(w->trend, 3, (int64_t)w->totals[i]);
        put_share(w->trend, w->counts[i], w->totals[i], w->words, w->z);
        pn_table_put_bool(w->trend, 7, pn_axis_is_partial(&w->axis, i));
    }
}

static uint64_t sum_of(const uint64_t *values, size_t n) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += values[i];
    return sum;
}

static void put_unplaced(work *w, pn_bytes name) {
    static const struct { pn_precision precision; const char *name; } classes[N_CLASSES] = {
        { PN_PREC_DAY, "day" }, { PN_PREC_MONTH, "month" }, { PN_PREC_YEAR, "year" }, { PN_PREC_NONE, "undated" } };
    for (size_t c = 0; c < N_CLASSES; c++) {
        if (pn_freq_admits(w->axis.freq, classes[c].precision)) continue;
        uint64_t placed = c == 0;                           /* those with a clock time are of this class, and in buckets */
        pn_table_put_str(w->unplaced, 0, pn_bytes_cstr(classes[c].name));
        pn_table_put_str(w->unplaced, 1, name);
        pn_table_put_i64(w->unplaced, 2, (int64_t)(w->class_counts[c] - placed * sum_of(w->counts, w->axis.n)));
        pn_table_put_i64(w->unplaced, 3, (int64_t)(w->class_totals[c] - placed * sum_of(w->totals, w->axis.n)));
    }
}

static void put_time_column(work *w) {
    switch (w->axis.freq) {
    case PN_FREQ_HOUR:          pn_table_add_time(w->trend, "date", w->axis.zone ? w->axis.zone->name : NULL); break;
    case PN_FREQ_WEEKDAY:       pn_table_add(w->trend, "weekday", PN_COL_I32); break;
    case PN_FREQ_MONTH_OF_YEAR: pn_table_add(w->trend, "month", PN_COL_I32); break;
    case PN_FREQ_HOUR_OF_DAY:   pn_table_add(w->trend, "hour", PN_COL_I32); break;
    default:                    pn_table_add(w->trend, "date", PN_COL_DATE); break;
    }
}

static pn_status put_columns(work *w) {
    static const struct { const char *name; pn_col_kind kind; } trend[] = {
        { "series", PN_COL_DICT }, { "count", PN_COL_I64 }, { "total", PN_COL_I64 },
        { "share", PN_COL_F64 }, { "lower", PN_COL_F64 }, { "upper", PN_COL_F64 }, { "partial", PN_COL_BOOL } };
    static const struct { const char *name; pn_col_kind kind; } unplaced[] = {
        { "precision", PN_COL_DICT }, { "series", PN_COL_DICT }, { "count", PN_COL_I64 }, { "total", PN_COL_I64 } };
    PN_TRY(pn_table_new(&w->trend, w->err));
    PN_TRY(pn_table_new(&w->unplaced, w->err));
    put_time_column(w);
    for (size_t i = 0; i < PN_COUNT(trend); i++) pn_table_add(w->trend, trend[i].name, trend[i].kind);
    for (size_t i = 0; i < PN_COUNT(unplaced); i++) pn_table_add(w->unplaced, unplaced[i].name, unplaced[i].kind);
    return PN_OK;
}

/* --- the whole */

static pn_status no_memory(work *w) { return pn_fail(w->err, PN_ENOMEM, "no memory for a trend"); }

static pn_status prepare(work *w, const pn_trend_opts *o) {
    PN_TRY(pn_axis_of(w->base, o->freq, o->zone, o->first_day, o->last_day, w->tick, &w->axis, w->err));
    size_t n = pn_snap_n_parts(pn_select_snap(w->base)), most = 0;
    w->runs = pn_calloc(n, sizeof *w->runs);
    if (!w->runs) return no_memory(w);
    for (; w->n_parts < n; w->n_parts++) {
        PN_TRY(pn_runs_of(&w->axis, pn_snap_part_at(pn_select_snap(w->base), w->n_parts), w->tick, &w->runs[w->n_parts], w->err));
        most = PN_MAX(most, w->runs[w->n_parts].n + 1);
    }
    w->totals = pn_calloc(w->axis.n, sizeof *w->totals);
    w->counts = pn_calloc(w->axis.n, sizeof *w->counts);
    w->ranks = pn_calloc(most, sizeof *w->ranks);
    return w->totals && w->counts && w->ranks ? PN_OK : no_memory(w);
}

static pn_status run(work *w, const pn_trend_opts *opts, const pn_series *series, size_t n_series) {
    PN_TRY(prepare(w, opts));
    PN_TRY(put_columns(w));
    pn_set base = { .select = w->base, .snap = pn_select_snap(w->base), .unit = w->words ? PN_OF_WORDS : PN_OF_ARTICLES };
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
    for (size_t i = 0; i < w->n_parts; i++) pn_runs_fini(&w->runs[i]);
    pn_free(w->runs);
    pn_free(w->ranks);
    pn_free(w->counts);
    pn_free(w->totals);
    pn_axis_fini(&w->axis);
    pn_table_release(w->trend);
    pn_table_release(w->unplaced);
}

pn_status pn_trend(const pn_select *base, const pn_select *of, const pn_series *series, size_t n_series, const pn_trend_opts *opts,
                   const pn_tick *tick, pn_trend_tables *out, pn_error *err) {
    if (!(opts->level > 0 && opts->level < 1)) return pn_fail(err, PN_EINVAL, "the level of a band lies between 0 and 1");
    work w = { .base = base, .of = of, .words = opts->words, .z = pn_normal_z(opts->level), .tick = tick, .err = err };
    pn_status rc = run(&w, opts, series, n_series);
    if (rc == PN_OK) {
        *out = (pn_trend_tables){ pn_table_retain(w.trend), pn_table_retain(w.unplaced), w.axis.first, w.axis.last };
    }
    fini(&w);
    return rc;
}

/* --- back to the articles */

static void set_run(uint64_t *bits, uint32_t lo, uint32_t hi) {
    for (uint32_t i = lo; i < hi;) {
        if (i % 64 == 0 && hi - i >= 64) { bits[i / 64] = ~UINT64_C(0); i += 64; continue; }
        bits[i / 64] |= UINT64_C(1) << (i % 64);
        i++;
    }
}

static pn_status bits_of(const pn_axis *a, const pn_snap_part *part, const uint8_t *wanted, const pn_tick *tick, uint64_t **bits, pn_error *err) {
    pn_runs r;
    *bits = pn_calloc(pn_bits_words(part->n_docs), sizeof **bits);
    if (!*bits) return pn_fail(err, PN_ENOMEM, "no memory for a selection");
    PN_TRY(pn_runs_of(a, part, tick, &r, err));
    for (size_t i = 0; i < r.n; i++)
        if (r.buckets[i] >= 0 && wanted[r.buckets[i]]) set_run(*bits, r.edges[i], r.edges[i + 1]);
    pn_runs_fini(&r);
    return PN_OK;
}

static pn_status select_buckets(const pn_axis *a, const pn_select *of, const uint8_t *wanted, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_snap *snap = pn_select_snap(of);
    size_t n = pn_snap_n_parts(snap);
    pn_select *there = NULL;
    pn_status rc = PN_OK;
    uint64_t **bits = pn_calloc(n, sizeof *bits);
    if (!bits) return pn_fail(err, PN_ENOMEM, "no memory for a selection");
    for (size_t i = 0; rc == PN_OK && i < n; i++) rc = bits_of(a, pn_snap_part_at(snap, i), wanted, tick, &bits[i], err);
    if (rc == PN_OK) rc = pn_select_of_bits(snap, bits, &there, err);
    for (size_t i = 0; i < n; i++) pn_free(bits[i]);
    pn_free(bits);
    if (rc == PN_OK) rc = pn_select_combine(of, there, PN_BOTH, out, err);
    pn_select_release(there);
    return rc;
}

pn_status pn_trend_articles(const pn_select *base, const pn_select *of, const pn_trend_opts *o, pn_bytes wanted, const pn_tick *tick,
                            pn_select **out, pn_error *err) {
    pn_axis axis;
    pn_status rc = pn_axis_of(base, o->freq, o->zone, o->first_day, o->last_day, tick, &axis, err);
    if (rc == PN_OK && wanted.len != axis.n) rc = pn_fail(err, PN_EINVAL, "a trend of %zu buckets, not of %zu", axis.n, wanted.len);
    if (rc == PN_OK) rc = select_buckets(&axis, of, wanted.ptr, tick, out, err);
    pn_axis_fini(&axis);
    return rc;
}
