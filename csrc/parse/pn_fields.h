/* pn_fields.h -- which name of an input field means which field of ours.  Layer: parse.  The table is docs/FIELDS.md.
 *
 * Names inside objects are written with dots ("thread.site").  Names are compared byte for byte; a usual name
 * that differs in capitals of ASCII alone is found as well, with a later rank.  Pure functions; any thread.
 */
#ifndef PN_FIELDS_H
#define PN_FIELDS_H
#include "parse/pn_jsonl.h"

typedef enum {
    PN_FIELD_NONE = 0,                 /* not ours: kept as extra */
    PN_FIELD_ID, PN_FIELD_TITLE, PN_FIELD_BODY, PN_FIELD_TEASER, PN_FIELD_DATE, PN_FIELD_MODIFIED, PN_FIELD_SECTION,
    PN_FIELD_SOURCE, PN_FIELD_URL, PN_FIELD_LANGUAGE, PN_FIELD_AUTHORS, PN_FIELD_TAGS, PN_FIELD_RELATED,
    PN_FIELD_LEFT_OUT,                 /* the caller asked to drop it */
    PN_FIELD_COUNT
} pn_field;

/* Ranks are orders of preference among the names of one field, 0 first: the caller's names, the usual ones, the usual ones in other capitals. */
enum { PN_RANK_USUAL = 16, PN_RANK_FOLDED = 48, PN_RANK_COUNT = 80 };

typedef struct { uint8_t field, rank; } pn_field_place;      /* field: pn_field; rank < PN_RANK_COUNT */

/* Place of the field `path`.  The first PN_RANK_USUAL - 1 names of a caller have a rank each, later ones share the last. */
pn_field_place pn_field_find(pn_bytes path, const pn_field_map *maps, size_t n_maps);

/* True when a known name begins with `path` and a dot: the object there is worth looking into. */
bool pn_field_has_inner(pn_bytes path, const pn_field_map *maps, size_t n_maps);

/* True for the ranks of `date`, `date_raw`, `ts` and `day`, which are one date in several spellings. */
bool pn_field_is_own_date(uint8_t rank);
#endif
