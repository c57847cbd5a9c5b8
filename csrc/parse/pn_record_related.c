/* The list of related articles of a JSON record. */
#include "base/pn_alloc.h"
#include "parse/pn_record.h"

static pn_bytes without_end(pn_bytes s, pn_bytes end) {
    while (s.len > end.len && pn_bytes_equal(pn_bytes_of(s.ptr + s.len - end.len, end.len), end)) s.len -= end.len;
    while (s.len && s.ptr[s.len - 1] <= 0x20) s.len--;
    return s;
}

static pn_bytes without_ellipsis(pn_bytes s, bool *cut) {
    static const char *const signs[] = { "[\xE2\x80\xA6]", "[...]", "\xE2\x80\xA6", "..." };
    size_t before = s.len;
    for (size_t i = 0; i < PN_COUNT(signs); i++) s = without_end(s, pn_bytes_cstr(signs[i]));
    *cut = s.len != before;
    return s;
}

static bool is_address(pn_bytes s) {
    return pn_bytes_starts(s, PN_BYTES_LIT("http://")) || pn_bytes_starts(s, PN_BYTES_LIT("https://")) ||
           pn_bytes_starts(s, PN_BYTES_LIT("/"));
}

static bool add_entry(pn_record *r, const pn_related *entry) {
    r->has_too_many = r->has_too_many || r->n_related == PN_WRITTEN_MAX;
    if (r->has_too_many || (!entry->title.len && !entry->url.len)) return true;
    void *p = r->related;
    if (!pn_grow(&p, &r->cap_related, r->n_related + 1, sizeof *r->related)) return false;
    r->related = p;
    r->related[r->n_related++] = *entry;
    return true;
}

static bool add_text(pn_record *r, pn_bytes value) {
    if (!pn_texts_read(&r->texts, value, PN_ONE_TEXT)) return false;
    if (r->texts.n == 0) return true;
    pn_bytes s = r->texts.at[0];
    pn_related entry = { .date = PN_WHEN_NONE };
    *(is_address(s) ? &entry.url : &entry.title) = s;
    return add_entry(r, &entry);
}

/* Member of an entry -> its place, NULL for what entries do not hold. */
static pn_bytes *place_of(pn_related *entry, uint8_t field) {
    switch (field) {
    case PN_FIELD_TITLE: return &entry->title;
    case PN_FIELD_TEASER: return &entry->teaser;
    case PN_FIELD_SECTION: return &entry->category;
    case PN_FIELD_URL: return &entry->url;
    default: return NULL;
    }
}

static bool set_member(pn_record *r, pn_related *entry, uint8_t field, pn_bytes value, bool *set) {
    *set = false;
    if (field == PN_FIELD_DATE) {
        pn_date_result result;
        pn_bytes text;
        pn_when when;
        if (!pn_record_date(r, value, &when, &text, &result)) return false;
        *set = result == PN_DATE_OK;
        if (*set) entry->date = when;
        const char *code = pn_date_result_code(result);
        return !code || pn_record_remark(r, code, PN_WARN, value.ptr, text);
    }
    if (!pn_texts_read(&r->texts, value, PN_ONE_TEXT)) return false;
    if (r->texts.n == 0) return true;
    *place_of(entry, field) = r->texts.at[0];
    *set = true;
    return true;
}

static bool add_object(pn_record *r, pn_bytes object) {
    pn_related entry = { .date = PN_WHEN_NONE };
    uint8_t best[PN_FIELD_COUNT];
    memset(best, PN_RANK_COUNT, sizeof best);
    pn_json j;
    pn_json_init(&j, object, &r->arena);
    j.stop = &r->stop;
    if (pn_json_next(&j) != PN_JSON_OBJECT) return !j.no_memory;
    while (pn_json_next(&j) == PN_JSON_KEY) {
        pn_field_place place = pn_field_find(j.text, NULL, 0);
        pn_bytes value;
        bool set;
        if (!pn_json_skip(&j, PN_JSON_KEY, &value)) return false;
        if ((place.field != PN_FIELD_DATE && !place_of(&entry, place.field)) || place.rank >= best[place.field]) continue;
        if (!set_member(r, &entry, place.field, value, &set)) return false;
        if (set) best[place.field] = place.rank;
    }
    if (j.no_memory) return false;
    entry.teaser = without_ellipsis(entry.teaser, &entry.truncated);
    return add_entry(r, &entry);
}

static bool add_value(pn_record *r, pn_bytes value) { return value.ptr[0] == '{' ? add_object(r, value) : add_text(r, value); }

bool pn_record_related(pn_record *r, pn_bytes value) {
    if (value.ptr[0] != '[') return add_value(r, value);
    pn_json j;
    pn_json_init(&j, value, NULL);
    j.stop = &r->stop;
    if (pn_json_next(&j) != PN_JSON_ARRAY) return true;
    for (;;) {
        const uint8_t *from = j.p;
        while (from < j.end && strchr(" \n\r\t,", *from)) from++;     /* where the next element starts: the text was checked */
        pn_json_event e = pn_json_next(&j);
        pn_bytes raw = pn_bytes_of(from, (size_t)(j.p - from));
        if (e == PN_JSON_ARRAY_END || e == PN_JSON_ERROR) return true;
        if ((e == PN_JSON_OBJECT || e == PN_JSON_ARRAY) && !pn_json_skip(&j, e, &raw)) return false;
        if (!add_value(r, raw)) return false;
    }
}
