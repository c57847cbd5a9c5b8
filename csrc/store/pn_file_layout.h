/* pn_file_layout.h -- what the writer and the reader of pn_file.h share.  Layer: store.  Not for others but tests. */
#ifndef PN_FILE_LAYOUT_H
#define PN_FILE_LAYOUT_H
#include "codec/pn_crc.h"
#include "store/pn_file.h"

#define PN_FILE_MAGIC PN_BYTES_LIT("\x89PNEWS\r\n")      /* as in PNG: a transfer that mangles text or bit 7 shows */
#define PN_FILE_END PN_BYTES_LIT("PNEWSEND")

enum {
    PN_FILE_HEADER = 64,
    PN_FILE_HEADER_SUMMED = 60,            /* the sum of these bytes fills the last four */
    PN_FILE_ALIGN = 64,
    PN_FILE_BLOCK = 4096,                  /* bytes under one sum */
    PN_FILE_PAGE = 1024,                   /* block sums under one sum of the footer */
    PN_FILE_FOOTER_HEAD = 16,
    PN_FILE_ENTRY = 24,                    /* a section in the footer */
    PN_FILE_TAIL = 24,
    PN_FILE_SECTIONS_MAX = 256
};

/* What a sum is of, besides the bytes: n for block n of the body, and these. */
#define PN_FILE_SUM_PAGE ((uint64_t)1 << 62)             /* + page number */
#define PN_FILE_SUM_FOOTER ((uint64_t)1 << 63)

/* The sum that ends a header is what every other sum of the file goes on from, then the place: so bytes of another file
 * or another place do not agree.  For equal lengths this is certain: sums of the same bytes from two places differ. */
static inline uint32_t pn_file_sum_begin(uint32_t header_sum, uint64_t place) {
    uint8_t le[8];
    for (int i = 0; i < 8; i++) le[i] = (uint8_t)(place >> (8 * i));
    return pn_crc32c(header_sum, le, sizeof le);
}
static inline uint32_t pn_file_sum_at(uint32_t header_sum, uint64_t place, const void *p, size_t n) {
    return pn_crc32c(pn_file_sum_begin(header_sum, place), p, n);
}
static inline uint64_t pn_file_aligned(uint64_t at) { return (at + PN_FILE_ALIGN - 1) & ~(uint64_t)(PN_FILE_ALIGN - 1); }
#endif
