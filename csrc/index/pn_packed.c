#include "index/pn_packed.h"
#include <assert.h>

static _Thread_local uint64_t decoded;
void pn_post_count_block(void) { decoded++; }
uint64_t pn_post_blocks_decoded(void) { return decoded; }

static pn_status damaged(const pn_post_src *src, uint64_t at, const char *what, pn_error *err) {
    return pn_corrupt(err, src->file ? pn_file_path(src->file) : NULL, at, "postings: %s", what);
}
pn_status pn_packed_damaged(const pn_packed *h, const char *what, pn_error *err) { return damaged(h->src, h->at, what, err); }

static pn_status check(const pn_post_src *src, const uint8_t *p, size_t n, pn_error *err) {
    return src->file && n ? pn_file_check(src->file, p, n, err) : PN_OK;
}

pn_status pn_post_check_info(const pn_post_src *src, const pn_term_info *ti, pn_error *err) {
    if (src->n_docs > PN_DOC_MAX) return damaged(src, 0, "more articles than a segment holds", err);
    if (ti->df == 0 || ti->df > src->n_docs) return damaged(src, ti->off, "a count of articles outside the segment", err);
    if (ti->kind != pn_post_kind_of(ti->df)) return damaged(src, ti->off, "a kind that the count of articles forbids", err);
    if (ti->ttf < ti->df) return damaged(src, ti->off, "fewer occurrences than articles", err);
    if (ti->kind == PN_POST_INLINE) {
        if (ti->doc >= src->n_docs || ti->ttf > UINT32_MAX) return damaged(src, 0, "an article outside the segment", err);
        return PN_OK;
    }
    if (ti->off > src->post.len || ti->len > src->post.len - ti->off) return damaged(src, ti->off, "a list outside its section", err);
    return PN_OK;
}

/* --- runs of varints: SHORT lists and blocks below 128 */
typedef struct { uint32_t n, n_docs; uint32_t before; uint64_t tf_sum; } run;    /* before: article ahead of the run, PN_DOC_END at the start */

/* run := n times (varint gap << 1 | (tf == 1)) [ varint tf - 2 ], gap = article - article before - 1.  False when broken. */
static bool read_run(pn_rd *r, run *m, uint32_t *docs, uint32_t *tfs) {
    uint32_t doc = m->before;
    for (uint32_t i = 0; i < m->n; i++) {
        uint64_t v = pn_rd_varint(r), extra = v & 1 ? 0 : (uint64_t)pn_rd_varint32(r) + 1;
        uint32_t from = doc + 1;                            /* PN_DOC_END + 1 is 0 */
        if (from >= m->n_docs || v >> 1 >= m->n_docs - from || extra >= UINT32_MAX) return false;
        docs[i] = doc = from + (uint32_t)(v >> 1);
        if (tfs) tfs[i] = (uint32_t)extra + 1;
        m->tf_sum += extra + 1;
    }
    return !r->bad && pn_rd_left(r) == 0;
}

pn_status pn_short_read(const pn_post_src *src, const pn_term_info *ti, uint32_t *docs, uint32_t *tfs, pn_error *err) {
    const uint8_t *p = src->post.ptr + ti->off;
    PN_TRY(check(src, p, ti->len, err));
    pn_rd r = pn_rd_of(pn_bytes_of(p, ti->len));
    run m = { ti->df, src->n_docs, PN_DOC_END, 0 };
    pn_post_count_block();
    if (!read_run(&r, &m, docs, tfs) || m.tf_sum != ti->ttf) return damaged(src, ti->off, "a short list that is broken", err);
    return PN_OK;
}

/* --- PACKED */
static void place_arrays(pn_packed *h, const uint8_t *p, const uint8_t *end, bool has_positions) {
    size_t nb = h->n_blocks;
    h->last_doc = p + PN_PACKED_HEADER;
    h->cum = h->last_doc + 4 * nb;
    h->cum_tf = h->cum + 4 * nb;
    h->meta = h->cum_tf + 8 * nb;
    h->pos_off = has_positions ? h->meta + 8 * nb : NULL;
    h->body = h->meta + 8 * nb + (has_positions ? 4 * nb : 0);
    h->body_len = (size_t)(end - h->body);
}

pn_status pn_packed_open(pn_packed *h, const pn_post_src *src, const pn_term_info *ti, pn_error *err) {
    *h = (pn_packed){ .src = src, .at = ti->off, .ttf = ti->ttf, .df = ti->df };
    const uint8_t *p = src->post.ptr + ti->off;
    if (ti->off % PN_PACKED_ALIGN || ti->len < PN_PACKED_HEADER) return pn_packed_damaged(h, "a list that is not aligned or shorter than its header", err);
    PN_TRY(check(src, p, PN_PACKED_HEADER, err));
    h->n_blocks = pn_load_u32(p);
    bool has_positions = ti->pos_len > 0;
    if (pn_load_u32(p + 4) != has_positions) return pn_packed_damaged(h, "list and dictionary disagree about positions", err);
    size_t each = has_positions ? 28 : 24;
    if (h->n_blocks == 0 || h->n_blocks > (ti->len - PN_PACKED_HEADER) / each) return pn_packed_damaged(h, "a header longer than the list", err);
    place_arrays(h, p, p + ti->len, has_positions);
    return check(src, h->last_doc, each * h->n_blocks, err);
}

uint32_t pn_packed_find(const pn_packed *h, uint32_t from, uint32_t doc) {
    uint32_t lo = from, step = 1;                           /* blocks before lo end before doc */
    while (lo < h->n_blocks && step <= h->n_blocks - lo && pn_packed_last_doc(h, lo + step - 1) < doc) {
        lo += step;
        step *= 2;
    }
    uint32_t n = PN_MIN(step - 1, h->n_blocks - lo);        /* the answer is in [lo, lo + n] */
    while (n > 0) {
        uint32_t half = n / 2;
        if (pn_packed_last_doc(h, lo + half) < doc) { lo += half + 1; n -= half + 1; }
        else n = half;
    }
    return lo;
}

typedef struct {                       /* one block as its header describes it */
    uint32_t before, last, n;          /* article ahead of the block (PN_DOC_END: none), its last article, its count */
    uint64_t tf_sum;
    const uint8_t *p; size_t len;
    unsigned doc_width, tf_width;      /* of a full block */
} block;

/* Where the body of block b is; a block below 128 reaches to where the next one begins. */
static pn_status place_body(const pn_packed *h, uint32_t b, block *k, pn_error *err) {
    const uint8_t *meta = h->meta + 8 * (size_t)b;
    size_t from = pn_load_u32(meta), end = b + 1 < h->n_blocks ? pn_load_u32(meta + 8) : h->body_len;
    k->doc_width = meta[4];
    k->tf_width = meta[5];
    if (from > end || end > h->body_len) return pn_packed_damaged(h, "a block outside its list", err);
    k->p = h->body + from;
    k->len = end - from;
    if (k->n < PN_BLOCK) return k->doc_width + k->tf_width == 0 ? PN_OK : pn_packed_damaged(h, "a run of varints with a width", err);
    if (k->doc_width > PN_PACKED_MAX_DOC_WIDTH || k->tf_width > 32) return pn_packed_damaged(h, "a width out of range", err);
    if (k->len != 16 * (size_t)(k->doc_width + k->tf_width)) return pn_packed_damaged(h, "a block that its widths do not fill", err);
    return PN_OK;
}

static pn_status describe(const pn_packed *h, uint32_t b, block *k, pn_error *err) {
    uint32_t cum = pn_packed_cum(h, b), next = pn_packed_cum(h, b + 1);
    uint64_t cum_tf = pn_packed_cum_tf(h, b), next_tf = pn_packed_cum_tf(h, b + 1);
    if (b == 0 && (cum != 0 || cum_tf != 0)) return pn_packed_damaged(h, "counts that do not begin at 0", err);
    if (next > h->df || next <= cum || next - cum > PN_BLOCK) return pn_packed_damaged(h, "a block with an impossible count", err);
    k->n = next - cum;
    k->tf_sum = next_tf - cum_tf;                           /* a wrong one is no sum of tfs, wrapped or not */
    k->before = b ? pn_packed_last_doc(h, b - 1) : PN_DOC_END;
    k->last = pn_packed_last_doc(h, b);
    if (k->last >= h->src->n_docs || (b && k->before >= k->last)) return pn_packed_damaged(h, "last articles that do not ascend", err);
    return place_body(h, b, k, err);
}

/* Gaps below 2^24 and an article ahead below 2^24 cannot reach 2^32: the sums ascend, and the last one shows whether all fits. */
static void unpack_docs(const block *k, uint32_t *docs) {
    pn_unpack128(docs, k->p, k->doc_width);
    for (int i = 0; i < PN_BLOCK; i++) docs[i]++;
    pn_prefix_sum128(docs, k->before);
}

static uint64_t sum_narrow(const uint32_t v[PN_BLOCK]) {
    uint32_t sum = 0;
    for (int i = 0; i < PN_BLOCK; i++) sum += v[i];
    return sum;
}

static uint64_t sum_wide(const uint32_t v[PN_BLOCK]) {
    uint64_t sum = 0;
    for (int i = 0; i < PN_BLOCK; i++) sum += v[i];
    return sum;
}

static uint64_t unpack_tfs(const block *k, uint32_t *tfs) {
    pn_unpack128(tfs, k->p + 16 * (size_t)k->doc_width, k->tf_width);
    uint64_t sum = k->tf_width <= 24 ? sum_narrow(tfs) : sum_wide(tfs);      /* 128 values below 2^24 add up in 32 bits */
    for (int i = 0; i < PN_BLOCK; i++) tfs[i]++;
    return sum + PN_BLOCK;
}

pn_status pn_packed_read(const pn_packed *h, uint32_t b, uint32_t docs[PN_BLOCK], uint32_t tfs[PN_BLOCK], uint32_t *n, pn_error *err) {
    assert(b < h->n_blocks);
    block k = { 0 };
    PN_TRY(describe(h, b, &k, err));
    PN_TRY(check(h->src, k.p, k.len, err));
    pn_post_count_block();
    *n = k.n;
    if (k.n < PN_BLOCK) {
        pn_rd r = pn_rd_of(pn_bytes_of(k.p, k.len));
        run m = { k.n, h->src->n_docs, k.before, 0 };
        if (!read_run(&r, &m, docs, tfs) || m.tf_sum != k.tf_sum) return pn_packed_damaged(h, "a run of varints that is broken", err);
    } else {
        unpack_docs(&k, docs);
        if (tfs && unpack_tfs(&k, tfs) != k.tf_sum) return pn_packed_damaged(h, "occurrences that do not add up", err);
    }
    if (docs[k.n - 1] != k.last) return pn_packed_damaged(h, "articles that do not add up", err);
    return PN_OK;
}
