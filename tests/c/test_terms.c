#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/pn_alloc.h"
#include "index/pn_terms.h"

typedef struct { uint8_t bytes[255]; uint32_t len; pn_term_info ti; } entry;
typedef struct { entry *at; uint32_t n; } entries;         /* sorted, no two alike */

static uint32_t random_next(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 32);
}

static pn_bytes term_of(const entry *e) { return pn_bytes_of(e->bytes, e->len); }
static int by_term(const void *a, const void *b) { return pn_bytes_compare(term_of(a), term_of(b)); }

/* Few letters, so that beginnings are shared; some long beginnings; all byte values now and then. */
static void random_term(entry *e, uint64_t *seed) {
    uint32_t kind = random_next(seed) % 20;
    const char *stem = kind < 3 ? "internationali" : kind == 3 ? "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" : "";
    uint32_t stem_len = (uint32_t)strlen(stem), more = kind == 4 ? 255 : 1 + random_next(seed) % 9;
    e->len = PN_MIN(stem_len + more, 255u);
    memcpy(e->bytes, stem, stem_len);
    for (uint32_t i = stem_len; i < e->len; i++) e->bytes[i] = (uint8_t)(kind == 5 ? random_next(seed) : 'a' + random_next(seed) % 4);
}

/* Lists follow each other, as a segment's do, but some lie elsewhere. */
static void random_info(pn_term_info *ti, uint64_t *seed, uint64_t *post, uint64_t *pos) {
    uint32_t r = random_next(seed);
    ti->df = r % 3 ? 1 : r % 2 ? 2 + r % 126 : 128 + r % 100000;
    ti->ttf = ti->df + (r % 5 ? 0 : (uint64_t)random_next(seed) << r % 20);
    ti->kind = ti->df == 1 ? PN_POST_INLINE : ti->df < 128 ? PN_POST_SHORT : PN_POST_PACKED;
    if (ti->kind == PN_POST_INLINE) ti->doc = random_next(seed) % PN_DOC_MAX;
    else {
        if (ti->kind == PN_POST_PACKED) *post = (*post + 15) & ~UINT64_C(15);
        ti->off = *post += r % 50 ? 0 : 17;
        ti->len = 1 + random_next(seed) % 5000;
        *post += ti->len;
    }
    ti->pos_off = *pos += r % 40 ? 0 : 5;
    ti->pos_len = random_next(seed) % 3000;
    *pos += ti->pos_len;
}

static entries random_entries(uint32_t n, uint64_t seed) {
    entries e = { calloc(n ? n : 1, sizeof(entry)), 0 };
    while (e.n < n) {
        for (uint32_t i = e.n; i < n; i++) random_term(&e.at[i], &seed);
        qsort(e.at, n, sizeof(entry), by_term);
        e.n = n ? 1 : 0;
        for (uint32_t i = 1; i < n; i++) if (by_term(&e.at[e.n - 1], &e.at[i])) e.at[e.n++] = e.at[i];
    }
    uint64_t post = UINT64_C(1) << 33, pos = 7;
    for (uint32_t i = 0; i < n; i++) random_info(&e.at[i].ti, &seed, &post, &pos);
    return e;
}

static void write_entries(const entries *e, pn_buf *out) {
    pn_terms_writer *w;
    assert_int_equal(pn_terms_writer_new(&w, NULL), PN_OK);
    for (uint32_t i = 0; i < e->n; i++) pn_terms_put(w, term_of(&e->at[i]), &e->at[i].ti);
    assert_int_equal(pn_terms_finish(w, out, NULL), PN_OK);
}

static void expect_info(const pn_term_info *a, const pn_term_info *b) {
    assert_int_equal(a->df, b->df);
    assert_int_equal(a->ttf, b->ttf);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->doc, b->doc);
    assert_int_equal(a->off, b->off);
    assert_int_equal(a->len, b->len);
    assert_int_equal(a->pos_off, b->pos_off);
    assert_int_equal(a->pos_len, b->pos_len);
}

/* Index of the first entry >= term. */
static uint32_t model_seek(const entries *e, pn_bytes term) {
    uint32_t i = 0;
    while (i < e->n && pn_bytes_compare(term_of(&e->at[i]), term) < 0) i++;
    return i;
}

static void expect_walk_from(const pn_terms *t, const entries *e, pn_bytes from, uint32_t limit) {
    pn_terms_iter it;
    pn_terms_seek(&it, t, from);
    uint32_t i = model_seek(e, from), stop = e->n - i > limit ? i + limit : e->n;
    for (; i < stop; i++) {
        assert_false(it.done);
        assert_true(pn_bytes_equal(pn_terms_at(&it), term_of(&e->at[i])));
        expect_info(&it.info, &e->at[i].ti);
        assert_int_equal(pn_terms_next(&it), i + 1 < e->n);
    }
    assert_int_equal(it.done, i == e->n);
    assert_int_equal(it.rc, PN_OK);
}

static void expect_find(const pn_terms *t, const entries *e, pn_bytes term) {
    pn_term_info ti;
    bool found;
    uint32_t i = model_seek(e, term);
    bool is_there = i < e->n && pn_bytes_equal(term_of(&e->at[i]), term);
    assert_int_equal(pn_terms_find(t, term, &ti, &found, NULL), PN_OK);
    assert_int_equal(found, is_there);
    if (found) expect_info(&ti, &e->at[i].ti);
}

static void expect_all(const entries *e, uint64_t seed) {
    pn_buf bytes = { 0 };
    pn_terms t;
    write_entries(e, &bytes);
    assert_int_equal(pn_terms_open(&t, NULL, pn_buf_bytes(&bytes), NULL), PN_OK);
    assert_int_equal(t.n_terms, e->n);
    expect_walk_from(&t, e, PN_BYTES_NONE, UINT32_MAX);
    expect_walk_from(&t, e, PN_BYTES_LIT(""), UINT32_MAX);
    for (uint32_t i = 0; i < e->n; i++) {
        expect_find(&t, e, term_of(&e->at[i]));
        expect_find(&t, e, pn_bytes_of(e->at[i].bytes, e->at[i].len - 1));      /* a little less */
        entry above = e->at[i];
        if (above.len < 255) above.bytes[above.len++] = 0;                      /* the next possible term */
        else above.bytes[254]++;
        expect_find(&t, e, term_of(&above));
        expect_walk_from(&t, e, term_of(&above), 3);
        expect_walk_from(&t, e, term_of(&e->at[i]), 3);
    }
    for (int i = 0; i < 1000; i++) {
        entry r;
        random_term(&r, &seed);
        expect_find(&t, e, term_of(&r));
        expect_walk_from(&t, e, term_of(&r), 20);
    }
    uint8_t longer[300];
    memset(longer, 'b', sizeof longer);
    expect_find(&t, e, pn_bytes_of(longer, sizeof longer));
    expect_walk_from(&t, e, pn_bytes_of(longer, sizeof longer), 2);
    pn_buf_fini(&bytes);
}

static void dictionaries_of_every_size_answer_as_a_sorted_array_does(void **state) {
    (void)state;
    const uint32_t sizes[] = { 0, 1, 2, 15, 16, 17, 32, 33, 1000 };
    for (size_t s = 0; s < PN_COUNT(sizes); s++) {
        entries e = random_entries(sizes[s], s + 1);
        expect_all(&e, 99);
        free(e.at);
    }
}

static void terms_alike_in_their_first_eight_bytes_are_told_apart(void **state) {
    (void)state;
    enum { N = 300 };
    entries e = { calloc(N, sizeof(entry)), N };
    for (uint32_t i = 0; i < N; i++) {
        e.at[i].len = (uint32_t)snprintf((char *)e.at[i].bytes, 20, "prefixed%05u", i * 2);
        e.at[i].ti = (pn_term_info){ .df = 1, .ttf = 1, .doc = i };
    }
    expect_all(&e, 3);
    free(e.at);
}

static void zero_bytes_and_short_terms_keep_their_order(void **state) {
    (void)state;
    entries e = { calloc(40, sizeof(entry)), 40 };
    for (uint32_t i = 0; i < 40; i++) {                     /* \0, \0\0, … then \1, \1\0, … */
        e.at[i].len = 1 + i % 20;
        e.at[i].bytes[0] = (uint8_t)(i / 20);
        e.at[i].ti = (pn_term_info){ .df = 1, .ttf = 1 + i };
    }
    expect_all(&e, 4);
    free(e.at);
}

static void an_empty_dictionary_takes_no_bytes_and_has_no_terms(void **state) {
    (void)state;
    pn_buf bytes = { 0 };
    entries none = { NULL, 0 };
    write_entries(&none, &bytes);
    assert_int_equal(bytes.len, 0);
    pn_terms t;
    assert_int_equal(pn_terms_open(&t, NULL, PN_BYTES_NONE, NULL), PN_OK);
    expect_find(&t, &none, PN_BYTES_LIT("a"));
    expect_walk_from(&t, &none, PN_BYTES_LIT(""), 1);
}

static void two_terms_have_the_bytes_of_the_format_page(void **state) {
    (void)state;
    const uint8_t expected[] = {
        0x02, 0, 0, 0, 0x01, 0, 0, 0, 0x0D, 0, 0, 0, 0, 0, 0, 0, 0x6F, 0x69, 0x6C, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0x02, 0x6F, 0x69, 0x6C, 0x06, 0x01, 0x09, 0x0D, 0x30, 0x73, 0x03, 0x0A, 0x03 };
    entry at[2] = { { "oil", 3, { .df = 3, .ttf = 5, .kind = PN_POST_SHORT, .len = 4, .pos_len = 6 } },
                    { "oils", 4, { .df = 1, .ttf = 1, .doc = 10, .pos_off = 6, .pos_len = 1 } } };
    entries e = { at, 2 };
    pn_buf bytes = { 0 };
    write_entries(&e, &bytes);
    assert_int_equal(bytes.len, sizeof expected);
    assert_memory_equal(bytes.ptr, expected, sizeof expected);
    pn_buf_fini(&bytes);
    expect_all(&e, 1);
}

static void terms_out_of_order_or_of_a_wrong_length_are_refused(void **state) {
    (void)state;
    uint8_t longest[256] = { 0 };
    const pn_bytes bad[][2] = { { PN_BYTES_LIT("b"), PN_BYTES_LIT("a") }, { PN_BYTES_LIT("a"), PN_BYTES_LIT("a") },
                                { PN_BYTES_LIT("ab"), PN_BYTES_LIT("a") }, { PN_BYTES_LIT("a"), PN_BYTES_LIT("") },
                                { PN_BYTES_LIT(""), PN_BYTES_LIT("a") }, { pn_bytes_of(longest, 255), pn_bytes_of(longest, 256) } };
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        pn_terms_writer *w;
        pn_buf out = { 0 };
        pn_term_info ti = { .df = 1, .ttf = 1 };
        assert_int_equal(pn_terms_writer_new(&w, NULL), PN_OK);
        pn_terms_put(w, bad[i][0], &ti);
        pn_terms_put(w, bad[i][1], &ti);
        pn_terms_put(w, PN_BYTES_LIT("z"), &ti);
        assert_int_equal(pn_terms_finish(w, &out, NULL), PN_EINVAL);
        assert_int_equal(out.len, 0);
        pn_buf_fini(&out);
    }
}

/* --- damage */
static void read_everything(pn_bytes section, const entries *e) {
    pn_terms t;
    pn_status rc = pn_terms_open(&t, NULL, section, NULL);
    assert_true(rc == PN_OK || rc == PN_ECORRUPT);
    if (rc != PN_OK) return;
    pn_terms_iter it;
    uint8_t last[255];
    uint32_t last_len = 0, n = 0;
    for (pn_terms_seek(&it, &t, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) {
        assert_true(pn_bytes_compare(pn_bytes_of(last, last_len), pn_terms_at(&it)) < 0);
        assert_true(it.info.df > 0 && it.info.ttf >= it.info.df);
        last_len = it.term_len;
        memcpy(last, it.term, last_len);
        n++;
    }
    assert_true(it.rc == PN_OK ? n == t.n_terms : it.rc == PN_ECORRUPT && it.error.code == PN_ECORRUPT);
    for (uint32_t i = 0; i < e->n; i += 3) {
        pn_term_info ti;
        bool found;
        rc = pn_terms_find(&t, term_of(&e->at[i]), &ti, &found, NULL);
        assert_true(rc == PN_OK || rc == PN_ECORRUPT);
        pn_terms_seek(&it, &t, term_of(&e->at[i]));
        if (!it.done) assert_true(pn_bytes_compare(pn_terms_at(&it), term_of(&e->at[i])) >= 0);
    }
}

static void any_damaged_byte_leaves_readers_in_bounds(void **state) {
    (void)state;
    entries e = random_entries(40, 5);
    pn_buf bytes = { 0 };
    write_entries(&e, &bytes);
    uint8_t *copy = malloc(bytes.len);                      /* of exactly its size */
    memcpy(copy, bytes.ptr, bytes.len);
    const uint8_t flips[] = { 0x01, 0x10, 0x80, 0xFF };
    for (size_t i = 0; i < bytes.len; i++) {
        for (size_t k = 0; k < PN_COUNT(flips); k++) {
            copy[i] ^= flips[k];
            read_everything(pn_bytes_of(copy, bytes.len), &e);
            copy[i] ^= flips[k];
        }
    }
    free(copy);
    pn_buf_fini(&bytes);
    free(e.at);
}

static void a_dictionary_cut_short_or_too_long_is_corrupt(void **state) {
    (void)state;
    entries e = random_entries(40, 6);
    pn_buf bytes = { 0 };
    write_entries(&e, &bytes);
    pn_buf_put_u8(&bytes, 0);
    for (size_t len = 1; len <= bytes.len; len++) {
        pn_terms t;
        assert_int_equal(pn_terms_open(&t, NULL, pn_bytes_of(bytes.ptr, len), NULL), len + 1 == bytes.len ? PN_OK : PN_ECORRUPT);
    }
    pn_buf_fini(&bytes);
    free(e.at);
}

static pn_status find_in(pn_bytes section, pn_bytes term) {
    pn_terms t;
    pn_term_info ti;
    bool found;
    PN_TRY(pn_terms_open(&t, NULL, section, NULL));
    return pn_terms_find(&t, term, &ti, &found, NULL);
}

static void lists_beyond_all_files_are_corrupt(void **state) {
    (void)state;
    const uint64_t far[] = { UINT64_MAX / 2, UINT64_MAX / 2 + 1, UINT64_MAX };
    for (size_t i = 0; i < PN_COUNT(far); i++) {
        entry at[1] = { { "a", 1, { .df = 2, .ttf = 2, .kind = PN_POST_SHORT, .off = far[i], .len = 2 } } };
        entries e = { at, 1 };
        pn_buf bytes = { 0 };
        write_entries(&e, &bytes);
        assert_int_equal(find_in(pn_buf_bytes(&bytes), PN_BYTES_LIT("a")), i == 0 ? PN_OK : PN_ECORRUPT);
        pn_buf_fini(&bytes);
    }
}

static void bytes_ahead_of_the_first_block_are_corrupt(void **state) {
    (void)state;
    /*                         one term, one block, 5 or 6 bytes           "a"                       offset      block */
    const uint8_t sound[] = { 1, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'a', 3, 0, 1 };
    const uint8_t ahead[] = { 1, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 'a', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9, 0, 'a', 3, 0, 1 };
    assert_int_equal(find_in(pn_bytes_of(sound, sizeof sound), PN_BYTES_LIT("a")), PN_OK);
    assert_int_equal(find_in(pn_bytes_of(ahead, sizeof ahead), PN_BYTES_LIT("a")), PN_ECORRUPT);
}

static void damage_in_the_middle_ends_the_walk_with_its_reason(void **state) {
    (void)state;
    entries e = random_entries(100, 8);
    pn_buf bytes = { 0 };
    write_entries(&e, &bytes);
    bytes.ptr[16 + 8 * 2] ^= 0xFF;                          /* the prefix of block 2 */
    pn_terms t;
    pn_terms_iter it;
    assert_int_equal(pn_terms_open(&t, NULL, pn_buf_bytes(&bytes), NULL), PN_OK);
    uint32_t n = 0;
    for (pn_terms_seek(&it, &t, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) n++;
    assert_int_equal(n, 32);
    assert_int_equal(it.rc, PN_ECORRUPT);
    assert_false(pn_terms_next(&it));
    assert_int_equal(it.rc, PN_ECORRUPT);
    pn_buf_fini(&bytes);
    free(e.at);
}

/* --- memory */
typedef struct { long left; } failing;                      /* allocations until one fails */

static void *fail_once(void *ctx, void *p, size_t n) {
    failing *f = ctx;
    if (n == 0) { free(p); return NULL; }
    return f->left-- == 0 ? NULL : realloc(p, n);
}

static pn_status write_all(const entries *e, pn_buf *out) {
    pn_terms_writer *w;
    PN_TRY(pn_terms_writer_new(&w, NULL));
    for (uint32_t i = 0; i < e->n; i++) pn_terms_put(w, term_of(&e->at[i]), &e->at[i].ti);
    return pn_terms_finish(w, out, NULL);
}

static void running_out_of_memory_is_a_status_and_leaks_nothing(void **state) {
    (void)state;
    entries e = random_entries(100, 7);
    int64_t before = pn_live();
    for (long n = 0;; n++) {
        failing f = { n };
        pn_alloc_set_for_tests(&(pn_alloc){ fail_once, &f });
        pn_buf out = { 0 };
        pn_status rc = write_all(&e, &out);
        pn_buf_fini(&out);
        pn_alloc_set_for_tests(NULL);
        assert_int_equal(pn_live(), before);
        if (f.left >= 0) { assert_int_equal(rc, PN_OK); assert_true(n > 5); break; }
        assert_int_equal(rc, PN_ENOMEM);
    }
    free(e.at);
}

static void a_writer_may_be_given_up(void **state) {
    (void)state;
    int64_t before = pn_live();
    pn_terms_writer *w;
    assert_int_equal(pn_terms_writer_new(&w, NULL), PN_OK);
    pn_terms_put(w, PN_BYTES_LIT("a"), &(pn_term_info){ .df = 1, .ttf = 1 });
    pn_terms_writer_free(w);
    pn_terms_writer_free(NULL);
    assert_int_equal(pn_live(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dictionaries_of_every_size_answer_as_a_sorted_array_does),
        cmocka_unit_test(terms_alike_in_their_first_eight_bytes_are_told_apart),
        cmocka_unit_test(zero_bytes_and_short_terms_keep_their_order),
        cmocka_unit_test(an_empty_dictionary_takes_no_bytes_and_has_no_terms),
        cmocka_unit_test(two_terms_have_the_bytes_of_the_format_page),
        cmocka_unit_test(terms_out_of_order_or_of_a_wrong_length_are_refused),
        cmocka_unit_test(any_damaged_byte_leaves_readers_in_bounds),
        cmocka_unit_test(a_dictionary_cut_short_or_too_long_is_corrupt),
        cmocka_unit_test(lists_beyond_all_files_are_corrupt),
        cmocka_unit_test(bytes_ahead_of_the_first_block_are_corrupt),
        cmocka_unit_test(damage_in_the_middle_ends_the_walk_with_its_reason),
        cmocka_unit_test(running_out_of_memory_is_a_status_and_leaks_nothing),
        cmocka_unit_test(a_writer_may_be_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
