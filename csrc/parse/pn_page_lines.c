#include "parse/pn_page_lines.h"
#include "parse/pn_page_blank.h"

/* ---- reading lines */

static pn_bytes trim(pn_bytes s) {
    const uint8_t *p = s.ptr, *end = s.ptr + s.len;
    unsigned n;
    while (p < end && (n = pn_page_blank_at(p, end)) > 0) p += n;
    while (p < end) {
        const uint8_t *last = end - 1;
        while (last > p && (*last & 0xC0) == 0x80) last--;
        if (pn_page_blank_at(last, end) != (unsigned)(end - last)) break;
        end = last;
    }
    return pn_bytes_of(p, (size_t)(end - p));
}

/* The byte order marks of files that were strung together are no text. */
static pn_bytes trim_marks(pn_bytes s) {
    s = trim(s);
    while (s.len > 3 && pn_bytes_starts(s, PN_BYTES_LIT("\xEF\xBB\xBF"))) s = trim(pn_bytes_of(s.ptr + 3, s.len - 3));
    return s;
}

void pn_page_reader_init(pn_page_reader *r, pn_bytes text, pn_bytes raw) {
    *r = (pn_page_reader){ .mapped = raw.ptr && raw.ptr != text.ptr };
    pn_lines_init(&r->it, text);
    r->start = r->it.p;
    if (!r->mapped) return;
    pn_lines_init(&r->raw_it, raw);
    r->start = r->raw_it.p;
}

bool pn_page_reader_next(pn_page_reader *r, pn_page_line *out) {
    for (;;) {
        pn_bytes line, ignored;
        const uint8_t *at = r->mapped ? r->raw_it.p : r->it.p;
        if (!pn_lines_next(&r->it, &line)) return false;
        if (r->mapped) (void)pn_lines_next(&r->raw_it, &ignored);
        r->no++;
        bool broke = r->broke;
        r->broke |= r->it.ended_by == '\f' || r->it.ended_by == 0x1E;
        pn_bytes s = trim_marks(line);
        if (s.len == 0) continue;
        r->broke = r->it.ended_by == '\f' || r->it.ended_by == 0x1E;
        *out = (pn_page_line){ .p = s.ptr, .at = (uint64_t)(at - r->start), .len = (uint32_t)PN_MIN(s.len, (size_t)UINT32_MAX), .no = r->no,
                               .when = PN_WHEN_NONE, .modified = PN_WHEN_NONE, .is = broke ? PN_LINE_BREAK : 0 };
        return true;
    }
}

/* ---- the text of a line */

static inline uint64_t load(const uint8_t *p) { uint64_t v; memcpy(&v, p, sizeof v); return v; }

#define EACH(byte) (0x0101010101010101u * (uint64_t)(byte))
static inline uint64_t zero_bytes(uint64_t v) { return (v - EACH(1)) & ~v & EACH(0x80); }

/* Non-zero when one of the eight bytes at p is a control, the first of two blanks, or may begin a blank or a character without
 * width beyond ASCII: C2, E0 to E3, EF.  Nine bytes are read. */
static inline uint64_t odd_bytes(const uint8_t *p) {
    uint64_t v = load(p), odd = zero_bytes(v & EACH(0xE0)) | zero_bytes((v ^ EACH(' ')) | (load(p + 1) ^ EACH(' ')));
    if (v & EACH(0x80)) odd |= zero_bytes(v ^ EACH(0xC2)) | zero_bytes((v & EACH(0xFC)) ^ EACH(0xE0)) | zero_bytes(v ^ EACH(0xEF));
    return odd;
}

/* End of the run of bytes from p on that are their own text; at most eight bytes before `end` are left to the caller. */
static inline const uint8_t *plain_end(const uint8_t *p, const uint8_t *end) {
    while (end - p >= 17 && !(odd_bytes(p) | odd_bytes(p + 8))) p += 16;
    while (end - p >= 9 && !odd_bytes(p)) p += 8;
    return p;
}

static const uint8_t *eight_more(const uint8_t *p, const uint8_t *end) { return end - p > 8 ? p + 8 : end; }

bool pn_page_is_plain(pn_bytes s) {
    const uint8_t *p = s.ptr, *end = s.ptr + s.len;
    while ((p = plain_end(p, end)) < end) {
        for (const uint8_t *stop = eight_more(p, end); p < stop; p++)
            if (*p == ' ' ? p + 1 < end && p[1] == ' ' : pn_page_blank_at(p, end) || pn_page_no_width_at(p, end)) return false;
    }
    return true;
}

size_t pn_page_copy_text(uint8_t *dst, pn_bytes s) {
    const uint8_t *p = s.ptr, *end = s.ptr + s.len;
    uint8_t *to = dst;
    while (p < end) {
        bool after_blank = to > dst && to[-1] == ' ' && *p == ' ';
        size_t n = after_blank ? 0 : (size_t)(plain_end(p, end) - p);
        if (n) memcpy(to, p, n);
        p += n;
        to += n;
        for (const uint8_t *stop = eight_more(p, end); p < stop;) {
            unsigned blank = pn_page_blank_at(p, end);
            if (!blank) { *to++ = *p++; continue; }
            if (to == dst || to[-1] != ' ') *to++ = ' ';
            p += blank;
        }
    }
    return (size_t)(to - dst);
}

size_t pn_page_words(pn_bytes s) {
    size_t n = 0;
    bool inside = false;
    for (const uint8_t *p = s.ptr, *end = s.ptr + s.len; p < end;) {
        unsigned blank = pn_page_blank_at(p, end);
        n += !blank && !inside;
        inside = !blank;
        p += blank ? blank : 1;
    }
    return n;
}

bool pn_page_longer(pn_bytes s, size_t n) {
    if (s.len <= n) return false;
    if (s.len > 4 * n) return true;
    size_t chars = 0;
    for (size_t i = 0; i < s.len; i++) chars += (s.ptr[i] & 0xC0) != 0x80;
    return chars > n;
}
