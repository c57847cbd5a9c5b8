/* links_world.h -- articles with related entries, written as lines: "id|title|day|url|section|body|teaser" and "> title|day|category|url|teaser" below it; what is
 * empty at the end may be left out.  An entry's teaser that ends in "..." was cut.  Days count from 2020-01-01; an empty day is no date, an empty field is nothing. */
#ifndef LINKS_WORLD_H
#define LINKS_WORLD_H
#include "archive/pn_archive.h"
#include "memfs.h"
#include "unit.h"
#include <stdio.h>

enum { LW_LINE = 512, LW_ENTRIES = 16 };
typedef struct { const char *at; char line[LW_LINE], entries[LW_ENTRIES][LW_LINE]; pn_related related[LW_ENTRIES]; pn_doc doc; } links_source;

static inline pn_when lw_when(pn_bytes s) {
    if (s.len == 0) return PN_WHEN_NONE;
    return (pn_when){ pn_day_of(2020, 1, 1) + atoi((const char *)s.ptr), PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, 0 };
}
/* The next field of a line in place, NONE where it is empty or missing. */
static inline pn_bytes lw_field(char **at) {
    char *from = *at, *bar = strchr(from, '|');
    if (bar) *bar = 0;
    *at = bar ? bar + 1 : from + strlen(from);
    return *from ? pn_bytes_cstr(from) : PN_BYTES_NONE;
}
static inline bool lw_line(links_source *s, char out[LW_LINE]) {
    while (*s->at == '\n') s->at++;
    size_t n = strcspn(s->at, "\n");
    if (n == 0) return false;
    snprintf(out, LW_LINE, "%.*s", (int)n, s->at);
    s->at += n;
    return true;
}
static inline pn_status lw_next(void *self, const pn_doc **out, pn_error *err) {
    links_source *s = self;
    (void)err;
    *out = NULL;
    if (!lw_line(s, s->line)) return PN_OK;
    char *at = s->line;
    s->doc = (pn_doc){ .modified = PN_WHEN_NONE, .related = s->related, .body = PN_BYTES_LIT("It rained.") };
    s->doc.id = lw_field(&at);
    s->doc.title = lw_field(&at);
    s->doc.date = lw_when(lw_field(&at));
    s->doc.url = lw_field(&at);
    s->doc.section = lw_field(&at);
    pn_bytes body = lw_field(&at);
    if (body.ptr) s->doc.body = body;
    s->doc.teaser = lw_field(&at);
    while (strspn(s->at, "\n") < strlen(s->at) && s->at[strspn(s->at, "\n")] == '>' && lw_line(s, s->entries[s->doc.n_related])) {
        char *e = s->entries[s->doc.n_related] + 2;
        pn_related *r = &s->related[s->doc.n_related++];
        *r = (pn_related){ .title = lw_field(&e) };
        r->date = lw_when(lw_field(&e));
        r->category = lw_field(&e);
        r->url = lw_field(&e);
        r->teaser = lw_field(&e);
        r->truncated = r->teaser.len > 3 && memcmp(r->teaser.ptr + r->teaser.len - 3, "...", 3) == 0;
        if (r->truncated) r->teaser.len -= 3;
    }
    *out = &s->doc;
    return PN_OK;
}
static inline void lw_close(void *self) { (void)self; }

static inline pn_status links_ingest(const pn_io *io, bool is_new, const char *text, pn_error *err) {
    static links_source s;
    pn_writer *w = NULL;
    s = (links_source){ .at = text };
    pn_doc_source source = { &s, lw_next, lw_close };
    PN_TRY((is_new ? pn_writer_create : pn_writer_open)(io, "d", NULL, &w, err));
    pn_status rc = pn_writer_add(w, &source, PN_BYTES_LIT("t"), NULL, err);
    if (rc == PN_OK) rc = pn_writer_commit(w, NULL, err);
    pn_writer_close(w);
    return rc;
}
#endif
