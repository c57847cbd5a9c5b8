/* Merging is building: the segment that comes of several holds, byte for byte, what one build of their live articles would have written. */
#include "article_set.h"
#include "base/pn_alloc.h"
#include "index/pn_doc_names.h"
#include "index/pn_merge.h"
#include "memfs.h"
#include "oom.h"
#include <time.h>

static const uint8_t archive[16] = "an archive's id";
enum { MERGED = 900, INPUTS_MAX = 12 };

static void ok(pn_status rc, const pn_error *err) { if (rc != PN_OK) fail_msg("%s: %s %s", pn_status_name(rc), err->file, err->msg); }

static memfs *new_fs(void) {
    memfs *m = memfs_new();
    assert_int_equal(memfs_io(m)->mkdir(memfs_io(m)->ctx, "a", NULL), PN_OK);
    return m;
}

/* Segment `number` of the articles [from, to) of the set that are in `kept`. */
static void build(const set *s, const bool *kept, uint32_t from, uint32_t to, memfs *fs, uint32_t number, pn_manifest_segment *entry) {
    pn_build *b;
    pn_error err = { 0 };
    uint32_t slot;
    ok(pn_build_new(BASE + from, &b, &err), &err);
    for (uint32_t i = from; i < to; i++) {
        ok(pn_build_add(b, &s->at[i].doc, &s->at[i].extra, &slot, &err), &err);
        if (!kept[i]) pn_build_drop(b, slot);
    }
    ok(pn_build_flush(b, memfs_io(fs), "a", archive, number, NULL, entry, &err), &err);
    pn_build_free(b);
}

typedef struct { memfs *fs; set *s; bool kept[MOST]; pn_merge_input in[INPUTS_MAX]; uint64_t gone[INPUTS_MAX][MOST / 64 + 1]; size_t n; } inputs;

/* Cuts the set into n segments of neighbours by arrival; what is not kept is marked deleted in them. */
static inputs *new_inputs(set *s, size_t n, uint32_t delete_one_in, uint64_t seed) {
    inputs *x = calloc(1, sizeof *x);
    bool all[MOST];
    pn_error err = { 0 };
    *x = (inputs){ .fs = new_fs(), .s = s, .n = n };
    for (uint32_t i = 0; i < s->n; i++) {
        all[i] = true;
        x->kept[i] = delete_one_in == 0 || dice(&seed) % delete_one_in != 0;
    }
    x->kept[s->n / 2] = true;
    for (size_t k = 0; k < n; k++) {
        uint32_t from = (uint32_t)(s->n * k / n), to = (uint32_t)(s->n * (k + 1) / n);
        pn_manifest_segment entry;
        build(s, all, from, to, x->fs, (uint32_t)k + 1, &entry);
        ok(pn_seg_open(memfs_io(x->fs), "a", archive, &entry, true, &x->in[k].seg, &err), &err);
        for (uint32_t d = 0; d < to - from; d++) {
            uint64_t arrival;
            ok(pn_seg_arrival(x->in[k].seg, d, &arrival, &err), &err);
            if (!x->kept[arrival - BASE]) x->gone[k][d / 64] |= UINT64_C(1) << d % 64;
        }
        x->in[k].gone = delete_one_in ? x->gone[k] : NULL;
    }
    return x;
}

static void free_inputs(inputs *x) {
    for (size_t i = 0; i < x->n; i++) pn_seg_release(x->in[i].seg);
    assert_int_equal(memfs_held(x->fs), 0);
    memfs_free(x->fs);
    free(x->s);
    free(x);
    assert_int_equal(pn_live(), 0);
}

static pn_status merge(inputs *x, const pn_tick *tick, pn_manifest_segment *entry, pn_error *err) {
    return pn_merge(x->in, x->n, memfs_io(x->fs), "a", archive, MERGED, tick, NULL, entry, err);
}

/* Header and sums name the segment, so its number is put into both paths by building in a file system of its own. */
static void same_bytes(inputs *x, const char *name) {
    memfs *fs = new_fs();
    pn_manifest_segment entry;
    size_t n, m;
    build(x->s, x->kept, 0, x->s->n, fs, MERGED, &entry);
    const uint8_t *built = memfs_bytes(fs, name, &n), *merged = memfs_bytes(x->fs, name, &m);
    assert_non_null(built);
    assert_non_null(merged);
    for (size_t i = 0; i < PN_MIN(n, m); i++)
        if (built[i] != merged[i]) fail_msg("%s differs at byte %zu of %zu and %zu", name, i, n, m);
    assert_int_equal(n, m);
    memfs_free(fs);
}

static void merges_to_what_a_build_writes(set *s, size_t n, uint32_t delete_one_in) {
    inputs *x = new_inputs(s, n, delete_one_in, 5 + n);
    pn_manifest_segment entry;
    pn_error err = { 0 };
    pn_seg *seg = NULL;
    ok(merge(x, NULL, &entry, &err), &err);
    ok(pn_seg_open(memfs_io(x->fs), "a", archive, &entry, true, &seg, &err), &err);
    ok(pn_seg_verify(seg, NULL, &err), &err);
    pn_seg_release(seg);
    same_bytes(x, "a/seg-0000000900.idx");
    same_bytes(x, "a/seg-0000000900.doc");
    free_inputs(x);
}

static void merging_gives_the_bytes_of_one_build(void **state) { (void)state;
    static const uint32_t sizes[] = { 2, 127, 128, 129, 256, MOST };
    for (size_t i = 0; i < PN_COUNT(sizes); i++)
        for (size_t n = 1; n <= PN_MIN(sizes[i], (uint32_t)INPUTS_MAX); n += 1 + n / 2) merges_to_what_a_build_writes(new_set(sizes[i], 40 + i), n, 0);
}

static void what_is_deleted_leaves_no_trace(void **state) { (void)state;
    static const uint32_t sizes[] = { 2, 5, 128, 300, MOST };
    for (size_t i = 0; i < PN_COUNT(sizes); i++)
        for (uint32_t one_in = 1; one_in < 30; one_in = one_in * 2 + 1) merges_to_what_a_build_writes(new_set(sizes[i], 90 + i), 1 + sizes[i] / 100, one_in);
}

/* Date ranges that do not meet, that touch, that are all one day: lists are then copied in long stretches, or article by article. */
static void any_spread_of_dates_merges(void **state) { (void)state;
    for (int32_t step = 0; step < 3; step++) {
        set *s = new_set(MOST, 7);
        pn_buf scratch = { 0 };
        for (uint32_t i = 0; i < s->n; i++) {
            s->at[i].doc.date = (pn_when){ 18000 + step * (int32_t)(step == 1 ? i / 40 : i), PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 };
            assert_int_equal(pn_doc_content_hash(&s->at[i].doc, s->at[i].extra.key, &scratch, &s->at[i].extra.content, NULL), PN_OK);
        }
        pn_buf_fini(&scratch);
        merges_to_what_a_build_writes(s, 7, step == 2 ? 9 : 0);
    }
}

/* Blocks of records are copied where they are what a build would pack: large ones, small ones, with and without deletions, from inputs
 * one behind the other in time. */
static void blocks_of_records_are_what_a_build_packs(void **state) { (void)state;
    for (uint32_t one_in = 0; one_in < 200; one_in = one_in * 3 + 40) {
        set *s = new_set(MOST, 17 + one_in);
        pn_buf scratch = { 0 };
        char *long_text = malloc(70 << 10);
        uint64_t seed = one_in;
        for (size_t i = 0; i < 70 << 10; i++) long_text[i] = "abcdefgh "[dice(&seed) % 9];
        for (uint32_t i = 0; i < s->n; i++) {
            uint32_t len = dice(&seed) % 50 == 0 ? 66 << 10 : dice(&seed) % 9000;
            s->at[i].doc.body = pn_bytes_of(long_text + dice(&seed) % 4000, len);
            s->at[i].doc.date = (pn_when){ 18000 + (int32_t)i, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 };
            assert_int_equal(pn_doc_content_hash(&s->at[i].doc, s->at[i].extra.key, &scratch, &s->at[i].extra.content, NULL), PN_OK);
        }
        pn_buf_fini(&scratch);
        merges_to_what_a_build_writes(s, 3, one_in);
        free(long_text);
    }
}

static void nothing_left_is_refused(void **state) { (void)state;
    inputs *x = new_inputs(new_set(64, 3), 2, 2, 3);
    pn_manifest_segment entry;
    size_t files = memfs_n_files(x->fs);
    for (size_t k = 0; k < x->n; k++) memset(x->gone[k], 0xFF, sizeof x->gone[k]);
    assert_int_equal(merge(x, NULL, &entry, NULL), PN_EINVAL);
    assert_int_equal(memfs_n_files(x->fs), files);
    free_inputs(x);
}

/* The same articles twice have equal arrivals: no order holds them. */
static void inputs_that_contradict_each_other_are_damage(void **state) { (void)state;
    inputs *x = new_inputs(new_set(64, 3), 2, 0, 3);
    pn_manifest_segment entry;
    pn_error err = { 0 };
    pn_merge_input twice[2] = { x->in[0], x->in[0] };
    assert_int_equal(pn_merge(twice, 2, memfs_io(x->fs), "a", archive, MERGED, NULL, NULL, &entry, &err), PN_ECORRUPT);
    assert_non_null(strstr(err.file, "seg-0000000001"));
    free_inputs(x);
}

static int stop_at;
static int stop(void *arg) {
    (void)arg;
    return --stop_at == 0;
}

static void a_stopped_merge_leaves_no_files(void **state) { (void)state;
    inputs *x = new_inputs(new_set(MOST, 2), 3, 5, 2);
    size_t files = memfs_n_files(x->fs);
    for (int n = 1;; n++) {
        pn_manifest_segment entry;
        stop_at = n;
        pn_status rc = merge(x, &(pn_tick){ stop, NULL }, &entry, NULL);
        assert_int_equal(rc, stop_at > 0 ? PN_OK : PN_EINTR);
        assert_int_equal(memfs_n_files(x->fs), rc == PN_OK ? files + 2 : files);
        if (rc == PN_OK) { assert_true(n > 20); break; }
    }
    free_inputs(x);
}

static void any_failing_file_operation_leaves_no_files(void **state) { (void)state;
    inputs *x = new_inputs(new_set(120, 2), 3, 5, 2);
    size_t files = memfs_n_files(x->fs);
    for (uint64_t n = 1;; n++) {
        pn_manifest_segment entry;
        pn_error err = { 0 };
        memfs_fail(x->fs, (memfs_fault){ .at = n, .short_write = n % 2, .sys_errno = 28 });
        pn_status rc = merge(x, NULL, &entry, &err);
        bool met = memfs_failed(x->fs);
        memfs_fail(x->fs, (memfs_fault){ 0 });
        assert_int_equal(rc, met ? PN_EIO : PN_OK);
        assert_int_equal(memfs_n_files(x->fs), met ? files : files + 2);
        if (!met) { assert_true(n > 5); break; }
    }
    free_inputs(x);
}

static void any_failing_allocation_is_an_error_and_leaks_nothing(void **state) { (void)state;
    inputs *x = new_inputs(new_set(40, 2), 3, 5, 2);
    size_t files = memfs_n_files(x->fs);
    int64_t live = pn_live();
    for (long n = 1;; n++) {
        pn_manifest_segment entry;
        oom_arm(n);
        pn_status rc = merge(x, NULL, &entry, NULL);
        bool met = oom_met();
        oom_off();
        assert_int_equal(pn_live(), live);
        assert_int_equal(rc, met ? PN_ENOMEM : PN_OK);
        assert_int_equal(memfs_n_files(x->fs), met ? files : files + 2);
        if (!met) { assert_true(n > 60); break; }
    }
    free_inputs(x);
}

/* --- the tick is asked often enough: counted in questions, not in time */

enum { HOLDERS = 128, TAGS_EACH = 1200, TAGS = HOLDERS * TAGS_EACH, TAG_LEN = 12, WORDS_EACH = 40000, TALKERS = 64 };
typedef struct { long asked, stop_at; } counting;

static int count_questions(void *arg) {
    counting *c = arg;
    return ++c->asked == c->stop_at;
}

static void hash_again(set *s) {
    pn_buf scratch = { 0 };
    for (uint32_t i = 0; i < s->n; i++) assert_int_equal(pn_doc_content_hash(&s->at[i].doc, s->at[i].extra.key, &scratch, &s->at[i].extra.content, NULL), PN_OK);
    pn_buf_fini(&scratch);
}

/* Every article has tags of its own. */
static set *tagged_set(char *text, pn_bytes *tags) {
    set *s = new_set(HOLDERS, 11);
    for (uint32_t i = 0; i < TAGS; i++) {
        snprintf(text + i * TAG_LEN, TAG_LEN, "t%u", i * 7919u % TAGS);
        tags[i] = pn_bytes_cstr(text + i * TAG_LEN);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        s->at[i].doc.tags = tags + (size_t)i * TAGS_EACH;
        s->at[i].doc.n_tags = TAGS_EACH;
    }
    hash_again(s);
    return s;
}

static long asked_of_flush(const set *s) {
    memfs *fs = new_fs();
    pn_build *b;
    pn_manifest_segment entry;
    counting c = { 0 };
    uint32_t slot;
    assert_int_equal(pn_build_new(BASE, &b, NULL), PN_OK);
    for (uint32_t i = 0; i < s->n; i++) assert_int_equal(pn_build_add(b, &s->at[i].doc, &s->at[i].extra, &slot, NULL), PN_OK);
    assert_int_equal(pn_build_flush(b, memfs_io(fs), "a", archive, 1, &(pn_tick){ count_questions, &c }, &entry, NULL), PN_OK);
    pn_build_free(b);
    memfs_free(fs);
    return c.asked;
}

static void many_names_are_merged_and_built_with_questions_between(void **state) { (void)state;
    char *text = malloc((size_t)TAGS * TAG_LEN);
    pn_bytes *tags = malloc(TAGS * sizeof *tags);
    set *s = tagged_set(text, tags);
    counting c = { 0 };
    pn_manifest_segment entry;
    assert_true(asked_of_flush(s) >= 2 * TAGS / 4096 + 10 * TAGS / 16384);         /* listed, sorted (at least ten rounds), put */
    inputs *x = new_inputs(s, 2, 0, 1);
    int64_t live = pn_live();
    size_t files = memfs_n_files(x->fs);
    for (long n = 1;; n += 1 + n / 2) {
        c = (counting){ 0, n };
        pn_status rc = merge(x, &(pn_tick){ count_questions, &c }, &entry, NULL);
        assert_int_equal(rc, c.asked < n ? PN_OK : PN_EINTR);
        assert_true(c.asked <= n);                                                 /* nothing is asked after the answer */
        if (rc == PN_OK) break;
        assert_int_equal(memfs_n_files(x->fs), files);
        assert_int_equal(pn_live(), live);
    }
    assert_true(c.asked >= 3 * TAGS / 4096 + TAGS / 16384);                        /* read as well; two runs are sorted already */
    same_bytes(x, "a/seg-0000000900.idx");
    free_inputs(x);
    free(text);
    free(tags);
}

static void long_lists_are_merged_with_questions_between(void **state) { (void)state;
    char *body = malloc(2 * (size_t)WORDS_EACH);
    for (size_t i = 0; i < WORDS_EACH; i++) memcpy(body + 2 * i, "a ", 2);
    set *s = new_set(TALKERS, 12);
    for (uint32_t i = 0; i < s->n; i++) s->at[i].doc.body = pn_bytes_of(body, 2 * (size_t)WORDS_EACH);
    hash_again(s);
    inputs *x = new_inputs(s, 2, 0, 1);
    counting c = { 0 };
    pn_manifest_segment entry;
    assert_int_equal(merge(x, &(pn_tick){ count_questions, &c }, &entry, NULL), PN_OK);
    assert_true(c.asked >= 3L * TALKERS * WORDS_EACH / (1 << 17));                 /* read, sorted, put: at the latest after an article behind 65,536 words */
    same_bytes(x, "a/seg-0000000900.idx");
    free_inputs(x);
    free(body);
}

static pn_status count_name(void *arg, pn_bytes key, pn_bytes spelling, pn_error *err) {
    (void)err;
    assert_int_equal(key.len, spelling.len);
    ++*(size_t *)arg;
    return PN_OK;
}

/* A list of tags that was made by a program: were each compared with all before it, this would take minutes. */
static void the_names_of_an_article_take_time_in_proportion_however_many(void **state) { (void)state;
    enum { MANY = 400000 };
    pn_bytes *tags = calloc(MANY + 2, sizeof *tags);
    char *text = malloc(8 * MANY);
    for (size_t i = 0; i < MANY; i++) tags[i] = pn_bytes_of(text + 8 * i, (size_t)sprintf(text + 8 * i, "t%zu", i));
    tags[MANY] = PN_BYTES_LIT("T7");
    tags[MANY + 1] = PN_BYTES_LIT(" ");
    pn_doc doc = { .tags = tags, .n_tags = MANY + 2 };
    counting c = { 0 };
    pn_doc_names names = { .pace = { &(pn_tick){ count_questions, &c }, 0 } };
    size_t n = 0;
    clock_t before = clock();
    assert_int_equal(pn_doc_names_each(&names, &doc, PN_FIELD_TAG, count_name, &n, NULL), PN_OK);
    assert_int_equal(n, MANY);
    assert_int_equal(pn_doc_names_each(&names, &(pn_doc){ .tags = tags, .n_tags = 3 }, PN_FIELD_TAG, count_name, &n, NULL), PN_OK);
    assert_int_equal(n, MANY + 3);
    assert_true(c.asked >= MANY / 1024);
    assert_true(clock() - before < 20 * CLOCKS_PER_SEC);
    pn_doc_names_fini(&names);
    free(tags);
    free(text);
}

int main(void) {
    const struct CMUnitTest t[] = {
        cmocka_unit_test(merging_gives_the_bytes_of_one_build), cmocka_unit_test(what_is_deleted_leaves_no_trace),
        cmocka_unit_test(any_spread_of_dates_merges), cmocka_unit_test(blocks_of_records_are_what_a_build_packs), cmocka_unit_test(nothing_left_is_refused),
        cmocka_unit_test(inputs_that_contradict_each_other_are_damage), cmocka_unit_test(a_stopped_merge_leaves_no_files),
        cmocka_unit_test(any_failing_file_operation_leaves_no_files), cmocka_unit_test(any_failing_allocation_is_an_error_and_leaks_nothing),
        cmocka_unit_test(many_names_are_merged_and_built_with_questions_between), cmocka_unit_test(long_lists_are_merged_with_questions_between),
        cmocka_unit_test(the_names_of_an_article_take_time_in_proportion_however_many) };
    return cmocka_run_group_tests_name("merge", t, NULL, NULL);
}
