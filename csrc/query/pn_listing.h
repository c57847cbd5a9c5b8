/* pn_listing.h -- articles of a selection as a table.  Layer: query. */
#ifndef PN_LISTING_H
#define PN_LISTING_H
#include "model/pn_table.h"
#include "query/pn_select.h"

typedef enum {
    PN_LIST_RANK,                      /* of a ranking: 1 is the first */
    PN_LIST_SCORE,                     /* of a ranking by score */
    PN_LIST_ID, PN_LIST_DATE, PN_LIST_TIME, PN_LIST_PRECISION, PN_LIST_TITLE, PN_LIST_SECTION, PN_LIST_SOURCE,
    PN_LIST_AUTHOR,                    /* joined by ", " */
    PN_LIST_TAGS,                      /* joined by "; " */
    PN_LIST_URL, PN_LIST_LANGUAGE, PN_LIST_TEASER, PN_LIST_BODY,
    PN_N_LIST
} pn_list_column;
const char *pn_list_name(pn_list_column c);            /* "rank", …; static */

/* The n columns of the first `most` articles in the selection's order, or of all.  PN_EINVAL for rank or score of what is none.  Every article is read once, those next to
 * each other together.  PN_ELIMIT when a column grows over 2 GiB; PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_listing(pn_select *s, const pn_list_column *columns, size_t n, uint64_t most, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
