/* pn_days.h -- from a day to the article numbers where it begins.  Layer: index.  Layout: docs/FORMAT.md section 6.
 *
 * One bit per day from day_first to day_last says whether an article lies on it, with a count before every 64; the counted days have
 * two edges each: first article, first article with a clock time.  A look-up is one bit count and one load.
 */
#ifndef PN_DAYS_H
#define PN_DAYS_H
#include "base/pn_buf.h"
#include "model/pn_date.h"

/* --- writing: the placed articles in order */
typedef struct { int32_t first, last; bool timed; uint32_t n, n_days; pn_buf bits, edges; uint64_t word; uint32_t in_word, before; } pn_days_writer;
void pn_days_put(pn_days_writer *w, int32_t day, bool has_clock);
void pn_days_end(pn_days_writer *w, pn_buf *out);      /* appends the table and frees what w holds; out of memory shows in out->rc */
void pn_days_fini(pn_days_writer *w);

/* --- reading */
typedef struct { int32_t first, last; uint32_t n_days, n_placed; const uint8_t *at; } pn_days;     /* bytes already checked */
/* Bytes of a table; false when the numbers cannot belong to one. */
bool pn_days_size(int32_t first, int32_t last, uint32_t n_days, uint64_t *size);

typedef struct { uint32_t first, timed, next; } pn_day_edges;         /* articles of a day: [first, timed) without a clock time, [timed, next) with */
/* Edges of any day; first = timed = next where it holds none.  False when the table is damaged. */
bool pn_days_find(const pn_days *d, int32_t day, pn_day_edges *out);
#endif
