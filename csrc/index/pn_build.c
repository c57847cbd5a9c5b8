#include "index/pn_build.h"
#include "base/pn_alloc.h"
#include "index/pn_order.h"
#include "index/pn_doc_bytes.h"
#include "index/pn_seg_write.h"

typedef struct {
    uint64_t at, arrival;              /* of its record; of the article */
    uint32_t len;
    bool dropped;
    pn_when date;
    pn_hash128 content;
} slot;

struct pn_build {
    uint64_t arrival_base;
    pn_buf records;                    /* in order of arrival */
    slot *slots; size_t n, cap;
    uint32_t n_dropped;
};

pn_status pn_build_new(uint64_t arrival_base, pn_build **out, pn_error *err) {
    pn_build *b = pn_calloc(1, sizeof *b);
    if (!b) return pn_fail(err, PN_ENOMEM, "no memory for a segment builder");
    b->arrival_base = arrival_base;
    *out = b;
    return PN_OK;
}

void pn_build_free(pn_build *b) {
    if (!b) return;
    pn_buf_fini(&b->records);
    pn_free(b->slots);
    pn_free(b);
}

/* --- adding */

static pn_status check_doc(const pn_build *b, const pn_doc *doc, pn_error *err) {
    if (doc->skipped) return pn_fail(err, PN_EINVAL, "a record that could not be read is no article");
    if (!pn_when_is_valid(&doc->date) || !pn_when_is_valid(&doc->modified)) return pn_fail(err, PN_EINVAL, "a date outside its contract");
    for (size_t i = 0; i < doc->n_related; i++)
        if (!pn_when_is_valid(&doc->related[i].date)) return pn_fail(err, PN_EINVAL, "a date of a related entry outside its contract");
    if (doc->title.len > PN_TEXT_MAX || doc->body.len > PN_TEXT_MAX || doc->teaser.len > PN_TEXT_MAX)
        return pn_fail(err, PN_ELIMIT, "an article is larger than %u MiB", PN_TEXT_MAX >> 20);
    if (pn_build_count(b) == PN_DOC_MAX || b->n == INT32_MAX) return pn_fail(err, PN_ELIMIT, "a segment holds at most %u articles", PN_DOC_MAX);
    return PN_OK;
}

static pn_status put_record(pn_build *b, const pn_doc *doc, const pn_doc_extra *extra, pn_error *err) {
    size_t before = b->records.len;
    pn_doc_bytes_put(&b->records, doc, extra);
    size_t len = b->records.len - before;
    bool ok = b->records.rc == PN_OK;
    if (ok && len <= PN_RECORD_MAX) return PN_OK;
    b->records.len = before;
    b->records.rc = PN_OK;
    if (!ok) return pn_fail(err, PN_ENOMEM, "no memory for an article");
    return pn_fail(err, PN_ELIMIT, "an article is larger than %u MiB", PN_RECORD_MAX >> 20);
}

pn_status pn_build_add(pn_build *b, const pn_doc *doc, const pn_doc_extra *extra, uint32_t *out, pn_error *err) {
    PN_TRY(check_doc(b, doc, err));
    void *slots = b->slots;
    bool ok = pn_grow(&slots, &b->cap, b->n + 1, sizeof *b->slots);
    b->slots = slots;
    if (!ok) return pn_fail(err, PN_ENOMEM, "no memory for an article");
    uint64_t at = b->records.len;
    PN_TRY(put_record(b, doc, extra, err));
    b->slots[b->n] = (slot){ at, b->arrival_base + b->n, (uint32_t)(b->records.len - at), false, doc->date, extra->content };
    *out = (uint32_t)b->n++;
    return PN_OK;
}

void pn_build_drop(pn_build *b, uint32_t i) {
    b->n_dropped += !b->slots[i].dropped;
    b->slots[i].dropped = true;
}

static pn_bytes record_of(const pn_build *b, uint32_t i) { return pn_bytes_of(b->records.ptr + b->slots[i].at, b->slots[i].len); }
pn_bytes pn_build_key(const pn_build *b, uint32_t i) { return pn_doc_bytes_key(record_of(b, i)); }
pn_hash128 pn_build_content(const pn_build *b, uint32_t i) { return b->slots[i].content; }
uint32_t pn_build_count(const pn_build *b) { return (uint32_t)b->n - b->n_dropped; }
size_t pn_build_memory(const pn_build *b) { return b->records.len + b->n * sizeof *b->slots; }

/* --- order: pn_order_when, then arrival */

static int compare_arrival(const void *ctx, uint32_t a, uint32_t b) {
    const slot *s = ctx;
    return (s[a].arrival > s[b].arrival) - (s[a].arrival < s[b].arrival);
}

static pn_status sort_slots(const pn_build *b, pn_order_item *items, const pn_tick *tick, pn_error *err) {
    size_t n = 0;
    for (uint32_t i = 0; i < b->n; i++)
        if (!b->slots[i].dropped) items[n++] = (pn_order_item){ pn_order_when(&b->slots[i].date), i };
    return pn_order_polled(items, n, compare_arrival, b->slots, tick, err);
}

/* --- flush */

/* The least arrival of what is written: where an article was left out, the bytes are those of a build that never saw it. */
static uint64_t first_arrival(const pn_build *b) {
    uint64_t first = UINT64_MAX;
    for (uint32_t i = 0; i < b->n; i++)
        if (!b->slots[i].dropped) first = PN_MIN(first, b->slots[i].arrival);
    return first;
}

typedef struct { const pn_build *b; pn_seg_writer *w; pn_arena arena; } writing;

static pn_status index_one(writing *j, uint32_t i, pn_error *err) {
    pn_doc doc;
    pn_doc_extra extra;
    pn_arena_reset(&j->arena);
    pn_status rc = pn_doc_bytes_read(record_of(j->b, i), &j->arena, &doc, &extra, err);
    if (rc == PN_ECORRUPT) return pn_fail(err, PN_EINVAL, "the text of an article is not UTF-8");
    if (rc != PN_OK) return rc;
    extra.content = j->b->slots[i].content;
    extra.arrival = j->b->slots[i].arrival;
    return pn_seg_writer_add(j->w, &doc, &extra, err);
}

static pn_status store_one(writing *j, uint32_t i, pn_error *err) { return pn_seg_writer_store(j->w, record_of(j->b, i), err); }

static pn_status each(writing *j, const pn_order_item *items, pn_status (*one)(writing *, uint32_t, pn_error *), const pn_tick *tick, pn_error *err) {
    enum { POLL = 256 << 10 };
    size_t since = 0;
    for (size_t i = 0, n = pn_build_count(j->b); i < n; i++) {
        PN_TRY(one(j, items[i].id, err));
        since += j->b->slots[items[i].id].len;
        if (since < POLL) continue;
        PN_TRY(pn_poll(tick, err));
        since = 0;
    }
    return PN_OK;
}

static pn_status write_all(const pn_build *b, const pn_order_item *items, pn_seg_writer *w, const pn_tick *tick, pn_error *err) {
    writing j = { .b = b, .w = w };
    pn_status rc = each(&j, items, index_one, tick, err);
    pn_arena_fini(&j.arena);
    return rc == PN_OK ? each(&j, items, store_one, tick, err) : rc;
}

pn_status pn_build_flush(pn_build *b, const pn_io *io, const char *dir, const uint8_t archive[16], uint32_t number,
                         const pn_tick *tick, pn_manifest_segment *entry, pn_error *err) {
    pn_seg_writer *w = NULL;
    if (pn_build_count(b) == 0) return pn_fail(err, PN_EINVAL, "a segment needs at least one article");
    pn_order_item *items = pn_malloc(pn_build_count(b) * sizeof *items);
    if (!items) return pn_fail(err, PN_ENOMEM, "no memory to sort the articles of a segment");
    pn_status rc = sort_slots(b, items, tick, err);
    if (rc == PN_OK) rc = pn_seg_writer_new(io, dir, archive, number, first_arrival(b), &w, err);
    if (rc == PN_OK) pn_seg_writer_poll(w, tick);
    if (rc == PN_OK) rc = write_all(b, items, w, tick, err);
    pn_free(items);
    if (rc == PN_OK) return pn_seg_writer_finish(w, tick, entry, err);
    pn_seg_writer_abandon(w);
    return rc;
}

/* --- what an analyst sees, in 16 bytes */

pn_status pn_doc_content_hash(const pn_doc *doc, pn_bytes key, pn_buf *scratch, pn_hash128 *out, pn_error *err) {
    pn_buf_clear(scratch);
    pn_doc_bytes_put_visible(scratch, doc, key);
    if (scratch->rc != PN_OK) return pn_fail(err, PN_ENOMEM, "no memory to hash an article");
    *out = pn_hash128_of(pn_buf_bytes(scratch));
    return PN_OK;
}
