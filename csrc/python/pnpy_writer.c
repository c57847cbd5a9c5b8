/* Writer: articles into an archive.  pynews/_ingest.py owns it and never shares it; should somebody do so, a call is refused
 * while another one is at work, in another thread or below a signal handler, and in a forked child. */
#include "archive/pn_known.h"
#include "python/pnpy.h"
#include "python/pnpy_writer.h"
#include <stdatomic.h>
#include <unistd.h>

typedef struct {
    PyObject_HEAD
    pn_writer *writer;                     /* NULL: closed */
    pid_t owner;
    atomic_bool busy;
    bool failed;                           /* what is stored is not whole: only closing is left */
} writer;
static writer *me_of(PyObject *self) { return (writer *)self; }
static pnpy_state *state_of(PyObject *self) { return pnpy_state_of_type(Py_TYPE(self)); }

/* A child has a copy of the writer, but the files and the lock are its parent's. */
static bool is_owner(const writer *me) { return me->owner == getpid(); }

static void leave(PyObject *self) { atomic_store(&me_of(self)->busy, false); }

/* The writer, for this call alone until leave(); NULL with an exception set.  To be called once all arguments are converted,
 * because conversion may run code of the caller. */
static pn_writer *enter(PyObject *self) {
    writer *me = me_of(self);
    if (atomic_exchange(&me->busy, true)) {
        PyErr_SetString(PyExc_RuntimeError, "the writer is at work in another call");
        return NULL;
    }
    if (me->writer && is_owner(me)) return me->writer;
    PyErr_SetString(PyExc_ValueError, me->writer ? "the writer belongs to another process" : "the writer is closed");
    leave(self);
    return NULL;
}

static pn_writer *enter_whole(PyObject *self) {
    pn_writer *w = enter(self);
    if (!w || !me_of(self)->failed) return w;
    PyErr_SetString(PyExc_ValueError, "the writer failed before: close it");
    leave(self);
    return NULL;
}

static int writer_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void writer_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (is_owner(me_of(self))) pn_writer_close(me_of(self)->writer);
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

/* Exactly n bytes of a bytes object. */
static bool key_from(PyObject *o, uint8_t *out, size_t n) {
    char *p;
    Py_ssize_t len;
    if (PyBytes_AsStringAndSize(o, &p, &len) < 0) return false;
    if ((size_t)len != n) { PyErr_Format(PyExc_ValueError, "%zu bytes are wanted", n); return false; }
    memcpy(out, p, n);
    return true;
}

PyObject *pnpy_writer_new(PyObject *module, PyObject *args) {
    const char *path;
    int is_new;
    unsigned long long memory;
    pn_writer_job job;
    PyObject *name = Py_None;
    if (!PyArg_ParseTuple(args, "ypK|O", &path, &is_new, &memory, &name)) return NULL;
    if (name != Py_None && !key_from(name, job.bytes, sizeof job.bytes)) return NULL;
    pnpy_state *st = pnpy_state_of(module);
    pn_error err = { 0 };
    pn_writer *w = NULL;
    pn_writer_opts opts = { .job = name == Py_None ? NULL : &job, .memory = (size_t)memory };
    pn_status rc = (is_new ? pn_writer_create : pn_writer_open)(pn_io_posix(), path, &opts, &w, &err);
    if (rc != PN_OK) return pnpy_raise(st, rc, &err);
    writer *self = PyObject_GC_New(writer, st->writer);
    if (!self) { pn_writer_close(w); return NULL; }
    self->writer = w;
    self->owner = getpid();
    self->failed = false;
    atomic_init(&self->busy, false);
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

static pn_status feed(pn_writer *w, pn_bytes data, const pn_input *given, pn_bytes name, bool *failed, pn_error *err) {
    pn_doc_source source;
    pn_input in = *given;
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    in.tick = &tick.core;
    pn_status rc = pn_input_source(data, &in, &source, err);
    if (rc == PN_OK) {
        rc = pn_writer_add(w, &source, name, &tick.core, err);
        *failed = rc != PN_OK;
        source.close(source.self);
    }
    pnpy_tick_end(&tick);
    return rc;
}

static PyObject *writer_add(PyObject *self, PyObject *args) {
    PyObject *kind, *name, *options;
    Py_buffer data;
    unsigned long long offset;
    unsigned line;
    pnpy_input in;
    pn_bytes input;
    if (!PyArg_ParseTuple(args, "OOy*OKI", &kind, &name, &data, &options, &offset, &line)) return NULL;
    if (!pnpy_str(name, false, &input) || !pnpy_input_from(kind, options, &in)) { PyBuffer_Release(&data); return NULL; }
    in.input.base_offset = offset;
    in.input.base_line = line;
    pn_error err = { 0 };
    pn_status rc = PN_OK;
    pn_writer *w = enter_whole(self);
    if (w) {
        rc = feed(w, pn_bytes_of(data.buf, (size_t)data.len), &in.input, input, &me_of(self)->failed, &err);
        leave(self);
    }
    pnpy_input_fini(&in);
    PyBuffer_Release(&data);
    if (!w) return NULL;
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    Py_RETURN_NONE;
}

static PyObject *writer_note(PyObject *self, PyObject *args) {
    PyObject *name, *excerpt;
    const char *code;
    int severity, skipped;
    unsigned long long offset;
    pn_bytes input;
    pn_diag d = { 0 };
    if (!PyArg_ParseTuple(args, "OsiKOp", &name, &code, &severity, &offset, &excerpt, &skipped)) return NULL;
    if (!pnpy_str(name, false, &input) || !pnpy_str(excerpt, true, &d.excerpt)) return NULL;
    if (severity < PN_INFO || severity > PN_ERROR) { PyErr_SetString(PyExc_ValueError, "a severity is 0, 1 or 2"); return NULL; }
    d.code = code;
    d.severity = (pn_severity)severity;
    d.offset = offset;
    pn_error err = { 0 };
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    pn_status rc = pn_writer_note(w, input, &d, skipped != 0, &err);
    leave(self);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    Py_RETURN_NONE;
}

static PyObject *writer_delete(PyObject *self, PyObject *arg) {
    pn_error err = { 0 };
    pnpy_tick tick;
    uint64_t n = 0;
    pn_select *what = pnpy_selection_of(state_of(self), arg);
    pn_writer *w = what ? enter_whole(self) : NULL;
    if (!w) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_writer_delete(w, what, &tick.core, &n, &err);
    me_of(self)->failed = rc != PN_OK;
    pnpy_tick_end(&tick);
    leave(self);
    return rc == PN_OK ? PyLong_FromUnsignedLongLong(n) : pnpy_raise(state_of(self), rc, &err);
}

/* --- commit and compact, which tell a callable (bytes done, bytes in all) of their merges */

typedef struct { const pn_writer *w; PyObject *call; } telling;

static int tell(void *arg) {
    const telling *t = arg;
    uint64_t done, total;
    pn_writer_progress(t->w, &done, &total);
    PyObject *r = total ? PyObject_CallFunction(t->call, "KK", (unsigned long long)done, (unsigned long long)total) : Py_NewRef(Py_None);
    Py_XDECREF(r);
    return r ? 0 : -1;
}

typedef pn_status finish_fn(pn_writer *, const pn_tick *, pn_error *);
static PyObject *finish_with(PyObject *self, PyObject *args, finish_fn *finish) {
    pn_error err = { 0 };
    pnpy_tick tick;
    PyObject *call = Py_None;
    if (!PyArg_ParseTuple(args, "|O", &call)) return NULL;
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    telling t = { w, call };
    pnpy_tick_begin(&tick);
    if (call != Py_None) tick.also = (pn_tick){ tell, &t };
    pn_status rc = finish(w, &tick.core, &err);
    me_of(self)->failed = rc != PN_OK;
    pnpy_tick_end(&tick);
    leave(self);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    Py_RETURN_NONE;
}
static PyObject *writer_commit(PyObject *self, PyObject *args) { return finish_with(self, args, pn_writer_commit); }
static PyObject *writer_compact(PyObject *self, PyObject *args) { return finish_with(self, args, pn_writer_compact); }

static PyObject *writer_close(PyObject *self, PyObject *unused) {
    (void)unused;
    writer *me = me_of(self);
    if (!me->writer) Py_RETURN_NONE;
    if (!is_owner(me)) me->writer = NULL;
    else if (enter(self)) {
        pn_writer_close(me->writer);
        me->writer = NULL;
        leave(self);
    } else return NULL;
    Py_RETURN_NONE;
}

static PyObject *writer_counts(PyObject *self, PyObject *unused) {
    (void)unused;
    pn_writer *w = enter(self);
    if (!w) return NULL;
    pn_ingest_counts c = pn_writer_counts(w);
    leave(self);
    return Py_BuildValue("{sK,sK,sK,sK,sK}", "read", (unsigned long long)c.read, "stored", (unsigned long long)c.stored, "replaced",
                         (unsigned long long)c.replaced, "duplicate", (unsigned long long)c.duplicate, "skipped", (unsigned long long)c.skipped);
}

typedef pn_status table_fn(const pn_report *, pn_table **, pn_error *);
static PyObject *report_with(PyObject *self, table_fn *make) {
    pn_table *t = NULL;
    pn_error err = { 0 };
    pn_writer *w = enter(self);
    if (!w) return NULL;
    pn_status rc = make(pn_writer_report(w), &t, &err);
    leave(self);
    return rc == PN_OK ? pnpy_table_steal(state_of(self), t) : pnpy_raise(state_of(self), rc, &err);
}
static PyObject *writer_report(PyObject *self, PyObject *unused) { (void)unused; return report_with(self, pn_report_table); }
static PyObject *writer_summary(PyObject *self, PyObject *unused) { (void)unused; return report_with(self, pn_report_summary); }

static PyObject *writer_pin(PyObject *self, PyObject *args) {
    unsigned generation;
    unsigned long long since;
    PyObject *text;
    pn_bytes note;
    pn_error err = { 0 };
    if (!PyArg_ParseTuple(args, "IKO", &generation, &since, &text) || !pnpy_str(text, false, &note)) return NULL;
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    pn_status rc = pn_writer_pin(w, generation, since, note, &err);
    leave(self);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    Py_RETURN_NONE;
}

static PyObject *writer_unpin(PyObject *self, PyObject *args) {
    unsigned generation;
    pn_error err = { 0 };
    if (!PyArg_ParseTuple(args, "I", &generation)) return NULL;
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    pn_status rc = pn_writer_unpin(w, generation, &err);
    leave(self);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    Py_RETURN_NONE;
}

/* --- going on after an interruption */

static PyObject *writer_knows(PyObject *self, PyObject *arg) {
    char *key;
    Py_ssize_t n;
    bool yes = false;
    pn_error err = { 0 };
    if (PyBytes_AsStringAndSize(arg, &key, &n) < 0) return NULL;
    if (n != PN_INPUT_KEY && n != PN_INPUT_LENGTH) { PyErr_SetString(PyExc_ValueError, "a key has 16 bytes, a length 4"); return NULL; }
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    pn_status rc = pn_writer_knows(w, (const uint8_t *)key, (size_t)n, &yes, &err);
    leave(self);
    return rc == PN_OK ? PyBool_FromLong(yes) : pnpy_raise(state_of(self), rc, &err);
}

static PyObject *writer_finish_input(PyObject *self, PyObject *arg) {
    uint8_t key[PN_INPUT_KEY];
    pn_error err = { 0 };
    if (!key_from(arg, key, sizeof key)) return NULL;
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    pn_status rc = pn_writer_finish_input(w, key, &err);
    leave(self);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    Py_RETURN_NONE;
}

static PyObject *writer_is_due(PyObject *self, PyObject *unused) {
    (void)unused;
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    bool due = pn_writer_is_due(w);
    leave(self);
    return PyBool_FromLong(due);
}

static PyObject *writer_place(PyObject *self, PyObject *unused) {
    (void)unused;
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    pn_bytes place = pn_writer_place(w);
    PyObject *bytes = place.ptr ? PyBytes_FromStringAndSize((const char *)place.ptr, (Py_ssize_t)place.len) : Py_NewRef(Py_None);
    leave(self);
    return bytes;
}

static PyObject *writer_set_aside(PyObject *self, PyObject *arg) {
    char *place;
    Py_ssize_t n;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (PyBytes_AsStringAndSize(arg, &place, &n) < 0) return NULL;
    pn_writer *w = enter_whole(self);
    if (!w) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_writer_set_aside(w, pn_bytes_of(place, (size_t)n), &tick.core, &err);
    pnpy_tick_end(&tick);
    me_of(self)->failed = rc != PN_OK;
    leave(self);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    { "knows", writer_knows, METH_O, PyDoc_STR("knows($self, key, /)\n--\n\nWhether an input of this key, or of this length, was read before.") },
    { "finish_input", writer_finish_input, METH_O, PyDoc_STR("finish_input($self, key, /)\n--\n\nThe input was read to its end.") },
    { "is_due", writer_is_due, METH_NOARGS, PyDoc_STR("is_due($self, /)\n--\n\nWorth setting aside.") },
    { "place", writer_place, METH_NOARGS, PyDoc_STR("place($self, /)\n--\n\nThe place of what was taken up, None at a beginning.") },
    { "set_aside", writer_set_aside, METH_O, PyDoc_STR("set_aside($self, place, /)\n--\n\nKeeps how far the work came.") },
    { "pin", writer_pin, METH_VARARGS, PyDoc_STR("pin($self, generation, since, note, /)\n--\n\nKeeps a generation.") },
    { "unpin", writer_unpin, METH_VARARGS, PyDoc_STR("unpin($self, generation, /)\n--\n\nLets go of a generation.") },
    { "add", writer_add, METH_VARARGS, PyDoc_STR("add($self, kind, name, data, options, offset, line, /)\n--\n\nTakes every record of the bytes.") },
    { "note", writer_note, METH_VARARGS, PyDoc_STR("note($self, name, code, severity, offset, excerpt, skipped, /)\n--\n\nOne remark about an input.") },
    { "delete", writer_delete, METH_O, PyDoc_STR("delete($self, selection, /)\n--\n\nDeletes what is still there of a selection; how many articles.") },
    { "commit", writer_commit, METH_VARARGS, PyDoc_STR("commit($self, progress=None, /)\n--\n\nMakes everything durable and visible.") },
    { "compact", writer_compact, METH_VARARGS, PyDoc_STR("compact($self, progress=None, /)\n--\n\nCommits, with all segments merged.") },
    { "close", writer_close, METH_NOARGS, PyDoc_STR("close($self, /)\n--\n\nReleases the lock; without commit nothing has happened.") },
    { "counts", writer_counts, METH_NOARGS, PyDoc_STR("counts($self, /)\n--\n\nread, stored, replaced, duplicate, skipped.") },
    { "report", writer_report, METH_NOARGS, PyDoc_STR("report($self, /)\n--\n\nTable of remarks.") },
    { "summary", writer_summary, METH_NOARGS, PyDoc_STR("summary($self, /)\n--\n\nTable of remarks by code.") },
    { NULL, NULL, 0, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, writer_dealloc }, { Py_tp_traverse, writer_traverse }, { Py_tp_methods, methods },
                               { Py_tp_doc, (void *)(uintptr_t)"Articles into an archive." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.Writer", sizeof(writer), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_writer_ready(PyObject *module, pnpy_state *st) { return (st->writer = pnpy_add_type(module, &spec)) != NULL; }
