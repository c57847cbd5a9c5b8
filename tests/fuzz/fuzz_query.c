/* Any bytes as a query, over a small archive of two segments with replaced articles.  What is read prints as a text that reads back as the same
 * query and finds the same; an allocation that fails on the way gives a status and leaks nothing.
 * Input: u16 number of the allocation that fails while the query is answered (0: none), then the query. */
#include "archive/pn_explain.h"
#include "base/pn_alloc.h"
#include "oom.h"
#include "text/pn_utf8.h"
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);

static void must(bool ok) { if (!ok) abort(); }

/* --- the archive */

static const char *const texts[][2] = {
    { "Korea bank raises rates", "The Bank of Korea raised rates in Covid-19 times.\n\nU.S. banks and l'homme d'affaires, c++ and 48.2 billion; 2020\xE5\xB9\xB4" "8\xE6\x9C\x88." },
    { "\xE5\x8C\x97\xE4\xBA\xAC \xE6\x96\xB0\xE5\x8D\x8E\xE7\xA4\xBE", "\xE6\x96\xB0\xE5\x8D\x8E\xE7\xA4\xBE\xE5\x8C\x97\xE4\xBA\xAC\xE7\x94\xB5 BTC\xE4\xBB\xB7\xE6\xA0\xBC \xEC\x84\x9C\xEC\x9A\xB8 \xE0\xB9\x84\xE0\xB8\x97\xE0\xB8\xA2" },
    { "to be or not to be", "to be or not to be a a a a b a b c to not be to be b a c a b\n\na b\n\nc a b c" },
    { "rail rails railway", "rial trial rail trail rails railway \xD0\x95\xD0\xBB\xD0\xBA\xD0\xB0 caf\xC3\xA9 cafe stra\xC3\x9F" "e strasse color colour colours" },
    { "", "no title here, the the the the the the the the the" },
    { "no body here", "" } };

typedef struct { size_t next; pn_doc doc; char id[8]; } hand;

static pn_status hand_next(void *self, const pn_doc **out, pn_error *err) {
    static const pn_bytes tags[] = { { (const uint8_t *)"tag \"x\"", 7 }, { (const uint8_t *)"none", 4 } };
    hand *h = self;
    (void)err;
    *out = NULL;
    if (h->next == PN_COUNT(texts)) return PN_OK;
    snprintf(h->id, sizeof h->id, "h%zu", h->next);
    h->doc = (pn_doc){ .id = pn_bytes_cstr(h->id), .title = pn_bytes_cstr(texts[h->next][0]), .body = pn_bytes_cstr(texts[h->next][1]), .date = PN_WHEN_NONE,
                       .modified = PN_WHEN_NONE, .language = PN_BYTES_LIT("en"), .url = PN_BYTES_LIT("https://example.org/a"), .tags = tags, .n_tags = 2, .tags_present = true };
    h->next++;
    *out = &h->doc;
    return PN_OK;
}

static void ingest_hand(const pn_io *io) {
    hand h = { 0 };
    pn_doc_source source = { &h, hand_next, world_close };
    pn_writer *w = NULL;
    must(pn_writer_open(io, "a.pna", NULL, &w, NULL) == PN_OK && pn_writer_add(w, &source, PN_BYTES_LIT("hand"), NULL, NULL) == PN_OK);
    must(pn_writer_commit(w, NULL, NULL) == PN_OK);
    pn_writer_close(w);
}

/* What a snapshot makes at first need and keeps is no leak of the query that needs it. */
static void make_what_is_made_late(const pn_select *all) {
    pn_select *found = NULL;
    pn_bytes query = PN_BYTES_LIT("id:h1 OR url:https://example.org/a OR links_to:n7 OR linked_from:n3 OR tag:none OR section:City OR date:2019..2020");
    must(pn_archive_search(all, query, NULL, &found, NULL) == PN_OK);
    pn_select_release(found);
}

static pn_select *everything(void) {
    static pn_select *all;
    static pn_snap *snap;
    if (all) return all;
    memfs *fs = memfs_new();
    must(world_ingest(memfs_io(fs), "a.pna", true, 1, 150, 0, NULL, NULL) == PN_OK && world_ingest(memfs_io(fs), "a.pna", false, 100, 20, 1, NULL, NULL) == PN_OK);
    ingest_hand(memfs_io(fs));
    must(pn_snap_open(memfs_io(fs), "a.pna", 0, true, &snap, NULL) == PN_OK && pn_select_all(snap, &all, NULL) == PN_OK);
    pn_snap_release(snap);
    make_what_is_made_late(all);
    return all;
}

/* --- reading and printing */

static bool same_program(const pn_query *a, const pn_query *b) {
    if (a->n_ops != b->n_ops || a->max_stack != b->max_stack) return false;
    for (size_t i = 0; i < a->n_ops; i++) {
        const pn_query_op *x = &a->ops[i], *y = &b->ops[i];
        bool same = x->kind == y->kind && x->field == y->field && x->zone == y->zone && x->lead == y->lead && x->n_words == y->n_words && x->slop == y->slop &&
                    x->at_least == y->at_least && x->n_parts == y->n_parts && x->within == y->within && x->ordered == y->ordered && x->low == y->low && x->high == y->high && x->k == y->k &&
                    x->day_from == y->day_from && x->day_to == y->day_to && x->in_near == y->in_near && x->under_not == y->under_not && pn_bytes_equal(x->text, y->text);
        for (size_t w = 0; same && w < x->n_words; w++)
            same = x->words[w].how == y->words[w].how && x->words[w].at == y->words[w].at && x->words[w].distance == y->words[w].distance && pn_bytes_equal(x->words[w].term, y->words[w].term);
        if (!same) return false;
    }
    return true;
}

static void check_print(const pn_query *q, pn_buf *canonical) {
    pn_query again;
    pn_buf text = { 0 };
    must(pn_query_print(q, canonical, NULL) == PN_OK && pn_utf8_is_valid(pn_buf_bytes(canonical)));
    if (canonical->len > PN_QUERY_TEXT_MAX) return;                      /* operators in between make it longer */
    must(pn_query_parse(pn_buf_bytes(canonical), &again, NULL) == PN_OK && same_program(q, &again));
    must(pn_query_print(&again, &text, NULL) == PN_OK && pn_bytes_equal(pn_buf_bytes(canonical), pn_buf_bytes(&text)));
    pn_query_fini(&again);
    pn_buf_fini(&text);
}

/* --- answering */

static pn_status find(pn_bytes query, uint64_t *n) {
    pn_select *found = NULL;
    pn_error err = { 0 };
    pn_status rc = pn_archive_search(everything(), query, NULL, &found, &err);
    *n = rc == PN_OK ? pn_select_count(found) : 0;
    must(err.code == rc && n[0] <= pn_select_count(everything()));
    pn_select_release(found);
    return rc;
}

static void check_answer(pn_bytes query, pn_bytes canonical) {
    uint64_t n, again;
    pn_table *t = NULL;
    pn_status rc = find(query, &n);
    must(rc == PN_OK || rc == PN_EUNKNOWN || rc == PN_ELIMIT);
    if (canonical.len <= PN_QUERY_TEXT_MAX) must(find(canonical, &again) == rc && again == n);
    must(pn_archive_explain(everything(), query, NULL, &t, NULL) == rc);
    if (rc == PN_OK) must((uint64_t)pn_col_i64(pn_table_col(t, 3), pn_table_n_rows(t) - 1) == n);
    pn_table_release(t);
}

static void check_without_memory(pn_bytes query, long at) {
    uint64_t n;
    oom_arm(at);
    pn_status rc = find(query, &n);
    bool met = oom_met();
    oom_off();
    must(rc == PN_OK || rc == PN_EUNKNOWN || rc == PN_ELIMIT || (rc == PN_ENOMEM && met));
}

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {
    if (n < 2) return 0;
    everything();
    pn_bytes query = pn_bytes_of(d + 2, n - 2);
    long at = d[0] | d[1] << 8;
    int64_t before = pn_live();
    pn_error err = { 0 };
    pn_query q;
    pn_buf canonical = { 0 };
    pn_status rc = pn_query_parse(query, &q, &err);
    must(rc == PN_OK || ((rc == PN_ESYNTAX || rc == PN_ELIMIT) && err.offset <= query.len && err.msg[0]));
    if (rc == PN_OK) {
        check_print(&q, &canonical);
        check_answer(query, pn_buf_bytes(&canonical));
        if (at) check_without_memory(query, at);
        pn_query_fini(&q);
    }
    pn_buf_fini(&canonical);
    must(pn_live() == before);
    return 0;
}
