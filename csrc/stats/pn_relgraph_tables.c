/* What is seen of a graph of related entries: its tables. */
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "index/pn_sections.h"
#include "stats/pn_relgraph_parts.h"

enum { POLL = 256, POLL_CHEAP = 1 << 16 };             /* articles or edges read, or only looked at, between two questions to the tick */

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a table of related entries"); }

static pn_snap *snap_of(const pn_relgraph *g) { return pn_select_snap(g->sources); }

static pn_status finish(pn_table *t, pn_status rc, pn_table **out, pn_error *err) {
    if (rc == PN_OK) rc = pn_table_finish(t, err);
    if (rc == PN_OK) *out = t;
    else pn_table_release(t);
    return rc;
}

static void put_day(pn_table *t, size_t col, int32_t day, pn_precision precision) {
    if (precision == PN_PREC_NONE) pn_table_put_null(t, col);
    else pn_table_put_i64(t, col, day);
}

static void put_lag(pn_table *t, size_t col, int32_t lag) {
    if (lag == PN_DAY_NONE) pn_table_put_null(t, col);
    else pn_table_put_i64(t, col, lag);
}

/* --- reading articles one after the other */

typedef struct {
    const pn_relgraph *g;
    pn_doc_cache *caches;
    pn_arena arena;
    pn_doc doc;
    pn_doc_extra extra;
    pn_table *printed;                 /* how far the dates of the table were printed, a column for each of its columns of dates */
    bool has_coarse;                   /* whether one of them is coarser than a day */
    uint32_t now;                      /* node that is read, UINT32_MAX at the start */
    uint32_t steps;
    const pn_tick *tick;
    pn_error *err;
} reader;

static pn_status open_reader(reader *r, const pn_relgraph *g, const pn_tick *tick, pn_error *err) {
    *r = (reader){ .g = g, .now = UINT32_MAX, .tick = tick, .err = err };
    r->caches = pn_calloc(g->links->n_parts, sizeof *r->caches);
    return r->caches ? PN_OK : no_memory(err);
}

static void close_reader(reader *r) {
    for (size_t i = 0; r->caches && i < r->g->links->n_parts; i++) pn_doc_cache_fini(&r->caches[i]);
    pn_free(r->caches);
    pn_arena_fini(&r->arena);
    pn_table_release(r->printed);
}

/* A date in column `col`, and in column `at` of r->printed what was printed of it where that is less than a day. */
static void put_date(reader *r, pn_table *t, size_t col, size_t at, int32_t day, pn_precision precision) {
    bool is_coarse = precision == PN_PREC_YEAR || precision == PN_PREC_MONTH;
    put_day(t, col, day, precision);
    if (is_coarse) pn_table_put_i64(r->printed, at, precision);
    else pn_table_put_null(r->printed, at);
    r->has_coarse |= is_coarse;
}

/* r->doc is the article of an archived node, until the next call. */
static pn_status read_node(reader *r, uint32_t node) {
    if (r->now == node) return PN_OK;
    if (++r->steps % POLL == 0) PN_TRY(pn_poll(r->tick, r->err));
    pn_arena_reset(&r->arena);
    r->now = UINT32_MAX;
    PN_TRY(pn_snap_doc_cached(snap_of(r->g), r->caches, r->g->refs[node], &r->arena, &r->doc, &r->extra, r->err));
    r->now = node;
    return PN_OK;
}

/* The entry behind an edge, whose source is read by this. */
static pn_status read_entry(reader *r, size_t edge, const pn_linkkeys **v, const pn_related **out) {
    pn_ref ref = r->g->refs[r->g->source[edge]];
    pn_seg *seg = pn_snap_part_at(snap_of(r->g), ref.part)->seg;
    uint32_t lo, hi;
    PN_TRY(read_node(r, r->g->source[edge]));
    PN_TRY(pn_seg_linkkeys(seg, v, r->err));
    bool ok = pn_linkkeys_entries(*v, ref.doc, &lo, &hi) && r->g->entry[edge] >= lo && r->g->entry[edge] - lo < r->doc.n_related;
    if (!ok) return pn_corrupt(r->err, NULL, 0, "the related entries of segment %u do not agree with its articles", pn_seg_number(seg));
    *out = &r->doc.related[r->g->entry[edge] - lo];
    return PN_OK;
}

/* --- endpoints, lags */

static pn_status put_endpoints(const pn_relgraph *g, pn_table *t, const pn_tick *tick, pn_error *err) {
    for (size_t e = 0; e < g->n; e++) {
        if (e % POLL_CHEAP == 0) PN_TRY(pn_poll(tick, err));
        pn_table_put_i64(t, 0, (int32_t)g->source[e]);
        pn_table_put_i64(t, 1, (int32_t)g->target[e]);
        put_lag(t, 2, g->lag[e]);
    }
    return PN_OK;
}

pn_status pn_relgraph_endpoint_table(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_table_new(&t, err));
    pn_table_add(t, "source", PN_COL_I32);
    pn_table_add(t, "target", PN_COL_I32);
    pn_table_add(t, "lag_days", PN_COL_I32);
    return finish(t, put_endpoints(g, t, tick, err), out, err);
}

static pn_status put_days(const pn_relgraph *g, pn_table *t, const pn_tick *tick, pn_error *err) {
    pn_when when;
    for (uint32_t i = 0; i < g->counts.n_archived; i++) {
        if (i % 4096 == 0) PN_TRY(pn_poll(tick, err));
        PN_TRY(pn_seg_when(pn_snap_part_at(snap_of(g), g->refs[i].part)->seg, g->refs[i].doc, &when, err));
        put_day(t, 0, when.day, when.precision < PN_PREC_DAY ? PN_PREC_NONE : PN_PREC_DAY);
    }
    return PN_OK;
}

pn_status pn_relgraph_days(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    PN_TRY(pn_table_new(&t, err));
    pn_table_add(t, "day", PN_COL_I32);
    return finish(t, put_days(g, t, tick, err), out, err);
}

static int by_lag(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static pn_status sorted_lags(const pn_relgraph *g, int32_t *lags, size_t *n, const pn_tick *tick, pn_error *err) {
    *n = 0;
    for (size_t e = 0; e < g->n; e++) {
        if (e % POLL_CHEAP == 0) PN_TRY(pn_poll(tick, err));
        if (g->lag[e] != PN_DAY_NONE) lags[(*n)++] = g->lag[e];
    }
    return pn_sort(lags, *n, sizeof *lags, by_lag, tick, err);
}

static pn_status count_lags(const int32_t *lags, size_t n, pn_table *t, const pn_tick *tick, pn_error *err) {
    for (size_t i = 0, from = 0; i < n; i++) {
        if (i % POLL_CHEAP == 0) PN_TRY(pn_poll(tick, err));
        if (i + 1 < n && lags[i + 1] == lags[i]) continue;
        pn_table_put_i64(t, 0, lags[i]);
        pn_table_put_i64(t, 1, (int64_t)(i + 1 - from));
        from = i + 1;
    }
    return PN_OK;
}

pn_status pn_relgraph_lags(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    size_t n;
    int32_t *lags = pn_malloc(g->n * sizeof *lags);
    if (!lags) return no_memory(err);
    pn_status rc = sorted_lags(g, lags, &n, tick, err);
    if (rc == PN_OK) rc = pn_table_new(&t, err);
    if (rc == PN_OK) {
        pn_table_add(t, "lag_days", PN_COL_I64);
        pn_table_add(t, "count", PN_COL_I64);
        rc = finish(t, count_lags(lags, n, t, tick, err), out, err);
    }
    pn_free(lags);
    return rc;
}

/* --- edges */

/* The ids of all archived nodes, one behind the other. */
typedef struct { pn_buf bytes; size_t *ends; } ids;

static pn_status read_ids(reader *r, ids *x) {
    x->ends = pn_malloc(((size_t)r->g->counts.n_archived + 1) * sizeof *x->ends);
    if (!x->ends) return no_memory(r->err);
    x->ends[0] = 0;
    for (uint32_t i = 0; i < r->g->counts.n_archived; i++) {
        PN_TRY(read_node(r, i));
        pn_buf_put_bytes(&x->bytes, r->extra.key);
        if (x->bytes.rc != PN_OK) return no_memory(r->err);
        x->ends[i + 1] = x->bytes.len;
    }
    return PN_OK;
}

static pn_bytes id_of(const ids *x, uint32_t node) { return pn_bytes_of(x->bytes.ptr + x->ends[node], x->ends[node + 1] - x->ends[node]); }

static pn_status put_edge(reader *r, const ids *x, size_t e, pn_table *t) {
    const pn_relgraph *g = r->g;
    const pn_linkkeys *v;
    const pn_related *entry;
    PN_TRY(read_entry(r, e, &v, &entry));
    pn_table_put_str(t, 0, id_of(x, g->source[e]));
    pn_table_put_str(t, 1, g->target[e] < g->counts.n_archived ? id_of(x, g->target[e]) : PN_BYTES_NONE);
    pn_table_put_str(t, 2, entry->title);
    pn_table_put_str(t, 3, entry->category);
    put_date(r, t, 4, 0, entry->date.day, (pn_precision)entry->date.precision);
    put_lag(t, 5, g->lag[e]);
    pn_table_put_str(t, 6, pn_bytes_cstr(pn_link_how_name((pn_link_how)g->how[e])));
    return PN_OK;
}

static pn_status put_edges(reader *r, pn_table *t) {
    ids x = { 0 };
    pn_status rc = read_ids(r, &x);
    for (size_t e = 0; rc == PN_OK && e < r->g->n; e++) rc = put_edge(r, &x, e, t);
    pn_buf_fini(&x.bytes);
    pn_free(x.ends);
    return rc;
}

typedef struct { const char *name; pn_col_kind kind; } column;

static pn_status begin_tables(const column *columns, size_t n, pn_table **t, pn_table **printed, pn_error *err) {
    PN_TRY(pn_table_new(t, err));
    PN_TRY(pn_table_new(printed, err));
    for (size_t i = 0; i < n; i++) {
        pn_table_add(*t, columns[i].name, columns[i].kind);
        if (columns[i].kind == PN_COL_DATE) pn_table_add(*printed, columns[i].name, PN_COL_I32);
    }
    return PN_OK;
}

/* A table with these columns, filled by `fill`; beside it what put_date noted, NULL where every date is of a day. */
static pn_status fill_table(const pn_relgraph *g, const column *columns, size_t n, pn_status (*fill)(reader *, pn_table *), const pn_tick *tick,
                            pn_table **out, pn_table **printed, pn_error *err) {
    pn_table *t = NULL;
    reader r;
    pn_status rc = open_reader(&r, g, tick, err);
    if (rc == PN_OK) rc = begin_tables(columns, n, &t, &r.printed, err);
    if (rc == PN_OK) rc = fill(&r, t);
    if (rc == PN_OK) rc = pn_table_finish(r.printed, err);
    rc = finish(t, rc, out, err);
    if (rc == PN_OK) *printed = r.has_coarse ? pn_table_retain(r.printed) : NULL;
    close_reader(&r);
    return rc;
}

pn_status pn_relgraph_edges(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err) {
    static const column columns[] = { { "source", PN_COL_STR }, { "target", PN_COL_STR }, { "title", PN_COL_STR }, { "category", PN_COL_STR },
                                      { "date", PN_COL_DATE }, { "lag_days", PN_COL_I64 }, { "resolved_by", PN_COL_DICT } };
    return fill_table(g, columns, PN_COUNT(columns), put_edges, tick, out, printed, err);
}

/* --- dangling nodes */

typedef struct { int32_t day; uint8_t precision; } day_of;     /* PN_DAY_NONE, PN_PREC_NONE: none */

typedef struct {
    size_t first_edge;
    uint64_t count;
    day_of first, last;                /* of the sources */
    uint32_t category;
    bool ambiguous;
} dangling;

static pn_status source_day(const pn_relgraph *g, size_t edge, day_of *day, pn_error *err) {
    pn_ref ref = g->refs[g->source[edge]];
    pn_when when;
    PN_TRY(pn_seg_when(pn_snap_part_at(snap_of(g), ref.part)->seg, ref.doc, &when, err));
    *day = (day_of){ when.day, when.precision };
    return PN_OK;
}

/* From first to last also over this day; of two dates that begin together the finer one stays. */
static void reach(dangling *d, day_of day) {
    if (day.day == PN_DAY_NONE) return;
    if (d->first.day == PN_DAY_NONE || day.day < d->first.day || (day.day == d->first.day && day.precision > d->first.precision)) d->first = day;
    if (d->last.day == PN_DAY_NONE || day.day > d->last.day || (day.day == d->last.day && day.precision > d->last.precision)) d->last = day;
}

static pn_status note_edge(const pn_relgraph *g, size_t e, dangling *d, pn_error *err) {
    day_of day, none = { PN_DAY_NONE, PN_PREC_NONE };
    PN_TRY(source_day(g, e, &day, err));
    if (d->count++ == 0) *d = (dangling){ e, 1, none, none, PN_CATEGORY_NONE, false };
    reach(d, day);
    d->ambiguous |= g->how[e] == PN_LINK_AMBIGUOUS;
    return PN_OK;
}

static pn_status vote(const pn_relgraph *g, const pn_categories *c, dangling *all, pn_vote *votes, const pn_tick *tick, pn_error *err) {
    size_t n = 0, at = 0;
    uint32_t of, winner;
    for (size_t e = 0; e < g->n; e++) {
        const pn_linkkeys *v;
        uint32_t part = g->refs[g->source[e]].part;
        if (e % POLL == 0) PN_TRY(pn_poll(tick, err));
        if (g->target[e] < g->counts.n_archived) continue;
        PN_TRY(pn_seg_linkkeys(pn_snap_part_at(snap_of(g), part)->seg, &v, err));
        votes[n] = (pn_vote){ g->target[e] - g->counts.n_archived, pn_categories_entry(c, part, v, g->entry[e]) };
        n += votes[n].category != PN_CATEGORY_NONE;
    }
    PN_TRY(pn_votes_sort(votes, n, tick, err));
    while (pn_votes_next(votes, n, &at, &of, &winner)) all[of].category = winner;
    return PN_OK;
}

static pn_status note_edges(const pn_relgraph *g, dangling *all, const pn_tick *tick, pn_error *err) {
    for (size_t e = 0; e < g->n; e++) {
        if (e % POLL == 0) PN_TRY(pn_poll(tick, err));
        if (g->target[e] >= g->counts.n_archived) PN_TRY(note_edge(g, e, &all[g->target[e] - g->counts.n_archived], err));
    }
    return PN_OK;
}

/* What is known of each dangling node; *out has one place more than there are. */
static pn_status gather_dangling(const pn_relgraph *g, const pn_categories *c, dangling **out, const pn_tick *tick, pn_error *err) {
    dangling *all = pn_calloc((size_t)g->counts.n_nodes - g->counts.n_archived + 1, sizeof *all);
    pn_vote *votes = pn_malloc((size_t)(g->counts.n_dangling + g->counts.n_ambiguous + 1) * sizeof *votes);
    pn_status rc = all && votes ? PN_OK : no_memory(err);
    if (rc == PN_OK) rc = note_edges(g, all, tick, err);
    if (rc == PN_OK) rc = vote(g, c, all, votes, tick, err);
    pn_free(votes);
    if (rc == PN_OK) *out = all;
    else pn_free(all);
    return rc;
}

static pn_bytes shown_category(const pn_categories *c, uint32_t category) { return category == PN_CATEGORY_NONE ? PN_BYTES_NONE : c->shown[category]; }

static pn_status put_dangling(reader *r, const pn_categories *c, const dangling *d, pn_table *t) {
    const pn_linkkeys *v;
    const pn_related *entry;
    PN_TRY(read_entry(r, d->first_edge, &v, &entry));
    pn_table_put_str(t, 0, entry->title);
    put_date(r, t, 1, 0, entry->date.day, (pn_precision)entry->date.precision);
    pn_table_put_str(t, 2, shown_category(c, d->category));
    pn_table_put_i64(t, 3, (int64_t)d->count);
    put_date(r, t, 4, 1, d->first.day, (pn_precision)d->first.precision);
    put_date(r, t, 5, 2, d->last.day, (pn_precision)d->last.precision);
    pn_table_put_bool(t, 6, d->ambiguous);
    return PN_OK;
}

static pn_status fill_dangling(reader *r, pn_table *t) {
    const pn_relgraph *g = r->g;
    size_t n = g->counts.n_nodes - g->counts.n_archived;
    pn_categories c = { 0 };
    dangling *all = NULL;
    pn_status rc = pn_categories_of(snap_of(g), r->tick, &c, r->err);
    if (rc == PN_OK) rc = gather_dangling(g, &c, &all, r->tick, r->err);
    for (size_t i = 0; rc == PN_OK && i < n; i++) rc = put_dangling(r, &c, &all[i], t);
    pn_free(all);
    pn_categories_fini(&c);
    return rc;
}

static int by_count(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    if (x[0] != y[0]) return x[0] > y[0] ? -1 : 1;
    return (x[1] > y[1]) - (x[1] < y[1]);
}

/* Most entries first; equal ones as they stood. */
static pn_status sorted_rows(const pn_table *t, int64_t *rows, size_t n, const pn_tick *tick, pn_error *err) {
    for (size_t i = 0; i < n; i++) {
        if (i % POLL_CHEAP == 0) PN_TRY(pn_poll(tick, err));
        rows[2 * i] = pn_col_i64(pn_table_col(t, 3), (int64_t)i);
        rows[2 * i + 1] = (int64_t)i;
    }
    PN_TRY(pn_sort(rows, n, 2 * sizeof *rows, by_count, tick, err));
    for (size_t i = 0; i < n; i++) rows[i] = rows[2 * i + 1];
    return PN_OK;
}

/* Takes the rows of both tables in the order of the counts; `p` may be NULL. */
static pn_status most_first(const pn_table *t, const pn_table *p, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err) {
    size_t n = (size_t)pn_table_n_rows(t);
    pn_table *ordered = NULL, *noted = NULL;
    int64_t *rows = pn_malloc(2 * n * sizeof *rows);
    if (!rows) return no_memory(err);
    pn_status rc = sorted_rows(t, rows, n, tick, err);
    if (rc == PN_OK) rc = pn_table_take(t, rows, n, tick, &ordered, err);
    if (rc == PN_OK && p) rc = pn_table_take(p, rows, n, tick, &noted, err);
    pn_free(rows);
    if (rc == PN_OK) { *out = ordered; *printed = noted; }
    else pn_table_release(ordered);
    return rc;
}

pn_status pn_relgraph_dangling(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err) {
    static const column columns[] = { { "title", PN_COL_STR }, { "date", PN_COL_DATE }, { "category", PN_COL_STR }, { "count", PN_COL_I64 },
                                      { "first", PN_COL_DATE }, { "last", PN_COL_DATE }, { "ambiguous", PN_COL_BOOL } };
    pn_table *t = NULL, *p = NULL;
    PN_TRY(fill_table(g, columns, PN_COUNT(columns), fill_dangling, tick, &t, &p, err));
    pn_status rc = most_first(t, p, tick, out, printed, err);
    pn_table_release(t);
    pn_table_release(p);
    return rc;
}

/* --- nodes */

static void put_degrees(pn_table *t, const uint32_t *in, const uint32_t *out, uint32_t node) {
    pn_table_put_i64(t, 5, in[node]);
    pn_table_put_i64(t, 6, out[node]);
}

static pn_status put_archived(reader *r, const pn_sections *s, uint32_t node, pn_table *t) {
    PN_TRY(read_node(r, node));
    pn_table_put_str(t, 0, r->extra.key);
    pn_table_put_str(t, 1, r->doc.title);
    put_date(r, t, 2, 0, r->doc.date.day, (pn_precision)r->doc.date.precision);
    pn_table_put_str(t, 3, r->doc.section.ptr ? r->doc.section : pn_sections_shown(s, r->g->refs[node]));
    pn_table_put_bool(t, 4, true);
    return PN_OK;
}

static pn_status put_unarchived(reader *r, const pn_categories *c, const dangling *d, pn_table *t) {
    const pn_linkkeys *v;
    const pn_related *entry;
    PN_TRY(read_entry(r, d->first_edge, &v, &entry));
    pn_table_put_null(t, 0);
    pn_table_put_str(t, 1, entry->title);
    put_date(r, t, 2, 0, entry->date.day, (pn_precision)entry->date.precision);
    pn_table_put_str(t, 3, shown_category(c, d->category));
    pn_table_put_bool(t, 4, false);
    return PN_OK;
}

static pn_status put_nodes(reader *r, const uint32_t *in, const uint32_t *out, pn_table *t) {
    const pn_relgraph *g = r->g;
    const pn_sections *s;
    pn_categories c = { 0 };
    dangling *all = NULL;
    PN_TRY(pn_snap_sections(snap_of(g), r->tick, &s, r->err));
    pn_status rc = pn_categories_of(snap_of(g), r->tick, &c, r->err);
    if (rc == PN_OK) rc = gather_dangling(g, &c, &all, r->tick, r->err);
    for (uint32_t i = 0; rc == PN_OK && i < g->counts.n_nodes; i++) {
        rc = i < g->counts.n_archived ? put_archived(r, s, i, t) : put_unarchived(r, &c, &all[i - g->counts.n_archived], t);
        if (rc == PN_OK) put_degrees(t, in, out, i);
    }
    pn_free(all);
    pn_categories_fini(&c);
    return rc;
}

static pn_status count_degrees(const reader *r, uint32_t *in, uint32_t *out) {
    for (size_t e = 0; e < r->g->n; e++) {
        if (e % POLL_CHEAP == 0) PN_TRY(pn_poll(r->tick, r->err));
        in[r->g->target[e]]++;
        out[r->g->source[e]]++;
    }
    return PN_OK;
}

static pn_status fill_nodes(reader *r, pn_table *t) {
    uint32_t *degrees = pn_calloc((size_t)r->g->counts.n_nodes * 2, sizeof *degrees), *out = degrees ? degrees + r->g->counts.n_nodes : NULL;
    if (!degrees) return no_memory(r->err);
    pn_status rc = count_degrees(r, degrees, out);
    if (rc == PN_OK) rc = put_nodes(r, degrees, out, t);
    pn_free(degrees);
    return rc;
}

pn_status pn_relgraph_nodes(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err) {
    static const column columns[] = { { "id", PN_COL_STR }, { "title", PN_COL_STR }, { "date", PN_COL_DATE }, { "section", PN_COL_STR },
                                      { "archived", PN_COL_BOOL }, { "in_degree", PN_COL_I64 }, { "out_degree", PN_COL_I64 } };
    return fill_table(g, columns, PN_COUNT(columns), fill_nodes, tick, out, printed, err);
}
