/* pn_seg_layout.h -- section numbers and the head of a segment's index file, for those who write and read it.  Layer: index.
 * Layout: docs/FORMAT.md section 6.
 */
#ifndef PN_SEG_LAYOUT_H
#define PN_SEG_LAYOUT_H
#include "index/pn_cols.h"
#include "index/pn_seg.h"

enum {                                 /* sections of seg-….idx; those of a field are base + field, those of a column base + column */
    PN_SECTION_META = 1, PN_SECTION_DAYS = 2, PN_SECTION_WORDS = 3, PN_SECTION_NORM = 4, PN_SECTION_CONTENT = 5,
    PN_SECTION_KEYS = 6, PN_SECTION_URLS = 7,
    PN_SECTION_LINKS = 8, PN_SECTION_TITLE_KEYS = 9, PN_SECTION_URL_CHECKS = 10, PN_SECTION_ENTRIES = 11, PN_SECTION_WANT_TITLES = 12,
    PN_SECTION_WANT_URLS = 13, PN_SECTION_ENTRY_COLS = 14, PN_SECTION_CATEGORIES = 15, PN_SECTION_COLS = 16,
    PN_SECTION_TERMS = 32, PN_SECTION_POST = 48, PN_SECTION_POS = 64, PN_SECTION_FACETS = 80
};
enum {                                 /* sections of seg-….doc */
    PN_SECTION_FRAMES = 1, PN_SECTION_FRAME_INDEX = 2
};
enum { PN_WORDS_STEP = 128 };          /* articles between two sums of words */

static inline bool pn_field_has_positions(unsigned field) { return field <= PN_FIELD_TITLE; }

typedef struct { pn_seg_meta meta; uint32_t n_days; pn_cols_head cols[PN_N_COLUMNS]; } pn_seg_head;
void pn_seg_head_put(pn_buf *out, const pn_seg_head *h);
/* Reads META and checks that its numbers agree with each other and with the lengths of the sections. */
PN_MUST_CHECK pn_status pn_seg_head_read(pn_file *file, pn_seg_head *out, pn_error *err);

/* PN_ECORRUPT naming the file and, where `at` points into one of its sections, the offset. */
pn_status pn_seg_damage(pn_error *err, const pn_file *file, const void *at, const char *fmt, ...) PN_PRINTF(4, 5);
#endif
