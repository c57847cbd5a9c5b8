#include "base/pn_alloc.h"
#include "index/pn_terms_block.h"

struct pn_terms_writer {
    pn_buf prefixes, offsets, blocks;
    uint32_t n_terms;
    uint64_t post_end, pos_end;        /* where the lists of the entry before end; 0 at the start of a block */
    uint8_t last[PN_TERM_MAX]; size_t last_len;
    pn_status rc;
};

pn_status pn_terms_writer_new(pn_terms_writer **out, pn_error *err) {
    *out = pn_calloc(1, sizeof **out);
    return *out ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a dictionary");
}

void pn_terms_writer_free(pn_terms_writer *w) {
    if (!w) return;
    pn_buf_fini(&w->prefixes);
    pn_buf_fini(&w->offsets);
    pn_buf_fini(&w->blocks);
    pn_free(w);
}

static void begin_block(pn_terms_writer *w, pn_bytes term) {
    uint64_t prefix = pn_terms_prefix(term);
    for (int shift = 56; shift >= 0; shift -= 8) pn_buf_put_u8(&w->prefixes, (uint8_t)(prefix >> shift));
    if (w->blocks.len > UINT32_MAX) w->rc = PN_ELIMIT;
    pn_buf_put_u32(&w->offsets, (uint32_t)w->blocks.len);
    w->post_end = w->pos_end = 0;
    w->last_len = 0;
}

/* One byte holds two small numbers; 15 says that a byte with the rest follows. */
static void put_lengths(pn_buf *b, size_t shared, size_t more) {
    size_t high = PN_MIN(shared, (size_t)PN_TERMS_NIBBLE), low = PN_MIN(more, (size_t)PN_TERMS_NIBBLE);
    pn_buf_put_u8(b, (uint8_t)(high << 4 | low));
    if (high == PN_TERMS_NIBBLE) pn_buf_put_u8(b, (uint8_t)(shared - PN_TERMS_NIBBLE));
    if (low == PN_TERMS_NIBBLE) pn_buf_put_u8(b, (uint8_t)(more - PN_TERMS_NIBBLE));
}

static void put_term(pn_terms_writer *w, pn_bytes term) {
    size_t shared = 0;
    while (shared < w->last_len && shared < term.len && w->last[shared] == term.ptr[shared]) shared++;
    put_lengths(&w->blocks, shared, term.len - shared - 1);
    pn_buf_put(&w->blocks, term.ptr + shared, term.len - shared);
    memcpy(w->last, term.ptr, term.len);
    w->last_len = term.len;
}

/* A length and where its run begins: nothing more to say when that is `expected`. */
static void put_run(pn_buf *b, uint32_t len, uint64_t off, uint64_t expected) {
    pn_buf_put_varint(b, (uint64_t)len << 1 | (off == expected));
    if (off != expected) pn_buf_put_varint(b, off);
}

static void put_info(pn_terms_writer *w, const pn_term_info *ti) {
    pn_buf *b = &w->blocks;
    pn_buf_put_varint(b, (uint64_t)ti->df << 1 | (ti->ttf == ti->df));
    if (ti->ttf != ti->df) pn_buf_put_varint(b, ti->ttf - ti->df - 1);
    if (ti->kind == PN_POST_INLINE) pn_buf_put_varint(b, ti->doc);
    else {
        put_run(b, ti->len, ti->off, pn_terms_follows(w->post_end, ti->kind));
        w->post_end = ti->off + ti->len;
    }
    put_run(b, ti->pos_len, ti->pos_off, w->pos_end);
    w->pos_end = ti->pos_off + ti->pos_len;
}

void pn_terms_put(pn_terms_writer *w, pn_bytes term, const pn_term_info *info) {
    if (w->rc != PN_OK) return;
    bool ascends = w->n_terms == 0 || pn_bytes_compare(pn_bytes_of(w->last, w->last_len), term) < 0;
    if (term.len == 0 || term.len > PN_TERM_MAX || !ascends) { w->rc = PN_EINVAL; return; }
    if (w->n_terms == UINT32_MAX) { w->rc = PN_ELIMIT; return; }
    if (w->n_terms % PN_TERMS_PER_BLOCK == 0) begin_block(w, term);
    put_term(w, term);
    put_info(w, info);
    w->n_terms++;
}

static pn_status first_failure(const pn_terms_writer *w) {
    if (w->rc != PN_OK) return w->rc;
    if (w->prefixes.rc != PN_OK) return w->prefixes.rc;
    return w->offsets.rc != PN_OK ? w->offsets.rc : w->blocks.rc;
}

static void put_section(const pn_terms_writer *w, pn_buf *out) {
    pn_buf_put_u32(out, w->n_terms);
    pn_buf_put_u32(out, (uint32_t)(w->offsets.len / 4));
    pn_buf_put_u64(out, w->blocks.len);
    pn_buf_put_bytes(out, pn_buf_bytes(&w->prefixes));
    pn_buf_put_bytes(out, pn_buf_bytes(&w->offsets));
    pn_buf_put_bytes(out, pn_buf_bytes(&w->blocks));
}

pn_status pn_terms_finish(pn_terms_writer *w, pn_buf *out, pn_error *err) {
    pn_status rc = first_failure(w);
    if (rc == PN_OK && w->n_terms > 0) put_section(w, out);
    if (rc == PN_OK) rc = out->rc;
    pn_terms_writer_free(w);
    if (rc == PN_OK) return PN_OK;
    return pn_fail(err, rc, rc == PN_ENOMEM ? "no memory for a dictionary" : "terms out of order, of a wrong length, or too many");
}
