#include "index/pn_linkkeys.h"
#include "base/pn_alloc.h"
#include "codec/pn_hash.h"
#include "codec/pn_rd.h"
#include "index/pn_seg_layout.h"
#include "text/pn_fold.h"
#include "text/pn_url.h"

/* --- keys */

pn_link_key pn_link_key_of(pn_bytes text) {
    return text.len ? (pn_link_key){ pn_hash64(text), (uint32_t)pn_hash128_of(text).hi } : (pn_link_key){ 0, 0 };
}

void pn_link_title_text(pn_buf *out, pn_bytes title) {
    pn_buf_clear(out);
    pn_fold_title(out, title);
}

void pn_link_url_text(pn_buf *out, pn_bytes url, pn_bytes page) {
    pn_buf joined = { 0 };
    pn_buf_clear(out);
    pn_url_join(&joined, page, url);
    if (joined.rc == PN_OK) pn_url_normalise(out, pn_buf_bytes(&joined));
    else out->rc = joined.rc;
    pn_buf_fini(&joined);
}

/* --- writing */

void pn_linkkeys_writer_fini(pn_linkkeys_writer *w) {
    pn_buf *const bufs[] = { &w->titles, &w->url_checks, &w->firsts, &w->want_titles, &w->want_urls, &w->days, &w->precisions, &w->categories,
                             &w->offsets, &w->names, &w->scratch };
    for (size_t i = 0; i < PN_COUNT(bufs); i++) pn_buf_fini(bufs[i]);
    pn_free(w->slots);
}

static void put_key(pn_buf *out, pn_link_key k) {
    pn_buf_put_u64(out, k.hash);
    pn_buf_put_u32(out, k.check);
}

static void put_i32(pn_buf *out, int32_t v) { pn_buf_put(out, &v, sizeof v); }

static pn_bytes name_at(const pn_linkkeys_writer *w, uint32_t code) {
    uint32_t from = pn_load_u32(w->offsets.ptr + 4 * (size_t)(code - 1)), to = pn_load_u32(w->offsets.ptr + 4 * (size_t)code);
    return pn_bytes_of(w->names.ptr + from, to - from);
}

/* The slot of the name, or the free one where it belongs. */
static uint32_t *slot_of(const pn_linkkeys_writer *w, pn_bytes name) {
    size_t i = pn_hash_keyed(pn_hash_key(), name) & (w->n_slots - 1);
    while (w->slots[i] && !pn_bytes_equal(name_at(w, w->slots[i]), name)) i = (i + 1) & (w->n_slots - 1);
    return &w->slots[i];
}

static bool widen_slots(pn_linkkeys_writer *w) {
    size_t n = w->n_slots ? w->n_slots * 2 : 64;
    uint32_t *slots = pn_calloc(n, sizeof *slots);
    if (!slots) return false;
    pn_free(w->slots);
    w->slots = slots;
    w->n_slots = n;
    for (uint32_t code = 1; code <= w->n_names; code++) *slot_of(w, name_at(w, code)) = code;
    return true;
}

static bool category_code(pn_linkkeys_writer *w, pn_bytes name, uint32_t *code) {
    *code = 0;
    if (name.len == 0) return true;
    if (w->n_names >= w->n_slots / 2 && !widen_slots(w)) return false;
    uint32_t *slot = slot_of(w, name);
    if (*slot == 0) {
        if (w->n_names == 0) pn_buf_put_u32(&w->offsets, 0);
        pn_buf_put(&w->names, name.ptr, name.len);
        pn_buf_put_u32(&w->offsets, (uint32_t)w->names.len);
        if (w->names.rc != PN_OK || w->offsets.rc != PN_OK) return false;
        *slot = ++w->n_names;
    }
    *code = *slot;
    return true;
}

static bool add_entry(pn_linkkeys_writer *w, const pn_related *r, pn_bytes page) {
    uint32_t code;
    pn_link_title_text(&w->scratch, r->title);
    if (w->scratch.rc != PN_OK) return false;
    put_key(&w->want_titles, pn_link_key_of(pn_buf_bytes(&w->scratch)));
    pn_link_url_text(&w->scratch, r->url, page);
    if (w->scratch.rc != PN_OK) return false;
    put_key(&w->want_urls, pn_link_key_of(pn_buf_bytes(&w->scratch)));
    w->any_want_url |= w->scratch.len != 0;
    if (!category_code(w, r->category, &code)) return false;
    put_i32(&w->categories, (int32_t)code);
    put_i32(&w->days, r->date.precision == PN_PREC_NONE ? 0 : r->date.day);
    put_i32(&w->precisions, r->date.precision);
    w->n_entries++;
    return true;
}

static bool add_article(pn_linkkeys_writer *w, const pn_doc *doc, pn_bytes url_key) {
    pn_link_title_text(&w->scratch, doc->title);
    if (w->scratch.rc != PN_OK) return false;
    put_key(&w->titles, pn_link_key_of(pn_buf_bytes(&w->scratch)));
    pn_buf_put_u32(&w->url_checks, pn_link_key_of(url_key).check);
    w->any_url |= url_key.len != 0;
    pn_buf_put_u32(&w->firsts, w->n_entries);
    w->n_docs++;
    for (size_t i = 0; i < doc->n_related; i++)
        if (!add_entry(w, &doc->related[i], url_key)) return false;
    return true;
}

static bool is_whole(const pn_linkkeys_writer *w) {
    const pn_buf *const bufs[] = { &w->titles, &w->url_checks, &w->firsts, &w->want_titles, &w->want_urls, &w->days, &w->precisions, &w->categories };
    for (size_t i = 0; i < PN_COUNT(bufs); i++)
        if (bufs[i]->rc != PN_OK) return false;
    return true;
}

pn_status pn_linkkeys_add(pn_linkkeys_writer *w, const pn_doc *doc, pn_bytes url_key, pn_error *err) {
    size_t more = 0;
    for (size_t i = 0; i < doc->n_related; i++) more += doc->related[i].category.len;
    if (doc->n_related > UINT32_MAX - 1 - w->n_entries || more > UINT32_MAX - w->names.len)
        return pn_fail(err, PN_ELIMIT, "the related entries of one segment are too many");
    if (add_article(w, doc, url_key) && is_whole(w)) return PN_OK;
    return pn_fail(err, PN_ENOMEM, "no memory for the related entries of a segment");
}

/* The three columns one behind the other; *heads gets how they are read. */
static void put_columns(const pn_linkkeys_writer *w, pn_buf *columns, pn_buf *heads) {
    const pn_buf *const values[] = { &w->days, &w->precisions, &w->categories };
    for (size_t i = 0; i < PN_COUNT(values); i++) {
        pn_cols_head head;
        pn_cols_put(columns, (const int32_t *)(const void *)values[i]->ptr, w->n_entries, &head);
        pn_buf_put_u32(heads, (uint32_t)head.min);
        pn_buf_put_u32(heads, head.width);
    }
}

static pn_status put_sections(const pn_linkkeys_writer *w, const pn_buf *head, const pn_buf *columns, pn_file_writer *f, const pn_tick *tick, pn_error *err) {
    const pn_buf none = { 0 };
    const struct { uint32_t number; const pn_buf *bytes; } sections[] = {
        { PN_SECTION_LINKS, head }, { PN_SECTION_TITLE_KEYS, &w->titles }, { PN_SECTION_URL_CHECKS, w->any_url ? &w->url_checks : &none },
        { PN_SECTION_ENTRIES, w->n_entries ? &w->firsts : &none }, { PN_SECTION_WANT_TITLES, &w->want_titles },
        { PN_SECTION_WANT_URLS, w->any_want_url ? &w->want_urls : &none }, { PN_SECTION_ENTRY_COLS, columns }, { PN_SECTION_CATEGORIES, &w->offsets } };
    for (size_t i = 0; i < PN_COUNT(sections); i++) PN_TRY(pn_file_put_section(f, sections[i].number, sections[i].bytes, tick, err));
    return pn_file_put_pieces(f, &w->names, tick, err);
}

pn_status pn_linkkeys_write(pn_linkkeys_writer *w, pn_file_writer *f, const pn_tick *tick, pn_error *err) {
    pn_buf columns = { 0 }, head = { 0 };
    pn_buf_put_u32(&w->firsts, w->n_entries);
    pn_buf_put_u32(&head, w->n_entries);
    pn_buf_put_u32(&head, w->n_names);
    put_columns(w, &columns, &head);
    bool ok = columns.rc == PN_OK && head.rc == PN_OK && w->firsts.rc == PN_OK;
    pn_status rc = ok ? put_sections(w, &head, &columns, f, tick, err) : pn_fail(err, PN_ENOMEM, "no memory to write the related entries of a segment");
    pn_buf_fini(&columns);
    pn_buf_fini(&head);
    return rc;
}

/* --- reading */

static pn_status damaged(pn_error *err, const pn_file *file, uint32_t section) {
    return pn_seg_damage(err, file, pn_file_section(file, section).ptr, "section %u of the keys of links does not follow its layout", section);
}

/* The section has `want` bytes, or, where it may be left out, none. */
static pn_status take(pn_file *file, uint32_t section, uint64_t want, bool optional, const uint8_t **out, pn_error *err) {
    pn_bytes s = pn_file_section(file, section);
    if (s.len != want && !(optional && s.len == 0)) return damaged(err, file, section);
    *out = s.len ? s.ptr : NULL;
    return PN_OK;
}

static pn_status read_head(pn_linkkeys *v, pn_file *file, pn_cols_head heads[3], pn_error *err) {
    pn_bytes s;
    PN_TRY(pn_file_section_checked(file, PN_SECTION_LINKS, &s, err));
    pn_rd r = pn_rd_of(s);
    bool ok = true;
    v->n_entries = pn_rd_u32(&r);
    v->n_names = pn_rd_u32(&r);
    for (size_t i = 0; i < 3; i++) {
        heads[i].min = (int32_t)pn_rd_u32(&r);
        uint32_t width = pn_rd_u32(&r);
        ok = ok && width <= 4;
        heads[i].width = (uint8_t)width;
    }
    return ok && !r.bad && pn_rd_left(&r) == 0 && v->n_names <= v->n_entries ? PN_OK : damaged(err, file, PN_SECTION_LINKS);
}

static pn_status take_columns(pn_linkkeys *v, pn_file *file, const pn_cols_head heads[3], pn_error *err) {
    static const uint8_t nothing[1];
    const uint8_t *at;
    uint64_t m = v->n_entries, widths = (uint64_t)heads[0].width + heads[1].width + heads[2].width;
    PN_TRY(take(file, PN_SECTION_ENTRY_COLS, m * widths, false, &at, err));
    if (!at) at = nothing;
    v->days = (pn_cols_view){ at, heads[0] };
    v->precisions = (pn_cols_view){ at + m * heads[0].width, heads[1] };
    v->categories = (pn_cols_view){ at + m * ((uint64_t)heads[0].width + heads[1].width), heads[2] };
    return PN_OK;
}

static pn_status take_names(pn_linkkeys *v, pn_file *file, pn_error *err) {
    pn_bytes s = pn_file_section(file, PN_SECTION_CATEGORIES);
    uint64_t offsets = v->n_names ? 4 * ((uint64_t)v->n_names + 1) : 0;
    if (s.len < offsets || (v->n_names == 0 && s.len)) return damaged(err, file, PN_SECTION_CATEGORIES);
    if (offsets == 0) return PN_OK;
    v->offsets = pn_bytes_of(s.ptr, (size_t)offsets);
    v->names = pn_bytes_of(s.ptr + offsets, s.len - (size_t)offsets);
    return PN_OK;
}

pn_status pn_linkkeys_open(pn_linkkeys *out, pn_file *file, uint32_t n_docs, uint64_t n_related, pn_error *err) {
    pn_linkkeys v = { .n_docs = n_docs };
    pn_cols_head heads[3];
    uint64_t n = n_docs;
    PN_TRY(read_head(&v, file, heads, err));
    if (v.n_entries != n_related) return damaged(err, file, PN_SECTION_LINKS);
    uint64_t m = v.n_entries;
    PN_TRY(take(file, PN_SECTION_TITLE_KEYS, PN_LINK_KEY_SIZE * n, false, &v.titles, err));
    PN_TRY(take(file, PN_SECTION_URL_CHECKS, 4 * n, true, &v.url_checks, err));
    PN_TRY(take(file, PN_SECTION_ENTRIES, m ? 4 * (n + 1) : 0, false, &v.firsts, err));
    PN_TRY(take(file, PN_SECTION_WANT_TITLES, PN_LINK_KEY_SIZE * m, false, &v.want_titles, err));
    PN_TRY(take(file, PN_SECTION_WANT_URLS, PN_LINK_KEY_SIZE * m, true, &v.want_urls, err));
    PN_TRY(take_columns(&v, file, heads, err));
    PN_TRY(take_names(&v, file, err));
    *out = v;
    return PN_OK;
}

static pn_link_key key_at(const uint8_t *keys, uint32_t i) {
    const uint8_t *p = keys + (size_t)i * PN_LINK_KEY_SIZE;
    return (pn_link_key){ pn_load_u64(p), pn_load_u32(p + 8) };
}

pn_link_key pn_linkkeys_title(const pn_linkkeys *v, uint32_t doc) { return key_at(v->titles, doc); }
uint32_t pn_linkkeys_url_check(const pn_linkkeys *v, uint32_t doc) { return v->url_checks ? pn_load_u32(v->url_checks + (size_t)doc * 4) : 0; }

bool pn_linkkeys_ascend(const pn_linkkeys *v) {
    uint32_t last = 0;
    if (!v->firsts) return true;
    bool ok = pn_load_u32(v->firsts) == 0;
    for (uint32_t doc = 0; ok && doc <= v->n_docs; doc++) {
        uint32_t next = pn_load_u32(v->firsts + (size_t)doc * 4);
        ok = last <= next;
        last = next;
    }
    return ok && last == v->n_entries;
}

bool pn_linkkeys_entries(const pn_linkkeys *v, uint32_t doc, uint32_t *lo, uint32_t *hi) {
    *lo = *hi = 0;
    if (!v->firsts) return true;
    *lo = pn_load_u32(v->firsts + (size_t)doc * 4);
    *hi = pn_load_u32(v->firsts + (size_t)doc * 4 + 4);
    return *lo <= *hi && *hi <= v->n_entries;
}

pn_link_key pn_linkkeys_want_title(const pn_linkkeys *v, uint32_t entry) { return key_at(v->want_titles, entry); }
pn_link_key pn_linkkeys_want_url(const pn_linkkeys *v, uint32_t entry) {
    return v->want_urls ? key_at(v->want_urls, entry) : (pn_link_key){ 0, 0 };
}

int32_t pn_linkkeys_day(const pn_linkkeys *v, uint32_t entry, pn_precision *precision) {
    int32_t p = pn_cols_get(&v->precisions, entry);
    *precision = p >= PN_PREC_YEAR && p <= PN_PREC_SECOND ? (pn_precision)p : PN_PREC_NONE;
    return *precision == PN_PREC_NONE ? PN_DAY_NONE : pn_cols_get(&v->days, entry);
}

uint32_t pn_linkkeys_category(const pn_linkkeys *v, uint32_t entry) { return (uint32_t)pn_cols_get(&v->categories, entry); }

pn_bytes pn_linkkeys_name(const pn_linkkeys *v, uint32_t code) {
    if (code == 0 || code > v->n_names) return PN_BYTES_NONE;
    uint32_t from = pn_load_u32(v->offsets.ptr + 4 * (size_t)(code - 1)), to = pn_load_u32(v->offsets.ptr + 4 * (size_t)code);
    return from <= to && to <= v->names.len ? pn_bytes_of(v->names.ptr + from, to - from) : PN_BYTES_NONE;
}

/* --- from one segment to another */

static bool copy_entry(pn_linkkeys_writer *w, const pn_linkkeys *from, uint32_t entry, pn_bytes category) {
    pn_precision precision;
    uint32_t code;
    int32_t day = pn_linkkeys_day(from, entry, &precision);
    pn_link_key url = pn_linkkeys_want_url(from, entry);
    put_key(&w->want_titles, pn_linkkeys_want_title(from, entry));
    put_key(&w->want_urls, url);
    w->any_want_url |= !pn_link_key_is_none(url);
    if (!category_code(w, category, &code)) return false;
    put_i32(&w->categories, (int32_t)code);
    put_i32(&w->days, precision == PN_PREC_NONE ? 0 : day);
    put_i32(&w->precisions, precision);
    w->n_entries++;
    return true;
}

static void copy_article(pn_linkkeys_writer *w, const pn_linkkeys *from, uint32_t doc) {
    uint32_t check = pn_linkkeys_url_check(from, doc);
    put_key(&w->titles, pn_linkkeys_title(from, doc));
    pn_buf_put_u32(&w->url_checks, check);
    w->any_url |= check != 0;
    pn_buf_put_u32(&w->firsts, w->n_entries);
    w->n_docs++;
}

pn_status pn_linkkeys_copy(pn_linkkeys_writer *w, const pn_linkkeys *from, uint32_t doc, pn_error *err) {
    uint32_t lo, hi;
    if (!pn_linkkeys_entries(from, doc, &lo, &hi)) return pn_fail(err, PN_ECORRUPT, "the related entries of article %u are outside their table", doc);
    if (hi - lo > UINT32_MAX - 1 - w->n_entries) return pn_fail(err, PN_ELIMIT, "the related entries of one segment are too many");
    copy_article(w, from, doc);
    bool ok = is_whole(w);
    for (uint32_t i = lo; i < hi && ok; i++) {
        uint32_t code = pn_linkkeys_category(from, i);
        pn_bytes name = pn_linkkeys_name(from, code);
        if (code && !name.ptr) return pn_fail(err, PN_ECORRUPT, "a related entry of article %u has a category that is not there", doc);
        if (name.len > UINT32_MAX - w->names.len) return pn_fail(err, PN_ELIMIT, "the related entries of one segment are too many");
        ok = copy_entry(w, from, i, name);
    }
    return ok && is_whole(w) ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for the related entries of a segment");
}
