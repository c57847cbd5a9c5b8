/* pn_components.h -- what hangs together.  Layer: graph. */
#ifndef PN_COMPONENTS_H
#define PN_COMPONENTS_H
#include "graph/pn_graph.h"

/* The component of each of n nodes, numbered from 0, the largest first, of equal ones that with the smallest node.
 * Weak: connected when directions do not count.  Time and memory n + m.  PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_components_weak(const pn_graph *g, const pn_tick *tick, uint32_t *component, pn_error *err);
/* Strong: each node reaches each other one (R. E. Tarjan 1972, SIAM Journal on Computing 1: 146-160, with an explicit stack). */
PN_MUST_CHECK pn_status pn_components_strong(const pn_graph *g, const pn_tick *tick, uint32_t *component, pn_error *err);

/* Numbers groups anew in that order; group[v] < n.  PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_number_groups(uint32_t *group, uint32_t n, const pn_tick *tick, pn_error *err);
#endif
