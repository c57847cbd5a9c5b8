/* pn_page_lines.h -- the non-blank lines of a text page and what each could be.  Layer: parse.  Private to pn_page_*.
 *
 * Matching looks at the key of a line: white space of any kind is one blank, none at the ends, zero-width characters are left out.
 * The text of a line, which articles keep, has the same blanks but keeps the zero-width characters inside.
 */
#ifndef PN_PAGE_LINES_H
#define PN_PAGE_LINES_H
#include "model/pn_date.h"
#include "text/pn_dateparse.h"
#include "text/pn_lines.h"

enum {                                 /* what a line could be; where it stands decides what it is */
    PN_LINE_RULE      = 1 << 0,        /* ---- or ==== */
    PN_LINE_BREAK     = 1 << 1,        /* a form feed or record separator stands between it and the line above */
    PN_LINE_PUBLISHED = 1 << 2,        /* "Published at: DATE", possibly with "| Updated: DATE" */
    PN_LINE_UPDATED   = 1 << 3,        /* "Updated: DATE" */
    PN_LINE_DOUBTFUL  = 1 << 4,        /* with the two above: a label whose date has no day or was not understood */
    PN_LINE_BYLINE    = 1 << 5,        /* "By NAMES" */
    PN_LINE_TAGS      = 1 << 6,        /* "Tags" */
    PN_LINE_TAG_LIST  = 1 << 7,        /* "Tags: a, b" */
    PN_LINE_RELATED   = 1 << 8,        /* "Related Posts" */
    PN_LINE_ENTRY_END = 1 << 9,        /* "Category / DATE", "/ DATE", "DATE" */
    PN_LINE_INVISIBLE = 1 << 10        /* nothing but zero-width characters */
};
enum { PN_LINE_CLOSES = PN_LINE_RULE | PN_LINE_BREAK | PN_LINE_TAGS | PN_LINE_TAG_LIST | PN_LINE_RELATED | PN_LINE_ENTRY_END };

typedef struct {
    const uint8_t *p;                  /* trimmed; borrowed from the text */
    uint64_t at;                       /* byte offset of the line in the input */
    uint32_t len, no;                  /* bytes at p; 1-based number */
    pn_when when, modified;            /* of PUBLISHED and ENTRY_END; of UPDATED */
    uint16_t is;                       /* PN_LINE_* */
    uint16_t from, to;                 /* payload in the line's text: names, list, date as printed (PUBLISHED, UPDATED), category (ENTRY_END) */
    uint8_t why;                       /* pn_date_result of its date */
} pn_page_line;

typedef struct {
    pn_lines it, raw_it;
    const uint8_t *start;              /* offsets count from here */
    bool mapped;                       /* the text is a copy: offsets come from walking the input in step */
    bool broke;                        /* FF or RS since the last non-blank line */
    uint32_t no;
} pn_page_reader;

/* `text` is clean (pn_charset.h).  `raw` is the input when its lines are those of the text, NONE when offsets are those of the text. */
void pn_page_reader_init(pn_page_reader *r, pn_bytes text, pn_bytes raw);

/* The next non-blank line, unclassified (`is` holds BREAK at most); false at the end. */
bool pn_page_reader_next(pn_page_reader *r, pn_page_line *out);

/* Says what the line could be: sets `is`, dates and payload.  O(length of the line). */
void pn_page_classify(pn_page_line *l, const pn_date_opts *dates);

static inline pn_bytes pn_page_trimmed(const pn_page_line *l) { return pn_bytes_of(l->p, l->len); }

/* Writes the text of a trimmed line to dst (room for s.len bytes); returns its length, at most s.len. */
size_t pn_page_copy_text(uint8_t *dst, pn_bytes s);

/* True when the text of s is s itself and there is no zero-width character in it. */
bool pn_page_is_plain(pn_bytes s);

/* Number of white-space separated words of a text. */
size_t pn_page_words(pn_bytes s);

/* True when s has more than n characters. */
bool pn_page_longer(pn_bytes s, size_t n);

/* At least four items of at most four words between commas, semicolons or bars, and no end of a sentence: a long line of tags. */
bool pn_page_is_list(pn_bytes s);
#endif
