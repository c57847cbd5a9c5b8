#include "parse/pn_values.h"
#include "base/pn_alloc.h"
#include "base/pn_buf.h"
#include "codec/pn_hash.h"
#include "parse/pn_page_blank.h"
#include "text/pn_fold.h"

/* The member that stands for a whole object, best first. */
static const char *const naming[] = { "value", "name", "main", "original", "label", "term", "title", "webTitle", "text", "$date", "$oid" };
static const char *const running[] = { "text", "content", "value", "plaintext", "paragraph" };
typedef struct { const char *const *at; size_t n; } members;
static const members naming_members = { naming, PN_COUNT(naming) }, running_members = { running, PN_COUNT(running) };

static bool is_blank(uint8_t c) { return c && c <= 0x20; }          /* NUL is removed, and said so */

static unsigned blank_in_front(const uint8_t *p, const uint8_t *end) { return is_blank(*p) ? 1 : pn_page_blank_at(p, end); }

/* Length of the blank that ends at `end`, 0 when there is none. */
static unsigned blank_at_end(const uint8_t *p, const uint8_t *end) {
    if (is_blank(end[-1])) return 1;
    for (unsigned n = 2; n <= 3; n++)
        if (end - p >= n && pn_page_blank_at(end - n, end) == n) return n;
    return 0;
}

static pn_bytes trimmed(pn_bytes s) {
    if (!s.ptr) return s;
    const uint8_t *p = s.ptr, *end = p + s.len;
    for (unsigned n; p < end && (n = blank_in_front(p, end)) != 0;) p += n;
    for (unsigned n; p < end && (n = blank_at_end(p, end)) != 0;) end -= n;
    return pn_bytes_of(p, (size_t)(end - p));
}

/* Without byte order marks in front and without NUL. */
static bool tidy(pn_texts *t, pn_bytes s, pn_bytes *out) {
    while (pn_bytes_starts(s, PN_BYTES_LIT("\xEF\xBB\xBF"))) s = pn_bytes_of(s.ptr + 3, s.len - 3);
    *out = s;
    if (!s.len || !memchr(s.ptr, 0, s.len)) return true;
    uint8_t *p = pn_arena_take(t->arena, s.len);
    if (!p) return false;
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i]) p[n++] = s.ptr[i];
    t->nul_removed = true;
    *out = pn_bytes_of(p, n);
    return true;
}

static void read_from(pn_json *j, const pn_texts *t, pn_bytes raw) {
    pn_json_init(j, raw, t->arena);
    j->stop = t->stop;
}

static bool add(pn_texts *t, pn_bytes s) {
    enum { TEXT = 16 };                                              /* steps */
    if (pn_stops(t->stop, s.len + TEXT)) return true;
    if (!tidy(t, trimmed(s), &s)) return false;
    s = trimmed(s);
    if (!s.len) return true;
    void *p = t->at;
    if (!pn_grow(&p, &t->cap, t->n + 1, sizeof *t->at)) return false;
    t->at = p;
    t->at[t->n++] = s;
    return true;
}

/* --- one string that holds a list */

static bool is_strong_separator(uint8_t c) { return c == ';' || c == '|' || c == '\n'; }

static bool has_strong_separator(pn_bytes s) {
    for (size_t i = 0; i < s.len; i++)
        if (is_strong_separator(s.ptr[i])) return true;
    return false;
}

/* "Ann Lee, Bo Chan" is two names, "Lee, Ann" is one. */
static bool has_two_words_between_commas(pn_bytes s) {
    bool word = false, two = false;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.ptr[i];
        if (c == ',') {
            if (!two) return false;
            word = two = false;
        } else if (!is_blank(c)) {
            two = two || (word && is_blank(s.ptr[i - 1]));
            word = true;
        }
    }
    return two;
}

static bool add_cut(pn_texts *t, pn_bytes s, bool at_commas) {
    size_t from = 0;
    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && !(at_commas ? s.ptr[i] == ',' : is_strong_separator(s.ptr[i]))) continue;
        if (!add(t, pn_bytes_of(s.ptr + from, i - from))) return false;
        from = i + 1;
    }
    return true;
}

/* The text between quotes of a printed list; a backslash keeps the character behind it. */
static bool add_quoted(pn_texts *t, pn_bytes s) {
    if (!s.len || !memchr(s.ptr, '\\', s.len)) return add(t, s);
    uint8_t *p = pn_arena_take(t->arena, s.len);
    if (!p) return false;
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len) i++;
        p[n++] = s.ptr[i];
    }
    return add(t, pn_bytes_of(p, n));
}

static const uint8_t *skip_blanks(const uint8_t *p, const uint8_t *end) {
    while (p < end && is_blank(*p)) p++;
    return p;
}

/* End of the quoted text that starts behind the quote at p, or NULL. */
static const uint8_t *find_quote(const uint8_t *p, const uint8_t *end) {
    uint8_t quote = *p++;
    for (; p < end && *p != quote; p++)
        if (*p == '\\') p++;
    return p < end ? p : NULL;
}

/* printed_list := "[" [ quoted { "," quoted } [","] ] "]".  *is_one says whether s is one; its texts are added then. */
static bool add_printed_list(pn_texts *t, pn_bytes s, bool *is_one) {
    *is_one = false;
    s = trimmed(s);
    if (s.len < 2 || s.ptr[0] != '[' || s.ptr[s.len - 1] != ']') return true;
    const uint8_t *p = s.ptr + 1, *end = s.ptr + s.len - 1;
    size_t before = t->n;
    for (p = skip_blanks(p, end); p < end; p = skip_blanks(p, end)) {
        const uint8_t *close = *p == '\'' || *p == '"' ? find_quote(p, end) : NULL;
        if (!close) { t->n = before; return true; }
        if (!add_quoted(t, pn_bytes_of(p + 1, (size_t)(close - p - 1)))) return false;
        p = skip_blanks(close + 1, end);
        if (p < end && *p++ != ',') { t->n = before; return true; }
    }
    *is_one = true;
    return true;
}

static bool add_string(pn_texts *t, pn_bytes s, pn_split how) {
    bool done = false;
    if (how == PN_ONE_TEXT) return add(t, s);
    if (!add_printed_list(t, s, &done) || done) return done;
    if (how == PN_LIST_TEXT) return add(t, s);
    if (pn_stops(t->stop, s.len)) return true;
    if (has_strong_separator(s)) return add_cut(t, s, false);
    if (pn_stops(t->stop, s.len)) return true;
    return how == PN_TAG_TEXT || has_two_words_between_commas(s) ? add_cut(t, s, true) : add(t, s);
}

/* --- values */

bool pn_value_is_empty(pn_bytes raw) {
    if (raw.ptr[0] == 'n') return true;
    if (!strchr("\"[{", raw.ptr[0])) return false;
    return skip_blanks(raw.ptr + 1, raw.ptr + raw.len) == raw.ptr + raw.len - 1;
}

static size_t order_of(const members *names, pn_bytes key) {
    size_t i = 0;
    while (i < names->n && !pn_bytes_equal(key, pn_bytes_cstr(names->at[i]))) i++;
    return i;
}

/* The reader stands behind OBJECT; reads to its end and adds its best member that is a string or a number. */
static bool add_object(pn_texts *t, pn_json *j, const members *names) {
    pn_bytes best = PN_BYTES_NONE, raw;
    size_t best_order = names->n;
    while (pn_json_next(j) == PN_JSON_KEY) {
        size_t order = order_of(names, j->text);
        if (order >= best_order) {
            if (!pn_json_skip(j, PN_JSON_KEY, &raw)) return false;
            continue;
        }
        pn_json_event e = pn_json_next(j);
        if (e == PN_JSON_STRING || e == PN_JSON_NUMBER) { best = j->text; best_order = order; }
        if ((e == PN_JSON_OBJECT || e == PN_JSON_ARRAY) && !pn_json_skip(j, e, &raw)) return false;
    }
    return !j->no_memory && (!best.ptr || add(t, best));
}

static bool add_list(pn_texts *t, pn_json *j, const members *names) {
    pn_bytes raw;
    for (;;) {
        pn_json_event e = pn_json_next(j);
        bool ok = true;
        if (e == PN_JSON_ARRAY_END || e == PN_JSON_ERROR) return !j->no_memory;
        if (e == PN_JSON_STRING || e == PN_JSON_NUMBER) ok = add(t, j->text);
        else if (e == PN_JSON_OBJECT) ok = add_object(t, j, names);
        else if (e == PN_JSON_ARRAY) ok = pn_json_skip(j, e, &raw);
        if (!ok) return false;
    }
}

static bool read_value(pn_texts *t, pn_bytes raw, pn_split how, const members *names) {
    pn_json j;
    t->n = 0;
    read_from(&j, t, raw);
    switch (pn_json_next(&j)) {
    case PN_JSON_STRING: return add_string(t, j.text, how);
    case PN_JSON_NUMBER: return add(t, j.text);
    case PN_JSON_ARRAY: return add_list(t, &j, names);
    case PN_JSON_OBJECT: return add_object(t, &j, names);
    default: return !j.no_memory;
    }
}

bool pn_texts_read(pn_texts *t, pn_bytes raw, pn_split how) { return read_value(t, raw, how, &naming_members); }

/* Raw value of the member `name` of the object `raw`, NONE when there is none. */
static bool find_member(pn_texts *t, pn_bytes raw, pn_bytes name, pn_bytes *out) {
    pn_json j;
    *out = PN_BYTES_NONE;
    read_from(&j, t, raw);
    if (pn_json_next(&j) != PN_JSON_OBJECT) return true;
    while (pn_json_next(&j) == PN_JSON_KEY) {
        bool found = pn_bytes_equal(j.text, name);
        pn_bytes value;
        if (!pn_json_skip(&j, PN_JSON_KEY, &value)) return false;
        if (found) *out = value;
    }
    return !j.no_memory;
}

static bool add_all_strings(pn_texts *t, pn_bytes raw) {
    pn_json j;
    read_from(&j, t, raw);
    for (;;) {
        pn_json_event e = pn_json_next(&j);
        if (e == PN_JSON_END || e == PN_JSON_ERROR) return !j.no_memory;
        if (e == PN_JSON_STRING && !add(t, j.text)) return false;
    }
}

bool pn_texts_read_body(pn_texts *t, pn_bytes raw) {
    pn_bytes sections;
    if (!find_member(t, raw, PN_BYTES_LIT("sections"), &sections)) return false;
    if (!sections.ptr) return read_value(t, raw, PN_ONE_TEXT, &running_members);
    t->n = 0;
    return add_all_strings(t, sections);
}

bool pn_texts_join(const pn_texts *t, const char *between, pn_bytes *out) {
    size_t len = 0, gap = strlen(between);
    *out = t->n ? t->at[0] : PN_BYTES_NONE;
    if (t->n < 2) return true;
    for (size_t i = 0; i < t->n; i++) len += t->at[i].len + gap;
    uint8_t *p = pn_arena_take(t->arena, len), *q = p;
    if (!p) return false;
    for (size_t i = 0; i < t->n; i++) {
        if (i) { memcpy(q, between, gap); q += gap; }
        memcpy(q, t->at[i].ptr, t->at[i].len);
        q += t->at[i].len;
    }
    *out = pn_bytes_of(p, (size_t)(q - p));
    return true;
}

bool pn_texts_whole(pn_texts *t, pn_bytes raw, pn_bytes *out) {
    pn_json j;
    *out = PN_BYTES_NONE;
    read_from(&j, t, raw);
    if (pn_json_next(&j) != PN_JSON_STRING) return !j.no_memory;
    pn_bytes s;
    if (!tidy(t, j.text, &s)) return false;
    if (trimmed(s).len) *out = s;
    return true;
}

/* --- repeats */

typedef struct { pn_buf keys; size_t *ends; uint32_t *slots; size_t n_slots; uint64_t secret; } name_set;   /* slots: index + 1 */

static pn_bytes key_of(const name_set *s, size_t i) {
    size_t from = i ? s->ends[i - 1] : 0;
    return pn_bytes_of(s->keys.ptr + from, s->ends[i] - from);
}

/* Takes the key behind the n keys of the set as key n; false when it is there already. */
static bool insert(name_set *s, size_t n) {
    s->ends[n] = s->keys.len;
    pn_bytes key = key_of(s, n);
    size_t at = (size_t)pn_hash_keyed(s->secret, key) & (s->n_slots - 1);
    while (s->slots[at]) {
        if (pn_bytes_equal(key_of(s, s->slots[at] - 1), key)) return false;
        at = (at + 1) & (s->n_slots - 1);
    }
    s->slots[at] = (uint32_t)n + 1;
    return true;
}

bool pn_texts_drop_repeats(pn_texts *t) {
    if (t->n < 2) return true;
    name_set s = { .n_slots = 4, .secret = pn_hash_key() };
    while (s.n_slots < 2 * t->n) s.n_slots *= 2;
    s.slots = pn_arena_take0(t->arena, s.n_slots, sizeof *s.slots);
    s.ends = pn_arena_take0(t->arena, t->n, sizeof *s.ends);
    size_t n = 0;
    for (size_t i = 0; s.slots && s.ends && i < t->n && s.keys.rc == PN_OK; i++) {
        enum { NAME = 64, BYTE = 4 };                                    /* steps */
        if (pn_stops(t->stop, NAME + BYTE * t->at[i].len)) break;
        size_t before = s.keys.len;
        pn_fold_name(&s.keys, t->at[i]);
        if (s.keys.rc != PN_OK) break;
        if (insert(&s, n)) t->at[n++] = t->at[i];
        else s.keys.len = before;
    }
    bool ok = s.slots && s.ends && s.keys.rc == PN_OK;
    pn_buf_fini(&s.keys);
    t->n = ok ? n : t->n;
    return ok;
}

void pn_texts_fini(pn_texts *t) {
    if (!t) return;
    pn_free(t->at);
    *t = (pn_texts){ 0 };
}
