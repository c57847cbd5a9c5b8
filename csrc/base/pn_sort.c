#include "base/pn_sort.h"
#include "base/pn_alloc.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t n, size;
    int (*compare)(const void *, const void *);
    const pn_tick *tick;
    pn_error *err;
} job;

static pn_status sort_runs(const job *j, uint8_t *at) {
    for (size_t i = 0; i < j->n; i += PN_SORT_RUN) {
        PN_TRY(pn_poll(j->tick, j->err));
        qsort(at + i * j->size, PN_MIN(j->n - i, (size_t)PN_SORT_RUN), j->size, j->compare);
    }
    return PN_OK;
}

/* from[lo, mid) and from[mid, hi), each sorted, into to[lo, hi). */
static pn_status merge(const job *j, const uint8_t *from, uint8_t *to, size_t lo, size_t mid, size_t hi) {
    for (size_t a = lo, b = mid, k = lo; k < hi; k++) {
        bool left = b == hi || (a < mid && j->compare(from + a * j->size, from + b * j->size) <= 0);
        if (k % PN_SORT_RUN == 0) PN_TRY(pn_poll(j->tick, j->err));
        memcpy(to + k * j->size, from + (left ? a++ : b++) * j->size, j->size);
    }
    return PN_OK;
}

static pn_status merge_all(const job *j, const uint8_t *from, uint8_t *to, size_t run) {
    for (size_t lo = 0; lo < j->n; lo += 2 * run) PN_TRY(merge(j, from, to, lo, PN_MIN(lo + run, j->n), PN_MIN(lo + 2 * run, j->n)));
    return PN_OK;
}

/* `from` is whole after every round, so that whoever is stopped still has all elements. */
static pn_status merge_runs(const job *j, uint8_t *at, uint8_t *other) {
    uint8_t *from = at, *to = other;
    pn_status rc = PN_OK;
    for (size_t run = PN_SORT_RUN; rc == PN_OK && run < j->n; run *= 2) {
        rc = merge_all(j, from, to, run);
        if (rc == PN_OK) {
            uint8_t *t = from;
            from = to;
            to = t;
        }
    }
    if (from != at) memcpy(at, from, j->n * j->size);
    return rc;
}

pn_status pn_sort(void *at, size_t n, size_t size, int (*compare)(const void *, const void *), const pn_tick *tick, pn_error *err) {
    job j = { n, size, compare, tick, err };
    if (n <= PN_SORT_RUN) {
        if (n) qsort(at, n, size, compare);
        return PN_OK;
    }
    uint8_t *other = pn_calloc(n, size);
    if (!other) return pn_fail(err, PN_ENOMEM, "no memory to sort %zu rows", n);
    pn_status rc = sort_runs(&j, at);
    if (rc == PN_OK) rc = merge_runs(&j, at, other);
    pn_free(other);
    return rc;
}
