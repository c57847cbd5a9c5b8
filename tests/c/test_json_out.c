/* JSON that we write: texts, numbers, objects written anew, articles as lines; under failing memory, and under a caller who stops. */
#include "oom.h"
#include "parse/pn_record_out.h"
#include "unit.h"
#include <stdio.h>

/* Pieces that were handed on, one behind the other. */
typedef struct { pn_buf all; size_t pieces, longest; pn_status answer; } sink;
static pn_status take_piece(void *arg, pn_bytes piece, pn_error *err) {
    sink *s = arg;
    s->pieces++;
    s->longest = PN_MAX(s->longest, piece.len);
    pn_buf_put_bytes(&s->all, piece);
    if (s->all.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory");
    return s->answer == PN_OK ? PN_OK : pn_fail(err, s->answer, "no more");
}

static void assert_is(pn_bytes got, const char *want) {
    char *text = calloc(got.len + 1, 1);
    assert_non_null(text);
    if (got.len) memcpy(text, got.ptr, got.len);
    assert_string_equal(text, want);
    free(text);
}

static void assert_text(pn_bytes s, const char *want) {
    pn_json_out o = { .rc = PN_OK };
    pn_json_put_text(&o, s);
    assert_int_equal(pn_json_hand_on(&o, NULL), PN_OK);
    assert_is(pn_buf_bytes(&o.buf), want);
    pn_json_out_fini(&o);
}

static void a_text_is_escaped_only_where_JSON_wants_it(void **s) { (void)s;
    assert_text(PN_BYTES_NONE, "null");
    assert_text(PN_BYTES_LIT(""), "\"\"");
    assert_text(PN_BYTES_LIT("a \"b\" \\ /"), "\"a \\\"b\\\" \\\\ /\"");
    assert_text(PN_BYTES_LIT("\b\f\n\r\t\0\x01\x1f\x7f"), "\"\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\x7f\"");
    assert_text(PN_BYTES_LIT("\xC3\xA9\xE2\x80\xA8\xF0\x9F\x97\x9E"), "\"\xC3\xA9\xE2\x80\xA8\xF0\x9F\x97\x9E\"");
}

static void assert_number(const char *written, const char *want) {
    pn_json_out o = { .rc = PN_OK };
    pn_json_put_number(&o, pn_bytes_cstr(written));
    assert_int_equal(pn_json_hand_on(&o, NULL), PN_OK);
    assert_is(pn_buf_bytes(&o.buf), want);
    pn_json_out_fini(&o);
}

static void a_number_has_as_few_digits_as_tell_it_from_others(void **s) { (void)s;
    static const char *const pairs[][2] = {
        { "0", "0" }, { "-0", "0" }, { "-17", "-17" }, { "123456789012345678901234567890", "123456789012345678901234567890" },
        { "0.0", "0.0" }, { "-0.0", "-0.0" }, { "1.10", "1.1" }, { "1E2", "100.0" }, { "-2.50e-1", "-0.25" }, { "0.1", "0.1" }, { "0.30000000000000004", "0.30000000000000004" },
        { "9007199254740993.0", "9007199254740992.0" }, { "1e15", "1000000000000000.0" }, { "1e16", "1e+16" }, { "123456789e12", "1.23456789e+20" }, { "1e100", "1e+100" },
        { "0.0001", "0.0001" }, { "0.00001", "1e-05" }, { "0.000012345", "1.2345e-05" }, { "2.2250738585072014e-308", "2.2250738585072014e-308" }, { "4.9e-324", "5e-324" },
        { "7.120236347223045e-307", "7.120236347223045e-307" }, { "9.007199254740992e+15", "9007199254740992.0" }, { "1e-400", "0.0" }, { "1.7976931348623157e308", "1.7976931348623157e+308" }, { "1e400", "1e400" }, { "-1.5e999", "-1.5e999" },
    };
    for (size_t i = 0; i < PN_COUNT(pairs); i++) assert_number(pairs[i][0], pairs[i][1]);
}

/* The members of an object, one a line; or the name of the status. */
static pn_status members_of(pn_bytes object, const pn_tick *tick, pn_buf *out) {
    pn_json_members m = { .n = 0 };
    pn_status rc = pn_json_members_read(&m, object, tick, NULL);
    for (size_t i = 0; rc == PN_OK && i < m.n; i++) {
        pn_buf_put_bytes(out, pn_json_member_name(&m, i));
        pn_buf_put_u8(out, '=');
        pn_buf_put_bytes(out, pn_json_member_value(&m, i));
        pn_buf_put_u8(out, '\n');
    }
    pn_json_members_fini(&m);
    return rc == PN_OK ? out->rc : rc;
}

static void assert_members(const char *object, const char *want) {
    pn_buf out = { 0 };
    assert_int_equal(members_of(pn_bytes_cstr(object), NULL, &out), PN_OK);
    assert_is(pn_buf_bytes(&out), want);
    pn_buf_fini(&out);
}

static const char nested[] = "{\"a\":[1,{\"b\":1,\"c\":[],\"b\":{\"d\":2.50,\"d\":[true,null]}},{}],\"x\\u0041\" : \"\\u00e9\\/\",\"a\\u0022\":0,\"a\":{\"e\":[ [ ] , [3,4]],\"f\":1},\"g\":\"\"}";

static void an_object_is_written_anew_with_each_name_once(void **s) { (void)s;
    assert_members("{}", "");
    assert_members(" { \"a\" : 1 ,\"b\":[1,2,{\"c\":null}]} ", "\"a\"=1\n\"b\"=[1, 2, {\"c\": null}]\n");
    assert_members("{\"a\":1,\"b\":2,\"a\":3}", "\"a\"=3\n\"b\"=2\n");
    assert_members("{\"o\":{\"a\":1,\"b\":{\"x\":1,\"x\":2},\"\\u0061\":[false]}}", "\"o\"={\"a\": [false], \"b\": {\"x\": 2}}\n");
    assert_members(nested, "\"a\"={\"e\": [[], [3, 4]], \"f\": 1}\n\"xA\"=\"\xC3\xA9/\"\n\"a\\\"\"=0\n\"g\"=\"\"\n");
}

static void what_is_no_object_is_damage(void **s) { (void)s;
    static const char *const wrong[] = { "", "[]", "1", "null", "{\"a\":1", "{\"a\":}", "{} {}", "{\"a\":\"\\ud800\"}", "{\"a\":{\"b\":01}}", "{\"a\":NaN}" };
    pn_buf out = { 0 };
    for (size_t i = 0; i < PN_COUNT(wrong); i++) assert_int_equal(members_of(pn_bytes_cstr(wrong[i]), NULL, &out), PN_ECORRUPT);
    pn_buf_fini(&out);
}

static void many_members_of_one_name_take_no_long_time(void **s) { (void)s;
    enum { N = 200000 };
    pn_buf object = { 0 }, out = { 0 };
    for (int i = 0; i < N; i++) pn_buf_printf(&object, "%s\"n%d\":%d", i ? "," : "{", i % (N / 2), i);
    pn_buf_put(&object, "}", 1);
    assert_int_equal(members_of(pn_buf_bytes(&object), NULL, &out), PN_OK);
    assert_memory_equal(out.ptr, "\"n0\"=100000\n\"n1\"=100001\n", 24);
    pn_buf_fini(&object);
    pn_buf_fini(&out);
}

/* --- lines */

#define LIT(s) { (const uint8_t *)(s), sizeof(s) - 1 }
static const pn_when none = { PN_DAY_NONE, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_NONE, 0 };

static pn_status line_of(const char *id, const pn_doc *doc, const pn_tick *tick, sink *to) {
    pn_json_out out = { .take = take_piece, .arg = to, .pace = { tick, 0 } };
    pn_record_out r = { .out = &out };
    pn_status rc = pn_record_put(&r, pn_bytes_cstr(id), doc, NULL);
    if (rc == PN_OK) rc = pn_json_hand_on(&out, NULL);
    pn_record_out_fini(&r);
    pn_json_out_fini(&out);
    return rc;
}

static void assert_line(const char *id, const pn_doc *doc, const char *want) {
    sink to = { .answer = PN_OK };
    assert_int_equal(line_of(id, doc, NULL, &to), PN_OK);
    assert_is(pn_buf_bytes(&to.all), want);
    pn_buf_fini(&to.all);
}

static pn_doc full_doc(void) {
    static const pn_bytes authors[] = { LIT("A. Berg"), LIT("C. \"Holt\"") }, tags[] = { LIT("Rail"), LIT("") };
    static const pn_related related[] = { { LIT("Other"), LIT("One\n"), LIT("Sea"), LIT("/6"), { 18000, 3600, 60, PN_PREC_SECOND, 0 }, true },
                                          { .date = { PN_DAY_NONE, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_NONE, 0 } } };
    return (pn_doc){ .title = LIT("T"), .body = LIT("One.\n\nTwo."), .teaser = LIT("Short"), .date = { 18494, 36000, 120, PN_PREC_SECOND, PN_WHEN_MINUTE },
                     .modified = { 18475, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_MONTH, 0 }, .date_raw = LIT("20/8/20"), .section = LIT("City"), .source = LIT("Post"),
                     .url = LIT("http://p/1"), .language = LIT("en"), .authors = authors, .n_authors = 2, .tags = tags, .n_tags = 2, .tags_present = true,
                     .related = related, .n_related = 2, .related_present = true, .extra = LIT("{\"x\":{\"y\":[1]},\"title\":\"no\",\"x\":2,\"lead\":\"yes\"}") };
}

static void a_line_has_the_fields_in_their_order_and_no_empty_one(void **s) { (void)s;
    pn_doc doc = full_doc();
    assert_line("a", &doc, "{\"id\": \"a\", \"title\": \"T\", \"date\": \"2020-08-20T10:00:00+02:00\", \"date_raw\": \"20/8/20\", \"modified\": \"2020-08\", \"section\": \"City\", "
                           "\"source\": \"Post\", \"authors\": [\"A. Berg\", \"C. \\\"Holt\\\"\"], \"url\": \"http://p/1\", \"lang\": \"en\", \"summary\": \"Short\", \"body\": \"One.\\n\\nTwo.\", "
                           "\"related\": [{\"title\": \"Other\", \"teaser\": \"One\\n\", \"category\": \"Sea\", \"url\": \"/6\", \"date\": \"2019-04-14T01:00:00+01:00\"}, {}], \"tags\": [\"Rail\", \"\"], "
                           "\"x\": 2, \"lead\": \"yes\"}\n");
    assert_line("b", &(pn_doc){ .title = LIT(""), .body = LIT(""), .date = none, .modified = none, .tags_present = true, .related_present = true, .extra = LIT("{\"title\":1}") },
                "{\"id\": \"b\", \"tags\": [], \"title\": 1}\n");
    assert_line("", &(pn_doc){ .date = none, .modified = none }, "{}\n");
    assert_line("", &(pn_doc){ .date = none, .modified = none, .extra = LIT("{\"id\":\"\"}") }, "{\"id\": \"\"}\n");
}

static void a_date_is_written_as_far_as_it_was_printed(void **s) { (void)s;
    static const struct { pn_when when; const char *text; } dates[] = {
        { { 18262, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_YEAR, 0 }, "2020" }, { { 18475, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_MONTH, 0 }, "2020-08" },
        { { 18494, PN_SECOND_NONE, 60, PN_PREC_DAY, 0 }, "2020-08-20" }, { { 18494, 86399, PN_OFFSET_NONE, PN_PREC_SECOND, 0 }, "2020-08-20T23:59:59" },
        { { 18494, 0, 0, PN_PREC_SECOND, PN_WHEN_MIDNIGHT }, "2020-08-20T00:00:00+00:00" }, { { -135140, 60, -570, PN_PREC_SECOND, 0 }, "1600-01-01T00:01:00-09:30" },
    };
    for (size_t i = 0; i < PN_COUNT(dates); i++) {
        char want[80];
        snprintf(want, sizeof want, "{\"id\": \"a\", \"date\": \"%s\"}\n", dates[i].text);
        assert_line("a", &(pn_doc){ .date = dates[i].when, .modified = none }, want);
    }
}

/* --- long, stopped, failing */

static uint8_t long_text[8 << 20];
static pn_doc long_doc(int fill) {
    memset(long_text, fill, sizeof long_text);
    return (pn_doc){ .date = none, .modified = none, .body = pn_bytes_of(long_text, sizeof long_text) };
}

static int count_calls(void *calls) { ++*(long *)calls; return 0; }
static int stop_at(void *left) { return --*(long *)left == 0; }

static void a_long_article_leaves_in_pieces_and_asks_whether_to_stop(void **s) { (void)s;
    for (int fill = 1; fill < 'a'; fill += 'a' - 2) {                      /* all escapes, and none */
        pn_doc doc = long_doc(fill);
        sink to = { .answer = PN_OK };
        long calls = 0;
        assert_int_equal(line_of("a", &doc, &(pn_tick){ count_calls, &calls }, &to), PN_OK);
        assert_true(calls >= 100 && to.pieces >= 30 && to.longest <= PN_JSON_PIECE + (64 << 10));
        assert_int_equal(to.all.len, sizeof long_text * (fill == 1 ? 6 : 1) + strlen("{\"id\": \"a\", \"body\": \"\"}\n"));
        pn_buf_fini(&to.all);
        to = (sink){ .answer = PN_OK };
        calls = 50;
        assert_int_equal(line_of("a", &doc, &(pn_tick){ stop_at, &calls }, &to), PN_EINTR);
        assert_true(to.all.len < (8 << 20) && calls == 0);
        pn_buf_fini(&to.all);
    }
}

static void a_long_field_of_others_asks_whether_to_stop(void **s) { (void)s;
    pn_buf extra = { 0 }, out = { 0 };
    long calls = 0;
    for (int i = 0; i < 400000; i++) pn_buf_printf(&extra, "%s%d", i ? "," : "{\"a\":[", i % 10);
    pn_buf_put(&extra, "]}", 2);
    assert_int_equal(members_of(pn_buf_bytes(&extra), &(pn_tick){ count_calls, &calls }, &out), PN_OK);
    assert_true(calls >= 10);
    calls = 3;
    assert_int_equal(members_of(pn_buf_bytes(&extra), &(pn_tick){ stop_at, &calls }, &out), PN_EINTR);
    pn_buf_fini(&extra);
    pn_buf_fini(&out);
}

static void who_takes_no_more_ends_the_line_with_his_status(void **s) { (void)s;
    pn_doc doc = long_doc('x');
    sink to = { .answer = PN_EIO };
    assert_int_equal(line_of("a", &doc, NULL, &to), PN_EIO);
    assert_int_equal(to.pieces, 1);
    pn_buf_fini(&to.all);
}

static void every_failing_allocation_is_a_status_and_leaks_nothing(void **s) { (void)s;
    pn_doc doc = full_doc();
    doc.extra = pn_bytes_cstr(nested);
    pn_status rc = PN_ENOMEM;
    int64_t before = pn_live();
    for (long n = 1; rc == PN_ENOMEM; n++) {
        sink to = { .answer = PN_OK };
        oom_arm(n);
        rc = line_of("a", &doc, NULL, &to);
        oom_off();
        pn_buf_fini(&to.all);
        assert_int_equal(pn_live(), before);
        assert_true(n < 9 ? rc == PN_ENOMEM : n < 100);
    }
    assert_int_equal(rc, PN_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_escaped_only_where_JSON_wants_it),
        cmocka_unit_test(a_number_has_as_few_digits_as_tell_it_from_others),
        cmocka_unit_test(an_object_is_written_anew_with_each_name_once),
        cmocka_unit_test(what_is_no_object_is_damage),
        cmocka_unit_test(many_members_of_one_name_take_no_long_time),
        cmocka_unit_test(a_line_has_the_fields_in_their_order_and_no_empty_one),
        cmocka_unit_test(a_date_is_written_as_far_as_it_was_printed),
        cmocka_unit_test(a_long_article_leaves_in_pieces_and_asks_whether_to_stop),
        cmocka_unit_test(a_long_field_of_others_asks_whether_to_stop),
        cmocka_unit_test(who_takes_no_more_ends_the_line_with_his_status),
        cmocka_unit_test(every_failing_allocation_is_a_status_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
