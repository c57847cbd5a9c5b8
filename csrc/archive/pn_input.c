#include "archive/pn_input.h"

static pn_status jsonl(pn_bytes data, const pn_input *in, pn_doc_source *out, pn_error *err) {
    pn_jsonl_opts opts = { .dates = in->dates, .source = in->source, .fields = in->fields, .n_fields = in->n_fields, .tick = in->tick };
    if (in->kind == PN_KIND_JSON_ARRAY) return pn_json_array_source(data, &opts, out, err);
    return pn_jsonl_source(data, in->base_offset, in->base_line ? in->base_line : 1, &opts, out, err);
}

static pn_status text(pn_bytes data, const pn_input *in, pn_doc_source *out, pn_error *err) {
    pn_page_text_opts opts = { .dates = in->dates, .source = in->source, .tick = in->tick };
    return pn_page_text_source(data, &opts, out, err);
}

pn_status pn_input_source(pn_bytes data, const pn_input *in, pn_doc_source *out, pn_error *err) {
    switch (in->kind) {
    case PN_KIND_EMPTY: case PN_KIND_TEXT: return text(data, in, out, err);
    case PN_KIND_JSONL: case PN_KIND_JSON_ARRAY: return jsonl(data, in, out, err);
    default: return pn_fail(err, PN_EUNSUPPORTED, "%s cannot be read: text pages and JSON lines can", pn_kind_name(in->kind));
    }
}
