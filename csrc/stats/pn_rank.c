#include "stats/pn_rank.h"
#include "base/pn_alloc.h"

/* --- bits */

static void bit_ranks(const uint64_t *bits, const uint32_t *edges, size_t n, uint32_t *out) {
    uint32_t rank = 0;
    size_t word = 0;
    for (size_t i = 0; i < n; i++) {
        for (; word < edges[i] / 64; word++) rank += (uint32_t)__builtin_popcountll(bits[word]);
        uint32_t rest = edges[i] % 64;
        out[i] = rank + (rest ? (uint32_t)__builtin_popcountll(bits[word] & ((UINT64_C(1) << rest) - 1)) : 0);
    }
}

static void all_ranks(const pn_deleted *d, const uint32_t *edges, size_t n, uint32_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = edges[i] - pn_deleted_rank(d, edges[i]);
}

/* --- one term */

/* Takes the deleted articles that hold the term out of the ranks: few, so each is looked for in the list. */
static pn_status less_deleted(const pn_snap_part *part, const pn_post_src *src, const pn_term_info *info, const uint32_t *edges, size_t n,
                              uint32_t *out, pn_error *err) {
    pn_post c;
    PN_TRY(pn_post_open(&c, src, info, err));
    uint32_t gone = 0;
    size_t edge = 0;
    for (uint32_t i = 0; i < part->deleted.n; i++) {
        uint32_t doc = part->deleted.docs[i];
        if (c.doc < doc) pn_post_seek(&c, doc);
        for (; edge < n && edges[edge] <= doc; edge++) out[edge] -= gone;
        gone += c.doc == doc;
    }
    for (; edge < n; edge++) out[edge] -= gone;
    if (c.rc != PN_OK && err) *err = c.error;
    return c.rc;
}

static pn_status term_ranks(const pn_snap_part *part, pn_bytes term, const uint32_t *edges, size_t n, uint32_t *out, pn_error *err) {
    const pn_terms *terms;
    pn_term_info info;
    bool found = false;
    const pn_post_src *src = pn_seg_postings(part->seg, PN_FIELD_TEXT);
    PN_TRY(pn_seg_terms(part->seg, PN_FIELD_TEXT, &terms, err));
    PN_TRY(pn_terms_find(terms, term, &info, &found, err));
    if (!found) {
        memset(out, 0, n * sizeof *out);
        return PN_OK;
    }
    PN_TRY(pn_post_ranks(src, &info, edges, n, out, NULL, err));
    return part->deleted.n ? less_deleted(part, src, &info, edges, n, out, err) : PN_OK;
}

pn_status pn_set_ranks(const pn_set *set, size_t part, const uint32_t *edges, size_t n, uint32_t *out, pn_error *err) {
    const pn_snap_part *p = pn_snap_part_at(set->snap, part);
    if (!set->select) return term_ranks(p, set->term, edges, n, out, err);
    const uint64_t *bits = pn_select_bits(set->select, part);
    if (bits) bit_ranks(bits, edges, n, out);
    else all_ranks(&p->deleted, edges, n, out);
    return PN_OK;
}
