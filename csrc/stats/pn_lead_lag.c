#include "stats/pn_lead_lag.h"
#include "base/pn_alloc.h"
#include "base/pn_random.h"
#include <math.h>
#include <stdlib.h>

typedef struct {
    const pn_lead_lag_opts *o;
    const pn_tick *tick;
    size_t n;
    double *a, *b, *turned;            /* centred, so that 0 is the mean */
    double norm, band;
    double maxima[PN_SHIFTS_MAX];
} work;

/* --- what is correlated */

static void shares_of(const pn_counts *c, double *x) {
    for (size_t i = 0; i < c->n; i++) x[i] = c->total[i] > 0 ? (double)c->count[i] / (double)c->total[i] : NAN;
}

static void less_season(double *x, size_t n, const uint8_t *season) {
    double sum[12] = { 0 }, many[12] = { 0 };
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) { sum[season[i]] += x[i]; many[season[i]]++; }
    for (size_t i = 0; i < n; i++) x[i] -= many[season[i]] > 0 ? sum[season[i]] / many[season[i]] : 0;
}

static double centre(double *x, size_t n) {
    double sum = 0, many = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i])) { sum += x[i]; many++; }
    for (size_t i = 0; i < n; i++) {
        x[i] = isnan(x[i]) ? 0 : x[i] - sum / many;
        squares += x[i] * x[i];
    }
    return squares;
}

static pn_status deseasoned(const pn_series_list *list, const pn_counts *c, const pn_lead_lag_opts *o, double *x, pn_error *err) {
    unsigned n_seasons, round;
    if (list->date->kind != PN_COL_DATE) return pn_fail(err, PN_EINVAL, "seasons are of trends whose buckets are days");
    uint8_t *season = pn_malloc(c->n);
    if (!season) return pn_fail(err, PN_ENOMEM, "no memory for the seasons of %zu buckets", c->n);
    const int32_t *days = (const int32_t *)(const void *)list->date->data.ptr;
    pn_status rc = pn_season_of(o->season, o->freq, days + c->row, c->n, season, &n_seasons, &round, err);
    if (rc == PN_OK) less_season(x, c->n, season);
    pn_free(season);
    return rc;
}

static pn_status prepare(const pn_series_list *list, const pn_counts *c, const pn_lead_lag_opts *o, double *x, double *squares, pn_error *err) {
    shares_of(c, x);
    size_t n = c->n - (o->detrend == PN_DETREND_DIFF);
    if (o->detrend == PN_DETREND_DIFF)
        for (size_t i = 0; i < n; i++) x[i] = x[i + 1] - x[i];
    if (o->detrend == PN_DETREND_SEASON) PN_TRY(deseasoned(list, c, o, x, err));
    *squares = centre(x, n);
    if (*squares > 1e-24 * (double)n) return PN_OK;
    return pn_fail(err, PN_EINVAL, "the series '%.*s' never changes: there is nothing to compare", (int)PN_MIN(c->name.len, 80), (const char *)c->name.ptr);
}

/* --- correlations */

static double correlation(const work *w, const double *b, ptrdiff_t lag) {
    size_t from = lag < 0 ? (size_t)-lag : 0, end = lag > 0 ? w->n - (size_t)lag : w->n;
    double sum = 0;
    for (size_t t = from; t < end; t++) sum += w->a[t] * b[(ptrdiff_t)t + lag];
    return sum / w->norm;
}

static pn_status largest(const work *w, const double *b, double *out, pn_error *err) {
    ptrdiff_t most = (ptrdiff_t)w->o->max_lag;
    *out = 0;
    for (ptrdiff_t lag = -most; lag <= most; lag++) {
        PN_TRY(pn_poll(w->tick, err));
        *out = fmax(*out, fabs(correlation(w, b, lag)));
    }
    return PN_OK;
}

static int by_size(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static void turn(work *w, size_t by) {
    memcpy(w->turned, w->b + by, (w->n - by) * sizeof *w->b);
    memcpy(w->turned + (w->n - by), w->b, by * sizeof *w->b);
}

static pn_status find_band(work *w, pn_error *err) {
    size_t possible = w->n - 2 * w->o->max_lag - 1, n = PN_MIN(possible, PN_SHIFTS_MAX);
    size_t rank = (size_t)ceil(w->o->level * (double)(n + 1));
    pn_random chance = { w->o->seed };
    for (size_t i = 0; i < n; i++) {
        turn(w, w->o->max_lag + 1 + (possible == n ? i : (size_t)pn_random_below(&chance, possible)));
        PN_TRY(largest(w, w->turned, &w->maxima[i], err));
    }
    qsort(w->maxima, n, sizeof *w->maxima, by_size);
    w->band = w->maxima[rank - 1];
    return PN_OK;
}

/* The quantile must lie inside the shifts there are: of 19 the largest is the one that 95% do not exceed. */
static pn_status check_length(const work *w, pn_error *err) {
    double least = ceil(w->o->level / (1 - w->o->level) - 1e-9);
    if (least > PN_SHIFTS_MAX) return pn_fail(err, PN_EINVAL, "a band of this level needs more than %d shifts", PN_SHIFTS_MAX);
    if ((double)w->n >= 2 * (double)w->o->max_lag + 1 + least) return PN_OK;
    double longest = floor(((double)w->n - 1 - least) / 2);
    if (longest < 0) return pn_fail(err, PN_EINVAL, "%zu buckets are too few to compare two series", w->n);
    return pn_fail(err, PN_EINVAL, "%zu buckets are too few for max_lag=%zu: at most %.0f", w->n, w->o->max_lag, longest);
}

static pn_status put_all(const work *w, pn_table *t, pn_error *err) {
    ptrdiff_t most = (ptrdiff_t)w->o->max_lag;
    pn_table_add(t, "lag", PN_COL_I64);
    pn_table_add(t, "correlation", PN_COL_F64);
    pn_table_add(t, "lower", PN_COL_F64);
    pn_table_add(t, "upper", PN_COL_F64);
    pn_table_add(t, "beyond", PN_COL_BOOL);
    for (ptrdiff_t lag = -most; lag <= most; lag++) {
        PN_TRY(pn_poll(w->tick, err));
        double r = correlation(w, w->b, lag);
        pn_table_put_i64(t, 0, lag);
        pn_table_put_f64(t, 1, r);
        pn_table_put_f64(t, 2, -w->band);
        pn_table_put_f64(t, 3, w->band);
        pn_table_put_bool(t, 4, fabs(r) > w->band);
    }
    return PN_OK;
}

static pn_status compare(const pn_series_list *list, work *w, pn_table **out, pn_error *err) {
    const pn_counts *a = &list->at[w->o->a], *b = &list->at[w->o->b];
    double of_a, of_b;
    pn_table *t = NULL;
    PN_TRY(check_length(w, err));
    PN_TRY(prepare(list, a, w->o, w->a, &of_a, err));
    PN_TRY(prepare(list, b, w->o, w->b, &of_b, err));
    w->norm = sqrt(of_a * of_b);
    PN_TRY(find_band(w, err));
    pn_status rc = pn_table_new(&t, err);
    if (rc == PN_OK) rc = put_all(w, t, err);
    return pn_series_finish(rc, t, out, err);
}

static pn_status with_memory(const pn_series_list *list, const pn_lead_lag_opts *o, const pn_tick *tick, pn_table **out, pn_error *err) {
    size_t n = list->at[o->a].n;
    work w = { .o = o, .tick = tick, .n = n - (o->detrend == PN_DETREND_DIFF), .a = pn_calloc(n, sizeof *w.a), .b = pn_calloc(n, sizeof *w.b),
               .turned = pn_calloc(n, sizeof *w.turned) };
    pn_status rc = w.a && w.b && w.turned ? compare(list, &w, out, err) : pn_fail(err, PN_ENOMEM, "no memory to compare %zu buckets", n);
    pn_free(w.a);
    pn_free(w.b);
    pn_free(w.turned);
    return rc;
}

pn_status pn_lead_lag(const pn_table *trend, const pn_lead_lag_opts *o, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_series_list list = { 0 };
    if (!(o->level > 0 && o->level < 1)) return pn_fail(err, PN_EINVAL, "the level of a band lies between 0 and 1");
    PN_TRY(pn_series_of(trend, &list, err));
    pn_status rc = PN_OK;
    if (o->a >= list.n || o->b >= list.n || list.at[o->a].n != list.at[o->b].n) rc = pn_fail(err, PN_EINVAL, "two series of one trend are compared");
    if (rc == PN_OK) rc = with_memory(&list, o, tick, out, err);
    pn_series_fini(&list);
    return rc;
}
