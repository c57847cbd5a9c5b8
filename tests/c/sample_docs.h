/* Equality of articles, field by field, for tests. */
#ifndef SAMPLE_DOCS_H
#define SAMPLE_DOCS_H
#include "index/pn_seg.h"
#include "model/pn_doc.h"

/* Nothing and "" differ. */
static inline bool same_text(pn_bytes a, pn_bytes b) { return !a.ptr == !b.ptr && pn_bytes_equal(a, b); }
static inline bool same_when(pn_when a, pn_when b) {
    return a.day == b.day && a.second == b.second && a.offset == b.offset && a.precision == b.precision && a.flags == b.flags;
}
static inline bool same_names(const pn_bytes *a, size_t n_a, const pn_bytes *b, size_t n_b) {
    for (size_t i = 0; n_a == n_b && i < n_a; i++)
        if (!same_text(a[i], b[i])) return false;
    return n_a == n_b;
}
static inline bool same_related(const pn_related *a, const pn_related *b) {
    return same_text(a->title, b->title) && same_text(a->teaser, b->teaser) && same_text(a->category, b->category) && same_text(a->url, b->url)
        && same_when(a->date, b->date) && a->truncated == b->truncated;
}
static inline bool same_diag(const pn_diag *a, const pn_diag *b) {
    return strcmp(a->code, b->code) == 0 && a->severity == b->severity && a->line == b->line && a->offset == b->offset && same_text(a->excerpt, b->excerpt);
}
static inline bool same_lists(const pn_doc *a, const pn_doc *b) {
    if (a->n_related != b->n_related || a->n_roles != b->n_roles || a->n_diags != b->n_diags) return false;
    for (size_t i = 0; i < a->n_related; i++)
        if (!same_related(&a->related[i], &b->related[i])) return false;
    for (size_t i = 0; i < a->n_roles; i++)
        if (a->roles[i].first != b->roles[i].first || a->roles[i].n != b->roles[i].n || a->roles[i].role != b->roles[i].role) return false;
    for (size_t i = 0; i < a->n_diags; i++)
        if (!same_diag(&a->diags[i], &b->diags[i])) return false;
    return true;
}
static inline bool same_docs(const pn_doc *a, const pn_doc *b) {
    return same_text(a->id, b->id) && same_text(a->title, b->title) && same_text(a->body, b->body) && same_text(a->teaser, b->teaser)
        && same_when(a->date, b->date) && same_when(a->modified, b->modified) && same_text(a->date_raw, b->date_raw)
        && same_text(a->section, b->section) && same_text(a->source, b->source) && same_text(a->url, b->url) && same_text(a->language, b->language)
        && same_names(a->authors, a->n_authors, b->authors, b->n_authors) && same_names(a->tags, a->n_tags, b->tags, b->n_tags)
        && a->tags_present == b->tags_present && a->related_present == b->related_present && same_text(a->extra, b->extra)
        && a->offset == b->offset && a->length == b->length && a->skipped == b->skipped && same_lists(a, b);
}
/* Content and arrival are columns and compared by who knows them. */
static inline bool same_extras(const pn_doc_extra *a, const pn_doc_extra *b) {
    return same_text(a->key, b->key) && same_text(a->url_key, b->url_key) && same_text(a->id_source, b->id_source) && same_text(a->input, b->input);
}
#endif
