/* pn_likes.h -- what the like: parts of a query find.  Layer: query.
 *
 * They are of the whole snapshot, so they are answered once, before the segments are asked for the rest.
 */
#ifndef PN_LIKES_H
#define PN_LIKES_H
#include "query/pn_plan.h"

typedef struct { const pn_ref *refs; size_t n; } pn_likes_found;
typedef struct { pn_arena arena; pn_likes_found *at; } pn_likes;         /* at: one an operation; NULL when the query has no such part */

/* Statuses of pn_like_find (query/pn_like.h).  pn_likes_fini frees, also after a failure. */
PN_MUST_CHECK pn_status pn_likes_find(const pn_plan *plan, const pn_tick *tick, pn_likes *out, pn_error *err);
void pn_likes_fini(pn_likes *l);
#endif
