/* Any bytes as JSON and as JSON lines: no crash, events that balance, text that is UTF-8, places inside the input,
 * and one verdict whichever way the text is read. */
#include <stdint.h>
#include <stdlib.h>
#include "parse/pn_json.h"
#include "parse/pn_jsonl.h"
#include "text/pn_utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);

static void must(bool ok) { if (!ok) abort(); }

static bool read_events(pn_bytes text) {
    pn_arena arena = { 0 };
    pn_json j;
    uint32_t depth = 0;
    pn_json_event e;
    pn_json_init(&j, text, &arena);
    do {
        e = pn_json_next(&j);
        if (e == PN_JSON_KEY || e == PN_JSON_STRING || e == PN_JSON_NUMBER) must(pn_utf8_is_valid(j.text));
        if (e == PN_JSON_OBJECT || e == PN_JSON_ARRAY) depth++;
        if (e == PN_JSON_OBJECT_END || e == PN_JSON_ARRAY_END) depth--;
        must(depth == j.depth && depth <= PN_JSON_DEPTH);
    } while (e != PN_JSON_END && e != PN_JSON_ERROR);
    must(e != PN_JSON_END || depth == 0);
    must(e != PN_JSON_ERROR || (j.error && j.error_at <= text.len));
    must(pn_json_next(&j) == e);
    pn_arena_fini(&arena);
    return e == PN_JSON_END;
}

/* Only groups and scalars at the top are stepped over; the verdict must be that of the full reading. */
static bool skip_all(pn_bytes text) {
    pn_json j;
    pn_bytes raw;
    pn_json_init(&j, text, NULL);
    pn_json_event e = pn_json_next(&j);
    if ((e == PN_JSON_OBJECT || e == PN_JSON_ARRAY) && !pn_json_skip(&j, e, &raw)) return false;
    return e != PN_JSON_ERROR && pn_json_next(&j) == PN_JSON_END;
}

static void check_text(pn_bytes s) { must(pn_utf8_is_valid(s) && (!s.len || !memchr(s.ptr, 0, s.len))); }

static void check_list(const pn_bytes *list, size_t n) { for (size_t i = 0; i < n; i++) { check_text(list[i]); must(list[i].len > 0); } }

static void check_doc(const pn_doc *d, size_t n) {
    must(d->offset <= n && d->length <= n - d->offset);
    for (size_t i = 0; i < d->n_diags; i++) {
        must(d->diags[i].code && d->diags[i].offset <= n && d->diags[i].excerpt.len <= 120);
        check_text(d->diags[i].excerpt);
    }
    must(!d->skipped || d->n_diags == 1);
    const pn_bytes texts[] = { d->id, d->title, d->body, d->teaser, d->date_raw, d->section, d->source, d->url, d->language, d->extra };
    for (size_t i = 0; i < PN_COUNT(texts); i++) check_text(texts[i]);
    check_list(d->tags, d->n_tags);
    check_list(d->authors, d->n_authors);
    for (size_t i = 0; i < d->n_related; i++) { check_text(d->related[i].title); check_text(d->related[i].teaser); check_text(d->related[i].url); }
    must(!d->extra.ptr || (d->extra.ptr[0] == '{' && pn_json_is_valid(d->extra)));
}

static void read_source(pn_doc_source source, size_t n) {
    const pn_doc *doc;
    for (;;) {
        must(source.next(source.self, &doc, NULL) == PN_OK);
        if (!doc) break;
        check_doc(doc, n);
    }
    must(source.next(source.self, &doc, NULL) == PN_OK && !doc);
    source.close(source.self);
}

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {
    pn_bytes text = pn_bytes_of(d, n);
    bool valid = read_events(text);
    must(valid == pn_json_is_valid(text) && valid == skip_all(text));
    pn_doc_source source;
    must(pn_jsonl_source(text, 0, 1, NULL, &source, NULL) == PN_OK);
    read_source(source, n);
    must(pn_json_array_source(text, NULL, &source, NULL) == PN_OK);
    read_source(source, n);
    return 0;
}
