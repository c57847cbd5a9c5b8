#include "query/pn_top.h"
#include "base/pn_alloc.h"
#include "query/pn_source.h"
#include "query/pn_topk.h"
#include <stdlib.h>

/* Block-max MaxScore (S. Ding, T. Suel 2011; Lucene's form): the articles of a part are looked at in windows.  In each, every list
 * has an upper bound; the lists whose bounds together cannot lift an article into the best are only asked about articles that
 * the others bring up, and where all lists together cannot, the window is passed over. */
enum { WINDOW = 4096,                  /* articles */
       SEEK_COST = 4,                  /* a look-up costs as much as walking over so many articles */
       MANY_LANES = 64 };              /* more lists than that are not worth sorting in each window */

typedef struct { pn_source source; pn_score bound; } lane;
typedef struct {
    const pn_select *within;
    const pn_scored *scored;
    pn_bm25 bm25;
    pn_topk best;
    const pn_tick *tick;
    pn_error *err;
    /* of a part */
    uint32_t part, n_docs;
    const uint64_t *bits;
    lane *lanes, **order; size_t n;    /* order: by ascending bound in the window */
    /* of a window */
    uint32_t lo, hi;
    uint32_t flat;                     /* the bounds hold for all articles before this one */
    size_t n_weak;                     /* the first of `order` that together cannot matter alone */
    pn_score sum;                      /* of all bounds */
    pn_score total[WINDOW];
    uint64_t touched[WINDOW / 64];
} ranking;

/* What an article of this part must score to be taken: after equals of its own part it comes too late. */
static inline pn_score needed(const ranking *r) {
    pn_score least = pn_topk_least(&r->best);
    bool own = r->best.n == r->best.k && r->best.at[0].ref.part == r->part;
    return PN_MAX(least + own, (pn_score)1);
}

static bool selected(const ranking *r, uint32_t doc) {
    return r->bits ? r->bits[doc / 64] >> (doc % 64) & 1 : pn_select_has(r->within, (pn_ref){ r->part, doc });
}

/* --- bounds */

static void set_bound(ranking *r, lane *l) {
    l->bound = 0;
    if (l->source.doc >= r->hi) {                           /* not before there */
        r->flat = PN_MIN(r->flat, l->source.doc);
        return;
    }
    for (uint32_t at = r->lo; at < r->hi;) {
        pn_post_bound b = pn_source_bound_at(&l->source, at);
        l->bound = PN_MAX(l->bound, pn_bm25_bound(&r->bm25, l->source.weight, b));
        at = b.last_doc == PN_DOC_END ? PN_DOC_END : b.last_doc + 1;
        if (at >= r->hi) r->flat = PN_MIN(r->flat, at);
    }
}

static void set_bounds(ranking *r) {
    r->flat = r->n_docs;
    r->sum = 0;
    for (size_t i = 0; i < r->n; i++) {
        set_bound(r, &r->lanes[i]);
        r->sum += r->lanes[i].bound;
    }
}

static int by_bound(const void *a, const void *b) {
    const lane *x = *(lane *const *)a, *y = *(lane *const *)b;
    return x->bound < y->bound ? -1 : x->bound > y->bound;
}

static void part_lanes(ranking *r) {
    r->n_weak = 0;
    if (r->n > MANY_LANES) return;
    qsort(r->order, r->n, sizeof *r->order, by_bound);
    pn_score weak = 0, least = needed(r);
    for (; r->n_weak < r->n && weak + r->order[r->n_weak]->bound < least; r->n_weak++) weak += r->order[r->n_weak]->bound;
}

/* --- scores of a window */

/* What a list has for the article it stands on; of a phrase that was not counted: the most it can have. */
static inline pn_score score_here(const ranking *r, const pn_source *s, const uint8_t *norms) {
    return s->tf ? pn_bm25_score(&r->bm25, s->weight, s->tf, norms[s->doc]) : 0;
}

/* Adds it to *score.  Where a phrase cannot lift the article into the best, even with `room` from elsewhere, its places are not read and nothing is added. */
static pn_status add_here(ranking *r, pn_source *s, pn_score room, pn_score *score) {
    const uint8_t *norms = r->scored->parts[r->part].norms;
    if (s->is_phrase) {
        if (*score + score_here(r, s, norms) + room < needed(r)) return PN_OK;
        PN_TRY(pn_source_count(s, r->err));
    }
    *score += score_here(r, s, norms);
    return PN_OK;
}

/* Takes an article with this score, whose first `upto` lanes are still to be asked and can add `room`, if it is among the best so far. */
static pn_status finish(ranking *r, uint32_t doc, pn_score score, size_t upto, pn_score room) {
    pn_score least = needed(r);
    for (size_t i = upto; i-- > 0;) {
        lane *l = r->order[i];
        if (score + room < least) return PN_OK;
        room -= l->bound;
        pn_source_seek(&l->source, doc);
        if (l->source.doc == doc) PN_TRY(add_here(r, &l->source, room, &score));
    }
    return score >= least ? pn_topk_offer(&r->best, (pn_ref){ r->part, doc }, score, r->err) : PN_OK;
}

/* Few selected articles: each is looked up in every list. */
static pn_status score_each(ranking *r) {
    for (uint32_t doc = pn_select_first(r->within, r->part, r->lo, r->hi); doc < r->hi; doc = pn_select_first(r->within, r->part, doc + 1, r->hi))
        PN_TRY(finish(r, doc, 0, r->n, r->sum));
    return PN_OK;
}

static inline void touch(ranking *r, uint32_t i) { r->touched[i / 64] |= UINT64_C(1) << (i % 64); }

static void add_term(ranking *r, pn_source *s) {
    const uint8_t *norms = r->scored->parts[r->part].norms;
    for (pn_source_seek(s, r->lo); s->doc < r->hi; pn_source_next(s)) {
        r->total[s->doc - r->lo] += score_here(r, s, norms);
        touch(r, s->doc - r->lo);
    }
}

static pn_status add_phrase(ranking *r, pn_source *s, pn_score room) {
    for (pn_source_seek(s, r->lo); s->doc < r->hi; pn_source_next(s)) {
        PN_TRY(add_here(r, s, room, &r->total[s->doc - r->lo]));
        touch(r, s->doc - r->lo);
    }
    return PN_OK;
}

static pn_status add_lane(ranking *r, lane *l) {
    if (l->source.is_phrase) return add_phrase(r, &l->source, r->sum - l->bound);
    add_term(r, &l->source);
    return PN_OK;
}

static pn_status take_touched(ranking *r, pn_score weak) {
    for (size_t w = 0; w < WINDOW / 64; w++) {
        for (uint64_t word = r->touched[w]; word; word &= word - 1) {
            uint32_t i = (uint32_t)(64 * w) + (uint32_t)__builtin_ctzll(word), doc = r->lo + i;
            pn_score score = r->total[i];
            r->total[i] = 0;
            if (selected(r, doc)) PN_TRY(finish(r, doc, score, r->n_weak, weak));
        }
        r->touched[w] = 0;
    }
    return PN_OK;
}

/* A phrase that alone is strong: each of its articles is finished at once, so the places of the next are read only if it could be better still. */
static pn_status score_along(ranking *r, pn_source *s, pn_score weak) {
    for (pn_source_seek(s, r->lo); s->doc < r->hi; pn_source_next(s)) {
        pn_score score = 0;
        if (!selected(r, s->doc)) continue;
        PN_TRY(add_here(r, s, weak, &score));
        PN_TRY(finish(r, s->doc, score, r->n_weak, weak));
    }
    return PN_OK;
}

/* Many: the strong lists are added up, what they touch is asked of the weak ones. */
static pn_status score_all(ranking *r) {
    pn_score weak = 0;
    for (size_t i = 0; i < r->n_weak; i++) weak += r->order[i]->bound;
    lane *last = r->order[r->n - 1];
    if (r->n - r->n_weak == 1 && last->source.is_phrase) return score_along(r, &last->source, weak);
    for (size_t i = r->n_weak; i < r->n; i++) PN_TRY(add_lane(r, r->order[i]));
    return take_touched(r, weak);
}

static bool few_selected(const ranking *r) {
    uint64_t postings = 0, chosen = 0;
    for (size_t i = r->n_weak; i < r->n; i++) postings += r->order[i]->bound ? r->order[i]->source.n : 0;
    if (!r->bits) return false;
    for (uint32_t w = r->lo / 64; w < (r->hi + 63) / 64; w++) chosen += (uint64_t)__builtin_popcountll(r->bits[w]);
    return chosen * (r->n - r->n_weak) * SEEK_COST * r->n_docs < postings * (r->hi - r->lo);
}

static pn_status score_window(ranking *r) {
    part_lanes(r);
    return few_selected(r) ? score_each(r) : score_all(r);
}

static pn_status score_part(ranking *r) {
    for (r->lo = 0; (r->lo = pn_select_first(r->within, r->part, r->lo, r->n_docs)) < r->n_docs;) {
        r->hi = PN_MIN(r->n_docs, r->lo + WINDOW);
        set_bounds(r);
        PN_TRY(pn_poll(r->tick, r->err));
        if (r->sum < needed(r)) {
            r->lo = r->flat;
            continue;
        }
        PN_TRY(score_window(r));
        r->lo = r->hi;
    }
    return PN_OK;
}

/* --- a part */

static pn_status open_lanes(ranking *r) {
    const pn_scored_part *p = &r->scored->parts[r->part];
    for (; r->n < p->n; r->n++) {
        pn_status rc = pn_source_open(&r->lanes[r->n].source, r->scored, r->part, &p->lists[r->n], r->bits, r->tick, r->err);
        r->order[r->n] = &r->lanes[r->n];
        if (rc != PN_OK) {
            r->n++;                                         /* what it holds is freed with the others */
            return rc;
        }
    }
    return PN_OK;
}

static pn_status sound(const ranking *r) {
    for (size_t i = 0; i < r->n; i++) PN_TRY(pn_source_sound(&r->lanes[i].source, r->err));
    return PN_OK;
}

static pn_status rank_part(ranking *r, uint32_t part) {
    size_t n = r->scored->parts[part].n;
    r->part = part;
    r->n_docs = pn_snap_part_at(r->best.snap, part)->n_docs;
    r->bits = pn_select_bits(r->within, part);
    r->n = 0;
    r->lanes = pn_calloc(n, sizeof *r->lanes);
    r->order = pn_calloc(n, sizeof *r->order);
    pn_status rc = r->lanes && r->order ? open_lanes(r) : pn_fail(r->err, PN_ENOMEM, "no memory for a ranking");
    if (rc == PN_OK) rc = score_part(r);
    if (rc == PN_OK) rc = sound(r);
    for (size_t i = 0; r->lanes && i < r->n; i++) pn_source_fini(&r->lanes[i].source);
    pn_free(r->lanes);
    pn_free(r->order);
    return rc;
}

/* --- what scores nothing comes last, in the order of time */

enum { POLL = 1 << 14 };

static pn_status fill_part(ranking *r, uint32_t part, const uint64_t *taken) {
    uint32_t n = pn_snap_part_at(r->best.snap, part)->n_docs, left = (uint32_t)PN_MIN(r->best.k, (size_t)n);
    for (uint32_t doc = 0; left && (doc = pn_select_first(r->within, part, doc, n)) < n; doc++) {
        if (doc % POLL == 0) PN_TRY(pn_poll(r->tick, r->err));
        if (taken[doc / 64] >> (doc % 64) & 1) continue;
        PN_TRY(pn_topk_offer(&r->best, (pn_ref){ part, doc }, 0, r->err));
        left--;                                             /* later ones of the part cannot be among the first k */
    }
    return PN_OK;
}

static pn_status fill(ranking *r) {
    size_t n_scored = r->best.n;
    pn_ref *refs = pn_calloc(n_scored, sizeof *refs);
    pn_select *taken = NULL;
    for (size_t i = 0; refs && i < n_scored; i++) refs[i] = r->best.at[i].ref;
    pn_status rc = refs ? pn_select_pick(r->within, refs, n_scored, &taken, r->err) : pn_fail(r->err, PN_ENOMEM, "no memory for a ranking");
    for (uint32_t i = 0; rc == PN_OK && i < r->scored->n_parts; i++) rc = fill_part(r, i, pn_select_bits(taken, i));
    pn_select_release(taken);
    pn_free(refs);
    return rc;
}

/* --- all */

static pn_status to_select(ranking *r, pn_select **out) {
    size_t n = r->best.n;
    pn_ref *refs = pn_calloc(n, sizeof *refs);
    double *scores = pn_calloc(n, sizeof *scores);
    pn_status rc = refs && scores ? pn_topk_sort(&r->best, r->tick, r->err) : pn_fail(r->err, PN_ENOMEM, "no memory for a ranking");
    for (size_t i = 0; rc == PN_OK && i < n; i++) {
        refs[i] = r->best.at[i].ref;
        scores[i] = pn_score_value(r->best.at[i].score);
    }
    if (rc == PN_OK) rc = pn_select_ranked(r->within, refs, scores, n, out, r->err);
    pn_free(refs);
    pn_free(scores);
    return rc;
}

static pn_status rank(ranking *r, size_t k, pn_select **out) {
    if (k == 0) return pn_select_ranked(r->within, NULL, (double[]){ 0 }, 0, out, r->err);      /* a ranking by score of nothing */
    pn_bm25_init(&r->bm25, r->scored->mean_length);
    PN_TRY(pn_topk_init(&r->best, pn_select_snap(r->within), k, r->err));
    pn_status rc = PN_OK;
    for (uint32_t i = 0; rc == PN_OK && i < r->scored->n_parts; i++) rc = rank_part(r, i);
    if (rc == PN_OK && r->best.n < k) rc = fill(r);
    if (rc == PN_OK) rc = to_select(r, out);
    pn_topk_fini(&r->best);
    return rc;
}

static pn_status rank_scored(const pn_select *within, const pn_scored *scored, size_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    if (scored->n_leaves == 0) return pn_fail(err, PN_EINVAL, "the query has no word to rank by");
    for (size_t i = 0; i < scored->n_parts; i++)
        if (scored->parts[i].sum > PN_SCORE_MAX_SUM) return pn_fail(err, PN_ELIMIT, "the query stands for too many terms to rank by");
    ranking *r = pn_calloc(1, sizeof *r);
    if (!r) return pn_fail(err, PN_ENOMEM, "no memory for a ranking");
    *r = (ranking){ .within = within, .scored = scored, .tick = tick, .err = err };
    pn_status rc = rank(r, k, out);
    pn_free(r);
    return rc;
}

pn_status pn_top_bm25(const pn_select *within, pn_query *q, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_scored scored;
    pn_status rc = pn_scored_of(pn_select_snap(within), q, tick, &scored, err);
    if (rc == PN_OK) rc = rank_scored(within, &scored, (size_t)PN_MIN(k, pn_select_count(within)), tick, out, err);
    pn_scored_fini(&scored);
    return rc;
}
