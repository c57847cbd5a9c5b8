/* pn_arena.h -- memory that is freed all at once.  Layer: base.
 *
 * For what lives as long as one document, one query or one segment under construction.  The zero value is an
 * empty arena.  Pointers are 16-byte aligned and hold until pn_arena_reset or pn_arena_fini.  One thread at a time.
 */
#ifndef PN_ARENA_H
#define PN_ARENA_H
#include "base/pn_bytes.h"

typedef struct pn_arena_block pn_arena_block;
typedef struct { pn_arena_block *head; size_t used; } pn_arena;   /* used: bytes handed out since the last reset */

PN_MUST_CHECK void *pn_arena_take(pn_arena *a, size_t n);              /* not zeroed; NULL when memory is out */
PN_MUST_CHECK void *pn_arena_take0(pn_arena *a, size_t n, size_t size); /* n elements, zeroed */
PN_MUST_CHECK bool pn_arena_copy(pn_arena *a, pn_bytes s, pn_bytes *out); /* NONE stays NONE, "" stays "" */
void pn_arena_reset(pn_arena *a);                                      /* frees all but the newest block */
void pn_arena_fini(pn_arena *a);
#endif
