/* page_input.h -- a text page of our own, variants of it, and what a reader of pages gives. */
#ifndef PAGE_INPUT_H
#define PAGE_INPUT_H
#include "unit.h"
#include "oom.h"
#include "parse/pn_page.h"
#include "text/pn_utf8.h"
#include <stdio.h>

#define TITLE "Harbour Town Opens Its First Night Library"
#define P1 "The old ferry hall of Port Ellery will lend books from dusk to dawn, the town council said on Tuesday."
#define P2 "Librarians expect dock workers, nurses and students. \xE2\x80\x9CNobody\xE2\x80\x99s shift should end at a locked door,\xE2\x80\x9D said Mara Quill, who runs the project."
#define P3 "The hall's roof was mended last winter; the first shelves arrived in February."
#define T1 "Ferry Hall Roof Is Sound Again"
#define E1 "Roofers from three villages finished the work a month early, and the council saved a fifth of the money that it had set aside for it in the spring \xE2\x80\xA6"
#define T2 "Why Small Towns Lend Books at Night"
#define E2 "A study of nine towns finds that late hours bring readers who never came by day \xE2\x80\xA6"
#define T3 "Port Ellery Counts Its Night Buses"
#define E3 "Two more lines will run after midnight, and all of them pass the library."
#define HEAD "Harbour Town Opens Its First Night Library\n\nPublished at: March 3, 2021\n\n"
#define TAIL "Tags\nRelated Posts\n" T1 "\n" E1 "\nCity Life / Feb. 9, 2021\n" T2 "\n" E2 "\nReading / Nov. 30, 2020\n" T3 "\n" E3 "\nCity Life / April 1, 2021"

static char page[8192];                    /* the page, and variants of it */
static char store[4][65536];

static inline const char *the_page(void) {
    snprintf(page, sizeof page, HEAD "%s\n\n%s\n\n%s\n\n" TAIL, P1, P2, P3);
    return page;
}

/* `text` with the first `old` replaced, and `text` without what begins at `end`; four results live at a time. */
static inline const char *with(const char *text, const char *old, const char *new) {
    static int turn;
    char *out = store[turn++ % 4];
    const char *at = strstr(text, old);
    assert_non_null(at);
    size_t head = (size_t)(at - text), middle = strlen(new), tail = strlen(at + strlen(old));
    assert_true(head + middle + tail < sizeof store[0]);
    memmove(out, text, head);
    memmove(out + head, new, middle);
    memmove(out + head + middle, at + strlen(old), tail);
    out[head + middle + tail] = 0;
    return out;
}
static inline const char *before(const char *text, const char *end) {
    const char *tail = strstr(text, end);
    assert_non_null(tail);
    return with(text, tail, "");
}

/* ---- reading */

static pn_doc_source source;
static const pn_doc *doc;                  /* the current record */
static pn_page_text_opts opts;
static size_t input_len;

static inline void close_input(void) {
    if (source.close) source.close(source.self);
    source = (pn_doc_source){ 0 };
    doc = NULL;
}
static inline bool next(void) {
    assert_int_equal(source.next(source.self, &doc, NULL), PN_OK);
    return doc != NULL;
}
static inline void open_input(const char *text, size_t n) {
    close_input();
    input_len = n;
    assert_int_equal(pn_page_text_source(pn_bytes_of(text, n), &opts, &source, NULL), PN_OK);
}
static inline void read_first(const char *text) {
    open_input(text, strlen(text));
    assert_true(next());
}
static inline void read_only(const char *text) {
    read_first(text);
    assert_false(doc->skipped);
}
static inline bool has(const char *code) {
    for (size_t i = 0; i < doc->n_diags; i++)
        if (strcmp(doc->diags[i].code, code) == 0) return true;
    return false;
}
static inline const pn_diag *remark(const char *code) {
    for (size_t i = 0; i < doc->n_diags; i++)
        if (strcmp(doc->diags[i].code, code) == 0) return &doc->diags[i];
    fail_msg("no diagnostic %s", code);
    return NULL;
}
static inline int role_at(uint32_t line) {
    for (size_t i = 0; i < doc->n_roles; i++)
        if (line >= doc->roles[i].first && line - doc->roles[i].first < doc->roles[i].n) return doc->roles[i].role;
    return 0;
}
static inline void expect_text(pn_bytes got, const char *want) {
    if (!want) { assert_null(got.ptr); return; }
    assert_non_null(got.ptr);
    if (!pn_bytes_equal(got, pn_bytes_cstr(want))) fail_msg("got \"%.*s\", not \"%s\"", (int)got.len, (const char *)got.ptr, want);
}
static inline void expect_date(pn_when w, const char *iso) {
    char text[PN_WHEN_TEXT];
    pn_when_print(&w, text);
    assert_string_equal(text, iso);
}
static inline void expect_tags(size_t n, const char *const *want) {
    assert_true(doc->tags_present);
    assert_int_equal(doc->n_tags, n);
    for (size_t i = 0; i < n; i++) expect_text(doc->tags[i], want[i]);
}
#define TAGS(...) expect_tags(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *), (const char *const[]){ __VA_ARGS__ })

static inline void expect_body(const char *a, const char *b, const char *c) {
    char body[4096];
    snprintf(body, sizeof body, "%s\n\n%s\n\n%s", a, b, c);
    expect_text(doc->body, body);
}
/* What every harmless variant of the page leaves as it is. */
static inline void expect_page(size_t n_related) {
    expect_text(doc->title, TITLE);
    assert_int_equal(doc->date.day, pn_day_of(2021, 3, 3));
    expect_body(P1, P2, P3);
    assert_int_equal(doc->n_related, n_related);
}
static inline void expect_end(void) { assert_false(next()); assert_false(next()); }

static inline int close_last(void **state) { (void)state; close_input(); return 0; }
#endif
