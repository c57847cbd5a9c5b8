/* Selection: some of the articles of a snapshot, in chronological order. */
#include "archive/pn_explain.h"
#include "base/pn_alloc.h"
#include "python/pnpy.h"
#include "python/pnpy_snapshot.h"

typedef struct { PyObject_HEAD pn_select *select; } selection;
static pn_select *select_of(PyObject *self) { return ((selection *)self)->select; }
pn_select *pnpy_select_of(PyObject *self) { return select_of(self); }
static pnpy_state *state_of(PyObject *self) { return pnpy_state_of_type(Py_TYPE(self)); }

PyObject *pnpy_selection_steal(pnpy_state *st, pn_select *s) {
    selection *self = PyObject_GC_New(selection, st->selection);
    if (!self) { pn_select_release(s); return NULL; }
    self->select = s;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

pn_select *pnpy_selection_of(pnpy_state *st, PyObject *o) {
    if (PyObject_TypeCheck(o, st->selection)) return select_of(o);
    PyErr_SetString(PyExc_TypeError, "a Selection is needed");
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

static PyObject *selection_explain(PyObject *self, PyObject *arg) {
    pn_bytes query;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!pnpy_str(arg, false, &query)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_explain(select_of(self), query, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_table_steal(state_of(self), t) : pnpy_raise(state_of(self), rc, &err);
}

/* The order may take a second to merge at ten million articles: others may run meanwhile, and it can be stopped. */
static pn_status put_in_order(pn_select *s, pn_error *err) {
    pnpy_tick tick;
    if (pn_select_is_in_order(s)) return PN_OK;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_select_put_in_order(s, &tick.core, err);
    pnpy_tick_end(&tick);
    return rc;
}

static PyObject *selection_article(PyObject *self, PyObject *arg) {
    pn_ref ref;
    pn_error err = { 0 };
    unsigned long long place = PyLong_AsUnsignedLongLong(arg);
    if (PyErr_Occurred()) return NULL;
    pn_status rc = put_in_order(select_of(self), &err);
    if (rc == PN_OK) rc = pn_select_refs(select_of(self), place, 1, &ref, &err);
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
    return rc == PN_OK ? pnpy_with_ref(pnpy_article(&doc, &extra), ref) : pnpy_raise(w->st, rc, &err);
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
    pn_status rc = put_in_order(select_of(self), &err);
    if (rc == PN_OK) rc = pn_select_refs(select_of(self), from, (size_t)n, refs, &err);
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

/* --- facts, and articles by their ids */

static PyObject *selection_facts(PyObject *self, PyObject *unused) {
    (void)unused;
    pn_facts f;
    pn_error err = { 0 };
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_facts(select_of(self), &tick.core, &f, &err);
    pnpy_tick_end(&tick);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    const struct { const char *name; uint64_t n; } facts[] = {
        { "articles", f.articles }, { "month", f.month }, { "year", f.year }, { "undated", f.undated }, { "timed", f.timed }, { "ambiguous", f.ambiguous },
        { "untagged", f.untagged }, { "empty", f.empty }, { "copies", f.copies }, { "entries", f.entries }, { "dated_entries", f.dated_entries }, { "forward", f.forward } };
    PyObject *dict = PyDict_New();
    for (size_t i = 0; dict && i < PN_COUNT(facts); i++) {
        PyObject *n = PyLong_FromUnsignedLongLong(facts[i].n);
        if (!n || PyDict_SetItemString(dict, facts[i].name, n) < 0) Py_CLEAR(dict);
        Py_XDECREF(n);
    }
    return dict;
}

static PyObject *run_pick(PyObject *self, const pn_bytes *names, size_t n) {
    pn_select *picked = NULL;
    size_t missing = 0;
    pn_error err = { 0 };
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_pick(pn_select_snap(select_of(self)), names, n, &tick.core, &picked, &missing, &err);
    pnpy_tick_end(&tick);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    return Py_BuildValue("Nn", pnpy_selection_steal(state_of(self), picked), (Py_ssize_t)missing);
}

static PyObject *selection_pick(PyObject *self, PyObject *list) {
    if (!PyTuple_Check(list)) { PyErr_SetString(PyExc_TypeError, "ids come as a tuple"); return NULL; }
    Py_ssize_t n = PyTuple_Size(list);
    pn_bytes *names = pn_calloc((size_t)n, sizeof *names);
    bool ok = names != NULL;
    if (!ok) PyErr_NoMemory();
    for (Py_ssize_t i = 0; ok && i < n; i++) ok = pnpy_str(PyTuple_GetItem(list, i), false, &names[i]);
    PyObject *result = ok ? run_pick(self, names, (size_t)n) : NULL;
    pn_free(names);
    return result;
}

/* --- trends */

static bool series_from(PyObject *list, pn_archive_series *series, Py_ssize_t n) {
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *pair = PyTuple_GetItem(list, i), *name = pair ? PyTuple_GetItem(pair, 0) : NULL, *query = name ? PyTuple_GetItem(pair, 1) : NULL;
        if (!query || !pnpy_str(name, false, &series[i].name) || !pnpy_str(query, true, &series[i].query)) return false;
    }
    return true;
}

static PyObject *result_of(pnpy_state *st, const pn_trend_tables *t) {
    PyObject *a = pnpy_table_steal(st, t->trend), *b = pnpy_table_steal(st, t->unplaced);
    PyObject *result = a && b ? Py_BuildValue("OOLL", a, b, (long long)t->first, (long long)t->last) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

static PyObject *run_trend(PyObject *self, PyObject *base, const pn_archive_series *series, size_t n, const pn_trend_opts *opts) {
    pn_trend_tables tables = { 0 };
    size_t which = 0;
    pn_error err = { 0 };
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_trend(select_of(base), select_of(self), series, n, opts, &tick.core, &tables, &which, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? result_of(state_of(self), &tables) : pnpy_raise(state_of(self), rc, &err);
}

/* --- bands of shares that Python puts together */

PyObject *pnpy_normal_z(PyObject *module, PyObject *arg) {
    (void)module;
    double level = PyFloat_AsDouble(arg);
    if (PyErr_Occurred()) return NULL;
    if (level > 0 && level < 1) return PyFloat_FromDouble(pn_normal_z(level));
    PyErr_SetString(PyExc_ValueError, "the level of a band lies between 0 and 1");
    return NULL;
}

PyObject *pnpy_wilson(PyObject *module, PyObject *args) {
    (void)module;
    double k, n, z, lower, upper;
    if (!PyArg_ParseTuple(args, "ddd", &k, &n, &z)) return NULL;
    if (!(n > 0 && k >= 0 && k <= n)) { PyErr_SetString(PyExc_ValueError, "a band is of k of n with 0 <= k <= n, n > 0"); return NULL; }
    pn_wilson(k, n, z, &lower, &upper);
    return Py_BuildValue("dd", lower, upper);
}

/* --- options: (freq, level, first_day, last_day, None | (name, instants, offsets), words) */

typedef struct { pn_trend_opts opts; pn_tz zone; Py_buffer at, offset; } options;

static void options_fini(options *o) {
    PyBuffer_Release(&o->at);
    PyBuffer_Release(&o->offset);
}

/* Instants and offsets come as buffers of int64 and int32, as long as each other, the first instant the least there is. */
static bool zone_from(PyObject *zone, options *o) {
    if (!PyArg_ParseTuple(zone, "sy*y*", &o->zone.name, &o->at, &o->offset)) return false;
    o->zone.at = o->at.buf;
    o->zone.offset = o->offset.buf;
    o->zone.n = (size_t)o->at.len / sizeof *o->zone.at;
    if (o->zone.n && (size_t)o->offset.len == o->zone.n * sizeof *o->zone.offset && o->zone.at[0] == INT64_MIN) {
        o->opts.zone = &o->zone;
        return true;
    }
    PyErr_SetString(PyExc_ValueError, "a zone needs as many instants as offsets");
    return false;
}

static bool options_from(PyObject *tuple, options *o) {
    PyObject *zone;
    int freq, words;
    *o = (options){ 0 };
    if (!PyArg_ParseTuple(tuple, "idiiOp", &freq, &o->opts.level, &o->opts.first_day, &o->opts.last_day, &zone, &words)) return false;
    if (freq < 0 || freq >= PN_N_FREQS) { PyErr_SetString(PyExc_ValueError, "there is no such frequency"); return false; }
    o->opts.freq = (pn_freq)freq;
    o->opts.words = words;
    return zone == Py_None || zone_from(zone, o);
}

static bool is_base(PyObject *self, PyObject *base) {
    if (pn_select_snap(select_of(base)) == pn_select_snap(select_of(self))) return true;
    PyErr_SetString(PyExc_ValueError, "a trend needs a base of the same snapshot");
    return false;
}

static PyObject *selection_trend(PyObject *self, PyObject *args) {
    PyObject *base, *list, *tuple, *result = NULL;
    options o;
    if (!PyArg_ParseTuple(args, "O!O!O!", state_of(self)->selection, &base, &PyTuple_Type, &list, &PyTuple_Type, &tuple) || !is_base(self, base)) return NULL;
    Py_ssize_t n = PyTuple_Size(list);
    pn_archive_series *series = pn_calloc((size_t)n, sizeof *series);
    if (!series) return PyErr_NoMemory();
    if (options_from(tuple, &o) && series_from(list, series, n)) result = run_trend(self, base, series, (size_t)n, &o.opts);
    options_fini(&o);
    pn_free(series);
    return result;
}

static PyObject *selection_buckets(PyObject *self, PyObject *args) {
    PyObject *base, *tuple;
    const char *wanted;
    Py_ssize_t n;
    options o;
    pn_select *found = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!O!y#", state_of(self)->selection, &base, &PyTuple_Type, &tuple, &wanted, &n) || !is_base(self, base)) return NULL;
    if (!options_from(tuple, &o)) { options_fini(&o); return NULL; }
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_trend_articles(select_of(base), select_of(self), &o.opts, pn_bytes_of(wanted, (size_t)n), &tick.core, &found, &err);
    pnpy_tick_end(&tick);
    options_fini(&o);
    return rc == PN_OK ? pnpy_selection_steal(state_of(self), found) : pnpy_raise(state_of(self), rc, &err);
}

static bool places_from(PyObject *list, uint64_t *places) {
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++) places[i] = PyLong_AsUnsignedLongLong(PyList_GetItem(list, i));
    return !PyErr_Occurred();
}

static PyObject *selection_at(PyObject *self, PyObject *list) {
    pn_select *s = NULL;
    pn_error err = { 0 };
    if (!PyList_Check(list)) { PyErr_SetString(PyExc_TypeError, "places come as a list"); return NULL; }
    size_t n = (size_t)PyList_Size(list);
    uint64_t *places = pn_calloc(n, sizeof *places);
    if (!places) return PyErr_NoMemory();
    bool ok = places_from(list, places);
    pn_status rc = ok ? put_in_order(select_of(self), &err) : PN_OK;
    if (ok && rc == PN_OK) rc = pn_select_at(select_of(self), places, n, &s, &err);
    pn_free(places);
    if (!ok) return NULL;
    return rc == PN_OK ? pnpy_selection_steal(state_of(self), s) : pnpy_raise(state_of(self), rc, &err);
}

static PyObject *selection_graph(PyObject *self, PyObject *args) { return pnpy_related(state_of(self), select_of(self), args); }

static PyMethodDef methods[] = {
    { "at", selection_at, METH_O, PyDoc_STR("at($self, places, /)\n--\n\nThe articles at these places of the chronological order.") },
    { "graph", selection_graph, METH_VARARGS, PyDoc_STR("graph($self, ways, backward, within, /)\n--\n\nThe related entries of the selection as a graph.") },
    { "search", selection_search, METH_O, PyDoc_STR("search($self, query, /)\n--\n\nThose of the selection that the query finds.") },
    { "explain", selection_explain, METH_O, PyDoc_STR("explain($self, query, /)\n--\n\nTable of kind, parts, text, count, terms: how the query was read and what each part finds.") },
    { "article", selection_article, METH_O, PyDoc_STR("article($self, place, /)\n--\n\nThe article at a place of the chronological order, as a dict.") },
    { "articles", selection_articles, METH_VARARGS, PyDoc_STR("articles($self, place, n, /)\n--\n\nA run of articles from a place on, as dicts.") },
    { "has", selection_has, METH_O, PyDoc_STR("has($self, id_or_url, /)\n--\n\nWhether the article is in the selection.") },
    { "names", selection_names, METH_O, PyDoc_STR("names($self, field, /)\n--\n\nTable of name and count.") },
    { "facts", selection_facts, METH_NOARGS, PyDoc_STR("facts($self, /)\n--\n\nWhat the articles have and lack, as numbers by name.") },
    { "pick", selection_pick, METH_O, PyDoc_STR("pick($self, ids, /)\n--\n\nThe articles of the snapshot with these ids or URLs, and the place of the first that is not there.") },
    { "combine", selection_combine, METH_VARARGS, PyDoc_STR("combine($self, other, how, /)\n--\n\nArticles of both (0), of either (1), without those of the other (2).") },
    { "trend", selection_trend, METH_VARARGS, PyDoc_STR("trend($self, base, series, options, /)\n--\n\nTables trend and unplaced for ((name, query|None), …), first and last unit of the axis.") },
    { "buckets", selection_buckets, METH_VARARGS, PyDoc_STR("buckets($self, base, options, wanted, /)\n--\n\nThose of the selection in the wanted buckets of a trend: a byte for each.") },
    { "kwic", pnpy_selection_kwic, METH_VARARGS, PyDoc_STR("kwic($self, query, keys, newest_first, /)\n--\n\nThe concordance of a query in the selection.") },
    { "marks", pnpy_selection_marks, METH_VARARGS, PyDoc_STR("marks($self, id, query, /)\n--\n\nWhat the query's hits cover of an article: (in body, first byte, end) each.") },
    { "top", pnpy_selection_top, METH_VARARGS, PyDoc_STR("top($self, query, k, /)\n--\n\nThe k best by BM25, best first.") },
    { "like", pnpy_selection_like, METH_VARARGS, PyDoc_STR("like($self, id, k, /)\n--\n\nThe k articles of the whole snapshot most like that of the id, best first.") },
    { "sample", pnpy_selection_sample, METH_VARARGS, PyDoc_STR("sample($self, n, seed, freq, /)\n--\n\nn articles by chance; freq -1: of all alike.") },
    { "save", pnpy_selection_save, METH_VARARGS, PyDoc_STR("save($self, path, /)\n--\n\nWrites the articles into a new archive.") },
    { "jsonl", pnpy_selection_jsonl, METH_VARARGS, PyDoc_STR("jsonl($self, path, /)\n--\n\nWrites the articles as JSON lines into a file.") },
    { "lines", pnpy_selection_lines, METH_VARARGS, PyDoc_STR("lines($self, place, n, /)\n--\n\nThe same lines of a run of articles.") },
    { "table", pnpy_selection_table, METH_VARARGS, PyDoc_STR("table($self, columns, most, /)\n--\n\nThe first `most` articles as a table, in their order.") },
    { "words", pnpy_selection_words, METH_VARARGS, PyDoc_STR("words($self, prefix, top, /)\n--\n\nTable of word and count of these articles.") },
    { "n_words", pnpy_selection_n_words, METH_NOARGS, PyDoc_STR("n_words($self, /)\n--\n\nHow many words these articles have.") },
    { "top_linked", pnpy_selection_top_linked, METH_O, PyDoc_STR("top_linked($self, k, /)\n--\n\nThe k that most related entries mean, most first.") },
    { "top_dated", pnpy_selection_top_dated, METH_VARARGS, PyDoc_STR("top_dated($self, newest, k, /)\n--\n\nThe k newest or oldest, in that order.") },
    { NULL, NULL, 0, NULL } };
static PyGetSetDef getset[] = { { "count", selection_count, NULL, PyDoc_STR("Number of articles."), NULL },
                                { "has_scores", pnpy_selection_has_scores, NULL, PyDoc_STR("Whether it is a ranking by score."), NULL },
                                { "is_ranked", pnpy_selection_is_ranked, NULL, PyDoc_STR("Whether its order is a ranking."), NULL },
                                { "snapshot", selection_snapshot, NULL, PyDoc_STR("The snapshot it is of."), NULL }, { NULL, NULL, NULL, NULL, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, selection_dealloc }, { Py_tp_traverse, selection_traverse }, { Py_tp_methods, methods }, { Py_tp_getset, getset },
                               { Py_tp_doc, (void *)(uintptr_t)"Some of the articles of a snapshot." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.Selection", sizeof(selection), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_selection_ready(PyObject *module, pnpy_state *st) { return (st->selection = pnpy_add_type(module, &spec)) != NULL; }
