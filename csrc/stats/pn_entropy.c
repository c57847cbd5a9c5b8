#include "stats/pn_entropy.h"
#include <math.h>

bool pn_entropy_of(const int64_t *count, size_t n, size_t step, double *h, double *hhi) {
    double sum = 0, entropy = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += (double)count[i * step];
    if (!(sum > 0)) return false;
    for (size_t i = 0; i < n; i++) {
        double p = (double)count[i * step] / sum;
        if (p > 0) entropy -= p * log(p);
        squares += p * p;
    }
    *h = fmax(0, entropy);
    *hhi = squares;
    return true;
}

enum { DATE, COUNT, ENTROPY, EFFECTIVE, HHI };

static void put_bucket(const pn_series_list *list, size_t i, pn_table *t) {
    double h, hhi;
    int64_t sum = 0;
    for (size_t s = 0; s < list->n; s++) sum += list->at[s].count[i];
    pn_series_put_label(list, &list->at[0], i, t, DATE);
    pn_table_put_i64(t, COUNT, sum);
    if (!pn_entropy_of(list->at[0].count + i, list->n, list->at[0].n, &h, &hhi)) {
        for (size_t col = ENTROPY; col <= HHI; col++) pn_table_put_null(t, col);
        return;
    }
    pn_table_put_f64(t, ENTROPY, h);
    pn_table_put_f64(t, EFFECTIVE, exp(h));
    pn_table_put_f64(t, HHI, hhi);
}

static pn_status put_all(const pn_series_list *list, const pn_tick *tick, pn_table *t, pn_error *err) {
    pn_series_add_label(list, t, list->date->name);
    pn_table_add(t, "count", PN_COL_I64);
    pn_table_add(t, "entropy", PN_COL_F64);
    pn_table_add(t, "effective", PN_COL_F64);
    pn_table_add(t, "hhi", PN_COL_F64);
    for (size_t s = 1; s < list->n; s++)
        if (list->at[s].n != list->at[0].n) return pn_fail(err, PN_EINVAL, "the series of a trend have the same buckets");
    for (size_t i = 0; list->n && i < list->at[0].n; i++) {
        if (i % 256 == 0) PN_TRY(pn_poll(tick, err));
        put_bucket(list, i, t);
    }
    return PN_OK;
}

pn_status pn_entropy(const pn_table *trend, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_series_list list = { 0 };
    pn_table *t = NULL;
    PN_TRY(pn_series_of(trend, &list, err));
    pn_status rc = pn_table_new(&t, err);
    if (rc == PN_OK) rc = put_all(&list, tick, t, err);
    pn_series_fini(&list);
    return pn_series_finish(rc, t, out, err);
}
