#include "text/pn_charset.h"
#include "text/pn_lines.h"
#include "text/pn_utf8.h"

enum { REPLACEMENT = 0xFFFD };

/* What bytes 0x80 to 0x9F mean in windows-1252; 0 = the byte has no meaning. */
static const uint16_t CP1252[32] = {
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178
};

/* ---- long texts: each pass goes over them piece by piece, and asks between pieces whether to stop */

enum { PIECE = 1 << 16 };

typedef struct { pn_pace pace; pn_error *err; pn_status rc; } walk;

static bool continues(uint8_t b) { return (b & 0xC0) == 0x80; }

/* The next piece of *rest, which ends in front of a character; false at the end and when all is to stop. */
static bool next_piece(walk *w, pn_bytes *rest, pn_bytes *piece) {
    size_t n = PN_MIN(rest->len, (size_t)PIECE);
    if (n == 0 || w->rc != PN_OK) return false;
    while (n < rest->len && n > PIECE - 4 && continues(rest->ptr[n])) n--;
    w->rc = pn_pace_on(&w->pace, n, w->err);
    *piece = pn_bytes_of(rest->ptr, n);
    *rest = pn_bytes_of(rest->ptr + n, rest->len - n);
    return w->rc == PN_OK;
}

static bool is_valid(walk *w, pn_bytes s) {
    pn_bytes piece;
    while (next_piece(w, &s, &piece))
        if (!pn_utf8_is_valid(piece)) return false;
    return w->rc == PN_OK;
}

static const uint8_t *find_byte(walk *w, pn_bytes s, uint8_t b) {
    const uint8_t *found = NULL;
    pn_bytes piece;
    while (!found && next_piece(w, &s, &piece)) found = memchr(piece.ptr, b, piece.len);
    return found;
}

static void put_char(pn_buf *out, uint32_t c) {
    uint8_t u[4];
    pn_buf_put(out, u, pn_utf8_encode(c, u));
}

/* ---- signs of UTF-8 that was read as windows-1252 */

static bool starts(pn_bytes s, const char *with) { return pn_bytes_starts(s, pn_bytes_cstr(with)); }

/* The third character of what was a curly quote, a dash or an ellipsis; `s` begins behind "\u00e2\u20ac". */
static bool is_punctuation_sign(pn_bytes s) {
    static const char *const THIRD[] = { "\xE2\x84\xA2", "\xC5\x93", "\xC2\x9D", "\xE2\x80\x9C", "\xE2\x80\x9D",
                                         "\xCB\x9C", "\xC2\xA6", "\xC2\x93", "\xC2\x94" };
    for (size_t i = 0; i < PN_COUNT(THIRD); i++)
        if (starts(s, THIRD[i])) return true;
    return false;
}

/* `s` begins with C3: "\u00e2\u20ac..", "\u00c3" with a character of U+0080-00BF, "\u00c2" with a blank or a frequent symbol. */
static bool is_sign(pn_bytes s) {
    if (s.len < 3) return false;
    pn_bytes after = pn_bytes_of(s.ptr + 2, s.len - 2);
    switch (s.ptr[1]) {
    case 0xA2: return starts(after, "\xE2\x82\xAC") && is_punctuation_sign(pn_bytes_of(after.ptr + 3, after.len - 3));
    case 0x83: return after.ptr[0] == 0xC2;
    case 0x82: return after.ptr[0] == ' ' || starts(after, "\xC2\xA0") || starts(after, "\xC2\xA3") || starts(after, "\xC2\xA9") ||
                      starts(after, "\xC2\xAB") || starts(after, "\xC2\xBB");
    default: return false;
    }
}

/* Of `s`; one that begins in a piece may end behind it. */
static size_t count_signs(walk *w, pn_bytes s, size_t enough) {
    const uint8_t *end = s.ptr + s.len;
    size_t n = 0;
    pn_bytes piece;
    while (n < enough && next_piece(w, &s, &piece))
        for (const uint8_t *p = piece.ptr; p < s.ptr && (p = memchr(p, 0xC3, (size_t)(s.ptr - p))) != NULL; p++) n += is_sign(pn_bytes_of(p, (size_t)(end - p)));
    return n;
}

static bool has_replacement(walk *w, pn_bytes s) {
    pn_bytes piece;
    while (next_piece(w, &s, &piece))
        for (const uint8_t *p = piece.ptr; p < s.ptr && (p = memchr(p, 0xEF, (size_t)(s.ptr - p))) != NULL; p++)
            if (s.ptr - p >= 3 && p[1] == 0xBF && p[2] == 0xBD) return true;
    return false;
}

/* The windows-1252 byte of c; bytes without a meaning stand for themselves, as careless decoders have it.  -1 = none. */
static int cp1252_byte(uint32_t c) {
    if (c < 0x80 || (c >= 0xA0 && c <= 0xFF)) return (int)c;
    for (unsigned i = 0; i < PN_COUNT(CP1252); i++)
        if (CP1252[i] ? CP1252[i] == c : c == 0x80 + i) return (int)(0x80 + i);
    return -1;
}

static bool undo_piece(pn_buf *undone, pn_bytes s) {
    unsigned n = 0;
    if (!pn_buf_reserve(undone, s.len)) return false;
    for (const uint8_t *p = s.ptr, *end = s.ptr + s.len; p < end; p += n) {
        int b = cp1252_byte(pn_utf8_decode(p, end, &n));
        if (b < 0) return false;
        undone->ptr[undone->len++] = (uint8_t)b;
    }
    return true;
}

/* Writes into `undone` the bytes that were once read as windows-1252 to give `s`; false when `s` cannot come from there. */
static bool undo_cp1252(walk *w, pn_buf *undone, pn_bytes s) {
    pn_bytes piece;
    pn_buf_clear(undone);
    while (next_piece(w, &s, &piece))
        if (!undo_piece(undone, piece)) return false;
    return w->rc == PN_OK && is_valid(w, pn_buf_bytes(undone));
}

/* ---- one line */

typedef struct { walk w; pn_buf *out; pn_buf undone; pn_text_report *report; uint32_t line; } cleaner;

static bool goes_on(const cleaner *c) { return c->w.rc == PN_OK && c->out->rc == PN_OK; }

static void put_cp1252(cleaner *c, pn_bytes s) {
    pn_bytes piece;
    while (next_piece(&c->w, &s, &piece))
        for (size_t i = 0; i < piece.len; i++) {
            uint8_t b = piece.ptr[i];
            if (b == 0) continue;
            if (b >= 0x80 && b < 0xA0) put_char(c->out, CP1252[b - 0x80] ? CP1252[b - 0x80] : REPLACEMENT);
            else put_char(c->out, b);
        }
    if (!c->report->not_utf8) c->report->not_utf8_line = c->line;
    c->report->not_utf8 = true;
}

static void put_without_nul(cleaner *c, pn_bytes s) {
    pn_bytes piece;
    while (next_piece(&c->w, &s, &piece))
        for (const uint8_t *p = piece.ptr; p < s.ptr;) {
            const uint8_t *nul = memchr(p, 0, (size_t)(s.ptr - p));
            if (!nul) nul = s.ptr;
            pn_buf_put(c->out, p, (size_t)(nul - p));
            p = nul + 1;
        }
}

static void count_nul(cleaner *c, pn_bytes s) {
    pn_bytes piece;
    while (next_piece(&c->w, &s, &piece))
        for (const uint8_t *p = piece.ptr; p < s.ptr && (p = memchr(p, 0, (size_t)(s.ptr - p))) != NULL; p++) c->report->nul++;
}

/* Repairs the line that begins at `from` in the output where that is safe. */
static void repair(cleaner *c, size_t from) {
    pn_bytes line = pn_bytes_of(c->out->ptr + from, c->out->len - from);
    size_t before = count_signs(&c->w, line, SIZE_MAX);
    if (before == 0) return;
    size_t after = before;
    if (undo_cp1252(&c->w, &c->undone, line)) after = count_signs(&c->w, pn_buf_bytes(&c->undone), SIZE_MAX);
    if (c->undone.rc != PN_OK) c->out->rc = c->undone.rc;
    if (after > 0) c->report->mojibake_suspected = true;
    if (after == before || !goes_on(c)) return;
    c->out->len = from;
    pn_buf_put_bytes(c->out, pn_buf_bytes(&c->undone));
    c->report->mojibake_lines++;
}

static void clean_line(cleaner *c, pn_bytes line) {
    size_t from = c->out->len;
    count_nul(c, line);
    if (is_valid(&c->w, line)) {
        put_without_nul(c, line);
        if (goes_on(c) && c->out->len > from) repair(c, from);
    } else {
        put_cp1252(c, line);
    }
    if (!goes_on(c) || c->out->len == from || c->report->replacement_line) return;
    if (has_replacement(&c->w, pn_bytes_of(c->out->ptr + from, c->out->len - from))) c->report->replacement_line = c->line;
}

static void clean_lines(cleaner *c, pn_bytes text) {
    pn_lines it;
    pn_bytes line;
    pn_lines_init(&it, text);
    while (goes_on(c) && pn_lines_next(&it, &line)) {
        c->line++;
        clean_line(c, line);
        if (it.ended_by == '\r') c->report->crlf = true;
        if (it.ended_by) pn_buf_put_u8(c->out, it.ended_by == '\r' ? '\n' : it.ended_by);
        if (c->w.rc == PN_OK) c->w.rc = pn_pace_on(&c->w.pace, 8, c->w.err);
    }
}

/* ---- the whole input */

static uint32_t unit_at(const uint8_t *p, bool big) { return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0]; }

/* Unpaired surrogates become U+FFFD. */
static void put_utf16(walk *w, pn_buf *out, pn_bytes s, bool big) {
    for (size_t i = 0; i + 2 <= s.len && w->rc == PN_OK; i += 2) {
        uint32_t c = unit_at(s.ptr + i, big);
        if (c >= 0xD800 && c < 0xDC00 && i + 4 <= s.len) {
            uint32_t low = unit_at(s.ptr + i + 2, big);
            if (low >= 0xDC00 && low < 0xE000) { c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00); i += 2; }
        }
        put_char(out, c >= 0xD800 && c < 0xE000 ? REPLACEMENT : c);
        w->rc = pn_pace_on(&w->pace, 4, w->err);
    }
}

static bool is_ascii(walk *w, pn_bytes s) {
    pn_bytes piece;
    while (next_piece(w, &s, &piece)) {
        uint8_t all = 0;
        for (size_t i = 0; i < piece.len; i++) all |= piece.ptr[i];
        if (all >= 0x80) return false;
    }
    return true;
}

/* Bytes of a character cut off at the end of `s`.  Only a text that holds whole characters beyond ASCII is known to be UTF-8:
 * else the last byte is more likely windows-1252. */
static size_t cut_tail(walk *w, pn_bytes s) {
    size_t back = 1;
    while (back <= 3 && back <= s.len && continues(s.ptr[s.len - back])) back++;
    if (back > 3 || back > s.len) return 0;
    uint8_t lead = s.ptr[s.len - back];
    size_t want = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
    if (want <= back) return 0;
    pn_bytes whole = pn_bytes_of(s.ptr, s.len - back);
    return is_valid(w, whole) && !is_ascii(w, whole) ? back : 0;
}

static bool has_bom8(pn_bytes s) { return starts(s, "\xEF\xBB\xBF"); }

pn_status pn_text_is_clean(pn_bytes raw, const pn_tick *tick, bool *yes, pn_error *err) {
    walk w = { .pace = { tick, 0 }, .err = err };
    *yes = !has_bom8(raw) && !find_byte(&w, raw, '\r') && !find_byte(&w, raw, 0) && is_valid(&w, raw) &&
           !has_replacement(&w, raw) && count_signs(&w, raw, 1) == 0;
    return w.rc;
}

static void clean_utf16(cleaner *c, pn_bytes raw) {
    pn_buf text = { 0 };
    put_utf16(&c->w, &text, pn_bytes_of(raw.ptr + 2, raw.len - 2), raw.ptr[0] == 0xFE);
    c->report->utf16 = true;
    c->report->cut_short = raw.len % 2 != 0;
    if (text.rc == PN_OK) clean_lines(c, pn_buf_bytes(&text));
    else c->out->rc = text.rc;
    pn_buf_fini(&text);
}

static void clean_bytes(cleaner *c, pn_bytes raw) {
    c->report->bom = has_bom8(raw);
    size_t skip = c->report->bom ? 3 : 0, tail = cut_tail(&c->w, pn_bytes_of(raw.ptr + skip, raw.len - skip));
    c->report->cut_short = tail > 0;
    clean_lines(c, pn_bytes_of(raw.ptr + skip, raw.len - skip - tail));
}

pn_status pn_text_clean(pn_buf *out, pn_bytes raw, const pn_tick *tick, pn_text_report *report, pn_error *err) {
    cleaner c = { .w = { .pace = { tick, 0 }, .err = err }, .out = out, .report = report };
    *report = (pn_text_report){ 0 };
    if (starts(raw, "\xFF\xFE") || starts(raw, "\xFE\xFF")) clean_utf16(&c, raw);
    else if (raw.len) clean_bytes(&c, raw);
    pn_buf_fini(&c.undone);
    if (c.w.rc != PN_OK) return c.w.rc;
    return out->rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for a text");
}
