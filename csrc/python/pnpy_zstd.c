/* ZstdStream: compressed inputs, for Pythons whose standard library has no zstd. */
#include "codec/pn_zstd.h"
#include "python/pnpy.h"
#include "python/pnpy_writer.h"

typedef struct { PyObject_HEAD pn_zstd_stream *stream; } zstd;
static pn_zstd_stream *stream_of(PyObject *self) { return ((zstd *)self)->stream; }

static int zstd_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void zstd_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_zstd_stream_free(stream_of(self));
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

PyObject *pnpy_zstd_new(PyObject *module, PyObject *unused) {
    (void)unused;
    pnpy_state *st = pnpy_state_of(module);
    pn_error err = { 0 };
    pn_zstd_stream *z = NULL;
    pn_status rc = pn_zstd_stream_new(&z, &err);
    if (rc != PN_OK) return pnpy_raise(st, rc, &err);
    zstd *self = PyObject_GC_New(zstd, st->zstd);
    if (!self) { pn_zstd_stream_free(z); return NULL; }
    self->stream = z;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

static PyObject *zstd_read(PyObject *self, PyObject *args) {
    Py_buffer in;
    Py_ssize_t max_out;
    if (!PyArg_ParseTuple(args, "y*n", &in, &max_out)) return NULL;
    pn_buf out = { 0 };
    size_t used = 0;
    bool at_end = false;
    pn_error err = { 0 };
    pn_status rc = pn_zstd_stream_read(stream_of(self), pn_bytes_of(in.buf, (size_t)in.len), max_out < 0 ? 0 : (size_t)max_out, &out, &used, &at_end, &err);
    PyBuffer_Release(&in);
    PyObject *result = rc == PN_OK ? Py_BuildValue("y#nO", out.ptr ? (const char *)out.ptr : "", (Py_ssize_t)out.len, (Py_ssize_t)used, at_end ? Py_True : Py_False)
                                   : pnpy_raise(pnpy_state_of_type(Py_TYPE(self)), rc, &err);
    pn_buf_fini(&out);
    return result;
}

static PyMethodDef methods[] = {
    { "read", zstd_read, METH_VARARGS, PyDoc_STR("read($self, data, max_out, /)\n--\n\n(bytes, input used, at the end of a frame).") },
    { NULL, NULL, 0, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, zstd_dealloc }, { Py_tp_traverse, zstd_traverse }, { Py_tp_methods, methods },
                               { Py_tp_doc, (void *)(uintptr_t)"Decompresses a zstd stream piece by piece." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.ZstdStream", sizeof(zstd), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_zstd_ready(PyObject *module, pnpy_state *st) { return (st->zstd = pnpy_add_type(module, &spec)) != NULL; }
