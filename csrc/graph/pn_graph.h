/* pn_graph.h -- a directed graph as rows of neighbours, both ways.  Layer: graph.
 *
 * Immutable; any thread until release.  Rows are sorted; an edge given twice is one edge; an edge from a node to itself is kept.
 */
#ifndef PN_GRAPH_H
#define PN_GRAPH_H
#include "base/pn_tick.h"
#include "model/pn_table.h"

typedef struct {
    uint32_t n;                        /* nodes */
    const uint64_t *off;               /* n + 1: where the row of each node begins in `to` */
    const uint32_t *to;
} pn_csr;
static inline uint64_t pn_csr_degree(const pn_csr *c, uint32_t v) { return c->off[v + 1] - c->off[v]; }

typedef struct pn_graph pn_graph;

/* The graph of edges source[i] -> target[i]; both arrays are read only during the call.  Time and memory n + m.
 * PN_EINVAL (an end that is no node), PN_ELIMIT (2^31 nodes or edges), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_graph_new(uint32_t n, const uint32_t *source, const uint32_t *target, size_t m, const pn_tick *tick, pn_graph **out, pn_error *err);
void pn_graph_release(pn_graph *g);                    /* NULL is fine */

pn_csr pn_graph_out(const pn_graph *g);                /* until release: whom a node points to */
pn_csr pn_graph_in(const pn_graph *g);                 /* who points to it */
pn_table *pn_graph_off_table(const pn_graph *g);       /* memory of pn_graph_out as columns: `off`, int64, n + 1 rows; borrowed, retain to keep */
pn_table *pn_graph_to_table(const pn_graph *g);        /* `to`, int32 */
#endif
