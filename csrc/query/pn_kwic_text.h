/* pn_kwic_text.h -- the text left and right of a hit.  Layer: query; private to pn_kwic.c. */
#ifndef PN_KWIC_TEXT_H
#define PN_KWIC_TEXT_H
#include "query/pn_cut.h"
#include "query/pn_kwic.h"

typedef struct { pn_buf left, node, right; } pn_kwic_text;       /* the zero value is empty; reuse it */
PN_MUST_CHECK pn_status pn_kwic_text_make(pn_kwic_text *t, const pn_cut *c, const pn_cut_hit *hit, pn_kwic_unit unit, uint32_t width, pn_error *err);
void pn_kwic_text_fini(pn_kwic_text *t);
#endif
