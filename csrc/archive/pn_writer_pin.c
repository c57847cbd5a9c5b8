/* Pins: snapshots that are kept for citations. */
#include "archive/pn_writer_inside.h"

static pn_status refuse(const pn_writer *w, pn_error *err, const char *what, uint32_t generation) {
    pn_fail(err, PN_ENOTFOUND, "snapshot v%u is not %s", generation, what);
    pn_error_at(err, w->dir, 0);
    return PN_ENOTFOUND;
}

pn_status pn_writer_pin(pn_writer *w, uint32_t generation, uint64_t since, pn_bytes note, pn_error *err) {
    pn_manifest m = { 0 };
    if (generation == 0 || generation > w->next.generation) return refuse(w, err, "kept", generation);
    pn_status rc = pn_manifest_read(w->io, w->dir, generation, &m, err);
    pn_manifest_fini(&m);
    if (rc != PN_OK) return rc == PN_ENOTFOUND ? refuse(w, err, "kept", generation) : rc;
    PN_TRY(pn_manifest_pin(&w->next, generation, since, note, err));
    w->changed = true;
    return PN_OK;
}

pn_status pn_writer_unpin(pn_writer *w, uint32_t generation, pn_error *err) {
    if (!pn_manifest_unpin(&w->next, generation)) return refuse(w, err, "pinned", generation);
    w->changed = true;
    return PN_OK;
}
