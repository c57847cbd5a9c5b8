/* pn_writer_inside.h -- the inside of a writer, for the files pn_writer*.c.  Layer: archive. */
#ifndef PN_WRITER_INSIDE_H
#define PN_WRITER_INSIDE_H
#include "archive/pn_identity.h"
#include "archive/pn_keymap.h"
#include "archive/pn_known.h"
#include "archive/pn_parts.h"
#include "archive/pn_writer.h"
#include "index/pn_build.h"

struct pn_writer {
    const pn_io *io;
    char *dir;
    pn_io_lock *lock;
    bool is_new, is_marked;            /* is_marked: as a first build, by a .part */
    bool may_undo;                     /* holds the lock, and what it wrote is not known to be committed */
    bool collects_later;               /* a commit leaves the folder as it is: its owner calls pn_manifest_collect */
    uint32_t committed;                /* the newest generation; 0: none */
    uint32_t settled;                  /* the newest that is committed or set aside */
    size_t memory;
    pn_manifest next;                  /* what commit will write */
    uint32_t first_own;                /* segments from this number on are ours */
    pn_parts parts;
    pn_build *build;                   /* the segment under construction, NULL when empty */
    pn_keymap keys;                    /* of build */
    pn_identity identity;
    pn_ingest_counts counts;
    uint64_t n_deleted, n_merges;
    uint64_t merged, to_merge;         /* bytes of files read by merges, of those planned */
    bool changed;                      /* in another way than by articles: there is something to commit */
    pn_report report;
    pn_writer_job job;                 /* what is being done; without one nothing is set aside */
    bool has_job, is_aside;            /* is_aside: something is set aside, which closing leaves */
    uint32_t base;                     /* the newest committed generation, 0 = none */
    pn_known known;                    /* inputs read before this writer */
    pn_buf finished;                   /* keys of those read by it */
    bool known_read, inputs_changed;
};

/* Deletions and the list of inputs of the next generation are written, and w->next names all files of it. */
PN_MUST_CHECK pn_status pn_writer_list(pn_writer *w, pn_error *err);
/* --- pn_writer_resume.c */
/* Takes up what was set aside for the same job since the same generation, else removes what an interrupted writer left. */
PN_MUST_CHECK pn_status pn_writer_resume(pn_writer *w, pn_error *err);
/* Makes the mark of a first build, an empty MANIFEST-0000000001.part, once, before its first segment: docs/FORMAT.md, F20. */
PN_MUST_CHECK pn_status pn_writer_mark(pn_writer *w, pn_error *err);
void pn_writer_forget_place(pn_writer *w);
PN_MUST_CHECK pn_status pn_writer_write_inputs(pn_writer *w, pn_error *err);

/* A writer that holds the lock of the archive in `dir` and nothing else: `next` is to be filled before anything is taken. */
PN_MUST_CHECK pn_status pn_writer_open_empty(const pn_io *io, const char *dir, pn_writer **out, pn_error *err);
/* Takes one article, as pn_writer_add does, under the key that it has. */
PN_MUST_CHECK pn_status pn_writer_take(pn_writer *w, const pn_doc *doc, pn_bytes input, const pn_tick *tick, pn_error *err);
/* Adds a content hash to the fingerprint, or takes it off. */
void pn_writer_count(pn_writer *w, pn_hash128 content, bool off);
/* Takes a live article, whose content hash is given, away. */
PN_MUST_CHECK pn_status pn_writer_drop(pn_writer *w, pn_ref ref, pn_hash128 content, pn_error *err);
/* Writes what is buffered as a segment. */
PN_MUST_CHECK pn_status pn_writer_flush(pn_writer *w, const pn_tick *tick, pn_error *err);
bool pn_writer_has_changed(const pn_writer *w);        /* there is something to commit */
/* Makes the parts as they are the next generation. */
PN_MUST_CHECK pn_status pn_writer_publish(pn_writer *w, pn_error *err);
/* Merges segments as pn_tier_next says until it says no more. */
PN_MUST_CHECK pn_status pn_writer_merge(pn_writer *w, const pn_tick *tick, pn_error *err);
void pn_writer_unlink_segment(pn_writer *w, uint32_t number);
#endif
