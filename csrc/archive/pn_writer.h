/* pn_writer.h -- articles into an archive: keys, replacing, segments, one commit.  Layer: archive.
 *
 * A writer holds the archive's lock from open to close.  What it stores becomes visible, all at once, by pn_writer_commit; without
 * it nothing has happened.  Readers are never blocked.  One thread; not across fork.
 */
#ifndef PN_WRITER_H
#define PN_WRITER_H
#include "archive/pn_report.h"
#include "base/pn_io.h"
#include "base/pn_tick.h"
#include "index/pn_snap.h"
#include "model/pn_doc.h"
#include "query/pn_select.h"

/* What names a piece of work: the same inputs, read the same way. */
typedef struct { uint8_t bytes[16]; } pn_writer_job;

typedef struct {
    const pn_writer_job *job;          /* NULL: nothing is set aside, nothing taken up */
    size_t memory;                     /* bytes the writer may hold, roughly; 0 = PN_WRITER_MEMORY */
} pn_writer_opts;
#define PN_WRITER_MEMORY ((size_t)512 << 20)
#define PN_WRITER_MEMORY_MIN ((size_t)1 << 20)

typedef struct pn_writer pn_writer;
/* A new archive in the folder `dir`, which must not hold one (PN_EEXISTS) nor any foreign file. */
PN_MUST_CHECK pn_status pn_writer_create(const pn_io *io, const char *dir, const pn_writer_opts *opts, pn_writer **out, pn_error *err);
/* Goes on with an existing archive: PN_ENOTFOUND, PN_ELOCKED (names the holder), PN_ECORRUPT, PN_EVERSION (other word rules). */
PN_MUST_CHECK pn_status pn_writer_open(const pn_io *io, const char *dir, const pn_writer_opts *opts, pn_writer **out, pn_error *err);

/* Takes every record of `source` (which stays the caller's to close), naming `input` as where they came from.
 *   no article with the key: stored; same key and content: duplicate; same key, other content: replaced; unreadable: skipped.
 * After a failure, PN_EINTR too, only close is left: what was taken is not whole. */
PN_MUST_CHECK pn_status pn_writer_add(pn_writer *w, pn_doc_source *source, pn_bytes input, const pn_tick *tick, pn_error *err);
/* One remark about an input as a whole (cannot be opened, wrong kind, …).  `skipped` counts it as a record read and skipped. */
PN_MUST_CHECK pn_status pn_writer_note(pn_writer *w, pn_bytes input, const pn_diag *d, bool skipped, pn_error *err);

/* --- going on after an interruption.  The state is set aside where nobody sees it, and the next writer of the same job begins with it. */

/* Worth setting aside: a segment was written since, or is due.  Between two inputs, or two chunks of one, only. */
bool pn_writer_is_due(const pn_writer *w);
/* `place` is the caller's note of where it is; readers see nothing of it.  After a failure only close is left. */
PN_MUST_CHECK pn_status pn_writer_set_aside(pn_writer *w, pn_bytes place, const pn_tick *tick, pn_error *err);
/* The place of what was taken up, NONE when this is a beginning.  Until the next set_aside. */
pn_bytes pn_writer_place(const pn_writer *w);
/* Whether an input whose key begins with these n bytes was read to its end before this writer, or by what it took up. */
PN_MUST_CHECK pn_status pn_writer_knows(pn_writer *w, const uint8_t *key, size_t n, bool *yes, pn_error *err);
/* This input (archive/pn_known.h) was read to its end. */
PN_MUST_CHECK pn_status pn_writer_finish_input(pn_writer *w, const uint8_t key[16], pn_error *err);

/* Deletes the articles of a selection of this archive that are there still, committed and unchanged; *n: how many those were.  The
 * selection may be of an older generation: an article is then known by its key and must have the same content.
 * PN_EINVAL when the selection is of another archive; PN_ECHANGED when somebody wrote over the files it was made from. */
PN_MUST_CHECK pn_status pn_writer_delete(pn_writer *w, const pn_select *what, const pn_tick *tick, uint64_t *n, pn_error *err);

/* Keeps a generation that is there still, until it is unpinned; the note and the time (seconds since 1970) are for people.  Pinning it
 * again changes both.  PN_ENOTFOUND when it is not kept or not pinned; PN_ELIMIT: store/pn_manifest.h. */
PN_MUST_CHECK pn_status pn_writer_pin(pn_writer *w, uint32_t generation, uint64_t since, pn_bytes note, pn_error *err);
PN_MUST_CHECK pn_status pn_writer_unpin(pn_writer *w, uint32_t generation, pn_error *err);

/* Makes everything durable and visible as the next generation, also when nothing was stored into a new archive.  Before, where articles
 * were stored or replaced, it merges segments (index/pn_tier.h).  Then only close is left. */
PN_MUST_CHECK pn_status pn_writer_commit(pn_writer *w, const pn_tick *tick, pn_error *err);

/* Commits too, with all segments merged into as few as the limits allow and no deleted article in any file: the generation before is
 * given up, unless it is pinned.  Nothing to merge, no new generation.  Costs reading and writing the archive.  Then only close is left. */
PN_MUST_CHECK pn_status pn_writer_compact(pn_writer *w, const pn_tick *tick, pn_error *err);
/* How far the merges of a commit are: bytes of files read, of those to be read.  For ticks, on the writer's thread. */
void pn_writer_progress(const pn_writer *w, uint64_t *done, uint64_t *total);

/* Releases lock and memory; without commit removes what it wrote.  NULL is fine. */
void pn_writer_close(pn_writer *w);

pn_ingest_counts pn_writer_counts(const pn_writer *w);
const pn_report *pn_writer_report(const pn_writer *w);   /* until close */
#endif
