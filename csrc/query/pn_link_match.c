#include "query/pn_link_match.h"

enum { POLL = 1 << 12 };

static void set_bit(uint64_t *bits, uint32_t doc) { bits[doc / 64] |= UINT64_C(1) << doc % 64; }

static pn_status entries_of(pn_snap *snap, pn_ref article, uint32_t *lo, uint32_t *hi, pn_error *err) {
    pn_seg *seg = pn_snap_part_at(snap, article.part)->seg;
    const pn_linkkeys *v;
    PN_TRY(pn_seg_linkkeys(seg, &v, err));
    if (pn_linkkeys_entries(v, article.doc, lo, hi)) return PN_OK;
    return pn_corrupt(err, NULL, 0, "the related entries of segment %u are damaged", pn_seg_number(seg));
}

static pn_status match_sources(pn_snap *snap, const pn_links *l, uint32_t part, uint32_t node, uint64_t *bits, const pn_tick *tick, pn_error *err) {
    const pn_snap_part *p = pn_snap_part_at(snap, part);
    uint32_t lo, hi;
    if (l->entry_base[part] == l->entry_base[part + 1]) return PN_OK;
    for (uint32_t doc = 0; doc < p->n_docs; doc++) {
        if (doc % POLL == 0) PN_TRY(pn_poll(tick, err));
        PN_TRY(entries_of(snap, (pn_ref){ part, doc }, &lo, &hi, err));
        for (uint32_t e = lo; e < hi; e++)
            if (l->target[l->entry_base[part] + e] == node) set_bit(bits, doc);
    }
    return PN_OK;
}

static pn_status match_targets(pn_snap *snap, const pn_links *l, uint32_t part, pn_ref article, uint64_t *bits, pn_error *err) {
    uint32_t lo, hi;
    PN_TRY(entries_of(snap, article, &lo, &hi, err));
    for (uint32_t e = lo; e < hi; e++) {
        uint32_t node = l->target[l->entry_base[article.part] + e];
        if (node != PN_LINK_NONE && node >= l->doc_base[part] && node < l->doc_base[part + 1]) set_bit(bits, node - l->doc_base[part]);
    }
    return PN_OK;
}

pn_status pn_link_match(pn_snap *snap, uint32_t part, pn_ref article, pn_link_direction direction, uint64_t *bits, const pn_tick *tick, pn_error *err) {
    const pn_links *l;
    PN_TRY(pn_snap_links(snap, tick, &l, err));
    if (direction == PN_LINKED_FROM) return match_targets(snap, l, part, article, bits, err);
    return match_sources(snap, l, part, pn_links_node(l, article), bits, tick, err);
}

pn_status pn_link_target(pn_snap *snap, pn_ref article, uint32_t ordinal, const pn_tick *tick, pn_ref *out, bool *found, pn_error *err) {
    const pn_links *l;
    uint32_t lo, hi;
    *found = false;
    PN_TRY(pn_snap_links(snap, tick, &l, err));
    PN_TRY(entries_of(snap, article, &lo, &hi, err));
    uint32_t node = ordinal < hi - lo ? l->target[l->entry_base[article.part] + lo + ordinal] : PN_LINK_NONE;
    if (node == PN_LINK_NONE) return PN_OK;
    *out = pn_links_ref(l, node);
    *found = true;
    return PN_OK;
}
