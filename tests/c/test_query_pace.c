/* Work inside one article can be stopped: articles are long, their words few, and the polls of the tick are counted, not the time. */
#include "archive/pn_reading.h"
#include "base/pn_alloc.h"
#include "world.h"

enum { WORDS = 20000, MANY_WORDS = 600000 };
static size_t n_words = WORDS;

/* --- an archive of one article */

typedef struct { pn_doc doc; bool given; } lone;

static pn_status lone_next(void *self, const pn_doc **out, pn_error *err) {
    lone *l = self;
    (void)err;
    *out = l->given ? NULL : &l->doc;
    l->given = true;
    return PN_OK;
}

static pn_select *open_lone(memfs *m, const char *body) {
    lone l = { .doc = { .id = PN_BYTES_LIT("n"), .title = PN_BYTES_LIT("Title"), .body = pn_bytes_cstr(body), .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE } };
    pn_doc_source source = { &l, lone_next, world_close };
    pn_writer *w = NULL;
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    assert_int_equal(pn_writer_create(memfs_io(m), "a", NULL, &w, NULL), PN_OK);
    assert_int_equal(pn_writer_add(w, &source, PN_BYTES_LIT("m"), NULL, NULL), PN_OK);
    assert_int_equal(pn_writer_commit(w, NULL, NULL), PN_OK);
    pn_writer_close(w);
    assert_int_equal(pn_snap_open(memfs_io(m), "a", 0, true, &snap, NULL), PN_OK);
    assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
    pn_snap_release(snap);
    return all;
}

/* n_words words: those of `turn`, one letter each, again and again, and a b behind two hundred others. */
static char *body_of(const char *turn) {
    char *body = malloc(2 * (n_words + 201) + 1), *p = body;
    for (size_t i = 0; i < n_words; i++, p += 2) { p[0] = turn[i % strlen(turn)]; p[1] = ' '; }
    for (size_t i = 0; i < 200; i++, p += 2) { p[0] = 'x'; p[1] = ' '; }
    strcpy(p, "b");
    return body;
}

/* --- counting polls */

typedef struct { long polls, stop_at; } counter;

static int count(void *arg) {
    counter *c = arg;
    return ++c->polls == c->stop_at;
}

static pn_status ask(const pn_select *all, const char *query, bool show, const pn_tick *tick, pn_error *err) {
    pn_kwic *k = NULL;
    pn_select *found = NULL;
    pn_kwic_order order = { 0 };
    pn_status rc = show ? pn_archive_kwic(all, pn_bytes_cstr(query), &order, tick, &k, err) : pn_archive_search(all, pn_bytes_cstr(query), tick, &found, err);
    pn_kwic_release(k);
    pn_select_release(found);
    return rc;
}

static void check_polls(const char *turn, const char *query, bool show, long least) {
    memfs *m = memfs_new();
    char *body = body_of(turn);
    pn_select *all = open_lone(m, body);
    int64_t before = pn_live();
    counter c = { 0 };
    pn_tick tick = { count, &c };
    pn_error err = { 0 };
    assert_int_equal(ask(all, query, show, &tick, NULL), PN_OK);
    if (c.polls < least) fail_msg("%s: %ld polls, at least %ld wanted", query, c.polls, least);
    c = (counter){ .stop_at = c.polls / 2 };
    assert_int_equal(ask(all, query, show, &tick, &err), PN_EINTR);
    assert_int_equal(c.polls, c.stop_at);
    assert_int_equal(err.code, PN_EINTR);
    assert_int_equal(pn_live(), before);
    pn_select_release(all);
    memfs_free(m);
    free(body);
}

static const char thirty_two[] = "\"a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a b\"~100";

static void words_near_each_other_are_sought_with_an_eye_on_the_tick(void **s) {
    (void)s;
    check_polls("a", "a NEAR/100 a NEAR/100 a NEAR/100 a NEAR/100 a NEAR/100 a NEAR/100 a NEAR/100 b", false, 200);
    check_polls("a", "(a OR c OR aa OR a*) NEAR/100 (a OR a OR a OR a) NEAR/100 b", false, 5);
}

static void loose_phrases_are_sought_with_an_eye_on_the_tick(void **s) {
    (void)s;
    check_polls("a", thirty_two, false, 10);
    check_polls("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaabxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", thirty_two, false, 3);
}

static void exact_phrases_are_sought_with_an_eye_on_the_tick(void **s) {
    (void)s;
    check_polls("a", "\"a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a b\"", false, 10);
}

static void the_lines_of_a_concordance_are_sought_with_an_eye_on_the_tick(void **s) {
    (void)s;
    check_polls("aaaaaaab", "a NEAR/100 b NEAR/100 a", true, 10);
    check_polls("a", "a NEAR/100 a NEAR/100 a NEAR/100 a NEAR/100 a NEAR/100 a NEAR/100 a NEAR/100 b OR x", true, 200);
    check_polls("aab", "a OR b OR x OR a", true, 5);
}

static void the_words_of_a_long_article_are_cut_and_sorted_with_an_eye_on_the_tick(void **s) {
    (void)s;
    n_words = MANY_WORDS;
    check_polls("abcdefgh", "like:n", false, 20);
    n_words = WORDS;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_near_each_other_are_sought_with_an_eye_on_the_tick),
        cmocka_unit_test(loose_phrases_are_sought_with_an_eye_on_the_tick),
        cmocka_unit_test(exact_phrases_are_sought_with_an_eye_on_the_tick),
        cmocka_unit_test(the_lines_of_a_concordance_are_sought_with_an_eye_on_the_tick),
        cmocka_unit_test(the_words_of_a_long_article_are_cut_and_sorted_with_an_eye_on_the_tick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
