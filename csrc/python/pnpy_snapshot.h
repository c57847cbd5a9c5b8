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

/* --- Selection: pnpy_selection.c has the type, pnpy_reading.c these of its methods */
pn_select *pnpy_select_of(PyObject *selection);                              /* borrowed */
PyObject *pnpy_selection_top(PyObject *self, PyObject *args);
PyObject *pnpy_selection_top_dated(PyObject *self, PyObject *args);
PyObject *pnpy_selection_top_linked(PyObject *self, PyObject *k);
PyObject *pnpy_selection_like(PyObject *self, PyObject *args);
PyObject *pnpy_selection_sample(PyObject *self, PyObject *args);
PyObject *pnpy_selection_words(PyObject *self, PyObject *args);
PyObject *pnpy_selection_n_words(PyObject *self, PyObject *unused);
PyObject *pnpy_selection_save(PyObject *self, PyObject *args);
PyObject *pnpy_selection_jsonl(PyObject *self, PyObject *args);
PyObject *pnpy_selection_lines(PyObject *self, PyObject *args);
PyObject *pnpy_selection_table(PyObject *self, PyObject *args);
PyObject *pnpy_selection_has_scores(PyObject *self, void *unused);
PyObject *pnpy_selection_is_ranked(PyObject *self, void *unused);
PyObject *pnpy_selection_kwic(PyObject *self, PyObject *args);               /* pnpy_kwic.c */
PyObject *pnpy_selection_marks(PyObject *self, PyObject *args);
#endif
