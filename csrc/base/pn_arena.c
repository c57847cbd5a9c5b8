#include "base/pn_arena.h"
#include "base/pn_alloc.h"

#if defined(__SANITIZE_ADDRESS__)
#  include <sanitizer/asan_interface.h>
#  define POISON(p, n) __asan_poison_memory_region(p, n)
#  define UNPOISON(p, n) __asan_unpoison_memory_region(p, n)
enum { RED_ZONE = 16 };                       /* poisoned bytes behind every object, so one byte too far is seen */
#else
#  define POISON(p, n) ((void)(p), (void)(n))
#  define UNPOISON(p, n) ((void)(p), (void)(n))
enum { RED_ZONE = 0 };
#endif

enum { ALIGN = 16, FIRST_BLOCK = 4096, LARGEST_STEP = 1 << 20 };
struct pn_arena_block { pn_arena_block *next; size_t used, cap; uint64_t pad; };   /* 32 bytes: data stays aligned */

static uint8_t *data(pn_arena_block *b) { return (uint8_t *)(b + 1); }

static pn_arena_block *new_block(pn_arena *a, size_t need) {
    size_t cap = a->head ? PN_MIN(a->head->cap * 2, (size_t)LARGEST_STEP) : FIRST_BLOCK;
    if (cap < need) cap = need;
    pn_arena_block *b = pn_malloc(sizeof *b + cap);
    if (!b) return NULL;
    *b = (pn_arena_block){ a->head, 0, cap, 0 };
    POISON(data(b), cap);
    a->head = b;
    return b;
}

void *pn_arena_take(pn_arena *a, size_t n) {
    if (n > SIZE_MAX / 2) return NULL;
    size_t step = (n + RED_ZONE + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    pn_arena_block *b = a->head;
    if (!b || b->cap - b->used < step) {
        b = new_block(a, step);
        if (!b) return NULL;
    }
    uint8_t *p = data(b) + b->used;
    b->used += step;
    a->used += step;
    UNPOISON(p, n);
    return p;
}

void *pn_arena_take0(pn_arena *a, size_t n, size_t size) {
    if (size && n > SIZE_MAX / 2 / size) return NULL;
    void *p = pn_arena_take(a, n * size);
    if (p) memset(p, 0, n * size);
    return p;
}

bool pn_arena_copy(pn_arena *a, pn_bytes s, pn_bytes *out) {
    if (!s.ptr) { *out = PN_BYTES_NONE; return true; }
    uint8_t *p = pn_arena_take(a, s.len);
    if (!p) return false;
    if (s.len) memcpy(p, s.ptr, s.len);
    *out = pn_bytes_of(p, s.len);
    return true;
}

static void free_from(pn_arena_block *b) {
    while (b) {
        pn_arena_block *next = b->next;
        UNPOISON(data(b), b->cap);
        pn_free(b);
        b = next;
    }
}

void pn_arena_reset(pn_arena *a) {
    if (!a->head) return;
    free_from(a->head->next);
    a->head->next = NULL;
    a->head->used = 0;
    a->used = 0;
    POISON(data(a->head), a->head->cap);
}

void pn_arena_fini(pn_arena *a) {
    if (!a) return;
    free_from(a->head);
    *a = (pn_arena){ 0 };
}
