/* world.h -- a small made-up world of articles, what an archive must answer about it, and what it does answer.
 *
 * Articles are numbered; article i in version v is a pure function of (i, v), so tests say "1..40, then 10..20 in version 1".
 */
#ifndef WORLD_H
#define WORLD_H
#include "archive/pn_archive.h"
#include "memfs.h"
#include "unit.h"
#include <stdio.h>

enum { WORLD_MAX = 600, WORLD_WORDS = 12 };
static const char *const world_words[WORLD_WORDS] = { "harbour", "rail", "school", "budget", "storm", "council", "museum", "election", "river", "bridge", "solar", "the" };

typedef struct { char id[16], title[64], body[256]; pn_doc doc; } world_article;

static inline uint32_t world_mix(uint32_t x) {
    x ^= x >> 16; x *= 0x7FEB352Du; x ^= x >> 15; x *= 0x846CA68Bu; x ^= x >> 16;
    return x;
}

static inline pn_when world_date(uint32_t i) {
    uint32_t r = world_mix(i * 7 + 1);
    pn_when w = { pn_day_of(2019, 1, 1) + (int32_t)(r % 900), PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 };
    pn_civil c = pn_civil_of(w.day);
    switch (r >> 16 & 15) {
    case 0: return PN_WHEN_NONE;
    case 1: w.day = pn_day_of(c.year, c.month, 1); w.precision = PN_PREC_MONTH; return w;
    case 2: w.day = pn_day_of(c.year, 1, 1); w.precision = PN_PREC_YEAR; return w;
    case 3: case 4: case 5: w.precision = PN_PREC_SECOND; w.second = (int32_t)(r % 86400); return w;
    default: return w;
    }
}

static inline void world_make(world_article *a, uint32_t i, uint32_t version) {
    static const pn_bytes tags[2] = { { (const uint8_t *)"Harbours", 8 }, { (const uint8_t *)"Money", 5 } };
    uint32_t r = world_mix(i + version * 7919u);
    snprintf(a->id, sizeof a->id, "n%u", i);
    snprintf(a->title, sizeof a->title, "%s %s %u", world_words[r % 11], world_words[(r >> 8) % 11], i);
    size_t n = (size_t)snprintf(a->body, sizeof a->body, "version %u", version);
    for (uint32_t k = 0; k < 3 + (r >> 12 & 7); k++)
        n += (size_t)snprintf(a->body + n, sizeof a->body - n, " %s", world_words[world_mix(r + k) % WORLD_WORDS]);
    a->doc = (pn_doc){ .id = pn_bytes_cstr(a->id), .title = pn_bytes_cstr(a->title), .body = pn_bytes_cstr(a->body), .date = world_date(i),
                       .modified = PN_WHEN_NONE, .section = i % 3 ? PN_BYTES_LIT("City") : PN_BYTES_NONE, .source = PN_BYTES_LIT("Post"),
                       .tags = tags, .n_tags = i % 3, .tags_present = true };
}

/* --- a source of articles first .. first+n-1 in one version */
typedef struct { uint32_t next, end, version; world_article now; } world_source;
static inline pn_status world_next(void *self, const pn_doc **out, pn_error *err) {
    world_source *s = self;
    (void)err;
    *out = NULL;
    if (s->next == s->end) return PN_OK;
    world_make(&s->now, s->next++, s->version);
    *out = &s->now.doc;
    return PN_OK;
}
static inline void world_close(void *self) { (void)self; }
static inline pn_status world_add(pn_writer *w, uint32_t first, uint32_t n, uint32_t version, pn_error *err) {
    world_source s = { .next = first, .end = first + n, .version = version };
    pn_doc_source source = { &s, world_next, world_close };
    return pn_writer_add(w, &source, PN_BYTES_LIT("world"), NULL, err);
}

/* One whole ingest: a new archive or an addition. */
static inline pn_status world_ingest(const pn_io *io, const char *dir, bool is_new, uint32_t first, uint32_t n, uint32_t version, pn_ingest_counts *counts, pn_error *err) {
    pn_writer *w = NULL;
    PN_TRY((is_new ? pn_writer_create : pn_writer_open)(io, dir, NULL, &w, err));
    pn_status rc = world_add(w, first, n, version, err);
    if (rc == PN_OK) rc = pn_writer_commit(w, NULL, err);
    if (counts) *counts = pn_writer_counts(w);
    pn_writer_close(w);
    return rc;
}

/* One whole deletion of what a query finds. */
static inline pn_status world_delete_found(pn_writer *w, const pn_select *all, const char *query, pn_error *err) {
    pn_select *found = NULL;
    uint64_t n;
    PN_TRY(pn_archive_search(all, pn_bytes_cstr(query), NULL, &found, err));
    pn_status rc = pn_writer_delete(w, found, NULL, &n, err);
    pn_select_release(found);
    return rc == PN_OK ? pn_writer_commit(w, NULL, err) : rc;
}
static inline pn_status world_delete(const pn_io *io, const char *dir, const char *query, pn_error *err) {
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    pn_writer *w = NULL;
    pn_status rc = pn_writer_open(io, dir, NULL, &w, err);
    if (rc == PN_OK) rc = pn_snap_open(io, dir, 0, true, &snap, err);
    if (rc == PN_OK) rc = pn_select_all(snap, &all, err);
    if (rc == PN_OK) rc = world_delete_found(w, all, query, err);
    pn_select_release(all);
    pn_snap_release(snap);
    pn_writer_close(w);
    return rc;
}

/* Pins the newest generation. */
static inline pn_status world_pin(const pn_io *io, const char *dir, pn_error *err) {
    uint32_t newest = 0;
    pn_writer *w = NULL;
    PN_TRY(pn_writer_open(io, dir, NULL, &w, err));
    pn_status rc = pn_manifest_newest(io, dir, &newest, err);
    if (rc == PN_OK) rc = pn_writer_pin(w, newest, 1600000000, PN_BYTES_LIT("Figure 2"), err);
    if (rc == PN_OK) rc = pn_writer_commit(w, NULL, err);
    pn_writer_close(w);
    return rc;
}

static inline pn_status world_compact(const pn_io *io, const char *dir, pn_error *err) {
    pn_writer *w = NULL;
    PN_TRY(pn_writer_open(io, dir, NULL, &w, err));
    pn_status rc = pn_writer_compact(w, NULL, err);
    pn_writer_close(w);
    return rc;
}

/* --- what the archive answers, as text: equal text, equal answers */
static inline void world_print_table(pn_buf *out, const pn_table *t) {
    for (int64_t r = 0; r < pn_table_n_rows(t); r++) {
        for (size_t c = 0; c < pn_table_n_cols(t); c++) {
            const pn_col *col = pn_table_col(t, c);
            if (pn_col_is_null(col, r)) pn_buf_printf(out, " -");
            else if (col->kind == PN_COL_F64) pn_buf_printf(out, " %.9f", pn_col_f64(col, r));
            else if (col->kind == PN_COL_STR || col->kind == PN_COL_DICT) pn_buf_printf(out, " %.*s", (int)pn_col_str(col, r).len, (const char *)pn_col_str(col, r).ptr);
            else pn_buf_printf(out, " %lld", (long long)pn_col_i64(col, r));
        }
        pn_buf_printf(out, "\n");
    }
}
static inline pn_status world_print_trend(pn_buf *out, const pn_select *all, const char *query, pn_error *err) {
    pn_archive_series s = { pn_bytes_cstr(query), pn_bytes_cstr(query) };
    pn_trend_opts opts = { PN_FREQ_MONTH, 0.95, PN_DAY_NONE, PN_DAY_NONE, NULL, false };
    pn_trend_tables t = { 0 };
    size_t which;
    PN_TRY(pn_archive_trend(all, all, &s, 1, &opts, NULL, &t, &which, err));
    world_print_table(out, t.trend);
    world_print_table(out, t.unplaced);
    pn_table_release(t.trend);
    pn_table_release(t.unplaced);
    return PN_OK;
}
static inline pn_status world_print_query(pn_buf *out, const pn_select *all, const char *query, pn_error *err) {
    pn_select *found = NULL;
    PN_TRY(pn_archive_search(all, pn_bytes_cstr(query), NULL, &found, err));
    pn_buf_put_bytes(out, pn_bytes_cstr(query));
    pn_buf_printf(out, ": %llu\n", (unsigned long long)pn_select_count(found));
    pn_select_release(found);
    return PN_OK;
}
static inline pn_status world_print_article(pn_buf *out, pn_snap *snap, pn_ref ref, pn_error *err) {
    pn_arena arena = { 0 };
    pn_doc doc;
    pn_doc_extra extra;
    char when[PN_WHEN_TEXT];
    pn_status rc = pn_snap_doc(snap, ref, &arena, &doc, &extra, err);
    if (rc == PN_OK) {
        pn_when_print(&doc.date, when);
        pn_buf_printf(out, "%.*s|%s|", (int)extra.key.len, (const char *)extra.key.ptr, when);
        pn_buf_put_bytes(out, doc.title);
        pn_buf_put_u8(out, '|');
        pn_buf_put_bytes(out, doc.body);
        pn_buf_put_u8(out, '\n');
    }
    pn_arena_fini(&arena);
    return rc;
}
static inline pn_status world_print_names(pn_buf *out, const pn_select *all, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_names_table(all, PN_FIELD_TAG, NULL, &t, err));
    world_print_table(out, t);
    pn_table_release(t);
    return PN_OK;
}
static inline pn_status world_print_all(pn_buf *out, pn_snap *snap, pn_select *all, pn_error *err) {
    pn_buf_printf(out, "articles %llu\n", (unsigned long long)pn_snap_n_live(snap));
    for (size_t i = 0; i < WORLD_WORDS; i++) {
        PN_TRY(world_print_query(out, all, world_words[i], err));
        PN_TRY(world_print_trend(out, all, world_words[i], err));
    }
    PN_TRY(world_print_query(out, all, "harbour rail", err));
    PN_TRY(world_print_query(out, all, "\"version 1\"", err));
    PN_TRY(world_print_query(out, all, "\"harbour rail\"~3 OR lead9:(storm NEAR/5 r*) OR atleast2:/s.*/ OR body:rial~1 OR length:5..9", err));
    PN_TRY(world_print_names(out, all, err));
    for (uint64_t i = 0; i < pn_select_count(all); i++) {
        pn_ref ref;
        PN_TRY(pn_select_refs(all, i, 1, &ref, err));
        PN_TRY(world_print_article(out, snap, ref, err));
    }
    return out->rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory");
}
/* Opens a generation of the archive (0: the newest) and appends what it answers to everything. */
static inline pn_status world_answers_at(const pn_io *io, const char *dir, uint32_t generation, pn_buf *out, pn_error *err) {
    pn_snap *snap = NULL;
    pn_select *all = NULL;
    PN_TRY(pn_snap_open(io, dir, generation, true, &snap, err));
    pn_status rc = pn_select_all(snap, &all, err);
    if (rc == PN_OK) rc = world_print_all(out, snap, all, err);
    pn_select_release(all);
    pn_snap_release(snap);
    return rc;
}
static inline pn_status world_answers(const pn_io *io, const char *dir, pn_buf *out, pn_error *err) {
    pn_buf_clear(out);
    return world_answers_at(io, dir, 0, out, err);
}
/* Opens the archive and checks every byte of it. */
static inline pn_status world_verify(const pn_io *io, const char *dir, pn_error *err) {
    pn_snap *snap = NULL;
    PN_TRY(pn_snap_open(io, dir, 0, true, &snap, err));
    pn_status rc = pn_archive_verify(snap, NULL, err);
    pn_snap_release(snap);
    return rc;
}
#endif
