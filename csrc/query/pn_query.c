#include "query/pn_query.h"
#include "base/pn_alloc.h"
#include "query/pn_query_leaf.h"
#include "query/pn_query_scan.h"
#include "text/pn_utf8.h"

/* Where words are to stand: what title:( … ) and its like say about all inside. */
typedef struct { pn_zone zone; uint32_t lead, at_least; } scope;
static const scope anywhere = { PN_ZONE_ALL, 0, 1 };

/* Operators wait on a stack until what binds tighter has been put out (Dijkstra's shunting yard), so nothing recurses. */
typedef struct {
    pn_sign_kind kind; size_t at;      /* AND, OR, NOT, NEAR, OPEN */
    scope outer; size_t first_op;      /* OPEN: what held before it; operations before it */
    uint32_t n_parts, within; bool ordered;      /* NEAR */
} waiting;

typedef struct {
    pn_query *q;
    size_t cap, n_leaves, depth;       /* depth: results on the matcher's stack */
    waiting *stack; size_t n_stack, cap_stack, n_open, n_nots;
    bool after_operand;                /* the sign before was a leaf or a closing parenthesis */
    scope scope;
    pn_leaf_maker make;
    pn_error *err;
} reader;

static pn_status wrong(reader *r, size_t at, const char *why) {
    pn_fail(r->err, PN_ESYNTAX, "%s", why);
    pn_error_at(r->err, NULL, at);
    return PN_ESYNTAX;
}
static pn_status too_much(reader *r, size_t at, const char *what, int most) {
    pn_fail(r->err, PN_ELIMIT, what, most);
    pn_error_at(r->err, NULL, at);
    return PN_ELIMIT;
}
static pn_status no_memory(reader *r) { return pn_fail(r->err, PN_ENOMEM, "no memory for a query"); }

size_t pn_query_first(const pn_query *q, size_t i) {
    for (size_t need = 1;; i--) {
        need += pn_query_arity(&q->ops[i]) - 1;
        if (need == 0) return i;
    }
}

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
    if (++r->n_leaves > PN_QUERY_CLAUSE_MAX) return too_much(r, op.at, "more than %d parts in a query", PN_QUERY_CLAUSE_MAX);
    r->depth++;
    r->q->max_stack = PN_MAX(r->q->max_stack, r->depth);
    return put(r, op);
}

/* --- NEAR: its parts are words, phrases and alternatives of them */

static bool may_be_near(const pn_query_op *op) { return op->kind == PN_Q_OR || (op->kind == PN_Q_WORDS && op->slop == 0 && op->at_least == 1); }

static pn_status check_near(reader *r, const waiting *w, size_t first) {
    const pn_query_op *ops = r->q->ops, *leaf = &ops[first];             /* a part begins with a leaf */
    for (size_t i = first; i < r->q->n_ops; i++) {
        if (!may_be_near(&ops[i]))
            return wrong(r, w->at, "NEAR and PRE stand between words, \"phrases\", patterns, or (alternatives OR others)\njoin anything else by AND");
        if (ops[i].kind == PN_Q_WORDS && (ops[i].zone != leaf->zone || ops[i].lead != leaf->lead))
            return wrong(r, w->at, "the words on both sides are looked for in different places\nwrite title:(a NEAR/5 b)");
    }
    return PN_OK;
}

static pn_status put_near(reader *r, const waiting *w) {
    size_t first = r->q->n_ops;
    for (uint32_t i = 0; i < w->n_parts; i++) first = pn_query_first(r->q, first - 1);
    PN_TRY(check_near(r, w, first));
    for (size_t i = first; i < r->q->n_ops; i++) r->q->ops[i].in_near = true;
    r->depth -= w->n_parts - 1;
    return put(r, (pn_query_op){ .kind = PN_Q_NEAR, .at = w->at, .n_parts = w->n_parts, .within = w->within, .ordered = w->ordered });
}

static void mark_under_not(pn_query *q) {
    size_t end = q->n_ops - 1;
    for (size_t i = pn_query_first(q, end); i < end; i++) q->ops[i].under_not = true;
}

static pn_status put_operator(reader *r, const waiting *w) {
    if (w->kind == PN_SIGN_NEAR) return put_near(r, w);
    r->n_nots -= w->kind == PN_SIGN_NOT;
    if (w->kind != PN_SIGN_NOT) r->depth--;
    PN_TRY(put(r, (pn_query_op){ .kind = w->kind == PN_SIGN_AND ? PN_Q_AND : w->kind == PN_SIGN_OR ? PN_Q_OR : PN_Q_NOT, .at = w->at }));
    if (w->kind == PN_SIGN_NOT) mark_under_not(r->q);
    return PN_OK;
}

static int binding(pn_sign_kind k) { return k == PN_SIGN_NEAR ? 4 : k == PN_SIGN_NOT ? 3 : k == PN_SIGN_AND ? 2 : k == PN_SIGN_OR ? 1 : 0; }

/* Puts out what waits and binds at least as tightly. */
static pn_status unwind(reader *r, int at_least) {
    while (r->n_stack && binding(r->stack[r->n_stack - 1].kind) >= at_least) {
        waiting w = r->stack[--r->n_stack];
        PN_TRY(put_operator(r, &w));
    }
    return PN_OK;
}

static pn_status wait_for(reader *r, waiting w) {
    void *p = r->stack;
    r->n_nots += w.kind == PN_SIGN_NOT;
    if (r->n_open + r->n_nots > PN_QUERY_DEPTH_MAX) return too_much(r, w.at, "a query is nested deeper than %d", PN_QUERY_DEPTH_MAX);
    if (!pn_grow(&p, &r->cap_stack, r->n_stack + 1, sizeof *r->stack)) return no_memory(r);
    r->stack = p;
    r->stack[r->n_stack++] = w;
    return PN_OK;
}

/* --- signs */

static pn_status before_operand(reader *r, size_t at) {
    if (!r->after_operand) return PN_OK;
    PN_TRY(unwind(r, binding(PN_SIGN_AND)));
    r->after_operand = false;
    return wait_for(r, (waiting){ .kind = PN_SIGN_AND, .at = at });
}

static pn_status on_operator(reader *r, const pn_sign *s) {
    if (!r->after_operand) return wrong(r, s->at, "AND and OR need something on both sides\nput the word in quotation marks to search for it");
    PN_TRY(unwind(r, binding(s->kind)));
    r->after_operand = false;
    return wait_for(r, (waiting){ .kind = s->kind, .at = s->at });
}

static pn_status longer_chain(reader *r, waiting *top, const pn_sign *s) {
    if (top->within != (uint32_t)s->number || top->ordered != s->ordered)
        return wrong(r, s->at, "one chain of NEAR has one distance and one order\nwrite (a NEAR/5 b) AND (b NEAR/3 c)");
    if (++top->n_parts > PN_QUERY_NEAR_MAX) return too_much(r, s->at, "more than %d parts in one chain of NEAR", PN_QUERY_NEAR_MAX);
    return PN_OK;
}

static pn_status on_leaf(reader *r, const pn_sign *s);

static pn_status on_near(reader *r, const pn_sign *s) {
    if (!r->after_operand && s->is_word_too) {
        pn_sign text = *s;
        text.kind = PN_SIGN_BARE;
        return on_leaf(r, &text);
    }
    if (!r->after_operand) return wrong(r, s->at, "NEAR and PRE need something on both sides\nput the word in quotation marks to search for it");
    if (s->number < 1 || s->number > PN_QUERY_WITHIN_MAX) return wrong(r, s->at, "words are near each other within 1 to 100 places\nwrite NEAR/5");
    r->after_operand = false;
    waiting *top = r->n_stack ? &r->stack[r->n_stack - 1] : NULL;
    if (top && top->kind == PN_SIGN_NEAR) return longer_chain(r, top, s);
    return wait_for(r, (waiting){ .kind = PN_SIGN_NEAR, .at = s->at, .n_parts = 2, .within = (uint32_t)s->number, .ordered = s->ordered });
}

/* --- scopes */

static bool same_scope(const scope *a, const scope *b) { return a->zone == b->zone && a->lead == b->lead && a->at_least == b->at_least; }

/* The scope that the field of a sign says; without a field that of the parentheses around it. */
static pn_status scope_of(reader *r, const pn_sign *s, scope *out) {
    scope said = anywhere;
    *out = r->scope;
    if (!s->field) return PN_OK;
    bool numbered = s->name_number != PN_SIGN_NO_NUMBER;
    if (numbered && (s->name_number < 1 || s->name_number > PN_QUERY_COUNT_MAX)) return wrong(r, s->at, "this number lies between 1 and 1,000,000");
    if (s->field == PN_QF_TITLE) said.zone = PN_ZONE_TITLE;
    if (s->field == PN_QF_BODY) said.zone = PN_ZONE_BODY;
    if (s->field == PN_QF_LEAD) said = (scope){ PN_ZONE_LEAD, numbered ? (uint32_t)s->name_number : PN_LEAD_WORDS, 1 };
    if (s->field == PN_QF_ATLEAST) said.at_least = (uint32_t)s->name_number;
    if (!same_scope(&r->scope, &anywhere) && !same_scope(&r->scope, &said))
        return wrong(r, s->at, "inside title:( ), body:( ), lead:( ) and atleast5:( ) stand words only\nclose the parenthesis first, and join by AND");
    *out = said;
    return PN_OK;
}

static pn_status unknown_field(reader *r, const pn_sign *s) {
    const char *near = pn_query_field_like(s->name);
    int n = (int)PN_MIN(s->name.len, (size_t)40);
    if (near) pn_fail(r->err, PN_ESYNTAX, "there is no field '%.*s'\ndid you mean %s: ?", n, (const char *)s->name.ptr, near);
    else pn_fail(r->err, PN_ESYNTAX, "there is no field '%.*s'\nput it in quotation marks to search for the text", n, (const char *)s->name.ptr);
    pn_error_at(r->err, NULL, s->at);
    return PN_ESYNTAX;
}

static pn_status on_open(reader *r, const pn_sign *s) {
    scope inside;
    if (s->field && !pn_query_field_is_scope(s->field))
        return wrong(r, s->at, "only title:, body:, lead: and atleast5: take parentheses\njoin several names by OR: tag:a OR tag:b");
    PN_TRY(scope_of(r, s, &inside));
    PN_TRY(before_operand(r, s->at));
    r->n_open++;
    PN_TRY(wait_for(r, (waiting){ .kind = PN_SIGN_OPEN, .at = s->at, .outer = r->scope, .first_op = r->q->n_ops }));
    r->scope = inside;
    return PN_OK;
}

static pn_status on_close(reader *r, const pn_sign *s) {
    if (s->field) return wrong(r, s->at, "a value is missing behind the colon\nit stands there without a blank: tag:Economy");
    if (r->n_open == 0) return wrong(r, s->at, "this parenthesis was never opened");
    if (!r->after_operand) return wrong(r, s->at, "there is nothing to search for before this parenthesis");
    PN_TRY(unwind(r, 1));
    waiting open = r->stack[--r->n_stack];
    if (r->scope.at_least > open.outer.at_least && r->q->n_ops != open.first_op + 1)
        return wrong(r, open.at, "atleast counts one word, \"phrase\" or pattern\njoin several counts by AND or OR");
    r->scope = open.outer;
    r->n_open--;
    return PN_OK;
}

/* --- leaves */

static pn_status name_leaf(reader *r, const pn_sign *s, pn_field field, pn_query_op *op, bool *is_none) {
    *is_none = s->kind == PN_SIGN_BARE && pn_bytes_equal(s->text, PN_BYTES_LIT("none"));
    if (!*is_none) return pn_leaf_name(&r->make, field, s->text, op);
    *op = (pn_query_op){ .kind = PN_Q_ANY_NAME, .field = field };
    return PN_OK;
}

static pn_status like_leaf(reader *r, const pn_sign *s, pn_query_op *op) {
    int32_t k = s->name_number == PN_SIGN_NO_NUMBER ? PN_LIKE_ARTICLES : s->name_number;
    if (k < 1 || k > PN_QUERY_LIKE_MAX) return wrong(r, s->at, "like finds 1 to 10,000 articles\nwrite like20:id");
    PN_TRY(pn_leaf_text(&r->make, PN_Q_LIKE, s->text, op));
    op->k = (uint32_t)k;
    return PN_OK;
}

static pn_status field_leaf(reader *r, const pn_sign *s, pn_query_op *op, bool *is_none) {
    switch (s->field) {
    case PN_QF_TAG:     return name_leaf(r, s, PN_FIELD_TAG, op, is_none);
    case PN_QF_SECTION: return name_leaf(r, s, PN_FIELD_SECTION, op, is_none);
    case PN_QF_SOURCE:  return name_leaf(r, s, PN_FIELD_SOURCE, op, is_none);
    case PN_QF_AUTHOR:  return name_leaf(r, s, PN_FIELD_AUTHOR, op, is_none);
    case PN_QF_LANG:    return name_leaf(r, s, PN_FIELD_LANGUAGE, op, is_none);
    case PN_QF_DATE:    return pn_leaf_date(&r->make, s->text, op);
    case PN_QF_LENGTH:  return pn_leaf_length(&r->make, s->text, op);
    case PN_QF_LINKS_TO:    return pn_leaf_text(&r->make, PN_Q_LINKS_TO, s->text, op);
    case PN_QF_LINKED_FROM: return pn_leaf_text(&r->make, PN_Q_LINKED_FROM, s->text, op);
    case PN_QF_LIKE:    return like_leaf(r, s, op);
    case PN_QF_ID:      return pn_leaf_text(&r->make, PN_Q_ID, s->text, op);
    default:            return pn_leaf_text(&r->make, PN_Q_URL, s->text, op);
    }
}

static pn_status regex_of_sign(reader *r, const pn_sign *s, pn_query_op *op) {
    pn_status rc = pn_leaf_regex(&r->make, s->text, op);
    if ((rc == PN_ESYNTAX || rc == PN_ELIMIT) && r->err) pn_error_at(r->err, NULL, s->text_at + r->err->offset);
    return rc;
}

static pn_status words_of_sign(reader *r, const pn_sign *s, pn_query_op *op, bool *none) {
    if (s->kind == PN_SIGN_REGEX) return regex_of_sign(r, s, op);
    if (s->kind == PN_SIGN_BARE && pn_leaf_is_fuzzy(s->text)) return pn_leaf_fuzzy(&r->make, s->text, op);
    if (s->kind == PN_SIGN_BARE && pn_leaf_is_pattern(s->text)) return pn_leaf_pattern(&r->make, s->text, op);
    return pn_leaf_words(&r->make, s->text, op, none);
}

static void put_in_scope(pn_query_op *op, const scope *where) {
    op->field = where->zone == PN_ZONE_TITLE ? PN_FIELD_TITLE : PN_FIELD_TEXT;
    op->zone = where->zone;
    op->lead = where->lead;
    op->at_least = where->at_least;
}

static pn_status word_leaf(reader *r, const pn_sign *s, pn_query_op *op, bool *none) {
    scope where;
    PN_TRY(scope_of(r, s, &where));
    PN_TRY(words_of_sign(r, s, op, none));
    if (*none) return PN_OK;
    put_in_scope(op, &where);
    if (s->number != PN_SIGN_NO_NUMBER && s->kind == PN_SIGN_QUOTED && op->n_words > 1) op->slop = (uint32_t)s->number;
    if (op->slop > PN_QUERY_WITHIN_MAX) return wrong(r, s->at, "the words of a phrase stand apart by at most 100 places\nwrite \"two words\"~3");
    if (op->slop && op->n_words > PN_QUERY_LOOSE_MAX) return too_much(r, s->at, "more than %d words in a phrase with ~", PN_QUERY_LOOSE_MAX);
    if (op->slop && op->at_least > 1) return wrong(r, s->at, "atleast counts exact phrases only\nleave out the ~ behind the phrase");
    return PN_OK;
}

/* A value of a name, date, id … stands alone. */
static pn_status check_value(reader *r, const pn_sign *s) {
    if (!same_scope(&r->scope, &anywhere))
        return wrong(r, s->at, "inside title:( ), body:( ), lead:( ) and atleast5:( ) stand words only\nclose the parenthesis first, and join by AND");
    if (s->number != PN_SIGN_NO_NUMBER) return wrong(r, s->at, "~ lets the words of a phrase stand apart; a name is one value\nleave it out");
    return PN_OK;
}

static pn_status make_leaf(reader *r, const pn_sign *s, pn_query_op *op, bool *none, bool *negate) {
    pn_sign clean = *s;
    bool is_value = s->field && !pn_query_field_is_scope(s->field);
    if (is_value) PN_TRY(check_value(r, s));
    PN_TRY(pn_leaf_shown(&r->make, s->text, s->kind == PN_SIGN_QUOTED, &clean.text));
    PN_TRY(is_value ? field_leaf(r, &clean, op, negate) : word_leaf(r, &clean, op, none));
    if (*none) return PN_OK;
    if (!op->shown.ptr && !*negate) op->shown = clean.text;
    op->at = s->at;
    return PN_OK;
}

/* Punctuation by itself is no part: natural language is not an error.  In quotation marks or behind title: it is one. */
static pn_status on_leaf(reader *r, const pn_sign *s) {
    pn_query_op op = { 0 };
    bool none = false, negate = false;
    pn_status rc = make_leaf(r, s, &op, &none, &negate);
    if ((rc == PN_ESYNTAX || rc == PN_ELIMIT) && s->kind != PN_SIGN_REGEX) pn_error_at(r->err, NULL, s->at);
    PN_TRY(rc);
    if (none && (s->kind == PN_SIGN_QUOTED || s->field)) return wrong(r, s->at, "there is no word to search for here");
    if (none) return PN_OK;
    PN_TRY(before_operand(r, s->at));
    PN_TRY(put_leaf(r, op));
    if (negate) {
        PN_TRY(put(r, (pn_query_op){ .kind = PN_Q_NOT, .at = s->at }));
        mark_under_not(r->q);
    }
    r->after_operand = true;
    return PN_OK;
}

/* near5:"a b c" is a NEAR/5 b NEAR/5 c. */
static pn_status on_near_field(reader *r, const pn_sign *s) {
    pn_bytes text;
    pn_query_op *list;
    size_t n;
    if (s->kind != PN_SIGN_QUOTED || s->number != PN_SIGN_NO_NUMBER) return wrong(r, s->at, "near5: stands before words in quotation marks\nwrite a NEAR/5 b");
    if (s->name_number < 1 || s->name_number > PN_QUERY_WITHIN_MAX) return wrong(r, s->at, "words are near each other within 1 to 100 places\nwrite NEAR/5");
    PN_TRY(pn_leaf_shown(&r->make, s->text, true, &text));
    PN_TRY(pn_leaf_each(&r->make, text, &list, &n));
    if (n < 2) return wrong(r, s->at, "near5: needs at least two words\nwrite a NEAR/5 b");
    if (n > PN_QUERY_NEAR_MAX) return too_much(r, s->at, "more than %d parts in one chain of NEAR", PN_QUERY_NEAR_MAX);
    PN_TRY(before_operand(r, s->at));
    for (size_t i = 0; i < n; i++) {
        put_in_scope(&list[i], &r->scope);
        list[i].at = s->at;
        PN_TRY(put_leaf(r, list[i]));
    }
    r->after_operand = true;
    waiting w = { .kind = PN_SIGN_NEAR, .at = s->at, .n_parts = (uint32_t)n, .within = (uint32_t)s->name_number };
    return put_near(r, &w);
}

static pn_status on_sign(reader *r, const pn_sign *s) {
    if (s->field == PN_QF_UNKNOWN) return unknown_field(r, s);
    switch (s->kind) {
    case PN_SIGN_AND: case PN_SIGN_OR: return on_operator(r, s);
    case PN_SIGN_NOT:
        PN_TRY(before_operand(r, s->at));
        return wait_for(r, (waiting){ .kind = PN_SIGN_NOT, .at = s->at });
    case PN_SIGN_NEAR:           return on_near(r, s);
    case PN_SIGN_OPEN:           return on_open(r, s);
    case PN_SIGN_CLOSE:          return on_close(r, s);
    case PN_SIGN_UNCLOSED:       return wrong(r, s->at, "this quotation mark is never closed");
    case PN_SIGN_UNCLOSED_REGEX: return wrong(r, s->at, "this regular expression is never closed\nwrite /colou?rs?/, without blanks; in quotation marks it is text");
    case PN_SIGN_BAD_NEAR:       return wrong(r, s->at, "NEAR and PRE need a number of words\nwrite a NEAR/5 b; in quotation marks it is a word");
    case PN_SIGN_TWO_FIELDS:     return wrong(r, s->at, "words stand behind title:, body:, lead: and atleast5:, no other field\njoin both by AND; in quotation marks it is text");
    case PN_SIGN_BAD_SLOP:       return wrong(r, s->at, "~ behind a phrase needs a number\nwrite \"two words\"~3");
    default:                     return s->field == PN_QF_NEAR ? on_near_field(r, s) : on_leaf(r, s);
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
    reader r = { .q = &q, .scope = anywhere, .err = err };
    if (text.len > PN_QUERY_TEXT_MAX) return too_much(&r, PN_QUERY_TEXT_MAX, "a query is limited to %d bytes", PN_QUERY_TEXT_MAX);
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
