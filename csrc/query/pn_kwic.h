/* pn_kwic.h -- a concordance: every hit of a query in a selection, in an order, with the words around it.  Layer: query.
 *
 * Finding and sorting come first; text is made of the rows that are asked for, as often as they are.
 * Immutable and counted, any thread; holds its snapshot.
 */
#ifndef PN_KWIC_H
#define PN_KWIC_H
#include "model/pn_table.h"
#include "query/pn_select.h"

/* What rows are sorted by, the first key first: words left (-1, -2, …) or right (1, 2, …) of the node, 0 the node's own words; all folded, by
 * code point; without such a word first.  Equal rows, and all without a key, stand in the order of time. */
enum { PN_KWIC_KEYS = 8, PN_KWIC_REACH = 100 };
typedef struct { int32_t keys[PN_KWIC_KEYS]; size_t n_keys; bool newest_first; } pn_kwic_order;

typedef struct pn_kwic pn_kwic;
/* Statuses of pn_plan_new and pn_match; PN_EINVAL for an order that is none, PN_ENOMEM.  Costs 24 bytes a hit; with keys every article with a hit is
 * read once. */
PN_MUST_CHECK pn_status pn_kwic_new(const pn_select *within, const pn_query *q, const pn_kwic_order *order, const pn_tick *tick, pn_kwic **out, pn_error *err);
void pn_kwic_release(pn_kwic *k);      /* NULL is fine */
uint64_t pn_kwic_count(const pn_kwic *k);
uint64_t pn_kwic_articles(const pn_kwic *k);                     /* with at least one hit */
const pn_snap *pn_kwic_snap(const pn_kwic *k);                   /* until release */

typedef enum { PN_KWIC_WORDS, PN_KWIC_CHARS, PN_KWIC_SENTENCE } pn_kwic_unit;
/* Rows from … from+n-1 (from + n at most the count; else PN_EINVAL): id, date, title, section, left, node, right, position.  left and right are
 * `width` words or characters of the node's own text (title or body), or the rest of its sentence; runs of white space are one blank.  position:
 * how many words of the article stand before the node. */
PN_MUST_CHECK pn_status pn_kwic_table(const pn_kwic *k, uint64_t from, size_t n, pn_kwic_unit unit, uint32_t width, const pn_tick *tick, pn_table **out, pn_error *err);

/* What of one article a query's hits cover: byte ranges of its title and of its body (or the teaser that stands in its place),
 * ascending, not touching.  Appended to `out`; it need not be found by the query.  */
typedef struct { uint32_t start, end; bool in_body; } pn_mark;
PN_MUST_CHECK pn_status pn_kwic_marks(pn_snap *snap, pn_ref ref, const pn_query *q, const pn_tick *tick, pn_buf *out, pn_error *err);
#endif
