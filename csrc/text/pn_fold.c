#include "text/pn_fold.h"
#include "text/pn_normal.h"
#include "text/pn_unicode_tables.h"
#include "text/pn_utf8.h"

static bool is_blank(uint32_t c) {
    pn_kind k = (pn_kind)pn_uc_leaf_of(c)->kind;
    return k >= PN_KIND_SPACE && k <= PN_KIND_PARA;
}

static void put_char(pn_buf *out, uint32_t c) {
    uint8_t u[4];
    pn_buf_put(out, u, pn_utf8_encode(c, u));
}

static void fold(pn_buf *out, pn_bytes s, pn_normal_mode mode) {
    if (s.len == 0) return;
    pn_normal x = { .p = s.ptr, .end = s.ptr + s.len, .mode = mode };
    size_t from = out->len;
    bool blank = false;
    while (pn_normal_next(&x)) {
        for (size_t i = 0; i < x.n; i++) {
            if (is_blank(x.c[i])) { blank = true; continue; }
            if (blank && out->len > from) pn_buf_put_u8(out, ' ');
            blank = false;
            put_char(out, x.c[i]);
        }
    }
    if (x.rc != PN_OK) out->rc = x.rc;
    pn_normal_fini(&x);
}

void pn_fold_name(pn_buf *out, pn_bytes name) { fold(out, name, PN_NORMAL_NAME); }
void pn_fold_title(pn_buf *out, pn_bytes title) { fold(out, title, PN_NORMAL_TITLE); }
