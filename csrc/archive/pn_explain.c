#include "archive/pn_explain.h"
#include "base/pn_alloc.h"

typedef struct { const pn_query *q; const pn_plan *plan; const uint64_t *counts; pn_table *t; pn_buf text; pn_error *err; } work;

static const char *kind_of(const pn_query_op *op) {
    switch (op->kind) {
    case PN_Q_WORDS:  return "words";
    case PN_Q_NAME: case PN_Q_ANY_NAME: return "name";
    case PN_Q_DATE:   return "date";
    case PN_Q_LENGTH: return "length";
    case PN_Q_AND:    return "and";
    case PN_Q_OR:     return "or";
    case PN_Q_NOT:    return "not";
    case PN_Q_NEAR:   return "near";
    default:          return "value";                      /* an id, an address, what is like one */
    }
}

/* tag:none is two operations and one part. */
static bool is_none(const pn_query *q, size_t i) { return i > 0 && q->ops[i].kind == PN_Q_NOT && q->ops[i - 1].kind == PN_Q_ANY_NAME; }

static pn_status print_part(work *w, size_t i) {
    const pn_query *q = w->q;
    size_t first = pn_query_first(q, i);
    pn_buf_clear(&w->text);
    if (!is_none(q, i) && q->ops[i].kind != PN_Q_NEAR) return pn_query_print_op(&q->ops[i], &w->text, w->err);
    pn_query part = { .ops = q->ops + first, .n_ops = i - first + 1, .max_stack = q->max_stack };
    return pn_query_print(&part, &w->text, w->err);
}

/* How many terms the words that stand for several do stand for; false where there is no such word. */
static bool terms_of(const work *w, size_t i, uint64_t *n) {
    const pn_query_op *op = &w->q->ops[i];
    bool any = false;
    *n = 0;
    for (size_t k = 0; w->plan && k < op->n_words; k++) {
        if (op->words[k].how == PN_TERM_EXACT) continue;
        *n += pn_plan_word_at(w->plan, i, k)->n_terms;
        any = true;
    }
    return any;
}

static pn_status put_row(work *w, size_t i) {
    uint64_t terms;
    const pn_query_op *op = &w->q->ops[i];
    bool none = is_none(w->q, i);
    PN_TRY(print_part(w, i));
    pn_table_put_str(w->t, 0, pn_bytes_cstr(none ? "name" : kind_of(op)));
    pn_table_put_i64(w->t, 1, none ? 0 : (int64_t)pn_query_arity(op));
    pn_table_put_str(w->t, 2, pn_buf_bytes(&w->text));
    if (w->counts) pn_table_put_i64(w->t, 3, (int64_t)w->counts[i]);
    else pn_table_put_null(w->t, 3);
    if (terms_of(w, i, &terms)) pn_table_put_i64(w->t, 4, (int64_t)terms);
    else pn_table_put_null(w->t, 4);
    return PN_OK;
}

static pn_status put_rows(work *w) {
    static const struct { const char *name; pn_col_kind kind; } columns[] = { { "kind", PN_COL_DICT }, { "parts", PN_COL_I64 }, { "text", PN_COL_STR }, { "count", PN_COL_I64 }, { "terms", PN_COL_I64 } };
    PN_TRY(pn_table_new(&w->t, w->err));
    for (size_t i = 0; i < PN_COUNT(columns); i++) pn_table_add(w->t, columns[i].name, columns[i].kind);
    for (size_t i = 0; i < w->q->n_ops; i++)
        if (w->q->ops[i].kind != PN_Q_ANY_NAME) PN_TRY(put_row(w, i));
    return pn_table_finish(w->t, w->err);
}

static pn_status count_and_put(work *w, const pn_select *within, const pn_tick *tick) {
    pn_plan *plan = NULL;
    pn_select *found = NULL;
    uint64_t *counts = pn_calloc(w->q->n_ops, sizeof *counts);
    if (!counts) return pn_fail(w->err, PN_ENOMEM, "no memory for the parts of a query");
    pn_status rc = pn_plan_new(pn_select_snap(within), w->q, tick, &plan, w->err);
    if (rc == PN_OK) rc = pn_select_plan(within, plan, counts, tick, &found, w->err);
    w->plan = plan;
    w->counts = counts;
    if (rc == PN_OK) rc = put_rows(w);
    pn_select_release(found);
    pn_plan_free(plan);
    pn_free(counts);
    return pn_snap_settle(pn_select_snap(within), rc, w->err);
}

pn_status pn_archive_explain(const pn_select *within, pn_bytes query, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_query q;
    PN_TRY(pn_query_parse(query, &q, err));
    work w = { .q = &q, .err = err };
    pn_status rc = within ? count_and_put(&w, within, tick) : put_rows(&w);
    if (rc == PN_OK) *out = w.t;
    else pn_table_release(w.t);
    pn_buf_fini(&w.text);
    pn_query_fini(&q);
    return rc;
}
