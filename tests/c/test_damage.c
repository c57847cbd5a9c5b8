/* Damage of any kind to any live file is refused by verify(), and never makes a wrong answer: docs/TESTING.md.
 * By default every bit of one small archive; with PYNEWS_TRUST=1 three archives, every length, every sector. */
#include "scenario.h"

enum { SECTOR = 512, MOST_FILES = 64 };
typedef struct { char names[MOST_FILES][96]; size_t n; } listing;
typedef struct { const scenario *s; size_t commits; memfs *fs; listing live; } archive;

static int keep_name(void *arg, const char *name) {
    listing *l = arg;
    if (strcmp(name, "writer.lock") != 0 && l->n < MOST_FILES) snprintf(l->names[l->n++], sizeof l->names[0], "a/%s", name);
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

static archive archive_of(const scenario *s, size_t commits) {
    archive a = { .s = s, .commits = commits, .fs = scenario_after(s, commits) };
    listing all = { .n = 0 };
    pn_snap *snap = NULL;
    pn_error err = { 0 };
    const pn_io *io = memfs_io(a.fs);
    must_ok(io->list(io->ctx, "a", keep_name, &all, &err), &err);
    must_ok(pn_snap_open(io, "a", 0, true, &snap, &err), &err);
    for (size_t i = 0; i < all.n; i++)
        if (is_live(snap, all.names[i])) memcpy(a.live.names[a.live.n++], all.names[i], sizeof all.names[i]);
    pn_snap_release(snap);
    assert_true(a.live.n >= 3);
    return a;
}

static const char *const subjects[] = { "one segment", "many segments", "all there is" };
/* By default the smallest archive that has segments, deletions and replacements. */
static archive subject(size_t i) {
    const scenario *s = scenario_named(is_trust() ? subjects[i] : "delete");
    return archive_of(s, is_trust() ? s->n : 3);
}
static size_t n_subjects(void) { return is_trust() ? PN_COUNT(subjects) : 1; }

/* verify() refuses; asking gives the right answer or an error. */
static void refused(const archive *a, const char *path, const char *how, size_t at) {
    pn_error err = { 0 };
    pn_status rc = world_verify(memfs_io(a->fs), "a", &err);
    if (rc != PN_ECORRUPT && rc != PN_EVERSION) fail_msg("verify says %s: %s of %s at %zu", pn_status_name(rc), how, path, at);
    uint32_t generation;
    char *now = scenario_answers(memfs_io(a->fs), &generation, &rc, &err);
    if (now && !scenario_is(a->s, now, generation, a->commits, a->commits)) fail_msg("a wrong answer: %s of %s at %zu", how, path, at);
    free(now);
}

/* --- bits */

static size_t flip_share(void *arg, size_t share, size_t n_shares) {
    const archive *a = arg;
    size_t flips = 0, seen = 0;
    for (size_t f = 0; f < a->live.n; f++) {
        size_t n = 0;
        memfs_bytes(a->fs, a->live.names[f], &n);
        for (size_t bit = 0; bit < n * 8; bit++) {
            if (seen++ % n_shares != share) continue;
            memfs_bytes(a->fs, a->live.names[f], &n)[bit / 8] ^= (uint8_t)(1u << bit % 8);
            refused(a, a->live.names[f], "a flipped bit", bit / 8);
            memfs_bytes(a->fs, a->live.names[f], &n)[bit / 8] ^= (uint8_t)(1u << bit % 8);
            flips++;
        }
    }
    return flips;
}
static void every_flipped_bit_is_refused_and_never_answered(void **state) { (void)state;
    size_t sum = 0;
    for (size_t i = 0; i < n_subjects(); i++) {
        archive a = subject(i);
        size_t flips = in_shares(flip_share, &a);
        print_message("flipped bits, %s, %zu files: %zu\n", a.s->name, a.live.n, flips);
        memfs_free(a.fs);
        sum += flips;
    }
    print_message("flipped bits, all refused: %zu\n", sum);
    assert_true(sum > 10000);
}

/* --- lengths */

static size_t cut_share(void *arg, size_t share, size_t n_shares) {
    const archive *a = arg;
    size_t cuts = 0, seen = 0;
    for (size_t f = 0; f < a->live.n; f++) {
        size_t n = 0;
        uint8_t *p = memfs_bytes(a->fs, a->live.names[f], &n), *whole = calloc(1, n + SECTOR);
        memcpy(whole, p, n);
        for (size_t cut = 0; cut <= n + SECTOR; cut += cut < n && !is_trust() ? n / 200 + 1 : cut < n ? 1 : SECTOR - 1) {
            if (cut == n || seen++ % n_shares != share) continue;
            memfs_put(a->fs, a->live.names[f], whole, cut);
            refused(a, a->live.names[f], "another length", cut);
            cuts++;
        }
        memfs_put(a->fs, a->live.names[f], whole, n);
        free(whole);
    }
    return cuts;
}
static void every_cut_or_longer_file_is_refused(void **state) { (void)state;
    size_t sum = 0;
    for (size_t i = 0; i < n_subjects(); i++) {
        archive a = subject(i);
        sum += in_shares(cut_share, &a);
        memfs_free(a.fs);
    }
    print_message("other lengths, all refused: %zu\n", sum);
}

/* --- sectors */

/* A file with sector i zeroed, copied over the next one, or swapped with sector k; false when that changes nothing. */
static bool spoil(uint8_t *to, const uint8_t *whole, size_t n, size_t i, size_t k) {
    size_t at = i * SECTOR, len = PN_MIN(n - at, (size_t)SECTOR), other = k * SECTOR;
    memcpy(to, whole, n);
    if (k == 0 && i == 0) memset(to, 0, len);
    else if (other + len <= n) {
        memcpy(to + other, whole + at, len);
        if (k > i) memcpy(to + at, whole + other, len);
    }
    return memcmp(to, whole, n) != 0;
}
static size_t spoil_sectors(archive *a, const char *path) {
    size_t n = 0, done = 0;
    uint8_t *p = memfs_bytes(a->fs, path, &n), *whole = malloc(n), *now = malloc(n);
    memcpy(whole, p, n);
    size_t sectors = (n + SECTOR - 1) / SECTOR;
    for (size_t i = 0; i < sectors; i++) {
        memcpy(now, whole, n);
        memset(now + i * SECTOR, 0, PN_MIN(n - i * SECTOR, (size_t)SECTOR));
        if (memcmp(now, whole, n) != 0) {
            memfs_put(a->fs, path, now, n);
            refused(a, path, "a zeroed sector", i);
            done++;
        }
        for (size_t k = 0; k < sectors; k++) {                 /* k > i: swapped; k < i: copied over */
            if (k == i || (!is_trust() && k > i + 1) || !spoil(now, whole, n, i, k)) continue;
            memfs_put(a->fs, path, now, n);
            refused(a, path, "a misplaced sector", i);
            done++;
        }
    }
    memfs_put(a->fs, path, whole, n);
    free(whole);
    free(now);
    return done;
}
static void zeroed_swapped_and_doubled_sectors_are_refused(void **state) { (void)state;
    size_t sum = 0;
    for (size_t i = 0; i < n_subjects(); i++) {
        archive a = subject(i);
        for (size_t f = 0; f < a.live.n; f++) sum += spoil_sectors(&a, a.live.names[f]);
        memfs_free(a.fs);
    }
    print_message("zeroed, swapped and doubled sectors, all refused: %zu\n", sum);
    assert_true(sum > 20);
}

/* --- files of others */

static const char *ending(const char *path) { return strrchr(path, '.') ? strrchr(path, '.') : ""; }

/* Puts files of `from` in the place of files of `to` that have the same ending. */
static size_t put_foreign(archive *to, archive *from) {
    size_t done = 0;
    for (size_t i = 0; i < to->live.n; i++)
        for (size_t k = 0; k < from->live.n; k++) {
            size_t n = 0, m = 0;
            uint8_t *own = memfs_bytes(to->fs, to->live.names[i], &n), *other = memfs_bytes(from->fs, from->live.names[k], &m);
            if (strcmp(ending(to->live.names[i]), ending(from->live.names[k])) != 0 || (n == m && memcmp(own, other, n) == 0)) continue;
            uint8_t *kept = malloc(n);
            memcpy(kept, own, n);
            memfs_put(to->fs, to->live.names[i], other, m);
            refused(to, to->live.names[i], "a file of another archive or generation", k);
            memfs_put(to->fs, to->live.names[i], kept, n);
            free(kept);
            done++;
        }
    return done;
}
static void a_file_of_another_archive_or_generation_is_refused(void **state) { (void)state;
    const scenario *s = scenario_named("delete"), *t = scenario_named("replace");
    archive a = archive_of(s, 3), before = archive_of(s, 2), other = archive_of(t, t->n);
    size_t sum = put_foreign(&a, &a) + put_foreign(&a, &before) + put_foreign(&a, &other);
    print_message("files in the place of others, all refused: %zu\n", sum);
    assert_true(sum > 10);
    memfs_free(a.fs);
    memfs_free(before.fs);
    memfs_free(other.fs);
}

static void a_missing_file_is_an_error_that_names_it(void **state) { (void)state;
    archive a = subject(0);
    for (size_t f = 0; f < a.live.n; f++) {
        memfs *without = memfs_clone(a.fs);
        pn_error err = { 0 };
        const pn_io *io = memfs_io(without);
        must_ok(io->unlink(io->ctx, a.live.names[f], &err), &err);
        if (!strstr(a.live.names[f], "MANIFEST")) {
            assert_int_not_equal(world_verify(io, "a", &err), PN_OK);
            assert_non_null(strstr(err.file, a.live.names[f]));
        }
        memfs_free(without);
    }
    memfs_free(a.fs);
}

static int forget(void **state) { (void)state;
    scenario_forget_all();
    return 0;
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(every_flipped_bit_is_refused_and_never_answered), cmocka_unit_test(every_cut_or_longer_file_is_refused),
        cmocka_unit_test(zeroed_swapped_and_doubled_sectors_are_refused), cmocka_unit_test(a_file_of_another_archive_or_generation_is_refused),
        cmocka_unit_test(a_missing_file_is_an_error_that_names_it) };
    return cmocka_run_group_tests_name("damage", t, NULL, forget);
}
