/* Selection, continued: ranking, sampling, reading. */
#include "archive/pn_export.h"
#include "archive/pn_reading.h"
#include "archive/pn_save.h"
#include "python/pnpy_snapshot.h"

static pnpy_state *state_of(PyObject *self) { return pnpy_state_of_type(Py_TYPE(self)); }

static PyObject *made_selection(PyObject *self, pn_status rc, pn_select *made, const pn_error *err) {
    return rc == PN_OK ? pnpy_selection_steal(state_of(self), made) : pnpy_raise(state_of(self), rc, err);
}

PyObject *pnpy_selection_top(PyObject *self, PyObject *args) {
    PyObject *text;
    unsigned long long k;
    pn_bytes query;
    pn_select *made = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "UK", &text, &k) || !pnpy_str(text, false, &query)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_top(pnpy_select_of(self), query, k, &tick.core, &made, &err);
    pnpy_tick_end(&tick);
    return made_selection(self, rc, made, &err);
}

PyObject *pnpy_selection_top_dated(PyObject *self, PyObject *args) {
    int newest;
    unsigned long long k;
    pn_select *made = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "pK", &newest, &k)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_top_dated(pnpy_select_of(self), newest != 0, k, &tick.core, &made, &err);
    pnpy_tick_end(&tick);
    return made_selection(self, rc, made, &err);
}

PyObject *pnpy_selection_like(PyObject *self, PyObject *args) {
    PyObject *text;
    unsigned long long k;
    pn_bytes id;
    pn_select *made = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "UK", &text, &k) || !pnpy_str(text, false, &id)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_like(pn_select_snap(pnpy_select_of(self)), id, k, &tick.core, &made, &err);
    pnpy_tick_end(&tick);
    return made_selection(self, rc, made, &err);
}

PyObject *pnpy_selection_top_linked(PyObject *self, PyObject *arg) {
    pn_select *made = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    unsigned long long k = PyLong_AsUnsignedLongLong(arg);
    if (PyErr_Occurred()) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_top_linked(pnpy_select_of(self), k, &tick.core, &made, &err);
    pnpy_tick_end(&tick);
    return made_selection(self, rc, made, &err);
}

PyObject *pnpy_selection_sample(PyObject *self, PyObject *args) {
    unsigned long long n, seed;
    int freq;
    pn_select *made = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "KKi", &n, &seed, &freq)) return NULL;
    if (freq < -1 || freq > PN_FREQ_YEAR) { PyErr_SetString(PyExc_ValueError, "freq is -1 or a frequency"); return NULL; }
    pn_sample_opts opts = { .stratified = freq >= 0, .freq = freq >= 0 ? (pn_freq)freq : PN_FREQ_DAY };
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_sample(pnpy_select_of(self), n, seed, opts, &tick.core, &made, &err);
    pnpy_tick_end(&tick);
    return made_selection(self, rc, made, &err);
}

PyObject *pnpy_selection_has_scores(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(pn_select_scores(pnpy_select_of(self)) != NULL);
}

PyObject *pnpy_selection_is_ranked(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(pn_select_is_ranked(pnpy_select_of(self)));
}

/* --- Selection's snapshot: its words */

PyObject *pnpy_selection_words(PyObject *self, PyObject *args) {
    PyObject *text;
    Py_ssize_t top;
    pn_bytes prefix;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "Un", &text, &top) || !pnpy_str(text, false, &prefix)) return NULL;
    if (top < 0) { PyErr_SetString(PyExc_ValueError, "top is 0 or more"); return NULL; }
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_words(pnpy_select_of(self), prefix, (size_t)top, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_table_steal(state_of(self), t) : pnpy_raise(state_of(self), rc, &err);
}

PyObject *pnpy_selection_n_words(PyObject *self, PyObject *unused) {
    uint64_t n = 0;
    pn_error err = { 0 };
    pnpy_tick tick;
    (void)unused;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_n_words(pnpy_select_of(self), &tick.core, &n, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? PyLong_FromUnsignedLongLong(n) : pnpy_raise(state_of(self), rc, &err);
}

PyObject *pnpy_selection_save(PyObject *self, PyObject *args) {
    const char *dir;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "y", &dir)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_save(pnpy_select_of(self), pn_io_posix(), dir, &tick.core, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? Py_NewRef(Py_None) : pnpy_raise(state_of(self), rc, &err);
}

/* --- JSON lines */

PyObject *pnpy_selection_jsonl(PyObject *self, PyObject *args) {
    const char *path;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "y", &path)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_export_jsonl(pnpy_select_of(self), pn_io_posix(), path, &tick.core, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? Py_NewRef(Py_None) : pnpy_raise(state_of(self), rc, &err);
}

PyObject *pnpy_selection_lines(PyObject *self, PyObject *args) {
    unsigned long long from, n, count = pn_select_count(pnpy_select_of(self));
    pn_buf out = { 0 };
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "KK", &from, &n)) return NULL;
    if (from > count || n > count - from) { PyErr_SetString(PyExc_IndexError, "no such places"); return NULL; }
    pnpy_tick_begin(&tick);
    pn_status rc = pn_export_lines(pnpy_select_of(self), from, n, &tick.core, &out, &err);
    pnpy_tick_end(&tick);
    PyObject *lines = rc == PN_OK ? PyBytes_FromStringAndSize((const char *)out.ptr, (Py_ssize_t)out.len) : pnpy_raise(state_of(self), rc, &err);
    pn_buf_fini(&out);
    return lines;
}

/* --- tables of articles */

static bool list_column(PyObject *name, pn_list_column *out) {
    pn_bytes s;
    if (!pnpy_str(name, false, &s)) return false;
    for (int c = 0; c < PN_N_LIST; c++) {
        *out = (pn_list_column)c;
        if (pn_bytes_equal(s, pn_bytes_cstr(pn_list_name(*out)))) return true;
    }
    PyErr_Format(PyExc_ValueError, "articles have no column %R", name);
    return false;
}

PyObject *pnpy_selection_table(PyObject *self, PyObject *args) {
    pn_list_column columns[PN_N_LIST];
    PyObject *names;
    unsigned long long most;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!K", &PyTuple_Type, &names, &most)) return NULL;
    if (PyTuple_Size(names) > PN_N_LIST) { PyErr_Format(PyExc_ValueError, "columns are a tuple of at most %d names", PN_N_LIST); return NULL; }
    size_t n = (size_t)PyTuple_Size(names);
    for (size_t i = 0; i < n; i++)
        if (!list_column(PyTuple_GetItem(names, (Py_ssize_t)i), &columns[i])) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_listing(pnpy_select_of(self), columns, n, most, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_table_steal(state_of(self), t) : pnpy_raise(state_of(self), rc, &err);
}
