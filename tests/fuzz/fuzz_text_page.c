/* Any bytes: records tile the input, every non-blank line has one role, all text is valid UTF-8 without NUL, places lie inside. */
#include "parse/pn_page_text.h"
#include "text/pn_charset.h"
#include "text/pn_lines.h"
#include "text/pn_utf8.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);

static void check(bool fine) { if (!fine) abort(); }
static void check_text(pn_bytes s) { check(!s.ptr || s.len == 0 || (pn_utf8_is_valid(s) && !memchr(s.ptr, 0, s.len))); }

static void check_fields(const pn_doc *d) {
    const pn_bytes fields[] = { d->title, d->body, d->teaser, d->date_raw, d->section, d->source, d->url, d->language, d->extra };
    for (size_t i = 0; i < PN_COUNT(fields); i++) check_text(fields[i]);
    for (size_t i = 0; i < d->n_authors; i++) check_text(d->authors[i]);
    for (size_t i = 0; i < d->n_tags; i++) check_text(d->tags[i]);
    for (size_t i = 0; i < d->n_related; i++) {
        check_text(d->related[i].title);
        check_text(d->related[i].teaser);
        check_text(d->related[i].category);
    }
    check(d->date.precision <= PN_PREC_SECOND && d->modified.precision <= PN_PREC_SECOND);
    check(d->tags_present || d->n_tags == 0);
    check(d->related_present || d->n_related == 0);
}

static void check_remarks(const pn_doc *d, uint64_t end) {
    for (size_t i = 0; i < d->n_diags; i++) {
        check(d->diags[i].code && d->diags[i].offset <= end && d->diags[i].excerpt.len <= 120);
        check_text(d->diags[i].excerpt);
    }
}

/* One bit per line that has a role; a line with two stops the run. */
static void mark_lines(const pn_doc *d, uint8_t *seen, size_t n_lines) {
    for (size_t i = 0; i < d->n_roles; i++) {
        const pn_role_run *r = &d->roles[i];
        check(r->first >= 1 && r->n >= 1 && r->first <= n_lines && r->n <= n_lines - r->first + 1);
        check(r->role >= PN_ROLE_PREAMBLE && r->role <= PN_ROLE_TRAILER);
        for (uint32_t k = 0; k < r->n; k++) {
            check(seen[r->first + k] == 0);
            seen[r->first + k] = 1;
        }
    }
}

static bool is_ascii_blank(pn_bytes s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] > ' ') return false;
    return true;
}
static bool is_visible(pn_bytes s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] > ' ' && s.ptr[i] < 0x7F) return true;
    return false;
}

static void check_lines(pn_bytes text, const uint8_t *seen, bool skipped) {
    pn_lines it;
    pn_bytes line;
    pn_lines_init(&it, text);
    for (size_t no = 1; pn_lines_next(&it, &line); no++)
        check(skipped || !is_visible(line) || seen[no] || is_ascii_blank(line));
}

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {
    pn_buf text = { 0 };
    pn_text_report report;
    pn_doc_source s;
    const pn_doc *doc;
    bool skipped = false;
    uint64_t end = 0;
    if (n == 0 || n > 1 << 16) return 0;
    pn_page_text_opts opts = { .dates = { .day_first = d[0] & 1 } };
    check(pn_text_clean(&text, pn_bytes_of(d, n), NULL, &report, NULL) == PN_OK);
    size_t size = report.utf16 ? text.len : n;
    uint8_t *seen = calloc(text.len + 3, 1);
    check(seen && pn_page_text_source(pn_bytes_of(d, n), &opts, &s, NULL) == PN_OK);
    while (s.next(s.self, &doc, NULL) == PN_OK && doc) {
        check(doc->offset == end && doc->length <= size - end);
        end += doc->length;
        skipped |= doc->skipped;
        check_fields(doc);
        check_remarks(doc, size);
        mark_lines(doc, seen, text.len + 1);
    }
    check(end == size);
    check_lines(pn_buf_bytes(&text), seen, skipped);
    s.close(s.self);
    free(seen);
    pn_buf_fini(&text);
    return 0;
}
