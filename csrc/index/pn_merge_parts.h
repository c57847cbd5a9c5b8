/* pn_merge_parts.h -- what the files pn_merge*.c share: a merge under way.  Layer: index. */
#ifndef PN_MERGE_PARTS_H
#define PN_MERGE_PARTS_H
#include "index/pn_facets.h"
#include "index/pn_merge_map.h"
#include "index/pn_seg_parts.h"

typedef struct {
    const pn_merge_input *in;
    pn_merge_map map;
    pn_seg_head head;                  /* of the new segment, filled section by section */
    pn_buf norms;                      /* of all new articles: bounds of the lists need them */
    pn_facets *names[PN_N_FIELDS];     /* spellings of the live articles; of name fields */
    pn_file_writer *file;              /* the new .idx */
    const pn_tick *tick;
    uint64_t *done;
} pn_merging;

static inline void pn_merge_progress(pn_merging *m, uint64_t bytes) { *m->done += bytes; }
static inline const pn_merge_input *pn_merge_in(const pn_merging *m, pn_merge_place p) { return &m->in[p.in]; }

/* Appends the merged dictionary, postings and positions of a field to empty buffers.  `norms` as in pn_list. */
typedef struct { pn_buf terms, post, pos; } pn_merged_lists;
PN_MUST_CHECK pn_status pn_merge_lists(pn_merging *m, unsigned field, const uint8_t *norms, pn_merged_lists *out, pn_error *err);
/* Fills m->names from the inputs' counts less what the deleted articles bring. */
PN_MUST_CHECK pn_status pn_merge_names(pn_merging *m, pn_error *err);
#endif
