/* pn_layout.h -- places of nodes for a picture.  Layer: graph.
 *
 * T. M. J. Fruchterman, E. M. Reingold (1991), "Graph drawing by force-directed placement", Software: Practice and Experience 21: 1129-1164: all nodes repel each
 * other (k^2 / d), ends of an edge attract each other (d^2 / k), steps grow smaller.  A pull to the middle (as in ForceAtlas2, M. Jacomy et al. 2014, PLoS ONE 9)
 * keeps what does not hang together on the sheet; a node with more edges repels more, so that hubs have room.
 */
#ifndef PN_LAYOUT_H
#define PN_LAYOUT_H
#include "graph/pn_graph.h"

#define PN_LAYOUT_MAX 5000             /* nodes; a picture of more is a cloud */

/* x and y of n nodes, the whole scaled into -1 … 1.  The same graph and seed give the same places.  Time 500 * n^2, memory n.
 * PN_ELIMIT (more than PN_LAYOUT_MAX nodes), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_layout(const pn_graph *g, uint64_t seed, const pn_tick *tick, double *x, double *y, pn_error *err);
#endif
