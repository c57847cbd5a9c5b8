#include "index/pn_packed.h"

enum { BATCH = 64, CACHE_LINE = 64 };

/* How many of docs[0 .. n) are < edge. */
static uint32_t count_below(const uint32_t *docs, uint32_t n, uint32_t edge) {
    const uint32_t *at = docs;
    while (n > 0) {
        uint32_t half = (n + 1) / 2;
        at += at[half - 1] < edge ? half : 0;               /* a conditional move: no branch to guess */
        n -= half;
    }
    return (uint32_t)(at - docs);
}

static uint64_t sum_of(const uint32_t *tfs, uint32_t n) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += tfs[i];
    return sum;
}

static pn_status rank_short(const pn_post_src *src, const pn_term_info *ti, const uint32_t *edges, size_t n,
                            uint32_t *cum, uint64_t *cum_tf, pn_error *err) {
    uint32_t docs[PN_BLOCK] = { ti->doc }, tfs[PN_BLOCK] = { (uint32_t)ti->ttf };
    if (ti->kind == PN_POST_SHORT) PN_TRY(pn_short_read(src, ti, docs, cum_tf ? tfs : NULL, err));
    uint32_t at = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        for (; at < ti->df && docs[at] < edges[i]; at++) sum += tfs[at];
        cum[i] = at;
        if (cum_tf) cum_tf[i] = sum;
    }
    return PN_OK;
}

/* --- PACKED */
typedef struct {
    pn_packed h;
    bool want_tf;
    uint32_t found[BATCH];             /* the block of each edge of a batch */
    uint32_t block, n;                 /* the one in docs and tfs; PN_DOC_END = none */
    uint32_t docs[PN_BLOCK], tfs[PN_BLOCK];
    uint32_t at; uint64_t at_tf;       /* of the block, so many lie before the last edge that fell into it */
    uint32_t cum; uint64_t cum_tf;     /* of the edge before */
} ranker;

/* The blocks of n edges, asking memory for their parts ahead of use.  Returns the last one. */
static uint32_t find_blocks(ranker *r, uint32_t from, const uint32_t *edges, size_t n) {
    const pn_packed *h = &r->h;
    for (size_t i = 0; i < n; i++) {
        r->found[i] = from = pn_packed_find(h, from, edges[i]);
        if (from == h->n_blocks) continue;
        PN_PREFETCH(h->meta + 8 * (size_t)from);
        PN_PREFETCH(h->cum + 4 * (size_t)from);
        PN_PREFETCH(h->cum_tf + 8 * (size_t)from);
    }
    for (size_t i = 0; i < n && r->found[i] < h->n_blocks; i++) {
        const uint8_t *meta = h->meta + 8 * (size_t)r->found[i];
        size_t at = pn_load_u32(meta), len = 16 * (size_t)(meta[4] + (r->want_tf ? meta[5] : 0));
        if (at > h->body_len || len > h->body_len - at) continue;
        for (size_t k = 0; k < len; k += CACHE_LINE) PN_PREFETCH(h->body + at + k);
    }
    return from;
}

static pn_status load(ranker *r, uint32_t b, pn_error *err) {
    r->block = PN_DOC_END;
    PN_TRY(pn_packed_read(&r->h, b, r->docs, r->want_tf ? r->tfs : NULL, &r->n, err));
    r->block = b;
    r->at = 0;
    r->at_tf = 0;
    return PN_OK;
}

/* Articles and occurrences of the list before `edge`, which falls into block b (or behind all). */
static pn_status rank_in_block(ranker *r, uint32_t b, uint32_t edge, uint32_t *cum, uint64_t *cum_tf, pn_error *err) {
    *cum = pn_packed_cum(&r->h, b);
    *cum_tf = pn_packed_cum_tf(&r->h, b);
    uint32_t begin = b ? pn_packed_last_doc(&r->h, b - 1) + 1 : 0;
    if (b == r->h.n_blocks || edge == begin) return PN_OK;  /* the block has nothing before the edge */
    if (r->block != b) PN_TRY(load(r, b, err));
    uint32_t more = count_below(r->docs + r->at, r->n - r->at, edge);
    if (r->want_tf) r->at_tf += sum_of(r->tfs + r->at, more);
    r->at += more;
    *cum += r->at;
    *cum_tf += r->at_tf;
    return PN_OK;
}

static pn_status rank_edge(ranker *r, uint32_t b, uint32_t edge, pn_error *err) {
    uint32_t cum;
    uint64_t cum_tf;
    PN_TRY(rank_in_block(r, b, edge, &cum, &cum_tf, err));
    if (cum < r->cum || cum > r->h.df || cum_tf < r->cum_tf || cum_tf > r->h.ttf) return pn_packed_damaged(&r->h, "sums that do not ascend", err);
    r->cum = cum;
    r->cum_tf = cum_tf;
    return PN_OK;
}

pn_status pn_post_ranks(const pn_post_src *src, const pn_term_info *ti, const uint32_t *edges, size_t n,
                        uint32_t *cum, uint64_t *cum_tf, pn_error *err) {
    PN_TRY(pn_post_check_info(src, ti, err));
    if (ti->kind != PN_POST_PACKED) return rank_short(src, ti, edges, n, cum, cum_tf, err);
    ranker r;
    PN_TRY(pn_packed_open(&r.h, src, ti, err));
    r.want_tf = cum_tf != NULL;
    r.block = PN_DOC_END;
    r.cum = 0;
    r.cum_tf = 0;
    uint32_t from = 0;
    for (size_t done = 0; done < n; done += BATCH) {
        size_t some = PN_MIN(n - done, (size_t)BATCH);
        from = find_blocks(&r, from, edges + done, some);
        for (size_t i = 0; i < some; i++) {
            PN_TRY(rank_edge(&r, r.found[i], edges[done + i], err));
            cum[done + i] = r.cum;
            if (cum_tf) cum_tf[done + i] = r.cum_tf;
        }
    }
    return PN_OK;
}
