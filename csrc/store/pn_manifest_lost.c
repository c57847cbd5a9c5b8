/* Whether a folder without a manifest is an archive that lost it, or a first build that did not end.  docs/FORMAT.md, F20. */
#include "codec/pn_rd.h"
#include "store/pn_names.h"

typedef struct { bool manifest, segment; uint32_t aside; } seen;

static int look_at(void *arg, const char *name) {
    seen *s = arg;
    pn_name n = pn_name_of(name);
    s->manifest = s->manifest || n.what == PN_NAMED_MANIFEST;
    s->segment = s->segment || n.segment;
    if (n.what == PN_NAMED_ASIDE) s->aside = PN_MAX(s->aside, n.generation);
    return 0;
}

/* What was set aside and cannot be read counts as of a first build: it is only done again. */
static pn_status is_of_first_build(const pn_io *io, const char *dir, uint32_t aside, bool *yes, pn_error *err) {
    pn_manifest m = { 0 };
    pn_status rc = pn_manifest_read_aside(io, dir, aside, &m, err);
    if (rc == PN_ENOMEM || rc == PN_EIO) return rc;
    *yes = rc != PN_OK || m.n_resume < PN_RESUME_HEAD || pn_load_u32(m.resume + PN_RESUME_JOB) == 0;
    pn_manifest_fini(&m);
    return PN_OK;
}

pn_status pn_manifest_check_lost(const pn_io *io, const char *dir, pn_error *err) {
    seen s = { 0 };
    bool first = false;
    uint32_t newest = 0;
    PN_TRY(io->list(io->ctx, dir, look_at, &s, err));
    if (s.manifest || !s.segment) return PN_OK;
    if (s.aside) PN_TRY(is_of_first_build(io, dir, s.aside, &first, err));
    if (first) return PN_OK;
    PN_TRY(pn_manifest_newest(io, dir, &newest, err));         /* a build that ended meanwhile */
    return newest ? PN_OK : pn_corrupt(err, dir, 0, "segments of an archive, but no MANIFEST file: pynews.repair reads them and makes one");
}
