/* pnpy_arrow.h -- Arrow capsules of tables and columns.  Layer: python. */
#ifndef PNPY_ARROW_H
#define PNPY_ARROW_H
#include "python/pnpy.h"

PyObject *pnpy_arrow_schema(pnpy_state *st, const pn_table *t);            /* capsule "arrow_schema" */
PyObject *pnpy_arrow_stream(pnpy_state *st, pn_table *t);                  /* capsule "arrow_array_stream"; a new one at each call */
PyObject *pnpy_arrow_column(pnpy_state *st, pn_table *t, size_t col);      /* (schema, array) capsules */
PyObject *pnpy_normal_z(PyObject *module, PyObject *level);
PyObject *pnpy_wilson(PyObject *module, PyObject *args);                  /* wilson(k, n, z): lower, upper */
PyObject *pnpy_make_table(PyObject *module, PyObject *columns);            /* table(((name, kind, [values]), …)) */
PyObject *pnpy_rows_new(PyObject *module, PyObject *capsule);              /* arrow_rows(capsule "arrow_array_stream"), which is used up */
#endif
