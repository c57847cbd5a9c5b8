/* What is in a file of ours, for people: the other half of pn_archive.h. */
#include "archive/pn_archive.h"

static const char *kind_name(pn_file_kind k) {
    static const char *const names[] = { [PN_FILE_MANIFEST] = "manifest", [PN_FILE_INDEX] = "index", [PN_FILE_TEXT] = "text",
                                         [PN_FILE_DELETED] = "deletions", [PN_FILE_LINKS] = "links", [PN_FILE_INPUTS] = "inputs" };
    return names[k];
}

static void print_id(pn_buf *out, const pn_file_id *id) {
    pn_buf_printf(out, "archive     ");
    for (size_t i = 0; i < sizeof id->archive; i++) pn_buf_printf(out, "%02x", id->archive[i]);
    pn_buf_printf(out, "\nsegment     %u\ngeneration  %u\n", id->segment, id->generation);
}

static void print_file(pn_buf *out, const pn_file *f, pn_file_kind kind) {
    pn_file_sum sum = pn_file_sum_of(f);
    pn_buf_printf(out, "file        %s\nkind        %s\nformat      %d.%d\n", pn_file_path(f), kind_name(kind), PN_FORMAT_MAJOR, PN_FORMAT_MINOR);
    print_id(out, pn_file_identity(f));
    pn_buf_printf(out, "length      %llu\nfooter sum  %08x\n\nsection      offset      length\n", (unsigned long long)sum.length, sum.footer_crc);
    for (size_t i = 0; i < pn_file_n_sections(f); i++) {
        uint32_t section;
        uint64_t offset, length;
        pn_file_section_at(f, i, &section, &offset, &length);
        pn_buf_printf(out, "%7u  %10llu  %10llu\n", section, (unsigned long long)offset, (unsigned long long)length);
    }
}

/* --- manifests */

static void print_pins(pn_buf *out, const pn_manifest *m) {
    for (size_t i = 0; i < m->n_pins; i++)
        pn_buf_printf(out, "pinned      v%u since %llu  %.*s\n", m->pins[i].generation, (unsigned long long)m->pins[i].since, (int)m->pins[i].length, m->pins[i].note);
}

static void print_manifest(pn_buf *out, const pn_manifest *m) {
    pn_buf_printf(out, "\narticles    %llu\nfingerprint %016llx%016llx\nwords       %s\n", (unsigned long long)m->n_live,
                  (unsigned long long)m->fingerprint[1], (unsigned long long)m->fingerprint[0], m->analyzer);
    for (size_t i = 0; i < m->n_segments; i++) {
        const pn_manifest_segment *s = &m->segments[i];
        pn_buf_printf(out, "segment     %u: %u articles, %u deleted\n", s->number, s->n_docs, s->n_deleted);
    }
    if (m->inputs_generation) pn_buf_printf(out, "inputs      inputs-%010u\n", m->inputs_generation);
    if (m->n_resume) pn_buf_printf(out, "set aside   by an unfinished build or add\n");
    print_pins(out, m);
}

/* What the sections of a manifest say, where they can be read: their sums are judged elsewhere. */
static void print_if_manifest(const char *path, pn_file_kind kind, uint32_t generation, pn_buf *out) {
    char dir[PN_PATH_MAX] = ".";
    const char *slash = strrchr(path, '/'), *end = strrchr(path, '.');
    pn_manifest m = { 0 };
    if (kind != PN_FILE_MANIFEST || (slash && (size_t)(slash - path) + 1 >= sizeof dir)) return;
    if (slash) {
        memcpy(dir, path, (size_t)(slash - path) + 1);
        dir[slash - path + 1] = 0;
    }
    bool aside = end && strcmp(end, ".part") == 0;
    if ((aside ? pn_manifest_read_aside : pn_manifest_read)(pn_io_posix(), dir, generation, &m, NULL) == PN_OK) print_manifest(out, &m);
    pn_manifest_fini(&m);
}

/* The kind is in the header, but only pn_file_open knows headers: the one kind that opens is the right one. */
static pn_status print_any_file(const char *path, pn_buf *out, pn_error *err) {
    pn_status rc = PN_ECORRUPT;
    for (int k = PN_FILE_MANIFEST; k <= PN_FILE_INPUTS; k++) {
        pn_file *f = NULL;
        rc = pn_file_open(pn_io_posix(), path, (pn_file_kind)k, NULL, NULL, true, &f, err);
        if (rc == PN_OK) {
            print_file(out, f, (pn_file_kind)k);
            print_if_manifest(path, (pn_file_kind)k, pn_file_identity(f)->generation, out);
            rc = pn_file_verify(f, NULL, err);
            pn_buf_printf(out, "\nsums        %s\n", rc == PN_OK ? "all agree" : err ? err->msg : "damaged");
            pn_file_release(f);
            return PN_OK;
        }
        if (rc == PN_ENOTFOUND || rc == PN_EIO || rc == PN_ENOMEM) break;
    }
    return rc;
}

static pn_status print_segments(const pn_snap *snap, pn_buf *out, pn_error *err) {
    const pn_manifest *m = pn_snap_manifest(snap);
    pn_buf_printf(out, "articles    %llu\nsegments    %zu\nwords       %s\n", (unsigned long long)m->n_live, m->n_segments, m->analyzer);
    for (size_t i = 0; i < pn_snap_n_parts(snap); i++) {
        pn_buf_printf(out, "\n");
        PN_TRY(pn_seg_print(pn_snap_part_at(snap, i)->seg, out, err));
    }
    return PN_OK;
}

static pn_status print_archive(const char *path, pn_buf *out, pn_error *err) {
    pn_snap *snap = NULL;
    PN_TRY(pn_snap_open(pn_io_posix(), path, 0, false, &snap, err));
    pn_file_id id = { .generation = pn_snap_manifest(snap)->generation };
    memcpy(id.archive, pn_snap_manifest(snap)->archive, sizeof id.archive);
    pn_buf_printf(out, "folder      %s\n", path);
    print_id(out, &id);
    pn_status rc = print_segments(snap, out, err);
    pn_snap_release(snap);
    return rc;
}

pn_status pn_archive_print(const char *path, pn_buf *out, pn_error *err) {
    pn_status rc = print_any_file(path, out, err);
    if (rc != PN_OK && err && err->code != PN_ENOTFOUND) {
        pn_error first = *err;
        pn_error second = { 0 };
        if (print_archive(path, out, &second) == PN_OK) return PN_OK;
        *err = second.code == PN_ENOTFOUND ? first : second;
    }
    return rc == PN_OK && out->rc != PN_OK ? pn_fail(err, out->rc, "no memory for a dump") : rc;
}
