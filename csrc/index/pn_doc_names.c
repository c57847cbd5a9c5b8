#include "index/pn_doc_names.h"
#include "codec/pn_rd.h"
#include "index/pn_facets.h"

void pn_doc_names_fini(pn_doc_names *s) {
    pn_buf_fini(&s->keys);
    pn_buf_fini(&s->key);
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

static bool was_seen(const pn_doc_names *s, pn_bytes key) {
    pn_rd r = pn_rd_of(pn_buf_bytes(&s->keys));
    while (pn_rd_left(&r))
        if (pn_bytes_equal(pn_rd_blob(&r), key)) return true;
    return false;
}

static pn_status take(pn_doc_names *s, pn_bytes name, pn_doc_name_fn *fn, void *arg, pn_error *err) {
    pn_buf_clear(&s->key);
    pn_name_key(&s->key, name);
    pn_bytes key = pn_buf_bytes(&s->key);
    bool counts = key.len && !was_seen(s, key);
    if (counts) pn_buf_put_blob(&s->keys, key);
    if (s->key.rc != PN_OK || s->keys.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory for a name");
    return counts ? fn(arg, key, name, err) : PN_OK;
}

pn_status pn_doc_names_each(pn_doc_names *s, const pn_doc *doc, pn_field f, pn_doc_name_fn *fn, void *arg, pn_error *err) {
    size_t n;
    const pn_bytes *names = names_of(doc, f, &n);
    pn_buf_clear(&s->keys);
    for (size_t i = 0; i < n; i++) PN_TRY(take(s, names[i], fn, arg, err));
    return PN_OK;
}
