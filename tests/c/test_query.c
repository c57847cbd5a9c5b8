/* What a query string asks for, how it prints, and what is said of one that cannot be read.  The language: docs/QUERIES.md. */
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

static void show_word(const pn_query_word *w, pn_buf *out) {
    if (w->how == PN_TERM_PATTERN) pn_buf_printf(out, "/%.*s/", (int)w->term.len, (const char *)w->term.ptr);
    else if (w->how == PN_TERM_REGEX) pn_buf_printf(out, "re/%.*s/", (int)w->term.len, (const char *)w->term.ptr);
    else pn_buf_put_bytes(out, w->term);
    if (w->at) pn_buf_printf(out, "@%u", w->at);
    if (w->how == PN_TERM_PREFIX) pn_buf_put_u8(out, '^');
    if (w->how == PN_TERM_FUZZY) pn_buf_printf(out, "~%u", w->distance);
}

static void show_words(const pn_query_op *op, pn_buf *out) {
    static const char *const zones[] = { [PN_ZONE_ALL] = "", [PN_ZONE_TITLE] = "title=", [PN_ZONE_BODY] = "body=", [PN_ZONE_LEAD] = "lead" };
    assert_int_equal(op->field, op->zone == PN_ZONE_TITLE ? PN_FIELD_TITLE : PN_FIELD_TEXT);
    pn_buf_printf(out, "%s", zones[op->zone]);
    if (op->zone == PN_ZONE_LEAD) pn_buf_printf(out, "%u=", op->lead);
    if (op->at_least > 1) pn_buf_printf(out, "%ux", op->at_least);
    for (size_t w = 0; w < op->n_words; w++) {
        if (w) pn_buf_put_u8(out, '+');
        show_word(&op->words[w], out);
    }
    if (op->slop) pn_buf_printf(out, "~~%u", op->slop);
}

static void show_op(const pn_query_op *op, pn_buf *out) {
    static const char *const fields[PN_N_FIELDS] = { [PN_FIELD_TAG] = "tag", [PN_FIELD_SECTION] = "section",
        [PN_FIELD_SOURCE] = "source", [PN_FIELD_AUTHOR] = "author", [PN_FIELD_LANGUAGE] = "lang" };
    if (op->kind == PN_Q_NAME || op->kind == PN_Q_ANY_NAME) pn_buf_printf(out, "%s=", fields[op->field]);
    switch (op->kind) {
    case PN_Q_WORDS:    show_words(op, out); break;
    case PN_Q_NAME:     pn_buf_printf(out, "%.*s", (int)op->text.len, (const char *)op->text.ptr); break;
    case PN_Q_ANY_NAME: pn_buf_printf(out, "any"); break;
    case PN_Q_DATE:     pn_buf_printf(out, "[%d,%d]", op->day_from, op->day_to); break;
    case PN_Q_LENGTH:   pn_buf_printf(out, "length[%u,%u]", op->low, op->high); break;
    case PN_Q_ID:       pn_buf_printf(out, "id=%.*s", (int)op->text.len, (const char *)op->text.ptr); break;
    case PN_Q_URL:      pn_buf_printf(out, "url=%.*s", (int)op->text.len, (const char *)op->text.ptr); break;
    case PN_Q_LINKS_TO: pn_buf_printf(out, "links_to=%.*s", (int)op->text.len, (const char *)op->text.ptr); break;
    case PN_Q_LINKED_FROM: pn_buf_printf(out, "linked_from=%.*s", (int)op->text.len, (const char *)op->text.ptr); break;
    case PN_Q_LIKE:     pn_buf_printf(out, "like%u=%.*s", op->k, (int)op->text.len, (const char *)op->text.ptr); break;
    case PN_Q_AND:      pn_buf_printf(out, "&"); break;
    case PN_Q_OR:       pn_buf_printf(out, "|"); break;
    case PN_Q_NOT:      pn_buf_printf(out, "!"); break;
    case PN_Q_NEAR:     pn_buf_printf(out, "%s%u/%u", op->ordered ? "pre" : "near", op->n_parts, op->within); break;
    }
}

/* The program, operators behind what they combine.  "korea covid+19@1 &" is korea AND "covid 19"; a ^ marks a prefix. */
static pn_buf shown(const pn_query *q) {
    pn_buf out = { 0 };
    size_t depth = 0, most = 0;
    for (size_t i = 0; i < q->n_ops; i++) {
        assert_true(depth >= pn_query_arity(&q->ops[i]));
        depth -= pn_query_arity(&q->ops[i]);
        depth++;
        most = PN_MAX(most, depth);
        if (i) pn_buf_put_u8(&out, ' ');
        show_op(&q->ops[i], &out);
    }
    pn_buf_put_u8(&out, 0);
    assert_int_equal(out.rc, PN_OK);
    assert_int_equal(depth, 1);
    assert_int_equal(most, q->max_stack);
    return out;
}

static pn_buf printed(const pn_query *q) {
    pn_buf out = { 0 };
    assert_int_equal(pn_query_print(q, &out, NULL), PN_OK);
    pn_buf_put_u8(&out, 0);
    return out;
}

/* Also: the query as text reads back to the same program and the same text. */
static void assert_asks(const char *text, const char *want) {
    pn_query q = parsed(text);
    pn_buf got = shown(&q), canonical = printed(&q);
    assert_string_equal((const char *)got.ptr, want);
    pn_query again = parsed((const char *)canonical.ptr);
    pn_buf got_again = shown(&again), canonical_again = printed(&again);
    assert_string_equal((const char *)got_again.ptr, want);
    assert_string_equal((const char *)canonical_again.ptr, (const char *)canonical.ptr);
    pn_query_fini(&q);
    pn_query_fini(&again);
    pn_buf_fini(&got);
    pn_buf_fini(&canonical);
    pn_buf_fini(&got_again);
    pn_buf_fini(&canonical_again);
}

static void assert_prints(const char *text, const char *want) {
    pn_query q = parsed(text);
    pn_buf canonical = printed(&q);
    assert_string_equal((const char *)canonical.ptr, want);
    pn_query_fini(&q);
    pn_buf_fini(&canonical);
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

static void articles_like_one_are_asked_for_by_its_id(void **s) {
    (void)s;
    assert_asks("like:a1", "like20=a1");
    assert_asks("like7:\"a 1\" NOT like10000:none", "like7=a 1 like10000=none ! &");
    assert_prints("like:a1", "like20:a1");
    assert_prints("like05:\"a 1\"", "like5:\"a 1\"");
    assert_wrong("korea like0:a", 6);
    assert_wrong("like10001:a", 0);
    assert_wrong("like99999999999:a", 0);
    assert_wrong("like5:", 0);
    assert_wrong("title:(like:a)", 7);
}

static void words_side_by_side_must_all_be_there(void **s) {
    (void)s;
    assert_asks("korea blockchain", "korea blockchain &");
    assert_asks("  korea\tblockchain\n", "korea blockchain &");
    assert_asks("a b c", "a b & c &");
    assert_asks("korea\xC2\xA0" "block\xE3\x80\x80" "chain", "korea block & chain &");
    assert_asks("korea AND blockchain", "korea blockchain &");
}

static void operators_are_words_in_any_other_spelling(void **s) {
    (void)s;
    assert_asks("korea and blockchain", "korea and & blockchain &");
    assert_asks("And", "and");
    assert_asks("\"AND\" \"OR\" \"NOT\"", "and or & not &");
    assert_asks("ANDES", "andes");
    assert_asks("ORB NOTE", "orb note &");
}

static void a_part_of_several_words_is_a_phrase(void **s) {
    (void)s;
    assert_asks("Covid-19", "covid+19@1");
    assert_asks("state-of-the-art", "state+of@1+the@2+art@3");
    assert_asks("l'homme", "l+homme@1");
    assert_asks("https://example.com/a", "https+example@1+com@2+a@3");
}

static void signs_alone_between_words_ask_for_nothing(void **s) {
    (void)s;
    assert_asks("korea - blockchain", "korea blockchain &");
    assert_asks("- korea", "korea");
    assert_asks("Is it true? Yes - or no!", "is it & true & yes & or & no &");
}

/* --- how operators bind */

static void not_binds_tighter_than_and_and_and_tighter_than_or(void **s) {
    (void)s;
    assert_asks("a OR b AND NOT c", "a b c ! & |");
    assert_asks("a b OR c d", "a b & c d & |");
    assert_asks("NOT a b", "a ! b &");
    assert_asks("NOT a OR b", "a ! b |");
    assert_asks("a OR b OR c", "a b | c |");
    assert_asks("NOT NOT a", "a ! !");
    assert_asks("a AND NOT b AND NOT c", "a b ! & c ! &");
}

static void parentheses_group(void **s) {
    (void)s;
    assert_asks("(a OR b) AND c", "a b | c &");
    assert_asks("a (b OR c)", "a b c | &");
    assert_asks("a AND (b AND c)", "a b c & &");
    assert_asks("NOT (a OR b)", "a b | !");
    assert_asks("((a))", "a");
    assert_asks("(a)(b)", "a b &");
    assert_asks("a(b)", "a b &");
}

static void a_query_prints_with_as_few_parentheses_as_binding_allows(void **s) {
    (void)s;
    assert_prints("  korea   blockchain ", "korea AND blockchain");
    assert_prints("((a OR (b AND c)))", "a OR b AND c");
    assert_prints("(a OR b) c", "(a OR b) AND c");
    assert_prints("a AND (b AND c)", "a AND (b AND c)");
    assert_prints("NOT (a) AND NOT (b OR c)", "NOT a AND NOT (b OR c)");
    assert_prints("\xE2\x80\x9CSouth Korea\xE2\x80\x9D", "\"South Korea\"");
    assert_prints("\"korea\"", "korea");
    assert_prints("\"OR\"", "\"OR\"");
    assert_prints("\"block*\"", "\"block*\"");
    assert_prints("\"b?ock\"", "\"b?ock\"");
    assert_prints("\"near~2\"", "\"near~2\"");
    assert_prints("tag:\"tag:a\"", "tag:\"tag:a\"");
    assert_prints("title:(a OR b)", "title:a OR title:b");
    assert_prints("tag:\"none\" tag:none", "tag:\"none\" AND tag:none");
    assert_prints("language:en", "lang:en");
}

/* --- phrases */

static void quotation_marks_of_every_kind_make_a_phrase(void **s) {
    (void)s;
    assert_asks("\"South Korea\"", "south+korea@1");
    assert_asks("\xE2\x80\x9CSouth Korea\xE2\x80\x9D", "south+korea@1");
    assert_asks("\xE2\x80\x9ESouth Korea\xE2\x80\x9C", "south+korea@1");
    assert_asks("\xC2\xABSouth Korea\xC2\xBB", "south+korea@1");
    assert_asks("\xC2\xBBSouth Korea\xC2\xAB", "south+korea@1");
    assert_asks("\"South Korea\xE2\x80\x9D", "south+korea@1");
    assert_asks("\"the \xC2\xABSouth Korea\xC2\xBB\"", "the+south@1+korea@2");
    assert_asks("\xE2\x80\x9Cthe \xC2\xABSouth Korea\xC2\xBB\xE2\x80\x9D", "the+south@1+korea@2");
    assert_prints("tag:\"OAO \xC2\xABGazprom\xC2\xBB\"", "tag:\"OAO \xC2\xABGazprom\xC2\xBB\"");
    assert_asks("\" korea \"", "korea");
}

static void quotation_marks_need_no_blanks_around_them(void **s) {
    (void)s;
    assert_asks("rail\"South Korea\"bank", "rail south+korea@1 & bank &");
    assert_asks("\"a\"\"b c\"", "a b+c@1 &");
    assert_asks("a AND\"b\"", "a b &");
}

static void signs_and_fields_are_text_inside_quotation_marks(void **s) {
    (void)s;
    assert_asks("\"(korea) * ~\"", "korea");
    assert_asks("\"title: korea\"", "title+korea@1");
    assert_asks("\"block*\"", "block");
}

static void a_backslash_takes_a_quotation_mark_or_a_backslash_into_the_text(void **s) {
    (void)s;
    assert_asks("tag:\"a \\\"b\\\" c\"", "tag=a \"b\" c");
    assert_asks("tag:\"a\\\\\"", "tag=a\\");
    assert_asks("tag:\"a\\b\"", "tag=a\\b");
    assert_asks("\"a \\\" b\"", "a+b@1");
}

static void a_paragraph_break_in_a_phrase_leaves_a_place_free(void **s) {
    (void)s;
    assert_asks("\"one\n\ntwo\"", "one+two@2");
    assert_asks("\"one\ntwo\"", "one+two@1");
}

/* --- scripts without spaces */

static void one_character_is_a_prefix_two_a_term_and_more_a_phrase(void **s) {
    (void)s;
    assert_asks("中", "中^");
    assert_asks("北京", "北京");
    assert_asks("新华社", "新华+华社@1");
    assert_asks("新华社北", "新华+华社@1+社北@2");
    assert_asks("서울", "서울");
}

static void a_character_that_ends_a_run_inside_a_part_stands_for_itself(void **s) {
    (void)s;
    assert_asks("中2", "中+2@1");
    assert_asks("2020年8月", "2020+年@1+8@2+月@3^");
    assert_asks("比特币BTC", "比特+特币@1+币@2+btc@3");
    assert_asks("\"北，京\"", "北+京@1^");
    assert_asks("BTC价格", "btc+价格@1");
}

/* --- patterns, fields */

static void stars_and_question_marks_make_a_pattern(void **s) {
    (void)s;
    assert_asks("block*", "/block*/");
    assert_asks("B?OCK*", "/b?ock*/");
    assert_asks("*chain", "/*chain/");
    assert_asks("title:Block*", "title=/block*/");
    assert_asks("korea?", "korea");
    assert_asks("korea??", "korea");
}

static void fields_are_names_dates_and_addresses(void **s) {
    (void)s;
    assert_asks("title:korea", "title=korea");
    assert_asks("title:\"South Korea\"", "title=south+korea@1");
    assert_asks("title:(korea OR NOT cbdc) bank", "title=korea title=cbdc ! | bank &");
    assert_asks("tag:BlockChain", "tag=blockchain");
    assert_asks("section:\"Local  News\"", "section=local news");
    assert_asks("source:a author:b lang:c", "source=a author=b & lang=c &");
    assert_asks("language:en", "lang=en");
    assert_asks("tag:none", "tag=any !");
    assert_asks("tag:\"none\"", "tag=none");
    assert_asks("NOT author:none", "author=any ! !");
    assert_asks("id:r-17 url:http://example.com/a", "id=r-17 url=http://example.com/a &");
}

static void dates_are_periods_and_both_ends_count(void **s) {
    (void)s;
    assert_asks("date:1970", "[0,364]");
    assert_asks("date:1970-02", "[31,58]");
    assert_asks("date:1970-01-02", "[1,1]");
    assert_asks("date:1970-Q1", "[0,89]");
    assert_asks("date:1970-W01", "[-3,3]");
    assert_asks("date:1970-W53", "[361,367]");
    assert_asks("date:1970..1970-02", "[0,58]");
    assert_asks("date:1970-02..", "[31,1073741823]");
    assert_asks("date:..1970-02", "[-1073741824,58]");
    assert_asks("date:1971..1970", "[365,364]");
}

static void only_one_exact_word_of_the_text_is_one_term(void **s) {
    (void)s;
    static const struct { const char *text; bool want; } cases[] = {
        { "korea", true }, { "\"korea\"", true }, { "北京", true }, { "(korea)", true }, { "korea bank", false }, { "NOT korea", false }, { "title:korea", false },
        { "\"korea bank\"", false }, { "Covid-19", false }, { "中", false }, { "tag:korea", false }, { "kor*", false } };
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
    assert_wrong("title:-", 0);
}

static void a_quotation_mark_without_its_fellow_is_an_error_at_its_place(void **s) {
    (void)s;
    assert_wrong("\"korea", 0);
    assert_wrong("korea \"bank", 6);
    assert_wrong("\"a\" \xC2\xAB" "b", 4);
    assert_wrong("a\"", 1);
    assert_wrong("\"a\\\"", 0);
}

static void a_parenthesis_without_its_fellow_is_an_error_at_its_place(void **s) {
    (void)s;
    assert_wrong("(korea", 0);
    assert_wrong("a (b (c)", 2);
    assert_wrong("korea)", 5);
    assert_wrong("a () b", 3);
    assert_wrong("(", 0);
    assert_wrong(")", 0);
    assert_wrong("title:(a", 0);
}

static void an_operator_needs_something_on_both_sides(void **s) {
    (void)s;
    assert_wrong("AND korea", 0);
    assert_wrong("korea AND", 6);
    assert_wrong("korea AND -", 6);
    assert_wrong("korea OR AND bank", 9);
    assert_wrong("NOT", 0);
    assert_wrong("korea NOT", 6);
    assert_wrong("(a OR)", 5);
    assert_wrong("NOT AND a", 4);
}

static void fields_that_cannot_be_read_are_refused_where_they_stand(void **s) {
    (void)s;
    assert_wrong("bank tag:", 5);
    assert_wrong("tag:\"\"", 0);
    assert_wrong("bank tag:(a OR b)", 5);
    assert_wrong("title:", 0);
    assert_wrong("id:", 0);
    assert_wrong("(tag:)", 1);
    assert_wrong("bank date:tomorrow", 5);
    assert_wrong("date:2020-13", 0);
    assert_wrong("date:2020-02-30", 0);
    assert_wrong("date:2020-W54", 0);
    assert_wrong("date:2021-W53", 0);
    assert_wrong("date:2020-Q5", 0);
    assert_wrong("date:..", 0);
    assert_wrong("date:2020...2021", 0);
    assert_wrong("date:1599", 0);
    assert_wrong("date:2201", 0);
}

static void a_field_that_is_none_is_refused_with_one_like_it(void **s) {
    (void)s;
    static const struct { const char *text, *advice; size_t at; } cases[] = {
        { "Tag:a", "did you mean tag: ?", 0 },           { "a titel:korea", "did you mean title: ?", 2 }, { "autor:\"a b\"", "did you mean author: ?", 0 },
        { "leed:x", "did you mean lead: ?", 0 },         { "atleast:x", "did you mean atleast5: ?", 0 }, { "headline:(a)", "did you mean title: ?", 0 },
        { "korea:x", "in quotation marks", 0 },          { "label:x", "in quotation marks", 0 } };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_error err = { 0 };
        pn_query q;
        assert_int_equal(pn_query_parse(pn_bytes_cstr(cases[i].text), &q, &err), PN_ESYNTAX);
        if (!strstr(err.msg, cases[i].advice) || err.offset != cases[i].at) fail_msg("%s: %s at %d", cases[i].text, err.msg, (int)err.offset);
    }
    assert_asks("Breaking: korea", "breaking korea &");
    assert_asks("10:30", "10+30@1");
}

/* --- words near each other, counted, in one place */

static void a_phrase_may_let_its_words_stand_apart(void **s) {
    (void)s;
    assert_asks("\"a b\"~3", "a+b@1~~3");
    assert_asks("\"a b\"~0", "a+b@1");
    assert_asks("\"a\"~3", "a");
    assert_asks("title:\"a b\"~100 c", "title=a+b@1~~100 c &");
    assert_wrong("\"a b\"~", 0);
    assert_wrong("\"a b\"~101", 0);
    assert_wrong("x tag:\"a b\"~3", 2);
    assert_wrong("atleast2:\"a b\"~3", 0);
}

static void near_binds_tighter_than_not(void **s) {
    (void)s;
    assert_asks("a NEAR/5 b", "a b near2/5");
    assert_asks("a PRE/5 b", "a b pre2/5");
    assert_asks("a b NEAR/5 c d", "a b c near2/5 & d &");
    assert_asks("NOT a NEAR/5 b", "a b near2/5 !");
    assert_asks("a NEAR/5 b NEAR/5 c", "a b c near3/5");
    assert_asks("(a OR \"b c\") NEAR/3 d*", "a b+c@1 | /d*/ near2/3");
    assert_asks("title:(a NEAR/5 b)", "title=a title=b near2/5");
    assert_asks("title:a NEAR/5 title:b", "title=a title=b near2/5");
    assert_asks("lead30:(a PRE/1 b c)", "lead30=a lead30=b pre2/1 lead30=c &");
    assert_prints("title:(a NEAR/5 (b OR c))", "title:(a NEAR/5 (b OR c))");
    assert_prints("(a NEAR/5 b)", "a NEAR/5 b");
    assert_asks("a w/5 b", "a b near2/5");
    assert_asks("a W/5 b", "a b near2/5");
    assert_asks("w/5 b", "w+5@1 b &");
    assert_asks("a (w/5)", "a w+5@1 &");
    assert_asks("near5:\"a b c\"", "a b c near3/5");
    assert_asks("title:(near5:\"a b\")", "title=a title=b near2/5");
}

static void near_stands_between_words_and_alternatives_only(void **s) {
    (void)s;
    assert_wrong("a NEAR/5 b NEAR/4 c", 11);
    assert_wrong("a NEAR/5 b PRE/5 c", 11);
    assert_wrong("(a NEAR/5 b) NEAR/5 c", 13);
    assert_wrong("(a b) NEAR/5 c", 6);
    assert_wrong("a NEAR/5 NOT b", 2);
    assert_wrong("a NEAR/5 tag:b", 2);
    assert_wrong("a NEAR/5 title:b", 2);
    assert_wrong("a NEAR/5 \"b c\"~2", 2);
    assert_wrong("a NEAR/5 atleast2:b", 2);
    assert_wrong("a NEAR/0 b", 2);
    assert_wrong("a NEAR/101 b", 2);
    assert_wrong("a NEAR/99999999999 b", 2);
    assert_wrong("a NEAR b", 2);
    assert_wrong("a NEAR/s b", 2);
    assert_wrong("NEAR/5 b", 0);
    assert_wrong("a NEAR/5", 2);
    assert_wrong("(a NEAR/5)", 9);
    assert_wrong("near5:a", 0);
    assert_wrong("near5:\"a\"", 0);
}

static void a_chain_of_near_has_at_most_eight_parts(void **s) {
    (void)s;
    for (size_t n = 7; n <= 9; n++) {
        pn_buf b = { 0 };
        pn_query q = { 0 };
        pn_buf_printf(&b, "a");
        for (size_t i = 1; i < n; i++) pn_buf_printf(&b, " NEAR/5 a");
        assert_int_equal(pn_query_parse(pn_buf_bytes(&b), &q, NULL), n <= PN_QUERY_NEAR_MAX ? PN_OK : PN_ELIMIT);
        pn_query_fini(&q);
        pn_buf_fini(&b);
    }
}

static void regular_expressions_and_loose_phrases_have_limits_of_the_whole_query(void **s) {
    (void)s;
    static const struct { const char *text; pn_status rc; } cases[] = { { "/(a{99}){50}/ /(b{99}){50}/", PN_OK }, { "/(a{99}){60}/ /(b{99}){60}/", PN_ELIMIT } };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        pn_query q = { 0 };
        assert_int_equal(pn_query_parse(pn_bytes_cstr(cases[i].text), &q, NULL), cases[i].rc);
        pn_query_fini(&q);
    }
    for (size_t n = PN_QUERY_LOOSE_MAX; n <= PN_QUERY_LOOSE_MAX + 1; n++) {
        pn_buf b = { 0 };
        pn_query q = { 0 };
        pn_buf_printf(&b, "\"");
        for (size_t i = 0; i < n; i++) pn_buf_printf(&b, "a ");
        pn_buf_printf(&b, "\"~1");
        assert_int_equal(pn_query_parse(pn_buf_bytes(&b), &q, NULL), n <= PN_QUERY_LOOSE_MAX ? PN_OK : PN_ELIMIT);
        pn_query_fini(&q);
        pn_buf_fini(&b);
    }
}

static void words_are_looked_for_in_body_lead_and_often(void **s) {
    (void)s;
    assert_asks("body:korea", "body=korea");
    assert_asks("lead:korea lead50:korea", "lead50=korea lead50=korea &");
    assert_prints("lead50:korea", "lead:korea");
    assert_prints("lead30:(a OR NOT \"b c\"~2)", "lead30:a OR NOT lead30:\"b c\"~2");
    assert_asks("body:(a b*)", "body=a body=/b*/ &");
    assert_asks("atleast5:korea", "5xkorea");
    assert_asks("repeat3:\"a b\"", "3xa+b@1");
    assert_asks("atleast3:(block*)", "3x/block*/");
    assert_asks("atleast1:a", "a");
    assert_asks("title:(title:a)", "title=a");
    assert_wrong("title:(tag:a)", 7);
    assert_wrong("title:(body:a)", 7);
    assert_wrong("lead30:(lead:a)", 8);
    assert_wrong("x atleast2:(a b)", 2);
    assert_wrong("lead0:a", 0);
    assert_wrong("lead1000001:a", 0);
    assert_wrong("tag:(a)", 0);
}

static void lengths_are_numbers_of_words(void **s) {
    (void)s;
    assert_asks("length:100..500", "length[100,500]");
    assert_asks("length:100..", "length[100,4294967295]");
    assert_asks("length:..500", "length[0,500]");
    assert_asks("length:0..500", "length[0,500]");
    assert_asks("length:0", "length[0,0]");
    assert_asks("length:7", "length[7,7]");
    assert_asks("length:0..", "length[0,4294967295]");
    assert_wrong("length:..", 0);
    assert_wrong("length:a", 0);
    assert_wrong("length:1..2..3", 0);
    assert_wrong("length:1234567890", 0);
}

/* --- words like a word, regular expressions */

static void a_tilde_behind_a_word_allows_for_typing_mistakes(void **s) {
    (void)s;
    assert_asks("Blockchian~", "blockchian~2");
    assert_asks("blockchian~1", "blockchian~1");
    assert_prints("Blockchian~", "Blockchian~2");
    assert_asks("title:korea~1", "title=korea~1");
    assert_asks("\"near~2\"", "near+2@1");
    assert_asks("a~b", "a+b@1");
    assert_asks("~2", "2");
    assert_asks("\xE5\x8C\x97\xE4\xBA\xAC~1", "\xE5\x8C\x97\xE4\xBA\xAC~1");
    assert_wrong("korea~3", 0);
    assert_wrong("a korea~0", 2);
    assert_wrong("korea~12", 0);
    assert_wrong("covid-19~1", 0);
    assert_wrong("block*~1", 0);
    assert_wrong("-~2", 0);
}

static void what_stands_between_slashes_is_a_regular_expression(void **s) {
    (void)s;
    assert_asks("/colou?rs?/", "re/colou?rs?/");
    assert_asks("a /b|c/ d", "a re/b|c/ & d &");
    assert_asks("title:(/(a|b)c/)", "title=re/(a|b)c/");
    assert_asks("/a\\/b/", "re/a\\/b/");
    assert_asks("(/a/)", "re/a/");
    assert_asks("and/or", "and+or@1");
    assert_asks("/usr/bin/", "usr+bin@1");
    assert_asks("km /h", "km h &");
    assert_asks("/ a", "a");
    assert_asks("\"/a/\"", "a");
    assert_prints("\"/a/\"", "\"/a/\"");
    assert_wrong("a /b[c", 2);
    assert_wrong("a /b[c/", 4);
    assert_wrong("a /b**/", 5);
    assert_wrong("tag:\"a\" title:/(/", 15);
}

static void what_is_not_utf8_is_refused_at_its_first_byte(void **s) {
    (void)s;
    assert_wrong("korea \xFF", 6);
    assert_wrong("\xC3", 0);
    assert_wrong("a \xE4\xB8", 2);
}

static void the_error_may_be_left_out_and_fini_takes_what_was_never_filled(void **s) {
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

static pn_status status_of(const pn_buf *text, size_t *ops, size_t *words) {
    pn_query q;
    pn_status rc = pn_query_parse(pn_buf_bytes(text), &q, NULL);
    if (rc != PN_OK) return rc;
    *ops = q.n_ops;
    *words = q.ops[0].n_words;
    pn_query_fini(&q);
    return PN_OK;
}

static void a_query_has_at_most_1024_parts(void **s) {
    (void)s;
    for (size_t n = PN_QUERY_CLAUSE_MAX - 1; n <= PN_QUERY_CLAUSE_MAX + 1; n++) {
        size_t ops = 0, words = 0;
        pn_buf b = repeated("a ", n);
        assert_int_equal(status_of(&b, &ops, &words), n <= PN_QUERY_CLAUSE_MAX ? PN_OK : PN_ELIMIT);
        if (n <= PN_QUERY_CLAUSE_MAX) assert_int_equal(ops, 2 * n - 1);
        pn_buf_fini(&b);
    }
}

static void a_phrase_has_at_most_1024_words(void **s) {
    (void)s;
    for (size_t n = PN_QUERY_CLAUSE_MAX - 1; n <= PN_QUERY_CLAUSE_MAX + 1; n++) {
        size_t ops = 0, words = 0;
        pn_buf b = repeated("a-", n);
        assert_int_equal(status_of(&b, &ops, &words), n <= PN_QUERY_CLAUSE_MAX ? PN_OK : PN_ELIMIT);
        if (n <= PN_QUERY_CLAUSE_MAX) assert_true(ops == 1 && words == n);
        pn_buf_fini(&b);
    }
}

static void a_query_has_at_most_65536_bytes(void **s) {
    (void)s;
    for (size_t n = PN_QUERY_TEXT_MAX - 1; n <= PN_QUERY_TEXT_MAX + 1; n++) {
        size_t ops = 0, words = 0;
        pn_buf b = repeated("a", n);
        assert_int_equal(status_of(&b, &ops, &words), n <= PN_QUERY_TEXT_MAX ? PN_OK : PN_ELIMIT);
        pn_buf_fini(&b);
    }
}

static void at_most_256_parentheses_are_open(void **s) {
    (void)s;
    for (size_t n = PN_QUERY_DEPTH_MAX - 1; n <= PN_QUERY_DEPTH_MAX + 1; n++) {
        size_t ops = 0, words = 0;
        pn_buf b = repeated("(", n), close = repeated(")", n);
        pn_buf_put_u8(&b, 'a');
        pn_buf_put_bytes(&b, pn_buf_bytes(&close));
        assert_int_equal(status_of(&b, &ops, &words), n <= PN_QUERY_DEPTH_MAX ? PN_OK : PN_ELIMIT);
        pn_buf_fini(&b);
        pn_buf_fini(&close);
    }
}

static void parentheses_and_nots_count_together_whatever_else_waits(void **s) {
    (void)s;
    for (size_t n = PN_QUERY_DEPTH_MAX / 2; n <= PN_QUERY_DEPTH_MAX / 2 + 1; n++) {
        size_t ops = 0, words = 0;
        pn_buf b = repeated("a OR b AND NOT (", n), close = repeated(")", n);
        pn_buf_put_u8(&b, 'c');
        pn_buf_put_bytes(&b, pn_buf_bytes(&close));
        assert_int_equal(status_of(&b, &ops, &words), n <= PN_QUERY_DEPTH_MAX / 2 ? PN_OK : PN_ELIMIT);
        pn_buf_fini(&b);
        pn_buf_fini(&close);
    }
}

/* --- any text at all */

static const char rich[] = "Korea AND \"South Korea\" OR NOT Covid-19 \xE2\x80\x9C" "caf\xC3\xA9 l'homme\xE2\x80\x9D AND (北京 OR 中) \xC2\xAB" "2020年8月\xC2\xBB u.s. AND c++ \"(a) ~ *\" block* -"
                           " title:(bank OR \"central bank\") AND tag:none tag:\"a \\\"b\\\"\" date:2020..2021-06 \xE2\x80\x9E" "won\xE2\x80\x99t\xE2\x80\x9C - id:x (NOT (新华社)) \"one\n\ntwo\" end";

/* The text stands in memory of its own, so that a read behind it is seen. */
static pn_status status_of_copy(const char *text, size_t n, uint64_t *offset) {
    char *copy = malloc(n ? n : 1);
    pn_error err = { 0 };
    pn_query q;
    assert_non_null(copy);
    memcpy(copy, text, n);
    pn_status rc = pn_query_parse(pn_bytes_of(copy, n), &q, &err);
    free(copy);
    *offset = err.offset;
    if (rc == PN_OK) {
        pn_buf program = shown(&q), canonical = printed(&q);
        pn_buf_fini(&program);
        pn_buf_fini(&canonical);
        pn_query_fini(&q);
    }
    return rc;
}

static void every_beginning_of_a_query_is_a_query_or_an_error_inside_it(void **s) {
    (void)s;
    size_t good = 0, wrong = 0;
    for (size_t n = 0; n < sizeof rich; n++) {
        uint64_t offset;
        pn_status rc = status_of_copy(rich, n, &offset);
        good += rc == PN_OK;
        wrong += rc == PN_ESYNTAX;
        assert_true(rc == PN_OK || (rc == PN_ESYNTAX && offset <= n));
    }
    assert_true(good > 50 && wrong > 50);
}

static void every_byte_anywhere_is_a_query_or_an_error_inside_it(void **s) {
    (void)s;
    char text[] = "korea AND (\"a b\" OR tag:x) 中*";
    size_t n = sizeof text - 1;
    for (size_t at = 0; at < n; at++) {
        char was = text[at];
        for (int byte = 0; byte < 256; byte++) {
            uint64_t offset;
            text[at] = (char)byte;
            pn_status rc = status_of_copy(text, n, &offset);
            assert_true(rc == PN_OK || (rc == PN_ESYNTAX && offset <= n));
        }
        text[at] = was;
    }
}

static void reading_without_memory_is_a_status_and_leaves_nothing(void **s) {
    (void)s;
    pn_buf b = repeated("word (\"a b c\" OR tag:x) 新华社 b*", 40);             /* more operations than the first room holds */
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

static void printing_without_memory_is_a_status_and_never_half_a_text(void **s) {
    (void)s;
    static const char text[] = "(a OR \"b c\") AND NOT (tag:x OR tag:none) AND title:\"a long enough phrase to need more room than the first\"";
    pn_query q = parsed(text);
    pn_buf whole = printed(&q);
    int64_t before = pn_live();
    pn_status rc = PN_ENOMEM;
    long n = 1;
    for (; rc == PN_ENOMEM; n++) {
        pn_error err = { 0 };
        pn_buf out = { 0 };
        oom_arm(n);
        rc = pn_query_print(&q, &out, &err);
        oom_off();
        assert_true(rc == PN_OK || rc == PN_ENOMEM);
        assert_int_equal(err.code, rc);
        if (rc == PN_OK) assert_true(pn_bytes_equal(pn_buf_bytes(&out), pn_bytes_cstr((const char *)whole.ptr)));
        pn_buf_fini(&out);
        assert_int_equal(pn_live(), before);
    }
    assert_true(n > 4);
    pn_buf_fini(&whole);
    pn_query_fini(&q);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded_and_cut_as_texts_are),
        cmocka_unit_test(articles_like_one_are_asked_for_by_its_id),
        cmocka_unit_test(words_side_by_side_must_all_be_there),
        cmocka_unit_test(operators_are_words_in_any_other_spelling),
        cmocka_unit_test(a_part_of_several_words_is_a_phrase),
        cmocka_unit_test(signs_alone_between_words_ask_for_nothing),
        cmocka_unit_test(not_binds_tighter_than_and_and_and_tighter_than_or),
        cmocka_unit_test(parentheses_group),
        cmocka_unit_test(a_query_prints_with_as_few_parentheses_as_binding_allows),
        cmocka_unit_test(quotation_marks_of_every_kind_make_a_phrase),
        cmocka_unit_test(quotation_marks_need_no_blanks_around_them),
        cmocka_unit_test(signs_and_fields_are_text_inside_quotation_marks),
        cmocka_unit_test(a_backslash_takes_a_quotation_mark_or_a_backslash_into_the_text),
        cmocka_unit_test(a_paragraph_break_in_a_phrase_leaves_a_place_free),
        cmocka_unit_test(one_character_is_a_prefix_two_a_term_and_more_a_phrase),
        cmocka_unit_test(a_character_that_ends_a_run_inside_a_part_stands_for_itself),
        cmocka_unit_test(stars_and_question_marks_make_a_pattern),
        cmocka_unit_test(fields_are_names_dates_and_addresses),
        cmocka_unit_test(dates_are_periods_and_both_ends_count),
        cmocka_unit_test(only_one_exact_word_of_the_text_is_one_term),
        cmocka_unit_test(a_query_without_a_word_is_an_error),
        cmocka_unit_test(a_quotation_mark_without_its_fellow_is_an_error_at_its_place),
        cmocka_unit_test(a_parenthesis_without_its_fellow_is_an_error_at_its_place),
        cmocka_unit_test(an_operator_needs_something_on_both_sides),
        cmocka_unit_test(fields_that_cannot_be_read_are_refused_where_they_stand),
        cmocka_unit_test(a_field_that_is_none_is_refused_with_one_like_it),
        cmocka_unit_test(a_phrase_may_let_its_words_stand_apart),
        cmocka_unit_test(near_binds_tighter_than_not),
        cmocka_unit_test(near_stands_between_words_and_alternatives_only),
        cmocka_unit_test(a_chain_of_near_has_at_most_eight_parts),
        cmocka_unit_test(regular_expressions_and_loose_phrases_have_limits_of_the_whole_query),
        cmocka_unit_test(words_are_looked_for_in_body_lead_and_often),
        cmocka_unit_test(lengths_are_numbers_of_words),
        cmocka_unit_test(a_tilde_behind_a_word_allows_for_typing_mistakes),
        cmocka_unit_test(what_stands_between_slashes_is_a_regular_expression),
        cmocka_unit_test(what_is_not_utf8_is_refused_at_its_first_byte),
        cmocka_unit_test(the_error_may_be_left_out_and_fini_takes_what_was_never_filled),
        cmocka_unit_test(a_query_has_at_most_1024_parts),
        cmocka_unit_test(a_phrase_has_at_most_1024_words),
        cmocka_unit_test(a_query_has_at_most_65536_bytes),
        cmocka_unit_test(at_most_256_parentheses_are_open), cmocka_unit_test(parentheses_and_nots_count_together_whatever_else_waits),
        cmocka_unit_test(every_beginning_of_a_query_is_a_query_or_an_error_inside_it),
        cmocka_unit_test(every_byte_anywhere_is_a_query_or_an_error_inside_it),
        cmocka_unit_test(reading_without_memory_is_a_status_and_leaves_nothing),
        cmocka_unit_test(printing_without_memory_is_a_status_and_never_half_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
