/* pn_record.h -- one JSON object to one article.  Layer: parse.
 *
 * A pn_record is the working memory of a source of JSON articles, used again for every record.  The zero value is ready.
 */
#ifndef PN_RECORD_H
#define PN_RECORD_H
#include "parse/pn_fields.h"
#include "parse/pn_values.h"

typedef struct {                       /* a member of the object, or of an object inside it that has known names */
    pn_bytes path;                     /* its name, with the names of the objects around it before it */
    pn_bytes key, value;               /* as written; key with its quotes */
    uint8_t field, rank;
    bool inner;                        /* stands in an object inside the record */
    bool used;                         /* its value went into a field of ours (or was replaced by a later one of that name) */
} pn_member;

typedef struct {
    const pn_jsonl_opts *opts;         /* never NULL while reading */
    pn_arena arena;                    /* of the current record */
    pn_texts texts;
    pn_stop stop;
    bool has_too_many;                 /* names or entries in a list, more than PN_WRITTEN_MAX */
    pn_member *members; size_t n_members, cap_members;
    pn_diag *diags; size_t n_diags, cap_diags;
    pn_related *related; size_t n_related, cap_related;
    uint32_t places[PN_FIELD_COUNT][PN_RANK_COUNT];   /* index + 1 into members */
    pn_bytes text; uint64_t offset; uint32_t line;    /* of the current record */
    pn_doc doc;                        /* the result: until the next call */
} pn_record;

/* Fills r->doc from `text`, which stands at `offset` and `line` of the input and must stay until the next call.  What is no
 * JSON object, or says nothing about an article, becomes a skipped doc.  PN_ENOMEM, PN_EINTR. */
PN_MUST_CHECK pn_status pn_record_read(pn_record *r, pn_bytes text, uint64_t offset, uint32_t line, pn_error *err);

/* Fills r->doc with a skipped record of `text` that has one remark, about its byte `at`; `why` (a sentence or NULL) goes into
 * the excerpt before the text of the place. */
PN_MUST_CHECK pn_status pn_record_refuse(pn_record *r, pn_bytes text, uint64_t offset, uint32_t line,
                                         const char *code, size_t at, const char *why, pn_error *err);

void pn_record_fini(pn_record *r);

/* --- between the files of the record reader */

#define PN_WRITTEN_MAX (1u << 20)      /* names or entries of a list, with repeats */
#define PN_RECORD_REMARKS_MAX 256      /* remarks upon one record that are no errors; the last says that there were more */
/* Adds a remark about the place `where`, a run inside the record.  False when memory is out, as in all of these. */
PN_MUST_CHECK bool pn_record_remark(pn_record *r, const char *code, pn_severity severity, const uint8_t *where, pn_bytes excerpt);

/* Reads a date value: its text and what became of it. */
PN_MUST_CHECK bool pn_record_date(pn_record *r, pn_bytes value, pn_when *when, pn_bytes *text, pn_date_result *result);

/* Appends the entries of a list of related articles to r->related. */
PN_MUST_CHECK bool pn_record_related(pn_record *r, pn_bytes value);
#endif
