#include "index/pn_seg.h"
#include "base/pn_alloc.h"
#include "index/pn_doc_bytes.h"
#include "index/pn_seg_parts.h"
#include "text/pn_token.h"

/* --- life */

static void free_seg(pn_seg *s) {
    pn_file_release(s->idx);
    pn_file_release(s->doc);
    pn_free(s);
}

static pn_status open_files(pn_seg *s, const pn_io *io, const char *dir, const uint8_t archive[16], const pn_manifest_segment *entry,
                            bool copy, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_file_id id = { .segment = entry->number };
    memcpy(id.archive, archive, sizeof id.archive);
    PN_TRY(pn_segment_path(path, dir, entry->number, PN_NAME_IDX, 0, err));
    PN_TRY(pn_file_open(io, path, PN_FILE_INDEX, &id, &entry->idx, copy, &s->idx, err));
    PN_TRY(pn_segment_path(path, dir, entry->number, PN_NAME_DOC, 0, err));
    return pn_file_open(io, path, PN_FILE_TEXT, &id, &entry->doc, copy, &s->doc, err);
}

/* A section that is not there is an empty one: its pointer may be moved by 0. */
static pn_bytes section_or_empty(const pn_seg *s, uint32_t section) {
    pn_bytes bytes = pn_file_section(s->idx, section);
    return bytes.ptr ? bytes : PN_BYTES_LIT("");
}

static pn_status open_field(pn_seg *s, unsigned f, pn_error *err) {
    PN_TRY(pn_terms_open(&s->terms[f], s->idx, pn_file_section(s->idx, PN_SECTION_TERMS + f), err));
    s->postings[f] = (pn_post_src){ .file = s->idx, .post = section_or_empty(s, PN_SECTION_POST + f), .n_docs = s->head.meta.n_docs };
    if (pn_field_has_positions(f)) {
        s->postings[f].pos = section_or_empty(s, PN_SECTION_POS + f);
        return PN_OK;
    }
    return pn_facets_open(&s->facets[f], s->idx, PN_SECTION_FACETS + f, err);
}

static pn_status open_parts(pn_seg *s, uint32_t n_docs, pn_error *err) {
    PN_TRY(pn_seg_head_read(s->idx, &s->head, err));
    if (s->head.meta.n_docs != n_docs)
        return pn_seg_damage(err, s->idx, NULL, "a segment of %u articles, but the manifest says %u", s->head.meta.n_docs, n_docs);
    PN_TRY(pn_lookup_open(&s->keys, s->idx, PN_SECTION_KEYS, n_docs, err));
    PN_TRY(pn_lookup_open(&s->urls, s->idx, PN_SECTION_URLS, n_docs, err));
    PN_TRY(pn_linkkeys_open(&s->links, s->idx, n_docs, s->head.meta.n_related, err));
    if (s->keys.n != n_docs) return pn_seg_damage(err, s->idx, s->keys.bytes.ptr, "%u keys for %u articles", s->keys.n, n_docs);
    PN_TRY(pn_stored_open(&s->stored, s->doc, n_docs, err));
    for (unsigned f = 0; f < PN_N_FIELDS; f++) PN_TRY(open_field(s, f, err));
    return PN_OK;
}

pn_status pn_seg_open(const pn_io *io, const char *dir, const uint8_t archive[16], const pn_manifest_segment *entry,
                      bool copy, pn_seg **out, pn_error *err) {
    pn_seg *s = pn_calloc(1, sizeof *s);
    if (!s) return pn_fail(err, PN_ENOMEM, "no memory for a segment");
    atomic_init(&s->refs, 1);
    atomic_init(&s->sound, 0);
    pn_status rc = open_files(s, io, dir, archive, entry, copy, err);
    if (rc == PN_OK) rc = open_parts(s, entry->n_docs, err);
    if (rc != PN_OK) {
        free_seg(s);
        return rc;
    }
    *out = s;
    return PN_OK;
}

pn_seg *pn_seg_retain(pn_seg *s) {
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}
void pn_seg_release(pn_seg *s) {
    if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1) free_seg(s);
}

const pn_seg_meta *pn_seg_meta_of(const pn_seg *s) { return &s->head.meta; }
uint32_t pn_seg_number(const pn_seg *s) { return pn_file_identity(s->idx)->segment; }
pn_status pn_seg_unchanged(const pn_seg *s, pn_error *err) {
    PN_TRY(pn_file_unchanged(s->idx, err));
    return pn_file_unchanged(s->doc, err);
}
uint64_t pn_seg_bytes(const pn_seg *s) { return pn_file_sum_of(s->idx).length + pn_file_sum_of(s->doc).length; }

/* --- columns */

pn_status pn_seg_sound(pn_seg *s, uint32_t section, pn_error *err) {
    unsigned bit = 1u << section;
    if (PN_LIKELY(atomic_load_explicit(&s->sound, memory_order_acquire) & bit)) return PN_OK;
    pn_bytes bytes = pn_file_section(s->idx, section);
    if (bytes.len) PN_TRY(pn_file_check(s->idx, bytes.ptr, bytes.len, err));
    atomic_fetch_or_explicit(&s->sound, bit, memory_order_release);
    return PN_OK;
}

pn_status pn_seg_column(pn_seg *s, pn_column c, pn_cols_view *out, pn_error *err) {
    PN_TRY(pn_seg_sound(s, PN_SECTION_COLS + c, err));
    *out = (pn_cols_view){ section_or_empty(s, PN_SECTION_COLS + c).ptr, s->head.cols[c] };
    return PN_OK;
}

static pn_status check_number(const pn_seg *s, uint32_t doc, uint32_t end, pn_error *err) {
    return doc < end ? PN_OK : pn_fail(err, PN_EINVAL, "article %u of a segment of %u", doc, s->head.meta.n_docs);
}

static pn_status get(pn_seg *s, pn_column c, uint32_t doc, int32_t *out, pn_error *err) {
    pn_cols_view view;
    PN_TRY(check_number(s, doc, s->head.meta.n_docs, err));
    PN_TRY(pn_seg_column(s, c, &view, err));
    *out = pn_cols_get(&view, doc);
    return PN_OK;
}

static pn_status get_u32(pn_seg *s, pn_column c, uint32_t doc, uint32_t *out, pn_error *err) {
    int32_t v;
    PN_TRY(get(s, c, doc, &v, err));
    if (v < 0) return pn_seg_damage(err, s->idx, pn_file_section(s->idx, PN_SECTION_COLS + c).ptr, "a negative number in column %d", (int)c);
    *out = (uint32_t)v;
    return PN_OK;
}

pn_status pn_seg_arrival(pn_seg *s, uint32_t doc, uint64_t *out, pn_error *err) {
    uint32_t v = 0;
    PN_TRY(get_u32(s, PN_COLUMN_ARRIVAL, doc, &v, err));
    *out = s->head.meta.arrival_base + v;
    return PN_OK;
}

pn_status pn_seg_flags(pn_seg *s, uint32_t doc, uint32_t *flags, pn_error *err) { return get_u32(s, PN_COLUMN_FLAGS, doc, flags, err); }

pn_status pn_seg_length(pn_seg *s, uint32_t doc, uint32_t *words, uint32_t *title_words, pn_error *err) {
    PN_TRY(get_u32(s, PN_COLUMN_LENGTH, doc, words, err));
    return get_u32(s, PN_COLUMN_TITLE_LENGTH, doc, title_words, err);
}

pn_status pn_seg_lengths(pn_seg *s, uint32_t first, uint32_t n, uint32_t *words, pn_error *err) {
    pn_cols_view view;
    if (first > s->head.meta.n_docs || n > s->head.meta.n_docs - first) return pn_fail(err, PN_EINVAL, "articles %u to %u of a segment of %u", first, first + n, s->head.meta.n_docs);
    PN_TRY(pn_seg_column(s, PN_COLUMN_LENGTH, &view, err));
    for (uint32_t i = 0; i < n; i++) {
        int32_t v = pn_cols_get(&view, first + i);
        if (v < 0) return pn_seg_damage(err, s->idx, view.at, "a negative number in column %d", (int)PN_COLUMN_LENGTH);
        words[i] = (uint32_t)v;
    }
    return PN_OK;
}

pn_status pn_seg_body_start(pn_seg *s, uint32_t doc, uint32_t *pos, pn_error *err) {
    uint32_t words = 0, skips = 0;
    PN_TRY(get_u32(s, PN_COLUMN_TITLE_LENGTH, doc, &words, err));
    PN_TRY(get_u32(s, PN_COLUMN_TITLE_SKIPS, doc, &skips, err));
    *pos = words + skips + PN_TITLE_GAP;
    return PN_OK;
}

pn_status pn_seg_norms(pn_seg *s, const uint8_t **out, pn_error *err) {
    PN_TRY(pn_seg_sound(s, PN_SECTION_NORM, err));
    *out = pn_file_section(s->idx, PN_SECTION_NORM).ptr;
    return PN_OK;
}

static uint64_t sum(const pn_cols_view *c, uint32_t from, uint32_t to) {
    uint64_t n = 0;
    for (uint32_t i = from; i < to; i++) n += (uint32_t)pn_cols_get(c, i);
    return n;
}

pn_status pn_seg_words_before(pn_seg *s, uint32_t doc, uint64_t *words, uint64_t *title_words, pn_error *err) {
    pn_cols_view all, title;
    if (doc > s->head.meta.n_docs) return check_number(s, doc, s->head.meta.n_docs, err);
    PN_TRY(pn_seg_sound(s, PN_SECTION_WORDS, err));
    PN_TRY(pn_seg_column(s, PN_COLUMN_LENGTH, &all, err));
    PN_TRY(pn_seg_column(s, PN_COLUMN_TITLE_LENGTH, &title, err));
    const uint8_t *p = pn_file_section(s->idx, PN_SECTION_WORDS).ptr + (size_t)16 * (doc / PN_WORDS_STEP);
    uint32_t from = doc - doc % PN_WORDS_STEP;
    *words = pn_load_u64(p) + sum(&all, from, doc);
    *title_words = pn_load_u64(p + 8) + sum(&title, from, doc);
    return PN_OK;
}

/* --- dates */

static pn_precision precision_of(const pn_seg_meta *m, uint32_t doc, int32_t second) {
    if (doc < m->n_placed) return second == PN_SECOND_NONE ? PN_PREC_DAY : PN_PREC_SECOND;
    if (doc - m->n_placed < m->n_month) return PN_PREC_MONTH;
    return doc - m->n_placed - m->n_month < m->n_year ? PN_PREC_YEAR : PN_PREC_NONE;
}

pn_status pn_seg_when(pn_seg *s, uint32_t doc, pn_when *out, pn_error *err) {
    int32_t day, second, offset, flags;
    PN_TRY(get(s, PN_COLUMN_DAY, doc, &day, err));
    PN_TRY(get(s, PN_COLUMN_SECOND, doc, &second, err));
    PN_TRY(get(s, PN_COLUMN_OFFSET, doc, &offset, err));
    PN_TRY(get(s, PN_COLUMN_FLAGS, doc, &flags, err));
    pn_precision p = precision_of(&s->head.meta, doc, second);
    pn_when w = { p == PN_PREC_NONE ? PN_DAY_NONE : day, second, (int16_t)offset, (uint8_t)p, (uint8_t)flags };
    if (!pn_when_is_valid(&w) || offset < INT16_MIN || offset > INT16_MAX)
        return pn_seg_damage(err, s->idx, pn_file_section(s->idx, PN_SECTION_COLS).ptr, "article %u has a date that cannot be", doc);
    *out = w;
    return PN_OK;
}

static pn_status day_table(pn_seg *s, pn_days *out, pn_error *err) {
    PN_TRY(pn_seg_sound(s, PN_SECTION_DAYS, err));
    const pn_seg_meta *m = &s->head.meta;
    *out = (pn_days){ m->day_first, m->day_last, s->head.n_days, m->n_placed, pn_file_section(s->idx, PN_SECTION_DAYS).ptr };
    return PN_OK;
}

static pn_status find_day(pn_seg *s, const pn_days *days, int32_t day, pn_day_edges *out, pn_error *err) {
    if (pn_days_find(days, day, out)) return PN_OK;
    return pn_seg_damage(err, s->idx, days->at, "the table of days does not agree with the segment");
}

pn_status pn_seg_day_edges(pn_seg *s, const int32_t *days, size_t n, uint32_t *docs, pn_error *err) {
    pn_days table;
    pn_day_edges e;
    PN_TRY(day_table(s, &table, err));
    for (size_t i = 0; i < n; i++) {
        PN_TRY(find_day(s, &table, days[i], &e, err));
        if (i && e.first < docs[i - 1]) return pn_seg_damage(err, s->idx, table.at, "the first articles of days do not ascend");
        docs[i] = e.first;
    }
    return PN_OK;
}

/* The first article of [lo, hi) whose value is >= want; the column rises there. */
static uint32_t lower_bound(const pn_cols_view *c, uint32_t lo, uint32_t hi, int32_t want) {
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (pn_cols_get(c, mid) < want) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

pn_status pn_seg_clock_edge(pn_seg *s, int32_t day, int32_t second, uint32_t *doc, pn_error *err) {
    pn_days table;
    pn_day_edges e;
    pn_cols_view seconds;
    PN_TRY(day_table(s, &table, err));
    PN_TRY(find_day(s, &table, day, &e, err));
    PN_TRY(pn_seg_column(s, PN_COLUMN_SECOND, &seconds, err));
    *doc = lower_bound(&seconds, e.timed, e.next, second);
    return PN_OK;
}

pn_status pn_seg_coarse_range(pn_seg *s, pn_precision p, int32_t from, int32_t to, uint32_t *lo, uint32_t *hi, pn_error *err) {
    const pn_seg_meta *m = &s->head.meta;
    pn_cols_view days;
    if (p != PN_PREC_MONTH && p != PN_PREC_YEAR) return pn_fail(err, PN_EINVAL, "only months and years are coarse");
    PN_TRY(pn_seg_column(s, PN_COLUMN_DAY, &days, err));
    uint32_t begin = m->n_placed + (p == PN_PREC_YEAR ? m->n_month : 0), end = begin + (p == PN_PREC_YEAR ? m->n_year : m->n_month);
    *lo = lower_bound(&days, begin, end, from);
    *hi = lower_bound(&days, *lo, end, to);
    return PN_OK;
}

/* --- terms and names */

static bool is_field(pn_field f) { return (unsigned)f < PN_N_FIELDS; }

pn_status pn_seg_terms(pn_seg *s, pn_field f, const pn_terms **out, pn_error *err) {
    if (!is_field(f)) return pn_fail(err, PN_EINVAL, "there is no field %d", (int)f);
    *out = &s->terms[f];
    return PN_OK;
}
const pn_post_src *pn_seg_postings(pn_seg *s, pn_field f) { return is_field(f) ? &s->postings[f] : NULL; }

pn_status pn_seg_spellings(pn_seg *s, pn_field f, pn_bytes key, pn_arena *arena, pn_spelling **out, size_t *n, pn_error *err) {
    if (!is_field(f) || pn_field_has_positions(f)) return pn_fail(err, PN_EINVAL, "field %d holds no names", (int)f);
    return pn_facets_find(&s->facets[f], key, arena, out, n, err);
}

/* --- articles */

void pn_doc_cache_fini(pn_doc_cache *cache) {
    pn_buf_fini(&cache->raw);
    *cache = (pn_doc_cache){ 0 };
}

pn_status pn_seg_content(pn_seg *s, uint32_t doc, pn_hash128 *out, pn_error *err) {
    PN_TRY(check_number(s, doc, s->head.meta.n_docs, err));
    const uint8_t *p = pn_file_section(s->idx, PN_SECTION_CONTENT).ptr + (size_t)16 * doc;
    PN_TRY(pn_file_check(s->idx, p, 16, err));
    *out = (pn_hash128){ pn_load_u64(p), pn_load_u64(p + 8) };
    return PN_OK;
}

static pn_status read_doc(pn_seg *s, pn_bytes record, uint32_t doc, pn_arena *arena, pn_doc *out, pn_doc_extra *extra, pn_error *err) {
    pn_bytes copy;
    if (!pn_arena_copy(arena, record, &copy)) return pn_fail(err, PN_ENOMEM, "no memory for an article");
    pn_status rc = pn_doc_bytes_read(copy, arena, out, extra, err);
    if (rc == PN_ECORRUPT) return pn_seg_damage(err, s->doc, s->stored.frames.ptr, "stored article %u does not follow its layout", doc);
    if (rc != PN_OK) return rc;
    PN_TRY(pn_seg_content(s, doc, &extra->content, err));
    return pn_seg_arrival(s, doc, &extra->arrival, err);
}

pn_status pn_seg_doc_cached(pn_seg *s, pn_doc_cache *cache, uint32_t doc, pn_arena *arena, pn_doc *out, pn_doc_extra *extra, pn_error *err) {
    pn_bytes record;
    PN_TRY(check_number(s, doc, s->head.meta.n_docs, err));
    PN_TRY(pn_stored_get(&s->stored, cache, doc, &record, err));
    return read_doc(s, record, doc, arena, out, extra, err);
}

pn_status pn_seg_doc(pn_seg *s, uint32_t doc, pn_arena *arena, pn_doc *out, pn_doc_extra *extra, pn_error *err) {
    pn_doc_cache cache = { 0 };
    pn_status rc = pn_seg_doc_cached(s, &cache, doc, arena, out, extra, err);
    pn_doc_cache_fini(&cache);
    return rc;
}

pn_status pn_seg_find_key(pn_seg *s, uint64_t hash, uint32_t *docs, size_t cap, size_t *n, pn_error *err) {
    *n = 0;
    return pn_lookup_find(&s->keys, hash, docs, cap, n, err);
}

pn_status pn_seg_key_hash_at(pn_seg *s, uint32_t i, uint64_t *hash, uint32_t *doc, pn_error *err) { return pn_lookup_at(&s->keys, i, hash, doc, err); }

pn_status pn_seg_linkkeys(pn_seg *s, const pn_linkkeys **out, pn_error *err) {
    for (uint32_t section = PN_SECTION_LINKS; section <= PN_SECTION_CATEGORIES; section++) PN_TRY(pn_seg_sound(s, section, err));
    if (!atomic_load(&s->links_ascend)) {
        if (!pn_linkkeys_ascend(&s->links)) return pn_seg_damage(err, s->idx, s->links.firsts, "the related entries of articles do not follow each other");
        atomic_store(&s->links_ascend, true);
    }
    *out = &s->links;
    return PN_OK;
}

/* A URL that is its article's key stands among the keys alone. */
pn_status pn_seg_find_url(pn_seg *s, uint64_t hash, uint32_t *docs, size_t cap, size_t *n, pn_error *err) {
    *n = 0;
    PN_TRY(pn_lookup_find(&s->keys, hash, docs, cap, n, err));
    return pn_lookup_find(&s->urls, hash, docs, cap, n, err);
}
