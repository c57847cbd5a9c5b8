/* pnpy_snapshot.h -- what snapshot and selection share.  Layer: python. */
#ifndef PNPY_SNAPSHOT_H
#define PNPY_SNAPSHOT_H
#include "archive/pn_related.h"
#include "python/pnpy.h"

PyObject *pnpy_open(PyObject *module, PyObject *args);                       /* open(path: bytes, generation, copy) */
PyObject *pnpy_pins(PyObject *module, PyObject *path);                       /* pins(path: bytes) -> [(generation, since, note)] */
PyObject *pnpy_repair(PyObject *module, PyObject *args);                     /* repair(path: bytes, dry_run) */
PyObject *pnpy_snapshot_steal(pnpy_state *st, pn_snap *snap);                 /* the reference is taken over, also on failure */
PyObject *pnpy_stored_article(pnpy_state *st, pn_snap *snap, pn_ref ref);
/* The article as a dict, with its place in the snapshot as "ref"; takes over `dict`, NULL stays NULL. */
PyObject *pnpy_with_ref(PyObject *dict, pn_ref ref);
PyObject *pnpy_related(pnpy_state *st, pn_select *sources, PyObject *args);    /* (ways, backward, within|None) */
PyObject *pnpy_link(pnpy_state *st, pn_snap *snap, PyObject *args);          /* (ref, ordinal): dict or None */
PyObject *pnpy_linked(pnpy_state *st, pn_snap *snap, PyObject *args);        /* (ref, to): Selection */
PyObject *pnpy_section(pnpy_state *st, pn_snap *snap, PyObject *ref);        /* str or None */
bool pnpy_field_from(PyObject *name, pn_field *out);                         /* "tag", …; false with an exception set */
#endif
