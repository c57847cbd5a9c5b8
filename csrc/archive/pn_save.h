/* pn_save.h -- a selection as an archive of its own.  Layer: archive. */
#ifndef PN_SAVE_H
#define PN_SAVE_H
#include "archive/pn_writer.h"

/* Writes the articles of a selection, each with all that is stored of it (key, origin, remarks, related entries), in the order of
 * time, into a new archive in the folder `dir`.  The fingerprint is the sum of their content hashes.  Statuses of pn_writer_create,
 * pn_writer_add, pn_writer_commit; PN_ECHANGED when somebody wrote over the files it reads.  Without PN_OK there is no archive. */
PN_MUST_CHECK pn_status pn_save(pn_select *s, const pn_io *io, const char *dir, const pn_tick *tick, pn_error *err);
#endif
