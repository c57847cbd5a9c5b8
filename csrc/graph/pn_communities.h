/* pn_communities.h -- groups that link among themselves more than with others.  Layer: graph.
 *
 * V. D. Blondel, J.-L. Guillaume, R. Lambiotte, E. Lefebvre (2008), "Fast unfolding of communities in large networks", J. Stat. Mech. P10008 (Louvain), on
 * the graph without directions, where a link each way weighs 2.  Nodes are visited in an order drawn with the seed; a node that moved wakes its neighbours
 * (the queue of V. A. Traag, L. Waltman, N. J. van Eck 2019, Scientific Reports 9: 5233).  That paper shows that Louvain may leave a community in pieces:
 * here every piece becomes a community of its own at the end.
 */
#ifndef PN_COMMUNITIES_H
#define PN_COMMUNITIES_H
#include "graph/pn_graph.h"

/* The community of each of n nodes, numbered as components are, and the modularity of the whole (sum over communities of inside / 2m - resolution * (degrees / 2m)^2;
 * 0 without edges).  resolution > 0; larger gives smaller communities.  Time some (n + m), memory n + m.  PN_EINVAL (resolution), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_communities(const pn_graph *g, double resolution, uint64_t seed, const pn_tick *tick, uint32_t *community, double *modularity, pn_error *err);
#endif
