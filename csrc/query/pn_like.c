#include "query/pn_like.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "index/pn_live.h"
#include "query/pn_cut.h"
#include "query/pn_scored.h"
#include "query/pn_top.h"
#include <stdlib.h>

enum { DF_MIN = 2 };                   /* what no other article has finds none */

typedef struct { pn_bytes term; double weight; } told;
typedef struct {
    pn_snap *snap; pn_ref self;
    pn_cut cut;
    pn_bytes *terms; size_t n_terms;   /* one a token, ascending */
    told best[PN_LIKE_WORDS + 1]; size_t n;      /* by weight, then by bytes; one place to insert */
    const pn_tick *tick;
    pn_error *err;
} work;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for articles like another"); }

static pn_status find_self(work *w, pn_bytes id) {
    bool found = false;
    PN_TRY(pn_snap_find_key(w->snap, id, &w->self, &found, w->err));
    if (found) return PN_OK;
    pn_fail(w->err, PN_EUNKNOWN, "%.*s", (int)PN_MIN(id.len, (size_t)200), (const char *)id.ptr);
    pn_error_at(w->err, "article", 0);
    return PN_EUNKNOWN;
}

/* --- the words of the article */

static int by_bytes(const void *a, const void *b) { return pn_bytes_compare(*(const pn_bytes *)a, *(const pn_bytes *)b); }

static pn_status cut_self(work *w, pn_arena *arena) {
    pn_doc doc;
    pn_doc_extra extra;
    PN_TRY(pn_snap_doc(w->snap, w->self, arena, &doc, &extra, w->err));
    return pn_cut_article(&w->cut, &doc, w->err);
}

static pn_status list_terms(work *w) {
    pn_arena arena = { 0 };
    pn_status rc = cut_self(w, &arena);
    pn_arena_fini(&arena);                                  /* tokens hold their terms themselves */
    PN_TRY(rc);
    w->n_terms = w->cut.tokens.n;
    w->terms = pn_calloc(w->n_terms, sizeof *w->terms);
    if (!w->terms) return no_memory(w->err);
    for (size_t i = 0; i < w->n_terms; i++) w->terms[i] = pn_token_term(&w->cut.tokens, i);
    PN_TRY(pn_poll(w->tick, w->err));
    return pn_sort(w->terms, w->n_terms, sizeof *w->terms, by_bytes, w->tick, w->err);
}

static pn_status count_live(const work *w, pn_bytes term, uint64_t *df) {
    *df = 0;
    for (size_t i = 0; i < pn_snap_n_parts(w->snap); i++) {
        const pn_snap_part *p = pn_snap_part_at(w->snap, i);
        const pn_terms *terms;
        pn_term_info info;
        bool found = false;
        uint64_t live = 0;
        PN_TRY(pn_seg_terms(p->seg, PN_FIELD_TEXT, &terms, w->err));
        PN_TRY(pn_terms_find(terms, term, &info, &found, w->err));
        if (found) PN_TRY(pn_live_count(p, pn_seg_postings(p->seg, PN_FIELD_TEXT), &info, &live, w->err));
        *df += live;
    }
    return PN_OK;
}

/* Terms come in the order of bytes, so equals stay in it. */
static void keep(work *w, told t) {
    size_t at = w->n;
    for (; at > 0 && w->best[at - 1].weight < t.weight; at--) w->best[at] = w->best[at - 1];
    w->best[at] = t;
    w->n = PN_MIN(w->n + 1, (size_t)PN_LIKE_WORDS);
}

static pn_status weigh_terms(work *w) {
    for (size_t i = 0, next; i < w->n_terms; i = next) {
        uint64_t df;
        for (next = i + 1; next < w->n_terms && pn_bytes_equal(w->terms[i], w->terms[next]);) next++;
        PN_TRY(pn_poll(w->tick, w->err));
        PN_TRY(count_live(w, w->terms[i], &df));
        if (df >= DF_MIN) keep(w, (told){ w->terms[i], (double)(next - i) * pn_scored_idf((double)pn_snap_n_live(w->snap), df) });
    }
    return PN_OK;
}

/* --- asked as a query: a OR b OR … */

static pn_status rank(const work *w, const pn_select *all, size_t k, pn_select **out) {
    pn_query_word words[PN_LIKE_WORDS];
    pn_query_op ops[2 * PN_LIKE_WORDS];
    pn_query q = { .ops = ops, .max_stack = 2 };
    for (size_t i = 0; i < w->n; i++) {
        words[i] = (pn_query_word){ .term = w->best[i].term };
        ops[q.n_ops++] = (pn_query_op){ .kind = PN_Q_WORDS, .field = PN_FIELD_TEXT, .words = &words[i], .n_words = 1, .at_least = 1 };
        if (i) ops[q.n_ops++] = (pn_query_op){ .kind = PN_Q_OR };
    }
    return pn_top_bm25(all, &q, k, w->tick, out, w->err);
}

/* Without the article itself and those that have none of the words. */
static pn_status leave_out(const work *w, pn_select *ranked, size_t k, pn_select **out) {
    size_t n = (size_t)pn_select_count(ranked), kept = 0;
    const double *scored = pn_select_scores(ranked);
    pn_ref *refs = pn_calloc(n, sizeof *refs);
    double *scores = pn_calloc(n, sizeof *scores);
    pn_status rc = refs && scores ? pn_select_refs(ranked, 0, n, refs, w->err) : no_memory(w->err);
    for (size_t i = 0; rc == PN_OK && i < n && kept < k && scored[i] > 0; i++) {
        if (refs[i].part == w->self.part && refs[i].doc == w->self.doc) continue;
        refs[kept] = refs[i];
        scores[kept++] = scored[i];
    }
    if (rc == PN_OK) rc = pn_select_ranked(ranked, refs, scores, kept, out, w->err);
    pn_free(refs);
    pn_free(scores);
    return rc;
}

static pn_status find_like(const work *w, const pn_select *all, size_t k, pn_select **out) {
    pn_select *ranked = NULL;
    if (w->n == 0) return pn_select_ranked(all, NULL, (double[]){ 0 }, 0, out, w->err);
    PN_TRY(rank(w, all, k + 1, &ranked));
    pn_status rc = leave_out(w, ranked, k, out);
    pn_select_release(ranked);
    return rc;
}

pn_status pn_like_find(pn_snap *snap, pn_bytes id, size_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    work w = { .snap = snap, .cut = { .tokens = { .tick = tick } }, .tick = tick, .err = err };
    pn_select *all = NULL;
    PN_TRY(find_self(&w, id));
    pn_status rc = list_terms(&w);
    if (rc == PN_OK) rc = weigh_terms(&w);
    if (rc == PN_OK) rc = pn_select_all(snap, &all, err);
    if (rc == PN_OK) rc = find_like(&w, all, k, out);
    pn_select_release(all);
    pn_free(w.terms);
    pn_cut_fini(&w.cut);
    return rc;
}
