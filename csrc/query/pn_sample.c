#include "query/pn_sample.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include <stdlib.h>

enum { NO_BUCKET = INT32_MAX,          /* behind all others */
       POLL = 1 << 13 };               /* articles, which are gathered in the order of keys: far from each other in memory */
typedef struct { int32_t bucket; uint64_t chance, key; pn_ref ref; } item;
typedef struct {
    const pn_select *within;
    item *at; size_t n;
    uint64_t seed;
    pn_sample_opts opts;
    const pn_tick *tick;
    pn_error *err;
} sampler;

/* Every bit of both numbers reaches every bit of the result (the finaliser of SplitMix64, twice). */
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}
static uint64_t chance_of(uint64_t seed, uint64_t key) { return mix(key + mix(seed + UINT64_C(0x9E3779B97F4A7C15))); }

/* --- gathering */

static bool fits(pn_precision p, pn_freq f) {
    return p >= PN_PREC_DAY || (p == PN_PREC_MONTH && f >= PN_FREQ_MONTH) || (p == PN_PREC_YEAR && f == PN_FREQ_YEAR);
}

static pn_status bucket_of(const sampler *s, pn_seg *seg, uint32_t doc, int32_t *out) {
    pn_when when;
    *out = NO_BUCKET;
    if (!s->opts.stratified) return PN_OK;
    PN_TRY(pn_seg_when(seg, doc, &when, s->err));
    if (fits((pn_precision)when.precision, s->opts.freq)) *out = pn_bucket_start(s->opts.freq, when.day);
    return PN_OK;
}

static pn_status gather_part(sampler *s, uint32_t part) {
    const pn_snap_part *p = pn_snap_part_at(pn_select_snap(s->within), part);
    for (uint32_t i = 0; i < p->n_docs; i++) {
        uint64_t key;
        pn_ref ref = { part, 0 };
        if (i % POLL == 0) PN_TRY(pn_poll(s->tick, s->err));
        PN_TRY(pn_seg_key_hash_at(p->seg, i, &key, &ref.doc, s->err));
        if (!pn_select_has(s->within, ref)) continue;
        if (s->n == pn_select_count(s->within)) return pn_corrupt(s->err, NULL, 0, "the keys of segment %u name an article twice", pn_seg_number(p->seg));
        item *it = &s->at[s->n++];
        *it = (item){ .chance = chance_of(s->seed, key), .key = key, .ref = ref };
        PN_TRY(bucket_of(s, p->seg, ref.doc, &it->bucket));
    }
    return PN_OK;
}

static int by_chance(const void *a, const void *b) {
    const item *x = a, *y = b;
    if (x->bucket != y->bucket) return x->bucket < y->bucket ? -1 : 1;
    if (x->chance != y->chance) return x->chance < y->chance ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* --- how many of each bucket: largest remainders */

typedef struct { size_t first, n, take; uint64_t rest; } stratum;

static int by_rest(const void *a, const void *b) {
    const stratum *x = a, *y = b;
    if (x->rest != y->rest) return x->rest > y->rest ? -1 : 1;
    return x->first < y->first ? -1 : 1;
}

static pn_status find_strata(const sampler *s, stratum *list, size_t *out) {
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (i % POLL == 0) PN_TRY(pn_poll(s->tick, s->err));
        if (i == 0 || s->at[i].bucket != s->at[i - 1].bucket) list[n++] = (stratum){ .first = i };
        list[n - 1].n++;
    }
    *out = n;
    return PN_OK;
}

static void share_out(stratum *list, size_t n, uint64_t wanted, uint64_t all) {
    uint64_t given = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t share = wanted * list[i].n;               /* both below 2^32: a snapshot has no more articles */
        list[i].take = (size_t)(share / all);
        list[i].rest = share % all;
        given += list[i].take;
    }
    qsort(list, n, sizeof *list, by_rest);
    for (size_t i = 0; given < wanted; i++, given++) list[i].take++;
}

static pn_status pick(const sampler *s, stratum *list, pn_ref *refs, size_t wanted, pn_select **out) {
    size_t n = 0, k = 0;
    PN_TRY(find_strata(s, list, &n));
    if (n) share_out(list, n, wanted, s->n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < list[i].take; j++) refs[k++] = s->at[list[i].first + j].ref;
    return pn_select_pick(s->within, refs, k, out, s->err);
}

static pn_status sample(sampler *s, size_t wanted, stratum *list, pn_ref *refs, pn_select **out) {
    for (uint32_t i = 0; i < pn_snap_n_parts(pn_select_snap(s->within)); i++) PN_TRY(gather_part(s, i));
    PN_TRY(pn_sort(s->at, s->n, sizeof *s->at, by_chance, s->tick, s->err));
    return pick(s, list, refs, wanted, out);
}

pn_status pn_sample(const pn_select *within, uint64_t n, uint64_t seed, pn_sample_opts opts, const pn_tick *tick, pn_select **out, pn_error *err) {
    sampler s = { .within = within, .seed = seed, .opts = opts, .tick = tick, .err = err };
    size_t count = (size_t)pn_select_count(within), wanted = (size_t)PN_MIN(n, (uint64_t)count);
    s.at = pn_calloc(count, sizeof *s.at);
    stratum *list = pn_calloc(opts.stratified ? count : 1, sizeof *list);
    pn_ref *refs = pn_calloc(wanted, sizeof *refs);
    pn_status rc = s.at && list && refs ? sample(&s, wanted, list, refs, out) : pn_fail(err, PN_ENOMEM, "no memory for a sample");
    pn_free(s.at);
    pn_free(list);
    pn_free(refs);
    return rc;
}
