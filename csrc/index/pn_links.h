/* pn_links.h -- which article each related entry of a snapshot means.  Layer: index.  Rules: docs/LINKS.md.
 *
 * Worked out from the keys of all segments at first need and kept with the snapshot: linear in articles and entries, nothing on
 * disk, so it can never disagree with deletions, replacements or merges.  Immutable, any thread.
 *
 * A node is an article of any part: doc_base[part] + its number.  An entry is entry_base[part] + its number there.
 */
#ifndef PN_LINKS_H
#define PN_LINKS_H
#include "base/pn_tick.h"
#include "index/pn_snap.h"

typedef enum {                         /* how an entry found its article */
    PN_LINK_DANGLING = 0,              /* no article of the snapshot fits */
    PN_LINK_AMBIGUOUS = 1,             /* several fit equally well: it dangles, too */
    PN_LINK_URL = 2,
    PN_LINK_TITLE_DATE = 3,            /* folded title and day */
    PN_LINK_TITLE_NEAR = 4,            /* folded title, the day before or after */
    PN_LINK_TITLE = 5,                 /* folded title alone */
    PN_LINK_TEASER = 6                 /* the words of its teaser: pn_teasers.h */
} pn_link_how;
const char *pn_link_how_name(pn_link_how how);         /* "url", "title+date", "title+date±1", "title", "teaser"; NULL for those that dangle */

typedef enum { PN_BY_URL = 1, PN_BY_TITLE_DATE = 2, PN_BY_TITLE = 3, PN_BY_TEASER = 4 } pn_link_way;
enum { PN_N_WAYS = 4 };
typedef struct { pn_link_way at[PN_N_WAYS]; size_t n; } pn_link_ways;    /* tried in this order */

#define PN_LINK_NONE UINT32_MAX
typedef struct {
    pn_kept_thing kept;
    size_t n_parts, n_entries;
    uint32_t n_nodes;
    uint32_t *doc_base;                /* n_parts + 1 of them */
    size_t *entry_base;                /* n_parts + 1 */
    uint32_t *target;                  /* of each entry: a node, or PN_LINK_NONE for those that dangle and those of deleted articles */
    uint8_t *how;                      /* of each entry: pn_link_how */
} pn_links;

/* Resolves every entry of every live article.  PN_EINVAL (a way twice or unknown), PN_ELIMIT (2^32 articles), PN_ECORRUPT, PN_EINTR, PN_ENOMEM.
 * Holds 5 bytes an entry, and 24 an article while it works; teasers cost more.  The caller frees. */
PN_MUST_CHECK pn_status pn_links_resolve(pn_snap *snap, const pn_link_ways *ways, const pn_tick *tick, pn_links **out, pn_error *err);
void pn_links_free(pn_links *l);                       /* NULL is fine */
/* By URL, else by title and date: made at the first call and kept; borrowed until the snapshot's release. */
PN_MUST_CHECK pn_status pn_snap_links(pn_snap *snap, const pn_tick *tick, const pn_links **out, pn_error *err);
/* The same without work: NULL when it was not made yet. */
const pn_links *pn_snap_links_made(pn_snap *snap);

static inline uint32_t pn_links_node(const pn_links *l, pn_ref ref) { return l->doc_base[ref.part] + ref.doc; }
pn_ref pn_links_ref(const pn_links *l, uint32_t node);               /* of a node below n_nodes */
#endif
