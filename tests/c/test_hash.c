#include "codec/pn_hash.h"
#include "unit.h"
#include <sys/wait.h>
#include <unistd.h>

static void stored_hashes_never_change(void **state) {
    (void)state;
    pn_hash128 h = pn_hash128_of(PN_BYTES_LIT("pynews"));
    assert_true(pn_hash64(PN_BYTES_LIT("")) == UINT64_C(0x2D06800538D394C2));       /* XXH3 of nothing, as xxHash documents it */
    assert_true(pn_hash64(PN_BYTES_LIT("pynews")) == UINT64_C(0x36E190D4267CB31F));
    assert_true(h.lo == UINT64_C(0xD95297AB3FBCAB73) && h.hi == UINT64_C(0x85FAD56B3166FE4B));
}

static void none_and_empty_hash_alike(void **state) {
    (void)state;
    assert_true(pn_hash64(PN_BYTES_NONE) == pn_hash64(PN_BYTES_LIT("")));
    assert_true(pn_hash128_of(PN_BYTES_NONE).hi == pn_hash128_of(PN_BYTES_LIT("")).hi);
}

static void another_key_gives_another_hash(void **state) {
    (void)state;
    pn_bytes s = PN_BYTES_LIT("korea");
    assert_true(pn_hash_keyed(1, s) != pn_hash_keyed(2, s));
    assert_true(pn_hash_keyed(1, s) == pn_hash_keyed(1, s));
    assert_true(pn_hash_keyed(0, s) == pn_hash64(s));
}

static uint64_t key_of_a_child(void) {
    int ends[2];
    uint64_t key = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        key = pn_hash_key();
        _exit(key != pn_hash_key() || write(ends[1], &key, sizeof key) != sizeof key);
    }
    assert_int_equal(read(ends[0], &key, sizeof key), sizeof key);
    int status = 1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(ends[0]);
    close(ends[1]);
    return key;
}

/* Before this process has drawn its own. */
static void every_process_draws_its_own_key(void **state) {
    (void)state;
    unsetenv("PYNEWS_HASH_KEY");
    assert_true(key_of_a_child() != key_of_a_child());
}

static void the_key_of_a_process_stays_and_tests_may_fix_it(void **state) {
    (void)state;
    setenv("PYNEWS_HASH_KEY", "12345", 1);
    assert_true(pn_hash_key() == 12345);
    setenv("PYNEWS_HASH_KEY", "6", 1);
    assert_true(pn_hash_key() == 12345);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_hashes_never_change),
        cmocka_unit_test(none_and_empty_hash_alike),
        cmocka_unit_test(another_key_gives_another_hash),
        cmocka_unit_test(every_process_draws_its_own_key),
        cmocka_unit_test(the_key_of_a_process_stays_and_tests_may_fix_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
