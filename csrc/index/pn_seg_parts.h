/* pn_seg_parts.h -- the inside of an open segment, for the files that read one.  Layer: index. */
#ifndef PN_SEG_PARTS_H
#define PN_SEG_PARTS_H
#include "base/pn_tick.h"
#include "index/pn_days.h"
#include "index/pn_facets.h"
#include "index/pn_linkkeys.h"
#include "index/pn_lookup.h"
#include "index/pn_seg_layout.h"
#include "index/pn_stored.h"
#include <stdatomic.h>

struct pn_seg {
    atomic_uint refs;
    atomic_uint sound;                 /* sections found sound as a whole, by bit: which bytes they hold never changes */
    atomic_bool links_ascend;          /* found so once: pn_seg_linkkeys */
    pn_file *idx, *doc;
    pn_seg_head head;
    pn_lookup keys, urls;
    pn_linkkeys links;
    pn_stored stored;
    pn_terms terms[PN_N_FIELDS];
    pn_post_src postings[PN_N_FIELDS];
    pn_facets_view facets[PN_N_FIELDS];          /* of name fields */
};

/* All bytes of a section (PN_SECTION_DAYS … PN_SECTION_COLS + 15) are sound: one atomic load when known. */
PN_MUST_CHECK pn_status pn_seg_sound(pn_seg *s, uint32_t section, pn_error *err);
/* A column whose bytes are sound. */
PN_MUST_CHECK pn_status pn_seg_column(pn_seg *s, pn_column c, pn_cols_view *out, pn_error *err);
#endif
