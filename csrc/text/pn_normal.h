/* pn_normal.h -- a text as folded code points, chunk by chunk.  Layer: text; used by pn_fold.c and pn_token.c.
 *
 * A chunk is a character with the marks (and Korean vowel and final jamo) that follow it: nothing outside a chunk
 * changes how it is normalised.  One thread at a time.  Linear time, memory of the longest chunk.
 */
#ifndef PN_NORMAL_H
#define PN_NORMAL_H
#include "base/pn_bytes.h"
#include "base/pn_tick.h"

typedef enum {
    PN_NORMAL_WORD,                    /* docs/WORDS.md, "Spelling" */
    PN_NORMAL_NAME,                    /* NFKC, full case folding, straight quotes */
    PN_NORMAL_TITLE                    /* the same without ignorable (zero-width) characters */
} pn_normal_mode;

/* Start with p, end and mode set and the rest zero; p may be moved to any character between two calls. */
typedef struct {
    const uint8_t *p, *end;            /* what is still to read: valid UTF-8 */
    pn_normal_mode mode;
    const uint8_t *from, *to;          /* where the chunk stood; dropped characters at its ends are left out */
    uint32_t *c; size_t n, cap;        /* the chunk: at least one code point, composed (NFC) */
    pn_status rc;                      /* PN_ENOMEM or PN_EINTR ends the walk */
    const pn_tick *tick;               /* polled within a chunk of very many marks; NULL: never */
    bool strips;                       /* the last base is one whose nonspacing marks are dropped */
    struct {                           /* the character at `at`, decoded: each is looked at twice */
        const uint8_t *at;
        const struct pn_uc_leaf *leaf;
        uint32_t c;
        unsigned len;
    } seen;
} pn_normal;

bool pn_normal_next(pn_normal *x);     /* false at the end of the text or when rc is set */
void pn_normal_fini(pn_normal *x);
#endif
