/* pn_sections.h -- the sections of articles that name none, told by others' related entries.  Layer: index.  Rule: docs/LINKS.md.
 *
 * An article without a section has the category under which most entries of other articles point to it; at a tie it has none.  Worked
 * out at first need and kept with the snapshot, never stored.  Immutable, any thread.
 */
#ifndef PN_SECTIONS_H
#define PN_SECTIONS_H
#include "index/pn_categories.h"
#include "index/pn_links.h"

typedef struct { uint32_t *docs, *names; uint32_t n; } pn_sections_part;     /* articles ascending, and the number of each one's section */
typedef struct {
    pn_kept_thing kept;
    pn_categories names;               /* keys are those of sections (pn_name_key) */
    pn_sections_part *parts;
    size_t n_parts;
    uint64_t n;                        /* articles with such a section */
} pn_sections;

/* The first call resolves the links (pn_snap_links), unless every article names its section; borrowed until the snapshot's release. */
PN_MUST_CHECK pn_status pn_snap_sections(pn_snap *snap, const pn_tick *tick, const pn_sections **out, pn_error *err);
/* The same without work: NULL when it was not made yet. */
const pn_sections *pn_snap_sections_made(pn_snap *snap);
/* The section as shown; NONE for an article that has none of this kind. */
pn_bytes pn_sections_shown(const pn_sections *s, pn_ref ref);
/* Whether an article has this section (a number of s->names, or PN_CATEGORY_NONE). */
bool pn_sections_has(const pn_sections *s, uint32_t name);
/* Sets the bits of the articles of a part that have this section, or any. */
#define PN_SECTIONS_ANY (UINT32_MAX - 1)
void pn_sections_set_bits(const pn_sections *s, uint32_t part, uint32_t name, uint64_t *bits);
#endif
