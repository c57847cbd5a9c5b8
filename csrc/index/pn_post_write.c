#include "index/pn_packed.h"
#include <assert.h>

static uint32_t gap(const pn_list *l, uint32_t i) { return i ? l->docs[i] - l->docs[i - 1] - 1 : l->docs[0]; }

static uint64_t sum_tfs(const pn_list *l) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < l->n; i++) sum += l->tfs[i];
    return sum;
}

/* --- positions */
typedef struct {
    pn_positions_writer w;
    const uint32_t *at;                /* positions not yet written */
    uint64_t steps;                    /* articles and positions since the tick was asked */
    const pn_tick *tick;
    pn_error *err;
} feed;

static pn_status go_on(feed *f, uint64_t steps) {
    enum { POLL = 1 << 16 };
    if ((f->steps += steps) < POLL) return PN_OK;
    f->steps = 0;
    return pn_poll(f->tick, f->err);
}

static pn_status feed_positions(feed *f, const pn_list *l, uint32_t from, uint32_t n) {
    for (uint32_t i = from; f->at && i < from + n; i++) {
        pn_positions_put(&f->w, f->at, l->tfs[i]);
        f->at += l->tfs[i];
        PN_TRY(go_on(f, l->tfs[i]));
    }
    return PN_OK;
}

/* --- SHORT, and blocks below 128 */
static void put_run(pn_buf *post, const pn_list *l, uint32_t from, uint32_t n) {
    for (uint32_t i = from; i < from + n; i++) {
        pn_buf_put_varint(post, (uint64_t)gap(l, i) << 1 | (l->tfs[i] == 1));
        if (l->tfs[i] > 1) pn_buf_put_varint(post, l->tfs[i] - 2);
    }
}

/* --- PACKED */
typedef struct {                       /* offsets in `post` while it grows */
    pn_buf *post;
    const pn_list *list;
    size_t last_doc, cum, cum_tf, meta, pos_off, body;
} packed;

static void set_le(pn_buf *b, size_t at, uint64_t v, size_t n) {
    if (b->rc != PN_OK) return;
    for (size_t i = 0; i < n; i++) b->ptr[at + i] = (uint8_t)(v >> (8 * i));
}

static packed begin_packed(pn_buf *post, const pn_list *l, uint32_t n_blocks) {
    packed p = { .post = post, .list = l };
    pn_buf_put_u32(post, n_blocks);
    pn_buf_put_u32(post, l->positions != NULL);
    p.last_doc = post->len;
    p.cum = p.last_doc + 4 * (size_t)n_blocks;
    p.cum_tf = p.cum + 4 * (size_t)n_blocks;
    p.meta = p.cum_tf + 8 * (size_t)n_blocks;
    p.pos_off = p.meta + 8 * (size_t)n_blocks;
    p.body = p.pos_off + (l->positions ? 4 * (size_t)n_blocks : 0);
    if (pn_buf_reserve(post, p.body - p.last_doc)) {
        memset(post->ptr + post->len, 0, p.body - p.last_doc);
        post->len = p.body;
    }
    return p;
}

/* Packs 128 values behind what is there and returns their width. */
static unsigned put_packed(pn_buf *post, const uint32_t v[PN_BLOCK]) {
    unsigned width = pn_pack128_width(v);
    if (!pn_buf_reserve(post, 16 * (size_t)width)) return 0;
    pn_pack128(post->ptr + post->len, v, width);
    post->len += 16 * (size_t)width;
    return width;
}

static void put_full_block(packed *p, uint32_t b) {
    uint32_t v[PN_BLOCK], from = b * PN_BLOCK;
    for (uint32_t i = 0; i < PN_BLOCK; i++) v[i] = gap(p->list, from + i);
    unsigned doc_width = put_packed(p->post, v);
    assert(doc_width <= PN_PACKED_MAX_DOC_WIDTH);
    for (uint32_t i = 0; i < PN_BLOCK; i++) v[i] = p->list->tfs[from + i] - 1;
    unsigned tf_width = put_packed(p->post, v);
    set_le(p->post, p->meta + 8 * (size_t)b + 4, doc_width | tf_width << 8, 2);
}

/* The corner that no article of the block scores above: its largest tf with its smallest norm. */
static void set_bounds(packed *p, uint32_t b, uint32_t from, uint32_t n) {
    const pn_list *l = p->list;
    uint32_t tf = 0;
    uint8_t norm = l->norms ? UINT8_MAX : 0;
    for (uint32_t i = from; i < from + n; i++) {
        tf = PN_MAX(tf, l->tfs[i]);
        if (l->norms) norm = PN_MIN(norm, l->norms[l->docs[i]]);
    }
    set_le(p->post, p->meta + 8 * (size_t)b + 6, PN_MIN(tf, (uint32_t)PN_PACKED_UNBOUNDED_TF) | (uint32_t)norm << 8, 2);
}

static void put_block(packed *p, uint32_t b, uint64_t cum_tf) {
    const pn_list *l = p->list;
    uint32_t from = b * PN_BLOCK, n = PN_MIN(l->n - from, (uint32_t)PN_BLOCK);
    set_le(p->post, p->last_doc + 4 * (size_t)b, l->docs[from + n - 1], 4);
    set_le(p->post, p->cum + 4 * (size_t)b, from, 4);
    set_le(p->post, p->cum_tf + 8 * (size_t)b, cum_tf, 8);
    set_le(p->post, p->meta + 8 * (size_t)b, p->post->len - p->body, 4);
    set_bounds(p, b, from, n);
    if (n == PN_BLOCK) put_full_block(p, b);
    else put_run(p->post, l, from, n);
}

static pn_status write_packed(pn_buf *post, feed *f, const pn_list *l) {
    uint32_t n_blocks = (l->n - 1) / PN_BLOCK + 1;
    packed p = begin_packed(post, l, n_blocks);
    uint64_t cum_tf = 0;
    for (uint32_t b = 0; b < n_blocks; b++) {
        uint32_t from = b * PN_BLOCK, n = PN_MIN(l->n - from, (uint32_t)PN_BLOCK);
        if (f->at) set_le(post, p.pos_off + 4 * (size_t)b, pn_positions_mark(&f->w), 4);
        put_block(&p, b, cum_tf);
        PN_TRY(feed_positions(f, l, from, n));
        for (uint32_t i = from; i < from + n; i++) cum_tf += l->tfs[i];
        PN_TRY(go_on(f, n));
    }
    return PN_OK;
}

/* Length of what was appended since `off`; what 32 bits cannot say is refused. */
static uint32_t length_since(pn_buf *b, uint64_t off) {
    if (b->rc == PN_OK && b->len - off > UINT32_MAX) b->rc = PN_ELIMIT;
    return b->rc == PN_OK ? (uint32_t)(b->len - off) : 0;
}

pn_status pn_post_write(pn_buf *post, pn_buf *pos, const pn_list *l, const pn_tick *tick, pn_term_info *info, pn_error *err) {
    assert(l->n > 0 && l->docs[l->n - 1] < PN_DOC_MAX);
    *info = (pn_term_info){ .df = l->n, .ttf = sum_tfs(l), .kind = (uint8_t)pn_post_kind_of(l->n) };
    feed f = { .at = l->positions, .tick = tick, .err = err };
    if (l->positions) pn_positions_begin(&f.w, pos);
    if (info->kind == PN_POST_PACKED && post->len > 0) pn_buf_align(post, PN_PACKED_ALIGN);
    if (info->kind == PN_POST_INLINE) info->doc = l->docs[0];
    else info->off = post->len;
    if (info->kind == PN_POST_SHORT) put_run(post, l, 0, l->n);
    PN_TRY(info->kind == PN_POST_PACKED ? write_packed(post, &f, l) : feed_positions(&f, l, 0, l->n));
    if (info->kind != PN_POST_INLINE) info->len = length_since(post, info->off);
    if (!l->positions) return PN_OK;
    info->pos_off = f.w.start;
    pn_positions_finish(&f.w);
    info->pos_len = length_since(pos, info->pos_off);
    return PN_OK;
}
