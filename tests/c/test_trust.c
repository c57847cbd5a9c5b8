/* Whatever operation or allocation fails, once or for good, the archive stays whole and nothing leaks: docs/TESTING.md.
 * By default one scenario that does everything; with PYNEWS_TRUST=1 every scenario. */
#include "scenario.h"
#include "oom.h"
#include <errno.h>

static bool is_taken(const scenario *s) { return !s->is_large && (is_trust() || strcmp(s->name, "everything") == 0); }

/* --- failing operations */

/* Runs commit k with the n-th file operation failing; afterwards the archive is what it was, or what the commit makes it. */
static bool fails_cleanly(const scenario *s, memfs *base, size_t k, memfs_fault fault) {
    memfs *fs = memfs_clone(base);
    pn_error err = { 0 };
    memfs_fail(fs, fault);
    pn_status rc = scenario_step(s, memfs_io(fs), k, &err);
    bool met = memfs_failed(fs);
    memfs_fail(fs, (memfs_fault){ 0 });
    assert_int_equal(memfs_held(fs), 0);
    assert_int_equal(pn_live(), 0);
    bool has_happened = scenario_shows(s, fs, k + 1, k + 1);
    if (rc == PN_OK) assert_true(has_happened);
    else assert_true(has_happened || scenario_shows(s, fs, k, k));         /* the last folder sync may fail after the manifest is there */
    if (!has_happened && !fault.for_good) assert_int_equal(memfs_n_files(fs), memfs_n_files(base));        /* nothing is left behind */
    if (met && rc != PN_OK) {
        assert_true(rc == PN_EIO || rc == PN_ELOCKED || rc == PN_EEXISTS);
        if (rc == PN_EIO) assert_int_equal(err.sys_errno, fault.sys_errno);
        must_ok(scenario_step(s, memfs_io(fs), has_happened ? k + 1 : k, &err), &err);         /* and the archive can be written again */
    }
    memfs_free(fs);
    return met;
}

static size_t fail_operations(const scenario *s, size_t k) {
    static const int errnos[] = { ENOSPC, EIO };
    memfs *base = scenario_after(s, k);
    size_t points = 0;
    for (int mode = 0; mode < 4; mode++) {
        memfs_fault f = { .for_good = mode & 1, .short_write = mode & 2, .sys_errno = errnos[mode & 1] };
        for (f.at = 1; fails_cleanly(s, base, k, f); f.at++) points++;
    }
    memfs_free(base);
    return points;
}

static void every_failing_file_operation_leaves_the_archive_whole(void **state) { (void)state;
    size_t points = 0;
    for (size_t i = 0; i < scenario_n; i++)
        for (size_t k = 0; is_taken(&scenarios[i]) && k < scenarios[i].n; k++) points += fail_operations(&scenarios[i], k);
    print_message("failing operations, once and for good: %zu\n", points);
    assert_true(points > 100);
}

static size_t fail_reading(const scenario *s, bool for_good) {
    memfs *fs = scenario_after(s, s->n);
    size_t points = 0;
    for (memfs_fault f = { .at = 1, .sys_errno = EIO, .for_good = for_good };; f.at++, points++) {
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
    memfs_free(fs);
    return points;
}
static void every_failing_file_operation_of_reading_is_an_error_and_leaks_nothing(void **state) { (void)state;
    size_t points = 0;
    for (size_t i = 0; i < scenario_n; i++)
        if (is_taken(&scenarios[i])) points += fail_reading(&scenarios[i], false) + fail_reading(&scenarios[i], true);
    print_message("failing operations of reading: %zu\n", points);
    assert_true(points >= 16);                                 /* list, stat and map of manifest, segments and deletions */
}

/* --- failing allocations */

static bool runs_out_of_memory(const scenario *s, const memfs *base, size_t k, long n, bool for_good) {
    memfs *fs = memfs_clone(base);
    pn_error err = { 0 };
    (for_good ? oom_arm_for_good : oom_arm)(n);
    pn_status rc = scenario_step(s, memfs_io(fs), k, &err);
    bool met = oom_met();
    oom_off();
    assert_true(rc == PN_OK || rc == PN_ENOMEM);
    assert_int_equal(pn_live(), 0);
    assert_int_equal(memfs_held(fs), 0);
    if (!met || n % 4 == 0) {                                  /* the answers, of every fourth one */
        assert_true(scenario_shows(s, fs, rc == PN_OK ? k + 1 : k, k + (rc == PN_OK || s->steps[k].kind == STEP_COMPACT)));
    }
    memfs_free(fs);
    return met;
}

static size_t fail_allocations(const scenario *s, size_t k, bool for_good) {
    memfs *base = scenario_after(s, k);
    size_t points = 0;
    for (long n = 1; runs_out_of_memory(s, base, k, n, for_good); n++) points++;
    memfs_free(base);
    return points;
}

static void every_failing_allocation_of_writing_leaves_the_archive_whole(void **state) { (void)state;
    size_t points = 0;
    for (size_t i = 0; i < scenario_n; i++)
        for (size_t k = 0; is_taken(&scenarios[i]) && k < scenarios[i].n; k++)
            points += fail_allocations(&scenarios[i], k, false) + fail_allocations(&scenarios[i], k, true);
    print_message("failing allocations of writing, once and for good: %zu\n", points);
    assert_true(points > 100);
}

static size_t fail_allocations_of_reading(const scenario *s, bool for_good) {
    memfs *fs = scenario_after(s, s->n);
    size_t points = 0;
    for (long n = 1;; n++, points++) {
        pn_buf b = { 0 };
        pn_error err = { 0 };
        (for_good ? oom_arm_for_good : oom_arm)(n);
        pn_status rc = world_answers(memfs_io(fs), "a", &b, &err);
        bool met = oom_met();
        oom_off();
        pn_buf_fini(&b);
        assert_true(met ? rc == PN_ENOMEM || (rc == PN_OK && !for_good) : rc == PN_OK);
        assert_int_equal(pn_live(), 0);
        if (!met) break;
    }
    assert_int_equal(memfs_held(fs), 0);
    memfs_free(fs);
    return points;
}

static void every_failing_allocation_of_reading_is_an_error_and_leaks_nothing(void **state) { (void)state;
    size_t points = 0;
    for (size_t i = 0; i < scenario_n; i++)
        if (is_taken(&scenarios[i])) points += fail_allocations_of_reading(&scenarios[i], false) + fail_allocations_of_reading(&scenarios[i], true);
    print_message("failing allocations of reading, once and for good: %zu\n", points);
    assert_true(points > 100);
}

static int prepare(void **state) { (void)state;
    for (size_t i = 0; i < scenario_n; i++)
        if (is_taken(&scenarios[i])) scenario_prepare(&scenarios[i]);
    return 0;
}
static int forget(void **state) { (void)state;
    scenario_forget_all();
    return 0;
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(every_failing_file_operation_leaves_the_archive_whole),
        cmocka_unit_test(every_failing_file_operation_of_reading_is_an_error_and_leaks_nothing),
        cmocka_unit_test(every_failing_allocation_of_writing_leaves_the_archive_whole),
        cmocka_unit_test(every_failing_allocation_of_reading_is_an_error_and_leaks_nothing) };
    return cmocka_run_group_tests_name("trust", t, prepare, forget);
}
