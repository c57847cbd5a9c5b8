#include "archive/pn_identity.h"
#include "index/pn_build.h"
#include "text/pn_url.h"

void pn_identity_fini(pn_identity *id) {
    pn_buf_fini(&id->url);
    pn_buf_fini(&id->key);
    pn_buf_fini(&id->scratch);
}

/* Each field with its length, so that moving a character from one to the next changes the hash. */
static void key_from_content(pn_identity *id, const pn_doc *doc) {
    char date[PN_WHEN_TEXT];
    size_t n = pn_when_print(&doc->date, date);
    pn_buf_clear(&id->scratch);
    pn_buf_put_blob(&id->scratch, doc->source);
    pn_buf_put_blob(&id->scratch, doc->title);
    pn_buf_put_blob(&id->scratch, n ? pn_bytes_of(date, n) : doc->date_raw);
    pn_buf_put_blob(&id->scratch, doc->body);
    pn_hash128 h = pn_hash128_of(pn_buf_bytes(&id->scratch));
    pn_buf_printf(&id->key, "%016llx%016llx", (unsigned long long)h.hi, (unsigned long long)h.lo);
}

static pn_bytes choose_key(pn_identity *id, const pn_doc *doc, pn_bytes url, pn_bytes *kind) {
    if (doc->id.len) { *kind = PN_BYTES_LIT("given"); return doc->id; }
    if (url.len) { *kind = PN_BYTES_LIT("url"); return url; }
    *kind = PN_BYTES_LIT("content");
    key_from_content(id, doc);
    return pn_buf_bytes(&id->key);
}

pn_status pn_identity_of(pn_identity *id, pn_doc *doc, pn_doc_extra *extra, pn_error *err) {
    pn_buf_clear(&id->url);
    pn_buf_clear(&id->key);
    pn_buf_clear(&id->scratch);
    if (doc->url.len) pn_url_normalise(&id->url, doc->url);
    extra->url_key = id->url.len ? pn_buf_bytes(&id->url) : PN_BYTES_NONE;
    if (!doc->source.ptr && id->url.len) doc->source = pn_url_outlet(extra->url_key);
    extra->key = choose_key(id, doc, extra->url_key, &extra->id_source);
    if (id->url.rc != PN_OK || id->key.rc != PN_OK || id->scratch.rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory for an article's key");
    return pn_doc_content_hash(doc, extra->key, &id->scratch, &extra->content, err);
}
