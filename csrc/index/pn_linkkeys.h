/* pn_linkkeys.h -- by what others' related entries find an article, and what its own entries look for.  Layer: index.
 * Layout: docs/FORMAT.md section 6, "Keys of links".
 *
 * A key stands for a text: the folded title (pn_fold_title) or the normalised URL.  It has 96 bits, so that two texts of one archive
 * share one by chance in one of 10^14 archives of 10 M articles and 40 M entries: nothing is compared in full behind it.
 */
#ifndef PN_LINKKEYS_H
#define PN_LINKKEYS_H
#include "base/pn_buf.h"
#include "index/pn_cols.h"
#include "model/pn_doc.h"
#include "store/pn_file.h"

typedef struct { uint64_t hash; uint32_t check; } pn_link_key;        /* both 0: there is no text */
enum { PN_LINK_KEY_SIZE = 12 };
static inline bool pn_link_key_same(pn_link_key a, pn_link_key b) { return a.hash == b.hash && a.check == b.check; }
static inline bool pn_link_key_is_none(pn_link_key k) { return k.hash == 0 && k.check == 0; }
pn_link_key pn_link_key_of(pn_bytes text);             /* of an empty text: none */

/* The texts of the keys, into cleared buffers: out of memory shows in their rc. */
void pn_link_title_text(pn_buf *out, pn_bytes title);
/* `page` is the normalised URL of the page the address stands on; addresses that begin with one or two slashes are read from there. */
void pn_link_url_text(pn_buf *out, pn_bytes url, pn_bytes page);

/* --- writing: articles in the order of their segment.  The zero value is empty. */
typedef struct {
    pn_buf titles, url_checks, firsts, want_titles, want_urls, days, precisions, categories;
    pn_buf offsets, names;             /* of categories, in order of their first use */
    uint32_t *slots; size_t n_slots;   /* hash table over them: code, 0 = free */
    uint32_t n_docs, n_entries, n_names;
    bool any_url, any_want_url;
    pn_buf scratch;
} pn_linkkeys_writer;
void pn_linkkeys_writer_fini(pn_linkkeys_writer *w);
/* PN_ENOMEM; PN_ELIMIT when the entries of a segment pass 2^32 - 1 or its categories 4 GiB. */
PN_MUST_CHECK pn_status pn_linkkeys_add(pn_linkkeys_writer *w, const pn_doc *doc, pn_bytes url_key, pn_error *err);
PN_MUST_CHECK pn_status pn_linkkeys_write(pn_linkkeys_writer *w, pn_file_writer *f, const pn_tick *tick, pn_error *err);

/* --- reading: getters ask for the sections to be sound (pn_seg_linkkeys) and numbers in range. */
typedef struct {
    uint32_t n_docs, n_entries, n_names;
    const uint8_t *titles, *url_checks, *firsts, *want_titles, *want_urls;       /* NULL where the segment has none */
    pn_cols_view days, precisions, categories;
    pn_bytes offsets, names;
} pn_linkkeys;
/* PN_ECORRUPT when lengths do not agree with each other, with n_docs or with n_related. */
PN_MUST_CHECK pn_status pn_linkkeys_open(pn_linkkeys *v, pn_file *file, uint32_t n_docs, uint64_t n_related, pn_error *err);

pn_link_key pn_linkkeys_title(const pn_linkkeys *v, uint32_t doc);
uint32_t pn_linkkeys_url_check(const pn_linkkeys *v, uint32_t doc);
/* Whether the entries of each article follow those of the one before, from the first to the last: ask once.  Linear in articles. */
bool pn_linkkeys_ascend(const pn_linkkeys *v);
/* The entries of an article are [*lo, *hi); false when the table is damaged. */
bool pn_linkkeys_entries(const pn_linkkeys *v, uint32_t doc, uint32_t *lo, uint32_t *hi);
pn_link_key pn_linkkeys_want_title(const pn_linkkeys *v, uint32_t entry);
pn_link_key pn_linkkeys_want_url(const pn_linkkeys *v, uint32_t entry);
/* PN_DAY_NONE for an undated entry. */
int32_t pn_linkkeys_day(const pn_linkkeys *v, uint32_t entry, pn_precision *precision);
/* 0 = none, else 1 + number of the name; what is damaged gives a number above n_names. */
uint32_t pn_linkkeys_category(const pn_linkkeys *v, uint32_t entry);
/* Name of category code (1 … n_names) as first written; NONE for a damaged one. */
pn_bytes pn_linkkeys_name(const pn_linkkeys *v, uint32_t code);

/* As pn_linkkeys_add, with an article of an older segment whose sections are sound.  PN_ECORRUPT too, without a file name. */
PN_MUST_CHECK pn_status pn_linkkeys_copy(pn_linkkeys_writer *w, const pn_linkkeys *from, uint32_t doc, pn_error *err);
#endif
