/* pn_word_machine.h -- folded characters in, words out.  Layer: text; the slow, complete half of pn_tokens_cut.
 *
 * A word is made of segments (letters, digits, marks) and joints (' . ,) between them.  A joint is decided when the
 * segment after it is complete; until then its byte stands in the terms.  docs/WORDS.md is the specification.
 */
#ifndef PN_WORD_MACHINE_H
#define PN_WORD_MACHINE_H
#include "text/pn_token.h"
#include "text/pn_unicode_tables.h"

typedef enum {
    PN_WM_IDLE,                        /* between words */
    PN_WM_SEGMENT,                     /* in letters or digits */
    PN_WM_JOINT,                       /* after a joint */
    PN_WM_PLUS,                        /* after the first + of "c+" */
    PN_WM_CLOSED,                      /* after "c++" or "c#" */
    PN_WM_RUN                          /* in a script without spaces */
} pn_wm_state;

typedef struct {
    size_t off;                        /* of its first byte in the terms */
    uint32_t start, end;               /* bytes in the text */
    uint32_t bases;                    /* characters that are not marks */
    uint32_t lead;                     /* digits it begins with */
    bool all_digits, last_digit;
} pn_wm_segment;

typedef struct { size_t off; uint32_t start, end; } pn_wm_cluster;

typedef struct {
    pn_tokens *t;
    uint32_t pos;                      /* of the next word */
    pn_status rc;
    pn_wm_state state;
    /* the gap before the next word */
    bool any, cr, paragraph;           /* a word was seen; the last character was a CR; an empty line was seen */
    uint32_t lines;                    /* line ends in the running white space */
    /* the word */
    size_t word_off;
    uint32_t word_start;
    pn_wm_segment left, right;         /* the last complete segment; the one being read */
    uint8_t joint;                     /* between them: 0, ' . , or " for ".'" */
    size_t joint_off;
    bool possessive;                   /* ends in 's: the word without it */
    size_t bare_off;
    uint32_t bare_end;
    /* the run */
    pn_kind run;
    bool has_last;
    pn_wm_cluster last, now;
} pn_word_machine;

/* One folded code point that stood at [start, end) of the text. */
void pn_word_push(pn_word_machine *m, uint32_t c, uint32_t start, uint32_t end);
void pn_word_end(pn_word_machine *m);              /* the text is over: what is open becomes words */

/* For both halves: white space and other characters between words. */
void pn_word_gap(pn_word_machine *m, pn_kind k);

bool pn_word_room(pn_word_machine *m);             /* for one more word, or rc is set */
size_t pn_word_cut(pn_word_machine *m, size_t off, size_t len, uint8_t flags);     /* length of a term that is too long */

/* A finished word: the terms' bytes [off, off + len), cut from [start, end) of the text. */
static inline void pn_word_emit(pn_word_machine *m, size_t off, size_t len, uint32_t start, uint32_t end, uint8_t flags) {
    pn_tokens *t = m->t;
    if (PN_UNLIKELY(t->n == t->cap) && !pn_word_room(m)) return;
    if (PN_UNLIKELY(len > PN_TERM_MAX)) len = pn_word_cut(m, off, len, flags);
    m->pos += m->paragraph && m->any;
    m->paragraph = false;
    m->any = true;
    t->at[t->n++] = (pn_token){ (uint32_t)off, start, end, m->pos++, (uint8_t)len, flags };
}
#endif
