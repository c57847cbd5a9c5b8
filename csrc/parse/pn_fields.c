#include "parse/pn_fields.h"

typedef struct { const char *name; uint8_t field, order; } usual_name;

enum { DATE_OWN_NAMES = 4 };           /* date, date_raw, ts, day are the first names of DATE */

static const usual_name usual[] = {    /* sorted by bytes, for the search; `order` is the order of preference within a field */
    { "_id", PN_FIELD_ID, 2 },
    { "abstract", PN_FIELD_TEASER, 5 },
    { "article", PN_FIELD_BODY, 4 },
    { "articleBody", PN_FIELD_BODY, 6 },
    { "articleId", PN_FIELD_ID, 5 },
    { "articleSection", PN_FIELD_SECTION, 2 },
    { "articleTitle", PN_FIELD_TITLE, 6 },
    { "articleUrl", PN_FIELD_URL, 10 },
    { "article_body", PN_FIELD_BODY, 5 },
    { "article_id", PN_FIELD_ID, 4 },
    { "article_tags", PN_FIELD_TAGS, 6 },
    { "article_title", PN_FIELD_TITLE, 5 },
    { "article_url", PN_FIELD_URL, 9 },
    { "author", PN_FIELD_AUTHORS, 1 },
    { "authors", PN_FIELD_AUTHORS, 0 },
    { "body", PN_FIELD_BODY, 0 },
    { "body.summary", PN_FIELD_TEASER, 14 },
    { "bodyText", PN_FIELD_BODY, 8 },
    { "body_text", PN_FIELD_BODY, 7 },
    { "by", PN_FIELD_AUTHORS, 7 },
    { "byline", PN_FIELD_AUTHORS, 2 },
    { "canonical", PN_FIELD_URL, 2 },
    { "canonicalUrl", PN_FIELD_URL, 4 },
    { "canonical_url", PN_FIELD_URL, 3 },
    { "categories", PN_FIELD_SECTION, 5 },
    { "category", PN_FIELD_SECTION, 1 },
    { "channel", PN_FIELD_SECTION, 7 },
    { "content", PN_FIELD_BODY, 3 },
    { "created", PN_FIELD_DATE, 25 },
    { "createdAt", PN_FIELD_DATE, 27 },
    { "created_at", PN_FIELD_DATE, 26 },
    { "creator", PN_FIELD_AUTHORS, 3 },
    { "creators", PN_FIELD_AUTHORS, 4 },
    { "date", PN_FIELD_DATE, 0 },
    { "dateCreated", PN_FIELD_DATE, 29 },
    { "dateModified", PN_FIELD_MODIFIED, 2 },
    { "datePublished", PN_FIELD_DATE, 6 },
    { "date_created", PN_FIELD_DATE, 28 },
    { "date_modified", PN_FIELD_MODIFIED, 1 },
    { "date_modify", PN_FIELD_MODIFIED, 3 },
    { "date_publish", PN_FIELD_DATE, 14 },
    { "date_published", PN_FIELD_DATE, 5 },
    { "date_raw", PN_FIELD_DATE, 1 },
    { "datetime", PN_FIELD_DATE, 24 },
    { "day", PN_FIELD_DATE, 3 },
    { "dek", PN_FIELD_TEASER, 7 },
    { "description", PN_FIELD_TEASER, 2 },
    { "docId", PN_FIELD_ID, 7 },
    { "doc_id", PN_FIELD_ID, 6 },
    { "domain", PN_FIELD_SOURCE, 11 },
    { "excerpt", PN_FIELD_TEASER, 3 },
    { "fields.bodyText", PN_FIELD_BODY, 9 },
    { "fields.byline", PN_FIELD_AUTHORS, 8 },
    { "fields.headline", PN_FIELD_TITLE, 4 },
    { "fields.trailText", PN_FIELD_TEASER, 11 },
    { "first_published", PN_FIELD_DATE, 21 },
    { "fullText", PN_FIELD_BODY, 12 },
    { "full_text", PN_FIELD_BODY, 10 },
    { "fulltext", PN_FIELD_BODY, 11 },
    { "guid", PN_FIELD_ID, 3 },
    { "headline", PN_FIELD_TITLE, 1 },
    { "headline.main", PN_FIELD_TITLE, 7 },
    { "hostname", PN_FIELD_SOURCE, 12 },
    { "href", PN_FIELD_URL, 8 },
    { "id", PN_FIELD_ID, 0 },
    { "inLanguage", PN_FIELD_LANGUAGE, 2 },
    { "issued", PN_FIELD_DATE, 22 },
    { "keyword", PN_FIELD_TAGS, 4 },
    { "keywords", PN_FIELD_TAGS, 1 },
    { "labels", PN_FIELD_TAGS, 7 },
    { "lang", PN_FIELD_LANGUAGE, 1 },
    { "language", PN_FIELD_LANGUAGE, 0 },
    { "languageCode", PN_FIELD_LANGUAGE, 4 },
    { "language_code", PN_FIELD_LANGUAGE, 3 },
    { "lastModified", PN_FIELD_MODIFIED, 16 },
    { "lastUpdated", PN_FIELD_MODIFIED, 14 },
    { "last_modified", PN_FIELD_MODIFIED, 15 },
    { "last_updated", PN_FIELD_MODIFIED, 13 },
    { "lastmod", PN_FIELD_MODIFIED, 17 },
    { "lead_paragraph", PN_FIELD_TEASER, 10 },
    { "lede", PN_FIELD_TEASER, 8 },
    { "link", PN_FIELD_URL, 1 },
    { "maintext", PN_FIELD_BODY, 2 },
    { "meta_keywords", PN_FIELD_TAGS, 9 },
    { "modified", PN_FIELD_MODIFIED, 0 },
    { "modifiedAt", PN_FIELD_MODIFIED, 5 },
    { "modifiedDate", PN_FIELD_MODIFIED, 7 },
    { "modified_at", PN_FIELD_MODIFIED, 4 },
    { "modified_date", PN_FIELD_MODIFIED, 6 },
    { "name", PN_FIELD_TITLE, 9 },
    { "news_keywords", PN_FIELD_TAGS, 5 },
    { "outlet", PN_FIELD_SOURCE, 1 },
    { "permalink", PN_FIELD_URL, 7 },
    { "plaintext", PN_FIELD_BODY, 14 },
    { "pubDate", PN_FIELD_DATE, 17 },
    { "pub_date", PN_FIELD_DATE, 18 },
    { "pubdate", PN_FIELD_DATE, 19 },
    { "publication", PN_FIELD_SOURCE, 3 },
    { "publicationDate", PN_FIELD_DATE, 16 },
    { "publication_date", PN_FIELD_DATE, 15 },
    { "publishDate", PN_FIELD_DATE, 13 },
    { "publish_date", PN_FIELD_DATE, 12 },
    { "published", PN_FIELD_DATE, 4 },
    { "publishedAt", PN_FIELD_DATE, 8 },
    { "publishedDate", PN_FIELD_DATE, 10 },
    { "published_at", PN_FIELD_DATE, 7 },
    { "published_date", PN_FIELD_DATE, 9 },
    { "publisher", PN_FIELD_SOURCE, 2 },
    { "publishing_date", PN_FIELD_DATE, 11 },
    { "raw_text", PN_FIELD_BODY, 15 },
    { "related", PN_FIELD_RELATED, 0 },
    { "relatedArticles", PN_FIELD_RELATED, 2 },
    { "relatedLinks", PN_FIELD_RELATED, 6 },
    { "relatedPosts", PN_FIELD_RELATED, 4 },
    { "related_articles", PN_FIELD_RELATED, 1 },
    { "related_links", PN_FIELD_RELATED, 5 },
    { "related_posts", PN_FIELD_RELATED, 3 },
    { "section", PN_FIELD_SECTION, 0 },
    { "sectionName", PN_FIELD_SECTION, 4 },
    { "section_name", PN_FIELD_SECTION, 3 },
    { "see_also", PN_FIELD_RELATED, 7 },
    { "site", PN_FIELD_SOURCE, 7 },
    { "siteName", PN_FIELD_SOURCE, 6 },
    { "site_name", PN_FIELD_SOURCE, 5 },
    { "sitename", PN_FIELD_SOURCE, 4 },
    { "snippet", PN_FIELD_TEASER, 9 },
    { "source", PN_FIELD_SOURCE, 0 },
    { "sourceName", PN_FIELD_SOURCE, 9 },
    { "source_domain", PN_FIELD_SOURCE, 10 },
    { "source_name", PN_FIELD_SOURCE, 8 },
    { "standfirst", PN_FIELD_TEASER, 4 },
    { "story", PN_FIELD_BODY, 13 },
    { "storyId", PN_FIELD_ID, 9 },
    { "story_id", PN_FIELD_ID, 8 },
    { "subjects", PN_FIELD_TAGS, 8 },
    { "subtitle", PN_FIELD_TEASER, 6 },
    { "summary", PN_FIELD_TEASER, 0 },
    { "tag", PN_FIELD_TAGS, 3 },
    { "tags", PN_FIELD_TAGS, 0 },
    { "teaser", PN_FIELD_TEASER, 1 },
    { "text", PN_FIELD_BODY, 1 },
    { "thread.section_title", PN_FIELD_SECTION, 8 },
    { "thread.site", PN_FIELD_SOURCE, 13 },
    { "thread.url", PN_FIELD_URL, 12 },
    { "timestamp", PN_FIELD_DATE, 23 },
    { "title", PN_FIELD_TITLE, 0 },
    { "title_page", PN_FIELD_TITLE, 2 },
    { "title_rss", PN_FIELD_TITLE, 8 },
    { "topic", PN_FIELD_SECTION, 6 },
    { "topics", PN_FIELD_TAGS, 2 },
    { "trailText", PN_FIELD_TEASER, 12 },
    { "trail_text", PN_FIELD_TEASER, 13 },
    { "ts", PN_FIELD_DATE, 2 },
    { "updated", PN_FIELD_MODIFIED, 8 },
    { "updatedAt", PN_FIELD_MODIFIED, 10 },
    { "updatedDate", PN_FIELD_MODIFIED, 12 },
    { "updated_at", PN_FIELD_MODIFIED, 9 },
    { "updated_date", PN_FIELD_MODIFIED, 11 },
    { "uri", PN_FIELD_URL, 11 },
    { "url", PN_FIELD_URL, 0 },
    { "uuid", PN_FIELD_ID, 1 },
    { "webPublicationDate", PN_FIELD_DATE, 20 },
    { "webTitle", PN_FIELD_TITLE, 3 },
    { "webUrl", PN_FIELD_URL, 6 },
    { "web_url", PN_FIELD_URL, 5 },
    { "writer", PN_FIELD_AUTHORS, 6 },
    { "writers", PN_FIELD_AUTHORS, 5 },
};

static const struct { const char *name; uint8_t field; } targets[] = {
    { "id", PN_FIELD_ID }, { "title", PN_FIELD_TITLE }, { "body", PN_FIELD_BODY }, { "teaser", PN_FIELD_TEASER },
    { "date", PN_FIELD_DATE }, { "modified", PN_FIELD_MODIFIED }, { "section", PN_FIELD_SECTION },
    { "source", PN_FIELD_SOURCE }, { "url", PN_FIELD_URL }, { "language", PN_FIELD_LANGUAGE },
    { "authors", PN_FIELD_AUTHORS }, { "tags", PN_FIELD_TAGS }, { "related", PN_FIELD_RELATED },
    { "extra", PN_FIELD_NONE }, { "-", PN_FIELD_LEFT_OUT },
};

/* Index in `targets`, or -1. */
static int find_target(pn_bytes name) {
    for (size_t i = 0; i < PN_COUNT(targets); i++)
        if (pn_bytes_equal(name, pn_bytes_cstr(targets[i].name))) return (int)i;
    return -1;
}
bool pn_jsonl_is_target(pn_bytes target) { return find_target(target) >= 0; }

static pn_field_place find_usual(pn_bytes path) {
    size_t lo = 0, hi = PN_COUNT(usual);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = pn_bytes_compare(path, pn_bytes_cstr(usual[mid].name));
        if (c == 0) return (pn_field_place){ usual[mid].field, (uint8_t)(PN_RANK_USUAL + usual[mid].order) };
        if (c < 0) hi = mid;
        else lo = mid + 1;
    }
    return (pn_field_place){ PN_FIELD_NONE, 0 };
}

pn_field_place pn_field_find(pn_bytes path, const pn_field_map *maps, size_t n_maps) {
    for (size_t i = 0; i < n_maps; i++) {
        if (!pn_bytes_equal(path, maps[i].name)) continue;
        int t = find_target(maps[i].target);
        uint8_t field = t < 0 ? PN_FIELD_NONE : targets[t].field;
        return (pn_field_place){ field, (uint8_t)PN_MIN(i, (size_t)PN_RANK_USUAL - 1) };
    }
    return find_usual(path);
}

static bool is_inner(pn_bytes name, pn_bytes path) {
    return name.len > path.len && name.ptr[path.len] == '.' && pn_bytes_starts(name, path);
}

bool pn_field_has_inner(pn_bytes path, const pn_field_map *maps, size_t n_maps) {
    for (size_t i = 0; i < n_maps; i++)
        if (is_inner(maps[i].name, path)) return true;
    for (size_t i = 0; i < PN_COUNT(usual); i++)
        if (is_inner(pn_bytes_cstr(usual[i].name), path)) return true;
    return false;
}

bool pn_field_is_own_date(uint8_t rank) { return rank >= PN_RANK_USUAL && rank < PN_RANK_USUAL + DATE_OWN_NAMES; }
