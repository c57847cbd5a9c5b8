/* A query back to text: the other direction of pn_query.c. */
#include "base/pn_alloc.h"
#include "query/pn_query_leaf.h"
#include "query/pn_query_scan.h"

/* A piece of finished text on the stack, and how tightly its outermost operator binds: 5 for a leaf, then NEAR, NOT, AND, OR. */
typedef struct { pn_buf text; int binding; } piece;
enum { BINDS_OR = 1, BINDS_AND = 2, BINDS_NOT = 3, BINDS_NEAR = 4, BINDS_LEAF = 5 };

static const char *field_name(const pn_query_op *op) {
    static const char *const names[PN_N_FIELDS] = { [PN_FIELD_TAG] = "tag", [PN_FIELD_SECTION] = "section",
        [PN_FIELD_SOURCE] = "source", [PN_FIELD_AUTHOR] = "author", [PN_FIELD_LANGUAGE] = "lang" };
    if (op->kind == PN_Q_DATE) return "date";
    if (op->kind == PN_Q_ID) return "id";
    if (op->kind == PN_Q_URL) return "url";
    if (op->kind == PN_Q_LINKS_TO) return "links_to";
    if (op->kind == PN_Q_LINKED_FROM) return "linked_from";
    return names[op->field];
}

/* What stands before words that are looked for in one place. */
static void put_scope(pn_buf *out, const pn_query_op *op) {
    if (op->zone == PN_ZONE_TITLE) pn_buf_printf(out, "title:");
    if (op->zone == PN_ZONE_BODY) pn_buf_printf(out, "body:");
    if (op->zone == PN_ZONE_LEAD && op->lead == PN_LEAD_WORDS) pn_buf_printf(out, "lead:");
    else if (op->zone == PN_ZONE_LEAD) pn_buf_printf(out, "lead%u:", op->lead);
    if (op->at_least > 1) pn_buf_printf(out, "atleast%u:", op->at_least);
}

/* Whether the text, standing bare, is read as itself: one part, no operator, no pattern, and not "none". */
static bool stands_bare(const pn_query_op *op) {
    size_t at = 0;
    pn_sign s = pn_query_scan(op->shown, &at);
    if (s.kind != PN_SIGN_BARE || s.field || s.text.len != op->shown.len) return false;
    if (op->kind == PN_Q_WORDS && (pn_leaf_is_pattern(op->shown) || pn_leaf_is_fuzzy(op->shown))) return false;
    return op->kind != PN_Q_NAME || !pn_bytes_equal(op->shown, PN_BYTES_LIT("none"));
}

static void put_quoted(pn_buf *out, pn_bytes text) {
    pn_buf_put_u8(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') pn_buf_put_u8(out, '\\');
        pn_buf_put_u8(out, text.ptr[i]);
    }
    pn_buf_put_u8(out, '"');
}

static void print_words(const pn_query_op *op, pn_buf *out) {
    const pn_query_word *last = &op->words[op->n_words - 1];
    if (!op->in_near) put_scope(out, op);
    if (last->how == PN_TERM_REGEX) pn_buf_printf(out, "/%.*s/", (int)op->shown.len, (const char *)op->shown.ptr);
    else if (last->how == PN_TERM_PATTERN || last->how == PN_TERM_FUZZY || (op->slop == 0 && stands_bare(op))) pn_buf_put_bytes(out, op->shown);
    else put_quoted(out, op->shown);
    if (last->how == PN_TERM_FUZZY) pn_buf_printf(out, "~%u", last->distance);
    if (op->slop) pn_buf_printf(out, "~%u", op->slop);
}

static void print_length(const pn_query_op *op, pn_buf *out) {
    pn_buf_printf(out, "length:");
    if (op->low > 0 || op->high == UINT32_MAX) pn_buf_printf(out, "%u", op->low);
    if (op->low == op->high && op->low > 0) return;
    if (op->high == UINT32_MAX) pn_buf_printf(out, "..");
    else pn_buf_printf(out, "..%u", op->high);
}

static void print_leaf(const pn_query_op *op, pn_buf *out) {
    if (op->kind == PN_Q_WORDS) { print_words(op, out); return; }
    if (op->kind == PN_Q_LENGTH) { print_length(op, out); return; }
    if (op->kind == PN_Q_LIKE) pn_buf_printf(out, "like%u:", op->k);
    else pn_buf_printf(out, "%s:", field_name(op));
    if (op->kind == PN_Q_ANY_NAME) pn_buf_printf(out, "any");
    else if (stands_bare(op)) pn_buf_put_bytes(out, op->shown);
    else put_quoted(out, op->shown);
}

static void put_piece(pn_buf *out, const piece *p, int at_least) {
    bool wrap = p->binding < at_least;
    if (p->text.rc != PN_OK) out->rc = p->text.rc;         /* half a text must not become part of a whole one */
    if (wrap) pn_buf_put_u8(out, '(');
    pn_buf_put_bytes(out, pn_buf_bytes(&p->text));
    if (wrap) pn_buf_put_u8(out, ')');
}

/* a OP b; the right side of an equal operator keeps its parentheses, so that the program comes back as it was. */
static void join(piece *a, piece *b, pn_query_kind kind) {
    int binding = kind == PN_Q_AND ? BINDS_AND : BINDS_OR;
    pn_buf joined = { 0 };
    put_piece(&joined, a, binding);
    pn_buf_printf(&joined, kind == PN_Q_AND ? " AND " : " OR ");
    put_piece(&joined, b, binding + 1);
    pn_buf_fini(&a->text);
    pn_buf_fini(&b->text);
    *a = (piece){ joined, binding };
}

static void negate(piece *a) {
    pn_buf text = { 0 };
    pn_buf_printf(&text, "NOT ");
    put_piece(&text, a, BINDS_NOT);
    pn_buf_fini(&a->text);
    *a = (piece){ text, BINDS_NOT };
}

/* tag:none is one part, though it is two operations. */
static bool is_none(const pn_query *q, size_t i) { return q->ops[i].kind == PN_Q_ANY_NAME && i + 1 < q->n_ops && q->ops[i + 1].kind == PN_Q_NOT; }

static const char *operator_name(const pn_query_op *op) {
    return op->kind == PN_Q_AND ? "AND" : op->kind == PN_Q_OR ? "OR" : op->kind == PN_Q_NOT ? "NOT" : op->ordered ? "PRE" : "NEAR";
}

/* The parts of a chain, which stand on the stack from parts[0] on, become one piece; what they are looked for in stands before it all. */
static void chain(const pn_query *q, size_t i, piece *parts) {
    const pn_query_op *op = &q->ops[i], *leaf = &q->ops[pn_query_first(q, i)];
    pn_buf text = { 0 };
    if (leaf->zone) { put_scope(&text, leaf); pn_buf_put_u8(&text, '('); }
    for (size_t k = 0; k < op->n_parts; k++) {
        if (k) pn_buf_printf(&text, " %s/%u ", operator_name(op), op->within);
        put_piece(&text, &parts[k], BINDS_LEAF);
    }
    if (leaf->zone) pn_buf_put_u8(&text, ')');
    for (size_t k = 0; k < op->n_parts; k++) {
        pn_buf_fini(&parts[k].text);
        parts[k] = (piece){ .binding = 0 };
    }
    parts[0] = (piece){ text, leaf->zone ? BINDS_LEAF : BINDS_NEAR };
}

static size_t print_ops(const pn_query *q, piece *stack) {
    size_t depth = 0;
    for (size_t i = 0; i < q->n_ops; i++) {
        const pn_query_op *op = &q->ops[i];
        if (op->kind == PN_Q_NOT) negate(&stack[depth - 1]);
        else if (op->kind == PN_Q_AND || op->kind == PN_Q_OR) { depth--; join(&stack[depth - 1], &stack[depth], op->kind); }
        else if (op->kind == PN_Q_NEAR) { depth -= op->n_parts - 1; chain(q, i, &stack[depth - 1]); }
        else {
            stack[depth] = (piece){ .binding = BINDS_LEAF };
            if (is_none(q, i)) { pn_buf_printf(&stack[depth].text, "%s:none", field_name(op)); i++; }
            else print_leaf(op, &stack[depth].text);
            depth++;
        }
    }
    return depth;
}

pn_status pn_query_print(const pn_query *q, pn_buf *out, pn_error *err) {
    piece *stack = pn_calloc(q->max_stack, sizeof *stack);
    if (!stack) return pn_fail(err, PN_ENOMEM, "no memory for a query's text");
    print_ops(q, stack);
    pn_status rc = stack[0].text.rc;
    pn_buf_put_bytes(out, pn_buf_bytes(&stack[0].text));
    for (size_t i = 0; i < q->max_stack; i++) pn_buf_fini(&stack[i].text);
    pn_free(stack);
    if (rc == PN_OK) rc = out->rc;
    return rc == PN_OK ? PN_OK : pn_fail(err, rc, "no memory for a query's text");
}

pn_status pn_query_print_op(const pn_query_op *op, pn_buf *out, pn_error *err) {
    if (pn_query_arity(op) == 0) print_leaf(op, out);
    else if (op->kind == PN_Q_NEAR) pn_buf_printf(out, "%s/%u", operator_name(op), op->within);
    else pn_buf_printf(out, "%s", operator_name(op));
    return out->rc == PN_OK ? PN_OK : pn_fail(err, out->rc, "no memory for a query's text");
}
