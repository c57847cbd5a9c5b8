/* JSON lines and JSON arrays to articles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/pn_alloc.h"
#include "base/pn_buf.h"
#include "parse/pn_fields.h"
#include "parse/pn_jsonl.h"
#include "parse/pn_record.h"
#include "text/pn_utf8.h"

/* --- reading in tests */

typedef struct { pn_doc_source source; const pn_doc *doc; } reading;

static void open_lines(reading *r, pn_bytes text, const pn_jsonl_opts *opts) {
    assert_int_equal(pn_jsonl_source(text, 0, 1, opts, &r->source, NULL), PN_OK);
}
static void open_array(reading *r, const char *text) {
    assert_int_equal(pn_json_array_source(pn_bytes_cstr(text), NULL, &r->source, NULL), PN_OK);
}
static const pn_doc *next_doc(reading *r) {
    assert_int_equal(r->source.next(r->source.self, &r->doc, NULL), PN_OK);
    return r->doc;
}
static void close_reading(reading *r) { r->source.close(r->source.self); }

/* The one article of one line, open until close_reading. */
static const pn_doc *one(reading *r, const char *line, const pn_jsonl_opts *opts) {
    open_lines(r, pn_bytes_cstr(line), opts);
    const pn_doc *d = next_doc(r);
    assert_non_null(d);
    return d;
}

static void assert_text(pn_bytes got, const char *want) {
    if (!want) { assert_null(got.ptr); return; }
    if (!pn_bytes_equal(got, pn_bytes_cstr(want))) fail_msg("\"%.*s\" instead of \"%s\"", (int)got.len, (const char *)got.ptr, want);
    assert_non_null(got.ptr);
}
static void assert_list(const pn_bytes *list, size_t n, const char *want) {       /* want: "a|b|c" */
    pn_buf b = { 0 };
    for (size_t i = 0; i < n; i++) {
        if (i) pn_buf_put_u8(&b, '|');
        pn_buf_put_bytes(&b, list[i]);
    }
    assert_int_equal(b.rc, PN_OK);
    if (!pn_bytes_equal(pn_buf_bytes(&b), pn_bytes_cstr(want))) fail_msg("\"%.*s\" instead of \"%s\"", (int)b.len, (const char *)b.ptr, want);
    pn_buf_fini(&b);
}
static void assert_when(const pn_when *w, const char *want) {
    char text[PN_WHEN_TEXT];
    pn_when_print(w, text);
    assert_string_equal(text, want);
}
static const pn_diag *find_diag(const pn_doc *d, const char *code) {
    for (size_t i = 0; i < d->n_diags; i++)
        if (strcmp(d->diags[i].code, code) == 0) return &d->diags[i];
    return NULL;
}

typedef enum { TITLE, BODY, TEASER, SECTION, SOURCE, URL, LANGUAGE, ID, EXTRA, DATE_RAW } text_field;
static pn_bytes field(const pn_doc *d, text_field f) {
    const pn_bytes all[] = { d->title, d->body, d->teaser, d->section, d->source, d->url, d->language, d->id, d->extra, d->date_raw };
    return all[f];
}
static void check(const char *line, text_field f, const char *want) {
    reading r;
    assert_text(field(one(&r, line, NULL), f), want);
    close_reading(&r);
}
static void check_date(const char *line, const char *want) {
    reading r;
    assert_when(&one(&r, line, NULL)->date, want);
    close_reading(&r);
}
static void check_authors(const char *line, const char *want) {
    reading r;
    const pn_doc *d = one(&r, line, NULL);
    assert_list(d->authors, d->n_authors, want);
    close_reading(&r);
}
static void check_tags(const char *line, bool present, const char *want) {
    reading r;
    const pn_doc *d = one(&r, line, NULL);
    assert_list(d->tags, d->n_tags, want);
    assert_int_equal(d->tags_present, present);
    close_reading(&r);
}
static void check_skipped(const char *line, const char *code, uint64_t offset, const char *excerpt) {
    reading r;
    const pn_doc *d = one(&r, line, NULL);
    assert_true(d->skipped);
    assert_int_equal(d->n_diags, 1);
    assert_string_equal(d->diags[0].code, code);
    assert_int_equal(d->diags[0].offset, offset);
    assert_int_equal(d->diags[0].severity, PN_ERROR);
    if (excerpt) assert_text(d->diags[0].excerpt, excerpt);
    assert_null(next_doc(&r));
    close_reading(&r);
}

/* --- lines */

static void each_line_is_a_record_with_its_place(void **s) {
    (void)s;
    reading r;
    static const char text[] = "\xEF\xBB\xBF{\"title\":\"A\"}\r\n\n \t\r\n{\"title\":\"B\"}\n{\"title\":\"C\"}";
    assert_int_equal(pn_jsonl_source(PN_BYTES_LIT(text), 0, 1, NULL, &r.source, NULL), PN_OK);
    static const struct { const char *title; uint64_t offset; uint32_t line; } want[] = { { "A", 3, 1 }, { "B", 23, 4 }, { "C", 37, 5 } };
    for (size_t i = 0; i < PN_COUNT(want); i++) {
        const pn_doc *d = next_doc(&r);
        assert_text(d->title, want[i].title);
        assert_int_equal(d->offset, want[i].offset);
        assert_int_equal(d->length, 13);
        assert_int_equal(find_diag(d, "missing_date")->line, want[i].line);
    }
    assert_null(next_doc(&r));
    assert_null(next_doc(&r));
    close_reading(&r);
}

static void a_chunk_knows_where_it_starts(void **s) {
    (void)s;
    reading r;
    assert_int_equal(pn_jsonl_source(PN_BYTES_LIT("\n{\"title\":}"), 1000, 50, NULL, &r.source, NULL), PN_OK);
    const pn_doc *d = next_doc(&r);
    assert_int_equal(d->offset, 1001);
    assert_int_equal(d->diags[0].line, 51);
    assert_int_equal(d->diags[0].offset, 1010);
    close_reading(&r);
    assert_int_equal(pn_jsonl_source(PN_BYTES_LIT("\xEF\xBB\xBF{\"title\":\"x\"}"), 1000, 50, NULL, &r.source, NULL), PN_OK);
    assert_true(next_doc(&r)->skipped);                     /* a mark is one at the start of the input only */
    close_reading(&r);
}

static void nothing_has_no_records(void **s) {
    (void)s;
    static const char *const texts[] = { "", "\n", "\r\n\r\n", " ", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n" };
    for (size_t i = 0; i < PN_COUNT(texts); i++) {
        reading r;
        open_lines(&r, pn_bytes_cstr(texts[i]), NULL);
        assert_null(next_doc(&r));
        close_reading(&r);
    }
    reading r;
    open_lines(&r, PN_BYTES_NONE, NULL);
    assert_null(next_doc(&r));
    close_reading(&r);
}

static void a_broken_line_costs_itself_and_says_why(void **s) {
    (void)s;
    check_skipped("{\"title\": \"x\", }", "bad_json", 15, "a key in quotes should be here: }");
    check_skipped("{\"title\": \"a\\qb\"}", "bad_json", 12, "an invalid escape in a string: \\qb\"}");
    check_skipped("{\"title\": \"\\ud800\"}", "bad_json", 11, NULL);
    check_skipped("{\"title\": \"a\xFF\"}", "bad_json", 12, "a string that is not UTF-8");
    check_skipped("{\"title\": \"x\"} trailing", "bad_json", 15, "more text behind the value: trailing");
    check_skipped("{\"title\": \"x\"", "bad_json", 13, "the text ends inside an object or a list");
    check_skipped("nonsense", "bad_json", 0, "not a JSON value: nonsense");
    check_skipped("{'title': 'x'}", "bad_json", 1, NULL);
}

static void what_is_no_object_is_skipped(void **s) {
    (void)s;
    check_skipped("[1, 2]", "not_an_object", 0, "[1, 2]");
    check_skipped("\"text\"", "not_an_object", 0, "\"text\"");
    check_skipped("null", "not_an_object", 0, "null");
    check_skipped("[1, 2", "bad_json", 5, NULL);
}

static void what_says_nothing_about_an_article_is_skipped(void **s) {
    (void)s;
    check_skipped("{}", "empty_record", 0, "{}");
    check_skipped("{\"price\": 3, \"title\": \"\", \"body\": null}", "empty_record", 0, NULL);
    check("{\"url\": \"http://example.com/a\"}", URL, "http://example.com/a");
    check("{\"summary\": \"S\"}", TEASER, "S");
}

static void records_before_and_after_a_broken_line_stand(void **s) {
    (void)s;
    reading r;
    open_lines(&r, PN_BYTES_LIT("{\"title\":\"A\",\"tags\":[\"x\"]}\n{broken\n{\"title\":\"B\"}\n"), NULL);
    assert_text(next_doc(&r)->title, "A");
    assert_true(next_doc(&r)->skipped);
    const pn_doc *d = next_doc(&r);
    assert_text(d->title, "B");
    assert_int_equal(d->n_tags, 0);                         /* nothing is left of the record before */
    assert_false(d->tags_present);
    close_reading(&r);
}

static void a_record_above_the_limit_is_skipped(void **s) {
    (void)s;
    static const char head[] = "{\"title\":\"A\",\"body\":\"";
    size_t over = PN_JSON_RECORD_MAX + 1, tail = 14;
    uint8_t *text = malloc(over + tail);
    assert_non_null(text);
    for (size_t extra = 0; extra < 2; extra++) {            /* exactly at the limit, and one byte above */
        size_t len = over - 1 + extra;
        memset(text, 'x', len);
        memcpy(text, head, sizeof head - 1);
        memcpy(text + len - 2, "\"}\n{\"title\":\"B\"}", 16);
        reading r;
        open_lines(&r, pn_bytes_of(text, len + tail), NULL);
        const pn_doc *d = next_doc(&r);
        assert_int_equal(d->skipped, extra == 1);
        assert_int_equal(d->length, len);
        if (extra) assert_non_null(find_diag(d, "article_too_large"));
        else assert_int_equal(d->body.len, len - sizeof head + 1 - 2);
        assert_text(next_doc(&r)->title, "B");
        close_reading(&r);
    }
    free(text);
}

/* --- formats */

static void our_own_fields_are_read(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"id\": \"n-1\", \"source\": \"Example\", \"lang\": \"en\", \"title\": \"T\", \"date\": \"2020-08-20T14:05:09+02:00\","
                              "\"url\": \"/a/b\", \"section\": \"News\", \"tags\": [\"x\", \"y\"], \"authors\": [\"Ann Lee\"], \"summary\": \"S\","
                              "\"body\": \"P1\\n\\nP2\", \"places\": [\"Seoul\"], \"n\": 3}", NULL);
    assert_text(d->id, "n-1");
    assert_text(d->source, "Example");
    assert_text(d->language, "en");
    assert_text(d->title, "T");
    assert_when(&d->date, "2020-08-20T14:05:09+02:00");
    assert_text(d->date_raw, NULL);
    assert_text(d->url, "/a/b");
    assert_text(d->section, "News");
    assert_list(d->tags, d->n_tags, "x|y");
    assert_list(d->authors, d->n_authors, "Ann Lee");
    assert_text(d->teaser, "S");
    assert_text(d->body, "P1\n\nP2");
    assert_text(d->extra, "{\"places\":[\"Seoul\"],\"n\":3}");
    assert_int_equal(d->n_diags, 0);
    assert_false(d->skipped);
    close_reading(&r);
}

static void records_of_news_please_are_read(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"authors\": [\"Ann Lee\"], \"date_download\": \"2021-01-01 00:00:00\", \"date_modify\": \"2020-08-21 09:00:00\","
                              "\"date_publish\": \"2020-08-20 14:05:09\", \"description\": \"S\", \"image_url\": null, \"language\": \"en\","
                              "\"maintext\": \"B\", \"source_domain\": \"www.example.com\", \"title\": \"T\", \"title_page\": null,"
                              "\"url\": \"https://www.example.com/a\"}", NULL);
    assert_text(d->title, "T");
    assert_text(d->body, "B");
    assert_text(d->teaser, "S");
    assert_text(d->source, "www.example.com");
    assert_when(&d->date, "2020-08-20T14:05:09");
    assert_when(&d->modified, "2020-08-21T09:00:00");
    assert_text(d->extra, "{\"date_download\":\"2021-01-01 00:00:00\",\"image_url\":null}");
    close_reading(&r);
}

static void records_of_trafilatura_are_read(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"T\", \"author\": \"Ann Lee; Bo Chan\", \"hostname\": \"example.com\", \"date\": \"2020-08-20\","
                              "\"fingerprint\": \"ab12\", \"id\": null, \"license\": null, \"comments\": \"\", \"raw_text\": \"R\", \"text\": \"B\","
                              "\"language\": null, \"source\": \"https://example.com/a\", \"sitename\": \"Example\","
                              "\"categories\": \"News; World\", \"tags\": \"x;y\", \"excerpt\": \"S\"}", NULL);
    assert_text(d->id, NULL);
    assert_list(d->authors, d->n_authors, "Ann Lee|Bo Chan");
    assert_text(d->body, "B");
    assert_text(d->url, "https://example.com/a");
    assert_text(d->source, "Example");
    assert_text(d->section, "News; World");
    assert_list(d->tags, d->n_tags, "x|y");
    assert_text(d->teaser, "S");
    assert_text(d->extra, "{\"hostname\":\"example.com\",\"fingerprint\":\"ab12\",\"license\":null,\"comments\":\"\",\"raw_text\":\"R\"}");
    close_reading(&r);
}

static void records_of_fundus_are_read(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"T\", \"authors\": [\"Ann Lee\"], \"publishing_date\": \"2024-05-01 10:00:00+02:00\","
                              "\"topics\": [\"x\"], \"publisher\": \"Example\", \"plaintext\": \"whole\", \"body\": {\"summary\": [\"S1\", \"S2\"],"
                              "\"sections\": [{\"headline\": [], \"paragraphs\": [\"P1\", \"P2\"]}, {\"headline\": [\"H\"], \"paragraphs\": [\"P3\"]}]}}", NULL);
    assert_text(d->body, "P1\n\nP2\n\nH\n\nP3");
    assert_text(d->teaser, "S1 S2");
    assert_when(&d->date, "2024-05-01T10:00:00+02:00");
    assert_list(d->tags, d->n_tags, "x");
    assert_text(d->source, "Example");
    assert_text(d->extra, "{\"plaintext\":\"whole\"}");
    close_reading(&r);
}

static void records_of_webz_are_read(void **s) {
    (void)s;
    reading r;
    static const char thread[] = "{\"site\": \"example.com\", \"section_title\": \"World\", \"social\": {\"likes\": 3}}";
    char line[600];
    snprintf(line, sizeof line, "{\"uuid\": \"u1\", \"url\": \"http://example.com/a\", \"thread\": %s, \"author\": \"Ann Lee\","
             "\"published\": \"2020-08-20T14:05:00.000+03:00\", \"title\": \"T\", \"text\": \"B\", \"language\": \"english\"}", thread);
    const pn_doc *d = one(&r, line, NULL);
    assert_text(d->id, "u1");
    assert_text(d->source, "example.com");
    assert_text(d->section, "World");
    assert_text(d->language, "english");
    assert_when(&d->date, "2020-08-20T14:05:00+03:00");
    assert_text(d->extra, "{\"thread\":{\"site\": \"example.com\", \"section_title\": \"World\", \"social\": {\"likes\": 3}}}");
    close_reading(&r);
}

static void records_of_newsapi_are_read(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"source\": {\"id\": null, \"name\": \"Example\"}, \"author\": \"Ann Lee, Bo Chan\", \"title\": \"T\","
                              "\"description\": \"S\", \"url\": \"https://example.com/a\", \"urlToImage\": null,"
                              "\"publishedAt\": \"2020-08-20T14:05:09Z\", \"content\": \"B\"}", NULL);
    assert_text(d->source, "Example");
    assert_list(d->authors, d->n_authors, "Ann Lee|Bo Chan");
    assert_text(d->body, "B");
    assert_when(&d->date, "2020-08-20T14:05:09Z");
    assert_text(d->extra, "{\"source\":{\"id\": null, \"name\": \"Example\"},\"urlToImage\":null}");
    close_reading(&r);
}

/* --- fields */

static void the_better_name_wins_and_the_other_is_kept(void **s) {
    (void)s;
    static const char line[] = "{\"headline\": \"H\", \"title\": \"T\", \"description\": \"D\", \"summary\": \"S\"}";
    check(line, TITLE, "T");
    check(line, TEASER, "S");
    check(line, EXTRA, "{\"headline\":\"H\",\"description\":\"D\"}");
    check("{\"headline\": \"H\", \"title\": \"\"}", TITLE, "H");
    check("{\"headline\": \"H\", \"title\": null}", TITLE, "H");
    check("{\"headline\": \"H\", \"title\": \"  \"}", EXTRA, NULL);
}

static void blanks_of_any_script_are_trimmed(void **s) {
    (void)s;
    check("{\"title\": \" \\u3000\\u00a0\\tT \\u00e9\\u202f\\u2003 \"}", TITLE, "T \xC3\xA9");
    check("{\"title\": \"\\u00a0\", \"headline\": \"\\u4e2d\"}", TITLE, "\xE4\xB8\xAD");
}

static void of_two_fields_with_one_name_the_later_counts(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"A\", \"x\": 1, \"title\": \"B\"}", NULL);
    assert_text(d->title, "B");
    assert_text(d->extra, "{\"x\":1}");
    assert_int_equal(find_diag(d, "duplicate_key")->offset, 23);
    assert_text(find_diag(d, "duplicate_key")->excerpt, "title");
    close_reading(&r);
}

static void numbers_serve_as_text(void **s) {
    (void)s;
    check("{\"id\": 1234567890123456789, \"title\": 1984}", ID, "1234567890123456789");
    check("{\"id\": 1, \"title\": 1984}", TITLE, "1984");
    check("{\"_id\": {\"$oid\": \"5f3e\"}, \"title\": \"T\"}", ID, "5f3e");
}

static void values_of_the_wrong_kind_are_kept_and_told(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"title\": true, \"headline\": \"H\", \"url\": {\"x\": 1}}", NULL);
    assert_text(d->title, "H");
    assert_text(d->url, NULL);
    assert_text(d->extra, "{\"title\":true,\"url\":{\"x\": 1}}");
    assert_text(find_diag(d, "field_not_understood")->excerpt, "title");
    close_reading(&r);
}

static void a_list_of_sections_gives_the_first_and_is_kept(void **s) {
    (void)s;
    check("{\"title\": \"T\", \"section\": [\"A\", \"B\"]}", SECTION, "A");
    check("{\"title\": \"T\", \"section\": [\"A\", \"B\"]}", EXTRA, "{\"section\":[\"A\", \"B\"]}");
    check("{\"title\": \"T\", \"section\": \"['it''s', 'B']\"}", SECTION, "['it''s', 'B']");
    check("{\"title\": \"T\", \"section\": \"['A', 'B']\"}", SECTION, "A");
    check("{\"title\": \"T\", \"section\": \"['A', 'B']\"}", EXTRA, "{\"section\":\"['A', 'B']\"}");
    check("{\"title\": \"T\", \"section\": \"['design']\"}", SECTION, "design");
    check("{\"title\": \"T\", \"section\": \"['design']\"}", EXTRA, NULL);
    check("{\"title\": \"T\", \"section\": \"[\\\"it's\\\", 'a\\\\'b']\"}", SECTION, "it's");
    check("{\"title\": \"T\", \"section\": \"[]\"}", SECTION, NULL);
    check("{\"title\": \"T\", \"section\": \"[broken\"}", SECTION, "[broken");
    check("{\"title\": \"T\", \"section\": \"['a\"}", SECTION, "['a");
    check("{\"title\": \"T\", \"section\": \"[a]\"}", SECTION, "[a]");
    check("{\"title\": \"T\", \"category\": {\"id\": 3, \"name\": \"World\"}}", SECTION, "World");
}

static void bodies_may_come_in_pieces(void **s) {
    (void)s;
    check("{\"body\": [\"P1\", \" P2 \", \"\"]}", BODY, "P1\n\nP2");
    check("{\"body\": [{\"type\": \"p\", \"text\": \"P1\"}, {\"type\": \"p\", \"text\": \"P2\"}]}", BODY, "P1\n\nP2");
    check("{\"content\": {\"text\": \"B\", \"name\": \"n\"}}", BODY, "B");
    check("{\"body\": \" B \\n\"}", BODY, " B \n");
    check("{\"body\": {\"sections\": []}, \"plaintext\": \"B\"}", BODY, "B");
}

static void marks_and_nul_are_removed_from_text(void **s) {
    (void)s;
    check("{\"title\": \"T\", \"body\": \"\xEF\xBB\xBFO Podemos\"}", BODY, "O Podemos");
    check("{\"title\": \"T\", \"body\": \"\\ufeffO Podemos\"}", BODY, "O Podemos");
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"a\\u0000b\", \"body\": \"\\u0000\"}", NULL);
    assert_text(d->title, "ab");
    assert_text(d->body, NULL);
    assert_non_null(find_diag(d, "nul_removed"));
    close_reading(&r);
}

static void strings_of_authors_are_cut_at_safe_places(void **s) {
    (void)s;
    check_authors("{\"title\": \"T\", \"author\": \"Ann Lee\"}", "Ann Lee");
    check_authors("{\"title\": \"T\", \"author\": \"Ann Lee; Bo\"}", "Ann Lee|Bo");
    check_authors("{\"title\": \"T\", \"author\": \"Lee, Ann; Chan, Bo\"}", "Lee, Ann|Chan, Bo");
    check_authors("{\"title\": \"T\", \"author\": \"Ann Lee, Bo Chan\"}", "Ann Lee|Bo Chan");
    check_authors("{\"title\": \"T\", \"author\": \"Lee, Ann\"}", "Lee, Ann");
    check_authors("{\"title\": \"T\", \"author\": \"Ann Lee, \"}", "Ann Lee,");
    check_authors("{\"title\": \"T\", \"author\": \"['Ann Lee', 'Bo']\"}", "Ann Lee|Bo");
    check_authors("{\"title\": \"T\", \"authors\": [{\"name\": \"Ann Lee\", \"url\": \"x\"}, \"Bo\", null, \"\", {\"a\": 1}]}", "Ann Lee|Bo");
    check_authors("{\"title\": \"T\", \"author\": {\"@type\": \"Person\", \"name\": \"Ann Lee\"}}", "Ann Lee");
    check_authors("{\"title\": \"T\", \"author\": null}", "");
}

static void tags_keep_their_order_and_first_spelling(void **s) {
    (void)s;
    check_tags("{\"title\": \"T\", \"tags\": [\"Markets\", \"b\", \" MARKETS \", \"B\", \"c\"]}", true, "Markets|b|c");
    check_tags("{\"title\": \"T\", \"tags\": \"a, b ,c d\"}", true, "a|b|c d");
    check_tags("{\"title\": \"T\", \"tags\": \"a, b; c\"}", true, "a, b|c");
    check_tags("{\"title\": \"T\", \"keywords\": \"a|b\\nc\"}", true, "a|b|c");
    check_tags("{\"title\": \"T\", \"tags\": [{\"term\": \"a\"}, {\"name\": \"b\"}, 7]}", true, "a|b|7");
    check_tags("{\"title\": \"T\", \"keywords\": [{\"name\": \"persons\", \"value\": \"Lee, Ann\"}]}", true, "Lee, Ann");
    check_tags("{\"title\": \"T\", \"tags\": [\"a, b\"]}", true, "a, b");
}

static void an_empty_list_of_tags_differs_from_none(void **s) {
    (void)s;
    check_tags("{\"title\": \"T\", \"tags\": []}", true, "");
    check_tags("{\"title\": \"T\", \"tags\": \"\"}", true, "");
    check_tags("{\"title\": \"T\", \"tags\": null}", false, "");
    check_tags("{\"title\": \"T\"}", false, "");
    check_tags("{\"title\": \"T\", \"tags\": [], \"keywords\": [\"a\"]}", true, "a");
}

static void the_outlet_comes_from_option_field_or_address(void **s) {
    (void)s;
    static const char named[] = "{\"title\": \"T\", \"source\": \"Example\", \"url\": \"http://www.Example.com:80/a\"}";
    check(named, SOURCE, "Example");
    check("{\"title\": \"T\", \"url\": \"http://WWW.Example.com:80/a\"}", SOURCE, "example.com");
    check("{\"title\": \"T\", \"url\": \"/a\"}", SOURCE, NULL);
    check("{\"title\": \"T\", \"source\": \"http://www.example.com/a\"}", SOURCE, "example.com");
    check("{\"title\": \"T\", \"source\": \"http://www.example.com/a\"}", URL, "http://www.example.com/a");
    reading r;
    pn_jsonl_opts opts = { .source = PN_BYTES_LIT("Given") };
    const pn_doc *d = one(&r, named, &opts);
    assert_text(d->source, "Given");
    assert_text(d->extra, "{\"source\":\"Example\"}");
    close_reading(&r);
}

/* --- dates */

static void the_first_date_that_can_be_read_wins(void **s) {
    (void)s;
    check_date("{\"title\": \"T\", \"date\": \"2020-08-20\", \"published\": \"2020-09-01\"}", "2020-08-20");
    check_date("{\"title\": \"T\", \"date\": \"soon\", \"date_raw\": \"Aug. 20, 2020\"}", "2020-08-20");
    check_date("{\"title\": \"T\", \"day\": \"20200820\", \"ts\": \"20200820 11:47 PM EST\"}", "2020-08-20T23:47-05:00");
    check_date("{\"title\": \"T\", \"day\": \"20200820\"}", "2020-08-20");
    check_date("{\"title\": \"T\", \"created\": 1597932309}", "2020-08-20T14:05:09Z");
    check_date("{\"title\": \"T\", \"date\": {\"$date\": \"2020-08-20T14:05:09Z\"}}", "2020-08-20T14:05:09Z");
    check_date("{\"title\": \"T\"}", "");
}

static void the_printed_date_completes_the_date_it_agrees_with(void **s) {
    (void)s;
    check_date("{\"title\": \"T\", \"date\": \"2009-01-01T10:15\", \"date_raw\": \"Thu Jan 1, 2009 10:15am EST\"}", "2009-01-01T10:15-05:00");
    check_date("{\"title\": \"T\", \"date\": \"2009-01-01\", \"date_raw\": \"2009-01-01 10:15:00\"}", "2009-01-01T10:15:00");
    check_date("{\"title\": \"T\", \"date\": \"2009-01-01T10:15Z\", \"date_raw\": \"2009-01-01 11:15 +0100\"}", "2009-01-01T10:15Z");
    check_date("{\"title\": \"T\", \"date\": \"2009-01-01\", \"date_raw\": \"2009-01-02 10:15:00\"}", "2009-01-01");
    check_date("{\"title\": \"T\", \"date\": \"2009-01-01\", \"created\": \"2009-01-01 10:15:00\"}", "2009-01-01");
    check("{\"title\": \"T\", \"date\": \"2009-01-01\", \"date_raw\": \"1 January 2009\"}", EXTRA, NULL);
    check("{\"title\": \"T\", \"date\": \"2009-01-01\", \"date_raw\": \"2 January 2009\"}", EXTRA, "{\"date_raw\":\"2 January 2009\"}");
}

static void a_date_that_is_not_understood_is_kept_as_printed(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"T\", \"date\": \"early spring\"}", NULL);
    assert_int_equal(d->date.precision, PN_PREC_NONE);
    assert_text(d->date_raw, "early spring");
    assert_text(find_diag(d, "date_not_understood")->excerpt, "early spring");
    assert_int_equal(find_diag(d, "date_not_understood")->offset, 23);
    assert_null(find_diag(d, "missing_date"));
    assert_text(d->extra, NULL);
    close_reading(&r);
    check("{\"title\": \"T\", \"date\": \"early spring\", \"date_raw\": \"2020-08-20\"}", EXTRA, "{\"date\":\"early spring\"}");
}

static void the_caller_decides_the_order_of_day_and_month(void **s) {
    (void)s;
    static const char line[] = "{\"title\": \"T\", \"date\": \"03/04/2020\"}";
    pn_jsonl_opts opts = { .dates = { .day_first = true } };
    reading r;
    const pn_doc *d = one(&r, line, &opts);
    assert_when(&d->date, "2020-04-03");
    close_reading(&r);
    d = one(&r, line, NULL);
    assert_when(&d->date, "2020-03-04");
    assert_text(d->date_raw, "03/04/2020");
    assert_non_null(find_diag(d, "ambiguous_day_month"));
    close_reading(&r);
}

static void a_change_before_publication_is_told(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"T\", \"date\": \"2020-08-20\", \"updated\": \"2020-08-19\"}", NULL);
    assert_when(&d->modified, "2020-08-19");
    assert_non_null(find_diag(d, "modified_before_published"));
    close_reading(&r);
}

static void what_is_missing_is_told(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"body\": \"B\"}", NULL);
    assert_non_null(find_diag(d, "missing_title"));
    assert_non_null(find_diag(d, "missing_date"));
    close_reading(&r);
}

/* --- related */

static void related_articles_are_read_from_objects(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"T\", \"related\": [{\"title\": \"R1\", \"teaser\": \"Cut off \xE2\x80\xA6\", \"category\": \"DeFi\","
                              "\"url\": \"/r1\", \"date\": \"July 14, 2020\"}, {\"headline\": \"R2\", \"summary\": \"Whole.\", \"published\": 1597932309,"
                              "\"image\": {\"title\": \"no\"}}, {\"x\": 1}]}", NULL);
    assert_true(d->related_present);
    assert_int_equal(d->n_related, 2);
    assert_text(d->related[0].title, "R1");
    assert_text(d->related[0].teaser, "Cut off");
    assert_true(d->related[0].truncated);
    assert_text(d->related[0].category, "DeFi");
    assert_text(d->related[0].url, "/r1");
    assert_when(&d->related[0].date, "2020-07-14");
    assert_text(d->related[1].title, "R2");
    assert_text(d->related[1].teaser, "Whole.");
    assert_false(d->related[1].truncated);
    assert_when(&d->related[1].date, "2020-08-20T14:05:09Z");
    assert_text(d->extra, NULL);
    close_reading(&r);
}

static void related_articles_may_be_addresses_or_titles(void **s) {
    (void)s;
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"T\", \"related\": [ \"https://example.com/a\" ,\"/b\", \"A title\" , null, \"\"]}", NULL);
    assert_int_equal(d->n_related, 3);
    assert_text(d->related[0].url, "https://example.com/a");
    assert_text(d->related[0].title, NULL);
    assert_text(d->related[1].url, "/b");
    assert_text(d->related[2].title, "A title");
    assert_int_equal(d->related[2].date.precision, PN_PREC_NONE);
    close_reading(&r);
    d = one(&r, "{\"title\": \"T\", \"related\": []}", NULL);
    assert_true(d->related_present);
    assert_int_equal(d->n_related, 0);
    close_reading(&r);
}

/* --- the caller's names */

static void names_of_the_caller_come_first(void **s) {
    (void)s;
    static const pn_field_map maps[] = {
        { { (const uint8_t *)"headline2", 9 }, { (const uint8_t *)"title", 5 } }, { { (const uint8_t *)"places", 6 }, { (const uint8_t *)"-", 1 } },
        { { (const uint8_t *)"a.b.c", 5 }, { (const uint8_t *)"body", 4 } }, { { (const uint8_t *)"category", 8 }, { (const uint8_t *)"extra", 5 } },
    };
    pn_jsonl_opts opts = { .fields = maps, .n_fields = PN_COUNT(maps) };
    reading r;
    const pn_doc *d = one(&r, "{\"title\": \"T\", \"headline2\": \"H\", \"places\": [\"x\"], \"a\": {\"b\": {\"c\": \"B\"}}, \"category\": \"C\"}", &opts);
    assert_text(d->title, "H");
    assert_text(d->body, "B");
    assert_text(d->section, NULL);
    assert_text(d->extra, "{\"title\":\"T\",\"a\":{\"b\": {\"c\": \"B\"}},\"category\":\"C\"}");
    close_reading(&r);
}

static void many_names_of_the_caller_are_all_read(void **s) {
    (void)s;
    pn_field_map maps[40];
    char names[40][8], line[64];
    for (size_t i = 0; i < PN_COUNT(maps); i++) {
        snprintf(names[i], sizeof names[i], "name%zu", i);
        maps[i] = (pn_field_map){ pn_bytes_cstr(names[i]), PN_BYTES_LIT("title") };
    }
    pn_jsonl_opts opts = { .fields = maps, .n_fields = PN_COUNT(maps) };
    for (size_t i = 0; i < PN_COUNT(maps); i++) {
        reading r;
        snprintf(line, sizeof line, "{\"title\": \"T\", \"name%zu\": \"H\"}", i);
        assert_text(one(&r, line, &opts)->title, "H");
        close_reading(&r);
    }
}

static void targets_are_the_names_of_our_fields(void **s) {
    (void)s;
    static const char *const good[] = { "id", "title", "body", "teaser", "date", "modified", "section", "source", "url", "language",
                                        "authors", "tags", "related", "extra", "-" };
    static const char *const bad[] = { "", "Title", "headline", "titles", "summary", "--" };
    for (size_t i = 0; i < PN_COUNT(good); i++) assert_true(pn_jsonl_is_target(pn_bytes_cstr(good[i])));
    for (size_t i = 0; i < PN_COUNT(bad); i++) assert_false(pn_jsonl_is_target(pn_bytes_cstr(bad[i])));
}

static void every_usual_name_is_found_at_its_place(void **s) {
    (void)s;
    static const struct { const char *name; uint8_t field; uint8_t order; } want[] = {
        { "_id", PN_FIELD_ID, 2 }, { "writers", PN_FIELD_AUTHORS, 5 }, { "webUrl", PN_FIELD_URL, 6 }, { "maintext", PN_FIELD_BODY, 2 },
        { "fields.headline", PN_FIELD_TITLE, 4 }, { "body.summary", PN_FIELD_TEASER, 14 }, { "day", PN_FIELD_DATE, 3 },
        { "lastmod", PN_FIELD_MODIFIED, 17 }, { "thread.site", PN_FIELD_SOURCE, 13 }, { "see_also", PN_FIELD_RELATED, 7 },
    };
    for (size_t i = 0; i < PN_COUNT(want); i++) {
        pn_field_place p = pn_field_find(pn_bytes_cstr(want[i].name), NULL, 0);
        assert_int_equal(p.field, want[i].field);
        assert_int_equal(p.rank, PN_RANK_USUAL + want[i].order);
    }
    assert_int_equal(pn_field_find(PN_BYTES_LIT("Titles"), NULL, 0).field, PN_FIELD_NONE);
    assert_int_equal(pn_field_find(PN_BYTES_LIT(""), NULL, 0).field, PN_FIELD_NONE);
}

static void a_usual_name_in_other_capitals_comes_after_all_that_are_written_as_usual(void **s) {
    (void)s;
    static const struct { const char *name; uint8_t field; uint8_t order; } want[] = {
        { "Title", PN_FIELD_TITLE, 0 }, { "ID", PN_FIELD_ID, 0 }, { "PUBLISHEDAT", PN_FIELD_DATE, 8 }, { "weburl", PN_FIELD_URL, 6 }, { "Day", PN_FIELD_DATE, 3 },
    };
    for (size_t i = 0; i < PN_COUNT(want); i++) {
        pn_field_place p = pn_field_find(pn_bytes_cstr(want[i].name), NULL, 0);
        assert_int_equal(p.field, want[i].field);
        assert_int_equal(p.rank, PN_RANK_FOLDED + want[i].order);
    }
    assert_true(pn_field_is_own_date(pn_field_find(PN_BYTES_LIT("Day"), NULL, 0).rank));
    assert_false(pn_field_is_own_date(pn_field_find(PN_BYTES_LIT("Published"), NULL, 0).rank));
    pn_field_map map = { PN_BYTES_LIT("Title"), PN_BYTES_LIT("-") };
    assert_int_equal(pn_field_find(PN_BYTES_LIT("Title"), &map, 1).field, PN_FIELD_LEFT_OUT);
}

/* --- arrays */

static void elements_of_an_array_are_records_with_their_place(void **s) {
    (void)s;
    reading r;
    open_array(&r, "\xEF\xBB\xBF[\n  {\"title\": \"A\"},\n  7,\n  [1],\n  {\n \"title\": \"B\"}\n]\n");
    const pn_doc *d = next_doc(&r);
    assert_text(d->title, "A");
    assert_int_equal(d->offset, 7);
    assert_int_equal(d->length, 14);
    assert_int_equal(d->diags[0].line, 2);
    d = next_doc(&r);
    assert_true(d->skipped);
    assert_string_equal(d->diags[0].code, "not_an_object");
    assert_text(d->diags[0].excerpt, "7");
    assert_int_equal(d->diags[0].line, 3);
    d = next_doc(&r);
    assert_text(d->diags[0].excerpt, "[1]");
    d = next_doc(&r);
    assert_text(d->title, "B");
    assert_int_equal(d->diags[0].line, 5);
    assert_null(next_doc(&r));
    assert_null(next_doc(&r));
    close_reading(&r);
}

static void a_mistake_ends_the_array_and_keeps_what_came_before(void **s) {
    (void)s;
    static const struct { const char *text; size_t good; uint64_t at; } want[] = {
        { "[{\"title\": \"A\"}, {\"title\" 1}]", 1, 26 }, { "[{\"title\": \"A\"},, {\"title\": \"B\"}]", 1, 16 },
        { "[{\"title\": \"A\"}", 1, 15 }, { "[{\"title\": \"A\"}] x", 1, 17 }, { "", 0, 0 }, { ",[{\"title\": \"A\"}]", 0, 0 },
        { "[{\"title\": \"A\"},]", 1, 16 }, { "nonsense", 0, 0 },
    };
    for (size_t i = 0; i < PN_COUNT(want); i++) {
        reading r;
        open_array(&r, want[i].text);
        for (size_t k = 0; k < want[i].good; k++) assert_false(next_doc(&r)->skipped);
        const pn_doc *d = next_doc(&r);
        assert_true(d->skipped);
        assert_string_equal(d->diags[0].code, "bad_json");
        assert_int_equal(d->diags[0].offset, want[i].at);
        assert_null(next_doc(&r));
        close_reading(&r);
    }
}

static void a_single_object_is_one_record(void **s) {
    (void)s;
    reading r;
    open_array(&r, "{\n \"title\": \"A\"\n}\n");
    assert_text(next_doc(&r)->title, "A");
    assert_null(next_doc(&r));
    close_reading(&r);
    open_array(&r, " [ ] ");
    assert_null(next_doc(&r));
    close_reading(&r);
}

/* --- hostile input */

static void many_fields_and_tags_take_linear_time_and_are_kept(void **s) {
    (void)s;
    enum { N = 100000 };
    pn_buf b = { 0 };
    pn_buf_printf(&b, "{\"title\":\"T\",\"tags\":[\"t\"");
    for (int i = 0; i < N; i++) pn_buf_printf(&b, ",\"tag%d\"", i % (N / 2));
    pn_buf_printf(&b, "]");
    for (int i = 0; i < N; i++) pn_buf_printf(&b, ",\"title\":\"T\",\"f%d\":{\"name\":%d}", i, i);
    pn_buf_printf(&b, "}");
    assert_int_equal(b.rc, PN_OK);
    reading r;
    open_lines(&r, pn_buf_bytes(&b), NULL);
    const pn_doc *d = next_doc(&r);
    assert_int_equal(d->n_tags, N / 2 + 1);
    assert_int_equal(d->n_diags, PN_RECORD_REMARKS_MAX);
    assert_true(d->extra.len > (size_t)N * 15);
    close_reading(&r);
    pn_buf_fini(&b);
}

static void remarks_upon_one_record_are_bounded_and_errors_stand_behind_them(void **state) {
    (void)state;
    pn_buf line = { 0 };
    reading r;
    pn_buf_put_u8(&line, '{');
    for (int i = 0; i < 2000; i++) pn_buf_put_bytes(&line, PN_BYTES_LIT("\"url\":\"u\","));
    pn_buf_put_bytes(&line, PN_BYTES_LIT("\"date\":\"2020\"}\n"));
    open_lines(&r, pn_buf_bytes(&line), NULL);
    const pn_doc *d = next_doc(&r);
    assert_int_equal(d->n_diags, PN_RECORD_REMARKS_MAX + 1);
    assert_string_equal(d->diags[PN_RECORD_REMARKS_MAX - 2].code, "duplicate_key");
    assert_string_equal(d->diags[PN_RECORD_REMARKS_MAX - 1].code, "more_diagnostics");
    assert_string_equal(d->diags[PN_RECORD_REMARKS_MAX].code, "missing_title");
    close_reading(&r);
    pn_buf_fini(&line);
}

static void excerpts_are_short_and_clean(void **s) {
    (void)s;
    pn_buf b = { 0 };
    pn_buf_printf(&b, "{\"title\":\"T\",\"date\":\"");
    for (int i = 0; i < 100; i++) pn_buf_printf(&b, "\xE4\xB8\xAD");
    pn_buf_printf(&b, "\"}\n{\"x\":\"\\q");
    for (int i = 0; i < 100; i++) pn_buf_printf(&b, "\xE4\xB8\xAD");
    reading r;
    open_lines(&r, pn_buf_bytes(&b), NULL);
    for (int i = 0; i < 2; i++) {
        const pn_doc *d = next_doc(&r);
        assert_in_range(d->diags[0].excerpt.len, 40, 120);
        assert_true(pn_utf8_is_valid(d->diags[0].excerpt));
    }
    close_reading(&r);
    pn_buf_fini(&b);
}

/* --- memory */

typedef struct { size_t left; bool failed; } failing;

static void *failing_realloc(void *ctx, void *p, size_t n) {
    failing *f = ctx;
    if (n == 0) { free(p); return NULL; }
    if (f->left == 0 && !f->failed) { f->failed = true; return NULL; }
    if (f->left) f->left--;
    return realloc(p, n);
}

static pn_status read_all(pn_bytes text, bool array) {
    pn_doc_source source;
    pn_error err = { 0 };
    pn_status rc = array ? pn_json_array_source(text, NULL, &source, &err) : pn_jsonl_source(text, 0, 1, NULL, &source, &err);
    if (rc != PN_OK) return rc;
    const pn_doc *d = NULL;
    do rc = source.next(source.self, &d, &err);
    while (rc == PN_OK && d);
    source.close(source.self);
    return rc;
}

static void any_allocation_may_fail(void **s) {
    (void)s;
    static const char record[] = "{\"title\":\"a\\u0000\\nb\",\"body\":{\"summary\":[\"x\",\"y\"],\"sections\":[\"p\\n\",\"q\"]},\"tags\":[\"A\",\"a\",\"b\\t\"],"
        "\"author\":\"['A\\\\'x', 'B']\",\"url\":\"http://WWW.x.com/\",\"date\":\"what\",\"title\":\"t\\n\",\"related\":[{\"title\":\"r\\n\",\"date\":\"x\"},\"u\"],\"k\\n\":[1]}";
    char lines[1200], array[1200];
    snprintf(lines, sizeof lines, "%s\nbroken\n%s\n", record, record);
    snprintf(array, sizeof array, "[%s, 1, %s,]", record, record);
    for (int form = 0; form < 2; form++) {
        pn_bytes text = pn_bytes_cstr(form ? array : lines);
        int64_t before = pn_live();
        size_t n = 0;
        for (bool failed = true; failed; n++) {
            failing f = { n, false };
            pn_alloc_set_for_tests(&(pn_alloc){ failing_realloc, &f });
            pn_status rc = read_all(text, form);
            pn_alloc_set_for_tests(NULL);
            failed = f.failed;
            assert_int_equal(rc, failed ? PN_ENOMEM : PN_OK);
            assert_int_equal(pn_live(), before);
        }
        assert_true(n > 8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_a_record_with_its_place),
        cmocka_unit_test(a_chunk_knows_where_it_starts),
        cmocka_unit_test(nothing_has_no_records),
        cmocka_unit_test(a_broken_line_costs_itself_and_says_why),
        cmocka_unit_test(what_is_no_object_is_skipped),
        cmocka_unit_test(what_says_nothing_about_an_article_is_skipped),
        cmocka_unit_test(records_before_and_after_a_broken_line_stand),
        cmocka_unit_test(a_record_above_the_limit_is_skipped),
        cmocka_unit_test(our_own_fields_are_read),
        cmocka_unit_test(records_of_news_please_are_read),
        cmocka_unit_test(records_of_trafilatura_are_read),
        cmocka_unit_test(records_of_fundus_are_read),
        cmocka_unit_test(records_of_webz_are_read),
        cmocka_unit_test(records_of_newsapi_are_read),
        cmocka_unit_test(the_better_name_wins_and_the_other_is_kept),
        cmocka_unit_test(blanks_of_any_script_are_trimmed),
        cmocka_unit_test(of_two_fields_with_one_name_the_later_counts),
        cmocka_unit_test(numbers_serve_as_text),
        cmocka_unit_test(values_of_the_wrong_kind_are_kept_and_told),
        cmocka_unit_test(a_list_of_sections_gives_the_first_and_is_kept),
        cmocka_unit_test(bodies_may_come_in_pieces),
        cmocka_unit_test(marks_and_nul_are_removed_from_text),
        cmocka_unit_test(strings_of_authors_are_cut_at_safe_places),
        cmocka_unit_test(tags_keep_their_order_and_first_spelling),
        cmocka_unit_test(an_empty_list_of_tags_differs_from_none),
        cmocka_unit_test(the_outlet_comes_from_option_field_or_address),
        cmocka_unit_test(the_first_date_that_can_be_read_wins),
        cmocka_unit_test(the_printed_date_completes_the_date_it_agrees_with),
        cmocka_unit_test(a_date_that_is_not_understood_is_kept_as_printed),
        cmocka_unit_test(the_caller_decides_the_order_of_day_and_month),
        cmocka_unit_test(a_change_before_publication_is_told),
        cmocka_unit_test(what_is_missing_is_told),
        cmocka_unit_test(related_articles_are_read_from_objects),
        cmocka_unit_test(related_articles_may_be_addresses_or_titles),
        cmocka_unit_test(names_of_the_caller_come_first),
        cmocka_unit_test(many_names_of_the_caller_are_all_read),
        cmocka_unit_test(targets_are_the_names_of_our_fields),
        cmocka_unit_test(every_usual_name_is_found_at_its_place),
        cmocka_unit_test(a_usual_name_in_other_capitals_comes_after_all_that_are_written_as_usual),
        cmocka_unit_test(elements_of_an_array_are_records_with_their_place),
        cmocka_unit_test(a_mistake_ends_the_array_and_keeps_what_came_before),
        cmocka_unit_test(a_single_object_is_one_record),
        cmocka_unit_test(many_fields_and_tags_take_linear_time_and_are_kept),
        cmocka_unit_test(excerpts_are_short_and_clean),
        cmocka_unit_test(remarks_upon_one_record_are_bounded_and_errors_stand_behind_them),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
