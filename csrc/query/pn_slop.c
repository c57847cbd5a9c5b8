#include "query/pn_slop.h"
#include "base/pn_alloc.h"
#include "query/pn_spans.h"

pn_status pn_slop_begin(pn_slop *s, const pn_query_op *op, pn_error *err) {
    if (!s->lists) s->lists = pn_calloc(op->n_words, sizeof *s->lists);
    s->op = op;
    return s->lists ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a phrase");
}

void pn_slop_word(pn_slop *s, size_t w, const uint32_t *at, uint32_t n) { s->lists[w] = (pn_slop_list){ .at = at, .n = n }; }

void pn_slop_fini(pn_slop *s) { pn_free(s->lists); }

static bool has_next(const pn_slop_list *l) { return l->next < l->n; }
static int64_t next_off(const pn_slop *s, size_t w) { return (int64_t)s->lists[w].at[s->lists[w].next] - s->op->words[w].at; }

/* The smallest off that was not tried yet: only offs can be the smallest of a choice. */
static bool next_low(pn_slop *s, int64_t *low) {
    bool any = false;
    for (size_t w = 0; w < s->op->n_words; w++) {
        if (has_next(&s->lists[w]) && (!any || next_off(s, w) < *low)) *low = next_off(s, w);
        any = any || has_next(&s->lists[w]);
    }
    for (size_t w = 0; w < s->op->n_words; w++)
        while (has_next(&s->lists[w]) && next_off(s, w) == *low) s->lists[w].next++;
    return any;
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

pn_status pn_slop_find(pn_slop *s, size_t most, pn_buf *spans, pn_error *err) {
    int64_t low = 0;
    while (most > 0 && next_low(s, &low)) {
        if (!begins_at(s, low)) continue;
        pn_span span = span_of(s);
        pn_buf_put(spans, &span, sizeof span);
        most--;
    }
    return spans->rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a phrase");
}
