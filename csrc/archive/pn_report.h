/* pn_report.h -- what an ingest met, counted and shown.  Layer: archive.
 *
 * Every remark is counted by code; the first PN_REPORT_ROWS of each code are kept as rows.  One thread.
 */
#ifndef PN_REPORT_H
#define PN_REPORT_H
#include "base/pn_arena.h"
#include "model/pn_diag.h"
#include "model/pn_table.h"

#define PN_REPORT_ROWS 1000            /* rows kept per code; the count goes on */

typedef struct { uint64_t read, stored, replaced, duplicate, skipped; } pn_ingest_counts;   /* read = the sum of the others */

typedef struct { const char *code; pn_severity severity; uint64_t count; } pn_report_code;
typedef struct {
    pn_arena arena;
    pn_report_code *codes; size_t n_codes, cap_codes;
    struct pn_report_row *rows; size_t n_rows, cap_rows;
    pn_bytes last_input;               /* the newest input's name, kept once for all its rows */
} pn_report;                           /* the zero value is empty */

void pn_report_fini(pn_report *r);
/* Notes one remark about `input`; everything is copied. */
PN_MUST_CHECK pn_status pn_report_add(pn_report *r, pn_bytes input, const pn_diag *d, pn_error *err);
/* Columns input, offset, line, code, severity, excerpt; in the order noted. */
PN_MUST_CHECK pn_status pn_report_table(const pn_report *r, pn_table **out, pn_error *err);
/* Columns code, severity, count; errors first, then by count. */
PN_MUST_CHECK pn_status pn_report_summary(const pn_report *r, pn_table **out, pn_error *err);
const char *pn_severity_name(pn_severity s);           /* "info", "warning", "error" */
#endif
