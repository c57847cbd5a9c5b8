#include "base/pn_io.h"

pn_status pn_io_join(char *out, size_t cap, const char *dir, const char *name, pn_error *err) {
    size_t d = strlen(dir), n = strlen(name);
    bool slash = d && dir[d - 1] != '/';
    if (n >= cap || d >= cap - n || d + slash >= cap - n) return pn_fail(err, PN_ELIMIT, "the path is longer than %zu bytes", cap - 1);
    memcpy(out, dir, d);
    if (slash) out[d] = '/';
    memcpy(out + d + slash, name, n + 1);
    return PN_OK;
}
