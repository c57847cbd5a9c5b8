/* pn_crc.h -- CRC-32C (Castagnoli).  Layer: codec.  Table and SSE4.2 twins, chosen once at run time. */
#ifndef PN_CRC_H
#define PN_CRC_H
#include "base/pn_base.h"

/* CRC of p[0..n) going on from `crc` (0 to begin).  crc32c("123456789") = 0xE3069283.  Any thread. */
uint32_t pn_crc32c(uint32_t crc, const void *p, size_t n);
uint32_t pn_crc32c_table(uint32_t crc, const void *p, size_t n);   /* the scalar twin, for tests */
#endif
