#include "base/pn_status.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_file(pn_error *err, const char *path) {
    size_t n = strlen(path), room = sizeof err->file - 1;
    if (n <= room) { memcpy(err->file, path, n + 1); return; }
    const char *end = path + (n - room);                     /* the end of a long path says more than its start */
    for (int i = 0; i < 3 && ((unsigned char)*end & 0xC0) == 0x80; i++) end++;      /* and begins with a character */
    memcpy(err->file, end, strlen(end) + 1);
}

static pn_status fail_v(pn_error *err, pn_status code, const char *fmt, va_list ap) {
    if (err) {
        *err = (pn_error){ .code = code };
        vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    }
    return code;
}

pn_status pn_fail(pn_error *err, pn_status code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fail_v(err, code, fmt, ap);
    va_end(ap);
    return code;
}

pn_status pn_fail_io(pn_error *err, int sys_errno, const char *path, const char *what) {
    pn_fail(err, PN_EIO, "cannot %s: %s", what, strerror(sys_errno));
    if (err) {
        err->sys_errno = sys_errno;
        set_file(err, path);
    }
    return PN_EIO;
}

pn_status pn_corrupt(pn_error *err, const char *path, uint64_t offset, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fail_v(err, PN_ECORRUPT, fmt, ap);
    va_end(ap);
    pn_error_at(err, path, offset);
    return PN_ECORRUPT;
}

void pn_error_at(pn_error *err, const char *path, uint64_t offset) {
    if (!err) return;
    err->offset = offset;
    if (path) set_file(err, path);
}

const char *pn_status_name(pn_status code) {
    switch (code) {
    case PN_OK:           return "ok";
    case PN_ENOMEM:       return "no memory";
    case PN_EIO:          return "input or output failed";
    case PN_EINTR:        return "stopped";
    case PN_EINVAL:       return "invalid argument";
    case PN_ESYNTAX:      return "syntax";
    case PN_ELIMIT:       return "limit";
    case PN_ECORRUPT:     return "corrupt";
    case PN_EVERSION:     return "version";
    case PN_EUNSUPPORTED: return "unsupported";
    case PN_ECHANGED:     return "changed";
    case PN_ELOCKED:      return "locked";
    case PN_EREADONLY:    return "read only";
    case PN_ENOTFOUND:    return "not found";
    case PN_EEXISTS:      return "exists";
    case PN_EUNKNOWN:     return "unknown name";
    case PN_EBUG:         return "bug";
    }
    return "unknown";
}
