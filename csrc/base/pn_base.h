/* pn_base.h -- attributes and small macros every layer may use.  Layer: base.  No code. */
#ifndef PN_BASE_H
#define PN_BASE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#  define PN_MUST_CHECK __attribute__((warn_unused_result))
#  define PN_PRINTF(a, b) __attribute__((format(printf, a, b)))
#  define PN_LIKELY(x) __builtin_expect(!!(x), 1)
#  define PN_UNLIKELY(x) __builtin_expect(!!(x), 0)
#  define PN_PREFETCH(p) __builtin_prefetch(p)
#else
#  define PN_MUST_CHECK
#  define PN_PRINTF(a, b)
#  define PN_LIKELY(x) (x)
#  define PN_UNLIKELY(x) (x)
#  define PN_PREFETCH(p) ((void)(p))
#endif

#define PN_MIN(a, b) ((a) < (b) ? (a) : (b))
#define PN_MAX(a, b) ((a) > (b) ? (a) : (b))
#define PN_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Returns from the caller with the status of `expr` unless it is PN_OK.  Only where nothing needs releasing. */
#define PN_TRY(expr) do { pn_status pn_s_ = (expr); if (pn_s_ != PN_OK) return pn_s_; } while (0)

#endif
