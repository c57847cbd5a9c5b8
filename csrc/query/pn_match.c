#include "query/pn_match.h"
#include "base/pn_alloc.h"
#include "query/pn_near.h"
#include "query/pn_spans.h"
#include "index/pn_sections.h"
#include "query/pn_link_match.h"
#include "text/pn_url.h"

/* One leaf under way: sets bits of `bits`, which begin as none. */
typedef struct {
    const pn_plan *plan; const pn_query *q; const pn_likes *likes;
    pn_snap *snap; uint32_t part; pn_seg *seg; uint32_t n_docs;
    uint64_t *bits;
    const uint64_t *within; uint64_t *counts;
    const pn_tick *tick; pn_error *err;
} matcher;

enum { ARTICLE = 64 };                 /* steps that an article counts as when it is read for a list */

static pn_status no_memory(matcher *m) { return pn_fail(m->err, PN_ENOMEM, "no memory for a query"); }
static void set_bit(uint64_t *bits, uint32_t doc) { bits[doc / 64] |= UINT64_C(1) << (doc % 64); }

/* --- words */

/* A word that may stand anywhere in its field: its lists say all, no position is looked at. */
static pn_status match_lists(matcher *m, const pn_query_op *op, const pn_plan_part *terms) {
    for (size_t i = 0; i < terms->n; i++) {
        PN_TRY(pn_post_set_bits(pn_seg_postings(m->seg, op->field), &terms->at[i].info, m->bits, m->err));
        PN_TRY(pn_poll(m->tick, m->err));
    }
    return PN_OK;
}

static pn_status walk_spans(matcher *m, pn_spans *spans) {
    uint32_t doc;
    PN_TRY(pn_spans_seek(spans, 0, &doc, m->err));
    while (doc != PN_DOC_END) {
        bool yes;
        PN_TRY(pn_spans_match(spans, &yes, m->err));
        if (yes) set_bit(m->bits, doc);
        PN_TRY(pn_spans_seek(spans, doc + 1, &doc, m->err));
    }
    return PN_OK;
}

static pn_status match_words(matcher *m, size_t i) {
    const pn_query_op *op = &m->q->ops[i];
    pn_spans *spans = NULL;
    bool anywhere = op->zone == PN_ZONE_ALL || op->zone == PN_ZONE_TITLE;
    if (op->n_words == 1 && anywhere && op->at_least == 1) return match_lists(m, op, &pn_plan_word_at(m->plan, i, 0)->parts[m->part]);
    PN_TRY(pn_spans_open(m->plan, i, m->part, m->tick, &spans, m->err));
    pn_status rc = walk_spans(m, spans);
    pn_spans_close(spans);
    return rc;
}

/* --- names */

/* Articles that name no section have the one that others' entries tell. */
static pn_status match_told_section(matcher *m, const pn_query_op *op) {
    const pn_sections *s;
    PN_TRY(pn_snap_sections(m->snap, m->tick, &s, m->err));
    uint32_t name = op->kind == PN_Q_ANY_NAME ? PN_SECTIONS_ANY : pn_categories_find(&s->names, op->text);
    if (name != PN_CATEGORY_NONE) pn_sections_set_bits(s, m->part, name, m->bits);
    return PN_OK;
}

static pn_status match_name(matcher *m, const pn_query_op *op) {
    const pn_terms *terms;
    pn_term_info info;
    bool found = false;
    PN_TRY(pn_seg_terms(m->seg, op->field, &terms, m->err));
    PN_TRY(pn_terms_find(terms, op->text, &info, &found, m->err));
    if (found) PN_TRY(pn_post_set_bits(pn_seg_postings(m->seg, op->field), &info, m->bits, m->err));
    return op->field == PN_FIELD_SECTION ? match_told_section(m, op) : PN_OK;
}

static pn_status match_any_name(matcher *m, const pn_query_op *op) {
    const pn_terms *terms;
    pn_terms_iter it;
    PN_TRY(pn_seg_terms(m->seg, op->field, &terms, m->err));
    for (pn_terms_seek(&it, terms, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) {
        PN_TRY(pn_post_set_bits(pn_seg_postings(m->seg, op->field), &it.info, m->bits, m->err));
        PN_TRY(pn_poll(m->tick, m->err));
    }
    if (it.rc != PN_OK && m->err) *m->err = it.error;
    PN_TRY(it.rc);
    return op->field == PN_FIELD_SECTION ? match_told_section(m, op) : PN_OK;
}

/* --- dates: an article is inside when its whole printed interval is */

static void set_range(uint64_t *bits, uint32_t lo, uint32_t hi) {
    for (uint32_t i = lo; i < hi;) {
        if (i % 64 == 0 && hi - i >= 64) { bits[i / 64] = ~UINT64_C(0); i += 64; continue; }
        bits[i / 64] |= UINT64_C(1) << (i % 64);
        i++;
    }
}

static pn_status set_coarse(matcher *m, const pn_query_op *op, pn_precision p, pn_freq f) {
    uint32_t lo, hi;
    int32_t end = op->day_to == INT32_MAX / 2 ? INT32_MAX : pn_bucket_start(f, op->day_to + 1);    /* a month that begins before this ends inside */
    if (end <= op->day_from) return PN_OK;
    PN_TRY(pn_seg_coarse_range(m->seg, p, op->day_from, end, &lo, &hi, m->err));
    if (lo < hi) set_range(m->bits, lo, hi);
    return PN_OK;
}

static pn_status match_date(matcher *m, const pn_query_op *op) {
    int32_t days[2] = { op->day_from, op->day_to + 1 };
    uint32_t docs[2];
    if (days[1] <= days[0]) return PN_OK;
    PN_TRY(pn_seg_day_edges(m->seg, days, 2, docs, m->err));
    set_range(m->bits, docs[0], docs[1]);
    PN_TRY(set_coarse(m, op, PN_PREC_MONTH, PN_FREQ_MONTH));
    return set_coarse(m, op, PN_PREC_YEAR, PN_FREQ_YEAR);
}

/* --- ids */

static pn_status match_id(matcher *m, pn_bytes id) {
    pn_ref ref;
    bool found = false;
    PN_TRY(pn_snap_find_in_part(m->snap, m->part, id, false, &ref, &found, m->err));
    if (found) set_bit(m->bits, ref.doc);
    return PN_OK;
}

static pn_status match_url(matcher *m, pn_bytes text) {
    pn_buf url = { 0 };
    pn_url_normalise(&url, text);
    pn_status rc = url.rc == PN_OK ? pn_snap_set_url_bits(m->snap, m->part, pn_buf_bytes(&url), m->bits, m->tick, m->err) : no_memory(m);
    pn_buf_fini(&url);
    return rc;
}

/* --- links */

static pn_status find_url(matcher *m, pn_bytes text, pn_ref *ref, bool *found) {
    pn_buf url = { 0 };
    pn_url_normalise(&url, text);
    pn_status rc = url.rc == PN_OK ? pn_snap_find_url(m->snap, pn_buf_bytes(&url), ref, found, m->err) : no_memory(m);
    pn_buf_fini(&url);
    return rc;
}

static pn_status match_links(matcher *m, pn_bytes id_or_url, pn_link_direction direction) {
    pn_ref ref;
    bool found = false;
    PN_TRY(pn_snap_find_key(m->snap, id_or_url, &ref, &found, m->err));
    if (!found) PN_TRY(find_url(m, id_or_url, &ref, &found));
    return found ? pn_link_match(m->snap, m->part, ref, direction, m->bits, m->tick, m->err) : PN_OK;
}

/* --- articles like one */

static pn_status match_like(matcher *m, const pn_likes_found *found) {
    for (size_t i = 0; i < found->n; i++)
        if (found->refs[i].part == m->part) set_bit(m->bits, found->refs[i].doc);
    return PN_OK;
}

/* --- lengths */

static pn_status match_length(matcher *m, const pn_query_op *op) {
    uint32_t words[4096];
    for (uint32_t first = 0, n; first < m->n_docs; first += n) {
        n = PN_MIN(m->n_docs - first, (uint32_t)PN_COUNT(words));
        PN_TRY(pn_seg_lengths(m->seg, first, n, words, m->err));
        for (uint32_t i = 0; i < n; i++)
            if (words[i] >= op->low && words[i] <= op->high) set_bit(m->bits, first + i);
        PN_TRY(pn_poll(m->tick, m->err));
    }
    return PN_OK;
}

static pn_status match_leaf(matcher *m, size_t i) {
    const pn_query_op *op = &m->q->ops[i];
    switch (op->kind) {
    case PN_Q_WORDS:    return match_words(m, i);
    case PN_Q_NAME:     return match_name(m, op);
    case PN_Q_ANY_NAME: return match_any_name(m, op);
    case PN_Q_DATE:     return match_date(m, op);
    case PN_Q_LENGTH:   return match_length(m, op);
    case PN_Q_ID:       return match_id(m, op->text);
    case PN_Q_LINKS_TO: return match_links(m, op->text, PN_LINKS_TO);
    case PN_Q_LIKE:     return match_like(m, &m->likes->at[i]);
    case PN_Q_LINKED_FROM: return match_links(m, op->text, PN_LINKED_FROM);
    default:            return match_url(m, op->text);
    }
}

/* --- words near each other: m->bits holds the articles in which all parts stand; those stay in which they stand near */

typedef struct { pn_spans *spans; uint32_t part, doc; const pn_span *at; uint32_t n; } near_leaf;      /* at, n: what is left of this article */
typedef struct { matcher *m; near_leaf *leaves; size_t n; pn_near near; pn_pace pace; } near_work;

/* Which part each leaf of [first, i) belongs to: an OR makes one part of two. */
static pn_status open_leaves(near_work *w, size_t first, size_t i) {
    uint32_t starts[PN_QUERY_CLAUSE_MAX + 1], depth = 0;    /* of the parts on the stack: their first leaf */
    for (size_t k = first; k < i; k++) {
        if (w->m->q->ops[k].kind == PN_Q_OR) { depth--; continue; }
        starts[depth++] = (uint32_t)w->n;
        near_leaf *leaf = &w->leaves[w->n];
        PN_TRY(pn_spans_open(w->m->plan, k, w->m->part, w->m->tick, &leaf->spans, w->m->err));
        w->n++;
        PN_TRY(pn_spans_seek(leaf->spans, 0, &leaf->doc, w->m->err));
    }
    for (uint32_t p = 0; p < depth; p++)
        for (size_t k = starts[p]; k < (p + 1 < depth ? starts[p + 1] : w->n); k++) w->leaves[k].part = p;
    return PN_OK;
}

static pn_status load_leaf(near_work *w, near_leaf *leaf, uint32_t doc) {
    leaf->n = 0;
    if (leaf->doc < doc) PN_TRY(pn_spans_seek(leaf->spans, doc, &leaf->doc, w->m->err));
    return leaf->doc == doc ? pn_spans_here(leaf->spans, &leaf->at, &leaf->n, w->m->err) : PN_OK;
}

/* The leaf whose next span begins first, or NULL. */
static near_leaf *next_span(near_work *w) {
    near_leaf *best = NULL;
    for (size_t i = 0; i < w->n; i++) {
        near_leaf *leaf = &w->leaves[i];
        if (leaf->n && (!best || leaf->at->first < best->at->first)) best = leaf;
    }
    return best;
}

static pn_status are_near(near_work *w, uint32_t doc, bool *yes) {
    for (size_t i = 0; i < w->n; i++) PN_TRY(load_leaf(w, &w->leaves[i], doc));
    pn_near_begin(&w->near);
    for (near_leaf *leaf; !*yes && (leaf = next_span(w)) != NULL; leaf->at++, leaf->n--) {
        PN_TRY(pn_pace_on(&w->pace, w->n, w->m->err));
        PN_TRY(pn_near_put(&w->near, *leaf->at, leaf->part, &w->pace, yes, w->m->err));
    }
    return PN_OK;
}

static pn_status keep_near(near_work *w) {
    matcher *m = w->m;
    for (size_t word = 0; word < pn_bits_words(m->n_docs); word++) {
        for (uint64_t left = m->bits[word]; left; left &= left - 1) {
            uint32_t doc = (uint32_t)(word * 64) + (uint32_t)__builtin_ctzll(left);
            bool yes = false;
            PN_TRY(are_near(w, doc, &yes));
            if (!yes) m->bits[word] &= ~(left & -left);
            PN_TRY(pn_pace_on(&w->pace, ARTICLE, m->err));
        }
    }
    return PN_OK;
}

static pn_status match_near(matcher *m, size_t i) {
    const pn_query_op *op = &m->q->ops[i];
    near_work w = { .m = m, .near = { .n_parts = op->n_parts, .within = op->within, .ordered = op->ordered }, .pace = { m->tick, 0 } };
    size_t first = pn_query_first(m->q, i);
    w.leaves = pn_calloc(i - first, sizeof *w.leaves);
    if (!w.leaves) return no_memory(m);
    pn_status rc = open_leaves(&w, first, i);
    if (rc == PN_OK) rc = keep_near(&w);
    for (size_t k = 0; k < w.n; k++) pn_spans_close(w.leaves[k].spans);
    pn_free(w.leaves);
    pn_near_fini(&w.near);
    return rc;
}

/* --- the stack machine: one bitset a place, all in one piece of memory */

static void combine(pn_query_kind kind, uint64_t *a, const uint64_t *b, size_t n) {
    for (size_t i = 0; i < n; i++) a[i] = kind == PN_Q_AND ? a[i] & b[i] : a[i] | b[i];
}

static void complement(uint64_t *a, uint32_t n_docs) {
    for (size_t i = 0; i < pn_bits_words(n_docs); i++) a[i] = ~a[i];
    if (n_docs % 64) a[n_docs / 64] &= (UINT64_C(1) << (n_docs % 64)) - 1;
}

static void add_count(matcher *m, size_t i, const uint64_t *bits) {
    const pn_deleted *deleted = &pn_snap_part_at(m->snap, m->part)->deleted;
    for (size_t w = 0; m->counts && w < pn_bits_words(m->n_docs); w++) {
        uint64_t live = bits[w] & (deleted->bits ? ~deleted->bits[w] : ~UINT64_C(0)) & (m->within ? m->within[w] : ~UINT64_C(0));
        m->counts[i] += (uint64_t)__builtin_popcountll(live);
    }
}

/* The results that an operator takes become one, in the place of the first. */
static pn_status join(matcher *m, size_t i, uint64_t *first) {
    const pn_query_op *op = &m->q->ops[i];
    size_t n = pn_bits_words(m->n_docs), arity = pn_query_arity(op);
    if (op->kind == PN_Q_NOT) complement(first, m->n_docs);
    for (size_t k = 1; k < arity; k++) combine(op->kind == PN_Q_OR ? PN_Q_OR : PN_Q_AND, first, first + k * n, n);
    m->bits = first;
    return op->kind == PN_Q_NEAR ? match_near(m, i) : PN_OK;
}

static pn_status run(matcher *m, uint64_t *stack) {
    size_t n = pn_bits_words(m->n_docs), depth = 0;
    for (size_t i = 0; i < m->q->n_ops; i++) {
        size_t arity = pn_query_arity(&m->q->ops[i]);
        PN_TRY(pn_poll(m->tick, m->err));
        depth -= arity;
        uint64_t *top = stack + depth++ * n;
        m->bits = top;
        if (arity == 0) memset(top, 0, n * sizeof *top);
        PN_TRY(arity == 0 ? match_leaf(m, i) : join(m, i, top));
        add_count(m, i, top);
    }
    return PN_OK;
}

static void drop_deleted(const pn_snap_part *part, uint64_t *bits) {
    for (size_t w = 0; part->deleted.bits && w < pn_bits_words(part->n_docs); w++) bits[w] &= ~part->deleted.bits[w];
}

pn_status pn_match(const pn_plan *plan, const pn_likes *likes, uint32_t part, uint64_t *bits, const uint64_t *within, uint64_t *counts, const pn_tick *tick,
                   pn_error *err) {
    pn_snap *snap = pn_plan_snap(plan);
    const pn_query *q = pn_plan_query(plan);
    const pn_snap_part *p = pn_snap_part_at(snap, part);
    matcher m = { .plan = plan, .q = q, .likes = likes, .snap = snap, .part = part, .seg = p->seg, .n_docs = p->n_docs, .within = within, .counts = counts, .tick = tick, .err = err };
    uint64_t *stack = pn_calloc(q->max_stack, pn_bits_words(p->n_docs) * sizeof *stack);
    if (!stack) return no_memory(&m);
    pn_status rc = run(&m, stack);
    if (rc == PN_OK) {
        memcpy(bits, stack, pn_bits_words(p->n_docs) * sizeof *bits);
        drop_deleted(p, bits);
    }
    pn_free(stack);
    return rc;
}
