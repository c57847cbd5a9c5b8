#include "query/pn_scored.h"
#include "base/pn_alloc.h"
#include "index/pn_live.h"

typedef struct { pn_snap *snap; pn_scored *out; const pn_tick *tick; pn_error *err; } gatherer;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a ranking"); }

/* --- statistics */

static pn_status deleted_words(const pn_snap_part *p, uint64_t *out, pn_error *err) {
    uint32_t words, title;
    *out = 0;
    for (uint32_t i = 0; i < p->deleted.n; i++) {
        PN_TRY(pn_seg_length(p->seg, p->deleted.docs[i], &words, &title, err));
        *out += words;
    }
    return PN_OK;
}

static pn_status mean_length(pn_snap *snap, double *out, pn_error *err) {
    uint64_t words = 0, gone;
    for (size_t i = 0; i < pn_snap_n_parts(snap); i++) {
        const pn_snap_part *p = pn_snap_part_at(snap, i);
        PN_TRY(deleted_words(p, &gone, err));
        words += pn_seg_meta_of(p->seg)->n_words - gone;
    }
    *out = words ? (double)words / (double)pn_snap_n_live(snap) : 1;
    return PN_OK;
}

static double idf_of(const gatherer *g, uint64_t df) { return pn_scored_idf(g->out->n_live, df); }

/* Adds to df[term] the live articles of each term of the word. */
static pn_status count_terms(const gatherer *g, const pn_plan_word *word, uint64_t *df) {
    for (size_t i = 0; i < g->out->n_parts; i++) {
        const pn_snap_part *p = pn_snap_part_at(g->snap, i);
        for (size_t k = 0; k < word->parts[i].n; k++) {
            const pn_plan_entry *e = &word->parts[i].at[k];
            uint64_t live;
            PN_TRY(pn_live_count(p, pn_seg_postings(p->seg, PN_FIELD_TEXT), &e->info, &live, g->err));
            df[e->term] += live;
            if (k % 256 == 0) PN_TRY(pn_poll(g->tick, g->err));
        }
    }
    return PN_OK;
}

/* --- lists */

static pn_status add_list(gatherer *g, size_t part, pn_scored_list list) {
    pn_scored_part *p = &g->out->parts[part];
    void *at = p->lists;
    if (!pn_grow(&at, &p->cap, p->n + 1, sizeof list)) return no_memory(g->err);
    p->lists = at;
    p->lists[p->n++] = list;
    p->sum += list.weight;
    return PN_OK;
}

static pn_status add_terms(gatherer *g, const pn_plan_word *word, const uint64_t *df) {
    for (size_t i = 0; i < g->out->n_parts; i++)
        for (size_t k = 0; k < word->parts[i].n; k++) {
            const pn_plan_entry *e = &word->parts[i].at[k];
            PN_TRY(add_list(g, i, (pn_scored_list){ .weight = idf_of(g, df[e->term]), .info = e->info }));
        }
    return PN_OK;
}

/* A word of a phrase that stands for several terms has at most as many articles as they have together. */
static double weight_in_phrase(const gatherer *g, const pn_plan_word *word, const uint64_t *df) {
    uint64_t sum = 0;
    for (size_t t = 0; t < word->n_terms; t++) sum += df[t];
    return idf_of(g, PN_MIN(sum, (uint64_t)g->out->n_live));
}

static pn_status gather_word(gatherer *g, size_t op, size_t w, bool alone, double *weight) {
    const pn_plan_word *word = pn_plan_word_at(g->out->plan, op, w);
    uint64_t *df = pn_calloc(word->n_terms, sizeof *df);
    pn_status rc = df ? count_terms(g, word, df) : no_memory(g->err);
    if (rc == PN_OK && alone) rc = add_terms(g, word, df);
    if (rc == PN_OK) *weight += weight_in_phrase(g, word, df);
    pn_free(df);
    return rc;
}

static pn_status gather_op(gatherer *g, size_t op, size_t n_words) {
    double weight = 0;
    g->out->n_leaves++;
    for (size_t w = 0; w < n_words; w++) PN_TRY(gather_word(g, op, w, n_words == 1, &weight));
    for (size_t i = 0; n_words > 1 && i < g->out->n_parts; i++)
        PN_TRY(add_list(g, i, (pn_scored_list){ .weight = weight, .is_phrase = true, .op = op }));
    return PN_OK;
}

static void widen(pn_query *q) {
    for (size_t i = 0; i < q->n_ops; i++) {
        if (q->ops[i].kind != PN_Q_WORDS) continue;
        q->ops[i].field = PN_FIELD_TEXT;
        q->ops[i].zone = PN_ZONE_ALL;
        q->ops[i].at_least = 1;
    }
}

static pn_status gather(gatherer *g, const pn_query *q) {
    pn_scored *s = g->out;
    s->n_parts = pn_snap_n_parts(g->snap);
    s->parts = pn_calloc(s->n_parts, sizeof *s->parts);
    if (!s->parts) return no_memory(g->err);
    for (size_t i = 0; i < s->n_parts; i++) PN_TRY(pn_seg_norms(pn_snap_part_at(g->snap, i)->seg, &s->parts[i].norms, g->err));
    for (size_t i = 0; i < q->n_ops; i++)
        if (pn_query_is_scored(&q->ops[i])) PN_TRY(gather_op(g, i, q->ops[i].n_words));
    return PN_OK;
}

pn_status pn_scored_of(pn_snap *snap, pn_query *q, const pn_tick *tick, pn_scored *out, pn_error *err) {
    gatherer g = { .snap = snap, .out = out, .tick = tick, .err = err };
    *out = (pn_scored){ .n_live = (double)pn_snap_n_live(snap) };
    widen(q);
    PN_TRY(pn_plan_new(snap, q, tick, &out->plan, err));
    PN_TRY(mean_length(snap, &out->mean_length, err));
    return gather(&g, q);
}

void pn_scored_fini(pn_scored *s) {
    for (size_t i = 0; s->parts && i < s->n_parts; i++) pn_free(s->parts[i].lists);
    pn_free(s->parts);
    pn_plan_free(s->plan);
    *s = (pn_scored){ 0 };
}
