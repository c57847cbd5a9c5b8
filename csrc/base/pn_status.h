/* pn_status.h -- what a call may answer, and the record that explains it.  Layer: base.
 *
 * Every fallible function returns a pn_status and takes `pn_error *err` last.  The record lives on the
 * caller's stack; NULL is allowed everywhere.  On failure outputs are untouched or NULL.  Any thread.
 */
#ifndef PN_STATUS_H
#define PN_STATUS_H
#include "base/pn_base.h"

typedef enum {                 /* numbers are pinned: they never change meaning */
    PN_OK = 0,
    PN_ENOMEM = 1,             /* an allocation failed */
    PN_EIO = 2,                /* a file operation failed; sys_errno says why */
    PN_EINTR = 3,              /* the caller's tick asked to stop */
    PN_EINVAL = 10,            /* an argument is outside its contract */
    PN_ESYNTAX = 11,           /* text that does not follow its grammar; `offset` is the byte position */
    PN_ELIMIT = 12,            /* an input or a query is larger than a stated limit */
    PN_ECORRUPT = 20,          /* a file of ours does not hold what it must; `file` and `offset` say where */
    PN_EVERSION = 21,          /* written by a format this build does not read */
    PN_EUNSUPPORTED = 22,      /* a codec or character set this build does not have */
    PN_ECHANGED = 23,          /* a file changed under an open archive */
    PN_ELOCKED = 30,           /* another writer holds the archive */
    PN_EREADONLY = 31,         /* a write through a handle opened for reading */
    PN_ENOTFOUND = 40,         /* no such file, article or name */
    PN_EEXISTS = 41,           /* the thing to create is there already */
    PN_EUNKNOWN = 42,          /* a name that nothing carries; `file` holds its kind ("tag"), `msg` the name */
    PN_EBUG = 90               /* a promise of our own code is broken */
} pn_status;

typedef struct {
    pn_status code;
    int sys_errno;             /* of PN_EIO, else 0 */
    uint64_t offset;           /* byte position in `file` or in the text of the caller */
    char file[200];            /* path as given, cut at the front if longer; "" when no file is meant */
    char msg[240];             /* one sentence, no full stop */
} pn_error;

/* Fills *err (unless NULL) and returns `code`: `return pn_fail(err, PN_EINVAL, "…");`  file, offset and errno become empty. */
pn_status pn_fail(pn_error *err, pn_status code, const char *fmt, ...) PN_PRINTF(3, 4);

/* As pn_fail with PN_EIO: keeps the errno and names the file. */
pn_status pn_fail_io(pn_error *err, int sys_errno, const char *path, const char *what);

/* As pn_fail with PN_ECORRUPT: the one place every detection of damage passes through (set a breakpoint here). */
pn_status pn_corrupt(pn_error *err, const char *path, uint64_t offset, const char *fmt, ...) PN_PRINTF(4, 5);

/* Adds file and offset to a record already filled.  NULL `path` keeps the old one. */
void pn_error_at(pn_error *err, const char *path, uint64_t offset);

const char *pn_status_name(pn_status code);   /* "corrupt", "no memory", …; static */
#endif
