#include "archive/pn_archive.h"
#include "archive/pn_known.h"
#include "base/pn_alloc.h"

static void add_segment(pn_archive_info *info, const pn_snap_part *part) {
    const pn_seg_meta *m = pn_seg_meta_of(part->seg);
    info->n_deleted += part->deleted.n;
    info->n_words += m->n_words;
    info->n_related += m->n_related;
    info->n_coarse += (uint64_t)m->n_month + m->n_year;
    info->n_undated += (uint64_t)m->n_docs - m->n_placed - m->n_month - m->n_year;
    if (m->n_placed == 0) return;
    if (info->day_first == PN_DAY_NONE || m->day_first < info->day_first) info->day_first = m->day_first;
    if (info->day_last == PN_DAY_NONE || m->day_last > info->day_last) info->day_last = m->day_last;
}

void pn_archive_info_of(const pn_snap *snap, pn_archive_info *out) {
    const pn_manifest *m = pn_snap_manifest(snap);
    *out = (pn_archive_info){ .generation = m->generation, .n_articles = m->n_live, .n_segments = m->n_segments, .bytes = pn_snap_bytes(snap),
                              .fingerprint = { m->fingerprint[0], m->fingerprint[1] }, .day_first = PN_DAY_NONE, .day_last = PN_DAY_NONE,
                              .analyzer = m->analyzer };
    memcpy(out->archive, m->archive, sizeof out->archive);
    for (size_t i = 0; i < pn_snap_n_parts(snap); i++) add_segment(out, pn_snap_part_at(snap, i));
}

pn_status pn_archive_search(const pn_select *within, pn_bytes query, const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_query q;
    PN_TRY(pn_query_parse(query, &q, err));
    pn_select *found = NULL;
    pn_status rc = pn_select_query(within, &q, tick, &found, err);
    rc = pn_snap_settle(pn_select_snap(within), rc, err);
    pn_query_fini(&q);
    if (rc == PN_OK) *out = found;
    else pn_select_release(found);
    return rc;
}

pn_status pn_archive_canonical(pn_bytes query, pn_buf *out, pn_error *err) {
    pn_query q;
    PN_TRY(pn_query_parse(query, &q, err));
    pn_status rc = pn_query_print(&q, out, err);
    pn_query_fini(&q);
    return rc;
}

/* --- trends */

typedef struct { pn_query *queries; pn_series *series; size_t n; } parsed;

static void parsed_fini(parsed *p) {
    for (size_t i = 0; p->queries && i < p->n; i++) pn_query_fini(&p->queries[i]);
    pn_free(p->queries);
    pn_free(p->series);
}

static pn_status parse_series(const pn_archive_series *series, size_t n, parsed *p, size_t *which, pn_error *err) {
    p->queries = pn_calloc(n, sizeof *p->queries);
    p->series = pn_calloc(n, sizeof *p->series);
    if (!p->queries || !p->series) return pn_fail(err, PN_ENOMEM, "no memory for a trend");
    for (*which = 0; *which < n; ++*which) {
        const pn_archive_series *s = &series[*which];
        p->series[*which] = (pn_series){ s->name, s->query.ptr ? &p->queries[*which] : NULL };
        if (s->query.ptr) PN_TRY(pn_query_parse(s->query, &p->queries[*which], err));
        p->n++;
    }
    return PN_OK;
}

pn_status pn_archive_trend(const pn_select *base, const pn_select *of, const pn_archive_series *series, size_t n, const pn_trend_opts *opts,
                           const pn_tick *tick, pn_trend_tables *out, size_t *which, pn_error *err) {
    parsed p = { 0 };
    pn_trend_tables made = { 0 };
    pn_status rc = parse_series(series, n, &p, which, err);
    if (rc == PN_OK) rc = pn_trend(base, of, p.series, n, opts, tick, &made, err);
    rc = pn_snap_settle(pn_select_snap(of), rc, err);
    parsed_fini(&p);
    if (rc == PN_OK) {
        *out = made;
    } else {
        pn_table_release(made.trend);
        pn_table_release(made.unplaced);
    }
    return rc;
}

pn_status pn_archive_trend_articles(const pn_select *base, const pn_select *of, const pn_trend_opts *opts, pn_bytes wanted,
                                    const pn_tick *tick, pn_select **out, pn_error *err) {
    pn_select *found = NULL;
    pn_status rc = pn_trend_articles(base, of, opts, wanted, tick, &found, err);
    rc = pn_snap_settle(pn_select_snap(of), rc, err);
    if (rc == PN_OK) *out = found;
    else pn_select_release(found);
    return rc;
}

/* --- names */

pn_status pn_archive_names(const pn_select *of, pn_field field, const pn_tick *tick, pn_table **out, pn_error *err) {
    pn_table *t = NULL;
    pn_status rc = pn_names_table(of, field, tick, &t, err);
    rc = pn_snap_settle(pn_select_snap(of), rc, err);
    if (rc == PN_OK) *out = t;
    else pn_table_release(t);
    return rc;
}

pn_status pn_archive_covered(pn_snap *snap, pn_field field, const pn_tick *tick, uint64_t *out, pn_error *err) {
    return pn_snap_settle(snap, pn_names_covered(snap, field, tick, out, err), err);
}

/* --- checking */

pn_status pn_archive_manifest(const char *dir, pn_manifest *out, pn_error *err) {
    uint32_t generation = 0;
    PN_TRY(pn_snap_newest(pn_io_posix(), dir, &generation, err));
    return pn_manifest_read(pn_io_posix(), dir, generation, out, err);
}

pn_status pn_archive_verify_part(pn_snap *snap, size_t part, const pn_tick *tick, pn_error *err) {
    return pn_seg_verify(pn_snap_part_at(snap, part)->seg, tick, err);
}

static pn_status verify_deletions(const pn_snap *snap, const pn_manifest *m, pn_error *err) {
    for (size_t i = 0; i < m->n_segments; i++) {
        pn_deleted d = { 0 };
        pn_status rc = pn_deleted_read(pn_io_posix(), pn_snap_dir(snap), m->archive, &m->segments[i], &d, err);
        pn_deleted_fini(&d);
        if (rc != PN_OK) return rc;
    }
    return PN_OK;
}

static pn_status verify_inputs(const pn_snap *snap, const pn_manifest *m, pn_error *err) {
    pn_known known = { 0 };
    pn_status rc = pn_known_read(pn_io_posix(), pn_snap_dir(snap), m, &known, err);
    pn_known_fini(&known);
    return rc;
}

pn_status pn_archive_verify_lists(const pn_snap *snap, pn_error *err) {
    pn_manifest m = { 0 };
    pn_status rc = pn_manifest_read(pn_io_posix(), pn_snap_dir(snap), pn_snap_manifest(snap)->generation, &m, err);
    if (rc == PN_OK) rc = verify_deletions(snap, pn_snap_manifest(snap), err);
    if (rc == PN_OK) rc = verify_inputs(snap, pn_snap_manifest(snap), err);
    pn_manifest_fini(&m);
    return rc == PN_ENOTFOUND ? PN_OK : rc;
}

pn_status pn_archive_verify(pn_snap *snap, const pn_tick *tick, pn_error *err) {
    PN_TRY(pn_archive_verify_lists(snap, err));
    for (size_t i = 0; i < pn_snap_n_parts(snap); i++) PN_TRY(pn_archive_verify_part(snap, i, tick, err));
    return PN_OK;
}

pn_status pn_archive_facts(const pn_select *of, const pn_tick *tick, pn_facts *out, pn_error *err) {
    return pn_snap_settle(pn_select_snap(of), pn_facts_of(of, tick, out, err), err);
}
