#include "unit.h"
#include "oom.h"
#include "text/pn_charset.h"
#include "text/pn_lines.h"
#include "text/pn_utf8.h"

static pn_text_report report;
static char got[4096];

/* The cleaned text of n bytes; `report` says what was done. */
static const char *clean_n(const char *raw, size_t n) {
    pn_buf out = { 0 };
    assert_int_equal(pn_text_clean(&out, pn_bytes_of(raw, n), NULL, &report, NULL), PN_OK);
    assert_true(pn_utf8_is_valid(pn_buf_bytes(&out)));
    assert_true(out.len < sizeof got);
    if (out.len) memcpy(got, out.ptr, out.len);
    got[out.len] = 0;
    assert_int_equal(strlen(got), out.len);
    pn_buf_fini(&out);
    return got;
}
static bool is_clean(pn_bytes raw) {
    bool yes;
    assert_int_equal(pn_text_is_clean(raw, NULL, &yes, NULL), PN_OK);
    return yes;
}
static const char *clean(const char *raw) { return clean_n(raw, strlen(raw)); }

static void clean_text_is_left_alone_and_nothing_is_reported(void **state) {
    (void)state;
    static const char *const CLEAN[] = { "", "a", "plain\ntext\n", "caf\xC3\xA9 \xE2\x80\x9Cquoted\xE2\x80\x9D", "\xE6\x97\xA5\xE6\x9C\xAC", "a\fb\x1E" };
    pn_text_report nothing = { 0 };
    for (size_t i = 0; i < PN_COUNT(CLEAN); i++) {
        assert_true(is_clean(pn_bytes_cstr(CLEAN[i])));
        assert_string_equal(clean(CLEAN[i]), CLEAN[i]);
        assert_memory_equal(&report, &nothing, sizeof report);
    }
    assert_true(is_clean(PN_BYTES_NONE));
}

static void a_byte_order_mark_is_removed(void **state) {
    (void)state;
    assert_string_equal(clean("\xEF\xBB\xBFhello"), "hello");
    assert_true(report.bom);
    assert_string_equal(clean("\xEF\xBB\xBF"), "");
    assert_true(report.bom);
    assert_false(is_clean(pn_bytes_cstr("\xEF\xBB\xBFhello")));
}

static void every_kind_of_line_end_becomes_lf(void **state) {
    (void)state;
    assert_string_equal(clean("a\r\nb\rc\nd\r"), "a\nb\nc\nd\n");
    assert_true(report.crlf);
    assert_string_equal(clean("a\r\r\n\nb"), "a\n\n\nb");
}

static void nul_bytes_are_dropped_and_counted(void **state) {
    (void)state;
    assert_string_equal(clean_n("a\0b\0\0\nc\0", 8), "ab\nc");
    assert_int_equal(report.nul, 4);
    assert_false(report.not_utf8);
}

static void utf16_of_both_orders_is_decoded(void **state) {
    (void)state;
    assert_string_equal(clean_n("\xFF\xFEh\0\xE9\0\n\0=\xD8\x00\xDE", 12), "h\xC3\xA9\n\xF0\x9F\x98\x80");
    assert_true(report.utf16);
    assert_false(report.bom || report.cut_short);
    assert_string_equal(clean_n("\xFE\xFF\0h\0\xE9", 6), "h\xC3\xA9");
    assert_true(report.utf16);
}

static void half_a_pair_of_surrogates_becomes_a_replacement_character(void **state) {
    (void)state;
    assert_string_equal(clean_n("\xFE\xFF\0a\0\n\xD8=\0b\xDE\x00", 12), "a\n\xEF\xBF\xBD" "b\xEF\xBF\xBD");
    assert_int_equal(report.replacement_line, 2);
    assert_string_equal(clean_n("\xFE\xFF\xD8=", 4), "\xEF\xBF\xBD");
}

static void an_odd_byte_at_the_end_of_utf16_is_a_cut(void **state) {
    (void)state;
    assert_string_equal(clean_n("\xFF\xFEh\0i", 5), "h");
    assert_true(report.cut_short);
}

static void lines_that_are_not_utf8_are_read_as_windows_1252_and_the_others_stay(void **state) {
    (void)state;
    assert_string_equal(clean("caf\xC3\xA9\ncaf\xE9 \x93x\x94 \x80\nna\xC3\xAFve"),
                        "caf\xC3\xA9\ncaf\xC3\xA9 \xE2\x80\x9Cx\xE2\x80\x9D \xE2\x82\xAC\nna\xC3\xAFve");
    assert_true(report.not_utf8);
    assert_int_equal(report.not_utf8_line, 2);
    assert_int_equal(report.replacement_line, 0);
}

static void the_five_bytes_without_meaning_become_replacement_characters(void **state) {
    (void)state;
    static const unsigned char HOLES[] = { 0x81, 0x8D, 0x8F, 0x90, 0x9D };
    for (size_t i = 0; i < PN_COUNT(HOLES); i++) {
        char raw[] = { 'x', '\n', (char)HOLES[i], 'y', 0 };
        assert_string_equal(clean(raw), "x\n\xEF\xBF\xBDy");
        assert_int_equal(report.replacement_line, 2);
    }
}

static void every_single_byte_gives_valid_utf8(void **state) {
    (void)state;
    for (int b = 1; b < 256; b++) {
        char raw[] = { 'a', (char)b, 'z', 0 };
        assert_true(strlen(clean(raw)) >= 3);
        assert_int_equal(report.not_utf8, b >= 0x80);
    }
}

static void a_character_cut_off_at_the_end_is_dropped_where_the_rest_shows_utf8(void **state) {
    (void)state;
    assert_string_equal(clean("\xC3\xA9t\xC3"), "\xC3\xA9t");
    assert_true(report.cut_short);
    assert_false(report.not_utf8);
    assert_string_equal(clean("\xC3\xA9t\xE2\x80"), "\xC3\xA9t");
    assert_string_equal(clean("\xC3\xA9t\xF0\x9F\x98"), "\xC3\xA9t");
    assert_string_equal(clean("caf\xE9"), "caf\xC3\xA9");          /* nothing shows UTF-8: windows-1252 */
    assert_false(report.cut_short);
    assert_true(report.not_utf8);
}

static void mojibake_is_repaired_line_by_line(void **state) {
    (void)state;
    assert_string_equal(clean("it\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s\ncaf\xC3\xA9\ncaf\xC3\x83\xC2\xA9"), "it\xE2\x80\x99s\ncaf\xC3\xA9\ncaf\xC3\xA9");
    assert_int_equal(report.mojibake_lines, 2);
    assert_false(report.mojibake_suspected);
    assert_string_equal(clean("\xC3\xA2\xE2\x82\xAC\xC2\x9D"), "\xE2\x80\x9D");        /* a byte without meaning, kept by the first decoder */
    assert_int_equal(report.mojibake_lines, 1);
}

static void a_line_where_the_round_trip_fails_is_kept_and_suspected(void **state) {
    (void)state;
    const char *mixed = "caf\xC3\x83\xC2\xA9 and caf\xC3\xA9";      /* the second one is right already */
    assert_string_equal(clean(mixed), mixed);
    assert_int_equal(report.mojibake_lines, 0);
    assert_true(report.mojibake_suspected);
    const char *foreign = "\xE6\x97\xA5 caf\xC3\x83\xC2\xA9";
    assert_string_equal(clean(foreign), foreign);
    assert_true(report.mojibake_suspected);
}

static void accented_letters_alone_are_no_signs(void **state) {
    (void)state;
    static const char *const FINE[] = { "\xC3\xA2", "\xC3\x82", "\xC3\x83", "\xC3\xA2ge", "P\xC3\x83O", "\xC3\x82nimo", "\xC3\xA2\xE2\x82\xAC", "\xC3\xA2\xE2\x82\xAC." };
    for (size_t i = 0; i < PN_COUNT(FINE); i++) assert_true(is_clean(pn_bytes_cstr(FINE[i])));
}

static void replacement_characters_are_kept_and_their_line_is_named(void **state) {
    (void)state;
    assert_string_equal(clean("a\nb \xEF\xBF\xBD\n\xEF\xBF\xBD"), "a\nb \xEF\xBF\xBD\n\xEF\xBF\xBD");
    assert_int_equal(report.replacement_line, 2);
    assert_true(is_clean(pn_bytes_cstr("\xEF\xBC\x8C full width, \xEF\xBF\xA5")));
}

static void the_text_is_appended(void **state) {
    (void)state;
    pn_buf out = { 0 };
    pn_buf_put(&out, "kept ", 5);
    assert_int_equal(pn_text_clean(&out, pn_bytes_cstr("x\r\n"), NULL, &report, NULL), PN_OK);
    assert_int_equal(out.len, 7);
    assert_memory_equal(out.ptr, "kept x\n", 7);
    pn_buf_fini(&out);
}

/* Random bytes with a liking for what matters; a fixed seed. */
static uint32_t random_state;
static uint32_t roll(uint32_t n) { random_state = random_state * 1664525u + 1013904223u; return (random_state >> 8) % n; }
static size_t random_bytes(uint8_t *out, size_t cap) {
    static const char SOME[] = "\r\n\f\x1E\xC3\xA2\xE2\x82\xAC\x84\xA2\xEF\xBF\xBD\xBB ab";
    size_t n = roll((uint32_t)cap);
    for (size_t i = 0; i < n; i++) out[i] = roll(4) ? (uint8_t)SOME[roll(sizeof SOME)] : (uint8_t)roll(256);
    return n;
}

static void any_bytes_give_valid_text_with_the_same_lines(void **state) {
    (void)state;
    random_state = 7;
    for (int round = 0; round < 20000; round++) {
        uint8_t raw[48];
        pn_bytes in = pn_bytes_of(raw, random_bytes(raw, sizeof raw)), line;
        pn_buf out = { 0 };
        assert_int_equal(pn_text_clean(&out, in, NULL, &report, NULL), PN_OK);
        pn_bytes text = pn_buf_bytes(&out);
        assert_true(pn_utf8_is_valid(text));
        assert_true(text.len == 0 || (!memchr(text.ptr, 0, text.len) && !memchr(text.ptr, '\r', text.len)));
        if (!report.utf16 && !report.bom && !report.cut_short) {
            pn_lines a, b;
            pn_lines_init(&a, in);
            pn_lines_init(&b, text);
            while (pn_lines_next(&a, &line)) {
                bool more = pn_lines_next(&b, &line);
                assert_true(more || (a.ended_by == 0 && b.p == b.end));         /* a last line of NUL alone is gone */
                if (more) assert_int_equal(a.ended_by == '\r' ? '\n' : a.ended_by, b.ended_by);
            }
            assert_false(pn_lines_next(&b, &line));
        }
        pn_buf_fini(&out);
    }
}

static void memory_that_runs_out_is_a_status_and_nothing_leaks(void **state) {
    (void)state;
    static const char *const INPUTS[] = { "plain", "\xFF\xFEh\0i\0", "it\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s\r\nb", "caf\xE9" };
    int64_t before = pn_live();
    for (size_t i = 0; i < PN_COUNT(INPUTS); i++) {
        long n = 1;
        for (;; n++) {
            pn_buf out = { 0 };
            oom_arm(n);
            pn_status rc = pn_text_clean(&out, pn_bytes_of(INPUTS[i], i == 1 ? 6 : strlen(INPUTS[i])), NULL, &report, NULL);
            bool met = oom_met();
            oom_off();
            assert_int_equal(rc, met ? PN_ENOMEM : PN_OK);
            pn_buf_fini(&out);
            assert_int_equal(pn_live(), before);
            if (!met) break;
        }
        assert_true(n > 1);
    }
}

/* What a piece ends with may belong to the next one: long runs of characters of all lengths, at every offset. */
static void a_long_line_is_read_as_a_short_one_is(void **state) {
    (void)state;
    static const char *const SIGN[] = { "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2", "\xEF\xBF\xBD" };
    enum { LONG = 1 << 17 };
    static char raw[LONG + 16];
    for (size_t i = 0; i < PN_COUNT(SIGN); i++) {
        size_t n = strlen(SIGN[i]);
        for (size_t at = (1 << 16) - 8; at < (1 << 16) + 8; at++) {
            memset(raw, 'a', LONG);
            memcpy(raw + at, SIGN[i], n);
            pn_buf out = { 0 };
            assert_int_equal(is_clean(pn_bytes_of(raw, LONG)), i < 3);
            assert_int_equal(pn_text_clean(&out, pn_bytes_of(raw, LONG), NULL, &report, NULL), PN_OK);
            assert_false(report.not_utf8);
            assert_int_equal(report.mojibake_lines, i == 3);
            assert_int_equal(report.replacement_line, i == 4);
            pn_buf_fini(&out);
        }
    }
}

static int count_polls(void *arg) { return --*(long *)arg == 0; }

/* Whatever the text is: one line or many, of characters or of windows-1252, or UTF-16. */
static void cleaning_asks_every_64_KiB_whether_to_stop(void **state) {
    (void)state;
    static const char *const UNIT[] = { "a", "abcdef\r\n", "\n", "\xC3\xA9", "\xE9 ", "\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2", "a\0" };
    enum { LONG = 1 << 22 };
    char *raw = malloc(LONG + 2);
    for (size_t i = 0; i < PN_COUNT(UNIT); i++) {
        size_t n = i == 6 ? 2 : strlen(UNIT[i]), len = 2;
        memcpy(raw, i == 6 ? "\xFF\xFE" : "\0\0", 2);
        for (; len + n <= LONG; len += n) memcpy(raw + len, UNIT[i], n);
        long left = LONG;
        pn_tick tick = { count_polls, &left };
        pn_buf out = { 0 };
        pn_error err = { 0 };
        assert_int_equal(pn_text_clean(&out, pn_bytes_of(raw, len), &tick, &report, &err), PN_OK);
        long polls = LONG - left;
        assert_true(polls >= LONG / 65536);
        for (left = polls; left > 0; left = polls = polls / 3) {
            pn_buf_clear(&out);
            assert_int_equal(pn_text_clean(&out, pn_bytes_of(raw, len), &tick, &report, &err), PN_EINTR);
        }
        bool yes;
        left = 1;
        assert_int_equal(pn_text_is_clean(pn_bytes_of(raw + 2, len - 2), &tick, &yes, &err), PN_EINTR);
        pn_buf_fini(&out);
    }
    free(raw);
}

/* ---- lines */

static void expect_lines(const char *text, const char *const *want, size_t n) {
    pn_lines it;
    pn_bytes line;
    pn_lines_init(&it, pn_bytes_cstr(text));
    for (size_t i = 0; i < n; i++) {
        assert_true(pn_lines_next(&it, &line));
        assert_true(pn_bytes_equal(line, pn_bytes_cstr(want[i])));
    }
    assert_false(pn_lines_next(&it, &line));
    assert_false(pn_lines_next(&it, &line));
}

static void lines_end_at_lf_cr_crlf_form_feed_and_record_separator(void **state) {
    (void)state;
    expect_lines("a\nb\rc\r\nd\fe\x1E" "f", (const char *const[]){ "a", "b", "c", "d", "e", "f" }, 6);
    expect_lines("\n\r\n\f", (const char *const[]){ "", "", "" }, 3);
    expect_lines("a\n", (const char *const[]){ "a" }, 1);
    expect_lines("\r", (const char *const[]){ "" }, 1);
    expect_lines("", NULL, 0);
}

static void the_lines_of_nothing_are_none(void **state) {
    (void)state;
    pn_lines it;
    pn_bytes line;
    pn_lines_init(&it, PN_BYTES_NONE);
    assert_false(pn_lines_next(&it, &line));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_text_is_left_alone_and_nothing_is_reported),
        cmocka_unit_test(a_byte_order_mark_is_removed),
        cmocka_unit_test(every_kind_of_line_end_becomes_lf),
        cmocka_unit_test(nul_bytes_are_dropped_and_counted),
        cmocka_unit_test(utf16_of_both_orders_is_decoded),
        cmocka_unit_test(half_a_pair_of_surrogates_becomes_a_replacement_character),
        cmocka_unit_test(an_odd_byte_at_the_end_of_utf16_is_a_cut),
        cmocka_unit_test(lines_that_are_not_utf8_are_read_as_windows_1252_and_the_others_stay),
        cmocka_unit_test(the_five_bytes_without_meaning_become_replacement_characters),
        cmocka_unit_test(every_single_byte_gives_valid_utf8),
        cmocka_unit_test(a_character_cut_off_at_the_end_is_dropped_where_the_rest_shows_utf8),
        cmocka_unit_test(mojibake_is_repaired_line_by_line),
        cmocka_unit_test(a_line_where_the_round_trip_fails_is_kept_and_suspected),
        cmocka_unit_test(accented_letters_alone_are_no_signs),
        cmocka_unit_test(replacement_characters_are_kept_and_their_line_is_named),
        cmocka_unit_test(the_text_is_appended),
        cmocka_unit_test(any_bytes_give_valid_text_with_the_same_lines),
        cmocka_unit_test(memory_that_runs_out_is_a_status_and_nothing_leaks),
        cmocka_unit_test(a_long_line_is_read_as_a_short_one_is),
        cmocka_unit_test(cleaning_asks_every_64_KiB_whether_to_stop),
        cmocka_unit_test(lines_end_at_lf_cr_crlf_form_feed_and_record_separator),
        cmocka_unit_test(the_lines_of_nothing_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
