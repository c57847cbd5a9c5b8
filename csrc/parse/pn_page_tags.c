#include "codec/pn_hash.h"
#include "parse/pn_page.h"
#include "text/pn_fold.h"

enum { BLOCK_MAX = 40, LINE_MAX = 1200 };      /* lines of a tags block, header included; bytes of a line of tags */

/* Few words and not a sentence, or a list of short items. */
static bool is_taglike(const pn_page_line *l) {
    pn_bytes s = pn_page_trimmed(l);
    size_t words = pn_page_longer(s, 120) ? SIZE_MAX : pn_page_words(s);
    return words <= 4 || (words <= 12 && !memchr(".!?", s.ptr[s.len - 1], 3)) || (s.len <= LINE_MAX && pn_page_is_list(s));
}

size_t pn_page_find_tags(const pn_page *pg, size_t lo, size_t end) {
    for (size_t i = end; i > lo && end - i < BLOCK_MAX; i--) {
        unsigned is = pg->line[i - 1].is;
        ++*pg->steps;
        if (is & (PN_LINE_TAGS | PN_LINE_TAG_LIST)) return i - 1;
        if (is & PN_LINE_RELATED || !(is & PN_LINE_RULE || is_taglike(&pg->line[i - 1]))) return PN_PAGE_NO_LINE;
    }
    return PN_PAGE_NO_LINE;
}

/* ---- cutting a line into tags */

static bool is_blank_or_hash(uint8_t c) { return c == ' ' || c == '#'; }

/* Bytes of a separator at s[i]: , ; | • · and the blank before a '#'; 0 = none. */
static size_t separator_at(pn_bytes s, size_t i) {
    switch (s.ptr[i]) {
    case ',': case ';': case '|': return 1;
    case ' ': return i + 1 < s.len && s.ptr[i + 1] == '#' ? 1 : 0;
    case 0xC2: return i + 1 < s.len && s.ptr[i + 1] == 0xB7 ? 2 : 0;
    case 0xE2: return i + 2 < s.len && s.ptr[i + 1] == 0x80 && s.ptr[i + 2] == 0xA2 ? 3 : 0;
    default: return 0;
    }
}

/* Without blanks and leading '#'; "C#" keeps its own. */
static pn_bytes strip(pn_bytes s) {
    while (s.len && is_blank_or_hash(s.ptr[0])) { s.ptr++; s.len--; }
    while (s.len && s.ptr[s.len - 1] == ' ') s.len--;
    return s;
}

/* The full stop that ends a list is not part of its last tag; that of "U.S." and of a tag alone in its line is. */
static pn_bytes without_stop(pn_bytes s) {
    bool ends = s.len > 1 && s.ptr[s.len - 1] == '.' && !memchr(s.ptr, '.', s.len - 1);
    return ends ? pn_bytes_of(s.ptr, s.len - 1) : s;
}

static void take_tag(pn_page *pg, pn_bytes tag, const pn_page_line *l) {
    if (tag.len == 0) return;
    if (pn_page_words(tag) > 8) pn_page_remark(pg, "tag_suspect", PN_WARN, l);
    pn_page_push(pg, &pg->tags, tag);
}

static void cut_tags(pn_page *pg, pn_bytes s, const pn_page_line *l) {
    size_t start = 0;
    for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
        n = separator_at(s, i);
        if (n == 0) continue;
        take_tag(pg, strip(pn_bytes_of(s.ptr + start, i - start)), l);
        start = i + n;
    }
    pn_bytes last = strip(pn_bytes_of(s.ptr + start, s.len - start));
    take_tag(pg, start ? without_stop(last) : last, l);
}

/* ---- dropping repeats */

typedef struct { uint32_t *slot; size_t mask; pn_buf keys; size_t *at; } seen_tags;   /* slot: 1 + number of a kept tag, 0 = free */

static pn_bytes key_of(const seen_tags *seen, size_t i) { return pn_bytes_of(seen->keys.ptr + seen->at[i], seen->at[i + 1] - seen->at[i]); }

/* Keeps the key at the end of `keys` as that of kept tag n, unless an equal one is there. */
static bool is_new(seen_tags *seen, size_t n) {
    seen->at[n + 1] = seen->keys.len;
    pn_bytes key = key_of(seen, n);
    size_t i = (size_t)pn_hash_keyed(pn_hash_key(), key) & seen->mask;
    for (; seen->slot[i]; i = (i + 1) & seen->mask)
        if (pn_bytes_equal(key, key_of(seen, seen->slot[i] - 1))) return false;
    seen->slot[i] = (uint32_t)n + 1;
    return true;
}

/* Of tags that differ in case, kind of quotes or blanks only, the first spelling stays. */
static void drop_repeats(pn_page *pg) {
    pn_page_list *tags = &pg->tags;
    size_t size = 4, kept = 0;
    while (size < 2 * tags->n) size *= 2;
    seen_tags seen = { .slot = pn_arena_take0(pg->arena, size, sizeof *seen.slot), .mask = size - 1,
                       .at = pn_arena_take0(pg->arena, tags->n + 1, sizeof *seen.at) };
    if (!seen.slot || !seen.at) { pg->no_memory = true; return; }
    for (size_t i = 0; i < tags->n; i++) {
        seen.keys.len = seen.at[kept];
        pn_fold_name(&seen.keys, tags->at[i]);
        if (seen.keys.rc != PN_OK) { pg->no_memory = true; break; }
        if (seen.keys.len > seen.at[kept] && is_new(&seen, kept)) tags->at[kept++] = tags->at[i];
    }
    pn_buf_fini(&seen.keys);
    tags->n = kept;
}

void pn_page_take_tags(pn_page *pg, size_t header, size_t end) {
    const pn_page_line *l = &pg->line[header];
    pg->role[header] = PN_ROLE_TAGS_HEADER;
    if (l->is & PN_LINE_TAG_LIST) {
        pn_page_remark(pg, "tags_inline", PN_INFO, l);
        cut_tags(pg, pn_page_payload(pg, l), l);
    }
    for (size_t i = header + 1; i < end; i++) {
        bool rule = pg->line[i].is & PN_LINE_RULE;
        pg->role[i] = rule ? PN_ROLE_SEPARATOR : PN_ROLE_TAG;
        if (!rule) cut_tags(pg, pn_page_line_text(pg, &pg->line[i]), &pg->line[i]);
    }
    if (pg->tags.n > 1) drop_repeats(pg);
    pg->doc.tags_present = true;
    pg->doc.tags = pg->tags.at;
    pg->doc.n_tags = pg->tags.n;
}
