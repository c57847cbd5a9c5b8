#include "index/pn_teasers.h"
#include "base/pn_alloc.h"
#include "codec/pn_hash.h"
#include "index/pn_seg_parts.h"
#include "text/pn_token.h"
#include "text/pn_utf8.h"

enum { POLL = 1 << 8, TEXT_MAX = 1 << 13, MANY = 2 };  /* articles between two questions to the tick; bytes of a text that are looked at */

/* One text that teasers quote: how many articles begin so (MANY: two or more), and the first of them. */
typedef struct { pn_hash128 hash; uint32_t node; uint8_t n_articles; } quote;
typedef struct { size_t entry; uint32_t quote; } quoting;

typedef struct {
    pn_snap *snap;
    pn_links *l;
    quote *quotes; size_t n_quotes, quotes_cap;
    quoting *entries; size_t n_entries, entries_cap;
    uint32_t *slots; size_t n_slots;   /* hash table over quotes: number + 1, 0 = free; a power of two, at most half full */
    bool lengths[PN_TEASER_MAX + 1];   /* words that some quote has */
    pn_tokens tokens;
    pn_buf words;                      /* terms of the text at hand, each ended by a zero byte */
    size_t ends[PN_TEASER_MAX + 1];    /* of its first n words in there */
    const pn_tick *tick;
    pn_error *err;
} job;

static pn_status no_memory(const job *j) { return pn_fail(j->err, PN_ENOMEM, "no memory to compare teasers"); }

/* --- the words a text begins with */

static pn_status cut_words(job *j, pn_bytes text, bool is_truncated, size_t *n_words) {
    uint32_t next;
    size_t n = pn_utf8_cut(text, TEXT_MAX);
    bool is_cut = is_truncated || n < text.len;
    pn_tokens_clear(&j->tokens);
    pn_buf_clear(&j->words);
    PN_TRY(pn_tokens_cut(&j->tokens, pn_bytes_of(text.ptr, n), 0, &next, j->err));
    *n_words = PN_MIN(j->tokens.n - (is_cut && j->tokens.n), (size_t)PN_TEASER_MAX);
    for (size_t i = 0; i < *n_words; i++) {
        pn_buf_put_bytes(&j->words, pn_token_term(&j->tokens, i));
        pn_buf_put_u8(&j->words, 0);
        j->ends[i + 1] = j->words.len;
    }
    return j->words.rc == PN_OK ? PN_OK : no_memory(j);
}

static pn_hash128 hash_of_first(const job *j, size_t n_words) { return pn_hash128_of(pn_bytes_of(j->words.ptr, j->ends[n_words])); }

/* --- the table of quotes */

static size_t slot_of(const job *j, const pn_hash128 *hash) {
    size_t at = (size_t)pn_hash_keyed(pn_hash_key(), pn_bytes_of(hash, sizeof *hash)) & (j->n_slots - 1);
    while (j->slots[at] && memcmp(&j->quotes[j->slots[at] - 1].hash, hash, sizeof *hash) != 0) at = (at + 1) & (j->n_slots - 1);
    return at;
}

static pn_status widen_table(job *j) {
    size_t n = j->n_slots ? 2 * j->n_slots : 1024;
    uint32_t *slots = n <= (size_t)1 << 31 ? pn_calloc(n, sizeof *slots) : NULL;
    if (!slots) return no_memory(j);
    pn_free(j->slots);
    j->slots = slots;
    j->n_slots = n;
    for (size_t i = 0; i < j->n_quotes; i++) {
        if (i % (1 << 16) == 0) PN_TRY(pn_poll(j->tick, j->err));
        j->slots[slot_of(j, &j->quotes[i].hash)] = (uint32_t)i + 1;
    }
    return PN_OK;
}

static pn_status add_quote(job *j, pn_hash128 hash, uint32_t *number) {
    if (2 * j->n_quotes >= j->n_slots) PN_TRY(widen_table(j));
    size_t at = slot_of(j, &hash);
    if (!j->slots[at]) {
        if (!pn_grow((void **)&j->quotes, &j->quotes_cap, j->n_quotes + 1, sizeof *j->quotes)) return no_memory(j);
        j->quotes[j->n_quotes++] = (quote){ .hash = hash };
        j->slots[at] = (uint32_t)j->n_quotes;
    }
    *number = j->slots[at] - 1;
    return PN_OK;
}

/* --- what entries quote */

static bool is_open(const pn_links *l, size_t entry) { return l->how[entry] <= PN_LINK_AMBIGUOUS; }

static pn_status take_entry(job *j, size_t entry, const pn_related *r) {
    size_t n;
    uint32_t number = 0;
    if (!is_open(j->l, entry)) return PN_OK;
    PN_TRY(cut_words(j, r->teaser, r->truncated, &n));
    if (n < PN_TEASER_MIN) return PN_OK;
    PN_TRY(add_quote(j, hash_of_first(j, n), &number));
    if (!pn_grow((void **)&j->entries, &j->entries_cap, j->n_entries + 1, sizeof *j->entries)) return no_memory(j);
    j->entries[j->n_entries++] = (quoting){ entry, number };
    j->lengths[n] = true;
    return PN_OK;
}

static bool has_open(const pn_links *l, size_t lo, size_t hi) {
    while (lo < hi && !is_open(l, lo)) lo++;
    return lo < hi;
}

static pn_status take_entries(job *j, uint32_t part, uint32_t doc, const pn_doc *article) {
    const pn_snap_part *p = pn_snap_part_at(j->snap, part);
    const pn_linkkeys *keys;
    uint32_t lo, hi;
    PN_TRY(pn_seg_linkkeys(p->seg, &keys, j->err));
    if (!pn_linkkeys_entries(keys, doc, &lo, &hi) || hi - lo != article->n_related)
        return pn_corrupt(j->err, NULL, 0, "the related entries of segment %u are damaged", pn_seg_number(p->seg));
    for (size_t i = 0; i < article->n_related; i++) PN_TRY(take_entry(j, j->l->entry_base[part] + lo + i, &article->related[i]));
    return PN_OK;
}

/* --- who begins so */

static void note(job *j, uint32_t node, pn_hash128 hash) {
    uint32_t number = j->slots[slot_of(j, &hash)];
    quote *q = number ? &j->quotes[number - 1] : NULL;
    if (!q || (q->n_articles && q->node == node)) return;
    if (q->n_articles == 0) q->node = node;
    if (q->n_articles < MANY) q->n_articles++;
}

static pn_status note_text(job *j, uint32_t node, pn_bytes text) {
    size_t n;
    PN_TRY(cut_words(j, text, false, &n));
    for (size_t k = PN_TEASER_MIN; k <= n; k++)
        if (j->lengths[k]) note(j, node, hash_of_first(j, k));
    return PN_OK;
}

static pn_status note_article(job *j, uint32_t part, uint32_t doc, const pn_doc *article) {
    PN_TRY(note_text(j, j->l->doc_base[part] + doc, article->body));
    return note_text(j, j->l->doc_base[part] + doc, article->teaser);
}

/* --- walks over the articles */

typedef pn_status visit(job *j, uint32_t part, uint32_t doc, const pn_doc *article);

/* Of the first walk: has it an entry that is worth reading the article for? */
static bool is_asking(const job *j, uint32_t part, uint32_t doc) {
    const pn_linkkeys *keys;
    uint32_t lo, hi;
    if (pn_seg_linkkeys(pn_snap_part_at(j->snap, part)->seg, &keys, NULL) != PN_OK || !pn_linkkeys_entries(keys, doc, &lo, &hi)) return true;
    return has_open(j->l, j->l->entry_base[part] + lo, j->l->entry_base[part] + hi);
}

static pn_status visit_doc(job *j, uint32_t part, uint32_t doc, pn_doc_cache *cache, pn_arena *arena, visit *each) {
    pn_doc article;
    pn_doc_extra extra;
    pn_arena_reset(arena);
    PN_TRY(pn_seg_doc_cached(pn_snap_part_at(j->snap, part)->seg, cache, doc, arena, &article, &extra, j->err));
    return each(j, part, doc, &article);
}

static pn_status walk_part(job *j, uint32_t part, visit *each) {
    const pn_snap_part *p = pn_snap_part_at(j->snap, part);
    pn_doc_cache cache = { 0 };
    pn_arena arena = { 0 };
    pn_status rc = PN_OK;
    for (uint32_t doc = 0; rc == PN_OK && doc < p->n_docs; doc++) {
        if (doc % POLL == 0 && (rc = pn_poll(j->tick, j->err)) != PN_OK) break;
        if (pn_deleted_has(&p->deleted, doc) || (each == take_entries && !is_asking(j, part, doc))) continue;
        rc = visit_doc(j, part, doc, &cache, &arena, each);
    }
    pn_doc_cache_fini(&cache);
    pn_arena_fini(&arena);
    return rc;
}

static pn_status walk(job *j, visit *each) {
    for (uint32_t part = 0; part < j->l->n_parts; part++) PN_TRY(walk_part(j, part, each));
    return PN_OK;
}

/* --- the whole */

static void settle_all(job *j) {
    for (size_t i = 0; i < j->n_entries; i++) {
        const quote *q = &j->quotes[j->entries[i].quote];
        size_t entry = j->entries[i].entry;
        if (q->n_articles == 0) continue;
        j->l->how[entry] = q->n_articles == 1 ? PN_LINK_TEASER : PN_LINK_AMBIGUOUS;
        if (q->n_articles == 1) j->l->target[entry] = q->node;
    }
}

static pn_status settle(job *j) {
    PN_TRY(walk(j, take_entries));
    if (j->n_entries == 0) return PN_OK;
    PN_TRY(walk(j, note_article));
    settle_all(j);
    return PN_OK;
}

pn_status pn_teasers_settle(pn_snap *snap, pn_links *l, const pn_tick *tick, pn_error *err) {
    job j = { .snap = snap, .l = l, .tick = tick, .err = err };
    pn_status rc = settle(&j);
    pn_free(j.quotes);
    pn_free(j.entries);
    pn_free(j.slots);
    pn_tokens_fini(&j.tokens);
    pn_buf_fini(&j.words);
    return rc;
}
