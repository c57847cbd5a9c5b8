/* pn_fold.h -- one spelling for what readers take as the same.  Layer: text.  Tables are generated from Unicode data. */
#ifndef PN_FOLD_H
#define PN_FOLD_H
#include "base/pn_buf.h"

/* Appends the key of a name (tag, section, source, author): NFKC, full case folding, curly quotes to straight ones,
 * white space runs to one blank, none at the ends.  Accents stay.  Valid UTF-8 in and out.  Idempotent. */
void pn_fold_name(pn_buf *out, pn_bytes name);

/* Appends the key of a title for matching across pages: as pn_fold_name, zero-width characters dropped. */
void pn_fold_title(pn_buf *out, pn_bytes title);
#endif
