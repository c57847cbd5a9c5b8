/* pn_post.h -- here is a word, give me its articles.  Layer: index.  Layout: docs/FORMAT.md section 5.
 *
 * A postings list is the ascending article numbers of a segment that hold a term, with how often (tf), and, where the
 * field has them, the positions.  Kinds: INLINE (one article, in the dictionary entry), SHORT (2..127 articles,
 * varints), PACKED (128 and more: a header of separate arrays last_doc[], cum[], cum_tf[], meta[], pos_off[], then blocks of 128).
 * `cum` and `cum_tf` make the rank of an article number (how many articles, occurrences lie before it) one search and
 * at most one block.
 */
#ifndef PN_POST_H
#define PN_POST_H
#include "base/pn_buf.h"
#include "base/pn_tick.h"
#include "codec/pn_pack128.h"
#include "index/pn_positions.h"
#include "store/pn_file.h"

#define PN_DOC_END UINT32_MAX          /* what an exhausted cursor stands on */
#define PN_DOC_MAX 10000000u           /* articles per segment */

typedef enum { PN_POST_INLINE = 0, PN_POST_SHORT = 1, PN_POST_PACKED = 2 } pn_post_kind;

typedef struct {                       /* what the dictionary keeps of a term */
    uint32_t df;                       /* articles */
    uint64_t ttf;                      /* occurrences */
    uint8_t kind;
    uint32_t doc;                      /* INLINE: the article (its tf is ttf) */
    uint64_t off; uint32_t len;        /* SHORT, PACKED: bytes in the postings section */
    uint64_t pos_off; uint32_t pos_len;/* bytes in the positions section; 0 where the field has none */
} pn_term_info;

/* --- writing */
typedef struct {
    uint32_t n;                        /* articles, >= 1 */
    const uint32_t *docs;              /* strictly ascending */
    const uint32_t *tfs;               /* >= 1 each */
    const uint32_t *positions;         /* all positions, article after article, ascending in each; NULL = a field without positions */
    const uint8_t *norms;              /* norm byte per article of the segment, for score bounds; NULL = none */
} pn_list;
/* Appends the list to `post` and `pos` (both start as empty sections: offsets are their lengths before) and fills *info.
 * Same input, same bytes.  Out of memory shows in the buffers' rc.  PN_EINTR: they end in a piece of a list. */
PN_MUST_CHECK pn_status pn_post_write(pn_buf *post, pn_buf *pos, const pn_list *list, const pn_tick *tick, pn_term_info *info, pn_error *err);

/* --- reading: nothing in the bytes is trusted; damage is PN_ECORRUPT or a cursor with rc set */
typedef struct {                       /* where lists lie; borrowed from a segment */
    pn_file *file;
    pn_bytes post, pos;                /* sections, checked piece by piece through `file` (NULL file: already sound, for tests) */
    uint32_t n_docs;
} pn_post_src;

typedef struct {                       /* private: the header of a PACKED list; borrowed from the section */
    const pn_post_src *src;
    uint64_t at, ttf;                  /* offset of the list in the section, occurrences */
    uint32_t df, n_blocks;
    const uint8_t *last_doc, *cum, *cum_tf, *meta, *pos_off;     /* one element per block; pos_off NULL: no positions */
    const uint8_t *body; size_t body_len;
} pn_packed;

typedef struct {                       /* a cursor on the stack; no allocation */
    const pn_post_src *src;
    pn_term_info ti;
    uint32_t doc, tf;                  /* the current article; doc == PN_DOC_END past the end */
    pn_status rc; pn_error error;      /* sticky: a damaged list ends early with rc != PN_OK; ask after the walk */
    /* private from here */
    uint32_t docs[PN_BLOCK], tfs[PN_BLOCK];      /* INLINE and SHORT lists are one block */
    uint32_t block, n_blocks, i, n;
    uint64_t seen_tf;                  /* occurrences before docs[0] */
    uint64_t here_tf; uint32_t here;   /* occurrences before docs[here] */
    pn_packed packed;
    pn_positions positions;
} pn_post;

/* Stands on the first article.  The list needs at least one (dictionary entries always have). */
PN_MUST_CHECK pn_status pn_post_open(pn_post *c, const pn_post_src *src, const pn_term_info *ti, pn_error *err);
uint32_t pn_post_next(pn_post *c);                     /* the next article or PN_DOC_END; legal at the end */
uint32_t pn_post_seek(pn_post *c, uint32_t target);    /* the first article >= target; target >= doc; legal at the end */

typedef struct { uint32_t last_doc; uint8_t tf, norm; } pn_post_bound;
/* No article of the list in [target, last_doc] has more than `tf` occurrences (255: no bound) or a norm below `norm`.  Decodes
 * nothing and leaves the cursor; target >= doc.  Behind the last article: last_doc = PN_DOC_END, tf = 0. */
pn_post_bound pn_post_bound_at(const pn_post *c, uint32_t target);

/* Positions of the current article: *n of them into `out` (grown as needed, ascending).  PN_ECORRUPT, PN_ENOMEM; PN_EINVAL when the field has none. */
PN_MUST_CHECK pn_status pn_post_positions(pn_post *c, pn_buf *out, const uint32_t **at, uint32_t *n, pn_error *err);

/* For each of the ascending edges: how many articles of the list are < edge, and (unless cum_tf is NULL) how often the
 * term occurs in them.  Decodes at most one block per edge, each block once.  On failure both arrays hold anything. */
PN_MUST_CHECK pn_status pn_post_ranks(const pn_post_src *src, const pn_term_info *ti, const uint32_t *edges, size_t n,
                                      uint32_t *cum, uint64_t *cum_tf, pn_error *err);
/* Sets the list's bits in `bits` (n_docs bits, 64 to a word, lowest first). */
PN_MUST_CHECK pn_status pn_post_set_bits(const pn_post_src *src, const pn_term_info *ti, uint64_t *bits, pn_error *err);
/* Reads every article, tf and position of the list and checks order, bounds (of norms: against `norms`, as in pn_list) and sums; for verify(). */
PN_MUST_CHECK pn_status pn_post_verify(const pn_post_src *src, const pn_term_info *ti, bool has_positions, const uint8_t *norms, const pn_tick *tick, pn_error *err);

uint64_t pn_post_blocks_decoded(void);                 /* of this thread, ever growing; for tests of the work done */
#endif
