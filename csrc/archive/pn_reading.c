#include "archive/pn_reading.h"

/* A selection that was made with `rc`, handed over if nothing was written over. */
static pn_status settle_in(pn_snap *snap, pn_status rc, pn_select *made, pn_select **out, pn_error *err) {
    rc = pn_snap_settle(snap, rc, err);
    if (rc == PN_OK) *out = made;
    else pn_select_release(made);
    return rc;
}
static pn_status settle_select(const pn_select *within, pn_status rc, pn_select *made, pn_select **out, pn_error *err) {
    return settle_in(pn_select_snap(within), rc, made, out, err);
}

pn_status pn_archive_top(const pn_select *within, pn_bytes query, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_query q;
    pn_select *made = NULL;
    PN_TRY(pn_query_parse(query, &q, err));
    pn_status rc = pn_top_bm25(within, &q, k, tick, &made, err);
    pn_query_fini(&q);
    return settle_select(within, rc, made, out, err);
}

pn_status pn_archive_top_dated(pn_select *within, bool newest, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_select *made = NULL;
    pn_status rc = pn_top_dated(within, newest, k, tick, &made, err);
    return settle_select(within, rc, made, out, err);
}

pn_status pn_archive_top_linked(const pn_select *within, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_select *made = NULL;
    pn_status rc = pn_top_linked(within, k, tick, &made, err);
    return settle_select(within, rc, made, out, err);
}

pn_status pn_archive_like(pn_snap *snap, pn_bytes id, uint64_t k, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_select *made = NULL;
    if (k < 1 || k > PN_QUERY_LIKE_MAX) return pn_fail(err, PN_EINVAL, "like finds 1 to %d articles", PN_QUERY_LIKE_MAX);
    pn_status rc = pn_like_find(snap, id, (size_t)k, tick, &made, err);
    return settle_in(snap, rc, made, out, err);
}

pn_status pn_archive_sample(const pn_select *within, uint64_t n, uint64_t seed, pn_sample_opts opts, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_select *made = NULL;
    pn_status rc = pn_sample(within, n, seed, opts, tick, &made, err);
    return settle_select(within, rc, made, out, err);
}

/* --- concordances */

pn_status pn_archive_kwic(const pn_select *within, pn_bytes query, const pn_kwic_order *order, const pn_tick *tick, pn_kwic **out, pn_error *err) {
    pn_query q;
    pn_kwic *made = NULL;
    PN_TRY(pn_query_parse(query, &q, err));
    pn_status rc = pn_kwic_new(within, &q, order, tick, &made, err);
    pn_query_fini(&q);
    rc = pn_snap_settle(pn_select_snap(within), rc, err);
    if (rc == PN_OK) *out = made;
    else pn_kwic_release(made);
    return rc;
}

pn_status pn_archive_kwic_table(const pn_kwic *k, uint64_t from, size_t n, pn_kwic_unit unit, uint32_t width, const pn_tick *tick,
                                pn_table **out, pn_error *err) {
    pn_table *made = NULL;
    pn_status rc = pn_snap_settle(pn_kwic_snap(k), pn_kwic_table(k, from, n, unit, width, tick, &made, err), err);
    if (rc == PN_OK) *out = made;
    else pn_table_release(made);
    return rc;
}

pn_status pn_archive_marks(pn_snap *snap, pn_bytes id, pn_bytes query, const pn_tick *tick, pn_buf *out, pn_error *err) {
    pn_query q;
    pn_ref ref;
    bool found = false;
    PN_TRY(pn_snap_settle(snap, pn_snap_find_key(snap, id, &ref, &found, err), err));
    if (!found) return pn_fail(err, PN_ENOTFOUND, "no article has this id");
    PN_TRY(pn_query_parse(query, &q, err));
    pn_status rc = pn_kwic_marks(snap, ref, &q, tick, out, err);
    pn_query_fini(&q);
    return pn_snap_settle(snap, rc, err);
}

/* --- words */

pn_status pn_archive_words(const pn_select *within, pn_bytes prefix, size_t top, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *made = NULL;
    pn_status rc = pn_snap_settle(pn_select_snap(within), pn_words_table(within, prefix, top, tick, &made, err), err);
    if (rc == PN_OK) *out = made;
    else pn_table_release(made);
    return rc;
}

pn_status pn_archive_n_words(const pn_select *within, const pn_tick *tick, uint64_t *out, pn_error *err) {
    return pn_snap_settle(pn_select_snap(within), pn_words_count(within, tick, out, err), err);
}

/* --- tables of articles */

pn_status pn_archive_listing(pn_select *s, const pn_list_column *columns, size_t n, uint64_t most, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *made = NULL;
    pn_status rc = pn_snap_settle(pn_select_snap(s), pn_listing(s, columns, n, most, tick, &made, err), err);
    if (rc == PN_OK) *out = made;
    else pn_table_release(made);
    return rc;
}
