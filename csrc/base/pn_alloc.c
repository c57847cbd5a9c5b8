#include "base/pn_alloc.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static void *libc_realloc(void *ctx, void *p, size_t n) {
    (void)ctx;
    if (n == 0) { free(p); return NULL; }
    return realloc(p, n);
}
static const pn_alloc libc_hook = { libc_realloc, NULL };
static pn_alloc hook = { libc_realloc, NULL };
static atomic_int_fast64_t live;

void pn_alloc_set_for_tests(const pn_alloc *h) { hook = h ? *h : libc_hook; }
int64_t pn_live(void) { return atomic_load(&live); }

void *pn_malloc(size_t n) {
    void *p = hook.realloc_fn(hook.ctx, NULL, n ? n : 1);
    if (p) atomic_fetch_add(&live, 1);
    return p;
}

void *pn_calloc(size_t n, size_t size) {
    if (size && n > SIZE_MAX / size) return NULL;
    void *p = pn_malloc(n * size);
    if (p) memset(p, 0, n * size);
    return p;
}

void *pn_realloc(void *p, size_t n) {
    if (!p) return pn_malloc(n);
    return hook.realloc_fn(hook.ctx, p, n ? n : 1);
}

void pn_free(void *p) {
    if (!p) return;
    hook.realloc_fn(hook.ctx, p, 0);
    atomic_fetch_sub(&live, 1);
}

bool pn_grow(void **p, size_t *cap, size_t need, size_t size) {
    if (need <= *cap) return true;
    size_t next = *cap < 8 ? 8 : *cap + *cap / 2 + 8;
    if (next < need) next = need;
    if (next > SIZE_MAX / size) return false;
    void *q = pn_realloc(*p, next * size);
    if (!q) return false;
    *p = q;
    *cap = next;
    return true;
}
