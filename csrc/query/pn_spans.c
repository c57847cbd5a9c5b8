#include "query/pn_spans.h"
#include "base/pn_alloc.h"
#include "query/pn_slop.h"

struct pn_spans {
    const pn_query_op *op;
    pn_seg *seg;
    pn_occur *words; size_t n;         /* in the order of the phrase */
    size_t *rare;                      /* their places, rarest first */
    uint32_t doc;
    pn_buf starts, found;              /* uint32_t; pn_span */
    pn_slop slop;
    pn_pace pace;
};

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for the places of words"); }

/* --- opening */

static uint64_t articles_of(const pn_plan_part *p) {
    uint64_t n = 0;
    for (size_t i = 0; i < p->n; i++) n += p->at[i].info.df;
    return n;
}

/* Insertion: phrases are short. */
static void order_by_rareness(pn_spans *s, const uint64_t *articles) {
    for (size_t i = 0; i < s->n; i++) {
        size_t k = i;
        for (; k > 0 && articles[s->rare[k - 1]] > articles[i]; k--) s->rare[k] = s->rare[k - 1];
        s->rare[k] = i;
    }
}

static pn_status open_words(pn_spans *s, const pn_plan *plan, size_t op, uint32_t part, uint64_t *articles, pn_error *err) {
    const pn_post_src *src = pn_seg_postings(s->seg, s->op->field);
    for (size_t w = 0; w < s->n; w++) {
        const pn_plan_part *terms = &pn_plan_word_at(plan, op, w)->parts[part];
        articles[w] = articles_of(terms);
        PN_TRY(pn_occur_open(&s->words[w], src, terms, err));
        if (articles[w] == 0) { s->doc = PN_DOC_END; return PN_OK; }     /* nothing to find: the others need not be opened */
    }
    order_by_rareness(s, articles);
    return PN_OK;
}

static pn_status open_all(pn_spans *s, const pn_plan *plan, size_t op, uint32_t part, pn_error *err) {
    s->n = s->op->n_words;
    s->words = pn_calloc(s->n, sizeof *s->words);
    s->rare = pn_calloc(s->n, sizeof *s->rare);
    uint64_t *articles = pn_calloc(s->n, sizeof *articles);
    pn_status rc = s->words && s->rare && articles ? open_words(s, plan, op, part, articles, err) : no_memory(err);
    pn_free(articles);
    return rc;
}

pn_status pn_spans_open(const pn_plan *plan, size_t op, uint32_t part, const pn_tick *tick, pn_spans **out, pn_error *err) {
    pn_spans *s = pn_calloc(1, sizeof *s);
    if (!s) return no_memory(err);
    s->pace.tick = tick;
    s->op = &pn_plan_query(plan)->ops[op];
    s->seg = pn_snap_part_at(pn_plan_snap(plan), part)->seg;
    pn_status rc = open_all(s, plan, op, part, err);
    if (rc == PN_OK) *out = s;
    else pn_spans_close(s);
    return rc;
}

void pn_spans_close(pn_spans *s) {
    if (!s) return;
    for (size_t w = 0; s->words && w < s->n; w++) pn_occur_close(&s->words[w]);
    pn_free(s->words);
    pn_free(s->rare);
    pn_buf_fini(&s->starts);
    pn_buf_fini(&s->found);
    pn_slop_fini(&s->slop);
    pn_free(s);
}

/* --- articles that hold all the words */

pn_status pn_spans_seek(pn_spans *s, uint32_t target, uint32_t *doc, pn_error *err) {
    *doc = PN_DOC_END;
    if (s->doc == PN_DOC_END) return PN_OK;
    for (size_t i = 0; i < s->n;) {
        pn_occur *o = &s->words[s->rare[i]];
        PN_TRY(pn_pace_on(&s->pace, 64 + (uint64_t)o->n, err));
        PN_TRY(pn_occur_seek(o, target, err));
        if (o->doc == PN_DOC_END) { s->doc = PN_DOC_END; return PN_OK; }
        i = o->doc == target || i == 0 ? i + 1 : 0;         /* the rarest leads; who is ahead of it sends it on */
        target = o->doc;
    }
    *doc = s->doc = target;
    return PN_OK;
}

/* --- exact phrases */

/* Every place of word w tells where the phrase would begin. */
static pn_status begin(pn_spans *s, size_t w, pn_error *err) {
    const uint32_t *at;
    uint32_t n, shift = s->op->words[w].at, kept = 0;
    PN_TRY(pn_occur_positions(&s->words[w], &s->pace, &at, &n, err));
    PN_TRY(pn_pace_on(&s->pace, n, err));
    pn_buf_clear(&s->starts);
    if (!pn_buf_reserve(&s->starts, n * sizeof *at)) return no_memory(err);
    uint32_t *starts = (uint32_t *)(void *)s->starts.ptr;
    for (uint32_t i = 0; i < n; i++)
        if (at[i] >= shift) starts[kept++] = at[i] - shift;
    s->starts.len = kept * sizeof *starts;
    return PN_OK;
}

/* Keeps of the starts those which word w continues. */
static pn_status line_up(pn_spans *s, size_t w, pn_error *err) {
    const uint32_t *at;
    uint32_t n, shift = s->op->words[w].at, kept = 0;
    PN_TRY(pn_occur_positions(&s->words[w], &s->pace, &at, &n, err));
    PN_TRY(pn_pace_on(&s->pace, n + s->starts.len / sizeof *at, err));
    uint32_t *have = (uint32_t *)(void *)s->starts.ptr;
    size_t n_have = s->starts.len / sizeof *have;
    for (size_t i = 0, k = 0; i < n_have; i++) {
        while (k < n && at[k] < (uint64_t)have[i] + shift) k++;
        if (k < n && at[k] == (uint64_t)have[i] + shift) have[kept++] = have[i];
    }
    s->starts.len = (size_t)kept * sizeof *have;
    return PN_OK;
}

static pn_status find_exact(pn_spans *s, pn_error *err) {
    uint32_t reach = s->op->words[s->n - 1].at;
    PN_TRY(begin(s, s->rare[0], err));
    for (size_t i = 1; i < s->n && s->starts.len > 0; i++) PN_TRY(line_up(s, s->rare[i], err));
    const uint32_t *start = (const uint32_t *)(const void *)s->starts.ptr;
    for (size_t i = 0; i < s->starts.len / sizeof *start; i++)
        pn_buf_put(&s->found, &(pn_span){ start[i], start[i] + reach }, sizeof(pn_span));
    return s->found.rc == PN_OK ? PN_OK : no_memory(err);
}

/* --- where they may stand */

static bool is_anywhere(const pn_spans *s) { return s->op->zone == PN_ZONE_ALL || s->op->zone == PN_ZONE_TITLE; }

static pn_status keep_in_zone(pn_spans *s, pn_error *err) {
    uint32_t body, kept = 0;
    pn_span *at = (pn_span *)(void *)s->found.ptr;
    if (is_anywhere(s) || s->found.len == 0) return PN_OK;
    PN_TRY(pn_seg_body_start(s->seg, s->doc, &body, err));
    uint64_t end = s->op->zone == PN_ZONE_LEAD ? (uint64_t)body + s->op->lead : UINT64_MAX;
    for (size_t i = 0; i < s->found.len / sizeof *at; i++)
        if (at[i].first >= body && at[i].last < end) at[kept++] = at[i];
    s->found.len = kept * sizeof *at;
    return PN_OK;
}

static pn_status find_loose(pn_spans *s, size_t most, pn_error *err) {
    PN_TRY(pn_slop_begin(&s->slop, s->op, err));
    for (size_t w = 0; w < s->n; w++) {
        const uint32_t *at;
        uint32_t n;
        PN_TRY(pn_occur_positions(&s->words[w], &s->pace, &at, &n, err));
        PN_TRY(pn_pace_on(&s->pace, n, err));
        pn_slop_word(&s->slop, w, at, n);
    }
    return pn_slop_find(&s->slop, most, &s->found, &s->pace, err);
}

/* The occurrences in the zone; where they may stand anywhere and are loose, the first `most` of them. */
static pn_status find(pn_spans *s, size_t most, pn_error *err) {
    pn_buf_clear(&s->found);
    PN_TRY(s->op->slop ? find_loose(s, is_anywhere(s) ? most : SIZE_MAX, err) : find_exact(s, err));
    return keep_in_zone(s, err);
}

/* An exact phrase takes a place of each word; a loose one has another beginning each time, at a place of some word. */
uint64_t pn_spans_most(pn_spans *s) {
    uint64_t least = UINT64_MAX, sum = 0;
    for (size_t w = 0; w < s->n; w++) {
        uint64_t n = pn_occur_count(&s->words[w]);
        least = PN_MIN(least, n);
        sum += n;
    }
    return s->op->slop ? sum : least;
}

pn_status pn_spans_here(pn_spans *s, const pn_span **at, uint32_t *n, pn_error *err) {
    PN_TRY(find(s, SIZE_MAX, err));
    *at = (const pn_span *)(const void *)s->found.ptr;
    *n = (uint32_t)(s->found.len / sizeof **at);
    return PN_OK;
}

pn_status pn_spans_match(pn_spans *s, bool *yes, pn_error *err) {
    if (s->n == 1 && is_anywhere(s)) {
        *yes = pn_occur_count(&s->words[0]) >= s->op->at_least;
        return PN_OK;
    }
    PN_TRY(find(s, s->op->at_least, err));
    *yes = s->found.len / sizeof(pn_span) >= s->op->at_least;
    return PN_OK;
}
