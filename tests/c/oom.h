/* oom.h -- makes the n-th allocation fail, once or with all behind it, for out-of-memory sweeps.
 *
 *     for (long n = 1; oom_arm(n), run() == PN_ENOMEM; n++) …       until nothing was left to fail
 *     oom_off();
 */
#ifndef OOM_H
#define OOM_H
#include "base/pn_alloc.h"
#include <stdlib.h>

static struct { long n, at; bool for_good; } oom;

static inline void *oom_realloc(void *ctx, void *p, size_t n) {
    (void)ctx;
    if (n == 0) { free(p); return NULL; }
    bool fails = ++oom.n == oom.at || (oom.for_good && oom.n > oom.at);
    return fails ? NULL : realloc(p, n);
}
static inline void oom_arm(long at) {
    static const pn_alloc hook = { oom_realloc, NULL };
    oom.n = 0;
    oom.at = at;
    oom.for_good = false;
    pn_alloc_set_for_tests(&hook);
}
static inline void oom_arm_for_good(long at) {
    oom_arm(at);
    oom.for_good = true;
}
static inline void oom_off(void) { pn_alloc_set_for_tests(NULL); }
static inline bool oom_met(void) { return oom.n >= oom.at; }        /* the armed allocation was reached */
#endif
