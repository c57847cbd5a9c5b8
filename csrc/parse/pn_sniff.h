/* pn_sniff.h -- what kind of input is this, by its content.  Layer: parse.  Any thread, no allocation. */
#ifndef PN_SNIFF_H
#define PN_SNIFF_H
#include "base/pn_bytes.h"

typedef enum { PN_KIND_EMPTY, PN_KIND_TEXT, PN_KIND_JSONL, PN_KIND_JSON_ARRAY, PN_KIND_GZIP, PN_KIND_BZIP2, PN_KIND_XZ, PN_KIND_ZSTD,
               PN_KIND_HTML, PN_KIND_FEED, PN_KIND_WARC, PN_KIND_PARQUET, PN_KIND_ARROW, PN_KIND_ZIP, PN_KIND_PDF, PN_KIND_BINARY } pn_kind;

/* From the first bytes of an input (4 KiB are enough, more are not looked at).  HTML, WARC, ZIP, PDF and BINARY are recognised so
 * that they can be refused by name, FEED (XML whose first element is rss, feed or rdf:RDF), PARQUET and ARROW (a file of the Arrow format) so that a library can be asked to read them.  EMPTY: nothing or only blanks in less than 4 KiB.  JSON_ARRAY: also a single object over several lines.
 * Other XML counts as HTML, ARC as WARC, UTF-16 with its mark as TEXT.  What nothing else fits is TEXT. */
pn_kind pn_sniff(pn_bytes head);
const char *pn_kind_name(pn_kind k);   /* "text", "jsonl", "gzip", …; static */
#endif
