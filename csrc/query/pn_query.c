#include "query/pn_query.h"
#include "base/pn_alloc.h"
#include "query/pn_query_leaf.h"
#include "query/pn_query_scan.h"
#include "text/pn_utf8.h"

/* Operators wait on a stack until what binds tighter has been put out (Dijkstra's shunting yard), so nothing recurses. */
typedef struct { pn_sign_kind kind; size_t at; pn_field words_in; } waiting;   /* AND, OR, NOT, OPEN */

typedef struct {
    pn_query *q;
    size_t cap, n_leaves, depth;       /* depth: results on the matcher's stack */
    waiting *stack; size_t n_stack, cap_stack, n_open, n_nots;
    bool after_operand;                /* the sign before was a leaf or a closing parenthesis */
    pn_field words_in;                 /* TEXT, or TITLE inside title:( … ) */
    pn_leaf_maker make;
    pn_error *err;
} reader;

static pn_status wrong(reader *r, size_t at, const char *why) {
    pn_fail(r->err, PN_ESYNTAX, "%s", why);
    pn_error_at(r->err, NULL, at);
    return PN_ESYNTAX;
}
static pn_status no_memory(reader *r) { return pn_fail(r->err, PN_ENOMEM, "no memory for a query"); }

/* --- putting out */

static pn_status put(reader *r, pn_query_op op) {
    pn_query *q = r->q;
    if (q->n_ops == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 8;
        pn_query_op *more = pn_arena_take(&q->arena, cap * sizeof *more);
        if (!more) return no_memory(r);
        if (q->n_ops) memcpy(more, q->ops, q->n_ops * sizeof *more);
        q->ops = more;
        r->cap = cap;
    }
    q->ops[q->n_ops++] = op;
    return PN_OK;
}

static pn_status put_leaf(reader *r, pn_query_op op) {
    if (++r->n_leaves > PN_QUERY_CLAUSE_MAX) return pn_fail(r->err, PN_ELIMIT, "more than %d parts in a query", PN_QUERY_CLAUSE_MAX);
    r->depth++;
    r->q->max_stack = PN_MAX(r->q->max_stack, r->depth);
    return put(r, op);
}

static pn_status put_operator(reader *r, pn_sign_kind kind) {
    r->n_nots -= kind == PN_SIGN_NOT;
    if (kind != PN_SIGN_NOT) r->depth--;
    return put(r, (pn_query_op){ .kind = kind == PN_SIGN_AND ? PN_Q_AND : kind == PN_SIGN_OR ? PN_Q_OR : PN_Q_NOT });
}

static int binding(pn_sign_kind k) { return k == PN_SIGN_NOT ? 3 : k == PN_SIGN_AND ? 2 : k == PN_SIGN_OR ? 1 : 0; }

/* Puts out what waits and binds at least as tightly. */
static pn_status unwind(reader *r, int at_least) {
    while (r->n_stack && binding(r->stack[r->n_stack - 1].kind) >= at_least) PN_TRY(put_operator(r, r->stack[--r->n_stack].kind));
    return PN_OK;
}

static pn_status wait_for(reader *r, pn_sign_kind kind, size_t at) {
    void *p = r->stack;
    r->n_nots += kind == PN_SIGN_NOT;
    if (r->n_open + r->n_nots > PN_QUERY_DEPTH_MAX)
        return pn_fail(r->err, PN_ELIMIT, "a query is nested deeper than %d", PN_QUERY_DEPTH_MAX);
    if (!pn_grow(&p, &r->cap_stack, r->n_stack + 1, sizeof *r->stack)) return no_memory(r);
    r->stack = p;
    r->stack[r->n_stack++] = (waiting){ kind, at, r->words_in };
    return PN_OK;
}

/* --- signs */

static pn_status before_operand(reader *r, size_t at) {
    if (!r->after_operand) return PN_OK;
    PN_TRY(unwind(r, binding(PN_SIGN_AND)));
    r->after_operand = false;
    return wait_for(r, PN_SIGN_AND, at);
}

static pn_status on_operator(reader *r, const pn_sign *s) {
    if (!r->after_operand) return wrong(r, s->at, "AND and OR need something on both sides");
    PN_TRY(unwind(r, binding(s->kind)));
    r->after_operand = false;
    return wait_for(r, s->kind, s->at);
}

static bool field_is(const pn_sign *s, const char *name) { return pn_bytes_equal(s->field, pn_bytes_cstr(name)); }

static pn_status on_open(reader *r, const pn_sign *s) {
    if (s->field.ptr && !field_is(s, "title")) return wrong(r, s->at, "only title: takes parentheses; several names are joined by OR");
    PN_TRY(before_operand(r, s->at));
    r->n_open++;
    PN_TRY(wait_for(r, PN_SIGN_OPEN, s->at));
    if (s->field.ptr) r->words_in = PN_FIELD_TITLE;
    return PN_OK;
}

static pn_status on_close(reader *r, const pn_sign *s) {
    if (s->field.ptr) return wrong(r, s->at, "a value is missing behind the colon");
    PN_TRY(unwind(r, 1));
    if (r->n_stack == 0) return wrong(r, s->at, "this parenthesis was never opened");
    if (!r->after_operand) return wrong(r, s->at, "there is nothing to search for before this parenthesis");
    r->words_in = r->stack[--r->n_stack].words_in;
    r->n_open--;
    return PN_OK;
}

static pn_status name_leaf(reader *r, const pn_sign *s, pn_field field, pn_query_op *op, bool *is_none) {
    *is_none = s->kind == PN_SIGN_BARE && pn_bytes_equal(s->text, PN_BYTES_LIT("none"));
    if (!*is_none) return pn_leaf_name(&r->make, field, s->text, op);
    *op = (pn_query_op){ .kind = PN_Q_ANY_NAME, .field = field };
    return PN_OK;
}

static pn_status field_leaf(reader *r, const pn_sign *s, pn_query_op *op, bool *is_none) {
    static const struct { const char *name; pn_field field; } names[] = { { "tag", PN_FIELD_TAG }, { "section", PN_FIELD_SECTION },
        { "source", PN_FIELD_SOURCE }, { "author", PN_FIELD_AUTHOR }, { "lang", PN_FIELD_LANGUAGE }, { "language", PN_FIELD_LANGUAGE } };
    for (size_t i = 0; i < PN_COUNT(names); i++)
        if (field_is(s, names[i].name)) return name_leaf(r, s, names[i].field, op, is_none);
    if (field_is(s, "date")) return pn_leaf_date(&r->make, s->text, op);
    return pn_leaf_text(&r->make, field_is(s, "id") ? PN_Q_ID : PN_Q_URL, s->text, op);
}

static pn_status word_leaf(reader *r, const pn_sign *s, pn_query_op *op, bool *none) {
    pn_field field = s->field.ptr ? PN_FIELD_TITLE : r->words_in;
    if (s->kind == PN_SIGN_BARE && pn_leaf_is_pattern(s->text)) return pn_leaf_pattern(&r->make, field, s->text, op);
    return pn_leaf_words(&r->make, field, s->text, op, none);
}

static pn_status make_leaf(reader *r, const pn_sign *s, pn_query_op *op, bool *none, bool *negate) {
    pn_sign clean = *s;
    PN_TRY(pn_leaf_shown(&r->make, s->text, s->kind == PN_SIGN_QUOTED, &clean.text));
    bool is_field = s->field.ptr && !field_is(s, "title");
    PN_TRY(is_field ? field_leaf(r, &clean, op, negate) : word_leaf(r, &clean, op, none));
    op->shown = *negate ? PN_BYTES_NONE : clean.text;
    return PN_OK;
}

/* Punctuation by itself is no part: natural language is not an error.  In quotation marks or behind title: it is one. */
static pn_status on_leaf(reader *r, const pn_sign *s) {
    pn_query_op op;
    bool none = false, negate = false;
    pn_status rc = make_leaf(r, s, &op, &none, &negate);
    if (rc == PN_ESYNTAX) pn_error_at(r->err, NULL, s->at);
    PN_TRY(rc);
    if (none && (s->kind == PN_SIGN_QUOTED || s->field.ptr)) return wrong(r, s->at, "there is no word to search for here");
    if (none) return PN_OK;
    PN_TRY(before_operand(r, s->at));
    PN_TRY(put_leaf(r, op));
    if (negate) PN_TRY(put(r, (pn_query_op){ .kind = PN_Q_NOT }));
    r->after_operand = true;
    return PN_OK;
}

static pn_status on_sign(reader *r, const pn_sign *s) {
    switch (s->kind) {
    case PN_SIGN_AND: case PN_SIGN_OR: return on_operator(r, s);
    case PN_SIGN_NOT:
        PN_TRY(before_operand(r, s->at));
        return wait_for(r, PN_SIGN_NOT, s->at);
    case PN_SIGN_OPEN:     return on_open(r, s);
    case PN_SIGN_CLOSE:    return on_close(r, s);
    case PN_SIGN_RESERVED: return wrong(r, s->at, "this is no part of the query language: put it in quotation marks to search for the text");
    case PN_SIGN_UNCLOSED: return wrong(r, s->at, "this quotation mark is never closed");
    default:               return on_leaf(r, s);
    }
}

static pn_status finish(reader *r, size_t end) {
    if (r->q->n_ops == 0 && r->n_stack == 0) return wrong(r, 0, "there is no word in this query");
    if (!r->after_operand) return wrong(r, r->n_stack ? r->stack[r->n_stack - 1].at : end, "something to search for is missing behind this");
    PN_TRY(unwind(r, 1));
    return r->n_stack ? wrong(r, r->stack[r->n_stack - 1].at, "this parenthesis is never closed") : PN_OK;
}

static pn_status read_all(reader *r, pn_bytes text) {
    size_t at = 0, valid = pn_utf8_valid_prefix(text);
    if (valid < text.len) return wrong(r, valid, "the query is not UTF-8 here");
    for (pn_sign s = pn_query_scan(text, &at); s.kind != PN_SIGN_END; s = pn_query_scan(text, &at)) PN_TRY(on_sign(r, &s));
    return finish(r, text.len);
}

pn_status pn_query_parse(pn_bytes text, pn_query *out, pn_error *err) {
    pn_query q = { 0 };
    reader r = { .q = &q, .words_in = PN_FIELD_TEXT, .err = err };
    if (text.len > PN_QUERY_TEXT_MAX) return pn_fail(err, PN_ELIMIT, "a query is limited to %d bytes", PN_QUERY_TEXT_MAX);
    r.make = (pn_leaf_maker){ .arena = &q.arena, .err = err };
    pn_status rc = read_all(&r, text);
    pn_leaf_maker_fini(&r.make);
    pn_free(r.stack);
    if (rc != PN_OK) pn_query_fini(&q);
    else *out = q;
    return rc;
}

void pn_query_fini(pn_query *q) {
    if (!q) return;
    pn_arena_fini(&q->arena);
    *q = (pn_query){ 0 };
}
