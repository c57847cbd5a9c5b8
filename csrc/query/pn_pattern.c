#include "query/pn_pattern.h"

pn_bytes pn_pattern_prefix(pn_bytes pattern) {
    size_t n = 0;
    while (n < pattern.len && pattern.ptr[n] != '*' && pattern.ptr[n] != '?') n++;
    return pn_bytes_of(pattern.ptr, n);
}

static size_t next_char(pn_bytes s, size_t at) {
    do at++; while (at < s.len && (s.ptr[at] & 0xC0) == 0x80);
    return at;
}

/* Greedy: after a mismatch the newest * takes one character more; older ones never need to be tried again. */
bool pn_pattern_fits(pn_bytes pattern, pn_bytes term) {
    size_t p = 0, t = 0, star = SIZE_MAX, retry = 0;
    while (t < term.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = ++p;
            retry = t;
        } else if (p < pattern.len && pattern.ptr[p] == '?') {
            p++;
            t = next_char(term, t);
        } else if (p < pattern.len && pattern.ptr[p] == term.ptr[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star;
            t = retry = next_char(term, retry);
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') p++;
    return p == pattern.len;
}
