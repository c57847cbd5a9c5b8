#include "query/pn_slop.h"
#include "base/pn_alloc.h"
#include "query/pn_spans.h"
#include <stdlib.h>

pn_status pn_slop_begin(pn_slop *s, const pn_query_op *op, pn_error *err) {
    if (!s->lists) s->lists = pn_calloc(op->n_words, sizeof *s->lists);
    s->op = op;
    return s->lists ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a phrase");
}

void pn_slop_word(pn_slop *s, size_t w, const uint32_t *at, uint32_t n) { s->lists[w] = (pn_slop_list){ at, n, 0 }; }

void pn_slop_fini(pn_slop *s) {
    pn_free(s->lists);
    pn_buf_fini(&s->lows);
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void put_offs(pn_slop *s, const pn_slop_list *l, uint32_t place) {
    for (uint32_t i = 0; i < l->n; i++) {
        int64_t off = (int64_t)l->at[i] - place;
        pn_buf_put(&s->lows, &off, sizeof off);
    }
}

/* Every off there is, ascending: only these can be the smallest of a choice. */
static pn_status collect_lows(pn_slop *s, int64_t **lows, size_t *n, pn_error *err) {
    pn_buf_clear(&s->lows);
    for (size_t w = 0; w < s->op->n_words; w++)
        put_offs(s, &s->lists[w], s->op->words[w].at);
    if (s->lows.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory for a phrase");
    *lows = (int64_t *)(void *)s->lows.ptr;
    *n = s->lows.len / sizeof **lows;
    if (*n) qsort(*lows, *n, sizeof **lows, ascending);
    return PN_OK;
}

/* The number of positions < want. */
static uint32_t before(const pn_slop_list *l, int64_t want) {
    uint32_t lo = 0, hi = l->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (l->at[mid] < want) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static bool is_taken(const pn_slop *s, size_t n_words, size_t fixed, uint32_t position) {
    for (size_t w = 0; w < n_words; w++)
        if (s->lists[w].chosen == position) return true;
    return fixed >= n_words && s->lists[fixed].chosen == position;
}

/* Word `fixed` stands where it was put; the others take, in their order, the first place within the window that nobody has.  Equal words have
 * windows that begin and end in the same order, so if there is any choice, this finds one. */
static bool choose(pn_slop *s, int64_t low, size_t fixed) {
    for (size_t w = 0; w < s->op->n_words; w++) {
        pn_slop_list *l = &s->lists[w];
        int64_t from = low + s->op->words[w].at, to = from + s->op->slop;
        if (w == fixed) continue;
        uint32_t i = before(l, from);
        while (i < l->n && l->at[i] <= to && is_taken(s, w, fixed, l->at[i])) i++;
        if (i == l->n || l->at[i] > to) return false;
        l->chosen = l->at[i];
    }
    return true;
}

static pn_span span_of(const pn_slop *s) {
    pn_span span = { s->lists[0].chosen, s->lists[0].chosen };
    for (size_t w = 1; w < s->op->n_words; w++) {
        span.first = PN_MIN(span.first, s->lists[w].chosen);
        span.last = PN_MAX(span.last, s->lists[w].chosen);
    }
    return span;
}

/* Whether a choice begins at `low`: some word must be off by just that. */
static bool begins_at(pn_slop *s, int64_t low) {
    for (size_t w = 0; w < s->op->n_words; w++) {
        pn_slop_list *l = &s->lists[w];
        uint32_t i = before(l, low + s->op->words[w].at);
        if (i == l->n || l->at[i] != low + s->op->words[w].at) continue;
        l->chosen = l->at[i];
        if (choose(s, low, w)) return true;
    }
    return false;
}

pn_status pn_slop_find(pn_slop *s, pn_buf *spans, pn_error *err) {
    int64_t *lows;
    size_t n;
    PN_TRY(collect_lows(s, &lows, &n, err));
    for (size_t i = 0; i < n; i++) {
        if ((i && lows[i] == lows[i - 1]) || !begins_at(s, lows[i])) continue;
        pn_span span = span_of(s);
        pn_buf_put(spans, &span, sizeof span);
    }
    return spans->rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a phrase");
}
