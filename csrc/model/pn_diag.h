/* pn_diag.h -- one remark about an input: what was repaired, doubtful or left out, and where.  Layer: model. */
#ifndef PN_DIAG_H
#define PN_DIAG_H
#include "base/pn_bytes.h"

typedef enum { PN_INFO = 0, PN_WARN = 1, PN_ERROR = 2 } pn_severity;

/* `code` is a static identifier in snake_case ("missing_date"); the full list with meanings is in docs/DIAGNOSTICS.md. */
typedef struct {
    const char *code;
    pn_severity severity;
    uint32_t line;                     /* 1-based line of the input as the parser got it; 0 = not about a line */
    uint64_t offset;                   /* byte offset in the input */
    pn_bytes excerpt;                  /* at most 120 bytes of the place, cut at a character; NONE when there is none */
} pn_diag;
#endif
