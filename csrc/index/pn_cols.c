#include "index/pn_cols.h"

static uint8_t width_of(uint32_t range) {
    uint8_t w = 0;
    for (; range; range >>= 8) w++;
    return w;
}

void pn_cols_put(pn_buf *out, const int32_t *values, size_t n, pn_cols_head *head) {
    int32_t min = n ? values[0] : 0, max = min;
    for (size_t i = 0; i < n; i++) {
        min = PN_MIN(min, values[i]);
        max = PN_MAX(max, values[i]);
    }
    *head = (pn_cols_head){ min, width_of((uint32_t)max - (uint32_t)min) };
    if (!pn_buf_reserve(out, n * head->width)) return;
    for (size_t i = 0; i < n; i++) {
        uint32_t v = (uint32_t)values[i] - (uint32_t)min;
        for (unsigned k = 0; k < head->width; k++) out->ptr[out->len++] = (uint8_t)(v >> (8 * k));
    }
}

/* --- the norm byte: the first 24 lengths as they are, then a floating number of four bits above 24 */

enum { PLAIN = 24, FRACTION_BITS = 3 };

static uint32_t float_of(uint32_t v) {               /* order-preserving: v < 16 as is, then exponent and three bits of fraction */
    if (v < 1u << FRACTION_BITS) return v;
    unsigned shift = 31u - (unsigned)__builtin_clz(v) - FRACTION_BITS;
    return (v >> shift & ((1u << FRACTION_BITS) - 1)) | (shift + 1) << FRACTION_BITS;
}
static uint32_t value_of(uint32_t f) {
    uint32_t exponent = f >> FRACTION_BITS, fraction = f & ((1u << FRACTION_BITS) - 1);
    return exponent == 0 ? fraction : (fraction | 1u << FRACTION_BITS) << (exponent - 1);
}

uint8_t pn_norm_of(uint32_t words) {
    if (words < PLAIN) return (uint8_t)words;
    return (uint8_t)(PLAIN + float_of(PN_MIN(words, (uint32_t)INT32_MAX) - PLAIN));
}
uint32_t pn_norm_words(uint8_t norm) {
    return norm < PLAIN ? norm : PLAIN + value_of((uint32_t)norm - PLAIN);
}
