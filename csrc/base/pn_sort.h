/* pn_sort.h -- qsort that can be stopped.  Layer: base.
 *
 * For lists as long as an archive: ten million elements take seconds.  Runs of PN_SORT_RUN elements are sorted by qsort, then merged; the
 * tick is polled between runs and between as many steps of a merge.  n log n; up to PN_SORT_RUN elements nothing but qsort, beyond it a
 * second list of the same size while it works.  Equal elements come in any order: compare what tells them apart too.
 */
#ifndef PN_SORT_H
#define PN_SORT_H
#include "base/pn_tick.h"

enum { PN_SORT_RUN = 1 << 15 };

/* Sorts n elements of `size` bytes in place; at NULL only where n is 0.  PN_EINTR, PN_ENOMEM: all elements are still there, in any order. */
PN_MUST_CHECK pn_status pn_sort(void *at, size_t n, size_t size, int (*compare)(const void *, const void *), const pn_tick *tick, pn_error *err);
#endif
