#include "index/pn_seg_write.h"
#include "base/pn_alloc.h"
#include "index/pn_days.h"
#include "index/pn_facets.h"
#include "index/pn_invert.h"
#include "index/pn_lookup.h"
#include "index/pn_seg_layout.h"
#include "index/pn_stored.h"
#include <assert.h>

typedef struct { pn_order_item *at; size_t n, cap; } pairs;

typedef struct { pn_buf name, key; } named;        /* a name as written and folded */

struct pn_seg_writer {
    const pn_io *io;
    pn_file_id id;
    char idx_path[PN_PATH_MAX], doc_path[PN_PATH_MAX];
    pn_file_writer *doc_file;
    pn_stored_writer stored;
    pn_invert *fields[PN_N_FIELDS];
    pn_facets *facets[PN_N_FIELDS];    /* of name fields; NULL for the others */
    pn_tokens tokens;
    named last[PN_N_FIELDS];           /* one article's section or source is often the next one's */
    pn_buf cols[PN_N_COLUMNS];         /* i32 values */
    pn_buf norms, content, words;
    pairs keys, urls;
    pn_linkkeys_writer links;
    pn_days_writer days;
    pn_seg_head head;
};

/* --- life */

static void free_writer(pn_seg_writer *w) {
    pn_file_abandon(w->doc_file);
    pn_stored_fini(&w->stored);
    for (size_t i = 0; i < PN_N_FIELDS; i++) {
        pn_invert_free(w->fields[i]);
        pn_facets_free(w->facets[i]);
        pn_buf_fini(&w->last[i].name);
        pn_buf_fini(&w->last[i].key);
    }
    pn_tokens_fini(&w->tokens);
    for (size_t i = 0; i < PN_N_COLUMNS; i++) pn_buf_fini(&w->cols[i]);
    pn_buf_fini(&w->norms);
    pn_buf_fini(&w->content);
    pn_buf_fini(&w->words);
    pn_free(w->keys.at);
    pn_free(w->urls.at);
    pn_linkkeys_writer_fini(&w->links);
    pn_days_fini(&w->days);
    pn_free(w);
}

void pn_seg_writer_abandon(pn_seg_writer *w) {
    if (w) free_writer(w);
}

static pn_status open_writer(pn_seg_writer *w, const char *dir, pn_error *err) {
    PN_TRY(pn_segment_path(w->idx_path, dir, w->id.segment, PN_NAME_IDX, 0, err));
    PN_TRY(pn_segment_path(w->doc_path, dir, w->id.segment, PN_NAME_DOC, 0, err));
    for (unsigned i = 0; i < PN_N_FIELDS; i++) {
        PN_TRY(pn_invert_new(&w->fields[i], err));
        if (!pn_field_has_positions(i)) PN_TRY(pn_facets_new(&w->facets[i], err));
    }
    PN_TRY(pn_file_writer_new(w->io, w->doc_path, PN_FILE_TEXT, &w->id, &w->doc_file, err));
    pn_stored_begin(&w->stored, w->doc_file);
    return PN_OK;
}

pn_status pn_seg_writer_new(const pn_io *io, const char *dir, const uint8_t archive[16], uint32_t number,
                            uint64_t arrival_base, pn_seg_writer **out, pn_error *err) {
    pn_seg_writer *w = pn_calloc(1, sizeof *w);
    if (!w) return pn_fail(err, PN_ENOMEM, "no memory for a segment writer");
    w->io = io;
    w->id.segment = number;
    memcpy(w->id.archive, archive, sizeof w->id.archive);
    w->head.meta.arrival_base = arrival_base;
    w->head.meta.day_first = w->head.meta.day_last = PN_DAY_NONE;
    pn_status rc = open_writer(w, dir, err);
    if (rc != PN_OK) {
        free_writer(w);
        return rc;
    }
    *out = w;
    return PN_OK;
}

void pn_seg_writer_poll(pn_seg_writer *w, const pn_tick *tick) { w->tokens.tick = w->stored.packer.tick = tick; }

/* --- words */

typedef struct { uint32_t words, title_words, title_skips; bool teaser; } lengths;

/* Title from position 0, then the body after the gap; a body without words gives its place to the teaser. */
static pn_status cut(pn_seg_writer *w, const pn_doc *doc, lengths *out, pn_error *err) {
    uint32_t next = 0, end;
    pn_tokens_clear(&w->tokens);
    PN_TRY(pn_tokens_cut(&w->tokens, doc->title, 0, &next, err));
    size_t n = w->tokens.n;
    PN_TRY(pn_tokens_cut(&w->tokens, doc->body, next + PN_TITLE_GAP, &end, err));
    bool no_body = w->tokens.n == n;
    if (no_body) PN_TRY(pn_tokens_cut(&w->tokens, doc->teaser, next + PN_TITLE_GAP, &end, err));
    *out = (lengths){ (uint32_t)w->tokens.n, (uint32_t)n, next - (uint32_t)n, no_body && w->tokens.n > n };
    return PN_OK;
}

static pn_status add_words(pn_seg_writer *w, const pn_doc *doc, lengths *out, pn_error *err) {
    uint32_t number = w->head.meta.n_docs;
    PN_TRY(cut(w, doc, out, err));
    PN_TRY(pn_invert_tokens(w->fields[PN_FIELD_TEXT], number, &w->tokens, out->words, err));
    return pn_invert_tokens(w->fields[PN_FIELD_TITLE], number, &w->tokens, out->title_words, err);
}

/* --- names */

static pn_status fold_name(named *last, pn_bytes name, pn_error *err) {
    if (pn_bytes_equal(pn_buf_bytes(&last->name), name)) return PN_OK;
    pn_buf_clear(&last->name);
    pn_buf_clear(&last->key);
    pn_buf_put_bytes(&last->name, name);
    pn_name_key(&last->key, name);
    if (last->name.rc == PN_OK && last->key.rc == PN_OK) return PN_OK;
    return pn_fail(err, PN_ENOMEM, "no memory for a name");
}

static pn_status add_name(pn_seg_writer *w, pn_field f, pn_bytes name, pn_error *err) {
    bool fresh;
    PN_TRY(fold_name(&w->last[f], name, err));
    pn_bytes key = pn_buf_bytes(&w->last[f].key);
    if (key.len == 0) return PN_OK;
    PN_TRY(pn_invert_name(w->fields[f], w->head.meta.n_docs, key, &fresh, err));
    return fresh ? pn_facets_count(w->facets[f], key, name, 1, err) : PN_OK;
}

static pn_status add_names(pn_seg_writer *w, const pn_doc *doc, pn_error *err) {
    for (size_t i = 0; i < doc->n_tags; i++) PN_TRY(add_name(w, PN_FIELD_TAG, doc->tags[i], err));
    for (size_t i = 0; i < doc->n_authors; i++) PN_TRY(add_name(w, PN_FIELD_AUTHOR, doc->authors[i], err));
    PN_TRY(add_name(w, PN_FIELD_SECTION, doc->section, err));
    PN_TRY(add_name(w, PN_FIELD_SOURCE, doc->source, err));
    return add_name(w, PN_FIELD_LANGUAGE, doc->language, err);
}

/* --- columns */

static void put_col(pn_seg_writer *w, pn_column c, int32_t v) { pn_buf_put(&w->cols[c], &v, sizeof v); }

static void count_when(pn_seg_writer *w, const pn_when *when) {
    pn_seg_meta *m = &w->head.meta;
    m->n_month += when->precision == PN_PREC_MONTH;
    m->n_year += when->precision == PN_PREC_YEAR;
    if (when->precision < PN_PREC_DAY) return;
    if (m->n_placed++ == 0) m->day_first = when->day;
    m->day_last = when->day;
    pn_days_put(&w->days, when->day, when->precision == PN_PREC_SECOND);
}

static void put_when(pn_seg_writer *w, const pn_when *when, uint32_t facts) {
    count_when(w, when);
    bool dated = when->precision != PN_PREC_NONE;      /* an undated article repeats a day, which keeps the column narrow */
    put_col(w, PN_COLUMN_DAY, dated ? when->day : PN_MAX(w->head.meta.day_last, 0));
    put_col(w, PN_COLUMN_SECOND, when->second);
    put_col(w, PN_COLUMN_OFFSET, when->offset);
    put_col(w, PN_COLUMN_FLAGS, (int32_t)(when->flags | facts));
}

static void put_words_sum(pn_seg_writer *w) {
    pn_buf_put_u64(&w->words, w->head.meta.n_words);
    pn_buf_put_u64(&w->words, w->head.meta.n_title_words);
}

static void put_lengths(pn_seg_writer *w, const lengths *l) {
    pn_seg_meta *m = &w->head.meta;
    if (m->n_docs % PN_WORDS_STEP == 0) put_words_sum(w);
    m->n_words += l->words;
    m->n_title_words += l->title_words;
    put_col(w, PN_COLUMN_LENGTH, (int32_t)l->words);
    put_col(w, PN_COLUMN_TITLE_LENGTH, (int32_t)l->title_words);
    put_col(w, PN_COLUMN_TITLE_SKIPS, (int32_t)l->title_skips);
    pn_buf_put_u8(&w->norms, pn_norm_of(l->words));
}

static void put_content(pn_seg_writer *w, pn_hash128 h) {
    pn_hash128 *sum = &w->head.meta.fingerprint;
    pn_buf_put_u64(&w->content, h.lo);
    pn_buf_put_u64(&w->content, h.hi);
    sum->lo += h.lo;
    sum->hi += h.hi + (sum->lo < h.lo);
}

static bool put_pair(pairs *p, pn_bytes text, uint32_t doc) {
    void *at = p->at;
    bool ok = pn_grow(&at, &p->cap, p->n + 1, sizeof *p->at);
    p->at = at;
    if (ok) p->at[p->n++] = (pn_order_item){ pn_hash64(text), doc };
    return ok;
}

/* A URL that is the key is found by the key. */
static bool put_pairs(pn_seg_writer *w, const pn_doc_extra *extra) {
    uint32_t doc = w->head.meta.n_docs;
    bool url = extra->url_key.ptr && !pn_bytes_equal(extra->url_key, extra->key);
    return put_pair(&w->keys, extra->key, doc) && (!url || put_pair(&w->urls, extra->url_key, doc));
}

static bool columns_are_whole(const pn_seg_writer *w) {
    for (size_t i = 0; i < PN_N_COLUMNS; i++)
        if (w->cols[i].rc != PN_OK) return false;
    return w->norms.rc == PN_OK && w->content.rc == PN_OK && w->words.rc == PN_OK;
}

pn_status pn_seg_writer_add(pn_seg_writer *w, const pn_doc *doc, const pn_doc_extra *extra, pn_error *err) {
    pn_seg_meta *m = &w->head.meta;
    lengths l;
    if (m->n_docs == PN_DOC_MAX) return pn_fail(err, PN_ELIMIT, "a segment holds at most %u articles", PN_DOC_MAX);
    uint64_t arrival = extra->arrival - m->arrival_base;
    if (arrival > INT32_MAX) return pn_fail(err, PN_ELIMIT, "the arrivals of one segment lie too far apart");
    PN_TRY(add_words(w, doc, &l, err));
    PN_TRY(add_names(w, doc, err));
    PN_TRY(pn_linkkeys_add(&w->links, doc, extra->url_key, err));
    put_when(w, &doc->date, (l.teaser ? PN_DOC_TEASER : 0) | (doc->n_tags ? PN_DOC_TAGGED : 0));
    put_lengths(w, &l);
    put_col(w, PN_COLUMN_ARRIVAL, (int32_t)arrival);
    put_content(w, extra->content);
    m->n_tagged += doc->n_tags != 0;
    m->n_related += doc->n_related;
    if (!put_pairs(w, extra) || !columns_are_whole(w)) return pn_fail(err, PN_ENOMEM, "no memory for the columns of a segment");
    m->n_docs++;
    return PN_OK;
}

pn_status pn_seg_writer_store(pn_seg_writer *w, pn_bytes record, pn_error *err) { return pn_stored_put(&w->stored, record, err); }

/* --- finish */

static pn_status write_field(pn_seg_writer *w, pn_file_writer *f, unsigned field, const pn_tick *tick, pn_error *err) {
    pn_inverted x = { 0 };
    bool positions = pn_field_has_positions(field);
    const uint8_t *norms = field == PN_FIELD_TEXT ? w->norms.ptr : NULL;
    pn_status rc = pn_invert_finish(w->fields[field], positions, norms, tick, &x, err);
    pn_invert_free(w->fields[field]);
    w->fields[field] = NULL;
    if (rc == PN_OK) rc = pn_file_put_section(f, PN_SECTION_TERMS + field, &x.terms, tick, err);
    if (rc == PN_OK) rc = pn_file_put_section(f, PN_SECTION_POST + field, &x.post, tick, err);
    if (rc == PN_OK && positions) rc = pn_file_put_section(f, PN_SECTION_POS + field, &x.pos, tick, err);
    pn_inverted_fini(&x);
    return rc;
}

static pn_status write_columns(pn_seg_writer *w, pn_file_writer *f, const pn_tick *tick, pn_error *err) {
    pn_buf out = { 0 };
    pn_status rc = PN_OK;
    for (uint32_t i = 0; i < PN_N_COLUMNS && rc == PN_OK; i++) {
        pn_buf_clear(&out);
        pn_cols_put(&out, (const int32_t *)(const void *)w->cols[i].ptr, w->head.meta.n_docs, &w->head.cols[i]);
        rc = out.rc == PN_OK ? pn_file_put_section(f, PN_SECTION_COLS + i, &out, tick, err) : pn_fail(err, out.rc, "no memory to write a column");
    }
    pn_buf_fini(&out);
    return rc;
}

static pn_status write_lookup(pn_file_writer *f, uint32_t section, pairs *p, const pn_tick *tick, pn_error *err) {
    pn_buf out = { 0 };
    pn_status rc = pn_lookup_put(&out, p->at, p->n, tick, err);
    if (rc == PN_OK && out.rc != PN_OK) rc = pn_fail(err, out.rc, "no memory to write a look-up table");
    if (rc == PN_OK) rc = pn_file_put_section(f, section, &out, tick, err);
    pn_buf_fini(&out);
    return rc;
}

static pn_status write_facets(pn_seg_writer *w, pn_file_writer *f, unsigned field, const pn_tick *tick, pn_error *err) {
    pn_buf out = { 0 };
    pn_status rc = pn_facets_put(w->facets[field], tick, &out, err);
    if (rc == PN_OK) rc = pn_file_put_section(f, PN_SECTION_FACETS + field, &out, tick, err);
    pn_buf_fini(&out);
    return rc;
}

static pn_status write_head(pn_seg_writer *w, pn_file_writer *f, const pn_tick *tick, pn_error *err) {
    pn_buf days = { 0 }, head = { 0 };
    w->head.n_days = w->days.n_days;
    pn_days_end(&w->days, &days);
    pn_seg_head_put(&head, &w->head);
    bool ok = days.rc == PN_OK && head.rc == PN_OK;
    pn_status rc = ok ? pn_file_put_section(f, PN_SECTION_DAYS, &days, tick, err) : pn_fail(err, PN_ENOMEM, "no memory to write the head of a segment");
    if (rc == PN_OK) rc = pn_file_put_section(f, PN_SECTION_META, &head, tick, err);
    pn_buf_fini(&days);
    pn_buf_fini(&head);
    return rc;
}

static pn_status write_index(pn_seg_writer *w, pn_file_writer *f, const pn_tick *tick, pn_error *err) {
    if (w->head.meta.n_docs % PN_WORDS_STEP == 0) put_words_sum(w);
    if (w->words.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory for the columns of a segment");
    PN_TRY(write_columns(w, f, tick, err));
    PN_TRY(pn_file_put_section(f, PN_SECTION_WORDS, &w->words, tick, err));
    PN_TRY(pn_file_put_section(f, PN_SECTION_NORM, &w->norms, tick, err));
    PN_TRY(pn_file_put_section(f, PN_SECTION_CONTENT, &w->content, tick, err));
    PN_TRY(write_lookup(f, PN_SECTION_KEYS, &w->keys, tick, err));
    PN_TRY(write_lookup(f, PN_SECTION_URLS, &w->urls, tick, err));
    PN_TRY(pn_linkkeys_write(&w->links, f, tick, err));
    for (unsigned i = 0; i < PN_N_FIELDS; i++) {
        PN_TRY(write_field(w, f, i, tick, err));
        if (w->facets[i]) PN_TRY(write_facets(w, f, i, tick, err));
    }
    return write_head(w, f, tick, err);
}

static pn_status finish_doc(pn_seg_writer *w, pn_file_sum *sum, pn_error *err) {
    PN_TRY(pn_stored_end(&w->stored, err));
    pn_file_writer *f = w->doc_file;
    w->doc_file = NULL;
    return pn_file_finish(f, sum, err);
}

static pn_status finish_idx(pn_seg_writer *w, const pn_tick *tick, pn_file_sum *sum, pn_error *err) {
    pn_file_writer *f;
    PN_TRY(pn_file_writer_new(w->io, w->idx_path, PN_FILE_INDEX, &w->id, &f, err));
    pn_status rc = write_index(w, f, tick, err);
    if (rc == PN_OK) return pn_file_finish(f, sum, err);
    pn_file_abandon(f);
    return rc;
}

pn_status pn_seg_writer_finish(pn_seg_writer *w, const pn_tick *tick, pn_manifest_segment *entry, pn_error *err) {
    assert(w->head.meta.n_docs > 0 && w->stored.n == w->head.meta.n_docs);
    pn_manifest_segment e = { .number = w->id.segment, .n_docs = w->head.meta.n_docs };
    pn_status rc = finish_doc(w, &e.doc, err);
    if (rc == PN_OK) {
        rc = finish_idx(w, tick, &e.idx, err);
        if (rc != PN_OK) (void)w->io->unlink(w->io->ctx, w->doc_path, NULL);
    }
    free_writer(w);
    if (rc == PN_OK) *entry = e;
    return rc;
}
