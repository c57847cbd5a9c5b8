#include "query/pn_listing.h"
#include "base/pn_alloc.h"
#include "index/pn_sections.h"
#include <stdio.h>

static const struct { const char *name; pn_col_kind kind; } columns_known[PN_N_LIST] = {
    [PN_LIST_RANK] = { "rank", PN_COL_I64 }, [PN_LIST_SCORE] = { "score", PN_COL_F64 }, [PN_LIST_ID] = { "id", PN_COL_STR },
    [PN_LIST_DATE] = { "date", PN_COL_DATE }, [PN_LIST_TIME] = { "time", PN_COL_STR }, [PN_LIST_PRECISION] = { "date_precision", PN_COL_DICT },
    [PN_LIST_TITLE] = { "title", PN_COL_STR }, [PN_LIST_SECTION] = { "section", PN_COL_STR }, [PN_LIST_SOURCE] = { "source", PN_COL_STR },
    [PN_LIST_AUTHOR] = { "author", PN_COL_STR }, [PN_LIST_TAGS] = { "tags", PN_COL_STR }, [PN_LIST_URL] = { "url", PN_COL_STR },
    [PN_LIST_LANGUAGE] = { "language", PN_COL_STR }, [PN_LIST_TEASER] = { "teaser", PN_COL_STR }, [PN_LIST_BODY] = { "body", PN_COL_STR },
};
const char *pn_list_name(pn_list_column c) { return columns_known[c].name; }

typedef struct {
    pn_select *select;
    pn_snap *snap;
    pn_doc_cache *caches;
    pn_arena arena;
    pn_table *table;
    const pn_list_column *columns; size_t n;
    const pn_sections *told;           /* sections that related entries tell, where they are asked for */
    pn_buf joined;
    const pn_tick *tick;
    pn_error *err;
} lister;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a table of articles"); }

/* --- cells */

static void put_date(pn_table *t, size_t col, const pn_when *w) {
    if (w->precision == PN_PREC_NONE) pn_table_put_null(t, col);
    else pn_table_put_i64(t, col, w->day);
}

static void put_precision(pn_table *t, size_t col, const pn_when *w) {
    static const char *const names[] = { [PN_PREC_YEAR] = "year", [PN_PREC_MONTH] = "month", [PN_PREC_DAY] = "day", [PN_PREC_SECOND] = "second" };
    pn_table_put_str(t, col, w->precision == PN_PREC_NONE ? PN_BYTES_NONE : pn_bytes_cstr(names[w->precision]));
}

/* 2020-08-20T14:05:09, and the zone's offset where one was read. */
static void put_time(pn_table *t, size_t col, const pn_when *w) {
    char text[64];
    pn_civil c = pn_civil_of(w->precision == PN_PREC_NONE ? 0 : w->day);
    if (w->precision == PN_PREC_NONE || w->second < 0) { pn_table_put_null(t, col); return; }
    int n = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", (int)c.year, (int)c.month, (int)c.day, (int)(w->second / 3600), (int)(w->second / 60 % 60), (int)(w->second % 60));
    int minutes = w->offset < 0 ? -w->offset : w->offset;
    if (w->offset != PN_OFFSET_NONE) n += snprintf(text + n, sizeof text - (size_t)n, "%c%02d:%02d", w->offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
    pn_table_put_str(t, col, pn_bytes_of(text, (size_t)n));
}

static void put_joined(lister *l, size_t col, const pn_bytes *parts, size_t n, const char *between, bool none_is_null) {
    pn_buf_clear(&l->joined);
    for (size_t i = 0; i < n; i++) {
        if (i) pn_buf_put_bytes(&l->joined, pn_bytes_cstr(between));
        pn_buf_put_bytes(&l->joined, parts[i]);
    }
    if (l->joined.len) pn_table_put_str(l->table, col, pn_buf_bytes(&l->joined));
    else pn_table_put_str(l->table, col, none_is_null ? PN_BYTES_NONE : PN_BYTES_LIT(""));
}

/* Told by others' entries, which are resolved only when some article names none itself. */
static pn_status put_section(lister *l, size_t col, pn_ref ref, pn_bytes own) {
    if (!own.len && !l->told) PN_TRY(pn_snap_sections(l->snap, l->tick, &l->told, l->err));
    pn_table_put_str(l->table, col, own.len ? own : pn_sections_shown(l->told, ref));
    return PN_OK;
}

static pn_status put_cell(lister *l, size_t col, uint64_t place, pn_ref ref, const pn_doc *doc, const pn_doc_extra *extra) {
    pn_table *t = l->table;
    switch (l->columns[col]) {
    case PN_LIST_RANK:      pn_table_put_i64(t, col, (int64_t)place + 1); break;
    case PN_LIST_SCORE:     pn_table_put_f64(t, col, pn_select_scores(l->select)[place]); break;
    case PN_LIST_ID:        pn_table_put_str(t, col, extra->key); break;
    case PN_LIST_DATE:      put_date(t, col, &doc->date); break;
    case PN_LIST_TIME:      put_time(t, col, &doc->date); break;
    case PN_LIST_PRECISION: put_precision(t, col, &doc->date); break;
    case PN_LIST_TITLE:     pn_table_put_str(t, col, doc->title); break;
    case PN_LIST_SECTION:   return put_section(l, col, ref, doc->section);
    case PN_LIST_SOURCE:    pn_table_put_str(t, col, doc->source); break;
    case PN_LIST_AUTHOR:    put_joined(l, col, doc->authors, doc->n_authors, ", ", true); break;
    case PN_LIST_TAGS:      put_joined(l, col, doc->tags, doc->n_tags, "; ", false); break;
    case PN_LIST_URL:       pn_table_put_str(t, col, doc->url); break;
    case PN_LIST_LANGUAGE:  pn_table_put_str(t, col, doc->language); break;
    case PN_LIST_TEASER:    pn_table_put_str(t, col, doc->teaser); break;
    default:                pn_table_put_str(t, col, doc->body.ptr ? doc->body : PN_BYTES_LIT("")); break;
    }
    return PN_OK;
}

/* --- rows */

static pn_status put_row(lister *l, uint64_t place, pn_ref ref) {
    pn_doc doc;
    pn_doc_extra extra;
    pn_arena_reset(&l->arena);
    PN_TRY(pn_snap_doc_cached(l->snap, l->caches, ref, &l->arena, &doc, &extra, l->err));
    for (size_t col = 0; col < l->n; col++) PN_TRY(put_cell(l, col, place, ref, &doc, &extra));
    return l->joined.rc == PN_OK ? PN_OK : no_memory(l->err);
}

enum { POLL = 256 };
static pn_status put_rows(lister *l, const pn_ref *refs, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (i % POLL == 0) PN_TRY(pn_poll(l->tick, l->err));
        PN_TRY(put_row(l, i, refs[i]));
    }
    return pn_table_finish(l->table, l->err);
}

/* The order of all is kept: whoever asks for all asks again. */
static pn_status list_rows(lister *l, size_t n) {
    if (n == pn_select_count(l->select)) PN_TRY(pn_select_put_in_order(l->select, l->tick, l->err));
    pn_ref *refs = pn_malloc(n * sizeof *refs);
    if (!refs) return no_memory(l->err);
    pn_status rc = pn_select_head(l->select, n, refs, l->tick, l->err);
    if (rc == PN_OK) rc = put_rows(l, refs, n);
    pn_free(refs);
    return rc;
}

static pn_status list(lister *l, uint64_t most) {
    PN_TRY(pn_table_new(&l->table, l->err));
    for (size_t i = 0; i < l->n; i++) pn_table_add(l->table, columns_known[l->columns[i]].name, columns_known[l->columns[i]].kind);
    return list_rows(l, (size_t)PN_MIN(most, pn_select_count(l->select)));
}

static pn_status check(const pn_select *s, const pn_list_column *columns, size_t n, pn_error *err) {
    for (size_t i = 0; i < n; i++) {
        bool ok = columns[i] != PN_LIST_RANK || pn_select_is_ranked(s);
        if (columns[i] == PN_LIST_SCORE) ok = pn_select_scores(s) != NULL;
        if (!ok) return pn_fail(err, PN_EINVAL, "these articles have no %s", columns_known[columns[i]].name);
    }
    return PN_OK;
}

pn_status pn_listing(pn_select *s, const pn_list_column *columns, size_t n, uint64_t most, const pn_tick *tick, pn_table **out, pn_error *err) {
    lister l = { .select = s, .snap = pn_select_snap(s), .columns = columns, .n = n, .tick = tick, .err = err };
    size_t n_parts = pn_snap_n_parts(l.snap);
    PN_TRY(check(s, columns, n, err));
    l.caches = pn_calloc(n_parts, sizeof *l.caches);
    pn_status rc = l.caches ? list(&l, most) : no_memory(err);
    for (size_t i = 0; l.caches && i < n_parts; i++) pn_doc_cache_fini(&l.caches[i]);
    pn_free(l.caches);
    pn_arena_fini(&l.arena);
    pn_buf_fini(&l.joined);
    if (rc == PN_OK) *out = l.table;
    else pn_table_release(l.table);
    return rc;
}
