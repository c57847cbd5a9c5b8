/* Sentences about text/pn_token.h.  The examples of docs/WORDS.md are read from that page. */
#include "text/pn_token.h"
#include "oom.h"
#include "text/pn_unicode_tables.h"
#include "text/pn_utf8.h"
#include "unit.h"
#include <stdio.h>

#define MIB ((size_t)1 << 20)

static void cut(pn_tokens *t, pn_bytes text) {
    uint32_t next;
    pn_tokens_clear(t);
    assert_int_equal(pn_tokens_cut(t, text, 0, &next, NULL), PN_OK);
}

/* The words with one blank between, a '_' for a position left free. */
static void show(const pn_tokens *t, pn_buf *out) {
    uint32_t pos = 0;
    for (size_t i = 0; i < t->n; i++, pos++) {
        if (i) pn_buf_put_u8(out, ' ');
        for (; pos < t->at[i].pos; pos++) pn_buf_put(out, "_ ", 2);
        pn_buf_put_bytes(out, pn_token_term(t, i));
    }
    pn_buf_put_u8(out, 0);
    out->len--;
}

static void assert_words(pn_bytes text, const char *want) {
    pn_tokens t = { 0 };
    pn_buf got = { 0 };
    cut(&t, text);
    show(&t, &got);
    assert_string_equal((char *)got.ptr, want);
    pn_buf_fini(&got);
    pn_tokens_fini(&t);
}

/* --- the page */
static void unescape(const char *s, const char *end, pn_buf *out) {
    pn_buf_clear(out);
    while (s < end) {
        if (*s != '\\') { pn_buf_put_u8(out, (uint8_t)*s++); continue; }
        if (s[1] == 'u') {
            uint8_t u[4];
            char hex[5] = { s[2], s[3], s[4], s[5], 0 };
            pn_buf_put(out, u, pn_utf8_encode((uint32_t)strtoul(hex, NULL, 16), u));
            s += 6;
        } else {
            pn_buf_put_u8(out, s[1] == 'n' ? '\n' : s[1] == 'r' ? '\r' : '\t');
            s += 2;
        }
    }
}

static bool check_example(char *line, pn_buf *text) {
    char *end = strstr(line, "` | "), *last = strrchr(line, '|');
    if (strncmp(line, "| `", 3) != 0 || !end || last <= end) return false;
    unescape(line + 3, end, text);
    char *want = end + 4;
    *last = 0;
    if (*want == '`') { want++; *strrchr(want, '`') = 0; }
    assert_words(pn_buf_bytes(text), want);
    return true;
}

static void every_example_of_the_page_is_so(void **state) {
    (void)state;
    char line[2048];
    size_t n = 0;
    pn_buf text = { 0 };
    FILE *f = fopen("docs/WORDS.md", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) n += check_example(line, &text);
    fclose(f);
    pn_buf_fini(&text);
    assert_true(n >= 70);
}

static void the_analyzer_is_named_after_the_tables(void **state) {
    (void)state;
    const char *version = strstr(PN_ANALYZER_ID, "unicode-");
    assert_non_null(version);
    assert_int_equal(strncmp(PN_UNICODE_VERSION, version + 8, strlen(version + 8)), 0);
}

/* --- ranges, flags, positions */
static void assert_token(const pn_tokens *t, size_t i, const char *term, uint32_t pos, uint32_t start, uint32_t end, int flags) {
    assert_true(pn_bytes_equal(pn_token_term(t, i), pn_bytes_cstr(term)));
    assert_int_equal(t->at[i].pos, pos);
    assert_int_equal(t->at[i].start, start);
    assert_int_equal(t->at[i].end, end);
    assert_int_equal(t->at[i].flags, flags);
}

static void a_word_knows_its_bytes(void **state) {
    (void)state;
    pn_tokens t = { 0 };
    cut(&t, PN_BYTES_LIT("The U.S.'s Café\u200b, 1,000 l'eau Korea\u2019s c++"));
    assert_int_equal(t.n, 8);
    assert_token(&t, 0, "the", 0, 0, 3, 0);
    assert_token(&t, 1, "u.s", 1, 4, 7, 0);
    assert_token(&t, 2, "cafe", 2, 11, 16, 0);
    assert_token(&t, 3, "1000", 3, 21, 26, 0);
    assert_token(&t, 4, "l", 4, 27, 28, 0);
    assert_token(&t, 5, "eau", 5, 29, 32, 0);
    assert_token(&t, 6, "korea", 6, 33, 38, 0);
    assert_token(&t, 7, "c++", 7, 43, 46, 0);
    pn_tokens_fini(&t);
}

static void a_bigram_has_the_range_of_its_first_character(void **state) {
    (void)state;
    pn_tokens t = { 0 };
    cut(&t, PN_BYTES_LIT("x北京。น้ำ"));
    assert_int_equal(t.n, 4);
    assert_token(&t, 1, "北京", 1, 1, 4, PN_TOKEN_BIGRAM);
    assert_token(&t, 2, "京", 2, 4, 7, PN_TOKEN_UNIGRAM);
    assert_token(&t, 3, "น้ำ", 3, 10, 19, PN_TOKEN_UNIGRAM);
    pn_tokens_fini(&t);
}

static void cutting_appends_and_counts_on_from_where_it_is_told(void **state) {
    (void)state;
    pn_tokens t = { 0 };
    uint32_t next = 7;
    assert_int_equal(pn_tokens_cut(&t, PN_BYTES_LIT("\n\na b"), 5, &next, NULL), PN_OK);
    assert_int_equal(next, 7);
    assert_int_equal(pn_tokens_cut(&t, PN_BYTES_LIT(" … "), 9, &next, NULL), PN_OK);
    assert_int_equal(next, 9);
    assert_int_equal(pn_tokens_cut(&t, PN_BYTES_NONE, 9, &next, NULL), PN_OK);
    assert_int_equal(next, 9);
    assert_int_equal(pn_tokens_cut(&t, PN_BYTES_LIT("c\n\nd\n\n"), next + PN_TITLE_GAP, &next, NULL), PN_OK);
    assert_int_equal(next, 140);
    assert_int_equal(t.n, 4);
    assert_token(&t, 0, "a", 5, 2, 3, 0);
    assert_token(&t, 2, "c", 137, 0, 1, 0);
    assert_token(&t, 3, "d", 139, 3, 4, 0);
    pn_tokens_fini(&t);
}

static void the_terms_are_followed_by_readable_bytes(void **state) {
    (void)state;
    pn_tokens t = { 0 };
    for (size_t n = 0; n <= 65; n++) {
        char text[65];
        unsigned sum = 0;
        memset(text, 'x', sizeof text);
        cut(&t, pn_bytes_of(text, n));
        for (size_t i = 0; i < 32; i++) sum += t.terms.ptr[t.terms.len + i];
        assert_int_equal(sum, 0);
    }
    pn_tokens_fini(&t);
}

/* --- limits */
static void long_terms_are_cut_at_a_character_and_counted(void **state) {
    (void)state;
    static const struct { const char *unit; size_t n, want; } cases[] = {
        { "x", 254, 254 }, { "x", 255, 255 }, { "x", 256, 255 }, { "x", 1000, 255 },
        { "\xd0\xb6", 127, 254 }, { "\xd0\xb6", 128, 254 }, { "\xd0\xb6", 129, 254 },
        { "\u0939", 85, 255 }, { "\u0939", 86, 255 },
    };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_tokens t = { 0 };
        pn_buf text = { 0 };
        for (size_t k = 0; k < cases[i].n; k++) pn_buf_put_bytes(&text, pn_bytes_cstr(cases[i].unit));
        cut(&t, pn_buf_bytes(&text));
        assert_int_equal(t.n, 1);
        assert_int_equal(t.at[0].term_len, cases[i].want);
        assert_int_equal(t.at[0].end, text.len);
        assert_int_equal(t.n_cut, text.len > PN_TERM_MAX);
        pn_tokens_fini(&t);
        pn_buf_fini(&text);
    }
}

static void a_cut_term_ends_in_no_joint_and_no_possessive(void **state) {
    (void)state;
    static const char *const tails[] = { "'brien", "'sun", "'s'sun", ".5" };
    for (size_t i = 0; i < PN_COUNT(tails); i++)
        for (size_t n = 245; n <= 256; n++) {
            pn_tokens t = { 0 }, again = { 0 };
            pn_buf text = { 0 };
            for (size_t k = 0; k < n; k++) pn_buf_put_u8(&text, '1');
            pn_buf_put_bytes(&text, pn_bytes_cstr(tails[i]));
            cut(&t, pn_buf_bytes(&text));
            cut(&again, pn_token_term(&t, 0));
            assert_int_equal(again.n, 1);
            assert_true(pn_bytes_equal(pn_token_term(&t, 0), pn_token_term(&again, 0)));
            pn_tokens_fini(&t);
            pn_tokens_fini(&again);
            pn_buf_fini(&text);
        }
}

static void a_text_over_the_limits_is_refused(void **state) {
    (void)state;
    pn_tokens t = { 0 };
    uint32_t next = 3;
    pn_error err;
    uint8_t *text = malloc(64 * MIB + 1);
    assert_non_null(text);
    memset(text, ' ', 64 * MIB + 1);
    assert_int_equal(pn_tokens_cut(&t, pn_bytes_of(text, 64 * MIB + 1), 0, &next, &err), PN_ELIMIT);
    assert_int_equal(pn_tokens_cut(&t, PN_BYTES_LIT("word"), UINT32_MAX - 2, &next, &err), PN_ELIMIT);
    assert_int_equal(next, 3);
    assert_int_equal(pn_tokens_cut(&t, pn_bytes_of(text, 64 * MIB), 0, &next, &err), PN_OK);
    assert_int_equal(next, 0);
    free(text);
    pn_tokens_fini(&t);
}

/* A quadratic cutter would not come back from these. */
static void hostile_repetitions_take_linear_time(void **state) {
    (void)state;
    static const char *const units[] = {
        "a", "é", "a'", "l'", "'s", "a's", ".", "a.", "1,000,", "123,", "1.", "c++", "+", "c#", "\u0301", "\u0323\u0301", "中",
        "中\u0301", "ก็", "\u200b", "ﷺ", "\u1161", "한", "\n", "a\n\n", "\u0654", "\u0640", "e\u0301", "й\u0306", "㌖",
    };
    for (size_t i = 0; i < PN_COUNT(units); i++) {
        pn_tokens t = { 0 };
        pn_buf text = { 0 };
        pn_buf_put(&text, "u", i % 2);
        while (text.len < MIB) pn_buf_put_bytes(&text, pn_bytes_cstr(units[i]));
        cut(&t, pn_buf_bytes(&text));
        assert_true(t.n <= 2 * text.len);
        pn_tokens_fini(&t);
        pn_buf_fini(&text);
    }
}

/* --- properties of random texts */
static uint64_t random_state = 88172645463325252u;
static size_t below(size_t n) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % n);
}

static const char *const ascii_pieces[] = { "a", "b", "s", "S", "c", "C", "u", "l", "d", "qu", "dell", "word", "Obama", "1", "12", "123", "000",
    "1234", "'", "'", "'s", ".", ".", ",", ",", "+", "++", "#", " ", " ", "\n", "\n\n", "\r\n", "-", "_", "=", "averyveryverylongword" };
static const char *const other_pieces[] = { "é", "e\u0301", "\u0301", "İ", "ı", "ß", "’", "ʼ", "Ａ", "１", "，", "．", "＋", "½", "ﬁ", "ﷺ", "ﹱ",
    "中", "国", "カ", "ｶﾞ", "\u3099", "한", "\u1100", "\u1161", "\u11a8", "ก", "ำ", "้", "ລ", "ຳ", "ខ", "က", "й", "\u0306", "α", "\u0345", "ς", "م", "\u064e",
    "\u0640", "\u0654", "ש", "\u05c1", "ह", "ि", "\u0dda", "०", "\u200b", "\u200d", "\u00ad", "\ufeff", "\u2029", "\u3000", "😀", "≠", "\u0338", "\u20e3" };

static void make_text(pn_buf *out, size_t pieces, bool ascii) {
    pn_buf_clear(out);
    for (size_t i = 0; i < pieces; i++) {
        bool plain = ascii || below(2);
        const char *s = plain ? ascii_pieces[below(PN_COUNT(ascii_pieces))] : other_pieces[below(PN_COUNT(other_pieces))];
        pn_buf_put_bytes(out, pn_bytes_cstr(s));
    }
}

static void assert_sound(const pn_tokens *t, size_t text_len) {
    for (size_t i = 0; i < t->n; i++) {
        const pn_token *a = &t->at[i];
        assert_true(a->term_len > 0 && a->start < a->end && a->end <= text_len);
        assert_true(a->term_off + (size_t)a->term_len <= t->terms.len);
        assert_true(pn_utf8_is_valid(pn_token_term(t, i)));
        if (i == 0) continue;
        assert_true(a[-1].pos < a->pos && a->pos <= a[-1].pos + 2);
        assert_true(a[-1].start <= a->start && a[-1].end <= a->end);     /* they meet in a character of several words */
    }
}

static void every_prefix_of_a_text_gives_sound_words(void **state) {
    (void)state;
    pn_buf text = { 0 };
    pn_tokens whole = { 0 }, t = { 0 };
    for (int round = 0; round < 150; round++) {
        make_text(&text, 40, false);
        cut(&whole, pn_buf_bytes(&text));
        assert_sound(&whole, text.len);
        for (size_t n = 0; n < text.len; n++) {
            if ((text.ptr[n] & 0xc0) == 0x80) continue;
            uint8_t *exact = malloc(n ? n : 1);                 /* one byte too far shows */
            assert_non_null(exact);
            memcpy(exact, text.ptr, n);
            cut(&t, pn_bytes_of(exact, n));
            free(exact);
            assert_sound(&t, n);
            for (size_t i = 0; text.ptr[n] == ' ' && i < t.n; i++) {        /* what a blank ends, nothing later changes */
                assert_true(pn_bytes_equal(pn_token_term(&t, i), pn_token_term(&whole, i)));
                assert_memory_equal(&t.at[i].start, &whole.at[i].start, 12);
            }
        }
    }
    pn_buf_fini(&text);
    pn_tokens_fini(&whole);
    pn_tokens_fini(&t);
}

static void a_word_cut_again_is_itself(void **state) {
    (void)state;
    pn_buf text = { 0 };
    pn_tokens t = { 0 }, again = { 0 };
    for (int round = 0; round < 2000; round++) {
        make_text(&text, 60, round % 2);
        cut(&t, pn_buf_bytes(&text));
        for (size_t i = 0; i < t.n; i++) {
            if (t.at[i].flags & PN_TOKEN_BIGRAM) continue;
            cut(&again, pn_token_term(&t, i));
            assert_int_equal(again.n, 1);
            assert_true(pn_bytes_equal(pn_token_term(&again, 0), pn_token_term(&t, i)));
            assert_int_equal(again.at[0].flags, t.at[i].flags);
        }
    }
    pn_buf_fini(&text);
    pn_tokens_fini(&t);
    pn_tokens_fini(&again);
}

static void the_bytes_of_a_word_cut_alone_give_that_word(void **state) {
    (void)state;
    pn_buf text = { 0 };
    pn_tokens t = { 0 }, alone = { 0 };
    for (int round = 0; round < 2000; round++) {
        make_text(&text, 60, true);
        cut(&t, pn_buf_bytes(&text));
        for (size_t i = 0; i < t.n; i++) {
            cut(&alone, pn_bytes_of(text.ptr + t.at[i].start, t.at[i].end - t.at[i].start));
            assert_int_equal(alone.n, 1);
            assert_true(pn_bytes_equal(pn_token_term(&alone, 0), pn_token_term(&t, i)));
        }
    }
    pn_buf_fini(&text);
    pn_tokens_fini(&t);
    pn_tokens_fini(&alone);
}

static void both_halves_of_the_cutter_agree_on_ascii(void **state) {
    (void)state;
    pn_buf text = { 0 }, marked = { 0 };
    pn_tokens t = { 0 }, slow = { 0 };
    for (int round = 0; round < 2000; round++) {
        make_text(&text, 60, true);
        pn_buf_clear(&marked);                                  /* a dropped character after each byte: the slow half reads all */
        for (size_t i = 0; i < text.len; i++) {
            pn_buf_put_u8(&marked, text.ptr[i]);
            pn_buf_put(&marked, "\u200b", 3);
        }
        cut(&t, pn_buf_bytes(&text));
        cut(&slow, pn_buf_bytes(&marked));
        assert_int_equal(t.n, slow.n);
        for (size_t i = 0; i < t.n; i++) {
            assert_true(pn_bytes_equal(pn_token_term(&t, i), pn_token_term(&slow, i)));
            assert_int_equal(t.at[i].pos, slow.at[i].pos);
            assert_int_equal(t.at[i].start * 4, slow.at[i].start);
        }
    }
    pn_buf_fini(&text);
    pn_buf_fini(&marked);
    pn_tokens_fini(&t);
    pn_tokens_fini(&slow);
}

static void words_of_eight_letters_and_around_fold_at_every_place(void **state) {
    (void)state;
    pn_tokens t = { 0 };
    for (size_t n = 1; n <= 33; n++)
        for (unsigned c = 1; c < 128; c++) {
            char text[34], term[34];
            memset(text, 'Q', n);
            memset(term, 'q', n);
            text[n - 1] = (char)c;
            bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            term[n - 1] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
            cut(&t, pn_bytes_of(text, n));
            size_t want = word || (n == 2 && c == '#') ? n : n - 1;
            assert_int_equal(t.n, want > 0);
            if (want) assert_true(pn_bytes_equal(pn_token_term(&t, 0), pn_bytes_of(term, want)));
        }
    pn_tokens_fini(&t);
}

/* --- the database */
static char *read_points(char *s, pn_buf *out) {
    pn_buf_clear(out);
    while (*s && *s != ';') {
        uint8_t u[4];
        char *after;
        uint32_t c = (uint32_t)strtoul(s, &after, 16);
        assert_ptr_not_equal(after, s);
        pn_buf_put(out, u, pn_utf8_encode(c, u));
        for (s = after; *s == ' ';) s++;
    }
    return *s ? s + 1 : s;
}

static void assert_same_words(pn_bytes a, pn_bytes b) {
    pn_tokens x = { 0 }, y = { 0 };
    cut(&x, a);
    cut(&y, b);
    assert_int_equal(x.n, y.n);
    for (size_t i = 0; i < x.n; i++) assert_true(pn_bytes_equal(pn_token_term(&x, i), pn_token_term(&y, i)));
    pn_tokens_fini(&x);
    pn_tokens_fini(&y);
}

static void canonically_equal_texts_have_equal_words(void **state) {
    (void)state;
    char line[4096];
    size_t rows = 0;
    pn_buf column[3] = { 0 };
    FILE *f = popen("bzcat /usr/share/unicode/NormalizationTest.txt.bz2 2>/dev/null", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#' || line[0] == '@') continue;
        char *s = line;
        for (size_t i = 0; i < 3; i++) s = read_points(s, &column[i]);
        assert_same_words(pn_buf_bytes(&column[0]), pn_buf_bytes(&column[1]));
        assert_same_words(pn_buf_bytes(&column[0]), pn_buf_bytes(&column[2]));
        rows++;
    }
    pclose(f);
    for (size_t i = 0; i < 3; i++) pn_buf_fini(&column[i]);
    if (rows == 0) { print_message("skipped: NormalizationTest.txt.bz2 is not in /usr/share/unicode\n"); skip(); }
    assert_true(rows > 15000);
}

/* --- memory */
static void a_failed_allocation_leaves_the_words_as_they_were(void **state) {
    (void)state;
    pn_bytes text = PN_BYTES_LIT("Bitcoin l'été U.S. e\u0301\u0323\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 и\u0306\u0301\u0301 1,000 中国新闻 ﷺ word word word word");
    int64_t live = pn_live();
    pn_status rc = PN_ENOMEM;
    for (long n = 1; rc != PN_OK; n++) {
        pn_tokens t = { 0 };
        pn_error err = { 0 };
        uint32_t next = 77;
        cut(&t, PN_BYTES_LIT("before"));
        oom_arm(n);
        rc = pn_tokens_cut(&t, text, 10, &next, &err);
        assert_int_equal(rc, oom_met() ? PN_ENOMEM : PN_OK);
        assert_true(rc == PN_OK ? t.n > 1 : t.n == 1 && next == 77 && err.code == PN_ENOMEM);
        oom_off();
        assert_token(&t, 0, "before", 0, 0, 6, 0);
        cut(&t, text);                                          /* and all goes on */
        assert_true(t.n > 10);
        pn_tokens_fini(&t);
        assert_int_equal(pn_live(), live);
    }
}

/* --- stopping */
static int stop_at(void *arg) { return --*(int *)arg == 0; }

static void a_heap_of_marks_can_be_stopped_all_along(void **state) {
    (void)state;
    enum { MARKS = 1 << 20, STRETCH = 256 << 10 };
    static const char *const bases[] = { "e", "\xD0\xB8" };          /* one drops its marks, the other keeps them */
    for (size_t i = 0; i < PN_COUNT(bases); i++) {
        pn_buf text = { 0 };
        pn_buf_put_bytes(&text, pn_bytes_cstr(bases[i]));
        for (int k = 0; k < MARKS; k++) pn_buf_put(&text, "\xCC\x81", 2);
        int left = 1;
        for (int at = 1; left <= 0 || at == 1; at++) {
            pn_tokens t = { .tick = &(pn_tick){ stop_at, &left } };
            uint32_t next;
            left = at;
            pn_status rc = pn_tokens_cut(&t, pn_buf_bytes(&text), 0, &next, NULL);
            assert_int_equal(rc, left > 0 ? PN_OK : PN_EINTR);
            if (left > 0) assert_true(at > (int)(text.len / STRETCH));
            pn_tokens_fini(&t);
        }
        pn_buf_fini(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_heap_of_marks_can_be_stopped_all_along),
        cmocka_unit_test(every_example_of_the_page_is_so),
        cmocka_unit_test(the_analyzer_is_named_after_the_tables),
        cmocka_unit_test(a_word_knows_its_bytes),
        cmocka_unit_test(a_bigram_has_the_range_of_its_first_character),
        cmocka_unit_test(cutting_appends_and_counts_on_from_where_it_is_told),
        cmocka_unit_test(the_terms_are_followed_by_readable_bytes),
        cmocka_unit_test(long_terms_are_cut_at_a_character_and_counted),
        cmocka_unit_test(a_cut_term_ends_in_no_joint_and_no_possessive),
        cmocka_unit_test(a_text_over_the_limits_is_refused),
        cmocka_unit_test(hostile_repetitions_take_linear_time),
        cmocka_unit_test(every_prefix_of_a_text_gives_sound_words),
        cmocka_unit_test(a_word_cut_again_is_itself),
        cmocka_unit_test(the_bytes_of_a_word_cut_alone_give_that_word),
        cmocka_unit_test(both_halves_of_the_cutter_agree_on_ascii),
        cmocka_unit_test(words_of_eight_letters_and_around_fold_at_every_place),
        cmocka_unit_test(canonically_equal_texts_have_equal_words),
        cmocka_unit_test(a_failed_allocation_leaves_the_words_as_they_were),
    };
    return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
