#include "parse/pn_json_out.h"
#include "parse/pn_json_plain.h"

enum { STRETCH = 64 << 10 };               /* bytes between two looks at the tick */

static void hand_on(pn_json_out *o) {
    if (o->rc != PN_OK || !o->take) return;
    o->rc = o->take(o->arg, pn_buf_bytes(&o->buf), &o->why);
    pn_buf_clear(&o->buf);
}

static void put_stretch(pn_json_out *o, const uint8_t *p, size_t n) {
    if (o->rc != PN_OK) return;
    o->rc = pn_pace_on(&o->pace, n, &o->why);
    pn_buf_put(&o->buf, p, n);
    if (o->rc == PN_OK && o->buf.rc != PN_OK) o->rc = pn_fail(&o->why, PN_ENOMEM, "no memory for JSON text");
    if (o->buf.len >= PN_JSON_PIECE) hand_on(o);
}

void pn_json_put(pn_json_out *o, pn_bytes json) {
    for (size_t at = 0, n; at < json.len; at += n) {
        n = PN_MIN(json.len - at, (size_t)STRETCH);
        put_stretch(o, json.ptr + at, n);
    }
}

static void put_escape(pn_json_out *o, uint8_t c) {
    static const char of[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt", digits[] = "0123456789abcdef";
    const char *known = c ? strchr(of, c) : NULL;
    if (known) put_stretch(o, (const uint8_t[]){ '\\', (uint8_t)letters[known - of] }, 2);
    else put_stretch(o, (const uint8_t[]){ '\\', 'u', '0', '0', (uint8_t)digits[c >> 4], (uint8_t)digits[c & 15] }, 6);
}

void pn_json_put_text(pn_json_out *o, pn_bytes s) {
    uint64_t seen = 0;
    if (!s.ptr) { pn_json_put(o, PN_BYTES_LIT("null")); return; }
    put_stretch(o, (const uint8_t *)"\"", 1);
    for (const uint8_t *p = s.ptr, *end = s.ptr + s.len; p < end && o->rc == PN_OK;) {
        const uint8_t *stretch = end - p > STRETCH ? p + STRETCH : end, *stop = pn_json_skip_plain(p, stretch, &seen);
        if (stop > p) put_stretch(o, p, (size_t)(stop - p));
        if (stop < stretch) put_escape(o, *stop++);
        p = stop;
    }
    put_stretch(o, (const uint8_t *)"\"", 1);
}

pn_status pn_json_hand_on(pn_json_out *o, pn_error *err) {
    hand_on(o);
    if (o->rc != PN_OK && err) *err = o->why;
    return o->rc;
}

void pn_json_out_fini(pn_json_out *o) { pn_buf_fini(&o->buf); }
