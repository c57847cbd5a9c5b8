/* memfs.h -- a file system in memory behind pn_io, for tests: it fails on order, remembers every operation and builds
 * what a disk may hold after a power cut.
 *
 *     memfs *m = memfs_new();
 *     const pn_io *io = memfs_io(m);
 *     … io->mkdir(io->ctx, "a", NULL) …             set up
 *     memfs_record(m);                              all so far is durable; from here on every change is remembered
 *     … the code under test; memfs_n_ops(m) marks where something was acknowledged …
 *     memfs_crash_images(m, judge, arg);            judge gets a fresh memfs for each state the disk may be in
 *     memfs_free(m);
 *
 * Names: a path's folder must exist (io->mkdir); "a", "./a" and "/a" have the root, which is always there.  Maps are copies of
 * exact size, so that ASan sees one byte too far.  Any thread.  Memory comes from libc, not from pn_alloc, so
 * that an out-of-memory sweep meets only the code under test.
 *
 * The crash model, which is the weakest promise a disk may keep:
 * - bytes written to a file are durable after a sync of that file; until then, each file's unsynced tail may be there,
 *   missing (the file is short), zeros, or any mixture of 512-byte sectors of both;
 * - a create, rename, unlink, mkdir or rmdir is durable after a sync of its folder; until then each may have
 *   happened or not, whatever the others did;
 * - after a sync that failed, what was unsynced never becomes durable, though later syncs succeed.
 */
#ifndef MEMFS_H
#define MEMFS_H
#include "base/pn_io.h"

typedef struct memfs memfs;

memfs *memfs_new(void);
void memfs_free(memfs *m);
memfs *memfs_clone(const memfs *m);                        /* files and folders; no log, no fault, no held lock */
const pn_io *memfs_io(memfs *m);                           /* until memfs_free */

/* --- looking inside */
bool memfs_has(memfs *m, const char *path);
uint8_t *memfs_bytes(memfs *m, const char *path, size_t *n);   /* to read or damage in place; NULL if absent; until the next change */
void memfs_put(memfs *m, const char *path, const void *p, size_t n);   /* a file with these bytes; not an operation */
size_t memfs_n_files(memfs *m);                            /* folders not counted */
size_t memfs_held(memfs *m);                               /* open files, maps and locks: 0 when nothing leaks */

/* --- failing on order */
typedef struct {
    uint64_t at;                   /* the operation that fails, counted from 1 since memfs_fail; 0: none */
    bool for_good;                 /* and every one after it */
    bool short_write;              /* a failing write leaves half of its bytes */
    int sys_errno;
} memfs_fault;
void memfs_fail(memfs *m, memfs_fault f);                  /* also sets memfs_failed back */
bool memfs_failed(memfs *m);                               /* something was made to fail */

/* --- the log */
typedef enum { MEMFS_CREATE, MEMFS_WRITE, MEMFS_SYNC, MEMFS_SYNC_FAILED, MEMFS_RENAME, MEMFS_UNLINK, MEMFS_MKDIR, MEMFS_RMDIR,
               MEMFS_SYNC_DIR } memfs_kind;
void memfs_record(memfs *m);                               /* begins a log; what is there now counts as durable */
size_t memfs_n_ops(memfs *m);
size_t memfs_n_syncs(memfs *m, memfs_kind kind);           /* of the log: MEMFS_SYNC or MEMFS_SYNC_DIR */
/* `ignored` says which syncs have no effect in crash images, to prove that each of them is needed.  kind is MEMFS_SYNC or
 * MEMFS_SYNC_DIR; nth counts those of the kind, from 0. */
void memfs_ignore_syncs(memfs *m, bool (*ignored)(void *arg, memfs_kind kind, const char *path, size_t nth), void *arg);

/* --- crash images: for every prefix of the log, with up to 8 undurable names all subsets of them, else none, all, each
 * alone, all but each and 64 random subsets; each with the unsynced tails kept, cut, zeroed and torn.  Random choices
 * have a fixed seed.  `fn` returns non-zero to stop; the image is freed after the call.  Returns the number of images. */
void memfs_sampling(memfs *m, size_t every, int mixes);    /* only every so-many-th image; so many random mixtures of tails instead of 4 */
typedef struct { size_t n_ops; unsigned long names; const char *data; } memfs_crash;   /* ops done; mask of undurable names kept; tails */
size_t memfs_crash_images(memfs *m, int (*fn)(void *arg, memfs *image, const memfs_crash *c), void *arg);
#endif
