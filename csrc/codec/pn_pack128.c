#include "codec/pn_pack128.h"
#include "codec/pn_rd.h"
#include <assert.h>

/* Value i lies in lane i % 4, row i / 4.  Each lane is a stream of 32 rows of `width` bits, low bits first, cut into
 * 32-bit words; word j of lane l lies at byte 16 * j + 4 * l.  `lanes` is the compilers' portable vector of four: it
 * becomes SSE2 or NEON where there is one and plain words elsewhere. */
enum { LANES = 4, ROWS = PN_BLOCK / LANES, WORD = 32, ROW_BYTES = 4 * LANES };
typedef uint32_t lanes __attribute__((vector_size(ROW_BYTES)));

static inline uint32_t mask_of(unsigned width) { return width == WORD ? UINT32_MAX : (UINT32_C(1) << width) - 1; }

unsigned pn_pack128_width(const uint32_t in[PN_BLOCK]) {
    uint32_t all = 0;
    for (int i = 0; i < PN_BLOCK; i++) all |= in[i];
    unsigned width = 0;
    while (width < WORD && all >> width) width++;
    return width;
}

static void store_row(uint8_t *out, const uint32_t row[LANES]) {
    for (int l = 0; l < LANES; l++) {
        for (int k = 0; k < 4; k++) out[4 * l + k] = (uint8_t)(row[l] >> (8 * k));
    }
}

void pn_pack128(uint8_t *out, const uint32_t in[PN_BLOCK], unsigned width) {
    assert(width <= WORD && pn_pack128_width(in) <= width);
    uint32_t acc[LANES] = { 0 };
    for (unsigned row = 0; row < ROWS; row++) {
        unsigned shift = row * width % WORD;
        for (int l = 0; l < LANES; l++) acc[l] |= in[LANES * row + (unsigned)l] << shift;
        if (shift + width < WORD) continue;
        store_row(out, acc);
        out += 4 * LANES;
        unsigned used = WORD - shift;                      /* bits of this row that found room in the word just stored */
        for (int l = 0; l < LANES; l++) acc[l] = used < width ? in[LANES * row + (unsigned)l] >> used : 0;
    }
}

static inline lanes load(const uint8_t *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (int l = 0; l < LANES; l++) v[l] = pn_load_u32(p + 4 * l);
#endif
    return v;
}

/* Always inlined with a constant width and unrolled, so that shifts and branches fold away. */
static inline __attribute__((always_inline)) void unpack(uint32_t *restrict out, const uint8_t *restrict in, unsigned width) {
    uint32_t mask = mask_of(width);
#pragma GCC unroll 32
    for (unsigned row = 0; row < ROWS; row++) {
        unsigned shift = row * width % WORD;
        const uint8_t *p = in + ROW_BYTES * (row * width / WORD);
        lanes v = load(p) >> shift;
        if (shift + width > WORD) v |= load(p + ROW_BYTES) << (WORD - shift);
        v &= mask;
        memcpy(out + LANES * row, &v, sizeof v);
    }
}

#define WIDTH(w) case w: unpack(out, in, w); return
#define WIDTHS8(w) WIDTH(w); WIDTH(w + 1); WIDTH(w + 2); WIDTH(w + 3); WIDTH(w + 4); WIDTH(w + 5); WIDTH(w + 6); WIDTH(w + 7)

void pn_unpack128(uint32_t out[PN_BLOCK], const uint8_t *in, unsigned width) {
    switch (width) {
    case 0: memset(out, 0, PN_BLOCK * sizeof *out); return;
    WIDTHS8(1); WIDTHS8(9); WIDTHS8(17); WIDTHS8(25);
    default: assert(!"width above 32");
    }
}

#if defined(__clang__)
#  define SHUFFLE(a, b, w, x, y, z) __builtin_shufflevector(a, b, w, x, y, z)
#else
#  define SHUFFLE(a, b, w, x, y, z) __builtin_shuffle(a, b, (lanes){ w, x, y, z })
#endif

void pn_prefix_sum128(uint32_t v[PN_BLOCK], uint32_t base) {
    lanes zero = { 0 }, before = { base, base, base, base }, row;
    for (int i = 0; i < PN_BLOCK; i += LANES) {
        memcpy(&row, v + i, sizeof row);
        row += SHUFFLE(zero, row, 0, 4, 5, 6);              /* a, a+b, b+c, c+d */
        row += SHUFFLE(zero, row, 0, 1, 4, 5);              /* a, a+b, a+b+c, a+b+c+d */
        row += before;
        before = SHUFFLE(row, row, 3, 3, 3, 3);
        memcpy(v + i, &row, sizeof row);
    }
}
