#include "query/pn_cut.h"

pn_status pn_cut_article(pn_cut *c, const pn_doc *doc, pn_error *err) {
    uint32_t next, end;
    pn_tokens_clear(&c->tokens);
    PN_TRY(pn_tokens_cut(&c->tokens, doc->title, 0, &next, err));
    c->n_title = c->tokens.n;
    PN_TRY(pn_tokens_cut(&c->tokens, doc->body, next + PN_TITLE_GAP, &end, err));
    bool no_body = c->tokens.n == c->n_title;
    if (no_body) PN_TRY(pn_tokens_cut(&c->tokens, doc->teaser, next + PN_TITLE_GAP, &end, err));
    c->title = doc->title;
    c->body = no_body ? doc->teaser : doc->body;
    return PN_OK;
}

void pn_cut_fini(pn_cut *c) { pn_tokens_fini(&c->tokens); }

/* The token at a position, or n. */
static size_t find(const pn_tokens *t, uint32_t pos) {
    size_t lo = 0, n = t->n;
    while (n > 0) {
        size_t half = n / 2;
        if (t->at[lo + half].pos < pos) { lo += half + 1; n -= half + 1; }
        else n = half;
    }
    return lo < t->n && t->at[lo].pos == pos ? lo : t->n;
}

bool pn_cut_place(const pn_cut *c, const pn_hit *hit, pn_cut_hit *out) {
    const pn_tokens *t = &c->tokens;
    out->first = find(t, hit->first);
    out->last = find(t, hit->last);
    if (out->first == t->n || out->last == t->n || out->first > out->last) return false;
    out->in_body = out->first >= c->n_title;
    if (out->in_body != (out->last >= c->n_title)) return false;
    size_t end = out->in_body ? t->n : c->n_title;
    if (hit->is_whole && t->at[out->last].flags & PN_TOKEN_BIGRAM && out->last + 1 < end) out->last++;
    return true;
}
