/* pn_manifest.h -- which files make up a generation of an archive, and how the next one comes to be.  Layer: store.
 *
 * MANIFEST-%010u is written under a temporary name, synced, renamed, and its folder synced; it names every live file
 * with length and footer sum.  The highest generation is the archive; if it is damaged, opening fails (nothing steps
 * back silently).  Commit protocol and recovery: docs/FORMAT.md section 3.
 */
#ifndef PN_MANIFEST_H
#define PN_MANIFEST_H
#include "store/pn_file.h"

#define PN_PATH_MAX 4096

typedef struct {
    uint32_t number;                   /* in seg-%010u.idx and .doc */
    uint32_t n_docs;
    uint32_t del_generation;           /* of seg-%010u.%010u.del; 0 = nothing deleted */
    uint32_t n_deleted;
    pn_file_sum idx, doc, del;
} pn_manifest_segment;

/* A snapshot that is kept until it is unpinned, and what for. */
enum { PN_PIN_NOTE = 1000, PN_PINS_MAX = 1000 };
typedef struct {
    uint32_t generation;
    uint32_t length;                   /* of the note, which does not end with a zero byte */
    uint64_t since;                    /* seconds since 1970-01-01T00:00Z */
    char note[PN_PIN_NOTE];
} pn_pin;

typedef struct {
    uint8_t archive[16];               /* identity of the archive: random at birth */
    uint32_t generation;               /* 1 is the first */
    uint32_t next_segment;             /* numbers are never used again */
    uint64_t next_arrival;
    uint64_t n_live;                   /* articles of all segments less the deleted */
    uint64_t fingerprint[2];           /* sum modulo 2^128 of the live articles' content hashes */
    char analyzer[64];                 /* PN_ANALYZER_ID of the writer */
    pn_manifest_segment *segments; size_t n_segments;      /* owned; order is not meaningful */
    uint32_t inputs_generation;        /* of inputs-%010u, which inputs were read before; 0 = none */
    pn_file_sum inputs;
    pn_pin *pins; size_t n_pins;       /* owned; by generation */
    uint8_t *resume; size_t n_resume;  /* owned; what an unfinished writer needs to go on, only in a manifest set aside */
} pn_manifest;

void pn_manifest_fini(pn_manifest *m);
PN_MUST_CHECK pn_status pn_manifest_copy(pn_manifest *to, const pn_manifest *from, pn_error *err);

/* The highest generation in `dir`, 0 when there is no manifest. */
PN_MUST_CHECK pn_status pn_manifest_newest(const pn_io *io, const char *dir, uint32_t *generation, pn_error *err);
/* Reads and checks the whole manifest; segments come in order of their numbers.  PN_ENOTFOUND, PN_ECORRUPT, PN_EVERSION, PN_EIO. */
PN_MUST_CHECK pn_status pn_manifest_read(const pn_io *io, const char *dir, uint32_t generation, pn_manifest *out, pn_error *err);
/* Makes m (with its generation) the newest: durable when it returns PN_OK.  The files it names must have been finished
 * (pn_file_finish) under their final names before.  PN_EEXISTS when the generation is there, PN_EINVAL when m contradicts
 * itself.  After any other failure the archive is at the old generation or at this one, which is for the next opening to
 * see: the writer is to be given up.  Only under the writer's lock. */
PN_MUST_CHECK pn_status pn_manifest_commit(const pn_io *io, const char *dir, const pn_manifest *m, pn_error *err);
/* Removes manifests older than the one before m but those m pins, and every file of ours that none of the manifests kept names, and
 * temporary files.  Only under the writer's lock.  Failure to remove is not an error.  A writer calls it after each commit and once
 * at its start (with the newest manifest, or a zero one when there is none yet), since a crash may have left files under
 * names that the next commit wants.  Nothing is removed while a manifest that is kept cannot be read. */
void pn_manifest_collect(const pn_io *io, const char *dir, const pn_manifest *m);
/* The same, and the manifest before m goes too, unless it is pinned: what was deleted is then in no file. */
void pn_manifest_collect_older(const pn_io *io, const char *dir, const pn_manifest *m);

/* --- how far an unfinished writer came: MANIFEST-%010u.part, of a generation that nobody sees (docs/FORMAT.md section 3) */

/* resume := what names the work, u32 generation it began from, place */
enum { PN_RESUME_JOB = 16, PN_RESUME_HEAD = PN_RESUME_JOB + 4 };

/* PN_ECORRUPT, naming the repair, when the folder holds segments but neither a manifest nor the mark of a first build, something set
 * aside that began from generation 0: an archive that lost its manifests.  Else PN_OK.  PN_ENOTFOUND (no folder), PN_ENOMEM, PN_EIO. */
PN_MUST_CHECK pn_status pn_manifest_check_lost(const pn_io *io, const char *dir, pn_error *err);
/* Writes m, whose generation is above the newest, aside: durable when it returns PN_OK.  As pn_manifest_commit otherwise. */
PN_MUST_CHECK pn_status pn_manifest_put_aside(const pn_io *io, const char *dir, const pn_manifest *m, pn_error *err);
/* The highest generation set aside, 0 when there is none. */
PN_MUST_CHECK pn_status pn_manifest_newest_aside(const pn_io *io, const char *dir, uint32_t *generation, pn_error *err);
PN_MUST_CHECK pn_status pn_manifest_read_aside(const pn_io *io, const char *dir, uint32_t generation, pn_manifest *out, pn_error *err);
/* pn_manifest_collect that keeps `aside` (NULL: none), which was set aside after m, and what it names, too. */
void pn_manifest_collect_but(const pn_io *io, const char *dir, const pn_manifest *m, const pn_manifest *aside);

/* Adds a pin, or replaces the generation's; PN_ELIMIT beyond PN_PINS_MAX pins or PN_PIN_NOTE bytes of note. */
PN_MUST_CHECK pn_status pn_manifest_pin(pn_manifest *m, uint32_t generation, uint64_t since, pn_bytes note, pn_error *err);
/* False when the generation is not pinned. */
bool pn_manifest_unpin(pn_manifest *m, uint32_t generation);

/* File names inside `dir`, into a buffer of PN_PATH_MAX. */
typedef enum { PN_NAME_IDX, PN_NAME_DOC, PN_NAME_DEL } pn_segment_name;
PN_MUST_CHECK pn_status pn_segment_path(char *out, const char *dir, uint32_t segment, pn_segment_name what, uint32_t generation, pn_error *err);
PN_MUST_CHECK pn_status pn_manifest_path(char *out, const char *dir, uint32_t generation, pn_error *err);
PN_MUST_CHECK pn_status pn_inputs_path(char *out, const char *dir, uint32_t generation, pn_error *err);
PN_MUST_CHECK pn_status pn_lock_path(char *out, const char *dir, pn_error *err);
#endif
