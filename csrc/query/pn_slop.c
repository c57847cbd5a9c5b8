#include "query/pn_slop.h"
#include "base/pn_alloc.h"
#include "query/pn_spans.h"

pn_status pn_slop_begin(pn_slop *s, const pn_query_op *op, pn_error *err) {
    if (!s->lists) s->lists = pn_calloc(op->n_words, sizeof *s->lists);
    if (!s->taken) s->taken = pn_calloc((size_t)op->words[op->n_words - 1].at + op->slop + 1, sizeof *s->taken);
    s->op = op;
    return s->lists && s->taken ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a phrase");
}

void pn_slop_word(pn_slop *s, size_t w, const uint32_t *at, uint32_t n) { s->lists[w] = (pn_slop_list){ .at = at, .n = n }; }

void pn_slop_fini(pn_slop *s) {
    pn_free(s->lists);
    pn_free(s->taken);
}

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

/* The first position of a word that is off by `low` or more: next_low stands behind those that are off by just that. */
static uint32_t first_of(const pn_slop *s, int64_t low, size_t w) {
    const pn_slop_list *l = &s->lists[w];
    return l->next > 0 && (int64_t)l->at[l->next - 1] - s->op->words[w].at == low ? l->next - 1 : l->next;
}

static bool begins_with(const pn_slop *s, int64_t low, size_t w) { return first_of(s, low, w) < s->lists[w].next; }

static void take(pn_slop *s, int64_t low, size_t w, uint32_t i) {
    s->lists[w].chosen = s->lists[w].at[i];
    s->taken[s->lists[w].chosen - low] = s->round;
}

/* Word `fixed` (none: SIZE_MAX) stands where it is off by `low`; the others take, in their order, the first place within the window that nobody
 * has.  Equal words have windows that begin and end in the same order, so if there is any choice, this finds one. */
static bool choose(pn_slop *s, int64_t low, size_t fixed) {
    s->round++;
    if (fixed != SIZE_MAX) take(s, low, fixed, first_of(s, low, fixed));
    for (size_t w = 0; w < s->op->n_words; w++) {
        const pn_slop_list *l = &s->lists[w];
        int64_t to = low + s->op->words[w].at + s->op->slop;
        if (w == fixed) continue;
        uint32_t from = first_of(s, low, w), i = from;
        while (i < l->n && l->at[i] <= to && s->taken[l->at[i] - low] == s->round) i++;
        s->steps += i - from + 1;
        if (i == l->n || l->at[i] > to) return false;
        take(s, low, w, i);
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
    if (!choose(s, low, SIZE_MAX)) return false;
    for (size_t w = 0; w < s->op->n_words; w++)
        if (begins_with(s, low, w) && choose(s, low, w)) return true;
    return false;
}

pn_status pn_slop_find(pn_slop *s, size_t most, pn_buf *spans, pn_pace *pace, pn_error *err) {
    int64_t low = 0;
    while (most > 0 && next_low(s, &low)) {
        s->steps = 2 * s->op->n_words;
        bool yes = begins_at(s, low);
        PN_TRY(pn_pace_on(pace, s->steps, err));
        if (!yes) continue;
        pn_span span = span_of(s);
        pn_buf_put(spans, &span, sizeof span);
        most--;
    }
    return spans->rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a phrase");
}
