#include "query/pn_query_scan.h"

static const char *const fields[] = { "title", "tag", "section", "source", "author", "lang", "language", "url", "date", "id" };
static const char *const reserved[] = { "body:", "lead:", "label:", "like:", "length:", "links_to:", "linked_from:", "regex:", "NEAR/" };
static const struct { const char *bytes; size_t len; } quotes[] = { { "\"", 1 }, { "\xE2\x80\x9C", 3 }, { "\xE2\x80\x9D", 3 }, { "\xE2\x80\x9E", 3 }, { "\xC2\xAB", 2 }, { "\xC2\xBB", 2 } };

/* Length of the quotation mark at `at`, 0 if there is none. */
static size_t quote_at(pn_bytes s, size_t at) {
    for (size_t i = 0; i < PN_COUNT(quotes); i++)
        if (s.len - at >= quotes[i].len && memcmp(s.ptr + at, quotes[i].bytes, quotes[i].len) == 0) return quotes[i].len;
    return 0;
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

static pn_bytes field_at(pn_bytes s, size_t at) {
    for (size_t i = 0; i < PN_COUNT(fields); i++) {
        size_t n = strlen(fields[i]);
        if (s.len - at > n && s.ptr[at + n] == ':' && memcmp(s.ptr + at, fields[i], n) == 0) return pn_bytes_of(s.ptr + at, n);
    }
    return PN_BYTES_NONE;
}

/* A backslash before a quotation mark or a backslash makes it part of the text: names may hold them. */
static bool is_escape(pn_bytes s, size_t at) { return s.ptr[at] == '\\' && at + 1 < s.len && (s.ptr[at + 1] == '"' || s.ptr[at + 1] == '\\'); }

static pn_sign quoted(pn_bytes s, size_t *at, pn_sign sign) {
    size_t from = *at + quote_at(s, *at);
    for (size_t i = from; i < s.len; i++) {
        size_t n = quote_at(s, i);
        if (is_escape(s, i)) i++;
        if (n == 0) continue;
        *at = i + n;
        sign.kind = PN_SIGN_QUOTED;
        sign.text = pn_bytes_of(s.ptr + from, i - from);
        return sign;
    }
    sign.kind = PN_SIGN_UNCLOSED;
    sign.at = *at;
    *at = s.len;
    return sign;
}

/* body:x, a NEAR b, near~2: an approximate word is a ~ behind it, with digits or without. */
static bool is_reserved(pn_bytes text) {
    for (size_t i = 0; i < PN_COUNT(reserved); i++)
        if (pn_bytes_starts(text, pn_bytes_cstr(reserved[i]))) return true;
    size_t end = text.len;
    while (end > 0 && text.ptr[end - 1] >= '0' && text.ptr[end - 1] <= '9') end--;
    return pn_bytes_equal(text, PN_BYTES_LIT("NEAR")) || (end > 1 && text.ptr[end - 1] == '~');
}

static pn_sign bare(pn_bytes s, size_t *at, pn_sign sign) {
    size_t from = *at;
    while (*at < s.len && !ends_bare(s, *at)) ++*at;
    sign.kind = PN_SIGN_BARE;
    sign.text = pn_bytes_of(s.ptr + from, *at - from);
    if (sign.field.ptr) return sign;
    if (pn_bytes_equal(sign.text, PN_BYTES_LIT("AND"))) sign.kind = PN_SIGN_AND;
    if (pn_bytes_equal(sign.text, PN_BYTES_LIT("OR"))) sign.kind = PN_SIGN_OR;
    if (pn_bytes_equal(sign.text, PN_BYTES_LIT("NOT"))) sign.kind = PN_SIGN_NOT;
    if (is_reserved(sign.text)) sign.kind = PN_SIGN_RESERVED;
    return sign;
}

pn_sign pn_query_scan(pn_bytes s, size_t *at) {
    while (*at < s.len && blank_at(s, *at)) *at += blank_at(s, *at);
    pn_sign sign = { .kind = PN_SIGN_END, .at = *at };
    if (*at == s.len) return sign;
    sign.field = field_at(s, *at);
    if (sign.field.ptr) *at += sign.field.len + 1;
    if (*at == s.len) { sign.kind = PN_SIGN_BARE; sign.text = pn_bytes_of(s.ptr + *at, 0); return sign; }
    if (s.ptr[*at] == '(' || s.ptr[*at] == ')') {
        sign.kind = s.ptr[*at] == '(' ? PN_SIGN_OPEN : PN_SIGN_CLOSE;
        ++*at;
        return sign;
    }
    return quote_at(s, *at) ? quoted(s, at, sign) : bare(s, at, sign);
}
