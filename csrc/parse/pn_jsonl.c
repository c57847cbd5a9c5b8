#include "parse/pn_jsonl.h"
#include "base/pn_alloc.h"
#include "parse/pn_record.h"

typedef struct {
    pn_record record;                  /* first: both sources are closed alike */
    pn_jsonl_opts opts;
    const uint8_t *start, *p, *end;    /* p: next line */
    uint64_t base_offset; uint32_t line;
} lines_source;

typedef struct {
    pn_record record;
    pn_jsonl_opts opts;
    pn_json json;
    pn_stop stop;                      /* of `json`; a record has its own */
    const uint8_t *counted; uint32_t line;             /* lines are counted up to here */
    bool done;
} array_source;

static const pn_bytes bom = { (const uint8_t *)"\xEF\xBB\xBF", 3 };

static void close_source(void *self) {
    pn_record_fini(self);
    pn_free(self);
}

static bool is_blank_line(const uint8_t *p, const uint8_t *end) {
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r')) p++;
    return p == end;
}

/* The line from p on without its end; false for a blank one.  Moves to the next line in any case. */
static bool take_line(lines_source *s, pn_bytes *line) {
    const uint8_t *from = s->p, *lf = memchr(from, '\n', (size_t)(s->end - from)), *to = lf ? lf : s->end;
    s->p = lf ? lf + 1 : s->end;
    if (from == s->start && s->base_offset == 0 && pn_bytes_starts(pn_bytes_of(from, (size_t)(to - from)), bom)) from += bom.len;
    if (to > from && to[-1] == '\r') to--;
    *line = pn_bytes_of(from, (size_t)(to - from));
    return !is_blank_line(from, to);
}

static pn_status next_line(void *self, const pn_doc **out, pn_error *err) {
    lines_source *s = self;
    *out = NULL;
    while (s->p < s->end) {
        pn_bytes line;
        uint32_t number = s->line++;
        if (!take_line(s, &line)) continue;
        uint64_t offset = s->base_offset + (uint64_t)(line.ptr - s->start);
        if (line.len > PN_JSON_RECORD_MAX) PN_TRY(pn_record_refuse(&s->record, line, offset, number, "article_too_large", 0, NULL, err));
        else PN_TRY(pn_record_read(&s->record, line, offset, number, err));
        *out = &s->record.doc;
        return PN_OK;
    }
    return PN_OK;
}

pn_status pn_jsonl_source(pn_bytes chunk, uint64_t base_offset, uint32_t base_line, const pn_jsonl_opts *opts,
                          pn_doc_source *out, pn_error *err) {
    lines_source *s = pn_calloc(1, sizeof *s);
    if (!s) return pn_fail(err, PN_ENOMEM, "out of memory while opening JSON lines");
    if (opts) s->opts = *opts;
    s->record.opts = &s->opts;
    s->start = s->p = chunk.ptr;
    s->end = chunk.ptr ? chunk.ptr + chunk.len : NULL;
    s->base_offset = base_offset;
    s->line = base_line;
    *out = (pn_doc_source){ s, next_line, close_source };
    return PN_OK;
}

/* --- one array */

static uint32_t line_at(array_source *s, const uint8_t *at) {
    while (s->counted < at) {
        const uint8_t *lf = memchr(s->counted, '\n', (size_t)(at - s->counted));
        if (lf) s->line++;
        s->counted = lf ? lf + 1 : at;
    }
    return s->line;
}

static uint64_t offset_of(const array_source *s, const uint8_t *at) { return (uint64_t)(at - s->json.start); }

static pn_status skip_element(array_source *s, pn_bytes raw, const char *code, const char *why, pn_error *err) {
    return pn_record_refuse(&s->record, raw, offset_of(s, raw.ptr), line_at(s, raw.ptr), code, 0, why, err);
}

/* The text is broken: the rest of it from the mistake on is one skipped record. */
static pn_status give_up(array_source *s, pn_error *err) {
    s->done = true;
    const uint8_t *at = s->json.start + s->json.error_at;
    return skip_element(s, pn_bytes_of(at, (size_t)(s->json.end - at)), "bad_json", s->json.error, err);
}

static pn_status read_element(array_source *s, pn_bytes raw, pn_error *err) {
    if (raw.ptr[0] != '{') return skip_element(s, raw, "not_an_object", NULL, err);
    if (raw.len > PN_JSON_RECORD_MAX) return skip_element(s, raw, "article_too_large", NULL, err);
    return pn_record_read(&s->record, raw, offset_of(s, raw.ptr), line_at(s, raw.ptr), err);
}

/* Blanks and the comma in front of an element: what is wrong among them is found by the reader, from where it stands. */
static const uint8_t *start_of_element(const array_source *s) {
    const uint8_t *p = s->json.p;
    while (p < s->json.end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t' || *p == ',')) p++;
    return p;
}

static pn_status next_element(void *self, const pn_doc **out, pn_error *err) {
    array_source *s = self;
    *out = NULL;
    if (s->done) return PN_OK;
    const uint8_t *from = start_of_element(s);
    pn_json_event e = pn_json_next(&s->json);
    if (e == PN_JSON_ARRAY_END) e = pn_json_next(&s->json);
    if (e == PN_JSON_END) { s->done = true; return PN_OK; }
    pn_bytes raw = pn_bytes_of(from, (size_t)(s->json.p - from));
    if ((e == PN_JSON_OBJECT || e == PN_JSON_ARRAY) && !pn_json_skip(&s->json, e, &raw)) e = PN_JSON_ERROR;
    if (s->stop.stopped) return pn_fail(err, PN_EINTR, "stopped by the caller");
    if (e == PN_JSON_ERROR) PN_TRY(give_up(s, err));
    else PN_TRY(read_element(s, raw, err));
    *out = &s->record.doc;
    return PN_OK;
}

pn_status pn_json_array_source(pn_bytes text, const pn_jsonl_opts *opts, pn_doc_source *out, pn_error *err) {
    array_source *s = pn_calloc(1, sizeof *s);
    if (!s) return pn_fail(err, PN_ENOMEM, "out of memory while opening a JSON array");
    if (opts) s->opts = *opts;
    s->record.opts = &s->opts;
    pn_json_init(&s->json, text, NULL);
    s->stop.pace.tick = s->opts.tick;
    s->json.stop = &s->stop;
    if (pn_bytes_starts(text, bom)) s->json.p += bom.len;
    s->counted = s->json.start;
    s->line = 1;
    const uint8_t *p = start_of_element(s);
    if (p < s->json.end && *p == '[') (void)pn_json_next(&s->json);    /* a mistake stays with the reader until the first record is asked for */
    *out = (pn_doc_source){ s, next_element, close_source };
    return PN_OK;
}
