/* pn_categories.h -- the categories that related entries name, over all segments.  Layer: index.
 *
 * A category is known by its folded name (pn_name_key, as sections are); shown is the spelling that most entries of live articles use,
 * ties by bytes.  Immutable once made; keys ascend by bytes.
 */
#ifndef PN_CATEGORIES_H
#define PN_CATEGORIES_H
#include "base/pn_arena.h"
#include "base/pn_tick.h"
#include "index/pn_snap.h"

#define PN_CATEGORY_NONE UINT32_MAX
typedef struct {
    pn_arena arena;
    size_t n_parts;
    uint32_t **of;                     /* of[part][code]: its number here, PN_CATEGORY_NONE for code 0 and for names without a sign; n_names + 1 of them */
    pn_bytes *keys, *shown;
    uint32_t n;
} pn_categories;                       /* the zero value is empty */

/* Linear in the entries of all segments.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM; *out is the zero value after a failure. */
PN_MUST_CHECK pn_status pn_categories_of(pn_snap *snap, const pn_tick *tick, pn_categories *out, pn_error *err);
void pn_categories_fini(pn_categories *c);
/* The number of a folded name, PN_CATEGORY_NONE when there is none. */
uint32_t pn_categories_find(const pn_categories *c, pn_bytes key);
/* The category of an entry: PN_CATEGORY_NONE without one. */
static inline uint32_t pn_categories_entry(const pn_categories *c, size_t part, const pn_linkkeys *v, uint32_t entry) {
    uint32_t code = pn_linkkeys_category(v, entry);
    return code <= v->n_names ? c->of[part][code] : PN_CATEGORY_NONE;
}

/* --- plurality: which category most votes for a thing name */
typedef struct { uint32_t of, category; } pn_vote;
/* Sorts the votes (PN_EINTR, PN_ENOMEM); then each call gives the next thing with its winner (PN_CATEGORY_NONE at a tie), false at the end.
 * *at = 0 to begin. */
PN_MUST_CHECK pn_status pn_votes_sort(pn_vote *votes, size_t n, const pn_tick *tick, pn_error *err);
bool pn_votes_next(const pn_vote *votes, size_t n, size_t *at, uint32_t *of, uint32_t *winner);
#endif
