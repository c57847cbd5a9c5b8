/* pn_charset.h -- any bytes to clean UTF-8, saying what was done.  Layer: text.  Any thread, no state. */
#ifndef PN_CHARSET_H
#define PN_CHARSET_H
#include "base/pn_buf.h"
#include "base/pn_tick.h"

typedef struct {                       /* what pn_text_clean did; the caller turns it into diagnostics */
    bool bom, utf16, crlf;
    bool cut_short;                    /* the input ended inside a character, which was dropped */
    uint32_t nul;                      /* NUL bytes removed */
    bool not_utf8; uint32_t not_utf8_line;            /* lines that are not UTF-8 were decoded as windows-1252; the first of them */
    uint32_t replacement_line;         /* first line with U+FFFD, 0 if none */
    uint32_t mojibake_lines;           /* lines repaired by a strict windows-1252 round trip */
    bool mojibake_suspected;           /* signs of it stayed */
} pn_text_report;

/* *yes: pn_text_clean would append `raw` as it is and report nothing, so the text may be used where it stands.  PN_EINTR. */
PN_MUST_CHECK pn_status pn_text_is_clean(pn_bytes raw, const pn_tick *tick, bool *yes, pn_error *err);

/* Appends to `out` the text of `raw`: BOM removed, UTF-16 (by BOM) decoded, NUL dropped, CRLF and CR to LF.  A line that is not
 * UTF-8 is decoded as windows-1252, the others stay, so one foreign page does not spoil the rest of a dump.  Mojibake is
 * repaired line by line (only where the round trip is strict and lowers the count of its signs).
 * Lines (pn_lines.h) keep their number.  Valid UTF-8 whatever comes in; linear time.  PN_ENOMEM, PN_EINTR: a part was appended. */
PN_MUST_CHECK pn_status pn_text_clean(pn_buf *out, pn_bytes raw, const pn_tick *tick, pn_text_report *report, pn_error *err);
#endif
