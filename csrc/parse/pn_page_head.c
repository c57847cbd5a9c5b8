#include "parse/pn_page.h"

/* ---- names */

static pn_bytes strip(pn_bytes s) {
    while (s.len && s.ptr[0] == ' ') { s.ptr++; s.len--; }
    while (s.len && s.ptr[s.len - 1] == ' ') s.len--;
    return s;
}

/* Bytes of a separator of names at s[i]: "," ";" " and " " & "; 0 = none. */
static size_t name_separator(pn_bytes s, size_t i) {
    if (s.ptr[i] == ',' || s.ptr[i] == ';') return 1;
    pn_bytes rest = pn_bytes_of(s.ptr + i, s.len - i);
    if (pn_bytes_starts(rest, PN_BYTES_LIT(" and "))) return 5;
    return pn_bytes_starts(rest, PN_BYTES_LIT(" & ")) ? 3 : 0;
}

/* "A, B and C" is three; "A, and B" two. */
static void take_names(pn_page *pg, const pn_page_line *l) {
    pn_bytes s = pn_page_payload(pg, l);
    for (size_t i = 0, start = 0; i <= s.len; i++) {
        size_t n = i < s.len ? name_separator(s, i) : 1;
        if (n == 0) continue;
        pn_bytes name = strip(pn_bytes_of(s.ptr + start, i - start));
        if (name.len > 4 && memcmp(name.ptr, "and ", 4) == 0) name = strip(pn_bytes_of(name.ptr + 4, name.len - 4));
        if (name.len) pn_page_push(pg, &pg->authors, name);
        start = i + n;
        i = start - 1;
    }
}

/* Below the date line a byline competes with a first sentence that begins with "By". */
static bool looks_like_names(pn_page *pg, const pn_page_line *l) {
    pn_bytes s = pn_page_payload(pg, l);
    if (s.len == 0 || pn_page_longer(s, 116) || pn_page_words(s) > 12) return false;
    bool capital = (s.ptr[0] >= 'A' && s.ptr[0] <= 'Z') || s.ptr[0] >= 0x80, small = s.ptr[0] >= 'a' && s.ptr[0] <= 'z';
    return !memchr(".!?:;,", s.ptr[s.len - 1], 6) && (capital || (small && pn_page_words(s) <= 2));
}

/* ---- dates */

static void take_date(pn_page *pg, const pn_page_line *l) {
    pg->doc.date = l->why == PN_DATE_OK ? l->when : PN_WHEN_NONE;
    if (l->is & PN_LINE_UPDATED) pg->doc.modified = l->modified;
    uint8_t flags = pg->doc.date.flags;
    if (l->why != PN_DATE_OK || flags & (PN_WHEN_AMBIGUOUS | PN_WHEN_TZ_AMBIGUOUS | PN_WHEN_TZ_UNKNOWN))
        pg->doc.date_raw = pn_page_payload(pg, l);
    if (l->why != PN_DATE_OK) pn_page_remark(pg, pn_date_result_code((pn_date_result)l->why), PN_WARN, l);
    if (flags & PN_WHEN_AMBIGUOUS) pn_page_remark(pg, "ambiguous_day_month", PN_WARN, l);
    if (flags & PN_WHEN_TZ_AMBIGUOUS) pn_page_remark(pg, "tz_ambiguous", PN_INFO, l);
    if (flags & PN_WHEN_TZ_UNKNOWN) pn_page_remark(pg, "tz_unknown", PN_WARN, l);
}

/* A line of its own under the date line; the first one counts. */
static bool take_second_date(pn_page *pg, const pn_page_line *l) {
    if (l->is & PN_LINE_DOUBTFUL && (l->is & PN_LINE_PUBLISHED || l->why == PN_DATE_UNKNOWN)) return false;
    if (l->is & PN_LINE_PUBLISHED || pg->doc.modified.precision != PN_PREC_NONE) pn_page_remark(pg, "duplicate_date", PN_WARN, l);
    else if (l->why != PN_DATE_OK) pn_page_remark(pg, pn_date_result_code((pn_date_result)l->why), PN_WARN, l);
    else pg->doc.modified = l->modified;
    return true;
}

static size_t take_below_date(pn_page *pg, size_t i) {
    for (int bylines = 0; i < pg->n; i++) {
        const pn_page_line *l = &pg->line[i];
        ++*pg->steps;
        if (l->is & (PN_LINE_PUBLISHED | PN_LINE_UPDATED) && take_second_date(pg, l)) {
            pg->role[i] = PN_ROLE_DATE;
        } else if (l->is & PN_LINE_BYLINE && bylines < 3 && looks_like_names(pg, l)) {
            take_names(pg, l);
            pg->role[i] = PN_ROLE_BYLINE;
            bylines++;
        } else {
            break;
        }
    }
    return i;
}

/* ---- title */

static void take_title(pn_page *pg, size_t i) {
    pg->doc.title = pn_page_line_text(pg, &pg->line[i]);
    pg->role[i] = PN_ROLE_TITLE;
    if (pn_page_longer(pg->doc.title, 200)) pn_page_remark(pg, "title_long", PN_WARN, &pg->line[i]);
}

/* Without a date line the first line is the title, unless it can be none; rules above it are preamble. */
static size_t take_undated_head(pn_page *pg, size_t head) {
    while (head < pg->n && pg->line[head].is & (PN_LINE_RULE | PN_LINE_INVISIBLE)) pg->role[head++] = PN_ROLE_PREAMBLE;
    const pn_page_line *first = &pg->line[head < pg->n ? head : pg->n - 1];
    pn_page_remark(pg, "missing_date", PN_WARN, first);
    if (head < pg->n && !(first->is & (PN_LINE_TAGS | PN_LINE_RELATED | PN_LINE_ENTRY_END)) &&
        !pn_page_longer(pn_page_trimmed(first), PN_PAGE_TITLE_MAX)) {
        take_title(pg, head);
        return head + 1;
    }
    pn_page_remark(pg, "missing_title", PN_ERROR, first);
    return head;
}

/* The line above the date line and its bylines is the title; a lone byline there is taken for one. */
static size_t take_dated_head(pn_page *pg, size_t head, size_t date) {
    const pn_page_line *l = &pg->line[date];
    if (head == date) pn_page_remark(pg, "missing_title", PN_ERROR, l);
    else take_title(pg, head);
    for (size_t i = head + 1; i < date; i++) {
        bool names = pg->line[i].is & PN_LINE_BYLINE;
        if (names) take_names(pg, &pg->line[i]);
        pg->role[i] = names ? PN_ROLE_BYLINE : PN_ROLE_TITLE;
    }
    take_date(pg, l);
    pg->role[date] = PN_ROLE_DATE;
    size_t rest = take_below_date(pg, date + 1);
    const pn_when *d = &pg->doc.date, *m = &pg->doc.modified;
    if (d->precision >= PN_PREC_DAY && m->precision >= PN_PREC_DAY && m->day < d->day)
        pn_page_remark(pg, "modified_before_published", PN_WARN, l);
    return rest;
}

size_t pn_page_take_head(pn_page *pg, size_t head, size_t date) {
    for (size_t i = 0; i < head; i++) pg->role[i] = PN_ROLE_PREAMBLE;
    if (head > 0) pn_page_remark(pg, "preamble_text", PN_INFO, &pg->line[0]);
    size_t rest = date == PN_PAGE_NO_LINE ? take_undated_head(pg, head) : take_dated_head(pg, head, date);
    pg->doc.authors = pg->authors.at;
    pg->doc.n_authors = pg->authors.n;
    return rest;
}
