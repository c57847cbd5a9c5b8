/* pn_link_match.h -- articles by the links between them.  Layer: query.  Rules: docs/LINKS.md. */
#ifndef PN_LINK_MATCH_H
#define PN_LINK_MATCH_H
#include "index/pn_links.h"

typedef enum { PN_LINKS_TO, PN_LINKED_FROM } pn_link_direction;
/* Sets in `bits` (one a live article of the part) the articles that link to the article, or that it links to.  The first call in a snapshot
 * resolves the links (pn_snap_links); then linear in the entries of the part.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM, PN_ELIMIT. */
PN_MUST_CHECK pn_status pn_link_match(pn_snap *snap, uint32_t part, pn_ref article, pn_link_direction direction, uint64_t *bits,
                                      const pn_tick *tick, pn_error *err);
/* The article that entry number `ordinal` (from 0) of the article means; *found = false when it dangles or there is no such entry. */
PN_MUST_CHECK pn_status pn_link_target(pn_snap *snap, pn_ref article, uint32_t ordinal, const pn_tick *tick, pn_ref *out, bool *found, pn_error *err);
#endif
