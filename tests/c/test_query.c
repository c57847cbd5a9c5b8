/* What a query string asks for, and what is said of one that asks for nothing. */
#include "unit.h"
#include "base/pn_buf.h"
#include "oom.h"
#include "query/pn_query.h"

static pn_query parsed(const char *text) {
    pn_error err = { 0 };
    pn_query q;
    if (pn_query_parse(pn_bytes_cstr(text), &q, &err) != PN_OK) fail_msg("%s: %s at %d", text, err.msg, (int)err.offset);
    return q;
}

/* The leaves one after the other: words of a phrase with their places, a star behind a prefix.  "korea | covid 19@1" */
static void print_query(const pn_query *q, pn_buf *out) {
    for (size_t i = 0; i < q->n_leaves; i++) {
        if (i) pn_buf_put_bytes(out, PN_BYTES_LIT(" | "));
        for (size_t w = 0; w < q->leaves[i].n_words; w++) {
            const pn_query_word *word = &q->leaves[i].words[w];
            if (w) pn_buf_put_u8(out, ' ');
            pn_buf_put_bytes(out, word->term);
            if (word->at) pn_buf_printf(out, "@%u", word->at);
            if (word->is_prefix) pn_buf_put_u8(out, '*');
        }
    }
    pn_buf_put_u8(out, 0);
}

static void assert_asks(const char *text, const char *want) {
    pn_buf got = { 0 };
    pn_query q = parsed(text);
    print_query(&q, &got);
    assert_string_equal((const char *)got.ptr, want);
    pn_query_fini(&q);
    pn_buf_fini(&got);
}

static void assert_wrong(const char *text, size_t offset) {
    pn_error err = { 0 };
    pn_query q;
    pn_status rc = pn_query_parse(pn_bytes_cstr(text), &q, &err);
    if (rc != PN_ESYNTAX) fail_msg("%s: %s", text, pn_status_name(rc));
    if (err.offset != offset) fail_msg("%s: offset %d, not %d (%s)", text, (int)err.offset, (int)offset, err.msg);
    assert_true(err.code == PN_ESYNTAX && err.msg[0]);
}

/* --- words */

static void words_are_folded_and_cut_as_texts_are(void **s) {
    (void)s;
    assert_asks("korea", "korea");
    assert_asks("KOREA", "korea");
    assert_asks("Korea\xE2\x80\x99s", "korea");
    assert_asks("Caf\xC3\xA9", "cafe");
    assert_asks("1,000", "1000");
    assert_asks("U.S.", "u.s");
    assert_asks("c++", "c++");
}

static void words_side_by_side_are_parts_of_their_own(void **s) {
    (void)s;
    assert_asks("korea blockchain", "korea | blockchain");
    assert_asks("  korea\tblockchain\n", "korea | blockchain");
    assert_asks("korea\xC2\xA0" "block\xE3\x80\x80" "chain", "korea | block | chain");
    assert_asks("korea korea", "korea | korea");
}

static void and_in_capitals_joins_and_other_spellings_are_words(void **s) {
    (void)s;
    assert_asks("korea AND blockchain", "korea | blockchain");
    assert_asks("korea and blockchain", "korea | and | blockchain");
    assert_asks("korea And blockchain", "korea | and | blockchain");
    assert_asks("\"AND\"", "and");
    assert_asks("a AND b AND \"c d\"", "a | b | c d@1");
    assert_asks("ANDES", "andes");
    assert_asks("or not", "or | not");
    assert_asks("\"OR\" \"NOT\"", "or | not");
    assert_asks("ORB NOTE", "orb | note");
}

static void a_part_of_several_words_is_a_phrase(void **s) {
    (void)s;
    assert_asks("Covid-19", "covid 19@1");
    assert_asks("state-of-the-art", "state of@1 the@2 art@3");
    assert_asks("l'homme", "l homme@1");
    assert_asks("https://example.com/a", "https example@1 com@2 a@3");
}

static void signs_alone_between_words_ask_for_nothing(void **s) {
    (void)s;
    assert_asks("korea - blockchain", "korea | blockchain");
    assert_asks("- korea", "korea");
}

/* --- phrases */

static void quotation_marks_of_every_kind_make_a_phrase(void **s) {
    (void)s;
    assert_asks("\"South Korea\"", "south korea@1");
    assert_asks("\xE2\x80\x9CSouth Korea\xE2\x80\x9D", "south korea@1");
    assert_asks("\xE2\x80\x9ESouth Korea\xE2\x80\x9C", "south korea@1");
    assert_asks("\xC2\xABSouth Korea\xC2\xBB", "south korea@1");
    assert_asks("\xC2\xBBSouth Korea\xC2\xAB", "south korea@1");
    assert_asks("\"South Korea\xE2\x80\x9D", "south korea@1");
}

static void a_quoted_word_is_a_word(void **s) {
    (void)s;
    assert_asks("\"korea\"", "korea");
    assert_asks("\" korea \"", "korea");
}

static void quotation_marks_need_no_blanks_around_them(void **s) {
    (void)s;
    assert_asks("rail\"South Korea\"bank", "rail | south korea@1 | bank");
    assert_asks("\"a\"\"b c\"", "a | b c@1");
    assert_asks("a AND\"b\"", "a | b");
}

static void reserved_signs_are_text_inside_quotation_marks(void **s) {
    (void)s;
    assert_asks("\"(korea) * ~\"", "korea");
    assert_asks("\"title: korea\"", "title korea@1");
}

static void a_paragraph_break_in_a_phrase_leaves_a_place_free(void **s) {
    (void)s;
    assert_asks("\"one\n\ntwo\"", "one two@2");
    assert_asks("\"one\ntwo\"", "one two@1");
}

/* --- scripts without spaces */

static void one_character_is_a_prefix_two_a_term_and_more_a_phrase(void **s) {
    (void)s;
    assert_asks("中", "中*");
    assert_asks("北京", "北京");
    assert_asks("新华社", "新华 华社@1");
    assert_asks("新华社北", "新华 华社@1 社北@2");
    assert_asks("서울", "서울");
}

static void a_character_that_ends_a_run_inside_a_part_stands_for_itself(void **s) {
    (void)s;
    assert_asks("中2", "中 2@1");
    assert_asks("2020年8月", "2020 年@1 8@2 月@3*");
    assert_asks("比特币BTC", "比特 特币@1 币@2 btc@3");
    assert_asks("\"北，京\"", "北 京@1*");
}

static void the_last_character_is_a_prefix_where_no_pair_holds_it(void **s) {
    (void)s;
    assert_asks("BTC价", "btc 价@1*");
    assert_asks("BTC价格", "btc 价格@1");
}

static void only_one_exact_word_is_one_term(void **s) {
    (void)s;
    static const struct { const char *text; bool want; } cases[] = {
        { "korea", true }, { "\"korea\"", true }, { "北京", true }, { "korea bank", false }, { "\"korea bank\"", false }, { "Covid-19", false }, { "中", false } };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_query q = parsed(cases[i].text);
        assert_int_equal(pn_query_is_one_term(&q), cases[i].want);
        pn_query_fini(&q);
    }
}

/* --- what is wrong, and where */

static void a_query_without_a_word_is_an_error(void **s) {
    (void)s;
    assert_wrong("", 0);
    assert_wrong("   ", 0);
    assert_wrong("- !", 0);
    assert_wrong("korea \"\"", 6);
    assert_wrong("korea \"!\"", 6);
    assert_wrong("\xE2\x80\x9C\xE2\x80\x9D", 0);
}

static void a_quotation_mark_without_its_end_is_an_error_at_its_beginning(void **s) {
    (void)s;
    assert_wrong("\"korea", 0);
    assert_wrong("korea \"bank", 6);
    assert_wrong("\"a\" \xC2\xAB" "b", 4);
    assert_wrong("a\"", 1);
}

static void and_without_a_word_on_both_sides_is_an_error(void **s) {
    (void)s;
    assert_wrong("AND korea", 0);
    assert_wrong("korea AND", 9);
    assert_wrong("korea AND  ", 11);
    assert_wrong("korea AND AND bank", 10);
    assert_wrong("AND", 0);
    assert_wrong("korea AND -", 11);
}

static void operators_and_signs_of_other_search_engines_are_refused_where_they_stand(void **s) {
    (void)s;
    assert_wrong("korea OR bank", 6);
    assert_wrong("NOT korea", 0);
    assert_wrong("(korea", 0);
    assert_wrong("korea)", 5);
    assert_wrong("bank*", 4);
    assert_wrong("bank kor*ea", 8);
    assert_wrong("bank~2", 4);
    assert_wrong("title:korea", 0);
    assert_wrong("bank date:2020", 5);
    assert_wrong("lang:en", 0);
    assert_wrong("caf\xC3\xA9 * ", 6);
}

static void what_is_not_utf8_is_refused_at_its_first_byte(void **s) {
    (void)s;
    assert_wrong("korea \xFF", 6);
    assert_wrong("\xC3", 0);
    assert_wrong("a \xE4\xB8", 2);
}

static void on_failure_the_error_may_be_left_out_and_fini_takes_what_was_never_filled(void **s) {
    (void)s;
    pn_query q = { 0 };
    assert_int_equal(pn_query_parse(PN_BYTES_LIT("AND"), &q, NULL), PN_ESYNTAX);
    assert_int_equal(pn_query_parse(PN_BYTES_NONE, &q, NULL), PN_ESYNTAX);
    pn_query_fini(&q);
    pn_query_fini(NULL);
}

/* --- limits */

static pn_buf repeated(const char *piece, size_t n) {
    pn_buf b = { 0 };
    for (size_t i = 0; i < n; i++) pn_buf_put_bytes(&b, pn_bytes_cstr(piece));
    assert_int_equal(b.rc, PN_OK);
    return b;
}

static pn_status status_of(const pn_buf *text, size_t *leaves, size_t *words) {
    pn_query q;
    pn_status rc = pn_query_parse(pn_buf_bytes(text), &q, NULL);
    if (rc != PN_OK) return rc;
    *leaves = q.n_leaves;
    *words = q.leaves[0].n_words;
    pn_query_fini(&q);
    return PN_OK;
}

static void a_query_has_at_most_1024_parts(void **s) {
    (void)s;
    for (size_t n = PN_QUERY_CLAUSE_MAX - 1; n <= PN_QUERY_CLAUSE_MAX + 1; n++) {
        size_t leaves = 0, words = 0;
        pn_buf b = repeated("a ", n);
        assert_int_equal(status_of(&b, &leaves, &words), n <= PN_QUERY_CLAUSE_MAX ? PN_OK : PN_ELIMIT);
        if (n <= PN_QUERY_CLAUSE_MAX) assert_int_equal(leaves, n);
        pn_buf_fini(&b);
    }
}

static void a_phrase_has_at_most_1024_words(void **s) {
    (void)s;
    for (size_t n = PN_QUERY_CLAUSE_MAX - 1; n <= PN_QUERY_CLAUSE_MAX + 1; n++) {
        size_t leaves = 0, words = 0;
        pn_buf b = repeated("a-", n);
        assert_int_equal(status_of(&b, &leaves, &words), n <= PN_QUERY_CLAUSE_MAX ? PN_OK : PN_ELIMIT);
        if (n <= PN_QUERY_CLAUSE_MAX) assert_true(leaves == 1 && words == n);
        pn_buf_fini(&b);
    }
}

static void a_query_has_at_most_65536_bytes(void **s) {
    (void)s;
    for (size_t n = PN_QUERY_TEXT_MAX - 1; n <= PN_QUERY_TEXT_MAX + 1; n++) {
        size_t leaves = 0, words = 0;
        pn_buf b = repeated("a", n);
        assert_int_equal(status_of(&b, &leaves, &words), n <= PN_QUERY_TEXT_MAX ? PN_OK : PN_ELIMIT);
        pn_buf_fini(&b);
    }
}

/* --- any text at all */

static const char rich[] = "Korea AND \"South Korea\" Covid-19 \xE2\x80\x9C" "caf\xC3\xA9 l'homme\xE2\x80\x9D AND 北京 中 \xC2\xAB" "2020年8月\xC2\xBB u.s. AND c++ \"(a) ~ *\""
                           " bank AND title \xE2\x80\x9E" "won\xE2\x80\x99t\xE2\x80\x9C - AND 新华社 \"one\n\ntwo\" end";

static void every_beginning_of_a_query_is_a_query_or_an_error_inside_it(void **s) {
    (void)s;
    size_t good = 0, wrong = 0;
    for (size_t n = 0; n < sizeof rich; n++) {
        char *copy = malloc(n + 1);                       /* exactly n bytes: a read behind them is seen */
        assert_non_null(copy);
        memcpy(copy, rich, n);
        copy = realloc(copy, n ? n : 1);
        pn_error err = { 0 };
        pn_query q;
        pn_status rc = pn_query_parse(pn_bytes_of(copy, n), &q, &err);
        if (rc == PN_OK) {
            assert_true(q.n_leaves > 0);
            pn_query_fini(&q);
            good++;
        } else {
            assert_int_equal(rc, PN_ESYNTAX);
            assert_true(err.offset <= n);
            wrong++;
        }
        free(copy);
    }
    assert_true(good > 50 && wrong > 50);
}

static void every_byte_anywhere_is_a_query_or_an_error_inside_it(void **s) {
    (void)s;
    char text[] = "korea AND \"a b\" 中";
    size_t n = sizeof text - 1;
    for (size_t at = 0; at < n; at++) {
        char was = text[at];
        for (int byte = 0; byte < 256; byte++) {
            text[at] = (char)byte;
            pn_error err = { 0 };
            pn_query q;
            pn_status rc = pn_query_parse(pn_bytes_of(text, n), &q, &err);
            if (rc == PN_OK) pn_query_fini(&q);
            else assert_true(rc == PN_ESYNTAX && err.offset <= n);
        }
        text[at] = was;
    }
}

static void out_of_memory_is_a_status_and_leaves_nothing(void **s) {
    (void)s;
    pn_buf b = repeated("word \"a b c\" 新华社 ", 40);             /* more leaves than the first room holds */
    int64_t before = pn_live();
    pn_status rc = PN_ENOMEM;
    long n = 1;
    for (; rc == PN_ENOMEM; n++) {
        pn_error err = { 0 };
        pn_query q;
        oom_arm(n);
        rc = pn_query_parse(pn_buf_bytes(&b), &q, &err);
        oom_off();
        assert_true(rc == PN_OK || rc == PN_ENOMEM);
        if (rc == PN_OK) pn_query_fini(&q);
        else assert_int_equal(err.code, PN_ENOMEM);
        assert_int_equal(pn_live(), before);
    }
    assert_true(n > 4);
    pn_buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded_and_cut_as_texts_are),
        cmocka_unit_test(words_side_by_side_are_parts_of_their_own),
        cmocka_unit_test(and_in_capitals_joins_and_other_spellings_are_words),
        cmocka_unit_test(a_part_of_several_words_is_a_phrase),
        cmocka_unit_test(signs_alone_between_words_ask_for_nothing),
        cmocka_unit_test(quotation_marks_of_every_kind_make_a_phrase),
        cmocka_unit_test(a_quoted_word_is_a_word),
        cmocka_unit_test(quotation_marks_need_no_blanks_around_them),
        cmocka_unit_test(reserved_signs_are_text_inside_quotation_marks),
        cmocka_unit_test(a_paragraph_break_in_a_phrase_leaves_a_place_free),
        cmocka_unit_test(one_character_is_a_prefix_two_a_term_and_more_a_phrase),
        cmocka_unit_test(a_character_that_ends_a_run_inside_a_part_stands_for_itself),
        cmocka_unit_test(the_last_character_is_a_prefix_where_no_pair_holds_it),
        cmocka_unit_test(only_one_exact_word_is_one_term),
        cmocka_unit_test(a_query_without_a_word_is_an_error),
        cmocka_unit_test(a_quotation_mark_without_its_end_is_an_error_at_its_beginning),
        cmocka_unit_test(and_without_a_word_on_both_sides_is_an_error),
        cmocka_unit_test(operators_and_signs_of_other_search_engines_are_refused_where_they_stand),
        cmocka_unit_test(what_is_not_utf8_is_refused_at_its_first_byte),
        cmocka_unit_test(on_failure_the_error_may_be_left_out_and_fini_takes_what_was_never_filled),
        cmocka_unit_test(a_query_has_at_most_1024_parts),
        cmocka_unit_test(a_phrase_has_at_most_1024_words),
        cmocka_unit_test(a_query_has_at_most_65536_bytes),
        cmocka_unit_test(every_beginning_of_a_query_is_a_query_or_an_error_inside_it),
        cmocka_unit_test(every_byte_anywhere_is_a_query_or_an_error_inside_it),
        cmocka_unit_test(out_of_memory_is_a_status_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
