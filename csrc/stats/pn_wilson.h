/* pn_wilson.h -- the Wilson score interval of a share.  Layer: stats.
 *
 * E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22: 209-212:
 *   (p + z^2/2n -+ z * sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n),  p = k/n
 */
#ifndef PN_WILSON_H
#define PN_WILSON_H
#include "base/pn_base.h"

/* z such that a normal variable lies in [-z, z] with probability `level` (0 < level < 1), to full double precision. */
double pn_normal_z(double level);
/* Band of k of n, n > 0, 0 <= k <= n; inside [0, 1].  Both may be fractions, such as effective sizes. */
void pn_wilson(double k, double n, double z, double *lower, double *upper);
#endif
