#include "index/pn_terms_block.h"

static pn_status damaged(const pn_terms *t, const uint8_t *p, const char *what, pn_error *err) {
    return pn_corrupt(err, t->file ? pn_file_path(t->file) : NULL, p ? (uint64_t)(p - t->bytes.ptr) : 0, "dictionary: %s", what);
}

static pn_status check(const pn_terms *t, const uint8_t *p, size_t n, pn_error *err) {
    return t->file && n ? pn_file_check(t->file, p, n, err) : PN_OK;
}

pn_status pn_terms_open(pn_terms *t, pn_file *file, pn_bytes section, pn_error *err) {
    *t = (pn_terms){ .file = file, .bytes = section };
    if (section.len == 0) return PN_OK;
    if (section.len < PN_TERMS_HEADER) return damaged(t, NULL, "shorter than its header", err);
    PN_TRY(check(t, section.ptr, PN_TERMS_HEADER, err));
    pn_terms v = *t;
    v.n_terms = pn_load_u32(section.ptr);
    v.n_blocks = pn_load_u32(section.ptr + 4);
    uint64_t blocks_len = pn_load_u64(section.ptr + 8), arrays = 12 * (uint64_t)v.n_blocks, left = section.len - PN_TERMS_HEADER;
    uint32_t n_blocks = v.n_terms / PN_TERMS_PER_BLOCK + (v.n_terms % PN_TERMS_PER_BLOCK != 0);
    if (v.n_blocks != n_blocks) return damaged(t, NULL, "terms and blocks disagree", err);
    if (arrays > left || blocks_len != left - arrays) return damaged(t, NULL, "its parts do not fill it", err);
    v.prefixes = section.ptr + PN_TERMS_HEADER;
    v.offsets = v.prefixes + 8 * (size_t)v.n_blocks;
    v.blocks = v.offsets + 4 * (size_t)v.n_blocks;
    v.blocks_len = (size_t)blocks_len;
    *t = v;
    return PN_OK;
}

static pn_status load_prefix(const pn_terms *t, uint32_t b, uint64_t *out, pn_error *err) {
    const uint8_t *p = t->prefixes + 8 * (size_t)b;
    PN_TRY(check(t, p, 8, err));
    *out = pn_terms_load_prefix(p);
    return PN_OK;
}

/* --- one entry after the other */
static pn_status open_block(pn_terms_iter *it, uint32_t b) {
    const pn_terms *t = it->t;
    bool is_last = b + 1 == t->n_blocks;
    const uint8_t *offset = t->offsets + 4 * (size_t)b;
    PN_TRY(check(t, offset, is_last ? 4 : 8, &it->error));
    size_t from = pn_load_u32(offset), end = is_last ? t->blocks_len : pn_load_u32(offset + 4);
    if (from > end || end > t->blocks_len || (b == 0 && from != 0)) return damaged(t, offset, "a block outside the dictionary", &it->error);
    PN_TRY(check(t, t->blocks + from, end - from, &it->error));
    it->block = b;
    it->in_block = 0;
    it->n_in_block = is_last ? t->n_terms - b * PN_TERMS_PER_BLOCK : PN_TERMS_PER_BLOCK;
    it->p = t->blocks + from;
    it->end = t->blocks + end;
    it->post_end = it->pos_end = 0;
    return PN_OK;
}

static uint32_t read_length(pn_rd *r, uint32_t nibble) { return nibble < PN_TERMS_NIBBLE ? nibble : nibble + pn_rd_u8(r); }

/* The next term into it->term; it shares its beginning with the one before.  False when it is not above that one. */
static bool read_term(pn_terms_iter *it, pn_rd *r) {
    uint8_t lengths = pn_rd_u8(r);
    uint32_t before = it->in_block ? it->term_len : 0, shared = read_length(r, lengths >> 4), len = 1 + read_length(r, lengths & 15);
    const uint8_t *p = pn_rd_take(r, len);
    if (!p || shared > before || len > PN_TERM_MAX - shared) return false;
    if (shared < before && p[0] <= it->term[shared]) return false;
    memcpy(it->term + shared, p, len);
    it->term_len = shared + len;
    return true;
}

/* A length and where its run begins; false when it ends beyond all files. */
static bool read_run(pn_rd *r, uint64_t expected, uint64_t *off, uint32_t *len) {
    uint64_t v = pn_rd_varint(r);
    if (v >> 1 > UINT32_MAX) return false;
    *len = (uint32_t)(v >> 1);
    *off = v & 1 ? expected : pn_rd_varint(r);
    return *off <= UINT64_MAX / 2;
}

static bool read_info(pn_terms_iter *it, pn_rd *r) {
    pn_term_info ti = { 0 };
    uint64_t v = pn_rd_varint(r), more = v & 1 ? 0 : pn_rd_varint(r);
    if (v >> 1 == 0 || v >> 1 > PN_DOC_MAX || more > UINT64_MAX / 2) return false;
    ti.df = (uint32_t)(v >> 1);
    ti.ttf = v & 1 ? ti.df : more + 1 + ti.df;
    ti.kind = (uint8_t)pn_post_kind_of(ti.df);
    if (ti.kind == PN_POST_INLINE) ti.doc = pn_rd_varint32(r);
    else {
        if (!read_run(r, pn_terms_follows(it->post_end, ti.kind), &ti.off, &ti.len)) return false;
        it->post_end = ti.off + ti.len;
    }
    if (!read_run(r, it->pos_end, &ti.pos_off, &ti.pos_len)) return false;
    it->pos_end = ti.pos_off + ti.pos_len;
    it->info = ti;
    return true;
}

static pn_status read_entry(pn_terms_iter *it) {
    pn_rd r = pn_rd_of(pn_bytes_of(it->p, (size_t)(it->end - it->p)));
    if (!read_term(it, &r) || !read_info(it, &r) || r.bad) return damaged(it->t, it->p, "an entry that is broken", &it->error);
    it->in_block++;
    it->p = r.p;
    if (it->in_block == it->n_in_block && it->p != it->end) return damaged(it->t, it->p, "bytes behind the last entry of a block", &it->error);
    return PN_OK;
}

/* Stands on the first term of block b, which its prefix announces. */
static pn_status first_of(pn_terms_iter *it, uint32_t b) {
    uint64_t prefix = 0;
    PN_TRY(load_prefix(it->t, b, &prefix, &it->error));
    PN_TRY(open_block(it, b));
    PN_TRY(read_entry(it));
    if (pn_terms_prefix(pn_terms_at(it)) == prefix) return PN_OK;
    return damaged(it->t, it->t->prefixes + 8 * (size_t)b, "a prefix that is not its block's", &it->error);
}

/* *below = the first term of block b is <= term.  Prefixes tell, but for ties. */
static pn_status begins_at_or_below(pn_terms_iter *it, uint32_t b, uint64_t prefix, pn_bytes term, bool *below) {
    uint64_t there = 0;
    PN_TRY(load_prefix(it->t, b, &there, &it->error));
    *below = there < prefix;
    if (there != prefix) return PN_OK;
    PN_TRY(first_of(it, b));
    *below = pn_bytes_compare(pn_terms_at(it), term) <= 0;
    return PN_OK;
}

/* Stands on the first term of the last block that begins at or below `term`; of block 0 when none does. */
static pn_status find_block(pn_terms_iter *it, pn_bytes term) {
    uint64_t prefix = pn_terms_prefix(term);
    uint32_t lo = 0, n = it->t->n_blocks;                   /* blocks before lo begin at or below, blocks from lo + n above */
    while (n > 0) {
        bool below = false;
        PN_TRY(begins_at_or_below(it, lo + n / 2, prefix, term, &below));
        if (below) { lo += n / 2 + 1; n -= n / 2 + 1; }
        else n /= 2;
    }
    return first_of(it, lo ? lo - 1 : 0);
}

static void begin(pn_terms_iter *it, const pn_terms *t) {
    it->t = t;
    it->rc = PN_OK;
    it->error.code = PN_OK;
    it->term_len = 0;
    it->done = t->n_terms == 0;
}

pn_status pn_terms_find(const pn_terms *t, pn_bytes term, pn_term_info *info, bool *found, pn_error *err) {
    pn_terms_iter it;
    begin(&it, t);
    pn_status rc = it.done ? PN_OK : find_block(&it, term);
    int order = -1;                                         /* of the entry looked at, against term */
    while (rc == PN_OK && !it.done) {
        order = pn_bytes_compare(pn_terms_at(&it), term);
        if (order >= 0 || it.in_block == it.n_in_block) break;
        rc = read_entry(&it);
    }
    if (rc != PN_OK) {
        if (err) *err = it.error;
        return rc;
    }
    *found = order == 0;
    if (*found) *info = it.info;
    return PN_OK;
}

/* --- walking */
static bool stop(pn_terms_iter *it, pn_status rc) {
    it->done = true;
    it->rc = rc;
    return false;
}

static pn_status next_block(pn_terms_iter *it) {
    uint8_t last[PN_TERM_MAX];
    uint32_t last_len = it->term_len;
    memcpy(last, it->term, last_len);
    PN_TRY(first_of(it, it->block + 1));
    if (pn_bytes_compare(pn_bytes_of(last, last_len), pn_terms_at(it)) < 0) return PN_OK;
    return damaged(it->t, it->p, "blocks that do not ascend", &it->error);
}

bool pn_terms_next(pn_terms_iter *it) {
    if (it->done) return false;
    bool block_ends = it->in_block == it->n_in_block;
    if (block_ends && it->block + 1 == it->t->n_blocks) return stop(it, PN_OK);
    pn_status rc = block_ends ? next_block(it) : read_entry(it);
    return rc == PN_OK ? true : stop(it, rc);
}

void pn_terms_seek(pn_terms_iter *it, const pn_terms *t, pn_bytes from) {
    begin(it, t);
    if (it->done) return;
    pn_status rc = find_block(it, from);
    if (rc != PN_OK) { stop(it, rc); return; }
    while (!it->done && pn_bytes_compare(pn_terms_at(it), from) < 0) pn_terms_next(it);
}
