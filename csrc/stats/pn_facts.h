/* pn_facts.h -- what a selection's articles have and lack, for somebody who must trust them.  Layer: stats. */
#ifndef PN_FACTS_H
#define PN_FACTS_H
#include "query/pn_select.h"

typedef struct {
    uint64_t articles;
    uint64_t month, year, undated;     /* by precision of the date */
    uint64_t timed, ambiguous;         /* with a clock time; whose day and month could be exchanged */
    uint64_t untagged, empty;          /* without a tag; without a word in the body */
    uint64_t copies;                   /* with the folded title of an earlier article of the same day */
    uint64_t entries, dated_entries;   /* related entries; those dated to the day, of articles dated to the day */
    uint64_t forward;                  /* of them: dated later than their article */
} pn_facts;

/* One pass over the articles, a second over their titles day by day.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_facts_of(const pn_select *of, const pn_tick *tick, pn_facts *out, pn_error *err);
#endif
