/* pnpy_writer.h -- the door of pnpy_writer.c.  Layer: python. */
#ifndef PNPY_WRITER_H
#define PNPY_WRITER_H
#include "python/pnpy.h"

PyObject *pnpy_writer_new(PyObject *module, PyObject *args);   /* writer(path: bytes, is_new, memory) */
PyObject *pnpy_zstd_new(PyObject *module, PyObject *unused);   /* zstd_stream() */
#endif
