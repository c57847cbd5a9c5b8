/* Power cuts: whatever of the unsynced a disk keeps, the archive is at one of its commits, never before the last one that was
 * acknowledged.  By default a sample of the images; with PYNEWS_TRUST=1 all: docs/TESTING.md. */
#include "scenario.h"

enum { EVERY = 47, SECOND_EVERY = 31, SECOND_EVERY_OF_TRUST = 211 };

typedef struct {
    const scenario *s;
    size_t acked[SCENARIO_STEPS + 1];      /* operations done when commit k returned */
    size_t images, second, bad;
    bool once;                             /* this is the work after a crash: no further crash */
    size_t before;                         /* commits that are certain before the log begins */
} cuts;

static void tell(const cuts *x, const memfs_crash *c, const char *what) {
    if (x->bad < 3) print_message("%s: %s after %zu operations, names %lx, tails %s\n", x->s->name, what, c->n_ops, c->names, c->data);
}

static int judge(void *arg, memfs *image, const memfs_crash *c);

/* The commit after the crash works, and is cut short everywhere in its turn. */
static void crash_again(cuts *x, memfs *image, size_t k) {
    cuts y = { .s = x->s, .once = true, .before = k };
    pn_error err = { 0 };
    memfs_record(image);
    if (scenario_step(x->s, memfs_io(image), k, &err) != PN_OK) x->bad++;
    for (size_t i = 0; i <= SCENARIO_STEPS; i++) y.acked[i] = i <= k ? 0 : i == k + 1 ? memfs_n_ops(image) : SIZE_MAX;
    memfs_sampling(image, is_trust() ? 97 : 1997, 4);
    x->second += memfs_crash_images(image, judge, &y);
    x->bad += y.bad;
}

/* An image after n_ops operations shows a state k that was acknowledged before, or the one being committed. */
static int judge(void *arg, memfs *image, const memfs_crash *c) {
    cuts *x = arg;
    pn_error err = { 0 };
    pn_status rc;
    size_t done = x->before;
    while (done < x->s->n && x->acked[done + 1] <= c->n_ops) done++;
    uint32_t generation;
    char *answers = scenario_answers(memfs_io(image), &generation, &rc, &err);
    bool good = answers && scenario_is(x->s, answers, generation, done, done + 1);
    if (!good) {
        tell(x, c, answers ? "other answers" : err.msg);
        x->bad++;
    } else if (!x->once && x->images % (is_trust() ? SECOND_EVERY_OF_TRUST : SECOND_EVERY) == 0) {
        size_t k = scenario_is(x->s, answers, generation, done, done) ? done : done + 1;
        if (generation == x->s->generation[k]) crash_again(x, image, k);       /* not in the middle of a compaction */
    }
    x->images++;
    free(answers);
    return 0;
}

typedef bool ignored_syncs(void *arg, memfs_kind kind, const char *path, size_t nth);

/* The scenario with its log, to be cut anywhere. */
static memfs *recorded(cuts *x, ignored_syncs *ignored, void *arg) {
    memfs *fs = memfs_new();
    memfs_record(fs);
    memfs_ignore_syncs(fs, ignored, arg);
    for (size_t k = 0; k < x->s->n; k++) {
        pn_error err = { 0 };
        must_ok(scenario_step(x->s, memfs_io(fs), k, &err), &err);
        x->acked[k + 1] = memfs_n_ops(fs);
    }
    return fs;
}

static void every_power_cut_leaves_one_of_the_commits(void **state) { (void)state;
    size_t images = 0, second = 0;
    for (size_t i = 0; i < scenario_n; i++) {
        if (scenarios[i].is_large) continue;
        cuts x = { .s = &scenarios[i] };
        memfs *fs = recorded(&x, NULL, NULL);
        memfs_sampling(fs, is_trust() ? 1 : EVERY, 4);
        memfs_crash_images(fs, judge, &x);
        memfs_free(fs);
        print_message("power cuts, %s: %zu images, %zu of a second one\n", x.s->name, x.images, x.second);
        assert_int_equal(x.bad, 0);
        assert_true(x.images > 0);
        images += x.images;
        second += x.second;
    }
    print_message("power cuts: %zu images, %zu of them of a second power cut\n", images + second, second);
}

/* --- each sync is needed */

typedef struct { memfs_kind kind; const char *part; } sync_class;
static bool is_of(void *arg, memfs_kind kind, const char *path, size_t nth) {
    const sync_class *c = arg;
    (void)nth;
    return kind == c->kind && strstr(path, c->part);
}
static int judge_quietly(void *arg, memfs *image, const memfs_crash *c) {
    cuts *x = arg;
    x->once = true;
    x->bad += 3;                           /* no messages */
    judge(x, image, c);
    x->bad -= 3;
    return x->bad > 0;                     /* one is enough */
}
/* Whether some image is bad: a quick look first, then all of them. */
static void look_for_a_bad_one(cuts *x, memfs *fs) {
    memfs_sampling(fs, 5, 4);
    memfs_crash_images(fs, judge_quietly, x);
    memfs_sampling(fs, 1, 4);
    if (x->bad == 0) memfs_crash_images(fs, judge_quietly, x);
}
static void leaving_out_any_kind_of_sync_is_noticed(void **state) { (void)state;
    sync_class classes[] = { { MEMFS_SYNC, ".idx" }, { MEMFS_SYNC, ".doc" }, { MEMFS_SYNC, ".del" }, { MEMFS_SYNC, "MANIFEST" }, { MEMFS_SYNC_DIR, "a" }, { MEMFS_SYNC_DIR, "." } };
    for (size_t i = 0; i < PN_COUNT(classes); i++) {
        cuts x = { .s = scenario_named("delete") };
        memfs *fs = recorded(&x, is_of, &classes[i]);
        look_for_a_bad_one(&x, fs);
        memfs_free(fs);
        if (x.bad == 0) fail_msg("without sync of %s nothing goes wrong in %zu images", classes[i].part, x.images);
    }
    print_message("kinds of sync, each needed: %zu\n", PN_COUNT(classes));
}

static bool is_nth(void *arg, memfs_kind kind, const char *path, size_t nth) {
    const size_t *which = arg;
    (void)path;
    return kind == (memfs_kind)which[0] && nth == which[1];
}
static void leaving_out_any_one_sync_is_noticed(void **state) { (void)state;
    size_t left_out = 0, needed = 0;
    const memfs_kind kinds[] = { MEMFS_SYNC, MEMFS_SYNC_DIR };
    const scenario *s = scenario_named("delete");
    for (size_t k = 0; k < PN_COUNT(kinds); k++)
        for (size_t nth = 0;; nth++) {
            size_t which[] = { (size_t)kinds[k], nth };
            cuts x = { .s = s };
            memfs *fs = recorded(&x, is_nth, which);
            bool met = memfs_n_syncs(fs, kinds[k]) > nth;
            if (met) look_for_a_bad_one(&x, fs);
            memfs_free(fs);
            if (!met) break;
            left_out++;
            needed += x.bad > 0;
            if (x.bad == 0) print_message("sync %zu of kind %d is not missed\n", nth, (int)kinds[k]);
        }
    print_message("syncs left out one by one: %zu, noticed: %zu\n", left_out, needed);
    assert_int_equal(left_out, needed);
}

static int prepare(void **state) { (void)state;
    for (size_t i = 0; i < scenario_n; i++) scenario_prepare(&scenarios[i]);
    return 0;
}
static int forget(void **state) { (void)state;
    scenario_forget_all();
    return 0;
}

int main(void) {
    const struct CMUnitTest t[] = { cmocka_unit_test(every_power_cut_leaves_one_of_the_commits), cmocka_unit_test(leaving_out_any_kind_of_sync_is_noticed),
                                    cmocka_unit_test(leaving_out_any_one_sync_is_noticed) };
    return cmocka_run_group_tests_name("crash", t, prepare, forget);
}
