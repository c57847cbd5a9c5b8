#include "index/pn_live.h"

static uint32_t count_deleted(const pn_snap_part *part, pn_post *c) {
    uint32_t gone = 0;
    for (; c->doc != PN_DOC_END; pn_post_next(c)) gone += pn_deleted_has(&part->deleted, c->doc);
    return gone;
}

static uint32_t look_for_deleted(const pn_snap_part *part, pn_post *c) {
    uint32_t gone = 0;
    for (uint32_t i = 0; i < part->deleted.n && c->doc != PN_DOC_END; i++) {
        if (c->doc < part->deleted.docs[i]) pn_post_seek(c, part->deleted.docs[i]);
        gone += c->doc == part->deleted.docs[i];
    }
    return gone;
}

pn_status pn_live_count(const pn_snap_part *part, const pn_post_src *src, const pn_term_info *info, uint64_t *out, pn_error *err) {
    pn_post c;
    *out = info->df;
    if (part->deleted.n == 0) return PN_OK;
    PN_TRY(pn_post_open(&c, src, info, err));
    *out -= info->df < part->deleted.n ? count_deleted(part, &c) : look_for_deleted(part, &c);
    if (c.rc != PN_OK && err) *err = c.error;
    return c.rc;
}
