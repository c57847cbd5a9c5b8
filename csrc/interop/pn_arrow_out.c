#include "interop/pn_arrow_out.h"
#include "base/pn_alloc.h"
#include <errno.h>

/* Every node (schema or array) owns one allocation that holds its child pointers, its children and, for arrays, its
 * buffer pointers.  A child's release is called by its parent unless the consumer moved the child away first. */

static const char *format_of(pn_col_kind k) {
    switch (k) {
    case PN_COL_I32:  return "i";
    case PN_COL_I64:  return "l";
    case PN_COL_F64:  return "g";
    case PN_COL_DATE: return "tdD";
    case PN_COL_BOOL: return "b";
    case PN_COL_STR:  return "u";
    case PN_COL_TIME: return "tss:";       /* the zone follows */
    case PN_COL_DICT: return "i";          /* the codes; the dictionary is "u" */
    }
    return "n";
}

/* --- schema */

static void release_schema(struct ArrowSchema *s) {
    for (int64_t i = 0; i < s->n_children; i++) {
        if (s->children[i]->release) s->children[i]->release(s->children[i]);
        pn_free(s->children[i]);
    }
    if (s->dictionary) {
        if (s->dictionary->release) s->dictionary->release(s->dictionary);
        pn_free(s->dictionary);
    }
    pn_free(s->children);
    pn_free(s->private_data);              /* the name, the format behind it */
    s->release = NULL;
}

static bool schema_init(struct ArrowSchema *s, const char *format, const char *zone, const char *name, int64_t flags) {
    size_t n = strlen(name) + 1, f = strlen(format), z = zone ? strlen(zone) : 0;
    char *copy = pn_malloc(n + f + z + 1);
    *s = (struct ArrowSchema){ 0 };
    if (!copy) return false;
    memcpy(copy, name, n);
    memcpy(copy + n, format, f);
    if (z) memcpy(copy + n + f, zone, z);
    copy[n + f + z] = '\0';
    *s = (struct ArrowSchema){ .format = copy + n, .name = copy, .flags = flags, .release = release_schema, .private_data = copy };
    return true;
}

static bool column_schema(const pn_col *c, struct ArrowSchema *out) {
    if (!schema_init(out, format_of(c->kind), c->zone, c->name, ARROW_FLAG_NULLABLE)) return false;
    if (c->kind != PN_COL_DICT) return true;
    out->dictionary = pn_calloc(1, sizeof *out->dictionary);
    if (out->dictionary && schema_init(out->dictionary, "u", NULL, "", 0)) return true;
    release_schema(out);
    return false;
}

static bool add_schema_child(struct ArrowSchema *s, const pn_col *c) {
    struct ArrowSchema *child = pn_calloc(1, sizeof *child);
    if (!child || !column_schema(c, child)) {
        pn_free(child);
        return false;
    }
    s->children[s->n_children++] = child;
    return true;
}

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for an Arrow export"); }

pn_status pn_arrow_schema(const pn_table *t, struct ArrowSchema *out, pn_error *err) {
    size_t n = pn_table_n_cols(t);
    if (!schema_init(out, "+s", NULL, "", 0)) return no_memory(err);
    out->children = pn_calloc(n + 1, sizeof *out->children);
    bool ok = out->children != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = add_schema_child(out, pn_table_col(t, i));
    if (ok) return PN_OK;
    release_schema(out);
    return no_memory(err);
}

pn_status pn_arrow_column_schema(const pn_table *t, size_t col, struct ArrowSchema *out, pn_error *err) {
    return column_schema(pn_table_col(t, col), out) ? PN_OK : no_memory(err);
}

/* --- arrays */

typedef struct { pn_table *table; const void *buffers[3]; } array_room;

static void release_array(struct ArrowArray *a) {
    array_room *room = a->private_data;
    for (int64_t i = 0; i < a->n_children; i++) {
        if (a->children[i]->release) a->children[i]->release(a->children[i]);
        pn_free(a->children[i]);
    }
    if (a->dictionary) {
        if (a->dictionary->release) a->dictionary->release(a->dictionary);
        pn_free(a->dictionary);
    }
    pn_free(a->children);
    pn_table_release(room->table);
    pn_free(room);
    a->release = NULL;
}

static bool array_init(struct ArrowArray *a, pn_table *t, int64_t length, int64_t n_buffers) {
    array_room *room = pn_calloc(1, sizeof *room);
    *a = (struct ArrowArray){ 0 };
    if (!room) return false;
    room->table = pn_table_retain(t);
    *a = (struct ArrowArray){ .length = length, .n_buffers = n_buffers, .buffers = room->buffers, .release = release_array, .private_data = room };
    return true;
}

/* Consumers may look at a buffer of an empty column: never NULL but for validity. */
static const void *some(const pn_buf *b) {
    static const uint64_t nothing[2];
    return b->ptr ? (const void *)b->ptr : (const void *)nothing;
}

static bool add_dictionary(struct ArrowArray *a, pn_table *t, const pn_col *c) {
    a->dictionary = pn_calloc(1, sizeof *a->dictionary);
    if (!a->dictionary || !array_init(a->dictionary, t, (int64_t)(c->dict_offsets.len / 4) - 1, 3)) return false;
    a->dictionary->buffers[1] = some(&c->dict_offsets);
    a->dictionary->buffers[2] = some(&c->bytes);
    return true;
}

static bool column_array(pn_table *t, const pn_col *c, struct ArrowArray *out) {
    if (!array_init(out, t, pn_table_n_rows(t), c->kind == PN_COL_STR ? 3 : 2)) return false;
    out->null_count = c->n_null;
    out->buffers[0] = c->n_null ? c->valid.ptr : NULL;
    out->buffers[1] = some(&c->data);
    if (c->kind == PN_COL_STR) out->buffers[2] = some(&c->bytes);
    if (c->kind != PN_COL_DICT || add_dictionary(out, t, c)) return true;
    release_array(out);
    return false;
}

static bool add_array_child(struct ArrowArray *a, pn_table *t, const pn_col *c) {
    struct ArrowArray *child = pn_calloc(1, sizeof *child);
    if (!child || !column_array(t, c, child)) {
        pn_free(child);
        return false;
    }
    a->children[a->n_children++] = child;
    return true;
}

pn_status pn_arrow_array(pn_table *t, struct ArrowArray *out, pn_error *err) {
    size_t n = pn_table_n_cols(t);
    if (!array_init(out, t, pn_table_n_rows(t), 1)) return no_memory(err);
    out->children = pn_calloc(n + 1, sizeof *out->children);
    bool ok = out->children != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = add_array_child(out, t, pn_table_col(t, i));
    if (ok) return PN_OK;
    release_array(out);
    return no_memory(err);
}

pn_status pn_arrow_column_array(pn_table *t, size_t col, struct ArrowArray *out, pn_error *err) {
    return column_array(t, pn_table_col(t, col), out) ? PN_OK : no_memory(err);
}

/* --- stream */

typedef struct { pn_table *table; bool done; pn_error error; } stream_room;

static int errno_of(pn_status rc) { return rc == PN_OK ? 0 : rc == PN_ENOMEM ? ENOMEM : EINVAL; }

static int stream_schema(struct ArrowArrayStream *s, struct ArrowSchema *out) {
    stream_room *room = s->private_data;
    return errno_of(pn_arrow_schema(room->table, out, &room->error));
}

static int stream_next(struct ArrowArrayStream *s, struct ArrowArray *out) {
    stream_room *room = s->private_data;
    *out = (struct ArrowArray){ 0 };
    if (room->done) return 0;
    int rc = errno_of(pn_arrow_array(room->table, out, &room->error));
    room->done = rc == 0;
    return rc;
}

static const char *stream_error(struct ArrowArrayStream *s) {
    stream_room *room = s->private_data;
    return room->error.code ? room->error.msg : NULL;
}

static void stream_release(struct ArrowArrayStream *s) {
    stream_room *room = s->private_data;
    pn_table_release(room->table);
    pn_free(room);
    s->release = NULL;
}

pn_status pn_arrow_stream(pn_table *t, struct ArrowArrayStream *out, pn_error *err) {
    stream_room *room = pn_calloc(1, sizeof *room);
    *out = (struct ArrowArrayStream){ 0 };
    if (!room) return no_memory(err);
    room->table = pn_table_retain(t);
    *out = (struct ArrowArrayStream){ stream_schema, stream_next, stream_error, stream_release, room };
    return PN_OK;
}
