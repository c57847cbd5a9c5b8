/* pn_teasers.h -- whose text does a related entry quote?  Layer: index.  Rules: docs/LINKS.md.
 *
 * A teaser of a related entry is as a rule the beginning of the article it means, or that article's own teaser.  Words are compared, as they
 * are cut for the index: neither marks nor line ends matter.  The first PN_TEASER_MAX words count; a teaser of fewer than PN_TEASER_MIN
 * says nothing.  Of a truncated one the last word is left out: it may be half of one.
 */
#ifndef PN_TEASERS_H
#define PN_TEASERS_H
#include "index/pn_links.h"

enum { PN_TEASER_MIN = 8, PN_TEASER_MAX = 100 };

/* Resolves those entries of live articles that dangle so far or are ambiguous: PN_LINK_TEASER where exactly one live article begins so,
 * PN_LINK_AMBIGUOUS where several do.  Reads the text of every article once: 5 µs and more each.  Holds some 60 bytes an entry while
 * it works.  PN_ECORRUPT, PN_EINTR, PN_ENOMEM, PN_ELIMIT (2^31 different teasers). */
PN_MUST_CHECK pn_status pn_teasers_settle(pn_snap *snap, pn_links *l, const pn_tick *tick, pn_error *err);
#endif
