/* Table: the one result type, as Python sees it.  pynews/_table.py puts the niceties on top. */
#include "base/pn_alloc.h"
#include "python/pnpy_arrow.h"

typedef struct { PyObject_HEAD pn_table *table; } table;
static pn_table *table_of(PyObject *self) { return ((table *)self)->table; }
pn_table *pnpy_table_of(PyObject *self) { return table_of(self); }

bool pnpy_is_table(PyObject *module, PyObject *o) {
    if (Py_TYPE(o) == pnpy_state_of(module)->table) return true;
    PyErr_Format(PyExc_TypeError, "%R is not a table of the core", o);
    return false;
}

PyObject *pnpy_table_steal(pnpy_state *st, pn_table *t) {
    table *self = PyObject_GC_New(table, st->table);
    if (!self) { pn_table_release(t); return NULL; }
    self->table = t;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

static int table_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void table_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_table_release(table_of(self));
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static Py_ssize_t table_length(PyObject *self) { return (Py_ssize_t)pn_table_n_rows(table_of(self)); }

static PyObject *table_column(PyObject *self, PyObject *args) {
    Py_ssize_t i;
    PyObject *type = (PyObject *)pnpy_state_of_type(Py_TYPE(self))->column;
    if (!PyArg_ParseTuple(args, "n|O!", &i, &PyType_Type, &type)) return NULL;
    if (!PyType_IsSubtype((PyTypeObject *)type, pnpy_state_of_type(Py_TYPE(self))->column)) {
        PyErr_SetString(PyExc_TypeError, "a column is of a subclass of Column");
        return NULL;
    }
    if (i < 0 || (size_t)i >= pn_table_n_cols(table_of(self))) {
        PyErr_SetString(PyExc_IndexError, "there is no such column");
        return NULL;
    }
    return pnpy_column_new((PyTypeObject *)type, table_of(self), (size_t)i);
}

static PyObject *table_columns(PyObject *self, void *unused) {
    (void)unused;
    size_t n = pn_table_n_cols(table_of(self));
    PyObject *list = PyList_New((Py_ssize_t)n);
    for (size_t i = 0; list && i < n; i++) {
        PyObject *name = PyUnicode_FromString(pn_table_col(table_of(self), i)->name);
        if (!name) { Py_DECREF(list); return NULL; }
        PyList_SetItem(list, (Py_ssize_t)i, name);
    }
    return list;
}

static PyObject *table_schema(PyObject *self, PyObject *unused) {
    (void)unused;
    return pnpy_arrow_schema(pnpy_state_of_type(Py_TYPE(self)), table_of(self));
}
/* A requested schema is a wish: what we have is what we give, as the interface allows. */
static PyObject *table_stream(PyObject *self, PyObject *args) {
    PyObject *requested = Py_None;
    if (!PyArg_ParseTuple(args, "|O", &requested)) return NULL;
    return pnpy_arrow_stream(pnpy_state_of_type(Py_TYPE(self)), table_of(self));
}

/* --- taking rows, and making small tables of Python values */

static PyObject *finished(pnpy_state *st, pn_status rc, pn_table *t, const pn_error *err) {
    return rc == PN_OK ? pnpy_table_steal(st, t) : pnpy_raise(st, rc, err);
}

static PyObject *table_take(PyObject *self, PyObject *arg) {
    Py_buffer rows;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (PyObject_GetBuffer(arg, &rows, PyBUF_SIMPLE) < 0) return NULL;
    size_t n = (size_t)rows.len / sizeof(int64_t);
    bool fits = rows.len % (Py_ssize_t)sizeof(int64_t) == 0;
    int64_t *copy = fits ? pn_malloc((size_t)rows.len) : NULL;       /* the buffer may begin at any byte */
    if (copy && n) memcpy(copy, rows.buf, n * sizeof *copy);
    PyBuffer_Release(&rows);
    if (!fits) { PyErr_SetString(PyExc_ValueError, "rows come as a buffer of int64"); return NULL; }
    if (!copy) return PyErr_NoMemory();
    pnpy_tick_begin(&tick);
    pn_status rc = pn_table_take(table_of(self), copy, n, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    pn_free(copy);
    return finished(pnpy_state_of_type(Py_TYPE(self)), rc, t, &err);
}

static int64_t *every_row(size_t n) {
    int64_t *rows = pn_calloc(n, sizeof *rows);
    if (!rows) { PyErr_NoMemory(); return NULL; }
    for (size_t i = 0; i < n; i++) rows[i] = (int64_t)i;
    return rows;
}

static pn_status order_by(const pn_table *t, PyObject *columns, bool descending, int64_t *rows, pn_error *err) {
    pnpy_tick tick;
    pn_status rc = PN_OK;
    for (Py_ssize_t i = PyTuple_Size(columns); i-- > 0 && rc == PN_OK;) {
        size_t col = PyLong_AsSize_t(PyTuple_GetItem(columns, i));
        if (PyErr_Occurred()) return PN_EINVAL;
        pnpy_tick_begin(&tick);
        rc = pn_table_order(t, col, descending, rows, &tick.core, err);
        pnpy_tick_end(&tick);
    }
    return rc;
}

/* order(columns, descending): the numbers of the rows as int64 in bytes, ordered by the first column, then by the next. */
static PyObject *table_order(PyObject *self, PyObject *args) {
    PyObject *columns, *out = NULL;
    int descending;
    pn_error err = { 0 };
    if (!PyArg_ParseTuple(args, "O!p", &PyTuple_Type, &columns, &descending)) return NULL;
    size_t n = (size_t)pn_table_n_rows(table_of(self));
    int64_t *rows = every_row(n);
    if (!rows) return NULL;
    pn_status rc = order_by(table_of(self), columns, descending != 0, rows, &err);
    if (rc == PN_OK) out = PyBytes_FromStringAndSize((const char *)rows, (Py_ssize_t)(n * sizeof *rows));
    else if (!PyErr_Occurred()) pnpy_raise(pnpy_state_of_type(Py_TYPE(self)), rc, &err);
    pn_free(rows);
    return out;
}

/* beside(right, by, descending): the columns of both, in the order of a column of the right one. */
static PyObject *table_beside(PyObject *self, PyObject *args) {
    PyObject *right;
    Py_ssize_t by;
    int descending;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!np", Py_TYPE(self), &right, &by, &descending)) return NULL;
    size_t n = (size_t)pn_table_n_rows(table_of(right));
    int64_t *rows = every_row(n);
    if (!rows) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_table_order(table_of(right), (size_t)by, descending != 0, rows, &tick.core, &err);
    if (rc == PN_OK) rc = pn_table_beside(table_of(self), table_of(right), rows, n, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    pn_free(rows);
    return finished(pnpy_state_of_type(Py_TYPE(self)), rc, t, &err);
}

static bool put_value(pn_table *t, size_t col, pn_col_kind kind, PyObject *v) {
    pn_bytes s;
    if (v == Py_None) { pn_table_put_null(t, col); return true; }
    switch (kind) {
    case PN_COL_F64: pn_table_put_f64(t, col, PyFloat_AsDouble(v)); break;
    case PN_COL_BOOL: pn_table_put_bool(t, col, PyObject_IsTrue(v) == 1); break;
    case PN_COL_STR: case PN_COL_DICT:
        if (!pnpy_str(v, false, &s)) return false;
        pn_table_put_str(t, col, s);
        break;
    default: pn_table_put_i64(t, col, PyLong_AsLongLong(v)); break;
    }
    return !PyErr_Occurred();
}

/* "int64", …; "timestamp", or "timestamp:Europe/Berlin": then *zone begins at the colon. */
static bool kind_from(const char *name, pn_col_kind *out, const char **zone) {
    static const char *const names[] = { [PN_COL_I32] = "int32", [PN_COL_I64] = "int64", [PN_COL_F64] = "float64", [PN_COL_DATE] = "date32",
                                         [PN_COL_BOOL] = "bool", [PN_COL_STR] = "string", [PN_COL_DICT] = "dictionary", [PN_COL_TIME] = "timestamp" };
    for (size_t k = 0; k < PN_COUNT(names); k++) {
        *out = (pn_col_kind)k;
        if (strcmp(name, names[k]) == 0) return true;
    }
    *zone = strchr(name, ':');
    if (*zone && strncmp(name, "timestamp:", sizeof "timestamp:" - 1) == 0) { *out = PN_COL_TIME; return true; }
    PyErr_Format(PyExc_ValueError, "there is no column kind '%s'", name);
    return false;
}

static bool put_column(pn_table *t, PyObject *column) {
    const char *name, *kind_name, *zone = NULL;
    PyObject *values;
    pn_col_kind kind;
    if (!PyArg_ParseTuple(column, "ssO!", &name, &kind_name, &PyList_Type, &values) || !kind_from(kind_name, &kind, &zone)) return false;
    size_t col = zone ? pn_table_add_time(t, name, zone + 1) : pn_table_add(t, name, kind);
    for (Py_ssize_t i = 0; i < PyList_Size(values); i++)
        if (!put_value(t, col, kind, PyList_GetItem(values, i))) return false;
    return true;
}

PyObject *pnpy_make_table(PyObject *module, PyObject *columns) {
    pn_table *t = NULL;
    pn_error err = { 0 };
    if (!PyTuple_Check(columns)) { PyErr_SetString(PyExc_TypeError, "columns come as a tuple"); return NULL; }
    if (pn_table_new(&t, &err) != PN_OK) return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < PyTuple_Size(columns); i++)
        if (!put_column(t, PyTuple_GetItem(columns, i))) { pn_table_release(t); return NULL; }
    pn_status rc = pn_table_finish(t, &err);
    if (rc != PN_OK) pn_table_release(t);
    return finished(pnpy_state_of(module), rc, t, &err);
}

static PyMethodDef methods[] = {
    { "take", table_take, METH_O, PyDoc_STR("take($self, rows, /)\n--\n\nA table of these rows (a buffer of int64), in this order.") },
    { "order", table_order, METH_VARARGS, PyDoc_STR("order($self, columns, descending, /)\n--\n\nThe numbers of the rows as int64 in bytes, ordered by the first column, then by the next.") },
    { "beside", table_beside, METH_VARARGS, PyDoc_STR("beside($self, right, by, descending, /)\n--\n\nThe columns of both tables, rows in the order of a column of the right one.") },
    { "column", table_column, METH_VARARGS, PyDoc_STR("column($self, i, type=Column, /)\n--\n\nThe i-th column, as an object of the type.") },
    { "__arrow_c_schema__", table_schema, METH_NOARGS, PyDoc_STR("__arrow_c_schema__($self, /)\n--\n\nArrow schema capsule.") },
    { "__arrow_c_stream__", table_stream, METH_VARARGS, PyDoc_STR("__arrow_c_stream__($self, requested_schema=None, /)\n--\n\nArrow stream capsule, a new one at each call, without a copy.") },
    { NULL, NULL, 0, NULL } };
static PyGetSetDef getset[] = { { "columns", table_columns, NULL, PyDoc_STR("Names of the columns."), NULL }, { NULL, NULL, NULL, NULL, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, table_dealloc }, { Py_tp_traverse, table_traverse }, { Py_tp_methods, methods }, { Py_tp_getset, getset },
                               { Py_sq_length, table_length }, { Py_tp_doc, (void *)(uintptr_t)"Named, typed, immutable columns." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.Table", sizeof(table), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_table_ready(PyObject *module, pnpy_state *st) { return (st->table = pnpy_add_type(module, &spec)) != NULL; }
