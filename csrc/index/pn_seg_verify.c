#include "index/pn_build.h"
#include "index/pn_doc_bytes.h"
#include "index/pn_seg_parts.h"
#include "index/pn_link_verify.h"

enum { POLL = 1 << 12 };               /* articles, terms between two questions to the tick */

typedef struct { pn_seg *s; const pn_tick *tick; pn_error *err; uint32_t steps; } job;

static pn_status wrong(const job *j, uint32_t section, const char *what, uint32_t which) {
    return pn_seg_damage(j->err, j->s->idx, pn_file_section(j->s->idx, section).ptr, "%s (%u)", what, which);
}

static pn_status step(job *j) { return ++j->steps % POLL ? PN_OK : pn_poll(j->tick, j->err); }

/* --- columns */

static int class_of(const pn_when *w) { return w->precision >= PN_PREC_DAY ? 0 : w->precision == PN_PREC_MONTH ? 1 : w->precision == PN_PREC_YEAR ? 2 : 3; }

/* a stands before b in the order of a segment; -1 is the second of a day without a clock time. */
static bool before(const pn_when *a, uint64_t arrival_a, const pn_when *b, uint64_t arrival_b) {
    if (class_of(a) != class_of(b)) return class_of(a) < class_of(b);
    if (a->day != b->day) return a->day < b->day;
    return a->second != b->second ? a->second < b->second : arrival_a < arrival_b;
}

static pn_status verify_order(job *j) {
    pn_when last = PN_WHEN_NONE, w;
    uint64_t last_arrival = 0, arrival;
    for (uint32_t i = 0; i < j->s->head.meta.n_docs; i++) {
        PN_TRY(pn_seg_when(j->s, i, &w, j->err));
        PN_TRY(pn_seg_arrival(j->s, i, &arrival, j->err));
        if (i && !before(&last, last_arrival, &w, arrival)) return wrong(j, PN_SECTION_COLS, "an article stands in the wrong place", i);
        last = w;
        last_arrival = arrival;
        PN_TRY(step(j));
    }
    return PN_OK;
}

static pn_status verify_lengths(job *j) {
    const pn_seg_meta *m = &j->s->head.meta;
    const uint8_t *norms;
    uint64_t words = 0, titles = 0, w, t;
    PN_TRY(pn_seg_norms(j->s, &norms, j->err));
    for (uint32_t i = 0; i <= m->n_docs; i++) {
        uint32_t n = 0, title = 0;
        if (i < m->n_docs) PN_TRY(pn_seg_length(j->s, i, &n, &title, j->err));
        if (i % PN_WORDS_STEP == 0) {
            PN_TRY(pn_seg_words_before(j->s, i, &w, &t, j->err));
            if (w != words || t != titles) return wrong(j, PN_SECTION_WORDS, "a sum of lengths is wrong before an article", i);
        }
        if (title > n) return wrong(j, PN_SECTION_COLS + PN_COLUMN_TITLE_LENGTH, "a title is longer than its article", i);
        if (i < m->n_docs && norms[i] != pn_norm_of(n)) return wrong(j, PN_SECTION_NORM, "a norm does not agree with its length", i);
        words += n;
        titles += title;
        PN_TRY(step(j));
    }
    return words == m->n_words && titles == m->n_title_words ? PN_OK : wrong(j, PN_SECTION_META, "the sum of all lengths is wrong", m->n_docs);
}

/* How many articles from `from` on have this day and a clock time or none. */
static pn_status count_run(job *j, uint32_t from, int32_t day, bool clock, uint32_t *n) {
    pn_when w;
    for (*n = 0; *n < j->s->head.meta.n_placed - from; ++*n) {
        PN_TRY(pn_seg_when(j->s, from + *n, &w, j->err));
        if (w.day != day || (w.precision == PN_PREC_SECOND) != clock) break;
        PN_TRY(step(j));
    }
    return PN_OK;
}

static pn_status verify_days(job *j) {
    const pn_seg_meta *m = &j->s->head.meta;
    pn_days table = { m->day_first, m->day_last, j->s->head.n_days, m->n_placed, pn_file_section(j->s->idx, PN_SECTION_DAYS).ptr };
    pn_day_edges e;
    uint32_t at = 0;
    PN_TRY(pn_seg_sound(j->s, PN_SECTION_DAYS, j->err));
    for (int64_t day = m->day_first; m->n_placed && day <= m->day_last; day++) {
        uint32_t untimed, timed;
        PN_TRY(count_run(j, at, (int32_t)day, false, &untimed));
        PN_TRY(count_run(j, at + untimed, (int32_t)day, true, &timed));
        bool same = pn_days_find(&table, (int32_t)day, &e) && e.first == at && e.timed == at + untimed && e.next == at + untimed + timed;
        if (!same) return wrong(j, PN_SECTION_DAYS, "the edges of a day are wrong", at);
        at = e.next;
        PN_TRY(step(j));
    }
    return at == m->n_placed ? PN_OK : wrong(j, PN_SECTION_DAYS, "articles lie outside the days of the segment", at);
}

/* --- fields */

/* The spellings of a name add up to its articles. */
static pn_status verify_name(job *j, unsigned f, pn_facets_iter *facets, pn_arena *arena, pn_bytes term, uint32_t df) {
    pn_bytes key;
    pn_spelling *all;
    size_t n;
    bool more;
    uint64_t count = 0;
    pn_arena_reset(arena);
    PN_TRY(pn_facets_next(facets, arena, &key, &all, &n, &more, j->err));
    for (size_t i = 0; more && i < n; i++) count += all[i].count;
    return more && pn_bytes_equal(key, term) && count == df ? PN_OK : wrong(j, PN_SECTION_FACETS + f, "spellings do not agree with the names of field", f);
}

static pn_status verify_terms(job *j, unsigned f, pn_arena *arena) {
    const pn_seg_meta *m = &j->s->head.meta;
    pn_facets_iter facets = { .v = &j->s->facets[f] };
    pn_terms_iter it;
    uint64_t occurrences = 0;
    uint32_t n = 0;
    const uint8_t *norms = NULL;
    if (f == PN_FIELD_TEXT) PN_TRY(pn_seg_norms(j->s, &norms, j->err));
    for (pn_terms_seek(&it, &j->s->terms[f], PN_BYTES_NONE); !it.done; pn_terms_next(&it), n++) {
        PN_TRY(pn_post_verify(&j->s->postings[f], &it.info, pn_field_has_positions(f), norms, j->tick, j->err));
        if (!pn_field_has_positions(f)) PN_TRY(verify_name(j, f, &facets, arena, pn_terms_at(&it), it.info.df));
        occurrences += it.info.ttf;
        PN_TRY(step(j));
    }
    if (it.rc != PN_OK) {
        if (j->err) *j->err = it.error;
        return it.rc;
    }
    if (n != j->s->terms[f].n_terms) return wrong(j, PN_SECTION_TERMS + f, "the number of terms is wrong in field", f);
    if (!pn_field_has_positions(f)) return n == j->s->facets[f].n_keys ? PN_OK : wrong(j, PN_SECTION_FACETS + f, "names and spellings differ in field", f);
    uint64_t want = f == PN_FIELD_TEXT ? m->n_words : m->n_title_words;
    return occurrences == want ? PN_OK : wrong(j, PN_SECTION_TERMS + f, "the words of the articles and of the lists differ in field", f);
}

static pn_status verify_fields(job *j) {
    pn_arena arena = { 0 };
    pn_status rc = PN_OK;
    for (unsigned f = 0; f < PN_N_FIELDS && rc == PN_OK; f++) rc = verify_terms(j, f, &arena);
    pn_arena_fini(&arena);
    return rc;
}

/* --- look-up tables and stored articles */

static pn_status verify_lookup(job *j, const pn_lookup *t, uint32_t section) {
    uint64_t hash = 0, last_hash = 0;
    uint32_t doc = 0, last_doc = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        PN_TRY(pn_lookup_at(t, i, &hash, &doc, j->err));
        if (i && (hash < last_hash || (hash == last_hash && doc <= last_doc))) return wrong(j, section, "a look-up table is not in order at entry", i);
        last_hash = hash;
        last_doc = doc;
        PN_TRY(step(j));
    }
    return PN_OK;
}

/* A pair is in the table when the number of pairs below (hash, doc) is followed by it: one binary search, whatever collides. */
static pn_status verify_pair(job *j, const pn_lookup *t, uint32_t section, pn_bytes text, uint32_t doc) {
    uint32_t lo = 0, hi = t->n, d = 0;
    uint64_t want = pn_hash64(text), h = 0;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        PN_TRY(pn_lookup_at(t, mid, &h, &d, j->err));
        if (h < want || (h == want && d < doc)) lo = mid + 1;
        else hi = mid;
    }
    if (lo < t->n) PN_TRY(pn_lookup_at(t, lo, &h, &d, j->err));
    return lo < t->n && h == want && d == doc ? PN_OK : wrong(j, section, "an article is missing from a look-up table", doc);
}

static bool same_when(const pn_when *a, const pn_when *b) {
    return a->day == b->day && a->second == b->second && a->offset == b->offset && a->precision == b->precision && a->flags == b->flags;
}

typedef struct { uint64_t n_related; uint32_t n_tagged, n_urls; pn_hash128 sum; pn_link_walk links; pn_buf scratch; pn_arena arena; pn_doc_cache cache; } walk;

static pn_status verify_columns_of(job *j, uint32_t i, const pn_doc *doc, const pn_doc_extra *extra, pn_buf *scratch) {
    pn_when w;
    uint32_t flags = 0;
    pn_hash128 h;
    PN_TRY(pn_seg_when(j->s, i, &w, j->err));
    PN_TRY(pn_seg_flags(j->s, i, &flags, j->err));
    if (!same_when(&w, &doc->date)) return wrong(j, PN_SECTION_COLS, "the date of a stored article differs from its columns", i);
    if (!(flags & PN_DOC_TAGGED) != (doc->n_tags == 0)) return wrong(j, PN_SECTION_COLS + PN_COLUMN_FLAGS, "a stored article differs from its flags", i);
    PN_TRY(pn_doc_content_hash(doc, extra->key, scratch, &h, j->err));
    bool same = h.lo == extra->content.lo && h.hi == extra->content.hi;
    return same ? PN_OK : wrong(j, PN_SECTION_CONTENT, "the content of a stored article differs from its hash", i);
}

static pn_status verify_doc(job *j, uint32_t i, walk *k) {
    pn_doc doc;
    pn_doc_extra extra;
    pn_arena_reset(&k->arena);
    PN_TRY(pn_seg_doc_cached(j->s, &k->cache, i, &k->arena, &doc, &extra, j->err));
    PN_TRY(verify_columns_of(j, i, &doc, &extra, &k->scratch));
    PN_TRY(verify_pair(j, &j->s->keys, PN_SECTION_KEYS, extra.key, i));
    PN_TRY(pn_link_verify(&k->links, j->s, i, &doc, extra.url_key, j->err));
    bool own_url = extra.url_key.ptr && !pn_bytes_equal(extra.url_key, extra.key);
    if (own_url) PN_TRY(verify_pair(j, &j->s->urls, PN_SECTION_URLS, extra.url_key, i));
    k->n_urls += own_url;
    k->n_related += doc.n_related;
    k->n_tagged += doc.n_tags != 0;
    k->sum.lo += extra.content.lo;
    k->sum.hi += extra.content.hi + (k->sum.lo < extra.content.lo);
    return step(j);
}

static pn_status verify_totals(job *j, const walk *k) {
    const pn_seg_meta *m = &j->s->head.meta;
    bool same = k->n_related == m->n_related && k->n_tagged == m->n_tagged && k->sum.lo == m->fingerprint.lo && k->sum.hi == m->fingerprint.hi;
    if (!same) return wrong(j, PN_SECTION_META, "the totals of a segment differ from its articles", m->n_docs);
    return k->n_urls == j->s->urls.n ? PN_OK : wrong(j, PN_SECTION_URLS, "the number of addresses is wrong", k->n_urls);
}

static pn_status verify_docs(job *j) {
    walk k = { 0 };
    pn_status rc = PN_OK;
    for (uint32_t i = 0; i < j->s->head.meta.n_docs && rc == PN_OK; i++) rc = verify_doc(j, i, &k);
    if (rc == PN_OK) rc = verify_totals(j, &k);
    if (rc == PN_OK) rc = pn_link_verify_end(&k.links, j->s, j->err);
    pn_buf_fini(&k.links.scratch);
    pn_buf_fini(&k.scratch);
    pn_arena_fini(&k.arena);
    pn_doc_cache_fini(&k.cache);
    return rc;
}

pn_status pn_seg_verify(pn_seg *s, const pn_tick *tick, pn_error *err) {
    job j = { s, tick, err, 0 };
    PN_TRY(pn_file_verify(s->idx, tick, err));
    PN_TRY(pn_file_verify(s->doc, tick, err));
    PN_TRY(verify_order(&j));
    PN_TRY(verify_lengths(&j));
    PN_TRY(verify_days(&j));
    PN_TRY(verify_fields(&j));
    PN_TRY(verify_lookup(&j, &s->keys, PN_SECTION_KEYS));
    PN_TRY(verify_lookup(&j, &s->urls, PN_SECTION_URLS));
    return verify_docs(&j);
}
