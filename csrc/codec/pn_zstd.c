#include "codec/pn_zstd.h"
#include "base/pn_alloc.h"
#include <zstd.h>
#include <zstd_errors.h>

enum { WINDOW_LOG_MAX = 27, BLOCK_MAX = 128 << 10, CHUNK = 64 << 10, LONG = 1 << 20 };      /* LONG: bytes packed between two questions to the tick */

static pn_status failed(pn_error *err, size_t code) {
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_memory_allocation: return pn_fail(err, PN_ENOMEM, "no memory for zstd");
    case ZSTD_error_frameParameter_windowTooLarge:
        return pn_fail(err, PN_ELIMIT, "the zstd window is larger than 128 MiB");
    default: return pn_fail(err, PN_ECORRUPT, "damaged zstd data: %s", ZSTD_getErrorName(code));
    }
}

static pn_status pack_piece(ZSTD_CCtx *c, ZSTD_outBuffer *to, pn_bytes piece, bool is_last, pn_error *err) {
    ZSTD_inBuffer from = { piece.ptr, piece.len, 0 };
    size_t left = ZSTD_compressStream2(c, to, &from, is_last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left)) return failed(err, left);
    if (from.pos == from.size && (!is_last || left == 0)) return PN_OK;
    return pn_fail(err, PN_ELIMIT, "a zstd frame is larger than its bound");
}

static pn_status pack_long(pn_zstd_packer *p, ZSTD_outBuffer *to, pn_bytes raw, int level, pn_error *err) {
    size_t rc = ZSTD_CCtx_reset(p->context, ZSTD_reset_session_and_parameters);
    if (!ZSTD_isError(rc)) rc = ZSTD_CCtx_setParameter(p->context, ZSTD_c_compressionLevel, level);
    if (!ZSTD_isError(rc)) rc = ZSTD_CCtx_setPledgedSrcSize(p->context, raw.len);
    if (ZSTD_isError(rc)) return failed(err, rc);
    for (size_t at = 0, n; at < raw.len; at += n) {
        n = PN_MIN(raw.len - at, (size_t)LONG);
        PN_TRY(pn_poll(p->tick, err));
        PN_TRY(pack_piece(p->context, to, pn_bytes_of(raw.ptr + at, n), at + n == raw.len, err));
    }
    return PN_OK;
}

static pn_status pack(pn_zstd_packer *p, ZSTD_outBuffer *to, pn_bytes raw, int level, pn_error *err) {
    if (!p->context) p->context = ZSTD_createCCtx();
    if (!p->context) return pn_fail(err, PN_ENOMEM, "no memory for zstd");
    if (raw.len > LONG) return pack_long(p, to, raw, level, err);
    to->pos = ZSTD_compressCCtx(p->context, to->dst, to->size, raw.ptr, raw.len, level);
    return ZSTD_isError(to->pos) ? failed(err, to->pos) : PN_OK;
}

pn_status pn_zstd_pack(pn_zstd_packer *p, pn_buf *out, pn_bytes raw, int level, pn_error *err) {
    pn_zstd_packer once = { NULL, NULL };
    size_t bound = ZSTD_compressBound(raw.len);
    if (ZSTD_isError(bound)) return pn_fail(err, PN_ELIMIT, "%zu bytes are too many for one zstd frame", raw.len);
    if (!pn_buf_reserve(out, bound)) return pn_fail(err, out->rc, "no memory for a zstd frame");
    ZSTD_outBuffer to = { out->ptr + out->len, bound, 0 };
    pn_status rc = pack(p ? p : &once, &to, raw, level, err);
    pn_zstd_packer_fini(&once);
    if (rc == PN_OK) out->len += to.pos;
    return rc;
}

void pn_zstd_packer_fini(pn_zstd_packer *p) {
    if (!p) return;
    ZSTD_freeCCtx(p->context);
    *p = (pn_zstd_packer){ NULL, NULL };
}

/* One frame, whole, that claims raw_len bytes.  A zstd block costs four bytes or more and holds BLOCK_MAX or less,
 * so a small frame cannot make us reserve much. */
static bool plausible(pn_bytes frame, size_t raw_len) {
    return ZSTD_findFrameCompressedSize(frame.ptr, frame.len) == frame.len
        && ZSTD_getFrameContentSize(frame.ptr, frame.len) == raw_len
        && raw_len / BLOCK_MAX <= frame.len / 4;
}

pn_status pn_zstd_unpack(pn_buf *out, pn_bytes frame, size_t raw_len, pn_error *err) {
    if (!plausible(frame, raw_len)) return pn_fail(err, PN_ECORRUPT, "not one zstd frame of %zu bytes", raw_len);
    if (!pn_buf_reserve(out, PN_MAX(raw_len, 1))) return pn_fail(err, out->rc, "no memory for %zu bytes", raw_len);
    size_t n = ZSTD_decompress(out->ptr + out->len, raw_len, frame.ptr, frame.len);
    if (ZSTD_isError(n)) return failed(err, n);
    if (n != raw_len) return pn_fail(err, PN_ECORRUPT, "a zstd frame holds %zu bytes instead of %zu", n, raw_len);
    out->len += n;
    return PN_OK;
}

struct pn_zstd_stream { ZSTD_DStream *z; bool at_end; };

pn_status pn_zstd_stream_new(pn_zstd_stream **out, pn_error *err) {
    pn_zstd_stream *s = pn_malloc(sizeof *s);
    if (s) *s = (pn_zstd_stream){ ZSTD_createDStream(), true };
    if (!s || !s->z || ZSTD_isError(ZSTD_DCtx_setParameter(s->z, ZSTD_d_windowLogMax, WINDOW_LOG_MAX))) {
        pn_zstd_stream_free(s);
        return pn_fail(err, PN_ENOMEM, "no memory for zstd");
    }
    *out = s;
    return PN_OK;
}

void pn_zstd_stream_free(pn_zstd_stream *s) {
    if (!s) return;
    ZSTD_freeDStream(s->z);
    pn_free(s);
}

/* One step of at most `room` bytes; *more = there may be another without new input. */
static pn_status step(pn_zstd_stream *s, ZSTD_inBuffer *in, size_t room, pn_buf *out, bool *more, pn_error *err) {
    if (!pn_buf_reserve(out, room)) return pn_fail(err, out->rc, "no memory for unpacked text");
    ZSTD_outBuffer to = { out->ptr + out->len, room, 0 };
    size_t before = in->pos, rest = ZSTD_decompressStream(s->z, &to, in);
    if (ZSTD_isError(rest)) return failed(err, rest);
    bool moved = to.pos || in->pos != before;
    if (moved) s->at_end = rest == 0;              /* without movement `rest` speaks of a next frame */
    out->len += to.pos;
    *more = moved && (in->pos < in->size || to.pos == room);
    return PN_OK;
}

pn_status pn_zstd_stream_read(pn_zstd_stream *s, pn_bytes in, size_t max_out, pn_buf *out, size_t *used, bool *at_end,
                              pn_error *err) {
    ZSTD_inBuffer from = { in.ptr, in.len, 0 };
    size_t before = out->len;
    for (bool more = true; more && out->len - before < max_out;) {
        size_t room = PN_MIN(max_out - (out->len - before), (size_t)CHUNK);
        pn_status rc = step(s, &from, room, out, &more, err);
        if (rc != PN_OK) { out->len = before; return rc; }
    }
    *used = from.pos;
    *at_end = s->at_end;
    return PN_OK;
}
