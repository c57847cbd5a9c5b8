#include "parse/pn_record_out.h"

enum { ID, TITLE, DATE, DATE_RAW, MODIFIED, SECTION, SOURCE, AUTHORS, URL, LANG, SUMMARY, BODY, RELATED, TAGS, N_NAMES };

static const char *const openings[N_NAMES] = { "\"id\": ", "\"title\": ", "\"date\": ", "\"date_raw\": ", "\"modified\": ", "\"section\": ", "\"source\": ", "\"authors\": ",
                                               "\"url\": ", "\"lang\": ", "\"summary\": ", "\"body\": ", "\"related\": ", "\"tags\": " };

/* --- members */

static void separate(pn_record_out *r) {
    pn_json_put(r->out, r->any ? PN_BYTES_LIT(", ") : PN_BYTES_LIT("{"));
    r->any = true;
}

static void put_name(pn_record_out *r, int name) {
    separate(r);
    pn_json_put(r->out, pn_bytes_cstr(openings[name]));
    r->named |= 1u << name;
}

static void put_text(pn_record_out *r, int name, pn_bytes s) {
    if (!s.len) return;
    put_name(r, name);
    pn_json_put_text(r->out, s);
}

static void put_list(pn_record_out *r, int name, const pn_bytes *texts, size_t n) {
    put_name(r, name);
    pn_json_put(r->out, PN_BYTES_LIT("["));
    for (size_t i = 0; i < n; i++) {
        if (i) pn_json_put(r->out, PN_BYTES_LIT(", "));
        pn_json_put_text(r->out, texts[i]);
    }
    pn_json_put(r->out, PN_BYTES_LIT("]"));
}

/* --- dates */

/* As far as it was printed, in ISO 8601: of a clock time with the seconds, the offset in digits. */
static pn_bytes date_text(const pn_when *w, char text[PN_WHEN_TEXT + 8]) {
    pn_when whole = *w;
    whole.flags = 0;
    size_t n = pn_when_print(&whole, text);
    if (n && text[n - 1] == 'Z') {
        memcpy(text + n - 1, "+00:00", 6);
        n += 5;
    }
    return pn_bytes_of(text, n);
}

static void put_date(pn_record_out *r, int name, const pn_when *w) {
    char text[PN_WHEN_TEXT + 8];
    put_text(r, name, date_text(w, text));
}

/* --- related entries */

static void put_entry_text(pn_json_out *out, const char *name, pn_bytes s, bool *any) {
    if (!s.len) return;
    if (*any) pn_json_put(out, PN_BYTES_LIT(", "));
    *any = true;
    pn_json_put(out, pn_bytes_cstr(name));
    pn_json_put_text(out, s);
}

static void put_entry(pn_json_out *out, const pn_related *e) {
    char text[PN_WHEN_TEXT + 8];
    bool any = false;
    pn_json_put(out, PN_BYTES_LIT("{"));
    put_entry_text(out, "\"title\": ", e->title, &any);
    put_entry_text(out, "\"teaser\": ", e->teaser, &any);
    put_entry_text(out, "\"category\": ", e->category, &any);
    put_entry_text(out, "\"url\": ", e->url, &any);
    put_entry_text(out, "\"date\": ", date_text(&e->date, text), &any);
    pn_json_put(out, PN_BYTES_LIT("}"));
}

static void put_related(pn_record_out *r, const pn_doc *doc) {
    if (!doc->n_related) return;
    put_name(r, RELATED);
    for (size_t i = 0; i < doc->n_related; i++) {
        pn_json_put(r->out, i ? PN_BYTES_LIT(", ") : PN_BYTES_LIT("["));
        put_entry(r->out, &doc->related[i]);
    }
    pn_json_put(r->out, PN_BYTES_LIT("]"));
}

/* --- other fields: those whose name is not taken */

static bool is_taken(const pn_record_out *r, pn_bytes quoted) {
    for (int i = 0; i < N_NAMES; i++)
        if (r->named >> i & 1 && pn_bytes_equal(quoted, pn_bytes_of(openings[i], strlen(openings[i]) - 2))) return true;
    return false;
}

static pn_status put_extra(pn_record_out *r, pn_bytes extra, pn_error *err) {
    if (!extra.len || r->out->rc != PN_OK) return PN_OK;
    PN_TRY(pn_json_members_read(&r->extra, extra, r->out->pace.tick, err));
    for (size_t i = 0; i < r->extra.n; i++) {
        pn_bytes name = pn_json_member_name(&r->extra, i);
        if (is_taken(r, name)) continue;
        separate(r);
        pn_json_put(r->out, name);
        pn_json_put(r->out, PN_BYTES_LIT(": "));
        pn_json_put(r->out, pn_json_member_value(&r->extra, i));
    }
    return PN_OK;
}

/* --- the line */

static void put_fields(pn_record_out *r, pn_bytes id, const pn_doc *doc) {
    put_text(r, ID, id);
    put_text(r, TITLE, doc->title);
    put_date(r, DATE, &doc->date);
    put_text(r, DATE_RAW, doc->date_raw);
    put_date(r, MODIFIED, &doc->modified);
    put_text(r, SECTION, doc->section);
    put_text(r, SOURCE, doc->source);
    if (doc->n_authors) put_list(r, AUTHORS, doc->authors, doc->n_authors);
    put_text(r, URL, doc->url);
    put_text(r, LANG, doc->language);
    put_text(r, SUMMARY, doc->teaser);
    put_text(r, BODY, doc->body);
    put_related(r, doc);
    if (doc->tags_present) put_list(r, TAGS, doc->tags, doc->n_tags);
}

pn_status pn_record_put(pn_record_out *r, pn_bytes id, const pn_doc *doc, pn_error *err) {
    r->named = 0;
    r->any = false;
    put_fields(r, id, doc);
    PN_TRY(put_extra(r, doc->extra, err));
    pn_json_put(r->out, r->any ? PN_BYTES_LIT("}\n") : PN_BYTES_LIT("{}\n"));
    if (r->out->rc != PN_OK && err) *err = r->out->why;
    return r->out->rc;
}

void pn_record_out_fini(pn_record_out *r) { pn_json_members_fini(&r->extra); }
