#include "index/pn_packed.h"

/* No article scores above the corner that its block promises: else a ranking would pass over it. */
static bool bound_holds(const pn_post *c, const uint8_t *meta, const uint8_t *norms) {
    for (uint32_t i = 0; i < c->n; i++) {
        if (meta[6] != PN_PACKED_UNBOUNDED_TF && c->tfs[i] > meta[6]) return false;
        if (norms && norms[c->docs[i]] < meta[7]) return false;
    }
    return true;
}

/* What reading a block does not ask: its body follows the one before, its bound holds, its mark leads to its positions. */
static pn_status verify_block(const pn_post *c, pn_positions *p, const uint8_t *norms, size_t *behind, pn_error *err) {
    const pn_packed *h = &c->packed;
    const uint8_t *meta = h->meta + 8 * (size_t)c->block;
    if (pn_load_u32(meta) < *behind || (c->block == 0 && pn_load_u32(meta) != 0)) return pn_packed_damaged(h, "bodies that do not follow each other", err);
    *behind = pn_load_u32(meta);
    if (!bound_holds(c, meta, norms)) return pn_packed_damaged(h, "a bound that does not hold", err);
    if (!h->pos_off) return PN_OK;
    size_t at = 0;
    PN_TRY(pn_positions_find(p, c->seen_tf, 0, 0, &at, err));
    return at == pn_load_u32(h->pos_off + 4 * (size_t)c->block) ? PN_OK : pn_packed_damaged(h, "a mark that misses its positions", err);
}

static pn_status verify_articles(pn_post *c, const uint8_t *norms, pn_buf *scratch, const pn_tick *tick, pn_error *err) {
    pn_pace pace = { tick, 0 };
    size_t behind = 0;
    for (; c->doc != PN_DOC_END; pn_post_next(c)) {
        if (c->ti.kind == PN_POST_PACKED && c->i == 0) PN_TRY(verify_block(c, &c->positions, norms, &behind, err));
        const uint32_t *at;
        uint32_t n = 0;
        if (c->ti.pos_len > 0) PN_TRY(pn_post_positions(c, scratch, &at, &n, err));
        PN_TRY(pn_pace_on(&pace, n, err));
    }
    if (c->rc != PN_OK && err) *err = c->error;
    return c->rc;
}

pn_status pn_post_verify(const pn_post_src *src, const pn_term_info *ti, bool has_positions, const uint8_t *norms, const pn_tick *tick, pn_error *err) {
    if (has_positions != (ti->pos_len > 0)) return pn_fail(err, PN_ECORRUPT, "postings: a field and its list disagree about positions");
    pn_post c;
    PN_TRY(pn_post_open(&c, src, ti, err));
    pn_buf scratch = { 0 };
    pn_status rc = verify_articles(&c, norms, &scratch, tick, err);
    pn_buf_fini(&scratch);
    return rc;
}
