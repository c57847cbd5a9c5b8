/* pn_query_leaf.h -- one part of a query text to one operation.  Layer: query; private to pn_query*.c. */
#ifndef PN_QUERY_LEAF_H
#define PN_QUERY_LEAF_H
#include "query/pn_query.h"
#include "text/pn_token.h"

typedef struct { pn_arena *arena; pn_tokens words; pn_buf scratch; pn_error *err; } pn_leaf_maker;
void pn_leaf_maker_fini(pn_leaf_maker *m);

/* What was written, in the arena: the escapes of quoted text undone. */
PN_MUST_CHECK pn_status pn_leaf_shown(pn_leaf_maker *m, pn_bytes text, bool is_quoted, pn_bytes *out);
/* *none = true when the text holds no word (only punctuation): then there is no operation. */
PN_MUST_CHECK pn_status pn_leaf_words(pn_leaf_maker *m, pn_field field, pn_bytes text, pn_query_op *out, bool *none);
/* Words with * and ?, not in quotation marks.  PN_ESYNTAX when there is no letter beside the signs. */
PN_MUST_CHECK pn_status pn_leaf_pattern(pn_leaf_maker *m, pn_field field, pn_bytes text, pn_query_op *out);
PN_MUST_CHECK pn_status pn_leaf_name(pn_leaf_maker *m, pn_field field, pn_bytes text, pn_query_op *out);
PN_MUST_CHECK pn_status pn_leaf_date(pn_leaf_maker *m, pn_bytes text, pn_query_op *out);
PN_MUST_CHECK pn_status pn_leaf_text(pn_leaf_maker *m, pn_query_kind kind, pn_bytes text, pn_query_op *out);   /* ID, URL */
/* Whether the text is a pattern: a * anywhere, or a ? that is not at its end (a question mark). */
bool pn_leaf_is_pattern(pn_bytes text);
#endif
