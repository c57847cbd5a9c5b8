/* pn_random.h -- chance that a seed repeats: SplitMix64.  Layer: base.  No code.
 *
 * G. L. Steele, D. Lea, C. H. Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA.  The same seed gives the
 * same numbers on every machine.  Not for secrets.
 */
#ifndef PN_RANDOM_H
#define PN_RANDOM_H
#include "base/pn_base.h"

typedef struct { uint64_t state; } pn_random;          /* the state is the seed; any value */

static inline uint64_t pn_random_next(pn_random *r) {
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}
/* 0 … n-1, n > 0; the bias is below n / 2^64. */
static inline uint64_t pn_random_below(pn_random *r, uint64_t n) { return pn_random_next(r) % n; }
/* At least 0, below 1, 53 bits. */
static inline double pn_random_unit(pn_random *r) { return (double)(pn_random_next(r) >> 11) * 0x1p-53; }
#endif
