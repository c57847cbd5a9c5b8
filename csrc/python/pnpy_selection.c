/* Selection: some of the articles of a snapshot, in chronological order. */
#include "base/pn_alloc.h"
#include "python/pnpy.h"
#include "python/pnpy_snapshot.h"

typedef struct { PyObject_HEAD pn_select *select; } selection;
static pn_select *select_of(PyObject *self) { return ((selection *)self)->select; }
static pnpy_state *state_of(PyObject *self) { return pnpy_state_of_type(Py_TYPE(self)); }

PyObject *pnpy_selection_steal(pnpy_state *st, pn_select *s) {
    selection *self = PyObject_GC_New(selection, st->selection);
    if (!self) { pn_select_release(s); return NULL; }
    self->select = s;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

pn_select *pnpy_selection_get(pnpy_state *st, PyObject *o) {
    if (PyObject_TypeCheck(o, st->selection)) return select_of(o);
    PyErr_SetString(PyExc_TypeError, "a selection is needed");
    return NULL;
}

static int selection_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void selection_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_select_release(select_of(self));
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static PyObject *selection_count(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLongLong(pn_select_count(select_of(self)));
}

static PyObject *selection_snapshot(PyObject *self, void *unused) {
    (void)unused;
    return pnpy_snapshot_steal(state_of(self), pn_snap_retain(pn_select_snap(select_of(self))));
}

static PyObject *selection_search(PyObject *self, PyObject *arg) {
    pn_bytes query;
    pn_select *found = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!pnpy_str(arg, false, &query)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_search(select_of(self), query, &tick.core, &found, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_selection_steal(state_of(self), found) : pnpy_raise(state_of(self), rc, &err);
}

static PyObject *selection_article(PyObject *self, PyObject *arg) {
    pn_ref ref;
    pn_error err = { 0 };
    unsigned long long place = PyLong_AsUnsignedLongLong(arg);
    if (PyErr_Occurred()) return NULL;
    pn_status rc = pn_select_refs(select_of(self), place, 1, &ref, &err);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    return pnpy_stored_article(state_of(self), pn_select_snap(select_of(self)), ref);
}

/* --- walks: neighbours share the block of text they were packed in, so it is unpacked once for all of them */

typedef struct { pn_snap *snap; pn_doc_cache *caches; pn_arena arena; pnpy_state *st; } walk;

static PyObject *next_article(walk *w, pn_ref ref) {
    pn_doc doc;
    pn_doc_extra extra;
    pn_error err = { 0 };
    pn_arena_reset(&w->arena);
    pn_status rc = pn_snap_settle(w->snap, pn_snap_doc_cached(w->snap, w->caches, ref, &w->arena, &doc, &extra, &err), &err);
    return rc == PN_OK ? pnpy_article(&doc, &extra) : pnpy_raise(w->st, rc, &err);
}

static PyObject *walk_list(walk *w, const pn_ref *refs, Py_ssize_t n) {
    PyObject *list = PyList_New(n);
    for (Py_ssize_t i = 0; list && i < n; i++) {
        PyObject *article = next_article(w, refs[i]);
        if (!article) { Py_DECREF(list); return NULL; }
        PyList_SetItem(list, i, article);
    }
    return list;
}

static PyObject *walk_refs(PyObject *self, const pn_ref *refs, Py_ssize_t n) {
    walk w = { .snap = pn_select_snap(select_of(self)), .st = state_of(self) };
    size_t n_parts = pn_snap_n_parts(w.snap);
    w.caches = pn_calloc(n_parts, sizeof *w.caches);
    PyObject *list = w.caches ? walk_list(&w, refs, n) : PyErr_NoMemory();
    for (size_t i = 0; w.caches && i < n_parts; i++) pn_doc_cache_fini(&w.caches[i]);
    pn_free(w.caches);
    pn_arena_fini(&w.arena);
    return list;
}

static PyObject *selection_articles(PyObject *self, PyObject *args) {
    unsigned long long from;
    Py_ssize_t n;
    pn_error err = { 0 };
    if (!PyArg_ParseTuple(args, "Kn", &from, &n)) return NULL;
    if (n < 0 || n > 100000) { PyErr_SetString(PyExc_ValueError, "a run is 0 to 100,000 articles"); return NULL; }
    pn_ref *refs = pn_calloc((size_t)n, sizeof *refs);
    if (!refs) return PyErr_NoMemory();
    pn_status rc = pn_select_refs(select_of(self), from, (size_t)n, refs, &err);
    PyObject *list = rc == PN_OK ? walk_refs(self, refs, n) : pnpy_raise(state_of(self), rc, &err);
    pn_free(refs);
    return list;
}

static PyObject *selection_has(PyObject *self, PyObject *arg) {
    pn_bytes name;
    pn_ref ref;
    bool found = false;
    pn_error err = { 0 };
    if (!pnpy_str(arg, false, &name)) return NULL;
    pn_status rc = pn_archive_find(pn_select_snap(select_of(self)), name, &ref, &found, &err);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    return PyBool_FromLong(found && pn_select_has(select_of(self), ref));
}

static PyObject *selection_names(PyObject *self, PyObject *arg) {
    pn_field field;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!pnpy_field_from(arg, &field)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_names(select_of(self), field, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_table_steal(state_of(self), t) : pnpy_raise(state_of(self), rc, &err);
}

static PyObject *selection_combine(PyObject *self, PyObject *args) {
    PyObject *other;
    int how;
    pn_select *s = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!i", state_of(self)->selection, &other, &how)) return NULL;
    if (how < PN_BOTH || how > PN_WITHOUT) { PyErr_SetString(PyExc_ValueError, "how is 0, 1 or 2"); return NULL; }
    pnpy_tick_begin(&tick);
    pn_status rc = pn_select_combine(select_of(self), select_of(other), (pn_combine)how, &s, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_selection_steal(state_of(self), s) : pnpy_raise(state_of(self), rc, &err);
}

/* --- trends */

static bool series_from(PyObject *list, pn_archive_series *series, Py_ssize_t n) {
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *pair = PyTuple_GetItem(list, i), *name = pair ? PyTuple_GetItem(pair, 0) : NULL, *query = name ? PyTuple_GetItem(pair, 1) : NULL;
        if (!query || !pnpy_str(name, false, &series[i].name) || !pnpy_str(query, true, &series[i].query)) return false;
    }
    return true;
}

static PyObject *pair_of(pnpy_state *st, pn_table *trend, pn_table *unplaced) {
    PyObject *a = pnpy_table_steal(st, trend), *b = pnpy_table_steal(st, unplaced);
    PyObject *pair = a && b ? PyTuple_Pack(2, a, b) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return pair;
}

static PyObject *run_trend(PyObject *self, PyObject *base, const pn_archive_series *series, size_t n, const pn_trend_opts *opts) {
    pn_table *trend = NULL, *unplaced = NULL;
    size_t which = 0;
    pn_error err = { 0 };
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_trend(select_of(base), select_of(self), series, n, opts, &tick.core, &trend, &unplaced, &which, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pair_of(state_of(self), trend, unplaced) : pnpy_raise(state_of(self), rc, &err);
}

static PyObject *selection_trend(PyObject *self, PyObject *args) {
    PyObject *base, *list;
    int freq, first_day, last_day;
    double level;
    if (!PyArg_ParseTuple(args, "O!O!idii", state_of(self)->selection, &base, &PyTuple_Type, &list, &freq, &level, &first_day, &last_day)) return NULL;
    if (freq < PN_FREQ_DAY || freq > PN_FREQ_YEAR || pn_select_snap(select_of(base)) != pn_select_snap(select_of(self))) {
        PyErr_SetString(PyExc_ValueError, "a trend needs a known frequency and a base of the same snapshot");
        return NULL;
    }
    Py_ssize_t n = PyTuple_Size(list);
    pn_archive_series *series = pn_calloc((size_t)n, sizeof *series);
    if (!series) return PyErr_NoMemory();
    PyObject *result = series_from(list, series, n) ? run_trend(self, base, series, (size_t)n, &(pn_trend_opts){ (pn_freq)freq, level, first_day, last_day }) : NULL;
    pn_free(series);
    return result;
}

static PyMethodDef methods[] = {
    { "search", selection_search, METH_O, PyDoc_STR("search($self, query, /)\n--\n\nThose of the selection that the query finds.") },
    { "article", selection_article, METH_O, PyDoc_STR("article($self, place, /)\n--\n\nThe article at a place of the chronological order, as a dict.") },
    { "articles", selection_articles, METH_VARARGS, PyDoc_STR("articles($self, place, n, /)\n--\n\nA run of articles from a place on, as dicts.") },
    { "has", selection_has, METH_O, PyDoc_STR("has($self, id_or_url, /)\n--\n\nWhether the article is in the selection.") },
    { "names", selection_names, METH_O, PyDoc_STR("names($self, field, /)\n--\n\nTable of name and count.") },
    { "combine", selection_combine, METH_VARARGS, PyDoc_STR("combine($self, other, how, /)\n--\n\nArticles of both (0), of either (1), without those of the other (2).") },
    { "trend", selection_trend, METH_VARARGS, PyDoc_STR("trend($self, base, series, freq, level, first_day, last_day, /)\n--\n\nTables trend and unplaced for ((name, query|None), …).") },
    { NULL, NULL, 0, NULL } };
static PyGetSetDef getset[] = { { "count", selection_count, NULL, PyDoc_STR("Number of articles."), NULL },
                                { "snapshot", selection_snapshot, NULL, PyDoc_STR("The snapshot it is of."), NULL }, { NULL, NULL, NULL, NULL, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, selection_dealloc }, { Py_tp_traverse, selection_traverse }, { Py_tp_methods, methods }, { Py_tp_getset, getset },
                               { Py_tp_doc, (void *)(uintptr_t)"Some of the articles of a snapshot." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.Selection", sizeof(selection), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_selection_ready(PyObject *module, pnpy_state *st) { return (st->selection = pnpy_add_type(module, &spec)) != NULL; }
