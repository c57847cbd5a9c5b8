#include "index/pn_links.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "codec/pn_rd.h"
#include "index/pn_seg_parts.h"
#include "index/pn_teasers.h"

enum { POLL = 1 << 13,                 /* articles, entries or buckets between two questions to the tick */
       STRANGERS = 16 };               /* keys of one hash that differ in the rest: two would be chance enough, so many were made */

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory to resolve related entries"); }

const char *pn_link_how_name(pn_link_how how) {
    static const char *const names[] = { [PN_LINK_URL] = "url", [PN_LINK_TITLE_DATE] = "title+date", [PN_LINK_TITLE_NEAR] = "title+date\xC2\xB1" "1",
                                         [PN_LINK_TITLE] = "title", [PN_LINK_TEASER] = "teaser" };
    return (size_t)how < PN_COUNT(names) ? names[how] : NULL;
}

pn_ref pn_links_ref(const pn_links *l, uint32_t node) {
    size_t lo = 0, hi = l->n_parts;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->doc_base[mid] <= node) lo = mid;
        else hi = mid;
    }
    return (pn_ref){ (uint32_t)lo, node - l->doc_base[lo] };
}

void pn_links_free(pn_links *l) {
    if (!l) return;
    pn_free(l->doc_base);
    pn_free(l->entry_base);
    pn_free(l->target);
    pn_free(l->how);
    pn_free(l);
}

/* --- what is offered: (hash of the key, day, node), sorted, in buckets by the first bits of the hash */

typedef struct { uint64_t hash; uint32_t check, node; int32_t day; } offer;
/* Bucket b is at[starts[b]] … at[ends[b] - 1], and has room up to starts[b + 1]. */
typedef struct { offer *at; uint32_t *starts, *ends; unsigned shift; size_t n_buckets; } offers;

typedef struct {
    pn_snap *snap;
    pn_links *l;
    const pn_linkkeys **keys;          /* of each part */
    offers offered;
    const pn_tick *tick;
    pn_error *err;
    uint32_t steps;
    bool is_forged;                    /* more than STRANGERS were met */
} job;

static pn_status step(job *j) { return ++j->steps % POLL ? PN_OK : pn_poll(j->tick, j->err); }

static bool is_live(const pn_snap_part *p, uint32_t doc) { return !pn_deleted_has(&p->deleted, doc); }

static size_t bucket_of(const offers *o, uint64_t hash) { return o->shift == 64 ? 0 : (size_t)(hash >> o->shift); }

/* Every pair of hash and article that a way looks among is met twice: first the buckets are counted (at: NULL), then they are filled.  Room may
 * be left; a file that is written over in between must not lead us outside. */
static bool is_counting(const offers *o) { return !o->at; }
static void count(offers *o, uint64_t hash) { o->starts[bucket_of(o, hash) + 1]++; }
static void place(offers *o, const offer *one) {
    size_t b = bucket_of(o, one->hash);
    if (o->ends[b] < o->starts[b + 1]) o->at[o->ends[b]++] = *one;
}

static pn_status walk_titles(job *j, uint32_t part) {
    const pn_snap_part *p = pn_snap_part_at(j->snap, part);
    uint32_t n_placed = pn_seg_meta_of(p->seg)->n_placed;
    pn_cols_view days;
    PN_TRY(pn_seg_column(p->seg, PN_COLUMN_DAY, &days, j->err));
    for (uint32_t doc = 0; doc < p->n_docs; doc++) {
        PN_TRY(step(j));
        pn_link_key key = pn_linkkeys_title(j->keys[part], doc);
        if (pn_link_key_is_none(key) || !is_live(p, doc)) continue;
        if (is_counting(&j->offered)) count(&j->offered, key.hash);
        else place(&j->offered, &(offer){ key.hash, key.check, j->l->doc_base[part] + doc, doc < n_placed ? pn_cols_get(&days, doc) : PN_DAY_NONE });
    }
    return PN_OK;
}

/* An article's URL is in one of the two tables; whatever else its pairs there hash, the check of its URL does not fit.  The tables are in the
 * order of hashes, so the articles are all over memory: they are not looked at for counting. */
static pn_status walk_lookup(job *j, uint32_t part, const pn_lookup *t) {
    const pn_snap_part *p = pn_snap_part_at(j->snap, part);
    uint64_t hash = 0;
    uint32_t doc = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        PN_TRY(step(j));
        PN_TRY(pn_lookup_at(t, i, &hash, &doc, j->err));
        if (is_counting(&j->offered)) { count(&j->offered, hash); continue; }
        uint32_t check = pn_linkkeys_url_check(j->keys[part], doc);
        if (check && is_live(p, doc)) place(&j->offered, &(offer){ hash, check, j->l->doc_base[part] + doc, PN_DAY_NONE });
    }
    return PN_OK;
}

static pn_status walk_urls(job *j, uint32_t part) {
    pn_seg *seg = pn_snap_part_at(j->snap, part)->seg;
    if (!j->keys[part]->url_checks) return PN_OK;
    PN_TRY(walk_lookup(j, part, &seg->keys));
    return walk_lookup(j, part, &seg->urls);
}

static pn_status walk(job *j, pn_link_way way) {
    for (uint32_t part = 0; part < j->l->n_parts; part++) PN_TRY(way == PN_BY_URL ? walk_urls(j, part) : walk_titles(j, part));
    return PN_OK;
}

static int compare_offers(const void *a, const void *b) {
    const offer *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static void offers_fini(offers *o) {
    pn_free(o->at);
    pn_free(o->starts);
    pn_free(o->ends);
    *o = (offers){ 0 };
}

/* Some eight offers a bucket. */
static pn_status make_buckets(job *j) {
    offers *o = &j->offered;
    unsigned bits = 0;
    while (bits < 26 && (j->l->n_nodes >> bits) > 8) bits++;
    o->shift = 64 - bits;
    o->n_buckets = (size_t)1 << bits;
    o->starts = pn_calloc(o->n_buckets + 1, sizeof *o->starts);
    o->ends = pn_malloc(o->n_buckets * sizeof *o->ends);
    return o->starts && o->ends ? PN_OK : no_memory(j->err);
}

/* Counts, adds up, places, sorts. */
static pn_status make_offers(job *j, pn_link_way way) {
    offers *o = &j->offered;
    offers_fini(o);
    PN_TRY(make_buckets(j));
    PN_TRY(walk(j, way));
    for (size_t b = 0; b < o->n_buckets; b++) o->starts[b + 1] += o->starts[b];
    o->at = pn_calloc(o->starts[o->n_buckets], sizeof *o->at);
    if (!o->at) return no_memory(j->err);
    memcpy(o->ends, o->starts, o->n_buckets * sizeof *o->ends);
    PN_TRY(walk(j, way));
    for (size_t b = 0; b < o->n_buckets; b++) {
        PN_TRY(pn_sort(o->at + o->starts[b], o->ends[b] - o->starts[b], sizeof *o->at, compare_offers, j->tick, j->err));
        PN_TRY(step(j));
    }
    return PN_OK;
}

/* The first offer of the bucket at or behind (hash, day), or the bucket's end. */
static const offer *lower_bound(const offers *o, size_t bucket, uint64_t hash, int32_t day) {
    size_t lo = o->starts[bucket], hi = o->ends[bucket];
    offer want = { .hash = hash, .day = day };
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (compare_offers(&o->at[mid], &want) < 0) lo = mid + 1;
        else hi = mid;
    }
    return o->at + lo;
}

/* --- looking for one entry's article */

/* Articles with this key whose day lies in [from, to]: how many, two standing for more; *node is the first of them.  The same article may be offered twice. */
static unsigned count_fitting(job *j, pn_link_key key, int32_t from, int32_t to, uint32_t *node) {
    const offers *o = &j->offered;
    size_t bucket = bucket_of(o, key.hash);
    unsigned n = 0, strangers = 0;
    const offer *at = lower_bound(o, bucket, key.hash, from), *end = o->at + o->ends[bucket];
    for (; at < end && at->hash == key.hash && at->day <= to && n < 2 && strangers <= STRANGERS; at++) {
        bool fits = at->check == key.check;
        strangers += !fits;
        if (!fits || (n && at->node == *node)) continue;
        if (n++ == 0) *node = at->node;
    }
    j->is_forged |= strangers > STRANGERS;
    return n;
}

static pn_link_how by_key(job *j, pn_link_key key, pn_link_how how, uint32_t *node) {
    if (pn_link_key_is_none(key)) return PN_LINK_DANGLING;
    unsigned n = count_fitting(j, key, INT32_MIN, INT32_MAX, node);
    return n == 0 ? PN_LINK_DANGLING : n == 1 ? how : PN_LINK_AMBIGUOUS;
}

static pn_link_how by_title_and_date(job *j, const pn_linkkeys *v, uint32_t entry, uint32_t *node) {
    pn_precision precision;
    pn_link_key key = pn_linkkeys_want_title(v, entry);
    int32_t day = pn_linkkeys_day(v, entry, &precision);
    if (precision < PN_PREC_DAY || day <= INT32_MIN + 1 || day == INT32_MAX || pn_link_key_is_none(key)) return PN_LINK_DANGLING;
    unsigned n = count_fitting(j, key, day, day, node);
    if (n) return n == 1 ? PN_LINK_TITLE_DATE : PN_LINK_AMBIGUOUS;
    n = count_fitting(j, key, day - 1, day + 1, node);
    return n == 0 ? PN_LINK_DANGLING : n == 1 ? PN_LINK_TITLE_NEAR : PN_LINK_AMBIGUOUS;
}

static pn_link_key wanted(const pn_linkkeys *v, uint32_t entry, pn_link_way way) {
    return way == PN_BY_URL ? pn_linkkeys_want_url(v, entry) : pn_linkkeys_want_title(v, entry);
}

/* Asks memory for the bucket of an entry that comes soon, and for the offers of one that comes sooner. */
static void look_ahead(const job *j, const pn_linkkeys *v, uint32_t entry, pn_link_way way) {
    enum { SOON = 16, SOONER = 8 };
    const offers *o = &j->offered;
    if (v->n_entries - entry <= SOON) return;
    PN_PREFETCH(&o->starts[bucket_of(o, wanted(v, entry + SOON, way).hash)]);
    PN_PREFETCH(&o->ends[bucket_of(o, wanted(v, entry + SOON, way).hash)]);
    PN_PREFETCH(&o->at[o->starts[bucket_of(o, wanted(v, entry + SOONER, way).hash)]]);
}

static pn_link_how look(job *j, const pn_linkkeys *v, uint32_t entry, pn_link_way way, uint32_t *node) {
    if (way == PN_BY_TITLE_DATE) return by_title_and_date(j, v, entry, node);
    return by_key(j, wanted(v, entry, way), way == PN_BY_TITLE ? PN_LINK_TITLE : PN_LINK_URL, node);
}

/* An entry that was ambiguous so far stays so unless this way finds exactly one. */
static void settle(job *j, uint32_t part, uint32_t entry, pn_link_way way) {
    size_t i = j->l->entry_base[part] + entry;
    uint32_t node = PN_LINK_NONE;
    if (j->l->how[i] > PN_LINK_AMBIGUOUS) return;
    pn_link_how how = look(j, j->keys[part], entry, way, &node);
    if (how == PN_LINK_DANGLING) return;
    j->l->how[i] = (uint8_t)how;
    if (how != PN_LINK_AMBIGUOUS) j->l->target[i] = node;
}

static pn_status settle_part(job *j, uint32_t part, pn_link_way way) {
    const pn_snap_part *p = pn_snap_part_at(j->snap, part);
    uint32_t lo, hi;
    for (uint32_t doc = 0; j->keys[part]->n_entries && doc < p->n_docs; doc++) {
        if (!is_live(p, doc)) continue;
        if (!pn_linkkeys_entries(j->keys[part], doc, &lo, &hi)) return pn_corrupt(j->err, NULL, 0, "the related entries of segment %u are damaged", pn_seg_number(p->seg));
        for (uint32_t e = lo; e < hi; e++) {
            look_ahead(j, j->keys[part], e, way);
            settle(j, part, e, way);
            if (j->is_forged) return pn_corrupt(j->err, NULL, 0, "keys of links were forged: the archive is not to be trusted");
            PN_TRY(step(j));
        }
    }
    return PN_OK;
}

static pn_status settle_by_keys(job *j, pn_link_way way, bool has_offers) {
    if (!has_offers) PN_TRY(make_offers(j, way));
    for (uint32_t part = 0; part < j->l->n_parts; part++) PN_TRY(settle_part(j, part, way));
    return PN_OK;
}

static bool is_of_titles(pn_link_way way) { return way == PN_BY_TITLE_DATE || way == PN_BY_TITLE; }

static pn_status settle_all(job *j, const pn_link_ways *ways) {
    for (size_t w = 0; w < ways->n; w++) {
        bool titles_again = w && is_of_titles(ways->at[w]) && is_of_titles(ways->at[w - 1]);
        if (ways->at[w] == PN_BY_TEASER) PN_TRY(pn_teasers_settle(j->snap, j->l, j->tick, j->err));
        else PN_TRY(settle_by_keys(j, ways->at[w], titles_again));
    }
    return PN_OK;
}

/* --- the whole */

static pn_status check_ways(const pn_link_ways *ways, pn_error *err) {
    unsigned seen = 0;
    for (size_t i = 0; i < ways->n; i++) {
        unsigned bit = 1u << ways->at[i];
        if (ways->at[i] < PN_BY_URL || ways->at[i] > PN_BY_TEASER || seen & bit) return pn_fail(err, PN_EINVAL, "a way of resolving is unknown or named twice");
        seen |= bit;
    }
    return PN_OK;
}

static pn_status add_bases(job *j) {
    pn_links *l = j->l;
    uint64_t nodes = 0;
    for (size_t i = 0; i < l->n_parts; i++) {
        const pn_snap_part *p = pn_snap_part_at(j->snap, i);
        PN_TRY(pn_seg_linkkeys(p->seg, &j->keys[i], j->err));
        PN_TRY(pn_poll(j->tick, j->err));
        l->doc_base[i] = (uint32_t)nodes;
        l->entry_base[i] = l->n_entries;
        nodes += p->n_docs;
        l->n_entries += j->keys[i]->n_entries;
        if (nodes > PN_LINK_NONE / 2) return pn_fail(j->err, PN_ELIMIT, "links reach over at most %u articles", PN_LINK_NONE / 2);
    }
    l->doc_base[l->n_parts] = l->n_nodes = (uint32_t)nodes;
    l->entry_base[l->n_parts] = l->n_entries;
    return PN_OK;
}

static pn_status resolve(job *j, const pn_link_ways *ways) {
    pn_links *l = j->l;
    l->n_parts = pn_snap_n_parts(j->snap);
    l->doc_base = pn_calloc(l->n_parts + 1, sizeof *l->doc_base);
    l->entry_base = pn_calloc(l->n_parts + 1, sizeof *l->entry_base);
    j->keys = pn_calloc(l->n_parts, sizeof(const pn_linkkeys *));
    if (!l->doc_base || !l->entry_base || !j->keys) return no_memory(j->err);
    PN_TRY(add_bases(j));
    l->target = pn_malloc(l->n_entries * sizeof *l->target);
    l->how = pn_calloc(l->n_entries, sizeof *l->how);
    if (!l->target || !l->how) return no_memory(j->err);
    memset(l->target, 0xFF, l->n_entries * sizeof *l->target);
    return l->n_entries ? settle_all(j, ways) : PN_OK;
}

pn_status pn_links_resolve(pn_snap *snap, const pn_link_ways *ways, const pn_tick *tick, pn_links **out, pn_error *err) {
    job j = { .snap = snap, .tick = tick, .err = err };
    PN_TRY(check_ways(ways, err));
    j.l = pn_calloc(1, sizeof *j.l);
    if (!j.l) return no_memory(err);
    pn_status rc = resolve(&j, ways);
    offers_fini(&j.offered);
    pn_free(j.keys);
    if (rc == PN_OK) *out = j.l;
    else pn_links_free(j.l);
    return rc;
}

static void free_kept(pn_kept_thing *l) { pn_links_free((pn_links *)l); }

const pn_links *pn_snap_links_made(pn_snap *snap) { return (const pn_links *)pn_snap_kept(snap, PN_KEPT_LINKS); }

pn_status pn_snap_links(pn_snap *snap, const pn_tick *tick, const pn_links **out, pn_error *err) {
    static const pn_link_ways usual = { { PN_BY_URL, PN_BY_TITLE_DATE }, 2 };
    pn_links *made = NULL;
    *out = pn_snap_links_made(snap);
    if (*out) return PN_OK;
    PN_TRY(pn_links_resolve(snap, &usual, tick, &made, err));
    made->kept.free_it = free_kept;
    *out = (const pn_links *)pn_snap_keep(snap, PN_KEPT_LINKS, &made->kept);
    return PN_OK;
}
