#include "index/pn_doc_names.h"
#include "base/pn_alloc.h"
#include "codec/pn_hash.h"
#include "index/pn_facets.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a name"); }

void pn_doc_names_fini(pn_doc_names *s) {
    pn_buf_fini(&s->keys);
    pn_free(s->end);
    pn_free(s->slot);
}

static const pn_bytes *names_of(const pn_doc *doc, pn_field f, size_t *n) {
    *n = 1;
    switch (f) {
    case PN_FIELD_TAG: *n = doc->n_tags; return doc->tags;
    case PN_FIELD_AUTHOR: *n = doc->n_authors; return doc->authors;
    case PN_FIELD_SECTION: return &doc->section;
    case PN_FIELD_SOURCE: return &doc->source;
    case PN_FIELD_LANGUAGE: return &doc->language;
    default: *n = 0; return NULL;
    }
}

/* --- the keys so far */

static pn_status begin(pn_doc_names *s, size_t n, pn_error *err) {
    size_t size = 8;
    while (size < 2 * n) size *= 2;
    void *end = s->end, *slot = s->slot;
    bool ok = pn_grow(&end, &s->cap_end, n + 1, sizeof *s->end);
    s->end = end;
    ok = ok && pn_grow(&slot, &s->cap_slot, size, sizeof *s->slot);
    s->slot = slot;
    if (!ok) return no_memory(err);
    memset(s->slot, 0, size * sizeof *s->slot);
    pn_buf_clear(&s->keys);
    s->mask = size - 1;
    s->n = 0;
    return PN_OK;
}

static size_t begin_of(const pn_doc_names *s, size_t i) { return i ? s->end[i - 1] : 0; }
static pn_bytes key_at(const pn_doc_names *s, size_t i) { return pn_bytes_of(s->keys.ptr + begin_of(s, i), s->end[i] - begin_of(s, i)); }

/* Keeps the key that was just put behind the others, unless it is there or says nothing. */
static bool keep_new(pn_doc_names *s) {
    s->end[s->n] = s->keys.len;
    if (s->keys.len == begin_of(s, s->n)) return false;
    pn_bytes key = key_at(s, s->n);
    size_t i = (size_t)pn_hash_keyed(pn_hash_key(), key) & s->mask;
    for (; s->slot[i]; i = (i + 1) & s->mask)
        if (pn_bytes_equal(key, key_at(s, s->slot[i] - 1))) return false;
    s->slot[i] = (uint32_t)++s->n;
    return true;
}

static pn_status take(pn_doc_names *s, pn_bytes name, pn_doc_name_fn *fn, void *arg, pn_error *err) {
    enum { NAME = 64 };                /* steps that a name counts as beside its bytes */
    PN_TRY(pn_pace_on(&s->pace, NAME + name.len, err));
    s->keys.len = begin_of(s, s->n);
    pn_name_key(&s->keys, name);
    if (s->keys.rc != PN_OK) return no_memory(err);
    return keep_new(s) ? fn(arg, key_at(s, s->n - 1), name, err) : PN_OK;
}

pn_status pn_doc_names_each(pn_doc_names *s, const pn_doc *doc, pn_field f, pn_doc_name_fn *fn, void *arg, pn_error *err) {
    size_t n;
    const pn_bytes *names = names_of(doc, f, &n);
    if (n == 0) return PN_OK;
    PN_TRY(begin(s, n, err));
    for (size_t i = 0; i < n; i++) PN_TRY(take(s, names[i], fn, arg, err));
    return PN_OK;
}
