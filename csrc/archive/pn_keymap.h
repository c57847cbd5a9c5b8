/* pn_keymap.h -- which slot of the segment under construction has this key.  Layer: archive.
 *
 * Open addressing over 64-bit hashes keyed with the process's secret; the caller compares keys in full. */
#ifndef PN_KEYMAP_H
#define PN_KEYMAP_H
#include "base/pn_status.h"

typedef struct { uint64_t hash; uint32_t slot; } pn_keymap_entry;     /* slot + 1; 0 = empty */
typedef struct { pn_keymap_entry *at; size_t n, cap; } pn_keymap;     /* the zero value is empty */

void pn_keymap_fini(pn_keymap *m);
PN_MUST_CHECK pn_status pn_keymap_put(pn_keymap *m, uint64_t hash, uint32_t slot, pn_error *err);
/* What was put under `hash` for slot `from` is for slot `to` from now on. */
void pn_keymap_move(pn_keymap *m, uint64_t hash, uint32_t from, uint32_t to);
/* Walks the slots put under `hash`: start with *at = 0, false when there is no further one. */
bool pn_keymap_next(const pn_keymap *m, uint64_t hash, size_t *at, uint32_t *slot);
#endif
