/* pn_dateparse.h -- printed dates to pn_when.  Layer: text.  Families and rules: docs/DATES.md.
 *
 * Pure functions of their arguments: no clock, no locale, no allocation, no state.  Any thread.
 */
#ifndef PN_DATEPARSE_H
#define PN_DATEPARSE_H
#include "base/pn_bytes.h"
#include "model/pn_date.h"

typedef struct {                       /* the zero value: month first where ambiguous, no base */
    bool day_first;                    /* 03/04/2020 is 3 April */
    bool allow_epoch;                  /* a bare number of 10, 13 or 16 digits is seconds, milli- or microseconds of Unix time */
    bool has_base; int32_t base_day;   /* base_date=: allows relative dates ("yesterday"), and refuses dates after base + 2 */
} pn_date_opts;

typedef enum {
    PN_DATE_OK = 0,
    PN_DATE_EMPTY,                     /* nothing but blanks */
    PN_DATE_UNKNOWN,                   /* not a date in any family */
    PN_DATE_OUT_OF_RANGE,              /* before 1600, after 2200, or after base + 2 days */
    PN_DATE_SENTINEL,                  /* 0001-01-01, epoch 0, 9999-…: a filler, not a date */
    PN_DATE_IMPOSSIBLE,                /* 30 February, month 13 */
    PN_DATE_RANGE,                     /* two dates: neither is taken */
    PN_DATE_NEEDS_BASE                 /* relative or without a year, and no base was given */
} pn_date_result;

/* Reads the whole of `text` (labels such as "Published at:" are the caller's business), blanks of any script at its ends
 * aside; texts above 100 bytes are UNKNOWN.  *out is PN_WHEN_NONE unless OK.  opts may be NULL for the zero value.
 * A number alone ("2020") or a month ("May 2020") is a date, too: look at the precision where that matters. */
pn_date_result pn_date_parse(pn_bytes text, const pn_date_opts *opts, pn_when *out);

/* The diagnostic code of a result: "date_not_understood", "date_out_of_range", "sentinel_date", …; NULL for OK and EMPTY. */
const char *pn_date_result_code(pn_date_result r);
#endif
