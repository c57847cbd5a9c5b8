#include "interop/pn_arrow_in.h"
#include "base/pn_alloc.h"
#include "interop/pn_arrow_json.h"

struct pn_arrow_rows {
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray batch;               /* release NULL: none, or used up */
    int64_t at;                            /* next row of the batch */
    bool at_end;
};

static pn_status producer_failed(struct ArrowArrayStream *s, int code, pn_error *err) {
    const char *words = s->get_last_error ? s->get_last_error(s) : NULL;
    pn_fail(err, PN_EIO, "the table could not be read: %s", words && *words ? words : "its producer gives no reason");
    if (err) err->sys_errno = code;
    return PN_EIO;
}

static pn_status check_types(const struct ArrowSchema *schema, pn_error *err) {
    const char *why;
    if (strcmp(schema->format, "+s") != 0) return pn_fail(err, PN_EUNSUPPORTED, "rows of columns are read, and this stream has values of the Arrow type '%s'", schema->format);
    for (int64_t k = 0; k < schema->n_children; k++)
        if (!pn_arrow_is_readable(schema->children[k], 1, &why))
            return pn_fail(err, PN_EUNSUPPORTED, "column '%s' has the Arrow type '%s', which is not read: cast it to text, or leave it out",
                           schema->children[k]->name ? schema->children[k]->name : "", why);
    return PN_OK;
}

pn_status pn_arrow_rows_open(struct ArrowArrayStream *stream, pn_arrow_rows **out, pn_error *err) {
    pn_arrow_rows *r = pn_calloc(1, sizeof *r);
    if (!r) {
        if (stream->release) stream->release(stream);
        stream->release = NULL;
        return pn_fail(err, PN_ENOMEM, "no memory for a table");
    }
    r->stream = *stream;
    stream->release = NULL;
    int code = r->stream.get_schema(&r->stream, &r->schema);
    pn_status rc = code ? producer_failed(&r->stream, code, err) : check_types(&r->schema, err);
    if (rc != PN_OK) pn_arrow_rows_close(r);
    else *out = r;
    return rc;
}

size_t pn_arrow_rows_width(const pn_arrow_rows *r) { return r->schema.n_children > 0 ? (size_t)r->schema.n_children : 0; }

const char *pn_arrow_rows_column(const pn_arrow_rows *r, size_t i) {
    const char *name = r->schema.children[i]->name;
    return name ? name : "";
}

static void drop_batch(pn_arrow_rows *r) {
    if (r->batch.release) r->batch.release(&r->batch);
    r->batch.release = NULL;
    r->at = 0;
}

void pn_arrow_rows_close(pn_arrow_rows *r) {
    if (!r) return;
    drop_batch(r);
    if (r->schema.release) r->schema.release(&r->schema);
    if (r->stream.release) r->stream.release(&r->stream);
    pn_free(r);
}

/* A batch with a row that was not yet written, or the end. */
static pn_status next_batch(pn_arrow_rows *r, pn_error *err) {
    while (!r->at_end && (!r->batch.release || r->at >= r->batch.length)) {
        drop_batch(r);
        int code = r->stream.get_next(&r->stream, &r->batch);
        if (code) r->batch.release = NULL;
        r->at_end = !r->batch.release;
        if (code) return producer_failed(&r->stream, code, err);
    }
    return PN_OK;
}

pn_status pn_arrow_rows_next(pn_arrow_rows *r, size_t enough, pn_buf *out, size_t *n_rows, uint64_t *repaired, const pn_tick *tick, pn_error *err) {
    pn_arrow_json j = { .out = out, .stop.pace = { tick, 0 } };
    for (*n_rows = 0; out->len < enough && out->rc == PN_OK; ++*n_rows) {
        PN_TRY(next_batch(r, err));
        if (r->at_end) break;
        pn_arrow_put(&j, &r->schema, &r->batch, r->at++);
        pn_buf_put_u8(out, '\n');
        if (j.stop.stopped) return pn_fail(err, PN_EINTR, "stopped by the caller");
        PN_TRY(pn_poll(tick, err));
    }
    *repaired = j.repaired;
    return out->rc == PN_OK ? PN_OK : pn_fail(err, PN_ENOMEM, "no memory for rows of a table");
}
