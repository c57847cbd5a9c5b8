/* Any bytes as JSON and as JSON lines: no crash, events that balance, text that is UTF-8, places inside the input,
 * and one verdict whichever way the text is read.  An object written anew is JSON, and the same when it is written anew once more. */
#include <stdint.h>
#include <stdlib.h>
#include "parse/pn_json_members.h"
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

/* The object again, of the members that were read; false when it is none. */
static bool write_anew(pn_bytes text, pn_buf *out) {
    pn_json_members m = { .n = 0 };
    pn_status rc = pn_json_members_read(&m, text, NULL, NULL);
    for (size_t i = 0; rc == PN_OK && i < m.n; i++) {
        pn_buf_put(out, i ? ", " : "{", i ? 2 : 1);
        pn_buf_put_bytes(out, pn_json_member_name(&m, i));
        pn_buf_put(out, ": ", 2);
        pn_buf_put_bytes(out, pn_json_member_value(&m, i));
    }
    pn_buf_put(out, m.n ? "}" : "{}", m.n ? 1 : 2);
    pn_json_members_fini(&m);
    return rc == PN_OK;
}

static bool is_object(pn_bytes text) {
    pn_json j;
    pn_json_init(&j, text, NULL);
    return pn_json_next(&j) == PN_JSON_OBJECT && pn_json_is_valid(text);
}

static void check_members(pn_bytes text) {
    pn_buf once = { 0 }, twice = { 0 };
    bool written = write_anew(text, &once);
    must(written == is_object(text));
    must(!written || (write_anew(pn_buf_bytes(&once), &twice) && pn_bytes_equal(pn_buf_bytes(&once), pn_buf_bytes(&twice))));
    must(!written || (pn_json_is_valid(pn_buf_bytes(&once)) && !memchr(once.ptr, '\n', once.len)));
    pn_buf_fini(&once);
    pn_buf_fini(&twice);
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
    check_members(text);
    pn_doc_source source;
    must(pn_jsonl_source(text, 0, 1, NULL, &source, NULL) == PN_OK);
    read_source(source, n);
    must(pn_json_array_source(text, NULL, &source, NULL) == PN_OK);
    read_source(source, n);
    return 0;
}
