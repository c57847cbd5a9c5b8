/* pn_json_out.h -- JSON text while it is made, handed on in pieces.  Layer: parse.
 *
 * A put after a failure does nothing: the first status stays in `rc`, its reason in `why`.  Begin with
 * { .take = …, .arg = …, .pace = { tick, 0 } }; without `take` all text stays in `buf`.  One thread.
 */
#ifndef PN_JSON_OUT_H
#define PN_JSON_OUT_H
#include "base/pn_buf.h"
#include "base/pn_tick.h"

enum { PN_JSON_PIECE = 256 << 10 };

typedef struct {
    pn_status (*take)(void *arg, pn_bytes piece, pn_error *err);     /* the piece is borrowed for the call */
    void *arg;
    pn_pace pace;                      /* asked within long texts too: PN_EINTR */
    pn_buf buf;                        /* what was not handed on yet: hardly more than PN_JSON_PIECE bytes */
    pn_status rc;
    pn_error why;
} pn_json_out;

void pn_json_put(pn_json_out *o, pn_bytes json);               /* as it stands */
/* A string in quotes.  Escaped are '"', '\' and what lies below 0x20, by a letter where JSON has one; `s` is valid UTF-8.  NONE: null. */
void pn_json_put_text(pn_json_out *o, pn_bytes s);
/* A number that pn_json read: an integer as written, -0 without its sign; any other as the double nearest to it, in the fewest digits that
 * are read as the same, with an exponent from 1e16 on and below 1e-4.  One that no double holds stays as written. */
void pn_json_put_number(pn_json_out *o, pn_bytes written);
PN_MUST_CHECK pn_status pn_json_hand_on(pn_json_out *o, pn_error *err);         /* what is left; or why nothing is */
void pn_json_out_fini(pn_json_out *o);
#endif
