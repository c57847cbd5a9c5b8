#include "stats/pn_relgraph.h"
#include "base/pn_alloc.h"
#include "codec/pn_hash.h"
#include "stats/pn_relgraph_parts.h"

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a graph of related entries"); }

/* --- life */

void pn_relgraph_release(pn_relgraph *g) {
    if (!g) return;
    pn_free(g->source);
    pn_free(g->target);
    pn_free(g->lag);
    pn_free(g->entry);
    pn_free(g->how);
    pn_free(g->refs);
    pn_links_free(g->own_links);
    pn_select_release(g->sources);
    pn_select_release(g->members);
    pn_free(g);
}

const pn_relgraph_counts *pn_relgraph_counts_of(const pn_relgraph *g) { return &g->counts; }
pn_select *pn_relgraph_sources(const pn_relgraph *g) { return g->sources; }
pn_select *pn_relgraph_members(const pn_relgraph *g) { return g->members; }

/* --- edges: endpoints are nodes of the archive first */

typedef struct { pn_relgraph *g; const pn_relgraph_opts *opts; pn_snap *snap; size_t cap[5], steps; const pn_tick *tick; pn_error *err; } job;

enum { POLL = 1 << 16 };               /* edges or articles between two questions to the tick */

static pn_status go_on(job *j, size_t steps) {
    if ((j->steps += steps) < POLL) return PN_OK;
    j->steps = 0;
    return pn_poll(j->tick, j->err);
}

static bool grow(void *at, size_t *cap, size_t need, size_t size) {
    void *p;
    memcpy(&p, at, sizeof p);
    bool ok = pn_grow(&p, cap, need, size);
    memcpy(at, &p, sizeof p);
    return ok;
}

static pn_status put_edge(job *j, uint32_t source, uint32_t target, uint32_t entry, int32_t lag, uint8_t how) {
    pn_relgraph *g = j->g;
    size_t n = g->n + 1;
    if (n >= UINT32_MAX) return pn_fail(j->err, PN_ELIMIT, "a graph holds at most %u edges", UINT32_MAX - 1);
    bool ok = grow(&g->source, &j->cap[0], n, sizeof *g->source) && grow(&g->target, &j->cap[1], n, sizeof *g->target) &&
              grow(&g->entry, &j->cap[2], n, sizeof *g->entry) && grow(&g->lag, &j->cap[3], n, sizeof *g->lag) && grow(&g->how, &j->cap[4], n, sizeof *g->how);
    if (!ok) return no_memory(j->err);
    g->source[g->n] = source;
    g->target[g->n] = target;
    g->entry[g->n] = entry;
    g->lag[g->n] = lag;
    g->how[g->n++] = how;
    return PN_OK;
}

static int32_t lag_of(const pn_linkkeys *v, uint32_t entry, const pn_when *article) {
    pn_precision precision;
    int32_t day = pn_linkkeys_day(v, entry, &precision);
    return precision >= PN_PREC_DAY && article->precision >= PN_PREC_DAY ? (int32_t)((uint32_t)day - (uint32_t)article->day) : PN_DAY_NONE;
}

static void count_edge(pn_relgraph_counts *c, uint8_t how, int32_t lag) {
    c->n_links++;
    c->n_resolved += how > PN_LINK_AMBIGUOUS;
    c->n_ambiguous += how == PN_LINK_AMBIGUOUS;
    c->n_dangling += how == PN_LINK_DANGLING;
    c->n_undated += lag == PN_DAY_NONE;
    c->n_forward += lag != PN_DAY_NONE && lag > 0;
}

/* Whether `backward` drops it. */
static bool drops(job *j, int32_t lag) {
    if (!j->opts->backward) return false;
    j->g->counts.n_dropped_undated += lag == PN_DAY_NONE;
    j->g->counts.n_dropped_forward += lag != PN_DAY_NONE && lag > 0;
    return lag == PN_DAY_NONE || lag > 0;
}

static pn_status add_entry(job *j, pn_ref ref, const pn_linkkeys *v, uint32_t entry, const pn_when *article) {
    const pn_links *l = j->g->links;
    size_t i = l->entry_base[ref.part] + entry;
    uint32_t target = l->target[i];
    int32_t lag = lag_of(v, entry, article);
    if (j->opts->within && (target == PN_LINK_NONE || !pn_select_has(j->opts->within, pn_links_ref(l, target)))) return PN_OK;
    if (drops(j, lag)) return PN_OK;
    count_edge(&j->g->counts, l->how[i], lag);
    return put_edge(j, pn_links_node(l, ref), target, entry, lag, l->how[i]);
}

static pn_status add_source(job *j, pn_ref ref) {
    pn_seg *seg = pn_snap_part_at(j->snap, ref.part)->seg;
    const pn_linkkeys *v;
    pn_when when;
    uint32_t lo, hi;
    if (j->opts->within && !pn_select_has(j->opts->within, ref)) return PN_OK;
    PN_TRY(pn_seg_linkkeys(seg, &v, j->err));
    PN_TRY(pn_seg_when(seg, ref.doc, &when, j->err));
    if (!pn_linkkeys_entries(v, ref.doc, &lo, &hi)) return pn_corrupt(j->err, NULL, 0, "the related entries of segment %u are damaged", pn_seg_number(seg));
    for (uint32_t e = lo; e < hi; e++) {
        PN_TRY(add_entry(j, ref, v, e, &when));
        PN_TRY(go_on(j, 1));
    }
    return PN_OK;
}

enum { RUN = 1024 };

static pn_status each_ref(job *j, pn_select *of, pn_status (*one)(job *, pn_ref)) {
    pn_ref refs[RUN];
    PN_TRY(pn_select_put_in_order(of, j->tick, j->err));
    for (uint64_t at = 0, n = pn_select_count(of); at < n; at += RUN) {
        size_t run = (size_t)PN_MIN(n - at, (uint64_t)RUN);
        PN_TRY(pn_poll(j->tick, j->err));
        PN_TRY(pn_select_refs(of, at, run, refs, j->err));
        for (size_t i = 0; i < run; i++) PN_TRY(one(j, refs[i]));
    }
    return PN_OK;
}

/* --- nodes: the sources and the articles they point to */

static pn_status bits_of_sources(job *j, uint32_t part, uint64_t **bits) {
    uint32_t n = pn_snap_part_at(j->snap, part)->n_docs;
    *bits = pn_calloc(pn_bits_words(n), sizeof **bits);
    if (!*bits) return no_memory(j->err);
    for (uint32_t doc = 0; doc < n; doc++) {
        if (pn_select_has(j->g->sources, (pn_ref){ part, doc })) (*bits)[doc / 64] |= UINT64_C(1) << doc % 64;
        PN_TRY(go_on(j, 1));
    }
    return PN_OK;
}

static pn_status bits_of_members(job *j, uint64_t **bits) {
    const pn_links *l = j->g->links;
    for (size_t i = 0; i < l->n_parts; i++) PN_TRY(bits_of_sources(j, (uint32_t)i, &bits[i]));
    for (size_t e = 0; e < j->g->n; e++) {
        PN_TRY(go_on(j, 1));
        if (j->g->target[e] == PN_LINK_NONE) continue;
        pn_ref ref = pn_links_ref(l, j->g->target[e]);
        bits[ref.part][ref.doc / 64] |= UINT64_C(1) << ref.doc % 64;
    }
    return PN_OK;
}

/* The same articles in the order of time, whatever they were ranked by. */
static pn_status in_time(pn_select *s, pn_select **out, pn_error *err) {
    if (pn_select_is_ranked(s)) return pn_select_combine(s, s, PN_BOTH, out, err);
    *out = pn_select_retain(s);
    return PN_OK;
}

static pn_status find_members(job *j) {
    size_t n = j->g->links->n_parts;
    if (j->opts->within) return in_time(j->opts->within, &j->g->members, j->err);
    uint64_t **bits = pn_calloc(n, sizeof *bits);
    if (!bits) return no_memory(j->err);
    pn_status rc = bits_of_members(j, bits);
    if (rc == PN_OK) rc = pn_select_of_bits(j->snap, bits, &j->g->members, j->err);
    for (size_t i = 0; i < n; i++) pn_free(bits[i]);
    pn_free(bits);
    return rc;
}

static pn_status add_node(job *j, pn_ref ref) {
    j->g->refs[j->g->counts.n_archived++] = ref;
    return PN_OK;
}

/* Endpoints from nodes of the archive to nodes of the graph. */
static pn_status number_ends(job *j, uint32_t *number) {
    pn_relgraph *g = j->g;
    for (uint32_t i = 0; i < g->counts.n_archived; i++) {
        number[pn_links_node(g->links, g->refs[i])] = i;
        PN_TRY(go_on(j, 1));
    }
    for (size_t e = 0; e < g->n; e++) {
        g->source[e] = number[g->source[e]];
        if (g->target[e] != PN_LINK_NONE) g->target[e] = number[g->target[e]];
        PN_TRY(go_on(j, 1));
    }
    return PN_OK;
}

static pn_status number_nodes(job *j) {
    pn_relgraph *g = j->g;
    if (pn_select_count(g->members) >= UINT32_MAX) return pn_fail(j->err, PN_ELIMIT, "a graph holds at most %u nodes", UINT32_MAX - 1);
    g->refs = pn_malloc((size_t)pn_select_count(g->members) * sizeof *g->refs);
    uint32_t *number = pn_calloc(g->links->n_nodes, sizeof *number);
    pn_status rc = g->refs && number ? each_ref(j, g->members, add_node) : no_memory(j->err);
    if (rc == PN_OK) rc = number_ends(j, number);
    pn_free(number);
    g->counts.n_nodes = g->counts.n_archived;
    return rc;
}

/* --- dangling entries with equal keys are one node */

typedef struct { pn_link_key key; int32_t day; pn_precision precision; } want;

static want want_of(const job *j, size_t edge, const pn_linkkeys *v) {
    want w = { pn_linkkeys_want_url(v, j->g->entry[edge]), PN_DAY_NONE, PN_PREC_NONE };
    if (!pn_link_key_is_none(w.key)) return w;
    w.key = pn_linkkeys_want_title(v, j->g->entry[edge]);
    w.day = pn_linkkeys_day(v, j->g->entry[edge], &w.precision);
    return w;
}

static pn_status want_at(job *j, size_t edge, want *out) {
    const pn_linkkeys *v;
    PN_TRY(pn_seg_linkkeys(pn_snap_part_at(j->snap, j->g->refs[j->g->source[edge]].part)->seg, &v, j->err));
    *out = want_of(j, edge, v);
    return PN_OK;
}

static bool same_want(const want *a, const want *b) {
    return !pn_link_key_is_none(a->key) && pn_link_key_same(a->key, b->key) && a->day == b->day && a->precision == b->precision;
}

/* Strangers chose the keys: a keyed hash spreads them. */
static size_t slot_of(const want *w, unsigned shift) {
    uint64_t parts[] = { w->key.hash, (uint64_t)w->key.check << 32 | (uint32_t)w->day, w->precision };
    return (size_t)(pn_hash_keyed(pn_hash_key(), pn_bytes_of(parts, sizeof parts)) >> shift);
}

static pn_status place_dangling(job *j, uint32_t *slots, unsigned shift, size_t edge) {
    size_t mask = ((size_t)1 << (64 - shift)) - 1;
    want mine, other;
    PN_TRY(want_at(j, edge, &mine));
    for (size_t s = slot_of(&mine, shift);; s = (s + 1) & mask) {
        if (slots[s] == 0 || pn_link_key_is_none(mine.key)) {
            if (slots[s] == 0 && !pn_link_key_is_none(mine.key)) slots[s] = (uint32_t)edge + 1;
            j->g->target[edge] = j->g->counts.n_nodes++;
            return PN_OK;
        }
        PN_TRY(want_at(j, slots[s] - 1, &other));
        if (!same_want(&mine, &other)) continue;
        j->g->target[edge] = j->g->target[slots[s] - 1];
        return PN_OK;
    }
}

static pn_status number_dangling(job *j) {
    uint64_t n = j->g->counts.n_dangling + j->g->counts.n_ambiguous;
    unsigned shift = 63;
    if (n == 0) return PN_OK;
    if (n >= UINT32_MAX - j->g->counts.n_archived) return pn_fail(j->err, PN_ELIMIT, "a graph holds at most %u nodes", UINT32_MAX - 1);
    while (UINT64_C(1) << (64 - shift) < n * 2) shift--;
    uint32_t *slots = pn_calloc((size_t)1 << (64 - shift), sizeof *slots);
    if (!slots) return no_memory(j->err);
    pn_status rc = PN_OK;
    for (size_t e = 0; rc == PN_OK && e < j->g->n; e++) {
        if (e % 4096 == 0) rc = pn_poll(j->tick, j->err);
        if (rc == PN_OK && j->g->target[e] == PN_LINK_NONE) rc = place_dangling(j, slots, shift, e);
    }
    pn_free(slots);
    return rc;
}

/* --- the whole */

static pn_status find_links(job *j) {
    if (j->opts->ways.n == 0) return pn_snap_links(j->snap, j->tick, &j->g->links, j->err);
    PN_TRY(pn_links_resolve(j->snap, &j->opts->ways, j->tick, &j->g->own_links, j->err));
    j->g->links = j->g->own_links;
    return PN_OK;
}

static pn_status make(job *j) {
    PN_TRY(find_links(j));
    PN_TRY(each_ref(j, j->g->sources, add_source));
    PN_TRY(find_members(j));
    PN_TRY(number_nodes(j));
    return number_dangling(j);
}

pn_status pn_relgraph_new(pn_select *sources, const pn_relgraph_opts *opts, const pn_tick *tick, pn_relgraph **out, pn_error *err) {
    job j = { .opts = opts, .snap = pn_select_snap(sources), .tick = tick, .err = err };
    if (opts->within && pn_select_snap(opts->within) != j.snap) return pn_fail(err, PN_EINVAL, "the two selections are of different snapshots");
    j.g = pn_calloc(1, sizeof *j.g);
    if (!j.g) return no_memory(err);
    pn_status rc = in_time(sources, &j.g->sources, err);
    if (rc == PN_OK) rc = make(&j);
    if (rc == PN_OK) *out = j.g;
    else pn_relgraph_release(j.g);
    return rc;
}
