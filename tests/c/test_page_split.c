#include "page_input.h"

/* ---- several articles in one input */

static void pages_strung_together_in_any_way_fall_apart(void **state) {
    (void)state;
    static const char *const GLUE[] = { "\n", "\n\n\n", "\n\n-----\n\n", "\n=====\n", "\f", "\n\f\n", "\x1E", "\n\xEF\xBB\xBF" };
    for (size_t i = 0; i < PN_COUNT(GLUE); i++) {
        static char text[32768];
        size_t n = strlen(the_page());
        snprintf(text, sizeof text, "%s%s%s%s%s", page, GLUE[i], page, GLUE[i], page);
        open_input(text, strlen(text));
        uint64_t end = 0;
        for (int k = 0; k < 3; k++) {
            assert_true(next());
            expect_page(3);
            assert_int_equal(doc->offset, end);
            assert_true(doc->length >= n);
            assert_int_equal(has("split_by"), k > 0);
            if (i == 2 && k > 0) expect_text(remark("split_by")->excerpt, "-----");
            end += doc->length;
        }
        assert_int_equal(end, strlen(text));
        expect_end();
    }
}

static void pages_without_related_block_fall_apart_at_their_tags(void **state) {
    (void)state;
    static char text[32768];
    const char *one = before(the_page(), "Related Posts");
    snprintf(text, sizeof text, "%s%s\n\n%s", one, one, one);
    open_input(text, strlen(text));
    for (int k = 0; k < 3; k++) { assert_true(next()); expect_page(0); assert_int_equal(doc->n_tags, 0); }
    expect_end();
}

static void pages_with_neither_fall_apart_where_the_same_label_follows_a_title(void **state) {
    (void)state;
    static char text[32768];
    const char *one = before(the_page(), "Tags");
    snprintf(text, sizeof text, "%s%s-----\n%s", one, one, one);
    open_input(text, strlen(text));
    for (int k = 0; k < 3; k++) { assert_true(next()); expect_page(0); assert_int_equal(doc->tags_present, false); }
    expect_end();
}

static void a_rule_between_pages_is_a_separator_and_not_text(void **state) {
    (void)state;
    read_first("A\nPublished: May 1, 2020\na\n----\nb\n====\n****\nB\nPublished: May 2, 2020\nc\n");
    expect_text(doc->body, "a\n\n----\n\nb");
    assert_int_equal(role_at(6), PN_ROLE_SEPARATOR);
    assert_int_equal(role_at(7), PN_ROLE_SEPARATOR);
    assert_true(next());
    expect_text(doc->title, "B");
    expect_text(remark("split_by")->excerpt, "****");
}

static void a_dated_page_without_its_title_is_split_off_too(void **state) {
    (void)state;
    static char text[32768];
    snprintf(text, sizeof text, "%s\n%s", the_page(), strstr(page, "Published"));
    open_input(text, strlen(text));
    assert_true(next());
    expect_page(3);
    assert_true(next());
    expect_text(doc->title, NULL);
    expect_body(P1, P2, P3);
    expect_end();
}

static char *many_lines(size_t n, const char *line, size_t *len) {
    size_t each = strlen(line);
    char *text = malloc(n * each + 1);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++) memcpy(text + i * each, line, each);
    *len = n * each;
    return text;
}

/* One article that is too large between two that are not. */
static void expect_large_one_skipped(const char *filler, size_t n) {
    static const char HEAD_A[] = "A\nPublished: May 1, 2020\na\nTags\nBig\nPublished: May 2, 2020\n", TAIL_A[] = "Tags\nB\nPublished: May 3, 2020\nb\n";
    size_t len;
    char *middle = many_lines(n, filler, &len), *text = malloc(len + sizeof HEAD_A + sizeof TAIL_A);
    assert_non_null(text);
    memcpy(text, HEAD_A, sizeof HEAD_A - 1);
    memcpy(text + sizeof HEAD_A - 1, middle, len);
    memcpy(text + sizeof HEAD_A - 1 + len, TAIL_A, sizeof TAIL_A - 1);
    open_input(text, sizeof HEAD_A - 1 + len + sizeof TAIL_A - 1);
    assert_true(next());
    expect_text(doc->title, "A");
    uint64_t at = doc->length;
    assert_true(next());
    assert_true(doc->skipped);
    assert_int_equal(doc->offset, at);
    assert_int_equal(remark("article_too_large")->line, 5);
    assert_int_equal(remark("article_too_large")->severity, PN_ERROR);
    assert_int_equal(doc->n_roles, 0);
    at += doc->length;
    assert_memory_equal(text + at, "B\n", 2);
    assert_true(next());
    expect_text(doc->title, "B");
    assert_int_equal(doc->offset, at);
    expect_end();
    close_input();
    free(middle);
    free(text);
}

static void an_article_that_is_too_large_costs_only_itself(void **state) {
    (void)state;
    size_t n = 1u << 20;
    char *line = malloc(n + 1);
    assert_non_null(line);
    memset(line, 'x', n);
    line[n - 1] = '\n';
    line[n] = 0;
    expect_large_one_skipped("a\n", PN_PAGE_LINES_MAX);
    expect_large_one_skipped(line, 65);
    free(line);
}

/* ---- every line has one role, whatever the order of lines */

static uint32_t random_state = 1;
static uint32_t roll(uint32_t n) { random_state = random_state * 1664525u + 1013904223u; return (random_state >> 8) % n; }

static bool is_blank(pn_bytes s) {
    for (size_t i = 0; i < s.len; i++)
        if (!strchr(" \t", s.ptr[i])) return false;
    return true;
}

/* Reads all records; every non-blank line must have exactly one role, records must tile the input. */
static void expect_roles(const char *text) {
    static uint8_t seen[4096];
    pn_lines it;
    pn_bytes line;
    uint64_t end = 0;
    memset(seen, 0, sizeof seen);
    open_input(text, strlen(text));
    while (next()) {
        assert_int_equal(doc->offset, end);
        end += doc->length;
        for (size_t i = 0; i < doc->n_roles; i++) {
            assert_in_range(doc->roles[i].role, PN_ROLE_PREAMBLE, PN_ROLE_TRAILER);
            for (uint32_t k = 0; k < doc->roles[i].n; k++) seen[doc->roles[i].first + k]++;
        }
        for (size_t i = 0; i < doc->n_diags; i++) assert_true(doc->diags[i].offset <= strlen(text));
    }
    assert_int_equal(end, strlen(text));
    pn_lines_init(&it, pn_bytes_cstr(text));
    for (size_t no = 1; pn_lines_next(&it, &line); no++)
        assert_true(is_blank(line) ? seen[no] <= 1 : seen[no] == 1);
}

static void shuffled_doubled_and_cut_lines_never_lose_one(void **state) {
    (void)state;
    static const char *const EXTRA[] = { "", "-----", "Tags", "Tags: a, b", "Related Posts", "Read more", "Published: May 1, 2020", "Updated: May 2, 2020",
        "By Ada North", "City / May 3, 2020", "May 3, 2020", "/ May 3, 2020", "\f", "Published at: yesterday", "A short line", "\xE2\x80\x8B" };
    for (int round = 0; round < 3000; round++) {
        static char text[65536];
        size_t n = 0;
        pn_lines it;
        pn_bytes line;
        the_page();
        pn_lines_init(&it, pn_bytes_cstr(page));
        while (pn_lines_next(&it, &line)) {
            uint32_t what = roll(8);
            if (what == 0) continue;
            if (what == 1) line.len = pn_utf8_cut(line, roll((uint32_t)line.len + 1));
            for (uint32_t k = 0; k < (what == 2 ? 2u : 1u); k++) n += (size_t)snprintf(text + n, 4096, "%.*s\n", (int)line.len, (const char *)line.ptr);
            if (what == 3) n += (size_t)snprintf(text + n, 4096, "%s\n", EXTRA[roll(PN_COUNT(EXTRA))]);
        }
        for (uint32_t k = roll(30); round % 3 == 0 && k > 0; k--) n += (size_t)snprintf(text + n, 4096, "%s\n", EXTRA[roll(PN_COUNT(EXTRA))]);
        text[n] = 0;
        expect_roles(text);
    }
}

/* ---- the text of a line, against doing it character by character */

static const char *const SPELLING[] = { "a", " ", "\xC3\xA9", "\xE2\x80\x99", "\xC2\xA0", "\t", "\xE2\x80\x8B", "\xE3\x80\x80", "\xE6\x97\xA5",
                                        "\xEF\xBC\x8C", "\xC2\xA3" };

static size_t slow_text(char *out, const unsigned *chars, size_t n, bool *plain) {
    size_t len = 0;
    *plain = true;
    for (size_t i = 0; i < n; i++) {
        bool blank = chars[i] == 1 || chars[i] == 4 || chars[i] == 5 || chars[i] == 7;
        if ((blank && chars[i] != 1) || chars[i] == 6) *plain = false;
        if (blank && len && out[len - 1] == ' ') { *plain = false; continue; }
        const char *c = blank ? " " : SPELLING[chars[i]];
        memcpy(out + len, c, strlen(c));
        len += strlen(c);
    }
    return len;
}

static void blanks_are_joined_wherever_they_stand(void **state) {
    (void)state;
    size_t n_plain = 0;
    for (int round = 0; round < 20000; round++) {
        unsigned chars[64];
        char raw[256], want[256];
        uint8_t got[256];
        size_t n = roll(64), len = 0;
        bool plain;
        for (size_t i = 0; i < n; i++) {
            chars[i] = roll(8) ? 0 : roll(round % 4 ? PN_COUNT(SPELLING) : 4);
            memcpy(raw + len, SPELLING[chars[i]], strlen(SPELLING[chars[i]]));
            len += strlen(SPELLING[chars[i]]);
        }
        size_t n_want = slow_text(want, chars, n, &plain);
        assert_int_equal(pn_page_copy_text(got, pn_bytes_of(raw, len)), n_want);
        assert_memory_equal(got, want, n_want);
        assert_int_equal(pn_page_is_plain(pn_bytes_of(raw, len)), plain);
        n_plain += plain;
    }
    assert_in_range(n_plain, 1000, 19000);
}

/* ---- work and memory */

static uint64_t steps_of(const char *unit, size_t n) {
    size_t len;
    char *text = many_lines(n, unit, &len);
    open_input(text, len);
    while (next()) { }
    uint64_t steps = pn_page_text_steps(&source);
    close_input();
    free(text);
    return steps;
}

static void twice_the_lines_take_twice_the_steps(void **state) {
    (void)state;
    static const char *const UNITS[] = { "Related Posts\n", "Tags\n", "Related Posts\nTitle\nCity / May 1, 2020\n", "x\nRelated Posts\n", "May 1, 2020\n",
        "a\nb\nc\nd\ne\nf\ng\nh\nRelated Posts\n", "Tags\nRelated Posts\n", "-----\n", "Published: May 1, 2020\n", "By Ada North\n", "\xE2\x80\x8B\n",
        "Published: yesterday\n", "T\nPublished: May 1, 2020\n", "T\nPublished: May 1, 2020\nx\nTags\n", "\xE2\x80\x8B\nPublished: yesterday\n", "Updated: May 1, 2020\n" };
    for (size_t i = 0; i < PN_COUNT(UNITS); i++) {
        uint64_t once = steps_of(UNITS[i], 2000), twice = steps_of(UNITS[i], 4000);
        size_t lines = 0;
        for (const char *p = UNITS[i]; *p; p++) lines += *p == '\n';
        assert_true(once >= 2000);
        assert_true(twice <= 2 * once + 200);
        assert_true(once <= 12 * 2000 * lines + 200);
    }
}

static void remarks_upon_one_article_are_bounded_and_the_last_says_so(void **state) {
    (void)state;
    size_t len;
    char *text = many_lines(1000, "Tags\n", &len);
    text = realloc(text, len + 8);
    assert_non_null(text);
    memcpy(text + len, "x.\n\n", 5);
    memcpy(text, "T\n\nT\n", 5);
    open_input(text, len + 4);
    assert_true(next());
    assert_int_equal(doc->n_diags, PN_PAGE_REMARKS_MAX);
    assert_string_equal(doc->diags[doc->n_diags - 1].code, "more_diagnostics");
    close_input();
    free(text);
}

static pn_status read_all(const char *text, size_t n) {
    pn_doc_source s;
    const pn_doc *d = NULL;
    pn_error err = { 0 };
    pn_status rc = pn_page_text_source(pn_bytes_of(text, n), NULL, &s, &err);
    if (rc != PN_OK) return rc;
    do rc = s.next(s.self, &d, &err); while (rc == PN_OK && d);
    if (rc != PN_OK) {
        assert_int_equal(err.code, PN_ENOMEM);
        assert_null(d);
        assert_int_equal(s.next(s.self, &d, NULL), PN_ENOMEM);     /* it stays so */
    }
    s.close(s.self);
    return rc;
}

static void memory_that_runs_out_is_a_status_and_nothing_leaks(void **state) {
    (void)state;
    static char text[32768];
    the_page();
    snprintf(text, sizeof text, "%s\r\n%s", with(with(page, "Tags\n", "Tags: a, b\nA\n"), "2021\n", "2021\nBy A and B\n"), page);
    close_input();
    int64_t live = pn_live();
    long n = 1;
    for (;; n++) {
        oom_arm(n);
        pn_status rc = read_all(text, strlen(text));
        bool met = oom_met();
        oom_off();
        assert_int_equal(rc, met ? PN_ENOMEM : PN_OK);
        assert_int_equal(pn_live(), live);
        if (!met) break;
    }
    assert_true(n > 8);
}

static int stop_at_zero(void *arg) { return --*(long *)arg == 0; }

static void an_article_without_end_can_be_stopped_and_stays_so(void **state) {
    (void)state;
    enum { LONG = 1 << 22 };
    char *text = malloc(LONG);
    for (size_t i = 0; i < LONG; i++) text[i] = i % 64 == 63 ? '\n' : 'a';
    long left = LONG / 65536 * 6;                          /* passes that find the text clean, then half the lines */
    pn_tick tick = { stop_at_zero, &left };
    opts.tick = &tick;
    open_input(text, LONG);
    pn_error err = { 0 };
    assert_int_equal(source.next(source.self, &doc, &err), PN_EINTR);
    assert_null(doc);
    assert_int_equal(source.next(source.self, &doc, &err), PN_EINTR);
    opts.tick = NULL;
    close_input();
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_strung_together_in_any_way_fall_apart),
        cmocka_unit_test(pages_without_related_block_fall_apart_at_their_tags),
        cmocka_unit_test(pages_with_neither_fall_apart_where_the_same_label_follows_a_title),
        cmocka_unit_test(a_rule_between_pages_is_a_separator_and_not_text),
        cmocka_unit_test(a_dated_page_without_its_title_is_split_off_too),
        cmocka_unit_test(an_article_that_is_too_large_costs_only_itself),
        cmocka_unit_test(shuffled_doubled_and_cut_lines_never_lose_one),
        cmocka_unit_test(blanks_are_joined_wherever_they_stand),
        cmocka_unit_test(twice_the_lines_take_twice_the_steps),
        cmocka_unit_test(remarks_upon_one_article_are_bounded_and_the_last_says_so),
        cmocka_unit_test(memory_that_runs_out_is_a_status_and_nothing_leaks),
        cmocka_unit_test(an_article_without_end_can_be_stopped_and_stays_so),
    };
    return cmocka_run_group_tests(tests, NULL, close_last);
}
