#include "base/pn_cpu.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static pn_simd of_machine(void) {
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    bool sse = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    if (sse && __builtin_cpu_supports("avx2")) return PN_SIMD_AVX2;
    if (sse) return PN_SIMD_SSE;
#endif
    return PN_SIMD_SCALAR;
}

static pn_simd wished(void) {
    const char *s = getenv("PYNEWS_SIMD");
    if (s && strcmp(s, "scalar") == 0) return PN_SIMD_SCALAR;
    if (s && strcmp(s, "sse") == 0) return PN_SIMD_SSE;
    return PN_SIMD_AVX2;
}

pn_simd pn_cpu_simd(void) {
    static atomic_int answer;                      /* 0: not asked yet, else level + 1; racing threads store the same */
    int a = atomic_load_explicit(&answer, memory_order_relaxed);
    if (PN_UNLIKELY(a == 0)) {
        pn_simd can = of_machine(), want = wished();
        a = (int)PN_MIN(can, want) + 1;
        atomic_store_explicit(&answer, a, memory_order_relaxed);
    }
    return (pn_simd)(a - 1);
}
