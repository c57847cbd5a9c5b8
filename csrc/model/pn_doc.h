/* pn_doc.h -- an article as a parser hands it over.  Layer: model.
 *
 * A plain record of borrowed runs: all of them hold until the source's next call (or as long as the arena the parser
 * was given).  NONE means the input said nothing; "" means it said "nothing".  Text is valid UTF-8 without NUL.
 */
#ifndef PN_DOC_H
#define PN_DOC_H
#include "base/pn_bytes.h"
#include "base/pn_status.h"
#include "model/pn_date.h"
#include "model/pn_diag.h"

/* What is read and has more than this is no article: "article_too_large". */
#define PN_TEXT_MAX (64u << 20)        /* bytes of the body, and of the teaser */
#define PN_NAME_MAX (1u << 20)         /* bytes of a title, a name, an address, a text of a related entry */
#define PN_NAMES_MAX 65536             /* tags, authors and related entries, together */

typedef struct {                       /* an entry of a page's list of related articles */
    pn_bytes title, teaser, category, url;
    pn_when date;
    bool truncated;                    /* the teaser was cut and ended in an ellipsis (which is removed) */
} pn_related;

typedef enum {                         /* the role of an input line; every non-blank line has exactly one */
    PN_ROLE_PREAMBLE = 1, PN_ROLE_TITLE, PN_ROLE_BYLINE, PN_ROLE_DATE, PN_ROLE_BODY, PN_ROLE_TAGS_HEADER, PN_ROLE_TAG,
    PN_ROLE_RELATED_HEADER, PN_ROLE_RELATED, PN_ROLE_SEPARATOR, PN_ROLE_TRAILER
} pn_role;
typedef struct { uint32_t first, n; uint8_t role; } pn_role_run;   /* lines first … first+n-1 (1-based), blank ones inside count along */

typedef struct {
    pn_bytes id;                       /* as the input gave it; NONE = the archive derives one */
    pn_bytes title;
    pn_bytes body;                     /* paragraphs separated by one blank line ("\n\n") */
    pn_bytes teaser;                   /* summary, description, standfirst */
    pn_when date, modified;
    pn_bytes date_raw;                 /* the date as printed when it was not understood or not certain; else NONE */
    pn_bytes section, source, url, language;
    const pn_bytes *authors; size_t n_authors;
    const pn_bytes *tags; size_t n_tags;
    bool tags_present;                 /* there was a place for tags: [] differs from nothing said */
    const pn_related *related; size_t n_related;
    bool related_present;
    pn_bytes extra;                    /* fields that are not ours: one JSON object as text; NONE when empty */

    uint64_t offset, length;           /* where in the input the record stood (bytes of the decoded stream) */
    const pn_role_run *roles; size_t n_roles;        /* of text pages; empty otherwise */
    const pn_diag *diags; size_t n_diags;
    bool skipped;                      /* no article could be read here: only offset, length and diags are set */
} pn_doc;

/* The limit that an article breaks, as a phrase; NULL when it keeps them all.  Linear in its names. */
const char *pn_doc_why_too_large(const pn_doc *d);

/* Where articles come from.  parse and interop implement it, archive consumes it. */
typedef struct pn_doc_source {
    void *self;
    /* PN_OK with *out = the next record, borrowed until the next call or close; *out = NULL at the end, again and again.
     * A record that cannot be read is a pn_doc with `skipped`, not an error; the error statuses are PN_ENOMEM, and PN_EINTR where a tick stopped it. */
    pn_status (*next)(void *self, const pn_doc **out, pn_error *err);
    void (*close)(void *self);         /* frees self */
} pn_doc_source;
#endif
