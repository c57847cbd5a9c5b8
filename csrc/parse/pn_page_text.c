#include "base/pn_alloc.h"
#include "parse/pn_page.h"
#include "text/pn_charset.h"
#include <stdio.h>

enum { KEPT_LINES = 8 };               /* a title, its bylines and the date line fit in */

/* ---- one input.  `line` is a window: the current article, then the head of the next one, whose date line closed this one. */

typedef struct {
    pn_bytes raw;
    pn_page_text_opts opts;
    pn_buf cleaned;                    /* the text, where it differs from raw */
    pn_text_report report;
    pn_page_reader reader;
    pn_page_line *line; size_t n, cap;
    size_t next;                       /* first line of the next article once it was found, else n */
    size_t head, date;                 /* of the current article; date NO_LINE while none was found */
    uint64_t end;                      /* bytes of the input */
    pn_page_line first;                /* of the current record */
    pn_bytes rule;                     /* that stood above it; NONE if there was none */
    bool closer;                       /* something that ends a page stands below the date line */
    bool too_large;
    bool any, done;                    /* a record was handed over; the last line was read */
    pn_status failed;                  /* how an earlier call ended, which is how each later one ends */
    uint64_t steps;
    pn_arena arena;
    pn_page page;
} page_source;

static bool push_line(page_source *s, const pn_page_line *l) {
    void *p = s->line;
    if (!pn_grow(&p, &s->cap, s->n + 1, sizeof *s->line)) return false;
    s->line = p;
    s->line[s->n++] = *l;
    return true;
}

/* Keeps only what the head of the next article may need. */
static void forget_lines(page_source *s) {
    if (s->n <= 64) return;
    memmove(s->line, s->line + s->n - KEPT_LINES, KEPT_LINES * sizeof *s->line);
    s->n = KEPT_LINES;
}

/* ---- where articles begin */

/* First line of the article whose date line is `date`: bylines and one title line above it. */
static size_t head_of(const page_source *s, size_t date) {
    size_t head = date, top = s->date == PN_PAGE_NO_LINE || s->too_large ? 0 : s->date + 1;
    int bylines = 0;
    for (size_t i = date; i > top && bylines < 3; i--) {
        const pn_page_line *l = &s->line[i - 1];
        bool dated = l->is & (PN_LINE_PUBLISHED | PN_LINE_UPDATED) && !(l->is & PN_LINE_DOUBTFUL);
        if (s->line[i].is & PN_LINE_BREAK || dated) break;
        if (l->is & (PN_LINE_RULE | PN_LINE_ENTRY_END | PN_LINE_RELATED | PN_LINE_TAGS)) break;
        if (pn_page_longer(pn_page_trimmed(l), PN_PAGE_TITLE_MAX)) break;
        if (l->is & PN_LINE_INVISIBLE) continue;
        head = i - 1;
        if (!(l->is & PN_LINE_BYLINE)) break;
        bylines++;
    }
    return head;
}

/* Without anything that closes a page between them: the same label as the last date line, and above it what reads like a title,
 * with text between.  So dumps of pages without tags and related articles fall apart, and "Published on …" in a text does not. */
static bool repeats_head(const page_source *s, size_t date, size_t head) {
    const pn_page_line *l = &s->line[date], *was = &s->line[s->date], *title = &s->line[head];
    if (s->too_large || head == date || head < s->date + 2 || l->from != was->from || memcmp(l->p, was->p, PN_MIN(l->from, was->len))) return false;
    pn_bytes text = pn_page_trimmed(title);
    return !pn_page_longer(text, 200) && pn_page_words(text) <= 25 && !memchr(".,:;", text.ptr[text.len - 1], 4);
}

/* A date line starts an article if it is the first, or if something that closes a page stands between it and the last one.
 * A doubtful one must also have a title line above it, and at the start of the input nothing more than that. */
static bool is_start(const page_source *s, size_t date, size_t *head) {
    const pn_page_line *l = &s->line[date];
    if (!(l->is & PN_LINE_PUBLISHED)) return false;
    bool first = s->date == PN_PAGE_NO_LINE, doubtful = l->is & PN_LINE_DOUBTFUL, closed = s->closer || l->is & PN_LINE_BREAK;
    if (!first && !closed && doubtful) return false;
    *head = head_of(s, date);
    if (!first && !closed) return repeats_head(s, date, *head);
    return !doubtful || (*head < date && (!first || *head == 0));
}

static uint64_t begin_of(const page_source *s) { return s->any ? s->first.at : 0; }

static bool outgrown(const page_source *s, const pn_page_line *l) {
    uint64_t before = l->at - begin_of(s);
    return s->n >= PN_PAGE_LINES_MAX || before > PN_PAGE_ARTICLE_MAX || l->len > PN_PAGE_ARTICLE_MAX - before;
}

/* Reads lines until the next article is found or the input ends. */
static pn_status read_article(page_source *s, pn_error *err) {
    enum { LINE = 256 };               /* steps that a line counts as beside its bytes */
    pn_pace pace = { s->opts.tick, 0 };
    pn_page_line l;
    while (pn_page_reader_next(&s->reader, &l)) {
        size_t head;
        PN_TRY(pn_pace_on(&pace, l.len + LINE, err));
        s->steps++;
        pn_page_classify(&l, &s->opts.dates);
        if (!s->too_large && outgrown(s, &l)) s->too_large = true;
        if (s->too_large) forget_lines(s);
        if (s->n == 0) s->first = l;
        if (!push_line(s, &l)) return pn_fail(err, PN_ENOMEM, "no memory for the lines of an article");
        size_t at = s->n - 1;
        if (!is_start(s, at, &head)) { s->closer |= (l.is & PN_LINE_CLOSES) != 0; continue; }
        if (s->date != PN_PAGE_NO_LINE || s->too_large) { s->next = head; return PN_OK; }
        s->head = head;
        s->date = at;
        s->closer = false;
    }
    s->next = s->n;
    s->done = true;
    return PN_OK;
}

/* Drops the lines of the article just handed over.  The line that ended the reading is the date line of the next one. */
static void begin_next(page_source *s) {
    const pn_page_line *above = s->next ? &s->line[s->next - 1] : NULL;
    s->rule = above && above->is & PN_LINE_RULE ? pn_page_trimmed(above) : PN_BYTES_NONE;
    s->n -= s->next;
    memmove(s->line, s->line + s->next, s->n * sizeof *s->line);
    s->first = s->line[0];
    s->head = 0;
    s->date = s->n - 1;
    s->closer = s->too_large = false;
}

/* ---- one record */

static void remark_count(pn_page *pg, const char *code, uint32_t n, const char *unit) {
    char *text = pn_arena_take(pg->arena, 32);
    if (!text) { pg->no_memory = true; return; }
    int len = snprintf(text, 32, "%lu %s", (unsigned long)n, unit);
    pn_page_add_remark(pg, (pn_diag){ .code = code, .severity = PN_WARN, .excerpt = pn_bytes_of(text, len > 0 ? (size_t)len : 0) });
}

static void remark_at(pn_page *pg, const char *code, uint32_t line) {
    pn_page_add_remark(pg, (pn_diag){ .code = code, .severity = PN_WARN, .line = line });
}

/* What was done to the input as a whole stands on its first record. */
static void remark_input(page_source *s) {
    pn_page *pg = &s->page;
    const pn_text_report *r = &s->report;
    if (r->bom) pn_page_remark(pg, "bom_removed", PN_INFO, NULL);
    if (r->utf16) pn_page_remark(pg, "utf16_input", PN_INFO, NULL);
    if (r->crlf) pn_page_remark(pg, "crlf_normalised", PN_INFO, NULL);
    if (r->nul) remark_count(pg, "nul_removed", r->nul, "bytes");
    if (r->not_utf8) remark_at(pg, "not_utf8_decoded_as_cp1252", r->not_utf8_line);
    if (r->replacement_line) remark_at(pg, "replacement_characters", r->replacement_line);
    if (r->mojibake_lines) remark_count(pg, "mojibake_repaired", r->mojibake_lines, "lines");
    if (r->mojibake_suspected) pn_page_remark(pg, "mojibake_suspected", PN_WARN, NULL);
    if (r->cut_short) pn_page_remark(pg, "truncated_input", PN_WARN, NULL);
}

/* Text in lines of 60 to 90 characters that do not end where sentences do: line ends inside it mean nothing. */
static bool is_wrapped(const pn_page *pg, size_t first, size_t stop, size_t adjacent) {
    size_t cut = 0;
    if (stop - first < 6 || adjacent * 3 < stop - first) return false;
    for (size_t i = first; i < stop; i++) {
        pn_bytes s = pn_page_trimmed(&pg->line[i]);
        bool wide = pn_page_longer(s, 59) && !pn_page_longer(s, 90);
        uint8_t last = s.ptr[s.len - 1];
        bool sentence = memchr(".!?:;\"')]", last, 9) || last == 0x9D || last == 0xA6;      /* last bytes of a curly quote and of an ellipsis */
        cut += wide && !sentence;
    }
    return cut * 10 > (stop - first) * 6;
}

/* Rules at the end separate the article from the next one, and only there. */
static size_t drop_separators(pn_page *pg, size_t first, size_t stop) {
    while (stop > first && pg->line[stop - 1].is & PN_LINE_RULE) pg->role[--stop] = PN_ROLE_SEPARATOR;
    return stop;
}

static void take_body(pn_page *pg, size_t first, size_t stop) {
    if (pg->followed && stop == pg->n) stop = drop_separators(pg, first, stop);
    size_t adjacent = 0;               /* lines without a blank one above them */
    for (size_t i = first; i < stop; i++) {
        const pn_page_line *l = &pg->line[i];
        pg->role[i] = PN_ROLE_BODY;
        adjacent += i > first && l->no == l[-1].no + 1;
        if (l->is & PN_LINE_TAGS) pn_page_remark(pg, "tags_marker_in_body", PN_INFO, l);
        if (l->is & PN_LINE_RELATED) pn_page_remark(pg, "related_marker_in_body", PN_INFO, l);
        if (l->len > PN_PAGE_LINE_MAX) pn_page_remark(pg, "line_too_long", PN_WARN, l);
    }
    *pg->steps += stop - first;
    bool wrapped = is_wrapped(pg, first, stop, adjacent);
    if (wrapped) pn_page_remark(pg, "hard_wrapped", PN_INFO, &pg->line[first]);
    if (first == stop) pn_page_remark(pg, "empty_body", PN_WARN, &pg->line[PN_MIN(first, pg->n - 1)]);
    else pg->doc.body = pn_page_join(pg, first, stop, wrapped ? PN_JOIN_WRAPPED : PN_JOIN_PARAGRAPHS);
}

static void take_lines(page_source *s) {
    pn_page *pg = &s->page;
    size_t rest = pn_page_take_head(pg, s->head, s->date);
    const pn_page_line *top = &pg->line[PN_MIN(s->head, pg->n - 1)];
    size_t related = pn_page_find_related(pg, rest);
    size_t end = related == PN_PAGE_NO_LINE ? pg->n : related;
    size_t tags = pn_page_find_tags(pg, rest, end);
    take_body(pg, rest, tags == PN_PAGE_NO_LINE ? end : tags);
    if (tags == PN_PAGE_NO_LINE) pn_page_remark(pg, "no_tags_section", PN_INFO, top);
    else pn_page_take_tags(pg, tags, end);
    if (related == PN_PAGE_NO_LINE) pn_page_remark(pg, "no_related_section", PN_INFO, top);
    else pn_page_take_related(pg, related);
    pn_page_put_roles(pg);
}

static void start_page(page_source *s) {
    pn_page old = s->page;
    pn_arena_reset(&s->arena);
    s->page = (pn_page){ .line = s->line, .n = s->next, .followed = !s->done, .arena = &s->arena, .steps = &s->steps, .authors = old.authors,
                         .tags = old.tags, .remarks = old.remarks, .cap_remarks = old.cap_remarks };
    s->page.authors.n = s->page.tags.n = 0;
    s->page.doc = (pn_doc){ .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE, .offset = begin_of(s) };
    s->page.doc.length = (s->done ? s->end : s->line[s->next].at) - s->page.doc.offset;
}

static void skip_record(pn_page *pg, const char *code, pn_severity severity, const pn_page_line *l) {
    pg->doc.skipped = true;
    pn_page_remark(pg, code, severity, l);
}

/* Of what was remarked on its lines nothing is left. */
static void refuse_large(page_source *s, size_t remarks, const char *why) {
    pn_page *pg = &s->page;
    pg->n_remarks = remarks;
    pg->doc = (pn_doc){ .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE, .offset = pg->doc.offset, .length = pg->doc.length, .skipped = true };
    pn_page_add_remark(pg, (pn_diag){ .code = "article_too_large", .severity = PN_ERROR, .line = s->first.no, .offset = s->first.at, .excerpt = pn_bytes_cstr(why) });
}

static void take_article(page_source *s) {
    size_t remarks = s->page.n_remarks;
    take_lines(s);
    const char *why = pn_doc_why_too_large(&s->page.doc);
    if (why) refuse_large(s, remarks, why);
}

static void make_record(page_source *s) {
    pn_page *pg = &s->page;
    start_page(s);
    if (!s->any) remark_input(s);
    else pn_page_add_remark(pg, (pn_diag){ .code = "split_by", .line = s->first.no, .offset = s->first.at, .excerpt = s->rule });
    if (s->too_large) {
        skip_record(pg, "article_too_large", PN_ERROR, &s->first);
    } else if (pg->n == 0) {
        skip_record(pg, "empty_input", PN_WARN, NULL);
    } else {
        pg->role = pn_arena_take0(&s->arena, pg->n, 1);
        if (!pg->role) { pg->no_memory = true; return; }
        pg->doc.source = s->opts.source;
        take_article(s);
    }
    pg->doc.diags = pg->remarks;
    pg->doc.n_diags = pg->n_remarks;
}

/* ---- the source */

static pn_status next_record(void *self, const pn_doc **out, pn_error *err) {
    page_source *s = self;
    *out = NULL;
    if (s->failed != PN_OK) return pn_fail(err, s->failed, "the pages of this text were given up");
    if (s->done) return PN_OK;
    if (s->any) begin_next(s);
    pn_status rc = read_article(s, err);
    if (rc == PN_OK) make_record(s);
    if (rc == PN_OK && s->page.no_memory) rc = pn_fail(err, PN_ENOMEM, "no memory for an article");
    s->failed = rc;
    PN_TRY(rc);
    s->any = true;
    *out = &s->page.doc;
    return PN_OK;
}

static void close_source(void *self) {
    page_source *s = self;
    pn_buf_fini(&s->cleaned);
    pn_arena_fini(&s->arena);
    pn_free(s->line);
    pn_free(s->page.authors.at);
    pn_free(s->page.tags.at);
    pn_free(s->page.remarks);
    pn_free(s);
}

uint64_t pn_page_text_steps(const pn_doc_source *s) { return ((const page_source *)s->self)->steps; }

static pn_status read_text(page_source *s, pn_error *err) {
    pn_bytes text = s->raw, raw = s->raw;
    bool clean;
    PN_TRY(pn_text_is_clean(raw, s->opts.tick, &clean, err));
    if (!clean) {
        PN_TRY(pn_text_clean(&s->cleaned, raw, s->opts.tick, &s->report, err));
        text = pn_buf_bytes(&s->cleaned);
        if (s->report.utf16) raw = PN_BYTES_NONE;
    }
    s->end = raw.ptr ? raw.len : text.len;
    pn_page_reader_init(&s->reader, text, raw);
    return PN_OK;
}

pn_status pn_page_text_source(pn_bytes raw, const pn_page_text_opts *opts, pn_doc_source *out, pn_error *err) {
    page_source *s = pn_calloc(1, sizeof *s);
    if (!s) return pn_fail(err, PN_ENOMEM, "no memory for a page reader");
    s->raw = raw;
    if (opts) s->opts = *opts;
    s->date = PN_PAGE_NO_LINE;
    pn_status rc = read_text(s, err);
    if (rc != PN_OK) close_source(s);
    else *out = (pn_doc_source){ .self = s, .next = next_record, .close = close_source };
    return rc;
}
