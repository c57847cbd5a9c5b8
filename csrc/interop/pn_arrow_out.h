/* pn_arrow_out.h -- a table leaves as Arrow, without a copy and without Python.  Layer: interop.
 *
 * Each exported struct holds a reference to the table until its release, which any thread may call.  *out is caller's
 * memory; on failure out->release is NULL.  A struct may be moved by bit copy, as Arrow demands.
 */
#ifndef PN_ARROW_OUT_H
#define PN_ARROW_OUT_H
#include "interop/pn_arrow_abi.h"
#include "model/pn_table.h"

/* The table as a struct type with one child a column. */
PN_MUST_CHECK pn_status pn_arrow_schema(const pn_table *t, struct ArrowSchema *out, pn_error *err);
PN_MUST_CHECK pn_status pn_arrow_array(pn_table *t, struct ArrowArray *out, pn_error *err);
/* One batch that is the whole table, then the end. */
PN_MUST_CHECK pn_status pn_arrow_stream(pn_table *t, struct ArrowArrayStream *out, pn_error *err);
/* One column by itself. */
PN_MUST_CHECK pn_status pn_arrow_column_schema(const pn_table *t, size_t col, struct ArrowSchema *out, pn_error *err);
PN_MUST_CHECK pn_status pn_arrow_column_array(pn_table *t, size_t col, struct ArrowArray *out, pn_error *err);
#endif
