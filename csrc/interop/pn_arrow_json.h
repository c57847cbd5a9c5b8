/* pn_arrow_json.h -- one value of an Arrow array as JSON.  Layer: interop; private to pn_arrow_in.c. */
#ifndef PN_ARROW_JSON_H
#define PN_ARROW_JSON_H
#include "base/pn_buf.h"
#include "base/pn_tick.h"
#include "interop/pn_arrow_abi.h"

enum { PN_ARROW_DEPTH = 64 };                    /* lists in structs in lists … */

typedef struct {
    pn_buf *out;
    uint64_t repaired;
    pn_stop stop;                                /* asked within long texts; once stopped, texts are cut */
} pn_arrow_json;

/* Whether values of this type can be written; *why names the format that cannot. */
bool pn_arrow_is_readable(const struct ArrowSchema *type, unsigned depth, const char **why);
/* Whether value i (counted from the array's offset) is null. */
bool pn_arrow_is_null(const struct ArrowSchema *type, const struct ArrowArray *a, int64_t i);
/* Appends value i.  Out of memory shows in the buffer's rc. */
void pn_arrow_put(pn_arrow_json *j, const struct ArrowSchema *type, const struct ArrowArray *a, int64_t i);
void pn_arrow_put_text(pn_arrow_json *j, pn_bytes s);
#endif
