/* pn_doc_bytes.h -- an article as the bytes of a stored record, and back.  Layer: index.  Layout: docs/FORMAT.md section 7.
 *
 * A record begins with what an analyst sees of the article (its content hash is taken over these bytes), then comes where it
 * came from.  Arrival and content hash are columns of the segment, not part of the record.
 */
#ifndef PN_DOC_BYTES_H
#define PN_DOC_BYTES_H
#include "base/pn_arena.h"
#include "base/pn_buf.h"
#include "index/pn_seg.h"
#include "model/pn_doc.h"

#define PN_RECORD_MAX (256u << 20)     /* bytes of one record */

/* Appends; out of memory shows in out->rc.  The doc is not a skipped one and its dates are valid. */
void pn_doc_bytes_put(pn_buf *out, const pn_doc *doc, const pn_doc_extra *extra);
/* *why = the limit of what can be stored that is broken, as a phrase; NULL when all are kept.  What is read is held to less
 * (pn_doc_why_too_large).  PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_doc_bytes_fit(const pn_doc *doc, const pn_doc_extra *extra, const char **why, pn_error *err);
void pn_doc_bytes_put_visible(pn_buf *out, const pn_doc *doc, pn_bytes key);
/* Texts are borrowed from `record`, lists lie in `arena`; extra->content and ->arrival become 0.  PN_ECORRUPT without a file
 * name, PN_ENOMEM.  Any bytes are safe. */
PN_MUST_CHECK pn_status pn_doc_bytes_read(pn_bytes record, pn_arena *arena, pn_doc *doc, pn_doc_extra *extra, pn_error *err);
pn_bytes pn_doc_bytes_key(pn_bytes record);               /* borrowed from a record that pn_doc_bytes_put wrote */

/* Precision, second and day agree and the day lies between 1600 and 2200. */
bool pn_when_is_valid(const pn_when *w);
#endif
