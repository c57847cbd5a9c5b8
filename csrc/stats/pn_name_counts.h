/* pn_name_counts.h -- the names of a field (tags, sections, sources, …) and how many articles carry each.  Layer: stats. */
#ifndef PN_NAME_COUNTS_H
#define PN_NAME_COUNTS_H
#include "query/pn_select.h"
#include "model/pn_table.h"

/* Columns name, count of the articles of the selection: the shown spelling of each folded name, most articles first, ties by
 * name; names that no selected article carries are left out.  Sections count with those that others' entries tell (index/pn_sections.h).  `field` is TAG, SECTION, SOURCE, AUTHOR or LANGUAGE.
 * All articles: linear in the names of all segments, at the first call for a snapshot; else in their postings.  PN_EINVAL, PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_names_table(const pn_select *of, pn_field field, const pn_tick *tick, pn_table **out, pn_error *err);
/* Live articles that carry at least one name of the field themselves. */
PN_MUST_CHECK pn_status pn_names_covered(pn_snap *snap, pn_field field, const pn_tick *tick, uint64_t *out, pn_error *err);
#endif
