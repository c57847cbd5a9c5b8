/* pn_tick.h -- how a caller stops long work.  Layer: base.  No code.
 *
 * Every loop whose length depends on input polls the tick at least every 64 Ki cheap steps or 256 KiB of input.
 * fn returns non-zero to stop: the work then unwinds with PN_EINTR and leaves everything usable.
 * NULL tick or NULL fn: never stops.  The tick is called on the caller's thread only.
 */
#ifndef PN_TICK_H
#define PN_TICK_H
#include "base/pn_status.h"

typedef struct { int (*fn)(void *arg); void *arg; } pn_tick;

static inline pn_status pn_poll(const pn_tick *t, pn_error *err) {
    if (t && t->fn && t->fn(t->arg)) return pn_fail(err, PN_EINTR, "stopped by the caller");
    return PN_OK;
}

/* Counts steps between two looks at the tick, for work whose parts cost much or little: say before each part how many cheap steps (of about
 * a nanosecond) it may take.  Begin with { tick, 0 }. */
typedef struct { const pn_tick *tick; uint64_t steps; } pn_pace;
static inline pn_status pn_pace_on(pn_pace *p, uint64_t steps, pn_error *err) {
    p->steps += steps + 1;
    if (PN_LIKELY(p->steps < 65536)) return PN_OK;
    p->steps = 0;
    return pn_poll(p->tick, err);
}

/* The same for work in many places, none of which hands a status on: once stopped it stays so, and who began it looks.  Begin with { .pace = { tick, 0 } }. */
typedef struct { pn_pace pace; bool stopped; } pn_stop;
static inline bool pn_stops(pn_stop *s, uint64_t steps) {                  /* NULL: never */
    if (!s) return false;
    if (!s->stopped && pn_pace_on(&s->pace, steps, NULL) != PN_OK) s->stopped = true;
    return s->stopped;
}
#endif
