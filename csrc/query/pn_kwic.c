#include "query/pn_kwic.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "index/pn_sections.h"
#include "query/pn_cut.h"
#include "query/pn_kwic_text.h"

typedef struct { pn_ref ref; pn_hit hit; } row;
struct pn_kwic {
    pn_snap *snap;
    row *rows; size_t n, cap;
    uint64_t n_articles;
};

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a concordance"); }

void pn_kwic_release(pn_kwic *k) {
    if (!k) return;
    pn_snap_release(k->snap);
    pn_free(k->rows);
    pn_free(k);
}
uint64_t pn_kwic_count(const pn_kwic *k) { return k->n; }
uint64_t pn_kwic_articles(const pn_kwic *k) { return k->n_articles; }
const pn_snap *pn_kwic_snap(const pn_kwic *k) { return k->snap; }

/* --- finding: articles in the order of time, each part's ascending */

static pn_status add_rows(pn_kwic *k, pn_ref ref, const pn_hit *hits, size_t n, pn_error *err) {
    void *at = k->rows;
    if (!pn_grow(&at, &k->cap, k->n + n, sizeof *k->rows)) return no_memory(err);
    k->rows = at;
    for (size_t i = 0; i < n; i++) k->rows[k->n++] = (row){ ref, hits[i] };
    k->n_articles += n > 0;
    return PN_OK;
}

enum { RUN = 1024, ARTICLE = 64 };     /* articles looked up at once; steps that one counts as */
static pn_status find_in(pn_kwic *k, pn_select *found, pn_hits **hits, const pn_tick *tick, pn_error *err) {
    pn_ref refs[RUN];
    uint64_t n = pn_select_count(found);
    pn_pace pace = { tick, 0 };
    PN_TRY(pn_select_put_in_order(found, tick, err));
    for (uint64_t from = 0; from < n; from += RUN) {
        size_t some = (size_t)PN_MIN(n - from, (uint64_t)RUN);
        PN_TRY(pn_poll(tick, err));
        PN_TRY(pn_select_refs(found, from, some, refs, err));
        for (size_t i = 0; i < some; i++) {
            const pn_hit *at;
            size_t n_hits;
            PN_TRY(pn_hits_at(hits[refs[i].part], refs[i].doc, &at, &n_hits, err));
            PN_TRY(add_rows(k, refs[i], at, n_hits, err));
            PN_TRY(pn_pace_on(&pace, ARTICLE + 8 * n_hits, err));
        }
    }
    return PN_OK;
}

static pn_status open_hits(const pn_plan *plan, const pn_tick *tick, pn_hits **hits, pn_error *err) {
    for (uint32_t i = 0; i < pn_snap_n_parts(pn_plan_snap(plan)); i++) PN_TRY(pn_hits_open(plan, i, tick, &hits[i], err));
    return PN_OK;
}

static pn_status find_all(pn_kwic *k, const pn_select *within, const pn_plan *plan, const pn_tick *tick, pn_error *err) {
    size_t n_parts = pn_snap_n_parts(k->snap);
    pn_hits **hits = pn_calloc(n_parts, sizeof(pn_hits *));
    pn_select *found = NULL;
    pn_status rc = hits ? pn_select_plan(within, plan, NULL, tick, &found, err) : no_memory(err);
    if (rc == PN_OK) rc = open_hits(plan, tick, hits, err);
    if (rc == PN_OK) rc = find_in(k, found, hits, tick, err);
    for (size_t i = 0; hits && i < n_parts; i++) pn_hits_close(hits[i]);
    pn_free(hits);
    pn_select_release(found);
    return rc;
}

static pn_status find_query(pn_kwic *k, const pn_select *within, const pn_query *q, const pn_tick *tick, pn_error *err) {
    pn_plan *plan = NULL;
    PN_TRY(pn_plan_new(k->snap, q, tick, &plan, err));
    pn_status rc = find_all(k, within, plan, tick, err);
    pn_plan_free(plan);
    return rc;
}

/* --- articles of rows, read one after the other */

typedef struct {
    const pn_kwic *k;
    pn_doc_cache *caches;
    pn_arena arena;
    pn_doc doc;
    pn_doc_extra extra;
    pn_cut cut;
    pn_ref now; bool any;
    const pn_sections *told;           /* sections that related entries tell */
    pn_pace pace;
    pn_error *err;
} reader;

static pn_status reader_init(reader *r, const pn_kwic *k, const pn_tick *tick, pn_error *err) {
    *r = (reader){ .k = k, .pace = { tick, 0 }, .err = err, .cut = { .tokens = { .tick = tick } }, .caches = pn_calloc(pn_snap_n_parts(k->snap), sizeof *r->caches) };
    return r->caches ? PN_OK : no_memory(err);
}
static void reader_fini(reader *r) {
    for (size_t i = 0; r->caches && i < pn_snap_n_parts(r->k->snap); i++) pn_doc_cache_fini(&r->caches[i]);
    pn_free(r->caches);
    pn_arena_fini(&r->arena);
    pn_cut_fini(&r->cut);
}

/* Reads and cuts the article of a row, unless it is the one at hand, and finds the hit in it. */
static pn_status reader_place(reader *r, const row *w, pn_cut_hit *out) {
    PN_TRY(pn_pace_on(&r->pace, 256, r->err));
    bool same = r->any && r->now.part == w->ref.part && r->now.doc == w->ref.doc;
    if (!same) {
        r->any = false;
        pn_arena_reset(&r->arena);
        PN_TRY(pn_poll(r->pace.tick, r->err));
        PN_TRY(pn_snap_doc_cached(r->k->snap, r->caches, w->ref, &r->arena, &r->doc, &r->extra, r->err));
        PN_TRY(pn_cut_article(&r->cut, &r->doc, r->err));
        r->now = w->ref;
        r->any = true;
    }
    if (pn_cut_place(&r->cut, &w->hit, out)) return PN_OK;
    return pn_corrupt(r->err, NULL, 0, "a word of the index does not stand in article %u of segment %u", w->ref.doc, pn_seg_number(pn_snap_part_at(r->k->snap, w->ref.part)->seg));
}

/* --- sorting by words around the node */

typedef struct { uint64_t prefix; size_t off; uint32_t len; size_t at; const uint8_t *bytes; } sort_key;

static void put_word(pn_buf *out, const pn_cut *c, size_t i) {
    pn_buf_put_bytes(out, pn_token_term(&c->tokens, i));
    pn_buf_put_u8(out, 0);                                  /* below every byte of a word */
}

static void put_key(pn_buf *out, const pn_cut *c, const pn_cut_hit *p, int32_t key) {
    size_t begin = p->in_body ? c->n_title : 0, end = p->in_body ? c->tokens.n : c->n_title, reach = (size_t)(key < 0 ? -key : key);
    if (key == 0) {
        for (size_t i = p->first; i <= p->last; i++) put_word(out, c, i);
        pn_buf_put_u8(out, 0);
    } else if (key < 0 && reach <= p->first - begin) {
        put_word(out, c, p->first - reach);
    } else if (key > 0 && reach < end - p->last) {
        put_word(out, c, p->last + reach);
    } else {
        pn_buf_put_u8(out, 0);
    }
}

static pn_status make_keys(reader *r, const pn_kwic_order *order, sort_key *keys, pn_buf *bytes) {
    for (size_t i = 0; i < r->k->n; i++) {
        pn_cut_hit place;
        PN_TRY(reader_place(r, &r->k->rows[i], &place));
        keys[i].at = i;
        keys[i].off = bytes->len;
        for (size_t k = 0; k < order->n_keys; k++) put_key(bytes, &r->cut, &place, order->keys[k]);
        keys[i].len = (uint32_t)(bytes->len - keys[i].off);
        if (bytes->rc != PN_OK) return no_memory(r->err);
    }
    return PN_OK;
}

static uint64_t prefix_of(const uint8_t *p, size_t n) {
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++) v = v << 8 | (i < n ? p[i] : 0);
    return v;
}

static int by_key(const void *a, const void *b) {
    const sort_key *x = a, *y = b;
    if (x->prefix != y->prefix) return x->prefix < y->prefix ? -1 : 1;
    int order = pn_bytes_compare(pn_bytes_of(x->bytes + x->off, x->len), pn_bytes_of(y->bytes + y->off, y->len));
    return order ? order : x->at < y->at ? -1 : 1;
}

static pn_status apply(pn_kwic *k, const sort_key *keys, pn_error *err) {
    row *rows = pn_malloc(k->n * sizeof *rows);
    if (!rows) return no_memory(err);
    for (size_t i = 0; i < k->n; i++) rows[i] = k->rows[keys[i].at];
    pn_free(k->rows);
    k->rows = rows;
    return PN_OK;
}

static pn_status sort_keyed(pn_kwic *k, reader *r, const pn_kwic_order *order, sort_key *keys, pn_buf *bytes) {
    PN_TRY(make_keys(r, order, keys, bytes));
    for (size_t i = 0; i < k->n; i++) {
        keys[i].bytes = bytes->ptr;
        keys[i].prefix = prefix_of(bytes->ptr + keys[i].off, keys[i].len);
    }
    PN_TRY(pn_sort(keys, k->n, sizeof *keys, by_key, r->pace.tick, r->err));
    return apply(k, keys, r->err);
}

static pn_status sort_by_words(pn_kwic *k, const pn_kwic_order *order, const pn_tick *tick, pn_error *err) {
    reader r;
    pn_buf bytes = { 0 };
    sort_key *keys = pn_calloc(k->n, sizeof *keys);
    pn_status rc = reader_init(&r, k, tick, err);
    if (rc == PN_OK) rc = keys ? sort_keyed(k, &r, order, keys, &bytes) : no_memory(err);
    reader_fini(&r);
    pn_buf_fini(&bytes);
    pn_free(keys);
    return rc;
}

/* --- newest first: articles turned round, inside each the hits as they stand */

static void reverse(row *a, size_t n) {
    for (size_t i = 0; i < n / 2; i++) {
        row t = a[i];
        a[i] = a[n - 1 - i];
        a[n - 1 - i] = t;
    }
}

static bool same_article(const row *a, const row *b) { return a->ref.part == b->ref.part && a->ref.doc == b->ref.doc; }

static void turn_round(pn_kwic *k) {
    reverse(k->rows, k->n);
    for (size_t from = 0, to; from < k->n; from = to) {
        for (to = from + 1; to < k->n && same_article(&k->rows[from], &k->rows[to]);) to++;
        reverse(k->rows + from, to - from);
    }
}

static pn_status check_order(const pn_kwic_order *o, pn_error *err) {
    bool ok = o->n_keys <= PN_KWIC_KEYS;
    for (size_t i = 0; ok && i < o->n_keys; i++) ok = o->keys[i] >= -PN_KWIC_REACH && o->keys[i] <= PN_KWIC_REACH;
    return ok ? PN_OK : pn_fail(err, PN_EINVAL, "a concordance is sorted by at most %d words, at most %d away", PN_KWIC_KEYS, PN_KWIC_REACH);
}

pn_status pn_kwic_new(const pn_select *within, const pn_query *q, const pn_kwic_order *order, const pn_tick *tick, pn_kwic **out, pn_error *err) {
    PN_TRY(check_order(order, err));
    pn_kwic *k = pn_calloc(1, sizeof *k);
    if (!k) return no_memory(err);
    k->snap = pn_snap_retain(pn_select_snap(within));
    pn_status rc = find_query(k, within, q, tick, err);
    if (rc == PN_OK && order->newest_first) turn_round(k);
    if (rc == PN_OK && order->n_keys) rc = sort_by_words(k, order, tick, err);
    if (rc == PN_OK) *out = k;
    else pn_kwic_release(k);
    return rc;
}

/* --- rows as a table: made in the order of the articles, so that each is read once, then put into their own */

typedef struct { size_t row; pn_ref ref; } wanted;

static int by_article(const void *a, const void *b) {
    const wanted *x = a, *y = b;
    if (x->ref.part != y->ref.part) return x->ref.part < y->ref.part ? -1 : 1;
    if (x->ref.doc != y->ref.doc) return x->ref.doc < y->ref.doc ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

enum { COL_ID, COL_DATE, COL_TITLE, COL_SECTION, COL_LEFT, COL_NODE, COL_RIGHT, COL_POSITION };

static void add_columns(pn_table *t) {
    pn_table_add(t, "id", PN_COL_STR);
    pn_table_add(t, "date", PN_COL_DATE);
    pn_table_add(t, "title", PN_COL_STR);
    pn_table_add(t, "section", PN_COL_STR);
    pn_table_add(t, "left", PN_COL_STR);
    pn_table_add(t, "node", PN_COL_STR);
    pn_table_add(t, "right", PN_COL_STR);
    pn_table_add(t, "position", PN_COL_I64);
}

static pn_status put_row(pn_table *t, reader *r, const row *w, pn_kwic_unit unit, uint32_t width, pn_kwic_text *text) {
    pn_cut_hit place;
    PN_TRY(pn_poll(r->pace.tick, r->err));
    PN_TRY(reader_place(r, w, &place));
    PN_TRY(pn_kwic_text_make(text, &r->cut, &place, unit, width, r->err));
    pn_table_put_str(t, COL_ID, r->extra.key);
    if (r->doc.date.precision == PN_PREC_NONE) pn_table_put_null(t, COL_DATE);
    else pn_table_put_i64(t, COL_DATE, r->doc.date.day);
    pn_table_put_str(t, COL_TITLE, r->doc.title);
    pn_table_put_str(t, COL_SECTION, r->doc.section.len ? r->doc.section : pn_sections_shown(r->told, w->ref));
    pn_table_put_str(t, COL_LEFT, pn_buf_bytes(&text->left));
    pn_table_put_str(t, COL_NODE, pn_buf_bytes(&text->node));
    pn_table_put_str(t, COL_RIGHT, pn_buf_bytes(&text->right));
    pn_table_put_i64(t, COL_POSITION, (int64_t)place.first);
    return PN_OK;
}

static pn_status fill(pn_table *t, reader *r, const wanted *list, size_t n, pn_kwic_unit unit, uint32_t width) {
    pn_kwic_text text = { 0 };
    pn_status rc = PN_OK;
    add_columns(t);
    for (size_t i = 0; rc == PN_OK && i < n; i++) rc = put_row(t, r, &r->k->rows[list[i].row], unit, width, &text);
    pn_kwic_text_fini(&text);
    return rc == PN_OK ? pn_table_finish(t, r->err) : rc;
}

static pn_status put_in_order(const pn_table *t, const wanted *list, size_t n, uint64_t from, int64_t *places, const pn_tick *tick, pn_table **out, pn_error *err) {
    for (size_t i = 0; i < n; i++) places[list[i].row - from] = (int64_t)i;
    return pn_table_take(t, places, n, tick, out, err);
}

static pn_status make_table(const pn_kwic *k, wanted *list, int64_t *places, uint64_t from, size_t n, pn_kwic_unit unit, uint32_t width,
                            const pn_tick *tick, pn_table **out, pn_error *err) {
    reader r;
    pn_table *t = NULL;
    for (size_t i = 0; i < n; i++) list[i] = (wanted){ (size_t)from + i, k->rows[from + i].ref };
    pn_status rc = reader_init(&r, k, tick, err);
    if (rc == PN_OK) rc = pn_sort(list, n, sizeof *list, by_article, tick, err);
    if (rc == PN_OK) rc = pn_snap_sections(k->snap, tick, &r.told, err);
    if (rc == PN_OK) rc = pn_table_new(&t, err);
    if (rc == PN_OK) rc = fill(t, &r, list, n, unit, width);
    if (rc == PN_OK) rc = put_in_order(t, list, n, from, places, tick, out, err);
    pn_table_release(t);
    reader_fini(&r);
    return rc;
}

pn_status pn_kwic_table(const pn_kwic *k, uint64_t from, size_t n, pn_kwic_unit unit, uint32_t width, const pn_tick *tick, pn_table **out, pn_error *err) {
    if (from > k->n || n > k->n - from) return pn_fail(err, PN_EINVAL, "there is no such row");
    wanted *list = pn_calloc(n, sizeof *list);
    int64_t *places = pn_calloc(n, sizeof *places);
    pn_status rc = list && places ? make_table(k, list, places, from, n, unit, width, tick, out, err) : no_memory(err);
    pn_free(list);
    pn_free(places);
    return rc;
}

/* --- marks of one article */

static pn_status put_marks(reader *r, pn_buf *out) {
    pn_mark *last = NULL;
    for (size_t i = 0; i < r->k->n; i++) {
        pn_cut_hit p;
        PN_TRY(reader_place(r, &r->k->rows[i], &p));
        const pn_token *t = r->cut.tokens.at;
        pn_mark m = { t[p.first].start, t[p.last].end, p.in_body };
        if (last && last->in_body == m.in_body && m.start <= last->end) {
            last->end = PN_MAX(last->end, m.end);
            continue;
        }
        pn_buf_put(out, &m, sizeof m);
        if (out->rc != PN_OK) return no_memory(r->err);
        last = (pn_mark *)(void *)(out->ptr + out->len - sizeof m);
    }
    return PN_OK;
}

static pn_status mark(pn_kwic *k, const pn_plan *plan, pn_ref ref, const pn_tick *tick, pn_buf *out, pn_error *err) {
    pn_hits *hits = NULL;
    reader r;
    const pn_hit *at;
    size_t n;
    PN_TRY(pn_hits_open(plan, ref.part, tick, &hits, err));
    pn_status rc = pn_hits_at(hits, ref.doc, &at, &n, err);
    if (rc == PN_OK) rc = add_rows(k, ref, at, n, err);
    pn_hits_close(hits);
    PN_TRY(rc);
    rc = reader_init(&r, k, tick, err);
    if (rc == PN_OK) rc = put_marks(&r, out);
    reader_fini(&r);
    return rc;
}

pn_status pn_kwic_marks(pn_snap *snap, pn_ref ref, const pn_query *q, const pn_tick *tick, pn_buf *out, pn_error *err) {
    pn_kwic k = { .snap = snap };
    pn_plan *plan = NULL;
    PN_TRY(pn_plan_new(snap, q, tick, &plan, err));
    pn_status rc = mark(&k, plan, ref, tick, out, err);
    pn_plan_free(plan);
    pn_free(k.rows);
    return rc;
}
