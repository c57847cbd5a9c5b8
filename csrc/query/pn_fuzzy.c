#include "query/pn_fuzzy.h"
#include "text/pn_utf8.h"

enum { FAR = PN_FUZZY_MAX + 1 };       /* any distance that is too large */

static uint32_t decode(pn_bytes s, uint32_t *out) {
    uint32_t n = 0;
    unsigned len;
    for (const uint8_t *p = s.ptr, *end = p + s.len; p < end; p += len) out[n++] = pn_utf8_decode(p, end, &len);
    return n;
}

void pn_fuzzy_init(pn_fuzzy *f, pn_bytes word, uint32_t distance) {
    f->n = decode(pn_bytes_of(word.ptr, PN_MIN(word.len, (size_t)255)), f->c);
    f->distance = distance;
}

/* Three rows of the table, of which only places [i - k, i + k] are filled; beside them stands FAR. */
typedef struct { uint8_t two[260], one[260], now[260]; } rows;

static uint8_t cell(const pn_fuzzy *f, const uint32_t *t, const rows *r, uint32_t i, uint32_t j) {
    uint8_t best = (uint8_t)(r->one[j - 1] + (t[i - 1] != f->c[j - 1]));
    best = PN_MIN(best, (uint8_t)(PN_MIN(r->one[j], r->now[j - 1]) + 1));
    bool exchanged = i > 1 && j > 1 && t[i - 1] == f->c[j - 2] && t[i - 2] == f->c[j - 1];
    if (exchanged) best = PN_MIN(best, (uint8_t)(r->two[j - 2] + 1));
    return PN_MIN(best, (uint8_t)FAR);
}

/* Fills row i; the smallest distance in it. */
static uint8_t fill_row(const pn_fuzzy *f, const uint32_t *t, rows *r, uint32_t i) {
    uint32_t k = f->distance, lo = i > k ? i - k : 0, hi = PN_MIN(f->n, i + k);
    uint8_t least = FAR;
    memcpy(r->two, r->one, f->n + 1);
    memcpy(r->one, r->now, f->n + 1);
    memset(r->now, FAR, f->n + 1);
    if (lo == 0) least = r->now[0] = (uint8_t)PN_MIN(i, (uint32_t)FAR);
    for (uint32_t j = PN_MAX(lo, 1u); j <= hi; j++) {
        r->now[j] = cell(f, t, r, i, j);
        least = PN_MIN(least, r->now[j]);
    }
    return least;
}

bool pn_fuzzy_fits(const pn_fuzzy *f, pn_bytes term) {
    uint32_t t[256], n, k = f->distance;
    rows r;
    if (term.len > 255 || (size_t)f->n > term.len + k) return false;      /* characters are at most bytes */
    n = decode(term, t);
    if (n > f->n + k || f->n > n + k) return false;
    memset(r.one, FAR, f->n + 1);
    for (uint32_t j = 0; j <= f->n; j++) r.now[j] = (uint8_t)PN_MIN(j, (uint32_t)FAR);
    for (uint32_t i = 1; i <= n; i++)
        if (fill_row(f, t, &r, i) > k) return false;
    return r.now[f->n] <= k;
}
