/* pn_relgraph.h -- the related entries of a selection as a graph.  Layer: stats.  What counts as a link: docs/LINKS.md.
 *
 * Edges are the entries of the sources, in their chronological order.  Nodes 0 … n_archived-1 are articles in chronological order: the
 * sources and what they point to; behind them come the dangling ones, in the order of their first edge: entries with the same URL, or
 * without one the same folded title and date, are one node.  Immutable and counted, any thread; holds its snapshot.
 */
#ifndef PN_RELGRAPH_H
#define PN_RELGRAPH_H
#include "index/pn_links.h"
#include "model/pn_table.h"
#include "query/pn_select.h"

typedef struct {
    pn_link_ways ways;                 /* n = 0: by URL, else by title and date */
    bool backward;                     /* only edges with a lag of 0 or less */
    pn_select *within;                 /* only edges whose article lies in it, and only its articles are nodes; NULL: all */
} pn_relgraph_opts;

typedef struct {
    uint64_t n_links, n_resolved, n_dangling, n_ambiguous;         /* links = resolved + dangling + ambiguous */
    uint64_t n_forward, n_undated;     /* lag above 0; no lag, because entry or article has no day */
    uint64_t n_dropped_forward, n_dropped_undated;                 /* by `backward` */
    uint32_t n_nodes, n_archived;
} pn_relgraph_counts;

typedef struct pn_relgraph pn_relgraph;
/* PN_EINVAL (`within` of another snapshot, a way twice), PN_ELIMIT (2^32 nodes or edges), PN_ECORRUPT, PN_EINTR, PN_ENOMEM.  Holds 20
 * bytes an edge, 8 an article of the graph, 4 an article of the archive. */
PN_MUST_CHECK pn_status pn_relgraph_new(pn_select *sources, const pn_relgraph_opts *opts, const pn_tick *tick, pn_relgraph **out, pn_error *err);
void pn_relgraph_release(pn_relgraph *g);              /* NULL is fine */
const pn_relgraph_counts *pn_relgraph_counts_of(const pn_relgraph *g);   /* until release */
pn_select *pn_relgraph_sources(const pn_relgraph *g);  /* until release */
pn_select *pn_relgraph_members(const pn_relgraph *g);  /* the archived nodes; until release */

/* --- tables; rows of edges and nodes in the order of their numbers.  Those with titles read the stored articles, and give a second table:
 * for each column of dates one of that name, with PN_PREC_MONTH or PN_PREC_YEAR where no more was printed, else null; NULL where every
 * date is of a day. */
/* source, target: int32; lag_days: int32, may be null. */
PN_MUST_CHECK pn_status pn_relgraph_endpoint_table(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_error *err);
/* source, target (id; null when dangling), title, category, date, lag_days, resolved_by (null when dangling). */
PN_MUST_CHECK pn_status pn_relgraph_edges(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err);
/* id (null when dangling), title, date, section, archived, in_degree, out_degree. */
PN_MUST_CHECK pn_status pn_relgraph_nodes(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err);
/* title, date, category (the most frequent one; null at a tie), count, first, last (dates of their sources), ambiguous; most entries first. */
PN_MUST_CHECK pn_status pn_relgraph_dangling(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err);
/* day: int32 of each archived node, null where its date is coarser than a day or missing. */
PN_MUST_CHECK pn_status pn_relgraph_days(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_error *err);
/* lag_days, count: every lag there is, ascending. */
PN_MUST_CHECK pn_status pn_relgraph_lags(const pn_relgraph *g, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
