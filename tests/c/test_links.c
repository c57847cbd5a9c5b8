/* Which article a related entry means; graphs of them; sections told by others. */
#include "archive/pn_reading.h"
#include "archive/pn_related.h"
#include "links_world.h"
#include "forge.h"
#include "index/pn_seg_layout.h"
#include "oom.h"
#include "stats/pn_relgraph_parts.h"
#include "world.h"

/* b and c are on the same day with one title; d is a day later; f and g are undated. */
static const char FIRST[] =
    "a|Rain|10|https://example.org/a\n> Snow|9|Weather|\n> Fog|20|Sea|\n> Hail|3|Weather|\n> RAIN|10|Weather|\n"
    "b|Snow|9|https://example.org/b\n> Thaw|12|Sea|\n> Elsewhere|1|Sea|https://example.org/a\n> Ice||Sea|\n> Nowhere|30|Sea|\n";
static const char SECOND[] =
    "c|Fog|20|\n> nowhere|30|Sea|\n> x|1|Weather|/lost\n> y|2|Weather|https://example.org/lost\n"
    "d|Fog|20|\n> Rain|8|Weather|\n> Rain|9|sea|\n> Rain|11|Weather|\n"
    "e|Thaw|11|https://example.org/e\n> z|1|Weather|/b\n"
    "f|Ice||\ng|Ice||\nh|Hail|2|\ni|Hail|4|\n";

static pn_snap *open_new(memfs *m) {
    pn_snap *snap = NULL;
    assert_int_equal(pn_snap_open(memfs_io(m), "d", 0, true, &snap, NULL), PN_OK);
    return snap;
}

static memfs *archive(const char *first, const char *second) {
    memfs *m = memfs_new();
    assert_int_equal(links_ingest(memfs_io(m), true, first, NULL), PN_OK);
    if (second) assert_int_equal(links_ingest(memfs_io(m), false, second, NULL), PN_OK);
    return m;
}

/* --- a graph as text, one line an edge */

static void put_cell(pn_buf *out, const pn_table *t, size_t col, int64_t row) {
    const pn_col *c = pn_table_col(t, col);
    pn_bytes s = c->kind == PN_COL_STR || c->kind == PN_COL_DICT ? pn_col_str(c, row) : PN_BYTES_NONE;
    if (pn_col_is_null(c, row)) pn_buf_printf(out, "-");
    else if (s.ptr) pn_buf_printf(out, "%.*s", (int)s.len, (const char *)s.ptr);
    else pn_buf_printf(out, "%lld", (long long)pn_col_i64(c, row));
}

static pn_status print_table(const pn_relgraph *g, pn_graph_table which, const size_t *cols, size_t n, pn_buf *out, pn_error *err) {
    pn_table *t = NULL, *printed = NULL;
    PN_TRY(pn_archive_graph_table(g, which, NULL, &t, &printed, err));
    for (int64_t row = 0; row < pn_table_n_rows(t); row++)
        for (size_t i = 0; i < n; i++) {
            put_cell(out, t, cols[i], row);
            pn_buf_printf(out, i + 1 < n ? " " : "\n");
        }
    pn_table_release(printed);
    pn_table_release(t);
    return PN_OK;
}

static pn_status print_graph(pn_snap *snap, const pn_relgraph_opts *opts, pn_graph_table which, const size_t *cols, size_t n, pn_buf *out, pn_error *err) {
    pn_select *all = NULL;
    pn_relgraph *g = NULL;
    PN_TRY(pn_select_all(snap, &all, err));
    pn_status rc = pn_archive_graph(all, opts, NULL, &g, err);
    if (rc == PN_OK) rc = print_table(g, which, cols, n, out, err);
    if (rc == PN_OK && out->rc != PN_OK) rc = pn_fail(err, PN_ENOMEM, "no memory");
    pn_relgraph_release(g);
    pn_select_release(all);
    return rc;
}

static const size_t EDGE[] = { 0, 1, 5, 6 };

static void assert_edges(memfs *m, const pn_relgraph_opts *opts, const char *want) {
    pn_snap *snap = open_new(m);
    pn_buf out = { 0 };
    assert_int_equal(print_graph(snap, opts, PN_GRAPH_EDGES, EDGE, PN_COUNT(EDGE), &out, NULL), PN_OK);
    pn_buf_put_u8(&out, 0);
    assert_string_equal((const char *)out.ptr, want);
    pn_buf_fini(&out);
    pn_snap_release(snap);
}

/* source target lag resolved_by, by day of the source: b 9, a 10, e 11, then c and d, which arrived in this order */
static const char USUAL[] =
    "b e 3 title+date\xC2\xB1" "1\nb a -8 url\nb - - -\nb - 21 -\n"
    "a b -1 title+date\na - 10 -\na - -7 -\na a 0 title+date\n"
    "e b -10 url\n"
    "c - 10 -\nc - -19 -\nc - -18 -\n"
    "d - -12 -\nd a -11 title+date\xC2\xB1" "1\nd a -9 title+date\xC2\xB1" "1\n";

static void an_entry_means_what_its_address_or_its_title_and_day_say(void **state) {
    (void)state;
    memfs *m = archive(FIRST, SECOND);
    assert_edges(m, &(pn_relgraph_opts){ .backward = false }, USUAL);
    memfs_free(m);
}

static void order_and_pieces_of_arrival_do_not_matter(void **state) {
    (void)state;
    char both[sizeof FIRST + sizeof SECOND], swapped[sizeof both];
    snprintf(both, sizeof both, "%s%s", FIRST, SECOND);
    snprintf(swapped, sizeof swapped, "%s%s", SECOND, FIRST);
    memfs *archives[] = { archive(both, NULL), archive(swapped, NULL), archive(SECOND, FIRST) };
    for (size_t i = 0; i < PN_COUNT(archives); i++) {
        assert_edges(archives[i], &(pn_relgraph_opts){ .backward = false }, USUAL);
        memfs_free(archives[i]);
    }
}

static void looser_and_stricter_ways(void **state) {
    (void)state;
    memfs *m = archive(FIRST, SECOND);
    assert_edges(m, &(pn_relgraph_opts){ .ways = { { PN_BY_URL }, 1 } },
                 "b - 3 -\nb a -8 url\nb - - -\nb - 21 -\na - -1 -\na - 10 -\na - -7 -\na - 0 -\ne b -10 url\nc - 10 -\nc - -19 -\nc - -18 -\nd - -12 -\nd - -11 -\nd - -9 -\n");
    assert_edges(m, &(pn_relgraph_opts){ .ways = { { PN_BY_TITLE, PN_BY_URL }, 2 } },
                 "b e 3 title\nb a -8 url\nb - - -\nb - 21 -\na b -1 title\na - 10 -\na - -7 -\na a 0 title\ne b -10 url\nc - 10 -\nc - -19 -\nc - -18 -\nd a -12 title\nd a -11 title\nd a -9 title\n");
    pn_snap *snap = open_new(m);
    pn_links *l = NULL;
    pn_link_ways twice = { { PN_BY_URL, PN_BY_URL }, 2 };
    assert_int_equal(pn_links_resolve(snap, &twice, NULL, &l, NULL), PN_EINVAL);
    pn_snap_release(snap);
    memfs_free(m);
}

/* b's headline was changed, c and d begin alike, e has its own teaser, f is short. */
static const char QUOTES[] =
    "a|Rain|10||\n"
    "> Old headline|5|||One two three four five six seven eight nine te...\n"
    "> Both|5|||Alike alike alike alike alike alike alike alike\n"
    "> Rain|10|||one two three four five six seven eight\n"
    "> Short|5|||Seven words are too few to tell\n"
    "> Own|5|||A standfirst of eight words and a little\n"
    "> Longer|5|||One two three four five six seven eight nine ten eleven twelve thirteen\n"
    "b|New headline|5|||\"One\" TWO three, four five -- six seven eight nine ten eleven twelve\n"
    "c|C|5|||Alike alike alike alike alike alike alike alike once\n"
    "d|D|6|||Alike alike alike alike alike alike alike alike twice\n"
    "e|E|5|||Something else.|A standfirst of eight words and a little more\n"
    "f|F|5|||Seven words are too few to tell\n";

static void a_teaser_finds_the_one_article_that_begins_with_its_words(void **state) {
    (void)state;
    memfs *m = archive(QUOTES, NULL);
    assert_edges(m, &(pn_relgraph_opts){ .ways = { { PN_BY_URL, PN_BY_TITLE_DATE }, 2 } }, "a - -5 -\na - -5 -\na a 0 title+date\na - -5 -\na - -5 -\na - -5 -\n");
    assert_edges(m, &(pn_relgraph_opts){ .ways = { { PN_BY_URL, PN_BY_TITLE_DATE, PN_BY_TEASER }, 3 } },
                 "a b -5 teaser\na - -5 -\na a 0 title+date\na - -5 -\na e -5 teaser\na - -5 -\n");
    assert_edges(m, &(pn_relgraph_opts){ .ways = { { PN_BY_TEASER, PN_BY_TITLE_DATE }, 2 } },
                 "a b -5 teaser\na - -5 -\na b 0 teaser\na - -5 -\na e -5 teaser\na - -5 -\n");
    memfs_free(m);
}

static void a_teaser_counts_its_first_hundred_words(void **state) {
    (void)state;
    char words[256] = "", text[2 * LW_LINE];
    for (int i = 0; i < 100; i++) strcat(words, "o ");
    memfs *m = memfs_new();
    snprintf(text, sizeof text, "a|A|1|||%sand on\nb|B|2||\n> Old|1|||%sor not\n", words, words);
    assert_int_equal(links_ingest(memfs_io(m), true, text, NULL), PN_OK);
    assert_edges(m, &(pn_relgraph_opts){ .ways = { { PN_BY_TEASER }, 1 } }, "b a -1 teaser\n");
    memfs_free(m);
}

static void a_teaser_no_longer_finds_what_was_deleted_and_one_left_is_the_one(void **state) {
    (void)state;
    memfs *m = archive(QUOTES, NULL);
    assert_int_equal(world_delete(memfs_io(m), "d", "id:b OR id:c", NULL), PN_OK);
    assert_edges(m, &(pn_relgraph_opts){ .ways = { { PN_BY_TEASER }, 1 } }, "a - -5 -\na d -5 teaser\na - 0 -\na - -5 -\na e -5 teaser\na - -5 -\n");
    memfs_free(m);
}

static void a_backward_graph_has_no_lag_above_zero_and_none_unknown(void **state) {
    (void)state;
    memfs *m = archive(FIRST, SECOND);
    assert_edges(m, &(pn_relgraph_opts){ .backward = true },
                 "b a -8 url\na b -1 title+date\na - -7 -\na a 0 title+date\ne b -10 url\nc - -19 -\nc - -18 -\nd - -12 -\nd a -11 title+date\xC2\xB1" "1\nd a -9 title+date\xC2\xB1" "1\n");
    memfs_free(m);
}

static void equal_dangling_entries_are_one_node(void **state) {
    (void)state;
    static const size_t cols[] = { 0, 2, 3, 6 };       /* title category count ambiguous */
    memfs *m = archive(FIRST, SECOND);
    pn_snap *snap = open_new(m);
    pn_buf out = { 0 };
    assert_int_equal(print_graph(snap, &(pn_relgraph_opts){ .backward = false }, PN_GRAPH_DANGLING, cols, PN_COUNT(cols), &out, NULL), PN_OK);
    pn_buf_put_u8(&out, 0);
    /* "/lost" stands on a page without an address: it is another one than the full address */
    assert_string_equal((const char *)out.ptr, "Nowhere Sea 2 0\nIce Sea 1 0\nFog Sea 1 1\nHail Weather 1 1\nx Weather 1 0\ny Weather 1 0\nRain Weather 1 0\n");
    pn_buf_fini(&out);
    pn_snap_release(snap);
    memfs_free(m);
}

static void a_deleted_article_is_no_target_any_more(void **state) {
    (void)state;
    memfs *m = archive(FIRST, SECOND);
    /* b comes again under another title: the first version is gone */
    assert_int_equal(links_ingest(memfs_io(m), false, "b|Sleet|9|https://example.org/b\n", NULL), PN_OK);
    assert_edges(m, &(pn_relgraph_opts){ .backward = false },
                 "a - -1 -\na - 10 -\na - -7 -\na a 0 title+date\ne b -10 url\nc - 10 -\nc - -19 -\nc - -18 -\nd - -12 -\nd a -11 title+date\xC2\xB1" "1\nd a -9 title+date\xC2\xB1" "1\n");
    memfs_free(m);
}

/* --- one article */

static pn_ref find(pn_snap *snap, const char *id) {
    pn_ref ref;
    bool found;
    assert_int_equal(pn_snap_find_key(snap, pn_bytes_cstr(id), &ref, &found, NULL), PN_OK);
    assert_true(found);
    return ref;
}

static void assert_linked(pn_snap *snap, const char *id, pn_link_direction direction, const char *want) {
    pn_select *s = NULL;
    pn_arena arena = { 0 };
    char got[64] = "";
    assert_int_equal(pn_archive_linked(snap, find(snap, id), direction, NULL, &s, NULL), PN_OK);
    for (uint64_t i = 0; i < pn_select_count(s); i++) {
        pn_ref ref;
        pn_doc doc;
        pn_doc_extra extra;
        assert_int_equal(pn_select_refs(s, i, 1, &ref, NULL), PN_OK);
        assert_int_equal(pn_snap_doc(snap, ref, &arena, &doc, &extra, NULL), PN_OK);
        snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s", (int)extra.key.len, (const char *)extra.key.ptr);
    }
    assert_string_equal(got, want);
    pn_select_release(s);
    pn_arena_fini(&arena);
}

static void an_article_knows_who_links_to_it_and_to_whom_it_links(void **state) {
    (void)state;
    memfs *m = archive(FIRST, SECOND);
    pn_snap *snap = open_new(m);
    pn_ref to;
    bool found;
    assert_linked(snap, "a", PN_LINKS_TO, "bad");
    assert_linked(snap, "a", PN_LINKED_FROM, "ba");
    assert_linked(snap, "b", PN_LINKS_TO, "ae");
    assert_linked(snap, "i", PN_LINKS_TO, "");
    assert_int_equal(pn_archive_link(snap, find(snap, "b"), 1, NULL, &to, &found, NULL), PN_OK);
    assert_true(found && memcmp(&to, &(pn_ref){ find(snap, "a").part, find(snap, "a").doc }, sizeof to) == 0);
    assert_int_equal(pn_archive_link(snap, find(snap, "b"), 3, NULL, &to, &found, NULL), PN_OK);
    assert_false(found);
    assert_int_equal(pn_archive_link(snap, find(snap, "b"), 4, NULL, &to, &found, NULL), PN_OK);
    assert_false(found);
    pn_snap_release(snap);
    memfs_free(m);
}

static void assert_section(pn_snap *snap, const char *id, const char *want) {
    pn_bytes name;
    assert_int_equal(pn_archive_section(snap, find(snap, id), NULL, &name, NULL), PN_OK);
    assert_true(want ? pn_bytes_equal(name, pn_bytes_cstr(want)) : name.ptr == NULL);
}

static void others_tell_the_section_of_an_article_that_names_none(void **state) {
    (void)state;
    memfs *m = archive(FIRST, SECOND);
    pn_snap *snap = open_new(m);
    assert_section(snap, "a", "Sea");                  /* Sea from b, sea and Weather from d; its own entry does not count: "Sea" is the usual spelling */
    assert_section(snap, "b", "Weather");
    assert_section(snap, "e", "Sea");
    assert_section(snap, "c", NULL);
    pn_snap_release(snap);
    memfs_free(m);
    m = archive("p|Rain|1||Own\nq|Snow|2||\n", "r|x|3||\n> Rain|1|Weather|\n> Snow|2|Sea|\n> Snow|2|Weather|\n");
    snap = open_new(m);
    assert_section(snap, "p", NULL);                   /* it has one itself */
    assert_section(snap, "q", NULL);                   /* a tie */
    pn_snap_release(snap);
    memfs_free(m);
}

/* --- what fails */

static pn_status everything(memfs *m) {
    static const pn_graph_table tables[] = { PN_GRAPH_NODES, PN_GRAPH_EDGES, PN_GRAPH_DANGLING, PN_GRAPH_ENDPOINTS, PN_GRAPH_LAGS, PN_GRAPH_DAYS };
    pn_snap *snap = NULL;
    pn_select *s = NULL, *top = NULL;
    pn_error err;
    pn_buf out = { 0 };
    PN_TRY(pn_snap_open(memfs_io(m), "d", 0, true, &snap, &err));
    pn_status rc = PN_OK;
    for (size_t i = 0; i < PN_COUNT(tables) && rc == PN_OK; i++) rc = print_graph(snap, &(pn_relgraph_opts){ .backward = false }, tables[i], EDGE, i < 2 ? 4 : 1, &out, &err);
    if (rc == PN_OK) rc = print_graph(snap, &(pn_relgraph_opts){ .ways = { { PN_BY_TITLE }, 1 }, .backward = true }, PN_GRAPH_EDGES, EDGE, 4, &out, &err);
    if (rc == PN_OK) rc = print_graph(snap, &(pn_relgraph_opts){ .ways = { { PN_BY_TEASER }, 1 } }, PN_GRAPH_EDGES, EDGE, 4, &out, &err);
    if (rc == PN_OK) rc = pn_archive_linked(snap, (pn_ref){ 0, 0 }, PN_LINKS_TO, NULL, &s, &err);
    if (rc == PN_OK) rc = pn_archive_top_linked(s, 3, NULL, &top, &err);
    pn_select_release(s);
    pn_select_release(top);
    pn_snap_release(snap);
    pn_buf_fini(&out);
    return rc;
}

static void every_failing_allocation_is_a_status_and_nothing_leaks(void **state) {
    (void)state;
    memfs *m = archive(FIRST, QUOTES);
    int64_t live = pn_live();
    long n = 1;
    for (;; n++) {
        oom_arm(n);
        pn_status rc = everything(m);
        bool met = oom_met();
        oom_off();
        assert_int_equal(pn_live(), live);
        if (!met) { assert_int_equal(rc, PN_OK); break; }
        assert_int_equal(rc, PN_ENOMEM);
    }
    assert_true(n > 100);
    memfs_free(m);
}

/* --- what strangers may have made */

static void forge_index(memfs *m, uint32_t section, void (*change)(pn_buf *)) {
    forge f, manifest;
    pn_file_sum sum;
    forge_take(memfs_io(m), "d/seg-0000000001.idx", PN_FILE_INDEX, &f);
    forge_take(memfs_io(m), "d/MANIFEST-0000000001", PN_FILE_MANIFEST, &manifest);
    change(forge_part(&f, section));
    assert_true(forge_write(memfs_io(m), &f, &sum));
    forge_note(&manifest, 0, 0, sum);
    assert_true(forge_write(memfs_io(m), &manifest, NULL));
    forge_fini(&f);
    forge_fini(&manifest);
}

static void assert_refused(memfs *m) {
    pn_snap *snap = open_new(m);
    const pn_links *l;
    assert_int_equal(pn_snap_links(snap, NULL, &l, NULL), PN_ECORRUPT);
    pn_snap_release(snap);
    memfs_free(m);
}

/* Number of the key in place of its check: one hash for all. */
static void one_hash(pn_buf *keys) {
    for (size_t at = 0; at + PN_LINK_KEY_SIZE <= keys->len; at += PN_LINK_KEY_SIZE) {
        memset(keys->ptr + at, 7, 8);
        forge_u32(keys, at + 8, (uint32_t)at + 1);
    }
}

static void keys_of_one_hash_that_differ_in_the_rest_are_forged(void **state) {
    (void)state;
    char text[4096] = "";
    for (int i = 0; i < 40; i++) snprintf(text + strlen(text), sizeof text - strlen(text), "a%d|T %d|1||\n", i, i);
    strcat(text, "b|B|1||\n> T 1|1||\n");
    memfs *m = archive(text, NULL);
    forge_index(m, PN_SECTION_TITLE_KEYS, one_hash);
    forge_index(m, PN_SECTION_WANT_TITLES, one_hash);
    assert_refused(m);
}

static void falls_behind_the_first(pn_buf *firsts) { forge_u32(firsts, 4, pn_load_u32(firsts->ptr + firsts->len - 4) + 1); }
static void none_before_the_second(pn_buf *firsts) { forge_u32(firsts, 0, 1); }

static void entries_of_articles_that_do_not_follow_each_other_are_damage(void **state) {
    (void)state;
    void (*changes[])(pn_buf *) = { falls_behind_the_first, none_before_the_second };
    for (size_t i = 0; i < PN_COUNT(changes); i++) {
        memfs *m = archive(FIRST, NULL);
        forge_index(m, PN_SECTION_ENTRIES, changes[i]);
        assert_refused(m);
    }
}

static int stop_at(void *arg) { return --*(int *)arg < 0; }

static void it_can_be_stopped(void **state) {
    (void)state;
    memfs *m = archive(FIRST, SECOND);
    for (int polls = 0;; polls++) {
        int left = polls;
        pn_tick tick = { stop_at, &left };
        pn_snap *snap = open_new(m);
        const pn_sections *s = NULL;
        pn_status rc = pn_snap_sections(snap, &tick, &s, NULL);
        assert_true(rc == PN_OK || rc == PN_EINTR);
        assert_true(rc == PN_OK || pn_snap_sections(snap, NULL, &s, NULL) == PN_OK);
        pn_snap_release(snap);
        if (rc == PN_OK) break;
        assert_true(polls < 100);
    }
    memfs_free(m);
}

/* --- the tick is asked often enough: counted in questions, not in time */

enum { EDGES = 5 << 16, SAYING = 16 };                 /* so many articles share the edges */

static int count_questions(void *arg) {
    ++*(long *)arg;
    return 0;
}

/* Articles whose related entries all mean the first of them. */
typedef struct { pn_related *related; int n; pn_doc doc; } many_source;

static pn_status next_of_many(void *self, const pn_doc **out, pn_error *err) {
    static const char ids[SAYING][2] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p" };
    many_source *s = self;
    (void)err;
    *out = s->n < SAYING ? &s->doc : NULL;
    if (!*out) return PN_OK;
    s->doc = (pn_doc){ .id = pn_bytes_cstr(ids[s->n]), .title = s->n ? PN_BYTES_LIT("Fog") : PN_BYTES_LIT("Rain"), .date = s->related[0].date, .modified = PN_WHEN_NONE,
                       .body = PN_BYTES_LIT("It rained."), .related = s->related, .n_related = EDGES / SAYING };
    s->n++;
    return PN_OK;
}

static pn_snap *open_many(memfs *m) {
    many_source s = { .related = calloc(EDGES / SAYING, sizeof *s.related) };
    for (size_t i = 0; i < EDGES / SAYING; i++) s.related[i] = (pn_related){ .title = PN_BYTES_LIT("Rain"), .date = lw_when(pn_bytes_cstr("1")) };
    pn_doc_source source = { &s, next_of_many, lw_close };
    pn_writer *w = NULL;
    assert_int_equal(pn_writer_create(memfs_io(m), "d", NULL, &w, NULL), PN_OK);
    assert_int_equal(pn_writer_add(w, &source, PN_BYTES_LIT("t"), NULL, NULL), PN_OK);
    assert_int_equal(pn_writer_commit(w, NULL, NULL), PN_OK);
    pn_writer_close(w);
    free(s.related);
    return open_new(m);
}

static void a_graph_asks_in_every_pass_over_its_edges(void **state) {
    (void)state;
    long asked = 0;
    const pn_tick tick = { count_questions, &asked };
    memfs *m = memfs_new();
    pn_snap *snap = open_many(m);
    pn_select *all = NULL;
    pn_relgraph *g = NULL;
    const pn_links *links;
    assert_int_equal(pn_snap_links(snap, NULL, &links, NULL), PN_OK);              /* resolved before: what is counted is the graph */
    assert_int_equal(pn_select_all(snap, &all, NULL), PN_OK);
    assert_int_equal(pn_archive_graph(all, &(pn_relgraph_opts){ .backward = false }, &tick, &g, NULL), PN_OK);
    assert_int_equal(g->n, EDGES);
    assert_int_equal(g->counts.n_resolved, EDGES);
    assert_true(asked >= 3 * 5);                                                   /* read, marked, numbered */
    pn_relgraph_release(g);
    pn_select_release(all);
    pn_snap_release(snap);
    memfs_free(m);
}

/* The tables that read no article, of a graph made by hand. */
static void tables_of_edges_ask_as_they_go(void **state) {
    (void)state;
    uint32_t *ends = calloc(EDGES, sizeof *ends);
    int32_t *lag = calloc(EDGES, sizeof *lag);
    pn_relgraph g = { .n = EDGES, .source = ends, .target = ends, .lag = lag };
    pn_table *t = NULL;
    long asked = 0;
    const pn_tick tick = { count_questions, &asked };
    assert_int_equal(pn_relgraph_endpoint_table(&g, &tick, &t, NULL), PN_OK);
    assert_int_equal(pn_table_n_rows(t), EDGES);
    assert_true(asked >= 5);
    pn_table_release(t);
    asked = 0;
    assert_int_equal(pn_relgraph_lags(&g, &tick, &t, NULL), PN_OK);
    assert_int_equal(pn_table_n_rows(t), 1);
    assert_true(asked >= 5 + 5 + 10 + 40);                                         /* picked, counted; sorted: ten runs, four rounds of merging them */
    pn_table_release(t);
    int left = 3;
    const pn_tick soon = { stop_at, &left };
    t = NULL;
    assert_int_equal(pn_relgraph_endpoint_table(&g, &soon, &t, NULL), PN_EINTR);
    assert_null(t);
    free(ends);
    free(lag);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_means_what_its_address_or_its_title_and_day_say), cmocka_unit_test(order_and_pieces_of_arrival_do_not_matter),
        cmocka_unit_test(looser_and_stricter_ways), cmocka_unit_test(a_teaser_finds_the_one_article_that_begins_with_its_words),
        cmocka_unit_test(a_teaser_counts_its_first_hundred_words), cmocka_unit_test(a_teaser_no_longer_finds_what_was_deleted_and_one_left_is_the_one),
        cmocka_unit_test(a_backward_graph_has_no_lag_above_zero_and_none_unknown),
        cmocka_unit_test(equal_dangling_entries_are_one_node), cmocka_unit_test(a_deleted_article_is_no_target_any_more),
        cmocka_unit_test(an_article_knows_who_links_to_it_and_to_whom_it_links), cmocka_unit_test(others_tell_the_section_of_an_article_that_names_none),
        cmocka_unit_test(every_failing_allocation_is_a_status_and_nothing_leaks), cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(a_graph_asks_in_every_pass_over_its_edges), cmocka_unit_test(tables_of_edges_ask_as_they_go),
        cmocka_unit_test(keys_of_one_hash_that_differ_in_the_rest_are_forged), cmocka_unit_test(entries_of_articles_that_do_not_follow_each_other_are_damage) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
