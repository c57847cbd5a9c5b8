/* pn_guard.h -- a mapped file that is cut short gives zeros, not a signal.  Layer: base.
 *
 * Reading a page of a map that the file no longer has (or the disk no longer gives) raises SIGBUS, which ends the
 * process.  The guard's handler puts a page of zeros there instead and remembers that the map is no longer sound;
 * a fault elsewhere goes to the handler that was there before.  Sums refuse the zeros at first touch; whoever has
 * read checked bytes asks pn_guard_sound afterwards and throws the answer away when it says no.
 * The table of maps is the one mutable global of the core: a signal handler has nothing else to look at.
 */
#ifndef PN_GUARD_H
#define PN_GUARD_H
#include "base/pn_base.h"

/* Puts [p, p+n), a whole mapping, under the guard.  NULL when all places are taken or no handler can be set: then
 * do not use the map.  Any thread. */
PN_MUST_CHECK void *pn_guard_add(void *p, size_t n);
/* False once a page was missing, and for ever.  Puts the handler back where another has taken its place since: so ask
 * before a piece of work, too.  One system call. */
bool pn_guard_sound(const void *token);
void pn_guard_remove(void *token);                 /* before munmap */
#endif
