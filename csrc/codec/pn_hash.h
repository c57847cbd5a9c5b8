/* pn_hash.h -- hashing through xxHash.  Layer: codec.  Any thread. */
#ifndef PN_HASH_H
#define PN_HASH_H
#include "base/pn_bytes.h"

typedef struct { uint64_t lo, hi; } pn_hash128;

uint64_t pn_hash64(pn_bytes s);                      /* XXH3-64, unkeyed: for what is stored on disk */
pn_hash128 pn_hash128_of(pn_bytes s);                /* XXH3-128, unkeyed: identity of content */
uint64_t pn_hash_key(void);                          /* a secret of this process, random once; PYNEWS_HASH_KEY=n fixes it for tests */
uint64_t pn_hash_keyed(uint64_t key, pn_bytes s);    /* XXH3-64 with a seed: for tables in memory that strangers' text fills */
#endif
