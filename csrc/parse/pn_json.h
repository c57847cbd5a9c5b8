/* pn_json.h -- a pull reader of JSON text.  Layer: parse.  RFC 8259, strict; no recursion, no allocation but for strings
 * that hold escapes.  Any thread; one reader one thread.  Linear in the text. */
#ifndef PN_JSON_H
#define PN_JSON_H
#include "base/pn_arena.h"
#include "base/pn_tick.h"

#define PN_JSON_DEPTH 512              /* deeper nesting is an error, not a crash */

typedef enum { PN_JSON_END, PN_JSON_ERROR, PN_JSON_NULL, PN_JSON_TRUE, PN_JSON_FALSE, PN_JSON_NUMBER, PN_JSON_STRING,
               PN_JSON_KEY, PN_JSON_OBJECT, PN_JSON_OBJECT_END, PN_JSON_ARRAY, PN_JSON_ARRAY_END } pn_json_event;

typedef struct {
    const uint8_t *start, *p, *end;
    pn_arena *arena;                   /* unescaped strings are taken from here; NULL: text stays as written, escapes and all */
    pn_bytes text;                     /* of KEY, STRING (unescaped) and NUMBER (as written): until the arena is reset */
    const char *error; size_t error_at; /* constant sentence and byte position, once ERROR was returned */
    bool no_memory;
    pn_stop *stop;                     /* shared by the readers of one input: once stopped all say ERROR.  NULL: never; may be set behind init */
    uint32_t depth; uint8_t state;
    uint64_t is_array[PN_JSON_DEPTH / 64];
} pn_json;

/* `text` and `arena` are borrowed as long as the reader is used.  NONE reads like "". */
void pn_json_init(pn_json *j, pn_bytes text, pn_arena *arena);
/* The next event; after END or ERROR always the same again.  One JSON value per text; trailing blanks are fine.
 * Behind an event, `p` is the first byte that was not read yet. */
pn_json_event pn_json_next(pn_json *j);
/* After OBJECT, ARRAY (skips to its end) or KEY (skips its value): false on ERROR.  *raw = the skipped value as written,
 * checked as strictly as everything else. */
bool pn_json_skip(pn_json *j, pn_json_event at, pn_bytes *raw);
/* True when `text` is exactly one JSON value. */
bool pn_json_is_valid(pn_bytes text);
#endif
