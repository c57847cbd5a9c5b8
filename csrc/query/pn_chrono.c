#include "query/pn_chrono.h"

static uint8_t class_of(uint8_t precision) {
    static const uint8_t classes[] = { [PN_PREC_NONE] = 3, [PN_PREC_YEAR] = 2, [PN_PREC_MONTH] = 1, [PN_PREC_DAY] = 0, [PN_PREC_SECOND] = 0 };
    return classes[precision];
}

pn_status pn_chrono_of(const pn_snap *snap, pn_ref ref, pn_chrono *out, pn_error *err) {
    pn_seg *seg = pn_snap_part_at(snap, ref.part)->seg;
    pn_when when;
    PN_TRY(pn_seg_when(seg, ref.doc, &when, err));
    PN_TRY(pn_seg_arrival(seg, ref.doc, &out->arrival, err));
    out->undated_last = class_of(when.precision);
    out->day = when.day;
    out->second = when.second;
    return PN_OK;
}
