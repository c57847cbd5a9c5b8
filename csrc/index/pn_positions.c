#include "index/pn_positions.h"
#include "codec/pn_rd.h"
#include <assert.h>

/* --- writing */
void pn_positions_begin(pn_positions_writer *w, pn_buf *out) {
    w->out = out;
    w->start = out->len;
    w->n = 0;
}

size_t pn_positions_mark(const pn_positions_writer *w) { return w->out->len - w->start; }

static void put_block(pn_positions_writer *w) {
    unsigned width = pn_pack128_width(w->deltas);
    w->n = 0;
    if (!pn_buf_reserve(w->out, 1 + 16 * (size_t)width)) return;
    pn_buf_put_u8(w->out, (uint8_t)width);
    pn_pack128(w->out->ptr + w->out->len, w->deltas, width);
    w->out->len += 16 * (size_t)width;
}

void pn_positions_put(pn_positions_writer *w, const uint32_t *positions, uint32_t tf) {
    uint32_t before = 0;
    for (uint32_t i = 0; i < tf; i++) {
        assert(positions[i] >= before);
        w->deltas[w->n++] = positions[i] - before;
        before = positions[i];
        if (w->n == PN_BLOCK) put_block(w);
    }
}

void pn_positions_finish(pn_positions_writer *w) {
    for (uint32_t i = 0; i < w->n; i++) pn_buf_put_varint(w->out, w->deltas[i]);
}

/* --- reading */
static pn_status damaged(const pn_positions *p, size_t at, const char *what, pn_error *err) {
    return pn_corrupt(err, p->file ? pn_file_path(p->file) : NULL, at, "positions: %s", what);
}

/* Bytes [at, at + n) of the run are there and their sums agree. */
static pn_status check(const pn_positions *p, size_t at, size_t n, pn_error *err) {
    if (at > p->bytes.len || n > p->bytes.len - at) return damaged(p, at, "a block ends outside its list", err);
    return p->file ? pn_file_check(p->file, p->bytes.ptr + at, n, err) : PN_OK;
}

pn_status pn_positions_open(pn_positions *p, pn_file *file, pn_bytes section, uint64_t off, uint32_t len, uint64_t ttf, pn_error *err) {
    p->file = file;
    p->ttf = ttf;
    p->n = 0;
    p->bytes = PN_BYTES_NONE;
    if (off > section.len || len > section.len - off) return damaged(p, 0, "a list outside its section", err);
    if (ttf / PN_BLOCK + ttf % PN_BLOCK > len) return damaged(p, 0, "fewer bytes than occurrences need", err);
    p->bytes = pn_bytes_of(section.ptr + off, len);
    return PN_OK;
}

/* The offset behind a full block.  Its width byte is checked, its body is not. */
static pn_status skip_block(const pn_positions *p, size_t at, size_t *next, pn_error *err) {
    PN_TRY(check(p, at, 1, err));
    unsigned width = p->bytes.ptr[at];
    if (width > 32) return damaged(p, at, "a width above 32", err);
    *next = at + 1 + 16 * (size_t)width;
    return PN_OK;
}

static pn_status read_tail(pn_positions *p, uint32_t n, pn_error *err) {
    PN_TRY(check(p, p->at, p->bytes.len - p->at, err));
    pn_rd r = pn_rd_of(pn_bytes_of(p->bytes.ptr + p->at, p->bytes.len - p->at));
    for (uint32_t i = 0; i < n; i++) p->deltas[i] = pn_rd_varint32(&r);
    if (r.bad || pn_rd_left(&r)) return damaged(p, p->at, "the tail does not fill the list", err);
    p->next = p->bytes.len;
    p->n = n;
    return PN_OK;
}

/* Decodes block `block`, which lies at `at`. */
static pn_status load(pn_positions *p, uint64_t block, size_t at, pn_error *err) {
    p->n = 0;
    p->block = block;
    p->at = at;
    if (at > p->bytes.len) return damaged(p, at, "a block outside its list", err);
    if (block == p->ttf / PN_BLOCK) return read_tail(p, (uint32_t)(p->ttf % PN_BLOCK), err);
    PN_TRY(skip_block(p, at, &p->next, err));
    PN_TRY(check(p, at, p->next - at, err));
    bool is_end = (block + 1) * PN_BLOCK == p->ttf;
    if (is_end && p->next != p->bytes.len) return damaged(p, at, "the last block does not fill the list", err);
    pn_unpack128(p->deltas, p->bytes.ptr + at + 1, p->bytes.ptr[at]);
    p->n = PN_BLOCK;
    return PN_OK;
}

pn_status pn_positions_find(pn_positions *p, uint64_t first, uint64_t mark_first, size_t mark, size_t *at, pn_error *err) {
    uint64_t block = mark_first / PN_BLOCK, want = first / PN_BLOCK;
    if (p->n > 0 && p->block >= block && p->block <= want) { block = p->block; mark = p->at; }
    while (block < want) {
        PN_TRY(skip_block(p, mark, &mark, err));
        block++;
    }
    *at = mark;
    return PN_OK;
}

static pn_status stand_on(pn_positions *p, uint64_t first, uint64_t mark_first, size_t mark, pn_error *err) {
    if (p->n > 0 && p->block == first / PN_BLOCK) return PN_OK;
    size_t at = 0;
    PN_TRY(pn_positions_find(p, first, mark_first, mark, &at, err));
    return load(p, first / PN_BLOCK, at, err);
}

/* Appends the positions of `n` deltas that follow the position *before. */
static pn_status append(const pn_positions *p, const uint32_t *deltas, uint32_t n, uint32_t *before, pn_buf *out, pn_error *err) {
    if (!pn_buf_reserve(out, n * sizeof(uint32_t))) return pn_fail(err, out->rc, "no memory for positions");
    uint32_t *run = (uint32_t *)(void *)(out->ptr + out->len);
    for (uint32_t i = 0; i < n; i++) {
        if (deltas[i] > UINT32_MAX - *before) return damaged(p, p->at, "a position beyond all words", err);
        run[i] = *before += deltas[i];
    }
    out->len += n * sizeof *run;
    return PN_OK;
}

pn_status pn_positions_read(pn_positions *p, uint64_t first, uint32_t tf, uint64_t mark_first, size_t mark, pn_buf *out, pn_error *err) {
    if (first > p->ttf || tf > p->ttf - first) return damaged(p, 0, "an article with more occurrences than the list", err);
    uint32_t before = 0;
    while (tf > 0) {
        PN_TRY(stand_on(p, first, mark_first, mark, err));
        uint32_t from = (uint32_t)(first % PN_BLOCK), n = PN_MIN(tf, p->n - from);
        PN_TRY(append(p, p->deltas + from, n, &before, out, err));
        tf -= n;
        first += n;
        mark_first = first;                                 /* the next block lies right behind this one */
        mark = p->next;
    }
    return PN_OK;
}
