#include "index/pn_merge.h"
#include "base/pn_alloc.h"
#include "index/pn_kway.h"
#include "index/pn_merge_parts.h"

enum { POLL = 1 << 14 };               /* articles between two questions to the tick */

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory to merge segments"); }

static pn_status put_section(pn_merging *m, uint32_t number, const pn_buf *bytes, pn_error *err) {
    if (bytes->rc != PN_OK) return no_memory(err);
    return pn_file_put_section(m->file, number, bytes, m->tick, err);
}

static pn_status step(const pn_merging *m, uint32_t i, pn_error *err) { return i % POLL ? PN_OK : pn_poll(m->tick, err); }

/* --- columns: one value an article, gathered in the new order */

static pn_status value_at(pn_merging *m, pn_column c, uint32_t i, int32_t *out, pn_error *err) {
    pn_cols_view view;
    pn_merge_place p = m->map.from[i];
    PN_TRY(pn_seg_column(pn_merge_in(m, p)->seg, c, &view, err));
    *out = pn_cols_get(&view, p.doc);
    return PN_OK;
}

/* An undated article repeats a day, as in pn_seg_write.c. */
static pn_status day_at(pn_merging *m, uint32_t i, int32_t *last, int32_t *out, pn_error *err) {
    pn_when when;
    pn_merge_place p = m->map.from[i];
    PN_TRY(pn_seg_when(pn_merge_in(m, p)->seg, p.doc, &when, err));
    if (when.precision >= PN_PREC_DAY) *last = when.day;
    *out = when.precision == PN_PREC_NONE ? PN_MAX(*last, 0) : when.day;
    return PN_OK;
}

static pn_status arrival_at(pn_merging *m, uint32_t i, int32_t *out, pn_error *err) {
    pn_merge_place p = m->map.from[i];
    uint64_t arrival = 0;
    PN_TRY(pn_seg_arrival(pn_merge_in(m, p)->seg, p.doc, &arrival, err));
    *out = (int32_t)(arrival - m->map.arrival_base);
    return PN_OK;
}

static pn_status gather(pn_merging *m, pn_column c, int32_t *values, pn_error *err) {
    int32_t last = PN_DAY_NONE;
    for (uint32_t i = 0; i < m->map.n_docs; i++) {
        pn_status rc = c == PN_COLUMN_DAY ? day_at(m, i, &last, &values[i], err)
                     : c == PN_COLUMN_ARRIVAL ? arrival_at(m, i, &values[i], err) : value_at(m, c, i, &values[i], err);
        if (rc != PN_OK) return rc;
        m->head.meta.n_tagged += c == PN_COLUMN_FLAGS && (values[i] & PN_DOC_TAGGED);
        PN_TRY(step(m, i, err));
    }
    return PN_OK;
}

static pn_status merge_column(pn_merging *m, uint32_t c, pn_error *err) {
    pn_buf out = { 0 };
    int32_t *values = pn_malloc(m->map.n_docs * sizeof *values);
    pn_status rc = values ? gather(m, (pn_column)c, values, err) : no_memory(err);
    if (rc == PN_OK) {
        pn_cols_put(&out, values, m->map.n_docs, &m->head.cols[c]);
        rc = put_section(m, PN_SECTION_COLS + c, &out, err);
    }
    pn_buf_fini(&out);
    pn_free(values);
    return rc;
}

static void put_sum(const pn_merging *m, pn_buf *out) {
    pn_buf_put_u64(out, m->head.meta.n_words);
    pn_buf_put_u64(out, m->head.meta.n_title_words);
}

static pn_status sum_words(pn_merging *m, pn_buf *out, pn_error *err) {
    for (uint32_t i = 0; i < m->map.n_docs; i++) {
        uint32_t words = 0, title_words = 0;
        pn_merge_place p = m->map.from[i];
        if (i % PN_WORDS_STEP == 0) put_sum(m, out);
        PN_TRY(pn_seg_length(pn_merge_in(m, p)->seg, p.doc, &words, &title_words, err));
        m->head.meta.n_words += words;
        m->head.meta.n_title_words += title_words;
        PN_TRY(step(m, i, err));
    }
    if (m->map.n_docs % PN_WORDS_STEP == 0) put_sum(m, out);
    return PN_OK;
}

static pn_status merge_words(pn_merging *m, uint32_t section, pn_error *err) {
    pn_buf out = { 0 };
    pn_status rc = sum_words(m, &out, err);
    if (rc == PN_OK) rc = put_section(m, section, &out, err);
    pn_buf_fini(&out);
    return rc;
}

static pn_status merge_norms(pn_merging *m, uint32_t section, pn_error *err) {
    for (uint32_t i = 0; i < m->map.n_docs; i++) {
        const uint8_t *norms;
        pn_merge_place p = m->map.from[i];
        PN_TRY(pn_seg_norms(pn_merge_in(m, p)->seg, &norms, err));
        pn_buf_put_u8(&m->norms, norms[p.doc]);
        PN_TRY(step(m, i, err));
    }
    return put_section(m, section, &m->norms, err);
}

static pn_status put_hashes(pn_merging *m, pn_buf *out, pn_error *err) {
    pn_hash128 h, *sum = &m->head.meta.fingerprint;
    for (uint32_t i = 0; i < m->map.n_docs; i++) {
        pn_merge_place p = m->map.from[i];
        PN_TRY(pn_seg_content(pn_merge_in(m, p)->seg, p.doc, &h, err));
        pn_buf_put_u64(out, h.lo);
        pn_buf_put_u64(out, h.hi);
        sum->lo += h.lo;
        sum->hi += h.hi + (sum->lo < h.lo);
        PN_TRY(step(m, i, err));
    }
    return PN_OK;
}

static pn_status merge_content(pn_merging *m, uint32_t section, pn_error *err) {
    pn_buf out = { 0 };
    pn_status rc = put_hashes(m, &out, err);
    if (rc == PN_OK) rc = put_section(m, section, &out, err);
    pn_buf_fini(&out);
    return rc;
}

/* --- look-ups: sorted by hash in each input */

typedef struct { const pn_lookup *t; const uint32_t *to; uint32_t at, doc; uint64_t hash; } pair_head;      /* doc: its new number */

static bool pair_before(const void *ctx, uint32_t a, uint32_t b) {
    const pair_head *h = ctx;
    return h[a].hash != h[b].hash ? h[a].hash < h[b].hash : h[a].doc < h[b].doc;
}

/* The pair at h->at or the first behind it whose article is live. */
static pn_status load_pair(const pn_merging *m, pair_head *h, bool *more, pn_error *err) {
    for (*more = false; h->at < h->t->n && !*more; h->at += !*more) {
        uint32_t doc = 0;
        PN_TRY(step(m, h->at + 1, err));
        PN_TRY(pn_lookup_at(h->t, h->at, &h->hash, &doc, err));
        h->doc = h->to[doc];
        *more = h->doc != PN_DOC_END;
    }
    return PN_OK;
}

static pn_status put_pairs(pn_merging *m, pn_kway *k, pair_head *heads, pn_buf *hashes, pn_buf *docs, pn_error *err) {
    for (uint32_t n = 0; k->n; n++) {
        pair_head *h = &heads[pn_kway_first(k)];
        bool more;
        pn_buf_put_u64(hashes, h->hash);
        pn_buf_put_u32(docs, h->doc);
        h->at++;
        PN_TRY(load_pair(m, h, &more, err));
        if (more) pn_kway_settle(k);
        else pn_kway_pop(k);
        PN_TRY(step(m, n, err));
    }
    return PN_OK;
}

static pn_status begin_pairs(pn_merging *m, uint32_t section, pn_kway *k, pair_head *heads, pn_error *err) {
    for (uint32_t i = 0; i < m->map.n_in; i++) {
        bool more;
        pn_seg *s = m->in[i].seg;
        heads[i] = (pair_head){ .t = section == PN_SECTION_KEYS ? &s->keys : &s->urls, .to = m->map.to[i] };
        PN_TRY(load_pair(m, &heads[i], &more, err));
        if (more) pn_kway_push(k, i);
    }
    return PN_OK;
}

static pn_status merge_lookup(pn_merging *m, uint32_t section, pn_error *err) {
    pn_kway k = { 0 };
    pn_buf hashes = { 0 }, docs = { 0 };
    pair_head *heads = pn_calloc(m->map.n_in, sizeof *heads);
    pn_status rc = heads ? pn_kway_new(&k, m->map.n_in, pair_before, heads, err) : no_memory(err);
    if (rc == PN_OK) rc = begin_pairs(m, section, &k, heads, err);
    if (rc == PN_OK) rc = put_pairs(m, &k, heads, &hashes, &docs, err);
    pn_buf_put_bytes(&hashes, pn_buf_bytes(&docs));
    if (rc == PN_OK) rc = docs.rc == PN_OK ? put_section(m, section, &hashes, err) : no_memory(err);
    pn_buf_fini(&hashes);
    pn_buf_fini(&docs);
    pn_kway_fini(&k);
    pn_free(heads);
    return rc;
}

/* --- keys of links */

static pn_status copy_links(pn_merging *m, pn_linkkeys_writer *w, pn_error *err) {
    for (uint32_t i = 0; i < m->map.n_docs; i++) {
        const pn_linkkeys *links;
        pn_merge_place p = m->map.from[i];
        pn_seg *s = pn_merge_in(m, p)->seg;
        PN_TRY(pn_seg_linkkeys(s, &links, err));
        pn_status rc = pn_linkkeys_copy(w, links, p.doc, err);
        if (rc == PN_ECORRUPT) return pn_seg_damage(err, s->idx, links->firsts, "the keys of links of article %u do not follow their layout", p.doc);
        if (rc != PN_OK) return rc;
        PN_TRY(step(m, i, err));
    }
    return PN_OK;
}

/* All sections of links at once. */
static pn_status merge_links(pn_merging *m, uint32_t section, pn_error *err) {
    pn_linkkeys_writer w = { 0 };
    (void)section;
    pn_status rc = copy_links(m, &w, err);
    m->head.meta.n_related = w.n_entries;
    if (rc == PN_OK) rc = pn_linkkeys_write(&w, m->file, m->tick, err);
    pn_linkkeys_writer_fini(&w);
    return rc;
}

/* --- fields */

static pn_status put_lists(pn_merging *m, uint32_t field, const pn_merged_lists *x, pn_error *err) {
    PN_TRY(put_section(m, PN_SECTION_TERMS + field, &x->terms, err));
    PN_TRY(put_section(m, PN_SECTION_POST + field, &x->post, err));
    return pn_field_has_positions(field) ? put_section(m, PN_SECTION_POS + field, &x->pos, err) : PN_OK;
}

static pn_status merge_field(pn_merging *m, uint32_t field, pn_error *err) {
    pn_merged_lists x = { 0 };
    pn_status rc = pn_merge_lists(m, field, field == PN_FIELD_TEXT ? m->norms.ptr : NULL, &x, err);
    if (rc == PN_OK) rc = put_lists(m, field, &x, err);
    pn_buf_fini(&x.terms);
    pn_buf_fini(&x.post);
    pn_buf_fini(&x.pos);
    return rc;
}

static pn_status merge_spellings(pn_merging *m, uint32_t field, pn_error *err) {
    pn_buf out = { 0 };
    pn_status rc = pn_facets_put(m->names[field], m->tick, &out, err);
    if (rc == PN_OK) rc = put_section(m, PN_SECTION_FACETS + field, &out, err);
    pn_buf_fini(&out);
    return rc;
}

/* --- days and head */

static void count_when(pn_merging *m, pn_days_writer *days, const pn_when *when) {
    pn_seg_meta *h = &m->head.meta;
    h->n_month += when->precision == PN_PREC_MONTH;
    h->n_year += when->precision == PN_PREC_YEAR;
    if (when->precision < PN_PREC_DAY) return;
    if (h->n_placed++ == 0) h->day_first = when->day;
    h->day_last = when->day;
    pn_days_put(days, when->day, when->precision == PN_PREC_SECOND);
}

static pn_status count_days(pn_merging *m, pn_days_writer *days, pn_error *err) {
    for (uint32_t i = 0; i < m->map.n_docs; i++) {
        pn_when when;
        pn_merge_place p = m->map.from[i];
        PN_TRY(pn_seg_when(pn_merge_in(m, p)->seg, p.doc, &when, err));
        count_when(m, days, &when);
        PN_TRY(step(m, i, err));
    }
    return PN_OK;
}

static pn_status merge_days(pn_merging *m, uint32_t section, pn_error *err) {
    pn_days_writer days = { 0 };
    pn_buf out = { 0 };
    m->head.meta.day_first = m->head.meta.day_last = PN_DAY_NONE;
    pn_status rc = count_days(m, &days, err);
    m->head.n_days = days.n_days;
    pn_days_end(&days, &out);
    if (rc == PN_OK) rc = put_section(m, section, &out, err);
    pn_buf_fini(&out);
    return rc;
}

static pn_status merge_head(pn_merging *m, uint32_t section, pn_error *err) {
    pn_buf out = { 0 };
    m->head.meta.n_docs = m->map.n_docs;
    m->head.meta.arrival_base = m->map.arrival_base;
    pn_seg_head_put(&out, &m->head);
    pn_status rc = put_section(m, section, &out, err);
    pn_buf_fini(&out);
    return rc;
}

/* --- how each section is merged, in the order in which pn_seg_write.c writes them.  The head is last: it holds what the others counted. */

typedef struct { pn_status (*merge)(pn_merging *m, uint32_t which, pn_error *err); uint32_t which; } section;
static const section sections[] = {
    { merge_column, PN_COLUMN_DAY }, { merge_column, PN_COLUMN_SECOND }, { merge_column, PN_COLUMN_OFFSET }, { merge_column, PN_COLUMN_FLAGS },
    { merge_column, PN_COLUMN_LENGTH }, { merge_column, PN_COLUMN_TITLE_LENGTH }, { merge_column, PN_COLUMN_TITLE_SKIPS }, { merge_column, PN_COLUMN_ARRIVAL },
    { merge_words, PN_SECTION_WORDS }, { merge_norms, PN_SECTION_NORM }, { merge_content, PN_SECTION_CONTENT },
    { merge_lookup, PN_SECTION_KEYS }, { merge_lookup, PN_SECTION_URLS }, { merge_links, PN_SECTION_LINKS },
    { merge_field, PN_FIELD_TEXT }, { merge_field, PN_FIELD_TITLE },
    { merge_field, PN_FIELD_TAG }, { merge_spellings, PN_FIELD_TAG }, { merge_field, PN_FIELD_SECTION }, { merge_spellings, PN_FIELD_SECTION },
    { merge_field, PN_FIELD_SOURCE }, { merge_spellings, PN_FIELD_SOURCE }, { merge_field, PN_FIELD_AUTHOR }, { merge_spellings, PN_FIELD_AUTHOR },
    { merge_field, PN_FIELD_LANGUAGE }, { merge_spellings, PN_FIELD_LANGUAGE },
    { merge_days, PN_SECTION_DAYS }, { merge_head, PN_SECTION_META }
};

/* --- the two files */

static pn_status put_sections(pn_merging *m, pn_error *err) {
    for (size_t i = 0; i < PN_COUNT(sections); i++) PN_TRY(sections[i].merge(m, sections[i].which, err));
    return PN_OK;
}

static pn_status write_idx(pn_merging *m, const pn_io *io, const char *dir, const pn_file_id *id, pn_file_sum *sum, pn_error *err) {
    char path[PN_PATH_MAX];
    PN_TRY(pn_segment_path(path, dir, id->segment, PN_NAME_IDX, 0, err));
    PN_TRY(pn_file_writer_new(io, path, PN_FILE_INDEX, id, &m->file, err));
    pn_status rc = put_sections(m, err);
    if (rc == PN_OK) return pn_file_finish(m->file, sum, err);
    pn_file_abandon(m->file);
    return rc;
}

static bool follow_each_other(const pn_merging *m, uint32_t from, uint32_t n) {
    pn_merge_place first = m->map.from[from];
    if (n >= m->map.n_docs - from) return false;
    for (uint32_t i = 1; i <= n; i++)
        if (m->map.from[from + i].in != first.in || m->map.from[from + i].doc != first.doc + i) return false;
    return true;
}

/* A build would pack the block that begins with the next article just as it stands there, if its articles and the one behind them
 * follow each other here too: then it is copied. */
static pn_status copy_block(pn_merging *m, pn_stored_writer *w, uint32_t *next, pn_error *err) {
    pn_merge_place p = m->map.from[*next];
    const pn_stored *s = &m->in[p.in].seg->stored;
    pn_stored_block b;
    PN_TRY(pn_stored_block_at(s, p.doc, &b, err));
    if (b.n == 0 || !follow_each_other(m, *next, b.n)) return PN_OK;
    PN_TRY(pn_stored_copy(w, s, &b, err));
    *next += b.n;
    return PN_OK;
}

static pn_status get_record(pn_merging *m, pn_doc_cache *caches, uint32_t i, pn_bytes *record, pn_error *err) {
    pn_merge_place p = m->map.from[i];
    return pn_stored_get(&m->in[p.in].seg->stored, &caches[p.in], p.doc, record, err);
}

/* One record, or one block.  After a seam the blocks of an input begin elsewhere than ours, until two beginnings meet. */
static pn_status store_next(pn_merging *m, pn_doc_cache *caches, pn_stored_writer *w, uint32_t *next, pn_error *err) {
    uint32_t i = *next;
    pn_bytes record = PN_BYTES_NONE;
    if (!pn_stored_is_between(w)) {
        PN_TRY(get_record(m, caches, i, &record, err));
        PN_TRY(pn_stored_make_room(w, record.len, err));
    }
    if (pn_stored_is_between(w)) PN_TRY(copy_block(m, w, next, err));
    if (*next > i) return PN_OK;
    if (!record.ptr) PN_TRY(get_record(m, caches, i, &record, err));
    ++*next;
    return pn_stored_put(w, record, err);
}

static pn_status store_all(pn_merging *m, pn_doc_cache *caches, pn_stored_writer *w, pn_error *err) {
    enum { STEPS = 64 };               /* records or blocks between two questions to the tick */
    for (uint32_t i = 0, steps = 0; i < m->map.n_docs; steps++) {
        const pn_stored *s = &m->in[m->map.from[i].in].seg->stored;
        uint32_t before = i;
        PN_TRY(store_next(m, caches, w, &i, err));
        pn_merge_progress(m, s->frames.len / s->n_docs * (i - before));
        if (steps % STEPS == 0) PN_TRY(pn_poll(m->tick, err));
    }
    return pn_stored_end(w, err);
}

static pn_status write_records(pn_merging *m, pn_file_writer *file, pn_error *err) {
    pn_stored_writer w;
    pn_doc_cache *caches = pn_calloc(m->map.n_in, sizeof *caches);
    if (!caches) return no_memory(err);
    pn_stored_begin(&w, file);
    w.packer.tick = m->tick;
    pn_status rc = store_all(m, caches, &w, err);
    pn_stored_fini(&w);
    for (size_t i = 0; i < m->map.n_in; i++) pn_doc_cache_fini(&caches[i]);
    pn_free(caches);
    return rc;
}

static pn_status write_doc(pn_merging *m, const pn_io *io, const char *path, const pn_file_id *id, pn_file_sum *sum, pn_error *err) {
    pn_file_writer *file = NULL;
    PN_TRY(pn_file_writer_new(io, path, PN_FILE_TEXT, id, &file, err));
    pn_status rc = write_records(m, file, err);
    if (rc == PN_OK) return pn_file_finish(file, sum, err);
    pn_file_abandon(file);
    return rc;
}

static pn_status write_files(pn_merging *m, const pn_io *io, const char *dir, const pn_file_id *id, pn_manifest_segment *entry, pn_error *err) {
    char doc_path[PN_PATH_MAX];
    pn_manifest_segment e = { .number = id->segment, .n_docs = m->map.n_docs };
    PN_TRY(pn_segment_path(doc_path, dir, id->segment, PN_NAME_DOC, 0, err));
    PN_TRY(write_doc(m, io, doc_path, id, &e.doc, err));
    pn_status rc = write_idx(m, io, dir, id, &e.idx, err);
    if (rc == PN_OK) *entry = e;
    else (void)!io->unlink(io->ctx, doc_path, NULL);
    return rc;
}

pn_status pn_merge(const pn_merge_input *in, size_t n, const pn_io *io, const char *dir, const uint8_t archive[16], uint32_t number,
                   const pn_tick *tick, uint64_t *done, pn_manifest_segment *entry, pn_error *err) {
    uint64_t unwanted = 0;
    pn_merging m = { .in = in, .tick = tick, .done = done ? done : &unwanted };
    pn_file_id id = { .segment = number };
    memcpy(id.archive, archive, sizeof id.archive);
    pn_status rc = pn_merge_map_make(&m.map, in, n, tick, err);
    if (rc == PN_OK) rc = pn_merge_names(&m, err);
    if (rc == PN_OK) rc = write_files(&m, io, dir, &id, entry, err);
    for (size_t i = 0; i < PN_N_FIELDS; i++) pn_facets_free(m.names[i]);
    pn_buf_fini(&m.norms);
    pn_merge_map_fini(&m.map);
    return rc;
}
