/* Functions without a handle: words, parsing one page, telling kinds. */
#include "archive/pn_explain.h"
#include "base/pn_alloc.h"
#include "codec/pn_hash.h"
#include "parse/pn_json.h"
#include "python/pnpy.h"
#include "python/pnpy_arrow.h"
#include "python/pnpy_graph.h"
#include "python/pnpy_snapshot.h"
#include "python/pnpy_stats.h"
#include "python/pnpy_writer.h"
#include "text/pn_token.h"

/* --- options of an ingest */

static bool kind_from(PyObject *o, pn_kind *out) {
    pn_bytes name;
    if (!pnpy_str(o, false, &name)) return false;
    for (int k = PN_KIND_EMPTY; k <= PN_KIND_BINARY; k++) {
        *out = (pn_kind)k;
        if (pn_bytes_equal(name, pn_bytes_cstr(pn_kind_name(*out)))) return true;
    }
    PyErr_Format(PyExc_ValueError, "unknown kind of input: %R (text, jsonl or json)", o);
    return false;
}

static bool fields_from(PyObject *list, pnpy_input *out) {
    Py_ssize_t n = PyTuple_Size(list);
    out->fields = pn_calloc((size_t)n, sizeof *out->fields);
    if (!out->fields) { PyErr_NoMemory(); return false; }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *pair = PyTuple_GetItem(list, i), *name = pair ? PyTuple_GetItem(pair, 0) : NULL, *target = name ? PyTuple_GetItem(pair, 1) : NULL;
        if (!target || !pnpy_str(name, false, &out->fields[i].name) || !pnpy_str(target, false, &out->fields[i].target)) return false;
        if (!pn_jsonl_is_target(out->fields[i].target)) {
            PyErr_Format(PyExc_ValueError, "fields: %R is not a field of an article", target);
            return false;
        }
    }
    out->input.fields = out->fields;
    out->input.n_fields = (size_t)n;
    return true;
}

static bool dates_from(PyObject *base_day, int day_first, pn_date_opts *out) {
    *out = (pn_date_opts){ .day_first = day_first != 0, .has_base = base_day != Py_None };
    long day = out->has_base ? PyLong_AsLong(base_day) : 0;
    if (PyErr_Occurred()) return false;
    if (day < pn_day_of(PN_YEAR_MIN, 1, 1) || day > pn_day_of(PN_YEAR_MAX, 12, 31)) {
        PyErr_Format(PyExc_ValueError, "a base date lies between the years %d and %d", PN_YEAR_MIN, PN_YEAR_MAX);
        return false;
    }
    out->base_day = (int32_t)day;
    return true;
}

bool pnpy_input_from(PyObject *kind, PyObject *options, pnpy_input *out) {
    PyObject *source, *base_day, *fields;
    int day_first;
    *out = (pnpy_input){ 0 };
    bool ok = PyArg_ParseTuple(options, "OOpO!", &source, &base_day, &day_first, &PyTuple_Type, &fields) && kind_from(kind, &out->input.kind) &&
              pnpy_str(source, true, &out->input.source) && dates_from(base_day, day_first, &out->input.dates) && fields_from(fields, out);
    if (!ok) pnpy_input_fini(out);
    return ok;
}
void pnpy_input_fini(pnpy_input *in) {
    pn_free(in->fields);
    in->fields = NULL;
}

/* --- parse(kind, data, options, line) -> list of dicts */

static int append_article(PyObject *list, const pn_doc *given) {
    pn_doc doc = *given;
    pn_doc_extra extra = { 0 };
    pn_identity id = { 0 };
    pn_error err = { 0 };
    int rc = doc.skipped || pn_identity_of(&id, &doc, &extra, &err) == PN_OK ? 0 : -1;
    if (rc < 0) PyErr_NoMemory();
    PyObject *article = rc == 0 ? pnpy_article(&doc, &extra) : NULL;
    pn_identity_fini(&id);
    rc = article ? PyList_Append(list, article) : -1;
    Py_XDECREF(article);
    return rc;
}

static pn_status open_source(pn_bytes data, const pn_input *in, pnpy_tick *tick, pn_doc_source *out, pn_error *err) {
    pnpy_tick_begin(tick);
    pn_status rc = pn_input_source(data, in, out, err);
    pnpy_tick_end(tick);
    return rc;
}

static pn_status next_article(pn_doc_source *source, pnpy_tick *tick, const pn_doc **doc, pn_error *err) {
    pnpy_tick_begin(tick);
    pn_status rc = source->next(source->self, doc, err);
    pnpy_tick_end(tick);
    return rc;
}

static PyObject *parse_all(pnpy_state *st, pn_bytes data, pn_input *in) {
    pn_doc_source source;
    pnpy_tick tick;
    pn_error err = { 0 };
    const pn_doc *doc = NULL;
    in->tick = &tick.core;
    pn_status rc = open_source(data, in, &tick, &source, &err);
    if (rc != PN_OK) return pnpy_raise(st, rc, &err);
    PyObject *list = PyList_New(0);
    while (list && (rc = next_article(&source, &tick, &doc, &err)) == PN_OK && doc)
        if (append_article(list, doc) < 0 || PyErr_CheckSignals() < 0) Py_CLEAR(list);
    source.close(source.self);
    if (list && rc != PN_OK) {
        Py_DECREF(list);
        return pnpy_raise(st, rc, &err);
    }
    return list;
}

static PyObject *f_parse(PyObject *module, PyObject *args) {
    PyObject *kind, *options;
    Py_buffer data;
    pnpy_input in;
    if (!PyArg_ParseTuple(args, "Oy*O", &kind, &data, &options)) return NULL;
    PyObject *list = NULL;
    if (pnpy_input_from(kind, options, &in)) {
        list = parse_all(pnpy_state_of(module), pn_bytes_of(data.buf, (size_t)data.len), &in.input);
        pnpy_input_fini(&in);
    }
    PyBuffer_Release(&data);
    return list;
}

/* --- words(text) -> [(word, position, start, end)], byte ranges */

static PyObject *word_list(const pn_tokens *t) {
    enum { POLL = 1 << 16 };           /* words between two looks at signals */
    PyObject *list = PyList_New((Py_ssize_t)t->n);
    for (size_t i = 0; list && i < t->n; i++) {
        if (i % POLL == POLL - 1 && PyErr_CheckSignals() < 0) { Py_DECREF(list); return NULL; }
        const pn_token *k = &t->at[i];
        PyObject *w = Py_BuildValue("(NIII)", pnpy_text(pn_token_term(t, i)), k->pos, k->start, k->end);
        if (!w) { Py_DECREF(list); return NULL; }
        PyList_SetItem(list, (Py_ssize_t)i, w);
    }
    return list;
}

static PyObject *f_words(PyObject *module, PyObject *arg) {
    pn_bytes text;
    pn_tokens t = { 0 };
    uint32_t next;
    pn_error err = { 0 };
    if (!pnpy_str(arg, false, &text)) return NULL;
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    t.tick = &tick.core;
    pn_status rc = pn_tokens_cut(&t, text, 0, &next, &err);
    pnpy_tick_end(&tick);
    PyObject *list = rc == PN_OK ? word_list(&t) : pnpy_raise(pnpy_state_of(module), rc, &err);
    pn_tokens_fini(&t);
    return list;
}

static PyObject *f_sniff(PyObject *module, PyObject *arg) {
    (void)module;
    Py_buffer b;
    if (PyObject_GetBuffer(arg, &b, PyBUF_SIMPLE) < 0) return NULL;
    PyObject *name = PyUnicode_FromString(pn_kind_name(pn_sniff(pn_bytes_of(b.buf, (size_t)b.len))));
    PyBuffer_Release(&b);
    return name;
}

static PyObject *f_json_is_valid(PyObject *module, PyObject *arg) {
    (void)module;
    Py_buffer b;
    if (PyObject_GetBuffer(arg, &b, PyBUF_SIMPLE) < 0) return NULL;
    bool valid = pn_json_is_valid(pn_bytes_of(b.buf, (size_t)b.len));
    PyBuffer_Release(&b);
    return PyBool_FromLong(valid);
}

static PyObject *f_inspect(PyObject *module, PyObject *args) {
    const char *path;
    pn_buf out = { 0 };
    pn_error err = { 0 };
    if (!PyArg_ParseTuple(args, "y", &path)) return NULL;
    pn_status rc = pn_archive_print(path, &out, &err);
    PyObject *text = rc == PN_OK ? pnpy_text(out.ptr ? pn_buf_bytes(&out) : PN_BYTES_LIT("")) : pnpy_raise(pnpy_state_of(module), rc, &err);
    pn_buf_fini(&out);
    return text;
}

static PyObject *f_canonical(PyObject *module, PyObject *arg) {
    pn_bytes text;
    pn_buf out = { 0 };
    pn_error err = { 0 };
    if (!pnpy_str(arg, false, &text)) return NULL;
    pn_status rc = pn_archive_canonical(text, &out, &err);
    PyObject *canonical = rc == PN_OK ? pnpy_text(pn_buf_bytes(&out)) : pnpy_raise(pnpy_state_of(module), rc, &err);
    pn_buf_fini(&out);
    return canonical;
}

static PyObject *f_explain(PyObject *module, PyObject *arg) {
    pn_bytes text;
    pn_table *t = NULL;
    pn_error err = { 0 };
    if (!pnpy_str(arg, false, &text)) return NULL;
    pn_status rc = pn_archive_explain(NULL, text, NULL, &t, &err);
    return rc == PN_OK ? pnpy_table_steal(pnpy_state_of(module), t) : pnpy_raise(pnpy_state_of(module), rc, &err);
}

static PyObject *f_period(PyObject *module, PyObject *arg) {
    (void)module;
    pn_bytes text;
    int32_t first, last;
    if (!pnpy_str(arg, false, &text)) return NULL;
    if (!pn_query_period(text, &first, &last)) Py_RETURN_NONE;
    return Py_BuildValue("(ii)", (int)first, (int)last);
}

static PyObject *f_live(PyObject *module, PyObject *unused) {
    (void)module; (void)unused;
    return PyLong_FromLongLong(pn_live());
}

static PyObject *f_blocks_decoded(PyObject *module, PyObject *unused) {
    (void)module; (void)unused;
    return PyLong_FromUnsignedLongLong(pn_post_blocks_decoded());
}

static PyObject *hash128(PyObject *module, PyObject *arg) {
    Py_buffer data;
    (void)module;
    if (PyObject_GetBuffer(arg, &data, PyBUF_SIMPLE) < 0) return NULL;
    pn_hash128 h = pn_hash128_of(pn_bytes_of(data.buf, (size_t)data.len));
    PyBuffer_Release(&data);
    return PyBytes_FromStringAndSize((const char *)&h, sizeof h);
}

PyMethodDef pnpy_functions[] = {
    { "hash128", hash128, METH_O, PyDoc_STR("hash128($module, data, /)\n--\n\nXXH3-128 of bytes.") },
    { "repair", pnpy_repair, METH_VARARGS, PyDoc_STR("repair($module, path, dry_run, /)\n--\n\nTable of damage; mends it unless dry_run.") },
    { "pins", pnpy_pins, METH_O, PyDoc_STR("pins($module, path, /)\n--\n\n(generation, since, note) of each snapshot that is pinned.") },
    { "open", pnpy_open, METH_VARARGS, PyDoc_STR("open($module, path, generation, copy, /)\n--\n\nA snapshot; generation 0 is the newest.") },
    { "writer", pnpy_writer_new, METH_VARARGS, PyDoc_STR("writer($module, path, is_new, memory, job=None, /)\n--\n\nA writer that holds the archive's lock.") },
    { "zstd_stream", pnpy_zstd_new, METH_NOARGS, PyDoc_STR("zstd_stream($module, /)\n--\n\nA decompressor.") },
    { "arrow_rows", pnpy_rows_new, METH_O, PyDoc_STR("arrow_rows($module, stream, /)\n--\n\nThe rows of a capsule 'arrow_array_stream', which is used up.") },
    { "parse", f_parse, METH_VARARGS, PyDoc_STR("parse($module, kind, data, options, /)\n--\n\nThe records of one input as dicts.") },
    { "words", f_words, METH_O, PyDoc_STR("words($module, text, /)\n--\n\n[(word, position, first byte, end byte)].") },
    { "sniff", f_sniff, METH_O, PyDoc_STR("sniff($module, head, /)\n--\n\nThe kind of an input by its first bytes.") },
    { "json_is_valid", f_json_is_valid, METH_O, PyDoc_STR("json_is_valid($module, data, /)\n--\n\nWhether the bytes are one strict JSON text.") },
    { "inspect", f_inspect, METH_VARARGS, PyDoc_STR("inspect($module, path, /)\n--\n\nA readable dump of a file of ours, or of an archive.") },
    { "normal_z", pnpy_normal_z, METH_O, PyDoc_STR("normal_z($module, level, /)\n--\n\nThe z for which a normal variable lies in -z … z with this probability.") },
    { "wilson", pnpy_wilson, METH_VARARGS, PyDoc_STR("wilson($module, k, n, z, /)\n--\n\nWilson's band of k of n.") },
    { "table", pnpy_make_table, METH_O, PyDoc_STR("table($module, columns, /)\n--\n\nA table of ((name, kind, [values]), …).") },
    { "canonical", f_canonical, METH_O, PyDoc_STR("canonical($module, query, /)\n--\n\nThe query's canonical text; raises what is wrong with it.") },
    { "explain", f_explain, METH_O, PyDoc_STR("explain($module, query, /)\n--\n\nTable of kind, parts, text: how the query was read.") },
    { "period", f_period, METH_O, PyDoc_STR("period($module, text, /)\n--\n\nFirst and last day (since 1970-01-01) of 2020, 2020-08, 2020-W34 …; None for anything else.") },
    { "graph", pnpy_graph_new, METH_VARARGS, PyDoc_STR("graph($module, n, sources, targets, /)\n--\n\nThe graph of these edges: two buffers of 32-bit node numbers.") },
    { "edges_inside", pnpy_edges_inside, METH_VARARGS,
      PyDoc_STR("edges_inside($module, keep, sources, targets, /)\n--\n\nEdges between kept nodes: rows (int64), sources and targets (uint32, numbered anew), as bytes.") },
    { "bursts", pnpy_bursts, METH_VARARGS, PyDoc_STR("bursts($module, trend, freq, s, gamma, levels, /)\n--\n\nWhen much more was written than usual.") },
    { "changepoints", pnpy_changepoints, METH_VARARGS, PyDoc_STR("changepoints($module, trend, penalty, level, /)\n--\n\nWhere shares moved; penalty None: BIC.") },
    { "anomalies", pnpy_anomalies, METH_VARARGS, PyDoc_STR("anomalies($module, trend, by_weekday, alpha, /)\n--\n\nBuckets unlike the others.") },
    { "entropy", pnpy_entropy, METH_O, PyDoc_STR("entropy($module, trend, /)\n--\n\nHow evenly each bucket is spread over the series.") },
    { "deseason", pnpy_deseason, METH_VARARGS, PyDoc_STR("deseason($module, trend, by, freq, level, /)\n--\n\nShares without their season's factor.") },
    { "lead_lag", pnpy_lead_lag, METH_VARARGS,
      PyDoc_STR("lead_lag($module, trend, a, b, max_lag, detrend, season, freq, seed, level, /)\n--\n\nCorrelations at lags and their band.") },
    { "live", f_live, METH_NOARGS, PyDoc_STR("live($module, /)\n--\n\nAllocations of the core not yet freed.") },
    { "blocks_decoded", f_blocks_decoded, METH_NOARGS, PyDoc_STR("blocks_decoded($module, /)\n--\n\nPostings blocks this thread has decoded so far.") },
    { NULL, NULL, 0, NULL } };
