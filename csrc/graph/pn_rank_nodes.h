/* pn_rank_nodes.h -- which nodes matter: PageRank, HITS, betweenness.  Layer: graph. */
#ifndef PN_RANK_NODES_H
#define PN_RANK_NODES_H
#include "graph/pn_graph.h"

/* PageRank: S. Brin, L. Page (1998), Computer Networks 30: 107-117.  rank of n nodes, sum 1.  With probability `damping` in [0, 1) one follows a link, else, and
 * from a node without links always, one goes on at a node drawn with the weights `personal` (n of them, none negative, sum above 0; NULL: all alike).
 * Iterated until the ranks change by less than 1e-10 in sum.  Time (n + m) a round, about ln(1e-10) / ln(damping) rounds; memory 2 n.
 * PN_EINVAL (damping, personal), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_pagerank(const pn_graph *g, double damping, const double *personal, const pn_tick *tick, double *rank, pn_error *err);

/* Hubs and authorities: J. Kleinberg (1999), Journal of the ACM 46: 604-632.  A good hub points to good authorities; each sums to 1 (0 without edges).
 * Iterated from equal values until both change by less than 1e-10 in sum.  PN_ELIMIT (10,000 rounds did not settle it), PN_EINTR. */
PN_MUST_CHECK pn_status pn_hits(const pn_graph *g, const pn_tick *tick, double *hub, double *authority, pn_error *err);

/* Betweenness of directed shortest paths: U. Brandes (2001), Journal of Mathematical Sociology 25: 163-177; from `samples` nodes drawn with the seed
 * (U. Brandes, C. Pich 2007) and scaled up, from all where there are no more.  Divided by (n - 1)(n - 2).  Time samples * (n + m).
 * PN_EINVAL (samples 0), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_betweenness(const pn_graph *g, uint32_t samples, uint64_t seed, const pn_tick *tick, double *between, pn_error *err);
#endif
