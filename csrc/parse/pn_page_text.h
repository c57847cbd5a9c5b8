/* pn_page_text.h -- text dumps of article pages to articles.  Layer: parse.  The grammar is docs/TEXT_PAGES.md.
 *
 * One input may hold one page or many.  Every non-blank line gets exactly one role; nothing is dropped.
 */
#ifndef PN_PAGE_TEXT_H
#define PN_PAGE_TEXT_H
#include "base/pn_arena.h"
#include "base/pn_tick.h"
#include "model/pn_doc.h"
#include "text/pn_dateparse.h"

typedef struct {                       /* zero value: all defaults */
    pn_date_opts dates;
    pn_bytes source;                   /* outlet given by the caller; NONE = none */
    const pn_tick *tick;               /* polled while the source is made and at each `next`; NULL = never */
} pn_page_text_opts;

/* Articles of one whole input.  `raw` must stay as it is until close; *opts is copied (its runs and its tick are borrowed until close).
 * An empty or blank input yields one skipped record with the diagnostic "empty_input". */
PN_MUST_CHECK pn_status pn_page_text_source(pn_bytes raw, const pn_page_text_opts *opts, pn_doc_source *out, pn_error *err);
#endif
