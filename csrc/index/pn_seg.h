/* pn_seg.h -- one immutable segment: columns, dictionaries, postings, stored articles.  Layer: index.
 *
 * Articles lie in sort-key order: (civil day, has a clock time, civil second, arrival), then month precision, year precision,
 * undated.  So a range of dates is a range of article numbers.  Immutable after open, counted, any thread.
 */
#ifndef PN_SEG_H
#define PN_SEG_H
#include "base/pn_arena.h"
#include "codec/pn_hash.h"
#include "index/pn_linkkeys.h"
#include "index/pn_post.h"
#include "index/pn_terms.h"
#include "model/pn_doc.h"
#include "store/pn_manifest.h"

typedef enum { PN_FIELD_TEXT = 0,      /* title, then body after a gap: with positions */
               PN_FIELD_TITLE = 1,     /* title alone: with positions */
               PN_FIELD_TAG = 2, PN_FIELD_SECTION = 3, PN_FIELD_SOURCE = 4, PN_FIELD_AUTHOR = 5, PN_FIELD_LANGUAGE = 6,   /* names: folded keys, no positions */
               PN_N_FIELDS = 7 } pn_field;

typedef struct {
    uint32_t n_docs;
    uint32_t n_placed;                 /* articles 0 .. n_placed-1 have day or second precision */
    uint32_t n_month, n_year;          /* then so many of month, of year precision; the rest is undated */
    int32_t day_first, day_last;       /* of the placed ones; PN_DAY_NONE when there are none */
    uint64_t arrival_base;             /* arrival of an article = base + its column value */
    uint64_t n_words, n_title_words;
    uint32_t n_tagged;                 /* articles with at least one tag */
    uint64_t n_related;                /* related entries of all articles */
    pn_hash128 fingerprint;            /* sum of the articles' content hashes */
} pn_seg_meta;

typedef struct pn_seg pn_seg;
PN_MUST_CHECK pn_status pn_seg_open(const pn_io *io, const char *dir, const uint8_t archive[16], const pn_manifest_segment *entry,
                                    bool copy, pn_seg **out, pn_error *err);
pn_seg *pn_seg_retain(pn_seg *s);
void pn_seg_release(pn_seg *s);                        /* NULL is fine */
const pn_seg_meta *pn_seg_meta_of(const pn_seg *s);    /* until release */
uint32_t pn_seg_number(const pn_seg *s);
/* Every sum, every list, every record and their agreement. */
PN_MUST_CHECK pn_status pn_seg_verify(pn_seg *s, const pn_tick *tick, pn_error *err);

/* --- dates */
PN_MUST_CHECK pn_status pn_seg_when(pn_seg *s, uint32_t doc, pn_when *out, pn_error *err);
PN_MUST_CHECK pn_status pn_seg_arrival(pn_seg *s, uint32_t doc, uint64_t *out, pn_error *err);
/* For each of n days (ascending): the first placed article of that day or later: ranges of days are [edge(a), edge(b+1)). */
PN_MUST_CHECK pn_status pn_seg_day_edges(pn_seg *s, const int32_t *days, size_t n, uint32_t *docs, pn_error *err);
/* The articles of month (or year) precision whose interval begins in [from, to): numbers [*lo, *hi). */
PN_MUST_CHECK pn_status pn_seg_coarse_range(pn_seg *s, pn_precision p, int32_t from, int32_t to, uint32_t *lo, uint32_t *hi, pn_error *err);

/* The first article with a clock time on `day` at `second` or later, else the first of a later day: clock-bound ranges begin and end here. */
PN_MUST_CHECK pn_status pn_seg_clock_edge(pn_seg *s, int32_t day, int32_t second, uint32_t *doc, pn_error *err);

enum {                                 /* facts of an article, beside the PN_WHEN_ flags of its date */
    PN_DOC_TEASER = 1 << 8,            /* there was no word in the body: the teaser's words stand in its place */
    PN_DOC_TAGGED = 1 << 9             /* it has at least one tag */
};
PN_MUST_CHECK pn_status pn_seg_flags(pn_seg *s, uint32_t doc, uint32_t *flags, pn_error *err);

/* --- lengths (words of title + body; words of the title) */
PN_MUST_CHECK pn_status pn_seg_length(pn_seg *s, uint32_t doc, uint32_t *words, uint32_t *title_words, pn_error *err);
/* Words of title + body of the articles first .. first+n-1, for walks. */
PN_MUST_CHECK pn_status pn_seg_lengths(pn_seg *s, uint32_t first, uint32_t n, uint32_t *words, pn_error *err);
/* Words of the articles 0 .. doc-1 (doc <= n_docs): reads at most 127 lengths. */
PN_MUST_CHECK pn_status pn_seg_words_before(pn_seg *s, uint32_t doc, uint64_t *words, uint64_t *title_words, pn_error *err);
/* The position that the first word of the body has in PN_FIELD_TEXT. */
PN_MUST_CHECK pn_status pn_seg_body_start(pn_seg *s, uint32_t doc, uint32_t *pos, pn_error *err);
/* The norm byte (pn_norm_of in pn_cols.h) of every article, n_docs of them, until release: for BM25 only. */
PN_MUST_CHECK pn_status pn_seg_norms(pn_seg *s, const uint8_t **out, pn_error *err);

/* --- terms */
PN_MUST_CHECK pn_status pn_seg_terms(pn_seg *s, pn_field f, const pn_terms **out, pn_error *err);     /* until release */
const pn_post_src *pn_seg_postings(pn_seg *s, pn_field f);                                          /* until release */
/* All spellings of a key with the articles that use each, by bytes: counts of several segments add.  *n = 0 for an unknown key. */
typedef struct { pn_bytes text; uint32_t count; } pn_spelling;
PN_MUST_CHECK pn_status pn_seg_spellings(pn_seg *s, pn_field f, pn_bytes key, pn_arena *arena, pn_spelling **out, size_t *n, pn_error *err);

/* --- articles */
typedef struct {                       /* what the archive adds to what the parser said */
    pn_bytes key;                      /* the id as text */
    pn_bytes url_key;                  /* the normalised URL by which pn_seg_find_url finds it; NONE without one */
    pn_bytes id_source;                /* "given", "url" or "content" */
    pn_bytes input;                    /* name of the input */
    pn_hash128 content;
    uint64_t arrival;
} pn_doc_extra;
/* The stored article, in arena. */
PN_MUST_CHECK pn_status pn_seg_doc(pn_seg *s, uint32_t doc, pn_arena *arena, pn_doc *out, pn_doc_extra *extra, pn_error *err);
/* As pn_seg_doc, for walks: *cache keeps the block of text that was unpacked last.  One cache belongs to one segment and one thread. */
typedef struct { pn_buf raw; uint32_t first, n, next; size_t at; } pn_doc_cache;      /* the zero value is empty */
PN_MUST_CHECK pn_status pn_seg_doc_cached(pn_seg *s, pn_doc_cache *cache, uint32_t doc, pn_arena *arena, pn_doc *out, pn_doc_extra *extra, pn_error *err);
void pn_doc_cache_fini(pn_doc_cache *cache);
/* Articles whose key (or normalised URL) hashes to `hash`, at most `cap` of them: compare in full. */
PN_MUST_CHECK pn_status pn_seg_find_key(pn_seg *s, uint64_t hash, uint32_t *docs, size_t cap, size_t *n, pn_error *err);
PN_MUST_CHECK pn_status pn_seg_find_url(pn_seg *s, uint64_t hash, uint32_t *docs, size_t cap, size_t *n, pn_error *err);
/* The hash of a key and the article it is of: i-th of n_docs in the order of hashes. */
PN_MUST_CHECK pn_status pn_seg_key_hash_at(pn_seg *s, uint32_t i, uint64_t *hash, uint32_t *doc, pn_error *err);
PN_MUST_CHECK pn_status pn_seg_content(pn_seg *s, uint32_t doc, pn_hash128 *out, pn_error *err);

/* By what related entries find articles, and what the entries of this segment look for, all of it sound: until release.  The first call reads it. */
PN_MUST_CHECK pn_status pn_seg_linkkeys(pn_seg *s, const pn_linkkeys **out, pn_error *err);

/* PN_ECHANGED when somebody wrote over a file of the segment since open (pn_file_unchanged): two stats. */
PN_MUST_CHECK pn_status pn_seg_unchanged(const pn_seg *s, pn_error *err);
/* Bytes mapped, for cards. */
uint64_t pn_seg_bytes(const pn_seg *s);
/* A readable dump of the segment: meta, sections, the first terms; for `pynews inspect`. */
PN_MUST_CHECK pn_status pn_seg_print(pn_seg *s, pn_buf *out, pn_error *err);
#endif
