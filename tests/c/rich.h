/* rich.h -- articles of the made-up world with all that an article can have: names in two spellings, URL, language, related
 * entries, remarks, roles of lines, Chinese, a paragraph break, words that come often. */
#ifndef RICH_H
#define RICH_H
#include "world.h"

typedef struct { uint32_t next, end, version; world_article now; char body[1600], url[40]; } rich;

static inline void rich_make(rich *s, uint32_t i) {
    static const pn_bytes authors[] = { { (const uint8_t *)"A. Adams", 8 }, { (const uint8_t *)"a. adams", 8 } };
    static const pn_related related[] = { { .title = { (const uint8_t *)"Other", 5 }, .date = { 18000, -1, PN_OFFSET_NONE, PN_PREC_DAY, 0 }, .truncated = true, .category = { (const uint8_t *)"Sea", 3 } },
                                          { .url = { (const uint8_t *)"/6", 2 }, .date = { PN_DAY_NONE, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_NONE, 0 }, .category = { (const uint8_t *)"sea", 3 } } };
    static const pn_diag diags[] = { { .code = "missing_date", .line = 3, .excerpt = { (const uint8_t *)"x", 1 } } };
    static const pn_role_run roles[] = { { 1, 2, PN_ROLE_TITLE }, { 3, 9, PN_ROLE_BODY } };
    world_make(&s->now, i, s->version);
    pn_doc *doc = &s->now.doc;
    size_t len = (size_t)snprintf(s->body, sizeof s->body, "%s\n\n\xE6\x96\xB0\xE8\x81\x9E\xE8\xA8\x98 word%u", s->now.body, i);
    for (uint32_t k = 0; i % 40 == 7 && k < 150; k++) len += (size_t)snprintf(s->body + len, sizeof s->body - len, " storm a");
    doc->body = pn_bytes_cstr(s->body);
    snprintf(s->url, sizeof s->url, "https://example.org/%u", i);
    if (i % 3 == 0) doc->url = pn_bytes_cstr(s->url);
    doc->authors = authors + i % 2;
    doc->n_authors = 1;
    doc->language = i % 5 ? PN_BYTES_LIT("en") : PN_BYTES_NONE;
    doc->related = related;
    doc->n_related = i % 4 == 0 ? 2 : 0;
    doc->diags = diags;
    doc->n_diags = i % 8 == 0;
    doc->roles = roles;
    doc->n_roles = i % 8 == 1 ? 2 : 0;
}

static inline pn_status rich_next(void *self, const pn_doc **out, pn_error *err) {
    rich *s = self;
    (void)err;
    *out = s->next == s->end ? NULL : &s->now.doc;
    if (*out) rich_make(s, s->next++);
    return PN_OK;
}

/* One whole ingest: a new archive or an addition. */
static inline pn_status rich_ingest(const pn_io *io, const char *dir, bool is_new, uint32_t first, uint32_t n, uint32_t version, pn_error *err) {
    rich s = { .next = first, .end = first + n, .version = version };
    pn_doc_source source = { &s, rich_next, world_close };
    pn_writer *w = NULL;
    PN_TRY((is_new ? pn_writer_create : pn_writer_open)(io, dir, NULL, &w, err));
    pn_status rc = pn_writer_add(w, &source, PN_BYTES_LIT("rich"), NULL, err);
    if (rc == PN_OK) rc = pn_writer_commit(w, NULL, err);
    pn_writer_close(w);
    return rc;
}
#endif
