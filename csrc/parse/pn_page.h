/* pn_page.h -- one record of a text page while it becomes a pn_doc.  Layer: parse.  Private to pn_page_*.
 *
 * The parts each look at their lines, write their fields into `doc` and the role of every line they take into `role`.
 * Memory running out sets no_memory and leaves fields at NONE; whoever started the work asks once at the end.
 */
#ifndef PN_PAGE_H
#define PN_PAGE_H
#include "base/pn_arena.h"
#include "parse/pn_page_lines.h"
#include "parse/pn_page_text.h"

#define PN_PAGE_ARTICLE_MAX (64u << 20)      /* bytes of one article */
#define PN_PAGE_LINES_MAX (1u << 20)         /* non-blank lines of one article */
#define PN_PAGE_LINE_MAX (1u << 20)          /* longer lines are remarked upon */
#define PN_PAGE_TITLE_MAX 300                /* characters; longer lines are no titles */
#define PN_PAGE_REMARKS_MAX 256              /* remarks upon one article; the last says that there were more */
#define PN_PAGE_NO_LINE SIZE_MAX

typedef struct { pn_bytes *at; size_t n, cap; } pn_page_list;      /* reused from article to article */

typedef struct {
    const pn_page_line *line; size_t n;      /* non-blank lines of the record */
    uint8_t *role;                           /* pn_role of each line, 0 = not taken yet */
    bool followed;                           /* another article follows in the input */
    bool no_memory;
    pn_arena *arena;                         /* what `doc` points to; emptied before the next record */
    pn_page_list authors, tags;
    pn_diag *remarks; size_t n_remarks, cap_remarks;
    pn_doc doc;
    uint64_t *steps;                         /* lines looked at, for the tests that count work */
} pn_page;

/* --- pn_page.c: what the parts share */
void pn_page_remark(pn_page *pg, const char *code, pn_severity severity, const pn_page_line *l);   /* about line l; NULL = about the input */
void pn_page_add_remark(pn_page *pg, pn_diag d);
void pn_page_push(pn_page *pg, pn_page_list *list, pn_bytes s);
pn_bytes pn_page_line_text(pn_page *pg, const pn_page_line *l);          /* its text, in the arena */
pn_bytes pn_page_payload(pn_page *pg, const pn_page_line *l);            /* bytes from … to of its text */
enum { PN_JOIN_BLANK, PN_JOIN_PARAGRAPHS, PN_JOIN_WRAPPED };             /* " ", "\n\n", or " " within and "\n\n" between blocks */
pn_bytes pn_page_join(pn_page *pg, size_t first, size_t stop, int how);  /* texts of lines first … stop-1; NONE if there is none */
void pn_page_put_roles(pn_page *pg);                                     /* doc.roles from role */

/* --- pn_page_head.c.  Lines before `head` are preamble; `date` = the date line or PN_PAGE_NO_LINE.  Returns the first line behind the head. */
size_t pn_page_take_head(pn_page *pg, size_t head, size_t date);

/* --- pn_page_tags.c */
size_t pn_page_find_tags(const pn_page *pg, size_t lo, size_t end);      /* header of a tags block that ends before `end`; NO_LINE if none */
void pn_page_take_tags(pn_page *pg, size_t header, size_t end);

/* --- pn_page_related.c */
size_t pn_page_find_related(pn_page *pg, size_t lo);                     /* header of the related block from line lo on; NO_LINE if none */
void pn_page_take_related(pn_page *pg, size_t header);

/* --- pn_page_text.c: steps taken by a source that pn_page_text_source made */
uint64_t pn_page_text_steps(const pn_doc_source *s);
#endif
