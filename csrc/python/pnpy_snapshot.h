/* pnpy_snapshot.h -- what snapshot and selection share.  Layer: python. */
#ifndef PNPY_SNAPSHOT_H
#define PNPY_SNAPSHOT_H
#include "python/pnpy.h"

PyObject *pnpy_open(PyObject *module, PyObject *args);                       /* open(path: bytes, generation, copy) */
PyObject *pnpy_pins(PyObject *module, PyObject *path);                       /* pins(path: bytes) -> [(generation, since, note)] */
PyObject *pnpy_repair(PyObject *module, PyObject *args);                     /* repair(path: bytes, dry_run) */
PyObject *pnpy_snapshot_steal(pnpy_state *st, pn_snap *snap);                 /* the reference is taken over, also on failure */
PyObject *pnpy_stored_article(pnpy_state *st, pn_snap *snap, pn_ref ref);
bool pnpy_field_from(PyObject *name, pn_field *out);                         /* "tag", …; false with an exception set */
#endif
