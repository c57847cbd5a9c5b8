#include "world.h"
#include "archive/pn_writer_inside.h"
#include "base/pn_alloc.h"

static memfs *fs;
static const pn_io *io;
static int setup(void **s) { (void)s; fs = memfs_new(); io = memfs_io(fs); return 0; }
static int teardown(void **s) { (void)s; size_t held = memfs_held(fs); memfs_free(fs); return held == 0 && pn_live() == 0 ? 0 : -1; }

static void ok(pn_status rc, const pn_error *err) { if (rc != PN_OK) fail_msg("%s: %s %s", pn_status_name(rc), err->file, err->msg); }
static void ingest(bool is_new, uint32_t first, uint32_t n, uint32_t version, pn_ingest_counts *c) {
    pn_error err = { 0 };
    ok(world_ingest(io, "a", is_new, first, n, version, c, &err), &err);
}
static char *answers(void) {
    pn_buf b = { 0 };
    pn_error err = { 0 };
    ok(world_answers(io, "a", &b, &err), &err);
    pn_buf_put_u8(&b, 0);
    char *copy = malloc(b.len);
    memcpy(copy, b.ptr, b.len);
    pn_buf_fini(&b);
    return copy;
}

static void every_record_is_counted_exactly_once(void **s) { (void)s;
    pn_ingest_counts c;
    ingest(true, 0, 50, 0, &c);
    assert_int_equal(c.read, 50); assert_int_equal(c.stored, 50);
    ingest(false, 40, 20, 0, &c);
    assert_int_equal(c.stored, 10); assert_int_equal(c.duplicate, 10);
    ingest(false, 45, 30, 1, &c);
    assert_int_equal(c.read, 30); assert_int_equal(c.replaced, 15); assert_int_equal(c.stored, 15); assert_int_equal(c.duplicate + c.skipped, 0);
}

static void adding_the_same_again_makes_no_new_generation(void **s) { (void)s;
    uint32_t before, after;
    pn_error err = { 0 };
    ingest(true, 0, 20, 0, NULL);
    ok(pn_manifest_newest(io, "a", &before, &err), &err);
    ingest(false, 0, 20, 0, NULL);
    ok(pn_manifest_newest(io, "a", &after, &err), &err);
    assert_int_equal(before, after);
}

/* Arrival decides the order of articles of one time, so both sides bring them in the same order. */
static void segments_and_replacements_do_not_show_in_answers(void **s) { (void)s;
    ingest(true, 0, 100, 0, NULL);
    ingest(false, 100, 60, 0, NULL);
    ingest(false, 160, 40, 0, NULL);
    ingest(false, 0, 200, 1, NULL);
    char *pieces = answers();
    memfs_free(fs);
    setup(NULL);
    ingest(true, 0, 200, 1, NULL);
    char *whole = answers();
    assert_string_equal(pieces, whole);
    free(pieces);
    free(whole);
}

static void replacing_inside_one_ingest_keeps_the_last(void **s) { (void)s;
    pn_error err = { 0 };
    pn_writer *w = NULL;
    ok(pn_writer_create(io, "a", NULL, &w, &err), &err);
    ok(world_add(w, 0, 30, 0, &err), &err);
    ok(world_add(w, 0, 30, 1, &err), &err);
    assert_int_equal(pn_writer_counts(w).replaced, 30);
    ok(pn_writer_commit(w, NULL, &err), &err);
    pn_writer_close(w);
    char *twice = answers();
    assert_non_null(strstr(twice, "articles 30\n"));
    assert_null(strstr(twice, "version 0"));
    free(twice);
}

/* What a source says of an article may be more than what was read, so no limit of the reading holds it. */
static pn_status take_one(pn_writer *w, const char *id, pn_bytes body, pn_bytes title, size_t n_tags) {
    pn_bytes tags[300];
    for (size_t i = 0; i < n_tags; i++) tags[i] = title;
    pn_doc doc = { .id = pn_bytes_cstr(id), .title = title, .body = body, .tags = tags, .n_tags = n_tags, .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE };
    return pn_writer_take(w, &doc, PN_BYTES_LIT("in"), NULL, NULL);
}

/* An archive may hold what would not be read today: saving and mending it lose nothing. */
static void what_is_stored_is_not_held_to_the_limits_of_reading(void **s) { (void)s;
    pn_error err = { 0 };
    pn_writer *w = NULL;
    pn_related *many = calloc(PN_NAMES_MAX + 1, sizeof *many);
    assert_non_null(many);
    for (size_t i = 0; i <= PN_NAMES_MAX; i++) many[i] = (pn_related){ .title = PN_BYTES_LIT("entry"), .date = PN_WHEN_NONE };
    pn_doc doc = { .title = PN_BYTES_LIT("title"), .related = many, .n_related = PN_NAMES_MAX + 1, .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE };
    assert_non_null(pn_doc_why_too_large(&doc));
    ok(pn_writer_create(io, "a", NULL, &w, &err), &err);
    ok(pn_writer_take(w, &doc, PN_BYTES_LIT("in"), NULL, &err), &err);
    assert_int_equal(pn_writer_counts(w).stored, 1);
    pn_writer_close(w);
    free(many);
}

static void an_article_above_the_limits_is_skipped_and_its_older_version_stays(void **s) { (void)s;
    pn_error err = { 0 };
    pn_writer *w = NULL;
    const pn_bytes storm = PN_BYTES_LIT("Storm");
    pn_bytes most = { memset(malloc(PN_TEXT_MAX + 1), 'a', PN_TEXT_MAX + 1), PN_TEXT_MAX + 1 }, line = pn_bytes_of(most.ptr, PN_NAME_MAX);
    ok(pn_writer_create(io, "a", NULL, &w, &err), &err);
    assert_int_equal(take_one(w, "one", storm, storm, 0), PN_OK);
    assert_int_equal(take_one(w, "one", most, storm, 0), PN_OK);
    assert_int_equal(take_one(w, "one", storm, most, 0), PN_OK);
    assert_int_equal(take_one(w, "one", storm, line, 300), PN_OK);
    assert_int_equal(take_one(w, "two", storm, line, 2), PN_OK);
    pn_ingest_counts c = pn_writer_counts(w);
    assert_true(c.read == 5 && c.stored == 2 && c.skipped == 3 && c.replaced == 0);
    assert_string_equal(pn_writer_report(w)->codes[0].code, "article_too_large");
    assert_int_equal(pn_writer_report(w)->codes[0].count, 3);
    ok(pn_writer_commit(w, NULL, &err), &err);
    pn_writer_close(w);
    free((void *)(uintptr_t)most.ptr);
    char *now = answers();
    assert_non_null(strstr(now, "articles 2\n"));
    free(now);
}

static void the_fingerprint_depends_on_the_articles_alone(void **s) { (void)s;
    uint64_t f[2][2];
    for (int i = 0; i < 2; i++) {
        pn_snap *snap = NULL;
        pn_error err = { 0 };
        if (i == 0) { ingest(true, 0, 80, 1, NULL); }
        else { ingest(true, 50, 30, 0, NULL); ingest(false, 0, 60, 1, NULL); ingest(false, 50, 30, 1, NULL); }
        ok(pn_snap_open(io, "a", 0, false, &snap, &err), &err);
        memcpy(f[i], pn_snap_manifest(snap)->fingerprint, sizeof f[i]);
        pn_snap_release(snap);
        memfs_free(fs);
        setup(NULL);
    }
    assert_memory_equal(f[0], f[1], sizeof f[0]);
    ingest(true, 0, 79, 1, NULL);
    pn_snap *snap = NULL;
    ok(pn_snap_open(io, "a", 0, false, &snap, &(pn_error){ 0 }), &(pn_error){ 0 });
    assert_memory_not_equal(f[0], pn_snap_manifest(snap)->fingerprint, sizeof f[0]);
    pn_snap_release(snap);
}

static void a_reader_keeps_its_snapshot(void **s) { (void)s;
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    pn_error err = { 0 };
    pn_buf before = { 0 }, after = { 0 };
    ingest(true, 0, 40, 0, NULL);
    ok(pn_snap_open(io, "a", 0, false, &snap, &err), &err);
    ok(pn_select_all(snap, &all, &err), &err);
    ok(world_print_all(&before, snap, all, &err), &err);
    for (uint32_t v = 1; v < 5; v++) ingest(false, 0, 60, v, NULL);      /* the old files are collected on the way */
    ok(world_print_all(&after, snap, all, &err), &err);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.ptr, after.ptr, before.len);
    pn_buf_fini(&before);
    pn_buf_fini(&after);
    pn_select_release(all);
    pn_snap_release(snap);
}

/* A file system on which the archive is compacted just before its first segment is opened. */
static bool compacted;
static pn_status map_late(void *ctx, const char *path, bool copy, pn_io_map *out, pn_error *err) {
    if (!compacted && strstr(path, "seg-")) {
        compacted = true;
        ok(world_compact(io, "a", err), err);
    }
    return io->map(ctx, path, copy, out, err);
}

/* A file system on which somebody else builds the archive just before its lock is taken. */
static bool built;
static pn_status lock_late(void *ctx, const char *path, const char *note, pn_io_lock **out, pn_error *err) {
    if (!built) {
        built = true;
        ingest(true, 0, 3, 0, NULL);
    }
    return io->lock(ctx, path, note, out, err);
}

static void of_two_who_build_one_archive_the_second_is_refused_at_once(void **s) { (void)s;
    pn_writer *w = NULL;
    pn_io late = *io;
    late.lock = lock_late;
    built = false;
    assert_int_equal(pn_writer_create(&late, "a", NULL, &w, NULL), PN_EEXISTS);
    assert_null(w);
    char *now = answers();
    assert_non_null(strstr(now, "articles 3\n"));
    free(now);
}

static void the_newest_generation_opens_while_it_is_compacted_away(void **s) { (void)s;
    pn_snap *snap = NULL;
    pn_error err = { 0 };
    pn_io late = *io;
    late.map = map_late;
    compacted = false;
    ingest(true, 0, 100, 0, NULL);
    ingest(false, 100, 1, 0, NULL);
    ok(pn_snap_open(&late, "a", 0, false, &snap, &err), &err);
    assert_true(compacted);
    assert_int_equal(pn_snap_manifest(snap)->generation, 3);
    assert_int_equal(pn_snap_n_live(snap), 101);
    pn_snap_release(snap);
}

static void the_generation_before_can_still_be_opened(void **s) { (void)s;
    pn_snap *snap = NULL;
    pn_error err = { 0 };
    ingest(true, 0, 10, 0, NULL);
    ingest(false, 10, 10, 0, NULL);
    ok(pn_snap_open(io, "a", 1, false, &snap, &err), &err);
    assert_int_equal(pn_snap_n_live(snap), 10);
    pn_snap_release(snap);
    assert_int_equal(pn_snap_open(io, "a", 7, false, &snap, &err), PN_ENOTFOUND);
}

static void a_second_writer_is_refused(void **s) { (void)s;
    pn_writer *first = NULL, *second = NULL;
    pn_error err = { 0 };
    ingest(true, 0, 10, 0, NULL);
    ok(pn_writer_open(io, "a", NULL, &first, &err), &err);
    assert_int_equal(pn_writer_open(io, "a", NULL, &second, &err), PN_ELOCKED);
    assert_null(second);
    pn_writer_close(first);
    ok(pn_writer_open(io, "a", NULL, &second, &err), &err);
    pn_writer_close(second);
}

static pn_status delete_found(uint32_t generation, const char *query, const pn_tick *tick, uint64_t *n, pn_error *err) {
    pn_writer *w = NULL;
    pn_snap *snap = NULL;
    pn_select *all = NULL, *found = NULL;
    pn_status rc = pn_writer_open(io, "a", NULL, &w, err);
    if (rc == PN_OK) rc = pn_snap_open(io, "a", generation, true, &snap, err);
    if (rc == PN_OK) rc = pn_select_all(snap, &all, err);
    if (rc == PN_OK) rc = pn_archive_search(all, pn_bytes_cstr(query), NULL, &found, err);
    if (rc == PN_OK) rc = pn_writer_delete(w, found, tick, n, err);
    if (rc == PN_OK) rc = pn_writer_commit(w, tick, err);
    pn_select_release(found);
    pn_select_release(all);
    pn_snap_release(snap);
    pn_writer_close(w);
    return rc;
}

static void what_is_deleted_is_gone_and_the_rest_answers_as_if_built_alone(void **s) { (void)s;
    pn_error err = { 0 };
    uint64_t n = 0;
    ingest(true, 0, 100, 0, NULL);
    ingest(false, 100, 100, 0, NULL);
    ok(delete_found(0, "harbour", NULL, &n, &err), &err);
    assert_in_range(n, 20, 199);
    ok(world_verify(io, "a", &err), &err);
    char *left = answers();
    assert_null(strstr(left, "harbour rail: 1"));
    memfs_free(fs);
    setup(NULL);
    pn_writer *w = NULL;
    ok(pn_writer_create(io, "a", NULL, &w, &err), &err);
    for (uint32_t i = 0; i < 200; i++) {
        world_article a;
        world_make(&a, i, 0);
        if (!strstr(a.title, "harbour") && !strstr(a.body, "harbour")) ok(world_add(w, i, 1, 0, &err), &err);
    }
    ok(pn_writer_commit(w, NULL, &err), &err);
    pn_writer_close(w);
    char *alone = answers();
    assert_string_equal(left, alone);
    free(left);
    free(alone);
}

/* Replaced ones stay, those that came back the same go. */
static void an_older_selection_deletes_what_is_unchanged(void **s) { (void)s;
    pn_error err = { 0 };
    uint64_t n = 0;
    ingest(true, 0, 40, 0, NULL);
    ingest(false, 0, 10, 1, NULL);
    ok(delete_found(1, "NOT zebra", NULL, &n, &err), &err);
    assert_int_equal(n, 30);
    ok(delete_found(2, "NOT zebra", NULL, &n, &err), &err);
    assert_int_equal(n, 10);
    char *none = answers();
    assert_non_null(strstr(none, "articles 0\n"));
    free(none);
    ok(world_verify(io, "a", &err), &err);
}

static void a_selection_of_another_archive_is_refused(void **s) { (void)s;
    pn_error err = { 0 };
    uint64_t n = 0;
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    pn_writer *w = NULL;
    ingest(true, 0, 10, 0, NULL);
    ok(world_ingest(io, "b", true, 0, 10, 0, NULL, &err), &err);
    ok(pn_snap_open(io, "b", 0, false, &snap, &err), &err);
    ok(pn_select_all(snap, &all, &err), &err);
    ok(pn_writer_open(io, "a", NULL, &w, &err), &err);
    assert_int_equal(pn_writer_delete(w, all, NULL, &n, &err), PN_EINVAL);
    pn_writer_close(w);
    pn_select_release(all);
    pn_snap_release(snap);
}

static void without_commit_nothing_has_happened(void **s) { (void)s;
    pn_writer *w = NULL;
    pn_error err = { 0 };
    ok(pn_writer_create(io, "a", NULL, &w, &err), &err);
    ok(world_add(w, 0, 10, 0, &err), &err);
    pn_writer_close(w);
    assert_int_equal(memfs_n_files(fs), 0);
    ingest(true, 0, 10, 0, NULL);
    size_t files = memfs_n_files(fs);
    char *before = answers();
    ok(pn_writer_open(io, "a", &(pn_writer_opts){ .memory = 1 }, &w, &err), &err);
    ok(world_add(w, 0, 500, 1, &err), &err);
    pn_writer_close(w);
    char *after = answers();
    assert_int_equal(memfs_n_files(fs), files);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void a_path_that_is_taken_is_refused(void **s) { (void)s;
    pn_writer *w = NULL;
    pn_error err = { 0 };
    ingest(true, 0, 3, 0, NULL);
    assert_int_equal(pn_writer_create(io, "a", NULL, &w, &err), PN_EEXISTS);
    ok(io->mkdir(io->ctx, "b", &err), &err);
    memfs_put(fs, "b/letter.txt", "dear", 4);
    assert_int_equal(pn_writer_create(io, "b", NULL, &w, &err), PN_EEXISTS);
    assert_true(memfs_has(fs, "b/letter.txt"));
    assert_int_equal(pn_writer_open(io, "c", NULL, &w, &err), PN_ENOTFOUND);
}

static void an_empty_archive_is_an_archive(void **s) { (void)s;
    ingest(true, 0, 0, 0, NULL);
    char *a = answers();
    assert_non_null(strstr(a, "articles 0\n"));
    free(a);
    ingest(false, 0, 5, 0, NULL);
    a = answers();
    assert_non_null(strstr(a, "articles 5\n"));
    free(a);
}

static int stop_at(void *arg) { int *left = arg; return --*left < 0; }
static void a_stopped_ingest_leaves_everything_usable(void **s) { (void)s;
    ingest(true, 0, 20, 0, NULL);
    char *before = answers();
    for (int n = 0; n < 40; n++) {
        int left = n;
        pn_tick tick = { stop_at, &left };
        pn_writer *w = NULL;
        pn_error err = { 0 };
        world_source src = { .next = 20, .end = 40 };
        pn_doc_source source = { &src, world_next, world_close };
        ok(pn_writer_open(io, "a", NULL, &w, &err), &err);
        pn_status rc = pn_writer_add(w, &source, PN_BYTES_LIT("x"), &tick, &err);
        if (rc == PN_OK) rc = pn_writer_commit(w, &tick, &err);
        pn_writer_close(w);
        if (rc == PN_OK) break;
        assert_int_equal(rc, PN_EINTR);
        char *now = answers();
        assert_string_equal(before, now);
        free(now);
    }
    free(before);
}

static void a_stopped_compaction_leaves_everything_usable(void **s) { (void)s;
    ingest(true, 0, 60, 0, NULL);
    ingest(false, 60, 5, 0, NULL);
    ingest(false, 2, 1, 1, NULL);
    char *before = answers();
    size_t files = memfs_n_files(fs);
    for (int n = 0;; n++) {
        int left = n;
        pn_tick tick = { stop_at, &left };
        pn_writer *w = NULL;
        pn_error err = { 0 };
        ok(pn_writer_open(io, "a", NULL, &w, &err), &err);
        pn_status rc = pn_writer_compact(w, &tick, &err);
        pn_writer_close(w);
        char *now = answers();
        assert_string_equal(before, now);
        free(now);
        if (rc == PN_OK) { assert_true(n > 10); break; }
        assert_int_equal(rc, PN_EINTR);
        assert_int_equal(memfs_n_files(fs), files);
    }
    assert_int_equal(memfs_n_files(fs), 4);                /* one manifest, one segment of two files, the lock */
    free(before);
}

/* --- trends against counting by hand */

static int32_t bucket_of(pn_freq f, int32_t day) { return pn_bucket_start(f, day); }
static bool placed(pn_freq f, uint8_t precision) {
    return precision >= PN_PREC_DAY || (precision == PN_PREC_MONTH && f >= PN_FREQ_MONTH) || (precision == PN_PREC_YEAR && f == PN_FREQ_YEAR);
}
static bool says(const world_article *a, const char *word) {
    char text[400], probe[40];
    snprintf(text, sizeof text, " %s %s ", a->title, a->body);
    snprintf(probe, sizeof probe, " %s ", word);
    return strstr(text, probe) != NULL;
}

static void check_row(const pn_table *t, int64_t r, pn_freq f, const char *word, uint32_t n, uint64_t *counted) {
    int32_t start = (int32_t)pn_col_i64(pn_table_col(t, 0), r);
    int64_t count = 0, total = 0;
    for (uint32_t i = 0; i < n; i++) {
        world_article a;
        world_make(&a, i, 0);
        if (!placed(f, a.doc.date.precision) || bucket_of(f, a.doc.date.day) != start) continue;
        total++;
        count += says(&a, word);
    }
    assert_int_equal(pn_col_i64(pn_table_col(t, 2), r), count);
    assert_int_equal(pn_col_i64(pn_table_col(t, 3), r), total);
    *counted += (uint64_t)total;
}

static void check_trend(const pn_select *all, pn_freq f, const char *word, uint32_t n) {
    pn_archive_series series = { pn_bytes_cstr(word), pn_bytes_cstr(word) };
    pn_trend_tables tables = { 0 };
    size_t which;
    pn_error err = { 0 };
    uint64_t counted = 0;
    ok(pn_archive_trend(all, all, &series, 1, &(pn_trend_opts){ f, 0.9, PN_DAY_NONE, PN_DAY_NONE, NULL, false }, NULL, &tables, &which, &err), &err);
    pn_table *t = tables.trend, *u = tables.unplaced;
    for (int64_t r = 0; r < pn_table_n_rows(t); r++) check_row(t, r, f, word, n, &counted);
    for (int64_t r = 0; r < pn_table_n_rows(u); r++) counted += (uint64_t)pn_col_i64(pn_table_col(u, 3), r);
    assert_int_equal(counted, n);                          /* every article is in a bucket or in unplaced */
    pn_table_release(t);
    pn_table_release(u);
}

static void a_trend_is_what_counting_by_hand_gives(void **s) { (void)s;
    enum { N = 400 };
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    pn_error err = { 0 };
    ingest(true, 0, 150, 1, NULL);                         /* an older version of some, in a segment of its own */
    ingest(false, 0, N, 0, NULL);
    ok(pn_snap_open(io, "a", 0, false, &snap, &err), &err);
    ok(pn_select_all(snap, &all, &err), &err);
    for (int f = PN_FREQ_DAY; f <= PN_FREQ_YEAR; f++)
        for (size_t w = 0; w < WORLD_WORDS; w += 3) check_trend(all, (pn_freq)f, world_words[w], N);
    pn_select_release(all);
    pn_snap_release(snap);
}

static void a_trend_of_one_term_decodes_at_most_two_blocks_an_edge(void **s) { (void)s;
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    pn_error err = { 0 };
    pn_buf b = { 0 };
    ingest(true, 0, WORLD_MAX, 0, NULL);
    ok(pn_snap_open(io, "a", 0, false, &snap, &err), &err);
    ok(pn_select_all(snap, &all, &err), &err);
    uint64_t before = pn_post_blocks_decoded();
    ok(world_print_trend(&b, all, "the", &err), &err);
    uint64_t edges = 31 + 31 + 31 + 4;                      /* 900 days: 30 months, for three classes of precision, and their ends */
    assert_in_range(pn_post_blocks_decoded() - before, 1, 2 * edges);
    pn_buf_fini(&b);
    pn_select_release(all);
    pn_snap_release(snap);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest t[] = {
        T(every_record_is_counted_exactly_once), T(adding_the_same_again_makes_no_new_generation), T(segments_and_replacements_do_not_show_in_answers),
        T(replacing_inside_one_ingest_keeps_the_last), T(the_fingerprint_depends_on_the_articles_alone), T(what_is_stored_is_not_held_to_the_limits_of_reading), T(an_article_above_the_limits_is_skipped_and_its_older_version_stays), T(a_reader_keeps_its_snapshot),
        T(the_newest_generation_opens_while_it_is_compacted_away), T(the_generation_before_can_still_be_opened), T(a_second_writer_is_refused), T(of_two_who_build_one_archive_the_second_is_refused_at_once), T(without_commit_nothing_has_happened),
        T(what_is_deleted_is_gone_and_the_rest_answers_as_if_built_alone), T(an_older_selection_deletes_what_is_unchanged),
        T(a_selection_of_another_archive_is_refused),
        T(a_path_that_is_taken_is_refused), T(an_empty_archive_is_an_archive), T(a_stopped_ingest_leaves_everything_usable), T(a_stopped_compaction_leaves_everything_usable),
        T(a_trend_is_what_counting_by_hand_gives), T(a_trend_of_one_term_decodes_at_most_two_blocks_an_edge) };
    return cmocka_run_group_tests_name("archive", t, NULL, NULL);
}
