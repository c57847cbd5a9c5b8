/* A file of JSON lines is whole or not there: whatever fails, whoever stops, whenever the power goes. */
#include "archive/pn_export.h"
#include "oom.h"
#include "rich.h"
#include <errno.h>

static const char earlier[] = "what was there before\n";

/* Rich articles, every other one with fields of its own. */
static pn_status next_with_extra(void *self, const pn_doc **out, pn_error *err) {
    rich *s = self;
    PN_TRY(rich_next(self, out, err));
    if (*out && s->next % 2) s->now.doc.extra = PN_BYTES_LIT("{\"x\":[1,{\"y\":1.50,\"y\":\"\\u00e9\"}],\"z\":{\"w\":[]},\"x\":null}");
    return PN_OK;
}

typedef struct { memfs *m; pn_snap *snap; pn_select *all; char *lines; size_t len; } world;

static void add(const pn_io *io, bool is_new, uint32_t first, uint32_t n) {
    rich s = { .next = first, .end = first + n };
    pn_doc_source source = { &s, next_with_extra, world_close };
    pn_writer *w = NULL;
    assert_int_equal((is_new ? pn_writer_create : pn_writer_open)(io, "a", NULL, &w, NULL), PN_OK);
    assert_int_equal(pn_writer_add(w, &source, PN_BYTES_LIT("rich"), NULL, NULL), PN_OK);
    assert_int_equal(pn_writer_commit(w, NULL, NULL), PN_OK);
    pn_writer_close(w);
}

/* Two segments, and the lines of their articles. */
static world begin(void) {
    world w = { .m = memfs_new() };
    pn_buf lines = { 0 };
    add(memfs_io(w.m), true, 0, 300);
    add(memfs_io(w.m), false, 300, 35);
    assert_int_equal(pn_snap_open(memfs_io(w.m), "a", 0, true, &w.snap, NULL), PN_OK);
    assert_int_equal(pn_select_all(w.snap, &w.all, NULL), PN_OK);
    assert_int_equal(pn_export_lines(w.all, 0, 335, NULL, &lines, NULL), PN_OK);
    w.lines = (char *)lines.ptr;
    w.len = lines.len;
    return w;
}

static void end(world *w) {
    pn_free(w->lines);
    pn_select_release(w->all);
    pn_snap_release(w->snap);
    memfs_free(w->m);
}

/* A folder with the file of before. */
static memfs *folder(void) {
    memfs *m = memfs_new();
    const pn_io *io = memfs_io(m);
    assert_int_equal(io->mkdir(io->ctx, "out", NULL), PN_OK);
    memfs_put(m, "out/x.jsonl", earlier, strlen(earlier));
    return m;
}

static bool holds(memfs *m, const char *text, size_t len) {
    size_t n = 0;
    const uint8_t *p = memfs_bytes(m, "out/x.jsonl", &n);
    return p && n == len && memcmp(p, text, n) == 0;
}

/* All lines where it went well, else the file of before; and nothing beside it. */
static void assert_whole(const world *w, memfs *m, pn_status rc) {
    assert_true(rc == PN_OK ? holds(m, w->lines, w->len) : holds(m, earlier, strlen(earlier)));
    assert_int_equal(memfs_n_files(m), 1);
    assert_int_equal(memfs_held(m), 0);
}

static void lines_are_in_order_and_runs_of_them_add_up(void **unused) {
    (void)unused;
    world w = begin();
    memfs *m = folder();
    pn_buf parts = { 0 };
    assert_int_equal(pn_export_jsonl(w.all, memfs_io(m), "out/x.jsonl", NULL, NULL), PN_OK);
    assert_whole(&w, m, PN_OK);
    for (uint64_t at = 0; at < 335; at += 67) assert_int_equal(pn_export_lines(w.all, at, 67, NULL, &parts, NULL), PN_OK);
    assert_int_equal(parts.len, w.len);
    assert_memory_equal(parts.ptr, w.lines, w.len);
    size_t n = 0;
    for (size_t i = 0; i < w.len; i++) n += w.lines[i] == '\n';
    assert_int_equal(n, 335);
    assert_int_equal(pn_export_lines(w.all, 335, 0, NULL, &parts, NULL), PN_OK);
    pn_buf_fini(&parts);
    memfs_free(m);
    end(&w);
}

static void every_failing_allocation_leaves_the_file_of_before_and_leaks_nothing(void **unused) {
    (void)unused;
    world w = begin();
    pn_status rc = PN_ENOMEM;
    for (long n = 1; rc == PN_ENOMEM; n++) {
        memfs *m = folder();
        pn_select *fresh = NULL;                   /* one that has no order yet */
        int64_t before = pn_live();
        assert_int_equal(pn_select_all(w.snap, &fresh, NULL), PN_OK);
        oom_arm(n);
        rc = pn_export_jsonl(fresh, memfs_io(m), "out/x.jsonl", NULL, NULL);
        oom_off();
        pn_select_release(fresh);
        assert_int_equal(pn_live(), before);
        assert_true(rc == PN_OK ? n > 10 : rc == PN_ENOMEM);
        assert_whole(&w, m, rc);
        memfs_free(m);
    }
    end(&w);
}

/* Whether there was an n-th operation to fail. */
static bool fails_cleanly(const world *w, memfs_fault fault) {
    memfs *m = folder();
    pn_error err = { 0 };
    memfs_fail(m, fault);
    pn_status rc = pn_export_jsonl(w->all, memfs_io(m), "out/x.jsonl", NULL, &err);
    bool met = memfs_failed(m);
    memfs_fail(m, (memfs_fault){ 0 });
    assert_int_equal(rc, met ? PN_EIO : PN_OK);
    if (met) {
        assert_string_equal(err.file, "out/x.jsonl");
        assert_int_equal(err.sys_errno, fault.sys_errno);
    }
    if (fault.for_good && met) assert_true(holds(m, earlier, strlen(earlier)));       /* the draft cannot be removed either */
    else assert_whole(w, m, rc);
    assert_int_equal(memfs_held(m), 0);
    memfs_free(m);
    return met;
}

static void every_failing_file_operation_leaves_the_file_of_before(void **unused) {
    (void)unused;
    world w = begin();
    for (int mode = 0; mode < 4; mode++) {
        memfs_fault f = { .at = 1, .for_good = mode & 1, .short_write = mode & 2, .sys_errno = mode & 1 ? EIO : ENOSPC };
        while (fails_cleanly(&w, f)) f.at++;
        assert_true(f.at > 6);                     /* stat, random, create, write, sync, close, rename */
    }
    end(&w);
}

static int stop_at(void *left) { return --*(long *)left == 0; }

static void stopped_at_any_moment_it_leaves_the_file_of_before(void **unused) {
    (void)unused;
    world w = begin();
    pn_status rc = PN_EINTR;
    long stops = 0;
    for (; rc == PN_EINTR; stops++) {
        memfs *m = folder();
        pn_select *fresh = NULL;
        long left = stops + 1;
        assert_int_equal(pn_select_all(w.snap, &fresh, NULL), PN_OK);
        rc = pn_export_jsonl(fresh, memfs_io(m), "out/x.jsonl", &(pn_tick){ stop_at, &left }, NULL);
        assert_true(rc == PN_OK || rc == PN_EINTR);
        assert_whole(&w, m, rc);
        pn_select_release(fresh);
        memfs_free(m);
    }
    assert_true(stops > 2);
    end(&w);
}

static void a_path_that_cannot_be_is_an_error_before_any_work(void **unused) {
    (void)unused;
    world w = begin();
    memfs *m = folder();
    const pn_io *io = memfs_io(m);
    char long_path[5000];
    pn_error err = { 0 };
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_int_equal(pn_export_jsonl(w.all, io, "nowhere/x.jsonl", NULL, &err), PN_ENOTFOUND);
    assert_string_equal(err.file, "nowhere/x.jsonl");
    assert_int_equal(pn_export_jsonl(w.all, io, long_path, NULL, &err), PN_ELIMIT);
    assert_whole(&w, m, PN_EIO);
    memfs_free(m);
    end(&w);
}

static int judge(void *arg, memfs *image, const memfs_crash *c) {
    const world *w = arg;
    (void)c;
    assert_true(holds(image, w->lines, w->len) || holds(image, earlier, strlen(earlier)));
    return 0;
}

static void whenever_the_power_goes_the_file_is_the_new_one_or_that_of_before(void **unused) {
    (void)unused;
    world w = begin();
    memfs *m = folder();
    memfs_record(m);
    assert_int_equal(pn_export_jsonl(w.all, memfs_io(m), "out/x.jsonl", NULL, NULL), PN_OK);
    assert_true(memfs_crash_images(m, judge, &w) > 10);
    memfs_free(m);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_in_order_and_runs_of_them_add_up),
        cmocka_unit_test(every_failing_allocation_leaves_the_file_of_before_and_leaks_nothing),
        cmocka_unit_test(every_failing_file_operation_leaves_the_file_of_before),
        cmocka_unit_test(stopped_at_any_moment_it_leaves_the_file_of_before),
        cmocka_unit_test(a_path_that_cannot_be_is_an_error_before_any_work),
        cmocka_unit_test(whenever_the_power_goes_the_file_is_the_new_one_or_that_of_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
