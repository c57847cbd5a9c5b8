#include "text/pn_lines.h"

static const uint8_t ENDS[PN_LINE_ENDS] = { '\n', '\r', '\f', 0x1E };

static const uint8_t *find(const uint8_t *p, const uint8_t *end, uint8_t c) {
    const uint8_t *hit = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;
    return hit ? hit : end;
}

void pn_lines_init(pn_lines *it, pn_bytes text) {
    static const uint8_t nothing = 0;
    it->p = text.ptr ? text.ptr : &nothing;
    it->end = it->p + text.len;
    it->ended_by = 0;
    for (int i = 0; i < PN_LINE_ENDS; i++) it->seen[i] = find(it->p, it->end, ENDS[i]);
}

bool pn_lines_next(pn_lines *it, pn_bytes *line) {
    if (it->p == it->end) return false;
    const uint8_t *stop = it->end;
    for (int i = 0; i < PN_LINE_ENDS; i++) stop = PN_MIN(stop, it->seen[i]);
    *line = pn_bytes_of(it->p, (size_t)(stop - it->p));
    it->ended_by = stop < it->end ? *stop : 0;
    it->p = stop + (stop < it->end);
    if (it->ended_by == '\r' && it->p < it->end && *it->p == '\n') it->p++;
    for (int i = 0; i < PN_LINE_ENDS; i++)
        if (it->seen[i] < it->p) it->seen[i] = find(it->p, it->end, ENDS[i]);
    return true;
}
