/* pn_query_scan.h -- a query text cut into signs and parts.  Layer: query; private to pn_query*.c. */
#ifndef PN_QUERY_SCAN_H
#define PN_QUERY_SCAN_H
#include "base/pn_bytes.h"

typedef enum { PN_SIGN_END, PN_SIGN_RESERVED, PN_SIGN_AND, PN_SIGN_OR, PN_SIGN_NOT, PN_SIGN_OPEN, PN_SIGN_CLOSE, PN_SIGN_QUOTED, PN_SIGN_BARE,
               PN_SIGN_UNCLOSED } pn_sign_kind;
typedef struct {
    pn_sign_kind kind;
    size_t at;                         /* byte position */
    pn_bytes field;                    /* "tag" of tag:…; NONE without a field */
    pn_bytes text;                     /* BARE, QUOTED: what stands there */
} pn_sign;

/* The sign at *at and forward; END at the end, again and again.  UNCLOSED: a quotation mark without its fellow.
 * RESERVED: a field, an operator or a sign that the language keeps for itself: as text it would change its meaning later.
 * A known field name and a colon belong to the sign behind them. */
pn_sign pn_query_scan(pn_bytes text, size_t *at);
#endif
