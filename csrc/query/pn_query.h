/* pn_query.h -- what an analyst asks, read into a program the matcher runs.  Layer: query.  The language: docs/QUERIES.md.
 *
 *   query  := either
 *   either := all { "OR" all }                  all := part { [ "AND" ] part }
 *   part   := "NOT" part | "(" either ")" | field ":" "(" either ")" | field ":" value | word | quote words quote
 *
 * Every word is cut like the text of articles, so what stands in a text is found: a part that gives several words
 * ("Covid-19", quoted text, Chinese) is a phrase.  In a run without spaces one character is a prefix query, two are one
 * term, more are a phrase of overlapping pairs.
 */
#ifndef PN_QUERY_H
#define PN_QUERY_H
#include "base/pn_arena.h"
#include "base/pn_buf.h"
#include "base/pn_status.h"
#include "index/pn_seg.h"

#define PN_QUERY_TEXT_MAX 65536        /* bytes of a query */
#define PN_QUERY_CLAUSE_MAX 1024       /* parts of a query, words of a phrase */
#define PN_QUERY_DEPTH_MAX 256         /* open parentheses and NOTs */
#define PN_QUERY_EXPAND_MAX 10000      /* terms a pattern may stand for */

typedef enum {
    PN_Q_WORDS,                        /* one word or a phrase in TEXT or TITLE */
    PN_Q_PATTERN,                      /* words with * and ? in TEXT or TITLE */
    PN_Q_NAME,                         /* a tag, section, source, author or language */
    PN_Q_ANY_NAME,                     /* at least one name of the field: NOT of it is tag:none */
    PN_Q_DATE,                         /* the whole printed interval lies in [day_from, day_to] */
    PN_Q_ID, PN_Q_URL,
    PN_Q_AND, PN_Q_OR,                 /* take two results off the stack, leave one */
    PN_Q_NOT                           /* takes one off, leaves one */
} pn_query_kind;

typedef struct { pn_bytes term; uint32_t at; bool is_prefix; } pn_query_word;    /* at: position relative to the first word */
typedef struct {
    pn_query_kind kind;
    pn_field field;
    pn_query_word *words; size_t n_words;          /* WORDS */
    pn_bytes text;                     /* PATTERN: folded; NAME: folded key; ID, URL: as looked up */
    pn_bytes shown;                    /* as written, without quotation marks and escapes; NONE for ANY_NAME and operators */
    int32_t day_from, day_to;          /* DATE: inclusive */
} pn_query_op;

/* Operations in the order in which a stack machine runs them: leaves push, operators combine. */
typedef struct { pn_arena arena; pn_query_op *ops; size_t n_ops, max_stack; } pn_query;

/* Reads `text` (valid UTF-8).  PN_ESYNTAX with err->offset = byte position of what is wrong, PN_ELIMIT, PN_ENOMEM.
 * On success pn_query_fini frees. */
PN_MUST_CHECK pn_status pn_query_parse(pn_bytes text, pn_query *out, pn_error *err);
void pn_query_fini(pn_query *q);
/* Appends the canonical text: what it reads back to finds the same and prints the same.  Operators in capitals, as few
 * parentheses as the order of binding allows. */
PN_MUST_CHECK pn_status pn_query_print(const pn_query *q, pn_buf *out, pn_error *err);
static inline bool pn_query_is_one_term(const pn_query *q) {
    return q->n_ops == 1 && q->ops[0].kind == PN_Q_WORDS && q->ops[0].field == PN_FIELD_TEXT && q->ops[0].n_words == 1 && !q->ops[0].words[0].is_prefix;
}

/* "2020", "2020-08", "2020-08-20", "2020-W34", "2020-Q3": the first and last day of the period.  False for anything else. */
bool pn_query_period(pn_bytes text, int32_t *first, int32_t *last);
#endif
