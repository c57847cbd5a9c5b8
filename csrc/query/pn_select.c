#include "query/pn_select.h"
#include "base/pn_alloc.h"
#include "query/pn_chrono.h"
#include <stdatomic.h>

struct pn_select {
    atomic_int refs;
    pn_snap *snap;
    uint64_t **bits;                   /* per part; NULL entries: all live articles of it */
    size_t n_parts;
    uint64_t count;
    bool is_all, is_ranked;
    double *scores;                    /* of a ranking by score: one a place; else NULL */
    _Atomic(pn_ref *) order;           /* made at first need; whoever loses the race frees his own */
};

static void free_select(pn_select *s) {
    for (size_t i = 0; s->bits && i < s->n_parts; i++) pn_free(s->bits[i]);
    pn_free(s->bits);
    pn_free(atomic_load(&s->order));
    pn_free(s->scores);
    pn_snap_release(s->snap);
    pn_free(s);
}

pn_select *pn_select_retain(pn_select *s) {
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}
void pn_select_release(pn_select *s) {
    if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1) free_select(s);
}

enum { POLL_EVERY = 4096 };            /* articles of a merge between two looks at the tick */

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a selection"); }

static pn_status new_select(pn_snap *snap, pn_select **out, pn_error *err) {
    pn_select *s = pn_calloc(1, sizeof *s);
    if (!s) return no_memory(err);
    s->n_parts = pn_snap_n_parts(snap);
    s->bits = pn_calloc(s->n_parts, sizeof *s->bits);
    if (!s->bits) {
        pn_free(s);
        return no_memory(err);
    }
    s->snap = pn_snap_retain(snap);
    atomic_init(&s->refs, 1);
    atomic_init(&s->order, NULL);
    *out = s;
    return PN_OK;
}

pn_status pn_select_all(pn_snap *snap, pn_select **out, pn_error *err) {
    PN_TRY(new_select(snap, out, err));
    (*out)->is_all = true;
    (*out)->count = pn_snap_n_live(snap);
    return PN_OK;
}

static pn_status query_part(pn_select *s, const pn_select *within, size_t i, const pn_plan *plan, const pn_likes *likes, uint64_t *counts, const pn_tick *tick, pn_error *err) {
    const pn_snap_part *part = pn_snap_part_at(s->snap, i);
    size_t n = pn_bits_words(part->n_docs);
    s->bits[i] = pn_calloc(n, sizeof *s->bits[i]);
    if (!s->bits[i]) return no_memory(err);
    const uint64_t *inside = within->bits[i];
    PN_TRY(pn_match(plan, likes, (uint32_t)i, s->bits[i], inside, counts, tick, err));
    for (size_t w = 0; w < n; w++) {
        if (inside) s->bits[i][w] &= inside[w];
        s->count += (uint64_t)__builtin_popcountll(s->bits[i][w]);
    }
    return PN_OK;
}

pn_status pn_select_plan(const pn_select *within, const pn_plan *plan, uint64_t *counts, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_select *s = NULL;
    pn_likes likes;
    PN_TRY(new_select(within->snap, &s, err));
    pn_status rc = pn_likes_find(plan, tick, &likes, err);
    for (size_t i = 0; rc == PN_OK && i < s->n_parts; i++) rc = query_part(s, within, i, plan, &likes, counts, tick, err);
    pn_likes_fini(&likes);
    if (rc == PN_OK) *out = s;
    else free_select(s);
    return rc;
}

pn_status pn_select_query(const pn_select *within, const pn_query *q, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_plan *plan = NULL;
    PN_TRY(pn_plan_new(within->snap, q, tick, &plan, err));
    pn_status rc = pn_select_plan(within, plan, NULL, tick, out, err);
    pn_plan_free(plan);
    return rc;
}

static uint64_t live_word(const pn_select *s, size_t part, size_t w) {
    const pn_snap_part *p = pn_snap_part_at(s->snap, part);
    if (s->bits[part]) return s->bits[part][w];
    uint64_t all = w + 1 < pn_bits_words(p->n_docs) || p->n_docs % 64 == 0 ? ~UINT64_C(0) : (UINT64_C(1) << (p->n_docs % 64)) - 1;
    return p->deleted.bits ? all & ~p->deleted.bits[w] : all;
}

static pn_status combine_part(pn_select *s, const pn_select *a, const pn_select *b, pn_combine how, size_t i, pn_error *err) {
    size_t n = pn_bits_words(pn_snap_part_at(s->snap, i)->n_docs);
    s->bits[i] = pn_malloc(n * sizeof *s->bits[i]);
    if (!s->bits[i]) return no_memory(err);
    for (size_t w = 0; w < n; w++) {
        uint64_t x = live_word(a, i, w), y = live_word(b, i, w);
        s->bits[i][w] = how == PN_BOTH ? x & y : how == PN_EITHER ? x | y : x & ~y;
        s->count += (uint64_t)__builtin_popcountll(s->bits[i][w]);
    }
    return PN_OK;
}

pn_status pn_select_combine(const pn_select *a, const pn_select *b, pn_combine how, pn_select **out, pn_error *err) {
    pn_select *s = NULL;
    if (a->snap != b->snap) return pn_fail(err, PN_EINVAL, "the two selections are of different snapshots");
    PN_TRY(new_select(a->snap, &s, err));
    pn_status rc = PN_OK;
    for (size_t i = 0; rc == PN_OK && i < s->n_parts; i++) rc = combine_part(s, a, b, how, i, err);
    if (rc != PN_OK) free_select(s);
    else *out = s;
    return rc;
}

static pn_status copy_part(pn_select *s, const uint64_t *bits, size_t i, pn_error *err) {
    const pn_snap_part *p = pn_snap_part_at(s->snap, i);
    size_t n = pn_bits_words(p->n_docs);
    s->bits[i] = pn_malloc(n * sizeof *s->bits[i]);
    if (!s->bits[i]) return no_memory(err);
    for (size_t w = 0; w < n; w++) {
        s->bits[i][w] = p->deleted.bits ? bits[w] & ~p->deleted.bits[w] : bits[w];
        s->count += (uint64_t)__builtin_popcountll(s->bits[i][w]);
    }
    return PN_OK;
}

pn_status pn_select_of_bits(pn_snap *snap, uint64_t *const *bits, pn_select **out, pn_error *err) {
    pn_select *s = NULL;
    PN_TRY(new_select(snap, &s, err));
    pn_status rc = PN_OK;
    for (size_t i = 0; rc == PN_OK && i < s->n_parts; i++) rc = copy_part(s, bits[i], i, err);
    if (rc != PN_OK) free_select(s);
    else *out = s;
    return rc;
}

/* --- some articles, named one by one */

static pn_status empty_bits(pn_select *s, pn_error *err) {
    for (size_t i = 0; i < s->n_parts; i++) {
        s->bits[i] = pn_calloc(pn_bits_words(pn_snap_part_at(s->snap, i)->n_docs), sizeof *s->bits[i]);
        if (!s->bits[i]) return no_memory(err);
    }
    return PN_OK;
}

static pn_status pick(pn_select *s, const pn_ref *refs, size_t n, pn_error *err) {
    PN_TRY(empty_bits(s, err));
    for (size_t i = 0; i < n; i++) {
        uint64_t *word = &s->bits[refs[i].part][refs[i].doc / 64], bit = UINT64_C(1) << (refs[i].doc % 64);
        s->count += !(*word & bit);                         /* a damaged table may name one twice */
        *word |= bit;
    }
    return PN_OK;
}

pn_status pn_select_pick(const pn_select *within, const pn_ref *refs, size_t n, pn_select **out, pn_error *err) {
    pn_select *s = NULL;
    PN_TRY(new_select(within->snap, &s, err));
    pn_status rc = pick(s, refs, n, err);
    if (rc != PN_OK) free_select(s);
    else *out = s;
    return rc;
}

static void *copy_of(const void *p, size_t n, size_t size) {
    void *copy = pn_malloc(n * size);
    if (copy && n) memcpy(copy, p, n * size);
    return copy;
}

pn_status pn_select_ranked(const pn_select *within, const pn_ref *refs, const double *scores, size_t n, pn_select **out, pn_error *err) {
    pn_select *s = NULL;
    PN_TRY(pn_select_pick(within, refs, n, &s, err));
    pn_ref *order = copy_of(refs, n, sizeof *refs);
    if (scores) s->scores = copy_of(scores, n, sizeof *scores);
    atomic_store(&s->order, order);
    s->is_ranked = true;
    if (!order || (scores && !s->scores)) {
        free_select(s);
        return no_memory(err);
    }
    *out = s;
    return PN_OK;
}

bool pn_select_is_ranked(const pn_select *s) { return s->is_ranked; }
const double *pn_select_scores(const pn_select *s) { return s->scores; }

uint32_t pn_select_first(const pn_select *s, uint32_t part, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to;) {
        uint64_t word = live_word(s, part, i / 64) >> (i % 64);
        if (word) return PN_MIN(to, i + (uint32_t)__builtin_ctzll(word));
        i = (i / 64 + 1) * 64;
    }
    return to;
}

uint32_t pn_select_end(const pn_select *s, uint32_t part, uint32_t from, uint32_t to) {
    while (to > from) {
        uint32_t last = to - 1;
        uint64_t word = live_word(s, part, last / 64) << (63 - last % 64);
        if (word) return PN_MAX(from, to - (uint32_t)__builtin_clzll(word));
        to = last / 64 * 64;
    }
    return from;
}

pn_snap *pn_select_snap(const pn_select *s) { return s->snap; }
uint64_t pn_select_count(const pn_select *s) { return s->count; }
bool pn_select_is_all(const pn_select *s) { return s->is_all; }
const uint64_t *pn_select_bits(const pn_select *s, size_t part) { return s->bits[part]; }

static bool has_in_part(const pn_select *s, size_t part, uint32_t doc) {
    if (s->bits[part]) return s->bits[part][doc / 64] >> (doc % 64) & 1;
    return !pn_deleted_has(&pn_snap_part_at(s->snap, part)->deleted, doc);
}
bool pn_select_has(const pn_select *s, pn_ref ref) {
    return ref.part < s->n_parts && ref.doc < pn_snap_part_at(s->snap, ref.part)->n_docs && has_in_part(s, ref.part, ref.doc);
}

/* --- chronological order: a merge of the parts, each of which is in order already */

typedef struct { uint32_t part, doc, n_docs; pn_chrono key; } head;      /* one part's place in the merge */

/* Moves to the next selected article at or after h->doc and loads its key; h->doc == n_docs at the end. */
static pn_status load_head(const pn_select *s, head *h, pn_error *err) {
    while (h->doc < h->n_docs && !has_in_part(s, h->part, h->doc)) h->doc++;
    if (h->doc == h->n_docs) return PN_OK;
    return pn_chrono_of(s->snap, (pn_ref){ h->part, h->doc }, &h->key, err);
}

static void sift_down(head *heap, size_t n, size_t i) {
    for (size_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && pn_chrono_before(&heap[child + 1].key, &heap[child].key)) child++;
        if (!pn_chrono_before(&heap[child].key, &heap[i].key)) return;
        head t = heap[i];
        heap[i] = heap[child];
        heap[child] = t;
        i = child;
    }
}

static pn_status fill_heap(const pn_select *s, head *heap, size_t *n, pn_error *err) {
    *n = 0;
    for (size_t i = 0; i < s->n_parts; i++) {
        head h = { .part = (uint32_t)i, .n_docs = pn_snap_part_at(s->snap, i)->n_docs };
        PN_TRY(load_head(s, &h, err));
        if (h.doc < h.n_docs) heap[(*n)++] = h;
    }
    for (size_t i = *n / 2; i-- > 0;) sift_down(heap, *n, i);
    return PN_OK;
}

/* What is left of the last part follows in its own order: no keys are read. */
static void append_rest(const pn_select *s, const head *h, pn_ref *order, const pn_ref *end) {
    for (uint32_t doc = h->doc; doc < h->n_docs && order < end; doc++)
        if (has_in_part(s, h->part, doc)) *order++ = (pn_ref){ h->part, doc };
}

static pn_status merge_heads(const pn_select *s, head *heap, pn_ref *order, const pn_ref *end, const pn_tick *tick, pn_error *err) {
    size_t n, steps = 0;
    PN_TRY(fill_heap(s, heap, &n, err));
    while (n > 1 && order < end) {
        if (steps++ % POLL_EVERY == 0) PN_TRY(pn_poll(tick, err));
        *order++ = (pn_ref){ heap[0].part, heap[0].doc++ };
        PN_TRY(load_head(s, &heap[0], err));
        if (heap[0].doc == heap[0].n_docs) heap[0] = heap[--n];
        sift_down(heap, n, 0);
    }
    if (n == 1) append_rest(s, &heap[0], order, end);
    return PN_OK;
}

/* The first `most` of the order. */
static pn_status merge_parts(const pn_select *s, uint64_t most, pn_ref *order, const pn_tick *tick, pn_error *err) {
    head *heap = pn_calloc(s->n_parts, sizeof *heap);
    if (!heap) return no_memory(err);
    pn_status rc = merge_heads(s, heap, order, order + most, tick, err);
    pn_free(heap);
    return rc;
}

static pn_status make_order(pn_select *s, const pn_tick *tick, pn_error *err) {
    pn_ref *order = pn_malloc(s->count * sizeof *order), *nobody = NULL;
    pn_status rc = order ? merge_parts(s, s->count, order, tick, err) : no_memory(err);
    if (rc == PN_OK && atomic_compare_exchange_strong(&s->order, &nobody, order)) return PN_OK;
    pn_free(order);
    return rc;
}

bool pn_select_is_in_order(const pn_select *s) { return s->count == 0 || atomic_load(&s->order); }
pn_status pn_select_put_in_order(pn_select *s, const pn_tick *tick, pn_error *err) { return pn_select_is_in_order(s) ? PN_OK : make_order(s, tick, err); }

pn_status pn_select_refs(pn_select *s, uint64_t from, size_t n, pn_ref *refs, pn_error *err) {
    if (from > s->count || n > s->count - from) return pn_fail(err, PN_EINVAL, "there is no article at this place");
    if (n == 0) return PN_OK;
    if (!atomic_load(&s->order)) PN_TRY(make_order(s, NULL, err));
    memcpy(refs, atomic_load(&s->order) + from, n * sizeof *refs);
    return PN_OK;
}

pn_status pn_select_head(const pn_select *s, size_t n, pn_ref *refs, const pn_tick *tick, pn_error *err) {
    const pn_ref *order = atomic_load(&s->order);
    if (n > s->count) return pn_fail(err, PN_EINVAL, "there are not so many articles");
    if (!order) return merge_parts(s, n, refs, tick, err);
    memcpy(refs, order, n * sizeof *refs);
    return PN_OK;
}

pn_status pn_select_at(pn_select *s, const uint64_t *places, size_t n, pn_select **out, pn_error *err) {
    pn_ref *refs = pn_calloc(n, sizeof *refs);
    pn_status rc = refs ? PN_OK : no_memory(err);
    for (size_t i = 0; i < n && rc == PN_OK; i++) rc = pn_select_refs(s, places[i], 1, &refs[i], err);
    if (rc == PN_OK) rc = pn_select_pick(s, refs, n, out, err);
    pn_free(refs);
    return rc;
}
