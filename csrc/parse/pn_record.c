#include "parse/pn_record.h"
#include "base/pn_alloc.h"
#include "text/pn_url.h"
#include "text/pn_utf8.h"

enum { EXCERPT_MAX = 120, PLACE_MAX = 48 };

/* --- remarks */

bool pn_record_remark(pn_record *r, const char *code, pn_severity severity, const uint8_t *where, pn_bytes excerpt) {
    void *p = r->diags;
    if (severity != PN_ERROR && r->n_diags >= PN_RECORD_REMARKS_MAX) return true;
    if (severity != PN_ERROR && r->n_diags == PN_RECORD_REMARKS_MAX - 1) { code = "more_diagnostics"; severity = PN_INFO; excerpt = PN_BYTES_NONE; }
    if (!pn_grow(&p, &r->cap_diags, r->n_diags + 1, sizeof *r->diags)) return false;
    r->diags = p;
    if (excerpt.len) excerpt.len = pn_utf8_cut(excerpt, EXCERPT_MAX);
    r->diags[r->n_diags++] = (pn_diag){ code, severity, r->line, r->offset + (uint64_t)(where - r->text.ptr), excerpt };
    return true;
}

static void begin(pn_record *r, pn_bytes text, uint64_t offset, uint32_t line) {
    pn_arena_reset(&r->arena);
    r->texts.arena = &r->arena;
    r->texts.nul_removed = r->has_too_many = false;
    r->stop = (pn_stop){ .pace = { r->opts->tick, 0 } };
    r->texts.stop = &r->stop;
    r->n_members = r->n_diags = r->n_related = 0;
    memset(r->places, 0, sizeof r->places);
    r->text = text;
    r->offset = offset;
    r->line = line;
    r->doc = (pn_doc){ .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE, .offset = offset, .length = text.len };
}

/* "why: text of the place", the text up to its first byte that is not printable UTF-8. */
static bool describe(pn_record *r, size_t at, const char *why, pn_bytes *out) {
    pn_bytes place = pn_bytes_of(r->text.ptr + at, PN_MIN(r->text.len - at, (size_t)PLACE_MAX + 4));
    place.len = pn_utf8_valid_prefix(place);
    place.len = pn_utf8_cut(place, PLACE_MAX);
    for (size_t i = 0; i < place.len; i++)
        if (place.ptr[i] < 0x20) place.len = i;
    size_t n = why ? PN_MIN(strlen(why), (size_t)EXCERPT_MAX - PLACE_MAX - 2) : 0;
    uint8_t *p = pn_arena_take(&r->arena, n + 2 + place.len);
    if (!p) return false;
    if (n) memcpy(p, why, n);
    if (n && place.len) { memcpy(p + n, ": ", 2); n += 2; }
    if (place.len) memcpy(p + n, place.ptr, place.len);
    *out = pn_bytes_of(p, n + place.len);
    return true;
}

static bool refuse(pn_record *r, const char *code, size_t at, const char *why) {
    pn_bytes excerpt;
    r->n_diags = 0;
    if (!describe(r, at, why, &excerpt) || !pn_record_remark(r, code, PN_ERROR, r->text.ptr + at, excerpt)) return false;
    r->doc = (pn_doc){ .date = PN_WHEN_NONE, .modified = PN_WHEN_NONE, .offset = r->offset, .length = r->text.len,
                       .diags = r->diags, .n_diags = r->n_diags, .skipped = true };
    return true;
}

/* --- members */

static bool is_ours(uint8_t field) { return field > PN_FIELD_NONE && field < PN_FIELD_LEFT_OUT; }

/* Gives the member its place; of two with one name the later one counts, as in most readers of JSON. */
static bool settle(pn_record *r, pn_member *m, size_t index) {
    uint32_t *place = &r->places[m->field][m->rank];
    bool repeated = *place && pn_bytes_equal(r->members[*place - 1].path, m->path);
    if (repeated) r->members[*place - 1].used = true;
    if (index < UINT32_MAX) *place = (uint32_t)index + 1;
    return !repeated || pn_record_remark(r, "duplicate_key", PN_WARN, m->key.ptr, m->path);
}

static bool add_member(pn_record *r, const pn_member *m) {
    void *p = r->members;
    if (!pn_grow(&p, &r->cap_members, r->n_members + 1, sizeof *r->members)) return false;
    r->members = p;
    r->members[r->n_members] = *m;
    r->n_members++;
    return !is_ours(m->field) || settle(r, &r->members[r->n_members - 1], r->n_members - 1);
}

static bool join_path(pn_record *r, pn_bytes outer, pn_bytes name, pn_bytes *out) {
    *out = name;
    if (!outer.ptr) return true;
    uint8_t *p = pn_arena_take(&r->arena, outer.len + 1 + name.len);
    if (!p) return false;
    memcpy(p, outer.ptr, outer.len);
    p[outer.len] = '.';
    if (name.len) memcpy(p + outer.len + 1, name.ptr, name.len);
    *out = pn_bytes_of(p, outer.len + 1 + name.len);
    return true;
}

/* The key just read, with its quotes: it starts at the first quote behind `before` and ends in front of the colon. */
static pn_bytes key_as_written(const pn_json *j, const uint8_t *before) {
    const uint8_t *from = memchr(before, '"', (size_t)(j->p - before)), *to = j->p - 1;
    while (to[-1] != '"') to--;
    return pn_bytes_of(from, (size_t)(to - from));
}

/* Reads the members of the object that was just opened; the event behind them is the result, OBJECT_END if all is well. */
static pn_json_event read_members(pn_record *r, pn_json *j, pn_bytes outer) {
    for (;;) {
        const uint8_t *before = j->p;
        pn_json_event e = pn_json_next(j);
        if (e != PN_JSON_KEY) return e;
        pn_member m = { .key = key_as_written(j, before), .inner = outer.ptr != NULL };
        if (!join_path(r, outer, j->text, &m.path)) { j->no_memory = true; return PN_JSON_ERROR; }
        if (!pn_json_skip(j, e, &m.value)) return PN_JSON_ERROR;
        pn_field_place place = pn_field_find(m.path, r->opts->fields, r->opts->n_fields);
        m.field = place.field;
        m.rank = place.rank;
        if (!add_member(r, &m)) { j->no_memory = true; return PN_JSON_ERROR; }
    }
}

/* Looks into the objects that known names lead into; what is found there is looked into in turn. */
static bool read_inner(pn_record *r) {
    for (size_t i = 0; i < r->n_members; i++) {
        pn_member m = r->members[i];
        if (m.value.ptr[0] != '{' || !pn_field_has_inner(m.path, r->opts->fields, r->opts->n_fields)) continue;
        pn_json j;
        pn_json_init(&j, m.value, &r->arena);
        j.stop = &r->stop;
        if (pn_json_next(&j) == PN_JSON_OBJECT) (void)read_members(r, &j, m.path);
        if (j.no_memory) return false;
    }
    return true;
}

/* --- choosing.  Members of a field by preference: for (m = first(r, f); m; m = next(r, m)) */

static pn_member *member_from(pn_record *r, unsigned field, unsigned rank) {
    for (; rank < PN_RANK_COUNT; rank++)
        if (r->places[field][rank]) return &r->members[r->places[field][rank] - 1];
    return NULL;
}
static pn_member *first(pn_record *r, pn_field field) { return member_from(r, field, 0); }
static pn_member *next(pn_record *r, const pn_member *m) { return member_from(r, m->field, m->rank + 1u); }

/* A value that was taken whole.  Of a list or an object a part may be left: those stay in extra, too. */
static bool is_taken_whole(const pn_texts *t, pn_bytes value) {
    return t->n == 1 && value.ptr[0] != '{' && (value.ptr[0] == '"' || !memchr(value.ptr, '{', value.len));
}

static bool remark_unusable(pn_record *r, const pn_member *m) {
    if (m->value.ptr[0] == '"' || pn_value_is_empty(m->value)) return true;
    return pn_record_remark(r, "field_not_understood", PN_WARN, m->key.ptr, m->path);
}

static bool take_text(pn_record *r, pn_field field, pn_bytes *out) {
    for (pn_member *m = first(r, field); m; m = next(r, m)) {
        if (!pn_texts_read(&r->texts, m->value, field == PN_FIELD_SECTION ? PN_LIST_TEXT : PN_ONE_TEXT)) return false;
        if (r->texts.n) {
            *out = r->texts.at[0];
            m->used = is_taken_whole(&r->texts, m->value);
            return true;
        }
        if (!remark_unusable(r, m)) return false;
    }
    return true;
}

/* Text that may come in pieces (a list of paragraphs). */
static bool take_running(pn_record *r, pn_field field, const char *between, pn_bytes *out) {
    for (pn_member *m = first(r, field); m && !out->ptr; m = next(r, m)) {
        if (m->value.ptr[0] == '"') {
            if (!pn_texts_whole(&r->texts, m->value, out)) return false;
        } else if (!pn_texts_read_body(&r->texts, m->value) || !pn_texts_join(&r->texts, between, out)) {
            return false;
        }
        if (out->ptr) m->used = true;
        else if (!remark_unusable(r, m)) return false;
    }
    return true;
}

static bool take_list(pn_record *r, pn_field field, pn_split how, const pn_bytes **out, size_t *n) {
    for (pn_member *m = first(r, field); m; m = next(r, m)) {
        if (field == PN_FIELD_TAGS && (m->value.ptr[0] == '[' || m->value.ptr[0] == '"')) r->doc.tags_present = true;
        if (!pn_texts_read(&r->texts, m->value, how)) return false;
        if (r->texts.n == 0) {
            if (!remark_unusable(r, m)) return false;
            continue;
        }
        if (r->texts.n > PN_WRITTEN_MAX) { r->has_too_many = true; return true; }
        if (!pn_texts_drop_repeats(&r->texts)) return false;
        pn_bytes *list = pn_arena_take(&r->arena, r->texts.n * sizeof *list);
        if (!list) return false;
        memcpy(list, r->texts.at, r->texts.n * sizeof *list);
        *out = list;
        *n = r->texts.n;
        m->used = true;
        return true;
    }
    return true;
}

static bool take_related(pn_record *r) {
    for (pn_member *m = first(r, PN_FIELD_RELATED); m && !r->n_related; m = next(r, m)) {
        if (m->value.ptr[0] == '[') r->doc.related_present = true;
        if (!pn_record_related(r, m->value)) return false;
        m->used = r->n_related != 0;
        if (!m->used && !remark_unusable(r, m)) return false;
    }
    r->doc.related = r->related;
    r->doc.n_related = r->n_related;
    if (r->n_related) r->doc.related_present = true;
    return true;
}

/* --- outlet */

static bool has_scheme(pn_bytes s) {
    for (size_t i = 0; i + 3 <= s.len; i++)
        if (memcmp(s.ptr + i, "://", 3) == 0) return true;
    return false;
}

static bool outlet_of_url(pn_record *r) {
    pn_bytes host = pn_url_outlet(r->doc.url);
    uint8_t *p = pn_arena_take(&r->arena, host.len);
    if (!p) return false;
    for (size_t i = 0; i < host.len; i++) p[i] = host.ptr[i] >= 'A' && host.ptr[i] <= 'Z' ? host.ptr[i] | 0x20 : host.ptr[i];
    if (host.len) r->doc.source = pn_bytes_of(p, host.len);
    return true;
}

/* Some tools write the address of the page into "source": that one serves as URL where there is no other. */
static bool take_source(pn_record *r) {
    pn_bytes found = r->opts->source;
    for (pn_member *m = first(r, PN_FIELD_SOURCE); m; m = next(r, m)) {
        if (!pn_texts_read(&r->texts, m->value, PN_ONE_TEXT)) return false;
        if (r->texts.n == 0) {
            if (!remark_unusable(r, m)) return false;
            continue;
        }
        pn_bytes text = r->texts.at[0], *place = has_scheme(text) ? &r->doc.url : &found;
        if (!place->ptr) *place = text;
        m->used = is_taken_whole(&r->texts, m->value) && pn_bytes_equal(*place, text);
    }
    r->doc.source = found;
    return found.ptr || !r->doc.url.ptr || outlet_of_url(r);
}

/* --- dates */

bool pn_record_date(pn_record *r, pn_bytes value, pn_when *when, pn_bytes *text, pn_date_result *result) {
    *when = PN_WHEN_NONE;
    *text = PN_BYTES_NONE;
    *result = PN_DATE_EMPTY;
    if (!pn_texts_read(&r->texts, value, PN_ONE_TEXT)) return false;
    if (r->texts.n == 0) return true;
    pn_date_opts opts = r->opts->dates;
    if (value.ptr[0] != '"') opts.allow_epoch = true;           /* a bare number is a time of a machine */
    *text = r->texts.at[0];
    *result = pn_date_parse(*text, &opts, when);
    return true;
}

/* True when b is the date a with a clock time or a zone that a lacks. */
static bool refines(const pn_when *a, const pn_when *b) {
    if (a->day != b->day || a->precision < PN_PREC_DAY || b->precision != PN_PREC_SECOND) return false;
    return a->precision == PN_PREC_DAY || (a->second == b->second && a->offset == PN_OFFSET_NONE && b->offset != PN_OFFSET_NONE);
}

/* `date`, `date_raw`, `ts` and `day` tell one date: the others may complete the one that was taken and are done with when they agree. */
static bool take_siblings(pn_record *r, const pn_member *taken, pn_when *date) {
    for (pn_member *m = first(r, PN_FIELD_DATE); m; m = next(r, m)) {
        if (m == taken || !pn_field_is_own_date(m->rank)) continue;
        pn_when when;
        pn_bytes text;
        pn_date_result result;
        if (!pn_record_date(r, m->value, &when, &text, &result)) return false;
        if (result != PN_DATE_OK || when.day != date->day || when.precision < PN_PREC_DAY) continue;
        m->used = true;
        if (!refines(date, &when)) continue;
        when.flags = (uint8_t)((when.flags & ~PN_WHEN_AMBIGUOUS) | (date->flags & PN_WHEN_AMBIGUOUS));
        *date = when;
    }
    return true;
}

static bool remark_doubts(pn_record *r, const pn_member *m, const pn_when *when, pn_bytes text) {
    static const struct { uint8_t flag; const char *code; pn_severity severity; } doubts[] = {
        { PN_WHEN_AMBIGUOUS, "ambiguous_day_month", PN_WARN },
        { PN_WHEN_TZ_AMBIGUOUS, "tz_ambiguous", PN_INFO },
        { PN_WHEN_TZ_UNKNOWN, "tz_unknown", PN_WARN },
    };
    for (size_t i = 0; i < PN_COUNT(doubts); i++) {
        if (!(when->flags & doubts[i].flag)) continue;
        if (!pn_record_remark(r, doubts[i].code, doubts[i].severity, m->value.ptr, text)) return false;
    }
    return true;
}

/* The first member that can be read wins.  *taken and *text are that one; or where none can, the first that says anything. */
static bool take_readable(pn_record *r, pn_field field, pn_when *date, pn_member **taken, pn_bytes *text) {
    *taken = NULL;
    *text = PN_BYTES_NONE;
    for (pn_member *m = first(r, field); m; m = next(r, m)) {
        pn_bytes printed;
        pn_date_result result;
        if (!pn_record_date(r, m->value, date, &printed, &result)) return false;
        if (result == PN_DATE_OK || (printed.ptr && !*taken)) { *taken = m; *text = printed; }
        if (result == PN_DATE_OK) return true;
        const char *code = pn_date_result_code(result);
        if (code && !pn_record_remark(r, code, PN_WARN, m->value.ptr, printed)) return false;
        if (!printed.ptr && !remark_unusable(r, m)) return false;
    }
    return true;
}

static bool take_date(pn_record *r) {
    pn_member *taken;
    pn_bytes text;
    pn_doc *d = &r->doc;
    if (!take_readable(r, PN_FIELD_DATE, &d->date, &taken, &text)) return false;
    if (!taken) return true;
    taken->used = taken->value.ptr[0] != '{';
    if (d->date.precision == PN_PREC_NONE) { d->date_raw = text; return true; }
    if (pn_field_is_own_date(taken->rank) && !take_siblings(r, taken, &d->date)) return false;
    if (d->date.flags & (PN_WHEN_AMBIGUOUS | PN_WHEN_TZ_AMBIGUOUS | PN_WHEN_TZ_UNKNOWN)) d->date_raw = text;
    return remark_doubts(r, taken, &d->date, text);
}

static bool take_modified(pn_record *r) {
    pn_member *taken;
    pn_bytes text;
    pn_doc *d = &r->doc;
    if (!take_readable(r, PN_FIELD_MODIFIED, &d->modified, &taken, &text)) return false;
    if (!taken || d->modified.precision == PN_PREC_NONE) return true;
    taken->used = taken->value.ptr[0] != '{';
    bool before = d->date.precision >= PN_PREC_DAY && d->modified.precision >= PN_PREC_DAY && d->modified.day < d->date.day;
    return !before || pn_record_remark(r, "modified_before_published", PN_WARN, taken->value.ptr, text);
}

/* --- what is left */

static bool is_left(const pn_member *m) {
    if (m->inner || m->used || m->field == PN_FIELD_LEFT_OUT) return false;
    return m->field == PN_FIELD_NONE || !pn_value_is_empty(m->value);
}

static bool take_extra(pn_record *r) {
    size_t len = 1;
    for (size_t i = 0; i < r->n_members; i++)
        if (is_left(&r->members[i])) len += r->members[i].key.len + r->members[i].value.len + 2;
    if (len == 1) return true;
    uint8_t *p = pn_arena_take(&r->arena, len), *q = p;
    if (!p) return false;
    for (size_t i = 0; i < r->n_members; i++) {
        const pn_member *m = &r->members[i];
        if (!is_left(m)) continue;
        *q = q == p ? '{' : ',';
        q++;
        memcpy(q, m->key.ptr, m->key.len);
        q += m->key.len;
        *q++ = ':';
        memcpy(q, m->value.ptr, m->value.len);
        q += m->value.len;
    }
    *q++ = '}';
    r->doc.extra = pn_bytes_of(p, (size_t)(q - p));
    return true;
}

static bool take_fields(pn_record *r) {
    pn_doc *d = &r->doc;
    return take_text(r, PN_FIELD_ID, &d->id) && take_text(r, PN_FIELD_TITLE, &d->title) &&
           take_running(r, PN_FIELD_BODY, "\n\n", &d->body) && take_running(r, PN_FIELD_TEASER, " ", &d->teaser) &&
           take_text(r, PN_FIELD_SECTION, &d->section) && take_text(r, PN_FIELD_URL, &d->url) && take_source(r) &&
           take_text(r, PN_FIELD_LANGUAGE, &d->language) &&
           take_list(r, PN_FIELD_AUTHORS, PN_AUTHOR_TEXT, &d->authors, &d->n_authors) &&
           take_list(r, PN_FIELD_TAGS, PN_TAG_TEXT, &d->tags, &d->n_tags) && take_date(r) && take_modified(r) &&
           take_related(r) && take_extra(r);
}

static bool remark_gaps(pn_record *r) {
    const pn_doc *d = &r->doc;
    bool dated = d->date.precision != PN_PREC_NONE || d->date_raw.ptr;
    if (!d->title.ptr && !pn_record_remark(r, "missing_title", PN_ERROR, r->text.ptr, PN_BYTES_NONE)) return false;
    if (!dated && !pn_record_remark(r, "missing_date", PN_WARN, r->text.ptr, PN_BYTES_NONE)) return false;
    return !r->texts.nul_removed || pn_record_remark(r, "nul_removed", PN_WARN, r->text.ptr, PN_BYTES_NONE);
}

/* --- the record */

/* The text is no object, or none that can be read: says which and where. */
static bool refuse_text(pn_record *r, pn_json *j, pn_json_event e) {
    while (e != PN_JSON_ERROR && e != PN_JSON_END) e = pn_json_next(j);
    if (j->no_memory) return false;
    if (e == PN_JSON_END) return refuse(r, "not_an_object", 0, NULL);
    return refuse(r, "bad_json", j->error_at, j->error);
}

static bool read_record(pn_record *r) {
    pn_json j;
    pn_json_init(&j, r->text, &r->arena);
    j.stop = &r->stop;
    pn_json_event e = pn_json_next(&j);
    if (e != PN_JSON_OBJECT) return refuse_text(r, &j, e);
    e = read_members(r, &j, PN_BYTES_NONE);
    if (e == PN_JSON_OBJECT_END) e = pn_json_next(&j);
    if (j.no_memory) return false;
    if (e == PN_JSON_ERROR) return refuse_text(r, &j, e);
    if (!read_inner(r) || !take_fields(r)) return false;
    pn_doc *d = &r->doc;
    const char *large = r->has_too_many ? "more than 1,048,576 names or entries in a list" : pn_doc_why_too_large(d);
    if (large) return refuse(r, "article_too_large", 0, large);
    if (!d->title.ptr && !d->body.ptr && !d->teaser.ptr && !d->url.ptr) return refuse(r, "empty_record", 0, NULL);
    if (!remark_gaps(r)) return false;
    d->diags = r->diags;
    d->n_diags = r->n_diags;
    return true;
}

pn_status pn_record_read(pn_record *r, pn_bytes text, uint64_t offset, uint32_t line, pn_error *err) {
    begin(r, text, offset, line);
    bool ok = read_record(r);
    if (r->stop.stopped) return pn_fail(err, PN_EINTR, "stopped by the caller");
    return ok ? PN_OK : pn_fail(err, PN_ENOMEM, "out of memory while reading a record");
}

pn_status pn_record_refuse(pn_record *r, pn_bytes text, uint64_t offset, uint32_t line, const char *code, size_t at,
                           const char *why, pn_error *err) {
    begin(r, text, offset, line);
    return refuse(r, code, at, why) ? PN_OK : pn_fail(err, PN_ENOMEM, "out of memory while reading a record");
}

void pn_record_fini(pn_record *r) {
    if (!r) return;
    pn_arena_fini(&r->arena);
    pn_texts_fini(&r->texts);
    pn_free(r->members);
    pn_free(r->diags);
    pn_free(r->related);
    *r = (pn_record){ 0 };
}
