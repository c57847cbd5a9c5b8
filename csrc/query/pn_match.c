#include "query/pn_match.h"
#include "base/pn_alloc.h"

/* A phrase: every word's cursor on the same article, then positions.  `found` holds the positions where the words so far
 * line up, as start of the phrase. */
typedef struct {
    const pn_post_src *src;
    const pn_query_leaf *leaf;
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

typedef struct { const pn_snap_part *part; const pn_terms *terms; const pn_post_src *src; uint64_t *bits; const pn_tick *tick; pn_error *err; } matcher;

/* `last` replaces the term of the last word: one of the terms a prefix stands for. */
static pn_status open_cursors(const matcher *m, phrase *p, const pn_term_info *last, bool *possible) {
    *possible = true;
    for (size_t w = 0; w < p->leaf->n_words && *possible; w++) {
        pn_term_info info;
        if (last && w == p->leaf->n_words - 1) info = *last;
        else PN_TRY(pn_terms_find(m->terms, p->leaf->words[w].term, &info, possible, m->err));
        if (*possible) PN_TRY(pn_post_open(&p->cursors[w], m->src, &info, m->err));
    }
    return PN_OK;
}

static pn_status match_phrase(const matcher *m, const pn_query_leaf *leaf, const pn_term_info *last) {
    phrase p = { .src = m->src, .leaf = leaf, .bits = m->bits, .tick = m->tick, .err = m->err };
    bool possible = false;
    p.cursors = pn_calloc(leaf->n_words, sizeof *p.cursors);
    if (!p.cursors) return pn_fail(m->err, PN_ENOMEM, "no memory for a phrase");
    pn_status rc = open_cursors(m, &p, last, &possible);
    if (rc == PN_OK && possible) rc = walk_phrase(&p);
    pn_buf_fini(&p.found);
    pn_buf_fini(&p.next);
    pn_free(p.cursors);
    return rc;
}

/* One exact word, or a phrase whose last word is given by `info`. */
static pn_status match_with(const matcher *m, const pn_query_leaf *leaf, const pn_term_info *info) {
    if (leaf->n_words > 1) return match_phrase(m, leaf, info);
    return pn_post_set_bits(m->src, info, m->bits, m->err);
}

static pn_status match_prefix(const matcher *m, const pn_query_leaf *leaf) {
    pn_bytes prefix = leaf->words[leaf->n_words - 1].term;
    pn_terms_iter it;
    uint32_t n = 0;
    for (pn_terms_seek(&it, m->terms, prefix); !it.done && pn_bytes_starts(pn_terms_at(&it), prefix); pn_terms_next(&it)) {
        if (++n > PN_QUERY_EXPAND_MAX)
            return pn_fail(m->err, PN_ELIMIT, "'%.*s' stands for more than %d terms", (int)prefix.len, (const char *)prefix.ptr, PN_QUERY_EXPAND_MAX);
        PN_TRY(match_with(m, leaf, &it.info));
        PN_TRY(pn_poll(m->tick, m->err));
    }
    if (it.rc != PN_OK && m->err) *m->err = it.error;
    return it.rc;
}

static pn_status match_leaf(const matcher *m, const pn_query_leaf *leaf) {
    if (leaf->words[leaf->n_words - 1].is_prefix) return match_prefix(m, leaf);
    if (leaf->n_words > 1) return match_phrase(m, leaf, NULL);
    pn_term_info info;
    bool found = false;
    PN_TRY(pn_terms_find(m->terms, leaf->words[0].term, &info, &found, m->err));
    return found ? pn_post_set_bits(m->src, &info, m->bits, m->err) : PN_OK;
}

static pn_status match_rest(matcher *m, const pn_query *q, uint64_t *bits, uint64_t *scratch) {
    size_t n = pn_bits_words(m->part->n_docs);
    for (size_t i = 1; i < q->n_leaves; i++) {
        memset(scratch, 0, n * sizeof *scratch);
        m->bits = scratch;
        PN_TRY(match_leaf(m, &q->leaves[i]));
        for (size_t w = 0; w < n; w++) bits[w] &= scratch[w];
        PN_TRY(pn_poll(m->tick, m->err));
    }
    return PN_OK;
}

static void drop_deleted(const pn_snap_part *part, uint64_t *bits) {
    for (size_t w = 0; part->deleted.bits && w < pn_bits_words(part->n_docs); w++) bits[w] &= ~part->deleted.bits[w];
}

pn_status pn_match(const pn_snap_part *part, const pn_query *q, uint64_t *bits, const pn_tick *tick, pn_error *err) {
    matcher m = { .part = part, .src = pn_seg_postings(part->seg, PN_FIELD_TEXT), .bits = bits, .tick = tick, .err = err };
    PN_TRY(pn_seg_terms(part->seg, PN_FIELD_TEXT, &m.terms, err));
    PN_TRY(match_leaf(&m, &q->leaves[0]));
    if (q->n_leaves > 1) {
        uint64_t *scratch = pn_calloc(pn_bits_words(part->n_docs), sizeof *scratch);
        if (!scratch) return pn_fail(err, PN_ENOMEM, "no memory for a query");
        pn_status rc = match_rest(&m, q, bits, scratch);
        pn_free(scratch);
        PN_TRY(rc);
    }
    drop_deleted(part, bits);
    return PN_OK;
}
