#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/pn_alloc.h"
#include "codec/pn_rd.h"
#include "index/pn_post.h"

/* --- lists of known content */
typedef struct {
    uint32_t n, n_docs;
    uint32_t *docs, *tfs, *positions, *first;    /* first[i]: index of the first position of article i; n + 1 of them */
    uint8_t *norms;
} model;

static uint32_t random_next(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 32);
}

/* Mostly 1, sometimes many: as words are. */
static uint32_t random_tf(uint64_t *seed) {
    uint32_t r = random_next(seed) % 100;
    return r < 60 ? 1 : r < 95 ? 2 + r % 7 : 100 + r;
}

static uint32_t random_gap(uint64_t *seed, uint32_t spread) { return random_next(seed) % 10 ? random_next(seed) % spread : random_next(seed) % (50 * spread); }

static model model_new(uint32_t n, uint32_t spread, uint64_t seed) {
    model m = { .n = n };
    m.docs = malloc(n * sizeof *m.docs);
    m.tfs = malloc(n * sizeof *m.tfs);
    m.first = malloc((n + 1) * sizeof *m.first);
    uint32_t doc = random_gap(&seed, spread), total = 0, last = 0;
    for (uint32_t i = 0; i < n; i++) {
        m.docs[i] = last = doc;
        doc += 1 + random_gap(&seed, spread);
        m.tfs[i] = random_tf(&seed);
        m.first[i] = total;
        total += m.tfs[i];
    }
    m.first[n] = total;
    m.n_docs = last + 1 + random_next(&seed) % 3;
    m.positions = malloc(total * sizeof *m.positions);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = random_next(&seed) % 400;
        for (uint32_t k = m.first[i]; k < m.first[i + 1]; k++, at += 1 + random_next(&seed) % 90) m.positions[k] = at;
    }
    m.norms = malloc(m.n_docs);
    for (uint32_t i = 0; i < m.n_docs; i++) m.norms[i] = (uint8_t)(7 + random_next(&seed) % 200);
    return m;
}

static void model_free(model *m) {
    free(m->docs); free(m->tfs); free(m->positions); free(m->first); free(m->norms);
}

typedef struct { pn_buf post, pos; pn_term_info ti; pn_post_src src; } written;

/* Other lists lie before it, so that offsets are not 0. */
static void write_list(written *w, const model *m, bool has_positions) {
    *w = (written){ 0 };
    uint32_t doc = 3, tf = 2, positions[] = { 5, 9 };
    pn_list before = { 1, &doc, &tf, has_positions ? positions : NULL, NULL };
    assert_int_equal(pn_post_write(&w->post, &w->pos, &before, NULL, &w->ti, NULL), PN_OK);
    pn_buf_put_u8(&w->post, 0xEE);
    pn_list list = { m->n, m->docs, m->tfs, has_positions ? m->positions : NULL, m->norms };
    assert_int_equal(pn_post_write(&w->post, &w->pos, &list, NULL, &w->ti, NULL), PN_OK);
    assert_int_equal(w->post.rc, PN_OK);
    assert_int_equal(w->pos.rc, PN_OK);
    w->src = (pn_post_src){ NULL, pn_buf_bytes(&w->post), pn_buf_bytes(&w->pos), m->n_docs };
}

static void written_fini(written *w) {
    pn_buf_fini(&w->post);
    pn_buf_fini(&w->pos);
}

/* --- the same list, asked in every way */
static uint32_t model_rank(const model *m, uint32_t edge) {
    uint32_t lo = 0, hi = m->n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (m->docs[mid] < edge) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static void expect_walk(const written *w, const model *m) {
    pn_post c;
    assert_int_equal(pn_post_open(&c, &w->src, &w->ti, NULL), PN_OK);
    for (uint32_t i = 0; i < m->n; i++) {
        assert_int_equal(c.doc, m->docs[i]);
        assert_int_equal(c.tf, m->tfs[i]);
        uint32_t next = i + 1 < m->n ? m->docs[i + 1] : PN_DOC_END;
        assert_int_equal(pn_post_next(&c), next);
    }
    assert_int_equal(c.rc, PN_OK);
    assert_int_equal(pn_post_next(&c), PN_DOC_END);
    assert_int_equal(pn_post_seek(&c, 0), PN_DOC_END);
}

static void expect_positions_here(pn_post *c, const model *m, uint32_t i, pn_buf *out) {
    const uint32_t *at = NULL;
    uint32_t n = 0;
    assert_int_equal(pn_post_positions(c, out, &at, &n, NULL), PN_OK);
    assert_int_equal(n, m->tfs[i]);
    assert_memory_equal(at, m->positions + m->first[i], n * sizeof *at);
}

static void expect_positions(const written *w, const model *m, uint64_t seed) {
    pn_post c;
    pn_buf out = { 0 };
    assert_int_equal(pn_post_open(&c, &w->src, &w->ti, NULL), PN_OK);
    for (uint32_t i = 0; i < m->n; i++, pn_post_next(&c)) expect_positions_here(&c, m, i, &out);
    assert_int_equal(pn_post_open(&c, &w->src, &w->ti, NULL), PN_OK);
    for (uint32_t i = 0; i < m->n; i += 1 + random_next(&seed) % 200) {       /* and without the ones between */
        pn_post_seek(&c, m->docs[i]);
        expect_positions_here(&c, m, i, &out);
        expect_positions_here(&c, m, i, &out);
    }
    pn_buf_fini(&out);
}

static void expect_seek(pn_post *c, const model *m, uint32_t target) {
    uint32_t i = model_rank(m, target);
    assert_int_equal(pn_post_seek(c, target), i < m->n ? m->docs[i] : PN_DOC_END);
    if (i < m->n) assert_int_equal(c->tf, m->tfs[i]);
}

static void expect_seeks(const written *w, const model *m, uint64_t seed) {
    pn_post c;
    uint32_t step = m->n_docs / 400 + 1;
    for (uint32_t target = 0; target <= m->n_docs + 1; target += 1 + random_next(&seed) % step) {      /* each from the start */
        assert_int_equal(pn_post_open(&c, &w->src, &w->ti, NULL), PN_OK);
        expect_seek(&c, m, target);
    }
    for (int round = 0; round < 8; round++) {                                                          /* ever further */
        assert_int_equal(pn_post_open(&c, &w->src, &w->ti, NULL), PN_OK);
        for (uint32_t target = 0; target <= m->n_docs; target += random_next(&seed) % (1 + (m->n_docs >> round))) {
            expect_seek(&c, m, target);
            if (c.doc != PN_DOC_END) target = c.doc;
            target += 1;
            pn_post_next(&c);
        }
    }
}

static void expect_ranks_at(const written *w, const model *m, const uint32_t *edges, size_t n, const uint32_t *ranks) {
    uint32_t *cum = malloc(n * sizeof *cum), *alone = malloc(n * sizeof *alone);
    uint64_t *cum_tf = malloc(n * sizeof *cum_tf), before = pn_post_blocks_decoded();
    assert_int_equal(pn_post_ranks(&w->src, &w->ti, edges, n, cum, cum_tf, NULL), PN_OK);
    assert_true(pn_post_blocks_decoded() - before <= PN_MIN(n, (size_t)(m->n + 127) / 128));
    assert_int_equal(pn_post_ranks(&w->src, &w->ti, edges, n, alone, NULL, NULL), PN_OK);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(cum[i], ranks[i]);
        assert_int_equal(alone[i], ranks[i]);
        assert_int_equal(cum_tf[i], m->first[ranks[i]]);
    }
    free(cum); free(alone); free(cum_tf);
}

static void expect_ranks(const written *w, const model *m, uint32_t step) {
    size_t cap = m->n_docs / step + 4, n = 0;
    uint32_t *edges = malloc(cap * sizeof *edges), *ranks = malloc(cap * sizeof *ranks), rank = 0;
    for (uint32_t edge = 0; edge <= m->n_docs; edge += step) {
        while (rank < m->n && m->docs[rank] < edge) rank++;
        edges[n] = edge;
        ranks[n++] = rank;
    }
    edges[n] = m->n_docs;
    ranks[n++] = m->n;
    edges[n] = UINT32_MAX;
    ranks[n++] = m->n;
    expect_ranks_at(w, m, edges, n, ranks);
    for (size_t i = 0; i < n; i += n / 50 + 1) expect_ranks_at(w, m, edges + i, 1, ranks + i);
    free(edges); free(ranks);
}

static void expect_bits(const written *w, const model *m) {
    size_t n_words = m->n_docs / 64 + 1;
    uint64_t *bits = calloc(n_words, sizeof *bits), *expected = calloc(n_words, sizeof *expected);
    for (uint32_t i = 0; i < m->n; i++) expected[m->docs[i] / 64] |= UINT64_C(1) << (m->docs[i] % 64);
    assert_int_equal(pn_post_set_bits(&w->src, &w->ti, bits, NULL), PN_OK);
    assert_memory_equal(bits, expected, n_words * sizeof *bits);
    free(bits); free(expected);
}

static void expect_all(const model *m, bool has_positions, uint64_t seed) {
    written w;
    write_list(&w, m, has_positions);
    assert_int_equal(w.ti.df, m->n);
    assert_int_equal(w.ti.ttf, m->first[m->n]);
    assert_int_equal(w.ti.kind, m->n == 1 ? PN_POST_INLINE : m->n < 128 ? PN_POST_SHORT : PN_POST_PACKED);
    expect_walk(&w, m);
    expect_seeks(&w, m, seed);
    expect_ranks(&w, m, m->n_docs > 100000 ? 7 : 1);
    expect_ranks(&w, m, m->n_docs / 11 + 1);
    expect_bits(&w, m);
    if (has_positions) expect_positions(&w, m, seed);
    assert_int_equal(pn_post_verify(&w.src, &w.ti, has_positions, m->norms, NULL, NULL), PN_OK);
    assert_int_equal(pn_post_verify(&w.src, &w.ti, !has_positions, NULL, NULL, NULL), PN_ECORRUPT);
    written_fini(&w);
}

static void lists_of_every_size_answer_as_plain_arrays_do(void **state) {
    (void)state;
    const uint32_t sizes[] = { 1, 2, 3, 126, 127, 128, 129, 255, 256, 257, 1000, 5000 }, spreads[] = { 1, 3, 40 };
    for (size_t s = 0; s < PN_COUNT(sizes); s++) {
        for (size_t k = 0; k < PN_COUNT(spreads); k++) {
            model m = model_new(sizes[s], spreads[k], 100 * s + k);
            expect_all(&m, true, s + 1);
            expect_all(&m, false, s + 1);
            model_free(&m);
        }
    }
}

static void the_first_and_the_last_possible_article_and_huge_counts_are_kept(void **state) {
    (void)state;
    enum { N = 300 };
    uint32_t docs[N], tfs[N], edge = PN_DOC_MAX - 1, cum;
    uint64_t sum = 0, cum_tf;
    for (uint32_t i = 0; i < N; i++) {
        docs[i] = i < N - 1 ? i : PN_DOC_MAX - 1;
        tfs[i] = i % 3 ? 1 : UINT32_MAX;
        sum += tfs[i];
    }
    for (uint32_t n = 2; n <= N; n += N - 2) {
        pn_buf post = { 0 };
        pn_list list = { n, docs + N - n, tfs + N - n, NULL, NULL };
        pn_term_info ti;
        assert_int_equal(pn_post_write(&post, &post, &list, NULL, &ti, NULL), PN_OK);
        pn_post_src src = { NULL, pn_buf_bytes(&post), PN_BYTES_NONE, PN_DOC_MAX };
        assert_int_equal(pn_post_verify(&src, &ti, false, NULL, NULL, NULL), PN_OK);
        assert_int_equal(pn_post_ranks(&src, &ti, &edge, 1, &cum, &cum_tf, NULL), PN_OK);
        assert_int_equal(cum, n - 1);
        assert_int_equal(cum_tf, ti.ttf - tfs[N - 1]);
        pn_buf_fini(&post);
        if (n == N) assert_int_equal(ti.ttf, sum);
    }
}

static void positions_up_to_the_largest_number_are_kept(void **state) {
    (void)state;
    uint32_t docs[] = { 4, 9 }, tfs[] = { 2, 200 }, positions[202] = { 0, UINT32_MAX };
    for (uint32_t i = 0; i < 200; i++) positions[2 + i] = UINT32_MAX - 200 + i;
    pn_buf post = { 0 }, pos = { 0 }, out = { 0 };
    pn_list list = { 2, docs, tfs, positions, NULL };
    pn_term_info ti;
    assert_int_equal(pn_post_write(&post, &pos, &list, NULL, &ti, NULL), PN_OK);
    pn_post_src src = { NULL, pn_buf_bytes(&post), pn_buf_bytes(&pos), 10 };
    pn_post c;
    const uint32_t *at;
    uint32_t n;
    assert_int_equal(pn_post_open(&c, &src, &ti, NULL), PN_OK);
    assert_int_equal(pn_post_seek(&c, 5), 9);
    assert_int_equal(pn_post_positions(&c, &out, &at, &n, NULL), PN_OK);
    assert_int_equal(n, 200);
    assert_memory_equal(at, positions + 2, sizeof(uint32_t) * 200);
    pn_buf_fini(&post); pn_buf_fini(&pos); pn_buf_fini(&out);
}

static void a_short_list_has_the_bytes_of_the_format_page(void **state) {
    (void)state;
    const uint32_t docs[] = { 3, 4, 10 }, tfs[] = { 1, 3, 1 }, positions[] = { 7, 0, 5, 6, 300 };
    const uint8_t post_bytes[] = { 0x07, 0x00, 0x01, 0x0B }, pos_bytes[] = { 0x07, 0x00, 0x05, 0x01, 0xAC, 0x02 };
    pn_buf post = { 0 }, pos = { 0 };
    pn_list list = { 3, docs, tfs, positions, NULL };
    pn_term_info ti;
    assert_int_equal(pn_post_write(&post, &pos, &list, NULL, &ti, NULL), PN_OK);
    assert_int_equal(ti.len, sizeof post_bytes);
    assert_memory_equal(post.ptr, post_bytes, sizeof post_bytes);
    assert_int_equal(ti.pos_len, sizeof pos_bytes);
    assert_memory_equal(pos.ptr, pos_bytes, sizeof pos_bytes);
    pn_buf_fini(&post); pn_buf_fini(&pos);
}

static void a_field_without_positions_says_so(void **state) {
    (void)state;
    model m = model_new(5, 3, 9);
    written w;
    write_list(&w, &m, false);
    pn_post c;
    pn_buf out = { 0 };
    const uint32_t *at;
    uint32_t n;
    assert_int_equal(pn_post_open(&c, &w.src, &w.ti, NULL), PN_OK);
    assert_int_equal(pn_post_positions(&c, &out, &at, &n, NULL), PN_EINVAL);
    written_fini(&w);
    model_free(&m);
}

static void expect_bound(const pn_post *c, const model *m, uint32_t target) {
    pn_post_bound b = pn_post_bound_at(c, target);
    uint32_t i = model_rank(m, target), tf = 0, norm = 255;
    if (i == m->n) { assert_int_equal(b.last_doc, PN_DOC_END); assert_int_equal(b.tf, 0); return; }
    uint32_t from = i / 128 * 128, end = PN_MIN(from + 128, m->n);
    assert_int_equal(b.last_doc, m->docs[end - 1]);
    for (i = from; i < end; i++) {
        tf = PN_MAX(tf, m->tfs[i]);
        norm = PN_MIN(norm, m->norms[m->docs[i]]);
    }
    assert_int_equal(b.tf, m->n < 128 ? 255 : PN_MIN(tf, 255u));
    assert_int_equal(b.norm, m->n < 128 ? 0 : norm);
}

static void a_bound_is_the_largest_count_and_the_smallest_norm_of_its_block(void **state) {
    (void)state;
    const uint32_t sizes[] = { 1, 127, 128, 1000 };
    for (size_t s = 0; s < PN_COUNT(sizes); s++) {
        model m = model_new(sizes[s], 3, 5);
        written w;
        write_list(&w, &m, true);
        pn_post c;
        assert_int_equal(pn_post_open(&c, &w.src, &w.ti, NULL), PN_OK);
        uint64_t before = pn_post_blocks_decoded();
        for (uint32_t target = c.doc; target <= m.n_docs; target++) expect_bound(&c, &m, target);
        assert_int_equal(pn_post_blocks_decoded(), before);
        while (c.doc != PN_DOC_END) pn_post_next(&c);
        assert_int_equal(pn_post_bound_at(&c, 0).last_doc, PN_DOC_END);
        written_fini(&w);
        model_free(&m);
    }
}

static void a_trend_decodes_at_most_one_block_an_edge(void **state) {
    (void)state;
    model m = model_new(5000, 3, 4);
    written w;
    write_list(&w, &m, true);
    uint32_t edges[] = { 0, m.docs[700], m.docs[701], m.docs[702], m.docs[3000], m.n_docs }, cum[6];
    uint64_t before = pn_post_blocks_decoded();
    assert_int_equal(pn_post_ranks(&w.src, &w.ti, edges, 6, cum, NULL, NULL), PN_OK);
    assert_int_equal(pn_post_blocks_decoded() - before, 2);
    written_fini(&w);
    model_free(&m);
}

/* A merge that copies blocks may leave short ones anywhere: here the list is cut at 100 by hand. */
static void a_short_block_may_lie_in_the_middle(void **state) {
    (void)state;
    enum { N = 228 };
    pn_buf post = { 0 };
    pn_buf_put_u32(&post, 2);
    pn_buf_put_u32(&post, 0);
    const uint32_t arrays[] = { 99, 100 + 127, 0, 100, 0, 0, 100, 0 };          /* last_doc, cum, cum_tf */
    for (size_t i = 0; i < PN_COUNT(arrays); i++) pn_buf_put_u32(&post, arrays[i]);
    pn_buf_put_u64(&post, UINT64_C(1) << 48);                                   /* offset 0, widths 0, bound 1 */
    pn_buf_put_u64(&post, UINT64_C(1) << 48 | 100);
    for (int i = 0; i < 100; i++) pn_buf_put_u8(&post, 1);                      /* gap 0, tf 1; the full block needs no bytes */
    pn_term_info ti = { .df = N, .ttf = N, .kind = PN_POST_PACKED, .len = (uint32_t)post.len };
    pn_post_src src = { NULL, pn_buf_bytes(&post), PN_BYTES_NONE, N };
    assert_int_equal(pn_post_verify(&src, &ti, false, NULL, NULL, NULL), PN_OK);
    uint32_t edges[N + 1], cum[N + 1];
    for (uint32_t i = 0; i <= N; i++) edges[i] = i;
    assert_int_equal(pn_post_ranks(&src, &ti, edges, N + 1, cum, NULL, NULL), PN_OK);
    assert_memory_equal(cum, edges, sizeof cum);
    pn_buf_fini(&post);
}

static void the_same_list_gives_the_same_bytes(void **state) {
    (void)state;
    model m = model_new(1000, 3, 8);
    written a, b;
    write_list(&a, &m, true);
    write_list(&b, &m, true);
    assert_int_equal(a.post.len, b.post.len);
    assert_memory_equal(a.post.ptr, b.post.ptr, a.post.len);
    assert_memory_equal(a.pos.ptr, b.pos.ptr, a.pos.len);
    written_fini(&a);
    written_fini(&b);
    model_free(&m);
}

/* --- damage */
static bool is_ok_or_corrupt(pn_status rc) { return rc == PN_OK || rc == PN_ECORRUPT; }

/* Every reader over bytes that may be anything: in bounds, ascending, or PN_ECORRUPT. */
static void read_all(const pn_post_src *src, const pn_term_info *ti, uint64_t *bits, pn_buf *out) {
    pn_post c;
    const uint32_t *at;
    uint32_t n, last = 0, edges[] = { 0, 1, src->n_docs / 3, src->n_docs / 2, src->n_docs }, cum[5];
    uint64_t cum_tf[5];
    pn_status rc = pn_post_open(&c, src, ti, NULL);
    assert_true(is_ok_or_corrupt(rc));
    for (uint32_t i = 0; rc == PN_OK && c.doc != PN_DOC_END; i++) {
        assert_true(c.doc < src->n_docs && c.tf > 0 && (i == 0 || c.doc > last));
        last = c.doc;
        if (i % 50 == 0) (void)pn_post_bound_at(&c, c.doc + 100);
        assert_true(is_ok_or_corrupt(pn_post_positions(&c, out, &at, &n, NULL)));
        pn_post_next(&c);
    }
    assert_true(is_ok_or_corrupt(c.rc));
    rc = pn_post_open(&c, src, ti, NULL);
    for (uint32_t target = 0; rc == PN_OK && c.doc != PN_DOC_END; target += 97) pn_post_seek(&c, target);
    rc = pn_post_ranks(src, ti, edges, 5, cum, cum_tf, NULL);
    assert_true(is_ok_or_corrupt(rc));
    for (int i = 1; rc == PN_OK && i < 5; i++) assert_true(cum[i - 1] <= cum[i] && cum[i] <= ti->df && cum_tf[i - 1] <= cum_tf[i]);
    assert_true(is_ok_or_corrupt(pn_post_set_bits(src, ti, bits, NULL)));
    assert_true(is_ok_or_corrupt(pn_post_verify(src, ti, true, NULL, NULL, NULL)));
}

/* Every byte of both sections takes other values; the sections lie in buffers of exactly their size. */
static void damage_every_byte(uint32_t n, uint32_t spread) {
    model m = model_new(n, spread, n);
    written w;
    write_list(&w, &m, true);
    uint64_t *bits = calloc(m.n_docs / 64 + 1, sizeof *bits);
    pn_buf out = { 0 };
    const uint8_t flips[] = { 0x01, 0x80, 0xFF };
    uint8_t *post = malloc(w.post.len), *pos = malloc(w.pos.len);
    memcpy(post, w.post.ptr, w.post.len);
    memcpy(pos, w.pos.ptr, w.pos.len);
    pn_post_src src = { NULL, pn_bytes_of(post, w.post.len), pn_bytes_of(pos, w.pos.len), m.n_docs };
    for (size_t i = 0; i < w.post.len + w.pos.len; i++) {
        uint8_t *at = i < w.post.len ? post + i : pos + (i - w.post.len);
        for (size_t k = 0; k < PN_COUNT(flips); k++) {
            *at ^= flips[k];
            read_all(&src, &w.ti, bits, &out);
            *at ^= flips[k];
        }
    }
    free(bits); free(post); free(pos);
    pn_buf_fini(&out);
    written_fini(&w);
    model_free(&m);
}

static void any_damaged_byte_leaves_readers_in_bounds(void **state) {
    (void)state;
    damage_every_byte(2, 30);
    damage_every_byte(100, 30);
    damage_every_byte(128, 3);
    damage_every_byte(300, 3);
}

/* Sums cross each other, so that even one bit, sealed under a fresh checksum, cannot pass for a list (bounds excepted: larger is legal). */
static void any_flipped_bit_of_a_packed_list_is_found(void **state) {
    (void)state;
    model m = model_new(300, 3, 12);
    written w;
    write_list(&w, &m, true);
    const size_t meta = 8 + 16 * 3, meta_end = meta + 8 * 3;                    /* three blocks */
    for (size_t i = 0; i < w.ti.len; i++) {
        if (i >= meta && i < meta_end && (i - meta) % 8 >= 6) continue;
        for (int bit = 0; bit < 8; bit++) {
            w.post.ptr[w.ti.off + i] ^= (uint8_t)(1 << bit);
            assert_int_equal(pn_post_verify(&w.src, &w.ti, true, NULL, NULL, NULL), PN_ECORRUPT);
            w.post.ptr[w.ti.off + i] ^= (uint8_t)(1 << bit);
        }
    }
    for (size_t block = 0; block < 3; block++) {                                /* a bound beyond its articles */
        uint8_t *bound = w.post.ptr + w.ti.off + meta + 8 * block + 6, was[2] = { bound[0], bound[1] };
        bound[0] = 1;
        assert_int_equal(pn_post_verify(&w.src, &w.ti, true, m.norms, NULL, NULL), PN_ECORRUPT);
        bound[0] = was[0];
        bound[1]++;
        assert_int_equal(pn_post_verify(&w.src, &w.ti, true, m.norms, NULL, NULL), PN_ECORRUPT);
        bound[1] = was[1];
        assert_int_equal(pn_post_verify(&w.src, &w.ti, true, m.norms, NULL, NULL), PN_OK);
    }
    written_fini(&w);
    model_free(&m);
}

static void ranks_never_descend_whatever_the_header_says(void **state) {
    (void)state;
    model m = model_new(1000, 3, 12);
    written w;
    write_list(&w, &m, true);
    uint8_t *cum_of_4 = w.post.ptr + w.ti.off + 8 + 4 * 8 + 4 * 4;              /* eight blocks */
    uint32_t edges[] = { m.docs[300], m.docs[4 * 128 - 1] + 1 }, cum[2];        /* the second needs no block */
    assert_int_equal(pn_post_ranks(&w.src, &w.ti, edges, 2, cum, NULL, NULL), PN_OK);
    assert_int_equal(cum[1], 4 * 128);
    cum_of_4[0] = 5; cum_of_4[1] = 0;
    assert_int_equal(pn_post_ranks(&w.src, &w.ti, edges, 2, cum, NULL, NULL), PN_ECORRUPT);
    cum_of_4[3] = 5;
    assert_int_equal(pn_post_ranks(&w.src, &w.ti, edges, 2, cum, NULL, NULL), PN_ECORRUPT);
    written_fini(&w);
    model_free(&m);
}

/* 0, 0, 1, 2, …: the second gap is 2^32 - 1, so that sums modulo 2^32 would come out right. */
static void a_gap_that_wraps_around_is_corrupt(void **state) {
    (void)state;
    uint32_t gaps[PN_BLOCK] = { 0, UINT32_MAX };
    uint8_t body[512];
    pn_pack128(body, gaps, 32);
    pn_buf post = { 0 };
    const uint32_t header[] = { 1, 0, 126, 0, 0, 0, 0, 32 | 1 << 16 };          /* last_doc, cum, cum_tf, meta */
    for (size_t i = 0; i < PN_COUNT(header); i++) pn_buf_put_u32(&post, header[i]);
    pn_buf_put(&post, body, sizeof body);
    pn_term_info ti = { .df = PN_BLOCK, .ttf = PN_BLOCK, .kind = PN_POST_PACKED, .len = (uint32_t)post.len };
    pn_post_src src = { NULL, pn_buf_bytes(&post), PN_BYTES_NONE, 1000 };
    pn_error err;
    assert_int_equal(pn_post_verify(&src, &ti, false, NULL, NULL, &err), PN_ECORRUPT);
    assert_non_null(strstr(err.msg, "width"));
    pn_buf_fini(&post);
}

static void positions_that_overflow_or_leave_bytes_are_corrupt(void **state) {
    (void)state;
    uint32_t doc = 0, tf = 2, two[] = { UINT32_MAX - 1, UINT32_MAX }, many[PN_BLOCK] = { 0 };
    pn_buf post = { 0 }, pos = { 0 };
    pn_list list = { 1, &doc, &tf, two, NULL };
    pn_term_info ti;
    assert_int_equal(pn_post_write(&post, &pos, &list, NULL, &ti, NULL), PN_OK);
    pn_post_src src = { NULL, PN_BYTES_LIT(""), pn_buf_bytes(&pos), 1 };
    assert_int_equal(pn_post_verify(&src, &ti, true, NULL, NULL, NULL), PN_OK);
    pos.ptr[pos.len - 1] = 2;
    assert_int_equal(pn_post_verify(&src, &ti, true, NULL, NULL, NULL), PN_ECORRUPT);
    pn_buf_clear(&pos);
    tf = PN_BLOCK;
    list.positions = many;
    assert_int_equal(pn_post_write(&post, &pos, &list, NULL, &ti, NULL), PN_OK);
    pn_buf_put_u8(&pos, 0);
    src.pos = pn_buf_bytes(&pos);
    assert_int_equal(pn_post_verify(&src, &ti, true, NULL, NULL, NULL), PN_OK);
    ti.pos_len++;
    assert_int_equal(pn_post_verify(&src, &ti, true, NULL, NULL, NULL), PN_ECORRUPT);
    pn_buf_fini(&pos);
}

/* The same for the entry of the dictionary. */
static void any_damaged_entry_leaves_readers_in_bounds(void **state) {
    (void)state;
    const uint32_t sizes[] = { 1, 100, 300 };
    const uint64_t wrong[] = { 0, 1, 2, 127, 128, 129, 100000, UINT32_MAX, UINT64_MAX };
    for (size_t s = 0; s < PN_COUNT(sizes); s++) {
        model m = model_new(sizes[s], 3, s);
        written w;
        write_list(&w, &m, true);
        uint64_t *bits = calloc(m.n_docs / 64 + 1, sizeof *bits);
        pn_buf out = { 0 };
        for (size_t field = 0; field < 8; field++) {
            for (size_t k = 0; k < PN_COUNT(wrong); k++) {
                pn_term_info ti = w.ti;
                if (field == 0) ti.df = (uint32_t)wrong[k];
                if (field == 1) ti.ttf = wrong[k];
                if (field == 2) ti.kind = (uint8_t)wrong[k];
                if (field == 3) ti.doc = (uint32_t)wrong[k];
                if (field == 4) ti.off = wrong[k];
                if (field == 5) ti.len = (uint32_t)wrong[k];
                if (field == 6) ti.pos_off = wrong[k];
                if (field == 7) ti.pos_len = wrong[k] ? (uint32_t)wrong[k] : 3;
                read_all(&w.src, &ti, bits, &out);
            }
        }
        free(bits);
        pn_buf_fini(&out);
        written_fini(&w);
        model_free(&m);
    }
}

static void a_list_cut_short_is_corrupt(void **state) {
    (void)state;
    model m = model_new(300, 3, 1);
    written w;
    write_list(&w, &m, true);
    for (uint32_t len = 0; len < w.ti.len; len++) {
        pn_term_info ti = w.ti;
        ti.len = len;
        assert_int_equal(pn_post_verify(&w.src, &ti, true, NULL, NULL, NULL), PN_ECORRUPT);
    }
    for (uint32_t len = 1; len < w.ti.pos_len; len++) {
        pn_term_info ti = w.ti;
        ti.pos_len = len;
        assert_int_equal(pn_post_verify(&w.src, &ti, true, NULL, NULL, NULL), PN_ECORRUPT);
    }
    written_fini(&w);
    model_free(&m);
}

static void a_damaged_block_ends_the_walk_with_its_reason(void **state) {
    (void)state;
    model m = model_new(1000, 3, 1);
    written w;
    write_list(&w, &m, true);
    w.post.ptr[w.ti.off + 8 + 4] ^= 1;                      /* last_doc of block 1 */
    pn_post c;
    assert_int_equal(pn_post_open(&c, &w.src, &w.ti, NULL), PN_OK);
    uint32_t n = 0;
    while (c.doc != PN_DOC_END) { n++; pn_post_next(&c); }
    assert_int_equal(n, 128);
    assert_int_equal(c.rc, PN_ECORRUPT);
    assert_int_equal(c.error.code, PN_ECORRUPT);
    assert_int_equal(pn_post_next(&c), PN_DOC_END);
    assert_int_equal(pn_post_seek(&c, 5), PN_DOC_END);
    assert_int_equal(c.rc, PN_ECORRUPT);
    written_fini(&w);
    model_free(&m);
}

/* --- sums of the file */
static void path_of_file(char *path, size_t cap) {
    const char *dir = getenv("TMPDIR");
    snprintf(path, cap, "%s/pn-test-post-%ld.idx", dir ? dir : "/tmp", (long)getpid());
}

/* Writes both sections into a file and flips one byte on the disk. */
static pn_file *damaged_file(const written *w, const char *path, size_t at_in_post) {
    const pn_file_id id = { { 1 }, 1, 1 };
    pn_file_writer *fw;
    pn_file_sum sum;
    pn_file *f;
    assert_int_equal(pn_file_writer_new(pn_io_posix(), path, PN_FILE_INDEX, &id, &fw, NULL), PN_OK);
    pn_file_begin(fw, 1);
    pn_file_put_buf(fw, &w->post);
    pn_file_begin(fw, 2);
    pn_file_put_buf(fw, &w->pos);
    assert_int_equal(pn_file_finish(fw, &sum, NULL), PN_OK);
    FILE *disk = fopen(path, "r+b");
    assert_non_null(disk);
    assert_int_equal(fseek(disk, 64 + (long)at_in_post, SEEK_SET), 0);         /* behind the header */
    assert_int_equal(fputc(w->post.ptr[at_in_post] ^ 1, disk), w->post.ptr[at_in_post] ^ 1);
    assert_int_equal(fclose(disk), 0);
    assert_int_equal(pn_file_open(pn_io_posix(), path, PN_FILE_INDEX, &id, &sum, false, &f, NULL), PN_OK);
    return f;
}

static void only_the_blocks_that_are_read_must_agree_with_their_sums(void **state) {
    (void)state;
    model m = model_new(20000, 3, 6);
    written w;
    write_list(&w, &m, true);
    char path[300];
    path_of_file(path, sizeof path);
    pn_file *f = damaged_file(&w, path, w.post.len - 1);
    pn_post_src src = { f, pn_file_section(f, 1), pn_file_section(f, 2), m.n_docs };
    uint32_t edges[] = { m.docs[1000], m.docs[5000], m.docs[m.n - 1] }, cum[3];
    pn_error err;
    assert_int_equal(pn_post_ranks(&src, &w.ti, edges, 2, cum, NULL, &err), PN_OK);
    assert_int_equal(cum[1], 5000);
    assert_int_equal(pn_post_ranks(&src, &w.ti, edges, 3, cum, NULL, &err), PN_ECORRUPT);
    assert_string_equal(err.file, path);
    assert_int_equal(pn_post_verify(&src, &w.ti, true, NULL, NULL, NULL), PN_ECORRUPT);
    pn_file_release(f);
    remove(path);
    written_fini(&w);
    model_free(&m);
}

/* --- memory */
typedef struct { long left; } failing;                      /* allocations until one fails */

static void *fail_once(void *ctx, void *p, size_t n) {
    failing *f = ctx;
    if (n == 0) { free(p); return NULL; }
    return f->left-- == 0 ? NULL : realloc(p, n);
}

static pn_status write_and_read(const model *m, pn_buf *out) {
    pn_buf post = { 0 }, pos = { 0 };
    pn_term_info ti;
    pn_list list = { m->n, m->docs, m->tfs, m->positions, m->norms };
    assert_int_equal(pn_post_write(&post, &pos, &list, NULL, &ti, NULL), PN_OK);
    pn_status rc = post.rc != PN_OK ? post.rc : pos.rc;
    pn_post_src src = { NULL, pn_buf_bytes(&post), pn_buf_bytes(&pos), m->n_docs };
    pn_post c;
    const uint32_t *at;
    uint32_t n;
    if (rc == PN_OK) rc = pn_post_open(&c, &src, &ti, NULL);
    if (rc == PN_OK) rc = pn_post_positions(&c, out, &at, &n, NULL);
    if (rc == PN_OK) rc = pn_post_verify(&src, &ti, true, NULL, NULL, NULL);
    pn_buf_fini(&post);
    pn_buf_fini(&pos);
    return rc;
}

static void running_out_of_memory_is_a_status_and_leaks_nothing(void **state) {
    (void)state;
    model m = model_new(700, 3, 2);
    int64_t before = pn_live();
    for (long n = 0, failures = 0;; n++) {
        failing f = { n };
        pn_alloc_set_for_tests(&(pn_alloc){ fail_once, &f });
        pn_buf out = { 0 };
        pn_status rc = write_and_read(&m, &out);
        pn_buf_fini(&out);
        pn_alloc_set_for_tests(NULL);
        assert_int_equal(pn_live(), before);
        if (f.left >= 0) { assert_int_equal(rc, PN_OK); assert_true(failures > 5); break; }
        assert_int_equal(rc, PN_ENOMEM);
        failures++;
    }
    model_free(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_every_size_answer_as_plain_arrays_do),
        cmocka_unit_test(the_first_and_the_last_possible_article_and_huge_counts_are_kept),
        cmocka_unit_test(positions_up_to_the_largest_number_are_kept),
        cmocka_unit_test(a_short_list_has_the_bytes_of_the_format_page),
        cmocka_unit_test(a_field_without_positions_says_so),
        cmocka_unit_test(a_bound_is_the_largest_count_and_the_smallest_norm_of_its_block),
        cmocka_unit_test(a_trend_decodes_at_most_one_block_an_edge),
        cmocka_unit_test(a_short_block_may_lie_in_the_middle),
        cmocka_unit_test(the_same_list_gives_the_same_bytes),
        cmocka_unit_test(any_damaged_byte_leaves_readers_in_bounds),
        cmocka_unit_test(any_flipped_bit_of_a_packed_list_is_found),
        cmocka_unit_test(ranks_never_descend_whatever_the_header_says),
        cmocka_unit_test(a_gap_that_wraps_around_is_corrupt),
        cmocka_unit_test(positions_that_overflow_or_leave_bytes_are_corrupt),
        cmocka_unit_test(any_damaged_entry_leaves_readers_in_bounds),
        cmocka_unit_test(a_list_cut_short_is_corrupt),
        cmocka_unit_test(a_damaged_block_ends_the_walk_with_its_reason),
        cmocka_unit_test(only_the_blocks_that_are_read_must_agree_with_their_sums),
        cmocka_unit_test(running_out_of_memory_is_a_status_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
