/* pn_token.h -- here is text, give me its words.  Layer: text.  The rules are docs/WORDS.md.
 *
 * A word ("token") has folded bytes (its term), a position (words are counted from first_pos; some rules skip one)
 * and the byte range it was cut from.  Indexing and queries use the same cutter, so whatever stands in a text is found.
 */
#ifndef PN_TOKEN_H
#define PN_TOKEN_H
#include "base/pn_buf.h"
#include "base/pn_tick.h"

/* Names the rules and the Unicode version; stored in every archive.  A change here asks for a rebuild. */
#define PN_ANALYZER_ID "pynews-words-1 unicode-15.0"   /* the version that tools/make_unicode_tables.py read */
#define PN_TERM_MAX 255                       /* longer terms are cut to this many bytes at a character; counted in `n_cut` */
#define PN_TITLE_GAP 128                      /* positions between the last word of the title and the first of the body */

enum { PN_TOKEN_BIGRAM = 1,                   /* a character of a run without spaces and the next one (Chinese, …, Thai) */
       PN_TOKEN_UNIGRAM = 2 };                /* the last (or only) character of such a run */

typedef struct {
    uint32_t term_off;                        /* of the folded bytes in pn_tokens.terms; terms may overlap (bigrams do) */
    uint32_t start, end;                      /* byte range in the text; a bigram's range is its first character only */
    uint32_t pos;
    uint8_t term_len, flags;
} pn_token;

/* Growable; the zero value is empty; reuse it from text to text.  `terms` is padded with 32 readable bytes. */
typedef struct {
    pn_buf terms;
    pn_token *at; size_t n, cap;
    uint64_t n_cut;
    const pn_tick *tick;                      /* polled while a long text is cut; NULL: never stops */
} pn_tokens;

/* Appends the words of `text` (valid UTF-8, at most 64 MiB); positions start at first_pos; *next_pos is one more than the last
 * position used (first_pos if there is no word).  A paragraph break (a run of white space with two or more line ends)
 * between two words adds one position.  PN_ENOMEM, PN_ELIMIT (text too long), PN_EINTR.  Linear time. */
PN_MUST_CHECK pn_status pn_tokens_cut(pn_tokens *t, pn_bytes text, uint32_t first_pos, uint32_t *next_pos, pn_error *err);
static inline pn_bytes pn_token_term(const pn_tokens *t, size_t i) {
    return pn_bytes_of(t->terms.ptr + t->at[i].term_off, t->at[i].term_len);
}
static inline void pn_tokens_clear(pn_tokens *t) { pn_buf_clear(&t->terms); t->n = 0; t->n_cut = 0; }
void pn_tokens_fini(pn_tokens *t);
#endif
