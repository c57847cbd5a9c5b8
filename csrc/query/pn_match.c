#include "query/pn_match.h"
#include "base/pn_alloc.h"
#include "query/pn_pattern.h"
#include "query/pn_phrase.h"
#include "text/pn_url.h"

/* One leaf under way: sets bits of `bits`, which begin as none. */
typedef struct { pn_snap *snap; uint32_t part; pn_seg *seg; uint32_t n_docs; uint64_t *bits; const pn_tick *tick; pn_error *err; } matcher;

static pn_status no_memory(matcher *m) { return pn_fail(m->err, PN_ENOMEM, "no memory for a query"); }

/* --- words */

/* The one word, or the last word of a phrase, is given by `info`. */
static pn_status match_with(matcher *m, const pn_query_op *op, const pn_terms *terms, const pn_term_info *info) {
    const pn_post_src *src = pn_seg_postings(m->seg, op->field);
    if (op->n_words > 1) return pn_phrase_match(op, terms, src, info, m->bits, m->tick, m->err);
    return pn_post_set_bits(src, info, m->bits, m->err);
}

static pn_status match_prefix(matcher *m, const pn_query_op *op, const pn_terms *terms) {
    pn_bytes prefix = op->words[op->n_words - 1].term;
    pn_terms_iter it;
    uint32_t n = 0;
    for (pn_terms_seek(&it, terms, prefix); !it.done && pn_bytes_starts(pn_terms_at(&it), prefix); pn_terms_next(&it)) {
        if (++n > PN_QUERY_EXPAND_MAX)
            return pn_fail(m->err, PN_ELIMIT, "'%.*s' stands for more than %d terms", (int)prefix.len, (const char *)prefix.ptr, PN_QUERY_EXPAND_MAX);
        PN_TRY(match_with(m, op, terms, &it.info));
        PN_TRY(pn_poll(m->tick, m->err));
    }
    if (it.rc != PN_OK && m->err) *m->err = it.error;
    return it.rc;
}

static pn_status match_words(matcher *m, const pn_query_op *op) {
    const pn_terms *terms;
    pn_term_info info;
    bool found = false;
    PN_TRY(pn_seg_terms(m->seg, op->field, &terms, m->err));
    if (op->words[op->n_words - 1].is_prefix) return match_prefix(m, op, terms);
    if (op->n_words > 1) return pn_phrase_match(op, terms, pn_seg_postings(m->seg, op->field), NULL, m->bits, m->tick, m->err);
    PN_TRY(pn_terms_find(terms, op->words[0].term, &info, &found, m->err));
    return found ? match_with(m, op, terms, &info) : PN_OK;
}

static pn_status match_pattern(matcher *m, const pn_query_op *op) {
    const pn_terms *terms;
    pn_terms_iter it;
    uint32_t n = 0, steps = 0;
    pn_bytes prefix = pn_pattern_prefix(op->text);
    PN_TRY(pn_seg_terms(m->seg, op->field, &terms, m->err));
    for (pn_terms_seek(&it, terms, prefix); !it.done && pn_bytes_starts(pn_terms_at(&it), prefix); pn_terms_next(&it)) {
        if (++steps % 4096 == 0) PN_TRY(pn_poll(m->tick, m->err));
        if (!pn_pattern_fits(op->text, pn_terms_at(&it))) continue;
        if (++n > PN_QUERY_EXPAND_MAX)
            return pn_fail(m->err, PN_ELIMIT, "'%.*s' stands for more than %d terms", (int)op->text.len, (const char *)op->text.ptr, PN_QUERY_EXPAND_MAX);
        PN_TRY(pn_post_set_bits(pn_seg_postings(m->seg, op->field), &it.info, m->bits, m->err));
    }
    if (it.rc != PN_OK && m->err) *m->err = it.error;
    return it.rc;
}

/* --- names */

static pn_status match_name(matcher *m, const pn_query_op *op) {
    const pn_terms *terms;
    pn_term_info info;
    bool found = false;
    PN_TRY(pn_seg_terms(m->seg, op->field, &terms, m->err));
    PN_TRY(pn_terms_find(terms, op->text, &info, &found, m->err));
    return found ? pn_post_set_bits(pn_seg_postings(m->seg, op->field), &info, m->bits, m->err) : PN_OK;
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
    return it.rc;
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

static pn_status match_key(matcher *m, pn_bytes want, bool by_url) {
    pn_ref ref;
    bool found = false;
    PN_TRY(pn_snap_find_in_part(m->snap, m->part, want, by_url, &ref, &found, m->err));
    if (found) m->bits[ref.doc / 64] |= UINT64_C(1) << (ref.doc % 64);
    return PN_OK;
}

static pn_status match_url(matcher *m, pn_bytes text) {
    pn_buf url = { 0 };
    pn_url_normalise(&url, text);
    pn_status rc = url.rc == PN_OK ? match_key(m, pn_buf_bytes(&url), true) : no_memory(m);
    pn_buf_fini(&url);
    return rc;
}

static pn_status match_leaf(matcher *m, const pn_query_op *op) {
    switch (op->kind) {
    case PN_Q_WORDS:    return match_words(m, op);
    case PN_Q_PATTERN:  return match_pattern(m, op);
    case PN_Q_NAME:     return match_name(m, op);
    case PN_Q_ANY_NAME: return match_any_name(m, op);
    case PN_Q_DATE:     return match_date(m, op);
    case PN_Q_ID:       return match_key(m, op->text, false);
    default:            return match_url(m, op->text);
    }
}

/* --- the stack machine: one bitset a place, all in one piece of memory */

static void combine(pn_query_kind kind, uint64_t *a, const uint64_t *b, size_t n) {
    for (size_t i = 0; i < n; i++) a[i] = kind == PN_Q_AND ? a[i] & b[i] : a[i] | b[i];
}

static void complement(uint64_t *a, uint32_t n_docs) {
    for (size_t i = 0; i < pn_bits_words(n_docs); i++) a[i] = ~a[i];
    if (n_docs % 64) a[n_docs / 64] &= (UINT64_C(1) << (n_docs % 64)) - 1;
}

static pn_status run(matcher *m, const pn_query *q, uint64_t *stack) {
    size_t n = pn_bits_words(m->n_docs), depth = 0;
    for (size_t i = 0; i < q->n_ops; i++) {
        const pn_query_op *op = &q->ops[i];
        PN_TRY(pn_poll(m->tick, m->err));
        if (op->kind == PN_Q_NOT) {
            complement(stack + (depth - 1) * n, m->n_docs);
        } else if (op->kind == PN_Q_AND || op->kind == PN_Q_OR) {
            depth--;
            combine(op->kind, stack + (depth - 1) * n, stack + depth * n, n);
        } else {
            m->bits = stack + depth++ * n;
            memset(m->bits, 0, n * sizeof *m->bits);
            PN_TRY(match_leaf(m, op));
        }
    }
    return PN_OK;
}

static void drop_deleted(const pn_snap_part *part, uint64_t *bits) {
    for (size_t w = 0; part->deleted.bits && w < pn_bits_words(part->n_docs); w++) bits[w] &= ~part->deleted.bits[w];
}

pn_status pn_match(pn_snap *snap, uint32_t part, const pn_query *q, uint64_t *bits, const pn_tick *tick, pn_error *err) {
    const pn_snap_part *p = pn_snap_part_at(snap, part);
    matcher m = { .snap = snap, .part = part, .seg = p->seg, .n_docs = p->n_docs, .tick = tick, .err = err };
    uint64_t *stack = pn_calloc(q->max_stack, pn_bits_words(p->n_docs) * sizeof *stack);
    if (!stack) return no_memory(&m);
    pn_status rc = run(&m, q, stack);
    if (rc == PN_OK) {
        memcpy(bits, stack, pn_bits_words(p->n_docs) * sizeof *bits);
        drop_deleted(p, bits);
    }
    pn_free(stack);
    return rc;
}

/* --- names that nothing carries */

static pn_status is_known(pn_snap *snap, const pn_query_op *op, bool *known, pn_error *err) {
    *known = false;
    for (size_t i = 0; i < pn_snap_n_parts(snap) && !*known; i++) {
        const pn_terms *terms;
        pn_term_info info;
        PN_TRY(pn_seg_terms(pn_snap_part_at(snap, i)->seg, op->field, &terms, err));
        PN_TRY(pn_terms_find(terms, op->text, &info, known, err));
    }
    return PN_OK;
}

pn_status pn_match_check_names(pn_snap *snap, const pn_query *q, pn_error *err) {
    static const char *const kinds[] = { [PN_FIELD_TAG] = "tag", [PN_FIELD_SECTION] = "section", [PN_FIELD_SOURCE] = "source",
                                         [PN_FIELD_AUTHOR] = "author", [PN_FIELD_LANGUAGE] = "language" };
    for (size_t i = 0; i < q->n_ops; i++) {
        const pn_query_op *op = &q->ops[i];
        bool known = true;
        if (op->kind == PN_Q_NAME) PN_TRY(is_known(snap, op, &known, err));
        if (known) continue;
        pn_fail(err, PN_EUNKNOWN, "%.*s", (int)PN_MIN(op->shown.len, (size_t)200), (const char *)op->shown.ptr);
        pn_error_at(err, kinds[op->field], 0);
        return PN_EUNKNOWN;
    }
    return PN_OK;
}
