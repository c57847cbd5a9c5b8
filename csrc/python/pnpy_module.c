#include "python/pnpy.h"

pnpy_state *pnpy_state_of(PyObject *module) { return PyModule_GetState(module); }
pnpy_state *pnpy_state_of_type(PyTypeObject *type) { return PyType_GetModuleState(type); }

PyTypeObject *pnpy_add_type(PyObject *module, PyType_Spec *spec) {
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    if (!type) return NULL;
    if (PyModule_AddType(module, (PyTypeObject *)type) < 0) {
        Py_DECREF(type);
        return NULL;
    }
    return (PyTypeObject *)type;
}

static int exec_module(PyObject *module) {
    pnpy_state *st = pnpy_state_of(module);
    PyObject *errors = PyImport_ImportModule("pynews._errors");
    if (!errors) return -1;
    st->make_error = PyObject_GetAttrString(errors, "from_core");
    Py_DECREF(errors);
    if (!st->make_error) return -1;
    bool ok = pnpy_table_ready(module, st) && pnpy_column_ready(module, st) && pnpy_snapshot_ready(module, st) &&
              pnpy_selection_ready(module, st) && pnpy_writer_ready(module, st) && pnpy_zstd_ready(module, st) && pnpy_graph_ready(module, st) &&
              pnpy_rows_ready(module, st) && pnpy_related_ready(module, st) && pnpy_kwic_ready(module, st);
    return ok ? 0 : -1;
}

static int traverse_module(PyObject *module, visitproc visit, void *arg) {
    pnpy_state *st = pnpy_state_of(module);
    Py_VISIT(st->table);
    Py_VISIT(st->column);
    Py_VISIT(st->snapshot);
    Py_VISIT(st->selection);
    Py_VISIT(st->kwic);
    Py_VISIT(st->writer);
    Py_VISIT(st->zstd);
    Py_VISIT(st->graph);
    Py_VISIT(st->rows);
    Py_VISIT(st->related);
    Py_VISIT(st->make_error);
    return 0;
}

static int clear_module(PyObject *module) {
    pnpy_state *st = pnpy_state_of(module);
    Py_CLEAR(st->table);
    Py_CLEAR(st->column);
    Py_CLEAR(st->snapshot);
    Py_CLEAR(st->selection);
    Py_CLEAR(st->kwic);
    Py_CLEAR(st->writer);
    Py_CLEAR(st->zstd);
    Py_CLEAR(st->graph);
    Py_CLEAR(st->rows);
    Py_CLEAR(st->related);
    Py_CLEAR(st->make_error);
    return 0;
}

static void free_module(void *module) { clear_module(module); }

/* Slot ids 3 and 4 and their values are fixed by the ABI (moduleobject.h); a Python that does not know an id refuses
 * the module, so the array is chosen by the Python that runs, not by the one that compiled. */
static PyModuleDef_Slot slots_311[] = { { Py_mod_exec, exec_module }, { 0, NULL } };
static PyModuleDef_Slot slots_312[] = { { Py_mod_exec, exec_module }, { 3, (void *)2 }, { 0, NULL } };                   /* own-GIL subinterpreters */
static PyModuleDef_Slot slots_313[] = { { Py_mod_exec, exec_module }, { 3, (void *)2 }, { 4, (void *)1 }, { 0, NULL } }; /* and no GIL needed */
static struct PyModuleDef def = { PyModuleDef_HEAD_INIT, .m_name = "pynews._core", .m_doc = PyDoc_STR("The C core of pynews. Private: use `pynews`."),
                                  .m_size = sizeof(pnpy_state), .m_methods = pnpy_functions, .m_slots = slots_311, .m_traverse = traverse_module,
                                  .m_clear = clear_module, .m_free = free_module };

PyMODINIT_FUNC PyInit__core(void) {
    if (Py_Version >= 0x030D0000) def.m_slots = slots_313;
    else if (Py_Version >= 0x030C0000) def.m_slots = slots_312;
    return PyModuleDef_Init(&def);
}
