/* Kwic: the hits of a query in a selection, found and sorted; its rows become tables on demand. */
#include "archive/pn_reading.h"
#include "python/pnpy_snapshot.h"

typedef struct { PyObject_HEAD pn_kwic *kwic; } kwic;
static pn_kwic *kwic_of(PyObject *self) { return ((kwic *)self)->kwic; }
static pnpy_state *state_of(PyObject *self) { return pnpy_state_of_type(Py_TYPE(self)); }

static PyObject *kwic_steal(pnpy_state *st, pn_kwic *k) {
    kwic *self = PyObject_GC_New(kwic, st->kwic);
    if (!self) { pn_kwic_release(k); return NULL; }
    self->kwic = k;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

static int kwic_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void kwic_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_kwic_release(kwic_of(self));
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

/* A tuple of small numbers. */
static bool order_from(PyObject *keys, bool newest_first, pn_kwic_order *out) {
    *out = (pn_kwic_order){ .newest_first = newest_first };
    if (PyTuple_Size(keys) > PN_KWIC_KEYS) { PyErr_Format(PyExc_ValueError, "at most %d keys of sorting", PN_KWIC_KEYS); return false; }
    for (; out->n_keys < (size_t)PyTuple_Size(keys); out->n_keys++) {
        long key = PyLong_AsLong(PyTuple_GetItem(keys, (Py_ssize_t)out->n_keys));
        if (PyErr_Occurred()) return false;
        if (key < -PN_KWIC_REACH || key > PN_KWIC_REACH) { PyErr_Format(PyExc_ValueError, "a word to sort by stands at most %d away", PN_KWIC_REACH); return false; }
        out->keys[out->n_keys] = (int32_t)key;
    }
    return true;
}

PyObject *pnpy_selection_kwic(PyObject *self, PyObject *args) {
    PyObject *text, *keys;
    int newest_first;
    pn_bytes query;
    pn_kwic_order order;
    pn_kwic *made = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "UO!p", &text, &PyTuple_Type, &keys, &newest_first) || !pnpy_str(text, false, &query)) return NULL;
    if (!order_from(keys, newest_first != 0, &order)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_kwic(pnpy_select_of(self), query, &order, &tick.core, &made, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? kwic_steal(state_of(self), made) : pnpy_raise(state_of(self), rc, &err);
}

static PyObject *kwic_table(PyObject *self, PyObject *args) {
    unsigned long long from;
    Py_ssize_t n;
    int unit;
    unsigned width;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "KniI", &from, &n, &unit, &width)) return NULL;
    if (n < 0 || unit < PN_KWIC_WORDS || unit > PN_KWIC_SENTENCE) { PyErr_SetString(PyExc_ValueError, "rows are 0 or more, units 0, 1 and 2"); return NULL; }
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_kwic_table(kwic_of(self), from, (size_t)n, (pn_kwic_unit)unit, width, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_table_steal(state_of(self), t) : pnpy_raise(state_of(self), rc, &err);
}

static Py_ssize_t kwic_length(PyObject *self) { return (Py_ssize_t)pn_kwic_count(kwic_of(self)); }
static PyObject *kwic_articles(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLongLong(pn_kwic_articles(kwic_of(self)));
}

/* --- marks */

static PyObject *marks_list(const pn_buf *marks) {
    const pn_mark *at = (const pn_mark *)(const void *)marks->ptr;
    size_t n = marks->len / sizeof *at;
    PyObject *list = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; list && i < n; i++) {
        PyObject *mark = Py_BuildValue("(NII)", PyBool_FromLong(at[i].in_body), (unsigned)at[i].start, (unsigned)at[i].end);
        if (!mark) { Py_DECREF(list); return NULL; }
        PyList_SetItem(list, (Py_ssize_t)i, mark);
    }
    return list;
}

PyObject *pnpy_selection_marks(PyObject *self, PyObject *args) {
    PyObject *id_text, *query_text;
    pn_bytes id, query;
    pn_buf marks = { 0 };
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "UU", &id_text, &query_text) || !pnpy_str(id_text, false, &id) || !pnpy_str(query_text, false, &query)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_marks(pn_select_snap(pnpy_select_of(self)), id, query, &tick.core, &marks, &err);
    pnpy_tick_end(&tick);
    PyObject *list = rc == PN_OK ? marks_list(&marks) : pnpy_raise(state_of(self), rc, &err);
    pn_buf_fini(&marks);
    return list;
}

static PyMethodDef methods[] = {
    { "table", kwic_table, METH_VARARGS, PyDoc_STR("table($self, start, n, unit, width, /)\n--\n\nRows of the concordance as a table.") },
    { NULL, NULL, 0, NULL } };
static PyGetSetDef getset[] = { { "articles", kwic_articles, NULL, PyDoc_STR("Number of articles with a hit."), NULL }, { NULL, NULL, NULL, NULL, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, kwic_dealloc }, { Py_tp_traverse, kwic_traverse }, { Py_tp_methods, methods }, { Py_tp_getset, getset },
                               { Py_sq_length, kwic_length }, { Py_tp_doc, (void *)(uintptr_t)"A concordance: hits, found and sorted." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.Kwic", sizeof(kwic), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_kwic_ready(PyObject *module, pnpy_state *st) { return (st->kwic = pnpy_add_type(module, &spec)) != NULL; }
