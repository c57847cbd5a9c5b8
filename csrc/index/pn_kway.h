/* pn_kway.h -- the smallest of several things that move on, again and again: a heap of their numbers.  Layer: index. */
#ifndef PN_KWAY_H
#define PN_KWAY_H
#include "base/pn_status.h"

/* Whether a comes before b; a strict order. */
typedef bool pn_kway_before(const void *ctx, uint32_t a, uint32_t b);
typedef struct { uint32_t *heap, n; pn_kway_before *before; const void *ctx; } pn_kway;

/* An empty heap with room for `cap` numbers.  PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_kway_new(pn_kway *k, size_t cap, pn_kway_before *before, const void *ctx, pn_error *err);
void pn_kway_fini(pn_kway *k);                         /* the zero value is fine */
void pn_kway_push(pn_kway *k, uint32_t i);
static inline uint32_t pn_kway_first(const pn_kway *k) { return k->heap[0]; }      /* n > 0 */
void pn_kway_settle(pn_kway *k);                       /* the first one has moved on */
void pn_kway_pop(pn_kway *k);                          /* the first one is used up */
#endif
