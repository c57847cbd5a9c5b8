/* pn_query_scan.h -- a query text cut into signs and parts.  Layer: query; private to pn_query*.c. */
#ifndef PN_QUERY_SCAN_H
#define PN_QUERY_SCAN_H
#include "base/pn_bytes.h"

typedef enum { PN_SIGN_END, PN_SIGN_AND, PN_SIGN_OR, PN_SIGN_NOT, PN_SIGN_NEAR, PN_SIGN_OPEN, PN_SIGN_CLOSE, PN_SIGN_QUOTED, PN_SIGN_BARE, PN_SIGN_REGEX,
               PN_SIGN_UNCLOSED,       /* a quotation mark without its fellow */
               PN_SIGN_UNCLOSED_REGEX, PN_SIGN_BAD_NEAR, PN_SIGN_BAD_SLOP,
               PN_SIGN_TWO_FIELDS }    /* title:tag:…; field and name are of the second */ pn_sign_kind;

/* What may stand before a colon.  Scopes take words and parentheses, the others one value. */
typedef enum { PN_QF_NONE, PN_QF_UNKNOWN,
               PN_QF_TITLE, PN_QF_BODY, PN_QF_LEAD, PN_QF_ATLEAST, PN_QF_NEAR,
               PN_QF_TAG, PN_QF_SECTION, PN_QF_SOURCE, PN_QF_AUTHOR, PN_QF_LANG, PN_QF_URL, PN_QF_DATE, PN_QF_ID, PN_QF_LENGTH,
               PN_QF_LINKS_TO, PN_QF_LINKED_FROM, PN_QF_LIKE } pn_query_field;
static inline bool pn_query_field_is_scope(pn_query_field f) { return f >= PN_QF_TITLE && f <= PN_QF_ATLEAST; }

enum { PN_SIGN_NO_NUMBER = -1, PN_SIGN_HUGE = 100000000 };         /* HUGE: that much or more */
typedef struct {
    pn_sign_kind kind;
    size_t at;                         /* byte position */
    pn_query_field field;
    pn_bytes name; int32_t name_number;          /* "lead" and 30 of lead30:… */
    pn_bytes text; size_t text_at;     /* BARE, QUOTED, REGEX: what stands there, and where it begins */
    int32_t number;                    /* n of NEAR/n; of "…"~n */
    bool ordered;                      /* PRE */
    bool is_word_too;                  /* w/5, which is text where no operator can stand */
} pn_sign;

/* The sign at *at and forward; END at the end, again and again.  A field name and a colon belong to the sign behind them. */
pn_sign pn_query_scan(pn_bytes text, size_t *at);

/* A field name like this one, "lead30" for those that take a number; NULL when none is like it. */
const char *pn_query_field_like(pn_bytes name);
#endif
