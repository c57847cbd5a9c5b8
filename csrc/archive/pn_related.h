/* pn_related.h -- questions about related entries, as a binding asks them.  Layer: archive.  Rules: docs/LINKS.md.
 *
 * As the questions of pn_archive.h: PN_ECHANGED, and no answer, where somebody wrote over the files since they were opened.
 */
#ifndef PN_ARCHIVE_RELATED_H
#define PN_ARCHIVE_RELATED_H
#include "index/pn_sections.h"
#include "query/pn_link_match.h"
#include "stats/pn_relgraph.h"

PN_MUST_CHECK pn_status pn_archive_graph(pn_select *sources, const pn_relgraph_opts *opts, const pn_tick *tick, pn_relgraph **out, pn_error *err);
typedef enum { PN_GRAPH_NODES, PN_GRAPH_EDGES, PN_GRAPH_DANGLING, PN_GRAPH_ENDPOINTS, PN_GRAPH_LAGS, PN_GRAPH_DAYS, PN_N_GRAPH_TABLES } pn_graph_table;
/* The second one: how far dates were printed, as pn_relgraph.h says; NULL for tables without dates, and where all are of a day. */
PN_MUST_CHECK pn_status pn_archive_graph_table(const pn_relgraph *g, pn_graph_table which, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err);

/* The articles that link to an article, or that it links to. */
PN_MUST_CHECK pn_status pn_archive_linked(pn_snap *snap, pn_ref article, pn_link_direction direction, const pn_tick *tick, pn_select **out, pn_error *err);
/* pn_link_target. */
PN_MUST_CHECK pn_status pn_archive_link(pn_snap *snap, pn_ref article, uint32_t ordinal, const pn_tick *tick, pn_ref *out, bool *found, pn_error *err);
/* The section that others' entries tell of an article, NONE without one; until the snapshot's release. */
PN_MUST_CHECK pn_status pn_archive_section(pn_snap *snap, pn_ref article, const pn_tick *tick, pn_bytes *out, pn_error *err);
/* An article by its place, for what a binding keeps of one: PN_EINVAL when there is none. */
PN_MUST_CHECK pn_status pn_archive_ref(pn_snap *snap, uint64_t packed, pn_ref *out, pn_error *err);
static inline uint64_t pn_archive_pack(pn_ref ref) { return (uint64_t)ref.part << 32 | ref.doc; }
#endif
