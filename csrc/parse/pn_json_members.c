#include "parse/pn_json_members.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"

typedef struct pn_json_named { pn_bytes name; size_t place; } named;
typedef struct pn_json_open { size_t begin, first; bool is_object, any; } group;       /* an object or a list that was not closed yet */

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for the members of an object"); }

/* --- members of one name */

static int by_name(const void *a, const void *b) {
    const named *x = a, *y = b;
    int c = pn_bytes_compare(x->name, y->name);
    return c ? c : (x->place > y->place) - (x->place < y->place);
}

static pn_status sort_names(pn_json_members *m, size_t first, const pn_tick *tick, pn_error *err) {
    void *p = m->names;
    size_t n = m->n - first;
    if (!pn_grow(&p, &m->cap_names, n, sizeof *m->names)) return no_memory(err);
    m->names = p;
    for (size_t i = 0; i < n; i++) m->names[i] = (named){ pn_json_member_name(m, first + i), first + i };
    return pn_sort(m->names, n, sizeof *m->names, by_name, tick, err);
}

/* Gives the first of each name the value of the last; the others lose theirs. */
static bool merge_repeats(pn_json_members *m, size_t n) {
    bool any = false;
    for (size_t i = 0, next; i < n; i = next) {
        pn_json_member *kept = &m->at[m->names[i].place];
        for (next = i + 1; next < n && pn_bytes_equal(m->names[next].name, m->names[i].name); next++) {
            pn_json_member *later = &m->at[m->names[next].place];
            kept->value = later->value;
            kept->end = later->end;
            later->end = 0;
            any = true;
        }
    }
    return any;
}

static void drop_repeats(pn_json_members *m, size_t first) {
    size_t n = first;
    for (size_t i = first; i < m->n; i++)
        if (m->at[i].end) m->at[n++] = m->at[i];
    m->n = n;
}

static void put_again(pn_json_members *m, size_t begin, size_t first) {
    pn_buf_clear(&m->again);
    for (size_t i = first; i < m->n; i++) {
        pn_buf_put(&m->again, i == first ? "{" : ", ", i == first ? 1 : 2);
        pn_buf_put_bytes(&m->again, pn_json_member_name(m, i));
        pn_buf_put(&m->again, ": ", 2);
        pn_buf_put_bytes(&m->again, pn_json_member_value(m, i));
    }
    m->text.buf.len = begin;
    if (m->again.rc != PN_OK && m->text.rc == PN_OK) m->text.rc = no_memory(&m->text.why);
    pn_json_put(&m->text, pn_buf_bytes(&m->again));
    pn_json_put(&m->text, PN_BYTES_LIT("}"));
}

/* The members of the object that was just closed; one inside another needs them no more. */
static pn_status settle_members(pn_json_members *m, const group *g, const pn_tick *tick, pn_error *err) {
    if (m->text.rc != PN_OK) return PN_OK;                 /* who reads the text says why */
    PN_TRY(sort_names(m, g->first, tick, err));
    if (merge_repeats(m, m->n - g->first)) {
        drop_repeats(m, g->first);
        if (m->n_open) put_again(m, g->begin, g->first);
    }
    if (m->n_open) m->n = g->first;
    return PN_OK;
}

/* --- events of the reader */

static bool in_object(const pn_json_members *m) { return m->n_open && m->open[m->n_open - 1].is_object; }

static void separate(pn_json_members *m) {
    if (m->n_open == 0) return;
    if (m->open[m->n_open - 1].any) pn_json_put(&m->text, PN_BYTES_LIT(", "));
    m->open[m->n_open - 1].any = true;
}

static void end_value(pn_json_members *m) {
    if (in_object(m)) m->at[m->n - 1].end = m->text.buf.len;
}

static pn_status put_name(pn_json_members *m, pn_bytes name, pn_error *err) {
    void *p = m->at;
    if (!pn_grow(&p, &m->cap, m->n + 1, sizeof *m->at)) return no_memory(err);
    m->at = p;
    separate(m);
    pn_json_member *made = &m->at[m->n++];
    made->name = m->text.buf.len;
    pn_json_put_text(&m->text, name);
    made->name_end = m->text.buf.len;
    pn_json_put(&m->text, PN_BYTES_LIT(": "));
    made->value = made->end = m->text.buf.len;
    return PN_OK;
}

static pn_status put_scalar(pn_json_members *m, pn_json_event e, pn_bytes text) {
    if (!in_object(m)) separate(m);
    switch (e) {
    case PN_JSON_STRING: pn_json_put_text(&m->text, text); break;
    case PN_JSON_NUMBER: pn_json_put_number(&m->text, text); break;
    case PN_JSON_TRUE: pn_json_put(&m->text, PN_BYTES_LIT("true")); break;
    case PN_JSON_FALSE: pn_json_put(&m->text, PN_BYTES_LIT("false")); break;
    default: pn_json_put(&m->text, PN_BYTES_LIT("null")); break;
    }
    end_value(m);
    return PN_OK;
}

static pn_status open_group(pn_json_members *m, bool is_object, pn_error *err) {
    void *p = m->open;
    if (!pn_grow(&p, &m->cap_open, m->n_open + 1, sizeof *m->open)) return no_memory(err);
    m->open = p;
    if (!in_object(m)) separate(m);
    m->open[m->n_open++] = (group){ m->text.buf.len, m->n, is_object, false };
    pn_json_put(&m->text, is_object ? PN_BYTES_LIT("{") : PN_BYTES_LIT("["));
    return PN_OK;
}

static pn_status close_group(pn_json_members *m, const pn_tick *tick, pn_error *err) {
    group g = m->open[--m->n_open];
    pn_json_put(&m->text, g.is_object ? PN_BYTES_LIT("}") : PN_BYTES_LIT("]"));
    if (g.is_object) PN_TRY(settle_members(m, &g, tick, err));
    end_value(m);
    return PN_OK;
}

static pn_status take(pn_json_members *m, pn_json_event e, pn_bytes text, const pn_tick *tick, pn_error *err) {
    switch (e) {
    case PN_JSON_KEY: return put_name(m, text, err);
    case PN_JSON_OBJECT: case PN_JSON_ARRAY: return open_group(m, e == PN_JSON_OBJECT, err);
    case PN_JSON_OBJECT_END: case PN_JSON_ARRAY_END: return close_group(m, tick, err);
    default: return put_scalar(m, e, text);
    }
}

static void begin(pn_json_members *m, const pn_tick *tick) {
    pn_buf_clear(&m->text.buf);
    m->text.pace = (pn_pace){ tick, 0 };
    m->text.rc = PN_OK;
    m->n = m->n_open = 0;
    pn_arena_reset(&m->arena);
}

pn_status pn_json_members_read(pn_json_members *m, pn_bytes object, const pn_tick *tick, pn_error *err) {
    pn_json json;
    begin(m, tick);
    pn_json_init(&json, object, &m->arena);
    pn_json_event e = pn_json_next(&json);
    bool is_object = e == PN_JSON_OBJECT;
    for (; is_object && e != PN_JSON_END && e != PN_JSON_ERROR && m->text.rc == PN_OK; e = pn_json_next(&json)) PN_TRY(take(m, e, json.text, tick, err));
    if (json.no_memory) return no_memory(err);
    if (m->text.rc == PN_OK && e != PN_JSON_END) return pn_corrupt(err, "", 0, "fields of a stored article are no JSON object");
    return pn_json_hand_on(&m->text, err);
}

void pn_json_members_fini(pn_json_members *m) {
    pn_json_out_fini(&m->text);
    pn_arena_fini(&m->arena);
    pn_buf_fini(&m->again);
    pn_free(m->at);
    pn_free(m->open);
    pn_free(m->names);
    *m = (pn_json_members){ 0 };
}
