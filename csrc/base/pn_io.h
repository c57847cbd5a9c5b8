/* pn_io.h -- the one door to files.  Layer: base.
 *
 * A table of the file operations the core needs.  pn_posix.c implements it and is the only file that calls the
 * system; tests put an in-memory file system behind the same table that records, fails and replays.
 * Paths are NUL-terminated bytes.  Every operation refuses what is not a regular file (links, pipes, devices).
 * All operations may be called from any thread; one handle belongs to one thread at a time.
 */
#ifndef PN_IO_H
#define PN_IO_H
#include "base/pn_bytes.h"
#include "base/pn_status.h"

typedef struct pn_io_file pn_io_file;      /* an open file that is being written; owned by the implementation */
typedef struct pn_io_lock pn_io_lock;      /* a held lock */
typedef struct pn_io_map { const uint8_t *ptr; size_t len; void *token; } pn_io_map;   /* bytes of a whole file */

typedef struct {
    bool exists;
    uint64_t size;
    uint64_t dev, ino;
    int64_t mtime_ns, ctime_ns;
    uint64_t links;                    /* names of the file; 0 while its last one is being removed */
} pn_io_stat;

typedef struct pn_io {
    void *ctx;
    /* Creates a file that must not exist (else PN_EEXISTS) and opens it for writing. */
    pn_status (*create)(void *ctx, const char *path, pn_io_file **out, pn_error *err);
    /* Appends all n bytes or fails; a failed write is final: the caller gives the file up. */
    pn_status (*write)(void *ctx, pn_io_file *f, const void *p, size_t n, pn_error *err);
    /* Data and size of the file reach the disk. */
    pn_status (*sync)(void *ctx, pn_io_file *f, pn_error *err);
    /* Closes in every case; the handle is gone even when it fails. */
    pn_status (*close)(void *ctx, pn_io_file *f, pn_error *err);
    pn_status (*rename)(void *ctx, const char *from, const char *to, pn_error *err);   /* replaces `to` */
    pn_status (*unlink)(void *ctx, const char *path, pn_error *err);                   /* PN_ENOTFOUND if absent */
    pn_status (*mkdir)(void *ctx, const char *path, pn_error *err);                    /* PN_EEXISTS if there */
    pn_status (*rmdir)(void *ctx, const char *path, pn_error *err);                    /* only an empty folder */
    pn_status (*sync_dir)(void *ctx, const char *path, pn_error *err);                 /* names in it reach the disk */
    /* Calls fn for every name in the folder, in any order, until fn returns non-zero. */
    pn_status (*list)(void *ctx, const char *path, int (*fn)(void *arg, const char *name), void *arg, pn_error *err);
    /* A path that is not there is PN_OK with exists = false. */
    pn_status (*stat)(void *ctx, const char *path, pn_io_stat *out, pn_error *err);
    /* The whole file, mapped (copy = false) or read into memory (copy = true).  PN_ENOTFOUND if absent.
     * Holds until unmap, also after the name is gone. */
    pn_status (*map)(void *ctx, const char *path, bool copy, pn_io_map *out, pn_error *err);
    /* False once a page of the map could not be read, because the file was cut short or the disk failed: the page then
     * reads as zeros.  Who has used the bytes asks afterwards and throws the answer away (PN_ECHANGED). */
    bool (*sound)(void *ctx, const pn_io_map *m);
    void (*unmap)(void *ctx, pn_io_map *m);
    /* Takes the exclusive lock of `path` (created if absent, never deleted) without waiting: PN_ELOCKED, with the
     * holder's note in err->msg, when somebody has it.  `note` is written into the file for others to read. */
    pn_status (*lock)(void *ctx, const char *path, const char *note, pn_io_lock **out, pn_error *err);
    void (*unlock)(void *ctx, pn_io_lock *l);
    /* Fills p with n bytes nobody can guess. */
    pn_status (*random)(void *ctx, void *p, size_t n, pn_error *err);
} pn_io;

/* The operating system.  Static; any thread. */
const pn_io *pn_io_posix(void);

/* "pid 123 since 2026-01-01T00:00:00Z", now, NUL-terminated: the note of a lock. */
enum { PN_OS_NOTE = 64 };
void pn_os_note(char out[PN_OS_NOTE]);

/* "dir/name" into out; PN_ELIMIT when it does not fit into `cap` bytes. */
PN_MUST_CHECK pn_status pn_io_join(char *out, size_t cap, const char *dir, const char *name, pn_error *err);
#endif
