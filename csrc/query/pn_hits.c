#include "query/pn_hits.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "query/pn_near.h"

enum { ALONE = UINT32_MAX };           /* group of a leaf that no NEAR joins */
typedef struct { pn_spans *spans; uint32_t doc, group, part, at_least; bool is_whole; } leaf;
typedef struct { pn_span span; uint32_t part; } near_span;
typedef struct { pn_near near; pn_buf spans; bool is_whole; } group;
struct pn_hits {
    leaf *leaves; size_t n_leaves;
    group *groups; size_t n_groups;
    pn_buf found;                      /* pn_hit */
    pn_pace pace;
};

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for the places of words"); }

/* --- opening */

static pn_status add_leaf(pn_hits *h, const pn_plan *plan, size_t op, uint32_t part, uint32_t in_group, uint32_t group_part, pn_error *err) {
    const pn_query_op *o = &pn_plan_query(plan)->ops[op];
    leaf *l = &h->leaves[h->n_leaves];
    PN_TRY(pn_spans_open(plan, op, part, h->pace.tick, &l->spans, err));
    l->group = in_group;
    l->part = group_part;
    l->at_least = o->at_least;
    l->is_whole = o->words[o->n_words - 1].how != PN_TERM_PREFIX;
    if (in_group != ALONE) h->groups[in_group].is_whole &= l->is_whole;
    h->n_leaves++;
    return PN_OK;
}

/* The leaves of a NEAR, part by part from its end. */
static pn_status add_group(pn_hits *h, const pn_plan *plan, size_t op, uint32_t part, pn_error *err) {
    const pn_query *q = pn_plan_query(plan);
    const pn_query_op *o = &q->ops[op];
    uint32_t g = (uint32_t)h->n_groups++;
    h->groups[g].near.n_parts = o->n_parts;
    h->groups[g].near.within = o->within;
    h->groups[g].near.ordered = o->ordered;
    h->groups[g].is_whole = true;
    for (size_t p = o->n_parts, end = op; p-- > 0;) {
        size_t first = pn_query_first(q, end - 1);
        for (size_t i = first; i < end; i++)
            if (q->ops[i].kind == PN_Q_WORDS) PN_TRY(add_leaf(h, plan, i, part, g, (uint32_t)p, err));
        end = first;
    }
    return PN_OK;
}

static size_t count_groups(const pn_query *q) {
    size_t n = 0;
    for (size_t i = 0; i < q->n_ops; i++) n += q->ops[i].kind == PN_Q_NEAR;
    return n;
}

static pn_status add_all(pn_hits *h, const pn_plan *plan, uint32_t part, pn_error *err) {
    const pn_query *q = pn_plan_query(plan);
    h->leaves = pn_calloc(q->n_ops, sizeof *h->leaves);
    h->groups = pn_calloc(count_groups(q), sizeof *h->groups);
    if (!h->leaves || !h->groups) return no_memory(err);
    for (size_t i = 0; i < q->n_ops; i++) {
        const pn_query_op *o = &q->ops[i];
        if (pn_query_is_scored(o) && !o->in_near) PN_TRY(add_leaf(h, plan, i, part, ALONE, 0, err));
        if (o->kind == PN_Q_NEAR && !o->under_not) PN_TRY(add_group(h, plan, i, part, err));
    }
    return PN_OK;
}

pn_status pn_hits_open(const pn_plan *plan, uint32_t part, const pn_tick *tick, pn_hits **out, pn_error *err) {
    pn_hits *h = pn_calloc(1, sizeof *h);
    if (!h) return no_memory(err);
    h->pace.tick = tick;
    pn_status rc = add_all(h, plan, part, err);
    if (rc == PN_OK) *out = h;
    else pn_hits_close(h);
    return rc;
}

void pn_hits_close(pn_hits *h) {
    if (!h) return;
    for (size_t i = 0; i < h->n_leaves; i++) pn_spans_close(h->leaves[i].spans);
    for (size_t i = 0; i < h->n_groups; i++) {
        pn_near_fini(&h->groups[i].near);
        pn_buf_fini(&h->groups[i].spans);
    }
    pn_free(h->leaves);
    pn_free(h->groups);
    pn_buf_fini(&h->found);
    pn_free(h);
}

/* --- words */

static void put_hit(pn_hits *h, pn_span s, bool is_whole) {
    pn_hit hit = { 0 };
    hit.first = s.first;
    hit.last = s.last;
    hit.is_whole = is_whole;
    pn_buf_put(&h->found, &hit, sizeof hit);
}

static pn_status look(pn_hits *h, leaf *l, uint32_t doc, pn_error *err) {
    const pn_span *at;
    uint32_t n;
    if (l->doc <= doc) PN_TRY(pn_spans_seek(l->spans, doc, &l->doc, err));
    if (l->doc != doc) return PN_OK;
    PN_TRY(pn_spans_here(l->spans, &at, &n, err));
    PN_TRY(pn_pace_on(&h->pace, 16 * (uint64_t)n, err));
    for (uint32_t i = 0; n >= l->at_least && i < n; i++) {
        if (l->group == ALONE) put_hit(h, at[i], l->is_whole);
        else pn_buf_put(&h->groups[l->group].spans, &(near_span){ at[i], l->part }, sizeof(near_span));
    }
    return PN_OK;
}

/* --- smallest stretches of a NEAR */

/* Of spans at one place the last part's first: the order in which the parts are looked up. */
static int by_place(const void *a, const void *b) {
    const near_span *x = a, *y = b;
    if (x->span.first != y->span.first) return x->span.first < y->span.first ? -1 : 1;
    if (x->span.last != y->span.last) return x->span.last < y->span.last ? -1 : 1;
    return x->part > y->part ? -1 : x->part < y->part;
}

/* Puts spans from the first on until the parts are near: *n becomes how many it took, 0 when not even all of them do. */
static pn_status fewest(pn_hits *h, group *g, const near_span *spans, size_t *n, pn_error *err) {
    bool yes = false;
    size_t i = 0;
    pn_near_begin(&g->near);
    for (; i < *n && !yes; i++) PN_TRY(pn_near_put(&g->near, spans[i].span, spans[i].part, &h->pace, &yes, err));
    *n = yes ? i : 0;
    return PN_OK;
}

/* The fewest of the n spans up to the last that stand near each other, where all do: twice as many until they do, then by halves. */
static pn_status fewest_back(pn_hits *h, group *g, const near_span *end, size_t n, size_t *out, pn_error *err) {
    size_t low = 1, high = PN_MIN((size_t)g->near.n_parts, n);         /* low are too few */
    for (size_t some = 0; some == 0 && high < n; ) {
        some = high;
        PN_TRY(fewest(h, g, end - high, &some, err));
        if (some == 0) { low = high; high = PN_MIN(2 * high, n); }
    }
    while (high - low > 1) {
        size_t some = low + (high - low) / 2, half = some;
        PN_TRY(fewest(h, g, end - half, &some, err));
        if (some) high = half;
        else low = half;
    }
    *out = high;
    return PN_OK;
}

/* Stretches that hold no smaller one, from left to right: the first that ends, then the first that ends among the spans behind its beginning. */
static pn_status put_stretches(pn_hits *h, group *g, pn_error *err) {
    const near_span *s = (const near_span *)(const void *)g->spans.ptr;
    size_t n = g->spans.len / sizeof *s, some, inside;
    PN_TRY(pn_sort(g->spans.ptr, n, sizeof *s, by_place, h->pace.tick, err));
    for (size_t from = 0; from < n; from += some - inside + 1) {
        some = n - from;
        PN_TRY(fewest(h, g, s + from, &some, err));
        if (some == 0) break;
        PN_TRY(fewest_back(h, g, s + from + some, some, &inside, err));
        put_hit(h, (pn_span){ s[from + some - inside].span.first, s[from + some - 1].span.last }, g->is_whole);
    }
    return PN_OK;
}

/* --- all of an article */

static int by_hit(const void *a, const void *b) {
    const pn_hit *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return x->last < y->last ? -1 : x->last > y->last;
}

static size_t keep_each_once(pn_hit *at, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool same = kept && at[kept - 1].first == at[i].first && at[kept - 1].last == at[i].last;
        if (same) at[kept - 1].is_whole |= at[i].is_whole;
        else at[kept++] = at[i];
    }
    return kept;
}

pn_status pn_hits_at(pn_hits *h, uint32_t doc, const pn_hit **at, size_t *n, pn_error *err) {
    pn_buf_clear(&h->found);
    for (size_t i = 0; i < h->n_groups; i++) pn_buf_clear(&h->groups[i].spans);
    for (size_t i = 0; i < h->n_leaves; i++) PN_TRY(look(h, &h->leaves[i], doc, err));
    for (size_t i = 0; i < h->n_groups; i++) {
        if (h->groups[i].spans.rc != PN_OK) return no_memory(err);
        PN_TRY(put_stretches(h, &h->groups[i], err));
    }
    if (h->found.rc != PN_OK) return no_memory(err);
    pn_hit *hits = (pn_hit *)(void *)h->found.ptr;
    *n = h->found.len / sizeof *hits;
    PN_TRY(pn_sort(hits, *n, sizeof *hits, by_hit, h->pace.tick, err));
    *n = keep_each_once(hits, *n);
    *at = hits;
    return PN_OK;
}
