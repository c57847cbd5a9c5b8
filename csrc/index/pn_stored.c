#include "index/pn_stored.h"
#include "codec/pn_rd.h"
#include "index/pn_doc_bytes.h"
#include "index/pn_seg_layout.h"

enum { LEVEL = 1, ENTRY = 16 };        /* an entry of the index: first article u32, bytes of the block unpacked u32, offset u64 */

/* --- writing */

void pn_stored_begin(pn_stored_writer *w, pn_file_writer *file) {
    *w = (pn_stored_writer){ .file = file };
    pn_file_begin(file, PN_SECTION_FRAMES);
}

static void put_entry(pn_stored_writer *w, size_t raw_len) {
    pn_buf_put_u32(&w->index, w->first);
    pn_buf_put_u32(&w->index, (uint32_t)raw_len);
    pn_buf_put_u64(&w->index, w->at);
}

static pn_status end_block(pn_stored_writer *w, pn_error *err) {
    pn_buf_clear(&w->frame);
    PN_TRY(pn_zstd_pack(&w->packer, &w->frame, pn_buf_bytes(&w->raw), LEVEL, err));
    put_entry(w, w->raw.len);
    pn_file_put_buf(w->file, &w->frame);
    w->at += w->frame.len;
    w->first = w->n;
    pn_buf_clear(&w->raw);
    return PN_OK;
}

pn_status pn_stored_make_room(pn_stored_writer *w, size_t len, pn_error *err) {
    return w->raw.len && w->raw.len + len > PN_STORED_BLOCK ? end_block(w, err) : PN_OK;
}

pn_status pn_stored_put(pn_stored_writer *w, pn_bytes record, pn_error *err) {
    PN_TRY(pn_stored_make_room(w, record.len, err));
    pn_buf_put_blob(&w->raw, record);
    if (w->raw.rc != PN_OK) return pn_fail(err, w->raw.rc, "no memory for a block of stored articles");
    w->n++;
    return PN_OK;
}

pn_status pn_stored_end(pn_stored_writer *w, pn_error *err) {
    if (w->raw.len) PN_TRY(end_block(w, err));
    put_entry(w, 0);
    if (w->index.rc != PN_OK) return pn_fail(err, w->index.rc, "no memory for the index of stored articles");
    pn_file_begin(w->file, PN_SECTION_FRAME_INDEX);
    pn_file_put_buf(w->file, &w->index);
    return PN_OK;
}

void pn_stored_fini(pn_stored_writer *w) {
    pn_zstd_packer_fini(&w->packer);
    pn_buf_fini(&w->raw);
    pn_buf_fini(&w->frame);
    pn_buf_fini(&w->index);
}

/* --- reading */

typedef struct { uint32_t first, raw_len; uint64_t at; } entry;

static pn_status entry_at(const pn_stored *s, uint32_t i, entry *out, pn_error *err) {
    const uint8_t *p = s->index.ptr + (size_t)i * ENTRY;
    PN_TRY(pn_file_check(s->file, p, ENTRY, err));
    *out = (entry){ pn_load_u32(p), pn_load_u32(p + 4), pn_load_u64(p + 8) };
    return PN_OK;
}

static pn_status damaged(const pn_stored *s, const void *at, pn_error *err) {
    return pn_seg_damage(err, s->file, at, "the blocks of stored articles do not agree with their index");
}

pn_status pn_stored_open(pn_stored *s, pn_file *file, uint32_t n_docs, pn_error *err) {
    *s = (pn_stored){ file, pn_file_section(file, PN_SECTION_FRAMES), pn_file_section(file, PN_SECTION_FRAME_INDEX), 0, n_docs };
    if (s->frames.len == 0 || s->index.len % ENTRY != 0 || s->index.len < 2 * ENTRY || s->index.len / ENTRY - 1 > n_docs) return damaged(s, s->index.ptr, err);
    s->n_blocks = (uint32_t)(s->index.len / ENTRY - 1);
    entry first, last;
    PN_TRY(entry_at(s, 0, &first, err));
    PN_TRY(entry_at(s, s->n_blocks, &last, err));
    if (first.first != 0 || first.at != 0 || last.first != n_docs || last.at != s->frames.len) return damaged(s, s->index.ptr, err);
    return PN_OK;
}

/* A block of several records ends before it would pass PN_STORED_BLOCK, the length before its last one not counted: so no record
 * costs much more than itself. */
static bool is_size(const entry *block, const entry *next) {
    enum { VARINT_MAX = 10 };
    return block->raw_len <= (next->first - block->first > 1 ? PN_STORED_BLOCK + VARINT_MAX : PN_RECORD_MAX + PN_STORED_BLOCK);
}

/* The block that holds the article, and the entry behind it. */
static pn_status find_block(const pn_stored *s, uint32_t doc, entry *block, entry *next, pn_error *err) {
    uint32_t lo = 0, hi = s->n_blocks;                 /* first[lo] <= doc < first[hi] */
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        PN_TRY(entry_at(s, mid, block, err));
        if (block->first <= doc) lo = mid;
        else hi = mid;
    }
    PN_TRY(entry_at(s, lo, block, err));
    PN_TRY(entry_at(s, lo + 1, next, err));
    bool ok = block->first <= doc && doc < next->first && next->first <= s->n_docs && block->at <= next->at && next->at <= s->frames.len
              && is_size(block, next);
    return ok ? PN_OK : damaged(s, s->index.ptr + (size_t)lo * ENTRY, err);
}

static pn_status unpack(const pn_stored *s, pn_doc_cache *cache, uint32_t doc, pn_error *err) {
    entry block, next;
    PN_TRY(find_block(s, doc, &block, &next, err));
    pn_bytes frame = pn_bytes_of(s->frames.ptr + block.at, (size_t)(next.at - block.at));
    PN_TRY(pn_file_check(s->file, frame.ptr, frame.len, err));
    pn_buf_clear(&cache->raw);
    cache->n = 0;
    pn_status rc = pn_zstd_unpack(&cache->raw, frame, block.raw_len, err);
    if (rc == PN_ECORRUPT) return pn_seg_damage(err, s->file, frame.ptr, "a block of stored articles cannot be unpacked");
    if (rc != PN_OK) return rc;
    cache->first = cache->next = block.first;
    cache->n = next.first - block.first;
    cache->at = 0;
    return PN_OK;
}

pn_status pn_stored_get(const pn_stored *s, pn_doc_cache *cache, uint32_t doc, pn_bytes *record, pn_error *err) {
    if (doc < cache->first || doc - cache->first >= cache->n) PN_TRY(unpack(s, cache, doc, err));
    if (doc < cache->next) {
        cache->next = cache->first;
        cache->at = 0;
    }
    pn_rd r = pn_rd_of(pn_buf_bytes(&cache->raw));
    pn_rd_take(&r, cache->at);
    *record = PN_BYTES_NONE;
    for (uint32_t i = cache->next; i <= doc; i++) *record = pn_rd_blob(&r);
    if (r.bad || !record->ptr) {
        cache->n = 0;
        return damaged(s, s->frames.ptr, err);
    }
    cache->next = doc + 1;
    cache->at = cache->raw.len - pn_rd_left(&r);
    return PN_OK;
}

/* --- from one segment to another */

pn_status pn_stored_block_at(const pn_stored *s, uint32_t doc, pn_stored_block *out, pn_error *err) {
    entry block, next;
    PN_TRY(find_block(s, doc, &block, &next, err));
    *out = (pn_stored_block){ pn_bytes_of(s->frames.ptr + block.at, (size_t)(next.at - block.at)), block.raw_len, block.first == doc ? next.first - doc : 0 };
    return PN_OK;
}

pn_status pn_stored_copy(pn_stored_writer *w, const pn_stored *from, const pn_stored_block *b, pn_error *err) {
    PN_TRY(pn_file_check(from->file, b->frame.ptr, b->frame.len, err));
    put_entry(w, b->raw_len);
    pn_file_put(w->file, b->frame.ptr, b->frame.len);
    w->at += b->frame.len;
    w->n += b->n;
    w->first = w->n;
    return w->index.rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for the index of stored articles");
}
