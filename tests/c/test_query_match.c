/* Where words stand: phrases with slop and words near each other against every choice of places; limits over all segments; an allocation that
 * fails or a tick that stops anywhere leaves nothing behind. */
#include "archive/pn_explain.h"
#include "base/pn_alloc.h"
#include "oom.h"
#include "query/pn_near.h"
#include "query/pn_slop.h"
#include "world.h"

static uint32_t seed = 7;
static uint32_t next(uint32_t n) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

/* --- near: spans of up to four parts on a short line */

enum { PARTS = 4, SPANS = 12 };
typedef struct { pn_span span; uint32_t part; } part_span;

static int by_place(const void *a, const void *b) {
    const part_span *x = a, *y = b;
    return x->span.first != y->span.first ? (x->span.first > y->span.first) - (x->span.first < y->span.first) : (x->span.last > y->span.last) - (x->span.last < y->span.last);
}

/* Tries every choice: chosen[k] for parts below `part`. */
static bool brute_near(const pn_near *near, const part_span *spans, size_t n, const part_span **chosen, uint32_t part) {
    if (part == near->n_parts) {
        uint32_t first = UINT32_MAX, last = 0, inside = 0;
        for (uint32_t k = 0; k < part; k++) {
            first = PN_MIN(first, chosen[k]->span.first);
            last = PN_MAX(last, chosen[k]->span.last);
            inside += chosen[k]->span.last - chosen[k]->span.first + 1;
            for (uint32_t j = 0; j < k; j++) {
                bool before = chosen[j]->span.last < chosen[k]->span.first, behind = chosen[k]->span.last < chosen[j]->span.first;
                if (!before && (near->ordered || !behind)) return false;
            }
        }
        return last - first + 1 - inside <= near->within - 1;
    }
    for (size_t i = 0; i < n; i++) {
        chosen[part] = &spans[i];
        if (spans[i].part == part && brute_near(near, spans, n, chosen, part + 1)) return true;
    }
    return false;
}

static void parts_are_near_when_some_choice_of_spans_is(void **s) {
    (void)s;
    pn_near near = { 0 };
    pn_pace pace = { 0 };
    int hits = 0;
    for (int round = 0; round < 20000; round++) {
        part_span spans[SPANS];
        const part_span *chosen[PARTS];
        size_t n = next(SPANS + 1);
        near.n_parts = 2 + next(PARTS - 1);
        near.within = 1 + next(6);
        near.ordered = next(2);
        for (size_t i = 0; i < n; i++) {
            uint32_t first = next(20);
            spans[i] = (part_span){ { first, first + (next(3) ? 0 : next(3)) }, next(near.n_parts) };
        }
        qsort(spans, n, sizeof *spans, by_place);
        bool yes = false;
        pn_near_begin(&near);
        for (size_t i = 0; i < n && !yes; i++) assert_int_equal(pn_near_put(&near, spans[i].span, spans[i].part, &pace, &yes, NULL), PN_OK);
        assert_int_equal(yes, brute_near(&near, spans, n, chosen, 0));
        hits += yes;
    }
    assert_true(hits > 2000 && hits < 18000);
    pn_near_fini(&near);
}

/* --- slop: words with lists of positions, the same list for words that are the same */

enum { WORDS_MAX = 4, PLACES = 6 };

typedef struct { pn_query_word words[WORDS_MAX]; uint32_t lists[WORDS_MAX][PLACES], n[WORDS_MAX]; pn_query_op op; } phrase;

static void make_phrase(phrase *p) {
    uint32_t which[WORDS_MAX], at[3][PLACES], n[3], used = 0;
    for (uint32_t k = 0; k < 3; k++) n[k] = 0;
    for (uint32_t place = 0; place < 14; place++) {                     /* one word a place, as in a text */
        uint32_t k = next(5);
        if (k < 3 && n[k] < PLACES) at[k][n[k]++] = place;
    }
    p->op = (pn_query_op){ .kind = PN_Q_WORDS, .words = p->words, .n_words = 2 + next(WORDS_MAX - 1), .slop = 1 + next(4), .at_least = 1 };
    for (size_t w = 0; w < p->op.n_words; w++) {
        which[w] = next(3);
        used += w ? 1 + (next(5) == 0) : 0;
        p->words[w] = (pn_query_word){ .at = used };
        p->n[w] = n[which[w]];
        memcpy(p->lists[w], at[which[w]], sizeof p->lists[w]);
    }
}

/* Marks the lows of all choices. */
static void brute_slop(const phrase *p, uint32_t *chosen, size_t word, bool lows[64]) {
    if (word == p->op.n_words) {
        int32_t low = INT32_MAX, high = INT32_MIN;
        for (size_t w = 0; w < word; w++) {
            int32_t off = (int32_t)chosen[w] - (int32_t)p->words[w].at;
            low = PN_MIN(low, off);
            high = PN_MAX(high, off);
            for (size_t k = 0; k < w; k++)
                if (chosen[k] == chosen[w]) return;
        }
        if (high - low <= (int32_t)p->op.slop) lows[low + 32] = true;
        return;
    }
    for (uint32_t i = 0; i < p->n[word]; i++) {
        chosen[word] = p->lists[word][i];
        brute_slop(p, chosen, word + 1, lows);
    }
}

static void a_loose_phrase_stands_once_for_every_low_of_a_choice(void **s) {
    (void)s;
    int hits = 0;
    for (int round = 0; round < 20000; round++) {
        phrase p;
        pn_slop slop = { 0 };
        pn_pace pace = { 0 };
        pn_buf spans = { 0 };
        uint32_t chosen[WORDS_MAX];
        bool lows[64] = { false };
        size_t want = 0;
        make_phrase(&p);
        assert_int_equal(pn_slop_begin(&slop, &p.op, NULL), PN_OK);
        for (size_t w = 0; w < p.op.n_words; w++) pn_slop_word(&slop, w, p.lists[w], p.n[w]);
        assert_int_equal(pn_slop_find(&slop, SIZE_MAX, &spans, &pace, NULL), PN_OK);
        brute_slop(&p, chosen, 0, lows);
        for (size_t i = 0; i < 64; i++) want += lows[i];
        assert_int_equal(spans.len / sizeof(pn_span), want);
        hits += want > 0;
        pn_slop_fini(&slop);
        pn_buf_fini(&spans);
    }
    assert_true(hits > 2000 && hits < 19500);
}

/* --- archives */

typedef struct { uint32_t next, end; char id[16], *body; pn_doc doc; } many;

enum { EACH = 600 };                   /* words of an article, all different: w000000, w000001, … */

static pn_status many_next(void *self, const pn_doc **out, pn_error *err) {
    many *m = self;
    (void)err;
    *out = NULL;
    if (m->next == m->end) return PN_OK;
    size_t n = 0;
    snprintf(m->id, sizeof m->id, "n%u", m->next);
    for (uint32_t i = 0; i < EACH; i++) n += (size_t)sprintf(m->body + n, "w%06u ", m->next * EACH + i);
    m->doc = (pn_doc){ .id = pn_bytes_cstr(m->id), .title = PN_BYTES_LIT("Title"), .body = pn_bytes_of(m->body, n), .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE };
    m->next++;
    *out = &m->doc;
    return PN_OK;
}

static void add_many(const pn_io *io, bool is_new, uint32_t first, uint32_t end) {
    many m = { .next = first, .end = end, .body = malloc(EACH * 8 + 1) };
    pn_doc_source source = { &m, many_next, world_close };
    pn_writer *w = NULL;
    assert_int_equal((is_new ? pn_writer_create : pn_writer_open)(io, "a", NULL, &w, NULL), PN_OK);
    assert_int_equal(pn_writer_add(w, &source, PN_BYTES_LIT("m"), NULL, NULL), PN_OK);
    assert_int_equal(pn_writer_commit(w, NULL, NULL), PN_OK);
    pn_writer_close(w);
    free(m.body);
}

static pn_status ask(const pn_select *all, const char *query, uint64_t *n, pn_error *err) {
    pn_select *found = NULL;
    pn_status rc = pn_archive_search(all, pn_bytes_cstr(query), NULL, &found, err);
    *n = rc == PN_OK ? pn_select_count(found) : 0;
    pn_select_release(found);
    return rc;
}

static void check_limit(const pn_select *all) {
    static const struct { const char *query; pn_status rc; uint64_t offset; } cases[] = { { "w*", PN_ELIMIT, 0 }, { "w00*", PN_OK, 0 }, { "w00* OR w0001*", PN_ELIMIT, 8 }, { "w000* w001* w002*", PN_OK, 0 },
        { "title OR /w.*/", PN_ELIMIT, 9 }, { "w000000~2 title", PN_OK, 0 }, { "title NEAR/9 (w* OR x)", PN_ELIMIT, 14 }, { "atleast2:w*", PN_ELIMIT, 0 } };
    for (size_t i = 0; i < PN_COUNT(cases); i++) {
        uint64_t n;
        pn_error err = { 0 };
        pn_status rc = ask(all, cases[i].query, &n, &err);
        if (rc != cases[i].rc || (rc == PN_ELIMIT && err.offset != cases[i].offset)) fail_msg("%s: %s at %d (%s)", cases[i].query, pn_status_name(rc), (int)err.offset, err.msg);
    }
}

/* 10,200 words w000000 … w010199, of which w00* are 10,000, in one segment or in two that share half of them. */
static void terms_are_counted_over_all_segments_each_once(void **s) {
    (void)s;
    for (int two = 0; two < 2; two++) {
        memfs *m = memfs_new();
        pn_snap *snap = NULL;
        pn_select *all = NULL;
        add_many(memfs_io(m), true, 0, two ? 12 : 17);
        if (two) add_many(memfs_io(m), false, 12, 17);
        assert_int_equal(pn_snap_open(memfs_io(m), "a", 0, true, &snap, NULL), PN_OK);
        assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
        check_limit(all);
        pn_select_release(all);
        pn_snap_release(snap);
        memfs_free(m);
    }
}

static const char everything[] = "(\"harbour rail\"~3 OR lead9:(storm NEAR/5 (r* OR \"school budget\"))) OR atleast2:/s.*/ OR body:rial~1 NOT length:5..9 OR title:\"rail school\" OR s* PRE/3 river PRE/3 the";

static pn_select *open_world(memfs *m) {
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    assert_int_equal(world_ingest(memfs_io(m), "a", true, 0, 150, 0, NULL, NULL), PN_OK);
    assert_int_equal(world_ingest(memfs_io(m), "a", false, 100, 100, 1, NULL, NULL), PN_OK);
    assert_int_equal(pn_snap_open(memfs_io(m), "a", 0, true, &snap, NULL), PN_OK);
    assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
    pn_snap_release(snap);
    return all;
}

static void each_allocation_may_fail(void **s) {
    (void)s;
    memfs *m = memfs_new();
    pn_select *all = open_world(m);
    uint64_t want, n;
    long k = 1;
    assert_int_equal(ask(all, everything, &want, NULL), PN_OK);
    assert_true(want > 10 && want < 190);
    int64_t before = pn_live();
    for (pn_status rc = PN_ENOMEM; rc == PN_ENOMEM; k++) {
        pn_error err = { 0 };
        oom_arm(k);
        rc = ask(all, everything, &n, &err);
        oom_off();
        assert_int_equal(err.code, rc);
        assert_int_equal(pn_live(), before);
        if (rc == PN_OK) assert_int_equal(n, want);
        else assert_int_equal(rc, PN_ENOMEM);
    }
    assert_true(k > 60);
    pn_select_release(all);
    memfs_free(m);
}

static int stop_at(void *arg) {
    long *left = arg;
    return --*left == 0;
}

static void each_poll_may_stop_it(void **s) {
    (void)s;
    memfs *m = memfs_new();
    pn_select *all = open_world(m);
    int64_t before = pn_live();
    long k = 1;
    for (pn_status rc = PN_EINTR; rc == PN_EINTR; k++) {
        long left = k;
        pn_tick tick = { stop_at, &left };
        pn_table *t = NULL;
        pn_error err = { 0 };
        rc = pn_archive_explain(all, pn_bytes_cstr(everything), &tick, &t, &err);
        assert_true(rc == PN_OK || (rc == PN_EINTR && !t && err.code == PN_EINTR));
        pn_table_release(t);
        assert_int_equal(pn_live(), before);
    }
    assert_true(k > 20);
    pn_select_release(all);
    memfs_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_near_when_some_choice_of_spans_is),
        cmocka_unit_test(a_loose_phrase_stands_once_for_every_low_of_a_choice),
        cmocka_unit_test(terms_are_counted_over_all_segments_each_once),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(each_poll_may_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
