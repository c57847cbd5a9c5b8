/* A whole archive whose files hold anything behind right sums.  A small good archive is taken apart into the sections of its
 * files; the input changes bytes, lengths and sections; the files are written again, so that sums, lengths and the manifest agree;
 * then every question is asked.  Answers may be wrong or errors.
 * Input: flags, then changes of eight bytes: file, what, section, u16 offset, u24 value. */
#include "archive/pn_related.h"
#include "base/pn_alloc.h"
#include "codec/pn_rd.h"
#include "forge.h"
#include "index/pn_doc_bytes.h"
#include "index/pn_stored.h"
#include "rich.h"

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);

enum { FILES = 6, RECORDS = 6, CHANGES = 32, CHANGE = 8, FIRST = 140, SECOND = 6 };
enum { COPY = 1, ADD = 2, DELETE = 4, COMPACT = 8, NO_PARTS = 16, NO_QUERIES = 32, NO_VERIFY = 64 };       /* flags; without the last three everything is asked */
enum { IDX1, DOC1, DEL1, IDX2, DOC2, MANIFEST };       /* and the records of segment 1, unpacked */

static forge base[FILES], now[FILES];
static pn_buf records, records_now;                    /* blobs, one behind the other */

static void must(bool ok) { if (!ok) abort(); }

/* --- the good archive */

static void ingest(const pn_io *io, bool is_new, uint32_t first, uint32_t n, uint32_t version) { must(rich_ingest(io, "d", is_new, first, n, version, NULL) == PN_OK); }

static void take_records(const pn_io *io) {
    pn_file *f = NULL;
    pn_stored s;
    pn_doc_cache cache = { 0 };
    must(pn_file_open(io, base[DOC1].path, PN_FILE_TEXT, NULL, NULL, true, &f, NULL) == PN_OK && pn_stored_open(&s, f, FIRST, NULL) == PN_OK);
    for (uint32_t i = 0; i < FIRST; i++) {
        pn_bytes record;
        must(pn_stored_get(&s, &cache, i, &record, NULL) == PN_OK);
        pn_buf_put_blob(&records, record);
    }
    pn_doc_cache_fini(&cache);
    pn_file_release(f);
}

static void prepare(void) {
    static const struct { const char *path; pn_file_kind kind; } files[FILES] = { { "d/seg-0000000001.idx", PN_FILE_INDEX },
        { "d/seg-0000000001.doc", PN_FILE_TEXT }, { "d/seg-0000000001.0000000002.del", PN_FILE_DELETED }, { "d/seg-0000000002.idx", PN_FILE_INDEX },
        { "d/seg-0000000002.doc", PN_FILE_TEXT }, { "d/MANIFEST-0000000002", PN_FILE_MANIFEST } };
    memfs *m = memfs_new();
    ingest(memfs_io(m), true, 0, FIRST, 0);
    ingest(memfs_io(m), false, FIRST - 3, SECOND, 1);
    for (size_t i = 0; i < FILES; i++) forge_take(memfs_io(m), files[i].path, files[i].kind, &base[i]);
    take_records(memfs_io(m));
    memfs_free(m);
}

/* --- changes */

static void overwrite(pn_buf *b, size_t at, uint64_t v, size_t n) {
    for (size_t i = 0; i < n && at + i < b->len; i++) b->ptr[at + i] = (uint8_t)(v >> (8 * i));
}
static void insert(pn_buf *b, size_t at, uint32_t v) {
    size_t n = 1 + (v >> 8 & 63), tail = b->len - at;
    must(pn_buf_reserve(b, n));
    memmove(b->ptr + at + n, b->ptr + at, tail);
    memset(b->ptr + at, (int)(v & 255), n);
    b->len += n;
}
static void cut_out(pn_buf *b, size_t at, size_t n) {
    n = PN_MIN(n, b->len - at);
    memmove(b->ptr + at, b->ptr + at + n, b->len - at - n);
    b->len -= n;
}

static void copy_buf(pn_buf *to, const pn_buf *from) {
    pn_buf_clear(to);
    pn_buf_put_bytes(to, pn_buf_bytes(from));
}

/* f NULL: the bytes are records, not a section. */
static void change(forge *f, pn_buf *b, uint32_t *number, unsigned what, size_t at, uint32_t v) {
    static const uint64_t edges[] = { 0, 1, 127, 128, 129, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 10000000, UINT64_MAX, INT64_MAX };
    must(pn_buf_reserve(b, 1));
    at %= b->len + 1;
    switch (what % 9) {
    case 0: if (at < b->len) b->ptr[at] ^= (uint8_t)v; break;
    case 1: overwrite(b, at, v, 1 + (v >> 16 & 3)); break;
    case 2: overwrite(b, at - at % 4, edges[v % PN_COUNT(edges)], v & 256 ? 8 : 4); break;
    case 3: insert(b, at, v); break;
    case 4: cut_out(b, at, v); break;
    case 5: b->len = at; break;
    case 6: overwrite(b, at - at % 4, at - at % 4 + 4 <= b->len ? pn_load_u32(b->ptr + (at - at % 4)) + (uint32_t)(int8_t)v : 0, 4); break;
    case 7: if (f) *number = v; break;
    case 8: if (f) copy_buf(b, &base[f - now].parts[v % f->n].bytes); break;
    }
}

static void apply(const uint8_t *c, bool *by_record) {
    unsigned file = c[0] % (FILES + 1);
    size_t at = pn_load_u16(c + 3);
    uint32_t v = (uint32_t)c[5] | (uint32_t)c[6] << 8 | (uint32_t)c[7] << 16;
    if (file == RECORDS) {
        *by_record = true;
        change(NULL, &records_now, NULL, c[1], at, v);
        return;
    }
    size_t k = c[2] % now[file].n;
    change(&now[file], &now[file].parts[k].bytes, &now[file].parts[k].number, c[1], at, v);
}

/* --- writing it again */

static void start_anew(void) {
    for (size_t i = 0; i < FILES; i++) {
        now[i].path = base[i].path;
        now[i].kind = base[i].kind;
        now[i].id = base[i].id;
        now[i].n = base[i].n;
        for (size_t k = 0; k < base[i].n; k++) {
            now[i].parts[k].number = base[i].parts[k].number;
            copy_buf(&now[i].parts[k].bytes, &base[i].parts[k].bytes);
        }
    }
    copy_buf(&records_now, &records);
}

static void write_records(const pn_io *io, const forge *t, pn_file_sum *sum) {
    pn_file_writer *w = NULL;
    pn_stored_writer s;
    pn_rd r = pn_rd_of(pn_buf_bytes(&records_now));
    must(pn_file_writer_new(io, t->path, t->kind, &t->id, &w, NULL) == PN_OK);
    pn_stored_begin(&s, w);
    for (uint32_t i = 0; i < FIRST; i++) {
        pn_bytes record = pn_rd_blob(&r);
        must(pn_stored_put(&s, record.ptr ? record : PN_BYTES_LIT("?"), NULL) == PN_OK);
    }
    must(pn_stored_end(&s, NULL) == PN_OK && pn_file_finish(w, sum, NULL) == PN_OK);
    pn_stored_fini(&s);
}

/* False when two sections got the same number. */
static bool write_all(const pn_io *io, bool by_record) {
    pn_file_sum sum;
    for (size_t i = 0; i < FILES; i++) {
        if (i == DOC1 && by_record) write_records(io, &now[i], &sum);
        else if (!forge_write(io, &now[i], &sum)) return false;
        if (i < IDX2) forge_note(&now[MANIFEST], 0, i, sum);
        else if (i < MANIFEST) forge_note(&now[MANIFEST], 1, i - IDX2, sum);
    }
    return true;
}

/* --- questions.  Statuses are looked at only where more would be asked of nothing. */

static void ask(pn_status rc) { (void)rc; }

static void ask_list(pn_seg *seg, pn_field f, const pn_terms_iter *it) {
    const uint32_t *at, edges[] = { 0, 1, 64, 127, 128, 129, FIRST, UINT32_MAX - 1 };
    uint32_t n, cum[PN_COUNT(edges)], last = 0, articles = 0;
    uint64_t cum_tf[PN_COUNT(edges)], ttf = 0;
    const pn_post_src *src = pn_seg_postings(seg, f);
    pn_buf scratch = { 0 };
    pn_post c;
    if (it->info.ttf > 1 << 20) return;                /* a forged list of many positions at width 0 is slow, but no bug */
    if (pn_post_open(&c, src, &it->info, NULL) == PN_OK) {
        for (; c.doc != PN_DOC_END; pn_post_next(&c), articles++) {
            must(c.doc < src->n_docs && c.tf >= 1 && (articles == 0 || c.doc > last));
            last = c.doc;
            ttf += c.tf;
            pn_post_bound_at(&c, c.doc);
            if (it->info.pos_len && pn_post_positions(&c, &scratch, &at, &n, NULL) == PN_OK) must(n == c.tf);
        }
        must(c.rc != PN_OK || (articles == it->info.df && ttf == it->info.ttf));
    }
    if (pn_post_open(&c, src, &it->info, NULL) == PN_OK) pn_post_seek(&c, src->n_docs / 2);
    if (pn_post_ranks(src, &it->info, edges, PN_COUNT(edges), cum, cum_tf, NULL) == PN_OK) must(cum[PN_COUNT(edges) - 1] == it->info.df);
    ask(pn_post_verify(src, &it->info, f <= PN_FIELD_TITLE, NULL, NULL, NULL));
    pn_buf_fini(&scratch);
}

static void ask_terms(pn_seg *seg) {
    for (pn_field f = PN_FIELD_TEXT; f < PN_N_FIELDS; f++) {
        const pn_terms *terms;
        pn_terms_iter it;
        pn_arena arena = { 0 };
        pn_spelling *all;
        size_t n;
        must(pn_seg_terms(seg, f, &terms, NULL) == PN_OK);
        for (pn_terms_seek(&it, terms, PN_BYTES_NONE); !it.done; pn_terms_next(&it)) {
            ask_list(seg, f, &it);
            if (f >= PN_FIELD_TAG) ask(pn_seg_spellings(seg, f, pn_terms_at(&it), &arena, &all, &n, NULL));
        }
        pn_arena_fini(&arena);
    }
}

static void ask_articles(pn_seg *seg, uint32_t n_docs) {
    pn_doc_cache cache = { 0 };
    pn_arena arena = { 0 };
    for (uint32_t i = 0; i < n_docs && i < 2 * FIRST; i++) {
        pn_doc doc;
        pn_doc_extra extra;
        pn_when when;
        uint32_t a, b;
        uint64_t words, titles;
        if (pn_seg_doc_cached(seg, &cache, i, &arena, &doc, &extra, NULL) == PN_OK) {
            size_t n = 0;
            uint32_t docs[2];
            ask(pn_seg_find_key(seg, pn_hash64(extra.key), docs, 2, &n, NULL));
            ask(pn_seg_find_url(seg, pn_hash64(extra.url_key), docs, 2, &n, NULL));
        }
        ask(pn_seg_when(seg, i, &when, NULL));
        ask(pn_seg_flags(seg, i, &a, NULL));
        ask(pn_seg_length(seg, i, &a, &b, NULL));
        ask(pn_seg_words_before(seg, i + 1, &words, &titles, NULL));
        ask(pn_seg_body_start(seg, i, &a, NULL));
        ask(pn_seg_arrival(seg, i, &words, NULL));
        pn_arena_reset(&arena);
    }
    pn_doc_cache_fini(&cache);
    pn_arena_fini(&arena);
}

static void ask_segment(pn_seg *seg) {
    const pn_seg_meta *meta = pn_seg_meta_of(seg);
    const uint8_t *norms;
    uint32_t doc;
    pn_buf out = { 0 };
    ask_terms(seg);
    ask_articles(seg, meta->n_docs);
    ask(pn_seg_norms(seg, &norms, NULL));
    for (int32_t day = 17900; day < 18900; day += 97) ask(pn_seg_clock_edge(seg, day, 40000, &doc, NULL));
    ask(pn_seg_print(seg, &out, NULL));
    pn_buf_fini(&out);
}

/* Hours of three years are 26,000 rows, days of six centuries 200,000: right, and too slow to ask for again and again.  In a zone
 * the axis reaches over all of the base, so hours are asked there of one article. */
static pn_trend_opts over(const pn_select *all, pn_freq f, const pn_tz *zone) {
    bool is_fine = f == PN_FREQ_DAY || f == PN_FREQ_HOUR, is_zoned = f == PN_FREQ_HOUR ? pn_select_count(all) <= 1 : f % 2;
    return (pn_trend_opts){ f, 0.95, is_fine ? 18194 : PN_DAY_NONE, is_fine ? 18198 : PN_DAY_NONE, is_zoned ? zone : NULL, f % 3 == 0 };
}

static void ask_trends(const pn_select *all, const pn_select *of, const char *query, pn_freq from) {
    static const int64_t at[] = { INT64_MIN, 1572138000 };
    static const int32_t offset[] = { 7200, 3600 };
    static const pn_tz zone = { "Europe/Berlin", at, offset, 2 };
    for (pn_freq f = from; f < PN_N_FREQS; f++) {
        pn_archive_series s[2] = { { PN_BYTES_LIT("a"), pn_bytes_cstr(query) }, { PN_BYTES_LIT("b"), PN_BYTES_NONE } };
        pn_trend_opts opts = over(all, f, &zone);
        pn_trend_tables t = { 0 };
        pn_select *found = NULL;
        size_t which;
        if (pn_archive_trend(all, of, s, 2, &opts, NULL, &t, &which, NULL) != PN_OK) continue;
        pn_buf wanted = { 0 };
        for (int64_t i = 0; i < pn_table_n_rows(t.trend) / 2; i++) pn_buf_put_u8(&wanted, i % 3 == 0);
        if (pn_archive_trend_articles(all, of, &opts, pn_buf_bytes(&wanted), NULL, &found, NULL) == PN_OK) pn_select_release(found);
        pn_buf_fini(&wanted);
        pn_table_release(t.trend);
        pn_table_release(t.unplaced);
    }
}

static void ask_names(const pn_select *of) {
    for (pn_field f = PN_FIELD_TAG; f < PN_N_FIELDS; f++) {
        pn_table *t = NULL;
        uint64_t n;
        if (pn_names_table(of, f, NULL, &t, NULL) == PN_OK) pn_table_release(t);
        ask(pn_names_covered(pn_select_snap(of), f, NULL, &n, NULL));
    }
}

static void ask_facts(const pn_select *of) {
    pn_facts facts;
    ask(pn_archive_facts(of, NULL, &facts, NULL));
}

static void ask_query(pn_snap *snap, pn_select *all, const char *query) {
    pn_select *found = NULL;
    pn_arena arena = { 0 };
    if (pn_archive_search(all, pn_bytes_cstr(query), NULL, &found, NULL) != PN_OK) return;
    ask_trends(all, found, "storm", PN_FREQ_MONTH_OF_YEAR);
    ask_trends(found, found, "\"version 0\"", PN_FREQ_QUARTER);
    ask_names(found);
    for (uint64_t i = 0; i < pn_select_count(found); i += 40) {
        pn_ref ref;
        pn_doc doc;
        pn_doc_extra extra;
        if (pn_select_refs(found, i, 1, &ref, NULL) == PN_OK) ask(pn_snap_doc(snap, ref, &arena, &doc, &extra, NULL));
    }
    pn_select_release(found);
    pn_arena_fini(&arena);
}

static void ask_links(pn_snap *snap, pn_select *all) {
    static const pn_link_ways ways[] = { { .n = 0 }, { { PN_BY_TITLE, PN_BY_TEASER, PN_BY_URL }, 3 } };
    for (size_t i = 0; i < PN_COUNT(ways); i++) {
        pn_relgraph *g = NULL;
        if (pn_archive_graph(all, &(pn_relgraph_opts){ .ways = ways[i] }, NULL, &g, NULL) != PN_OK) continue;
        for (int which = 0; which < PN_N_GRAPH_TABLES; which++) {
            pn_table *t = NULL, *printed = NULL;
            if (pn_archive_graph_table(g, (pn_graph_table)which, NULL, &t, &printed, NULL) != PN_OK) continue;
            pn_table_release(printed);
            pn_table_release(t);
        }
        pn_relgraph_release(g);
    }
    for (uint32_t part = 0; part < pn_snap_n_parts(snap); part++) {
        pn_ref ref = { part, pn_snap_part_at(snap, part)->n_docs - 1 }, to;
        pn_select *s = NULL;
        pn_bytes name;
        bool found;
        if (pn_archive_linked(snap, ref, PN_LINKS_TO, NULL, &s, NULL) == PN_OK) pn_select_release(s);
        ask(pn_archive_link(snap, ref, 0, NULL, &to, &found, NULL));
        ask(pn_archive_section(snap, ref, NULL, &name, NULL));
    }
}

static void ask_parts(pn_snap *snap) {
    for (size_t i = 0; i < pn_snap_n_parts(snap); i++) ask_segment(pn_snap_part_at(snap, i)->seg);
}

/* Days of six centuries are an answer of 200,000 rows: right, and too slow to ask for again and again. */
static pn_freq finest(const pn_archive_info *info) { return (int64_t)info->day_last - info->day_first > 10000 ? PN_FREQ_MONTH : PN_FREQ_DAY; }

static void ask_queries(pn_snap *snap) {
    static const char *const queries[] = { "version", "the", "harbour rail", "\"storm a storm\"", "\xE6\x96\xB0", "\"1 \xE6\x96\xB0\"", "nothing",
        "NOT w*r?1 OR title:h*", "tag:harbours NOT author:none", "NOT date:2019-03", "id:n3 OR url:https://example.org/6", "id:n5" };
    static const char *const names[] = { "n3", "n138", "https://example.org/6", "no" };
    pn_archive_info info;
    pn_select *all = NULL;
    pn_ref ref;
    bool found;
    pn_archive_info_of(snap, &info);
    must(pn_select_all(snap, &all, NULL) == PN_OK);
    for (size_t i = 0; i < PN_COUNT(queries); i++) ask_query(snap, all, queries[i]);
    ask_trends(all, all, "version", finest(&info));
    ask_trends(all, all, "\"version 0\"", finest(&info));
    ask_names(all);
    ask_facts(all);
    ask_links(snap, all);
    pn_select_release(all);
    for (size_t i = 0; i < PN_COUNT(names); i++) ask(pn_archive_find(snap, pn_bytes_cstr(names[i]), &ref, &found, NULL));
}

/* Adding to it: keys are looked for in what is there. */
static void add_to(const pn_io *io) {
    pn_writer *w = NULL;
    if (pn_writer_open(io, "d", NULL, &w, NULL) != PN_OK) return;
    if (world_add(w, 2, 3, 5, NULL) == PN_OK) ask(pn_writer_commit(w, NULL, NULL));
    pn_writer_close(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {
    static bool prepared;
    bool by_record = false;
    pn_snap *snap = NULL;
    if (!prepared) prepare();
    prepared = true;
    if (n < 1) return 0;
    start_anew();
    for (size_t i = 0, at = 1; i < CHANGES && n - at >= CHANGE; i++, at += CHANGE) apply(d + at, &by_record);
    int64_t live = pn_live();
    memfs *m = memfs_new();
    must(memfs_io(m)->mkdir(memfs_io(m)->ctx, "d", NULL) == PN_OK);
    if (write_all(memfs_io(m), by_record)) {
        if (pn_snap_open(memfs_io(m), "d", 0, d[0] & COPY, &snap, NULL) == PN_OK) {
            if (!(d[0] & NO_PARTS)) ask_parts(snap);
            if (!(d[0] & NO_QUERIES)) ask_queries(snap);
            if (!(d[0] & NO_VERIFY)) ask(pn_archive_verify(snap, NULL, NULL));
        }
        pn_snap_release(snap);
        if (d[0] & ADD) add_to(memfs_io(m));
        if (d[0] & DELETE) ask(world_delete(memfs_io(m), "d", "storm OR tag:harbours", NULL));
        if (d[0] & COMPACT) ask(world_compact(memfs_io(m), "d", NULL));
    }
    must(pn_live() == live && memfs_held(m) == 0);
    memfs_free(m);
    return 0;
}
