/* pn_walk.h -- ways through a graph, and the part of it between some nodes.  Layer: graph. */
#ifndef PN_WALK_H
#define PN_WALK_H
#include "graph/pn_graph.h"

#define PN_FAR UINT32_MAX

/* Hops from `start` to each of n nodes along edges in either direction, PN_FAR beyond max_hops.  Time and memory n + m.  PN_EINVAL (no such node), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_hops(const pn_graph *g, uint32_t start, uint32_t max_hops, const pn_tick *tick, uint32_t *hops, pn_error *err);

/* A shortest way from `start` to `end` along the edges, both included, into path (room for n); 0 nodes where there is none.  Of equal ways that which
 * is found first by smaller nodes.  PN_EINVAL (no such node), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_shortest_path(const pn_graph *g, uint32_t start, uint32_t end, const pn_tick *tick, uint32_t *path, size_t *n_path, pn_error *err);

/* The edges with both ends in `keep` (n bytes, not 0: kept), in their order: where each stands in the arrays given, and its ends in the numbering of the kept nodes.
 * Three arrays with room for m; time and memory n + m.  PN_EINVAL (an end that is no node), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_edges_inside(const uint8_t *keep, uint32_t n, const uint32_t *source, const uint32_t *target, size_t m, const pn_tick *tick,
                                        int64_t *row, uint32_t *new_source, uint32_t *new_target, size_t *n_kept, pn_error *err);
#endif
