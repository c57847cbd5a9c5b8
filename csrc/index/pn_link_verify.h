/* pn_link_verify.h -- the keys of links agree with the stored articles.  Layer: index. */
#ifndef PN_LINK_VERIFY_H
#define PN_LINK_VERIFY_H
#include "index/pn_seg.h"

typedef struct { uint32_t next, names; pn_buf scratch; } pn_link_walk;      /* zero to begin with; pn_buf_fini of scratch at the end */
/* The article `doc` of the segment, each in order; then the end.  PN_ECORRUPT, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_link_verify(pn_link_walk *w, pn_seg *s, uint32_t number, const pn_doc *doc, pn_bytes url_key, pn_error *err);
PN_MUST_CHECK pn_status pn_link_verify_end(const pn_link_walk *w, pn_seg *s, pn_error *err);
#endif
