/* pn_query.h -- what an analyst asks, read into a program the matcher runs.  Layer: query.  The language: docs/QUERIES.md.
 *
 *   query  := either
 *   either := all { "OR" all }                  all := part { [ "AND" ] part }
 *   part   := "NOT" part | near                 near := item { "NEAR/n" item } | item { "PRE/n" item }
 *   item   := "(" either ")" | scope ":" "(" either ")" | [ scope ":" ] words | field ":" value
 *   words  := word | quote words quote [ "~n" ] | word "~n" | "/" regular expression "/"
 *   scope  := "title" | "body" | "lead" [ n ] | "atleast" n
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
#include "query/pn_regex.h"

#define PN_QUERY_TEXT_MAX 65536        /* bytes of a query */
#define PN_QUERY_CLAUSE_MAX 1024       /* parts of a query, words of a phrase */
#define PN_QUERY_DEPTH_MAX 256         /* open parentheses and NOTs */
#define PN_QUERY_EXPAND_MAX 10000      /* terms that the patterns of a query may stand for, together */
#define PN_QUERY_NEAR_MAX 8            /* parts of one chain of NEAR */
#define PN_QUERY_LOOSE_MAX 32          /* words of a phrase with ~n */
#define PN_QUERY_WITHIN_MAX 100        /* n of NEAR/n, and of a phrase's ~n */
#define PN_QUERY_LIKE_MAX 10000        /* n of like */
#define PN_QUERY_COUNT_MAX 1000000     /* n of atleast and lead */

typedef enum {
    PN_Q_WORDS,                        /* one word or a phrase: the parts that stand somewhere in a text */
    PN_Q_NAME,                         /* a tag, section, source, author or language */
    PN_Q_ANY_NAME,                     /* at least one name of the field: NOT of it is tag:none */
    PN_Q_DATE,                         /* the whole printed interval lies in [day_from, day_to] */
    PN_Q_ID, PN_Q_URL,
    PN_Q_LINKS_TO, PN_Q_LINKED_FROM,   /* a related entry of it means the article of that id or URL; one of that article's means it */
    PN_Q_LIKE,                         /* one of the k articles most like that of the id */
    PN_Q_LENGTH,                       /* words of title and body in [low, high] */
    PN_Q_AND, PN_Q_OR,                 /* take two results off the stack, leave one */
    PN_Q_NOT,                          /* takes one off, leaves one */
    PN_Q_NEAR                          /* takes n_parts off, leaves one; each of them is PN_Q_WORDS or OR of such */
} pn_query_kind;

/* Which terms of the dictionary a word stands for. */
typedef enum { PN_TERM_EXACT, PN_TERM_PREFIX, PN_TERM_PATTERN, PN_TERM_FUZZY, PN_TERM_REGEX } pn_term_how;
typedef struct {
    pn_bytes term;                     /* folded; PATTERN: with its * and ?; REGEX: as written */
    uint32_t at;                       /* position relative to the first word */
    pn_term_how how;                   /* other than EXACT: only in the last word of a phrase */
    uint32_t distance;                 /* FUZZY: 1 or 2 */
    const pn_regex *regex;             /* REGEX */
} pn_query_word;

/* Where in an article the words must stand. */
typedef enum { PN_ZONE_ALL, PN_ZONE_TITLE, PN_ZONE_BODY, PN_ZONE_LEAD } pn_zone;
enum { PN_LEAD_WORDS = 50,             /* of lead: without a number */
       PN_LIKE_ARTICLES = 20 };        /* of like: without a number */

typedef struct {
    pn_query_kind kind;
    size_t at;                         /* byte position in the text that was read */
    pn_field field;                    /* WORDS: TEXT or TITLE; NAME, ANY_NAME */
    pn_zone zone; uint32_t lead;       /* WORDS; lead: positions of the body */
    pn_query_word *words; size_t n_words; uint32_t slop;       /* WORDS; slop: n of "…"~n, 0 = exactly one after the other */
    uint32_t at_least;                 /* WORDS: so many occurrences; 1 unless atleastN: says more */
    pn_bytes text;                     /* NAME: folded key; ID, URL, LINKS_TO, LINKED_FROM, LIKE: as looked up */
    pn_bytes shown;                    /* as written, without quotation marks and escapes; NONE for ANY_NAME and operators */
    int32_t day_from, day_to;          /* DATE: inclusive */
    uint32_t low, high;                /* LENGTH: inclusive; high UINT32_MAX: no end */
    uint32_t k;                        /* LIKE */
    uint32_t n_parts, within; bool ordered;                    /* NEAR; ordered: PRE */
    bool in_near;                      /* part of a NEAR */
    bool under_not;                    /* below some NOT: such words are never scored */
} pn_query_op;

/* Operations in the order in which a stack machine runs them: leaves push, operators combine. */
typedef struct { pn_arena arena; pn_query_op *ops; size_t n_ops, max_stack; } pn_query;

/* How many results an operation takes off the stack. */
static inline size_t pn_query_arity(const pn_query_op *op) {
    return op->kind == PN_Q_NEAR ? op->n_parts : op->kind == PN_Q_AND || op->kind == PN_Q_OR ? 2 : op->kind == PN_Q_NOT;
}
/* The first operation of the part that ends with operation i: a part is a run of operations. */
size_t pn_query_first(const pn_query *q, size_t i);

/* Reads `text` (valid UTF-8).  PN_ESYNTAX and PN_ELIMIT with err->offset = byte position of what is wrong; behind
 * a line end in err->msg stands advice.  PN_ENOMEM.  On success pn_query_fini frees. */
PN_MUST_CHECK pn_status pn_query_parse(pn_bytes text, pn_query *out, pn_error *err);
void pn_query_fini(pn_query *q);
/* Appends the canonical text: what it reads back to finds the same and prints the same.  Operators in capitals, as few
 * parentheses as the order of binding allows. */
PN_MUST_CHECK pn_status pn_query_print(const pn_query *q, pn_buf *out, pn_error *err);
/* The canonical text of one leaf, or the name of an operator: "title:korea", "AND", "NEAR/5". */
PN_MUST_CHECK pn_status pn_query_print_op(const pn_query_op *op, pn_buf *out, pn_error *err);
/* One exact word anywhere in title or body: what a trend answers from ranks alone. */
static inline bool pn_query_is_one_term(const pn_query *q) {
    const pn_query_op *op = &q->ops[0];
    return q->n_ops == 1 && op->kind == PN_Q_WORDS && op->zone == PN_ZONE_ALL && op->at_least == 1 && op->n_words == 1 && op->words[0].how == PN_TERM_EXACT;
}

/* "2020", "2020-08", "2020-08-20", "2020-W34", "2020-Q3": the first and last day of the period.  False for anything else. */
bool pn_query_period(pn_bytes text, int32_t *first, int32_t *last);
#endif
