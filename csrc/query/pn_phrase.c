#include "query/pn_phrase.h"
#include "base/pn_alloc.h"

/* A phrase: every word's cursor on the same article, then positions.  `found` holds the positions where the words so far
 * line up, as start of the phrase. */
typedef struct {
    const pn_post_src *src;
    const pn_query_op *leaf;
    pn_post *cursors;
    pn_buf found, next;
    uint64_t *bits;
    const pn_tick *tick;
    pn_error *err;
} phrase;

enum { POLL_EVERY = 4096 };            /* articles between two looks at the tick */

static pn_status sound(const pn_post *c, pn_error *err) {
    if (c->rc == PN_OK) return PN_OK;
    if (err) *err = c->error;
    return c->rc;
}

/* Keeps of `found` what word `w` continues: positions p with p + at in the word's list. */
static pn_status line_up(phrase *p, size_t w, bool first) {
    const uint32_t *at;
    uint32_t n, shift = p->leaf->words[w].at;
    PN_TRY(pn_post_positions(&p->cursors[w], &p->next, &at, &n, p->err));
    if (first) {
        pn_buf_clear(&p->found);
        pn_buf_put(&p->found, at, (size_t)n * 4);
        return p->found.rc == PN_OK ? PN_OK : pn_fail(p->err, PN_ENOMEM, "no memory for a phrase");
    }
    uint32_t *have = (uint32_t *)(void *)p->found.ptr, kept = 0;
    size_t n_have = p->found.len / 4;
    for (size_t i = 0, k = 0; i < n_have; i++) {
        while (k < n && at[k] < have[i] + shift) k++;
        if (k < n && at[k] == have[i] + shift) have[kept++] = have[i];
    }
    p->found.len = (size_t)kept * 4;
    return PN_OK;
}

static pn_status stands_here(phrase *p, bool *yes) {
    for (size_t w = 0; w < p->leaf->n_words; w++) {
        PN_TRY(line_up(p, w, w == 0));
        if (p->found.len == 0) break;
    }
    *yes = p->found.len > 0;
    return PN_OK;
}

/* The first article >= the first cursor's that all cursors stand on, or PN_DOC_END. */
static uint32_t meet(phrase *p) {
    uint32_t doc = p->cursors[0].doc;
    for (size_t w = 1; w < p->leaf->n_words && doc != PN_DOC_END;) {
        uint32_t there = p->cursors[w].doc >= doc ? p->cursors[w].doc : pn_post_seek(&p->cursors[w], doc);
        if (there == doc) { w++; continue; }
        doc = there == PN_DOC_END ? PN_DOC_END : pn_post_seek(&p->cursors[0], there);
        w = 1;
    }
    return doc;
}

static pn_status walk_phrase(phrase *p) {
    uint32_t steps = 0;
    for (uint32_t doc = meet(p); doc != PN_DOC_END; pn_post_next(&p->cursors[0]), doc = meet(p)) {
        bool yes = false;
        PN_TRY(stands_here(p, &yes));
        if (yes) p->bits[doc / 64] |= UINT64_C(1) << (doc % 64);
        if (++steps % POLL_EVERY == 0) PN_TRY(pn_poll(p->tick, p->err));
    }
    for (size_t w = 0; w < p->leaf->n_words; w++) PN_TRY(sound(&p->cursors[w], p->err));
    return PN_OK;
}

/* `last` replaces the term of the last word: one of the terms a prefix stands for. */
static pn_status open_cursors(phrase *p, const pn_terms *terms, const pn_term_info *last, bool *possible) {
    *possible = true;
    for (size_t w = 0; w < p->leaf->n_words && *possible; w++) {
        pn_term_info info;
        if (last && w == p->leaf->n_words - 1) info = *last;
        else PN_TRY(pn_terms_find(terms, p->leaf->words[w].term, &info, possible, p->err));
        if (*possible) PN_TRY(pn_post_open(&p->cursors[w], p->src, &info, p->err));
    }
    return PN_OK;
}

pn_status pn_phrase_match(const pn_query_op *op, const pn_terms *terms, const pn_post_src *src, const pn_term_info *last, uint64_t *bits,
                          const pn_tick *tick, pn_error *err) {
    phrase p = { .src = src, .leaf = op, .bits = bits, .tick = tick, .err = err };
    bool possible = false;
    p.cursors = pn_calloc(op->n_words, sizeof *p.cursors);
    if (!p.cursors) return pn_fail(err, PN_ENOMEM, "no memory for a phrase");
    pn_status rc = open_cursors(&p, terms, last, &possible);
    if (rc == PN_OK && possible) rc = walk_phrase(&p);
    pn_buf_fini(&p.found);
    pn_buf_fini(&p.next);
    pn_free(p.cursors);
    return rc;
}
