/* pn_url.h -- one spelling for one address.  Layer: text.  Any thread. */
#ifndef PN_URL_H
#define PN_URL_H
#include "base/pn_buf.h"

/* Appends the normalised form: blanks around trimmed, scheme and host lower case, default port, user info and fragment removed,
 * empty path "/", percent escapes in upper case and those of unreserved characters undone, a stray percent sign escaped.
 * A relative or unknown form is kept as it is (trimmed).  Idempotent.  NONE and "" append nothing.  Linear time; failure is out->rc. */
void pn_url_normalise(pn_buf *out, pn_bytes url);
/* Appends `url`; where it begins with one slash or two and `page` has a scheme and a host, these in front ("/a" and "//host/a" as a
 * browser reads them).  Linear time; failure is out->rc. */
void pn_url_join(pn_buf *out, pn_bytes page, pn_bytes url);
/* Host without "www." and port, NONE when there is none.  Borrowed from `url`; in lower case if that was normalised. */
pn_bytes pn_url_outlet(pn_bytes url);
#endif
