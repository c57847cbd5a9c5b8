/* Articles by id or address: one, or as many as one likes. */
#include "archive/pn_archive.h"
#include "base/pn_alloc.h"
#include "codec/pn_hash.h"
#include "index/pn_order.h"
#include "query/pn_match.h"
#include "text/pn_url.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a selection"); }

/* --- one */

static pn_status find_by_url(pn_snap *snap, pn_bytes name, pn_ref *out, bool *found, pn_error *err) {
    pn_buf url = { 0 };
    pn_url_normalise(&url, name);
    pn_status rc = url.rc == PN_OK ? pn_snap_find_url(snap, pn_buf_bytes(&url), out, found, err) : pn_fail(err, PN_ENOMEM, "no memory for a URL");
    pn_buf_fini(&url);
    return rc;
}

pn_status pn_archive_find(pn_snap *snap, pn_bytes name, pn_ref *out, bool *found, pn_error *err) {
    pn_status rc = pn_snap_find_key(snap, name, out, found, err);
    if (rc == PN_OK && !*found) rc = find_by_url(snap, name, out, found, err);
    return pn_snap_settle(snap, rc, err);
}

/* --- many.  Articles whose ids have the hashes of the names are looked at in the order in which they are stored, so that each block of
 * text is unpacked once; what is left may be addresses, one by one. */

typedef struct {
    pn_snap *snap;
    const pn_bytes *names; size_t n;
    uint64_t **bits;                   /* the articles found, an array a part */
    uint64_t *is_found;                /* the names that are ids */
    pn_order_item *items; size_t n_items, cap;         /* part and article, number of the name */
    uint32_t *docs; size_t cap_docs;
    const pn_tick *tick;
} picking;

static void set_bit(uint64_t *bits, size_t i) { bits[i / 64] |= UINT64_C(1) << (i % 64); }
static bool has_bit(const uint64_t *bits, size_t i) { return bits[i / 64] >> (i % 64) & 1; }

static void picking_fini(picking *p) {
    for (size_t i = 0; p->bits && i < pn_snap_n_parts(p->snap); i++) pn_free(p->bits[i]);
    pn_free(p->bits);
    pn_free(p->is_found);
    pn_free(p->items);
    pn_free(p->docs);
}

static pn_status begin(picking *p, pn_error *err) {
    if (p->n > UINT32_MAX) return pn_fail(err, PN_ELIMIT, "more than %u ids at once", UINT32_MAX);
    p->bits = pn_calloc(pn_snap_n_parts(p->snap), sizeof *p->bits);
    p->is_found = pn_calloc(pn_bits_words((uint32_t)p->n), sizeof *p->is_found);
    bool ok = p->bits && p->is_found;
    for (size_t i = 0; ok && i < pn_snap_n_parts(p->snap); i++) {
        p->bits[i] = pn_calloc(pn_bits_words(pn_snap_part_at(p->snap, i)->n_docs), sizeof *p->bits[i]);
        ok = p->bits[i] != NULL;
    }
    return ok ? PN_OK : no_memory(err);
}

/* All articles of a part with this hash into p->docs. */
static pn_status candidates(picking *p, pn_seg *seg, uint64_t hash, size_t *n, pn_error *err) {
    enum { MOSTLY = 16 };
    for (size_t cap = MOSTLY;; cap = 2 * p->cap_docs) {
        void *docs = p->docs;
        if (!pn_grow(&docs, &p->cap_docs, cap, sizeof *p->docs)) return no_memory(err);
        p->docs = docs;
        *n = 0;
        PN_TRY(pn_seg_find_key(seg, hash, p->docs, p->cap_docs, n, err));
        if (*n < p->cap_docs) return PN_OK;
    }
}

static pn_status list_candidates(picking *p, size_t part, size_t name, uint64_t hash, pn_error *err) {
    const pn_snap_part *in = pn_snap_part_at(p->snap, part);
    size_t n;
    PN_TRY(candidates(p, in->seg, hash, &n, err));
    void *items = p->items;
    if (!pn_grow(&items, &p->cap, p->n_items + n, sizeof *p->items)) return no_memory(err);
    p->items = items;
    for (size_t i = 0; i < n; i++)
        if (!pn_deleted_has(&in->deleted, p->docs[i])) p->items[p->n_items++] = (pn_order_item){ (uint64_t)part << 32 | p->docs[i], (uint32_t)name };
    return PN_OK;
}

static pn_status list_all(picking *p, pn_error *err) {
    enum { POLL = 1 << 10 };
    for (size_t i = 0; i < p->n; i++) {
        uint64_t hash = pn_hash64(p->names[i]);
        if (i % POLL == 0) PN_TRY(pn_poll(p->tick, err));
        for (size_t part = 0; part < pn_snap_n_parts(p->snap); part++) PN_TRY(list_candidates(p, part, i, hash, err));
    }
    return pn_order_polled(p->items, p->n_items, NULL, NULL, p->tick, err);
}

static pn_status compare(picking *p, size_t part, pn_doc_cache *cache, pn_arena *arena, const pn_order_item *item, pn_error *err) {
    pn_doc doc;
    pn_doc_extra extra;
    uint32_t number = (uint32_t)item->key;
    pn_arena_reset(arena);
    PN_TRY(pn_seg_doc_cached(pn_snap_part_at(p->snap, part)->seg, cache, number, arena, &doc, &extra, err));
    if (!pn_bytes_equal(extra.key, p->names[item->id])) return PN_OK;
    set_bit(p->bits[part], number);
    set_bit(p->is_found, item->id);
    return PN_OK;
}

/* The items from `from` on that lie in one part; *to is behind them. */
static pn_status compare_part(picking *p, size_t from, size_t *to, pn_error *err) {
    size_t part = (size_t)(p->items[from].key >> 32), i = from;
    pn_doc_cache cache = { 0 };
    pn_arena arena = { 0 };
    pn_status rc = PN_OK;
    for (; rc == PN_OK && i < p->n_items && p->items[i].key >> 32 == part; i++) {
        rc = pn_poll(p->tick, err);
        if (rc == PN_OK) rc = compare(p, part, &cache, &arena, &p->items[i], err);
    }
    pn_arena_fini(&arena);
    pn_doc_cache_fini(&cache);
    *to = i;
    return rc;
}

static pn_status find_addresses(picking *p, size_t *missing, pn_error *err) {
    *missing = p->n;
    for (size_t i = 0; i < p->n; i++) {
        pn_ref ref;
        bool found;
        if (has_bit(p->is_found, i)) continue;
        PN_TRY(pn_poll(p->tick, err));
        PN_TRY(find_by_url(p->snap, p->names[i], &ref, &found, err));
        if (found) set_bit(p->bits[ref.part], ref.doc);
        else if (*missing == p->n) *missing = i;
    }
    return PN_OK;
}

static pn_status pick(picking *p, size_t *missing, pn_select **out, pn_error *err) {
    PN_TRY(begin(p, err));
    PN_TRY(list_all(p, err));
    for (size_t i = 0; i < p->n_items;) PN_TRY(compare_part(p, i, &i, err));
    PN_TRY(find_addresses(p, missing, err));
    return pn_select_of_bits(p->snap, p->bits, out, err);
}

pn_status pn_archive_pick(pn_snap *snap, const pn_bytes *names, size_t n, const pn_tick *tick, pn_select **out, size_t *missing, pn_error *err) {
    picking p = { .snap = snap, .names = names, .n = n, .tick = tick };
    pn_select *picked = NULL;
    pn_status rc = pick(&p, missing, &picked, err);
    picking_fini(&p);
    rc = pn_snap_settle(snap, rc, err);
    if (rc == PN_OK) *out = picked;
    else pn_select_release(picked);
    return rc;
}
