#include "index/pn_lookup.h"
#include "codec/pn_rd.h"
#include "index/pn_seg_layout.h"

pn_status pn_lookup_put(pn_buf *out, pn_order_item *pairs, size_t n, const pn_tick *tick, pn_error *err) {
    enum { POLL = 1 << 16 };
    PN_TRY(pn_order_polled(pairs, n, NULL, NULL, tick, err));
    for (size_t i = 0; i < n; i++) {
        if (i % POLL == 0) PN_TRY(pn_poll(tick, err));
        pn_buf_put_u64(out, pairs[i].key);
    }
    for (size_t i = 0; i < n; i++) {
        if (i % POLL == 0) PN_TRY(pn_poll(tick, err));
        pn_buf_put_u32(out, pairs[i].id);
    }
    return PN_OK;
}

pn_status pn_lookup_open(pn_lookup *t, pn_file *file, uint32_t section, uint32_t n_docs, pn_error *err) {
    pn_bytes s = pn_file_section(file, section);
    if (s.len % 12 != 0 || s.len / 12 > n_docs)
        return pn_seg_damage(err, file, s.ptr, "section %u is not a table of at most %u hashes", section, n_docs);
    *t = (pn_lookup){ file, s, (uint32_t)(s.len / 12), n_docs };
    return PN_OK;
}

static const uint8_t *hash_at(const pn_lookup *t, uint32_t i) { return t->bytes.ptr + (size_t)i * 8; }
static const uint8_t *doc_at(const pn_lookup *t, uint32_t i) { return t->bytes.ptr + (size_t)t->n * 8 + (size_t)i * 4; }

pn_status pn_lookup_at(const pn_lookup *t, uint32_t i, uint64_t *hash, uint32_t *doc, pn_error *err) {
    PN_TRY(pn_file_check(t->file, hash_at(t, i), 8, err));
    PN_TRY(pn_file_check(t->file, doc_at(t, i), 4, err));
    *hash = pn_load_u64(hash_at(t, i));
    *doc = pn_load_u32(doc_at(t, i));
    if (*doc < t->n_docs) return PN_OK;
    return pn_seg_damage(err, t->file, doc_at(t, i), "article %u of a look-up table, but there are %u", *doc, t->n_docs);
}

static pn_status is_below(const pn_lookup *t, uint32_t i, uint64_t hash, bool *below, pn_error *err) {
    PN_TRY(pn_file_check(t->file, hash_at(t, i), 8, err));
    *below = pn_load_u64(hash_at(t, i)) < hash;
    return PN_OK;
}

/* Hashes are spread evenly, so a hash has its place near its share of the table; and the one found there says how near. */
static pn_status guess_place(const pn_lookup *t, uint64_t hash, uint32_t *out, pn_error *err) {
    uint64_t at = (hash >> 32) * t->n >> 32;
    PN_TRY(pn_file_check(t->file, hash_at(t, (uint32_t)at), 8, err));
    uint64_t there = pn_load_u64(hash_at(t, (uint32_t)at));
    uint64_t off = ((there < hash ? hash - there : there - hash) >> 32) * t->n >> 32;
    *out = (uint32_t)(there < hash ? PN_MIN(at + off, (uint64_t)t->n - 1) : at - PN_MIN(off, at));
    return PN_OK;
}

/* Moves *lo and *hi, between which the hash belongs, close to each other: steps from the guess that double find both ends in a few
 * cache lines.  Whatever the hashes are, there are at most log n steps. */
static pn_status close_in(const pn_lookup *t, uint64_t hash, uint32_t *lo, uint32_t *hi, pn_error *err) {
    bool first, below;
    uint32_t guess;
    PN_TRY(guess_place(t, hash, &guess, err));
    PN_TRY(is_below(t, guess, hash, &first, err));
    if (first) *lo = guess + 1;
    else *hi = guess;
    for (uint32_t step = 8; step < *hi - *lo; step *= 2) {
        uint32_t at = first ? *lo + step : *hi - step;
        PN_TRY(is_below(t, at, hash, &below, err));
        if (below) *lo = at + 1;
        else *hi = at;
        if (below != first) break;
    }
    return PN_OK;
}

static pn_status lower_bound(const pn_lookup *t, uint64_t hash, uint32_t *out, pn_error *err) {
    uint32_t lo = 0, hi = t->n;
    if (t->n) PN_TRY(close_in(t, hash, &lo, &hi, err));
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        bool below;
        PN_TRY(is_below(t, mid, hash, &below, err));
        if (below) lo = mid + 1;
        else hi = mid;
    }
    *out = lo;
    return PN_OK;
}

pn_status pn_lookup_find(const pn_lookup *t, uint64_t hash, uint32_t *docs, size_t cap, size_t *n, pn_error *err) {
    uint32_t i;
    PN_TRY(lower_bound(t, hash, &i, err));
    for (; i < t->n && *n < cap; i++) {
        uint64_t found;
        PN_TRY(pn_file_check(t->file, hash_at(t, i), 8, err));
        if (pn_load_u64(hash_at(t, i)) != hash) break;       /* most do not: their article is not fetched */
        PN_TRY(pn_lookup_at(t, i, &found, &docs[*n], err));
        ++*n;
    }
    return PN_OK;
}
