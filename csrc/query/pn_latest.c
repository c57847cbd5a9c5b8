#include "query/pn_latest.h"
#include "base/pn_alloc.h"

enum { CLASSES = 4 };                  /* placed, month, year, undated: as they follow each other in the order of time */

static uint64_t count_between(const pn_select *s, uint32_t part, uint32_t from, uint32_t to) {
    uint64_t n = 0;
    for (uint32_t doc = pn_select_first(s, part, from, to); doc < to; doc = pn_select_first(s, part, doc + 1, to)) n++;
    return n;
}

/* ends[c] = articles of the selection of the classes 0 … c. */
static void class_ends(const pn_select *s, uint64_t ends[CLASSES]) {
    memset(ends, 0, CLASSES * sizeof *ends);
    for (uint32_t i = 0; i < pn_snap_n_parts(pn_select_snap(s)); i++) {
        const pn_seg_meta *m = pn_seg_meta_of(pn_snap_part_at(pn_select_snap(s), i)->seg);
        uint32_t from = m->n_placed, edges[CLASSES] = { from, from + m->n_month, from + m->n_month + m->n_year, m->n_docs };
        from = 0;
        for (size_t c = 0; c < CLASSES; from = edges[c++]) ends[c] += count_between(s, i, from, edges[c]);
    }
    for (size_t c = 1; c < CLASSES; c++) ends[c] += ends[c - 1];
}

/* The k newest: each class from its end. */
static pn_status newest_refs(pn_select *s, size_t k, pn_ref *refs, pn_error *err) {
    uint64_t ends[CLASSES], from = 0;
    class_ends(s, ends);
    for (size_t c = 0, n = 0; c < CLASSES && n < k; from = ends[c++])
        for (uint64_t at = ends[c]; at > from && n < k; at--) PN_TRY(pn_select_refs(s, at - 1, 1, &refs[n++], err));
    return PN_OK;
}

static pn_status rank_dated(pn_select *s, bool newest, size_t k, pn_select **out, pn_error *err) {
    pn_ref *refs = pn_calloc(k, sizeof *refs);
    if (!refs) return pn_fail(err, PN_ENOMEM, "no memory for a ranking");
    pn_status rc = newest ? newest_refs(s, k, refs, err) : pn_select_refs(s, 0, k, refs, err);
    if (rc == PN_OK) rc = pn_select_ranked(s, refs, NULL, k, out, err);
    pn_free(refs);
    return rc;
}

pn_status pn_top_dated(pn_select *within, bool newest, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_select *plain = NULL;
    if (pn_select_is_ranked(within)) PN_TRY(pn_select_combine(within, within, PN_BOTH, &plain, err));       /* in the order of time again */
    pn_select *s = plain ? plain : within;
    pn_status rc = pn_select_put_in_order(s, tick, err);
    if (rc == PN_OK) rc = rank_dated(s, newest, (size_t)PN_MIN(k, pn_select_count(s)), out, err);
    pn_select_release(plain);
    return rc;
}
