/* pn_query_leaf.h -- one part of a query text to one operation.  Layer: query; private to pn_query*.c. */
#ifndef PN_QUERY_LEAF_H
#define PN_QUERY_LEAF_H
#include "query/pn_query.h"
#include "text/pn_token.h"

typedef struct { pn_arena *arena; pn_tokens words; pn_buf scratch; size_t n_states; pn_error *err; } pn_leaf_maker;       /* n_states: of the regular expressions so far */
void pn_leaf_maker_fini(pn_leaf_maker *m);

/* What was written, in the arena: the escapes of quoted text undone. */
PN_MUST_CHECK pn_status pn_leaf_shown(pn_leaf_maker *m, pn_bytes text, bool is_quoted, pn_bytes *out);
/* Words as text: one, or a phrase.  *none = true when the text holds no word (only punctuation): then there is no operation. */
PN_MUST_CHECK pn_status pn_leaf_words(pn_leaf_maker *m, pn_bytes text, pn_query_op *out, bool *none);
/* One word, not in quotation marks, with * and ?; with ~1 or ~2 behind it (out->shown is what stands before).  PN_ESYNTAX when it is not one word. */
PN_MUST_CHECK pn_status pn_leaf_pattern(pn_leaf_maker *m, pn_bytes text, pn_query_op *out);
PN_MUST_CHECK pn_status pn_leaf_fuzzy(pn_leaf_maker *m, pn_bytes text, pn_query_op *out);
/* What stands between slashes; err->offset is a position in it. */
PN_MUST_CHECK pn_status pn_leaf_regex(pn_leaf_maker *m, pn_bytes text, pn_query_op *out);
/* Each word of a text as an operation of its own, in *list: for near5:"…". */
PN_MUST_CHECK pn_status pn_leaf_each(pn_leaf_maker *m, pn_bytes text, pn_query_op **list, size_t *n);
PN_MUST_CHECK pn_status pn_leaf_name(pn_leaf_maker *m, pn_field field, pn_bytes text, pn_query_op *out);
PN_MUST_CHECK pn_status pn_leaf_date(pn_leaf_maker *m, pn_bytes text, pn_query_op *out);
PN_MUST_CHECK pn_status pn_leaf_text(pn_leaf_maker *m, pn_query_kind kind, pn_bytes text, pn_query_op *out);   /* ID, URL, LINKS_TO, LINKED_FROM, LIKE */
PN_MUST_CHECK pn_status pn_leaf_length(pn_leaf_maker *m, pn_bytes text, pn_query_op *out);
/* Whether the text ends in ~ or ~ and digits, and something stands before. */
bool pn_leaf_is_fuzzy(pn_bytes text);
/* Whether the text is a pattern: a * anywhere, or a ? with a letter behind it. */
bool pn_leaf_is_pattern(pn_bytes text);
#endif
