/* pnpy_stats.h -- functions of the module that take a trend's table and give one.  Layer: python.  Their signatures: pynews/_core.pyi. */
#ifndef PNPY_STATS_H
#define PNPY_STATS_H
#include "python/pnpy.h"

PyObject *pnpy_bursts(PyObject *module, PyObject *args);
PyObject *pnpy_changepoints(PyObject *module, PyObject *args);
PyObject *pnpy_anomalies(PyObject *module, PyObject *args);
PyObject *pnpy_entropy(PyObject *module, PyObject *trend);
PyObject *pnpy_deseason(PyObject *module, PyObject *args);
PyObject *pnpy_lead_lag(PyObject *module, PyObject *args);
#endif
