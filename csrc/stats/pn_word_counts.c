#include "stats/pn_word_counts.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "index/pn_live.h"

enum { POLL_EVERY = 1 << 18 };                                /* postings, a word counting as some */

/* A walk over the dictionaries of all parts together, word by word. */
typedef struct { const pn_select *within; pn_snap *snap; pn_terms_iter *at; size_t n; pn_bytes prefix; const pn_tick *tick; uint64_t steps; pn_error *err; } walk;
typedef pn_status visit_fn(void *ctx, pn_bytes word, uint64_t n);

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a list of words"); }

static bool has_word(const walk *w, size_t i) { return !w->at[i].done && pn_bytes_starts(pn_terms_at(&w->at[i]), w->prefix); }

/* The part with the smallest word, or n. */
static size_t smallest(const walk *w) {
    size_t best = w->n;
    for (size_t i = 0; i < w->n; i++)
        if (has_word(w, i) && (best == w->n || pn_bytes_compare(pn_terms_at(&w->at[i]), pn_terms_at(&w->at[best])) < 0)) best = i;
    return best;
}

static pn_status count_selected(walk *w, const pn_post_src *src, const pn_term_info *info, const uint64_t *bits, uint64_t *out) {
    pn_post c;
    *out = 0;
    PN_TRY(pn_post_open(&c, src, info, w->err));
    for (; c.doc != PN_DOC_END; pn_post_next(&c)) *out += bits[c.doc / 64] >> (c.doc % 64) & 1;
    w->steps += info->df;
    if (c.rc != PN_OK && w->err) *w->err = c.error;
    return c.rc;
}

/* The articles of `within` in part i that hold the word at which its dictionary stands. */
static pn_status count_in_part(walk *w, size_t i, uint64_t *out) {
    const pn_snap_part *p = pn_snap_part_at(w->snap, i);
    const pn_post_src *src = pn_seg_postings(p->seg, PN_FIELD_TEXT);
    const uint64_t *bits = pn_select_bits(w->within, i);
    return bits ? count_selected(w, src, &w->at[i].info, bits, out) : pn_live_count(p, src, &w->at[i].info, out, w->err);
}

/* Adds up the articles of a word and moves the parts that have it on. */
static pn_status take_word(walk *w, pn_bytes word, uint64_t *found) {
    *found = 0;
    for (size_t i = 0; i < w->n; i++) {
        uint64_t n;
        if (!has_word(w, i) || !pn_bytes_equal(pn_terms_at(&w->at[i]), word)) continue;
        PN_TRY(count_in_part(w, i, &n));
        *found += n;
        pn_terms_next(&w->at[i]);
    }
    return PN_OK;
}

static pn_status step(walk *w, visit_fn *visit, void *ctx) {
    uint8_t copy[256];
    size_t first = smallest(w);
    pn_bytes word = pn_terms_at(&w->at[first]);
    uint64_t found;
    memcpy(copy, word.ptr, word.len);
    word = pn_bytes_of(copy, word.len);
    PN_TRY(take_word(w, word, &found));
    if ((w->steps += 256) >= POLL_EVERY) {
        w->steps = 0;
        PN_TRY(pn_poll(w->tick, w->err));
    }
    return found ? visit(ctx, word, found) : PN_OK;
}

static pn_status sound(const walk *w) {
    for (size_t i = 0; i < w->n; i++) {
        if (w->at[i].rc == PN_OK) continue;
        if (w->err) *w->err = w->at[i].error;
        return w->at[i].rc;
    }
    return PN_OK;
}

static pn_status walk_words(walk *w, visit_fn *visit, void *ctx) {
    for (size_t i = 0; i < w->n; i++) {
        const pn_terms *terms;
        PN_TRY(pn_seg_terms(pn_snap_part_at(w->snap, i)->seg, PN_FIELD_TEXT, &terms, w->err));
        pn_terms_seek(&w->at[i], terms, w->prefix);
    }
    while (smallest(w) < w->n) PN_TRY(step(w, visit, ctx));
    return sound(w);
}

static pn_status each_word(const pn_select *within, pn_bytes prefix, const pn_tick *tick, visit_fn *visit, void *ctx, pn_error *err) {
    pn_snap *snap = pn_select_snap(within);
    walk w = { .within = within, .snap = snap, .n = pn_snap_n_parts(snap), .prefix = prefix.ptr ? prefix : PN_BYTES_LIT(""), .tick = tick, .err = err };
    w.at = pn_calloc(w.n, sizeof *w.at);
    pn_status rc = w.at ? walk_words(&w, visit, ctx) : no_memory(err);
    pn_free(w.at);
    return rc;
}

/* --- a table */

typedef struct { uint64_t count; int64_t row; } place;
typedef struct { pn_table *table; place *places; size_t n, cap; const pn_tick *tick; pn_error *err; } list;

static pn_status put_word(void *ctx, pn_bytes word, uint64_t n) {
    list *l = ctx;
    void *at = l->places;
    if (!pn_grow(&at, &l->cap, l->n + 1, sizeof *l->places)) return no_memory(l->err);
    l->places = at;
    l->places[l->n] = (place){ n, (int64_t)l->n };
    l->n++;
    pn_table_put_str(l->table, 0, word);
    pn_table_put_i64(l->table, 1, (int64_t)n);
    return PN_OK;
}

static int by_count(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return x->row < y->row ? -1 : 1;                        /* rows are in the order of bytes */
}

static pn_status sorted(list *l, size_t top, pn_table **out) {
    size_t n = PN_MIN(top, l->n);
    int64_t *rows = pn_calloc(n, sizeof *rows);
    if (!rows) return no_memory(l->err);
    pn_status rc = pn_sort(l->places, l->n, sizeof *l->places, by_count, l->tick, l->err);
    for (size_t i = 0; i < n; i++) rows[i] = l->places[i].row;
    if (rc == PN_OK) rc = pn_table_take(l->table, rows, n, l->tick, out, l->err);
    pn_free(rows);
    return rc;
}

pn_status pn_words_table(const pn_select *within, pn_bytes prefix, size_t top, const pn_tick *tick, pn_table **out, pn_error *err) {
    list l = { .tick = tick, .err = err };
    PN_TRY(pn_table_new(&l.table, err));
    pn_table_add(l.table, "word", PN_COL_STR);
    pn_table_add(l.table, "count", PN_COL_I64);
    pn_status rc = each_word(within, prefix, tick, put_word, &l, err);
    if (rc == PN_OK) rc = pn_table_finish(l.table, err);
    if (rc == PN_OK) rc = sorted(&l, top, out);
    pn_table_release(l.table);
    pn_free(l.places);
    return rc;
}

static pn_status count_word(void *ctx, pn_bytes word, uint64_t n) {
    (void)word, (void)n;
    ++*(uint64_t *)ctx;
    return PN_OK;
}
pn_status pn_words_count(const pn_select *within, const pn_tick *tick, uint64_t *out, pn_error *err) {
    *out = 0;
    return each_word(within, PN_BYTES_NONE, tick, count_word, out, err);
}
