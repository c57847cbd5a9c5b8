#include "stats/pn_rank.h"
#include "base/pn_alloc.h"
#include "query/pn_spans.h"

enum { POLL_EVERY = 1 << 12 };

/* --- articles */

static void bit_ranks(const uint64_t *bits, const uint32_t *edges, size_t n, uint64_t *out) {
    uint64_t rank = 0;
    size_t word = 0;
    for (size_t i = 0; i < n; i++) {
        for (; word < edges[i] / 64; word++) rank += (uint64_t)__builtin_popcountll(bits[word]);
        uint32_t rest = edges[i] % 64;
        out[i] = rank + (rest ? (uint64_t)__builtin_popcountll(bits[word] & ((UINT64_C(1) << rest) - 1)) : 0);
    }
}

static void all_ranks(const pn_deleted *d, const uint32_t *edges, size_t n, uint64_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = edges[i] - pn_deleted_rank(d, edges[i]);
}

/* --- one term: what `cum` and `cum_tf` say, less what is deleted */

/* Deleted articles that hold the term are few, so each is looked for in the list. */
static pn_status less_deleted(const pn_snap_part *part, const pn_post_src *src, const pn_term_info *info, bool hits, const uint32_t *edges, size_t n,
                              uint64_t *out, pn_error *err) {
    pn_post c;
    PN_TRY(pn_post_open(&c, src, info, err));
    uint64_t gone = 0;
    size_t edge = 0;
    for (uint32_t i = 0; i < part->deleted.n; i++) {
        uint32_t doc = part->deleted.docs[i];
        if (c.doc < doc) pn_post_seek(&c, doc);
        for (; edge < n && edges[edge] <= doc; edge++) out[edge] -= gone;
        if (c.doc == doc) gone += hits ? c.tf : 1;
    }
    for (; edge < n; edge++) out[edge] -= gone;
    if (c.rc != PN_OK && err) *err = c.error;
    return c.rc;
}

static pn_status list_ranks(const pn_post_src *src, const pn_term_info *info, bool hits, const uint32_t *edges, size_t n, uint64_t *out, pn_error *err) {
    uint32_t *cum = pn_calloc(n, sizeof *cum);
    if (!cum) return pn_fail(err, PN_ENOMEM, "no memory for a trend");
    pn_status rc = pn_post_ranks(src, info, edges, n, cum, hits ? out : NULL, err);
    for (size_t i = 0; rc == PN_OK && !hits && i < n; i++) out[i] = cum[i];
    pn_free(cum);
    return rc;
}

static pn_status term_ranks(const pn_snap_part *part, pn_bytes term, bool hits, const uint32_t *edges, size_t n, uint64_t *out, pn_error *err) {
    const pn_terms *terms;
    pn_term_info info;
    bool found = false;
    const pn_post_src *src = pn_seg_postings(part->seg, PN_FIELD_TEXT);
    PN_TRY(pn_seg_terms(part->seg, PN_FIELD_TEXT, &terms, err));
    PN_TRY(pn_terms_find(terms, term, &info, &found, err));
    if (!found) {
        memset(out, 0, n * sizeof *out);
        return PN_OK;
    }
    PN_TRY(list_ranks(src, &info, hits, edges, n, out, err));
    return part->deleted.n ? less_deleted(part, src, &info, hits, edges, n, out, err) : PN_OK;
}

/* --- sums over single articles: out[i] grows by what lies between edge i-1 and edge i, then sums run */

static void run_sums(uint64_t *out, size_t n) {
    for (size_t i = 1; i < n; i++) out[i] += out[i - 1];
}

static bool has(const pn_snap_part *part, const uint64_t *bits, uint32_t doc) {
    return bits ? bits[doc / 64] >> (doc % 64) & 1 : !pn_deleted_has(&part->deleted, doc);
}

/* --- words */

static pn_status all_words(const pn_snap_part *part, const uint32_t *edges, size_t n, uint64_t *out, pn_error *err) {
    uint64_t title_words, gone = 0;
    uint32_t words, titles;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        PN_TRY(pn_seg_words_before(part->seg, edges[i], &out[i], &title_words, err));
        for (; k < part->deleted.n && part->deleted.docs[k] < edges[i]; k++) {
            PN_TRY(pn_seg_length(part->seg, part->deleted.docs[k], &words, &titles, err));
            gone += words;
        }
        if (gone > out[i]) return pn_fail(err, PN_ECORRUPT, "segment %u has fewer words than its articles", pn_seg_number(part->seg));
        out[i] -= gone;
    }
    return PN_OK;
}

static pn_status bit_words(const pn_set *set, size_t part, const uint32_t *edges, size_t n, const pn_tick *tick, uint64_t *out, pn_error *err) {
    const pn_snap_part *p = pn_snap_part_at(set->snap, part);
    uint32_t words, titles, doc = 0, end = n ? edges[n - 1] : 0;
    size_t edge = 0;
    memset(out, 0, n * sizeof *out);
    for (doc = pn_select_first(set->select, (uint32_t)part, 0, end); doc < end; doc = pn_select_first(set->select, (uint32_t)part, doc + 1, end)) {
        while (edges[edge] <= doc) edge++;
        PN_TRY(pn_seg_length(p->seg, doc, &words, &titles, err));
        out[edge] += words;
        if (doc % POLL_EVERY == 0) PN_TRY(pn_poll(tick, err));
    }
    run_sums(out, n);
    return PN_OK;
}

/* --- hits: the articles of one operation after another */

typedef struct { const pn_set *set; size_t part, op; const uint32_t *edges; size_t n; const pn_tick *tick; uint64_t *out; pn_error *err; } hits;

static bool counts(const hits *h, uint32_t doc, size_t *edge) {
    while (*edge < h->n && h->edges[*edge] <= doc) ++*edge;
    return *edge < h->n && has(pn_snap_part_at(h->set->snap, h->part), pn_select_bits(h->set->select, h->part), doc);
}

/* A word by itself: how often is known without looking where. */
static pn_status count_word(hits *h, pn_occur *o) {
    size_t edge = 0;
    for (uint32_t steps = 0; o->doc != PN_DOC_END && edge < h->n; steps++) {
        if (counts(h, o->doc, &edge)) h->out[edge] += pn_occur_count(o);
        if (steps % POLL_EVERY == 0) PN_TRY(pn_poll(h->tick, h->err));
        PN_TRY(pn_occur_seek(o, o->doc + 1, h->err));
    }
    return PN_OK;
}

static pn_status count_spans(hits *h, pn_spans *s) {
    const pn_span *at;
    uint32_t doc, many;
    size_t edge = 0;
    PN_TRY(pn_spans_seek(s, 0, &doc, h->err));
    for (uint32_t steps = 0; doc != PN_DOC_END && edge < h->n; steps++) {
        if (counts(h, doc, &edge)) {
            PN_TRY(pn_spans_here(s, &at, &many, h->err));
            h->out[edge] += many;
        }
        if (steps % POLL_EVERY == 0) PN_TRY(pn_poll(h->tick, h->err));
        PN_TRY(pn_spans_seek(s, doc + 1, &doc, h->err));
    }
    return PN_OK;
}

static pn_status count_op(hits *h, const pn_query_op *op) {
    if (op->n_words == 1 && op->zone == PN_ZONE_ALL) {
        pn_occur o;
        const pn_plan_word *w = pn_plan_word_at(h->set->plan, h->op, 0);
        pn_status rc = pn_occur_open(&o, pn_seg_postings(pn_snap_part_at(h->set->snap, h->part)->seg, op->field), &w->parts[h->part], h->err);
        if (rc == PN_OK) rc = count_word(h, &o);
        pn_occur_close(&o);
        return rc;
    }
    pn_spans *s = NULL;
    PN_TRY(pn_spans_open(h->set->plan, h->op, (uint32_t)h->part, h->tick, &s, h->err));
    pn_status rc = count_spans(h, s);
    pn_spans_close(s);
    return rc;
}

static pn_status hit_ranks(const pn_set *set, size_t part, const uint32_t *edges, size_t n, const pn_tick *tick, uint64_t *out, pn_error *err) {
    const pn_query *q = pn_plan_query(set->plan);
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < q->n_ops; i++) {
        hits h = { set, part, i, edges, n, tick, out, err };
        if (pn_query_is_scored(&q->ops[i])) PN_TRY(count_op(&h, &q->ops[i]));
    }
    run_sums(out, n);
    return PN_OK;
}

pn_status pn_set_ranks(const pn_set *set, size_t part, const uint32_t *edges, size_t n, const pn_tick *tick, uint64_t *out, pn_error *err) {
    const pn_snap_part *p = pn_snap_part_at(set->snap, part);
    if (!set->select) return term_ranks(p, set->term, set->unit == PN_OF_HITS, edges, n, out, err);
    if (set->unit == PN_OF_HITS) return hit_ranks(set, part, edges, n, tick, out, err);
    const uint64_t *bits = pn_select_bits(set->select, part);
    if (set->unit == PN_OF_WORDS) return bits ? bit_words(set, part, edges, n, tick, out, err) : all_words(p, edges, n, out, err);
    if (bits) bit_ranks(bits, edges, n, out);
    else all_ranks(&p->deleted, edges, n, out);
    return PN_OK;
}
