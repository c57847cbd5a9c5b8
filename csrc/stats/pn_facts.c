#include "stats/pn_facts.h"
#include "base/pn_alloc.h"
#include "index/pn_order.h"

enum { POLL_EVERY = 1 << 12 };

/* --- article by article */

static void add_date(pn_facts *f, const pn_when *w) {
    f->month += w->precision == PN_PREC_MONTH;
    f->year += w->precision == PN_PREC_YEAR;
    f->undated += w->precision == PN_PREC_NONE;
    f->timed += w->precision == PN_PREC_SECOND;
    f->ambiguous += (w->flags & PN_WHEN_AMBIGUOUS) != 0;
}

static pn_status add_entries(pn_facts *f, pn_seg *seg, const pn_linkkeys *links, uint32_t doc, const pn_when *w, pn_error *err) {
    uint32_t lo = 0, hi = 0;
    if (!pn_linkkeys_entries(links, doc, &lo, &hi)) return pn_fail(err, PN_ECORRUPT, "related entries of article %u in segment %u", doc, pn_seg_number(seg));
    f->entries += hi - lo;
    for (uint32_t i = lo; i < hi && w->precision >= PN_PREC_DAY; i++) {
        pn_precision p = PN_PREC_NONE;
        int32_t day = pn_linkkeys_day(links, i, &p);
        f->dated_entries += p >= PN_PREC_DAY;
        f->forward += p >= PN_PREC_DAY && day > w->day;
    }
    return PN_OK;
}

static pn_status add_article(pn_facts *f, pn_seg *seg, const pn_linkkeys *links, uint32_t doc, pn_error *err) {
    pn_when w;
    uint32_t flags, words, title_words;
    PN_TRY(pn_seg_when(seg, doc, &w, err));
    PN_TRY(pn_seg_flags(seg, doc, &flags, err));
    PN_TRY(pn_seg_length(seg, doc, &words, &title_words, err));
    add_date(f, &w);
    f->untagged += !(flags & PN_DOC_TAGGED);
    f->empty += words == title_words || (flags & PN_DOC_TEASER) != 0;
    return add_entries(f, seg, links, doc, &w, err);
}

static pn_status add_part(pn_facts *f, const pn_select *of, uint32_t part, const pn_tick *tick, pn_error *err) {
    const pn_snap_part *p = pn_snap_part_at(pn_select_snap(of), part);
    const pn_linkkeys *links;
    PN_TRY(pn_seg_linkkeys(p->seg, &links, err));
    for (uint32_t doc = pn_select_first(of, part, 0, p->n_docs); doc < p->n_docs; doc = pn_select_first(of, part, doc + 1, p->n_docs)) {
        if (doc % POLL_EVERY == 0) PN_TRY(pn_poll(tick, err));
        PN_TRY(add_article(f, p->seg, links, doc, err));
    }
    return PN_OK;
}

/* --- titles, day by day over all parts */

typedef struct { uint32_t doc, end; } place;          /* of a part: the next selected placed article, and behind the last placed one */
typedef struct { const pn_select *of; place *at; size_t n; pn_buf titles; pn_facts *facts; pn_pace pace; pn_error *err; } walk;

static pn_status day_at(walk *w, size_t part, int32_t *day) {
    pn_when when;
    *day = INT32_MAX;
    if (w->at[part].doc == w->at[part].end) return PN_OK;
    PN_TRY(pn_seg_when(pn_snap_part_at(pn_select_snap(w->of), part)->seg, w->at[part].doc, &when, w->err));
    *day = when.day;
    return PN_OK;
}

/* The titles of a part's articles of this day, of which its next article is one. */
static pn_status take_day(walk *w, size_t part, int32_t day) {
    pn_seg *seg = pn_snap_part_at(pn_select_snap(w->of), part)->seg;
    const pn_linkkeys *links;
    place *p = &w->at[part];
    uint32_t edges[2];
    int32_t days[2] = { day, day + 1 };
    PN_TRY(pn_seg_linkkeys(seg, &links, w->err));
    PN_TRY(pn_seg_day_edges(seg, days, 2, edges, w->err));
    if (p->doc >= edges[1]) return pn_corrupt(w->err, NULL, 0, "the dates of segment %u and its table of days disagree", pn_seg_number(seg));
    for (; p->doc < edges[1] && p->doc < p->end; p->doc = pn_select_first(w->of, (uint32_t)part, p->doc + 1, p->end)) {
        PN_TRY(pn_pace_on(&w->pace, 64, w->err));
        pn_link_key key = pn_linkkeys_title(links, p->doc);
        pn_order_item item = { key.hash, key.check };
        if (!pn_link_key_is_none(key)) pn_buf_put(&w->titles, &item, sizeof item);
    }
    return w->titles.rc == PN_OK ? PN_OK : pn_fail(w->err, PN_ENOMEM, "no memory for the titles of a day");
}

static int by_check(const void *ctx, uint32_t a, uint32_t b) {
    (void)ctx;
    return (a > b) - (a < b);
}

static pn_status count_copies(walk *w) {
    pn_order_item *items = (pn_order_item *)(void *)w->titles.ptr;
    size_t n = w->titles.len / sizeof *items;
    if (n > 1) PN_TRY(pn_order_polled(items, n, by_check, NULL, w->pace.tick, w->err));
    for (size_t i = 1; i < n; i++) w->facts->copies += items[i].key == items[i - 1].key && items[i].id == items[i - 1].id;
    pn_buf_clear(&w->titles);
    return PN_OK;
}

static pn_status walk_days(walk *w) {
    for (;;) {
        int32_t first = INT32_MAX, day;
        for (size_t i = 0; i < w->n; i++) {
            PN_TRY(day_at(w, i, &day));
            first = PN_MIN(first, day);
        }
        if (first == INT32_MAX) return PN_OK;
        for (size_t i = 0; i < w->n; i++) {
            PN_TRY(day_at(w, i, &day));
            if (day == first) PN_TRY(take_day(w, i, first));
        }
        PN_TRY(count_copies(w));
        PN_TRY(pn_poll(w->pace.tick, w->err));
    }
}

static pn_status add_copies(pn_facts *f, const pn_select *of, const pn_tick *tick, pn_error *err) {
    walk w = { .of = of, .n = pn_snap_n_parts(pn_select_snap(of)), .facts = f, .pace = { tick, 0 }, .err = err };
    w.at = pn_calloc(w.n, sizeof *w.at);
    if (!w.at) return pn_fail(err, PN_ENOMEM, "no memory for the titles of a day");
    for (size_t i = 0; i < w.n; i++) {
        uint32_t n_placed = pn_seg_meta_of(pn_snap_part_at(pn_select_snap(of), i)->seg)->n_placed;
        w.at[i] = (place){ pn_select_first(of, (uint32_t)i, 0, n_placed), n_placed };
    }
    pn_status rc = walk_days(&w);
    pn_buf_fini(&w.titles);
    pn_free(w.at);
    return rc;
}

pn_status pn_facts_of(const pn_select *of, const pn_tick *tick, pn_facts *out, pn_error *err) {
    pn_facts f = { .articles = pn_select_count(of) };
    for (uint32_t i = 0; i < pn_snap_n_parts(pn_select_snap(of)); i++) PN_TRY(add_part(&f, of, i, tick, err));
    PN_TRY(add_copies(&f, of, tick, err));
    *out = f;
    return PN_OK;
}
