/* Regular expressions and approximate words over terms: what they match, what is refused and where, and that time is linear. */
#include "unit.h"
#include <stdio.h>
#include "oom.h"
#include "query/pn_fuzzy.h"
#include "query/pn_regex.h"

static bool run_fits(pn_regex_run *run, const char *term) {
    bool yes;
    assert_int_equal(pn_regex_fits(run, pn_bytes_cstr(term), &yes, NULL), PN_OK);
    return yes;
}

static bool fits(const char *text, const char *term) {
    pn_arena arena = { 0 };
    pn_regex x;
    pn_regex_run run;
    pn_error err = { 0 };
    if (pn_regex_compile(pn_bytes_cstr(text), PN_REGEX_STATES_MAX, &arena, &x, &err) != PN_OK) fail_msg("%s: %s", text, err.msg);
    assert_int_equal(pn_regex_begin(&run, &x, NULL, NULL), PN_OK);
    bool first = run_fits(&run, term), again = run_fits(&run, term);
    assert_int_equal(first, again);
    if (first) assert_true(pn_bytes_starts(pn_bytes_cstr(term), x.prefix));
    pn_regex_end(&run);
    pn_arena_fini(&arena);
    return first;
}

static void an_expression_matches_whole_terms(void **s) {
    (void)s;
    static const struct { const char *text, *yes, *no; } cases[] = {
        { "colou?rs?", "color colours", "colou colourss acolor" }, { "a.c", "abc a\xC3\xA9" "c", "ac abbc" },   { "[abc]x", "ax cx", "dx x abx" },
        { "[^a-c]x", "dx \xE5\x8C\x97x", "ax x" },                 { "(ab)+", "ab abab", "a aba" },              { "a|bc|", "a bc", "b ab" },
        { "(a|b)*c", "c abac", "ab cc" },                          { "a{2}", "aa", "a aaa" },                    { "a{2,}", "aa aaaa", "a" },
        { "a{1,2}b", "ab aab", "b aaab" },                         { "a{0}b", "b", "ab" },                       { "(a{0,2}){2}", "a aaaa", "aaaaa" },
        { "(a*)*b", "b aab", "a" },                                { "((a|b)(c|d))?", "ac bd", "a ab" },         { "c\\+\\+", "c++", "c ccc" },
        { "Caf\xC3\xA9", "cafe", "caf caff" },                     { "stra\xC3\x9F" "e", "strasse", "strase" },  { "\xC3\x9F+", "ss ssss", "s sss" },
        { "[\xC3\x89-\xC3\x89]", "e", "f" },                       { "[A-C]", "a c", "d" },
        { "[x-za-cb-dmf-fe]", "a b d e f m x z", "g l n w" },      { "[^x-za-cb-dm]", "e l n w", "a b d m x z" }, { "[ca-zb]", "a b c z", "1" },
        { "x.*y|z", "xy xaay z", "x xz" },                         { "(a|(b|(c|d)))e", "ae be ce de", "e abe" }, { "\xE5\x8C\x97.", "\xE5\x8C\x97\xE4\xBA\xAC", "\xE5\x8C\x97" } };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        for (int yes = 0; yes < 2; yes++) {
            char copy[64], *rest = copy;
            snprintf(copy, sizeof copy, "%s", yes ? cases[i].yes : cases[i].no);
            for (char *term; (term = strtok_r(rest, " ", &rest)) != NULL;)
                if (fits(cases[i].text, term) != yes) fail_msg("%s and %s", cases[i].text, term);
        }
    }
}

/* Neighbours share what they begin with: in any order of terms the answer is that of a fresh run. */
static void the_terms_before_change_nothing(void **s) {
    (void)s;
    static const char *const terms[] = { "a", "ab", "abc", "abcc", "abd", "abd\xC3\xA9", "abd\xC3\xA8", "b", "", "abc", "zz", "abcab", "ab" };
    static const char *const texts[] = { "ab(c|d)*", "a.*\xC3\xA9|z+", "(ab|abc)(c|ab)?", "[^b]b?", ".*" };
    for (size_t x = 0; x < PN_COUNT(texts); x++) {
        pn_arena arena = { 0 };
        pn_regex regex;
        pn_regex_run run;
        assert_int_equal(pn_regex_compile(pn_bytes_cstr(texts[x]), PN_REGEX_STATES_MAX, &arena, &regex, NULL), PN_OK);
        assert_int_equal(pn_regex_begin(&run, &regex, NULL, NULL), PN_OK);
        for (size_t i = 0; i < PN_COUNT(terms) * PN_COUNT(terms); i++) {
            const char *term = terms[i % 2 ? i % PN_COUNT(terms) : i / PN_COUNT(terms)];
            assert_int_equal(run_fits(&run, term), fits(texts[x], term));
        }
        pn_regex_end(&run);
        pn_arena_fini(&arena);
    }
}

static int count_polls(void *arg) { return ++*(int *)arg == 10; }

/* 250 characters, each of which leads from hundreds of states to hundreds. */
static void one_long_term_can_be_stopped(void **s) {
    (void)s;
    char term[251];
    int polls = 0;
    bool yes;
    pn_arena arena = { 0 };
    pn_regex x;
    pn_regex_run run;
    pn_tick tick = { count_polls, &polls };
    memset(term, 'a', 250);
    term[250] = 0;
    assert_int_equal(pn_regex_compile(PN_BYTES_LIT("([a-cx]?){400}b"), PN_REGEX_STATES_MAX, &arena, &x, NULL), PN_OK);
    assert_int_equal(pn_regex_begin(&run, &x, &tick, NULL), PN_OK);
    assert_int_equal(pn_regex_fits(&run, pn_bytes_cstr(term), &yes, NULL), PN_EINTR);
    assert_int_equal(polls, 10);
    pn_regex_end(&run);
    pn_arena_fini(&arena);
}

static void what_is_empty_may_be_repeated(void **s) {
    (void)s;
    assert_true(fits("(){2}a", "a") && fits("()*(){0,3}", "") && fits("(|a){2}", "aa") && fits("(a{0}){2,}b", "b"));
    assert_false(fits("()+a", ""));
}

static pn_status compile(const char *text, pn_error *err) {
    pn_arena arena = { 0 };
    pn_regex x;
    pn_status rc = pn_regex_compile(pn_bytes_cstr(text), PN_REGEX_STATES_MAX, &arena, &x, err);
    pn_arena_fini(&arena);
    return rc;
}

static void what_is_wrong_is_refused_at_its_place(void **s) {
    (void)s;
    static const struct { const char *text; size_t at; } cases[] = { { "*", 0 }, { "a**", 2 }, { "a|*", 2 }, { "(", 0 }, { "a(b", 1 }, { "a)", 1 }, { "[a", 0 }, { "b[]", 1 }, { "[]-]", 0 }, { "[b-a]", 1 },
        { "a{", 1 }, { "a{x}", 1 }, { "a{2", 1 }, { "a{,2}", 1 }, { "a{3,2}", 1 }, { "a{1000}", 1 }, { "^a", 0 }, { "a$", 1 }, { "a\\", 1 }, { "\\d", 0 }, { "a]", 1 }, { "}", 0 }, { "(?:a)", 1 },
        { "[\xC3\x9F]", 1 }, { "[a-\xC3\x9F]", 3 }, { "a/b", 1 } };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_error err = { 0 };
        pn_status rc = compile(cases[i].text, &err);
        if (rc != PN_ESYNTAX || err.offset != cases[i].at) fail_msg("%s: %s at %d (%s)", cases[i].text, pn_status_name(rc), (int)err.offset, err.msg);
    }
}

static void states_and_depth_have_limits(void **s) {
    (void)s;
    char deep[2 * PN_REGEX_DEPTH_MAX + 8];
    pn_error err = { 0 };
    assert_int_equal(compile("((a{99}){99}){2}", &err), PN_ELIMIT);
    assert_int_equal(compile("(a{99}){99}", &err), PN_OK);
    assert_int_equal(compile("((((((a{9}){9}){9}){9}){9}){9}){9}", &err), PN_ELIMIT);
    for (int n = PN_REGEX_DEPTH_MAX; n <= PN_REGEX_DEPTH_MAX + 1; n++) {
        memset(deep, '(', (size_t)n);
        deep[n] = 'a';
        memset(deep + n + 1, ')', (size_t)n);
        deep[2 * n + 1] = 0;
        assert_int_equal(compile(deep, &err), n <= PN_REGEX_DEPTH_MAX ? PN_OK : PN_ELIMIT);
    }
}

/* Backtracking would take 2^200 steps here. */
static void an_evil_expression_takes_no_longer_than_its_length(void **s) {
    (void)s;
    char term[251];
    memset(term, 'a', sizeof term - 1);
    term[sizeof term - 1] = 0;
    assert_false(fits("(a|a)*(a|aa)*(a*)*b", term));
    assert_false(fits("(((a*)*)*)*b", term));
    assert_true(fits("(a?){200}a{50}", term));
    assert_true(fits("(a|b|ab)*", term));
}

static void compiling_without_memory_is_a_status_and_leaves_nothing(void **s) {
    (void)s;
    int64_t before = pn_live();
    pn_status rc = PN_ENOMEM;
    for (long n = 1; rc == PN_ENOMEM; n++) {
        pn_error err = { 0 };
        oom_arm(n);
        rc = compile("(caf\xC3\xA9|[a-z]{3,9}|x+)*(a|b|c){12}", &err);
        oom_off();
        assert_true(rc == PN_OK || (rc == PN_ENOMEM && err.code == PN_ENOMEM));
        assert_int_equal(pn_live(), before);
    }
}

/* --- approximate words */

static uint32_t brute(const uint8_t *a, uint32_t n, const uint8_t *b, uint32_t m) {
    static uint32_t d[16][16];
    for (uint32_t i = 0; i <= n; i++) {
        for (uint32_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) { d[i][j] = i + j; continue; }
            d[i][j] = PN_MIN(PN_MIN(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = PN_MIN(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n][m];
}

static uint32_t seed = 1;
static uint32_t next(uint32_t n) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static void random_word(uint8_t *letters, uint32_t *n) {
    *n = next(9);
    for (uint32_t i = 0; i < *n; i++) letters[i] = (uint8_t)next(3);
}

/* The same word in letters of one and of three bytes. */
static pn_bytes spelled(const uint8_t *letters, uint32_t n, bool wide, uint8_t *out) {
    static const char *const narrow[] = { "a", "b", "c" }, *const broad[] = { "\xE5\x8C\x97", "\xE4\xBA\xAC", "\xE6\x96\xB0" };
    size_t len = 0;
    for (uint32_t i = 0; i < n; i++) {
        const char *letter = wide ? broad[letters[i]] : narrow[letters[i]];
        memcpy(out + len, letter, strlen(letter));
        len += strlen(letter);
    }
    return pn_bytes_of(out, len);
}

static void a_word_fits_within_the_distance_of_optimal_string_alignment(void **s) {
    (void)s;
    for (int round = 0; round < 40000; round++) {
        uint8_t a[9], b[9], one[32], two[32];
        uint32_t n, m;
        random_word(a, &n);
        random_word(b, &m);
        uint32_t d = brute(a, n, b, m);
        for (uint32_t most = 1; most <= PN_FUZZY_MAX; most++) {
            pn_fuzzy f;
            bool wide = round & 1;
            pn_fuzzy_init(&f, spelled(a, n, wide, one), most);
            assert_int_equal(pn_fuzzy_fits(&f, spelled(b, m, wide, two)), d <= most);
        }
    }
}

static void the_longest_words_are_compared(void **s) {
    (void)s;
    uint8_t a[255], b[255];
    pn_fuzzy f;
    memset(a, 'x', sizeof a);
    memcpy(b, a, sizeof b);
    b[0] = b[254] = 'y';
    pn_fuzzy_init(&f, pn_bytes_of(a, 255), 2);
    assert_true(pn_fuzzy_fits(&f, pn_bytes_of(b, 255)) && pn_fuzzy_fits(&f, pn_bytes_of(a, 253)) && !pn_fuzzy_fits(&f, pn_bytes_of(a, 252)));
    b[100] = 'y';
    assert_false(pn_fuzzy_fits(&f, pn_bytes_of(b, 255)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expression_matches_whole_terms),
        cmocka_unit_test(the_terms_before_change_nothing),
        cmocka_unit_test(one_long_term_can_be_stopped),
        cmocka_unit_test(what_is_empty_may_be_repeated),
        cmocka_unit_test(what_is_wrong_is_refused_at_its_place),
        cmocka_unit_test(states_and_depth_have_limits),
        cmocka_unit_test(an_evil_expression_takes_no_longer_than_its_length),
        cmocka_unit_test(compiling_without_memory_is_a_status_and_leaves_nothing),
        cmocka_unit_test(a_word_fits_within_the_distance_of_optimal_string_alignment),
        cmocka_unit_test(the_longest_words_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
