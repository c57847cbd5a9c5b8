/* Column: one column of a table, as a buffer and as an Arrow array.  pynews.Column is its one subclass. */
#include "python/pnpy.h"
#include "interop/pn_arrow_out.h"
#include "python/pnpy_arrow.h"

typedef struct {
    PyObject_HEAD
    pn_table *table;                       /* held */
    size_t col;
    Py_ssize_t shape, stride;
} column;

static column *column_of(PyObject *self) { return (column *)self; }
static const pn_col *col_of(PyObject *self) { return pn_table_col(column_of(self)->table, column_of(self)->col); }

PyObject *pnpy_column_new(PyTypeObject *type, pn_table *t, size_t col) {
    allocfunc alloc = PyType_GetSlot(type, Py_tp_alloc);
    column *c = (column *)alloc(type, 0);
    if (!c) return NULL;
    c->table = pn_table_retain(t);
    c->col = col;
    c->shape = (Py_ssize_t)pn_table_n_rows(t);
    return (PyObject *)c;
}

static int column_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void column_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_table_release(column_of(self)->table);
    freefunc release = PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static Py_ssize_t column_length(PyObject *self) { return column_of(self)->shape; }

static const struct { const char *name, *format; Py_ssize_t size; } kinds[] = {
    [PN_COL_I32] = { "int32", "i", 4 }, [PN_COL_I64] = { "int64", "q", 8 }, [PN_COL_F64] = { "float64", "d", 8 },
    [PN_COL_DATE] = { "date32", "i", 4 }, [PN_COL_BOOL] = { "bool", NULL, 0 }, [PN_COL_STR] = { "string", NULL, 0 },
    [PN_COL_DICT] = { "dictionary", "i", 4 }, [PN_COL_TIME] = { "timestamp", "q", 8 } };

/* Numbers, day numbers and dictionary codes have memory that Python may look at; nulls in them read as 0 (see valid()). */
static int column_getbuffer(PyObject *self, Py_buffer *view, int flags) {
    const pn_col *c = col_of(self);
    column *me = column_of(self);
    static const uint64_t nothing = 0;
    if (!kinds[c->kind].format || (flags & PyBUF_WRITABLE)) {
        PyErr_Format(PyExc_BufferError, "a %s column has no %sbuffer", kinds[c->kind].name, flags & PyBUF_WRITABLE ? "writable " : "");
        view->obj = NULL;
        return -1;
    }
    me->stride = kinds[c->kind].size;
    *view = (Py_buffer){ .buf = c->data.ptr ? c->data.ptr : (void *)(uintptr_t)&nothing, .obj = Py_NewRef(self), .len = me->shape * me->stride,
                         .itemsize = me->stride, .readonly = 1, .ndim = 1 };
    if (flags & PyBUF_FORMAT) view->format = (char *)(uintptr_t)kinds[c->kind].format;
    if (flags & PyBUF_ND) view->shape = &me->shape;
    if ((flags & PyBUF_STRIDES) == PyBUF_STRIDES) view->strides = &me->stride;
    return 0;
}

static PyObject *cell(const pn_col *c, int64_t row) {
    if (pn_col_is_null(c, row)) Py_RETURN_NONE;
    switch (c->kind) {
    case PN_COL_F64:  return PyFloat_FromDouble(pn_col_f64(c, row));
    case PN_COL_BOOL: return PyBool_FromLong(pn_col_i64(c, row) != 0);
    case PN_COL_STR: case PN_COL_DICT: return pnpy_text(pn_col_str(c, row));
    default:          return PyLong_FromLongLong(pn_col_i64(c, row));
    }
}

static PyObject *column_values(PyObject *self, PyObject *unused) {
    (void)unused;
    const pn_col *c = col_of(self);
    Py_ssize_t n = column_of(self)->shape;
    PyObject *list = PyList_New(n);
    for (Py_ssize_t i = 0; list && i < n; i++) {
        PyObject *v = cell(c, i);
        if (!v) { Py_DECREF(list); return NULL; }
        PyList_SetItem(list, i, v);
    }
    return list;
}

static PyObject *column_valid(PyObject *self, PyObject *unused) {
    (void)unused;
    const pn_col *c = col_of(self);
    Py_ssize_t n = column_of(self)->shape;
    if (c->n_null == 0) Py_RETURN_NONE;
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, n);
    if (!bytes) return NULL;
    char *p = PyBytes_AsString(bytes);
    for (Py_ssize_t i = 0; i < n; i++) p[i] = !pn_col_is_null(c, i);
    return bytes;
}

/* The defining class, not the object's own, knows the module: pynews.Column is a subclass.  A requested schema is a wish. */
static PyObject *column_arrow(PyObject *self, PyTypeObject *defining, PyObject *const *args, Py_ssize_t n, PyObject *names) {
    (void)args;
    if (n + (names ? PyTuple_Size(names) : 0) > 1) {
        PyErr_SetString(PyExc_TypeError, "__arrow_c_array__ takes at most one argument");
        return NULL;
    }
    return pnpy_arrow_column(pnpy_state_of_type(defining), column_of(self)->table, column_of(self)->col);
}

static PyObject *column_name(PyObject *self, void *unused) { (void)unused; return PyUnicode_FromString(col_of(self)->name); }
static PyObject *column_kind(PyObject *self, void *unused) { (void)unused; return PyUnicode_FromString(kinds[col_of(self)->kind].name); }

static PyObject *column_zone(PyObject *self, void *unused) {
    (void)unused;
    if (!col_of(self)->zone) Py_RETURN_NONE;
    return PyUnicode_FromString(col_of(self)->zone);
}

static PyMethodDef methods[] = {
    { "values", column_values, METH_NOARGS, PyDoc_STR("values($self, /)\n--\n\nThe cells as a list: int (dates as day numbers, times as seconds), float, bool, str or None.") },
    { "valid", column_valid, METH_NOARGS, PyDoc_STR("valid($self, /)\n--\n\nOne byte a row, 1 where there is a value; None when no row is null.") },
    { "__arrow_c_array__", (PyCFunction)(void (*)(void))column_arrow, METH_METHOD | METH_FASTCALL | METH_KEYWORDS,
      PyDoc_STR("__arrow_c_array__($self, requested_schema=None)\n--\n\nArrow schema and array capsules, without a copy.") },
    { NULL, NULL, 0, NULL } };
static PyGetSetDef getset[] = { { "name", column_name, NULL, PyDoc_STR("Name of the column."), NULL },
                                { "kind", column_kind, NULL, PyDoc_STR("int32, int64, float64, date32, bool, string, dictionary or timestamp."), NULL },
                                { "zone", column_zone, NULL, PyDoc_STR("Name of the zone of a timestamp, or None."), NULL },
                                { NULL, NULL, NULL, NULL, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, column_dealloc }, { Py_tp_traverse, column_traverse }, { Py_tp_methods, methods }, { Py_tp_getset, getset },
                               { Py_sq_length, column_length }, { Py_bf_getbuffer, column_getbuffer },
                               { Py_tp_doc, (void *)(uintptr_t)"One column of a table: immutable, shared with it." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.Column", sizeof(column), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_column_ready(PyObject *module, pnpy_state *st) { return (st->column = pnpy_add_type(module, &spec)) != NULL; }
