#include "parse/pn_fields.h"

#define NAME(s) { (const uint8_t *)(s), sizeof(s) - 1 }

typedef struct { pn_bytes name; uint8_t field, order; } usual_name;

enum { DATE_OWN_NAMES = 4 };           /* date, date_raw, ts, day are the first names of DATE */

static const usual_name usual[] = {    /* sorted by bytes, for the search; `order` is the order of preference within a field */
    { NAME("_id"), PN_FIELD_ID, 2 },
    { NAME("abstract"), PN_FIELD_TEASER, 5 },
    { NAME("article"), PN_FIELD_BODY, 4 },
    { NAME("articleBody"), PN_FIELD_BODY, 6 },
    { NAME("articleId"), PN_FIELD_ID, 5 },
    { NAME("articleSection"), PN_FIELD_SECTION, 2 },
    { NAME("articleTitle"), PN_FIELD_TITLE, 6 },
    { NAME("articleUrl"), PN_FIELD_URL, 10 },
    { NAME("article_body"), PN_FIELD_BODY, 5 },
    { NAME("article_id"), PN_FIELD_ID, 4 },
    { NAME("article_tags"), PN_FIELD_TAGS, 6 },
    { NAME("article_title"), PN_FIELD_TITLE, 5 },
    { NAME("article_url"), PN_FIELD_URL, 9 },
    { NAME("author"), PN_FIELD_AUTHORS, 1 },
    { NAME("authors"), PN_FIELD_AUTHORS, 0 },
    { NAME("body"), PN_FIELD_BODY, 0 },
    { NAME("body.summary"), PN_FIELD_TEASER, 14 },
    { NAME("bodyText"), PN_FIELD_BODY, 8 },
    { NAME("body_text"), PN_FIELD_BODY, 7 },
    { NAME("by"), PN_FIELD_AUTHORS, 7 },
    { NAME("byline"), PN_FIELD_AUTHORS, 2 },
    { NAME("canonical"), PN_FIELD_URL, 2 },
    { NAME("canonicalUrl"), PN_FIELD_URL, 4 },
    { NAME("canonical_url"), PN_FIELD_URL, 3 },
    { NAME("categories"), PN_FIELD_SECTION, 5 },
    { NAME("category"), PN_FIELD_SECTION, 1 },
    { NAME("channel"), PN_FIELD_SECTION, 7 },
    { NAME("content"), PN_FIELD_BODY, 3 },
    { NAME("created"), PN_FIELD_DATE, 25 },
    { NAME("createdAt"), PN_FIELD_DATE, 27 },
    { NAME("created_at"), PN_FIELD_DATE, 26 },
    { NAME("creator"), PN_FIELD_AUTHORS, 3 },
    { NAME("creators"), PN_FIELD_AUTHORS, 4 },
    { NAME("date"), PN_FIELD_DATE, 0 },
    { NAME("dateCreated"), PN_FIELD_DATE, 29 },
    { NAME("dateModified"), PN_FIELD_MODIFIED, 2 },
    { NAME("datePublished"), PN_FIELD_DATE, 6 },
    { NAME("date_created"), PN_FIELD_DATE, 28 },
    { NAME("date_modified"), PN_FIELD_MODIFIED, 1 },
    { NAME("date_modify"), PN_FIELD_MODIFIED, 3 },
    { NAME("date_publish"), PN_FIELD_DATE, 14 },
    { NAME("date_published"), PN_FIELD_DATE, 5 },
    { NAME("date_raw"), PN_FIELD_DATE, 1 },
    { NAME("datetime"), PN_FIELD_DATE, 24 },
    { NAME("day"), PN_FIELD_DATE, 3 },
    { NAME("dek"), PN_FIELD_TEASER, 7 },
    { NAME("description"), PN_FIELD_TEASER, 2 },
    { NAME("docId"), PN_FIELD_ID, 7 },
    { NAME("doc_id"), PN_FIELD_ID, 6 },
    { NAME("domain"), PN_FIELD_SOURCE, 11 },
    { NAME("excerpt"), PN_FIELD_TEASER, 3 },
    { NAME("fields.bodyText"), PN_FIELD_BODY, 9 },
    { NAME("fields.byline"), PN_FIELD_AUTHORS, 8 },
    { NAME("fields.headline"), PN_FIELD_TITLE, 4 },
    { NAME("fields.trailText"), PN_FIELD_TEASER, 11 },
    { NAME("first_published"), PN_FIELD_DATE, 21 },
    { NAME("fullText"), PN_FIELD_BODY, 12 },
    { NAME("full_text"), PN_FIELD_BODY, 10 },
    { NAME("fulltext"), PN_FIELD_BODY, 11 },
    { NAME("guid"), PN_FIELD_ID, 3 },
    { NAME("headline"), PN_FIELD_TITLE, 1 },
    { NAME("headline.main"), PN_FIELD_TITLE, 7 },
    { NAME("hostname"), PN_FIELD_SOURCE, 12 },
    { NAME("href"), PN_FIELD_URL, 8 },
    { NAME("id"), PN_FIELD_ID, 0 },
    { NAME("inLanguage"), PN_FIELD_LANGUAGE, 2 },
    { NAME("issued"), PN_FIELD_DATE, 22 },
    { NAME("keyword"), PN_FIELD_TAGS, 4 },
    { NAME("keywords"), PN_FIELD_TAGS, 1 },
    { NAME("labels"), PN_FIELD_TAGS, 7 },
    { NAME("lang"), PN_FIELD_LANGUAGE, 1 },
    { NAME("language"), PN_FIELD_LANGUAGE, 0 },
    { NAME("languageCode"), PN_FIELD_LANGUAGE, 4 },
    { NAME("language_code"), PN_FIELD_LANGUAGE, 3 },
    { NAME("lastModified"), PN_FIELD_MODIFIED, 16 },
    { NAME("lastUpdated"), PN_FIELD_MODIFIED, 14 },
    { NAME("last_modified"), PN_FIELD_MODIFIED, 15 },
    { NAME("last_updated"), PN_FIELD_MODIFIED, 13 },
    { NAME("lastmod"), PN_FIELD_MODIFIED, 17 },
    { NAME("lead_paragraph"), PN_FIELD_TEASER, 10 },
    { NAME("lede"), PN_FIELD_TEASER, 8 },
    { NAME("link"), PN_FIELD_URL, 1 },
    { NAME("maintext"), PN_FIELD_BODY, 2 },
    { NAME("meta_keywords"), PN_FIELD_TAGS, 9 },
    { NAME("modified"), PN_FIELD_MODIFIED, 0 },
    { NAME("modifiedAt"), PN_FIELD_MODIFIED, 5 },
    { NAME("modifiedDate"), PN_FIELD_MODIFIED, 7 },
    { NAME("modified_at"), PN_FIELD_MODIFIED, 4 },
    { NAME("modified_date"), PN_FIELD_MODIFIED, 6 },
    { NAME("name"), PN_FIELD_TITLE, 9 },
    { NAME("news_keywords"), PN_FIELD_TAGS, 5 },
    { NAME("outlet"), PN_FIELD_SOURCE, 1 },
    { NAME("permalink"), PN_FIELD_URL, 7 },
    { NAME("plaintext"), PN_FIELD_BODY, 14 },
    { NAME("pubDate"), PN_FIELD_DATE, 17 },
    { NAME("pub_date"), PN_FIELD_DATE, 18 },
    { NAME("pubdate"), PN_FIELD_DATE, 19 },
    { NAME("publication"), PN_FIELD_SOURCE, 3 },
    { NAME("publicationDate"), PN_FIELD_DATE, 16 },
    { NAME("publication_date"), PN_FIELD_DATE, 15 },
    { NAME("publishDate"), PN_FIELD_DATE, 13 },
    { NAME("publish_date"), PN_FIELD_DATE, 12 },
    { NAME("published"), PN_FIELD_DATE, 4 },
    { NAME("publishedAt"), PN_FIELD_DATE, 8 },
    { NAME("publishedDate"), PN_FIELD_DATE, 10 },
    { NAME("published_at"), PN_FIELD_DATE, 7 },
    { NAME("published_date"), PN_FIELD_DATE, 9 },
    { NAME("publisher"), PN_FIELD_SOURCE, 2 },
    { NAME("publishing_date"), PN_FIELD_DATE, 11 },
    { NAME("raw_text"), PN_FIELD_BODY, 15 },
    { NAME("related"), PN_FIELD_RELATED, 0 },
    { NAME("relatedArticles"), PN_FIELD_RELATED, 2 },
    { NAME("relatedLinks"), PN_FIELD_RELATED, 6 },
    { NAME("relatedPosts"), PN_FIELD_RELATED, 4 },
    { NAME("related_articles"), PN_FIELD_RELATED, 1 },
    { NAME("related_links"), PN_FIELD_RELATED, 5 },
    { NAME("related_posts"), PN_FIELD_RELATED, 3 },
    { NAME("section"), PN_FIELD_SECTION, 0 },
    { NAME("sectionName"), PN_FIELD_SECTION, 4 },
    { NAME("section_name"), PN_FIELD_SECTION, 3 },
    { NAME("see_also"), PN_FIELD_RELATED, 7 },
    { NAME("site"), PN_FIELD_SOURCE, 7 },
    { NAME("siteName"), PN_FIELD_SOURCE, 6 },
    { NAME("site_name"), PN_FIELD_SOURCE, 5 },
    { NAME("sitename"), PN_FIELD_SOURCE, 4 },
    { NAME("snippet"), PN_FIELD_TEASER, 9 },
    { NAME("source"), PN_FIELD_SOURCE, 0 },
    { NAME("sourceName"), PN_FIELD_SOURCE, 9 },
    { NAME("source_domain"), PN_FIELD_SOURCE, 10 },
    { NAME("source_name"), PN_FIELD_SOURCE, 8 },
    { NAME("standfirst"), PN_FIELD_TEASER, 4 },
    { NAME("story"), PN_FIELD_BODY, 13 },
    { NAME("storyId"), PN_FIELD_ID, 9 },
    { NAME("story_id"), PN_FIELD_ID, 8 },
    { NAME("subjects"), PN_FIELD_TAGS, 8 },
    { NAME("subtitle"), PN_FIELD_TEASER, 6 },
    { NAME("summary"), PN_FIELD_TEASER, 0 },
    { NAME("tag"), PN_FIELD_TAGS, 3 },
    { NAME("tags"), PN_FIELD_TAGS, 0 },
    { NAME("teaser"), PN_FIELD_TEASER, 1 },
    { NAME("text"), PN_FIELD_BODY, 1 },
    { NAME("thread.section_title"), PN_FIELD_SECTION, 8 },
    { NAME("thread.site"), PN_FIELD_SOURCE, 13 },
    { NAME("thread.url"), PN_FIELD_URL, 12 },
    { NAME("timestamp"), PN_FIELD_DATE, 23 },
    { NAME("title"), PN_FIELD_TITLE, 0 },
    { NAME("title_page"), PN_FIELD_TITLE, 2 },
    { NAME("title_rss"), PN_FIELD_TITLE, 8 },
    { NAME("topic"), PN_FIELD_SECTION, 6 },
    { NAME("topics"), PN_FIELD_TAGS, 2 },
    { NAME("trailText"), PN_FIELD_TEASER, 12 },
    { NAME("trail_text"), PN_FIELD_TEASER, 13 },
    { NAME("ts"), PN_FIELD_DATE, 2 },
    { NAME("updated"), PN_FIELD_MODIFIED, 8 },
    { NAME("updatedAt"), PN_FIELD_MODIFIED, 10 },
    { NAME("updatedDate"), PN_FIELD_MODIFIED, 12 },
    { NAME("updated_at"), PN_FIELD_MODIFIED, 9 },
    { NAME("updated_date"), PN_FIELD_MODIFIED, 11 },
    { NAME("uri"), PN_FIELD_URL, 11 },
    { NAME("url"), PN_FIELD_URL, 0 },
    { NAME("uuid"), PN_FIELD_ID, 1 },
    { NAME("webPublicationDate"), PN_FIELD_DATE, 20 },
    { NAME("webTitle"), PN_FIELD_TITLE, 3 },
    { NAME("webUrl"), PN_FIELD_URL, 6 },
    { NAME("web_url"), PN_FIELD_URL, 5 },
    { NAME("writer"), PN_FIELD_AUTHORS, 6 },
    { NAME("writers"), PN_FIELD_AUTHORS, 5 },
};

static const struct { pn_bytes name; uint8_t field; } targets[] = {
    { NAME("id"), PN_FIELD_ID }, { NAME("title"), PN_FIELD_TITLE }, { NAME("body"), PN_FIELD_BODY },
    { NAME("teaser"), PN_FIELD_TEASER },
    { NAME("date"), PN_FIELD_DATE }, { NAME("modified"), PN_FIELD_MODIFIED }, { NAME("section"), PN_FIELD_SECTION },
    { NAME("source"), PN_FIELD_SOURCE }, { NAME("url"), PN_FIELD_URL }, { NAME("language"), PN_FIELD_LANGUAGE },
    { NAME("authors"), PN_FIELD_AUTHORS }, { NAME("tags"), PN_FIELD_TAGS }, { NAME("related"), PN_FIELD_RELATED },
    { NAME("extra"), PN_FIELD_NONE }, { NAME("-"), PN_FIELD_LEFT_OUT },
};

/* Index in `targets`, or -1. */
static int find_target(pn_bytes name) {
    for (size_t i = 0; i < PN_COUNT(targets); i++)
        if (pn_bytes_equal(name, targets[i].name)) return (int)i;
    return -1;
}
bool pn_jsonl_is_target(pn_bytes target) { return find_target(target) >= 0; }

static pn_field_place find_usual(pn_bytes path) {
    size_t lo = 0, hi = PN_COUNT(usual);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = pn_bytes_compare(path, usual[mid].name);
        if (c == 0) return (pn_field_place){ usual[mid].field, (uint8_t)(PN_RANK_USUAL + usual[mid].order) };
        if (c < 0) hi = mid;
        else lo = mid + 1;
    }
    return (pn_field_place){ PN_FIELD_NONE, 0 };
}

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }

static bool equal_folded(pn_bytes a, pn_bytes b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    return true;
}

/* A usual name in other capitals comes after all that are written as in the table. */
static pn_field_place find_folded(pn_bytes path) {
    for (size_t i = 0; i < PN_COUNT(usual); i++)
        if (equal_folded(path, usual[i].name)) return (pn_field_place){ usual[i].field, (uint8_t)(PN_RANK_FOLDED + usual[i].order) };
    return (pn_field_place){ PN_FIELD_NONE, 0 };
}

pn_field_place pn_field_find(pn_bytes path, const pn_field_map *maps, size_t n_maps) {
    for (size_t i = 0; i < n_maps; i++) {
        if (!pn_bytes_equal(path, maps[i].name)) continue;
        int t = find_target(maps[i].target);
        uint8_t field = t < 0 ? PN_FIELD_NONE : targets[t].field;
        return (pn_field_place){ field, (uint8_t)PN_MIN(i, (size_t)PN_RANK_USUAL - 1) };
    }
    pn_field_place place = find_usual(path);
    return place.field ? place : find_folded(path);
}

static bool is_inner(pn_bytes name, pn_bytes path) {
    return name.len > path.len && name.ptr[path.len] == '.' && pn_bytes_starts(name, path);
}

bool pn_field_has_inner(pn_bytes path, const pn_field_map *maps, size_t n_maps) {
    for (size_t i = 0; i < n_maps; i++)
        if (is_inner(maps[i].name, path)) return true;
    for (size_t i = 0; i < PN_COUNT(usual); i++)
        if (is_inner(usual[i].name, path)) return true;
    return false;
}

bool pn_field_is_own_date(uint8_t rank) {
    uint8_t first = rank < PN_RANK_FOLDED ? PN_RANK_USUAL : PN_RANK_FOLDED;
    return rank >= first && rank < first + DATE_OWN_NAMES;
}
