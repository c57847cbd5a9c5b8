/* Bytes as a segment's dictionary, postings and positions: whatever they are, every reader stays in bounds, what it hands
 * out ascends, and a list that verifies is read without complaint.
 *
 * input := dictionary length u16, postings length u16, articles u32 (cut to 16 bits), dictionary, postings, positions
 */
#include "codec/pn_rd.h"
#include "index/pn_terms.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LISTS = 32 };                   /* of one input: many entries may name the same bytes */

static void demand(bool holds) { if (!holds) abort(); }

/* A copy of exactly its size, so that one byte too far is seen. */
static pn_bytes take(pn_rd *r, size_t n) {
    n = PN_MIN(n, pn_rd_left(r));
    uint8_t *p = malloc(n ? n : 1);
    demand(p != NULL);
    if (n) memcpy(p, pn_rd_take(r, n), n);
    return pn_bytes_of(p, n);
}

static void walk(const pn_post_src *src, const pn_term_info *ti, bool is_sound) {
    pn_post c;
    pn_buf out = { 0 };
    const uint32_t *at;
    uint32_t n, seen = 0, last = 0;
    uint64_t occurrences = 0;
    pn_status rc = pn_post_open(&c, src, ti, NULL);
    for (; rc == PN_OK && c.doc != PN_DOC_END; pn_post_next(&c)) {
        demand(c.doc < src->n_docs && c.tf > 0 && (seen == 0 || c.doc > last));
        last = c.doc;
        seen++;
        occurrences += c.tf;
        pn_status here = ti->pos_len ? pn_post_positions(&c, &out, &at, &n, NULL) : PN_OK;
        demand(here == PN_OK || (here == PN_ECORRUPT && !is_sound));
        if (here == PN_OK && ti->pos_len) demand(n == c.tf && at[0] <= at[n - 1]);
    }
    demand(!is_sound || (rc == PN_OK && c.rc == PN_OK && seen == ti->df && occurrences == ti->ttf));
    pn_buf_fini(&out);
}

static void seek(const pn_post_src *src, const pn_term_info *ti) {
    pn_post c;
    if (pn_post_open(&c, src, ti, NULL) != PN_OK) return;
    for (uint32_t target = 0; c.doc != PN_DOC_END; target += 31) {
        pn_post_bound bound = pn_post_bound_at(&c, PN_MAX(target, c.doc));
        demand(bound.last_doc >= target);
        demand(pn_post_seek(&c, target) >= target);
    }
}

static void rank(const pn_post_src *src, const pn_term_info *ti, uint64_t *bits, bool is_sound) {
    uint32_t edges[20], cum[20];
    uint64_t cum_tf[20];
    for (uint32_t i = 0; i < 20; i++) edges[i] = src->n_docs / 19 * i;
    edges[19] = src->n_docs;
    pn_status rc = pn_post_ranks(src, ti, edges, 20, cum, cum_tf, NULL);
    for (uint32_t i = 1; rc == PN_OK && i < 20; i++) demand(cum[i - 1] <= cum[i] && cum_tf[i - 1] <= cum_tf[i]);
    demand(!is_sound || (rc == PN_OK && cum[19] == ti->df && cum_tf[19] == ti->ttf));
    rc = pn_post_set_bits(src, ti, bits, NULL);
    demand(rc == PN_OK || (rc == PN_ECORRUPT && !is_sound));
}

static void read_list(const pn_post_src *src, const pn_term_info *ti, uint64_t *bits) {
    bool is_sound = pn_post_verify(src, ti, ti->pos_len > 0, NULL, NULL, NULL) == PN_OK;
    walk(src, ti, is_sound);
    seek(src, ti);
    rank(src, ti, bits, is_sound);
}

static void read_terms(pn_bytes dictionary, const pn_post_src *src, uint64_t *bits) {
    pn_terms t;
    if (pn_terms_open(&t, NULL, dictionary, NULL) != PN_OK) return;
    pn_terms_iter it;
    int lists = 0;
    for (pn_terms_seek(&it, &t, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) {
        pn_term_info ti;
        bool found;
        demand(it.term_len >= 1 && it.term_len <= 255);
        pn_status rc = pn_terms_find(&t, pn_terms_at(&it), &ti, &found, NULL);
        demand(rc == PN_OK || rc == PN_ECORRUPT);
        if (lists++ < LISTS) read_list(src, &it.info, bits);
    }
    demand(it.rc == PN_OK || it.rc == PN_ECORRUPT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    pn_rd r = pn_rd_of(pn_bytes_of(data, n));
    uint16_t dictionary_len = pn_rd_u16(&r), post_len = pn_rd_u16(&r);
    uint32_t n_docs = pn_rd_u32(&r) & 0xFFFF;
    if (r.bad) return 0;
    pn_bytes dictionary = take(&r, dictionary_len), post = take(&r, post_len), pos = take(&r, pn_rd_left(&r));
    uint64_t *bits = calloc(n_docs / 64 + 1, sizeof *bits);
    demand(bits != NULL);
    pn_post_src src = { NULL, post, pos, n_docs };
    read_terms(dictionary, &src, bits);
    free(bits);
    free((void *)(uintptr_t)dictionary.ptr);
    free((void *)(uintptr_t)post.ptr);
    free((void *)(uintptr_t)pos.ptr);
    return 0;
}
