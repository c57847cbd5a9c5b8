/* oom.h -- makes the n-th allocation fail, for out-of-memory sweeps.
 *
 *     for (long n = 1; oom_arm(n), run() == PN_ENOMEM; n++) …       until nothing was left to fail
 *     oom_off();
 */
#ifndef OOM_H
#define OOM_H
#include "base/pn_alloc.h"
#include <stdlib.h>

static struct { long n, at; } oom;

static inline void *oom_realloc(void *ctx, void *p, size_t n) {
    (void)ctx;
    if (n == 0) { free(p); return NULL; }
    return ++oom.n == oom.at ? NULL : realloc(p, n);
}
static inline void oom_arm(long at) {
    static const pn_alloc hook = { oom_realloc, NULL };
    oom.n = 0;
    oom.at = at;
    pn_alloc_set_for_tests(&hook);
}
static inline void oom_off(void) { pn_alloc_set_for_tests(NULL); }
static inline bool oom_met(void) { return oom.n >= oom.at; }        /* the armed allocation was reached */
#endif
