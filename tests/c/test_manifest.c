#include "memfs.h"
#include "base/pn_alloc.h"
#include "oom.h"
#include "reseal.h"
#include "store/pn_manifest.h"
#include "store/pn_names.h"
#include "unit.h"
#include <errno.h>
#include <stdio.h>

static const char DIR[] = "arch";

static memfs *new_archive(void) {
    memfs *m = memfs_new();
    assert_int_equal(memfs_io(m)->mkdir(m, DIR, NULL), PN_OK);
    return m;
}

static const char *path_of(uint32_t generation) {
    static char path[4][PN_PATH_MAX];
    static int next;
    char *p = path[next++ % 4];
    assert_int_equal(pn_manifest_path(p, DIR, generation, NULL), PN_OK);
    return p;
}

/* --- a tiny archive: each generation adds segment g of g articles and deletes one of segment 1 */

static void id_of(pn_file_id *id, const pn_manifest *m, uint32_t segment, uint32_t generation) {
    *id = (pn_file_id){ .segment = segment, .generation = generation };
    memcpy(id->archive, m->archive, sizeof id->archive);
}

static pn_status write_part(const pn_io *io, const pn_manifest *m, uint32_t segment, pn_segment_name what, uint32_t generation,
                            pn_file_sum *sum, pn_error *err) {
    static const pn_file_kind kinds[] = { [PN_NAME_IDX] = PN_FILE_INDEX, [PN_NAME_DOC] = PN_FILE_TEXT, [PN_NAME_DEL] = PN_FILE_DELETED };
    char path[PN_PATH_MAX], content[700];
    pn_file_writer *w = NULL;
    pn_file_id id;
    id_of(&id, m, segment, generation);
    PN_TRY(pn_segment_path(path, DIR, segment, what, generation, err));
    PN_TRY(pn_file_writer_new(io, path, kinds[what], &id, &w, err));
    memset(content, (int)('a' + segment), sizeof content);
    pn_file_begin(w, 1);
    pn_file_put(w, content, sizeof content);
    return pn_file_finish(w, sum, err);
}

static pn_status next_generation(const pn_io *io, pn_manifest *m, pn_error *err) {
    uint32_t g = m->generation + 1;
    void *p = m->segments;
    size_t cap = m->n_segments;
    pn_manifest_segment s = { .number = m->next_segment, .n_docs = g };
    PN_TRY(write_part(io, m, s.number, PN_NAME_IDX, 0, &s.idx, err));
    PN_TRY(write_part(io, m, s.number, PN_NAME_DOC, 0, &s.doc, err));
    if (!pn_grow(&p, &cap, m->n_segments + 1, sizeof s)) return pn_fail(err, PN_ENOMEM, "no memory");
    m->segments = p;
    m->segments[m->n_segments++] = s;
    m->next_segment++;
    m->n_live += g;
    if (g > 1) {
        PN_TRY(write_part(io, m, 1, PN_NAME_DEL, g, &m->segments[0].del, err));
        m->segments[0].del_generation = g;
        if (m->segments[0].n_deleted == 0) { m->segments[0].n_deleted = 1; m->n_live--; }
    }
    m->generation = g;
    m->fingerprint[0] = 0x1111 * (uint64_t)g;
    PN_TRY(pn_manifest_commit(io, DIR, m, err));
    pn_manifest_collect(io, DIR, m);
    return PN_OK;
}

static pn_manifest start(void) { return (pn_manifest){ .archive = "archive number 1", .next_segment = 1, .analyzer = "test 1" }; }

/* Commits generations up to `last`. */
static pn_manifest build(memfs *m, uint32_t last) {
    pn_manifest a = start();
    while (a.generation < last) assert_int_equal(next_generation(memfs_io(m), &a, NULL), PN_OK);
    return a;
}

/* Every file that the manifest names is there and sound. */
static pn_status check_part(const pn_io *io, const pn_manifest *m, const pn_manifest_segment *s, pn_segment_name what, pn_error *err) {
    static const pn_file_kind kinds[] = { [PN_NAME_IDX] = PN_FILE_INDEX, [PN_NAME_DOC] = PN_FILE_TEXT, [PN_NAME_DEL] = PN_FILE_DELETED };
    const pn_file_sum *sum = what == PN_NAME_IDX ? &s->idx : what == PN_NAME_DOC ? &s->doc : &s->del;
    char path[PN_PATH_MAX];
    pn_file_id id;
    pn_file *f = NULL;
    uint32_t generation = what == PN_NAME_DEL ? s->del_generation : 0;
    id_of(&id, m, s->number, generation);
    PN_TRY(pn_segment_path(path, DIR, s->number, what, generation, err));
    PN_TRY(pn_file_open(io, path, kinds[what], &id, sum, true, &f, err));
    pn_status rc = pn_file_verify(f, NULL, err);
    pn_file_release(f);
    return rc;
}

static pn_status check_all(const pn_io *io, const pn_manifest *m, pn_error *err) {
    for (size_t i = 0; i < m->n_segments; i++) {
        PN_TRY(check_part(io, m, &m->segments[i], PN_NAME_IDX, err));
        PN_TRY(check_part(io, m, &m->segments[i], PN_NAME_DOC, err));
        if (m->segments[i].del_generation) PN_TRY(check_part(io, m, &m->segments[i], PN_NAME_DEL, err));
    }
    return PN_OK;
}

/* The generation at which the archive opens whole, 0 when there is none yet. */
static pn_status open_archive(const pn_io *io, uint32_t *generation, pn_error *err) {
    pn_manifest m = { 0 };
    PN_TRY(pn_manifest_newest(io, DIR, generation, err));
    if (*generation == 0) return PN_OK;
    PN_TRY(pn_manifest_read(io, DIR, *generation, &m, err));
    pn_status rc = check_all(io, &m, err);
    if (rc == PN_OK && (m.generation != *generation || m.fingerprint[0] != 0x1111 * (uint64_t)*generation || m.n_segments != *generation))
        rc = PN_EBUG;
    pn_manifest_fini(&m);
    return rc;
}

/* --- reading back */

static void a_committed_manifest_is_read_back(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = build(m, 3), b = { 0 };
    a.next_arrival = UINT64_C(1) << 40;
    a.generation = 4;
    memset(a.analyzer, 'x', sizeof a.analyzer - 1);
    assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &a, NULL), PN_OK);
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 4, &b, NULL), PN_OK);
    assert_memory_equal(a.archive, b.archive, 16);
    assert_true(a.next_arrival == b.next_arrival && a.n_live == b.n_live && a.next_segment == b.next_segment && b.generation == 4);
    assert_true(a.fingerprint[0] == b.fingerprint[0] && a.fingerprint[1] == b.fingerprint[1]);
    assert_string_equal(a.analyzer, b.analyzer);
    assert_int_equal(b.n_segments, 3);
    for (size_t i = 0; i < 3; i++) {
        const pn_manifest_segment *s = &a.segments[i], *t = &b.segments[i];
        assert_true(s->number == t->number && s->n_docs == t->n_docs && s->del_generation == t->del_generation && s->n_deleted == t->n_deleted);
        assert_true(s->idx.length == t->idx.length && s->idx.footer_crc == t->idx.footer_crc);
        assert_true(s->doc.length == t->doc.length && s->doc.footer_crc == t->doc.footer_crc);
        assert_true(s->del.length == t->del.length && s->del.footer_crc == t->del.footer_crc);
    }
    pn_manifest_fini(&a);
    pn_manifest_fini(&b);
    memfs_free(m);
}

static void an_archive_without_articles_has_a_manifest(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = start(), b = { 0 };
    a.generation = 1;
    assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &a, NULL), PN_OK);
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 1, &b, NULL), PN_OK);
    assert_int_equal(b.n_segments, 0);
    pn_manifest_fini(&b);
    memfs_free(m);
}

/* docs/FORMAT.md section 2 prints these bytes. */
static void the_documented_bytes_are_what_is_written(void **state) {
    (void)state;
    static const struct { size_t at; uint32_t v; } words[] = {
        { 0, 0x454E5089 }, { 4, 0x0A0D5357 }, { 8, 1 }, { 12, 0x00010000 }, { 36, 1 }, { 60, 0x99B3F3A3 }, { 64, 1 }, { 104, 0x74736574 },
        { 192, 0xFD012E52 }, { 196, 192 }, { 204, 2 }, { 208, 1 }, { 212, 1 }, { 220, 64 }, { 228, 104 }, { 236, 2 }, { 244, 192 },
        { 260, 0xFE7295A3 }, { 264, 288 }, { 272, 92 }, { 276, 0xCFEEFDAF }, { 280, 0x57454E50 }, { 284, 0x444E4553 },
    };
    memfs *m = new_archive();
    pn_manifest a = start();
    size_t n;
    a.generation = 1;
    assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &a, NULL), PN_OK);
    const uint8_t *p = memfs_bytes(m, path_of(1), &n);
    assert_int_equal(n, 288);
    for (size_t i = 0; i < PN_COUNT(words); i++) assert_int_equal(pn_load_u32(p + words[i].at), words[i].v);
    memfs_free(m);
}

static void segments_in_any_order_are_committed_and_come_back_sorted(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest_segment s[3] = { { .number = 5, .n_docs = 1 }, { .number = 2, .n_docs = 2 }, { .number = 4, .n_docs = 3 } };
    pn_manifest a = start(), b = { 0 };
    a.generation = 1;
    a.next_segment = 6;
    a.n_live = 6;
    a.segments = s;
    a.n_segments = 3;
    assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &a, NULL), PN_OK);
    assert_int_equal(s[0].number, 5);
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 1, &b, NULL), PN_OK);
    assert_true(b.segments[0].number == 2 && b.segments[1].number == 4 && b.segments[2].number == 5);
    pn_manifest_fini(&b);
    memfs_free(m);
}

static void a_copy_stands_alone(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = build(m, 2), b = { 0 };
    assert_int_equal(pn_manifest_copy(&b, &a, NULL), PN_OK);
    a.segments[0].number = 99;
    pn_manifest_fini(&a);
    assert_true(b.n_segments == 2 && b.segments[0].number == 1 && b.generation == 2);
    pn_manifest_fini(&b);
    pn_manifest_fini(NULL);
    memfs_free(m);
}

/* --- which names count */

static void only_names_of_exactly_our_form_count(void **state) {
    (void)state;
    static const char *const others[] = {
        "MANIFEST-0000000000", "MANIFEST-9999999999", "MANIFEST-4294967296", "MANIFEST-000000009", "MANIFEST-00000000009", "MANIFEST-00000000 9",
        "MANIFEST-+000000009", "manifest-0000000009", "MANIFEST-0000000009~", "MANIFEST-0000000009.TMP", "MANIFEST-0000000009.tmp.tmp", "MANIFEST-", "MANIFEST",
        "xMANIFEST-0000000009", "seg-0000000001", "seg-0000000000.idx", "seg-0000000001.idx.bak", "seg-0000000001.0000000000.del", "seg-0000000001.0000000001.idx",
        "seg-0000000001.del", "seg-0000000001.", "writer.lock", "", ".", "..", "conftest.py",
    };
    memfs *m = new_archive();
    uint32_t generation = 9;
    for (size_t i = 0; i < PN_COUNT(others); i++) {
        char path[100];
        pn_name n = pn_name_of(others[i]);
        assert_true(n.what == PN_NAMED_OTHER && n.segment == 0 && n.generation == 0);
        snprintf(path, sizeof path, "%s/%s", DIR, others[i]);
        memfs_put(m, path, "x", 1);
    }
    assert_int_equal(pn_manifest_newest(memfs_io(m), DIR, &generation, NULL), PN_OK);
    assert_int_equal(generation, 0);
    assert_int_equal(pn_manifest_check_lost(memfs_io(m), DIR, NULL), PN_OK);        /* no archive, so none that lost its manifest */
    memfs_put(m, "arch/MANIFEST-0000000007.tmp", "x", 1);
    memfs_put(m, "arch/MANIFEST-0000000003", "x", 1);
    memfs_put(m, "arch/MANIFEST-4294967295", "x", 1);
    assert_int_equal(pn_manifest_newest(memfs_io(m), DIR, &generation, NULL), PN_OK);
    assert_true(generation == UINT32_MAX);
    memfs_free(m);
}

static void our_names_are_taken_apart(void **state) {
    (void)state;
    static const struct { const char *name; pn_name is; } ours[] = {
        { "MANIFEST-0000000012", { PN_NAMED_MANIFEST, 0, 12 } }, { "MANIFEST-4294967295.tmp", { PN_NAMED_TEMP, 0, UINT32_MAX } },
        { "seg-0000000001.idx", { PN_NAMED_IDX, 1, 0 } },        { "seg-4294967295.doc", { PN_NAMED_DOC, UINT32_MAX, 0 } },
        { "seg-0000000034.0000000056.del", { PN_NAMED_DEL, 34, 56 } },
    };
    for (size_t i = 0; i < PN_COUNT(ours); i++) {
        pn_name n = pn_name_of(ours[i].name);
        assert_true(n.what == ours[i].is.what && n.segment == ours[i].is.segment && n.generation == ours[i].is.generation);
    }
}

static void paths_have_the_documented_form(void **state) {
    (void)state;
    char p[PN_PATH_MAX], *deep = malloc(PN_PATH_MAX + 10);
    assert_int_equal(pn_segment_path(p, "d", 12, PN_NAME_IDX, 0, NULL), PN_OK);
    assert_string_equal(p, "d/seg-0000000012.idx");
    assert_int_equal(pn_segment_path(p, "d", 12, PN_NAME_DOC, 0, NULL), PN_OK);
    assert_string_equal(p, "d/seg-0000000012.doc");
    assert_int_equal(pn_segment_path(p, "d", 12, PN_NAME_DEL, 3, NULL), PN_OK);
    assert_string_equal(p, "d/seg-0000000012.0000000003.del");
    assert_int_equal(pn_manifest_path(p, "d/", 4294967295u, NULL), PN_OK);
    assert_string_equal(p, "d/MANIFEST-4294967295");
    assert_int_equal(pn_lock_path(p, "d", NULL), PN_OK);
    assert_string_equal(p, "d/writer.lock");
    assert_non_null(deep);
    memset(deep, 'd', PN_PATH_MAX);
    deep[PN_PATH_MAX] = '\0';
    assert_int_equal(pn_manifest_path(p, deep, 1, NULL), PN_ELIMIT);
    free(deep);
}

/* --- damage */

static void the_damaged_newest_is_refused_and_not_stepped_over(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = build(m, 3);
    size_t n;
    uint8_t *p = memfs_bytes(m, path_of(3), &n);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        uint32_t generation = 0;
        pn_error err = { 0 };
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (open_archive(memfs_io(m), &generation, &err) != PN_ECORRUPT) fail_msg("bit %zu", bit);
        assert_string_equal(err.file, path_of(3));
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t cut = 0; cut < n; cut++) {
        uint32_t generation = 0;
        memfs_put(m, path_of(4), p, cut);
        p = memfs_bytes(m, path_of(3), &n);
        assert_int_equal(open_archive(memfs_io(m), &generation, NULL), PN_ECORRUPT);
        assert_int_equal(generation, 4);
    }
    pn_manifest_fini(&a);
    memfs_free(m);
}

static void a_manifest_under_another_generations_name_is_refused(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = build(m, 2), b = { 0 };
    size_t n;
    const uint8_t *p = memfs_bytes(m, path_of(2), &n);
    memfs_put(m, path_of(9), p, n);
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 9, &b, NULL), PN_ECORRUPT);
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 8, &b, NULL), PN_ENOTFOUND);
    assert_null(b.segments);
    pn_manifest_fini(&a);
    memfs_free(m);
}

static void a_damaged_or_foreign_segment_file_is_refused(void **state) {
    (void)state;
    static const char *const names[] = { "arch/seg-0000000001.idx", "arch/seg-0000000002.doc", "arch/seg-0000000001.0000000003.del" };
    memfs *m = new_archive();
    pn_manifest a = build(m, 3);
    for (size_t i = 0; i < PN_COUNT(names); i++) {
        size_t n;
        uint32_t generation;
        uint8_t *p = memfs_bytes(m, names[i], &n);
        assert_non_null(p);
        for (size_t at = 0; at < n; at++) {
            p[at] ^= 0x10;
            assert_int_equal(open_archive(memfs_io(m), &generation, NULL), PN_ECORRUPT);
            p[at] ^= 0x10;
        }
    }
    pn_manifest_fini(&a);
    memfs_free(m);
}

/* What a forger, or a bug, could write; the sums are right. */
typedef void (*spoiler)(pn_manifest *m);
static void twice(pn_manifest *m) { m->segments[1].number = m->segments[0].number; }
static void not_given_out(pn_manifest *m) { m->next_segment = 2; }
static void number_zero(pn_manifest *m) { m->segments[0].number = 0; }
static void too_many_docs(pn_manifest *m) { m->segments[1].n_docs += 10000001; m->n_live += 10000001; }
static void more_deleted(pn_manifest *m) { m->segments[0].n_deleted = m->segments[0].n_docs + 1; }
static void live_differs(pn_manifest *m) { m->n_live++; }
static void deleted_later(pn_manifest *m) { m->segments[0].del_generation = m->generation + 1; }
static void deleted_without_file(pn_manifest *m) { m->segments[0].del_generation = 0; }
static void endless_analyzer(pn_manifest *m) { memset(m->analyzer, 'x', sizeof m->analyzer); }
static const spoiler SPOILERS[] = { twice, not_given_out, number_zero, too_many_docs, more_deleted, live_differs, deleted_later,
                                    deleted_without_file, endless_analyzer };

static void a_manifest_that_contradicts_itself_is_not_written(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = build(m, 2);
    size_t n_files = memfs_n_files(m);
    for (size_t i = 0; i < PN_COUNT(SPOILERS); i++) {
        pn_manifest b = { 0 };
        assert_int_equal(pn_manifest_copy(&b, &a, NULL), PN_OK);
        b.generation = 3;
        SPOILERS[i](&b);
        assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &b, NULL), PN_EINVAL);
        pn_manifest_fini(&b);
    }
    assert_int_equal(memfs_n_files(m), n_files);
    a.generation = 0;
    assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &a, NULL), PN_EINVAL);
    a.generation = 2;
    assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &a, NULL), PN_EEXISTS);
    pn_manifest_fini(&a);
    memfs_free(m);
}

/* Bytes of the two sections of a manifest: 64 is the first, 192 the list of segments (64 bytes each). */
static void a_forged_manifest_is_refused(void **state) {
    (void)state;
    static const struct { size_t at; uint32_t v; } forged[] = {
        { 64, 2 }, { 64, 0 }, { 68, 1 }, { 68, 3 }, { 68, UINT32_MAX }, { 80, 7 }, { 84, 1 }, { 164, 0x78787878 },
        { 192, 0 }, { 192, 2 }, { 192, 3 }, { 196, 10000001 }, { 196, 0 }, { 200, 0 }, { 200, 3 }, { 204, 2 }, { 204, 0 },
        { 256, 1 }, { 256, UINT32_MAX },
    };
    memfs *m = new_archive();
    pn_manifest a = build(m, 2), b = { 0 };
    size_t n;
    uint8_t *p = memfs_bytes(m, path_of(2), &n), kept[4];
    assert_true(pn_load_u32(p + 64) == 3 && pn_load_u32(p + 68) == 2 && pn_load_u32(p + 192) == 1 && pn_load_u32(p + 256) == 2);
    for (size_t i = 0; i < PN_COUNT(forged); i++) {
        memcpy(kept, p + forged[i].at, 4);
        reseal_put(p + forged[i].at, forged[i].v, 4);
        reseal(p, n);
        if (pn_manifest_read(memfs_io(m), DIR, 2, &b, NULL) != PN_ECORRUPT) fail_msg("%u at %zu", forged[i].v, forged[i].at);
        memcpy(p + forged[i].at, kept, 4);
    }
    reseal(p, n);
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 2, &b, NULL), PN_OK);
    pn_manifest_fini(&a);
    pn_manifest_fini(&b);
    memfs_free(m);
}

/* --- collecting */

static void two_generations_are_kept_with_all_that_they_name(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = build(m, 4), older = { 0 };
    assert_true(!memfs_has(m, path_of(1)) && !memfs_has(m, path_of(2)) && memfs_has(m, path_of(3)) && memfs_has(m, path_of(4)));
    assert_false(memfs_has(m, "arch/seg-0000000001.0000000002.del"));
    assert_true(memfs_has(m, "arch/seg-0000000001.0000000003.del") && memfs_has(m, "arch/seg-0000000001.0000000004.del"));
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 3, &older, NULL), PN_OK);
    assert_int_equal(check_all(memfs_io(m), &older, NULL), PN_OK);
    assert_int_equal(check_all(memfs_io(m), &a, NULL), PN_OK);
    assert_int_equal(memfs_n_files(m), 2 + 2 * 4 + 2);
    pn_manifest_fini(&a);
    pn_manifest_fini(&older);
    memfs_free(m);
}

static void what_nobody_names_goes_and_what_is_not_ours_stays(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = build(m, 2);
    size_t n_files = memfs_n_files(m);
    static const char *const gone[] = { "arch/seg-0000000007.idx", "arch/seg-0000000007.doc", "arch/seg-0000000002.0000000002.del",
                                        "arch/MANIFEST-0000000003.tmp" };
    static const char *const stay[] = { "arch/notes.txt", "arch/seg-7.idx", "arch/writer.lock" };
    for (size_t i = 0; i < PN_COUNT(gone); i++) memfs_put(m, gone[i], "x", 1);
    for (size_t i = 0; i < PN_COUNT(stay); i++) memfs_put(m, stay[i], "x", 1);
    pn_manifest_collect(memfs_io(m), DIR, &a);
    for (size_t i = 0; i < PN_COUNT(gone); i++) assert_false(memfs_has(m, gone[i]));
    assert_int_equal(memfs_n_files(m), n_files + PN_COUNT(stay));
    pn_manifest_fini(&a);
    memfs_free(m);
}

static void nothing_goes_while_the_manifest_before_cannot_be_read_or_a_newer_one_is_there(void **state) {
    (void)state;
    static const pn_manifest none;
    memfs *m = new_archive();
    pn_manifest a = build(m, 3);
    size_t n;
    memfs_put(m, "arch/seg-0000000007.idx", "x", 1);
    memfs_bytes(m, path_of(2), &n)[70] ^= 1;
    pn_manifest_collect(memfs_io(m), DIR, &a);
    assert_true(memfs_has(m, "arch/seg-0000000007.idx"));
    memfs_bytes(m, path_of(2), &n)[70] ^= 1;
    a.generation = 2;
    pn_manifest_collect(memfs_io(m), DIR, &a);
    pn_manifest_collect(memfs_io(m), DIR, &none);
    assert_true(memfs_has(m, "arch/seg-0000000007.idx"));
    a.generation = 3;
    pn_manifest_collect(memfs_io(m), DIR, &a);
    assert_false(memfs_has(m, "arch/seg-0000000007.idx"));
    assert_int_equal(check_all(memfs_io(m), &a, NULL), PN_OK);
    pn_manifest_fini(&a);
    memfs_free(m);
}

static void before_the_first_commit_leftovers_are_collected_too(void **state) {
    (void)state;
    static const pn_manifest none;
    memfs *m = new_archive();
    memfs_put(m, "arch/seg-0000000001.idx", "x", 1);
    memfs_put(m, "arch/MANIFEST-0000000001.tmp", "x", 1);
    pn_manifest_collect(memfs_io(m), DIR, &none);
    assert_int_equal(memfs_n_files(m), 0);
    memfs_free(m);
}

/* --- pins */

/* Generations 1 to 6, of which 2 is pinned from 3 on and 4 from 5 on. */
static void live_with_pins(memfs *m) {
    pn_manifest a = build(m, 2);
    for (uint32_t g = 2; g < 6; g++) {
        if (g % 2 == 0) assert_int_equal(pn_manifest_pin(&a, g, 1000 + g, PN_BYTES_LIT("Figure 2"), NULL), PN_OK);
        assert_int_equal(next_generation(memfs_io(m), &a, NULL), PN_OK);
    }
    pn_manifest_fini(&a);
}

/* Every generation that the newest one pins opens whole. */
static pn_status check_pins(const pn_io *io, uint32_t *n) {
    pn_manifest newest = { 0 };
    uint32_t generation = 0;
    PN_TRY(open_archive(io, &generation, NULL));
    if (!generation) return PN_OK;
    PN_TRY(pn_manifest_read(io, DIR, generation, &newest, NULL));
    pn_status rc = PN_OK;
    *n = (uint32_t)newest.n_pins;
    for (size_t i = 0; i < newest.n_pins && rc == PN_OK; i++) {
        pn_manifest old = { 0 };
        rc = pn_manifest_read(io, DIR, newest.pins[i].generation, &old, NULL);
        if (rc == PN_OK) rc = check_all(io, &old, NULL);
        pn_manifest_fini(&old);
    }
    pn_manifest_fini(&newest);
    return rc;
}

static void a_pinned_generation_stays_with_all_that_it_names(void **state) {
    (void)state;
    memfs *m = new_archive();
    uint32_t n = 0;
    live_with_pins(m);
    for (uint32_t g = 1; g <= 6; g++) assert_int_equal(memfs_has(m, path_of(g)), g != 1 && g != 3);
    assert_int_equal(check_pins(memfs_io(m), &n), PN_OK);
    assert_int_equal(n, 2);
    pn_manifest a = { 0 };
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 6, &a, NULL), PN_OK);
    assert_int_equal(a.pins[0].generation, 2);
    assert_int_equal(a.pins[1].since, 1004);
    assert_memory_equal(a.pins[1].note, "Figure 2", a.pins[1].length);
    assert_true(pn_manifest_unpin(&a, 2) && !pn_manifest_unpin(&a, 3));
    assert_int_equal(next_generation(memfs_io(m), &a, NULL), PN_OK);
    assert_true(!memfs_has(m, path_of(2)) && memfs_has(m, path_of(4)) && !memfs_has(m, path_of(5)));
    pn_manifest_fini(&a);
    memfs_free(m);
}

static void nothing_goes_while_a_pinned_manifest_cannot_be_read(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = { 0 };
    size_t n;
    live_with_pins(m);
    assert_int_equal(pn_manifest_read(memfs_io(m), DIR, 6, &a, NULL), PN_OK);
    memfs_put(m, "arch/seg-0000000077.idx", "x", 1);
    memfs_bytes(m, path_of(2), &n)[70] ^= 1;
    pn_manifest_collect(memfs_io(m), DIR, &a);
    assert_true(memfs_has(m, "arch/seg-0000000077.idx"));
    assert_true(pn_manifest_unpin(&a, 2));
    pn_manifest_collect(memfs_io(m), DIR, &a);
    assert_false(memfs_has(m, "arch/seg-0000000077.idx") || memfs_has(m, path_of(2)));
    pn_manifest_fini(&a);
    memfs_free(m);
}

static void pins_are_replaced_limited_and_past(void **state) {
    (void)state;
    pn_manifest a = start();
    char note[PN_PIN_NOTE + 1] = { 0 };
    assert_int_equal(pn_manifest_pin(&a, 1, 1, pn_bytes_of(note, sizeof note), NULL), PN_ELIMIT);
    for (uint32_t g = PN_PINS_MAX; g > 0; g--) assert_int_equal(pn_manifest_pin(&a, g, g, PN_BYTES_NONE, NULL), PN_OK);
    assert_int_equal(pn_manifest_pin(&a, 7, 99, PN_BYTES_LIT("again"), NULL), PN_OK);
    assert_int_equal(pn_manifest_pin(&a, PN_PINS_MAX + 1, 1, PN_BYTES_NONE, NULL), PN_ELIMIT);
    assert_true(a.n_pins == PN_PINS_MAX && a.pins[6].since == 99 && a.pins[7].since == 8);
    memfs *m = new_archive();
    a.generation = PN_PINS_MAX;                            /* which is pinned: not past */
    assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &a, NULL), PN_EINVAL);
    a.generation++;
    assert_int_equal(pn_manifest_commit(memfs_io(m), DIR, &a, NULL), PN_OK);
    pn_manifest_fini(&a);
    memfs_free(m);
}

static int judge_pins(void *arg, memfs *image, const memfs_crash *c) {
    size_t *seen = arg;                                    /* images with 0, 1 and 2 pins */
    uint32_t n = 0;
    (void)c;
    if (check_pins(memfs_io(image), &n) != PN_OK) return 1;
    seen[n]++;
    return 0;
}

static void no_power_cut_takes_a_file_from_a_pinned_generation(void **state) {
    (void)state;
    memfs *m = new_archive();
    size_t seen[3] = { 0 };
    memfs_record(m);
    live_with_pins(m);
    size_t n = memfs_crash_images(m, judge_pins, seen);
    assert_int_equal(n, seen[0] + seen[1] + seen[2]);      /* the judge stops at the first bad image */
    print_message("power cuts beside pinned generations: %zu\n", n);
    assert_true(seen[0] > 500 && seen[1] > 500 && seen[2] > 500);
    memfs_free(m);
}

/* --- set aside */

static void what_is_set_aside_is_nobodys_archive_and_stays_while_it_is_wanted(void **state) {
    (void)state;
    memfs *m = new_archive();
    pn_manifest a = build(m, 3), part = { 0 }, back = { 0 };
    uint32_t generation = 0;
    assert_int_equal(pn_manifest_copy(&part, &a, NULL), PN_OK);
    part.generation = 5;
    pn_free(part.resume);
    part.resume = pn_calloc(1, 4);
    part.n_resume = 4;
    assert_int_equal(pn_manifest_put_aside(memfs_io(m), DIR, &part, NULL), PN_OK);
    assert_int_equal(open_archive(memfs_io(m), &generation, NULL), PN_OK);
    assert_int_equal(generation, 3);
    assert_int_equal(pn_manifest_newest_aside(memfs_io(m), DIR, &generation, NULL), PN_OK);
    assert_int_equal(generation, 5);
    memfs_put(m, "arch/MANIFEST-0000000004.part", "x", 1);
    pn_manifest_collect_but(memfs_io(m), DIR, &a, &part);
    assert_false(memfs_has(m, "arch/MANIFEST-0000000004.part"));
    assert_int_equal(pn_manifest_read_aside(memfs_io(m), DIR, 5, &back, NULL), PN_OK);
    assert_true(back.n_resume == 4 && back.n_segments == 3);
    pn_manifest_collect(memfs_io(m), DIR, &a);
    assert_false(memfs_has(m, "arch/MANIFEST-0000000005.part"));
    pn_manifest_fini(&a);
    pn_manifest_fini(&part);
    pn_manifest_fini(&back);
    memfs_free(m);
}

/* --- crashes.  Three commits, each with its collection; every state that the disk may be left in. */

enum { COMMITS = 3 };
typedef struct {
    size_t begun[COMMITS + 1], acked[COMMITS + 1];     /* operations before commit g began, and when it returned */
    size_t bad, n;
    bool opened[COMMITS + 1];
    char first_bad[200];
} trial;

static void record(memfs *m, trial *t) {
    pn_manifest a = start();
    for (uint32_t g = 1; g <= COMMITS; g++) {
        t->begun[g] = memfs_n_ops(m);
        assert_int_equal(next_generation(memfs_io(m), &a, NULL), PN_OK);
        t->acked[g] = memfs_n_ops(m);
    }
    pn_manifest_fini(&a);
}

/* next_generation also collects after the acknowledged commit; the collection's removals are not needed to be durable, so
 * the commit counts as acknowledged when the whole has returned. */
static int judge(void *arg, memfs *image, const memfs_crash *c) {
    trial *t = arg;
    uint32_t lo = 0, hi = 0, generation = 0;
    pn_error err = { 0 };
    for (uint32_t g = 1; g <= COMMITS; g++) {
        if (c->n_ops >= t->acked[g]) lo = g;
        if (c->n_ops > t->begun[g]) hi = g;
    }
    pn_status rc = open_archive(memfs_io(image), &generation, &err);
    t->n++;
    if (rc == PN_OK && lo <= generation && generation <= hi) {
        t->opened[generation] = true;
        return 0;
    }
    if (t->bad++ == 0)
        snprintf(t->first_bad, sizeof t->first_bad, "after %zu operations, names %#lx, tails %s: %s, generation %u not in %u..%u", c->n_ops,
                 c->names, c->data, pn_status_name(rc), generation, lo, hi);
    return 0;
}

static trial crash_everywhere(bool (*ignored)(void *arg, memfs_kind kind, const char *path, size_t nth)) {
    memfs *m = new_archive();
    trial t = { 0 };
    memfs_record(m);
    memfs_ignore_syncs(m, ignored, NULL);
    record(m, &t);
    size_t n_images = memfs_crash_images(m, judge, &t);
    assert_int_equal(n_images, t.n);
    memfs_free(m);
    return t;
}

static void every_crash_leaves_a_committed_generation(void **state) {
    (void)state;
    trial t = crash_everywhere(NULL);
    if (t.bad) fail_msg("%zu of %zu images: %s", t.bad, t.n, t.first_bad);
    for (uint32_t g = 0; g <= COMMITS; g++) assert_true(t.opened[g]);
    assert_true(t.n > 1500);
}

/* Each sync of the protocol in turn has no effect; the judge above must notice. */
static bool of_segments(void *arg, memfs_kind kind, const char *path, size_t nth) {
    (void)arg; (void)nth;
    return kind == MEMFS_SYNC && strstr(path, "seg-");
}
static bool of_manifests(void *arg, memfs_kind kind, const char *path, size_t nth) {
    (void)arg; (void)nth;
    return kind == MEMFS_SYNC && strstr(path, "MANIFEST-");
}
static bool of_folder_before_rename(void *arg, memfs_kind kind, const char *path, size_t nth) {
    (void)arg; (void)path;
    return kind == MEMFS_SYNC_DIR && nth % 2 == 0;
}
static bool of_folder_after_rename(void *arg, memfs_kind kind, const char *path, size_t nth) {
    (void)arg; (void)path;
    return kind == MEMFS_SYNC_DIR && nth % 2 == 1;
}

static void every_sync_of_the_protocol_is_needed(void **state) {
    (void)state;
    assert_true(crash_everywhere(of_segments).bad > 0);
    assert_true(crash_everywhere(of_manifests).bad > 0);
    assert_true(crash_everywhere(of_folder_before_rename).bad > 0);
    assert_true(crash_everywhere(of_folder_after_rename).bad > 0);
}

/* Life goes on after a crash: what it left is collected, the next generation is written, and a second crash in that is
 * as harmless as the first. */
typedef struct { size_t n_images, n_second, bad; } second;

static int judge_second(void *arg, memfs *image, const memfs_crash *c) {
    uint32_t *range = arg, generation = 0;
    (void)c;
    pn_status rc = open_archive(memfs_io(image), &generation, NULL);
    return rc != PN_OK || generation < range[0] || generation > range[0] + 1;
}

static pn_status go_on(const pn_io *io, uint32_t generation) {
    pn_manifest a = { 0 };
    if (generation) PN_TRY(pn_manifest_read(io, DIR, generation, &a, NULL));
    pn_manifest_collect(io, DIR, &a);
    if (generation == 0) a = start();
    pn_status rc = next_generation(io, &a, NULL);
    pn_manifest_fini(&a);
    return rc;
}

static int continue_after(void *arg, memfs *image, const memfs_crash *c) {
    second *s = arg;
    uint32_t generation = 0;
    (void)c;
    if (s->n_images++ % 97 != 0) return 0;
    assert_int_equal(open_archive(memfs_io(image), &generation, NULL), PN_OK);
    memfs_record(image);
    s->bad += go_on(memfs_io(image), generation) != PN_OK;
    uint32_t after = 0;
    s->bad += open_archive(memfs_io(image), &after, NULL) != PN_OK || after != generation + 1;
    size_t before = s->n_second;
    s->n_second += memfs_crash_images(image, judge_second, &generation);
    s->bad += s->n_second - before < 100;              /* the judge stops at the first bad image */
    return 0;
}

static void a_crash_in_the_work_after_a_crash_is_harmless_too(void **state) {
    (void)state;
    memfs *m = new_archive();
    trial t = { 0 };
    second s = { 0 };
    memfs_record(m);
    record(m, &t);
    memfs_crash_images(m, continue_after, &s);
    assert_int_equal(s.bad, 0);
    assert_true(s.n_second > 10000);
    memfs_free(m);
}

/* --- failures */

/* Generation 2 on top of 1 with operation n failing; false when there was none. */
static bool fail_committing(memfs_fault fault) {
    memfs *m = new_archive();
    pn_manifest a = build(m, 1);
    uint32_t generation = 0;
    pn_error err = { 0 };
    memfs_record(m);
    memfs_fail(m, fault);
    pn_status rc = next_generation(memfs_io(m), &a, &err);
    bool failed = memfs_failed(m);
    memfs_fail(m, (memfs_fault){ 0 });
    assert_int_equal(memfs_held(m), 0);
    assert_int_equal(open_archive(memfs_io(m), &generation, NULL), PN_OK);
    if (rc == PN_OK) assert_int_equal(generation, 2);
    else {
        assert_int_equal(rc, PN_EIO);
        assert_int_equal(err.sys_errno, fault.sys_errno);
        assert_true(generation == 1 || generation == 2);
        assert_true(strstr(err.file, DIR) != NULL);
    }
    pn_manifest_fini(&a);
    memfs_free(m);
    return failed;
}

static void every_failed_operation_leaves_the_old_or_the_new_generation(void **state) {
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        uint64_t n = 1;
        while (fail_committing((memfs_fault){ n, i & 1, i >> 1 & 1, i >> 2 ? ENOSPC : EIO })) n++;
        assert_true(n > 20);
    }
}

/* The bytes of a file whose sync failed never become durable, so no manifest may follow. */
static int judge_failed(void *arg, memfs *image, const memfs_crash *c) {
    (void)c;
    uint32_t generation = 0;
    if (open_archive(memfs_io(image), &generation, NULL) != PN_OK || generation < 1) ++*(size_t *)arg;
    return 0;
}

static void a_crash_after_a_failed_operation_is_harmless(void **state) {
    (void)state;
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        memfs *m = new_archive();
        pn_manifest a = build(m, 1);
        size_t bad = 0;
        memfs_record(m);
        memfs_fail(m, (memfs_fault){ n, false, true, EIO });
        pn_status rc = next_generation(memfs_io(m), &a, NULL);
        failed = memfs_failed(m);
        assert_true(rc == PN_OK || rc == PN_EIO);
        memfs_fail(m, (memfs_fault){ 0 });
        memfs_crash_images(m, judge_failed, &bad);
        assert_int_equal(bad, 0);
        pn_manifest_fini(&a);
        memfs_free(m);
    }
}

static void every_failed_allocation_leaves_the_old_or_the_new_generation(void **state) {
    (void)state;
    pn_status rc = PN_ENOMEM;
    bool met = true;
    for (long n = 1; met; n++) {
        memfs *m = new_archive();
        pn_manifest a = build(m, 1);
        uint32_t generation = 0;
        oom_arm(n);
        rc = next_generation(memfs_io(m), &a, NULL);
        if (rc == PN_OK) rc = open_archive(memfs_io(m), &generation, NULL);
        met = oom_met();
        oom_off();
        assert_true(rc == PN_OK || (met && rc == PN_ENOMEM));
        assert_int_equal(open_archive(memfs_io(m), &generation, NULL), PN_OK);
        assert_int_equal(generation, a.generation == 2 && memfs_has(m, path_of(2)) ? 2 : 1);
        assert_int_equal(memfs_held(m), 0);
        pn_manifest_fini(&a);
        assert_int_equal(pn_live(), 0);
        memfs_free(m);
    }
    assert_int_equal(rc, PN_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_committed_manifest_is_read_back),
        cmocka_unit_test(an_archive_without_articles_has_a_manifest),
        cmocka_unit_test(the_documented_bytes_are_what_is_written),
        cmocka_unit_test(segments_in_any_order_are_committed_and_come_back_sorted),
        cmocka_unit_test(a_copy_stands_alone),
        cmocka_unit_test(only_names_of_exactly_our_form_count),
        cmocka_unit_test(our_names_are_taken_apart),
        cmocka_unit_test(paths_have_the_documented_form),
        cmocka_unit_test(the_damaged_newest_is_refused_and_not_stepped_over),
        cmocka_unit_test(a_manifest_under_another_generations_name_is_refused),
        cmocka_unit_test(a_damaged_or_foreign_segment_file_is_refused),
        cmocka_unit_test(a_manifest_that_contradicts_itself_is_not_written),
        cmocka_unit_test(a_forged_manifest_is_refused),
        cmocka_unit_test(two_generations_are_kept_with_all_that_they_name),
        cmocka_unit_test(what_nobody_names_goes_and_what_is_not_ours_stays),
        cmocka_unit_test(nothing_goes_while_the_manifest_before_cannot_be_read_or_a_newer_one_is_there),
        cmocka_unit_test(before_the_first_commit_leftovers_are_collected_too),
        cmocka_unit_test(a_pinned_generation_stays_with_all_that_it_names),
        cmocka_unit_test(nothing_goes_while_a_pinned_manifest_cannot_be_read),
        cmocka_unit_test(pins_are_replaced_limited_and_past),
        cmocka_unit_test(no_power_cut_takes_a_file_from_a_pinned_generation),
        cmocka_unit_test(what_is_set_aside_is_nobodys_archive_and_stays_while_it_is_wanted),
        cmocka_unit_test(every_crash_leaves_a_committed_generation),
        cmocka_unit_test(every_sync_of_the_protocol_is_needed),
        cmocka_unit_test(a_crash_in_the_work_after_a_crash_is_harmless_too),
        cmocka_unit_test(every_failed_operation_leaves_the_old_or_the_new_generation),
        cmocka_unit_test(a_crash_after_a_failed_operation_is_harmless),
        cmocka_unit_test(every_failed_allocation_leaves_the_old_or_the_new_generation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
