/* pn_arrow_in.h -- rows of an Arrow stream as JSON lines, so that tables are read by the rules of docs/FIELDS.md.  Layer: interop.
 *
 * A row is one JSON object, a column one member of it, in the order of the columns; missing values are left out.  No Python
 * object comes to be.  What the producer of a stream says about lengths and offsets is believed, as Arrow's C interface
 * demands: streams come from the caller's own process, never from a file of ours.
 */
#ifndef PN_ARROW_IN_H
#define PN_ARROW_IN_H
#include "base/pn_buf.h"
#include "base/pn_tick.h"
#include "interop/pn_arrow_abi.h"

typedef struct pn_arrow_rows pn_arrow_rows;      /* one thread at a time */

/* Takes the stream over: stream->release is NULL afterwards, in every case.  PN_EUNSUPPORTED names the first column whose type is not
 * read (unions, intervals, decimals of 256 bits, more than 64 levels of nesting); PN_EIO with the producer's words; PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_arrow_rows_open(struct ArrowArrayStream *stream, pn_arrow_rows **out, pn_error *err);
void pn_arrow_rows_close(pn_arrow_rows *r);      /* NULL is fine */

/* Number of columns, and the name of column i below it, borrowed from `r`; "" where the producer gives none. */
size_t pn_arrow_rows_width(const pn_arrow_rows *r);
const char *pn_arrow_rows_column(const pn_arrow_rows *r, size_t i);

/* Appends the next rows, a line each, until `out` holds `enough` bytes or the stream ends; *n_rows is how many, 0 at the end.
 * `repaired` counts texts in which bytes that are no UTF-8
 * were read as windows-1252.  PN_EIO with the producer's words, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_arrow_rows_next(pn_arrow_rows *r, size_t enough, pn_buf *out, size_t *n_rows, uint64_t *repaired, const pn_tick *tick, pn_error *err);
#endif
