#include "archive/pn_parts.h"
#include "base/pn_alloc.h"

enum { CANDIDATES = 16 };          /* articles whose keys share a 64-bit hash */

static void part_fini(pn_part *p) {
    pn_doc_cache_fini(&p->cache);
    pn_seg_release(p->seg);
    pn_free(p->gone);
}

void pn_parts_fini(pn_parts *p) {
    for (size_t i = 0; i < p->n; i++) part_fini(&p->at[i]);
    pn_free(p->at);
    *p = (pn_parts){ 0 };
}

static size_t n_words(const pn_part *p) { return ((size_t)p->entry.n_docs + 63) / 64; }

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a segment's deletions"); }

pn_status pn_parts_add(pn_parts *p, pn_seg *seg, const pn_manifest_segment *entry, const pn_deleted *deleted, pn_error *err) {
    pn_part part = { .entry = *entry };
    void *at = p->at;
    if (!pn_grow(&at, &p->cap, p->n + 1, sizeof *p->at)) return no_memory(err);
    p->at = at;
    if (deleted && deleted->n) {
        part.gone = pn_malloc(n_words(&part) * sizeof *part.gone);
        if (!part.gone) return no_memory(err);
        memcpy(part.gone, deleted->bits, n_words(&part) * sizeof *part.gone);
        part.n_gone = deleted->n;
    }
    part.seg = pn_seg_retain(seg);
    p->at[p->n++] = part;
    return PN_OK;
}

void pn_parts_remove(pn_parts *p, size_t i) {
    part_fini(&p->at[i]);
    p->n--;
    memmove(p->at + i, p->at + i + 1, (p->n - i) * sizeof *p->at);
}

pn_status pn_parts_add_snapshot(pn_parts *p, const pn_snap *snap, pn_error *err) {
    for (size_t i = 0; i < pn_snap_n_parts(snap); i++) {
        const pn_snap_part *s = pn_snap_part_at(snap, i);
        PN_TRY(pn_parts_add(p, s->seg, &pn_snap_manifest(snap)->segments[i], &s->deleted, err));
    }
    return PN_OK;
}

/* Equal content means equal key, for the key is part of it; only other content needs the stored key. */
static pn_status judge(pn_part *p, uint32_t doc, const pn_doc_extra *want, pn_found *found, pn_hash128 *content, pn_error *err) {
    PN_TRY(pn_seg_content(p->seg, doc, content, err));
    if (content->lo == want->content.lo && content->hi == want->content.hi) { *found = PN_FOUND_SAME; return PN_OK; }
    pn_arena arena = { 0 };
    pn_doc stored;
    pn_doc_extra extra;
    pn_status rc = pn_seg_doc_cached(p->seg, &p->cache, doc, &arena, &stored, &extra, err);
    if (rc == PN_OK && pn_bytes_equal(extra.key, want->key)) *found = PN_FOUND_OTHER;
    pn_arena_fini(&arena);
    return rc;
}

static pn_status find_in(pn_part *p, const pn_doc_extra *want, pn_found *found, uint32_t *doc, pn_hash128 *content, pn_error *err) {
    uint32_t docs[CANDIDATES];
    size_t n = 0;
    PN_TRY(pn_seg_find_key(p->seg, pn_hash64(want->key), docs, CANDIDATES, &n, err));
    for (size_t i = 0; i < n && *found == PN_FOUND_NOTHING; i++) {
        if (pn_part_is_gone(p, docs[i])) continue;
        *doc = docs[i];
        PN_TRY(judge(p, docs[i], want, found, content, err));
    }
    return PN_OK;
}

pn_status pn_parts_find(pn_parts *p, const pn_doc_extra *want, pn_found *found, pn_ref *at, pn_hash128 *content, pn_error *err) {
    *found = PN_FOUND_NOTHING;
    for (size_t i = p->n; i-- > 0 && *found == PN_FOUND_NOTHING;) {
        at->part = (uint32_t)i;
        PN_TRY(find_in(&p->at[i], want, found, &at->doc, content, err));
    }
    return PN_OK;
}

pn_part *pn_parts_segment(const pn_parts *p, uint32_t number) {
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].entry.number == number) return &p->at[i];
    return NULL;
}

pn_status pn_parts_delete(pn_parts *p, pn_ref ref, pn_error *err) {
    pn_part *part = &p->at[ref.part];
    if (!part->gone) part->gone = pn_calloc(n_words(part), sizeof *part->gone);
    if (!part->gone) return no_memory(err);
    part->gone[ref.doc / 64] |= UINT64_C(1) << (ref.doc % 64);
    part->n_gone++;
    part->changed = true;
    return PN_OK;
}
