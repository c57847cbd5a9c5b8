/* Graph: edges between numbered nodes.  pynews/_graph.py puts names and articles on top. */
#include "base/pn_alloc.h"
#include "graph/pn_measures.h"
#include "graph/pn_walk.h"
#include "python/pnpy.h"
#include "python/pnpy_graph.h"

typedef struct { PyObject_HEAD pn_graph *graph; } graph;
static pn_graph *graph_of(PyObject *self) { return ((graph *)self)->graph; }
static pnpy_state *state_of(PyObject *self) { return pnpy_state_of_type(Py_TYPE(self)); }

static PyObject *graph_steal(pnpy_state *st, pn_graph *g) {
    graph *self = PyObject_GC_New(graph, st->graph);
    if (!self) { pn_graph_release(g); return NULL; }
    self->graph = g;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

static int graph_traverse(PyObject *self, visitproc visit, void *arg) {
    (void)arg;
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void graph_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_graph_release(graph_of(self));
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

/* --- two buffers of 32-bit node numbers, equally long */

typedef struct { Py_buffer source, target; size_t m; } ends;

static void ends_fini(ends *e) {
    PyBuffer_Release(&e->source);
    PyBuffer_Release(&e->target);
}

static bool is_numbers(const Py_buffer *b) { return b->itemsize == 4 && (b->len == 0 || (uintptr_t)b->buf % 4 == 0); }

static bool ends_from(PyObject *source, PyObject *target, ends *e) {
    *e = (ends){ 0 };
    if (PyObject_GetBuffer(source, &e->source, PyBUF_ND) < 0) return false;
    if (PyObject_GetBuffer(target, &e->target, PyBUF_ND) < 0) { PyBuffer_Release(&e->source); return false; }
    e->m = (size_t)e->source.len / 4;
    if (is_numbers(&e->source) && is_numbers(&e->target) && e->source.len == e->target.len) return true;
    PyErr_SetString(PyExc_ValueError, "the ends of edges are two equally long buffers of 32-bit numbers");
    ends_fini(e);
    return false;
}

PyObject *pnpy_graph_new(PyObject *module, PyObject *args) {
    unsigned int n;
    PyObject *source, *target;
    ends e;
    pn_graph *g = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "IOO", &n, &source, &target) || !ends_from(source, target, &e)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_graph_new(n, e.source.buf, e.target.buf, e.m, &tick.core, &g, &err);
    pnpy_tick_end(&tick);
    ends_fini(&e);
    return rc == PN_OK ? graph_steal(pnpy_state_of(module), g) : pnpy_raise(pnpy_state_of(module), rc, &err);
}

/* --- edges inside a set of nodes: (rows int64, sources uint32, targets uint32) as bytes */

typedef struct { int64_t *row; uint32_t *source, *target; size_t n; } kept;

static void kept_fini(kept *k) {
    pn_free(k->row);
    pn_free(k->source);
    pn_free(k->target);
}

static PyObject *kept_tuple(const kept *k) {
    return Py_BuildValue("(y#y#y#)", (const char *)k->row, (Py_ssize_t)(k->n * sizeof *k->row), (const char *)k->source, (Py_ssize_t)(k->n * sizeof *k->source),
                         (const char *)k->target, (Py_ssize_t)(k->n * sizeof *k->target));
}

static PyObject *edges_inside(pnpy_state *st, const Py_buffer *keep, const ends *e) {
    kept k = { pn_calloc(e->m, sizeof *k.row), pn_calloc(e->m, sizeof *k.source), pn_calloc(e->m, sizeof *k.target), 0 };
    pn_error err = { 0 };
    pnpy_tick tick;
    pn_status rc = k.row && k.source && k.target ? PN_OK : pn_fail(&err, PN_ENOMEM, "no memory for the edges of a part");
    pnpy_tick_begin(&tick);
    if (rc == PN_OK) rc = pn_edges_inside(keep->buf, (uint32_t)keep->len, e->source.buf, e->target.buf, e->m, &tick.core, k.row, k.source, k.target, &k.n, &err);
    pnpy_tick_end(&tick);
    PyObject *result = rc == PN_OK ? kept_tuple(&k) : pnpy_raise(st, rc, &err);
    kept_fini(&k);
    return result;
}

PyObject *pnpy_edges_inside(PyObject *module, PyObject *args) {
    Py_buffer keep;
    PyObject *source, *target, *result = NULL;
    ends e;
    if (!PyArg_ParseTuple(args, "y*OO", &keep, &source, &target)) return NULL;
    if (keep.len > INT32_MAX) PyErr_SetString(PyExc_ValueError, "a graph has fewer than 2^31 nodes");
    else if (ends_from(source, target, &e)) {
        result = edges_inside(pnpy_state_of(module), &keep, &e);
        ends_fini(&e);
    }
    PyBuffer_Release(&keep);
    return result;
}

/* --- measures */

static PyObject *finished(PyObject *self, pn_status rc, pn_table *t, const pn_error *err) {
    return rc == PN_OK ? pnpy_table_steal(state_of(self), t) : pnpy_raise(state_of(self), rc, err);
}

/* One measure without the GIL; `call` sees t, err and tick. */
#define MEASURE(self, call) do { \
        pn_table *t = NULL; pn_error err = { 0 }; pnpy_tick tick; \
        pnpy_tick_begin(&tick); pn_status rc = (call); pnpy_tick_end(&tick); \
        return finished(self, rc, t, &err); } while (0)

static PyObject *graph_degree(PyObject *self, PyObject *unused) {
    (void)unused;
    MEASURE(self, pn_degree_table(graph_of(self), &tick.core, &t, &err));
}

static PyObject *graph_hits(PyObject *self, PyObject *unused) {
    (void)unused;
    MEASURE(self, pn_hits_table(graph_of(self), &tick.core, &t, &err));
}

static PyObject *pagerank(PyObject *self, double damping, const double *personal) {
    MEASURE(self, pn_pagerank_table(graph_of(self), damping, personal, &tick.core, &t, &err));
}

static PyObject *graph_pagerank(PyObject *self, PyObject *args) {
    double damping;
    PyObject *given, *result = NULL;
    Py_buffer weights;
    if (!PyArg_ParseTuple(args, "dO", &damping, &given)) return NULL;
    if (given == Py_None) return pagerank(self, damping, NULL);
    if (PyObject_GetBuffer(given, &weights, PyBUF_ND) < 0) return NULL;
    bool fits = weights.itemsize == sizeof(double) && (weights.len == 0 || (uintptr_t)weights.buf % sizeof(double) == 0) && (size_t)weights.len / sizeof(double) == pn_graph_out(graph_of(self)).n;
    if (fits) result = pagerank(self, damping, weights.buf);
    else PyErr_SetString(PyExc_ValueError, "weights of nodes are a buffer of one float64 a node");
    PyBuffer_Release(&weights);
    return result;
}

static PyObject *graph_betweenness(PyObject *self, PyObject *args) {
    unsigned int samples;
    unsigned long long seed;
    if (!PyArg_ParseTuple(args, "IK", &samples, &seed)) return NULL;
    MEASURE(self, pn_betweenness_table(graph_of(self), samples, seed, &tick.core, &t, &err));
}

static PyObject *graph_components(PyObject *self, PyObject *strong) {
    MEASURE(self, pn_components_table(graph_of(self), strong == Py_True, &tick.core, &t, &err));
}

static PyObject *graph_communities(PyObject *self, PyObject *args) {
    double resolution, modularity = 0;
    unsigned long long seed;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "dK", &resolution, &seed)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_communities_table(graph_of(self), resolution, seed, &tick.core, &t, &modularity, &err);
    pnpy_tick_end(&tick);
    PyObject *table = finished(self, rc, t, &err);
    return table ? Py_BuildValue("(Nd)", table, modularity) : NULL;
}

static PyObject *graph_hops(PyObject *self, PyObject *args) {
    unsigned int start, most;
    if (!PyArg_ParseTuple(args, "II", &start, &most)) return NULL;
    MEASURE(self, pn_hops_table(graph_of(self), start, most, &tick.core, &t, &err));
}

static PyObject *graph_path(PyObject *self, PyObject *args) {
    unsigned int start, end;
    if (!PyArg_ParseTuple(args, "II", &start, &end)) return NULL;
    MEASURE(self, pn_path_table(graph_of(self), start, end, &tick.core, &t, &err));
}

static PyObject *graph_layout(PyObject *self, PyObject *arg) {
    unsigned long long seed = PyLong_AsUnsignedLongLong(arg);
    if (PyErr_Occurred()) return NULL;
    MEASURE(self, pn_layout_table(graph_of(self), seed, &tick.core, &t, &err));
}

static PyObject *graph_rows(PyObject *self, PyObject *unused) {
    (void)unused;
    PyObject *off = pnpy_table_steal(state_of(self), pn_table_retain(pn_graph_off_table(graph_of(self))));
    PyObject *to = off ? pnpy_table_steal(state_of(self), pn_table_retain(pn_graph_to_table(graph_of(self)))) : NULL;
    if (!to) { Py_XDECREF(off); return NULL; }
    return Py_BuildValue("(NN)", off, to);
}

static Py_ssize_t graph_length(PyObject *self) { return (Py_ssize_t)pn_graph_out(graph_of(self)).n; }

static PyMethodDef methods[] = {
    { "degree", graph_degree, METH_NOARGS, PyDoc_STR("degree($self, /)\n--\n\nTable of in_degree, out_degree, degree.") },
    { "pagerank", graph_pagerank, METH_VARARGS, PyDoc_STR("pagerank($self, damping, personal, /)\n--\n\nTable of pagerank; personal: a buffer of float64 weights, or None.") },
    { "hits", graph_hits, METH_NOARGS, PyDoc_STR("hits($self, /)\n--\n\nTable of hub and authority.") },
    { "betweenness", graph_betweenness, METH_VARARGS, PyDoc_STR("betweenness($self, samples, seed, /)\n--\n\nTable of betweenness.") },
    { "components", graph_components, METH_O, PyDoc_STR("components($self, strong, /)\n--\n\nTable of component, the largest 0.") },
    { "communities", graph_communities, METH_VARARGS, PyDoc_STR("communities($self, resolution, seed, /)\n--\n\nTable of community, the largest 0; and the modularity.") },
    { "hops", graph_hops, METH_VARARGS, PyDoc_STR("hops($self, start, most, /)\n--\n\nTable of hops from a node, null beyond the most.") },
    { "path", graph_path, METH_VARARGS, PyDoc_STR("path($self, start, end, /)\n--\n\nTable of node: a shortest way.") },
    { "layout", graph_layout, METH_O, PyDoc_STR("layout($self, seed, /)\n--\n\nTable of x and y.") },
    { "rows", graph_rows, METH_NOARGS, PyDoc_STR("rows($self, /)\n--\n\nThe memory of the graph: table off (n + 1 rows) and table to.") },
    { NULL, NULL, 0, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, graph_dealloc }, { Py_tp_traverse, graph_traverse }, { Py_tp_methods, methods }, { Py_sq_length, graph_length },
                               { Py_tp_doc, (void *)(uintptr_t)"Edges between numbered nodes, immutable." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.Graph", sizeof(graph), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_graph_ready(PyObject *module, pnpy_state *st) { return (st->graph = pnpy_add_type(module, &spec)) != NULL; }
