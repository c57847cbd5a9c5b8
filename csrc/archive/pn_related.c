#include "archive/pn_related.h"
#include "base/pn_alloc.h"

pn_status pn_archive_graph(pn_select *sources, const pn_relgraph_opts *opts, const pn_tick *tick, pn_relgraph **out, pn_error *err) {
    pn_relgraph *g = NULL;
    pn_status rc = pn_snap_settle(pn_select_snap(sources), pn_relgraph_new(sources, opts, tick, &g, err), err);
    if (rc == PN_OK) *out = g;
    else pn_relgraph_release(g);
    return rc;
}

static pn_status make_table(const pn_relgraph *g, pn_graph_table which, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err) {
    switch (which) {
    case PN_GRAPH_NODES:     return pn_relgraph_nodes(g, tick, out, printed, err);
    case PN_GRAPH_EDGES:     return pn_relgraph_edges(g, tick, out, printed, err);
    case PN_GRAPH_DANGLING:  return pn_relgraph_dangling(g, tick, out, printed, err);
    case PN_GRAPH_ENDPOINTS: return pn_relgraph_endpoint_table(g, tick, out, err);
    case PN_GRAPH_DAYS:      return pn_relgraph_days(g, tick, out, err);
    default:                 return pn_relgraph_lags(g, tick, out, err);
    }
}

pn_status pn_archive_graph_table(const pn_relgraph *g, pn_graph_table which, const pn_tick *tick, pn_table **out, pn_table **printed, pn_error *err) {
    pn_table *t = NULL, *p = NULL;
    pn_status rc = pn_snap_settle(pn_select_snap(pn_relgraph_sources(g)), make_table(g, which, tick, &t, &p, err), err);
    if (rc == PN_OK) { *out = t; *printed = p; return rc; }
    pn_table_release(t);
    pn_table_release(p);
    return rc;
}

/* --- one article */

static pn_status linked_bits(pn_snap *snap, pn_ref article, pn_link_direction direction, uint64_t **bits, const pn_tick *tick, pn_error *err) {
    for (size_t i = 0; i < pn_snap_n_parts(snap); i++) {
        bits[i] = pn_calloc(pn_bits_words(pn_snap_part_at(snap, i)->n_docs), sizeof *bits[i]);
        if (!bits[i]) return pn_fail(err, PN_ENOMEM, "no memory for a selection");
        PN_TRY(pn_link_match(snap, (uint32_t)i, article, direction, bits[i], tick, err));
    }
    return PN_OK;
}

pn_status pn_archive_linked(pn_snap *snap, pn_ref article, pn_link_direction direction, const pn_tick *tick, pn_select **out, pn_error *err) {
    size_t n = pn_snap_n_parts(snap);
    pn_select *s = NULL;
    uint64_t **bits = pn_calloc(n, sizeof *bits);
    if (!bits) return pn_fail(err, PN_ENOMEM, "no memory for a selection");
    pn_status rc = pn_snap_settle(snap, linked_bits(snap, article, direction, bits, tick, err), err);
    if (rc == PN_OK) rc = pn_select_of_bits(snap, bits, &s, err);
    for (size_t i = 0; i < n; i++) pn_free(bits[i]);
    pn_free(bits);
    if (rc == PN_OK) *out = s;
    return rc;
}

pn_status pn_archive_link(pn_snap *snap, pn_ref article, uint32_t ordinal, const pn_tick *tick, pn_ref *out, bool *found, pn_error *err) {
    return pn_snap_settle(snap, pn_link_target(snap, article, ordinal, tick, out, found, err), err);
}

pn_status pn_archive_section(pn_snap *snap, pn_ref article, const pn_tick *tick, pn_bytes *out, pn_error *err) {
    const pn_sections *s = NULL;
    PN_TRY(pn_snap_settle(snap, pn_snap_sections(snap, tick, &s, err), err));
    *out = pn_sections_shown(s, article);
    return PN_OK;
}

pn_status pn_archive_ref(pn_snap *snap, uint64_t packed, pn_ref *out, pn_error *err) {
    pn_ref ref = { (uint32_t)(packed >> 32), (uint32_t)packed };
    if (ref.part >= pn_snap_n_parts(snap) || ref.doc >= pn_snap_part_at(snap, ref.part)->n_docs) return pn_fail(err, PN_EINVAL, "there is no article at this place");
    *out = ref;
    return PN_OK;
}
