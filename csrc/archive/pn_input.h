/* pn_input.h -- bytes of an input to a source of articles, by kind.  Layer: archive. */
#ifndef PN_INPUT_H
#define PN_INPUT_H
#include "parse/pn_jsonl.h"
#include "parse/pn_page_text.h"
#include "parse/pn_sniff.h"

typedef struct {                       /* what the caller says of an input; the zero value: a text page, all defaults */
    pn_kind kind;                      /* TEXT, JSONL or JSON_ARRAY */
    pn_date_opts dates;
    pn_bytes source;                   /* outlet of every article; NONE = as the input says */
    const pn_field_map *fields; size_t n_fields;
    uint64_t base_offset;              /* of a JSON-lines chunk in its stream */
    uint32_t base_line;
    const pn_tick *tick;               /* asked while a text is cleaned and within long pages and records; NULL = never */
} pn_input;

/* Articles of `data`, which must stay until close, as must the runs of *in.  PN_EUNSUPPORTED names a kind this build does not read. */
PN_MUST_CHECK pn_status pn_input_source(pn_bytes data, const pn_input *in, pn_doc_source *out, pn_error *err);
#endif
