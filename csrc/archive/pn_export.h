/* pn_export.h -- the articles of a selection as JSON lines.  Layer: archive.  What a line holds: docs/FIELDS.md. */
#ifndef PN_EXPORT_H
#define PN_EXPORT_H
#include "base/pn_buf.h"
#include "query/pn_select.h"

/* Writes a line for each article, in the selection's order, into the file `path`.  It is written beside it, as "<path>.<chance>.tmp", and takes
 * its name when all of it is on the disk: on failure nothing is left of it, and a file that was there before is as it was.  PN_EIO (also where
 * `path` is there and no regular file), PN_ENOTFOUND (no such folder), PN_ELIMIT (a path too long), PN_EINTR, PN_ENOMEM, PN_ECORRUPT;
 * PN_ECHANGED when somebody wrote over the files it reads.  Memory: the largest article, a few times; and what pn_select_put_in_order takes. */
PN_MUST_CHECK pn_status pn_export_jsonl(pn_select *s, const pn_io *io, const char *path, const pn_tick *tick, pn_error *err);
/* Appends the lines of the articles at places from … from + n - 1 of that order (from + n must not exceed the count). */
PN_MUST_CHECK pn_status pn_export_lines(pn_select *s, uint64_t from, uint64_t n, const pn_tick *tick, pn_buf *out, pn_error *err);
#endif
