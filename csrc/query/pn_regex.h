/* pn_regex.h -- regular expressions over terms.  Layer: query.
 *
 *   . [abc] [^a-z] * + ? {m} {m,} {m,n} | ( ) and \ before a sign.
 *
 * An expression matches a whole term.  Literals are folded like words.  It becomes a program for a machine that follows all ways at
 * once (Thompson 1968), so the time is linear in the term whatever the expression is.  Nothing recurses.
 */
#ifndef PN_REGEX_H
#define PN_REGEX_H
#include "base/pn_arena.h"
#include "base/pn_tick.h"

#define PN_REGEX_STATES_MAX 10000      /* of all expressions of a query together */
#define PN_REGEX_DEPTH_MAX 256         /* open parentheses */

typedef enum { PN_RX_CHAR, PN_RX_ANY, PN_RX_IN, PN_RX_NOT_IN, PN_RX_SPLIT, PN_RX_JUMP, PN_RX_END } pn_regex_kind;
typedef struct {                       /* targets are relative: a run of steps can be moved and copied */
    uint8_t kind;
    uint32_t c;                        /* CHAR: code point; IN, NOT_IN: number of the first range */
    int32_t to, other;                 /* SPLIT: both ways; JUMP: to; IN, NOT_IN: to = number of ranges, which ascend and do not touch */
} pn_regex_step;
typedef struct { uint32_t lo, hi; } pn_regex_range;
typedef struct { pn_regex_step *steps; size_t n; pn_regex_range *ranges; size_t n_ranges; pn_bytes prefix; } pn_regex;   /* prefix: every matching term begins so */

/* Reads `text` (valid UTF-8, without the slashes) into `arena`, as at most `most` states (up to PN_REGEX_STATES_MAX).  PN_ESYNTAX, PN_ELIMIT (states, depth) with err->offset = byte
 * position in `text`; advice behind a line end in err->msg.  PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_regex_compile(pn_bytes text, size_t most, pn_arena *arena, pn_regex *out, pn_error *err);

/* A run of the machine over many terms; of one thread.  It keeps where the last term led, character by character: neighbours of a dictionary
 * begin alike, and only what differs is run. */
enum { PN_REGEX_TERM_MAX = 255 };
typedef struct {
    const pn_regex *regex;
    pn_pace pace;
    uint32_t *sets, *stack, *seen;     /* sets: of steps, after each character; PN_REGEX_TERM_MAX + 1 of them */
    uint32_t n[PN_REGEX_TERM_MAX + 1], end[PN_REGEX_TERM_MAX + 1];     /* of a set: its steps, and the bytes of the term before it */
    uint32_t depth, mark;              /* depth: the newest set that is known */
    uint8_t last[PN_REGEX_TERM_MAX]; size_t last_len;
} pn_regex_run;
/* The tick is polled by pn_regex_fits, until pn_regex_end. */
PN_MUST_CHECK pn_status pn_regex_begin(pn_regex_run *run, const pn_regex *regex, const pn_tick *tick, pn_error *err);
void pn_regex_end(pn_regex_run *run);
/* Whether all of `term` (UTF-8, at most PN_REGEX_TERM_MAX bytes) matches.  At most len(term) * states * log(ranges)
 * steps; stops at the first character that leads nowhere.  PN_EINTR: the run is good for pn_regex_end only. */
PN_MUST_CHECK pn_status pn_regex_fits(pn_regex_run *run, pn_bytes term, bool *yes, pn_error *err);
#endif
