/* pn_known.h -- which inputs were read to their end before: inputs-%010u.  Layer: archive.  Layout: docs/FORMAT.md section 3.
 *
 * A key of 16 bytes names the content of an input and how it was read; its first four are the input's length.  The file is written
 * anew when inputs are added to it, and named by the manifest.
 */
#ifndef PN_KNOWN_H
#define PN_KNOWN_H
#include "base/pn_buf.h"
#include "store/pn_manifest.h"

enum { PN_INPUT_KEY = 16, PN_INPUT_LENGTH = 4 };

typedef struct { pn_file *file; pn_bytes keys; } pn_known;     /* the zero value knows nothing */
void pn_known_fini(pn_known *k);
/* Those of a manifest.  Every byte is checked.  PN_ECORRUPT, PN_ENOTFOUND, PN_EIO, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_known_read(const pn_io *io, const char *dir, const pn_manifest *m, pn_known *out, pn_error *err);
/* Whether a key that begins with these n bytes (n = PN_INPUT_KEY: this key) is among them.  Binary search. */
bool pn_known_has(const pn_known *k, const uint8_t *key, size_t n);
/* Writes the keys of `k` and those of `more` (any order, repeats allowed; sorted here) for m->generation, and names the file in m. */
PN_MUST_CHECK pn_status pn_known_write(const pn_io *io, const char *dir, pn_manifest *m, const pn_known *k, pn_buf *more, pn_error *err);
#endif
