/* An article of the core to a dict of plain Python values; pynews/_article.py gives it its face. */
#include "python/pnpy.h"

/* Takes over `value`; false with an exception set. */
static bool put(PyObject *dict, const char *key, PyObject *value) {
    if (!value) return false;
    int rc = PyDict_SetItemString(dict, key, value);
    Py_DECREF(value);
    return rc == 0;
}
static bool put_text(PyObject *dict, const char *key, pn_bytes s) { return put(dict, key, pnpy_text(s)); }

/* (year, month, day, second|-1, offset|None, precision, flags), or None for no date. */
static PyObject *when_of(const pn_when *w) {
    if (w->precision == PN_PREC_NONE) Py_RETURN_NONE;
    pn_civil c = pn_civil_of(w->day);
    PyObject *offset = w->offset == PN_OFFSET_NONE ? Py_NewRef(Py_None) : PyLong_FromLong(w->offset);
    return offset ? Py_BuildValue("(iiiiNii)", (int)c.year, (int)c.month, (int)c.day, (int)w->second, offset, (int)w->precision, (int)w->flags) : NULL;
}

static PyObject *texts_of(const pn_bytes *s, size_t n) {
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);
    for (size_t i = 0; tuple && i < n; i++) {
        PyObject *t = pnpy_text(s[i]);
        if (!t) { Py_DECREF(tuple); return NULL; }
        PyTuple_SetItem(tuple, (Py_ssize_t)i, t);
    }
    return tuple;
}

static PyObject *related_entry(const pn_related *r) {
    return Py_BuildValue("(NNNNNN)", pnpy_text(r->title), pnpy_text(r->teaser), PyBool_FromLong(r->truncated), pnpy_text(r->category),
                         pnpy_text(r->url), when_of(&r->date));
}
static PyObject *related_of(const pn_doc *doc) {
    PyObject *tuple = PyTuple_New((Py_ssize_t)doc->n_related);
    for (size_t i = 0; tuple && i < doc->n_related; i++) {
        PyObject *entry = related_entry(&doc->related[i]);
        if (!entry) { Py_DECREF(tuple); return NULL; }
        PyTuple_SetItem(tuple, (Py_ssize_t)i, entry);
    }
    return tuple;
}

static PyObject *diags_of(const pn_doc *doc) {
    PyObject *tuple = PyTuple_New((Py_ssize_t)doc->n_diags);
    for (size_t i = 0; tuple && i < doc->n_diags; i++) {
        const pn_diag *d = &doc->diags[i];
        PyObject *entry = Py_BuildValue("(ssIKN)", d->code, pn_severity_name(d->severity), d->line, (unsigned long long)d->offset, pnpy_text(d->excerpt));
        if (!entry) { Py_DECREF(tuple); return NULL; }
        PyTuple_SetItem(tuple, (Py_ssize_t)i, entry);
    }
    return tuple;
}

/* (first line, lines, role) of each run. */
static PyObject *roles_of(const pn_doc *doc) {
    PyObject *tuple = PyTuple_New((Py_ssize_t)doc->n_roles);
    for (size_t i = 0; tuple && i < doc->n_roles; i++) {
        PyObject *run = Py_BuildValue("(IIi)", doc->roles[i].first, doc->roles[i].n, (int)doc->roles[i].role);
        if (!run) { Py_DECREF(tuple); return NULL; }
        PyTuple_SetItem(tuple, (Py_ssize_t)i, run);
    }
    return tuple;
}

static bool put_texts(PyObject *d, const pn_doc *doc, const pn_doc_extra *extra) {
    return put_text(d, "id", extra->key) && put_text(d, "id_source", extra->id_source) && put_text(d, "input", extra->input) &&
           put_text(d, "title", doc->title) && put_text(d, "body", doc->body) && put_text(d, "teaser", doc->teaser) &&
           put_text(d, "date_raw", doc->date_raw) && put_text(d, "section", doc->section) && put_text(d, "source", doc->source) &&
           put_text(d, "url", doc->url) && put_text(d, "language", doc->language) && put_text(d, "extra", doc->extra);
}

static bool put_rest(PyObject *d, const pn_doc *doc) {
    return put(d, "date", when_of(&doc->date)) && put(d, "modified", when_of(&doc->modified)) && put(d, "authors", texts_of(doc->authors, doc->n_authors)) &&
           put(d, "tags", texts_of(doc->tags, doc->n_tags)) && put(d, "tags_present", PyBool_FromLong(doc->tags_present)) &&
           put(d, "related", related_of(doc)) && put(d, "related_present", PyBool_FromLong(doc->related_present)) && put(d, "diagnostics", diags_of(doc)) &&
           put(d, "roles", roles_of(doc)) && put(d, "offset", PyLong_FromUnsignedLongLong(doc->offset)) &&
           put(d, "length", PyLong_FromUnsignedLongLong(doc->length)) && put(d, "skipped", PyBool_FromLong(doc->skipped));
}

PyObject *pnpy_article(const pn_doc *doc, const pn_doc_extra *extra) {
    PyObject *d = PyDict_New();
    if (d && put_texts(d, doc, extra) && put_rest(d, doc)) return d;
    Py_XDECREF(d);
    return NULL;
}
