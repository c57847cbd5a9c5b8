/* pn_identity.h -- by what name an article is known.  Layer: archive.  Rules: docs/FIELDS.md, "Identity".
 *
 * key := the id the input gave, else the normalised URL, else a hash of (source, title, printed date, body).
 */
#ifndef PN_IDENTITY_H
#define PN_IDENTITY_H
#include "base/pn_buf.h"
#include "index/pn_seg.h"

typedef struct { pn_buf url, key, scratch; } pn_identity;    /* reused from article to article; the zero value is fine */
void pn_identity_fini(pn_identity *id);
/* Fills key, id_source, url_key and content of *extra (borrowed from *id until the next call) and, where the article names no
 * source, doc->source from the URL's host. */
PN_MUST_CHECK pn_status pn_identity_of(pn_identity *id, pn_doc *doc, pn_doc_extra *extra, pn_error *err);
#endif
