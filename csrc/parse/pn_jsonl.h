/* pn_jsonl.h -- JSON lines to articles.  Layer: parse.  Field names and their order of preference: docs/FIELDS.md.
 *
 * Works on chunks of a stream: give whole lines, keep the rest for the next chunk.  A line that is not a strict JSON
 * object costs itself: it becomes a skipped record with position and reason.  One source one thread.
 */
#ifndef PN_JSONL_H
#define PN_JSONL_H
#include "base/pn_tick.h"
#include "model/pn_doc.h"
#include "text/pn_dateparse.h"

#define PN_JSON_RECORD_MAX (UINT64_C(64) << 20)      /* bytes of a record; a larger one is skipped as "article_too_large" */

typedef struct { pn_bytes name; pn_bytes target; } pn_field_map;   /* input field -> field of ours ("title", "body", …) or "-" to leave out */

typedef struct {                       /* zero value: all defaults */
    pn_date_opts dates;
    pn_bytes source;
    const pn_field_map *fields; size_t n_fields;       /* tried before the usual names; "a.b" is b inside the object a */
    const pn_tick *tick;               /* asked within long records, too: `next` gives PN_EINTR.  NULL = never */
} pn_jsonl_opts;

/* True when `target` is what an input field may be mapped to: the name of a field of ours, "extra" (keep it as it is) or "-" (drop it). */
bool pn_jsonl_is_target(pn_bytes target);

/* Articles of the lines in `chunk`, which starts at byte `base_offset` and line `base_line` (1-based) of the input.  Blank lines count as lines
 * only.  `chunk` must stay until close; *opts (NULL = defaults) is copied, its runs are borrowed until close.  The last line need not end in a
 * line end.  A byte order mark at offset 0 is passed over. */
PN_MUST_CHECK pn_status pn_jsonl_source(pn_bytes chunk, uint64_t base_offset, uint32_t base_line, const pn_jsonl_opts *opts,
                                        pn_doc_source *out, pn_error *err);

/* The same for one JSON array of objects that is the whole input: each element is a record.  A single object is one record, too.
 * A mistake in the text ends the array with a skipped record that names the place; the records before it stand. */
PN_MUST_CHECK pn_status pn_json_array_source(pn_bytes text, const pn_jsonl_opts *opts, pn_doc_source *out, pn_error *err);
#endif
