/* Sentences about text/pn_fold.h.  The files of the Unicode Character Database are used where a system has them. */
#include "text/pn_fold.h"
#include "oom.h"
#include "text/pn_unicode_tables.h"
#include "text/pn_utf8.h"
#include "unit.h"
#include <stdio.h>

typedef void folder(pn_buf *out, pn_bytes s);

static void check(folder *f, const char *in, const char *want) {
    pn_buf out = { 0 }, again = { 0 };
    f(&out, pn_bytes_cstr(in));
    assert_int_equal(out.rc, PN_OK);
    assert_int_equal(out.len, strlen(want));
    assert_memory_equal(out.ptr ? (const char *)out.ptr : "", want, out.len);
    f(&again, pn_buf_bytes(&out));
    assert_true(pn_bytes_equal(pn_buf_bytes(&again), pn_buf_bytes(&out)));
    pn_buf_fini(&out);
    pn_buf_fini(&again);
}

static void case_goes_and_accents_stay(void **state) {
    (void)state;
    check(pn_fold_name, "Économie", "économie");
    check(pn_fold_name, "E\u0301CONOMIE", "économie");
    check(pn_fold_name, "Straße", "strasse");
    check(pn_fold_name, "ΟΔΟΣ ὁδός", "οδοσ ὁδόσ");
    check(pn_fold_name, "Москва ЙОД", "москва йод");
}

static void compatibility_forms_become_plain(void **state) {
    (void)state;
    check(pn_fold_name, "Ｂｉｔｃｏｉｎ　２０２０", "bitcoin 2020");
    check(pn_fold_name, "ﬁnance ① ™", "finance 1 tm");
    check(pn_fold_name, "ｶﾞｯｺｳ", "ガッコウ");
    check(pn_fold_name, "\u1112\u1161\u11ab", "한");
}

static void quotes_become_straight(void **state) {
    (void)state;
    check(pn_fold_name, "O’Brien ‘a’ “b” „c‟", "o'brien 'a' \"b\" \"c\"");
}

static void blanks_are_one_and_none_at_the_ends(void **state) {
    (void)state;
    check(pn_fold_name, " \t a\u00a0\u2003 b\r\n c \n", "a b c");
    check(pn_fold_name, " \n\u3000", "");
    check(pn_fold_name, "", "");
    check(pn_fold_name, NULL, "");
    check(pn_fold_name, "´", "\u0301");
}

static void the_iota_below_folds_to_a_letter_after_the_other_marks(void **state) {
    (void)state;
    check(pn_fold_name, "ᾳ", "αι");
    check(pn_fold_name, "ᾴ", "άι");
    check(pn_fold_name, "α\u0345\u0301", "άι");
    check(pn_fold_name, "ᾳ\u0301", "άι");
}

static void only_titles_lose_zero_width_characters(void **state) {
    (void)state;
    check(pn_fold_name, "a\u200bb", "a\u200bb");
    check(pn_fold_title, "a\u200bb\ufeff", "ab");
    check(pn_fold_title, "\u200b a \u200b b \u200b", "a b");
    check(pn_fold_title, "e\u200d\u0301", "é");
    check(pn_fold_title, "\u200b\ufeff", "");
}

static void the_key_is_appended(void **state) {
    (void)state;
    pn_buf out = { 0 };
    pn_fold_name(&out, PN_BYTES_LIT("A"));
    pn_fold_name(&out, PN_BYTES_LIT(" B"));
    assert_int_equal(out.len, 2);
    assert_memory_equal(out.ptr, "ab", 2);
    pn_buf_fini(&out);
}

static void a_heap_of_marks_takes_linear_time_and_is_put_in_order(void **state) {
    (void)state;
    enum { HEAP = 200000 };
    pn_buf in = { 0 }, out = { 0 };
    pn_buf_put(&in, "a", 1);
    for (int i = 0; i < HEAP; i++) pn_buf_put(&in, i % 2 ? "\u0323" : "\u0301", 2);       /* class 230, class 220 */
    pn_fold_name(&out, pn_buf_bytes(&in));
    assert_int_equal(out.rc, PN_OK);
    assert_memory_equal(out.ptr, "ạ\u0323\u0323", 7);
    assert_memory_equal(out.ptr + out.len - 4, "\u0301\u0301", 4);
    assert_int_equal(out.len, 3 + 2 * (HEAP - 1));
    pn_buf_fini(&in);
    pn_buf_fini(&out);
}

static void a_failed_allocation_is_the_buffers_status_and_leaves_nothing(void **state) {
    (void)state;
    int64_t live = pn_live();
    pn_status rc = PN_ENOMEM;
    for (long n = 1; rc != PN_OK; n++) {
        pn_buf out = { 0 };
        oom_arm(n);
        pn_fold_title(&out, PN_BYTES_LIT("E\u0301\u0323\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 ﷺ and a rather long name"));
        rc = out.rc;
        assert_int_equal(rc, oom_met() ? PN_ENOMEM : PN_OK);
        pn_buf_fini(&out);
        assert_int_equal(pn_live(), live);
    }
    oom_off();
}

/* --- against the database */
static FILE *open_database(const char *command) {
    FILE *f = popen(command, "r");
    int c = f ? fgetc(f) : EOF;
    if (c == EOF) {
        if (f) pclose(f);
        print_message("skipped: the Unicode Character Database is not in /usr/share/unicode\n");
        skip();
    }
    ungetc(c, f);
    return f;
}

/* The hexadecimal code points up to `stop`, as UTF-8. */
static char *read_points(char *s, char stop, pn_buf *out) {
    pn_buf_clear(out);
    while (*s && *s != stop) {
        uint8_t u[4];
        char *after;
        uint32_t c = (uint32_t)strtoul(s, &after, 16);
        assert_ptr_not_equal(after, s);
        pn_buf_put(out, u, pn_utf8_encode(c, u));
        for (s = after; *s == ' ';) s++;
    }
    return *s ? s + 1 : s;
}

static void assert_same_name(pn_bytes a, pn_bytes b) {
    pn_buf x = { 0 }, y = { 0 };
    pn_fold_name(&x, a);
    pn_fold_name(&y, b);
    assert_true(pn_bytes_equal(pn_buf_bytes(&x), pn_buf_bytes(&y)));
    pn_buf_fini(&x);
    pn_buf_fini(&y);
}

static void the_tables_are_of_the_version_they_name(void **state) {
    (void)state;
    char line[200];
    FILE *f = open_database("head -1 /usr/share/unicode/CaseFolding.txt 2>/dev/null");
    assert_non_null(fgets(line, sizeof line, f));
    pclose(f);
    if (!strstr(line, "CaseFolding-" PN_UNICODE_VERSION ".txt")) {
        print_message("skipped: the system has another version of the database\n");
        skip();
    }
}

static void every_form_of_the_normalisation_test_has_one_key(void **state) {
    (void)state;
    char line[4096];
    size_t rows = 0;
    pn_buf column[5] = { 0 };
    FILE *f = open_database("bzcat /usr/share/unicode/NormalizationTest.txt.bz2 2>/dev/null");
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#' || line[0] == '@') continue;
        char *s = line;
        for (size_t i = 0; i < 5; i++) s = read_points(s, ';', &column[i]);
        for (size_t i = 1; i < 5; i++) assert_same_name(pn_buf_bytes(&column[0]), pn_buf_bytes(&column[i]));
        rows++;
    }
    pclose(f);
    assert_true(rows > 15000);
    for (size_t i = 0; i < 5; i++) pn_buf_fini(&column[i]);
}

static void every_folding_of_the_database_is_done(void **state) {
    (void)state;
    char line[4096];
    size_t rows = 0;
    pn_buf from = { 0 }, to = { 0 };
    FILE *f = open_database("cat /usr/share/unicode/CaseFolding.txt 2>/dev/null");
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#' || line[0] == '\n') continue;
        char *s = read_points(line, ';', &from);
        if (s[1] != 'C' && s[1] != 'F') continue;
        read_points(s + 4, ';', &to);
        assert_same_name(pn_buf_bytes(&from), pn_buf_bytes(&to));
        rows++;
    }
    pclose(f);
    assert_true(rows > 1400);
    pn_buf_fini(&from);
    pn_buf_fini(&to);
}

static void every_single_character_folds_to_what_folds_no_further(void **state) {
    (void)state;
    pn_buf a = { 0 }, b = { 0 };
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint8_t u[4];
        if (c == 0xd800) c = 0xe000;
        unsigned n = pn_utf8_encode(c, u);
        pn_buf_clear(&a);
        pn_buf_clear(&b);
        pn_fold_name(&a, pn_bytes_of(u, n));
        pn_fold_name(&b, pn_buf_bytes(&a));
        assert_true(pn_bytes_equal(pn_buf_bytes(&a), pn_buf_bytes(&b)));
        assert_true(pn_utf8_is_valid(pn_buf_bytes(&a)));
    }
    pn_buf_fini(&a);
    pn_buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_goes_and_accents_stay),
        cmocka_unit_test(compatibility_forms_become_plain),
        cmocka_unit_test(quotes_become_straight),
        cmocka_unit_test(blanks_are_one_and_none_at_the_ends),
        cmocka_unit_test(the_iota_below_folds_to_a_letter_after_the_other_marks),
        cmocka_unit_test(only_titles_lose_zero_width_characters),
        cmocka_unit_test(the_key_is_appended),
        cmocka_unit_test(a_heap_of_marks_takes_linear_time_and_is_put_in_order),
        cmocka_unit_test(a_failed_allocation_is_the_buffers_status_and_leaves_nothing),
        cmocka_unit_test(the_tables_are_of_the_version_they_name),
        cmocka_unit_test(every_form_of_the_normalisation_test_has_one_key),
        cmocka_unit_test(every_folding_of_the_database_is_done),
        cmocka_unit_test(every_single_character_folds_to_what_folds_no_further),
    };
    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
