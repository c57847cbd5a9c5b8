/* Runs a fuzz target over files, so that the corpus is a plain test wherever there is no libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n);

/* 0 if the whole file was run.  The copy has the input's exact size, so that the sanitizer sees one byte too far. */
static int run_file(FILE *f) {
    if (fseek(f, 0, SEEK_END) != 0) return 1;
    long n = ftell(f);
    if (n < 0) return 1;
    rewind(f);
    uint8_t *exact = malloc(n ? (size_t)n : 1);
    if (!exact) return 1;
    int rc = fread(exact, 1, (size_t)n, f) != (size_t)n;
    if (rc == 0) LLVMFuzzerTestOneInput(exact, (size_t)n);
    free(exact);
    return rc;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        int rc = !f || run_file(f);
        if (rc) perror(argv[i]);
        if (f) fclose(f);
        if (rc) return 1;
    }
    return argc < 2;       /* a target without a corpus shows nothing */
}
