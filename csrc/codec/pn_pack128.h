/* pn_pack128.h -- 128 integers at a fixed width.  Layer: codec.  Layout: docs/FORMAT.md section 5.
 *
 * Vertical layout, four lanes of 32 (value i lies in lane i % 4), so the same bytes decode with scalar code, SSE2 and
 * AVX2.  A block of width w is exactly 16 * w bytes; width 0 is no bytes and 128 zeros.
 */
#ifndef PN_PACK128_H
#define PN_PACK128_H
#include "base/pn_base.h"

enum { PN_BLOCK = 128 };

unsigned pn_pack128_width(const uint32_t in[PN_BLOCK]);                          /* 0..32: the width the largest value needs */
void pn_pack128(uint8_t *out, const uint32_t in[PN_BLOCK], unsigned width);      /* writes 16 * width bytes */
void pn_unpack128(uint32_t out[PN_BLOCK], const uint8_t *in, unsigned width);    /* reads 16 * width bytes; width <= 32 */
/* Deltas back to values: out[i] = base + in[0] + … + in[i], in the order of i (not by lane). */
void pn_prefix_sum128(uint32_t v[PN_BLOCK], uint32_t base);
#endif
