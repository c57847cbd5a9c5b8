/* An article becomes bytes and the same article again; no bytes whatever can do harm. */
#include "unit.h"
#include "index/pn_build.h"
#include "index/pn_doc_bytes.h"
#include "oom.h"
#include "sample_docs.h"

static const pn_bytes EMPTY = { (const uint8_t *)"", 0 };

/* Every field has something in it. */
static pn_doc full(pn_doc_extra *extra) {
    static const pn_bytes authors[] = { { (const uint8_t *)"Ann Bell", 8 }, { (const uint8_t *)"", 0 }, { NULL, 0 } };
    static const pn_bytes tags[] = { { (const uint8_t *)"Bitcoin", 7 }, { (const uint8_t *)"Zo\xc3\xab", 4 } };
    static const pn_related related[] = {
        { { (const uint8_t *)"First", 5 }, { NULL, 0 }, { (const uint8_t *)"", 0 }, { (const uint8_t *)"http://a.example/", 17 },
          { 18494, 50709, 120, PN_PREC_SECOND, PN_WHEN_MINUTE }, true },
        { { NULL, 0 }, { (const uint8_t *)"teaser", 6 }, { (const uint8_t *)"News", 4 }, { NULL, 0 },
          { PN_DAY_NONE, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_NONE, 0 }, false },
    };
    static const pn_role_run roles[] = { { 1, 1, PN_ROLE_TITLE }, { 3, UINT32_MAX - 3, PN_ROLE_BODY } };
    static const pn_diag diags[] = {
        { "missing_date", PN_WARN, 7, UINT64_MAX, { (const uint8_t *)"an excerpt", 10 } },
        { "", PN_ERROR, 0, 0, { NULL, 0 } },
    };
    *extra = (pn_doc_extra){ .key = PN_BYTES_LIT("key-1"), .url_key = PN_BYTES_LIT("a.example/1"), .id_source = PN_BYTES_LIT("given"),
                             .input = PN_BYTES_LIT("dump\xff.txt") };
    return (pn_doc){
        .id = PN_BYTES_LIT("key-1"), .title = PN_BYTES_LIT("A title"), .body = PN_BYTES_LIT("One.\n\nTwo."), .teaser = PN_BYTES_LIT("Short"),
        .date = { -135140, 0, -840, PN_PREC_SECOND, 0x3f }, .modified = { 84005, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_YEAR, 0 },
        .date_raw = PN_BYTES_LIT("early"), .section = PN_BYTES_LIT("Markets"), .source = PN_BYTES_LIT("Wire"), .url = PN_BYTES_LIT("http://a.example/1"),
        .language = PN_BYTES_LIT("en"), .authors = authors, .n_authors = PN_COUNT(authors), .tags = tags, .n_tags = PN_COUNT(tags),
        .tags_present = true, .related = related, .n_related = PN_COUNT(related), .related_present = true, .extra = PN_BYTES_LIT("{\"a\":1}"),
        .offset = UINT64_MAX, .length = 12345, .roles = roles, .n_roles = PN_COUNT(roles), .diags = diags, .n_diags = PN_COUNT(diags),
    };
}

static void assert_comes_back(const pn_doc *doc, const pn_doc_extra *extra) {
    pn_buf b = { 0 };
    pn_arena arena = { 0 };
    pn_doc got;
    pn_doc_extra got_extra;
    pn_doc_bytes_put(&b, doc, extra);
    assert_int_equal(b.rc, PN_OK);
    assert_true(pn_bytes_equal(pn_doc_bytes_key(pn_buf_bytes(&b)), extra->key));
    assert_int_equal(pn_doc_bytes_read(pn_buf_bytes(&b), &arena, &got, &got_extra, NULL), PN_OK);
    assert_true(same_docs(doc, &got));
    assert_true(same_extras(extra, &got_extra));
    pn_arena_fini(&arena);
    pn_buf_fini(&b);
}

static void every_field_comes_back(void **state) {
    (void)state;
    pn_doc_extra extra;
    pn_doc doc = full(&extra);
    assert_comes_back(&doc, &extra);
}

static void an_article_that_says_nothing_comes_back_as_nothing(void **state) {
    (void)state;
    pn_doc doc = { .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE };
    pn_doc_extra extra = { .key = PN_BYTES_NONE };
    assert_comes_back(&doc, &extra);
}

static void nothing_and_empty_stay_different(void **state) {
    (void)state;
    pn_doc doc = { .title = EMPTY, .body = EMPTY, .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE, .section = EMPTY, .tags_present = true };
    pn_doc_extra extra = { .key = EMPTY };
    assert_comes_back(&doc, &extra);
    doc.tags_present = false;
    doc.related_present = true;
    doc.section = PN_BYTES_NONE;
    assert_comes_back(&doc, &extra);
}

static void every_precision_comes_back(void **state) {
    (void)state;
    static const pn_when whens[] = {
        { 0, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_YEAR, 0 }, { -31, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_MONTH, 0 },
        { 84370, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, PN_WHEN_AMBIGUOUS }, { 18494, 86399, INT16_MIN + 1, PN_PREC_SECOND, PN_WHEN_TZ_UNKNOWN },
        { 18494, 0, INT16_MAX, PN_PREC_SECOND, PN_WHEN_MIDNIGHT }, { PN_DAY_NONE, PN_SECOND_NONE, 60, PN_PREC_NONE, PN_WHEN_RELATIVE },
    };
    for (size_t i = 0; i < PN_COUNT(whens); i++) {
        pn_doc_extra extra;
        pn_doc doc = full(&extra);
        doc.date = whens[i];
        doc.modified = whens[PN_COUNT(whens) - 1 - i];
        assert_true(pn_when_is_valid(&whens[i]));
        assert_comes_back(&doc, &extra);
    }
}

static void dates_that_cannot_be_are_known(void **state) {
    (void)state;
    static const pn_when whens[] = {
        { 0, PN_SECOND_NONE, 0, PN_PREC_NONE, 0 }, { PN_DAY_NONE, PN_SECOND_NONE, 0, PN_PREC_DAY, 0 }, { -135141, PN_SECOND_NONE, 0, PN_PREC_DAY, 0 },
        { 84371, PN_SECOND_NONE, 0, PN_PREC_YEAR, 0 }, { 0, 5, 0, PN_PREC_DAY, 0 }, { 0, PN_SECOND_NONE, 0, PN_PREC_SECOND, 0 },
        { 0, 86400, 0, PN_PREC_SECOND, 0 }, { 0, 0, 0, 5, 0 },
    };
    for (size_t i = 0; i < PN_COUNT(whens); i++) assert_false(pn_when_is_valid(&whens[i]));
}

/* Reads bytes in a block of exactly their size; what is read can be walked to its end. */
static pn_status read_exact(const uint8_t *p, size_t n) {
    uint8_t *copy = malloc(n ? n : 1);
    pn_arena arena = { 0 };
    pn_doc doc = { .date = PN_WHEN_NONE };
    pn_doc_extra extra;
    pn_error err;
    assert_non_null(copy);
    memcpy(copy, p, n);
    pn_status rc = pn_doc_bytes_read(pn_bytes_of(copy, n), &arena, &doc, &extra, &err);
    if (rc == PN_OK) assert_true(same_docs(&doc, &doc));
    else assert_int_equal(rc, PN_ECORRUPT);
    pn_arena_fini(&arena);
    free(copy);
    return rc;
}

static void a_cut_record_is_refused_at_every_length(void **state) {
    (void)state;
    pn_doc_extra extra;
    pn_doc doc = full(&extra);
    pn_buf b = { 0 };
    pn_doc_bytes_put(&b, &doc, &extra);
    for (size_t n = 0; n < b.len; n++) assert_int_equal(read_exact(b.ptr, n), PN_ECORRUPT);
    pn_buf_put_u8(&b, 0);
    assert_int_equal(read_exact(b.ptr, b.len), PN_ECORRUPT);
    pn_buf_fini(&b);
}

static void any_changed_byte_is_read_or_refused_within_bounds(void **state) {
    (void)state;
    pn_doc_extra extra;
    pn_doc doc = full(&extra);
    pn_buf b = { 0 };
    size_t refused = 0;
    pn_doc_bytes_put(&b, &doc, &extra);
    for (size_t i = 0; i < b.len; i++) {
        uint8_t was = b.ptr[i];
        for (unsigned v = 0; v < 256; v++) {
            b.ptr[i] = (uint8_t)v;
            refused += read_exact(b.ptr, b.len) == PN_ECORRUPT;
        }
        b.ptr[i] = was;
    }
    assert_true(refused > b.len);                /* lengths and counts that lie are found */
    assert_int_equal(read_exact(b.ptr, b.len), PN_OK);
    pn_buf_fini(&b);
}

static void text_that_is_not_utf_8_is_refused_but_a_file_name_may_be(void **state) {
    (void)state;
    pn_doc_extra extra;
    pn_doc doc = full(&extra);
    pn_buf b = { 0 };
    doc.title = PN_BYTES_LIT("bad \xff");
    pn_doc_bytes_put(&b, &doc, &extra);
    assert_int_equal(read_exact(b.ptr, b.len), PN_ECORRUPT);
    pn_buf_fini(&b);
}

/* --- content */

static pn_hash128 content(const pn_doc *doc) {
    pn_buf scratch = { 0 };
    pn_hash128 h;
    assert_int_equal(pn_doc_content_hash(doc, PN_BYTES_LIT("key"), &scratch, &h, NULL), PN_OK);
    pn_buf_fini(&scratch);
    return h;
}
static bool same(pn_hash128 a, pn_hash128 b) { return a.lo == b.lo && a.hi == b.hi; }

static void the_content_hash_knows_what_an_analyst_sees(void **state) {
    (void)state;
    pn_doc_extra extra;
    pn_doc doc = full(&extra), d = doc;
    pn_hash128 h = content(&doc);
    d.title = PN_BYTES_LIT("A title.");
    assert_false(same(h, content(&d)));
    d = doc;
    d.date.second++;
    assert_false(same(h, content(&d)));
    d = doc;
    d.n_tags = 0;
    pn_hash128 without = content(&d);
    assert_false(same(h, without));
    d.tags_present = false;
    assert_false(same(without, content(&d)));
    d = doc;
    d.n_related = 1;
    assert_false(same(h, content(&d)));
    d = doc;
    d.extra = PN_BYTES_NONE;
    assert_false(same(h, content(&d)));
}

static void the_content_hash_ignores_where_the_article_came_from(void **state) {
    (void)state;
    pn_doc_extra extra;
    pn_doc doc = full(&extra), d = doc;
    d.offset = d.length = 0;
    d.n_roles = 0;
    d.n_diags = 0;
    assert_true(same(content(&doc), content(&d)));
}

/* --- memory */

static pn_status there_and_back(const pn_doc *doc, const pn_doc_extra *extra) {
    pn_buf b = { 0 };
    pn_arena arena = { 0 };
    pn_doc got;
    pn_doc_extra got_extra;
    pn_doc_bytes_put(&b, doc, extra);
    pn_status rc = b.rc ? b.rc : pn_doc_bytes_read(pn_buf_bytes(&b), &arena, &got, &got_extra, NULL);
    pn_arena_fini(&arena);
    pn_buf_fini(&b);
    return rc;
}

static void every_failing_allocation_is_a_status_and_nothing_leaks(void **state) {
    (void)state;
    int64_t live = pn_live();
    pn_doc_extra extra;
    pn_doc doc = full(&extra);
    long n = 1;
    for (;; n++) {
        oom_arm(n);
        pn_status rc = there_and_back(&doc, &extra);
        oom_off();
        assert_int_equal(rc, oom_met() ? PN_ENOMEM : PN_OK);
        assert_int_equal(pn_live(), live);
        if (!oom_met()) break;
    }
    assert_true(n > 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(an_article_that_says_nothing_comes_back_as_nothing),
        cmocka_unit_test(nothing_and_empty_stay_different),
        cmocka_unit_test(every_precision_comes_back),
        cmocka_unit_test(dates_that_cannot_be_are_known),
        cmocka_unit_test(a_cut_record_is_refused_at_every_length),
        cmocka_unit_test(any_changed_byte_is_read_or_refused_within_bounds),
        cmocka_unit_test(text_that_is_not_utf_8_is_refused_but_a_file_name_may_be),
        cmocka_unit_test(the_content_hash_knows_what_an_analyst_sees),
        cmocka_unit_test(the_content_hash_ignores_where_the_article_came_from),
        cmocka_unit_test(every_failing_allocation_is_a_status_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
