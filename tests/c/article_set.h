/* article_set.h -- articles out of a seed: every kind of date, name and text, with the order they must have in a segment. */
#ifndef ARTICLE_SET_H
#define ARTICLE_SET_H
#include "unit.h"
#include "index/pn_build.h"
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 400, BASE = 1000 };
typedef struct { pn_doc doc; pn_doc_extra extra; pn_bytes tags[4], authors[2]; pn_related related[2]; pn_diag diag; pn_role_run role; char text[8][600]; } article;
typedef struct { article at[MOST]; uint32_t n; uint32_t order[MOST]; bool dropped[MOST]; uint32_t n_kept; } set;   /* order: final number -> slot */

static inline uint32_t dice(uint64_t *s) {
    *s = *s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*s >> 33);
}

static const char *const vocabulary[] = { "the", "of", "market", "Bank", "bitcoin", "Z\xc3\xbcrich", "korea", "\xe6\x97\xa5\xe6\x9c\xac", "o'brien", "48.2",
    "COVID-19", "u.s", "antidisestablishmentarianism-and-more", "e", "prices", "Minister's", "\xd0\xbc\xd0\xb8\xd1\x80", "rose", "fell", "1,000" };

static inline pn_bytes sentence(char *out, size_t cap, uint32_t words, uint64_t *seed) {
    size_t n = 0;
    for (uint32_t i = 0; i < words; i++) {
        uint32_t which = dice(seed) % 3 ? dice(seed) % 4 : dice(seed) % (uint32_t)PN_COUNT(vocabulary);
        const char *gap = i == 0 ? "" : dice(seed) % 9 ? " " : "\n\n";
        int put = snprintf(out + n, cap - n, "%s%s", gap, vocabulary[which]);
        if ((size_t)put >= cap - n) { out[n] = 0; break; }
        n += (size_t)put;
    }
    return pn_bytes_of(out, n);
}

static inline pn_when some_when(uint64_t *seed) {
    int32_t day = 18000 + (int32_t)(dice(seed) % 90) - (dice(seed) % 40 ? 0 : 9000), month = pn_bucket_start(PN_FREQ_MONTH, day), year = pn_bucket_start(PN_FREQ_YEAR, day);
    int32_t second = (int32_t)(dice(seed) % 4 ? dice(seed) % 86400 : dice(seed) % 2 * 43200);
    switch (dice(seed) % 10) {
    case 0: return PN_WHEN_NONE;
    case 1: return (pn_when){ year, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_YEAR, 0 };
    case 2: return (pn_when){ month, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_MONTH, 0 };
    case 3: case 4: case 5: return (pn_when){ day, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_DAY, PN_WHEN_AMBIGUOUS };
    default: return (pn_when){ day, second, (int16_t)(dice(seed) % 3 ? PN_OFFSET_NONE : -300), PN_PREC_SECOND, PN_WHEN_MINUTE };
    }
}

static inline void some_names(article *a, uint64_t *seed) {
    static const char *const tags[] = { "Bitcoin", "bitcoin", "BITCOIN", "AI", "central  banks", "Central Banks", "" };
    static const char *const people[] = { "Ann Bell", "ann bell", "J\xc3\xb6rg" };
    a->doc.n_tags = dice(seed) % 4;
    for (size_t i = 0; i < a->doc.n_tags; i++) a->tags[i] = pn_bytes_cstr(tags[dice(seed) % PN_COUNT(tags)]);
    a->doc.n_authors = dice(seed) % 3;
    for (size_t i = 0; i < a->doc.n_authors; i++) a->authors[i] = pn_bytes_cstr(people[dice(seed) % PN_COUNT(people)]);
    a->doc.tags = a->tags;
    a->doc.authors = a->authors;
    a->doc.tags_present = dice(seed) % 2;
    a->doc.section = dice(seed) % 2 ? PN_BYTES_LIT("Markets") : PN_BYTES_NONE;
    a->doc.source = PN_BYTES_LIT("Wire");
    a->doc.language = dice(seed) % 2 ? PN_BYTES_LIT("en") : PN_BYTES_LIT("DE");
}

static inline void some_origin(article *a, uint32_t i, uint64_t *seed) {
    a->related[0] = (pn_related){ .title = PN_BYTES_LIT("Elsewhere"), .date = some_when(seed), .category = dice(seed) % 3 ? PN_BYTES_LIT("World") : PN_BYTES_NONE };
    a->related[1] = (pn_related){ .title = PN_BYTES_LIT("Nearby"), .date = PN_WHEN_NONE, .category = PN_BYTES_LIT("City"), .url = PN_BYTES_LIT("/near") };
    a->doc.related = a->related;
    a->doc.n_related = dice(seed) % 3;
    a->diag = (pn_diag){ "missing_date", PN_WARN, i, i, PN_BYTES_NONE };
    a->doc.diags = &a->diag;
    a->doc.n_diags = 1;
    a->role = (pn_role_run){ 1, i + 1, PN_ROLE_BODY };
    a->doc.roles = &a->role;
    a->doc.n_roles = 1;
    a->doc.offset = i * 100;
    a->doc.length = 100;
}

static inline void make_article(article *a, uint32_t i, uint64_t *seed) {
    a->doc = (pn_doc){ .date = some_when(seed), .modified = PN_WHEN_NONE };
    uint32_t title_words = dice(seed) % 8 ? 1 + dice(seed) % 9 : 0, body_words = dice(seed) % 8 ? dice(seed) % 60 : 0;
    a->doc.title = dice(seed) % 20 ? sentence(a->text[0], sizeof a->text[0], title_words, seed) : PN_BYTES_NONE;
    a->doc.body = body_words ? sentence(a->text[1], sizeof a->text[1], body_words, seed) : dice(seed) % 2 ? PN_BYTES_LIT(" \n\n ") : PN_BYTES_NONE;
    a->doc.teaser = dice(seed) % 2 ? sentence(a->text[2], sizeof a->text[2], 5, seed) : PN_BYTES_NONE;
    snprintf(a->text[3], sizeof a->text[3], "id-%u", i);
    snprintf(a->text[4], sizeof a->text[4], "wire.example/%u", i % 3 ? i : i / 2);
    a->doc.url = pn_bytes_cstr(a->text[4]);
    bool by_url = i % 3 == 1;
    a->extra = (pn_doc_extra){ .key = pn_bytes_cstr(by_url ? a->text[4] : a->text[3]), .url_key = i % 5 ? pn_bytes_cstr(a->text[4]) : PN_BYTES_NONE,
                               .id_source = by_url ? PN_BYTES_LIT("url") : PN_BYTES_LIT("given"), .input = PN_BYTES_LIT("dump.txt"), .arrival = BASE + i };
    some_names(a, seed);
    some_origin(a, i, seed);
}

static set *ordering;
static inline int class_of(const pn_when *w) { return w->precision >= PN_PREC_DAY ? 0 : w->precision == PN_PREC_MONTH ? 1 : w->precision == PN_PREC_YEAR ? 2 : 3; }
static inline int by_date(const void *x, const void *y) {
    uint32_t i = *(const uint32_t *)x, k = *(const uint32_t *)y;
    const pn_when *a = &ordering->at[i].doc.date, *b = &ordering->at[k].doc.date;
    if (class_of(a) != class_of(b)) return class_of(a) - class_of(b);
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    if (a->precision != b->precision) return a->precision < b->precision ? -1 : 1;
    if (a->second != b->second) return a->second < b->second ? -1 : 1;
    return i < k ? -1 : 1;
}

static inline void set_order(set *s) {
    s->n_kept = 0;
    for (uint32_t i = 0; i < s->n; i++)
        if (!s->dropped[i]) s->order[s->n_kept++] = i;
    ordering = s;
    qsort(s->order, s->n_kept, sizeof *s->order, by_date);
}

static inline set *new_set(uint32_t n, uint64_t seed) {
    set *s = calloc(1, sizeof *s);
    pn_buf scratch = { 0 };
    assert_non_null(s);
    s->n = n;
    for (uint32_t i = 0; i < n; i++) {
        make_article(&s->at[i], i, &seed);
        assert_int_equal(pn_doc_content_hash(&s->at[i].doc, s->at[i].extra.key, &scratch, &s->at[i].extra.content, NULL), PN_OK);
    }
    pn_buf_fini(&scratch);
    set_order(s);
    return s;
}
#endif
