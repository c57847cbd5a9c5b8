/* pn_cpu.h -- what this processor can do, asked once.  Layer: base.  PYNEWS_SIMD=scalar|sse|avx2 in the environment lowers it. */
#ifndef PN_CPU_H
#define PN_CPU_H
#include "base/pn_base.h"

typedef enum { PN_SIMD_SCALAR = 0, PN_SIMD_SSE = 1, PN_SIMD_AVX2 = 2 } pn_simd;   /* SSE means SSE4.2 with POPCNT */
pn_simd pn_cpu_simd(void);             /* any thread; constant for the life of the process */
#endif
