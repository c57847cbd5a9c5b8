/* Interrupted work goes on where it was set aside, and damage is mended: whatever fails, wherever the power goes. */
#include "archive/pn_known.h"
#include "archive/pn_repair.h"
#include "oom.h"
#include "scenario.h"
#include <errno.h>

enum { INPUTS = 4, EACH = 12 };

/* Of an archive that must be well; the caller frees. */
static char *sure_answers(memfs *fs) {
    pn_status rc = PN_OK;
    pn_error err = { 0 };
    uint32_t generation;
    char *answers = scenario_answers(memfs_io(fs), &generation, &rc, &err);
    must_ok(rc, &err);
    return answers;
}

/* --- work: four inputs, of which each replaces some articles of the one before, and a place to go on after each */

static void key_of(uint32_t input, uint8_t key[PN_INPUT_KEY]) {
    memset(key, 'k', PN_INPUT_KEY);
    key[0] = (uint8_t)(INPUTS - input);
}

static pn_status one_input(pn_writer *w, uint32_t i, pn_error *err) {
    uint8_t key[PN_INPUT_KEY], place = (uint8_t)(i + 1);
    key_of(i, key);
    PN_TRY(world_add(w, 100 + i * (EACH - 3), EACH, i + 1, err));
    PN_TRY(pn_writer_finish_input(w, key, err));
    return pn_writer_set_aside(w, pn_bytes_of(&place, 1), NULL, err);
}

/* Begins, or goes on, and stops before input `end` without a commit unless that is INPUTS. */
static pn_status work(const pn_io *io, bool is_new, uint32_t end, pn_error *err) {
    static const pn_writer_job job = { "the same work" };
    pn_writer *w = NULL;
    PN_TRY((is_new ? pn_writer_create : pn_writer_open)(io, "a", &(pn_writer_opts){ .job = &job }, &w, err));
    pn_bytes place = pn_writer_place(w);
    pn_status rc = PN_OK;
    for (uint32_t i = place.len ? place.ptr[0] : 0; i < end && rc == PN_OK; i++) rc = one_input(w, i, err);
    if (rc == PN_OK && end == INPUTS) rc = pn_writer_commit(w, NULL, err);
    pn_writer_close(w);
    return rc;
}

static memfs *before_work(bool is_new) {
    memfs *fs = memfs_new();
    if (!is_new) assert_int_equal(world_ingest(memfs_io(fs), "a", true, 95, 10, 0, NULL, NULL), PN_OK);
    return fs;
}

static char *after_work(bool is_new) {
    memfs *fs = before_work(is_new);
    assert_int_equal(work(memfs_io(fs), is_new, INPUTS, NULL), PN_OK);
    char *answers = sure_answers(fs);
    memfs_free(fs);
    return answers;
}

static bool answers_are(memfs *fs, const char *wanted) {
    char *now = sure_answers(fs);
    bool same = strcmp(now, wanted) == 0;
    free(now);
    return same;
}

static void work_that_stops_anywhere_ends_as_work_that_does_not(void **state) {
    (void)state;
    for (int is_new = 0; is_new < 2; is_new++) {
        char *wanted = after_work(is_new);
        for (uint32_t stop = 0; stop < INPUTS; stop++) {
            memfs *fs = before_work(is_new);
            assert_int_equal(work(memfs_io(fs), is_new, stop, NULL), PN_OK);
            assert_int_equal(memfs_held(fs), 0);
            assert_int_equal(work(memfs_io(fs), is_new, INPUTS, NULL), PN_OK);
            assert_true(answers_are(fs, wanted));
            memfs_free(fs);
        }
        free(wanted);
    }
}

/* Articles come in chunks, and between two of them what is due is set aside. */
static void add_in_chunks(pn_writer *w, uint32_t n, uint32_t chunk) {
    uint8_t place = 1;
    for (uint32_t i = 0; i < n; i += chunk) {
        assert_int_equal(world_add(w, i, chunk, 0, NULL), PN_OK);
        if (pn_writer_is_due(w)) assert_int_equal(pn_writer_set_aside(w, pn_bytes_of(&place, 1), NULL, NULL), PN_OK);
    }
    assert_int_equal(pn_writer_commit(w, NULL, NULL), PN_OK);
}

static void setting_aside_leaves_no_small_segments(void **state) {
    (void)state;
    static const pn_writer_job job = { "the same work" };
    enum { N = 6000, CHUNK = 40 };
    memfs *fs = memfs_new();
    pn_writer *w = NULL;
    pn_snap *snap = NULL;
    assert_int_equal(pn_writer_create(memfs_io(fs), "a", &(pn_writer_opts){ .job = &job, .memory = PN_WRITER_MEMORY_MIN }, &w, NULL), PN_OK);
    add_in_chunks(w, N, CHUNK);
    pn_writer_close(w);
    assert_int_equal(pn_snap_open(memfs_io(fs), "a", 0, true, &snap, NULL), PN_OK);
    assert_true(pn_snap_n_parts(snap) >= 3);
    for (size_t i = 0; i + 1 < pn_snap_n_parts(snap); i++) assert_true(pn_snap_part_at(snap, i)->n_docs > 10 * CHUNK);
    pn_snap_release(snap);
    memfs_free(fs);
}

static void other_work_removes_what_was_set_aside(void **state) {
    (void)state;
    memfs *fs = before_work(false);
    size_t n = memfs_n_files(fs);
    assert_int_equal(work(memfs_io(fs), false, 2, NULL), PN_OK);
    assert_true(memfs_n_files(fs) > n && memfs_has(fs, "a/MANIFEST-0000000003.part") && !memfs_has(fs, "a/MANIFEST-0000000002.part"));
    pn_writer *w = NULL;
    assert_int_equal(pn_writer_open(memfs_io(fs), "a", NULL, &w, NULL), PN_OK);
    pn_writer_close(w);
    assert_int_equal(memfs_n_files(fs), n);
    memfs_free(fs);
}

static int judge_unfinished(void *arg, memfs *image, const memfs_crash *c) {
    size_t *n_and_bad = arg;
    pn_snap *snap = NULL;
    (void)c;
    n_and_bad[0]++;
    n_and_bad[1] += pn_snap_open(memfs_io(image), "a", 0, true, &snap, NULL) != PN_ENOTFOUND;
    return 0;
}

static void a_first_build_that_gives_way_to_other_work_never_looks_like_a_lost_archive(void **state) {
    (void)state;
    memfs *fs = before_work(true);
    pn_writer *w = NULL;
    size_t n_and_bad[2] = { 0 };
    assert_int_equal(work(memfs_io(fs), true, 2, NULL), PN_OK);
    memfs_record(fs);
    assert_int_equal(pn_writer_create(memfs_io(fs), "a", NULL, &w, NULL), PN_OK);
    memfs_crash_images(fs, judge_unfinished, n_and_bad);
    assert_true(n_and_bad[0] >= 10);
    assert_int_equal(n_and_bad[1], 0);
    pn_writer_close(w);
    memfs_free(fs);
}

static void inputs_that_were_read_are_known(void **state) {
    (void)state;
    memfs *fs = before_work(false);
    pn_writer *w = NULL;
    bool known = true;
    uint8_t key[PN_INPUT_KEY];
    assert_int_equal(work(memfs_io(fs), false, INPUTS, NULL), PN_OK);
    assert_int_equal(pn_writer_open(memfs_io(fs), "a", NULL, &w, NULL), PN_OK);
    for (uint32_t i = 0; i <= INPUTS; i++) {
        key_of(i, key);
        assert_int_equal(pn_writer_knows(w, key, PN_INPUT_KEY, &known, NULL), PN_OK);
        assert_int_equal(known, i < INPUTS);
        assert_int_equal(pn_writer_knows(w, key, PN_INPUT_LENGTH, &known, NULL), PN_OK);
        assert_int_equal(known, i < INPUTS);
    }
    pn_writer_close(w);
    memfs_free(fs);
}

/* --- power cuts */

typedef struct { const char *after; uint64_t prints[2]; bool is_new; size_t n, bad, went_on; } cuts;

/* The fingerprint of the newest generation, every file of which opens; 0 where there is none. */
static uint64_t print_of(memfs *fs) {
    pn_snap *snap = NULL;
    uint32_t generation = 0;
    if (pn_manifest_newest(memfs_io(fs), "a", &generation, NULL) != PN_OK || !generation) return 0;
    if (pn_snap_open(memfs_io(fs), "a", 0, true, &snap, NULL) != PN_OK) return 1;
    uint64_t print = pn_snap_manifest(snap)->fingerprint[0];
    pn_snap_release(snap);
    return print;
}

/* The archive is as before the work or as after it; and going on ends as it should. */
static int judge_work(void *arg, memfs *image, const memfs_crash *c) {
    cuts *t = arg;
    pn_error err = { 0 };
    uint64_t print = print_of(image);
    (void)c;
    t->bad += print != t->prints[0] && print != t->prints[1];
    if (t->n++ % 499 != 0 || print == t->prints[1]) return t->bad != 0;
    t->went_on++;
    pn_status rc = work(memfs_io(image), t->is_new, INPUTS, &err);
    t->bad += rc != PN_OK || !answers_are(image, t->after);
    return t->bad != 0;
}

static void after_any_power_cut_the_work_goes_on(void **state) {
    (void)state;
    for (int is_new = 0; is_new < 2; is_new++) {
        memfs *fs = before_work(is_new);
        char *after = after_work(is_new);
        cuts t = { .after = after, .prints = { print_of(fs) }, .is_new = is_new };
        memfs_record(fs);
        assert_int_equal(work(memfs_io(fs), is_new, INPUTS, NULL), PN_OK);
        t.prints[1] = print_of(fs);
        memfs_crash_images(fs, judge_work, &t);
        if (t.bad) fail_msg("bad after %zu images", t.n);
        print_message("power cuts: %zu, work gone on with: %zu\n", t.n, t.went_on);
        assert_true(t.n > 500 && t.went_on > 10);
        free(after);
        memfs_free(fs);
    }
}

/* --- failing operations and allocations */

/* The failure may have come when the commit was done: then the work is done twice, which changes no article. */
static void must_end_well(memfs *fs, pn_status rc, uint64_t print) {
    assert_int_equal(memfs_held(fs) + pn_live(), 0);
    if (rc != PN_OK) assert_int_equal(work(memfs_io(fs), false, INPUTS, NULL), PN_OK);
    assert_true(print_of(fs) == print);
    memfs_free(fs);
}

static uint64_t print_after_work(void) {
    memfs *fs = before_work(false);
    assert_int_equal(work(memfs_io(fs), false, INPUTS, NULL), PN_OK);
    uint64_t print = print_of(fs);
    memfs_free(fs);
    return print;
}

static void after_any_failure_the_work_goes_on(void **state) {
    (void)state;
    uint64_t print = print_after_work();
    bool met = true;
    for (memfs_fault f = { .at = 1, .sys_errno = ENOSPC }; met; f.at += 3, f.for_good = !f.for_good) {
        memfs *fs = before_work(false);
        memfs_fail(fs, f);
        pn_status rc = work(memfs_io(fs), false, INPUTS, NULL);
        met = memfs_failed(fs);
        memfs_fail(fs, (memfs_fault){ 0 });
        assert_true(rc == PN_OK || rc == PN_EIO || rc == PN_EEXISTS);
        must_end_well(fs, rc, print);
    }
}

static void any_failing_allocation_of_the_work_is_harmless(void **state) {
    (void)state;
    uint64_t print = print_after_work();
    bool met = true;
    for (long n = 1; met; n += 97) {
        memfs *fs = before_work(false);
        oom_arm(n);
        pn_status rc = work(memfs_io(fs), false, INPUTS, NULL);
        met = oom_met();
        oom_off();
        assert_true(rc == PN_OK || rc == PN_ENOMEM);
        must_end_well(fs, rc, print);
    }
}

/* --- repair */

/* An archive of two segments, the list of inputs and deletions, one byte of a file of which is damaged. */
static memfs *damaged(const char *path, size_t at) {
    memfs *fs = before_work(false);
    size_t n;
    assert_int_equal(work(memfs_io(fs), false, INPUTS, NULL), PN_OK);
    assert_int_equal(world_ingest(memfs_io(fs), "a", false, 100, 3, 9, NULL, NULL), PN_OK);
    uint8_t *p = memfs_bytes(fs, path, &n);
    p[at < n ? at : n - 1] ^= 1;
    return fs;
}

static pn_status mend(const pn_io *io, bool dry_run, int64_t *rows, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_repair(io, "a", dry_run, NULL, &t, err));
    *rows = pn_table_n_rows(t);
    pn_table_release(t);
    return PN_OK;
}

/* The newest files of each kind. */
static size_t list_newest(memfs *fs, char paths[8][64]) {
    pn_manifest m = { 0 };
    uint32_t g = 0;
    assert_int_equal(pn_manifest_newest(memfs_io(fs), "a", &g, NULL), PN_OK);
    assert_int_equal(pn_manifest_read(memfs_io(fs), "a", g, &m, NULL), PN_OK);
    size_t n = 0;
    snprintf(paths[n++], 64, "a/MANIFEST-%010u", g);
    if (m.inputs_generation) snprintf(paths[n++], 64, "a/inputs-%010u", m.inputs_generation);
    snprintf(paths[n++], 64, "a/seg-%010u.idx", m.segments[0].number);
    snprintf(paths[n++], 64, "a/seg-%010u.doc", m.segments[0].number);
    if (m.segments[0].del_generation) snprintf(paths[n++], 64, "a/seg-%010u.%010u.del", m.segments[0].number, m.segments[0].del_generation);
    pn_manifest_fini(&m);
    return n;
}

static size_t damageable(char paths[8][64]) {
    memfs *fs = before_work(false);
    assert_int_equal(work(memfs_io(fs), false, INPUTS, NULL), PN_OK);
    assert_int_equal(world_ingest(memfs_io(fs), "a", false, 100, 3, 9, NULL, NULL), PN_OK);
    size_t n = list_newest(fs, paths);
    memfs_free(fs);
    return n;
}

static void damage_of_any_file_is_mended_once(void **state) {
    (void)state;
    char paths[8][64];
    for (size_t i = damageable(paths); i-- > 0;) {
        memfs *fs = damaged(paths[i], 100);
        int64_t rows = -1;
        size_t n = memfs_n_files(fs);
        assert_int_equal(mend(memfs_io(fs), true, &rows, NULL), PN_OK);
        assert_true(rows >= 1 && memfs_n_files(fs) == n);
        pn_status rc = mend(memfs_io(fs), false, &rows, NULL);
        assert_true(rc == PN_OK || rc == PN_ECORRUPT);         /* nothing at all can be read */
        if (rc == PN_OK) {
            free(sure_answers(fs));
            assert_int_equal(mend(memfs_io(fs), false, &rows, NULL), PN_OK);
            assert_int_equal(rows, 0);
        }
        assert_int_equal(memfs_held(fs) + pn_live(), 0);
        memfs_free(fs);
    }
}

static int judge_mending(void *arg, memfs *image, const memfs_crash *c) {
    cuts *t = arg;
    int64_t rows;
    (void)c;
    if (t->n++ % 97 != 0) return 0;
    t->bad += mend(memfs_io(image), false, &rows, NULL) != PN_OK || !answers_are(image, t->after);
    return t->bad != 0;
}

static void after_a_power_cut_in_a_repair_it_is_repaired_again(void **state) {
    (void)state;
    char paths[8][64];
    damageable(paths);
    memfs *fs = damaged(paths[2], 100), *mended = memfs_clone(fs);
    int64_t rows;
    assert_int_equal(mend(memfs_io(mended), false, &rows, NULL), PN_OK);
    char *after = sure_answers(mended);
    cuts t = { .after = after };
    memfs_record(fs);
    assert_int_equal(mend(memfs_io(fs), false, &rows, NULL), PN_OK);
    memfs_crash_images(fs, judge_mending, &t);
    if (t.bad) fail_msg("bad after %zu images", t.n);
    assert_true(t.n > 100);
    free(after);
    memfs_free(fs);
    memfs_free(mended);
}

/* An archive of deletions that lost its manifests. */
static memfs *lost(void) {
    memfs *fs = memfs_new();
    char path[64];
    assert_int_equal(world_ingest(memfs_io(fs), "a", true, 95, 100, 0, NULL, NULL), PN_OK);
    assert_int_equal(world_ingest(memfs_io(fs), "a", false, 100, 3, 9, NULL, NULL), PN_OK);
    for (uint32_t g = 1; g < 20; g++) {
        snprintf(path, sizeof path, "a/MANIFEST-%010u", g);
        (void)!memfs_io(fs)->unlink(memfs_io(fs)->ctx, path, NULL);
    }
    return fs;
}

static void a_repair_without_a_manifest_in_which_anything_fails_says_so_or_is_whole(void **state) {
    (void)state;
    int64_t rows, wanted;
    memfs *sound = lost();
    assert_int_equal(mend(memfs_io(sound), false, &wanted, NULL), PN_OK);
    char *after = sure_answers(sound);
    bool met = true;
    size_t failed = 0;
    for (uint64_t at = 1; met; at++) {
        memfs *fs = lost();
        memfs_fail(fs, (memfs_fault){ .at = at, .sys_errno = EIO });
        pn_status rc = mend(memfs_io(fs), false, &rows, NULL);
        met = memfs_failed(fs);
        memfs_fail(fs, (memfs_fault){ .at = 0 });
        assert_true(rc == PN_OK || rc == PN_EIO);
        failed += rc == PN_EIO;
        if (rc == PN_OK) {
            char *now = sure_answers(fs);
            assert_int_equal(rows, wanted);
            assert_string_equal(now, after);
            free(now);
        }
        assert_int_equal(memfs_held(fs) + pn_live(), 0);
        memfs_free(fs);
    }
    assert_true(failed > 20);
    free(after);
    memfs_free(sound);
}

static void any_failing_allocation_of_a_repair_is_harmless(void **state) {
    (void)state;
    char paths[8][64];
    size_t n_paths = damageable(paths);
    bool met = true;
    for (long n = 1; met; n += 61) {
        memfs *fs = damaged(paths[(size_t)n % 2 ? 2 : n_paths - 1], 100);
        int64_t rows;
        oom_arm(n);
        pn_status rc = mend(memfs_io(fs), false, &rows, NULL);
        met = oom_met();
        oom_off();
        assert_true(rc == PN_OK || rc == PN_ENOMEM || rc == PN_ECORRUPT);
        assert_int_equal(memfs_held(fs) + pn_live(), 0);
        memfs_free(fs);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_that_stops_anywhere_ends_as_work_that_does_not),
        cmocka_unit_test(setting_aside_leaves_no_small_segments),
        cmocka_unit_test(other_work_removes_what_was_set_aside), cmocka_unit_test(a_first_build_that_gives_way_to_other_work_never_looks_like_a_lost_archive),
        cmocka_unit_test(inputs_that_were_read_are_known),
        cmocka_unit_test(after_any_power_cut_the_work_goes_on),
        cmocka_unit_test(after_any_failure_the_work_goes_on),
        cmocka_unit_test(any_failing_allocation_of_the_work_is_harmless),
        cmocka_unit_test(damage_of_any_file_is_mended_once),
        cmocka_unit_test(after_a_power_cut_in_a_repair_it_is_repaired_again),
        cmocka_unit_test(any_failing_allocation_of_a_repair_is_harmless),
        cmocka_unit_test(a_repair_without_a_manifest_in_which_anything_fails_says_so_or_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
