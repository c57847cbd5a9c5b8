/* A segment holds the articles it was built from, in date order, and everything it says of them agrees with counting by hand. */
#include "article_set.h"
#include "codec/pn_hash.h"
#include "index/pn_build.h"
#include "index/pn_cols.h"
#include "index/pn_facets.h"
#include "index/pn_seg_layout.h"
#include "memfs.h"
#include "oom.h"
#include "sample_docs.h"
#include "text/pn_token.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBER = 7 };
static const uint8_t archive[16] = "an archive's id";

/* --- building and opening */

static pn_status build(const set *s, const pn_io *io, pn_manifest_segment *entry, pn_error *err) {
    pn_build *b;
    uint32_t slot;
    PN_TRY(pn_build_new(BASE, &b, err));
    pn_status rc = PN_OK;
    for (uint32_t i = 0; i < s->n && rc == PN_OK; i++) rc = pn_build_add(b, &s->at[i].doc, &s->at[i].extra, &slot, err);
    for (uint32_t i = 0; i < s->n && rc == PN_OK; i++)
        if (s->dropped[i]) pn_build_drop(b, i);
    if (rc == PN_OK) rc = pn_build_flush(b, io, "a", archive, NUMBER, NULL, entry, err);
    pn_build_free(b);
    return rc;
}

typedef struct { set *s; memfs *fs; pn_manifest_segment entry; pn_seg *seg; } world;

static memfs *new_fs(void) {
    memfs *m = memfs_new();
    const pn_io *io = memfs_io(m);
    assert_non_null(m);
    assert_int_equal(io->mkdir(io->ctx, "a", NULL), PN_OK);
    return m;
}

static world open_world(set *s) {
    pn_error err = { 0 };
    world w = { .s = s, .fs = new_fs() };
    if (build(s, memfs_io(w.fs), &w.entry, &err) != PN_OK) fail_msg("%s", err.msg);
    if (pn_seg_open(memfs_io(w.fs), "a", archive, &w.entry, false, &w.seg, &err) != PN_OK) fail_msg("%s", err.msg);
    return w;
}

static void close_world(world *w) {
    pn_seg_release(w->seg);
    assert_int_equal(memfs_held(w->fs), 0);
    memfs_free(w->fs);
    free(w->s);
}

static const article *final(const set *s, uint32_t doc) { return &s->at[s->order[doc]]; }

/* --- checks against counting by hand */

static void articles_come_back_in_order(world *w) {
    pn_arena arena = { 0 };
    pn_doc_cache cache = { 0 };
    for (uint32_t i = 0; i < w->s->n_kept; i++) {
        const article *a = final(w->s, i);
        pn_doc doc;
        pn_doc_extra extra;
        assert_int_equal(i % 2 ? pn_seg_doc(w->seg, i, &arena, &doc, &extra, NULL) : pn_seg_doc_cached(w->seg, &cache, i, &arena, &doc, &extra, NULL), PN_OK);
        assert_true(same_docs(&a->doc, &doc));
        assert_true(same_extras(&a->extra, &extra));
        assert_int_equal(extra.arrival, a->extra.arrival);
        assert_memory_equal(&extra.content, &a->extra.content, sizeof extra.content);
        pn_arena_reset(&arena);
    }
    pn_doc_cache_fini(&cache);
    pn_arena_fini(&arena);
}

typedef struct { uint32_t words, title_words, body_start; bool teaser; } counted;

/* The words of an article, cut by the product's cutter and put together by hand; they stay in *t. */
static counted cut_by_hand(const pn_doc *d, pn_tokens *t) {
    counted c = { 0 };
    uint32_t next, end;
    pn_tokens_clear(t);
    assert_int_equal(pn_tokens_cut(t, d->title, 0, &next, NULL), PN_OK);
    c.title_words = (uint32_t)t->n;
    c.body_start = next + PN_TITLE_GAP;
    assert_int_equal(pn_tokens_cut(t, d->body, c.body_start, &end, NULL), PN_OK);
    if (t->n == c.title_words) {
        assert_int_equal(pn_tokens_cut(t, d->teaser, c.body_start, &end, NULL), PN_OK);
        c.teaser = t->n > c.title_words;
    }
    c.words = (uint32_t)t->n;
    return c;
}

static void columns_agree(world *w) {
    pn_tokens t = { 0 };
    const uint8_t *norms;
    uint64_t words = 0, titles = 0, before, titles_before, arrival;
    assert_int_equal(pn_seg_norms(w->seg, &norms, NULL), PN_OK);
    for (uint32_t i = 0; i < w->s->n_kept; i++) {
        const article *a = final(w->s, i);
        counted c = cut_by_hand(&a->doc, &t);
        pn_when when;
        uint32_t length, title_length, body_start, flags;
        assert_int_equal(pn_seg_when(w->seg, i, &when, NULL), PN_OK);
        assert_true(same_when(when, a->doc.date));
        assert_int_equal(pn_seg_arrival(w->seg, i, &arrival, NULL), PN_OK);
        assert_int_equal(arrival, a->extra.arrival);
        assert_int_equal(pn_seg_length(w->seg, i, &length, &title_length, NULL), PN_OK);
        assert_int_equal(length, c.words);
        assert_int_equal(title_length, c.title_words);
        assert_int_equal(pn_seg_body_start(w->seg, i, &body_start, NULL), PN_OK);
        assert_int_equal(body_start, c.body_start);
        assert_int_equal(pn_seg_flags(w->seg, i, &flags, NULL), PN_OK);
        assert_int_equal(!!(flags & PN_DOC_TEASER), c.teaser);
        assert_int_equal(!!(flags & PN_DOC_TAGGED), a->doc.n_tags > 0);
        assert_int_equal(norms[i], pn_norm_of(c.words));
        assert_int_equal(pn_seg_words_before(w->seg, i, &before, &titles_before, NULL), PN_OK);
        assert_int_equal(before, words);
        assert_int_equal(titles_before, titles);
        words += c.words;
        titles += c.title_words;
    }
    assert_int_equal(pn_seg_words_before(w->seg, w->s->n_kept, &before, &titles_before, NULL), PN_OK);
    assert_int_equal(before, words);
    assert_int_equal(titles_before, titles);
    assert_int_equal(pn_seg_meta_of(w->seg)->n_words, words);
    assert_int_equal(pn_seg_meta_of(w->seg)->n_title_words, titles);
    pn_tokens_fini(&t);
}

static void totals_agree(world *w) {
    const pn_seg_meta *m = pn_seg_meta_of(w->seg);
    uint32_t n[4] = { 0 }, tagged = 0;
    uint64_t related = 0, first_arrival = UINT64_MAX;
    pn_hash128 sum = { 0, 0 };
    for (uint32_t i = 0; i < w->s->n_kept; i++) {
        const article *a = final(w->s, i);
        n[class_of(&a->doc.date)]++;
        tagged += a->doc.n_tags > 0;
        related += a->doc.n_related;
        first_arrival = PN_MIN(first_arrival, a->extra.arrival);
        sum.lo += a->extra.content.lo;
        sum.hi += a->extra.content.hi + (sum.lo < a->extra.content.lo);
    }
    assert_int_equal(m->n_docs, w->s->n_kept);
    assert_int_equal(m->n_placed, n[0]);
    assert_int_equal(m->n_month, n[1]);
    assert_int_equal(m->n_year, n[2]);
    assert_int_equal(m->n_tagged, tagged);
    assert_int_equal(m->n_related, related);
    assert_int_equal(m->arrival_base, first_arrival);
    assert_memory_equal(&m->fingerprint, &sum, sizeof sum);
    assert_int_equal(m->day_first, n[0] ? final(w->s, 0)->doc.date.day : PN_DAY_NONE);
    assert_int_equal(m->day_last, n[0] ? final(w->s, n[0] - 1)->doc.date.day : PN_DAY_NONE);
}

/* The first placed article whose (day, clock) is not below (day, second); second -1: any article of the day. */
static uint32_t edge_by_hand(const set *s, int32_t day, int32_t second) {
    uint32_t i = 0;
    for (; i < s->n_kept; i++) {
        const pn_when *w = &final(s, i)->doc.date;
        if (w->precision < PN_PREC_DAY || w->day > day || (w->day == day && w->second >= second)) break;
    }
    return i;
}

static void edges_agree(world *w) {
    const pn_seg_meta *m = pn_seg_meta_of(w->seg);
    int32_t first = m->n_placed ? m->day_first : 100, last = m->n_placed ? m->day_last : 100, far[] = { INT32_MIN, INT32_MIN + 1, -100000, 100000, INT32_MAX };
    uint32_t doc, docs[PN_COUNT(far)];
    for (int32_t day = first - 66; day <= last + 66; day++) {
        if (day == first + 100 && last - first > 300) day = last - 100;
        assert_int_equal(pn_seg_day_edges(w->seg, &day, 1, &doc, NULL), PN_OK);
        assert_int_equal(doc, edge_by_hand(w->s, day, -1));
        static const int32_t seconds[] = { 0, 1, 43200, 86399 };
        for (size_t i = 0; i < PN_COUNT(seconds); i++) {
            assert_int_equal(pn_seg_clock_edge(w->seg, day, seconds[i], &doc, NULL), PN_OK);
            assert_int_equal(doc, edge_by_hand(w->s, day, seconds[i]));
        }
    }
    assert_int_equal(pn_seg_day_edges(w->seg, far, PN_COUNT(far), docs, NULL), PN_OK);
    for (size_t i = 0; i < PN_COUNT(far); i++) assert_int_equal(docs[i], far[i] < first ? 0 : m->n_placed);
}

static void coarse_ranges_agree(world *w) {
    for (pn_precision p = PN_PREC_YEAR; p <= PN_PREC_MONTH; p++)
        for (int32_t from = 17800; from < 18200; from += 31) {
            uint32_t lo, hi, n = 0;
            assert_int_equal(pn_seg_coarse_range(w->seg, p, from, from + 150, &lo, &hi, NULL), PN_OK);
            for (uint32_t i = 0; i < w->s->n_kept; i++) {
                const pn_when *d = &final(w->s, i)->doc.date;
                bool inside = d->precision == p && d->day >= from && d->day < from + 150;
                if (inside) assert_true(i >= lo && i < hi);
                n += inside;
            }
            assert_int_equal(hi - lo, n);
        }
}

/* --- terms */

typedef struct { uint8_t term[256]; uint32_t len, doc, pos; } occurrence;
typedef struct { occurrence *at; size_t n, cap; } bag;

static void bag_put(bag *b, pn_bytes term, uint32_t doc, uint32_t pos) {
    if (b->n == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 1024;
        b->at = realloc(b->at, b->cap * sizeof *b->at);
        assert_non_null(b->at);
    }
    occurrence *o = &b->at[b->n++];
    o->len = (uint32_t)term.len;
    o->doc = doc;
    o->pos = pos;
    memcpy(o->term, term.ptr, term.len);
}

static int by_term(const void *x, const void *y) {
    const occurrence *a = x, *b = y;
    int c = pn_bytes_compare(pn_bytes_of(a->term, a->len), pn_bytes_of(b->term, b->len));
    if (c) return c;
    if (a->doc != b->doc) return a->doc < b->doc ? -1 : 1;
    return a->pos < b->pos ? -1 : a->pos > b->pos;
}

static bool same_term(const occurrence *o, pn_bytes term) { return pn_bytes_equal(pn_bytes_of(o->term, o->len), term); }

/* The list of a term is the next stretch of the sorted bag; returns where it ends. */
static size_t list_agrees(world *w, pn_field f, const pn_terms_iter *it, const bag *b, size_t at, bool positions) {
    pn_post c;
    pn_buf buf = { 0 };
    uint32_t df = 0;
    uint64_t ttf = 0;
    assert_int_equal(pn_post_open(&c, pn_seg_postings(w->seg, f), &it->info, NULL), PN_OK);
    for (; c.doc != PN_DOC_END; pn_post_next(&c), df++) {
        const uint32_t *pos;
        uint32_t n;
        assert_true(at + c.tf <= b->n);
        if (positions) {
            assert_int_equal(pn_post_positions(&c, &buf, &pos, &n, NULL), PN_OK);
            assert_int_equal(n, c.tf);
        }
        for (uint32_t i = 0; i < c.tf; i++, at++) {
            assert_true(same_term(&b->at[at], pn_terms_at(it)));
            assert_int_equal(b->at[at].doc, c.doc);
            if (positions) assert_int_equal(b->at[at].pos, pos[i]);
        }
        ttf += c.tf;
    }
    assert_int_equal(c.rc, PN_OK);
    assert_int_equal(df, it->info.df);
    assert_int_equal(ttf, it->info.ttf);
    pn_buf_fini(&buf);
    return at;
}

static void field_agrees(world *w, pn_field f, bag *b) {
    const pn_terms *terms;
    pn_terms_iter it;
    size_t at = 0;
    if (b->n) qsort(b->at, b->n, sizeof *b->at, by_term);
    assert_int_equal(pn_seg_terms(w->seg, f, &terms, NULL), PN_OK);
    for (pn_terms_seek(&it, terms, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) at = list_agrees(w, f, &it, b, at, f <= PN_FIELD_TITLE);
    assert_int_equal(it.rc, PN_OK);
    assert_int_equal(at, b->n);
    free(b->at);
}

static void words_agree(world *w) {
    bag text = { 0 }, title = { 0 };
    pn_tokens t = { 0 };
    for (uint32_t i = 0; i < w->s->n_kept; i++) {
        counted c = cut_by_hand(&final(w->s, i)->doc, &t);
        for (uint32_t k = 0; k < c.words; k++) {
            bag_put(&text, pn_token_term(&t, k), i, t.at[k].pos);
            if (k < c.title_words) bag_put(&title, pn_token_term(&t, k), i, t.at[k].pos);
        }
    }
    pn_tokens_fini(&t);
    field_agrees(w, PN_FIELD_TEXT, &text);
    field_agrees(w, PN_FIELD_TITLE, &title);
}

/* --- names */

typedef struct { const char *text; uint32_t count; } spelling;

static void note_name(bag *b, pn_bytes name, uint32_t doc) {
    pn_buf key = { 0 };
    pn_name_key(&key, name);
    bool had = key.len == 0;
    for (size_t i = b->n; i-- > 0 && b->at[i].doc == doc && !had;) had = same_term(&b->at[i], pn_buf_bytes(&key));
    if (!had) bag_put(b, pn_buf_bytes(&key), doc, 0);
    pn_buf_fini(&key);
}

static void names_agree(world *w) {
    bag tags = { 0 }, sections = { 0 }, sources = { 0 }, authors = { 0 }, languages = { 0 };
    for (uint32_t i = 0; i < w->s->n_kept; i++) {
        const pn_doc *d = &final(w->s, i)->doc;
        for (size_t k = 0; k < d->n_tags; k++) note_name(&tags, d->tags[k], i);
        for (size_t k = 0; k < d->n_authors; k++) note_name(&authors, d->authors[k], i);
        note_name(&sections, d->section, i);
        note_name(&sources, d->source, i);
        note_name(&languages, d->language, i);
    }
    field_agrees(w, PN_FIELD_TAG, &tags);
    field_agrees(w, PN_FIELD_SECTION, &sections);
    field_agrees(w, PN_FIELD_SOURCE, &sources);
    field_agrees(w, PN_FIELD_AUTHOR, &authors);
    field_agrees(w, PN_FIELD_LANGUAGE, &languages);
}

/* How many articles have `text` as their first spelling of the tag "bitcoin". */
static uint32_t count_bitcoin(const set *s, pn_bytes text) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_kept; i++) {
        const pn_doc *d = &final(s, i)->doc;
        for (size_t k = 0; k < d->n_tags; k++) {
            bool is = d->tags[k].len == 7;                    /* the three spellings are all that long */
            if (is) { n += pn_bytes_equal(d->tags[k], text); break; }
        }
    }
    return n;
}

static void spellings_agree(world *w) {
    static const pn_bytes all[] = { { (const uint8_t *)"BITCOIN", 7 }, { (const uint8_t *)"Bitcoin", 7 }, { (const uint8_t *)"bitcoin", 7 } };   /* by bytes */
    pn_arena arena = { 0 };
    pn_spelling *got;
    size_t n, used = 0;
    assert_int_equal(pn_seg_spellings(w->seg, PN_FIELD_TAG, PN_BYTES_LIT("bitcoin"), &arena, &got, &n, NULL), PN_OK);
    for (size_t i = 0; i < PN_COUNT(all); i++) {
        uint32_t want = count_bitcoin(w->s, all[i]);
        if (want == 0) continue;
        assert_true(used < n && pn_bytes_equal(got[used].text, all[i]));
        assert_int_equal(got[used++].count, want);
    }
    assert_int_equal(used, n);
    assert_int_equal(pn_seg_spellings(w->seg, PN_FIELD_TAG, PN_BYTES_LIT("zz unknown"), &arena, &got, &n, NULL), PN_OK);
    assert_int_equal(n, 0);
    assert_int_equal(pn_seg_spellings(w->seg, PN_FIELD_TEXT, PN_BYTES_LIT("the"), &arena, &got, &n, NULL), PN_EINVAL);
    pn_arena_fini(&arena);
}

/* --- look-ups */

static bool among(const uint32_t *docs, size_t n, uint32_t doc) {
    for (size_t i = 0; i < n; i++)
        if (docs[i] == doc) return true;
    return false;
}

static void look_ups_agree(world *w) {
    uint32_t docs[8];
    size_t n;
    for (uint32_t i = 0; i < w->s->n_kept; i++) {
        const pn_doc_extra *e = &final(w->s, i)->extra;
        assert_int_equal(pn_seg_find_key(w->seg, pn_hash64(e->key), docs, PN_COUNT(docs), &n, NULL), PN_OK);
        assert_int_equal(n, 1);
        assert_int_equal(docs[0], i);
        assert_int_equal(pn_seg_find_key(w->seg, pn_hash64(e->key), docs, 0, &n, NULL), PN_OK);
        assert_int_equal(n, 0);
        if (!e->url_key.ptr) continue;
        assert_int_equal(pn_seg_find_url(w->seg, pn_hash64(e->url_key), docs, PN_COUNT(docs), &n, NULL), PN_OK);
        assert_true(n >= 1 && n <= 3 && among(docs, n, i));
    }
    assert_int_equal(pn_seg_find_key(w->seg, pn_hash64(PN_BYTES_LIT("no such key")), docs, PN_COUNT(docs), &n, NULL), PN_OK);
    assert_int_equal(n, 0);
}

static void numbers_outside_are_refused(world *w) {
    uint32_t n = w->s->n_kept, u, v;
    uint64_t arrival;
    pn_when when;
    pn_doc doc;
    pn_doc_extra extra;
    pn_hash128 h;
    pn_arena arena = { 0 };
    assert_int_equal(pn_seg_when(w->seg, n, &when, NULL), PN_EINVAL);
    assert_int_equal(pn_seg_arrival(w->seg, n, &arrival, NULL), PN_EINVAL);
    assert_int_equal(pn_seg_length(w->seg, UINT32_MAX, &u, &v, NULL), PN_EINVAL);
    assert_int_equal(pn_seg_words_before(w->seg, n + 1, &arrival, &arrival, NULL), PN_EINVAL);
    assert_int_equal(pn_seg_doc(w->seg, n, &arena, &doc, &extra, NULL), PN_EINVAL);
    assert_int_equal(pn_seg_content(w->seg, n, &h, NULL), PN_EINVAL);
    assert_int_equal(pn_seg_coarse_range(w->seg, PN_PREC_DAY, 0, 1, &u, &v, NULL), PN_EINVAL);
    pn_arena_fini(&arena);
}

static void everything_agrees(set *s) {
    world w = open_world(s);
    pn_error err = { 0 };
    assert_int_equal(pn_seg_number(w.seg), NUMBER);
    assert_int_equal(pn_seg_bytes(w.seg), w.entry.idx.length + w.entry.doc.length);
    articles_come_back_in_order(&w);
    columns_agree(&w);
    totals_agree(&w);
    edges_agree(&w);
    coarse_ranges_agree(&w);
    words_agree(&w);
    names_agree(&w);
    spellings_agree(&w);
    look_ups_agree(&w);
    numbers_outside_are_refused(&w);
    if (pn_seg_verify(w.seg, NULL, &err) != PN_OK) fail_msg("%s", err.msg);
    close_world(&w);
}

static void a_segment_agrees_with_counting_by_hand(void **state) {
    (void)state;
    static const uint32_t sizes[] = { 1, 2, 127, 128, 129, 256, MOST };
    for (size_t i = 0; i < PN_COUNT(sizes); i++) everything_agrees(new_set(sizes[i], 11 + i));
    for (uint64_t seed = 100; seed < 110; seed++) everything_agrees(new_set(1 + (uint32_t)seed % 7, seed));
}

static void set_all(set *s, pn_when when) {
    pn_buf scratch = { 0 };
    for (uint32_t i = 0; i < s->n; i++) {
        s->at[i].doc.date = when;
        assert_int_equal(pn_doc_content_hash(&s->at[i].doc, s->at[i].extra.key, &scratch, &s->at[i].extra.content, NULL), PN_OK);
    }
    pn_buf_fini(&scratch);
    set_order(s);
}

static void a_segment_of_one_kind_of_date_agrees(void **state) {
    (void)state;
    static const pn_when whens[] = {
        { PN_DAY_NONE, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_NONE, 0 }, { 17897, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_YEAR, 0 },
        { 17897, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_MONTH, 0 }, { 18000, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 },
        { 18000, 0, 0, PN_PREC_SECOND, PN_WHEN_MIDNIGHT }, { -135140, 86399, INT16_MAX, PN_PREC_SECOND, 0 },
    };
    for (size_t i = 0; i < PN_COUNT(whens); i++) {
        set *s = new_set(130, 5 + i);
        set_all(s, whens[i]);
        everything_agrees(s);
    }
}

static void days_six_hundred_years_apart_cost_little(void **state) {
    (void)state;
    set *s = new_set(2, 3);
    set_all(s, (pn_when){ -135140, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 });
    s->at[0].doc.date.day = 84370;
    world w = open_world(s);
    uint32_t docs[4];
    assert_int_equal(pn_seg_day_edges(w.seg, (const int32_t[]){ -135140, -135139, 84370, 84371 }, 4, docs, NULL), PN_OK);
    assert_int_equal(docs[0], 0);
    assert_int_equal(docs[1], 1);
    assert_int_equal(docs[2], 1);
    assert_int_equal(docs[3], 2);
    assert_true(w.entry.idx.length < 64 << 10);
    close_world(&w);
}

static void dropped_articles_are_left_out(void **state) {
    (void)state;
    set *s = new_set(200, 21);
    for (uint32_t i = 0; i < s->n; i++) s->dropped[i] = i % 3 == 0 || i == 199;
    set_order(s);
    everything_agrees(s);
}

static void the_builder_knows_its_slots(void **state) {
    (void)state;
    set *s = new_set(5, 4);
    pn_build *b;
    uint32_t slot;
    assert_int_equal(pn_build_new(BASE, &b, NULL), PN_OK);
    assert_int_equal(pn_build_count(b), 0);
    for (uint32_t i = 0; i < s->n; i++) {
        assert_int_equal(pn_build_add(b, &s->at[i].doc, &s->at[i].extra, &slot, NULL), PN_OK);
        assert_int_equal(slot, i);
        assert_true(pn_bytes_equal(pn_build_key(b, i), s->at[i].extra.key));
        pn_hash128 h = pn_build_content(b, i);
        assert_memory_equal(&h, &s->at[i].extra.content, sizeof h);
        assert_true(pn_build_memory(b) > i * 100);
    }
    pn_build_drop(b, 2);
    pn_build_drop(b, 2);
    assert_int_equal(pn_build_count(b), 4);
    pn_build_free(b);
    free(s);
}

static void the_builder_refuses_what_is_no_article(void **state) {
    (void)state;
    pn_build *b;
    uint32_t slot;
    pn_manifest_segment entry;
    pn_doc doc = { .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE, .skipped = true };
    pn_doc_extra extra = { .key = PN_BYTES_LIT("k") };
    memfs *fs = new_fs();
    assert_int_equal(pn_build_new(BASE, &b, NULL), PN_OK);
    assert_int_equal(pn_build_add(b, &doc, &extra, &slot, NULL), PN_EINVAL);
    doc.skipped = false;
    doc.date.day = 0;
    assert_int_equal(pn_build_add(b, &doc, &extra, &slot, NULL), PN_EINVAL);
    doc.date = PN_WHEN_NONE;
    doc.body = pn_bytes_of("", ((size_t)64 << 20) + 1);          /* refused by its length, never read */
    assert_int_equal(pn_build_add(b, &doc, &extra, &slot, NULL), PN_ELIMIT);
    assert_int_equal(pn_build_count(b), 0);
    assert_int_equal(pn_build_flush(b, memfs_io(fs), "a", archive, 1, NULL, &entry, NULL), PN_EINVAL);
    pn_build_free(b);
    assert_int_equal(memfs_n_files(fs), 0);
    memfs_free(fs);
}

/* --- files */

static pn_hash128 hash_of_files(memfs *fs) {
    size_t n_idx, n_doc;
    const uint8_t *idx = memfs_bytes(fs, "a/seg-0000000007.idx", &n_idx), *doc = memfs_bytes(fs, "a/seg-0000000007.doc", &n_doc);
    assert_non_null(idx);
    assert_non_null(doc);
    pn_hash128 a = pn_hash128_of(pn_bytes_of(idx, n_idx)), b = pn_hash128_of(pn_bytes_of(doc, n_doc));
    return (pn_hash128){ a.lo ^ b.hi, a.hi ^ b.lo };
}

static pn_hash128 build_and_hash(void) {
    world w = open_world(new_set(129, 42));
    pn_hash128 h = hash_of_files(w.fs);
    close_world(&w);
    return h;
}

/* In a process of its own, because a process keeps its key. */
static pn_hash128 hash_with_key(const char *key) {
    int pipes[2];
    pn_hash128 h = { 0, 0 };
    assert_int_equal(pipe(pipes), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("PYNEWS_HASH_KEY", key, 1);
        h = build_and_hash();
        _exit(write(pipes[1], &h, sizeof h) != sizeof h);
    }
    close(pipes[1]);
    assert_int_equal(read(pipes[0], &h, sizeof h), sizeof h);
    close(pipes[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return h;
}

/* Runs first: no key was drawn yet. */
static void the_same_articles_give_the_same_bytes_whatever_the_key_of_the_hash(void **state) {
    (void)state;
    pn_hash128 a = hash_with_key("1"), b = hash_with_key("2"), c = build_and_hash();
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_equal(&a, &c, sizeof a);
}

static int stop_at;
static int stop(void *arg) {
    (void)arg;
    return --stop_at == 0;
}

static void a_stopped_flush_leaves_no_files(void **state) {
    (void)state;
    set *s = new_set(MOST, 2);
    for (int n = 1;; n++) {
        memfs *fs = new_fs();
        pn_build *b;
        uint32_t slot;
        pn_manifest_segment entry;
        assert_int_equal(pn_build_new(BASE, &b, NULL), PN_OK);
        for (uint32_t k = 0; k < 6; k++)
            for (uint32_t i = 0; i < s->n; i++) assert_int_equal(pn_build_add(b, &s->at[i].doc, &s->at[i].extra, &slot, NULL), PN_OK);
        stop_at = n;
        pn_status rc = pn_build_flush(b, memfs_io(fs), "a", archive, 1, &(pn_tick){ stop, NULL }, &entry, NULL);
        pn_build_free(b);
        assert_int_equal(rc, stop_at > 0 ? PN_OK : PN_EINTR);
        assert_int_equal(memfs_n_files(fs), rc == PN_OK ? 2 : 0);
        assert_int_equal(memfs_held(fs), 0);
        memfs_free(fs);
        if (rc == PN_OK) { assert_true(n > 2); break; }
    }
    free(s);
}

static void any_failing_file_operation_leaves_no_files(void **state) {
    (void)state;
    set *s = new_set(40, 6);
    for (uint64_t n = 1;; n++) {
        memfs *fs = new_fs();
        pn_manifest_segment entry;
        pn_error err;
        memfs_fail(fs, (memfs_fault){ .at = n, .short_write = n % 2, .sys_errno = 28 });
        pn_status rc = build(s, memfs_io(fs), &entry, &err);
        bool failed = memfs_failed(fs);
        assert_int_equal(rc, failed ? PN_EIO : PN_OK);
        assert_int_equal(memfs_held(fs), 0);
        assert_int_equal(memfs_n_files(fs), failed ? 0 : 2);
        memfs_free(fs);
        if (!failed) { assert_true(n > 6); break; }
    }
    free(s);
}

/* Reads a segment in every way there is; damage may show at any of them. */
static pn_status read_all(pn_seg *seg, pn_error *err) {
    pn_arena arena = { 0 };
    pn_doc doc;
    pn_doc_extra extra;
    pn_when when;
    pn_spelling *all;
    pn_buf out = { 0 };
    uint32_t docs[4], u, v;
    uint64_t x, y;
    size_t n;
    pn_status rc = PN_OK;
    for (uint32_t i = 0; i < pn_seg_meta_of(seg)->n_docs && rc == PN_OK; i += 3) {
        rc = pn_seg_doc(seg, i, &arena, &doc, &extra, err);
        if (rc == PN_OK) rc = pn_seg_when(seg, i, &when, err);
        if (rc == PN_OK) rc = pn_seg_length(seg, i, &u, &v, err);
        if (rc == PN_OK) rc = pn_seg_words_before(seg, i, &x, &y, err);
        if (rc == PN_OK) rc = pn_seg_day_edges(seg, (const int32_t[]){ 17000, 18000, 18050, 19000 }, 4, docs, err);
        if (rc == PN_OK) rc = pn_seg_clock_edge(seg, 18000 + (int32_t)i, 4000, docs, err);
        if (rc == PN_OK) rc = pn_seg_find_key(seg, extra.content.lo, docs, 4, &n, err);
        pn_arena_reset(&arena);
    }
    if (rc == PN_OK) rc = pn_seg_spellings(seg, PN_FIELD_TAG, PN_BYTES_LIT("bitcoin"), &arena, &all, &n, err);
    if (rc == PN_OK) rc = pn_seg_print(seg, &out, err);
    pn_buf_fini(&out);
    pn_arena_fini(&arena);
    return rc;
}

static pn_status open_and_read(memfs *fs, const pn_manifest_segment *entry, bool verify, pn_error *err) {
    pn_seg *seg;
    PN_TRY(pn_seg_open(memfs_io(fs), "a", archive, entry, false, &seg, err));
    pn_status rc = verify ? pn_seg_verify(seg, NULL, err) : read_all(seg, err);
    pn_seg_release(seg);
    return rc;
}

static void any_failing_allocation_is_a_status_and_leaves_nothing(void **state) {
    (void)state;
    set *s = new_set(5, 9);
    int64_t live = pn_live();
    long n = 1;
    for (bool met = true; met; n++) {
        memfs *fs = new_fs();
        pn_manifest_segment entry;
        pn_error err;
        oom_arm(n);
        pn_status rc = build(s, memfs_io(fs), &entry, &err);
        size_t files = memfs_n_files(fs);
        bool built = rc == PN_OK;
        if (built) rc = open_and_read(fs, &entry, false, &err);
        if (rc == PN_OK) rc = open_and_read(fs, &entry, true, &err);
        oom_off();
        met = oom_met();
        assert_int_equal(rc, met ? PN_ENOMEM : PN_OK);
        assert_int_equal(files, built ? 2 : 0);
        assert_int_equal(pn_live(), live);
        memfs_free(fs);
    }
    assert_true(n > 100);
    free(s);
}

static void verify_finds_every_flipped_bit(void **state) {
    (void)state;
    world w = open_world(new_set(60, 31));
    uint64_t seed = 77;
    for (int k = 0; k < 400; k++) {
        size_t n;
        uint8_t *p = memfs_bytes(w.fs, k % 2 ? "a/seg-0000000007.idx" : "a/seg-0000000007.doc", &n);
        size_t at = dice(&seed) % n;
        uint8_t bit = (uint8_t)(1u << dice(&seed) % 8);
        pn_error err = { 0 };
        p[at] ^= bit;
        assert_int_equal(open_and_read(w.fs, &w.entry, true, &err), PN_ECORRUPT);
        assert_non_null(strstr(err.file, "seg-0000000007"));
        pn_status rc = open_and_read(w.fs, &w.entry, false, NULL);      /* finds it or does not meet it */
        assert_true(rc == PN_OK || rc == PN_ECORRUPT);
        p = memfs_bytes(w.fs, k % 2 ? "a/seg-0000000007.idx" : "a/seg-0000000007.doc", &n);
        p[at] ^= bit;
    }
    assert_int_equal(open_and_read(w.fs, &w.entry, true, NULL), PN_OK);
    close_world(&w);
}

/* --- forged files: every sum is right, the content is not */

/* Copies a file section by section, with one byte of section `which` changed. */
static pn_file_sum forge(memfs *to, memfs *from, const char *path, pn_file_kind kind, uint32_t which, size_t at, uint8_t with) {
    pn_file *f;
    pn_file_writer *w;
    pn_file_sum sum;
    assert_int_equal(pn_file_open(memfs_io(from), path, kind, NULL, NULL, false, &f, NULL), PN_OK);
    assert_int_equal(pn_file_writer_new(memfs_io(to), path, kind, pn_file_identity(f), &w, NULL), PN_OK);
    for (size_t i = 0; i < pn_file_n_sections(f); i++) {
        uint32_t number;
        uint64_t offset, length;
        pn_file_section_at(f, i, &number, &offset, &length);
        pn_bytes s = pn_file_section(f, number);
        uint8_t *copy = malloc(s.len + 1);
        assert_non_null(copy);
        if (s.len) memcpy(copy, s.ptr, s.len);
        if (number == which && s.len) copy[at % s.len] = with;
        pn_file_begin(w, number);
        pn_file_put(w, copy, s.len);
        free(copy);
    }
    pn_file_release(f);
    assert_int_equal(pn_file_finish(w, &sum, NULL), PN_OK);
    return sum;
}

static void forge_and_read(world *w, pn_file_kind kind, uint32_t which, size_t at, uint8_t with, uint32_t *refused) {
    memfs *fs = new_fs();
    pn_manifest_segment entry = w->entry;
    bool idx = kind == PN_FILE_INDEX;
    entry.idx = forge(fs, w->fs, "a/seg-0000000007.idx", PN_FILE_INDEX, idx ? which : 0, at, with);
    entry.doc = forge(fs, w->fs, "a/seg-0000000007.doc", PN_FILE_TEXT, idx ? 0 : which, at, with);
    pn_status a = open_and_read(fs, &entry, false, NULL), b = open_and_read(fs, &entry, true, NULL);
    assert_true(a == PN_OK || a == PN_ECORRUPT);
    assert_true(b == PN_OK || b == PN_ECORRUPT);
    *refused += b == PN_ECORRUPT;
    assert_int_equal(memfs_held(fs), 0);
    memfs_free(fs);
}

static void forged_sections_do_no_harm_and_verify_finds_most(void **state) {
    (void)state;
    static const uint32_t sections[] = { 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 23, 32, 33, 34, 48, 49, 50, 64, 65, 82, 83, 84, 85, 86 };
    enum { EACH = 25 };
    world w = open_world(new_set(30, 13));
    uint64_t seed = 5;
    uint32_t refused = 0, n = 0;
    for (size_t i = 0; i < PN_COUNT(sections); i++)
        for (int k = 0; k < EACH; k++, n++) forge_and_read(&w, PN_FILE_INDEX, sections[i], dice(&seed), (uint8_t)dice(&seed), &refused);
    for (int k = 0; k < 4 * EACH; k++, n++) forge_and_read(&w, PN_FILE_TEXT, 1 + (uint32_t)k % 2, dice(&seed), (uint8_t)dice(&seed), &refused);
    assert_true(refused > n / 4 * 3);            /* a byte may be replaced by itself, or by one that makes another sound segment */
    close_world(&w);
}

static void norms_are_exact_to_forty_and_never_above_the_length(void **state) {
    (void)state;
    for (uint32_t n = 0; n <= 40; n++) assert_int_equal(pn_norm_words(pn_norm_of(n)), n);
    for (uint32_t n = 0; n < 300000; n++) {
        assert_true(pn_norm_of(n) <= pn_norm_of(n + 1));
        assert_true(pn_norm_words(pn_norm_of(n)) <= n);
        assert_true(n - pn_norm_words(pn_norm_of(n)) <= n / 8);
    }
    assert_int_equal(pn_norm_of(INT32_MAX), 255);
    assert_int_equal(pn_norm_of(UINT32_MAX), 255);
}

static void long_names_are_cut_at_a_character(void **state) {
    (void)state;
    char name[400];
    pn_buf key = { 0 };
    for (size_t n = 250; n < 260; n++) {
        memset(name, 'a', n);
        memcpy(name + n, "\xc3\xbc\xc3\xbc\xc3\xbc", 6);
        pn_buf_clear(&key);
        pn_name_key(&key, pn_bytes_of(name, n + 6));
        assert_true(key.len <= 255 && key.len >= 254);
        assert_true(key.ptr[key.len - 1] != 0xc3);
    }
    pn_buf_fini(&key);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_articles_give_the_same_bytes_whatever_the_key_of_the_hash),
        cmocka_unit_test(a_segment_agrees_with_counting_by_hand),
        cmocka_unit_test(a_segment_of_one_kind_of_date_agrees),
        cmocka_unit_test(days_six_hundred_years_apart_cost_little),
        cmocka_unit_test(dropped_articles_are_left_out),
        cmocka_unit_test(the_builder_knows_its_slots),
        cmocka_unit_test(the_builder_refuses_what_is_no_article),
        cmocka_unit_test(a_stopped_flush_leaves_no_files),
        cmocka_unit_test(any_failing_file_operation_leaves_no_files),
        cmocka_unit_test(any_failing_allocation_is_a_status_and_leaves_nothing),
        cmocka_unit_test(verify_finds_every_flipped_bit),
        cmocka_unit_test(forged_sections_do_no_harm_and_verify_finds_most),
        cmocka_unit_test(norms_are_exact_to_forty_and_never_above_the_length),
        cmocka_unit_test(long_names_are_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
