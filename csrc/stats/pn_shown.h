/* pn_shown.h -- the spelling under which a folded name is shown.  Layer: stats.
 *
 * The one that most live articles of the whole snapshot use, ties by bytes: whatever the segments are, and whatever selection is asked.
 */
#ifndef PN_SHOWN_H
#define PN_SHOWN_H
#include "index/pn_snap.h"

typedef struct pn_shown pn_shown;
/* Borrows the snapshot until free.  `tick` may be NULL. */
PN_MUST_CHECK pn_status pn_shown_new(pn_snap *snap, pn_field field, const pn_tick *tick, pn_shown **out, pn_error *err);
void pn_shown_free(pn_shown *s);                       /* NULL is fine */
/* In arena.  A look-up a segment; the first key with several spellings, where articles are deleted, reads all deleted articles.
 * PN_ECORRUPT when no segment knows the key. */
PN_MUST_CHECK pn_status pn_shown_of(pn_shown *s, pn_bytes key, pn_arena *arena, pn_bytes *out, pn_error *err);
#endif
