/* Long records of JSON: the caller is asked all along whether to go on, and what has too many names is no article. */
#include "unit.h"
#include "base/pn_alloc.h"
#include "base/pn_buf.h"
#include "parse/pn_jsonl.h"
#include "parse/pn_record.h"

enum { MANY = 60000, STRETCH = 256 << 10 };      /* STRETCH: bytes between two questions */

/* --- records, each some megabytes of one kind */

typedef void shape(pn_buf *b);

static void repeat(pn_buf *b, const char *form) {
    for (int i = 0; i < MANY; i++) pn_buf_printf(b, form, i, i);
}
static void many_members(pn_buf *b) { repeat(b, ",\"x%d\":%d"); }
static void many_repeats(pn_buf *b) { repeat(b, ",\"body\":\"%d\""); }
static void list_of(pn_buf *b, const char *name, const char *form) {
    pn_buf_printf(b, ",\"%s\":[0", name);
    repeat(b, form);
    pn_buf_put_u8(b, ']');
}
static void many_tags(pn_buf *b) { list_of(b, "tags", ",\"t%d\""); }
static void many_nulls(pn_buf *b) { list_of(b, "tags", ",null, null"); }
static void many_authors(pn_buf *b) { list_of(b, "authors", ",{\"name\":\"a%d\"}"); }
static void many_related(pn_buf *b) { list_of(b, "related", ",{\"title\":\"r%d\",\"url\":\"/%d\"}"); }
static void many_paragraphs(pn_buf *b) { list_of(b, "body", ",\"p%d\""); }
static void nested_lists(pn_buf *b) { list_of(b, "else", ",[[%d]]"); }
static void text_of(pn_buf *b, const char *name, const char *form) {
    pn_buf_printf(b, ",\"%s\":\"", name);
    repeat(b, form);
    pn_buf_put_u8(b, '"');
}
static void tags_in_one_text(pn_buf *b) { text_of(b, "tags", "t%d, "); }
static void plain_text(pn_buf *b) { text_of(b, "body", "all the words of article number %d "); }
static void foreign_text(pn_buf *b) { text_of(b, "body", "\xD1\x81\xD0\xBB\xD0\xBE\xD0\xB2\xD0\xBE \xE4\xB8\x96\xE7\x95\x8C \xF0\x9F\x98\x80 %d "); }
static void escaped_text(pn_buf *b) { text_of(b, "body", "\\u00e9\\n%d"); }

static shape *const shapes[] = { many_members, many_repeats, many_tags, many_nulls, many_authors, many_related, many_paragraphs, nested_lists,
                                 tags_in_one_text, plain_text, foreign_text, escaped_text };

static void write_record(pn_buf *b, shape *put) {
    pn_buf_put_bytes(b, PN_BYTES_LIT("{\"title\":\"T\",\"id\":\"1\""));
    put(b);
    pn_buf_put_u8(b, '}');
    assert_int_equal(b->rc, PN_OK);
}

/* --- the tick */

typedef struct { long asked, stop_at; } counter;

static int count(void *arg) {
    counter *c = arg;
    return ++c->asked == c->stop_at;
}

static pn_status read_first(pn_bytes text, bool array, counter *c, bool *skipped) {
    pn_tick tick = { count, c };
    pn_jsonl_opts opts = { .tick = &tick };
    pn_doc_source source;
    const pn_doc *d = NULL;
    assert_int_equal((array ? pn_json_array_source(text, &opts, &source, NULL) : pn_jsonl_source(text, 0, 1, &opts, &source, NULL)), PN_OK);
    pn_status rc = source.next(source.self, &d, NULL);
    if (rc == PN_OK) *skipped = d->skipped;
    source.close(source.self);
    return rc;
}

static void a_long_record_asks_all_along_whether_to_go_on(void **state) {
    (void)state;
    for (size_t i = 0; i < PN_COUNT(shapes); i++)
        for (int array = 0; array < 2; array++) {
            pn_buf b = { 0 };
            counter c = { 0 };
            bool skipped = false;
            write_record(&b, shapes[i]);
            assert_int_equal(read_first(pn_buf_bytes(&b), array, &c, &skipped), PN_OK);
            if (c.asked < (long)(b.len / STRETCH)) fail_msg("shape %zu: asked %ld times in %zu bytes", i, c.asked, b.len);
            for (long at = 1, all = c.asked; at <= all; at += 1 + all / 8) {
                c = (counter){ .stop_at = at };
                assert_int_equal(read_first(pn_buf_bytes(&b), array, &c, &skipped), PN_EINTR);
                assert_int_equal(c.asked, at);
            }
            pn_buf_fini(&b);
        }
    assert_int_equal(pn_live(), 0);
}

static void a_text_cut_within_a_character_by_the_stretches_of_the_check_is_read_whole(void **state) {
    (void)state;
    for (int shift = 0; shift < 4; shift++) {
        pn_buf b = { 0 };
        bool skipped = true;
        pn_buf_printf(&b, "{\"title\":\"%.*s", shift, "abc");
        for (int i = 0; i < MANY; i++) pn_buf_put(&b, "\xF0\x9F\x98\x80", 4);
        pn_buf_put_bytes(&b, PN_BYTES_LIT("\"}"));
        assert_int_equal(read_first(pn_buf_bytes(&b), false, &(counter){ 0 }, &skipped), PN_OK);
        assert_false(skipped);
        b.ptr[b.len - 4] = 'x';                            /* the last character lacks its end: the place is found */
        assert_int_equal(read_first(pn_buf_bytes(&b), false, &(counter){ 0 }, &skipped), PN_OK);
        assert_true(skipped);
        pn_buf_fini(&b);
    }
}

/* --- too many names */

static void put_names(pn_buf *b, const char *name, int n) {
    pn_buf_printf(b, ",\"%s\":[\"first\"", name);
    for (int i = 1; i < n; i++) pn_buf_printf(b, ",\"n%d\"", i);
    pn_buf_put_u8(b, ']');
}

static void assert_fits(int n_tags, int n_authors, int n_related, bool fits) {
    pn_buf b = { 0 };
    pn_doc_source source;
    const pn_doc *d = NULL;
    pn_buf_put_bytes(&b, PN_BYTES_LIT("{\"title\":\"T\",\"date\":\"2020-01-01\""));
    put_names(&b, "tags", n_tags);
    put_names(&b, "authors", n_authors);
    put_names(&b, "related", n_related);
    pn_buf_put_bytes(&b, PN_BYTES_LIT("}\n{\"title\":\"Next\"}"));
    assert_int_equal(pn_jsonl_source(pn_buf_bytes(&b), 0, 1, NULL, &source, NULL), PN_OK);
    assert_int_equal(source.next(source.self, &d, NULL), PN_OK);
    assert_int_equal(d->skipped, !fits);
    if (fits) assert_true(d->n_tags == (size_t)n_tags && d->n_authors == (size_t)n_authors && d->n_related == (size_t)n_related && d->n_diags == 0);
    else {
        assert_int_equal(d->n_diags, 1);
        assert_string_equal(d->diags[0].code, "article_too_large");
        assert_true(pn_bytes_starts(d->diags[0].excerpt, PN_BYTES_LIT("more than ")));
    }
    assert_int_equal(source.next(source.self, &d, NULL), PN_OK);
    assert_true(!d->skipped && pn_bytes_equal(d->title, PN_BYTES_LIT("Next")));
    source.close(source.self);
    pn_buf_fini(&b);
}

static void what_has_more_names_than_the_limit_is_skipped_and_the_next_one_read(void **state) {
    (void)state;
    assert_fits(PN_NAMES_MAX - 2, 1, 1, true);
    assert_fits(PN_NAMES_MAX - 1, 1, 1, false);
    assert_fits(1, PN_NAMES_MAX - 2, 1, true);
    assert_fits(1, 1, PN_NAMES_MAX - 1, false);
    assert_fits(1, 1, PN_NAMES_MAX * 3, false);
    assert_fits(1, PN_WRITTEN_MAX + 1, 1, false);
    assert_fits(PN_WRITTEN_MAX + 1, 1, 1, false);
    assert_fits(1, 1, PN_WRITTEN_MAX + 1, false);
}

static void put_one_tag(pn_buf *b) {
    pn_buf_put_bytes(b, PN_BYTES_LIT(",\"tags\":[\"a\""));
    for (int i = 0; i < PN_NAMES_MAX; i++) pn_buf_put_bytes(b, PN_BYTES_LIT(",\"A\""));
    pn_buf_put_u8(b, ']');
}

static void repeats_of_a_tag_do_not_count(void **state) {
    (void)state;
    pn_buf b = { 0 };
    bool skipped = true;
    write_record(&b, put_one_tag);
    assert_int_equal(read_first(pn_buf_bytes(&b), false, &(counter){ 0 }, &skipped), PN_OK);
    assert_false(skipped);
    pn_buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_record_asks_all_along_whether_to_go_on),
        cmocka_unit_test(a_text_cut_within_a_character_by_the_stretches_of_the_check_is_read_whole),
        cmocka_unit_test(what_has_more_names_than_the_limit_is_skipped_and_the_next_one_read),
        cmocka_unit_test(repeats_of_a_tag_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
