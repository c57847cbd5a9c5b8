#include "parse/pn_page.h"

/* ---- which header is the one.  All candidates are judged in one walk from the last line up. */

typedef struct {                       /* of the entries below the current line, up to a rule or the end of the record */
    bool text;                         /* something other than rules stands below */
    size_t end;                        /* line that ends the first of them; NO_LINE when there is none */
    size_t n_long;                     /* entries of more than four lines, behind the first */
    bool has_header;                   /* an entry behind the first begins with a header */
} entries_below;

static bool is_header(const pn_page *pg, size_t i) { return pg->line[i].is & (PN_LINE_RELATED | PN_LINE_TAGS); }

static int64_t score(const pn_page *pg, size_t lo, size_t at, const entries_below *below, bool last) {
    int64_t points = last + !below->text;
    if (pn_page_find_tags(pg, lo, at) != PN_PAGE_NO_LINE) points += 3;
    if (below->end == PN_PAGE_NO_LINE) return points;
    size_t first = below->end - at;    /* lines of the first entry */
    points += first == 2 || first == 3 ? 2 : 0;
    points -= (int64_t)below->n_long + (first > 4);
    return points - (below->has_header || is_header(pg, at + 1) ? 3 : 0);
}

static void step_over(const pn_page *pg, size_t i, entries_below *below) {
    if (pg->line[i].is & PN_LINE_RULE) { *below = (entries_below){ .text = below->text, .end = PN_PAGE_NO_LINE }; return; }
    below->text = true;
    if (!(pg->line[i].is & PN_LINE_ENTRY_END)) return;
    if (below->end != PN_PAGE_NO_LINE) {
        below->n_long += below->end - i > 4;
        below->has_header |= is_header(pg, i + 1);
    }
    below->end = i;
}

size_t pn_page_find_related(pn_page *pg, size_t lo) {
    entries_below below = { .end = PN_PAGE_NO_LINE };
    size_t best = PN_PAGE_NO_LINE, candidates = 0;
    int64_t points = INT64_MIN;
    bool at_end = false;
    for (size_t i = pg->n; i-- > lo; step_over(pg, i, &below)) {
        ++*pg->steps;
        if (!(pg->line[i].is & PN_LINE_RELATED)) continue;
        int64_t s = score(pg, lo, i, &below, candidates++ == 0);
        if (s > points) { points = s; best = i; at_end = !below.text; }
    }
    if (candidates > 1) pn_page_remark(pg, "related_marker_ambiguous", PN_WARN, &pg->line[best]);
    return points >= 2 || at_end ? best : PN_PAGE_NO_LINE;
}

/* ---- entries */

static bool ends(pn_bytes s, const char *with) {
    size_t n = strlen(with);
    return s.len >= n && memcmp(s.ptr + s.len - n, with, n) == 0;
}

/* Length of the dots at the end of s: "…", "&hellip;" or three and more full stops; 0 = none. */
static size_t dots_at_end(pn_bytes s) {
    if (ends(s, "\xE2\x80\xA6")) return 3;
    if (ends(s, "&hellip;")) return 8;
    size_t n = 0;
    while (n < s.len && s.ptr[s.len - 1 - n] == '.') n++;
    return n >= 3 ? n : 0;
}

/* Takes "…", "...", "[…]" or "&hellip;" and the blanks before it from the end; false when there is none. */
static bool drop_ellipsis(pn_bytes *s) {
    pn_bytes t = *s;
    t.len -= ends(t, "]");
    size_t dots = dots_at_end(t);
    if (dots == 0) return false;
    t.len -= dots;
    t.len -= ends(t, "[");
    while (t.len && t.ptr[t.len - 1] == ' ') t.len--;
    *s = t;
    return true;
}

/* Title and teaser from lines first … stop-1. */
static void take_text(pn_page *pg, size_t first, size_t stop, pn_related *r) {
    for (size_t i = first; i < stop; i++) pg->role[i] = PN_ROLE_RELATED;
    if (first == stop) return;
    r->title = pn_page_line_text(pg, &pg->line[first]);
    r->teaser = pn_page_join(pg, first + 1, stop, PN_JOIN_BLANK);
    if (r->teaser.len) r->truncated = drop_ellipsis(&r->teaser);
}

static void take_entry(pn_page *pg, size_t first, size_t end, pn_related *r) {
    const pn_page_line *l = &pg->line[end];
    *r = (pn_related){ .date = l->when };
    take_text(pg, first, end, r);
    pg->role[end] = PN_ROLE_RELATED;
    if (l->to) r->category = pn_page_payload(pg, l);
    else pn_page_remark(pg, "related_without_category", PN_INFO, l);
    if (first == end) pn_page_remark(pg, "related_without_title", PN_WARN, l);
    if (end - first > 2) pn_page_remark(pg, "related_teaser_multiline", PN_WARN, &pg->line[first]);
    if (l->why != PN_DATE_OK) pn_page_remark(pg, pn_date_result_code((pn_date_result)l->why), PN_WARN, l);
    if (l->when.flags & PN_WHEN_AMBIGUOUS) pn_page_remark(pg, "ambiguous_day_month", PN_WARN, l);
}

/* The page was rendered no earlier than its latest entry. */
static void note_latest(pn_page *pg, size_t header, size_t stop) {
    const pn_page_line *latest = NULL;
    int32_t day = pg->doc.date.day;
    if (pg->doc.date.precision < PN_PREC_DAY) return;
    for (size_t i = header + 1; i < stop; i++) {
        const pn_page_line *l = &pg->line[i];
        if (!(l->is & PN_LINE_ENTRY_END) || l->when.precision < PN_PREC_DAY || l->when.day <= day) continue;
        latest = l;
        day = l->when.day;
    }
    if (latest) pn_page_remark(pg, "snapshot_lower_bound", PN_INFO, latest);
}

/* Lines first … n-1 are below the last dated entry.  One or two of them before any rule may be an entry that lost its date. */
static void take_leftover(pn_page *pg, size_t first, size_t stop) {
    size_t n = stop - first;
    pn_related *r = (pn_related *)pg->doc.related + pg->doc.n_related;
    bool entry = n == 1 || n == 2;
    if (entry && pg->doc.n_related) entry = pn_page_words(pn_page_line_text(pg, &pg->line[stop - 1])) > 12;
    if (entry) {
        *r = (pn_related){ .date = PN_WHEN_NONE };
        take_text(pg, first, stop, r);
        pg->doc.n_related++;
        pn_page_remark(pg, "related_without_date", PN_WARN, &pg->line[first]);
    }
    const pn_page_line *trailer = NULL;
    for (size_t i = entry ? stop : first; i < pg->n; i++) {
        bool rule = pg->line[i].is & PN_LINE_RULE;
        pg->role[i] = rule ? PN_ROLE_SEPARATOR : PN_ROLE_TRAILER;
        if (!rule && !trailer) trailer = &pg->line[i];
    }
    if (trailer) pn_page_remark(pg, "trailer_text", PN_INFO, trailer);
}

void pn_page_take_related(pn_page *pg, size_t header) {
    size_t stop = header + 1, n = 0, first = header + 1;
    pg->role[header] = PN_ROLE_RELATED_HEADER;
    pg->doc.related_present = true;
    for (; stop < pg->n && !(pg->line[stop].is & PN_LINE_RULE); stop++) n += (pg->line[stop].is & PN_LINE_ENTRY_END) != 0;
    *pg->steps += stop - header;
    pn_related *entries = pn_arena_take0(pg->arena, n + 1, sizeof *entries);
    if (!entries) { pg->no_memory = true; return; }
    pg->doc.related = entries;
    for (size_t i = first; i < stop; i++) {
        if (!(pg->line[i].is & PN_LINE_ENTRY_END)) continue;
        take_entry(pg, first, i, &entries[pg->doc.n_related++]);
        first = i + 1;
    }
    note_latest(pg, header, stop);
    take_leftover(pg, first, stop);
}
