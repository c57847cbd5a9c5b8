/* RelatedGraph: the related entries of a selection as a graph; and the links of one article. */
#include "archive/pn_related.h"
#include "python/pnpy.h"
#include "python/pnpy_snapshot.h"

typedef struct { PyObject_HEAD pn_relgraph *graph; } graph;
static pn_relgraph *graph_of(PyObject *self) { return ((graph *)self)->graph; }
static pnpy_state *state_of(PyObject *self) { return pnpy_state_of_type(Py_TYPE(self)); }

static PyObject *graph_steal(pnpy_state *st, pn_relgraph *g) {
    graph *self = PyObject_GC_New(graph, st->related);
    if (!self) { pn_relgraph_release(g); return NULL; }
    self->graph = g;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

static int graph_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void graph_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_relgraph_release(graph_of(self));
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

static bool ways_from(PyObject *tuple, pn_link_ways *out) {
    Py_ssize_t n = PyTuple_Size(tuple);
    if (n > PN_N_WAYS) { PyErr_SetString(PyExc_ValueError, "there are four ways to resolve entries"); return false; }
    for (Py_ssize_t i = 0; i < n; i++) {
        long way = PyLong_AsLong(PyTuple_GetItem(tuple, i));
        if (PyErr_Occurred()) return false;
        out->at[i] = (pn_link_way)way;
    }
    out->n = (size_t)n;
    return true;
}

PyObject *pnpy_related(pnpy_state *st, pn_select *sources, PyObject *args) {
    PyObject *ways, *within;
    int backward;
    pn_relgraph_opts opts = { .backward = false };
    pn_relgraph *g = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!pO", &PyTuple_Type, &ways, &backward, &within) || !ways_from(ways, &opts.ways)) return NULL;
    if (within != Py_None && !(opts.within = pnpy_selection_of(st, within))) return NULL;
    opts.backward = backward != 0;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_graph(sources, &opts, &tick.core, &g, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? graph_steal(st, g) : pnpy_raise(st, rc, &err);
}

static PyObject *graph_counts(PyObject *self, PyObject *unused) {
    (void)unused;
    const pn_relgraph_counts *c = pn_relgraph_counts_of(graph_of(self));
    return Py_BuildValue("{sK,sK,sK,sK,sK,sK,sK,sK,sI,sI}", "links", (unsigned long long)c->n_links, "resolved", (unsigned long long)c->n_resolved,
                         "dangling", (unsigned long long)c->n_dangling, "ambiguous", (unsigned long long)c->n_ambiguous,
                         "forward", (unsigned long long)c->n_forward, "undated", (unsigned long long)c->n_undated,
                         "dropped_forward", (unsigned long long)c->n_dropped_forward, "dropped_undated", (unsigned long long)c->n_dropped_undated,
                         "nodes", (unsigned)c->n_nodes, "archived", (unsigned)c->n_archived);
}

/* (table, table or None); takes both. */
static PyObject *pair_of(pnpy_state *st, pn_table *t, pn_table *printed) {
    PyObject *a = pnpy_table_steal(st, t), *b = printed ? pnpy_table_steal(st, printed) : Py_NewRef(Py_None);
    PyObject *pair = a && b ? PyTuple_Pack(2, a, b) : NULL;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return pair;
}

static PyObject *graph_table(PyObject *self, PyObject *arg) {
    static const char *const names[PN_N_GRAPH_TABLES] = { [PN_GRAPH_NODES] = "nodes", [PN_GRAPH_EDGES] = "edges", [PN_GRAPH_DANGLING] = "dangling",
                                                          [PN_GRAPH_ENDPOINTS] = "endpoints", [PN_GRAPH_LAGS] = "lags", [PN_GRAPH_DAYS] = "days" };
    pn_bytes name;
    pn_table *t = NULL, *printed = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    int which = 0;
    if (!pnpy_str(arg, false, &name)) return NULL;
    while (which < PN_N_GRAPH_TABLES && !pn_bytes_equal(name, pn_bytes_cstr(names[which]))) which++;
    if (which == PN_N_GRAPH_TABLES) { PyErr_SetString(PyExc_ValueError, "a table is nodes, edges, dangling, endpoints, lags or days"); return NULL; }
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_graph_table(graph_of(self), (pn_graph_table)which, &tick.core, &t, &printed, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pair_of(state_of(self), t, printed) : pnpy_raise(state_of(self), rc, &err);
}

static PyObject *graph_sources(PyObject *self, PyObject *unused) {
    (void)unused;
    return pnpy_selection_steal(state_of(self), pn_select_retain(pn_relgraph_sources(graph_of(self))));
}
static PyObject *graph_members(PyObject *self, PyObject *unused) {
    (void)unused;
    return pnpy_selection_steal(state_of(self), pn_select_retain(pn_relgraph_members(graph_of(self))));
}

/* --- one article of a snapshot, by the number its dict names as "ref" */

static bool ref_from(pnpy_state *st, pn_snap *snap, unsigned long long packed, pn_ref *out) {
    pn_error err = { 0 };
    pn_status rc = pn_archive_ref(snap, packed, out, &err);
    if (rc != PN_OK) pnpy_raise(st, rc, &err);
    return rc == PN_OK;
}

PyObject *pnpy_link(pnpy_state *st, pn_snap *snap, PyObject *args) {
    unsigned long long packed;
    unsigned ordinal;
    pn_ref ref, to;
    bool found = false;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "KI", &packed, &ordinal) || !ref_from(st, snap, packed, &ref)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_link(snap, ref, ordinal, &tick.core, &to, &found, &err);
    pnpy_tick_end(&tick);
    if (rc != PN_OK) return pnpy_raise(st, rc, &err);
    if (!found) Py_RETURN_NONE;
    return pnpy_stored_article(st, snap, to);
}

PyObject *pnpy_linked(pnpy_state *st, pn_snap *snap, PyObject *args) {
    unsigned long long packed;
    int to;
    pn_ref ref;
    pn_select *s = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "Kp", &packed, &to) || !ref_from(st, snap, packed, &ref)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_linked(snap, ref, to ? PN_LINKS_TO : PN_LINKED_FROM, &tick.core, &s, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_selection_steal(st, s) : pnpy_raise(st, rc, &err);
}

PyObject *pnpy_section(pnpy_state *st, pn_snap *snap, PyObject *arg) {
    pn_ref ref;
    pn_bytes name = PN_BYTES_NONE;
    pn_error err = { 0 };
    pnpy_tick tick;
    unsigned long long packed = PyLong_AsUnsignedLongLong(arg);
    if (PyErr_Occurred() || !ref_from(st, snap, packed, &ref)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_section(snap, ref, &tick.core, &name, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_text(name) : pnpy_raise(st, rc, &err);
}

static PyMethodDef methods[] = {
    { "counts", graph_counts, METH_NOARGS, PyDoc_STR("counts($self, /)\n--\n\nNumbers of links and nodes, as a dict.") },
    { "table", graph_table, METH_O, PyDoc_STR("table($self, which, /)\n--\n\nThe table nodes, edges, dangling, endpoints, lags or days; and how far its dates were printed, None where all are of a day.") },
    { "sources", graph_sources, METH_NOARGS, PyDoc_STR("sources($self, /)\n--\n\nThe articles whose entries are the edges.") },
    { "members", graph_members, METH_NOARGS, PyDoc_STR("members($self, /)\n--\n\nThe articles among the nodes.") },
    { NULL, NULL, 0, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, graph_dealloc }, { Py_tp_traverse, graph_traverse }, { Py_tp_methods, methods },
                               { Py_tp_doc, (void *)(uintptr_t)"The related entries of a selection as a graph." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.RelatedGraph", sizeof(graph), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_related_ready(PyObject *module, pnpy_state *st) { return (st->related = pnpy_add_type(module, &spec)) != NULL; }
