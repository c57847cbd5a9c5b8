/* The JSON reader: what it accepts, what it refuses and where, and what its events carry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "base/pn_alloc.h"
#include "parse/pn_json.h"

static pn_bytes text_of(const char *s) { return pn_bytes_cstr(s); }

/* Reads a copy of exactly the length of the text, so that a step too far is seen. */
static bool is_valid(pn_bytes text) {
    uint8_t *exact = malloc(text.len ? text.len : 1);
    assert_non_null(exact);
    memcpy(exact, text.ptr, text.len);
    bool valid = pn_json_is_valid(pn_bytes_of(exact, text.len));
    free(exact);
    return valid;
}
static void assert_valid(const char *s) { if (!is_valid(text_of(s))) fail_msg("refused: %s", s); }
static void assert_invalid(const char *s) { if (is_valid(text_of(s))) fail_msg("accepted: %s", s); }

/* Reads to the mistake and says where it is. */
static void assert_error_at(const char *s, size_t at, const char *why) {
    pn_arena arena = { 0 };
    pn_json j;
    pn_json_init(&j, text_of(s), &arena);
    pn_json_event e;
    do e = pn_json_next(&j);
    while (e != PN_JSON_END && e != PN_JSON_ERROR);
    assert_int_equal(e, PN_JSON_ERROR);
    assert_string_equal(j.error, why);
    assert_int_equal(j.error_at, at);
    assert_int_equal(pn_json_next(&j), PN_JSON_ERROR);
    pn_arena_fini(&arena);
}

/* The text of a JSON string. */
static void assert_string_is(const char *json, const char *want, size_t len) {
    pn_arena arena = { 0 };
    pn_json j;
    pn_json_init(&j, text_of(json), &arena);
    assert_int_equal(pn_json_next(&j), PN_JSON_STRING);
    assert_int_equal(j.text.len, len);
    assert_memory_equal(j.text.ptr, want, len);
    assert_int_equal(pn_json_next(&j), PN_JSON_END);
    pn_arena_fini(&arena);
}

static void events_come_in_the_order_of_the_text(void **s) {
    (void)s;
    static const pn_json_event want[] = {
        PN_JSON_OBJECT, PN_JSON_KEY, PN_JSON_ARRAY, PN_JSON_NUMBER, PN_JSON_TRUE, PN_JSON_FALSE, PN_JSON_NULL,
        PN_JSON_ARRAY_END, PN_JSON_KEY, PN_JSON_OBJECT, PN_JSON_OBJECT_END, PN_JSON_KEY, PN_JSON_STRING, PN_JSON_OBJECT_END,
        PN_JSON_END, PN_JSON_END
    };
    pn_json j;
    pn_json_init(&j, text_of(" { \"a\" : [ 1 , true,false ,null ] , \"b\":{ }, \"c\":\"x\" } \r\n\t"), NULL);
    for (size_t i = 0; i < PN_COUNT(want); i++) assert_int_equal(pn_json_next(&j), want[i]);
}

static void keys_strings_and_numbers_carry_their_text(void **s) {
    (void)s;
    pn_json j;
    pn_json_init(&j, text_of("{\"key\":-1.50e+07}"), NULL);
    assert_int_equal(pn_json_next(&j), PN_JSON_OBJECT);
    assert_int_equal(pn_json_next(&j), PN_JSON_KEY);
    assert_true(pn_bytes_equal(j.text, PN_BYTES_LIT("key")));
    assert_int_equal(pn_json_next(&j), PN_JSON_NUMBER);
    assert_true(pn_bytes_equal(j.text, PN_BYTES_LIT("-1.50e+07")));
}

static void strings_without_escapes_are_borrowed(void **s) {
    (void)s;
    pn_arena arena = { 0 };
    pn_bytes text = PN_BYTES_LIT("\"Seoul\"");
    pn_json j;
    pn_json_init(&j, text, &arena);
    assert_int_equal(pn_json_next(&j), PN_JSON_STRING);
    assert_ptr_equal(j.text.ptr, text.ptr + 1);
    assert_int_equal(arena.used, 0);
}

static void escapes_are_undone(void **s) {
    (void)s;
    assert_string_is("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8);
    assert_string_is("\"a\\u00e9b\\u4E2dc\\u0041\"", "a\xC3\xA9" "b\xE4\xB8\xAD" "cA", 9);
    assert_string_is("\"\\ud83d\\ude00!\"", "\xF0\x9F\x98\x80!", 5);
    assert_string_is("\"\\uDBFF\\uDFFF\"", "\xF4\x8F\xBF\xBF", 4);
    assert_string_is("\"a\\u0000b\"", "a\0b", 3);
    assert_string_is("\"\"", "", 0);
}

static void without_an_arena_strings_stay_as_written(void **s) {
    (void)s;
    pn_json j;
    pn_json_init(&j, text_of("\"a\\nb\""), NULL);
    assert_int_equal(pn_json_next(&j), PN_JSON_STRING);
    assert_true(pn_bytes_equal(j.text, PN_BYTES_LIT("a\\nb")));
}

static void half_surrogates_are_refused(void **s) {
    (void)s;
    assert_invalid("\"\\ud83d\"");
    assert_invalid("\"\\ude00\"");
    assert_invalid("\"\\ud83dx\\ude00\"");
    assert_invalid("\"\\ud83d\\u0041\"");
    assert_invalid("\"\\ud83d\\ud83d\"");
    assert_invalid("\"\\ud83d\\u\"");
}

static void a_mistake_is_named_with_its_place(void **s) {
    (void)s;
    assert_error_at("", 0, "the text ends where a value should be");
    assert_error_at("  ", 2, "the text ends where a value should be");
    assert_error_at("[1,]", 3, "not a JSON value");
    assert_error_at("[1 2]", 3, "a comma or the end of the group should be here");
    assert_error_at("[1", 2, "the text ends inside an object or a list");
    assert_error_at("{\"a\" 1}", 5, "a colon should be here");
    assert_error_at("{a:1}", 1, "a key in quotes should be here");
    assert_error_at("{\"a\":1,}", 7, "a key in quotes should be here");
    assert_error_at("[1}", 2, "a comma or the end of the group should be here");
    assert_error_at("\"abc", 4, "a string without its end");
    assert_error_at("\"a\nb\"", 2, "a control character in a string");
    assert_error_at("\"ab\\x\"", 3, "an invalid escape in a string");
    assert_error_at("\"ab\\u12G4\"", 3, "an invalid escape in a string");
    assert_error_at("\"ab\xFF" "cd\"", 3, "a string that is not UTF-8");
    assert_error_at("nul", 0, "not a JSON value");
    assert_error_at("-x", 1, "a number that lacks a digit");
    assert_error_at("1.", 2, "a number that lacks a digit");
    assert_error_at("1e+", 3, "a number that lacks a digit");
    assert_error_at("{} {}", 3, "more text behind the value");
    assert_error_at("\xEF\xBB\xBF{}", 0, "not a JSON value");
}

static void numbers_follow_the_grammar(void **s) {
    (void)s;
    static const char *const good[] = { "0", "-0", "1", "10", "0.5", "-1.25", "1e5", "1E-5", "0e0", "123456789012345678901234567890", "1e999" };
    static const char *const bad[] = { "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "1_0", "--1", "1.e5", "NaN", "Infinity", "1a" };
    for (size_t i = 0; i < PN_COUNT(good); i++) assert_valid(good[i]);
    for (size_t i = 0; i < PN_COUNT(bad); i++) assert_invalid(bad[i]);
}

static void every_place_in_a_string_is_looked_at(void **s) {
    (void)s;
    char text[64];
    for (size_t len = 0; len <= 40; len++) {                 /* around the eight bytes that are looked at in one step */
        memset(text, 'x', sizeof text);
        text[0] = text[len + 1] = '"';
        text[len + 2] = 0;
        assert_valid(text);
        for (size_t i = 1; i <= len; i++) {
            for (int c = 1; c < 0x20; c += 6) { text[i] = (char)c; assert_invalid(text); }
            text[i] = '"'; assert_invalid(text);
            text[i] = '\\'; assert_invalid(text);
            text[i] = (char)0x80; assert_invalid(text);
            text[i] = (char)0x7F; assert_valid(text);
            text[i] = ' '; assert_valid(text);
            text[i] = '!'; assert_valid(text);
            text[i] = '#'; assert_valid(text);
            text[i] = 'x';
        }
    }
}

/* `n` opening and `n` closing marks of arrays (or of objects that hold each other). */
static bool is_nesting_valid(size_t n, bool objects) {
    size_t step = objects ? 5 : 1, len = 0;
    char *text = malloc(n * (step + 1) + 2);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++) { memcpy(text + len, objects ? "{\"a\":" : "[", step); len += step; }
    if (objects) text[len++] = '1';
    for (size_t i = 0; i < n; i++) text[len++] = objects ? '}' : ']';
    bool valid = is_valid(pn_bytes_of(text, len));
    free(text);
    return valid;
}

static void nesting_ends_at_the_stated_depth(void **s) {
    (void)s;
    static const size_t good[] = { 1, 63, 64, 65, 127, 128, 129, 511, 512 }, bad[] = { 513, 514, 100000 };
    for (size_t i = 0; i < PN_COUNT(good); i++) {
        assert_true(is_nesting_valid(good[i], false));
        assert_true(is_nesting_valid(good[i], true));
    }
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        assert_false(is_nesting_valid(bad[i], false));
        assert_false(is_nesting_valid(bad[i], true));
    }
}

static void brackets_must_match_at_every_depth(void **s) {
    (void)s;
    assert_valid("[{\"a\":[{}]},[]]");
    assert_invalid("[{\"a\":[{]}]");
    assert_invalid("{\"a\":[}");
    assert_invalid("]");
    assert_invalid("[[]");
    assert_invalid("[]]");
}

static void skipping_gives_the_value_as_written(void **s) {
    (void)s;
    pn_json j;
    pn_bytes raw;
    pn_arena arena = { 0 };
    pn_json_init(&j, text_of("{\"a\": {\"x\" : [1, \"\\n\"]} ,\"b\" :\t7 , \"c\":[[],{}]}"), &arena);
    assert_int_equal(pn_json_next(&j), PN_JSON_OBJECT);
    assert_int_equal(pn_json_next(&j), PN_JSON_KEY);
    assert_true(pn_json_skip(&j, PN_JSON_KEY, &raw));
    assert_true(pn_bytes_equal(raw, PN_BYTES_LIT("{\"x\" : [1, \"\\n\"]}")));
    assert_int_equal(pn_json_next(&j), PN_JSON_KEY);
    assert_true(pn_json_skip(&j, PN_JSON_KEY, &raw));
    assert_true(pn_bytes_equal(raw, PN_BYTES_LIT("7")));
    assert_int_equal(pn_json_next(&j), PN_JSON_KEY);
    assert_int_equal(pn_json_next(&j), PN_JSON_ARRAY);
    assert_true(pn_json_skip(&j, PN_JSON_ARRAY, &raw));
    assert_true(pn_bytes_equal(raw, PN_BYTES_LIT("[[],{}]")));
    assert_int_equal(pn_json_next(&j), PN_JSON_OBJECT_END);
    assert_int_equal(pn_json_next(&j), PN_JSON_END);
    assert_int_equal(arena.used, 0);
}

static void skipping_is_as_strict_as_reading(void **s) {
    (void)s;
    static const char *const bad[] = { "{\"a\":[1,]}", "{\"a\":\"\\q\"}", "{\"a\":\"\xC0\x80\"}", "{\"a\":", "{\"a\":[" };
    for (size_t i = 0; i < PN_COUNT(bad); i++) {
        pn_json j;
        pn_bytes raw;
        pn_json_init(&j, text_of(bad[i]), NULL);
        assert_int_equal(pn_json_next(&j), PN_JSON_OBJECT);
        assert_int_equal(pn_json_next(&j), PN_JSON_KEY);
        assert_false(pn_json_skip(&j, PN_JSON_KEY, &raw));
        assert_int_equal(pn_json_next(&j), PN_JSON_ERROR);
    }
}

/* --- memory */

typedef struct { size_t left; } failing;

static void *failing_realloc(void *ctx, void *p, size_t n) {
    failing *f = ctx;
    if (n == 0) { free(p); return NULL; }
    if (f->left-- == 0) return NULL;
    return realloc(p, n);
}

static void memory_that_runs_out_is_said_and_not_taken_for_a_mistake(void **s) {
    (void)s;
    int64_t before = pn_live();
    failing f = { 0 };
    pn_alloc_set_for_tests(&(pn_alloc){ failing_realloc, &f });
    pn_arena arena = { 0 };
    pn_json j;
    pn_json_init(&j, text_of("[\"a\\nb\"]"), &arena);
    assert_int_equal(pn_json_next(&j), PN_JSON_ARRAY);
    assert_int_equal(pn_json_next(&j), PN_JSON_ERROR);
    assert_true(j.no_memory);
    pn_arena_fini(&arena);
    pn_alloc_set_for_tests(NULL);
    assert_int_equal(pn_live(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_in_the_order_of_the_text),
        cmocka_unit_test(keys_strings_and_numbers_carry_their_text),
        cmocka_unit_test(strings_without_escapes_are_borrowed),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(without_an_arena_strings_stay_as_written),
        cmocka_unit_test(half_surrogates_are_refused),
        cmocka_unit_test(a_mistake_is_named_with_its_place),
        cmocka_unit_test(numbers_follow_the_grammar),
        cmocka_unit_test(every_place_in_a_string_is_looked_at),
        cmocka_unit_test(nesting_ends_at_the_stated_depth),
        cmocka_unit_test(brackets_must_match_at_every_depth),
        cmocka_unit_test(skipping_gives_the_value_as_written),
        cmocka_unit_test(skipping_is_as_strict_as_reading),
        cmocka_unit_test(memory_that_runs_out_is_said_and_not_taken_for_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
