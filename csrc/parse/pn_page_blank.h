/* pn_page_blank.h -- white space and characters without width in valid UTF-8.  Layer: parse.  Private to pn_page_*. */
#ifndef PN_PAGE_BLANK_H
#define PN_PAGE_BLANK_H
#include "base/pn_bytes.h"

static inline uint32_t pn_page_three(const uint8_t *p) { return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]; }

/* Bytes of the white space character at p (p < end), 0 when it is none. */
static inline unsigned pn_page_blank_at(const uint8_t *p, const uint8_t *end) {
    if (*p > ' ' && (*p < 0xC2 || (*p > 0xC2 && *p < 0xE1) || *p > 0xE3)) return 0;
    if (*p == ' ' || (*p >= 0x09 && *p <= 0x0D) || (*p >= 0x1C && *p <= 0x1F)) return 1;
    if (*p == 0xC2) return end - p >= 2 && (p[1] == 0x85 || p[1] == 0xA0) ? 2 : 0;
    if (*p < 0xE1 || end - p < 3) return 0;
    uint32_t c = pn_page_three(p);
    bool blank = c == 0xE19A80 || (c >= 0xE28080 && c <= 0xE2808A) || c == 0xE280A8 || c == 0xE280A9 || c == 0xE280AF ||
                 c == 0xE2819F || c == 0xE38080;
    return blank ? 3 : 0;
}

/* The same for zero-width spaces and joiners, word joiner, byte order mark and soft hyphen. */
static inline unsigned pn_page_no_width_at(const uint8_t *p, const uint8_t *end) {
    if (*p < 0xC2) return 0;
    if (*p == 0xC2) return end - p >= 2 && p[1] == 0xAD ? 2 : 0;
    if (end - p < 3) return 0;
    uint32_t c = pn_page_three(p);
    return (c >= 0xE2808B && c <= 0xE2808D) || c == 0xE281A0 || c == 0xEFBBBF ? 3 : 0;
}
#endif
