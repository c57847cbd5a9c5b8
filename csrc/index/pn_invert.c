#include "index/pn_invert.h"
#include "base/pn_alloc.h"
#include "codec/pn_hash.h"
#include "codec/pn_rd.h"
#include "index/pn_order.h"
#include <assert.h>

enum {
    BATCH = 64,
    SHORT_TERM = 32,                   /* bytes of a term kept in its record */
    WORD = 16,                         /* bytes of a term compared and hashed at once: nearly all terms are that short */
    FIRST_SLOTS = 1024,
    FIRST_CHUNK = 128, LAST_CHUNK = 4096, LINK = 4,
    PENDING = 64,                      /* bytes of codes kept beside the record */
    CODE_ROOM = 12,                    /* bytes of the codes of one occurrence, at most */
    CACHE_LINE = 64
};
/* Arena bytes one batch can need: a chunk a word. */
#define BATCH_ROOM ((size_t)BATCH * LAST_CHUNK)
#define NO_TERM UINT32_MAX
#define NO_DOC UINT32_MAX              /* "before article 0": the first difference is doc + 1 */

typedef struct { uint32_t hash, id; } slot;            /* id == NO_TERM: empty */

/* An occurrence that waits: its first 16 bytes as numbers, filled up with zeros; longer ones whole in `longs`. */
typedef struct { uint64_t a, b; uint32_t len, hash, doc, pos; } word;

typedef struct {                       /* two cache lines side by side */
    uint32_t doc, pos;                 /* of the last occurrence */
    uint32_t df, ttf;
    uint32_t head, tail, end;          /* arena: first chunk, next free byte, link of the last chunk */
    uint16_t chunk;                    /* bytes of the last chunk; 0: none yet */
    uint8_t len, used;                 /* bytes of the term; of `pending` */
    uint8_t bytes[SHORT_TERM];         /* the term, or where it lies in `long_terms` (u32) */
    uint8_t pending[PENDING];          /* the newest codes: most occurrences touch no other memory, rare terms never do */
} term;
_Static_assert(sizeof(term) == 2 * CACHE_LINE, "a term record fills two cache lines");

struct pn_invert {
    uint64_t key, key2;                /* of the hash */
    slot *slots; uint32_t mask;
    void *term_memory; term *terms; size_t n_terms, cap_terms;
    pn_buf long_terms;
    uint8_t *arena; size_t arena_len, arena_cap;
    size_t n_words;                    /* the batch */
    word words[BATCH];
    uint8_t longs[BATCH][PN_TERM_MAX + 1];
};

/* --- life */

static bool new_slots(slot **out, size_t n) {
    slot *s = pn_malloc(n * sizeof *s);
    if (!s) return false;
    memset(s, 0xFF, n * sizeof *s);
    *out = s;
    return true;
}

pn_status pn_invert_new(pn_invert **out, pn_error *err) {
    pn_invert *v = pn_calloc(1, sizeof *v);
    if (!v || !new_slots(&v->slots, FIRST_SLOTS)) {
        pn_free(v);
        return pn_fail(err, PN_ENOMEM, "no memory for an inverter");
    }
    v->mask = FIRST_SLOTS - 1;
    v->key = pn_hash_key();
    v->key2 = pn_hash_keyed(v->key, PN_BYTES_LIT("second key"));
    *out = v;
    return PN_OK;
}

void pn_invert_free(pn_invert *v) {
    if (!v) return;
    pn_free(v->slots);
    pn_free(v->term_memory);
    pn_free(v->arena);
    pn_buf_fini(&v->long_terms);
    pn_free(v);
}

void pn_inverted_fini(pn_inverted *x) {
    pn_buf_fini(&x->terms);
    pn_buf_fini(&x->post);
    pn_buf_fini(&x->pos);
}

/* --- room for a batch, made beforehand so that the batch itself cannot fail */

static bool grow_terms(pn_invert *v) {
    if (v->cap_terms - v->n_terms >= BATCH) return true;
    size_t cap = v->cap_terms ? v->cap_terms * 2 : 4 * BATCH;
    size_t shift = v->terms ? (size_t)((uint8_t *)v->terms - (uint8_t *)v->term_memory) : 0;
    uint8_t *memory = pn_realloc(v->term_memory, cap * sizeof(term) + CACHE_LINE);
    if (!memory) return false;
    uint8_t *at = memory + (CACHE_LINE - (uintptr_t)memory % CACHE_LINE) % CACHE_LINE;
    if (at != memory + shift) memmove(at, memory + shift, v->n_terms * sizeof(term));
    v->term_memory = memory;
    v->terms = (term *)(void *)at;
    v->cap_terms = cap;
    return true;
}

static bool grow_slots(pn_invert *v) {
    size_t n = (size_t)v->mask + 1;
    if ((v->n_terms + BATCH) * 2 <= n) return true;
    slot *more;
    if (n > UINT32_MAX / 2 || !new_slots(&more, n * 2)) return false;
    uint32_t mask = (uint32_t)(n * 2 - 1);
    for (size_t i = 0; i < n; i++) {
        if (v->slots[i].id == NO_TERM) continue;
        uint32_t k = v->slots[i].hash & mask;
        while (more[k].id != NO_TERM) k = (k + 1) & mask;
        more[k] = v->slots[i];
    }
    pn_free(v->slots);
    v->slots = more;
    v->mask = mask;
    return true;
}

static pn_status make_room(pn_invert *v, pn_error *err) {
    if (v->arena_len > UINT32_MAX - BATCH_ROOM || v->long_terms.len > UINT32_MAX - BATCH * PN_TERM_MAX)
        return pn_fail(err, PN_ELIMIT, "the postings of one segment reach 4 GiB: flush earlier");
    void *arena = v->arena;
    bool ok = grow_terms(v) && grow_slots(v) && pn_grow(&arena, &v->arena_cap, v->arena_len + BATCH_ROOM, 1);
    v->arena = arena;
    if (ok && pn_buf_reserve(&v->long_terms, BATCH * PN_TERM_MAX)) return PN_OK;
    return pn_fail(err, PN_ENOMEM, "no memory for the postings of a segment");
}

/* --- terms */

/* Both factors hold a secret, so nobody can choose terms that collide. */
static inline uint32_t hash_word(const pn_invert *v, const word *w, const uint8_t *p) {
#if defined(__SIZEOF_INT128__)
    if (PN_LIKELY(w->len <= WORD)) {
        __extension__ typedef unsigned __int128 wide;
        wide product = (wide)(w->a ^ v->key) * (w->b ^ v->key2 ^ w->len);
        return (uint32_t)((uint64_t)product ^ (uint64_t)(product >> 64));
    }
#endif
    return (uint32_t)pn_hash_keyed(v->key, pn_bytes_of(p, w->len));
}

/* A word of the batch, made of the term at p, where at least WORD bytes are readable. */
static inline void set_word(pn_invert *v, size_t i, const uint8_t *p, uint32_t len, uint32_t doc, uint32_t pos) {
    static const uint8_t mask[2 * WORD] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
    const uint8_t *m = mask + WORD - PN_MIN(len, (uint32_t)WORD);
    word *w = &v->words[i];
    *w = (word){ pn_load_u64(p) & pn_load_u64(m), pn_load_u64(p + 8) & pn_load_u64(m + 8), len, 0, doc, pos };
    if (PN_UNLIKELY(len > WORD)) memcpy(v->longs[i], p, len);
    w->hash = hash_word(v, w, p);
}

static const uint8_t *term_bytes(const pn_invert *v, const term *t) {
    return t->len <= SHORT_TERM ? t->bytes : v->long_terms.ptr + pn_load_u32(t->bytes);
}

static inline void store(uint8_t *p, uint64_t v, unsigned n) {     /* with a constant n, compilers see one store */
    for (unsigned i = 0; i < n; i++) p[i] = (uint8_t)(v >> (8 * i));
}

static inline bool equals(const pn_invert *v, const term *t, const word *w) {
    if (t->len != w->len) return false;
    if (PN_LIKELY(w->len <= WORD)) return pn_load_u64(t->bytes) == w->a && pn_load_u64(t->bytes + 8) == w->b;
    return memcmp(term_bytes(v, t), v->longs[w - v->words], w->len) == 0;
}

static uint32_t new_term(pn_invert *v, const word *w) {
    assert(w->len >= 1 && w->len <= PN_TERM_MAX);
    uint32_t id = (uint32_t)v->n_terms++;
    const uint8_t *whole = v->longs[w - v->words];
    term *t = &v->terms[id];
    *t = (term){ .doc = NO_DOC, .len = (uint8_t)w->len };
    if (w->len > SHORT_TERM) {
        store(t->bytes, v->long_terms.len, 4);
        pn_buf_put(&v->long_terms, whole, w->len);
    } else if (w->len > WORD) {
        memcpy(t->bytes, whole, w->len);
    } else {
        store(t->bytes, w->a, 8);
        store(t->bytes + 8, w->b, 8);
    }
    return id;
}

static inline term *find_or_add(pn_invert *v, const word *w) {
    uint32_t i = w->hash & v->mask;
    for (; v->slots[i].id != NO_TERM; i = (i + 1) & v->mask)
        if (v->slots[i].hash == w->hash && equals(v, &v->terms[v->slots[i].id], w)) return &v->terms[v->slots[i].id];
    v->slots[i] = (slot){ w->hash, new_term(v, w) };
    return &v->terms[v->slots[i].id];
}

/* --- lists: (article difference << 1 | 1) begins an article, (position difference << 1) is an occurrence in it.
 * A number is written in units of 16 bits, 15 bits each, low ones first; the highest bit says that another follows.  Most
 * take one unit: writing and reading them needs no branch that could not be foreseen. */

static void new_chunk(pn_invert *v, term *t) {
    uint32_t at = (uint32_t)v->arena_len, size = t->chunk ? PN_MIN((uint32_t)t->chunk * 2, (uint32_t)LAST_CHUNK) : FIRST_CHUNK;
    if (t->chunk) memcpy(v->arena + t->end, &at, LINK);
    else t->head = at;
    t->tail = at;
    t->end = at + size - LINK;
    t->chunk = (uint16_t)size;
    v->arena_len += size;
}

/* Moves the pending codes to the arena; needs one new chunk at most. */
static void spill(pn_invert *v, term *t) {
    for (uint32_t done = 0, n; done < t->used; done += n) {
        if (t->tail == t->end) new_chunk(v, t);
        n = PN_MIN(t->used - done, t->end - t->tail);
        memcpy(v->arena + t->tail, t->pending + done, n);
        t->tail += n;
    }
    t->used = 0;
}

enum { UNIT = 2, MORE = 1 << 15 };

static uint32_t put_number(uint8_t *p, uint64_t v) {
    uint32_t n = 0;
    for (; v >= MORE; v >>= 15, n += UNIT) store(p + n, v | MORE, UNIT);
    store(p + n, v, UNIT);
    return n + UNIT;
}

/* The codes of one more occurrence. */
static inline uint32_t put_codes(uint8_t *p, term *t, uint32_t doc, uint32_t pos) {
    uint32_t begins = t->doc != doc, kept = begins - 1;          /* kept: all ones within the article */
    uint32_t article = (doc - t->doc) << 1 | 1, place = (pos - (t->pos & kept)) << 1, n = begins * UNIT;
    t->df += begins;
    t->ttf++;
    t->doc = doc;
    t->pos = pos;
    if (PN_UNLIKELY((article | place) >= MORE)) {
        n = begins ? put_number(p, article) : 0;
        return n + put_number(p + n, place);
    }
    store(p, article, UNIT);                                     /* is overwritten within the article */
    store(p + n, place, UNIT);
    return n + UNIT;
}

static inline void append(pn_invert *v, term *t, uint32_t doc, uint32_t pos) {
    if (t->used > PENDING - CODE_ROOM) spill(v, t);
    t->used = (uint8_t)(t->used + put_codes(t->pending + t->used, t, doc, pos));
}

/* --- batches */

/* The first slot with this hash is nearly always the term's: its record is fetched while the others are looked up. */
static void guess_batch(const pn_invert *v) {
    for (size_t i = 0; i < v->n_words; i++) {
        uint32_t hash = v->words[i].hash, k = hash & v->mask;
        while (v->slots[k].id != NO_TERM && v->slots[k].hash != hash) k = (k + 1) & v->mask;
        if (v->slots[k].id == NO_TERM) continue;
        const term *t = &v->terms[v->slots[k].id];
        __builtin_prefetch(t, 1);
        __builtin_prefetch(t->pending, 1);
    }
}

static pn_status take_batch(pn_invert *v, pn_error *err) {
    PN_TRY(make_room(v, err));
    guess_batch(v);
    for (size_t i = 0; i < v->n_words; i++) append(v, find_or_add(v, &v->words[i]), v->words[i].doc, v->words[i].pos);
    v->n_words = 0;
    return PN_OK;
}

enum { POLL = 1 << 16 };           /* words between two questions to the tick */

pn_status pn_invert_tokens(pn_invert *v, uint32_t doc, const pn_tokens *t, size_t n, pn_error *err) {
    for (size_t i = 0; i < n; i++) {
        if (v->n_words == BATCH) PN_TRY(take_batch(v, err));
        if (i % POLL == POLL - 1) PN_TRY(pn_poll(t->tick, err));
        pn_bytes s = pn_token_term(t, i);
        set_word(v, v->n_words, s.ptr, (uint32_t)s.len, doc, t->at[i].pos);
        __builtin_prefetch(&v->slots[v->words[v->n_words++].hash & v->mask]);
    }
    return PN_OK;
}

pn_status pn_invert_name(pn_invert *v, uint32_t doc, pn_bytes key, bool *fresh, pn_error *err) {
    uint8_t copy[PN_TERM_MAX + WORD] = { 0 };          /* readable past the end */
    assert(key.len <= PN_TERM_MAX);
    PN_TRY(take_batch(v, err));
    memcpy(copy, key.ptr, key.len);
    set_word(v, 0, copy, (uint32_t)key.len, doc, 0);
    term *t = find_or_add(v, &v->words[0]);
    *fresh = t->doc != doc;
    if (*fresh) append(v, t, doc, 0);
    return PN_OK;
}

/* --- finish */

static int compare_terms(const void *ctx, uint32_t a, uint32_t b) {
    const pn_invert *v = ctx;
    const term *x = &v->terms[a], *y = &v->terms[b];
    return pn_bytes_compare(pn_bytes_of(term_bytes(v, x), x->len), pn_bytes_of(term_bytes(v, y), y->len));
}

static pn_status sort_terms(const pn_invert *v, pn_order_item *items, const pn_tick *tick, pn_error *err) {
    for (uint32_t i = 0; i < v->n_terms; i++) {
        items[i] = (pn_order_item){ pn_order_prefix(term_bytes(v, &v->terms[i]), v->terms[i].len), i };
        if (i % POLL == POLL - 1) PN_TRY(pn_poll(tick, err));
    }
    return pn_order_polled(items, v->n_terms, compare_terms, v, tick, err);
}

typedef struct { pn_buf codes, docs, tfs, positions; } scratch;        /* of one list */

static void scratch_fini(scratch *s) {
    pn_buf_fini(&s->codes);
    pn_buf_fini(&s->docs);
    pn_buf_fini(&s->tfs);
    pn_buf_fini(&s->positions);
}

static bool make_scratch(scratch *s, const term *t) {
    pn_buf_clear(&s->codes);
    pn_buf_clear(&s->docs);
    pn_buf_clear(&s->tfs);
    pn_buf_clear(&s->positions);
    return pn_buf_reserve(&s->docs, (size_t)t->df * 4) && pn_buf_reserve(&s->tfs, (size_t)t->df * 4) && pn_buf_reserve(&s->positions, (size_t)t->ttf * 4);
}

/* The codes of a term in one piece. */
static bool gather(const pn_invert *v, const term *t, pn_buf *out) {
    if (t->chunk) {
        uint32_t at = t->head, size = FIRST_CHUNK;
        while (at + size - LINK != t->end) {
            pn_buf_put(out, v->arena + at, size - LINK);
            memcpy(&at, v->arena + at + size - LINK, LINK);
            size = PN_MIN(size * 2, (uint32_t)LAST_CHUNK);
        }
        pn_buf_put(out, v->arena + at, t->tail - at);
    }
    pn_buf_put(out, t->pending, t->used);
    return out->rc == PN_OK;
}

static inline const uint8_t *get_number(const uint8_t *p, uint32_t *v) {
    uint32_t unit = pn_load_u16(p), x = unit & (MORE - 1);
    p += UNIT;
    for (unsigned shift = 15; PN_UNLIKELY(unit & MORE); shift += 15, p += UNIT) {
        unit = pn_load_u16(p);
        x |= (unit & (MORE - 1)) << shift;
    }
    *v = x;
    return p;
}

static void decode(const pn_buf *codes, uint32_t *docs, uint32_t *tfs, uint32_t *positions) {
    const uint8_t *p = codes->ptr, *end = p + codes->len;
    uint32_t doc = NO_DOC, pos = 0, v;
    size_t n = 0;
    while (p < end) {
        p = get_number(p, &v);
        if (v & 1) {
            docs[n] = doc += v >> 1;
            tfs[n++] = 0;
            pos = 0;
        } else {
            *positions++ = pos += v >> 1;
            tfs[n - 1]++;
        }
    }
}

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory to write postings"); }

static pn_status put_list(const pn_invert *v, const term *t, bool positions, const uint8_t *norms, scratch *s, const pn_tick *tick,
                          pn_inverted *x, pn_term_info *info, pn_error *err) {
    if (!make_scratch(s, t) || !gather(v, t, &s->codes)) return no_memory(err);
    pn_list list = { t->df, (uint32_t *)(void *)s->docs.ptr, (uint32_t *)(void *)s->tfs.ptr, (uint32_t *)(void *)s->positions.ptr, norms };
    decode(&s->codes, (uint32_t *)(void *)s->docs.ptr, (uint32_t *)(void *)s->tfs.ptr, (uint32_t *)(void *)s->positions.ptr);
    if (!positions) list.positions = NULL;
    PN_TRY(pn_post_write(&x->post, &x->pos, &list, tick, info, err));
    return x->post.rc == PN_OK && x->pos.rc == PN_OK ? PN_OK : no_memory(err);
}

/* Terms in order lie anywhere in memory: fetched ahead. */
static void fetch(const pn_invert *v, const pn_order_item *items, size_t i) {
    enum { RECORD_AHEAD = 16, LIST_AHEAD = 8 };
    if (i + RECORD_AHEAD >= v->n_terms) return;
    const term *far = &v->terms[items[i + RECORD_AHEAD].id], *near = &v->terms[items[i + LIST_AHEAD].id];
    __builtin_prefetch(far);
    __builtin_prefetch(far->pending);
    if (near->chunk) __builtin_prefetch(v->arena + near->head);
}

static pn_status put_lists(const pn_invert *v, const pn_order_item *items, bool positions, const uint8_t *norms, const pn_tick *tick,
                           pn_inverted *x, pn_terms_writer *w, pn_error *err) {
    scratch s = { 0 };
    pn_status rc = PN_OK;
    size_t since = 0;
    for (size_t i = 0; i < v->n_terms && rc == PN_OK; i++) {
        const term *t = &v->terms[items[i].id];
        pn_term_info info;
        fetch(v, items, i);
        rc = put_list(v, t, positions, norms, &s, tick, x, &info, err);
        if (rc == PN_OK) pn_terms_put(w, pn_bytes_of(term_bytes(v, t), t->len), &info);
        since += t->ttf;
        if (rc == PN_OK && since >= POLL) {
            rc = pn_poll(tick, err);
            since = 0;
        }
    }
    scratch_fini(&s);
    return rc;
}

pn_status pn_invert_finish(pn_invert *v, bool positions, const uint8_t *norms, const pn_tick *tick, pn_inverted *x, pn_error *err) {
    PN_TRY(take_batch(v, err));
    pn_order_item *items = pn_malloc(v->n_terms * sizeof *items);
    pn_terms_writer *w = NULL;
    pn_status rc = items ? sort_terms(v, items, tick, err) : pn_fail(err, PN_ENOMEM, "no memory to sort the words of a segment");
    if (rc == PN_OK) rc = pn_terms_writer_new(&w, err);
    if (rc == PN_OK) rc = put_lists(v, items, positions, norms, tick, x, w, err);
    if (rc == PN_OK) {
        rc = pn_terms_finish(w, &x->terms, err);
        w = NULL;
    }
    pn_terms_writer_free(w);
    pn_free(items);
    return rc;
}
