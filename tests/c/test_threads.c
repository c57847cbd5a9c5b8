/* Many threads ask one open archive while a writer commits: every answer is that of the snapshot, and under the thread
 * sanitizer no two threads touch the same bytes unarranged. */
#include "archive/pn_related.h"
#include "base/pn_alloc.h"
#include "world.h"
#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 8, ROUNDS = 6, ROUNDS_OF_TRUST = 100, ARTICLES = 160, NEW = 30 };

static uint32_t rounds(void) { return getenv("PYNEWS_TRUST") ? ROUNDS_OF_TRUST : ROUNDS; }

static memfs *m;
static const pn_io *io;
static pthread_barrier_t gate;
static atomic_uint failed;                 /* cmocka's asserts belong to its own thread */

typedef struct { pn_snap *snap; pn_select *all; pn_buf text; uint32_t generation; } shared;
static shared now;                         /* of this round: made before the gate opens */

static void expect(bool ok) { if (!ok) atomic_fetch_add(&failed, 1); }

/* Everything, from the snapshot and the selection that all threads hold. */
static void ask_shared(pn_buf *out) {
    pn_error err;
    pn_buf_clear(out);
    expect(world_print_all(out, now.snap, now.all, &err) == PN_OK);
    expect(out->len == now.text.len && memcmp(out->ptr, now.text.ptr, out->len) == 0);
}

/* A snapshot of one's own of the same generation gives the same. */
static void ask_own(pn_buf *out) {
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    pn_error err;
    pn_buf_clear(out);
    pn_status rc = pn_snap_open(io, "a", now.generation, true, &snap, &err);
    expect(rc == PN_OK || rc == PN_ENOTFOUND);             /* the writer's third commit takes it away */
    if (!snap) return;
    expect(pn_select_all(snap, &all, &err) == PN_OK && world_print_all(out, snap, all, &err) == PN_OK);
    expect(out->len == now.text.len && memcmp(out->ptr, now.text.ptr, out->len) == 0);
    pn_select_release(all);
    pn_snap_release(snap);
}

/* Links and the sections they tell are made at first need, too. */
static void ask_links(void) {
    const pn_sections *s;
    const pn_links *l = NULL, *again = NULL;
    expect(pn_snap_sections(now.snap, NULL, &s, NULL) == PN_OK);
    expect(pn_snap_links(now.snap, NULL, &l, NULL) == PN_OK && pn_snap_links(now.snap, NULL, &again, NULL) == PN_OK);
    expect(l == again && s == pn_snap_sections_made(now.snap));
}

/* The order of a selection over several segments is made at first need: by all threads at once. */
static void ask_order(void) {
    pn_ref refs[ARTICLES];
    size_t n = PN_MIN((size_t)pn_select_count(now.all), (size_t)ARTICLES);
    expect(pn_select_refs(now.all, 0, n, refs, NULL) == PN_OK);
    for (size_t i = 0; i < n; i++) expect(pn_select_has(now.all, refs[i]));
}

static void *reader(void *arg) {
    size_t me = *(size_t *)arg;
    pn_buf out = { 0 };
    for (uint32_t round = 0; round < rounds(); round++) {
        pthread_barrier_wait(&gate);
        ask_order();
        ask_links();
        if (me % 2) ask_own(&out);
        ask_shared(&out);
        if (me == 0) expect(pn_archive_verify(now.snap, NULL, NULL) == PN_OK);
        pthread_barrier_wait(&gate);
    }
    pn_buf_fini(&out);
    return NULL;
}

/* What the threads of a round will share, cold: nothing of it was asked yet.  The text comes from another snapshot. */
static void open_round(pn_buf *text) {
    pn_error err;
    assert_int_equal(world_answers(io, "a", text, &err), PN_OK);
    now = (shared){ .text = *text };
    assert_int_equal(pn_snap_open(io, "a", 0, false, &now.snap, &err), PN_OK);
    assert_int_equal(pn_select_all(now.snap, &now.all, &err), PN_OK);
    now.generation = pn_snap_manifest(now.snap)->generation;
}

/* What the writer does meanwhile: articles come, are replaced, go, and files are merged. */
static bool write_round(uint32_t round) {
    pn_error err;
    if (world_ingest(io, "a", false, round % 12 * NEW, NEW, round + 2, NULL, &err) != PN_OK) return false;
    if (world_delete(io, "a", round % 2 ? "tag:money storm" : "\"version 1\" rail", &err) != PN_OK) return false;
    return round % 3 != 1 || world_compact(io, "a", &err) == PN_OK;
}

static void readers_in_eight_threads_and_a_writer_do_not_disturb_each_other(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    size_t names[THREADS];
    pn_buf text = { 0 };
    pn_error err;
    pn_ingest_counts counts;
    m = memfs_new();
    io = memfs_io(m);
    assert_int_equal(pthread_barrier_init(&gate, NULL, THREADS + 1), 0);
    assert_int_equal(world_ingest(io, "a", true, 0, ARTICLES, 0, &counts, &err), PN_OK);
    assert_int_equal(world_ingest(io, "a", false, ARTICLES / 2, ARTICLES, 1, &counts, &err), PN_OK);
    for (size_t i = 0; i < THREADS; i++) {
        names[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, reader, &names[i]), 0);
    }
    for (uint32_t round = 0; round < rounds(); round++) {
        open_round(&text);
        pthread_barrier_wait(&gate);
        expect(write_round(round));
        pthread_barrier_wait(&gate);
        pn_select_release(now.all);
        pn_snap_release(now.snap);
    }
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    print_message("rounds of %d readers beside a writer: %u\n", THREADS, rounds());
    pthread_barrier_destroy(&gate);
    pn_buf_fini(&text);
    assert_int_equal(atomic_load(&failed), 0);
    assert_int_equal(memfs_held(m), 0);
    memfs_free(m);
}

/* The last of many owners frees, whoever that is. */
static void *owner(void *arg) {
    pn_select *mine = pn_select_retain(now.all);
    (void)arg;
    pthread_barrier_wait(&gate);
    for (int i = 0; i < 1000; i++) {
        pn_select_release(pn_select_retain(mine));
        pn_snap_release(pn_snap_retain(pn_select_snap(mine)));
    }
    pn_select_release(mine);
    return NULL;
}
static void the_last_owner_frees(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    pn_error err;
    pn_ingest_counts counts;
    m = memfs_new();
    io = memfs_io(m);
    int64_t live = pn_live();
    assert_int_equal(pthread_barrier_init(&gate, NULL, THREADS + 1), 0);
    assert_int_equal(world_ingest(io, "a", true, 0, 20, 0, &counts, &err), PN_OK);
    assert_int_equal(pn_snap_open(io, "a", 0, false, &now.snap, &err), PN_OK);
    assert_int_equal(pn_select_all(now.snap, &now.all, &err), PN_OK);
    pn_snap_release(now.snap);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, owner, NULL), 0);
    pthread_barrier_wait(&gate);
    pn_select_release(now.all);
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&gate);
    assert_int_equal(pn_live(), live);
    assert_int_equal(memfs_held(m), 0);
    memfs_free(m);
}

/* Maps of the operating system under the guard, opened and closed by many threads at once. */
static void *opener(void *arg) {
    pn_error err;
    pn_buf out = { 0 };
    pthread_barrier_wait(&gate);
    for (int i = 0; i < 10; i++) {
        pn_snap *snap = NULL;
        pn_select *all = NULL;
        pn_buf_clear(&out);
        expect(pn_snap_open(pn_io_posix(), arg, 0, false, &snap, &err) == PN_OK);
        expect(pn_select_all(snap, &all, &err) == PN_OK && world_print_all(&out, snap, all, &err) == PN_OK);
        pn_select_release(all);
        pn_snap_release(snap);
    }
    pn_buf_fini(&out);
    return NULL;
}
static void remove_all(const char *dir) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
}
static void maps_of_files_are_opened_and_closed_by_many_threads_at_once(void **state) {
    (void)state;
    char dir[] = "/tmp/pynews-threads-XXXXXX", path[64];
    pthread_t threads[THREADS];
    pn_error err;
    pn_ingest_counts counts;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a", dir);
    assert_int_equal(world_ingest(pn_io_posix(), path, true, 0, 40, 0, &counts, &err), PN_OK);
    assert_int_equal(pthread_barrier_init(&gate, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, opener, path), 0);
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&gate);
    remove_all(dir);
    assert_int_equal(atomic_load(&failed), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_in_eight_threads_and_a_writer_do_not_disturb_each_other),
        cmocka_unit_test(the_last_owner_frees),
        cmocka_unit_test(maps_of_files_are_opened_and_closed_by_many_threads_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
