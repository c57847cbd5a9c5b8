/* pn_alloc.h -- the one door to memory.  Layer: base.
 *
 * Nothing else in csrc/ may call malloc, calloc, realloc or free, so that tests can make the n-th allocation
 * fail and count what is still held.  Any thread; the hook itself is set only by tests, before any other call.
 */
#ifndef PN_ALLOC_H
#define PN_ALLOC_H
#include "base/pn_base.h"

typedef struct { void *(*realloc_fn)(void *ctx, void *p, size_t n); void *ctx; } pn_alloc;   /* n == 0 frees */

PN_MUST_CHECK void *pn_malloc(size_t n);             /* n == 0 gives a unique pointer; NULL when memory is out */
PN_MUST_CHECK void *pn_calloc(size_t n, size_t size); /* zeroed; NULL on overflow of n * size too */
PN_MUST_CHECK void *pn_realloc(void *p, size_t n);   /* p stays valid when NULL comes back */
void pn_free(void *p);                               /* NULL is a no-op */

/* Grows *p (elements of `size` bytes, *cap of them) to hold at least `need`; doubles, so appending is O(1).
 * False when memory is out or need * size overflows: *p and *cap are then unchanged. */
PN_MUST_CHECK bool pn_grow(void **p, size_t *cap, size_t need, size_t size);

int64_t pn_live(void);                               /* allocations not yet freed; for leak tests */
void pn_alloc_set_for_tests(const pn_alloc *hook);   /* NULL restores the C library */
#endif
