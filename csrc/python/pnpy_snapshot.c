/* Snapshot: a generation of an archive, open for reading. */
#include "python/pnpy.h"
#include "archive/pn_repair.h"
#include "python/pnpy_snapshot.h"

typedef struct { PyObject_HEAD pn_snap *snap; } snapshot;
static pn_snap *snap_of(PyObject *self) { return ((snapshot *)self)->snap; }
static pnpy_state *state_of(PyObject *self) { return pnpy_state_of_type(Py_TYPE(self)); }

static int snapshot_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    return 0;
}

static void snapshot_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    pn_snap_release(snap_of(self));
    PyObject_GC_Del(self);
    Py_DECREF(type);
}

PyObject *pnpy_snapshot_steal(pnpy_state *st, pn_snap *snap) {
    snapshot *self = PyObject_GC_New(snapshot, st->snapshot);
    if (!self) { pn_snap_release(snap); return NULL; }
    self->snap = snap;
    PyObject_GC_Track((PyObject *)self);
    return (PyObject *)self;
}

PyObject *pnpy_open(PyObject *module, PyObject *args) {
    const char *path;
    unsigned generation;
    int copy;
    if (!PyArg_ParseTuple(args, "yIp", &path, &generation, &copy)) return NULL;
    pn_snap *snap = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_snap_open(pn_io_posix(), path, generation, copy != 0, &snap, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_snapshot_steal(pnpy_state_of(module), snap) : pnpy_raise(pnpy_state_of(module), rc, &err);
}

static PyObject *list_pins(const pn_manifest *m) {
    PyObject *list = PyList_New((Py_ssize_t)m->n_pins);
    for (size_t i = 0; list && i < m->n_pins; i++) {
        const pn_pin *p = &m->pins[i];
        PyObject *pin = Py_BuildValue("(IKN)", p->generation, (unsigned long long)p->since, pnpy_text(pn_bytes_of(p->note, p->length)));
        if (!pin) { Py_DECREF(list); return NULL; }
        PyList_SetItem(list, (Py_ssize_t)i, pin);
    }
    return list;
}

PyObject *pnpy_pins(PyObject *module, PyObject *arg) {
    char *path;
    Py_ssize_t n;
    pn_manifest m = { 0 };
    pn_error err = { 0 };
    if (PyBytes_AsStringAndSize(arg, &path, &n) < 0) return NULL;
    pnpy_tick tick;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_manifest(path, &m, &err);
    pnpy_tick_end(&tick);
    PyObject *list = rc == PN_OK ? list_pins(&m) : pnpy_raise(pnpy_state_of(module), rc, &err);
    pn_manifest_fini(&m);
    return list;
}

static PyObject *hex(const uint8_t *p, size_t n) {
    char text[64];
    for (size_t i = 0; i < n && i < sizeof text / 2; i++) PyOS_snprintf(text + 2 * i, 3, "%02x", p[i]);
    return PyUnicode_FromStringAndSize(text, (Py_ssize_t)(2 * n));
}

static PyObject *day_of(int32_t day) { return day == PN_DAY_NONE ? Py_NewRef(Py_None) : PyLong_FromLong(day); }

static PyObject *snapshot_info(PyObject *self, PyObject *unused) {
    (void)unused;
    pn_archive_info i;
    char fingerprint[40];
    pn_archive_info_of(snap_of(self), &i);
    PyOS_snprintf(fingerprint, sizeof fingerprint, "%016llx%016llx", (unsigned long long)i.fingerprint[1], (unsigned long long)i.fingerprint[0]);
    return Py_BuildValue("{sN,sI,sK,sK,sK,sK,ss,sK,sK,sK,sK,sN,sN,ss}", "archive", hex(i.archive, sizeof i.archive), "generation", i.generation,
                         "articles", (unsigned long long)i.n_articles, "segments", (unsigned long long)i.n_segments, "deleted", (unsigned long long)i.n_deleted,
                         "bytes", (unsigned long long)i.bytes, "fingerprint", fingerprint, "words", (unsigned long long)i.n_words,
                         "related", (unsigned long long)i.n_related, "undated", (unsigned long long)i.n_undated, "coarse", (unsigned long long)i.n_coarse,
                         "day_first", day_of(i.day_first), "day_last", day_of(i.day_last), "analyzer", i.analyzer);
}

static PyObject *snapshot_all(PyObject *self, PyObject *unused) {
    (void)unused;
    pn_select *s = NULL;
    pn_error err = { 0 };
    pn_status rc = pn_select_all(snap_of(self), &s, &err);
    return rc == PN_OK ? pnpy_selection_steal(state_of(self), s) : pnpy_raise(state_of(self), rc, &err);
}

PyObject *pnpy_with_ref(PyObject *dict, pn_ref ref) {
    PyObject *packed = dict ? PyLong_FromUnsignedLongLong(pn_archive_pack(ref)) : NULL;
    if (packed && PyDict_SetItemString(dict, "ref", packed) == 0) {
        Py_DECREF(packed);
        return dict;
    }
    Py_XDECREF(packed);
    Py_XDECREF(dict);
    return NULL;
}

PyObject *pnpy_stored_article(pnpy_state *st, pn_snap *snap, pn_ref ref) {
    pn_arena arena = { 0 };
    pn_doc doc;
    pn_doc_extra extra;
    pn_error err = { 0 };
    pn_status rc = pn_snap_doc(snap, ref, &arena, &doc, &extra, &err);
    rc = pn_snap_settle(snap, rc, &err);
    PyObject *article = rc == PN_OK ? pnpy_with_ref(pnpy_article(&doc, &extra), ref) : pnpy_raise(st, rc, &err);
    pn_arena_fini(&arena);
    return article;
}

static PyObject *snapshot_find(PyObject *self, PyObject *arg) {
    pn_bytes name;
    pn_ref ref;
    bool found = false;
    pn_error err = { 0 };
    if (!pnpy_str(arg, false, &name)) return NULL;
    pn_status rc = pn_archive_find(snap_of(self), name, &ref, &found, &err);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    if (!found) Py_RETURN_NONE;
    return pnpy_stored_article(state_of(self), snap_of(self), ref);
}

bool pnpy_field_from(PyObject *arg, pn_field *out) {
    static const char *const names[PN_N_FIELDS] = { [PN_FIELD_TAG] = "tag", [PN_FIELD_SECTION] = "section", [PN_FIELD_SOURCE] = "source",
                                                    [PN_FIELD_AUTHOR] = "author", [PN_FIELD_LANGUAGE] = "language" };
    pn_bytes name;
    if (!pnpy_str(arg, false, &name)) return false;
    for (int f = PN_FIELD_TAG; f < PN_N_FIELDS; f++) {
        *out = (pn_field)f;
        if (pn_bytes_equal(name, pn_bytes_cstr(names[f]))) return true;
    }
    PyErr_SetString(PyExc_ValueError, "a field is tag, section, source, author or language");
    return false;
}

static PyObject *snapshot_covered(PyObject *self, PyObject *arg) {
    pn_field field;
    uint64_t n = 0;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!pnpy_field_from(arg, &field)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_archive_covered(snap_of(self), field, &tick.core, &n, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? PyLong_FromUnsignedLongLong(n) : pnpy_raise(state_of(self), rc, &err);
}

static pn_status verify(pn_snap *snap, Py_ssize_t part, const pn_tick *tick, pn_error *err) {
    return part < 0 ? pn_archive_verify_lists(snap, err) : pn_archive_verify_part(snap, (size_t)part, tick, err);
}

static PyObject *snapshot_verify(PyObject *self, PyObject *arg) {
    pn_error err = { 0 };
    pnpy_tick tick;
    Py_ssize_t part = PyLong_AsSsize_t(arg);
    if (PyErr_Occurred()) return NULL;
    if (part >= (Py_ssize_t)pn_snap_n_parts(snap_of(self))) { PyErr_SetString(PyExc_IndexError, "no such part"); return NULL; }
    pnpy_tick_begin(&tick);
    pn_status rc = verify(snap_of(self), part, &tick.core, &err);
    pnpy_tick_end(&tick);
    if (rc != PN_OK) return pnpy_raise(state_of(self), rc, &err);
    Py_RETURN_NONE;
}

static PyObject *files_of(const pn_manifest_segment *s) {
    return Py_BuildValue("(IIKKK)", s->number, s->del_generation, (unsigned long long)s->idx.length, (unsigned long long)s->doc.length,
                         (unsigned long long)s->del.length);
}

static PyObject *snapshot_files(PyObject *self, PyObject *unused) {
    (void)unused;
    const pn_manifest *m = pn_snap_manifest(snap_of(self));
    PyObject *list = PyList_New((Py_ssize_t)m->n_segments);
    for (size_t i = 0; list && i < m->n_segments; i++) {
        PyObject *files = files_of(&m->segments[i]);
        if (!files) { Py_DECREF(list); return NULL; }
        PyList_SetItem(list, (Py_ssize_t)i, files);
    }
    return list;
}

PyObject *pnpy_repair(PyObject *module, PyObject *args) {
    const char *path;
    int dry_run;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "yp", &path, &dry_run)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_repair(pn_io_posix(), path, dry_run != 0, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return rc == PN_OK ? pnpy_table_steal(pnpy_state_of(module), t) : pnpy_raise(pnpy_state_of(module), rc, &err);
}

static PyObject *snapshot_link(PyObject *self, PyObject *args) { return pnpy_link(state_of(self), snap_of(self), args); }
static PyObject *snapshot_linked(PyObject *self, PyObject *args) { return pnpy_linked(state_of(self), snap_of(self), args); }
static PyObject *snapshot_section(PyObject *self, PyObject *arg) { return pnpy_section(state_of(self), snap_of(self), arg); }
static PyObject *snapshot_links_made(PyObject *self, PyObject *unused) {
    (void)unused;
    return PyBool_FromLong(pn_snap_links_made(snap_of(self)) != NULL);
}

static PyMethodDef methods[] = {
    { "link", snapshot_link, METH_VARARGS, PyDoc_STR("link($self, ref, ordinal, /)\n--\n\nThe article that a related entry means, as a dict, or None.") },
    { "linked", snapshot_linked, METH_VARARGS, PyDoc_STR("linked($self, ref, to, /)\n--\n\nThe articles that link to the article, or that it links to.") },
    { "section", snapshot_section, METH_O, PyDoc_STR("section($self, ref, /)\n--\n\nThe section that others' entries tell of the article, or None.") },
    { "links_made", snapshot_links_made, METH_NOARGS, PyDoc_STR("links_made($self, /)\n--\n\nWhether links are resolved already.") },
    { "info", snapshot_info, METH_NOARGS, PyDoc_STR("info($self, /)\n--\n\nFacts about the snapshot as a dict.") },
    { "all", snapshot_all, METH_NOARGS, PyDoc_STR("all($self, /)\n--\n\nThe selection of all articles.") },
    { "find", snapshot_find, METH_O, PyDoc_STR("find($self, id_or_url, /)\n--\n\nThe article as a dict, or None.") },
    { "covered", snapshot_covered, METH_O, PyDoc_STR("covered($self, field, /)\n--\n\nArticles with at least one name of the field.") },
    { "verify", snapshot_verify, METH_O, PyDoc_STR("verify($self, part, /)\n--\n\nChecks every sum and structure of a part, or of the lists of files (-1); raises for damage.") },
    { "files", snapshot_files, METH_NOARGS, PyDoc_STR("files($self, /)\n--\n\n(segment, generation of deletions, bytes of idx, doc, del) of each part.") },
    { NULL, NULL, 0, NULL } };
static PyType_Slot slots[] = { { Py_tp_dealloc, snapshot_dealloc }, { Py_tp_traverse, snapshot_traverse }, { Py_tp_methods, methods },
                               { Py_tp_doc, (void *)(uintptr_t)"A generation of an archive, open for reading." }, { 0, NULL } };
static PyType_Spec spec = { "pynews._core.Snapshot", sizeof(snapshot), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots };

bool pnpy_snapshot_ready(PyObject *module, pnpy_state *st) { return (st->snapshot = pnpy_add_type(module, &spec)) != NULL; }
