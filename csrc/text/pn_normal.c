#include "text/pn_normal.h"
#include "base/pn_alloc.h"
#include "text/pn_unicode_tables.h"
#include "text/pn_utf8.h"
#include <assert.h>

enum { HANGUL = 0xac00, LEADS = 0x1100, VOWELS = 0x1161, FINALS = 0x11a7,       /* arithmetic of Korean syllables */
       N_LEADS = 19, N_VOWELS = 21, N_FINALS = 28, N_HANGUL = N_LEADS * N_VOWELS * N_FINALS,
       FEW = 24, DEPTH = 4, IOTA_BELOW = 0x345, IOTA = 0x3b9 };

static unsigned ccc_of(uint32_t c) { return c < 0x300 ? 0 : pn_uc_leaf_of(c)->ccc; }

static bool room(pn_normal *x, size_t more) {
    void *p = x->c;
    if (x->rc != PN_OK) return false;
    if (!pn_grow(&p, &x->cap, x->n + more, sizeof *x->c)) { x->rc = PN_ENOMEM; return false; }
    x->c = p;
    return true;
}
static void put(pn_normal *x, uint32_t c) {
    if (x->n < x->cap || room(x, 1)) x->c[x->n++] = c;
}

/* Between two walks over n code points of a chunk. */
static void poll(pn_normal *x, size_t n) {
    enum { MANY = 1 << 16 };
    if (n >= MANY && x->rc == PN_OK) x->rc = pn_poll(x->tick, NULL);
}

/* --- mapping */
static bool dropped(const pn_normal *x, const pn_uc_leaf *l) {
    if (x->mode == PN_NORMAL_WORD) return l->word_len == 0 && !(l->flags & PN_UC_SELF_WORD);
    return x->mode == PN_NORMAL_TITLE && (l->flags & PN_UC_IGNORABLE);
}
static bool joins(const pn_normal *x, const pn_uc_leaf *l) {
    return l->flags & (x->mode == PN_NORMAL_WORD ? PN_UC_JOINS_WORD : PN_UC_JOINS_NAME);
}

/* A mark after a letter of Latin or Greek: nonspacing ones end here, so that heaps of them cost no memory.  The
 * recursion is over the tables: at most DEPTH. */
static void put_spacing(pn_normal *x, uint32_t c) {
    const pn_uc_leaf *l = pn_uc_leaf_of(c);
    if (l->pair) {
        put_spacing(x, pn_uc_pairs[l->pair - 1].first);
        put_spacing(x, pn_uc_pairs[l->pair - 1].second);
    } else if (!(l->flags & PN_UC_NONSPACING)) {
        put(x, c);
    }
}

static void put_folded(pn_normal *x, uint32_t c, const pn_uc_leaf *l) {
    bool mark = l->kind == PN_KIND_MARK;
    if (!mark) x->strips = x->mode == PN_NORMAL_WORD && (l->flags & PN_UC_STRIPPED_BASE);
    if (mark && x->strips) put_spacing(x, c);
    else put(x, c);
}

static void put_mapped(pn_normal *x, uint32_t c, const pn_uc_leaf *l) {
    bool word = x->mode == PN_NORMAL_WORD;
    if (l->flags & (word ? PN_UC_SELF_WORD : PN_UC_SELF_NAME)) { put_folded(x, c, l); return; }
    const uint8_t *p = pn_uc_pool + (word ? l->word_off : l->name_off);
    const uint8_t *end = p + (word ? l->word_len : l->name_len);
    for (unsigned n; p < end; p += n) {
        uint32_t d = pn_utf8_decode(p, end, &n);
        put_folded(x, d, pn_uc_leaf_of(d));
    }
}

/* --- canonical decomposition, order and composition of a chunk of several characters */
static void put_decomposed(pn_normal *x, uint32_t c) {
    uint32_t tail[DEPTH];
    unsigned k = 0;
    if (c - HANGUL < N_HANGUL) {
        uint32_t i = c - HANGUL, t = i % N_FINALS;
        put(x, LEADS + i / (N_VOWELS * N_FINALS));
        put(x, VOWELS + i / N_FINALS % N_VOWELS);
        if (t) put(x, FINALS + t);
        return;
    }
    for (uint16_t pair; (pair = pn_uc_leaf_of(c)->pair) != 0; c = pn_uc_pairs[pair - 1].first) {
        assert(k < DEPTH);
        tail[k++] = pn_uc_pairs[pair - 1].second;
    }
    put(x, c);
    while (k) put(x, tail[--k]);
}

static void decompose(pn_normal *x) {
    size_t n = x->n;
    for (size_t i = 0; i < n; i++) put_decomposed(x, x->c[i]);
    if (x->rc != PN_OK) return;
    x->n -= n;
    memmove(x->c, x->c + n, x->n * sizeof *x->c);
}

static void sort_few(uint32_t *c, size_t n) {
    for (size_t i = 1; i < n; i++) {
        uint32_t v = c[i];
        unsigned k = ccc_of(v);
        size_t j = i;
        for (; j > 0 && ccc_of(c[j - 1]) > k; j--) c[j] = c[j - 1];
        c[j] = v;
    }
}

/* Stable, by counting: time is linear however many marks somebody heaps up. */
static void sort_many(pn_normal *x, size_t from, size_t n) {
    size_t at[257] = { 0 };
    if (!room(x, n)) return;
    uint32_t *c = x->c + from, *sorted = x->c + x->n;
    for (size_t i = 0; i < n; i++) at[ccc_of(c[i]) + 1]++;
    for (size_t k = 1; k < PN_COUNT(at); k++) at[k] += at[k - 1];
    for (size_t i = 0; i < n; i++) sorted[at[ccc_of(c[i])]++] = c[i];
    memcpy(c, sorted, n * sizeof *c);
}

static void reorder(pn_normal *x) {
    for (size_t i = 0; i < x->n;) {
        size_t from = i;
        while (i < x->n && ccc_of(x->c[i]) != 0) i++;
        if (i - from > FEW) sort_many(x, from, i - from);
        else if (i - from > 1) sort_few(x->c + from, i - from);
        if (i == from) i++;
    }
}

/* The composition of a and b, 0 if there is none. */
static uint32_t composed(uint32_t a, uint32_t b) {
    if (a - LEADS < N_LEADS && b - VOWELS < N_VOWELS)
        return HANGUL + ((a - LEADS) * N_VOWELS + b - VOWELS) * N_FINALS;
    if (a - HANGUL < N_HANGUL && (a - HANGUL) % N_FINALS == 0 && b - FINALS - 1 < N_FINALS - 1) return a + b - FINALS;
    size_t low = 0, high = PN_UC_PAIRS;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const pn_uc_pair *q = &pn_uc_pairs[mid];
        if (q->first == a && q->second == b) return q->composed;
        if (q->first < a || (q->first == a && q->second < b)) low = mid + 1;
        else high = mid;
    }
    return 0;
}

static void compose(pn_normal *x) {
    size_t n = 0, base = SIZE_MAX;
    unsigned last = 0;
    for (size_t i = 0; i < x->n; i++) {
        uint32_t c = x->c[i];
        unsigned k = ccc_of(c);
        bool blocked = base == SIZE_MAX || (n - 1 > base && last >= k);
        uint32_t both = blocked ? 0 : composed(x->c[base], c);
        if (both) { x->c[base] = both; continue; }
        if (k == 0) base = n;
        x->c[n++] = c;
        last = k;
    }
    x->n = n;
}

static void settle(pn_normal *x) {
    decompose(x);
    poll(x, x->n);
    if (x->rc != PN_OK) return;
    reorder(x);
    poll(x, x->n);
    if (x->mode != PN_NORMAL_WORD) {           /* case folding makes a letter of this mark, once its place is known */
        for (size_t i = 0; i < x->n; i++) if (x->c[i] == IOTA_BELOW) x->c[i] = IOTA;
    }
    compose(x);
}

/* --- the walk */
static const pn_uc_leaf *peek(pn_normal *x, uint32_t *c, unsigned *n) {
    if (x->seen.at != x->p) {
        x->seen.at = x->p;
        x->seen.c = pn_utf8_decode(x->p, x->end, &x->seen.len);
        x->seen.leaf = pn_uc_leaf_of(x->seen.c);
    }
    *c = x->seen.c;
    *n = x->seen.len;
    return x->seen.leaf;
}

/* Adds what belongs to the chunk; true if that changed it. */
static bool take_marks(pn_normal *x) {
    enum { MARK = 8 };                         /* steps */
    pn_pace pace = { x->tick, 0 };
    size_t had = x->n;
    uint32_t c;
    for (unsigned n; x->p < x->end && *x->p >= 0x80 && x->rc == PN_OK; x->p += n) {
        const pn_uc_leaf *l = peek(x, &c, &n);
        if (dropped(x, l)) continue;
        if (!joins(x, l)) break;
        put_mapped(x, c, l);
        x->to = x->p + n;
        if (x->rc == PN_OK) x->rc = pn_pace_on(&pace, MARK, NULL);
    }
    return x->n != had;
}

bool pn_normal_next(pn_normal *x) {
    const pn_uc_leaf *l = NULL;
    uint32_t c = 0;
    unsigned n = 0;
    for (; x->p < x->end; x->p += n) {
        l = peek(x, &c, &n);
        if (!dropped(x, l)) break;
    }
    if (x->p >= x->end || x->rc != PN_OK) return false;
    x->n = 0;
    x->strips = false;
    x->from = x->p;
    x->to = x->p += n;
    put_mapped(x, c, l);
    bool several = take_marks(x);
    if (several || (x->mode != PN_NORMAL_WORD && c >= 0x80)) settle(x);
    return x->rc == PN_OK;
}

void pn_normal_fini(pn_normal *x) {
    pn_free(x->c);
    x->c = NULL;
    x->n = x->cap = 0;
}
