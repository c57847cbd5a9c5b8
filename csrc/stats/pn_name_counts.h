/* pn_name_counts.h -- the names of a field (tags, sections, sources, …) and how many articles carry each.  Layer: stats. */
#ifndef PN_NAME_COUNTS_H
#define PN_NAME_COUNTS_H
#include "index/pn_snap.h"
#include "model/pn_table.h"

/* Columns name, count of all live articles of the snapshot: the shown spelling of each folded name, most articles first,
 * ties by name.  `field` is TAG, SECTION, SOURCE, AUTHOR or LANGUAGE.  Linear in the names of all segments, times their logarithm. */
PN_MUST_CHECK pn_status pn_names_table(pn_snap *snap, pn_field field, pn_table **out, pn_error *err);
/* Live articles with at least one name of the field. */
PN_MUST_CHECK pn_status pn_names_covered(pn_snap *snap, pn_field field, uint64_t *out, pn_error *err);
#endif
