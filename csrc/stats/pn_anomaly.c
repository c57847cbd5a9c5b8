#include "stats/pn_anomaly.h"
#include "base/pn_alloc.h"
#include <math.h>
#include <stdlib.h>

static double cell(double observed, double expected) { return observed > 0 ? observed * log(observed / expected) : 0; }

double pn_g2(double k1, double n1, double k2, double n2) {
    double k = k1 + k2, rest = n1 + n2 - k, n = n1 + n2;
    double g = cell(k1, n1 * k / n) + cell(k2, n2 * k / n) + cell(n1 - k1, n1 * rest / n) + cell(n2 - k2, n2 * rest / n);
    return fmax(0, 2 * g);
}

/* --- false discoveries */

typedef struct { double p; size_t at; } ranked;

static int by_p(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->p != y->p) return x->p < y->p ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

pn_status pn_false_discovery(const double *p, size_t n, double *q, pn_error *err) {
    if (n == 0) return PN_OK;
    ranked *r = pn_calloc(n, sizeof *r);
    double least = 1;
    if (!r) return pn_fail(err, PN_ENOMEM, "no memory to rank %zu values", n);
    for (size_t i = 0; i < n; i++) r[i] = (ranked){ p[i], i };
    qsort(r, n, sizeof *r, by_p);
    for (size_t i = n; i-- > 0;) {
        least = fmin(least, r[i].p * (double)n / (double)(i + 1));
        q[r[i].at] = least;
    }
    pn_free(r);
    return PN_OK;
}

/* --- tests of a trend */

typedef struct { size_t bucket; double expected, z; } test;
typedef struct { double k, n; } sums;

typedef struct {
    const pn_series_list *list;
    bool by_weekday;
    const pn_tick *tick;
    test *tests;                       /* series after series */
    double *p, *q, *sizes;
    size_t *ends;                      /* of each series, in tests */
    size_t n;
} work;

static unsigned group_of(const work *w, const pn_counts *c, size_t i) {
    return w->by_weekday ? pn_weekday((int32_t)pn_col_i64(w->list->date, c->row + (int64_t)i)) : 0;
}

static void test_buckets(work *w, const pn_counts *c) {
    sums all[7] = { { 0, 0 } };
    for (size_t i = 0; i < c->n; i++) {
        sums *s = &all[group_of(w, c, i)];
        *s = (sums){ s->k + (double)c->count[i], s->n + (double)c->total[i] };
    }
    for (size_t i = 0; i < c->n; i++) {
        const sums *s = &all[group_of(w, c, i)];
        double k = (double)c->count[i], n = (double)c->total[i], others = s->n - n;
        if (n <= 0 || others <= 0) continue;
        double expected = (s->k - k) / others, z = sqrt(pn_g2(k, n, s->k - k, others));
        w->tests[w->n++] = (test){ i, expected, k / n < expected ? -z : z };
    }
}

static int by_size(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

/* What a normal variable's median absolute value is; the root of how much wider than binomial the series scatters. */
static double dispersion_root(const test *t, size_t n, double *sizes) {
    if (n == 0) return 1;
    for (size_t i = 0; i < n; i++) sizes[i] = fabs(t[i].z);
    qsort(sizes, n, sizeof *sizes, by_size);
    double median = (sizes[(n - 1) / 2] + sizes[n / 2]) / 2;
    return fmax(1, median / 0.67448975019608171);
}

static pn_status test_series(work *w, const pn_counts *c, pn_error *err) {
    size_t first = w->n;
    PN_TRY(pn_poll(w->tick, err));
    test_buckets(w, c);
    double root = dispersion_root(w->tests + first, w->n - first, w->sizes);
    for (size_t i = first; i < w->n; i++) {
        w->tests[i].z /= root;
        w->p[i] = erfc(fabs(w->tests[i].z) / sqrt(2));
    }
    return PN_OK;
}

static pn_status test_all(work *w, pn_error *err) {
    for (size_t s = 0; s < w->list->n; s++) {
        PN_TRY(test_series(w, &w->list->at[s], err));
        w->ends[s] = w->n;
    }
    return pn_false_discovery(w->p, w->n, w->q, err);
}

enum { SERIES, DATE, COUNT, TOTAL, SHARE, EXPECTED, Z, P, Q };

static void put_test(const work *w, const pn_counts *c, size_t i, pn_table *t) {
    const test *x = &w->tests[i];
    pn_table_put_str(t, SERIES, c->name);
    pn_series_put_label(w->list, c, x->bucket, t, DATE);
    pn_table_put_i64(t, COUNT, c->count[x->bucket]);
    pn_table_put_i64(t, TOTAL, c->total[x->bucket]);
    pn_table_put_f64(t, SHARE, (double)c->count[x->bucket] / (double)c->total[x->bucket]);
    pn_table_put_f64(t, EXPECTED, x->expected);
    pn_table_put_f64(t, Z, x->z);
    pn_table_put_f64(t, P, w->p[i]);
    pn_table_put_f64(t, Q, w->q[i]);
}

static void put_all(const work *w, double alpha, pn_table *t) {
    static const char *const numbers[] = { "share", "expected", "z", "p", "q" };
    pn_table_add(t, "series", PN_COL_DICT);
    pn_series_add_label(w->list, t, w->list->date->name);
    pn_table_add(t, "count", PN_COL_I64);
    pn_table_add(t, "total", PN_COL_I64);
    for (size_t i = 0; i < PN_COUNT(numbers); i++) pn_table_add(t, numbers[i], PN_COL_F64);
    for (size_t s = 0, i = 0; s < w->list->n; s++)
        for (; i < w->ends[s]; i++)
            if (w->q[i] <= alpha) put_test(w, &w->list->at[s], i, t);
}

static bool work_init(work *w, size_t rows) {
    w->tests = pn_calloc(rows, sizeof *w->tests);
    w->p = pn_calloc(rows, sizeof *w->p);
    w->q = pn_calloc(rows, sizeof *w->q);
    w->sizes = pn_calloc(rows, sizeof *w->sizes);
    w->ends = pn_calloc(w->list->n, sizeof *w->ends);
    return w->tests && w->p && w->q && w->sizes && w->ends;
}

static void work_fini(work *w) {
    pn_free(w->tests);
    pn_free(w->p);
    pn_free(w->q);
    pn_free(w->sizes);
    pn_free(w->ends);
}

static pn_status anomalies_of(const pn_series_list *list, bool by_weekday, double alpha, const pn_tick *tick, pn_table **out, pn_error *err) {
    work w = { .list = list, .by_weekday = by_weekday, .tick = tick };
    pn_table *t = NULL;
    pn_status rc = work_init(&w, (size_t)pn_table_n_rows(list->trend)) ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for the tests of a trend");
    if (rc == PN_OK) rc = test_all(&w, err);
    if (rc == PN_OK) rc = pn_table_new(&t, err);
    if (rc == PN_OK) put_all(&w, alpha, t);
    work_fini(&w);
    return pn_series_finish(rc, t, out, err);
}

pn_status pn_anomalies(const pn_table *trend, bool by_weekday, double alpha, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_series_list list = { 0 };
    if (!(alpha > 0 && alpha <= 1)) return pn_fail(err, PN_EINVAL, "alpha, the share of false alarms, is above 0 and at most 1");
    PN_TRY(pn_series_of(trend, &list, err));
    pn_status rc = by_weekday && list.date->kind != PN_COL_DATE ? pn_fail(err, PN_EINVAL, "only days have weekdays") : PN_OK;
    if (rc == PN_OK) rc = anomalies_of(&list, by_weekday, alpha, tick, out, err);
    pn_series_fini(&list);
    return rc;
}
