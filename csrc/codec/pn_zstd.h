/* pn_zstd.h -- blocks of stored text, and zstd streams, through libzstd.  Layer: codec.
 *
 * libzstd allocates its contexts itself (its stable interface takes no allocator); when it cannot, we answer PN_ENOMEM.
 * Any thread; one stream belongs to one thread at a time.
 */
#ifndef PN_ZSTD_H
#define PN_ZSTD_H
#include "base/pn_buf.h"
#include "base/pn_tick.h"

/* What packing needs, made at the first frame and kept for the next ones.  The zero value is empty; frames do not depend on it.
 * `tick` may be set: asked within frames of more than a megabyte, which end with PN_EINTR. */
typedef struct { void *context; const pn_tick *tick; } pn_zstd_packer;
/* Appends one zstd frame of `raw` (its size is recorded in the frame).  p == NULL: nothing is kept.  On failure *out is as before. */
PN_MUST_CHECK pn_status pn_zstd_pack(pn_zstd_packer *p, pn_buf *out, pn_bytes raw, int level, pn_error *err);
void pn_zstd_packer_fini(pn_zstd_packer *p);
/* Appends the content of one frame: exactly `raw_len` bytes or PN_ECORRUPT.  Never writes more. */
PN_MUST_CHECK pn_status pn_zstd_unpack(pn_buf *out, pn_bytes frame, size_t raw_len, pn_error *err);

/* A stream of frames, for compressed inputs.  Windows above 128 MiB are refused (PN_ELIMIT). */
typedef struct pn_zstd_stream pn_zstd_stream;
PN_MUST_CHECK pn_status pn_zstd_stream_new(pn_zstd_stream **out, pn_error *err);
/* Feeds `in` and appends at most `max_out` bytes; *used = input bytes taken.  *at_end = between frames: input that ends
 * elsewhere is cut short.  Call again, with the input that was not used, until nothing is used and nothing appended. */
PN_MUST_CHECK pn_status pn_zstd_stream_read(pn_zstd_stream *z, pn_bytes in, size_t max_out, pn_buf *out, size_t *used, bool *at_end, pn_error *err);
void pn_zstd_stream_free(pn_zstd_stream *z);         /* NULL is fine */
#endif
