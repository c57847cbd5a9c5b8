/* Opening a snapshot while writers commit. */
#include "world.h"

/* A file system on which others commit whenever a segment is about to be mapped, a given number of times. */
static struct { pn_io io; const pn_io *inner; uint32_t commits, left; } busy;

static void commit_twice(void) {
    pn_error err;
    for (int i = 0; i < 2; i++) assert_int_equal(world_ingest(busy.inner, "a", false, 0, 5, ++busy.commits, NULL, &err), PN_OK);
}
static pn_status busy_map(void *ctx, const char *path, bool copy, pn_io_map *out, pn_error *err) {
    if (strstr(path, "seg-") && busy.left) {
        busy.left--;
        commit_twice();
    }
    return busy.inner->map(ctx, path, copy, out, err);
}
static const pn_io *make_busy(memfs *m, uint32_t times) {
    pn_error err;
    busy.inner = memfs_io(m);
    busy.io = *busy.inner;
    busy.io.map = busy_map;
    busy.commits = 0;
    busy.left = times;
    assert_int_equal(world_ingest(busy.inner, "a", true, 0, 5, 0, NULL, &err), PN_OK);
    return &busy.io;
}

static void the_newest_is_opened_although_others_commit_meanwhile(void **state) {
    (void)state;
    for (uint32_t times = 0; times < 5; times++) {
        memfs *m = memfs_new();
        const pn_io *io = make_busy(m, times);
        pn_snap *snap = NULL;
        pn_error err;
        assert_int_equal(pn_snap_open(io, "a", 0, true, &snap, &err), PN_OK);
        assert_int_equal(pn_snap_manifest(snap)->generation, 1 + 2 * times);
        pn_snap_release(snap);
        assert_int_equal(memfs_held(m), 0);
        memfs_free(m);
    }
}

static void a_given_generation_that_goes_away_meanwhile_is_not_found(void **state) {
    (void)state;
    memfs *m = memfs_new();
    const pn_io *io = make_busy(m, 1);
    pn_snap *snap = NULL;
    pn_error err;
    assert_int_equal(pn_snap_open(io, "a", 1, true, &snap, &err), PN_ENOTFOUND);
    assert_null(snap);
    memfs_free(m);
}

static void a_file_that_is_missing_from_the_newest_is_an_error_that_names_it(void **state) {
    (void)state;
    memfs *m = memfs_new();
    const pn_io *io = make_busy(m, 0);
    pn_snap *snap = NULL;
    pn_error err;
    assert_int_equal(io->unlink(io->ctx, "a/seg-0000000001.doc", &err), PN_OK);
    assert_int_equal(pn_snap_open(io, "a", 0, true, &snap, &err), PN_ENOTFOUND);
    assert_non_null(strstr(err.file, "seg-0000000001.doc"));
    memfs_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_is_opened_although_others_commit_meanwhile),
        cmocka_unit_test(a_given_generation_that_goes_away_meanwhile_is_not_found),
        cmocka_unit_test(a_file_that_is_missing_from_the_newest_is_an_error_that_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
