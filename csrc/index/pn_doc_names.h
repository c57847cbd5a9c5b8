/* pn_doc_names.h -- the names of an article that are indexed, and how it spells them.  Layer: index. */
#ifndef PN_DOC_NAMES_H
#define PN_DOC_NAMES_H
#include "index/pn_seg.h"

/* What one article brings to a name field: each key once, with the first of its spellings.  Both are borrowed for the call. */
typedef pn_status pn_doc_name_fn(void *arg, pn_bytes key, pn_bytes spelling, pn_error *err);
typedef struct {                       /* scratch, for many articles; the zero value is empty */
    pn_pace pace;                      /* who is asked whether to stop, between names */
    pn_buf keys;                       /* of the article and the field at hand, one behind the other */
    size_t *end, n, cap_end;           /* where each of them ends */
    uint32_t *slot; size_t mask, cap_slot;     /* 1 + number of a key, by hash; 0 = free */
} pn_doc_names;
/* Calls fn until it fails; linear in the names.  PN_ENOMEM, PN_EINTR, or what fn says. */
PN_MUST_CHECK pn_status pn_doc_names_each(pn_doc_names *s, const pn_doc *doc, pn_field f, pn_doc_name_fn *fn, void *arg, pn_error *err);
void pn_doc_names_fini(pn_doc_names *s);
#endif
