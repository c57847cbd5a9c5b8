#include "codec/pn_hash.h"
#include "base/pn_io.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <xxhash.h>

uint64_t pn_hash64(pn_bytes s) { return XXH3_64bits(s.ptr, s.len); }
uint64_t pn_hash_keyed(uint64_t key, pn_bytes s) { return XXH3_64bits_withSeed(s.ptr, s.len, key); }

pn_hash128 pn_hash128_of(pn_bytes s) {
    XXH128_hash_t h = XXH3_128bits(s.ptr, s.len);
    return (pn_hash128){ h.low64, h.high64 };
}

static uint64_t fresh_key(void) {
    const char *fixed = getenv("PYNEWS_HASH_KEY");
    if (fixed) return strtoull(fixed, NULL, 10);
    uint64_t key;
    const pn_io *io = pn_io_posix();
    if (io->random(io->ctx, &key, sizeof key, NULL) == PN_OK) return key;
    const void *where[2] = { &key, (const void *)&fresh_key };      /* the address layout is what is left to guess */
    return XXH3_64bits(where, sizeof where);
}

uint64_t pn_hash_key(void) {
    static _Atomic uint64_t kept;                  /* 0: not drawn yet; of racing threads the first draw stays */
    uint64_t key = atomic_load_explicit(&kept, memory_order_relaxed);
    if (PN_LIKELY(key != 0)) return key;
    uint64_t none = 0;
    key = fresh_key();
    if (key == 0) key = 1;
    return atomic_compare_exchange_strong(&kept, &none, key) ? key : none;
}
