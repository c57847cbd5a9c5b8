#include "parse/pn_page_blank.h"
#include "parse/pn_page_lines.h"

enum { CLASS_MAX = 1200, DATE_MAX = 100, LABELLED_MAX = 200, CATEGORY_MAX = 60, LIST_MAX = 200, NAMES_MAX = 119, VAGUE_MAX = 60,
       ENTRY_END_MAX = 4 * CATEGORY_MAX + 3 + DATE_MAX };

/* ---- labels.  Where one begins with another, the longer stands first. */

typedef struct { const char *text; uint16_t is; } label;
static const label LABELS[] = {
    { "authors", PN_LINE_BYLINE }, { "author", PN_LINE_BYLINE }, { "by", PN_LINE_BYLINE },
    { "created", PN_LINE_PUBLISHED }, { "correction", PN_LINE_UPDATED }, { "date published", PN_LINE_PUBLISHED },
    { "date modified", PN_LINE_UPDATED }, { "date", PN_LINE_PUBLISHED }, { "edited", PN_LINE_UPDATED },
    { "first published", PN_LINE_PUBLISHED }, { "first posted", PN_LINE_PUBLISHED }, { "filed under", PN_LINE_TAGS },
    { "keywords", PN_LINE_TAGS }, { "last updated", PN_LINE_UPDATED }, { "last update", PN_LINE_UPDATED },
    { "last modified", PN_LINE_UPDATED }, { "last edited", PN_LINE_UPDATED }, { "more stories", PN_LINE_RELATED },
    { "more on this", PN_LINE_RELATED }, { "more news", PN_LINE_RELATED }, { "more articles", PN_LINE_RELATED },
    { "modified", PN_LINE_UPDATED }, { "published date", PN_LINE_PUBLISHED }, { "published", PN_LINE_PUBLISHED },
    { "publication date", PN_LINE_PUBLISHED }, { "pub date", PN_LINE_PUBLISHED }, { "posted", PN_LINE_PUBLISHED },
    { "reported by", PN_LINE_BYLINE }, { "related topics", PN_LINE_RELATED }, { "related story", PN_LINE_RELATED },
    { "related stories", PN_LINE_RELATED }, { "related reading", PN_LINE_RELATED },
    { "related posts", PN_LINE_RELATED }, { "related post", PN_LINE_RELATED }, { "related news", PN_LINE_RELATED },
    { "related content", PN_LINE_RELATED }, { "related articles", PN_LINE_RELATED },
    { "related article", PN_LINE_RELATED }, { "recommended story", PN_LINE_RELATED },
    { "recommended stories", PN_LINE_RELATED }, { "recommended posts", PN_LINE_RELATED },
    { "recommended post", PN_LINE_RELATED }, { "recommended articles", PN_LINE_RELATED },
    { "recommended article", PN_LINE_RELATED }, { "recommended", PN_LINE_RELATED }, { "read next", PN_LINE_RELATED },
    { "read more", PN_LINE_RELATED }, { "read also", PN_LINE_RELATED }, { "story by", PN_LINE_BYLINE },
    { "see also", PN_LINE_RELATED }, { "topics", PN_LINE_TAGS }, { "tags", PN_LINE_TAGS },
    { "tagged with", PN_LINE_TAGS }, { "tagged in", PN_LINE_TAGS }, { "tagged", PN_LINE_TAGS },
    { "tag", PN_LINE_TAGS }, { "updated", PN_LINE_UPDATED }, { "written by", PN_LINE_BYLINE },
    { "words by", PN_LINE_BYLINE }, { "you may also like", PN_LINE_RELATED }
};

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c; }

/* Length of the label when s begins with it in any case, else 0. */
static size_t label_at(pn_bytes s, const char *text) {
    size_t n = 0;
    for (; text[n]; n++)
        if (n == s.len || lower(s.ptr[n]) != (uint8_t)text[n]) return 0;
    return n;
}

/* Second letters of the labels by their first: what most lines fail, before the table is searched. */
#define LETTER(c) ((uint32_t)1 << ((c) - 'a'))
static const uint32_t SECOND[26] = {
    ['a' - 'a'] = LETTER('u'), ['b' - 'a'] = LETTER('y'), ['c' - 'a'] = LETTER('o') | LETTER('r'), ['d' - 'a'] = LETTER('a'),
    ['e' - 'a'] = LETTER('d'), ['f' - 'a'] = LETTER('i'), ['k' - 'a'] = LETTER('e'), ['l' - 'a'] = LETTER('a'), ['m' - 'a'] = LETTER('o'),
    ['p' - 'a'] = LETTER('o') | LETTER('u'), ['r' - 'a'] = LETTER('e'), ['s' - 'a'] = LETTER('e') | LETTER('t'),
    ['t' - 'a'] = LETTER('a') | LETTER('o'), ['u' - 'a'] = LETTER('p'), ['w' - 'a'] = LETTER('o') | LETTER('r'), ['y' - 'a'] = LETTER('o')
};
static bool may_be_label(pn_bytes s) {
    if (s.len < 2) return false;
    uint8_t a = (uint8_t)(lower(s.ptr[0]) - 'a'), b = (uint8_t)(lower(s.ptr[1]) - 'a');
    return a < 26 && b < 26 && SECOND[a] >> b & 1;
}

/* The label s begins with, NULL when there is none. */
static const label *find_label(pn_bytes s, size_t *len) {
    if (!may_be_label(s)) return NULL;
    uint8_t first = lower(s.ptr[0]);
    for (size_t i = 0; i < PN_COUNT(LABELS); i++)
        if ((uint8_t)LABELS[i].text[0] == first && (*len = label_at(s, LABELS[i].text)) > 0) return &LABELS[i];
    return NULL;
}

static size_t skip_blank(pn_bytes s, size_t at) { return at + (at < s.len && s.ptr[at] == ' '); }

static size_t skip_preposition(pn_bytes s, size_t at) {
    if (s.len - at < 3 || s.ptr[at] != ' ') return at;
    uint8_t a = lower(s.ptr[at + 1]), b = lower(s.ptr[at + 2]);
    return (a == 'a' && b == 't') || (a == 'o' && b == 'n') || (a == 'i' && b == 'n') ? at + 3 : at;
}

/* Over one of ':', '-' and the two dashes. */
static size_t skip_mark(pn_bytes s, size_t at) {
    if (at < s.len && (s.ptr[at] == ':' || s.ptr[at] == '-')) return at + 1;
    bool dash = s.len - at >= 3 && s.ptr[at] == 0xE2 && s.ptr[at + 1] == 0x80 && (s.ptr[at + 2] == 0x93 || s.ptr[at + 2] == 0x94);
    return dash ? at + 3 : at;
}

static pn_bytes from(pn_bytes s, size_t at) { return pn_bytes_of(s.ptr + at, s.len - at); }

/* ---- dates behind labels */

typedef struct { uint16_t is; pn_when when; size_t from, to; uint8_t why; } dated;

static bool has_digit_or_foreign(pn_bytes s) {
    for (size_t i = 0; i < s.len; i++)
        if ((s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] >= 0x80) return true;
    return false;
}

/* Without a full date only what can hardly be a sentence counts: another verdict than "unknown", or "Label: short text with a digit". */
static bool is_doubtful(pn_bytes text, pn_date_result why, bool colon) {
    if (why == PN_DATE_EMPTY || text.len > VAGUE_MAX) return false;
    return why != PN_DATE_UNKNOWN || (colon && has_digit_or_foreign(text));
}

static bool read_dated(pn_bytes s, uint16_t is, size_t at, const pn_date_opts *dates, dated *out) {
    at = skip_blank(s, skip_preposition(s, at));
    size_t mark = skip_mark(s, at);
    bool colon = mark > at && s.ptr[at] == ':';
    size_t start = skip_blank(s, mark);
    pn_bytes text = from(s, start);
    *out = (dated){ .is = is, .when = PN_WHEN_NONE, .from = start, .to = s.len };
    if (text.len == 0 || text.len > DATE_MAX) return false;
    pn_date_result why = pn_date_parse(text, dates, &out->when);
    out->why = (uint8_t)why;
    if (why == PN_DATE_OK && out->when.precision >= PN_PREC_DAY) return true;
    if (!is_doubtful(text, why, colon)) return false;
    out->is |= PN_LINE_DOUBTFUL;
    return true;
}

/* One label with its date, the whole of s. */
static bool read_labelled(pn_bytes s, const pn_date_opts *dates, dated *out) {
    size_t n;
    const label *l = find_label(s, &n);
    return l && (l->is == PN_LINE_PUBLISHED || l->is == PN_LINE_UPDATED) && read_dated(s, l->is, n, dates, out);
}

/* Position of the next " | ", " • " or " · " in s from `at`; its length in *n. */
static size_t find_bar(pn_bytes s, size_t at, size_t *n) {
    for (; at + 3 <= s.len; at++) {
        if (s.ptr[at] != ' ') continue;
        pn_bytes t = from(s, at + 1);
        *n = t.ptr[0] == '|' ? 1 : pn_bytes_starts(t, PN_BYTES_LIT("\xE2\x80\xA2")) ? 3 : pn_bytes_starts(t, PN_BYTES_LIT("\xC2\xB7")) ? 2 : 0;
        if (*n && *n < t.len && t.ptr[*n] == ' ') { *n += 2; return at; }
    }
    return s.len;
}

static void take_dated(pn_page_line *l, const dated *d, size_t base) {
    if (d->is & PN_LINE_UPDATED) {
        if (!(l->is & PN_LINE_UPDATED)) l->modified = d->when;
        if (l->is & PN_LINE_PUBLISHED) { l->is |= PN_LINE_UPDATED; return; }       /* the payload stays the first date's */
    } else if (l->is & PN_LINE_PUBLISHED) {
        return;
    } else {
        l->when = d->when;
    }
    l->is = (uint16_t)((l->is & ~PN_LINE_DOUBTFUL) | d->is);
    l->why = d->why;
    l->from = (uint16_t)(base + d->from);
    l->to = (uint16_t)(base + d->to);
}

/* "Published … | Updated …": every part must be a label with a full date. */
static bool read_parts(pn_page_line *l, pn_bytes s, const pn_date_opts *dates) {
    pn_page_line parts = *l;
    for (size_t at = 0, bar = 0; at < s.len; at += bar) {
        size_t n = 0, end = find_bar(s, at, &n);
        dated d;
        if (!read_labelled(pn_bytes_of(s.ptr + at, end - at), dates, &d) || (d.is & PN_LINE_DOUBTFUL)) return false;
        take_dated(&parts, &d, at);
        bar = end - at + n;
    }
    *l = parts;
    return true;
}

static void read_dates(pn_page_line *l, pn_bytes s, const pn_date_opts *dates) {
    size_t n;
    dated d;
    if (pn_page_longer(s, LABELLED_MAX)) return;
    if (find_bar(s, 0, &n) < s.len && read_parts(l, s, dates)) return;
    if (read_labelled(s, dates, &d)) take_dated(l, &d, 0);
}

/* ---- the end of a related entry */

/* Cheap test before the date parser is asked: three digits, or a letter of a script that has its own. */
static bool may_be_date(pn_bytes s) {
    if (s.len < 6 || s.len > DATE_MAX) return false;
    size_t digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] >= 0xD9 && s.ptr[i] != 0xE2) return true;
        digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
    }
    return digits >= 3;
}

static bool is_bad_date(pn_date_result r) { return r == PN_DATE_OUT_OF_RANGE || r == PN_DATE_SENTINEL || r == PN_DATE_IMPOSSIBLE; }

/* The date of an entry carries a day; behind a slash also one that cannot be right ends an entry. */
static bool take_entry_date(pn_page_line *l, pn_bytes s, bool slash, const pn_date_opts *dates) {
    pn_when w;
    if (!may_be_date(s)) return false;
    pn_date_result why = pn_date_parse(s, dates, &w);
    if (why == PN_DATE_OK ? w.precision < PN_PREC_DAY : !(slash && is_bad_date(why))) return false;
    l->when = w;
    l->why = (uint8_t)why;
    l->from = l->to = 0;
    l->is = (uint16_t)((l->is & ~PN_LINE_BYLINE) | PN_LINE_ENTRY_END);
    return true;
}

/* "Category / DATE" splits at the last " / " that leaves a full date. */
static void read_entry_end(pn_page_line *l, pn_bytes s, const pn_date_opts *dates) {
    if (take_entry_date(l, s, false, dates)) return;
    if (s.len > 2 && s.ptr[0] == '/' && s.ptr[1] == ' ') { (void)take_entry_date(l, from(s, 2), true, dates); return; }
    if (s.len < 4 || !memchr(s.ptr, '/', s.len)) return;
    int tries = 4;                     /* a date holds fewer slashes than that */
    for (size_t i = s.len - 3; i > 0 && tries > 0 && s.len - i <= DATE_MAX + 3; i--) {
        if (s.ptr[i + 1] != '/' || s.ptr[i] != ' ' || s.ptr[i + 2] != ' ') continue;
        if (i > 4 * CATEGORY_MAX || pn_page_longer(pn_bytes_of(s.ptr, i), CATEGORY_MAX)) continue;
        if (take_entry_date(l, from(s, i + 3), true, dates)) { l->to = (uint16_t)i; return; }
        tries--;
    }
}

/* ---- other labels */

static void read_names(pn_page_line *l, pn_bytes s, size_t at) {
    size_t start = skip_mark(s, skip_blank(s, at));
    if (start >= s.len || (s.ptr[start] != ' ' && s.ptr[start - 1] != ' ')) return;
    start = skip_blank(s, start);
    pn_bytes names = from(s, start);
    if (names.len < 2 || pn_page_longer(names, NAMES_MAX)) return;
    l->is |= PN_LINE_BYLINE;
    l->from = (uint16_t)start;
    l->to = (uint16_t)s.len;
}

bool pn_page_is_list(pn_bytes s) {
    size_t items = 1, words = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == ',' || s.ptr[i] == ';' || s.ptr[i] == '|') { items++; words = 0; continue; }
        words += s.ptr[i] != ' ' && (i == 0 || s.ptr[i - 1] == ' ');
        if (words > 4) return false;
    }
    return items >= 4 && !memchr(".?!:", s.ptr[s.len - 1], 4);
}

static void read_tags(pn_page_line *l, pn_bytes s, size_t at) {
    size_t colon = skip_blank(s, at), start = colon;
    bool has = colon < s.len && s.ptr[colon] == ':';
    if (has) start = skip_blank(s, colon + 1);
    if (start == s.len) { l->is |= PN_LINE_TAGS; return; }
    if (!has || (pn_page_longer(from(s, start), LIST_MAX) && !pn_page_is_list(from(s, start)))) return;
    l->is |= PN_LINE_TAG_LIST;
    l->from = (uint16_t)start;
    l->to = (uint16_t)s.len;
}

static void read_related(pn_page_line *l, pn_bytes s, size_t at) {
    at = skip_blank(s, at);
    if (at == s.len || (at + 1 == s.len && s.ptr[at] == ':')) l->is |= PN_LINE_RELATED;
}

static void read_label(pn_page_line *l, pn_bytes s, const pn_date_opts *dates) {
    size_t n;
    const label *found = find_label(s, &n);
    if (!found) return;
    switch (found->is) {
    case PN_LINE_BYLINE: read_names(l, s, n); break;
    case PN_LINE_TAGS: read_tags(l, s, n); break;
    case PN_LINE_RELATED: read_related(l, s, n); break;
    default: read_dates(l, s, dates);
    }
}

static bool is_rule(pn_bytes s) {
    static const char MARKS[] = "-=*_#~<>";
    if (s.len < 3 || !memchr(MARKS, s.ptr[0], sizeof MARKS - 1)) return false;
    bool arrows = s.ptr[0] == '<' || s.ptr[0] == '>';
    for (size_t i = 1; i < s.len; i++)
        if (arrows ? s.ptr[i] != s.ptr[0] : !memchr(MARKS, s.ptr[i], 6)) return false;
    return true;
}

/* ---- the key */

static size_t key_of(uint8_t *dst, pn_bytes text) {
    uint8_t *to = dst;
    for (const uint8_t *p = text.ptr, *end = p + text.len; p < end;) {
        unsigned n = pn_page_no_width_at(p, end);
        if (n) p += n;
        else if (*p == ' ' && (to == dst || to[-1] == ' ')) p++;
        else *to++ = *p++;
    }
    while (to > dst && to[-1] == ' ') to--;
    return (size_t)(to - dst);
}

/* Where in `text` byte `at` of its key stands: the same walk. */
static uint16_t text_position(pn_bytes text, size_t at) {
    const uint8_t *p = text.ptr, *end = p + text.len;
    bool blank = true;
    for (size_t done = 0; p < end;) {
        unsigned n = pn_page_no_width_at(p, end);
        if (n) { p += n; continue; }
        if (*p == ' ' && blank) { p++; continue; }
        if (done == at) break;
        blank = *p == ' ';
        done++;
        p++;
    }
    return (uint16_t)(p - text.ptr);
}

static void classify_key(pn_page_line *l, pn_bytes key, const pn_date_opts *dates) {
    read_label(l, key, dates);
    if (!(l->is & (PN_LINE_PUBLISHED | PN_LINE_UPDATED | PN_LINE_TAGS | PN_LINE_TAG_LIST | PN_LINE_RELATED))) read_entry_end(l, key, dates);
}

/* A line whose key has to be made first. */
static void classify_odd(pn_page_line *l, pn_bytes s, const pn_date_opts *dates) {
    uint8_t text_bytes[CLASS_MAX], key_bytes[CLASS_MAX];
    pn_bytes text = pn_bytes_of(text_bytes, pn_page_copy_text(text_bytes, s));
    pn_bytes key = pn_bytes_of(key_bytes, key_of(key_bytes, text));
    if (key.len == 0) { l->is |= PN_LINE_INVISIBLE; return; }
    classify_key(l, key, dates);
    if (key.len == text.len) return;
    l->from = l->from ? text_position(text, l->from) : 0;
    l->to = l->to ? text_position(text, l->to) : 0;
}

void pn_page_classify(pn_page_line *l, const pn_date_opts *dates) {
    pn_bytes s = pn_page_trimmed(l);
    if (is_rule(s)) { l->is |= PN_LINE_RULE; return; }
    if (s.len > CLASS_MAX) return;
    if (s.len > ENTRY_END_MAX && *s.ptr < 0x80 && !may_be_label(s)) return;      /* most paragraphs */
    if (pn_page_is_plain(s)) classify_key(l, s, dates);
    else classify_odd(l, s, dates);
}
