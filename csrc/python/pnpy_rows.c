/* ArrowRows: a table of another library, as JSON lines for the writer. */
#include "interop/pn_arrow_in.h"
#include "python/pnpy.h"
#include "python/pnpy_arrow.h"
#include <stdatomic.h>

typedef struct { PyObject_HEAD pn_arrow_rows *rows; atomic_bool busy; } rows;
static rows *me_of(PyObject *self) { return (rows *)self; }

static int rows_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void rows_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_arrow_rows_close(me_of(self)->rows);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

PyObject *pnpy_rows_new(PyObject *module, PyObject *capsule) {
    pnpy_state *st = pnpy_state_of(module);
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    if (!stream) return NULL;
    if (!stream->release) { PyErr_SetString(PyExc_ValueError, "the stream was used up"); return NULL; }
    pn_error err = { 0 };
    pn_arrow_rows *made = NULL;
    pn_status rc = pn_arrow_rows_open(stream, &made, &err);
    if (rc != PN_OK) return pnpy_raise(st, rc, &err);
    rows *self = PyObject_GC_New(rows, st->rows);
    if (!self) { pn_arrow_rows_close(made); return NULL; }
    self->rows = made;
    atomic_init(&self->busy, false);
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

static PyObject *rows_next(PyObject *self, PyObject *args) {
    Py_ssize_t enough;
    if (!PyArg_ParseTuple(args, "n", &enough)) return NULL;
    if (atomic_exchange(&me_of(self)->busy, true)) { PyErr_SetString(PyExc_RuntimeError, "the rows are being read by another thread"); return NULL; }
    pn_buf out = { 0 };
    size_t n = 0;
    uint64_t repaired = 0;
    pn_error err = { 0 };
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_arrow_rows_next(me_of(self)->rows, enough < 1 ? 1 : (size_t)enough, &out, &n, &repaired, &tick.core, &err);
    pnpy_tick_end(&tick);
    atomic_store(&me_of(self)->busy, false);
    PyObject *result = rc == PN_OK ? Py_BuildValue("y#nK", out.ptr ? (const char *)out.ptr : "", (Py_ssize_t)out.len, (Py_ssize_t)n, (unsigned long long)repaired)
                                   : pnpy_raise(pnpy_state_of_type(Py_TYPE(self)), rc, &err);
    pn_buf_fini(&out);
    return result;
}

static PyObject *rows_columns(PyObject *self, PyObject *none) {
    (void)none;
    size_t n = pn_arrow_rows_width(me_of(self)->rows);
    PyObject *names = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; names && i < n; i++) {
        const char *name = pn_arrow_rows_column(me_of(self)->rows, i);
        PyObject *text = PyUnicode_DecodeUTF8(name, (Py_ssize_t)strlen(name), "replace");
        if (!text || PyList_SetItem(names, (Py_ssize_t)i, text)) Py_CLEAR(names);
    }
    return names;
}

static PyMethodDef methods[] = {
    { "columns", rows_columns, METH_NOARGS, PyDoc_STR("columns($self, /)\n--\n\nNames of the columns.") },
    { "next", rows_next, METH_VARARGS, PyDoc_STR("next($self, enough, /)\n--\n\n(JSON lines, number of rows, texts read as windows-1252 in part).") },
    { NULL, NULL, 0, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, rows_dealloc }, { Py_tp_traverse, rows_traverse }, { Py_tp_methods, methods },
                               { Py_tp_doc, (void *)(uintptr_t)"Rows of an Arrow stream." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.ArrowRows", sizeof(rows), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_rows_ready(PyObject *module, pnpy_state *st) { return (st->rows = pnpy_add_type(module, &spec)) != NULL; }
