/* pn_explain.h -- how a query was read, and what each of its parts finds.  Layer: archive. */
#ifndef PN_EXPLAIN_H
#define PN_EXPLAIN_H
#include "model/pn_table.h"
#include "query/pn_select.h"

/* A row for every part, operators behind what they join (as a stack machine runs them):
 *   kind (words, name, date, length, value, and, or, not, near), parts (how many rows before it are joined), text (of a leaf or a whole
 *   NEAR in canonical form, else the operator), count (articles of `within` that the part finds), terms (how many words of the archive a pattern, fuzzy
 *   word, regular expression or single character stands for; null for other parts).
 * `within` NULL: as read, count and terms null.  Statuses of pn_query_parse and pn_select_query; PN_ECHANGED. */
PN_MUST_CHECK pn_status pn_archive_explain(const pn_select *within, pn_bytes query, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
