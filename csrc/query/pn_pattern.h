/* pn_pattern.h -- terms that fit a pattern of letters, * and ?.  Layer: query. */
#ifndef PN_PATTERN_H
#define PN_PATTERN_H
#include "base/pn_bytes.h"

/* Whether all of `term` fits: * stands for any run, also none; ? for one character.  Both valid UTF-8.  At most
 * len(pattern) * len(term) steps. */
bool pn_pattern_fits(pn_bytes pattern, pn_bytes term);
/* What stands before the first sign: every fitting term begins with it. */
pn_bytes pn_pattern_prefix(pn_bytes pattern);
#endif
