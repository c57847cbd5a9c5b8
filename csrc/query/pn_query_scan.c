#include "query/pn_query_scan.h"
#include "query/pn_fuzzy.h"

typedef enum { NUMBER_NEVER, NUMBER_MAYBE, NUMBER_ALWAYS } takes_number;
static const struct { const char *name; pn_query_field field; takes_number number; const char *advice; } fields[] = {
    { "title", PN_QF_TITLE, NUMBER_NEVER, "title" },       { "body", PN_QF_BODY, NUMBER_NEVER, "body" },
    { "lead", PN_QF_LEAD, NUMBER_MAYBE, "lead" },          { "atleast", PN_QF_ATLEAST, NUMBER_ALWAYS, "atleast5" },
    { "repeat", PN_QF_ATLEAST, NUMBER_ALWAYS, "repeat5" }, { "near", PN_QF_NEAR, NUMBER_ALWAYS, "near5" },
    { "tag", PN_QF_TAG, NUMBER_NEVER, "tag" },             { "section", PN_QF_SECTION, NUMBER_NEVER, "section" },
    { "source", PN_QF_SOURCE, NUMBER_NEVER, "source" },    { "author", PN_QF_AUTHOR, NUMBER_NEVER, "author" },
    { "lang", PN_QF_LANG, NUMBER_NEVER, "lang" },          { "language", PN_QF_LANG, NUMBER_NEVER, "language" },
    { "url", PN_QF_URL, NUMBER_NEVER, "url" },             { "date", PN_QF_DATE, NUMBER_NEVER, "date" },
    { "id", PN_QF_ID, NUMBER_NEVER, "id" },                { "length", PN_QF_LENGTH, NUMBER_NEVER, "length" },
    { "links_to", PN_QF_LINKS_TO, NUMBER_NEVER, "links_to" }, { "linked_from", PN_QF_LINKED_FROM, NUMBER_NEVER, "linked_from" },
    { "like", PN_QF_LIKE, NUMBER_MAYBE, "like" } };
/* What other systems call them. */
static const struct { const char *name, *advice; } others[] = {
    { "headline", "title" }, { "hlead", "lead" }, { "text", "body" }, { "content", "body" }, { "byline", "author" }, { "by", "author" }, { "outlet", "source" },
    { "domain", "source" }, { "publication", "source" }, { "keyword", "tag" }, { "topic", "tag" }, { "subject", "tag" }, { "category", "section" },
    { "published", "date" }, { "day", "date" }, { "year", "date" }, { "words", "length" }, { "wordcount", "length" }, { "link", "url" } };
/* What began with a mark ends with one of its kind: others inside are text, as in "OAO <<Gazprom>>". */
typedef enum { NO_QUOTE, STRAIGHT, CURLY, ANGLE } quote_kind;
static const struct { const char *bytes; uint8_t len; quote_kind kind; } quotes[] = {
    { "\"", 1, STRAIGHT }, { "\xE2\x80\x9C", 3, CURLY }, { "\xE2\x80\x9D", 3, CURLY }, { "\xE2\x80\x9E", 3, CURLY }, { "\xC2\xAB", 2, ANGLE }, { "\xC2\xBB", 2, ANGLE } };

/* Kind of the quotation mark at `at`, and its length. */
static quote_kind quote_kind_at(pn_bytes s, size_t at, size_t *len) {
    for (size_t i = 0; i < PN_COUNT(quotes); i++) {
        *len = quotes[i].len;
        if (s.len - at >= *len && memcmp(s.ptr + at, quotes[i].bytes, *len) == 0) return quotes[i].kind;
    }
    return NO_QUOTE;
}

static bool quote_at(pn_bytes s, size_t at) {
    size_t n;
    return quote_kind_at(s, at, &n) != NO_QUOTE;
}

/* Length of the blank at `at`, 0 if there is none: ASCII white space and controls, NBSP, ideographic space. */
static size_t blank_at(pn_bytes s, size_t at) {
    const uint8_t *p = s.ptr + at;
    size_t left = s.len - at;
    if (*p <= ' ') return 1;
    if (left >= 2 && p[0] == 0xC2 && p[1] == 0xA0) return 2;
    if (left >= 3 && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80) return 3;
    return 0;
}

static bool ends_bare(pn_bytes s, size_t at) { return blank_at(s, at) || quote_at(s, at) || s.ptr[at] == '(' || s.ptr[at] == ')'; }

/* --- numbers */

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* The number at *at, which moves behind it. */
static int32_t number_at(pn_bytes s, size_t *at) {
    int32_t n = 0;
    if (*at == s.len || !is_digit(s.ptr[*at])) return PN_SIGN_NO_NUMBER;
    for (; *at < s.len && is_digit(s.ptr[*at]); ++*at) n = n >= PN_SIGN_HUGE / 10 ? PN_SIGN_HUGE : n * 10 + (s.ptr[*at] - '0');
    return n;
}

/* --- fields */

static bool is_name_byte(uint8_t c) { return (c | 0x20) >= 'a' ? (c | 0x20) <= 'z' : false; }

static pn_query_field field_of(pn_bytes name, int32_t number) {
    for (size_t i = 0; i < PN_COUNT(fields); i++) {
        bool fits = fields[i].number == NUMBER_MAYBE || (fields[i].number == NUMBER_ALWAYS) == (number != PN_SIGN_NO_NUMBER);
        if (fits && pn_bytes_equal(name, pn_bytes_cstr(fields[i].name))) return fields[i].field;
    }
    return PN_QF_UNKNOWN;
}

/* After a name that is no field a colon makes one only where a value follows at once: not in "Breaking: …" and "https://…". */
static bool begins_value(pn_bytes s, size_t at) {
    if (at >= s.len) return false;
    return s.ptr[at] >= 0x80 ? !blank_at(s, at) : is_digit(s.ptr[at]) || is_name_byte(s.ptr[at]) || s.ptr[at] == '"' || s.ptr[at] == '(';
}

/* The field at *at, which moves behind its colon; false where there is none. */
static bool take_field(pn_bytes s, size_t *at, pn_sign *sign) {
    size_t end = *at;
    while (end < s.len && (is_name_byte(s.ptr[end]) || s.ptr[end] == '_')) end++;
    pn_bytes name = pn_bytes_of(s.ptr + *at, end - *at);
    int32_t number = number_at(s, &end);
    if (name.len == 0 || end == s.len || s.ptr[end] != ':') return false;
    pn_query_field field = field_of(name, number);
    if (field == PN_QF_UNKNOWN && !begins_value(s, end + 1)) return false;
    sign->field = field;
    sign->name = name;
    sign->name_number = number;
    *at = end + 1;
    return true;
}

static bool like(pn_bytes name, const char *want, uint32_t distance) {
    pn_fuzzy f;
    uint8_t small[32];
    if (name.len > sizeof small) return false;
    for (size_t i = 0; i < name.len; i++) small[i] = name.ptr[i] | 0x20;
    if (distance == 0) return pn_bytes_equal(pn_bytes_of(small, name.len), pn_bytes_cstr(want));
    pn_fuzzy_init(&f, pn_bytes_of(small, name.len), distance);
    return strlen(want) > distance + 1 && pn_fuzzy_fits(&f, pn_bytes_cstr(want));
}

const char *pn_query_field_like(pn_bytes name) {
    for (uint32_t distance = 0; distance <= PN_FUZZY_MAX; distance++) {
        for (size_t i = 0; i < PN_COUNT(fields); i++)
            if (like(name, fields[i].name, distance)) return fields[i].advice;
        for (size_t i = 0; i < PN_COUNT(others); i++)
            if (distance < PN_FUZZY_MAX && like(name, others[i].name, distance)) return others[i].advice;
    }
    return NULL;
}

/* --- parts */

/* A backslash before a quotation mark or a backslash makes it part of the text: names may hold them. */
static bool is_escape(pn_bytes s, size_t at) { return s.ptr[at] == '\\' && at + 1 < s.len && (s.ptr[at + 1] == '"' || s.ptr[at + 1] == '\\'); }

/* ~n behind the closing mark. */
static void take_slop(pn_bytes s, size_t *at, pn_sign *sign) {
    if (*at == s.len || s.ptr[*at] != '~') return;
    ++*at;
    sign->number = number_at(s, at);
    if (sign->number == PN_SIGN_NO_NUMBER) sign->kind = PN_SIGN_BAD_SLOP;
}

/* The next mark from `from` on of a kind, of any kind with NO_QUOTE; s.len without one. */
static size_t closing(pn_bytes s, size_t from, quote_kind wanted, size_t *len) {
    for (size_t i = from; i < s.len; i++) {
        quote_kind kind = quote_kind_at(s, i, len);
        if (is_escape(s, i)) i++;
        else if (kind != NO_QUOTE && (kind == wanted || wanted == NO_QUOTE)) return i;
    }
    return s.len;
}

/* Whoever mixes marks, as in "korea and a curly one, is understood where none of the first kind follows. */
static pn_sign quoted(pn_bytes s, size_t *at, pn_sign sign) {
    size_t n;
    quote_kind kind = quote_kind_at(s, *at, &n);
    size_t from = *at + n, end = closing(s, from, kind, &n);
    if (end == s.len) end = closing(s, from, NO_QUOTE, &n);
    sign.kind = end == s.len ? PN_SIGN_UNCLOSED : PN_SIGN_QUOTED;
    sign.at = end == s.len ? *at : sign.at;
    *at = PN_MIN(end + n, s.len);
    if (sign.kind == PN_SIGN_UNCLOSED) return sign;
    sign.text = pn_bytes_of(s.ptr + from, end - from);
    sign.text_at = from;
    take_slop(s, at, &sign);
    return sign;
}

/* A part that begins with a slash is a regular expression if another one ends it; without signs of one it is text, a path. */
static bool regex(pn_bytes s, size_t *at, pn_sign *sign) {
    size_t i = *at + 1;
    bool has_sign = false;
    for (; i < s.len && !blank_at(s, i) && s.ptr[i] != '/'; i++) {
        bool inner = i + 1 < s.len && !blank_at(s, i + 1);
        has_sign = has_sign || strchr("[]{}|+*^$\\", s.ptr[i]) || (s.ptr[i] == '?' && inner);
        if (s.ptr[i] == '\\' && i + 1 < s.len && !blank_at(s, i + 1)) i++;
    }
    i = PN_MIN(i, s.len);
    bool closed = i < s.len && s.ptr[i] == '/' && (i + 1 == s.len || blank_at(s, i + 1) || s.ptr[i + 1] == ')' || s.ptr[i + 1] == '(' );
    if (i == *at + 1 || (!closed && !has_sign)) return false;
    sign->kind = closed ? PN_SIGN_REGEX : PN_SIGN_UNCLOSED_REGEX;
    sign->text = pn_bytes_of(s.ptr + *at + 1, i - *at - 1);
    sign->text_at = *at + 1;
    *at = i + closed;
    return true;
}

/* NEAR/5, PRE/5, w/5, W/5. */
static void look_for_near(pn_sign *sign) {
    static const struct { const char *start; bool ordered, is_word_too; } starts[] = { { "NEAR/", false, false }, { "PRE/", true, false }, { "W/", false, true }, { "w/", false, true } };
    if (pn_bytes_equal(sign->text, PN_BYTES_LIT("NEAR"))) sign->kind = PN_SIGN_BAD_NEAR;
    for (size_t i = 0; i < PN_COUNT(starts); i++) {
        size_t at = strlen(starts[i].start);
        if (!pn_bytes_starts(sign->text, pn_bytes_cstr(starts[i].start))) continue;
        sign->number = number_at(sign->text, &at);
        bool whole = sign->number != PN_SIGN_NO_NUMBER && at == sign->text.len;
        if (!whole && starts[i].is_word_too) return;
        sign->kind = whole ? PN_SIGN_NEAR : PN_SIGN_BAD_NEAR;
        sign->ordered = starts[i].ordered;
        sign->is_word_too = starts[i].is_word_too;
    }
}

static pn_sign bare(pn_bytes s, size_t *at, pn_sign sign) {
    size_t from = *at;
    while (*at < s.len && !ends_bare(s, *at)) ++*at;
    sign.kind = PN_SIGN_BARE;
    sign.text = pn_bytes_of(s.ptr + from, *at - from);
    sign.text_at = from;
    if (sign.field) return sign;
    if (pn_bytes_equal(sign.text, PN_BYTES_LIT("AND"))) sign.kind = PN_SIGN_AND;
    if (pn_bytes_equal(sign.text, PN_BYTES_LIT("OR"))) sign.kind = PN_SIGN_OR;
    if (pn_bytes_equal(sign.text, PN_BYTES_LIT("NOT"))) sign.kind = PN_SIGN_NOT;
    look_for_near(&sign);
    return sign;
}

pn_sign pn_query_scan(pn_bytes s, size_t *at) {
    while (*at < s.len && blank_at(s, *at)) *at += blank_at(s, *at);
    pn_sign sign = { .kind = PN_SIGN_END, .at = *at, .name_number = PN_SIGN_NO_NUMBER, .number = PN_SIGN_NO_NUMBER };
    if (*at == s.len) return sign;
    take_field(s, at, &sign);
    if (pn_query_field_is_scope(sign.field) && take_field(s, at, &sign)) { sign.kind = PN_SIGN_TWO_FIELDS; return sign; }
    if (*at == s.len) { sign.kind = PN_SIGN_BARE; sign.text = pn_bytes_of(s.ptr + *at, 0); sign.text_at = *at; return sign; }
    if (s.ptr[*at] == '(' || s.ptr[*at] == ')') {
        sign.kind = s.ptr[*at] == '(' ? PN_SIGN_OPEN : PN_SIGN_CLOSE;
        ++*at;
        return sign;
    }
    if (quote_at(s, *at)) return quoted(s, at, sign);
    bool takes_regex = sign.field == PN_QF_NONE || pn_query_field_is_scope(sign.field);
    if (takes_regex && s.ptr[*at] == '/' && regex(s, at, &sign)) return sign;
    return bare(s, at, sign);
}
