#include "query/pn_query.h"
#include "text/pn_token.h"
#include "text/pn_utf8.h"

typedef struct {
    pn_bytes text;
    size_t at;                         /* byte position of what is read next */
    pn_query *q;
    size_t cap;
    pn_tokens words;
    bool want_part;                    /* an AND stands before `at` */
    pn_error *err;
} reader;

static pn_status wrong(reader *r, size_t at, const char *why) {
    pn_fail(r->err, PN_ESYNTAX, "%s", why);
    pn_error_at(r->err, NULL, at);
    return PN_ESYNTAX;
}
static pn_status no_memory(reader *r) { return pn_fail(r->err, PN_ENOMEM, "no memory for a query"); }

/* --- characters */

static const struct { const char *bytes; size_t len; } quotes[] = { { "\"", 1 }, { "\xE2\x80\x9C", 3 }, { "\xE2\x80\x9D", 3 }, { "\xE2\x80\x9E", 3 }, { "\xC2\xAB", 2 }, { "\xC2\xBB", 2 } };

/* Length of the quotation mark at `at`, 0 if there is none. */
static size_t quote_at(const reader *r, size_t at) {
    for (size_t i = 0; i < PN_COUNT(quotes); i++)
        if (r->text.len - at >= quotes[i].len && memcmp(r->text.ptr + at, quotes[i].bytes, quotes[i].len) == 0) return quotes[i].len;
    return 0;
}

/* Length of the blank at `at`, 0 if there is none: ASCII white space, NBSP, ideographic space. */
static size_t blank_at(const reader *r, size_t at) {
    const uint8_t *p = r->text.ptr + at;
    size_t left = r->text.len - at;
    if (*p <= ' ') return 1;
    if (left >= 2 && p[0] == 0xC2 && p[1] == 0xA0) return 2;
    if (left >= 3 && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80) return 3;
    return 0;
}

static void skip_blanks(reader *r) {
    while (r->at < r->text.len) {
        size_t n = blank_at(r, r->at);
        if (n == 0) return;
        r->at += n;
    }
}

static bool is_word(pn_bytes s, const char *w) { return pn_bytes_equal(s, pn_bytes_cstr(w)); }

/* --- leaves */

static pn_status add_leaf(reader *r, pn_query_word *words, size_t n) {
    pn_query *q = r->q;
    if (q->n_leaves == PN_QUERY_CLAUSE_MAX) return pn_fail(r->err, PN_ELIMIT, "more than %d parts in a query", PN_QUERY_CLAUSE_MAX);
    if (q->n_leaves == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 8;
        pn_query_leaf *more = pn_arena_take(&q->arena, cap * sizeof *more);
        if (!more) return no_memory(r);
        if (q->n_leaves) memcpy(more, q->leaves, q->n_leaves * sizeof *more);
        q->leaves = more;
        r->cap = cap;
    }
    q->leaves[q->n_leaves++] = (pn_query_leaf){ words, n };
    r->want_part = false;
    return PN_OK;
}

/* The last character of a run without spaces: if a pair before it holds it already it adds nothing, and the text may go on
 * behind it; alone it stands for every pair that begins with it. */
static bool is_held_by_pair(const pn_tokens *t, size_t i) {
    return i > 0 && (t->at[i].flags & PN_TOKEN_UNIGRAM) && (t->at[i - 1].flags & PN_TOKEN_BIGRAM) && t->at[i - 1].pos + 1 == t->at[i].pos;
}

static pn_status leaf_of(reader *r, pn_bytes part) {
    uint32_t next;
    pn_tokens_clear(&r->words);
    PN_TRY(pn_tokens_cut(&r->words, part, 0, &next, r->err));
    size_t n = r->words.n;
    if (n == 0) return PN_OK;                               /* only punctuation: the caller sees that no leaf came */
    if (n > PN_QUERY_CLAUSE_MAX) return pn_fail(r->err, PN_ELIMIT, "more than %d words in a phrase", PN_QUERY_CLAUSE_MAX);
    if (is_held_by_pair(&r->words, n - 1)) n--;
    pn_query_word *words = pn_arena_take(&r->q->arena, n * sizeof *words);
    if (!words) return no_memory(r);
    for (size_t i = 0; i < n; i++) {
        words[i] = (pn_query_word){ .at = r->words.at[i].pos - r->words.at[0].pos };
        words[i].is_prefix = i == n - 1 && (r->words.at[i].flags & PN_TOKEN_UNIGRAM);
        if (!pn_arena_copy(&r->q->arena, pn_token_term(&r->words, i), &words[i].term)) return no_memory(r);
    }
    return add_leaf(r, words, n);
}

/* --- parts */

static pn_status quoted(reader *r) {
    size_t open = r->at, from = open + quote_at(r, open);
    for (size_t at = from; at < r->text.len; at++) {
        size_t n = quote_at(r, at);
        if (n == 0) continue;
        r->at = at + n;
        size_t before = r->q->n_leaves;
        PN_TRY(leaf_of(r, pn_bytes_of(r->text.ptr + from, at - from)));
        return r->q->n_leaves > before ? PN_OK : wrong(r, open, "there is no word between the quotation marks");
    }
    return wrong(r, open, "this quotation mark is never closed");
}

static pn_bytes bare_part(reader *r) {
    size_t from = r->at;
    while (r->at < r->text.len && !blank_at(r, r->at) && !quote_at(r, r->at)) r->at++;
    return pn_bytes_of(r->text.ptr + from, r->at - from);
}

/* Signs and names that the query language keeps for itself: taking them as text would change meaning later. */
static pn_status check_reserved(reader *r, size_t from, pn_bytes part) {
    static const char *const fields[] = { "title:", "body:", "lead:", "tag:", "section:", "source:", "author:", "lang:", "language:", "url:", "date:", "id:" };
    if (is_word(part, "OR") || is_word(part, "NOT")) return wrong(r, from, "OR and NOT are not operators here: words are joined by AND (write them in lower case to search for the words)");
    for (size_t i = 0; i < PN_COUNT(fields); i++)
        if (pn_bytes_starts(part, pn_bytes_cstr(fields[i]))) return wrong(r, from, "fields cannot be searched here: a query is words and \"phrases\"");
    for (size_t i = 0; i < part.len; i++)
        if (strchr("()*~", part.ptr[i])) return wrong(r, from + i, "this sign has no meaning in a query: put the text in quotation marks to search for it");
    return PN_OK;
}

static pn_status bare(reader *r) {
    size_t from = r->at;
    pn_bytes part = bare_part(r);
    if (is_word(part, "AND")) {
        if (r->q->n_leaves == 0 || r->want_part) return wrong(r, from, "AND needs a word on both sides");
        r->want_part = true;
        return PN_OK;
    }
    PN_TRY(check_reserved(r, from, part));
    return leaf_of(r, part);
}

static pn_status read_all(reader *r) {
    for (skip_blanks(r); r->at < r->text.len; skip_blanks(r)) PN_TRY(quote_at(r, r->at) ? quoted(r) : bare(r));
    if (r->want_part) return wrong(r, r->text.len, "AND needs a word on both sides");
    return r->q->n_leaves ? PN_OK : wrong(r, 0, "there is no word in this query");
}

pn_status pn_query_parse(pn_bytes text, pn_query *out, pn_error *err) {
    pn_query q = { 0 };
    reader r = { .text = text, .q = &q, .err = err };
    if (text.len > PN_QUERY_TEXT_MAX) return pn_fail(err, PN_ELIMIT, "a query is limited to %d bytes", PN_QUERY_TEXT_MAX);
    size_t valid = pn_utf8_valid_prefix(text);
    pn_status rc = valid < text.len ? wrong(&r, valid, "the query is not UTF-8 here") : read_all(&r);
    pn_tokens_fini(&r.words);
    if (rc != PN_OK) pn_query_fini(&q);
    else *out = q;
    return rc;
}

void pn_query_fini(pn_query *q) {
    if (!q) return;
    pn_arena_fini(&q->arena);
    *q = (pn_query){ 0 };
}
