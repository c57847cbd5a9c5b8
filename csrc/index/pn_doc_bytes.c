#include "index/pn_doc_bytes.h"
#include "codec/pn_rd.h"
#include "text/pn_utf8.h"

enum { DAY_MIN = -135140, DAY_MAX = 84370 };      /* 1600-01-01 and 2200-12-31 */
enum { HAS_OFFSET = 1 << 3 };                     /* beside the precision */

bool pn_when_is_valid(const pn_when *w) {
    if (w->precision == PN_PREC_NONE) return w->day == PN_DAY_NONE && w->second == PN_SECOND_NONE;
    if (w->precision > PN_PREC_SECOND || w->day < DAY_MIN || w->day > DAY_MAX) return false;
    if (w->precision == PN_PREC_SECOND) return w->second >= 0 && w->second < 86400;
    return w->second == PN_SECOND_NONE;
}

/* --- writing */

static void put_text(pn_buf *out, pn_bytes s) {                  /* 0 = none, else length + 1 and the bytes */
    if (!s.ptr) { pn_buf_put_u8(out, 0); return; }
    pn_buf_put_varint(out, (uint64_t)s.len + 1);
    pn_buf_put_bytes(out, s);
}

static uint64_t zigzag(int64_t v) { return v < 0 ? ~((uint64_t)v << 1) : (uint64_t)v << 1; }
static int64_t unzigzag(uint64_t v) { return v & 1 ? (int64_t)~(v >> 1) : (int64_t)(v >> 1); }

static void put_when(pn_buf *out, const pn_when *w) {
    bool has_offset = w->offset != PN_OFFSET_NONE;
    pn_buf_put_u8(out, (uint8_t)(w->precision | (has_offset ? HAS_OFFSET : 0)));
    pn_buf_put_u8(out, w->flags);
    if (w->precision != PN_PREC_NONE) pn_buf_put_varint(out, zigzag(w->day));
    if (w->precision == PN_PREC_SECOND) pn_buf_put_varint(out, (uint64_t)w->second);
    if (has_offset) pn_buf_put_varint(out, zigzag(w->offset));
}

static void put_names(pn_buf *out, const pn_bytes *names, size_t n, bool present) {
    pn_buf_put_varint(out, (uint64_t)n << 1 | present);
    for (size_t i = 0; i < n; i++) put_text(out, names[i]);
}

static void put_related(pn_buf *out, const pn_doc *doc) {
    pn_buf_put_varint(out, (uint64_t)doc->n_related << 1 | doc->related_present);
    for (size_t i = 0; i < doc->n_related; i++) {
        const pn_related *r = &doc->related[i];
        put_text(out, r->title);
        put_text(out, r->teaser);
        put_text(out, r->category);
        put_text(out, r->url);
        put_when(out, &r->date);
        pn_buf_put_u8(out, r->truncated);
    }
}

void pn_doc_bytes_put_visible(pn_buf *out, const pn_doc *doc, pn_bytes key) {
    put_text(out, key);
    put_text(out, doc->id);
    put_when(out, &doc->date);
    put_when(out, &doc->modified);
    put_text(out, doc->date_raw);
    put_text(out, doc->title);
    put_text(out, doc->teaser);
    put_text(out, doc->body);
    put_text(out, doc->section);
    put_text(out, doc->source);
    put_text(out, doc->url);
    put_text(out, doc->language);
    put_names(out, doc->authors, doc->n_authors, true);
    put_names(out, doc->tags, doc->n_tags, doc->tags_present);
    put_related(out, doc);
    put_text(out, doc->extra);
}

static void put_roles(pn_buf *out, const pn_doc *doc) {
    pn_buf_put_varint(out, doc->n_roles);
    for (size_t i = 0; i < doc->n_roles; i++) {
        pn_buf_put_u8(out, doc->roles[i].role);
        pn_buf_put_varint(out, doc->roles[i].first);
        pn_buf_put_varint(out, doc->roles[i].n);
    }
}

static void put_diags(pn_buf *out, const pn_doc *doc) {
    pn_buf_put_varint(out, doc->n_diags);
    for (size_t i = 0; i < doc->n_diags; i++) {
        const pn_diag *d = &doc->diags[i];
        put_text(out, pn_bytes_cstr(d->code));
        pn_buf_put_u8(out, (uint8_t)d->severity);
        pn_buf_put_varint(out, d->line);
        pn_buf_put_varint(out, d->offset);
        put_text(out, d->excerpt);
    }
}

void pn_doc_bytes_put(pn_buf *out, const pn_doc *doc, const pn_doc_extra *extra) {
    pn_doc_bytes_put_visible(out, doc, extra->key);
    put_text(out, extra->url_key);
    put_text(out, extra->id_source);
    put_text(out, extra->input);
    pn_buf_put_varint(out, doc->offset);
    pn_buf_put_varint(out, doc->length);
    put_roles(out, doc);
    put_diags(out, doc);
}

/* --- limits */

enum { PER_NUMBER = 10, PER_WHEN = 32 };                 /* at most */

static uint64_t most_of(pn_bytes s) { return (uint64_t)s.len + PER_NUMBER; }

static uint64_t most_of_lists(const pn_doc *doc) {
    uint64_t n = (uint64_t)doc->n_roles * 3 * PER_NUMBER;
    for (size_t i = 0; i < doc->n_authors; i++) n += most_of(doc->authors[i]);
    for (size_t i = 0; i < doc->n_tags; i++) n += most_of(doc->tags[i]);
    for (size_t i = 0; i < doc->n_related; i++) {
        const pn_related *r = &doc->related[i];
        n += most_of(r->title) + most_of(r->teaser) + most_of(r->category) + most_of(r->url) + PER_WHEN + 1;
    }
    for (size_t i = 0; i < doc->n_diags; i++) n += strlen(doc->diags[i].code) + most_of(doc->diags[i].excerpt) + 4 * PER_NUMBER;
    return n;
}

/* At least the bytes of the record, mostly not many more. */
static uint64_t most_of_record(const pn_doc *doc, const pn_doc_extra *extra) {
    const pn_bytes texts[] = { extra->key, extra->url_key, extra->id_source, extra->input, doc->id, doc->date_raw, doc->title, doc->teaser,
                               doc->body, doc->section, doc->source, doc->url, doc->language, doc->extra };
    uint64_t n = 2 * PER_WHEN + 7 * PER_NUMBER;
    for (size_t i = 0; i < PN_COUNT(texts); i++) n += most_of(texts[i]);
    return n + most_of_lists(doc);
}

static bool texts_fit(const pn_doc *doc) { return doc->title.len <= PN_TEXT_MAX && doc->body.len <= PN_TEXT_MAX && doc->teaser.len <= PN_TEXT_MAX; }

pn_status pn_doc_bytes_fit(const pn_doc *doc, const pn_doc_extra *extra, const char **why, pn_error *err) {
    *why = texts_fit(doc) ? NULL : "a text of more than 64 MiB";
    if (*why || most_of_record(doc, extra) <= PN_RECORD_MAX) return PN_OK;
    pn_buf record = { 0 };
    pn_doc_bytes_put(&record, doc, extra);
    pn_status rc = record.rc;
    if (rc == PN_OK && record.len > PN_RECORD_MAX) *why = "more than 256 MiB as it would be stored";
    pn_buf_fini(&record);
    return rc == PN_OK ? PN_OK : pn_fail(err, rc, "no memory for an article");
}

/* --- reading: sticky, as pn_rd */

typedef struct { pn_rd r; pn_arena *arena; bool no_memory; } reader;

static void spoil(reader *in) { in->r.bad = true; in->r.p = in->r.end; }

static pn_bytes get_bytes(reader *in) {
    uint64_t n = pn_rd_varint(&in->r);
    if (n == 0) return PN_BYTES_NONE;
    if (n - 1 > pn_rd_left(&in->r)) { spoil(in); return PN_BYTES_NONE; }
    const uint8_t *p = pn_rd_take(&in->r, (size_t)(n - 1));
    return p ? pn_bytes_of(p, (size_t)(n - 1)) : PN_BYTES_NONE;
}

static pn_bytes get_text(reader *in) {
    pn_bytes s = get_bytes(in);
    if (s.len && !pn_utf8_is_valid(s)) { spoil(in); return PN_BYTES_NONE; }
    return s;
}

static bool get_bool(reader *in) {
    uint8_t v = pn_rd_u8(&in->r);
    if (v > 1) spoil(in);
    return v == 1;
}

static int32_t get_int(reader *in, int64_t min, int64_t max, int32_t otherwise) {
    int64_t v = unzigzag(pn_rd_varint(&in->r));
    if (v >= min && v <= max) return (int32_t)v;
    spoil(in);
    return otherwise;
}

static int32_t get_second(reader *in) {
    uint64_t v = pn_rd_varint(&in->r);
    if (v < 86400) return (int32_t)v;
    spoil(in);
    return 0;
}

static pn_when get_when(reader *in) {
    pn_when w = PN_WHEN_NONE;
    uint8_t head = pn_rd_u8(&in->r);
    w.precision = head & (HAS_OFFSET - 1);
    w.flags = pn_rd_u8(&in->r);
    if (w.precision != PN_PREC_NONE) w.day = get_int(in, DAY_MIN, DAY_MAX, PN_DAY_NONE);
    if (w.precision == PN_PREC_SECOND) w.second = get_second(in);
    if (head & HAS_OFFSET) w.offset = (int16_t)get_int(in, INT16_MIN + 1, INT16_MAX, PN_OFFSET_NONE);
    if (head >= HAS_OFFSET << 1 || !pn_when_is_valid(&w)) { spoil(in); w = PN_WHEN_NONE; }
    return w;
}

/* Room for n things that take at least `least` bytes each in the record; NULL (bad or no memory) when n cannot be. */
static void *get_room(reader *in, uint64_t n, size_t least, size_t size) {
    if (n > pn_rd_left(&in->r) / least) { spoil(in); return NULL; }
    if (n == 0) return NULL;
    void *p = pn_arena_take0(in->arena, (size_t)n, size);
    if (!p) { in->no_memory = true; spoil(in); }
    return p;
}

static const pn_bytes *get_names(reader *in, size_t *n_out, bool *present) {
    uint64_t head = pn_rd_varint(&in->r), n = head >> 1;
    pn_bytes *at = get_room(in, n, 1, sizeof *at);
    if (at) for (size_t i = 0; i < n; i++) at[i] = get_text(in);
    *n_out = at ? (size_t)n : 0;
    *present = head & 1;
    return at;
}

static void get_related(reader *in, pn_doc *doc) {
    enum { LEAST = 7 };                          /* four texts, a date, a bool */
    uint64_t head = pn_rd_varint(&in->r), n = head >> 1;
    pn_related *at = get_room(in, n, LEAST, sizeof *at);
    for (size_t i = 0; at && i < n; i++) {
        at[i].title = get_text(in);
        at[i].teaser = get_text(in);
        at[i].category = get_text(in);
        at[i].url = get_text(in);
        at[i].date = get_when(in);
        at[i].truncated = get_bool(in);
    }
    doc->related = at;
    doc->n_related = at ? (size_t)n : 0;
    doc->related_present = head & 1;
}

static void get_roles(reader *in, pn_doc *doc) {
    uint64_t n = pn_rd_varint(&in->r);
    pn_role_run *at = get_room(in, n, 3, sizeof *at);
    for (size_t i = 0; at && i < n; i++) {
        at[i].role = pn_rd_u8(&in->r);
        at[i].first = pn_rd_varint32(&in->r);
        at[i].n = pn_rd_varint32(&in->r);
        if (at[i].role < PN_ROLE_PREAMBLE || at[i].role > PN_ROLE_TRAILER || at[i].n > UINT32_MAX - at[i].first) spoil(in);
    }
    doc->roles = at;
    doc->n_roles = at ? (size_t)n : 0;
}

/* A code as the C text it was: identifiers without NUL. */
static const char *get_code(reader *in) {
    pn_bytes s = get_text(in);
    if (!s.ptr || memchr(s.ptr, 0, s.len)) { spoil(in); return ""; }
    char *p = pn_arena_take(in->arena, s.len + 1);
    if (!p) { in->no_memory = true; spoil(in); return ""; }
    memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return p;
}

static void get_diags(reader *in, pn_doc *doc) {
    enum { LEAST = 5 };
    uint64_t n = pn_rd_varint(&in->r);
    pn_diag *at = get_room(in, n, LEAST, sizeof *at);
    for (size_t i = 0; at && i < n; i++) {
        at[i].code = get_code(in);
        uint8_t severity = pn_rd_u8(&in->r);
        at[i].severity = (pn_severity)PN_MIN(severity, PN_ERROR);
        at[i].line = pn_rd_varint32(&in->r);
        at[i].offset = pn_rd_varint(&in->r);
        at[i].excerpt = get_text(in);
        if (severity > PN_ERROR) spoil(in);
    }
    doc->diags = at;
    doc->n_diags = at ? (size_t)n : 0;
}

static void get_visible(reader *in, pn_doc *doc, pn_doc_extra *extra) {
    bool always;
    extra->key = get_text(in);
    doc->id = get_text(in);
    doc->date = get_when(in);
    doc->modified = get_when(in);
    doc->date_raw = get_text(in);
    doc->title = get_text(in);
    doc->teaser = get_text(in);
    doc->body = get_text(in);
    doc->section = get_text(in);
    doc->source = get_text(in);
    doc->url = get_text(in);
    doc->language = get_text(in);
    doc->authors = get_names(in, &doc->n_authors, &always);
    doc->tags = get_names(in, &doc->n_tags, &doc->tags_present);
    get_related(in, doc);
    doc->extra = get_text(in);
    if (!always) spoil(in);
}

pn_status pn_doc_bytes_read(pn_bytes record, pn_arena *arena, pn_doc *doc, pn_doc_extra *extra, pn_error *err) {
    reader in = { pn_rd_of(record), arena, false };
    pn_doc d = { .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE };
    pn_doc_extra e = { .key = PN_BYTES_NONE };
    get_visible(&in, &d, &e);
    e.url_key = get_text(&in);
    e.id_source = get_text(&in);
    e.input = get_bytes(&in);                    /* a file name need not be UTF-8 */
    d.offset = pn_rd_varint(&in.r);
    d.length = pn_rd_varint(&in.r);
    get_roles(&in, &d);
    get_diags(&in, &d);
    if (in.no_memory) return pn_fail(err, PN_ENOMEM, "no memory for the lists of an article");
    if (in.r.bad || pn_rd_left(&in.r) != 0) return pn_corrupt(err, "", 0, "a stored article does not follow its layout");
    *doc = d;
    *extra = e;
    return PN_OK;
}

pn_bytes pn_doc_bytes_key(pn_bytes record) {
    reader in = { pn_rd_of(record), NULL, false };
    return get_bytes(&in);
}
