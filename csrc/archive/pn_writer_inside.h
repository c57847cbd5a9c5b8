/* pn_writer_inside.h -- the inside of a writer, for the files pn_writer*.c.  Layer: archive. */
#ifndef PN_WRITER_INSIDE_H
#define PN_WRITER_INSIDE_H
#include "archive/pn_identity.h"
#include "archive/pn_keymap.h"
#include "archive/pn_parts.h"
#include "archive/pn_writer.h"
#include "index/pn_build.h"

struct pn_writer {
    const pn_io *io;
    char *dir;
    pn_io_lock *lock;
    bool is_new;
    bool may_undo;                     /* holds the lock, and no manifest can name what it wrote */
    size_t memory;
    pn_manifest next;                  /* what commit will write; its generation is still the old one */
    uint32_t first_own;                /* segments from this number on are ours */
    pn_parts parts;
    pn_build *build;                   /* the segment under construction, NULL when empty */
    pn_keymap keys;                    /* of build */
    pn_identity identity;
    pn_ingest_counts counts;
    uint64_t n_deleted;
    pn_report report;
};

/* Takes a live article, whose content hash is given, away. */
PN_MUST_CHECK pn_status pn_writer_drop(pn_writer *w, pn_ref ref, pn_hash128 content, pn_error *err);
#endif
