#include "memfs.h"
#include "oom.h"
#include "reseal.h"
#include "store/pn_file.h"
#include "unit.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static const pn_file_id ID = { "archive number 1", 7, 3 };

/* Byte i of section s. */
static uint8_t byte_at(uint32_t s, size_t i) { return (uint8_t)(s * 37 + i * 11 + (i >> 8)); }

static void put_section(pn_file_writer *w, uint32_t s, size_t n, size_t step) {
    uint8_t b[4096];
    pn_file_begin(w, s);
    for (size_t at = 0; at < n;) {
        size_t k = PN_MIN(PN_MIN(step, sizeof b), n - at);
        for (size_t i = 0; i < k; i++) b[i] = byte_at(s, at + i);
        pn_file_put(w, b, k);
        at += k;
    }
}

/* Sections 1, 2, … of these lengths; `step` bytes at a time. */
static pn_status write_file(const pn_io *io, const char *path, const pn_file_id *id, const size_t *lengths, size_t n, size_t step,
                            pn_file_sum *sum, pn_error *err) {
    pn_file_writer *w = NULL;
    PN_TRY(pn_file_writer_new(io, path, PN_FILE_INDEX, id, &w, err));
    for (size_t i = 0; i < n; i++) put_section(w, (uint32_t)i + 1, lengths[i], step);
    return pn_file_finish(w, sum, err);
}

static pn_file_sum make(memfs *m, const char *path, const pn_file_id *id, const size_t *lengths, size_t n) {
    pn_file_sum sum = { 0 };
    assert_int_equal(write_file(memfs_io(m), path, id, lengths, n, 999, &sum, NULL), PN_OK);
    return sum;
}

static pn_file *open_file(memfs *m, const char *path) {
    pn_file *f = NULL;
    assert_int_equal(pn_file_open(memfs_io(m), path, PN_FILE_INDEX, &ID, NULL, false, &f, NULL), PN_OK);
    return f;
}

static pn_status open_and_verify(memfs *m, const char *path, const pn_file_id *id, const pn_file_sum *sum, pn_error *err) {
    pn_file *f = NULL;
    PN_TRY(pn_file_open(memfs_io(m), path, PN_FILE_INDEX, id, sum, false, &f, err));
    pn_status rc = pn_file_verify(f, NULL, err);
    pn_file_release(f);
    return rc;
}

static int stop_soon(void *left) { return --*(int *)left < 0; }

static void a_long_section_is_put_with_questions_between(void **state) {
    (void)state;
    enum { LEN = 3 << 20 };
    pn_buf bytes = { 0 };
    for (size_t i = 0; i < LEN; i++) pn_buf_put_u8(&bytes, byte_at(1, i));
    for (int left = 0, polls = 0;; left = ++polls) {
        memfs *m = memfs_new();
        pn_file_writer *w = NULL;
        pn_tick tick = { stop_soon, &left };
        assert_int_equal(pn_file_writer_new(memfs_io(m), "f", PN_FILE_INDEX, &ID, &w, NULL), PN_OK);
        pn_status rc = pn_file_put_section(w, 1, &bytes, &tick, NULL);
        if (rc == PN_OK) rc = pn_file_finish(w, NULL, NULL);
        else pn_file_abandon(w);
        if (rc == PN_OK) {
            size_t n, want_n, length = LEN;
            memfs *want = memfs_new();
            make(want, "f", &ID, &length, 1);
            const uint8_t *put = memfs_bytes(m, "f", &n), *same = memfs_bytes(want, "f", &want_n);
            assert_int_equal(n, want_n);
            assert_memory_equal(put, same, n);
            memfs_free(want);
        }
        memfs_free(m);
        if (rc == PN_OK) { assert_true(polls >= LEN >> 18); break; }
        assert_int_equal(rc, PN_EINTR);
    }
    pn_buf_fini(&bytes);
}

static void check_sections(pn_file *f, const size_t *lengths, size_t n) {
    assert_int_equal(pn_file_n_sections(f), n);
    for (size_t s = 0; s < n; s++) {
        pn_bytes b = PN_BYTES_NONE;
        uint32_t number;
        uint64_t offset, length;
        assert_int_equal(pn_file_section_checked(f, (uint32_t)s + 1, &b, NULL), PN_OK);
        pn_file_section_at(f, s, &number, &offset, &length);
        assert_non_null(b.ptr);
        assert_int_equal(number, s + 1);
        assert_int_equal(offset % 64, 0);
        assert_true(length == lengths[s] && b.len == lengths[s]);
        for (size_t i = 0; i < b.len; i++) if (b.ptr[i] != byte_at(number, i)) fail_msg("section %u, byte %zu", number, i);
    }
}

/* --- round trips */

static void what_is_written_is_read(void **state) {
    (void)state;
    static const size_t lengths[] = { 0, 1, 63, 64, 65, 4031, 4032, 4033, 4095, 4096, 4097, 0, 300000, 5 << 20, 0 };
    memfs *m = memfs_new();
    pn_file_sum sum = make(m, "f", &ID, lengths, PN_COUNT(lengths)), own;
    pn_file *f = open_file(m, "f");
    check_sections(f, lengths, PN_COUNT(lengths));
    assert_int_equal(pn_file_verify(f, NULL, NULL), PN_OK);
    assert_null(pn_file_section(f, 99).ptr);
    own = pn_file_sum_of(f);
    assert_true(own.length == sum.length && own.footer_crc == sum.footer_crc);
    assert_memory_equal(pn_file_identity(f)->archive, ID.archive, 16);
    assert_string_equal(pn_file_path(f), "f");
    pn_file_release(f);
    pn_file_release(NULL);
    assert_int_equal(memfs_held(m), 0);
    memfs_free(m);
}

static void a_file_without_sections_is_a_file(void **state) {
    (void)state;
    memfs *m = memfs_new();
    pn_file_sum sum = make(m, "f", &ID, NULL, 0);
    assert_int_equal(sum.length, 64 + 4 + 16 + 4 + 24);
    assert_int_equal(open_and_verify(m, "f", &ID, &sum, NULL), PN_OK);
    memfs_free(m);
}

static void the_same_content_gives_the_same_bytes_however_it_is_put(void **state) {
    (void)state;
    static const size_t lengths[] = { 100, 0, 9000 }, steps[] = { 1, 64, 4096 };
    memfs *m = memfs_new();
    size_t n, k;
    make(m, "f", &ID, lengths, 3);
    for (size_t i = 0; i < 3; i++) {
        memfs_fail(m, (memfs_fault){ 0 });
        assert_int_equal(write_file(memfs_io(m), "g", &ID, lengths, 3, steps[i], NULL, NULL), PN_OK);
        uint8_t *a = memfs_bytes(m, "f", &n), *b = memfs_bytes(m, "g", &k);
        assert_int_equal(n, k);
        assert_memory_equal(a, b, n);
        assert_int_equal(memfs_io(m)->unlink(m, "g", NULL), PN_OK);
    }
    memfs_free(m);
}

static void the_offset_counts_inside_the_section(void **state) {
    (void)state;
    memfs *m = memfs_new();
    pn_file_writer *w = NULL;
    assert_int_equal(pn_file_writer_new(memfs_io(m), "f", PN_FILE_TEXT, &ID, &w, NULL), PN_OK);
    assert_int_equal(pn_file_at(w), 0);
    pn_file_begin(w, 5);
    pn_file_put(w, "abc", 3);
    assert_int_equal(pn_file_at(w), 3);
    pn_file_begin(w, 6);
    assert_int_equal(pn_file_at(w), 0);
    pn_file_abandon(w);
    assert_int_equal(memfs_n_files(m), 0);
    assert_int_equal(memfs_held(m), 0);
    memfs_free(m);
}

static void a_handle_lives_until_its_last_release(void **state) {
    (void)state;
    static const size_t lengths[] = { 10 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 1);
    pn_file *f = open_file(m, "f");
    assert_ptr_equal(pn_file_retain(f), f);
    pn_file_release(f);
    check_sections(f, lengths, 1);
    pn_file_release(f);
    assert_int_equal(memfs_held(m), 0);
    memfs_free(m);
}

/* --- damage */

static void every_flipped_bit_is_refused(void **state) {
    (void)state;
    static const size_t lengths[] = { 130, 0, 70, 4500 };
    memfs *m = memfs_new();
    pn_file_sum sum = make(m, "f", &ID, lengths, 4);
    size_t n;
    uint8_t *p = memfs_bytes(m, "f", &n);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        pn_error err = { 0 };
        if (open_and_verify(m, "f", NULL, NULL, NULL) != PN_ECORRUPT) fail_msg("bit %zu, alone", bit);
        if (open_and_verify(m, "f", &ID, &sum, &err) != PN_ECORRUPT) fail_msg("bit %zu, by the manifest", bit);
        assert_string_equal(err.file, "f");
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(open_and_verify(m, "f", &ID, &sum, NULL), PN_OK);
    memfs_free(m);
}

static void every_cut_is_refused(void **state) {
    (void)state;
    static const size_t lengths[] = { 130, 4500 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 2);
    size_t n;
    uint8_t *p = memfs_bytes(m, "f", &n);
    for (size_t cut = 0; cut < n; cut++) {
        memfs_put(m, "g", p, cut);
        p = memfs_bytes(m, "f", &n);
        if (open_and_verify(m, "g", NULL, NULL, NULL) != PN_ECORRUPT) fail_msg("cut to %zu", cut);
    }
    memfs_free(m);
}

static void bytes_behind_the_end_are_refused(void **state) {
    (void)state;
    static const size_t lengths[] = { 130 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 1);
    size_t n;
    uint8_t *p = memfs_bytes(m, "f", &n), *longer = calloc(2, n);
    assert_non_null(longer);
    memcpy(longer, p, n);
    for (size_t more = 1; more < n; more++) {
        memfs_put(m, "g", longer, n + more);
        assert_int_equal(open_and_verify(m, "g", NULL, NULL, NULL), PN_ECORRUPT);
    }
    memcpy(longer + n, longer, n);         /* twice the same file ends well and begins well */
    memfs_put(m, "g", longer, 2 * n);
    assert_int_equal(open_and_verify(m, "g", NULL, NULL, NULL), PN_ECORRUPT);
    free(longer);
    memfs_free(m);
}

static void swap(uint8_t *a, uint8_t *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint8_t t = a[i];
        a[i] = b[i];
        b[i] = t;
    }
}

/* All blocks but the first hold different bytes of one length. */
static void swapped_blocks_are_refused_also_together_with_their_sums(void **state) {
    (void)state;
    static const size_t lengths[] = { 6 * 4096 - 64 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 1);
    size_t n;
    uint8_t *p = memfs_bytes(m, "f", &n), *table = p + 6 * 4096, kept[4096];
    for (size_t a = 0; a < 6; a++)
        for (size_t b = a + 1; b < 6; b++) {
            swap(p + a * 4096, p + b * 4096, 4096);
            assert_int_equal(open_and_verify(m, "f", NULL, NULL, NULL), PN_ECORRUPT);
            swap(table + 4 * a, table + 4 * b, 4);
            assert_int_equal(open_and_verify(m, "f", NULL, NULL, NULL), PN_ECORRUPT);
            swap(p + a * 4096, p + b * 4096, 4096);
            swap(table + 4 * a, table + 4 * b, 4);
            memcpy(kept, p + b * 4096, 4096);
            memcpy(p + b * 4096, p + a * 4096, 4096);
            assert_int_equal(open_and_verify(m, "f", NULL, NULL, NULL), PN_ECORRUPT);
            memcpy(p + b * 4096, kept, 4096);
        }
    assert_int_equal(open_and_verify(m, "f", NULL, NULL, NULL), PN_OK);
    memfs_free(m);
}

/* Even where the page sum is forged, a block keeps its place: its own sum names it. */
static void a_block_that_moved_with_its_sum_does_not_agree_with_its_place(void **state) {
    (void)state;
    uint8_t block[4096] = { 1, 2, 3 };
    for (uint64_t place = 0; place < 1000; place++)
        assert_int_not_equal(pn_file_sum_at(42, place, block, sizeof block), pn_file_sum_at(42, place + 1, block, sizeof block));
}

static void zeroed_sectors_are_refused(void **state) {
    (void)state;
    static const size_t lengths[] = { 9000 };
    static const uint8_t zeros[512];
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 1);
    size_t n;
    uint8_t *p = memfs_bytes(m, "f", &n), kept[512];
    for (size_t at = 0; at + 512 <= n; at += 512) {
        memcpy(kept, p + at, 512);
        memcpy(p + at, zeros, 512);
        assert_int_equal(open_and_verify(m, "f", NULL, NULL, NULL), PN_ECORRUPT);
        memcpy(p + at, kept, 512);
    }
    memfs_free(m);
}

static void a_file_of_another_archive_segment_generation_or_kind_is_refused(void **state) {
    (void)state;
    static const size_t lengths[] = { 130 };
    pn_file_id other[3] = { ID, ID, ID };
    other[0].archive[15] ^= 1;
    other[1].segment++;
    other[2].generation++;
    memfs *m = memfs_new();
    pn_file_sum sum = make(m, "f", &ID, lengths, 1);
    for (size_t i = 0; i < 3; i++) {
        pn_error err = { 0 };
        char name[2] = { (char)('a' + i), '\0' };
        assert_int_equal(open_and_verify(m, "f", &other[i], NULL, &err), PN_ECORRUPT);
        assert_non_null(strstr(err.msg, "belongs to"));
        make(m, name, &other[i], lengths, 1);
        assert_int_equal(open_and_verify(m, name, NULL, NULL, NULL), PN_OK);
        assert_int_equal(open_and_verify(m, name, NULL, &sum, &err), PN_ECORRUPT);
        assert_non_null(strstr(err.msg, "the one the manifest names"));
    }
    pn_file *f = NULL;
    assert_int_equal(pn_file_open(memfs_io(m), "f", PN_FILE_TEXT, &ID, &sum, false, &f, NULL), PN_ECORRUPT);
    memfs_free(m);
}

/* The same bytes at the same place of a file with another identity have other sums, so neither a block nor a table nor a
 * footer carries over. */
static void sums_of_another_file_are_refused_though_the_content_is_the_same(void **state) {
    (void)state;
    static const size_t lengths[] = { 9000 };
    enum { BODY = 9088 };
    pn_file_id other = ID;
    other.generation++;
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 1);
    make(m, "g", &other, lengths, 1);
    size_t n, k;
    uint8_t *p = memfs_bytes(m, "f", &n), *q = memfs_bytes(m, "g", &k);
    assert_int_equal(n, k);
    assert_memory_equal(p + 64, q + 64, BODY - 64);
    for (size_t i = 0; i < 3; i++) assert_int_not_equal(pn_load_u32(p + BODY + 4 * i), pn_load_u32(q + BODY + 4 * i));
    memcpy(p + BODY, q + BODY, n - BODY);
    assert_int_equal(open_and_verify(m, "f", NULL, NULL, NULL), PN_ECORRUPT);
    memfs_free(m);
}

/* --- files that go */

typedef struct { pn_io io; const pn_io *real; uint64_t links; bool is_touched, is_mended; } watched;     /* mended: the next look finds nothing */

static pn_status watched_stat(void *ctx, const char *path, pn_io_stat *out, pn_error *err) {
    watched *w = ctx;
    PN_TRY(w->real->stat(w->real->ctx, path, out, err));
    out->links = w->links;
    out->ctime_ns += w->is_touched;
    if (w->is_mended) w->is_touched = false;
    return PN_OK;
}
static pn_status watched_map(void *ctx, const char *path, bool copy, pn_io_map *out, pn_error *err) {
    watched *w = ctx;
    return w->real->map(w->real->ctx, path, copy, out, err);
}
static bool watched_sound(void *ctx, const pn_io_map *m) { watched *w = ctx; return w->real->sound(w->real->ctx, m); }
static void watched_unmap(void *ctx, pn_io_map *m) { watched *w = ctx; w->real->unmap(w->real->ctx, m); }

static void damage_stays_damage_when_a_sound_file_takes_the_name_meanwhile(void **state) {
    (void)state;
    static const size_t lengths[] = { 9000 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 1);
    watched w = { .io = { .stat = watched_stat, .map = watched_map, .sound = watched_sound, .unmap = watched_unmap }, .real = memfs_io(m), .links = 1 };
    w.io.ctx = &w;
    pn_file *f = NULL;
    pn_error err = { 0 };
    assert_int_equal(pn_file_open(&w.io, "f", PN_FILE_INDEX, &ID, NULL, false, &f, NULL), PN_OK);
    *((uint8_t *)(uintptr_t)pn_file_section(f, 1).ptr) ^= 1;
    w.is_touched = w.is_mended = true;
    assert_int_equal(pn_file_check(f, pn_file_section(f, 1).ptr, 1, &err), PN_ECHANGED);
    assert_int_equal(err.code, PN_ECHANGED);
    assert_int_equal(pn_file_check(f, pn_file_section(f, 1).ptr, 1, &err), PN_ECORRUPT);
    pn_file_release(f);
    memfs_free(m);
}

static void a_file_whose_last_name_is_just_being_removed_was_not_changed(void **state) {
    (void)state;
    memfs *m = memfs_new();
    make(m, "f", &ID, NULL, 0);
    watched w = { .io = { .stat = watched_stat, .map = watched_map, .sound = watched_sound, .unmap = watched_unmap }, .real = memfs_io(m), .links = 1 };
    w.io.ctx = &w;
    pn_file *f = NULL;
    assert_int_equal(pn_file_open(&w.io, "f", PN_FILE_INDEX, &ID, NULL, false, &f, NULL), PN_OK);
    assert_int_equal(pn_file_unchanged(f, NULL), PN_OK);
    w.is_touched = true;
    assert_int_equal(pn_file_unchanged(f, NULL), PN_ECHANGED);
    w.links = 0;
    assert_int_equal(pn_file_unchanged(f, NULL), PN_OK);
    pn_file_release(f);
    memfs_free(m);
}

/* --- versions */

static void a_newer_major_is_refused_and_both_are_named(void **state) {
    (void)state;
    memfs *m = memfs_new();
    make(m, "f", &ID, NULL, 0);
    size_t n;
    pn_error err = { 0 };
    uint8_t *p = memfs_bytes(m, "f", &n);
    p[12] = 9;
    p[14] = 4;
    reseal(p, n);
    assert_int_equal(open_and_verify(m, "f", &ID, NULL, &err), PN_EVERSION);
    assert_string_equal(err.msg, "written in format 9.4, this build reads up to 0.1");
    memfs_free(m);
}

static void a_newer_minor_and_unknown_sections_are_read_over(void **state) {
    (void)state;
    static const size_t lengths[] = { 10, 20, 30 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 3);
    size_t n;
    uint8_t *p = memfs_bytes(m, "f", &n);
    p[14] = 200;
    reseal(p, n);
    pn_file *f = open_file(m, "f");
    check_sections(f, lengths, 3);
    pn_file_release(f);
    memfs_free(m);
}

/* --- footers that lie, with right sums */

static pn_status with_footer_u64(memfs *m, size_t at, uint64_t v) {
    static const size_t lengths[] = { 130, 5000 };
    make(m, "f", &ID, lengths, 2);
    size_t n;
    uint8_t *p = memfs_bytes(m, "f", &n), *footer = p + n - (16 + 2 * 24 + 4 + 24);
    assert_int_equal(pn_load_u64(footer) % 64, 0);
    reseal_put(footer + at, v, 8);
    reseal(p, n);
    pn_status rc = open_and_verify(m, "f", NULL, NULL, NULL);
    memfs_io(m)->unlink(m, "f", NULL);
    return rc;
}

static void a_footer_that_contradicts_itself_is_refused(void **state) {
    (void)state;
    static const uint64_t values[] = { 0, 1, 63, 64, 65, 128, 192, 4096, 5057, 5248, 1 << 20, UINT32_MAX, (uint64_t)1 << 32, INT64_MAX,
                                       UINT64_MAX - 63, UINT64_MAX };
    static const size_t fields[] = { 0, 8, 24, 32, 48, 56 };      /* body; counts; offset and length of two sections */
    memfs *m = memfs_new();
    for (size_t f = 0; f < PN_COUNT(fields); f++)
        for (size_t v = 0; v < PN_COUNT(values); v++) {
            bool same_places = (fields[f] == 24 && values[v] == 64) || (fields[f] == 32 && values[v] == 192);   /* 192 ends where 130 and its padding do */
            pn_status rc = with_footer_u64(m, fields[f], values[v]);
            if (rc != (same_places ? PN_OK : PN_ECORRUPT)) fail_msg("field %zu, value %llu", fields[f], (unsigned long long)values[v]);
        }
    assert_int_equal(with_footer_u64(m, 40, 1), PN_ECORRUPT);      /* the second section's number is the first's */
    assert_int_equal(with_footer_u64(m, 40, 9), PN_OK);
    memfs_free(m);
}

/* --- first touch */

static void a_flip_after_opening_is_refused_at_first_touch_and_only_there(void **state) {
    (void)state;
    static const size_t lengths[] = { 3 * 4096, 3 * 4096 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 2);
    pn_file *f = open_file(m, "f");
    pn_bytes s = pn_file_section(f, 2);
    pn_error err = { 0 };
    uint8_t *hit = (uint8_t *)(uintptr_t)s.ptr + 5000;
    assert_int_equal(pn_file_check(f, s.ptr + 9000, 10, &err), PN_OK);
    *hit ^= 1;
    assert_int_equal(pn_file_check(f, s.ptr + 9000, 10, &err), PN_OK);
    assert_int_equal(pn_file_check(f, hit, 1, &err), PN_ECORRUPT);
    assert_string_equal(err.file, "f");
    assert_int_equal(err.offset % 4096, 0);
    assert_int_equal(pn_file_check(f, s.ptr, s.len, &err), PN_ECORRUPT);
    assert_int_equal(pn_file_section_checked(f, 2, &s, &err), PN_ECORRUPT);
    assert_int_equal(pn_file_section_checked(f, 1, &s, &err), PN_OK);
    *hit ^= 1;
    assert_int_equal(pn_file_section_checked(f, 2, &s, &err), PN_OK);
    *hit ^= 1;
    assert_int_equal(pn_file_section_checked(f, 2, &s, &err), PN_OK);     /* known from now on … */
    assert_int_equal(pn_file_verify(f, NULL, &err), PN_ECORRUPT);         /* … but verify reads again */
    pn_file_release(f);
    memfs_free(m);
}

static void a_damaged_table_of_sums_is_refused_at_first_touch(void **state) {
    (void)state;
    static const size_t lengths[] = { 2 * 4096 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 1);
    pn_file *f = open_file(m, "f");
    pn_bytes s = pn_file_section(f, 1);
    uint8_t *table = (uint8_t *)(uintptr_t)s.ptr + 2 * 4096;
    table[4 * 2] ^= 1;                     /* the sum of the last block spoils the page for all */
    assert_int_equal(pn_file_check(f, s.ptr, 1, NULL), PN_ECORRUPT);
    table[4 * 2] ^= 1;
    assert_int_equal(pn_file_check(f, s.ptr, s.len, NULL), PN_OK);
    pn_file_release(f);
    memfs_free(m);
}

static void a_range_beyond_its_section_is_refused(void **state) {
    (void)state;
    static const size_t lengths[] = { 100, 0, 200 };
    memfs *m = memfs_new();
    make(m, "f", &ID, lengths, 3);
    pn_file *f = open_file(m, "f");
    pn_bytes a = pn_file_section(f, 1), b = pn_file_section(f, 2), c = pn_file_section(f, 3);
    assert_int_equal(pn_file_check(f, a.ptr, 100, NULL), PN_OK);
    assert_int_equal(pn_file_check(f, a.ptr, 101, NULL), PN_ECORRUPT);
    assert_int_equal(pn_file_check(f, a.ptr + 99, SIZE_MAX, NULL), PN_ECORRUPT);
    assert_int_equal(pn_file_check(f, a.ptr + 100, 1, NULL), PN_ECORRUPT);
    assert_int_equal(pn_file_check(f, a.ptr + 120, 1, NULL), PN_ECORRUPT);
    assert_int_equal(pn_file_check(f, a.ptr - 1, 1, NULL), PN_ECORRUPT);
    assert_int_equal(pn_file_check(f, c.ptr + 199, 1, NULL), PN_OK);
    assert_int_equal(pn_file_check(f, c.ptr + 199, 2, NULL), PN_ECORRUPT);
    assert_int_equal(pn_file_check(f, c.ptr + 300, 1, NULL), PN_ECORRUPT);
    assert_int_equal(pn_file_check(f, b.ptr, 0, NULL), PN_OK);
    assert_int_equal(pn_file_check(f, NULL, 0, NULL), PN_OK);
    pn_file_release(f);
    memfs_free(m);
}

static pn_file *shared;
static void *touch_everything(void *arg) {
    size_t start = (size_t)(uintptr_t)arg;
    pn_bytes s = pn_file_section(shared, 1);
    for (size_t i = 0; i < s.len / 1000; i++) {
        size_t at = (i * 7919 + start) * 1000 % (s.len - 1000);
        if (pn_file_check(shared, s.ptr + at, 1000, NULL) != PN_OK) return arg;
    }
    return pn_file_verify(shared, NULL, NULL) == PN_OK ? NULL : arg;
}

static void many_threads_check_one_file(void **state) {
    (void)state;
    static const size_t lengths[] = { 1 << 20 };
    memfs *m = memfs_new();
    pthread_t threads[4];
    make(m, "f", &ID, lengths, 1);
    shared = open_file(m, "f");
    for (uintptr_t i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, touch_everything, (void *)(i + 1)), 0);
    for (size_t i = 0; i < 4; i++) {
        void *bad = NULL;
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
    pn_file_release(shared);
    memfs_free(m);
}

/* --- changes by others */

static void a_file_written_over_is_changed_a_removed_or_replaced_one_is_not(void **state) {
    (void)state;
    static const size_t lengths[] = { 9000 };
    memfs *m = memfs_new();
    size_t n;
    pn_error err = { 0 };
    make(m, "f", &ID, lengths, 1);
    pn_file *f = open_file(m, "f");
    assert_int_equal(pn_file_unchanged(f, NULL), PN_OK);
    memfs_bytes(m, "f", &n);               /* counts as a change of the file's time */
    assert_int_equal(pn_file_unchanged(f, &err), PN_ECHANGED);
    assert_string_equal(err.file, "f");
    *((uint8_t *)(uintptr_t)pn_file_section(f, 1).ptr) ^= 1;
    assert_int_equal(pn_file_check(f, pn_file_section(f, 1).ptr, 1, NULL), PN_ECHANGED);   /* rather than damaged */
    memfs_put(m, "f", "something else", 14);
    assert_int_equal(pn_file_unchanged(f, NULL), PN_OK);
    assert_int_equal(memfs_io(m)->unlink(m, "f", NULL), PN_OK);
    assert_int_equal(pn_file_unchanged(f, NULL), PN_OK);
    pn_file_release(f);
    make(m, "f", &ID, lengths, 1);
    assert_int_equal(pn_file_open(memfs_io(m), "f", PN_FILE_INDEX, &ID, NULL, true, &f, NULL), PN_OK);
    memfs_bytes(m, "f", &n);
    assert_int_equal(pn_file_unchanged(f, NULL), PN_OK);           /* a copy in memory is out of reach */
    pn_file_release(f);
    memfs_free(m);
}

static void a_real_file_cut_under_its_map_is_changed_not_fatal(void **state) {
    (void)state;
    static const size_t lengths[] = { 1 << 20 };
    char path[] = "/tmp/pn_test_file.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && unlink(path) == 0 && close(fd) == 0);
    const pn_io *io = pn_io_posix();
    pn_file *f = NULL;
    pn_bytes s;
    assert_int_equal(write_file(io, path, &ID, lengths, 1, 4096, NULL, NULL), PN_OK);
    assert_int_equal(pn_file_open(io, path, PN_FILE_INDEX, &ID, NULL, false, &f, NULL), PN_OK);
    assert_int_equal(pn_file_check(f, pn_file_section(f, 1).ptr, 100, NULL), PN_OK);
    assert_int_equal(truncate(path, 500000), 0);
    assert_int_equal(pn_file_section_checked(f, 1, &s, NULL), PN_ECHANGED);
    assert_int_equal(pn_file_unchanged(f, NULL), PN_ECHANGED);
    assert_int_equal(pn_file_verify(f, NULL, NULL), PN_ECORRUPT);
    pn_file_release(f);
    assert_int_equal(unlink(path), 0);
}

/* --- stopping, misuse, failures */

static int stop_at_third(void *arg) { return ++*(int *)arg == 3; }

static void verify_stops_when_asked(void **state) {
    (void)state;
    static const size_t lengths[] = { 1 << 20 };
    memfs *m = memfs_new();
    int polls = 0;
    pn_tick tick = { stop_at_third, &polls };
    make(m, "f", &ID, lengths, 1);
    pn_file *f = open_file(m, "f");
    assert_int_equal(pn_file_verify(f, &tick, NULL), PN_EINTR);
    assert_int_equal(polls, 3);
    assert_int_equal(pn_file_verify(f, NULL, NULL), PN_OK);
    pn_file_release(f);
    memfs_free(m);
}

static pn_status misuse(memfs *m, int how) {
    pn_file_writer *w = NULL;
    assert_int_equal(pn_file_writer_new(memfs_io(m), "f", PN_FILE_INDEX, &ID, &w, NULL), PN_OK);
    if (how == 0) pn_file_put(w, "x", 1);
    for (uint32_t i = 0; how == 1 && i < 2; i++) pn_file_begin(w, 5);
    for (uint32_t i = 0; how >= 2 && i < (uint32_t)how; i++) pn_file_begin(w, i);
    return pn_file_finish(w, NULL, NULL);
}

static void a_writer_used_wrongly_makes_no_file(void **state) {
    (void)state;
    memfs *m = memfs_new();
    assert_int_equal(misuse(m, 0), PN_EBUG);
    assert_int_equal(misuse(m, 1), PN_EBUG);
    assert_int_equal(misuse(m, 257), PN_ELIMIT);
    assert_int_equal(memfs_n_files(m), 0);
    assert_int_equal(memfs_held(m), 0);
    assert_int_equal(misuse(m, 256), PN_OK);
    assert_int_equal(open_and_verify(m, "f", &ID, NULL, NULL), PN_OK);
    memfs_free(m);
}

static void a_file_that_exists_is_not_written_over(void **state) {
    (void)state;
    memfs *m = memfs_new();
    pn_file_writer *w = NULL;
    memfs_put(m, "f", "precious", 8);
    assert_int_equal(pn_file_writer_new(memfs_io(m), "f", PN_FILE_INDEX, &ID, &w, NULL), PN_EEXISTS);
    assert_null(w);
    assert_true(memfs_has(m, "f"));
    memfs_free(m);
}

static const size_t FAIL_LENGTHS[] = { 10, 600000, 0 };

static pn_status write_and_read(memfs *m, pn_error *err) {
    pn_file_sum sum;
    pn_file *f = NULL;
    pn_bytes s;
    memfs_io(m)->unlink(m, "f", NULL);
    PN_TRY(write_file(memfs_io(m), "f", &ID, FAIL_LENGTHS, 3, 4096, &sum, err));
    PN_TRY(pn_file_open(memfs_io(m), "f", PN_FILE_INDEX, &ID, &sum, false, &f, err));
    pn_status rc = pn_file_section_checked(f, 2, &s, err);
    if (rc == PN_OK) rc = pn_file_verify(f, NULL, err);
    pn_file_release(f);
    return rc;
}

static void every_failed_allocation_is_a_status_and_leaks_nothing(void **state) {
    (void)state;
    memfs *m = memfs_new();
    int64_t live = pn_live();
    pn_status rc = PN_ENOMEM;
    long n = 1;
    for (; rc != PN_OK; n++) {
        oom_arm(n);
        rc = write_and_read(m, NULL);
        oom_off();
        assert_true(rc == PN_OK ? !oom_met() : rc == PN_ENOMEM);
        assert_int_equal(pn_live(), live);
        assert_int_equal(memfs_held(m), 0);
    }
    assert_true(n > 10);
    memfs_free(m);
}

/* Fails operation n of writing one file; false when there was no such operation. */
static bool fail_writing(memfs_fault fault) {
    memfs *m = memfs_new();
    pn_error err = { 0 };
    pn_file_sum sum = { 0 };
    int64_t live = pn_live();
    memfs_fail(m, fault);
    pn_status rc = write_file(memfs_io(m), "f", &ID, FAIL_LENGTHS, 3, 4096, &sum, &err);
    bool failed = memfs_failed(m);
    assert_int_equal(rc, failed ? PN_EIO : PN_OK);
    if (failed) {
        assert_int_equal(err.code, PN_EIO);
        assert_int_equal(err.sys_errno, fault.sys_errno);
        assert_string_equal(err.file, "f");
        assert_int_equal(sum.length, 0);
        if (!fault.for_good) assert_int_equal(memfs_n_files(m), 0);
    }
    assert_int_equal(memfs_held(m), 0);
    assert_int_equal(pn_live(), live);
    memfs_free(m);
    return failed;
}

static void every_failed_operation_of_a_writer_is_final(void **state) {
    (void)state;
    static const int why[] = { EIO, ENOSPC, EDQUOT, EROFS };
    for (size_t i = 0; i < 16; i++) {
        uint64_t n = 1;
        while (fail_writing((memfs_fault){ n, i & 1, i >> 1 & 1, why[i / 4] })) n++;
        assert_true(n >= 8);               /* create, writes, sync, close */
    }
}

static void every_failed_operation_of_a_reader_is_a_status(void **state) {
    (void)state;
    memfs *m = memfs_new();
    pn_error err;
    make(m, "f", &ID, FAIL_LENGTHS, 3);
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        memfs_fail(m, (memfs_fault){ n, false, false, EIO });
        pn_status rc = open_and_verify(m, "f", &ID, NULL, &err);
        failed = memfs_failed(m);
        assert_int_equal(rc, failed ? PN_EIO : PN_OK);
        assert_int_equal(memfs_held(m), 0);
    }
    memfs_fail(m, (memfs_fault){ 0 });
    assert_int_equal(open_and_verify(m, "absent", &ID, NULL, &err), PN_ENOTFOUND);
    assert_string_equal(err.file, "absent");
    memfs_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_without_sections_is_a_file),
        cmocka_unit_test(the_same_content_gives_the_same_bytes_however_it_is_put),
        cmocka_unit_test(the_offset_counts_inside_the_section),
        cmocka_unit_test(a_long_section_is_put_with_questions_between),
        cmocka_unit_test(a_handle_lives_until_its_last_release),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(bytes_behind_the_end_are_refused),
        cmocka_unit_test(swapped_blocks_are_refused_also_together_with_their_sums),
        cmocka_unit_test(a_block_that_moved_with_its_sum_does_not_agree_with_its_place),
        cmocka_unit_test(zeroed_sectors_are_refused),
        cmocka_unit_test(a_file_of_another_archive_segment_generation_or_kind_is_refused),
        cmocka_unit_test(sums_of_another_file_are_refused_though_the_content_is_the_same),
        cmocka_unit_test(damage_stays_damage_when_a_sound_file_takes_the_name_meanwhile),
        cmocka_unit_test(a_file_whose_last_name_is_just_being_removed_was_not_changed), cmocka_unit_test(a_newer_major_is_refused_and_both_are_named),
        cmocka_unit_test(a_newer_minor_and_unknown_sections_are_read_over),
        cmocka_unit_test(a_footer_that_contradicts_itself_is_refused),
        cmocka_unit_test(a_flip_after_opening_is_refused_at_first_touch_and_only_there),
        cmocka_unit_test(a_damaged_table_of_sums_is_refused_at_first_touch),
        cmocka_unit_test(a_range_beyond_its_section_is_refused),
        cmocka_unit_test(many_threads_check_one_file),
        cmocka_unit_test(a_file_written_over_is_changed_a_removed_or_replaced_one_is_not),
        cmocka_unit_test(a_real_file_cut_under_its_map_is_changed_not_fatal),
        cmocka_unit_test(verify_stops_when_asked),
        cmocka_unit_test(a_writer_used_wrongly_makes_no_file),
        cmocka_unit_test(a_file_that_exists_is_not_written_over),
        cmocka_unit_test(every_failed_allocation_is_a_status_and_leaks_nothing),
        cmocka_unit_test(every_failed_operation_of_a_writer_is_final),
        cmocka_unit_test(every_failed_operation_of_a_reader_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
