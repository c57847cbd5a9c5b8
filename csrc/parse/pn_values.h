/* pn_values.h -- texts out of JSON values.  Layer: parse.
 *
 * A value comes as it was written (checked before: pn_json_skip).  Texts are taken out with their escapes undone,
 * without NUL, without a leading byte order mark, without blanks at their ends; empty ones are no texts.
 */
#ifndef PN_VALUES_H
#define PN_VALUES_H
#include "parse/pn_json.h"

typedef enum {                         /* how a single string is taken */
    PN_ONE_TEXT,                       /* as it is */
    PN_LIST_TEXT,                      /* "['a', 'b']", a list printed by Python, is a list; anything else as it is */
    PN_TAG_TEXT,                       /* also cut at ; | and line ends, or else at commas */
    PN_AUTHOR_TEXT                     /* also cut at ; | and line ends, or else at commas where every part has two words */
} pn_split;

typedef struct {                       /* growable list of texts; the zero value with an arena is empty */
    pn_arena *arena;                   /* where texts go that cannot be borrowed */
    pn_bytes *at; size_t n, cap;
    bool nul_removed;                  /* a text held U+0000; stays set until cleared */
    pn_stop *stop;                     /* NULL: never; once stopped, texts are missing */
} pn_texts;

/* True when the value says nothing: null, blanks in quotes, [] or {}. */
bool pn_value_is_empty(pn_bytes raw);

/* Replaces the list by the texts of a value: a string, a number (as written), the elements of a list, the naming member
 * ("value", "name", …) of an object.  Texts hold as long as `raw` and the arena.  False when memory is out. */
PN_MUST_CHECK bool pn_texts_read(pn_texts *t, pn_bytes raw, pn_split how);

/* The same for running text: objects are asked for "text", "content", … ; all strings below a member "sections" count. */
PN_MUST_CHECK bool pn_texts_read_body(pn_texts *t, pn_bytes raw);

/* The texts joined by `between`, in the arena unless there is just one; NONE when there is none. */
PN_MUST_CHECK bool pn_texts_join(const pn_texts *t, const char *between, pn_bytes *out);

/* A string value with its blanks kept; NONE when it is no string or blank. */
PN_MUST_CHECK bool pn_texts_whole(pn_texts *t, pn_bytes raw, pn_bytes *out);

/* Drops every text whose folded name (pn_fold_name) occurred before it.  Linear time. */
PN_MUST_CHECK bool pn_texts_drop_repeats(pn_texts *t);

void pn_texts_fini(pn_texts *t);
#endif
