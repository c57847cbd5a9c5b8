/* pn_doc_names.h -- the names of an article that are indexed, and how it spells them.  Layer: index. */
#ifndef PN_DOC_NAMES_H
#define PN_DOC_NAMES_H
#include "index/pn_seg.h"

/* What one article brings to a name field: each key once, with the first of its spellings.  Both are borrowed for the call. */
typedef pn_status pn_doc_name_fn(void *arg, pn_bytes key, pn_bytes spelling, pn_error *err);
typedef struct { pn_buf keys, key; } pn_doc_names;     /* scratch, for many articles; the zero value is empty */
/* Calls fn until it fails.  PN_ENOMEM, or what fn says. */
PN_MUST_CHECK pn_status pn_doc_names_each(pn_doc_names *s, const pn_doc *doc, pn_field f, pn_doc_name_fn *fn, void *arg, pn_error *err);
void pn_doc_names_fini(pn_doc_names *s);
#endif
