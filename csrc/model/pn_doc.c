#include "model/pn_doc.h"

static bool is_short(pn_bytes s) { return s.len <= PN_NAME_MAX; }

static bool are_short(const pn_bytes *names, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!is_short(names[i])) return false;
    return true;
}

static bool related_are_short(const pn_doc *d) {
    for (size_t i = 0; i < d->n_related; i++) {
        const pn_related *r = &d->related[i];
        if (!is_short(r->title) || !is_short(r->teaser) || !is_short(r->category) || !is_short(r->url)) return false;
    }
    return true;
}

static bool all_names_are_short(const pn_doc *d) {
    const pn_bytes single[] = { d->id, d->title, d->date_raw, d->section, d->source, d->url, d->language };
    return are_short(single, PN_COUNT(single)) && are_short(d->authors, d->n_authors) && are_short(d->tags, d->n_tags) && related_are_short(d);
}

static bool are_few(const pn_doc *d) {
    return d->n_tags <= PN_NAMES_MAX && d->n_authors <= PN_NAMES_MAX - d->n_tags && d->n_related <= PN_NAMES_MAX - d->n_tags - d->n_authors;
}

const char *pn_doc_why_too_large(const pn_doc *d) {
    if (!are_few(d)) return "more than 65,536 tags, authors and related entries";
    if (d->body.len > PN_TEXT_MAX || d->teaser.len > PN_TEXT_MAX) return "a text of more than 64 MiB";
    return all_names_are_short(d) ? NULL : "a title, name, address or related text of more than 1 MiB";
}
