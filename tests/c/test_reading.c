/* Rankings, samples and concordances under failing memory and a caller who stops; what Python does not reach.  Their answers are
 * compared with going through all articles in tests/python. */
#include "archive/pn_reading.h"
#include "archive/pn_save.h"
#include "index/pn_sections.h"
#include "oom.h"
#include "world.h"

typedef struct { memfs *m; pn_snap *snap; pn_select *all; } world;

/* Three segments, the second with replaced articles. */
static world begin(void) {
    world w = { .m = memfs_new() };
    const pn_io *io = memfs_io(w.m);
    assert_int_equal(world_ingest(io, "a", true, 0, 300, 0, NULL, NULL), PN_OK);
    assert_int_equal(world_ingest(io, "a", false, 300, 200, 0, NULL, NULL), PN_OK);
    assert_int_equal(world_ingest(io, "a", false, 310, 20, 1, NULL, NULL), PN_OK);
    assert_int_equal(pn_snap_open(io, "a", 0, true, &w.snap, NULL), PN_OK);
    assert_int_equal(pn_select_all(w.snap, &w.all, NULL), PN_OK);
    const pn_sections *told;                               /* kept with the snapshot: made here, so that it is no leak */
    assert_int_equal(pn_snap_sections(w.snap, NULL, &told, NULL), PN_OK);
    return w;
}

static void end(world *w) {
    pn_select_release(w->all);
    pn_snap_release(w->snap);
    memfs_free(w->m);
}

/* Each asks one thing of a selection and says how it ended. */
typedef pn_status ask_fn(pn_select *s, const pn_tick *tick);

static pn_status ask_top(pn_select *s, const pn_tick *tick) {
    pn_select *made = NULL;
    pn_status rc = pn_archive_top(s, PN_BYTES_LIT("harbour OR \"rail school\" OR b* OR the"), 600, tick, &made, NULL);
    pn_select_release(made);
    return rc;
}
static pn_status ask_newest(pn_select *s, const pn_tick *tick) {
    pn_select *made = NULL;
    pn_status rc = pn_archive_top_dated(s, true, 5, tick, &made, NULL);
    pn_select_release(made);
    return rc;
}
static pn_status ask_like(pn_select *s, const pn_tick *tick) {
    pn_select *made = NULL;
    pn_status rc = pn_archive_like(pn_select_snap(s), PN_BYTES_LIT("n315"), 7, tick, &made, NULL);
    if (rc == PN_OK) assert_int_equal(pn_select_count(made), 7);
    pn_select_release(made);
    return rc;
}
static pn_status ask_likes(pn_select *s, const pn_tick *tick) {
    pn_select *made = NULL;
    pn_status rc = pn_archive_search(s, PN_BYTES_LIT("like9:n315 OR (like:\"n2\" NOT like1:n3)"), tick, &made, NULL);
    pn_select_release(made);
    return rc;
}
static pn_status ask_kwic(pn_select *s, const pn_tick *tick) {
    pn_kwic *k = NULL;
    pn_table *t = NULL;
    pn_kwic_order order = { .keys = { -1, 2, 0 }, .n_keys = 3 };
    pn_status rc = pn_archive_kwic(s, PN_BYTES_LIT("rail OR \"rail school\" OR b* OR (the NEAR/3 museum) NOT storm"), &order, tick, &k, NULL);
    if (rc == PN_OK) rc = pn_archive_kwic_table(k, 3, 40, PN_KWIC_SENTENCE, 0, tick, &t, NULL);
    pn_table_release(t);
    pn_kwic_release(k);
    return rc;
}
static pn_status ask_marks(pn_select *s, const pn_tick *tick) {
    pn_buf marks = { 0 };
    pn_status rc = pn_archive_marks(pn_select_snap(s), PN_BYTES_LIT("n315"), PN_BYTES_LIT("version OR b* OR the"), tick, &marks, NULL);
    if (rc == PN_OK) assert_true(marks.len > 0);
    pn_buf_fini(&marks);
    return rc;
}
static pn_status ask_sample(pn_select *s, const pn_tick *tick) {
    pn_select *made = NULL;
    pn_status rc = pn_archive_sample(s, 7, 1, (pn_sample_opts){ true, PN_FREQ_MONTH }, tick, &made, NULL);
    pn_select_release(made);
    return rc;
}
static pn_status ask_words(pn_select *s, const pn_tick *tick) {
    pn_table *t = NULL;
    uint64_t n;
    pn_status rc = pn_archive_words(s, PN_BYTES_LIT("b"), 3, tick, &t, NULL);
    if (rc == PN_OK) rc = pn_archive_n_words(s, tick, &n, NULL);
    pn_table_release(t);
    return rc;
}
static pn_status ask_save(pn_select *s, const pn_tick *tick) {
    memfs *m = memfs_new();
    pn_status rc = pn_save(s, memfs_io(m), "saved", tick, NULL);
    if (rc != PN_OK) assert_false(memfs_has(m, "saved/MANIFEST-0000000001"));
    assert_int_equal(memfs_held(m), 0);
    memfs_free(m);
    return rc;
}
static pn_status ask_table(pn_select *s, const pn_tick *tick) {
    static const pn_list_column columns[] = { PN_LIST_ID, PN_LIST_TIME, PN_LIST_PRECISION, PN_LIST_TAGS, PN_LIST_AUTHOR, PN_LIST_BODY };
    pn_table *t = NULL;
    pn_status rc = pn_archive_listing(s, columns, PN_COUNT(columns), UINT64_MAX, tick, &t, NULL);
    if (rc == PN_OK) assert_int_equal(pn_table_n_rows(t), pn_select_count(s));
    pn_table_release(t);
    return rc;
}
static ask_fn *const asks[] = { ask_top, ask_newest, ask_like, ask_likes, ask_kwic, ask_marks, ask_sample, ask_words, ask_save, ask_table };

static void every_failing_allocation_is_a_status_and_leaks_nothing(void **unused) {
    (void)unused;
    world w = begin();
    for (size_t i = 0; i < PN_COUNT(asks); i++) {
        pn_status rc = PN_ENOMEM;
        for (long n = 1; rc == PN_ENOMEM; n++) {
            pn_select *fresh = NULL;               /* one that has no order yet */
            int64_t before = pn_live();
            assert_int_equal(pn_select_all(w.snap, &fresh, NULL), PN_OK);
            oom_arm(n);
            rc = asks[i](fresh, NULL);
            oom_off();
            pn_select_release(fresh);
            assert_int_equal(pn_live(), before);
        }
        assert_int_equal(rc, PN_OK);
    }
    end(&w);
}

static int stop_at_once(void *calls) { return ++*(int *)calls > 0; }

static void a_caller_can_stop_what_is_long(void **unused) {
    (void)unused;
    world w = begin();
    int calls = 0;
    assert_int_equal(ask_top(w.all, &(pn_tick){ stop_at_once, &calls }), PN_EINTR);
    assert_int_equal(ask_kwic(w.all, &(pn_tick){ stop_at_once, &calls }), PN_EINTR);
    assert_int_equal(ask_sample(w.all, &(pn_tick){ stop_at_once, &calls }), PN_EINTR);
    assert_int_equal(ask_like(w.all, &(pn_tick){ stop_at_once, &calls }), PN_EINTR);
    assert_int_equal(ask_newest(w.all, &(pn_tick){ stop_at_once, &calls }), PN_EINTR);
    assert_int_equal(calls, 5);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failing_allocation_is_a_status_and_leaks_nothing),
        cmocka_unit_test(a_caller_can_stop_what_is_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
