/* pn_measures.h -- measures of a graph as tables, a row a node in the order of their numbers.  Layer: graph. */
#ifndef PN_MEASURES_H
#define PN_MEASURES_H
#include "graph/pn_graph.h"

/* Statuses, time and what the numbers mean: the headers of the functions that each calls.  All: PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_degree_table(const pn_graph *g, const pn_tick *tick, pn_table **out, pn_error *err);              /* in_degree, out_degree, degree: int64 */
PN_MUST_CHECK pn_status pn_pagerank_table(const pn_graph *g, double damping, const double *personal, const pn_tick *tick, pn_table **out, pn_error *err);   /* pagerank */
PN_MUST_CHECK pn_status pn_hits_table(const pn_graph *g, const pn_tick *tick, pn_table **out, pn_error *err);                /* hub, authority */
PN_MUST_CHECK pn_status pn_betweenness_table(const pn_graph *g, uint32_t samples, uint64_t seed, const pn_tick *tick, pn_table **out, pn_error *err);       /* betweenness */
PN_MUST_CHECK pn_status pn_components_table(const pn_graph *g, bool strong, const pn_tick *tick, pn_table **out, pn_error *err);                            /* component: int64 */
PN_MUST_CHECK pn_status pn_communities_table(const pn_graph *g, double resolution, uint64_t seed, const pn_tick *tick, pn_table **out, double *modularity, pn_error *err);  /* community: int64 */
PN_MUST_CHECK pn_status pn_hops_table(const pn_graph *g, uint32_t start, uint32_t max_hops, const pn_tick *tick, pn_table **out, pn_error *err);            /* hops: int64, null beyond */
PN_MUST_CHECK pn_status pn_path_table(const pn_graph *g, uint32_t start, uint32_t end, const pn_tick *tick, pn_table **out, pn_error *err);                 /* node: int64, a row a step */
PN_MUST_CHECK pn_status pn_layout_table(const pn_graph *g, uint64_t seed, const pn_tick *tick, pn_table **out, pn_error *err);                              /* x, y */
#endif
