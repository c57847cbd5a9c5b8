/* pn_record_out.h -- an article as the JSON line that pn_jsonl.h reads back.  Layer: parse.  What is written: docs/FIELDS.md. */
#ifndef PN_RECORD_OUT_H
#define PN_RECORD_OUT_H
#include "model/pn_doc.h"
#include "parse/pn_json_members.h"

typedef struct { pn_json_out *out; pn_json_members extra; uint32_t named; bool any; } pn_record_out;      /* begin with { .out = … }; pn_record_out_fini */

/* Appends the line with its end; `id` stands for the article's own.  Statuses of pn_json_members_read (for doc->extra) and of out->rc. */
PN_MUST_CHECK pn_status pn_record_put(pn_record_out *r, pn_bytes id, const pn_doc *doc, pn_error *err);
void pn_record_out_fini(pn_record_out *r);
#endif
