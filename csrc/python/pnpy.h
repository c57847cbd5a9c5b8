/* pnpy.h -- what the files of the binding share: module state, errors, ticks, types.  Layer: python.
 *
 * The binding converts, releases the GIL, calls, takes it back, converts.  No algorithm lives here; defaults and niceties
 * live in pynews/<name>.py.  Types cannot be subclassed or instantiated from Python; handles come from functions.
 */
#ifndef PNPY_H
#define PNPY_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "archive/pn_archive.h"

typedef struct {
    PyTypeObject *table, *column, *snapshot, *selection, *kwic, *writer, *zstd, *graph, *rows, *related;
    PyObject *make_error;                  /* pynews._errors.from_core */
} pnpy_state;
pnpy_state *pnpy_state_of(PyObject *module);
pnpy_state *pnpy_state_of_type(PyTypeObject *type);

/* Raises what `rc` stands for; always returns NULL.  PN_EINTR keeps the exception that the signal handler raised. */
PyObject *pnpy_raise(pnpy_state *st, pn_status rc, const pn_error *err);

/* A stretch of core work without the GIL.  `core` answers the core's polls: it looks at a clock, and takes the GIL at most twenty
 * times a second to see whether a signal (Ctrl-C) is waiting, and to call `also`, which may raise: a non-zero answer stops. */
typedef struct { PyThreadState *saved; int64_t last_ns; pn_tick core, also; } pnpy_tick;
void pnpy_tick_begin(pnpy_tick *t);
void pnpy_tick_end(pnpy_tick *t);

/* Borrowed bytes of a str; false with an exception set.  None gives NONE where `none_ok`. */
bool pnpy_str(PyObject *o, bool none_ok, pn_bytes *out);
PyObject *pnpy_text(pn_bytes s);           /* str, or None for NONE; damage in it is replaced, never raised */

/* Wraps a table (the reference is taken over, also on failure). */
PyObject *pnpy_table_steal(pnpy_state *st, pn_table *t);
pn_table *pnpy_table_of(PyObject *table);                       /* borrowed; `table` is a Table */
bool pnpy_is_table(PyObject *module, PyObject *o);              /* false with an exception set */
/* A dict of everything an article holds: keys are the names in pynews/_article.py. */
PyObject *pnpy_article(const pn_doc *doc, const pn_doc_extra *extra);

/* Options of an ingest, converted: (source|None, base_day|None, day_first, ((name, target), …)).  The tuple must outlive it. */
typedef struct { pn_input input; pn_field_map *fields; } pnpy_input;
bool pnpy_input_from(PyObject *kind, PyObject *options, pnpy_input *out);
void pnpy_input_fini(pnpy_input *in);

bool pnpy_table_ready(PyObject *module, pnpy_state *st);
bool pnpy_column_ready(PyObject *module, pnpy_state *st);
bool pnpy_snapshot_ready(PyObject *module, pnpy_state *st);
bool pnpy_selection_ready(PyObject *module, pnpy_state *st);
bool pnpy_kwic_ready(PyObject *module, pnpy_state *st);
bool pnpy_writer_ready(PyObject *module, pnpy_state *st);
bool pnpy_zstd_ready(PyObject *module, pnpy_state *st);
bool pnpy_graph_ready(PyObject *module, pnpy_state *st);
bool pnpy_rows_ready(PyObject *module, pnpy_state *st);
bool pnpy_related_ready(PyObject *module, pnpy_state *st);

PyObject *pnpy_column_new(PyTypeObject *type, pn_table *t, size_t col);   /* of a subclass of Column, or it; retains t */
PyObject *pnpy_selection_steal(pnpy_state *st, pn_select *s);
pn_select *pnpy_selection_of(pnpy_state *st, PyObject *o);                 /* until o goes; NULL with TypeError set */

/* A heap type from `spec`, added to the module. */
PyTypeObject *pnpy_add_type(PyObject *module, PyType_Spec *spec);
extern PyMethodDef pnpy_functions[];
#endif
