/* pn_source.h -- one scored list of a part as a walk over articles.  Layer: query; private to pn_top.c.
 *
 * A term is walked where it lies.  Of a phrase the selected articles that hold all its words are listed first, with the most occurrences that each
 * can have; only where those would lift an article into the best is it read how many there are.
 */
#ifndef PN_SOURCE_H
#define PN_SOURCE_H
#include "query/pn_scored.h"
#include "query/pn_spans.h"

typedef struct {
    double weight;
    uint32_t doc, tf;                  /* the current article, PN_DOC_END past the end; of a phrase at most tf, until pn_source_count */
    uint64_t n;                        /* articles of the list */
    /* private from here */
    bool is_phrase;
    pn_post post;                      /* a term */
    pn_buf docs, tfs, bounds;          /* a phrase: its articles, and a pn_post_bound for each PN_BLOCK of them */
    size_t at;
    pn_spans *spans;
} pn_source;

/* Stands on the first article.  Phrases are looked for in the articles with a bit in `within` (NULL: all).  pn_source_fini frees,
 * also after a failure.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_source_open(pn_source *s, const pn_scored *scored, uint32_t part, const pn_scored_list *list, const uint64_t *within,
                                       const pn_tick *tick, pn_error *err);
void pn_source_fini(pn_source *s);
void pn_source_seek(pn_source *s, uint32_t target);    /* to the first article >= target */
void pn_source_next(pn_source *s);
/* Makes tf exact: reads the places of a phrase in the current article.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_source_count(pn_source *s, pn_error *err);
/* PN_OK unless damage ended the walk early. */
PN_MUST_CHECK pn_status pn_source_sound(const pn_source *s, pn_error *err);
/* As pn_post_bound_at. */
pn_post_bound pn_source_bound_at(const pn_source *s, uint32_t target);
#endif
