#include "index/pn_packed.h"

static uint32_t stop(pn_post *c, pn_status rc) {
    if (c->rc == PN_OK) c->rc = rc;
    c->n = c->i = 0;
    c->block = c->n_blocks;
    c->tf = 0;
    return c->doc = PN_DOC_END;
}

static uint32_t stand_on(pn_post *c, uint32_t i) {
    c->i = i;
    c->tf = c->tfs[i];
    return c->doc = c->docs[i];
}

/* Block b of a PACKED list becomes the current one. */
static pn_status load(pn_post *c, uint32_t b) {
    c->block = b;
    c->here = 0;
    c->here_tf = c->seen_tf = pn_packed_cum_tf(&c->packed, b);
    return pn_packed_read(&c->packed, b, c->docs, c->tfs, &c->n, &c->error);
}

static pn_status load_first(pn_post *c) {
    c->n_blocks = 1;
    c->n = c->ti.df;
    switch (c->ti.kind) {
    case PN_POST_INLINE:
        c->docs[0] = c->ti.doc;
        c->tfs[0] = (uint32_t)c->ti.ttf;
        return PN_OK;
    case PN_POST_SHORT:
        return pn_short_read(c->src, &c->ti, c->docs, c->tfs, &c->error);
    default:
        PN_TRY(pn_packed_open(&c->packed, c->src, &c->ti, &c->error));
        c->n_blocks = c->packed.n_blocks;
        return load(c, 0);
    }
}

static pn_status open_all(pn_post *c) {
    PN_TRY(pn_post_check_info(c->src, &c->ti, &c->error));
    if (c->ti.pos_len > 0) {
        PN_TRY(pn_positions_open(&c->positions, c->src->file, c->src->pos, c->ti.pos_off, c->ti.pos_len, c->ti.ttf, &c->error));
    }
    return load_first(c);
}

pn_status pn_post_open(pn_post *c, const pn_post_src *src, const pn_term_info *ti, pn_error *err) {
    c->src = src;
    c->ti = *ti;
    c->rc = PN_OK;
    c->error.code = PN_OK;
    c->block = c->i = c->here = 0;
    c->here_tf = c->seen_tf = 0;
    pn_status rc = open_all(c);
    if (rc == PN_OK) { stand_on(c, 0); return PN_OK; }
    stop(c, rc);
    if (err) *err = c->error;
    return rc;
}

uint32_t pn_post_next(pn_post *c) {
    if (c->i + 1 < c->n) return stand_on(c, c->i + 1);
    if (c->doc == PN_DOC_END || c->block + 1 >= c->n_blocks) return stop(c, PN_OK);
    pn_status rc = load(c, c->block + 1);
    return rc == PN_OK ? stand_on(c, 0) : stop(c, rc);
}

/* The first of the current block >= target, which is not after its last.  Mostly it is among the next few. */
static uint32_t seek_in_block(pn_post *c, uint32_t target) {
    const uint32_t *at = c->docs + c->i, *last = c->docs + c->n - 1;
    for (uint32_t step = 1; *at < target; step *= 2) {      /* the answer is behind `at` */
        const uint32_t *far = (size_t)(last - at) > step ? at + step : last;
        if (*far < target) { at = far; continue; }
        for (at++; at < far; ) {                            /* and not behind `far` */
            const uint32_t *middle = at + (far - at) / 2;
            if (*middle < target) at = middle + 1;
            else far = middle;
        }
    }
    return stand_on(c, (uint32_t)(at - c->docs));
}

uint32_t pn_post_seek(pn_post *c, uint32_t target) {
    if (c->doc == PN_DOC_END || target <= c->doc) return c->doc;
    if (target <= c->docs[c->n - 1]) return seek_in_block(c, target);
    if (c->block + 1 >= c->n_blocks) return stop(c, PN_OK);
    uint32_t b = pn_packed_find(&c->packed, c->block + 1, target);
    if (b == c->n_blocks) return stop(c, PN_OK);
    pn_status rc = load(c, b);
    if (rc != PN_OK) return stop(c, rc);
    c->i = 0;
    return seek_in_block(c, target);
}

pn_post_bound pn_post_bound_at(const pn_post *c, uint32_t target) {
    const pn_post_bound none = { PN_DOC_END, 0, 0 };
    if (c->doc == PN_DOC_END) return none;
    if (c->ti.kind != PN_POST_PACKED) {
        uint32_t last = c->docs[c->n - 1];
        return target <= last ? (pn_post_bound){ last, PN_PACKED_UNBOUNDED_TF, 0 } : none;
    }
    uint32_t b = pn_packed_find(&c->packed, c->block, target);
    if (b == c->n_blocks) return none;
    const uint8_t *meta = c->packed.meta + 8 * (size_t)b;
    return (pn_post_bound){ pn_packed_last_doc(&c->packed, b), meta[6], meta[7] };
}

pn_status pn_post_positions(pn_post *c, pn_buf *out, const uint32_t **at, uint32_t *n, pn_error *err) {
    if (c->ti.pos_len == 0) return pn_fail(err, PN_EINVAL, "this field has no positions");
    if (c->doc == PN_DOC_END) return pn_fail(err, PN_EINVAL, "the cursor stands on no article");
    size_t mark = c->ti.kind == PN_POST_PACKED ? pn_load_u32(c->packed.pos_off + 4 * (size_t)c->block) : 0;
    for (; c->here < c->i; c->here++) c->here_tf += c->tfs[c->here];        /* a cursor only goes forward */
    pn_buf_clear(out);
    PN_TRY(pn_positions_read(&c->positions, c->here_tf, c->tf, c->seen_tf, mark, out, err));
    *at = (const uint32_t *)(const void *)out->ptr;
    *n = c->tf;
    return PN_OK;
}

/* --- the whole list */
static void set_all(const uint32_t *docs, uint32_t n, uint64_t *bits) {
    for (uint32_t i = 0; i < n; i++) bits[docs[i] / 64] |= UINT64_C(1) << (docs[i] % 64);
}

pn_status pn_post_set_bits(const pn_post_src *src, const pn_term_info *ti, uint64_t *bits, pn_error *err) {
    uint32_t docs[PN_BLOCK], n = ti->df;
    PN_TRY(pn_post_check_info(src, ti, err));
    if (ti->kind == PN_POST_INLINE) set_all(&ti->doc, 1, bits);
    if (ti->kind == PN_POST_SHORT) {
        PN_TRY(pn_short_read(src, ti, docs, NULL, err));
        set_all(docs, n, bits);
    }
    if (ti->kind != PN_POST_PACKED) return PN_OK;
    pn_packed h;
    PN_TRY(pn_packed_open(&h, src, ti, err));
    for (uint32_t b = 0; b < h.n_blocks; b++) {
        PN_TRY(pn_packed_read(&h, b, docs, NULL, &n, err));
        set_all(docs, n, bits);
    }
    return PN_OK;
}
