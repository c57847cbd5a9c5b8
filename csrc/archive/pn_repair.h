/* pn_repair.h -- what is damaged in an archive, and what of it can be read still.  Layer: archive. */
#ifndef PN_REPAIR_H
#define PN_REPAIR_H
#include "base/pn_io.h"
#include "base/pn_tick.h"
#include "model/pn_table.h"

/* Looks at every byte of the newest generation.  *out has a row for each damaged or missing file: file, offset, damage, articles (live
 * ones of its segment; null for a manifest), lost (those that cannot be read), action; no rows: all is sound.
 * dry_run = false takes the writer's lock and then commits a new generation that holds every article that can be read: of the newest
 * manifest that can be, or, where none can, of all segments in the folder.  Sound segments stay as they are, articles of damaged ones are
 * written again.  Last, damaged files are renamed to damaged-<generation>-<name>, which is no name of ours: nothing is removed.
 * PN_ENOTFOUND (no archive), PN_ELOCKED, PN_EVERSION, PN_EIO; PN_ECORRUPT when not one article can be read. */
PN_MUST_CHECK pn_status pn_repair(const pn_io *io, const char *dir, bool dry_run, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
