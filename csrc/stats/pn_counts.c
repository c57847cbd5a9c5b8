#include "stats/pn_counts.h"
#include "base/pn_alloc.h"

static const pn_col *column(const pn_table *t, const char *name) {
    for (size_t i = 0; i < pn_table_n_cols(t); i++)
        if (strcmp(pn_table_col(t, i)->name, name) == 0) return pn_table_col(t, i);
    return NULL;
}

static bool is_kind(const pn_col *c, pn_col_kind kind) { return c && c->kind == kind && c->n_null == 0; }
static bool is_label(const pn_col *c) { return c && c->kind != PN_COL_F64 && c->kind != PN_COL_STR && c->kind != PN_COL_BOOL && c->n_null == 0; }
static const int64_t *values(const pn_col *c) { return (const int64_t *)(const void *)c->data.ptr; }

static bool begins(const pn_col *series, const pn_col *date, int64_t row) {
    return row == 0 || pn_col_i64(series, row) != pn_col_i64(series, row - 1) || pn_col_i64(date, row) <= pn_col_i64(date, row - 1);
}

static pn_status check_counts(const pn_counts *c, pn_error *err) {
    for (size_t i = 0; i < c->n; i++)
        if (c->count[i] < 0 || c->count[i] > c->total[i]) return pn_fail(err, PN_EINVAL, "a count of a trend lies between 0 and its total");
    return PN_OK;
}

static pn_status cut(pn_series_list *s, const pn_col *series, const int64_t *count, const int64_t *total, pn_error *err) {
    int64_t rows = pn_table_n_rows(s->trend);
    for (int64_t row = 0; row < rows; row++) {
        if (begins(series, s->date, row)) s->at[s->n++] = (pn_counts){ pn_col_str(series, row), count + row, total + row, 0, row };
        s->at[s->n - 1].n++;
    }
    for (size_t i = 0; i < s->n; i++) PN_TRY(check_counts(&s->at[i], err));
    return PN_OK;
}

static size_t count_series(const pn_col *series, const pn_col *date, int64_t rows) {
    size_t n = 0;
    for (int64_t row = 0; row < rows; row++) n += begins(series, date, row);
    return n;
}

pn_status pn_series_of(const pn_table *trend, pn_series_list *out, pn_error *err) {
    const pn_col *date = pn_table_n_cols(trend) ? pn_table_col(trend, 0) : NULL, *series = column(trend, "series"), *count = column(trend, "count"), *total = column(trend, "total");
    if (!is_label(date) || date == series || !is_kind(series, PN_COL_DICT) || !is_kind(count, PN_COL_I64) || !is_kind(total, PN_COL_I64))
        return pn_fail(err, PN_EINVAL, "a trend has its buckets in the first column, then series, count and total");
    *out = (pn_series_list){ .trend = trend, .date = date };
    if (pn_table_n_rows(trend) == 0) return PN_OK;
    out->at = pn_calloc(count_series(series, date, pn_table_n_rows(trend)), sizeof *out->at);
    if (!out->at) return pn_fail(err, PN_ENOMEM, "no memory for the series of a trend");
    pn_status rc = cut(out, series, values(count), values(total), err);
    if (rc != PN_OK) pn_series_fini(out);
    return rc;
}

void pn_series_fini(pn_series_list *s) {
    pn_free(s->at);
    *s = (pn_series_list){ 0 };
}

const pn_col *pn_series_column(const pn_series_list *s, const char *name) { return column(s->trend, name); }

size_t pn_series_add_label(const pn_series_list *s, pn_table *t, const char *name) {
    return s->date->kind == PN_COL_TIME ? pn_table_add_time(t, name, s->date->zone) : pn_table_add(t, name, s->date->kind);
}

void pn_series_put_label(const pn_series_list *s, const pn_counts *c, size_t i, pn_table *t, size_t col) {
    pn_table_put_i64(t, col, pn_col_i64(s->date, c->row + (int64_t)i));
}

void pn_series_put_last(const pn_series_list *s, const pn_counts *c, size_t i, pn_freq freq, pn_table *t, size_t col) {
    int64_t label = pn_col_i64(s->date, c->row + (int64_t)i);
    pn_table_put_i64(t, col, s->date->kind == PN_COL_DATE ? pn_bucket_next(freq, (int32_t)label) - 1 : label);
}

pn_status pn_series_finish(pn_status rc, pn_table *t, pn_table **out, pn_error *err) {
    if (rc == PN_OK) rc = pn_table_finish(t, err);
    if (rc == PN_OK) *out = t;
    else pn_table_release(t);
    return rc;
}
