/* Any bytes are read as a stored article or refused; one that is read and written again reads the same. */
#include "base/pn_buf.h"
#include "index/pn_doc_bytes.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) {
    pn_arena arena = { 0 };
    pn_buf once = { 0 }, twice = { 0 };
    pn_doc doc;
    pn_doc_extra extra;
    if (pn_doc_bytes_read(pn_bytes_of(d, n), &arena, &doc, &extra, NULL) == PN_OK) {
        pn_doc_bytes_put(&once, &doc, &extra);       /* numbers may have been written longer than need be: once in our words */
        if (pn_doc_bytes_read(pn_buf_bytes(&once), &arena, &doc, &extra, NULL) != PN_OK) abort();
        pn_doc_bytes_put(&twice, &doc, &extra);
        if (!pn_bytes_equal(pn_buf_bytes(&once), pn_buf_bytes(&twice))) abort();
        if (!pn_bytes_equal(pn_doc_bytes_key(pn_buf_bytes(&once)), extra.key)) abort();
    }
    pn_arena_fini(&arena);
    pn_buf_fini(&once);
    pn_buf_fini(&twice);
    return 0;
}
