/* pn_fuzzy.h -- terms within a few typing mistakes of a word.  Layer: query.
 *
 * The distance is that of optimal string alignment: insert, delete, change a character, exchange two neighbours, no part edited
 * twice; counted in code points.
 */
#ifndef PN_FUZZY_H
#define PN_FUZZY_H
#include "base/pn_bytes.h"

enum { PN_FUZZY_MAX = 2 };             /* largest distance */
typedef struct { uint32_t c[256]; uint32_t n, distance; } pn_fuzzy;    /* the word as code points */

/* word: valid UTF-8 of at most 255 bytes; distance 1..PN_FUZZY_MAX. */
void pn_fuzzy_init(pn_fuzzy *f, pn_bytes word, uint32_t distance);
/* Whether `term` (at most 255 bytes) is within the distance.  Looks at a band of 2 * distance + 1 places per character, and stops as soon as no way is left. */
bool pn_fuzzy_fits(const pn_fuzzy *f, pn_bytes term);
#endif
