/* pn_lines.h -- the lines of a text, whatever ends them.  Layer: text.
 *
 * A line ends at LF, CR LF, CR, form feed (FF) or record separator (RS); what follows the last end is a line too, unless it is empty.
 * Any bytes; no allocation; each byte is looked at a fixed number of times, whatever the mixture of ends.
 */
#ifndef PN_LINES_H
#define PN_LINES_H
#include "base/pn_bytes.h"

enum { PN_LINE_ENDS = 4 };

typedef struct {
    const uint8_t *p, *end;
    const uint8_t *seen[PN_LINE_ENDS]; /* next LF, CR, FF, RS at or behind p; `end` when there is none */
    uint8_t ended_by;                  /* LF, CR (also for CR LF), FF or RS; 0 = the end of the text */
} pn_lines;

/* `text` is borrowed for the whole walk; NONE is an empty text. */
void pn_lines_init(pn_lines *it, pn_bytes text);

/* The next line without its end; false when there is no more. */
bool pn_lines_next(pn_lines *it, pn_bytes *line);
#endif
