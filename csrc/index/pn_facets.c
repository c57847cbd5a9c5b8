#include "index/pn_facets.h"
#include "base/pn_alloc.h"
#include "codec/pn_hash.h"
#include "codec/pn_rd.h"
#include "index/pn_order.h"
#include "index/pn_seg_layout.h"
#include "text/pn_fold.h"
#include "text/pn_token.h"
#include "text/pn_utf8.h"

enum { KEYS_A_BLOCK = 16, FIRST_SLOTS = 64, POLL = 1 << 12 };      /* POLL: spellings between two questions to the tick */
#define EMPTY UINT32_MAX

void pn_name_key(pn_buf *out, pn_bytes name) {
    size_t from = out->len;
    pn_fold_name(out, name);
    if (out->rc != PN_OK || out->len == from) return;
    pn_bytes key = pn_bytes_of(out->ptr + from, out->len - from);
    if (key.len > PN_TERM_MAX) out->len = from + pn_utf8_cut(key, PN_TERM_MAX);
}

/* --- writing: a hash table over key and spelling, which lie side by side in `bytes` */

typedef struct { uint64_t hash; uint32_t at, key_len, text_len, count; } entry;
struct pn_facets { uint64_t hash_key; pn_buf bytes; entry *entries; size_t n, cap; uint32_t *slots; size_t n_slots; };

pn_status pn_facets_new(pn_facets **out, pn_error *err) {
    pn_facets *f = pn_calloc(1, sizeof *f);
    if (!f) return pn_fail(err, PN_ENOMEM, "no memory for spellings");
    f->hash_key = pn_hash_key();
    *out = f;
    return PN_OK;
}

void pn_facets_free(pn_facets *f) {
    if (!f) return;
    pn_buf_fini(&f->bytes);
    pn_free(f->entries);
    pn_free(f->slots);
    pn_free(f);
}

static pn_bytes key_of(const pn_facets *f, const entry *e) { return pn_bytes_of(f->bytes.ptr + e->at, e->key_len); }
static pn_bytes text_of(const pn_facets *f, const entry *e) { return pn_bytes_of(f->bytes.ptr + e->at + e->key_len, e->text_len); }

static bool grow_slots(pn_facets *f) {
    if ((f->n + 1) * 2 <= f->n_slots) return true;
    size_t n = f->n_slots ? f->n_slots * 2 : FIRST_SLOTS;
    uint32_t *slots = pn_malloc(n * sizeof *slots);
    if (!slots) return false;
    memset(slots, 0xFF, n * sizeof *slots);
    for (uint32_t i = 0; i < f->n; i++) {
        size_t k = f->entries[i].hash & (n - 1);
        while (slots[k] != EMPTY) k = (k + 1) & (n - 1);
        slots[k] = i;
    }
    pn_free(f->slots);
    f->slots = slots;
    f->n_slots = n;
    return true;
}

/* The slot of the pair, or the empty one where it belongs. */
static uint32_t *find_slot(const pn_facets *f, uint64_t hash, pn_bytes key, pn_bytes text) {
    size_t k = hash & (f->n_slots - 1);
    for (; f->slots[k] != EMPTY; k = (k + 1) & (f->n_slots - 1)) {
        const entry *e = &f->entries[f->slots[k]];
        if (e->hash == hash && pn_bytes_equal(key_of(f, e), key) && pn_bytes_equal(text_of(f, e), text)) break;
    }
    return &f->slots[k];
}

static pn_status add_entry(pn_facets *f, uint32_t *slot, uint64_t hash, pn_bytes key, pn_bytes text, uint32_t count, pn_error *err) {
    if (key.len + text.len > UINT32_MAX - f->bytes.len) return pn_fail(err, PN_ELIMIT, "the names of one segment reach 4 GiB: flush earlier");
    void *entries = f->entries;
    bool ok = pn_grow(&entries, &f->cap, f->n + 1, sizeof(entry)) && pn_buf_reserve(&f->bytes, key.len + text.len);
    f->entries = entries;
    if (!ok) return pn_fail(err, PN_ENOMEM, "no memory for spellings");
    f->entries[f->n] = (entry){ hash, (uint32_t)f->bytes.len, (uint32_t)key.len, (uint32_t)text.len, count };
    pn_buf_put_bytes(&f->bytes, key);
    pn_buf_put_bytes(&f->bytes, text);
    *slot = (uint32_t)f->n++;
    return PN_OK;
}

pn_status pn_facets_count(pn_facets *f, pn_bytes key, pn_bytes spelling, uint32_t more, pn_error *err) {
    if (!grow_slots(f)) return pn_fail(err, PN_ENOMEM, "no memory for spellings");
    uint64_t hash = pn_hash_keyed(f->hash_key, spelling) ^ pn_hash_keyed(~f->hash_key, key);
    uint32_t *slot = find_slot(f, hash, key, spelling);
    if (*slot == EMPTY) return add_entry(f, slot, hash, key, spelling, more, err);
    f->entries[*slot].count += more;
    return PN_OK;
}

static int compare_pairs(const void *ctx, uint32_t a, uint32_t b) {
    const pn_facets *f = ctx;
    const entry *x = &f->entries[a], *y = &f->entries[b];
    int c = pn_bytes_compare(key_of(f, x), key_of(f, y));
    return c ? c : pn_bytes_compare(text_of(f, x), text_of(f, y));
}

static bool same_key(const pn_facets *f, const pn_order_item *a, const pn_order_item *b) {
    return pn_bytes_equal(key_of(f, &f->entries[a->id]), key_of(f, &f->entries[b->id]));
}

static void put_key(const pn_facets *f, const pn_order_item *items, size_t n, pn_buf *out) {
    pn_buf_put_blob(out, key_of(f, &f->entries[items[0].id]));
    pn_buf_put_varint(out, n);
    for (size_t i = 0; i < n; i++) {
        const entry *e = &f->entries[items[i].id];
        pn_buf_put_blob(out, text_of(f, e));
        pn_buf_put_varint(out, e->count);
    }
}

static pn_status put_keys(const pn_facets *f, const pn_order_item *items, size_t n_items, const pn_tick *tick, pn_buf *offsets, pn_buf *blocks,
                          uint32_t *n_keys, pn_error *err) {
    size_t since = 0;
    for (size_t i = 0, n; i < n_items; i += n, (*n_keys)++) {
        for (n = 1; i + n < n_items && same_key(f, &items[i], &items[i + n]);) n++;
        if (*n_keys % KEYS_A_BLOCK == 0) pn_buf_put_u32(offsets, (uint32_t)blocks->len);
        put_key(f, items + i, n, blocks);
        if ((since += n) < POLL) continue;
        PN_TRY(pn_poll(tick, err));
        since = 0;
    }
    pn_buf_put_u32(offsets, (uint32_t)blocks->len);
    return PN_OK;
}

static pn_status put_section(const pn_facets *f, const pn_order_item *items, size_t n, const pn_tick *tick, pn_buf *out, pn_error *err) {
    pn_buf offsets = { 0 }, blocks = { 0 };
    uint32_t n_keys = 0;
    pn_status rc = put_keys(f, items, n, tick, &offsets, &blocks, &n_keys, err);
    bool too_large = blocks.len > UINT32_MAX;
    pn_buf_put_u32(out, n_keys);
    pn_buf_put_bytes(out, pn_buf_bytes(&offsets));
    pn_buf_put_bytes(out, pn_buf_bytes(&blocks));
    bool ok = offsets.rc == PN_OK && blocks.rc == PN_OK && out->rc == PN_OK;
    pn_buf_fini(&offsets);
    pn_buf_fini(&blocks);
    if (rc != PN_OK) return rc;
    if (too_large) return pn_fail(err, PN_ELIMIT, "the names of one segment reach 4 GiB: flush earlier");
    return ok ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory to write spellings");
}

static pn_status sort_pairs(const pn_facets *f, pn_order_item *items, size_t *n, const pn_tick *tick, pn_error *err) {
    *n = 0;
    for (uint32_t i = 0; i < f->n; i++) {
        pn_bytes key = key_of(f, &f->entries[i]);
        if (i % POLL == POLL - 1) PN_TRY(pn_poll(tick, err));
        if (f->entries[i].count) items[(*n)++] = (pn_order_item){ pn_order_prefix(key.ptr, key.len), i };
    }
    return pn_order_polled(items, *n, compare_pairs, f, tick, err);
}

pn_status pn_facets_put(const pn_facets *f, const pn_tick *tick, pn_buf *out, pn_error *err) {
    size_t n;
    pn_order_item *items = pn_malloc(f->n * sizeof *items);
    if (!items) return pn_fail(err, PN_ENOMEM, "no memory to sort spellings");
    pn_status rc = sort_pairs(f, items, &n, tick, err);
    if (rc == PN_OK) rc = put_section(f, items, n, tick, out, err);
    pn_free(items);
    return rc;
}

/* --- reading */

static pn_status damaged(const pn_facets_view *v, const void *at, pn_error *err) {
    return pn_seg_damage(err, v->file, at, "the spellings of names do not follow their layout");
}

pn_status pn_facets_open(pn_facets_view *v, pn_file *file, uint32_t section, pn_error *err) {
    *v = (pn_facets_view){ .file = file, .bytes = pn_file_section(file, section) };
    if (v->bytes.len < 8) return damaged(v, v->bytes.ptr, err);
    PN_TRY(pn_file_check(file, v->bytes.ptr, 4, err));
    v->n_keys = pn_load_u32(v->bytes.ptr);
    v->n_blocks = v->n_keys / KEYS_A_BLOCK + (v->n_keys % KEYS_A_BLOCK != 0);
    size_t offsets = ((size_t)v->n_blocks + 1) * 4;
    if (v->bytes.len - 4 < offsets) return damaged(v, v->bytes.ptr, err);
    v->offsets = v->bytes.ptr + 4;
    v->blocks = v->offsets + offsets;
    v->blocks_len = v->bytes.len - 4 - offsets;
    return PN_OK;
}

static pn_status get_block(const pn_facets_view *v, uint32_t i, pn_rd *r, pn_error *err) {
    const uint8_t *p = v->offsets + (size_t)i * 4;
    PN_TRY(pn_file_check(v->file, p, 8, err));
    uint32_t from = pn_load_u32(p), to = pn_load_u32(p + 4);
    if (from > to || to > v->blocks_len) return damaged(v, p, err);
    PN_TRY(pn_file_check(v->file, v->blocks + from, to - from, err));
    *r = pn_rd_of(pn_bytes_of(v->blocks + from, to - from));
    return PN_OK;
}

static bool skip_spellings(pn_rd *r) {
    for (uint64_t n = pn_rd_varint(r); n && !r->bad; n--) {
        pn_rd_blob(r);
        pn_rd_varint(r);
    }
    return !r->bad;
}

static pn_status read_spellings(const pn_facets_view *v, pn_rd *r, pn_arena *arena, pn_spelling **out, size_t *n_out, pn_error *err) {
    uint64_t n = pn_rd_varint(r);
    if (r->bad || n == 0 || n > pn_rd_left(r) / 2) return damaged(v, r->p, err);
    pn_spelling *at = pn_arena_take0(arena, (size_t)n, sizeof *at);
    if (!at) return pn_fail(err, PN_ENOMEM, "no memory for spellings");
    for (size_t i = 0; i < n; i++) {
        pn_bytes text = pn_rd_blob(r);
        at[i].count = pn_rd_varint32(r);
        if (r->bad || at[i].count == 0 || !pn_utf8_is_valid(text)) return damaged(v, r->p, err);
        if (!pn_arena_copy(arena, text, &at[i].text)) return pn_fail(err, PN_ENOMEM, "no memory for spellings");
    }
    *out = at;
    *n_out = (size_t)n;
    return PN_OK;
}

/* The last block whose first key is <= key. */
static pn_status find_block(const pn_facets_view *v, pn_bytes key, uint32_t *out, pn_error *err) {
    uint32_t lo = 0, hi = v->n_blocks;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        pn_rd r;
        PN_TRY(get_block(v, mid, &r, err));
        pn_bytes first = pn_rd_blob(&r);
        if (!first.ptr) return damaged(v, v->offsets, err);
        if (pn_bytes_compare(first, key) <= 0) lo = mid;
        else hi = mid;
    }
    *out = lo;
    return PN_OK;
}

pn_status pn_facets_find(const pn_facets_view *v, pn_bytes key, pn_arena *arena, pn_spelling **out, size_t *n, pn_error *err) {
    *out = NULL;
    *n = 0;
    if (v->n_blocks == 0) return PN_OK;
    uint32_t block = 0;
    pn_rd r;
    PN_TRY(find_block(v, key, &block, err));
    PN_TRY(get_block(v, block, &r, err));
    for (int i = 0; i < KEYS_A_BLOCK && pn_rd_left(&r); i++) {
        pn_bytes k = pn_rd_blob(&r);
        if (!k.ptr) return damaged(v, v->offsets, err);
        int c = pn_bytes_compare(k, key);
        if (c == 0) return read_spellings(v, &r, arena, out, n, err);
        if (c > 0) return PN_OK;
        if (!skip_spellings(&r)) return damaged(v, r.p, err);
    }
    return PN_OK;
}

pn_status pn_facets_next(pn_facets_iter *it, pn_arena *arena, pn_bytes *key, pn_spelling **out, size_t *n, bool *more, pn_error *err) {
    const pn_facets_view *v = it->v;
    uint64_t ordinal = (uint64_t)it->block * KEYS_A_BLOCK + it->in_block;
    *more = ordinal < v->n_keys;
    if (!*more) return PN_OK;
    pn_rd r;
    PN_TRY(get_block(v, it->block, &r, err));
    const uint8_t *begin = r.p;
    pn_rd_take(&r, it->at);
    *key = pn_rd_blob(&r);
    if (r.bad) return damaged(v, begin, err);
    PN_TRY(read_spellings(v, &r, arena, out, n, err));
    bool last = ordinal + 1 == v->n_keys || ++it->in_block == KEYS_A_BLOCK;
    if (last && pn_rd_left(&r)) return damaged(v, r.p, err);
    if (last) *it = (pn_facets_iter){ v, it->block + 1, 0, 0 };
    else it->at = (size_t)(r.p - begin);
    return PN_OK;
}
