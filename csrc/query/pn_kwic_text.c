#include "query/pn_kwic_text.h"

typedef struct { size_t from, start, end, to; } window;          /* bytes: left is [from, start), the node [start, end), right [end, to) */

/* --- so many words */

static void by_words(const pn_cut *c, const pn_cut_hit *h, uint32_t width, size_t len, window *w) {
    size_t begin = h->in_body ? c->n_title : 0, end = h->in_body ? c->tokens.n : c->n_title;
    w->from = width >= h->first - begin ? 0 : c->tokens.at[h->first - width].start;
    w->to = width >= end - 1 - h->last ? len : c->tokens.at[h->last + width].end;
    if (width == 0) {
        w->from = w->start;
        w->to = w->end;
    }
}

/* --- so many characters */

static bool is_inside(uint8_t byte) { return (byte & 0xC0) == 0x80; }        /* not the first of its character */

static void by_chars(pn_bytes text, uint32_t width, window *w) {
    w->from = w->start;
    for (uint32_t n = 0; n < width && w->from > 0; n++) do w->from--; while (w->from > 0 && is_inside(text.ptr[w->from]));
    w->to = w->end;
    for (uint32_t n = 0; n < width && w->to < text.len; n++) do w->to++; while (w->to < text.len && is_inside(text.ptr[w->to]));
}

/* --- the sentence: docs/RANKING.md */

static bool is_blank(uint8_t c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

static bool has(pn_bytes text, size_t at, const char *sign, size_t *after) {
    size_t n = strlen(sign);
    if (n > text.len - at || memcmp(text.ptr + at, sign, n) != 0) return false;
    *after = at + n;
    return true;
}
static bool has_any(pn_bytes text, size_t at, const char *const *signs, size_t *after) {
    for (; *signs; signs++)
        if (has(text, at, *signs, after)) return true;
    return false;
}

/* A sentence ends behind the sign at `at`, quotation marks and brackets that close included: *after.  A full stop ends one only before
 * white space; the wide signs of Chinese and Japanese always do. */
static bool ends_at(pn_bytes text, size_t at, size_t *after) {
    static const char *const wide[] = { "。", "！", "？", "।", NULL }, *const narrow[] = { ".", "!", "?", "…", "؟", NULL };
    static const char *const closing[] = { "\"", "'", ")", "]", "”", "’", "»", "」", "』", "）", NULL };
    uint8_t c = text.ptr[at];
    if (c < 0x80 && c != '.' && c != '!' && c != '?') return false;          /* most are */
    bool is_wide = has_any(text, at, wide, after);
    if (!is_wide && !has_any(text, at, narrow, after)) return false;
    while (*after < text.len && has_any(text, *after, closing, after)) {}
    return is_wide || *after == text.len || is_blank(text.ptr[*after]);
}
static bool is_paragraph(pn_bytes text, size_t at) { return text.ptr[at] == '\n' && at + 1 < text.len && text.ptr[at + 1] == '\n'; }

static void by_sentence(pn_bytes text, window *w) {
    size_t after;
    for (w->from = w->start; w->from > 0; w->from--) {
        size_t i = w->from - 1;
        if (is_paragraph(text, i)) break;
        if (!ends_at(text, i, &after) || after > w->start) continue;
        w->from = after;
        break;
    }
    for (w->to = w->end; w->to < text.len && !is_paragraph(text, w->to); w->to++) {
        if (!ends_at(text, w->to, &after)) continue;
        w->to = after;
        return;
    }
}

/* --- putting it out */

/* The bytes [from, to) with each run of white space as one blank. */
static void put_flat(pn_buf *out, pn_bytes text, size_t from, size_t to) {
    bool blank = false;
    pn_buf_clear(out);
    if (!pn_buf_reserve(out, to - from + 1)) return;        /* one more: empty is not absent */
    for (size_t i = from; i < to; i++) {
        bool now = is_blank(text.ptr[i]);
        if (!now) pn_buf_put_u8(out, text.ptr[i]);
        else if (!blank) pn_buf_put_u8(out, ' ');
        blank = now;
    }
}

/* Without the blanks at its outer end. */
static void trim_left(pn_buf *b) {
    if (b->len == 0 || b->ptr[0] != ' ') return;
    memmove(b->ptr, b->ptr + 1, --b->len);
}
static void trim_right(pn_buf *b) {
    if (b->len && b->ptr[b->len - 1] == ' ') b->len--;
}

pn_status pn_kwic_text_make(pn_kwic_text *t, const pn_cut *c, const pn_cut_hit *hit, pn_kwic_unit unit, uint32_t width, pn_error *err) {
    pn_bytes text = hit->in_body ? c->body : c->title;
    window w = { .start = c->tokens.at[hit->first].start, .end = c->tokens.at[hit->last].end };
    switch (unit) {
    case PN_KWIC_WORDS:    by_words(c, hit, width, text.len, &w); break;
    case PN_KWIC_CHARS:    by_chars(text, width, &w); break;
    case PN_KWIC_SENTENCE: by_sentence(text, &w); break;
    }
    put_flat(&t->left, text, w.from, w.start);
    put_flat(&t->node, text, w.start, w.end);
    put_flat(&t->right, text, w.end, w.to);
    if (t->left.rc != PN_OK || t->node.rc != PN_OK || t->right.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory for a line of a concordance");
    trim_left(&t->left);
    trim_right(&t->right);
    return PN_OK;
}

void pn_kwic_text_fini(pn_kwic_text *t) {
    pn_buf_fini(&t->left);
    pn_buf_fini(&t->node);
    pn_buf_fini(&t->right);
}
