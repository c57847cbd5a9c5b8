/* pn_date.h -- civil dates, their precision, and calendar buckets.  Layer: model.
 *
 * A day is the number of civil days since 1970-01-01 in the proleptic Gregorian calendar; no time zone, no clock.
 * Articles carry a pn_when: the date as printed, with how much of it was printed.
 */
#ifndef PN_DATE_H
#define PN_DATE_H
#include "base/pn_base.h"

#define PN_DAY_NONE INT32_MIN
#define PN_SECOND_NONE (-1)
#define PN_OFFSET_NONE INT16_MIN
#define PN_YEAR_MIN 1600               /* dates outside are "out of reason": decision 4 of the design */
#define PN_YEAR_MAX 2200

typedef enum { PN_PREC_NONE = 0, PN_PREC_YEAR = 1, PN_PREC_MONTH = 2, PN_PREC_DAY = 3, PN_PREC_SECOND = 4 } pn_precision;

enum {                                 /* flags of a pn_when */
    PN_WHEN_MINUTE       = 1 << 0,     /* no seconds were printed */
    PN_WHEN_AMBIGUOUS    = 1 << 1,     /* day and month could be exchanged; a default was taken */
    PN_WHEN_TZ_AMBIGUOUS = 1 << 2,     /* a zone abbreviation with several meanings; a default was taken */
    PN_WHEN_TZ_UNKNOWN   = 1 << 3,     /* a zone was printed and not understood: offset is none */
    PN_WHEN_MIDNIGHT     = 1 << 4,     /* exactly 00:00:00 was printed: often not a real clock time */
    PN_WHEN_RELATIVE     = 1 << 5      /* worked out from a base date */
};

/* Zero is not "no date": use PN_WHEN_NONE.  precision SECOND has second in 0..86399, coarser ones PN_SECOND_NONE.
 * YEAR and MONTH precision hold the first day of their interval in `day`. */
typedef struct {
    int32_t day;                       /* PN_DAY_NONE when undated */
    int32_t second;                    /* second of the civil day, or PN_SECOND_NONE */
    int16_t offset;                    /* minutes east of UTC, or PN_OFFSET_NONE */
    uint8_t precision;                 /* pn_precision */
    uint8_t flags;
} pn_when;
#define PN_WHEN_NONE ((pn_when){ PN_DAY_NONE, PN_SECOND_NONE, PN_OFFSET_NONE, PN_PREC_NONE, 0 })

typedef struct { int32_t year; uint8_t month, day; } pn_civil;          /* month 1..12, day 1..31 */

int32_t  pn_day_of(int32_t year, unsigned month, unsigned day);          /* arguments must be a real date */
pn_civil pn_civil_of(int32_t day);
bool     pn_civil_is_real(int32_t year, unsigned month, unsigned day);   /* exists in the calendar; any year */
unsigned pn_weekday(int32_t day);                                        /* 0 = Monday … 6 = Sunday */

typedef enum {
    PN_FREQ_DAY, PN_FREQ_WEEK, PN_FREQ_MONTH, PN_FREQ_QUARTER, PN_FREQ_YEAR,       /* buckets of whole days */
    PN_FREQ_HOUR,
    PN_FREQ_WEEKDAY, PN_FREQ_MONTH_OF_YEAR, PN_FREQ_HOUR_OF_DAY,                    /* buckets that come again: 7, 12, 24 of them */
    PN_N_FREQS
} pn_freq;

int32_t pn_bucket_start(pn_freq f, int32_t day);       /* first day of the bucket that holds `day`; weeks begin on Monday; of whole days only */
int32_t pn_bucket_next(pn_freq f, int32_t start);      /* first day of the following bucket */
/* Last day of the interval a pn_when stands for (the day itself, the end of its month or year); PN_DAY_NONE if undated. */
int32_t pn_when_last_day(const pn_when *w);

/* ISO text of the printed part: "2020", "2020-08", "2020-08-20", "2020-08-20T14:05:09", with minute flag "…T14:05",
 * with offset "+02:00" or "Z" for 0 appended.  NUL-terminated; returns the length; "" when undated. */
#define PN_WHEN_TEXT 40
size_t pn_when_print(const pn_when *w, char out[PN_WHEN_TEXT]);
#endif
