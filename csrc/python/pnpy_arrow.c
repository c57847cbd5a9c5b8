#include "python/pnpy_arrow.h"
#include "base/pn_alloc.h"
#include "interop/pn_arrow_out.h"

/* The struct is wrapped before it is filled, with release NULL, so that a failure frees nothing twice.  A consumer moves
 * the struct out and sets release to NULL; the capsule then frees only its memory. */
#define CAPSULE(KIND, NAME)                                                                        \
    static void free_##KIND(PyObject *capsule) {                                                   \
        struct KIND *s = PyCapsule_GetPointer(capsule, NAME);                                      \
        if (s && s->release) s->release(s);                                                        \
        pn_free(s);                                                                                \
    }                                                                                              \
    static PyObject *new_##KIND(struct KIND **out) {                                               \
        *out = pn_calloc(1, sizeof **out);                                                         \
        if (!*out) return PyErr_NoMemory();                                                        \
        PyObject *capsule = PyCapsule_New(*out, NAME, free_##KIND);                                \
        if (!capsule) pn_free(*out);                                                               \
        return capsule;                                                                            \
    }
CAPSULE(ArrowSchema, "arrow_schema")
CAPSULE(ArrowArray, "arrow_array")
CAPSULE(ArrowArrayStream, "arrow_array_stream")

static PyObject *checked(pnpy_state *st, PyObject *capsule, pn_status rc, const pn_error *err) {
    if (rc == PN_OK) return capsule;
    Py_DECREF(capsule);
    return pnpy_raise(st, rc, err);
}

PyObject *pnpy_arrow_schema(pnpy_state *st, const pn_table *t) {
    struct ArrowSchema *s;
    pn_error err = { 0 };
    PyObject *capsule = new_ArrowSchema(&s);
    return capsule ? checked(st, capsule, pn_arrow_schema(t, s, &err), &err) : NULL;
}

PyObject *pnpy_arrow_stream(pnpy_state *st, pn_table *t) {
    struct ArrowArrayStream *s;
    pn_error err = { 0 };
    PyObject *capsule = new_ArrowArrayStream(&s);
    return capsule ? checked(st, capsule, pn_arrow_stream(t, s, &err), &err) : NULL;
}

static PyObject *column_schema(pnpy_state *st, const pn_table *t, size_t col) {
    struct ArrowSchema *s;
    pn_error err = { 0 };
    PyObject *capsule = new_ArrowSchema(&s);
    return capsule ? checked(st, capsule, pn_arrow_column_schema(t, col, s, &err), &err) : NULL;
}

static PyObject *column_array(pnpy_state *st, pn_table *t, size_t col) {
    struct ArrowArray *a;
    pn_error err = { 0 };
    PyObject *capsule = new_ArrowArray(&a);
    return capsule ? checked(st, capsule, pn_arrow_column_array(t, col, a, &err), &err) : NULL;
}

PyObject *pnpy_arrow_column(pnpy_state *st, pn_table *t, size_t col) {
    PyObject *schema = column_schema(st, t, col), *array = schema ? column_array(st, t, col) : NULL;
    PyObject *pair = array ? PyTuple_Pack(2, schema, array) : NULL;
    Py_XDECREF(schema);
    Py_XDECREF(array);
    return pair;
}
