#include "index/pn_link_verify.h"
#include "index/pn_seg_parts.h"

static pn_status wrong(const pn_seg *s, uint32_t section, const char *what, uint32_t which, pn_error *err) {
    return pn_seg_damage(err, s->idx, pn_file_section(s->idx, section).ptr, "%s (%u)", what, which);
}

/* The key of the text in the scratch buffer. */
static pn_status key_of(const pn_link_walk *w, pn_link_key *out, pn_error *err) {
    if (w->scratch.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory to check a link");
    *out = pn_link_key_of(pn_buf_bytes(&w->scratch));
    return PN_OK;
}

/* Names are numbered by their first use. */
static bool category_agrees(pn_link_walk *w, const pn_linkkeys *v, uint32_t entry, pn_bytes category) {
    uint32_t code = pn_linkkeys_category(v, entry);
    if (category.len == 0) return code == 0;
    if (code == 0 || code > w->names + 1) return false;
    w->names += code > w->names;
    return pn_bytes_equal(pn_linkkeys_name(v, code), category);
}

static pn_status verify_entry(pn_link_walk *w, const pn_seg *s, const pn_linkkeys *v, uint32_t entry, const pn_related *r, pn_bytes page, pn_error *err) {
    pn_link_key key = { 0, 0 };
    pn_link_title_text(&w->scratch, r->title);
    PN_TRY(key_of(w, &key, err));
    if (!pn_link_key_same(key, pn_linkkeys_want_title(v, entry))) return wrong(s, PN_SECTION_WANT_TITLES, "the title of a related entry has another key", entry, err);
    pn_link_url_text(&w->scratch, r->url, page);
    PN_TRY(key_of(w, &key, err));
    if (!pn_link_key_same(key, pn_linkkeys_want_url(v, entry))) return wrong(s, PN_SECTION_WANT_URLS, "the address of a related entry has another key", entry, err);
    bool same = pn_cols_get(&v->precisions, entry) == r->date.precision && pn_cols_get(&v->days, entry) == (r->date.precision ? r->date.day : 0);
    if (!same) return wrong(s, PN_SECTION_ENTRY_COLS, "a related entry has another date", entry, err);
    return category_agrees(w, v, entry, r->category) ? PN_OK : wrong(s, PN_SECTION_CATEGORIES, "a related entry has another category", entry, err);
}

pn_status pn_link_verify(pn_link_walk *w, pn_seg *s, uint32_t number, const pn_doc *doc, pn_bytes url_key, pn_error *err) {
    const pn_linkkeys *v;
    pn_link_key key = { 0, 0 };
    uint32_t lo, hi;
    PN_TRY(pn_seg_linkkeys(s, &v, err));
    pn_link_title_text(&w->scratch, doc->title);
    PN_TRY(key_of(w, &key, err));
    if (!pn_link_key_same(key, pn_linkkeys_title(v, number))) return wrong(s, PN_SECTION_TITLE_KEYS, "a title has another key", number, err);
    if (pn_linkkeys_url_check(v, number) != pn_link_key_of(url_key).check) return wrong(s, PN_SECTION_URL_CHECKS, "an address has another key", number, err);
    if (!pn_linkkeys_entries(v, number, &lo, &hi) || lo != w->next || hi - lo != doc->n_related)
        return wrong(s, PN_SECTION_ENTRIES, "the related entries of an article are not its own", number, err);
    for (w->next = lo; w->next < hi; w->next++) PN_TRY(verify_entry(w, s, v, w->next, &doc->related[w->next - lo], url_key, err));
    return PN_OK;
}

pn_status pn_link_verify_end(const pn_link_walk *w, pn_seg *s, pn_error *err) {
    const pn_linkkeys *v = &s->links;
    bool filled = v->n_names == 0 || pn_load_u32(v->offsets.ptr + v->offsets.len - 4) == v->names.len;
    return w->names == v->n_names && filled ? PN_OK : wrong(s, PN_SECTION_CATEGORIES, "a category that no related entry has", w->names, err);
}
