/* pnpy_graph.h -- functions of the module about graphs.  Layer: python.  Their signatures: pynews/_core.pyi. */
#ifndef PNPY_GRAPH_H
#define PNPY_GRAPH_H
#include "python/pnpy.h"

PyObject *pnpy_graph_new(PyObject *module, PyObject *args);
PyObject *pnpy_edges_inside(PyObject *module, PyObject *args);
#endif
