/* pn_relgraph_parts.h -- the inside of a graph of related entries, for the files that make and read one.  Layer: stats. */
#ifndef PN_RELGRAPH_PARTS_H
#define PN_RELGRAPH_PARTS_H
#include "stats/pn_relgraph.h"

struct pn_relgraph {
    pn_select *sources, *members;
    const pn_links *links;             /* of the snapshot, or: */
    pn_links *own_links;
    pn_relgraph_counts counts;
    size_t n;                          /* edges */
    uint32_t *source, *target;         /* nodes */
    uint32_t *entry;                   /* number of the entry in the part of its source */
    int32_t *lag;
    uint8_t *how;
    pn_ref *refs;                      /* of the archived nodes */
};
#endif
