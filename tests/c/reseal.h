/* reseal.h -- makes the sums of a container right again after its bytes were changed, so that a test reaches what lies
 * behind them: whoever forges a file computes right sums, too.
 */
#ifndef RESEAL_H
#define RESEAL_H
#include "codec/pn_rd.h"
#include "store/pn_file_layout.h"

static inline void reseal_put(uint8_t *p, uint64_t v, size_t n) {
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)(v >> (8 * i));
}

/* Header, blocks, pages and footer, as far as the lengths in the footer allow. */
static inline void reseal(uint8_t *p, size_t n) {
    if (n < PN_FILE_HEADER + PN_FILE_FOOTER_HEAD + PN_FILE_TAIL) return;
    uint32_t h = pn_crc32c(0, p, PN_FILE_HEADER_SUMMED);
    reseal_put(p + PN_FILE_HEADER_SUMMED, h, 4);
    uint8_t *tail = p + n - PN_FILE_TAIL;
    size_t footer = pn_load_u32(tail + 8);
    if (footer < PN_FILE_FOOTER_HEAD + PN_FILE_TAIL || footer > n) return;
    uint8_t *f = p + n - footer;
    uint64_t body = pn_load_u64(f), n_sections = pn_load_u32(f + 8), blocks = body / PN_FILE_BLOCK + (body % PN_FILE_BLOCK != 0);
    uint64_t pages = (blocks + PN_FILE_PAGE - 1) / PN_FILE_PAGE, sums_at = PN_FILE_FOOTER_HEAD + PN_FILE_ENTRY * n_sections;
    bool fits = body <= n - footer && blocks <= (n - footer - body) / 4 && sums_at <= footer && pages <= (footer - sums_at) / 4;
    for (uint64_t b = 0; fits && b < blocks; b++) {
        size_t at = (size_t)b * PN_FILE_BLOCK;
        reseal_put(p + body + 4 * b, pn_file_sum_at(h, b, p + at, PN_MIN((size_t)body - at, (size_t)PN_FILE_BLOCK)), 4);
    }
    for (uint64_t g = 0; fits && g < pages; g++) {
        const uint8_t *page = p + body + 4 * g * PN_FILE_PAGE;
        size_t n_sums = (size_t)PN_MIN(blocks - g * PN_FILE_PAGE, (uint64_t)PN_FILE_PAGE);
        reseal_put(f + sums_at + 4 * g, pn_file_sum_at(h, PN_FILE_SUM_PAGE + g, page, 4 * n_sums), 4);
    }
    reseal_put(tail + 12, pn_file_sum_at(h, PN_FILE_SUM_FOOTER, f, footer - 12), 4);
}
#endif
