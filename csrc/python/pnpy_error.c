#include "python/pnpy.h"
#include <time.h>

/* --- errors: one Python function knows which class stands for which status */

PyObject *pnpy_raise(pnpy_state *st, pn_status rc, const pn_error *err) {
    if (PyErr_Occurred()) return NULL;                    /* a signal handler raised already */
    if (rc == PN_ENOMEM) return PyErr_NoMemory();
    if (rc == PN_EINTR) { PyErr_SetNone(PyExc_KeyboardInterrupt); return NULL; }
    /* A message may end inside a character, a path may be of any bytes. */
    PyObject *msg = pnpy_text(pn_bytes_cstr(err->msg)), *file = msg ? PyUnicode_DecodeFSDefault(err->file) : NULL;
    PyObject *e = file ? PyObject_CallFunction(st->make_error, "iOOKi", (int)rc, msg, file, (unsigned long long)err->offset, err->sys_errno) : NULL;
    Py_XDECREF(msg);
    Py_XDECREF(file);
    if (!e) return NULL;
    PyErr_SetObject((PyObject *)Py_TYPE(e), e);
    Py_DECREF(e);
    return NULL;
}

/* --- ticks */

enum { CHECK_EVERY_NS = 50000000 };

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int check_signals(void *arg) {
    pnpy_tick *t = arg;
    int64_t now = now_ns();
    if (now - t->last_ns < CHECK_EVERY_NS) return 0;
    PyEval_RestoreThread(t->saved);
    int stop = PyErr_CheckSignals() < 0 || (t->also.fn && t->also.fn(t->also.arg));
    t->saved = PyEval_SaveThread();
    t->last_ns = now_ns();
    return stop;
}

void pnpy_tick_begin(pnpy_tick *t) {
    t->last_ns = now_ns();
    t->core = (pn_tick){ check_signals, t };
    t->also = (pn_tick){ NULL, NULL };
    t->saved = PyEval_SaveThread();
}
void pnpy_tick_end(pnpy_tick *t) { PyEval_RestoreThread(t->saved); }

/* --- strings */

bool pnpy_str(PyObject *o, bool none_ok, pn_bytes *out) {
    *out = PN_BYTES_NONE;
    if (none_ok && o == Py_None) return true;
    Py_ssize_t n;
    const char *s = PyUnicode_AsUTF8AndSize(o, &n);
    if (!s) return false;
    *out = pn_bytes_of(s, (size_t)n);
    return true;
}

PyObject *pnpy_text(pn_bytes s) {
    if (!s.ptr) Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8((const char *)s.ptr, (Py_ssize_t)s.len, "replace");
}
