/* Archives whose sums agree and whose numbers lie: an answer or an error, never a step outside, never endless work. */
#include "archive/pn_keymap.h"
#include "codec/pn_zstd.h"
#include "forge.h"
#include "index/pn_seg_layout.h"
#include "index/pn_stored.h"
#include "world.h"

enum { N = 64 };
static const char IDX[] = "d/seg-0000000001.idx", DOC[] = "d/seg-0000000001.doc", MANIFEST[] = "d/MANIFEST-0000000001";

/* 64 articles on the 15th of three months, one word each that all have, one tag. */
typedef struct { uint32_t next, n; bool same_key; char id[16], body[32]; pn_doc doc; } source;

static pn_status next_doc(void *self, const pn_doc **out, pn_error *err) {
    static const pn_bytes tag = { (const uint8_t *)"Harbours", 8 };
    source *s = self;
    uint32_t i = s->next;
    (void)err;
    *out = NULL;
    if (i == s->n) return PN_OK;
    snprintf(s->id, sizeof s->id, "n%u", s->same_key ? 0 : i);
    snprintf(s->body, sizeof s->body, "every article %u", i);
    s->doc = (pn_doc){ .id = pn_bytes_cstr(s->id), .title = PN_BYTES_LIT("Title"), .body = pn_bytes_cstr(s->body), .modified = PN_WHEN_NONE,
                       .date = { pn_day_of(2020, 1 + i % 3, 15), PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 }, .tags = &tag, .n_tags = 1, .tags_present = true };
    s->next++;
    *out = &s->doc;
    return PN_OK;
}

static void ingest(const pn_io *io, source s, pn_ingest_counts *counts) {
    pn_writer *w = NULL;
    pn_doc_source from = { &s, next_doc, world_close };
    assert_int_equal(pn_writer_create(io, "d", NULL, &w, NULL), PN_OK);
    assert_int_equal(pn_writer_add(w, &from, PN_BYTES_LIT("t"), NULL, NULL), PN_OK);
    assert_int_equal(pn_writer_commit(w, NULL, NULL), PN_OK);
    *counts = pn_writer_counts(w);
    pn_writer_close(w);
}

static memfs *archive(void) {
    memfs *m = memfs_new();
    pn_ingest_counts counts;
    ingest(memfs_io(m), (source){ .n = N }, &counts);
    return m;
}

typedef void edit(forge *f);

static void forge_file_of(memfs *m, const char *path, pn_file_kind kind, size_t file, edit *change) {
    forge f, manifest;
    pn_file_sum sum;
    forge_take(memfs_io(m), path, kind, &f);
    forge_take(memfs_io(m), MANIFEST, PN_FILE_MANIFEST, &manifest);
    change(&f);
    assert_true(forge_write(memfs_io(m), &f, &sum));
    forge_note(&manifest, 0, file, sum);
    assert_true(forge_write(memfs_io(m), &manifest, NULL));
    forge_fini(&f);
    forge_fini(&manifest);
}

static pn_snap *forged(edit *change, memfs **m) {
    pn_snap *snap = NULL;
    *m = archive();
    forge_file_of(*m, IDX, PN_FILE_INDEX, 0, change);
    assert_int_equal(pn_snap_open(memfs_io(*m), "d", 0, true, &snap, NULL), PN_OK);
    return snap;
}

static void done(pn_snap *snap, memfs *m) {
    pn_snap_release(snap);
    assert_int_equal(memfs_held(m), 0);
    memfs_free(m);
}

/* --- days */

/* February begins behind all articles, March at the fifth: the first days of both months hold none, so each is asked alone. */
static void edges_that_fall(forge *f) {
    pn_buf *days = forge_part(f, PN_SECTION_DAYS);
    size_t edges = days->len - 4 * 8;
    forge_u32(days, edges + 8, N);
    forge_u32(days, edges + 12, N);
    forge_u32(days, edges + 16, 5);
}
static void first_articles_of_days_that_do_not_ascend_are_damage(void **state) {
    (void)state;
    memfs *m;
    pn_snap *snap = forged(edges_that_fall, &m);
    pn_select *all = NULL, *found = NULL;
    pn_archive_series s = { PN_BYTES_LIT("s"), PN_BYTES_LIT("\"every article\"") };
    pn_trend_opts opts = { PN_FREQ_MONTH, 0.95, PN_DAY_NONE, PN_DAY_NONE, NULL, false };
    pn_trend_tables t;
    size_t which;
    assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
    assert_int_equal(pn_archive_search(all, s.query, NULL, &found, NULL), PN_OK);
    assert_int_equal(pn_select_count(found), N);
    assert_int_equal(pn_archive_trend(all, found, &s, 1, &opts, NULL, &t, &which, NULL), PN_ECORRUPT);
    pn_select_release(found);
    pn_select_release(all);
    done(snap, m);
}

static void an_axis_to_the_end_of_all_numbers_is_refused(void **state) {
    (void)state;
    memfs *m = archive();
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    pn_archive_series s = { PN_BYTES_LIT("s"), PN_BYTES_NONE };
    pn_trend_tables t;
    size_t which;
    assert_int_equal(pn_snap_open(memfs_io(m), "d", 0, true, &snap, NULL), PN_OK);
    assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
    for (pn_freq f = PN_FREQ_DAY; f < PN_N_FREQS; f++) {
        pn_trend_opts last = { f, 0.95, PN_DAY_NONE, INT32_MAX, NULL, false }, first = { f, 0.95, INT32_MIN + 1, PN_DAY_NONE, NULL, false };
        assert_int_equal(pn_archive_trend(all, all, &s, 1, &last, NULL, &t, &which, NULL), PN_EINVAL);
        assert_int_equal(pn_archive_trend(all, all, &s, 1, &first, NULL, &t, &which, NULL), PN_EINVAL);
    }
    pn_trend_opts years = { PN_FREQ_YEAR, 0.95, pn_day_of(1, 1, 1), pn_day_of(9999, 12, 31), NULL, false };
    assert_int_equal(pn_archive_trend(all, all, &s, 1, &years, NULL, &t, &which, NULL), PN_OK);
    assert_int_equal(pn_table_n_rows(t.trend), 9999);
    pn_table_release(t.trend);
    pn_table_release(t.unplaced);
    pn_select_release(all);
    done(snap, m);
}

/* The table says that all articles lie behind the last day: no day has one, and each has a day. */
static void days_without_articles(forge *f) {
    pn_buf *days = forge_part(f, PN_SECTION_DAYS);
    for (size_t at = days->len % 8; at + 8 <= days->len; at += 8) {
        forge_u32(days, at, 0);
        forge_u32(days, at + 4, 0);
    }
}
static int stop_after(void *arg) { return --*(int *)arg < 0; }
static void a_table_of_days_that_disagrees_with_the_dates_is_damage_and_no_endless_walk(void **state) {
    (void)state;
    memfs *m;
    pn_snap *snap = forged(days_without_articles, &m);
    pn_select *all = NULL;
    pn_facts facts;
    int polls = 100000;
    pn_tick tick = { stop_after, &polls };
    assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
    assert_int_equal(pn_archive_facts(all, &tick, &facts, NULL), PN_ECORRUPT);
    pn_select_release(all);
    done(snap, m);
}

static void shift_days(forge *f) {
    pn_buf *meta = forge_part(f, PN_SECTION_META);
    for (size_t at = 16; at <= 20; at += 4) forge_u32(meta, at, pn_load_u32(meta->ptr + at) + (1u << 30));
}
static void first_and_last_day_outside_the_calendar_are_damage(void **state) {
    (void)state;
    memfs *m = archive();
    pn_snap *snap = NULL;
    forge_file_of(m, IDX, PN_FILE_INDEX, 0, shift_days);
    assert_int_equal(pn_snap_open(memfs_io(m), "d", 0, true, &snap, NULL), PN_ECORRUPT);
    done(snap, m);
}

/* --- sections that are not there */

static void hide(forge *f, uint32_t section, uint32_t as) {
    for (size_t i = 0; i < f->n; i++)
        if (f->parts[i].number == section) f->parts[i].number = as;
}
static void hide_lists_and_offsets(forge *f) {
    hide(f, PN_SECTION_COLS + PN_COLUMN_OFFSET, 200);
    hide(f, PN_SECTION_POST + PN_FIELD_TEXT, 201);
    hide(f, PN_SECTION_POS + PN_FIELD_TEXT, 202);
}
static void lists_in_a_section_that_is_not_there_are_damage_and_a_column_of_width_0_needs_none(void **state) {
    (void)state;
    memfs *m;
    pn_snap *snap = forged(hide_lists_and_offsets, &m);
    pn_select *all = NULL, *found = NULL;
    pn_when w;
    assert_int_equal(pn_seg_when(pn_snap_part_at(snap, 0)->seg, 3, &w, NULL), PN_OK);
    assert_int_equal(w.offset, PN_OFFSET_NONE);
    assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
    assert_int_equal(pn_archive_search(all, PN_BYTES_LIT("every"), NULL, &found, NULL), PN_ECORRUPT);
    assert_int_equal(pn_archive_search(all, PN_BYTES_LIT("\"every article\""), NULL, &found, NULL), PN_ECORRUPT);
    pn_select_release(all);
    done(snap, m);
}

/* --- names */

static void misspell_the_key(forge *f) { forge_part(f, PN_SECTION_FACETS + PN_FIELD_TAG)->ptr[4 + 8 + 1] ^= 1; }
static void a_name_without_a_spelling_is_damage(void **state) {
    (void)state;
    memfs *m;
    pn_snap *snap = forged(misspell_the_key, &m);
    pn_table *t = NULL;
    pn_select *all = NULL;
    assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
    assert_int_equal(pn_names_table(all, PN_FIELD_TAG, NULL, &t, NULL), PN_ECORRUPT);
    pn_select_release(all);
    done(snap, m);
}

/* --- stored articles */

static void put_frames(forge *f, size_t each, size_t n) {
    pn_buf raw = { 0 }, *frames = forge_part(f, PN_SECTION_FRAMES), *index = forge_part(f, PN_SECTION_FRAME_INDEX);
    uint8_t *p = calloc(1, each);
    for (size_t i = 0; i < n; i++) pn_buf_put_blob(&raw, pn_bytes_of(p, each));
    pn_buf_clear(frames);
    pn_buf_clear(index);
    assert_int_equal(pn_zstd_pack(NULL, frames, pn_buf_bytes(&raw), 1, NULL), PN_OK);
    pn_buf_put_u32(index, 0);
    pn_buf_put_u32(index, (uint32_t)raw.len);
    pn_buf_put_u64(index, 0);
    pn_buf_put_u32(index, N);
    pn_buf_put_u32(index, 0);
    pn_buf_put_u64(index, frames->len);
    pn_buf_fini(&raw);
    free(p);
}
static void large_frame(forge *f) { put_frames(f, 4000, N); }
static void full_frame(forge *f) { put_frames(f, 1000, N); }

static pn_status third_record(edit *change) {
    memfs *m = archive();
    pn_file *file = NULL;
    pn_stored s;
    pn_doc_cache cache = { 0 };
    pn_bytes record;
    forge_file_of(m, DOC, PN_FILE_TEXT, 1, change);
    assert_int_equal(pn_file_open(memfs_io(m), DOC, PN_FILE_TEXT, NULL, NULL, true, &file, NULL), PN_OK);
    assert_int_equal(pn_stored_open(&s, file, N, NULL), PN_OK);
    pn_status rc = pn_stored_get(&s, &cache, 3, &record, NULL);
    if (rc == PN_OK) assert_int_equal(record.len, 1000);
    pn_doc_cache_fini(&cache);
    pn_file_release(file);
    memfs_free(m);
    return rc;
}
/* Else each of ten million articles could cost the unpacking of all. */
static void a_frame_of_several_articles_is_no_larger_than_a_writer_makes_it(void **state) {
    (void)state;
    assert_int_equal(third_record(full_frame), PN_OK);
    assert_int_equal(third_record(large_frame), PN_ECORRUPT);
}

static void no_frames(forge *f) {
    hide(f, PN_SECTION_FRAMES, 200);
    pn_buf *index = forge_part(f, PN_SECTION_FRAME_INDEX);
    memset(index->ptr, 0, index->len);
    forge_u32(index, index->len - 16, N);
}
static void stored_articles_without_frames_are_damage(void **state) {
    (void)state;
    memfs *m = archive();
    pn_snap *snap = NULL;
    forge_file_of(m, DOC, PN_FILE_TEXT, 1, no_frames);
    assert_int_equal(pn_snap_open(memfs_io(m), "d", 0, true, &snap, NULL), PN_ECORRUPT);
    done(snap, m);
}

/* --- inputs */

static void one_key_that_comes_again_and_again_is_one_entry_among_the_keys(void **state) {
    (void)state;
    pn_keymap m = { 0 };
    size_t at = 0;
    uint32_t slot = 0;
    assert_int_equal(pn_keymap_put(&m, 7, 0, NULL), PN_OK);
    assert_int_equal(pn_keymap_put(&m, 7, 1, NULL), PN_OK);        /* another key of the same hash */
    for (uint32_t i = 2; i < 5000; i++) pn_keymap_move(&m, 7, i == 2 ? 0 : i - 1, i);
    assert_true(pn_keymap_next(&m, 7, &at, &slot));
    assert_int_equal(slot, 4999);
    assert_true(pn_keymap_next(&m, 7, &at, &slot));
    assert_int_equal(slot, 1);
    assert_false(pn_keymap_next(&m, 7, &at, &slot));
    assert_int_equal(m.n, 2);
    pn_keymap_fini(&m);
}

static void the_last_of_many_versions_of_an_article_stays(void **state) {
    (void)state;
    enum { VERSIONS = 20000 };
    memfs *m = memfs_new();
    pn_ingest_counts counts;
    pn_snap *snap = NULL;
    pn_ref ref;
    bool found;
    ingest(memfs_io(m), (source){ .n = VERSIONS, .same_key = true }, &counts);
    assert_int_equal(counts.stored, 1);
    assert_int_equal(counts.replaced, VERSIONS - 1);
    assert_int_equal(pn_snap_open(memfs_io(m), "d", 0, true, &snap, NULL), PN_OK);
    assert_int_equal(pn_snap_n_live(snap), 1);
    assert_int_equal(pn_archive_find(snap, PN_BYTES_LIT("n0"), &ref, &found, NULL), PN_OK);
    assert_true(found);
    assert_int_equal(pn_archive_verify(snap, NULL, NULL), PN_OK);
    done(snap, m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_articles_of_days_that_do_not_ascend_are_damage),
        cmocka_unit_test(an_axis_to_the_end_of_all_numbers_is_refused),
        cmocka_unit_test(a_table_of_days_that_disagrees_with_the_dates_is_damage_and_no_endless_walk), cmocka_unit_test(first_and_last_day_outside_the_calendar_are_damage),
        cmocka_unit_test(lists_in_a_section_that_is_not_there_are_damage_and_a_column_of_width_0_needs_none),
        cmocka_unit_test(a_name_without_a_spelling_is_damage),
        cmocka_unit_test(a_frame_of_several_articles_is_no_larger_than_a_writer_makes_it),
        cmocka_unit_test(stored_articles_without_frames_are_damage),
        cmocka_unit_test(one_key_that_comes_again_and_again_is_one_entry_among_the_keys),
        cmocka_unit_test(the_last_of_many_versions_of_an_article_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
