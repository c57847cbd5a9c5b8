#include "parse/pn_sniff.h"

enum { HEAD = 4096 };

typedef struct { const char *magic; uint8_t len; uint8_t kind; } signature;
static const signature signatures[] = {
    { "\x1F\x8B\x08", 3, PN_KIND_GZIP },     { "\xFD" "7zXZ\0", 6, PN_KIND_XZ },   { "\x28\xB5\x2F\xFD", 4, PN_KIND_ZSTD },
    { "PK\3\4", 4, PN_KIND_ZIP },            { "PK\5\6", 4, PN_KIND_ZIP },         { "PK\7\10", 4, PN_KIND_ZIP },
    { "%PDF-", 5, PN_KIND_PDF },             { "PAR1", 4, PN_KIND_PARQUET },
    { "ARROW1\0\0", 8, PN_KIND_ARROW },            { "WARC/", 5, PN_KIND_WARC },
    { "filedesc://", 11, PN_KIND_WARC },     { "\xFF\xFE", 2, PN_KIND_TEXT },      { "\xFE\xFF", 2, PN_KIND_TEXT },   /* UTF-16 */
};

static const char *const names[] = { "empty", "text", "jsonl", "json_array", "gzip", "bzip2", "xz", "zstd",
                                     "html", "feed", "warc", "parquet", "arrow", "zip", "pdf", "binary" };

const char *pn_kind_name(pn_kind k) { return (size_t)k < PN_COUNT(names) ? names[k] : "unknown"; }

/* Block header of bzip2: "BZh", a level, and the first digits of pi or of its square root in hex. */
static bool is_bzip2(pn_bytes s) {
    return s.len >= 10 && memcmp(s.ptr, "BZh", 3) == 0 && s.ptr[3] >= '1' && s.ptr[3] <= '9' &&
           (memcmp(s.ptr + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 || memcmp(s.ptr + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* A frame of zstd that holds no data, as some tools put in front. */
static bool is_zstd_skippable(pn_bytes s) { return s.len >= 4 && (s.ptr[0] & 0xF0) == 0x50 && memcmp(s.ptr + 1, "\x2A\x4D\x18", 3) == 0; }

/* More than one byte in twenty is a control character that texts do not use. */
static bool is_binary(pn_bytes s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] < 0x20 && !memchr("\t\n\f\r\x1B\x1E", s.ptr[i], 6);
    return n * 20 > s.len;
}

static size_t skip_blanks(pn_bytes s, size_t at) {
    while (at < s.len && (s.ptr[at] == ' ' || (s.ptr[at] >= '\t' && s.ptr[at] <= '\r'))) at++;
    return at;
}

static bool starts_folded(pn_bytes s, const char *lower) {
    size_t n = strlen(lower);
    if (s.len < n) return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = s.ptr[i];
        if (c >= 'A' && c <= 'Z') c |= 0x20;
        if (c != (uint8_t)lower[i]) return false;
    }
    return true;
}

static bool is_html(pn_bytes s) {
    static const char *const starts[] = { "<!doctype", "<html", "<head", "<body", "<!--", "<?xml", "<meta", "<title", "<script",
                                          "<article", "<div", "<p>" };
    for (size_t i = 0; i < PN_COUNT(starts); i++)
        if (starts_folded(s, starts[i])) return true;
    return false;
}

static pn_bytes from(pn_bytes s, size_t at) { return pn_bytes_of(s.ptr + at, s.len - at); }

/* Behind the next `end` at or after `at`; the end of what is looked at where there is none. */
static size_t behind(pn_bytes s, size_t at, const char *end) {
    size_t n = strlen(end);
    for (; at < s.len && s.len - at >= n; at++)
        if (memcmp(s.ptr + at, end, n) == 0) return at + n;
    return s.len;
}

/* Where the first element of XML begins: behind declarations, instructions and comments. */
static size_t root_at(pn_bytes s) {
    size_t at = 0;
    for (;;) {
        at = skip_blanks(s, at);
        if (starts_folded(from(s, at), "<?")) at = behind(s, at, "?>");
        else if (starts_folded(from(s, at), "<!--")) at = behind(s, at, "-->");
        else if (starts_folded(from(s, at), "<!doctype")) {
            size_t end = behind(s, at, ">");
            at = memchr(s.ptr + at, '[', end - at) ? behind(s, behind(s, at, "]"), ">") : end;
        } else return at;
    }
}

/* An element's name ends at a blank, its tag's end, or where nothing more is looked at. */
static bool is_feed(pn_bytes s) {
    static const char *const roots[] = { "<rss", "<feed", "<rdf:rdf", "<atom:feed" };
    pn_bytes root = from(s, root_at(s));
    for (size_t i = 0; i < PN_COUNT(roots); i++) {
        size_t n = strlen(roots[i]);
        if (starts_folded(root, roots[i]) && (root.len == n || skip_blanks(root, n) > n || root.ptr[n] == '>')) return true;
    }
    return false;
}

/* Of text that starts with a brace or a bracket.  An object that goes on in the next line is no JSON lines: it is read as a whole. */
static pn_kind kind_of_group(pn_bytes s) {
    size_t at = skip_blanks(s, 1);
    uint8_t c = at < s.len ? s.ptr[at] : 0;
    if (s.ptr[0] == '[') return c == '{' || c == ']' ? PN_KIND_JSON_ARRAY : PN_KIND_TEXT;
    if (c != '"' && c != '}') return PN_KIND_TEXT;
    return memchr(s.ptr, '\n', at) ? PN_KIND_JSON_ARRAY : PN_KIND_JSONL;
}

pn_kind pn_sniff(pn_bytes head) {
    if (head.len > HEAD) head.len = HEAD;
    for (size_t i = 0; i < PN_COUNT(signatures); i++)
        if (pn_bytes_starts(head, pn_bytes_of(signatures[i].magic, signatures[i].len))) return (pn_kind)signatures[i].kind;
    if (is_bzip2(head)) return PN_KIND_BZIP2;
    if (is_zstd_skippable(head)) return PN_KIND_ZSTD;
    bool bom = pn_bytes_starts(head, PN_BYTES_LIT("\xEF\xBB\xBF"));
    size_t at = skip_blanks(head, bom ? 3 : 0);
    if (at == head.len) return head.len < HEAD ? PN_KIND_EMPTY : PN_KIND_TEXT;
    if (is_binary(head)) return PN_KIND_BINARY;
    pn_bytes rest = pn_bytes_of(head.ptr + at, head.len - at);
    if (rest.ptr[0] == '{' || rest.ptr[0] == '[') return kind_of_group(rest);
    return is_feed(rest) ? PN_KIND_FEED : is_html(rest) ? PN_KIND_HTML : PN_KIND_TEXT;
}
