#include "query/pn_bm25.h"
#include "index/pn_cols.h"

void pn_bm25_init(pn_bm25 *b, double mean_length) {
    const double k1 = 1.2, slope = 0.75;
    for (unsigned norm = 0; norm < 256; norm++) b->k[norm] = k1 * (1 - slope + slope * (double)pn_norm_words((uint8_t)norm) / mean_length);
}
