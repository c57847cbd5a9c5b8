/* Nothing committed is lost, nothing half-done is seen, nothing damaged is believed: see docs/TESTING.md. */
#include "world.h"
#include "oom.h"
#include <errno.h>

static void ok(pn_status rc, const pn_error *err) { if (rc != PN_OK) fail_msg("%s: %s %s", pn_status_name(rc), err->file, err->msg); }

/* The answers of the archive in `fs`, or "" when it cannot be opened because there is none yet. */
static char *answers_of(const pn_io *io) {
    pn_buf b = { 0 };
    pn_error err = { 0 };
    pn_status rc = world_answers(io, "a", &b, &err);
    if (rc == PN_ENOTFOUND) pn_buf_clear(&b);
    else ok(rc, &err);
    pn_buf_put_u8(&b, 0);
    char *copy = malloc(b.len);
    memcpy(copy, b.ptr, b.len);
    pn_buf_fini(&b);
    return copy;
}

/* --- the scenario: three commits, the last two replace articles of the ones before */

enum { STEPS = 3 };
static pn_status step(const pn_io *io, int k, pn_error *err) {
    static const struct { uint32_t first, n, version; } steps[STEPS] = { { 0, 14, 0 }, { 10, 8, 1 }, { 0, 5, 2 } };
    return world_ingest(io, "a", k == 0, steps[k].first, steps[k].n, steps[k].version, NULL, err);
}

/* expected[k] = the answers after k commits. */
static char *expected[STEPS + 1];
static int make_expected(void **s) { (void)s;
    memfs *fs = memfs_new();
    expected[0] = answers_of(memfs_io(fs));
    for (int k = 0; k < STEPS; k++) {
        pn_error err = { 0 };
        ok(step(memfs_io(fs), k, &err), &err);
        expected[k + 1] = answers_of(memfs_io(fs));
    }
    memfs_free(fs);
    return 0;
}
static int free_expected(void **s) { (void)s;
    for (int k = 0; k <= STEPS; k++) free(expected[k]);
    return 0;
}
static int state_of(const char *answers) {
    for (int k = STEPS; k >= 0; k--)
        if (strcmp(answers, expected[k]) == 0) return k;
    return -1;
}

/* A file system that holds the first k commits. */
static memfs *after(int k) {
    memfs *fs = memfs_new();
    for (int i = 0; i < k; i++) {
        pn_error err = { 0 };
        ok(step(memfs_io(fs), i, &err), &err);
    }
    return fs;
}

/* --- power cuts */

typedef struct { size_t acked[STEPS + 1]; size_t images, bad; } cuts;

/* An image after n_ops operations shows a state k that was acknowledged before, or the one being committed. */
static int judge(void *arg, memfs *image, const memfs_crash *c) {
    cuts *x = arg;
    pn_buf b = { 0 };
    pn_error err = { 0 };
    int done = 0;
    while (done < STEPS && x->acked[done + 1] <= c->n_ops) done++;
    pn_status rc = world_answers(memfs_io(image), "a", &b, &err);
    if (rc == PN_ENOTFOUND) pn_buf_clear(&b);
    pn_buf_put_u8(&b, 0);
    int k = rc == PN_OK || rc == PN_ENOTFOUND ? state_of((char *)b.ptr) : -1;
    bool bad = k < done || k > done + 1;
    if (!bad && x->images % 97 == 0) bad = step(memfs_io(image), PN_MIN(k, STEPS - 1), &err) != PN_OK;     /* and the next commit works */
    x->images++;
    x->bad += bad;
    pn_buf_fini(&b);
    return 0;
}

static cuts cut_everywhere(bool (*ignored)(void *, memfs_kind, const char *, size_t), void *arg) {
    cuts x = { 0 };
    memfs *fs = memfs_new();
    memfs_record(fs);
    memfs_ignore_syncs(fs, ignored, arg);
    for (int k = 0; k < STEPS; k++) {
        pn_error err = { 0 };
        ok(step(memfs_io(fs), k, &err), &err);
        x.acked[k + 1] = memfs_n_ops(fs);
    }
    memfs_crash_images(fs, judge, &x);
    memfs_free(fs);
    return x;
}

static void every_power_cut_leaves_one_of_the_commits(void **s) { (void)s;
    cuts x = cut_everywhere(NULL, NULL);
    print_message("power cuts: %zu images\n", x.images);
    assert_true(x.images > 500);
    assert_int_equal(x.bad, 0);
}

typedef struct { memfs_kind kind; const char *part; } sync_class;
static bool is_of(void *arg, memfs_kind kind, const char *path, size_t nth) {
    const sync_class *c = arg;
    (void)nth;
    return kind == c->kind && strstr(path, c->part);
}
static void leaving_out_any_kind_of_sync_is_noticed(void **s) { (void)s;
    sync_class classes[] = { { MEMFS_SYNC, ".idx" }, { MEMFS_SYNC, ".doc" }, { MEMFS_SYNC, ".del" }, { MEMFS_SYNC, "MANIFEST" }, { MEMFS_SYNC_DIR, "a" }, { MEMFS_SYNC_DIR, "." } };
    for (size_t i = 0; i < PN_COUNT(classes); i++) {
        cuts x = cut_everywhere(is_of, &classes[i]);
        if (x.bad == 0) fail_msg("without sync of %s nothing goes wrong in %zu images", classes[i].part, x.images);
    }
}

/* --- failing operations */

/* Runs commit k with the n-th file operation failing; afterwards the archive is what it was, or what the commit makes it. */
static bool fails_cleanly(int k, memfs_fault fault) {
    memfs *fs = after(k);
    size_t held = memfs_held(fs);
    pn_error err = { 0 };
    memfs_fail(fs, fault);
    pn_status rc = step(memfs_io(fs), k, &err);
    bool met = memfs_failed(fs);
    memfs_fail(fs, (memfs_fault){ 0 });
    assert_int_equal(memfs_held(fs), held);
    char *now = answers_of(memfs_io(fs));
    int state = state_of(now);
    if (rc == PN_OK) assert_int_equal(state, k + 1);
    else assert_true(state == k || state == k + 1);            /* the last folder sync may fail after the manifest is there */
    if (met && rc != PN_OK) {
        assert_true(rc == PN_EIO || rc == PN_ELOCKED || rc == PN_EEXISTS);
        if (rc == PN_EIO) assert_int_equal(err.sys_errno, fault.sys_errno);
        ok(step(memfs_io(fs), PN_MIN(state, STEPS - 1), &err), &err);   /* and the archive can be written again */
    }
    free(now);
    memfs_free(fs);
    return met;
}

static void every_failing_file_operation_leaves_the_archive_whole(void **s) { (void)s;
    static const int errnos[] = { ENOSPC, EIO };
    size_t points = 0;
    for (int k = 0; k < STEPS; k++)
        for (int mode = 0; mode < 4; mode++) {
            memfs_fault f = { .for_good = mode & 1, .short_write = mode & 2, .sys_errno = errnos[mode & 1] };
            for (f.at = 1; fails_cleanly(k, f); f.at++) points++;
        }
    print_message("failing operations: %zu\n", points);
    assert_true(points > 100);
}

static void every_failing_file_operation_of_reading_is_an_error_and_leaks_nothing(void **s) { (void)s;
    memfs *fs = after(STEPS);
    size_t points = 0;
    for (memfs_fault f = { .at = 1, .sys_errno = EIO };; f.at++, points++) {
        pn_buf b = { 0 };
        pn_error err = { 0 };
        memfs_fail(fs, f);
        pn_status rc = world_answers(memfs_io(fs), "a", &b, &err);
        bool met = memfs_failed(fs);
        memfs_fail(fs, (memfs_fault){ 0 });
        pn_buf_fini(&b);
        assert_int_equal(rc, met ? PN_EIO : PN_OK);
        assert_int_equal(memfs_held(fs), 0);
        assert_int_equal(pn_live(), 0);
        if (!met) break;
        assert_int_equal(err.sys_errno, EIO);
    }
    print_message("failing operations of reading: %zu\n", points);
    assert_true(points >= 8);                                  /* list, stat and map of manifest, segments and deletions */
    memfs_free(fs);
}

/* --- failing allocations */

static void every_failing_allocation_of_an_ingest_leaves_the_archive_whole(void **s) { (void)s;
    size_t points = 0;
    for (int k = 0; k < STEPS; k += 2)
        for (long n = 1;; n++, points++) {
            memfs *fs = after(k);
            pn_error err = { 0 };
            oom_arm(n);
            pn_status rc = step(memfs_io(fs), k, &err);
            bool met = oom_met();
            oom_off();
            assert_true(rc == PN_OK || rc == PN_ENOMEM);
            assert_int_equal(pn_live(), 0);
            assert_int_equal(memfs_held(fs), 0);
            if (!met || n % 4 == 0) {                              /* the answers, of every fourth one */
                char *now = answers_of(memfs_io(fs));
                assert_int_equal(state_of(now), rc == PN_OK ? k + 1 : k);
                free(now);
            }
            memfs_free(fs);
            if (!met) break;
        }
    print_message("failing allocations of an ingest: %zu\n", points);
    assert_true(points > 100);
}

static void every_failing_allocation_of_reading_is_an_error_and_leaks_nothing(void **s) { (void)s;
    memfs *fs = after(STEPS);
    size_t points = 0;
    for (long n = 1;; n++, points++) {
        pn_buf b = { 0 };
        pn_error err = { 0 };
        oom_arm(n);
        pn_status rc = world_answers(memfs_io(fs), "a", &b, &err);
        bool met = oom_met();
        oom_off();
        pn_buf_fini(&b);
        assert_true(met ? rc == PN_ENOMEM || rc == PN_OK : rc == PN_OK);
        assert_int_equal(pn_live(), 0);
        if (!met) break;
    }
    print_message("failing allocations of reading: %zu\n", points);
    assert_int_equal(memfs_held(fs), 0);
    memfs_free(fs);
}

/* --- damage */

typedef struct { char names[16][96]; size_t n; } listing;
static int keep_name(void *arg, const char *name) {
    listing *l = arg;
    if (strcmp(name, "writer.lock") != 0 && l->n < PN_COUNT(l->names)) snprintf(l->names[l->n++], sizeof l->names[0], "a/%s", name);
    return 0;
}

/* Files that the newest generation does not name are not read: damage in them is not its business. */
static bool is_live(const pn_snap *snap, const char *path) {
    char name[PN_PATH_MAX];
    const pn_manifest *m = pn_snap_manifest(snap);
    if (pn_manifest_path(name, "a", m->generation, NULL) == PN_OK && strcmp(name, path) == 0) return true;
    for (size_t i = 0; i < m->n_segments; i++) {
        const pn_manifest_segment *g = &m->segments[i];
        for (int what = PN_NAME_IDX; what <= PN_NAME_DEL; what++)
            if (pn_segment_path(name, "a", g->number, (pn_segment_name)what, g->del_generation, NULL) == PN_OK && strcmp(name, path) == 0) return true;
    }
    return false;
}

static listing live_files(memfs *fs) {
    listing all = { .n = 0 }, live = { .n = 0 };
    pn_snap *snap = NULL;
    pn_error err = { 0 };
    const pn_io *io = memfs_io(fs);
    ok(io->list(io->ctx, "a", keep_name, &all, &err), &err);
    ok(pn_snap_open(io, "a", 0, true, &snap, &err), &err);
    for (size_t i = 0; i < all.n; i++)
        if (is_live(snap, all.names[i])) memcpy(live.names[live.n++], all.names[i], sizeof all.names[i]);
    pn_snap_release(snap);
    return live;
}

/* verify() refuses; asking gives the right answer or an error. */
static void refused(memfs *fs, const char *path, size_t byte) {
    pn_error err = { 0 };
    pn_status rc = world_verify(memfs_io(fs), "a", &err);
    if (rc != PN_ECORRUPT && rc != PN_EVERSION) fail_msg("verify says %s to damage of %s at byte %zu", pn_status_name(rc), path, byte);
    pn_buf b = { 0 };
    rc = world_answers(memfs_io(fs), "a", &b, &err);
    pn_buf_put_u8(&b, 0);
    if (rc == PN_OK && strcmp((char *)b.ptr, expected[STEPS]) != 0) fail_msg("a wrong answer after damage of %s at byte %zu", path, byte);
    pn_buf_fini(&b);
}

static void every_flipped_bit_is_refused_and_never_answered(void **s) { (void)s;
    memfs *fs = after(STEPS);
    listing l = live_files(fs);
    size_t flips = 0;
    assert_true(l.n >= 5);
    for (size_t f = 0; f < l.n; f++) {
        size_t n = 0;
        memfs_bytes(fs, l.names[f], &n);
        for (size_t bit = 0; bit < n * 8; bit++, flips++) {
            memfs_bytes(fs, l.names[f], &n)[bit / 8] ^= (uint8_t)(1u << bit % 8);
            refused(fs, l.names[f], bit / 8);
            memfs_bytes(fs, l.names[f], &n)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    print_message("flipped bits: %zu\n", flips);
    memfs_free(fs);
}

static void every_cut_or_longer_file_is_refused(void **s) { (void)s;
    memfs *fs = after(STEPS);
    listing l = live_files(fs);
    for (size_t f = 0; f < l.n; f++) {
        size_t n = 0;
        uint8_t *p = memfs_bytes(fs, l.names[f], &n), *whole = malloc(n + 1);
        memcpy(whole, p, n);
        whole[n] = 0;
        for (size_t cut = 0; cut < n; cut += n / 200 + 1) {
            memfs_put(fs, l.names[f], whole, cut);
            refused(fs, l.names[f], cut);
        }
        memfs_put(fs, l.names[f], whole, n + 1);
        refused(fs, l.names[f], n);
        memfs_put(fs, l.names[f], whole, n);
        free(whole);
    }
    memfs_free(fs);
}

static void a_missing_file_is_an_error_that_names_it(void **s) { (void)s;
    memfs *fs = after(STEPS);
    listing l = live_files(fs);
    for (size_t f = 0; f < l.n; f++) {
        memfs *without = memfs_clone(fs);
        pn_error err = { 0 };
        const pn_io *io = memfs_io(without);
        ok(io->unlink(io->ctx, l.names[f], &err), &err);
        if (!strstr(l.names[f], "MANIFEST")) {
            assert_int_not_equal(world_verify(io, "a", &err), PN_OK);
            assert_non_null(strstr(err.file, l.names[f]));
        }
        memfs_free(without);
    }
    memfs_free(fs);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(every_power_cut_leaves_one_of_the_commits), cmocka_unit_test(leaving_out_any_kind_of_sync_is_noticed),
        cmocka_unit_test(every_failing_file_operation_leaves_the_archive_whole),
        cmocka_unit_test(every_failing_file_operation_of_reading_is_an_error_and_leaks_nothing),
        cmocka_unit_test(every_failing_allocation_of_an_ingest_leaves_the_archive_whole),
        cmocka_unit_test(every_failing_allocation_of_reading_is_an_error_and_leaks_nothing),
        cmocka_unit_test(every_flipped_bit_is_refused_and_never_answered), cmocka_unit_test(every_cut_or_longer_file_is_refused),
        cmocka_unit_test(a_missing_file_is_an_error_that_names_it) };
    return cmocka_run_group_tests_name("trust", t, make_expected, free_expected);
}
