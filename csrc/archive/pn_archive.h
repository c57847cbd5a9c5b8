/* pn_archive.h -- the door: open an archive, ask it, read it.  Layer: archive.
 *
 * What a language binding needs, over the operating system's files.  Adding articles is archive/pn_writer.h.
 * Snapshots and selections are immutable and counted: any thread, any number at once.
 */
#ifndef PN_ARCHIVE_H
#define PN_ARCHIVE_H
#include "archive/pn_input.h"
#include "archive/pn_identity.h"
#include "archive/pn_writer.h"
#include "stats/pn_facts.h"
#include "stats/pn_name_counts.h"
#include "stats/pn_trend.h"
#include "stats/pn_wilson.h"

typedef struct {
    uint8_t archive[16];
    uint32_t generation;
    uint64_t n_articles, n_segments, n_deleted, bytes;
    uint64_t fingerprint[2];
    uint64_t n_words, n_related, n_undated, n_coarse;      /* of all stored articles, the deleted ones included */
    int32_t day_first, day_last;       /* of articles with a day; PN_DAY_NONE when there are none */
    const char *analyzer;              /* until the snapshot's release */
} pn_archive_info;
void pn_archive_info_of(const pn_snap *snap, pn_archive_info *out);

/* --- questions.  Each looks, before it hands its answer over, whether somebody wrote over the files since they were opened:
 * then it is PN_ECHANGED and there is no answer. */

/* Those of `within` that the query text finds: grammar in query/pn_query.h. */
PN_MUST_CHECK pn_status pn_archive_search(const pn_select *within, pn_bytes query, const pn_tick *tick, pn_select **out, pn_error *err);

/* The canonical text of a query. */
PN_MUST_CHECK pn_status pn_archive_canonical(pn_bytes query, pn_buf *out, pn_error *err);

typedef struct { pn_bytes name, query; } pn_archive_series;    /* query NONE: every article of the selection */
/* pn_trend over query texts.  On PN_ESYNTAX *which is the series at fault. */
PN_MUST_CHECK pn_status pn_archive_trend(const pn_select *base, const pn_select *of, const pn_archive_series *series, size_t n,
                                         const pn_trend_opts *opts, const pn_tick *tick, pn_trend_tables *out, size_t *which, pn_error *err);
/* pn_trend_articles. */
PN_MUST_CHECK pn_status pn_archive_trend_articles(const pn_select *base, const pn_select *of, const pn_trend_opts *opts, pn_bytes wanted,
                                                  const pn_tick *tick, pn_select **out, pn_error *err);

/* pn_names_table and pn_names_covered. */
PN_MUST_CHECK pn_status pn_archive_names(const pn_select *of, pn_field field, const pn_tick *tick, pn_table **out, pn_error *err);
PN_MUST_CHECK pn_status pn_archive_covered(pn_snap *snap, pn_field field, const pn_tick *tick, uint64_t *out, pn_error *err);

/* pn_facts_of. */
PN_MUST_CHECK pn_status pn_archive_facts(const pn_select *of, const pn_tick *tick, pn_facts *out, pn_error *err);

/* The live articles with these ids or URLs; *missing: the first one that there is none for, n if each is there.  Ids are looked up in the order of
 * the archive: each block of text is unpacked once. */
PN_MUST_CHECK pn_status pn_archive_pick(pn_snap *snap, const pn_bytes *names, size_t n, const pn_tick *tick, pn_select **out, size_t *missing, pn_error *err);

/* The live article whose id, or else whose URL, is `name`. */
PN_MUST_CHECK pn_status pn_archive_find(pn_snap *snap, pn_bytes name, pn_ref *out, bool *found, pn_error *err);

/* The newest manifest, whose pins are those in force, whatever is open; pn_manifest_fini.  As pn_snap_open. */
PN_MUST_CHECK pn_status pn_archive_manifest(const char *dir, pn_manifest *out, pn_error *err);

/* Checks every sum and every structure of every file; or of one part of the snapshot; or its manifest and deletions, read again from
 * the disk (PN_OK when they were collected meanwhile). */
PN_MUST_CHECK pn_status pn_archive_verify(pn_snap *snap, const pn_tick *tick, pn_error *err);
PN_MUST_CHECK pn_status pn_archive_verify_part(pn_snap *snap, size_t part, const pn_tick *tick, pn_error *err);
PN_MUST_CHECK pn_status pn_archive_verify_lists(const pn_snap *snap, pn_error *err);
/* A readable dump of any file of ours, or of an archive's folder. */
PN_MUST_CHECK pn_status pn_archive_print(const char *path, pn_buf *out, pn_error *err);
#endif
