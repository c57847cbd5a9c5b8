/* pn_cols.h -- one integer per article, at the narrowest width that holds the segment's range.  Layer: index.  Layout: docs/FORMAT.md section 6. */
#ifndef PN_COLS_H
#define PN_COLS_H
#include "base/pn_buf.h"
#include "codec/pn_rd.h"

typedef enum {
    PN_COLUMN_DAY = 0, PN_COLUMN_SECOND = 1, PN_COLUMN_OFFSET = 2, PN_COLUMN_FLAGS = 3,
    PN_COLUMN_LENGTH = 4,                 /* words of title + body */
    PN_COLUMN_TITLE_LENGTH = 5,           /* words of the title */
    PN_COLUMN_TITLE_SKIPS = 6,            /* positions of the title that hold no word */
    PN_COLUMN_ARRIVAL = 7,                /* less the segment's arrival_base */
    PN_N_COLUMNS = 8
} pn_column;

typedef struct { int32_t min; uint8_t width; } pn_cols_head;           /* kept in META; width 0..4 bytes: value = min + stored */
typedef struct { const uint8_t *at; pn_cols_head head; } pn_cols_view; /* bytes already checked */

/* Appends the column of n values; *head says how to read it. */
void pn_cols_put(pn_buf *out, const int32_t *values, size_t n, pn_cols_head *head);

/* The value of an article inside the column.  Never fails: any stored bits give some int32. */
static inline int32_t pn_cols_get(const pn_cols_view *c, uint32_t doc) {
    const uint8_t *p = c->at + (size_t)doc * c->head.width;
    uint32_t v = 0;
    switch (c->head.width) {
    case 1: v = p[0]; break;
    case 2: v = pn_load_u16(p); break;
    case 3: v = pn_load_u16(p) | (uint32_t)p[2] << 16; break;
    case 4: v = pn_load_u32(p); break;
    }
    return (int32_t)((uint32_t)c->head.min + v);
}

/* Lengths in one byte for BM25: exact up to 40 words, then in steps of an eighth of a power of two.  Grows with `words`. */
uint8_t pn_norm_of(uint32_t words);
uint32_t pn_norm_words(uint8_t norm);  /* the smallest length with this norm byte */
#endif
