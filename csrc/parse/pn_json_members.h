/* pn_json_members.h -- a JSON object written anew, in the one form in which we write JSON.  Layer: parse.
 *
 * A blank behind each comma and colon, texts and numbers as in pn_json_out.h.  Of members of one name the first has the place and the
 * last the value, as in most readers; so in objects at any depth.
 */
#ifndef PN_JSON_MEMBERS_H
#define PN_JSON_MEMBERS_H
#include "parse/pn_json.h"
#include "parse/pn_json_out.h"

typedef struct { size_t name, name_end, value, end; } pn_json_member;            /* places in the text; the name with its quotes */

typedef struct {                       /* the zero value is empty; pn_json_members_fini */
    pn_json_out text;
    pn_json_member *at; size_t n, cap; /* of the object that was read */
    struct pn_json_open *open; size_t n_open, cap_open;                          /* from here on inside */
    struct pn_json_named *names; size_t cap_names;
    pn_arena arena;
    pn_buf again;
} pn_json_members;

/* Reads the object; its members hold until the next call.  PN_ECORRUPT without a file name when `object` is no JSON object, PN_EINTR,
 * PN_ENOMEM.  n log n in the members of one object. */
PN_MUST_CHECK pn_status pn_json_members_read(pn_json_members *m, pn_bytes object, const pn_tick *tick, pn_error *err);
static inline pn_bytes pn_json_member_name(const pn_json_members *m, size_t i) {
    return pn_bytes_of(m->text.buf.ptr + m->at[i].name, m->at[i].name_end - m->at[i].name);
}
static inline pn_bytes pn_json_member_value(const pn_json_members *m, size_t i) {
    return pn_bytes_of(m->text.buf.ptr + m->at[i].value, m->at[i].end - m->at[i].value);
}
void pn_json_members_fini(pn_json_members *m);
#endif
