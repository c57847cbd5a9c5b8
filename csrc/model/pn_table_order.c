/* The rows of a table in the order of a column. */
#include "model/pn_table.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include <math.h>

typedef struct { double number; int64_t whole; pn_bytes text; size_t at; int64_t row; bool is_last; } place;    /* at: where the row stood */

/* Before any key: rows without a value come last, of those alike the one that stood first. */
static int by_place(const place *x, const place *y) {
    if (x->is_last != y->is_last) return x->is_last ? 1 : -1;
    return (x->at > y->at) - (x->at < y->at);
}

static int by_key(const place *x, const place *y) {
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    if (x->whole != y->whole) return x->whole < y->whole ? -1 : 1;
    return pn_bytes_compare(x->text, y->text);
}

static int lower_first(const void *a, const void *b) {
    const place *x = a, *y = b;
    int c = x->is_last || y->is_last ? 0 : by_key(x, y);
    return c ? c : by_place(x, y);
}

static int higher_first(const void *a, const void *b) {
    const place *x = a, *y = b;
    int c = x->is_last || y->is_last ? 0 : by_key(y, x);
    return c ? c : by_place(x, y);
}

/* The first eight bytes as a number that sorts as they do: most texts need no second look. */
static int64_t beginning(pn_bytes s) {
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++) v = v << 8 | (i < s.len ? s.ptr[i] : 0);
    return (int64_t)(v ^ UINT64_C(1) << 63);
}

/* Of the keys those that the column has; the others are alike in all places. */
static place place_of(const pn_col *c, int64_t row, size_t at) {
    place p = { .text = PN_BYTES_LIT(""), .at = at, .row = row, .is_last = pn_col_is_null(c, row) };
    if (p.is_last) return p;
    switch (c->kind) {
    case PN_COL_F64: p.number = pn_col_f64(c, row); p.is_last = isnan(p.number); break;
    case PN_COL_STR: case PN_COL_DICT: p.text = pn_col_str(c, row); p.whole = beginning(p.text); break;
    default: p.whole = pn_col_i64(c, row); break;
    }
    return p;
}

pn_status pn_table_order(const pn_table *t, size_t col, bool descending, int64_t *rows, const pn_tick *tick, pn_error *err) {
    enum { PLACE = 16 };                       /* steps */
    pn_pace pace = { tick, 0 };
    pn_status rc = PN_OK;
    size_t n = (size_t)pn_table_n_rows(t);
    if (col >= pn_table_n_cols(t)) return pn_fail(err, PN_EINVAL, "a table of %zu columns has no column %zu", pn_table_n_cols(t), col);
    place *p = pn_calloc(n, sizeof *p);
    if (!p) return pn_fail(err, PN_ENOMEM, "no memory to order %zu rows", n);
    for (size_t i = 0; i < n && rc == PN_OK; i++) {
        p[i] = place_of(pn_table_col(t, col), rows[i], i);
        rc = pn_pace_on(&pace, PLACE, err);
    }
    if (rc == PN_OK) rc = pn_sort(p, n, sizeof *p, descending ? higher_first : lower_first, tick, err);
    for (size_t i = 0; i < n && rc == PN_OK; i++) rows[i] = p[i].row;
    pn_free(p);
    return rc;
}
