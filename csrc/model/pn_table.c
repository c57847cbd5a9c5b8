#include "model/pn_table.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include <stdatomic.h>

struct pn_table {
    atomic_int refs;
    pn_col *cols;
    size_t n_cols, cap_cols;
    int64_t *rows;                     /* rows put so far, per column */
    size_t cap_rows;
    int64_t n_rows;
    pn_status rc;
};

pn_status pn_table_new(pn_table **out, pn_error *err) {
    pn_table *t = pn_calloc(1, sizeof *t);
    if (!t) return pn_fail(err, PN_ENOMEM, "no memory for a table");
    atomic_init(&t->refs, 1);
    *out = t;
    return PN_OK;
}

pn_table *pn_table_retain(pn_table *t) {
    atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

static void col_fini(pn_col *c) {
    pn_free(c->name);
    pn_free(c->zone);
    pn_buf_fini(&c->data);
    pn_buf_fini(&c->bytes);
    pn_buf_fini(&c->dict_offsets);
    pn_buf_fini(&c->valid);
}

void pn_table_release(pn_table *t) {
    if (!t || atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) != 1) return;
    for (size_t i = 0; i < t->n_cols; i++) col_fini(&t->cols[i]);
    pn_free(t->cols);
    pn_free(t->rows);
    pn_free(t);
}

/* --- building */

static bool grow_cols(pn_table *t) {
    void *cols = t->cols, *rows = t->rows;
    bool ok = pn_grow(&cols, &t->cap_cols, t->n_cols + 1, sizeof *t->cols);
    t->cols = cols;
    ok = ok && pn_grow(&rows, &t->cap_rows, t->n_cols + 1, sizeof *t->rows);
    t->rows = rows;
    return ok;
}

size_t pn_table_add(pn_table *t, const char *name, pn_col_kind kind) {
    size_t n = strlen(name) + 1, i = t->n_cols;
    char *copy = pn_malloc(n);
    if (!copy || !grow_cols(t)) {
        pn_free(copy);
        t->rc = PN_ENOMEM;
        return i;
    }
    memcpy(copy, name, n);
    t->cols[i] = (pn_col){ .name = copy, .kind = kind };
    t->rows[i] = 0;
    t->n_cols++;
    if (kind == PN_COL_STR) pn_buf_put_u32(&t->cols[i].data, 0);
    if (kind == PN_COL_DICT) pn_buf_put_u32(&t->cols[i].dict_offsets, 0);
    if (t->cols[i].data.rc != PN_OK || t->cols[i].dict_offsets.rc != PN_OK) t->rc = PN_ENOMEM;
    return i;
}

size_t pn_table_add_time(pn_table *t, const char *name, const char *zone) {
    size_t i = pn_table_add(t, name, PN_COL_TIME), n = zone ? strlen(zone) + 1 : 0;
    if (!zone || t->rc != PN_OK) return i;
    t->cols[i].zone = pn_malloc(n);
    if (t->cols[i].zone) memcpy(t->cols[i].zone, zone, n);
    else t->rc = PN_ENOMEM;
    return i;
}

static void put_bit(pn_buf *b, int64_t row, bool v) {
    if (row % 8 == 0) pn_buf_put_u8(b, 0);
    if (v && b->rc == PN_OK) b->ptr[row / 8] |= (uint8_t)(1u << (row % 8));
}

/* Validity is kept only from the first null on: until then every row is present. */
static void put_valid(pn_table *t, size_t col, bool present) {
    pn_col *c = &t->cols[col];
    int64_t row = t->rows[col]++;
    if (present && c->n_null == 0) return;
    if (c->n_null == 0)
        for (int64_t i = 0; i < row; i++) put_bit(&c->valid, i, true);
    put_bit(&c->valid, row, present);
    c->n_null += !present;
}

static pn_col *open_col(pn_table *t, size_t col) { return t->rc == PN_OK && col < t->n_cols ? &t->cols[col] : NULL; }

void pn_table_put_i64(pn_table *t, size_t col, int64_t v) {
    pn_col *c = open_col(t, col);
    if (!c) return;
    if (c->kind == PN_COL_I64 || c->kind == PN_COL_TIME) pn_buf_put_u64(&c->data, (uint64_t)v);
    else pn_buf_put_u32(&c->data, (uint32_t)(int32_t)v);
    put_valid(t, col, true);
}

void pn_table_put_f64(pn_table *t, size_t col, double v) {
    pn_col *c = open_col(t, col);
    if (!c) return;
    pn_buf_put(&c->data, &v, sizeof v);
    put_valid(t, col, true);
}

void pn_table_put_bool(pn_table *t, size_t col, bool v) {
    pn_col *c = open_col(t, col);
    if (!c) return;
    put_bit(&c->data, t->rows[col], v);
    put_valid(t, col, true);
}

/* The bytes are never at NULL afterwards, so that "" is not "none". */
static void put_text(pn_buf *b, pn_bytes v) {
    pn_buf_reserve(b, v.len + 1);
    pn_buf_put_bytes(b, v);
}

static size_t dict_size(const pn_col *c) { return c->dict_offsets.len / 4 - 1; }

static pn_bytes dict_at(const pn_col *c, size_t i) {
    const int32_t *o = (const int32_t *)(const void *)c->dict_offsets.ptr;
    return pn_bytes_of(c->bytes.ptr + o[i], (size_t)(o[i + 1] - o[i]));
}

/* Dictionaries of results are a handful of names, put in runs: the newest one is nearly always the one. */
static size_t dict_code(pn_table *t, pn_col *c, pn_bytes v) {
    size_t n = dict_size(c);
    for (size_t i = n; i-- > 0;)
        if (pn_bytes_equal(dict_at(c, i), v)) return i;
    if (c->bytes.len + v.len > INT32_MAX) { t->rc = PN_ELIMIT; return 0; }
    put_text(&c->bytes, v);
    pn_buf_put_u32(&c->dict_offsets, (uint32_t)c->bytes.len);
    if (c->bytes.rc != PN_OK || c->dict_offsets.rc != PN_OK) t->rc = PN_ENOMEM;
    return n;
}

void pn_table_put_str(pn_table *t, size_t col, pn_bytes v) {
    pn_col *c = open_col(t, col);
    if (!c) return;
    if (!v.ptr) { pn_table_put_null(t, col); return; }
    if (c->kind == PN_COL_DICT) {
        pn_buf_put_u32(&c->data, (uint32_t)dict_code(t, c, v));
    } else {
        if (v.len > (size_t)INT32_MAX - c->bytes.len) { t->rc = PN_ELIMIT; return; }
        put_text(&c->bytes, v);
        pn_buf_put_u32(&c->data, (uint32_t)c->bytes.len);
    }
    put_valid(t, col, true);
}

void pn_table_put_null(pn_table *t, size_t col) {
    pn_col *c = open_col(t, col);
    if (!c) return;
    switch (c->kind) {
    case PN_COL_I64: case PN_COL_F64: case PN_COL_TIME: pn_buf_put_u64(&c->data, 0); break;
    case PN_COL_BOOL: put_bit(&c->data, t->rows[col], false); break;
    case PN_COL_STR: pn_buf_put_u32(&c->data, (uint32_t)c->bytes.len); break;
    case PN_COL_I32: case PN_COL_DATE: case PN_COL_DICT: pn_buf_put_u32(&c->data, 0); break;
    }
    put_valid(t, col, false);
}

pn_status pn_table_finish(pn_table *t, pn_error *err) {
    if (t->rc != PN_OK) return pn_fail(err, t->rc, t->rc == PN_ELIMIT ? "a text column is limited to 2 GiB" : "no memory for a table");
    t->n_rows = t->n_cols ? t->rows[0] : 0;
    for (size_t i = 0; i < t->n_cols; i++) {
        const pn_col *c = &t->cols[i];
        if (c->data.rc || c->bytes.rc || c->dict_offsets.rc || c->valid.rc) return pn_fail(err, PN_ENOMEM, "no memory for a table");
        if (t->rows[i] != t->n_rows) return pn_fail(err, PN_EBUG, "column '%s' has another number of rows", c->name);
    }
    return PN_OK;
}

/* --- reading */

int64_t pn_table_n_rows(const pn_table *t) { return t->n_rows; }
size_t pn_table_n_cols(const pn_table *t) { return t->n_cols; }
const pn_col *pn_table_col(const pn_table *t, size_t i) { return &t->cols[i]; }

static bool get_bit(const pn_buf *b, int64_t row) { return b->ptr[row / 8] >> (row % 8) & 1; }

bool pn_col_is_null(const pn_col *c, int64_t row) { return c->n_null && !get_bit(&c->valid, row); }

int64_t pn_col_i64(const pn_col *c, int64_t row) {
    if (c->kind == PN_COL_BOOL) return get_bit(&c->data, row);
    if (c->kind == PN_COL_I64 || c->kind == PN_COL_TIME) return ((const int64_t *)(const void *)c->data.ptr)[row];
    return ((const int32_t *)(const void *)c->data.ptr)[row];
}
double pn_col_f64(const pn_col *c, int64_t row) { return ((const double *)(const void *)c->data.ptr)[row]; }

pn_bytes pn_col_str(const pn_col *c, int64_t row) {
    if (pn_col_is_null(c, row)) return PN_BYTES_NONE;
    const int32_t *v = (const int32_t *)(const void *)c->data.ptr;
    if (c->kind == PN_COL_DICT) return dict_at(c, (size_t)v[row]);
    return pn_bytes_of(c->bytes.ptr + v[row], (size_t)(v[row + 1] - v[row]));
}

/* --- taking rows */

enum { POLL = 1 << 14 };

static void put_cell(pn_table *to, size_t col, const pn_col *c, int64_t row) {
    if (pn_col_is_null(c, row)) { pn_table_put_null(to, col); return; }
    switch (c->kind) {
    case PN_COL_I32: case PN_COL_I64: case PN_COL_DATE: case PN_COL_TIME: pn_table_put_i64(to, col, pn_col_i64(c, row)); break;
    case PN_COL_F64: pn_table_put_f64(to, col, pn_col_f64(c, row)); break;
    case PN_COL_BOOL: pn_table_put_bool(to, col, pn_col_i64(c, row) != 0); break;
    case PN_COL_STR: case PN_COL_DICT: pn_table_put_str(to, col, pn_col_str(c, row)); break;
    }
}

static bool has_col(const pn_table *t, const char *name) {
    for (size_t i = 0; t && i < t->n_cols; i++)
        if (strcmp(t->cols[i].name, name) == 0) return true;
    return false;
}

/* A dictionary is taken whole: to look for each of many values would be quadratic. */
static void take_dict(pn_table *to, size_t col, const pn_col *c, int64_t row) {
    pn_col *own = open_col(to, col);
    if (!own) return;
    pn_buf_put_u32(&own->data, (uint32_t)((const int32_t *)(const void *)c->data.ptr)[row]);
    put_valid(to, col, true);
}

static void open_dict(pn_table *to, size_t col, const pn_col *c) {
    pn_col *own = open_col(to, col);
    if (!own || c->kind != PN_COL_DICT) return;
    pn_buf_clear(&own->dict_offsets);
    pn_buf_put_bytes(&own->dict_offsets, pn_buf_bytes(&c->dict_offsets));
    put_text(&own->bytes, pn_buf_bytes(&c->bytes));
}

static pn_status take_col(const pn_col *c, const int64_t *rows, size_t n, pn_table *to, const pn_tick *tick, pn_error *err) {
    size_t col = c->kind == PN_COL_TIME ? pn_table_add_time(to, c->name, c->zone) : pn_table_add(to, c->name, c->kind);
    open_dict(to, col, c);
    for (size_t r = 0; r < n; r++) {
        if (r % POLL == 0) PN_TRY(pn_poll(tick, err));
        if (c->kind == PN_COL_DICT && !pn_col_is_null(c, rows[r])) take_dict(to, col, c, rows[r]);
        else put_cell(to, col, c, rows[r]);
    }
    return PN_OK;
}

/* All columns of t but those that `but` has, too. */
static pn_status take_rows(const pn_table *t, const pn_table *but, const int64_t *rows, size_t n, pn_table *to, const pn_tick *tick, pn_error *err) {
    for (size_t i = 0; i < t->n_cols; i++)
        if (!has_col(but, t->cols[i].name)) PN_TRY(take_col(&t->cols[i], rows, n, to, tick, err));
    return PN_OK;
}

static pn_status take(const pn_table *t, const pn_table *beside, const int64_t *rows, size_t n, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *to = NULL;
    for (size_t r = 0; r < n; r++)
        if (rows[r] < 0 || rows[r] >= t->n_rows) return pn_fail(err, PN_EINVAL, "there is no such row");
    PN_TRY(pn_table_new(&to, err));
    pn_status rc = take_rows(t, beside, rows, n, to, tick, err);
    if (rc == PN_OK && beside) rc = take_rows(beside, NULL, rows, n, to, tick, err);
    if (rc == PN_OK) rc = pn_table_finish(to, err);
    if (rc == PN_OK) *out = to;
    else pn_table_release(to);
    return rc;
}

pn_status pn_table_take(const pn_table *t, const int64_t *rows, size_t n, const pn_tick *tick, pn_table **out, pn_error *err) {
    return take(t, NULL, rows, n, tick, out, err);
}

pn_status pn_table_beside(const pn_table *left, const pn_table *right, const int64_t *rows, size_t n, const pn_tick *tick, pn_table **out, pn_error *err) {
    if (left->n_rows != right->n_rows) return pn_fail(err, PN_EINVAL, "tables of %lld and %lld rows do not stand side by side", (long long)left->n_rows, (long long)right->n_rows);
    return take(left, right, rows, n, tick, out, err);
}
