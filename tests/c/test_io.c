#include "base/pn_io.h"
#include "oom.h"
#include "unit.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const pn_io *io;
static char dir[64];

static int new_folder(void **state) {
    (void)state;
    io = pn_io_posix();
    strcpy(dir, "/tmp/pn_test_io.XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static const char *in_dir(const char *name) {
    static char path[8][128];
    static int next;
    char *p = path[next++ % 8];
    assert_int_equal(pn_io_join(p, sizeof path[0], dir, name, NULL), PN_OK);
    return p;
}

static int remove_one(void *arg, const char *name) {
    (void)arg;
    if (unlink(in_dir(name)) != 0) rmdir(in_dir(name));
    return 0;
}
static int remove_folder(void **state) {
    (void)state;
    assert_int_equal(io->list(io->ctx, dir, remove_one, NULL, NULL), PN_OK);
    return rmdir(dir);
}

static void put(const char *name, const char *text) {
    pn_io_file *f = NULL;
    assert_int_equal(io->create(io->ctx, in_dir(name), &f, NULL), PN_OK);
    assert_int_equal(io->write(io->ctx, f, text, strlen(text), NULL), PN_OK);
    assert_int_equal(io->sync(io->ctx, f, NULL), PN_OK);
    assert_int_equal(io->close(io->ctx, f, NULL), PN_OK);
}

static void check_content(const char *name, const char *text) {
    for (int copy = 0; copy < 2; copy++) {
        pn_io_map m = { 0 };
        assert_int_equal(io->map(io->ctx, in_dir(name), copy, &m, NULL), PN_OK);
        assert_int_equal(m.len, strlen(text));
        assert_non_null(m.ptr);
        assert_memory_equal(m.ptr, text, m.len);
        assert_true(io->sound(io->ctx, &m));
        io->unmap(io->ctx, &m);
        assert_null(m.ptr);
    }
}

static void what_is_written_is_read_mapped_or_copied(void **state) {
    (void)state;
    put("a", "some bytes");
    check_content("a", "some bytes");
    put("empty", "");
    check_content("empty", "");
}

static void creating_what_exists_is_refused_and_harms_nothing(void **state) {
    (void)state;
    pn_io_file *f = NULL;
    pn_error err;
    put("a", "old");
    assert_int_equal(io->create(io->ctx, in_dir("a"), &f, &err), PN_EEXISTS);
    assert_null(f);
    assert_string_equal(err.file, in_dir("a"));
    check_content("a", "old");
}

static void rename_replaces_and_unlink_removes(void **state) {
    (void)state;
    pn_io_stat st;
    put("a", "new");
    put("b", "old");
    assert_int_equal(io->rename(io->ctx, in_dir("a"), in_dir("b"), NULL), PN_OK);
    check_content("b", "new");
    assert_int_equal(io->rename(io->ctx, in_dir("a"), in_dir("b"), NULL), PN_ENOTFOUND);
    assert_int_equal(io->unlink(io->ctx, in_dir("b"), NULL), PN_OK);
    assert_int_equal(io->unlink(io->ctx, in_dir("b"), NULL), PN_ENOTFOUND);
    assert_int_equal(io->stat(io->ctx, in_dir("b"), &st, NULL), PN_OK);
    assert_false(st.exists);
    assert_int_equal(io->sync_dir(io->ctx, dir, NULL), PN_OK);
}

static void folders_are_made_once_and_removed_when_empty(void **state) {
    (void)state;
    pn_error err;
    assert_int_equal(io->mkdir(io->ctx, in_dir("d"), NULL), PN_OK);
    assert_int_equal(io->mkdir(io->ctx, in_dir("d"), NULL), PN_EEXISTS);
    put("d/a", "x");
    assert_int_equal(io->rmdir(io->ctx, in_dir("d"), &err), PN_EIO);
    assert_int_equal(err.sys_errno, ENOTEMPTY);
    assert_int_equal(io->unlink(io->ctx, in_dir("d/a"), NULL), PN_OK);
    assert_int_equal(io->rmdir(io->ctx, in_dir("d"), NULL), PN_OK);
    assert_int_equal(io->rmdir(io->ctx, in_dir("d"), NULL), PN_ENOTFOUND);
    assert_int_equal(io->sync_dir(io->ctx, in_dir("d"), &err), PN_EIO);
}

static void a_missing_file_is_not_found(void **state) {
    (void)state;
    pn_io_map m = { 0 };
    pn_error err;
    assert_int_equal(io->map(io->ctx, in_dir("none"), false, &m, &err), PN_ENOTFOUND);
    assert_string_equal(err.file, in_dir("none"));
    assert_int_equal(io->list(io->ctx, in_dir("none"), remove_one, NULL, NULL), PN_ENOTFOUND);
}

static void stat_tells_size_and_identity(void **state) {
    (void)state;
    pn_io_stat a, b;
    put("a", "1234567");
    put("b", "1");
    assert_int_equal(io->stat(io->ctx, in_dir("a"), &a, NULL), PN_OK);
    assert_int_equal(io->stat(io->ctx, in_dir("b"), &b, NULL), PN_OK);
    assert_true(a.exists && a.size == 7 && b.size == 1);
    assert_true(a.dev == b.dev && a.ino != b.ino);
    assert_true(a.mtime_ns > 0 && a.ctime_ns > 0);
}

static void refused(const char *path, int why) {
    pn_io_stat st;
    pn_io_map m = { 0 };
    pn_io_lock *l = NULL;
    pn_error err;
    assert_int_equal(io->stat(io->ctx, path, &st, &err), PN_EIO);
    assert_int_equal(err.sys_errno, why);
    assert_int_equal(io->map(io->ctx, path, false, &m, &err), PN_EIO);
    assert_int_equal(io->map(io->ctx, path, true, &m, &err), PN_EIO);
    assert_int_equal(io->lock(io->ctx, path, "x", &l, &err), PN_EIO);
    assert_null(m.ptr);
    assert_null(l);
}

static void links_pipes_devices_and_folders_are_refused_at_once(void **state) {
    (void)state;
    pn_io_file *f = NULL;
    put("a", "x");
    assert_int_equal(symlink(in_dir("a"), in_dir("link")), 0);
    assert_int_equal(symlink(in_dir("none"), in_dir("dangling")), 0);
    assert_int_equal(mkfifo(in_dir("pipe"), 0600), 0);
    assert_int_equal(mkdir(in_dir("folder"), 0700), 0);
    refused(in_dir("link"), ELOOP);
    refused(in_dir("dangling"), ELOOP);
    refused(in_dir("pipe"), EINVAL);
    refused(in_dir("folder"), EISDIR);
    refused("/dev/null", EINVAL);
    assert_int_equal(io->create(io->ctx, in_dir("dangling"), &f, NULL), PN_EEXISTS);
    assert_int_equal(access(in_dir("none"), F_OK), -1);
}

static int count_names(void *arg, const char *name) {
    int *n = arg;
    assert_true(strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
    ++*n;
    return *n == 3;
}

static void list_gives_every_name_until_it_is_told_to_stop(void **state) {
    (void)state;
    int n = 0;
    put("a", "");
    put(".hidden", "");
    assert_int_equal(io->list(io->ctx, dir, count_names, &n, NULL), PN_OK);
    assert_int_equal(n, 2);
    put("b", "");
    put("c", "");
    n = 0;
    assert_int_equal(io->list(io->ctx, dir, count_names, &n, NULL), PN_OK);
    assert_int_equal(n, 3);
}

/* Runs fn in a child; its answer. */
static int in_child(int (*fn)(void)) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) _exit(fn());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int try_lock(void) {
    pn_io_lock *l = NULL;
    pn_error err;
    pn_status rc = io->lock(io->ctx, in_dir("writer.lock"), "pid 2 since never", &l, &err);
    if (rc == PN_ELOCKED && !strstr(err.msg, "pid 1 since ever")) return 99;
    return rc;
}

static void the_lock_keeps_another_process_out_and_names_the_holder(void **state) {
    (void)state;
    pn_io_lock *l = NULL;
    assert_int_equal(io->lock(io->ctx, in_dir("writer.lock"), "pid 1 since ever", &l, NULL), PN_OK);
    assert_int_equal(in_child(try_lock), PN_ELOCKED);
    assert_int_equal(try_lock(), PN_ELOCKED);      /* another handle of the same process, too */
    check_content("writer.lock", "pid 1 since ever");      /* reading and closing the file does not let go of it */
    assert_int_equal(in_child(try_lock), PN_ELOCKED);
    io->unlock(io->ctx, l);
    assert_int_equal(in_child(try_lock), PN_OK);
    assert_int_equal(in_child(try_lock), PN_OK);   /* it went with its owner */
    assert_int_equal(access(in_dir("writer.lock"), F_OK), 0);
}

enum { ROUNDS = 2000, RIVALS = 3 };
/* Takes the lock and gives it away together with its file, as a first build does that fails; how often another one held it too. */
static int compete(atomic_int *holders) {
    int met = 0;
    for (int i = 0; i < ROUNDS && !met; i++) {
        pn_io_lock *l = NULL;
        if (io->lock(io->ctx, in_dir("writer.lock"), "pid 1 since ever", &l, NULL) != PN_OK) continue;
        met = atomic_fetch_add(holders, 1) != 0;
        usleep(20);
        atomic_fetch_sub(holders, 1);
        (void)unlink(in_dir("writer.lock"));
        io->unlock(io->ctx, l);
    }
    return met;
}

static void a_lock_whose_file_was_removed_meanwhile_is_taken_again(void **state) {
    (void)state;
    atomic_int *holders = mmap(NULL, sizeof *holders, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(holders != MAP_FAILED);
    pid_t pids[RIVALS];
    int status, met = 0;
    for (int i = 0; i < RIVALS; i++)
        if ((pids[i] = fork()) == 0) _exit(compete(holders));
    for (int i = 0; i < RIVALS; i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        met += !WIFEXITED(status) || WEXITSTATUS(status);
    }
    munmap(holders, sizeof *holders);
    assert_int_equal(met, 0);
}

static pn_io_lock *inherited;
static int unlock_inherited(void) {
    io->unlock(io->ctx, inherited);
    return 0;
}

static void a_forked_child_cannot_give_its_parents_lock_away(void **state) {
    (void)state;
    assert_int_equal(io->lock(io->ctx, in_dir("writer.lock"), "pid 1 since ever", &inherited, NULL), PN_OK);
    assert_int_equal(in_child(unlock_inherited), 0);
    assert_int_equal(in_child(try_lock), PN_ELOCKED);
    io->unlock(io->ctx, inherited);
}

static void the_owner_unlocks_although_a_child_still_holds_the_file(void **state) {
    (void)state;
    pn_io_lock *l = NULL;
    assert_int_equal(io->lock(io->ctx, in_dir("writer.lock"), "pid 1 since ever", &l, NULL), PN_OK);
    pid_t pid = fork();
    if (pid == 0) for (;;) pause();
    io->unlock(io->ctx, l);
    assert_int_equal(in_child(try_lock), PN_OK);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void control_bytes_of_a_note_do_not_reach_people(void **state) {
    (void)state;
    pn_io_lock *l = NULL;
    pn_error err;
    assert_int_equal(io->lock(io->ctx, in_dir("l"), "a\x1b[2Jb\n", &l, NULL), PN_OK);
    pn_io_lock *second = NULL;
    assert_int_equal(io->lock(io->ctx, in_dir("l"), "", &second, &err), PN_ELOCKED);
    assert_string_equal(err.msg, "locked by a?[2Jb?");
    io->unlock(io->ctx, l);
}

static void the_note_says_who_and_since_when(void **state) {
    (void)state;
    char note[PN_OS_NOTE], expected[32];
    int y, mo, d, h, mi, s;
    pn_os_note(note);
    snprintf(expected, sizeof expected, "pid %ld since ", (long)getpid());
    assert_int_equal(strncmp(note, expected, strlen(expected)), 0);
    assert_int_equal(sscanf(note + strlen(expected), "%d-%d-%dT%d:%d:%dZ", &y, &mo, &d, &h, &mi, &s), 6);
    assert_true(y >= 2024 && mo >= 1 && mo <= 12);
}

static void random_bytes_differ(void **state) {
    (void)state;
    uint8_t a[1000] = { 0 }, b[1000] = { 0 };
    assert_int_equal(io->random(io->ctx, a, sizeof a, NULL), PN_OK);
    assert_int_equal(io->random(io->ctx, b, sizeof b, NULL), PN_OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + 984, b + 984, 16);
    assert_int_equal(io->random(io->ctx, NULL, 0, NULL), PN_OK);
}

static int write_beyond_the_limit(void) {
    struct rlimit r = { 100, 100 };
    pn_io_file *f = NULL;
    pn_error err;
    char b[200] = { 0 };
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &r) != 0 || io->create(io->ctx, in_dir("big"), &f, NULL) != PN_OK) return 1;
    if (io->write(io->ctx, f, b, 200, &err) != PN_EIO || err.sys_errno != EFBIG) return 2;
    return io->close(io->ctx, f, NULL) != PN_OK;
}

static void a_write_that_stops_half_way_is_an_error(void **state) {
    (void)state;
    assert_int_equal(in_child(write_beyond_the_limit), 0);
}

static int open_without_descriptors(void) {
    struct rlimit r = { 0, 0 };
    pn_io_map m = { 0 };
    pn_error err;
    if (setrlimit(RLIMIT_NOFILE, &r) != 0) return 1;
    return io->map(io->ctx, in_dir("a"), false, &m, &err) != PN_EIO || err.sys_errno != EMFILE;
}

static void out_of_descriptors_is_an_error_with_its_number(void **state) {
    (void)state;
    put("a", "x");
    assert_int_equal(in_child(open_without_descriptors), 0);
}

/* --- the guard: children, so that a signal would show */

static const pn_io_map *victim;
static uint64_t sum_of_victim(void) {
    uint64_t s = 0;
    for (size_t i = 0; i < victim->len; i++) s += ((const volatile uint8_t *)victim->ptr)[i];
    return s;
}

static void put_pages(const char *name, size_t n) {
    pn_io_file *f = NULL;
    char page[4096];
    memset(page, 1, sizeof page);
    assert_int_equal(io->create(io->ctx, in_dir(name), &f, NULL), PN_OK);
    for (size_t i = 0; i < n; i++) assert_int_equal(io->write(io->ctx, f, page, sizeof page, NULL), PN_OK);
    assert_int_equal(io->close(io->ctx, f, NULL), PN_OK);
}

static int read_a_cut_map(void) {
    pn_io_map m = { 0 }, other = { 0 };
    if (io->map(io->ctx, in_dir("f"), false, &m, NULL) != PN_OK || io->map(io->ctx, in_dir("g"), false, &other, NULL) != PN_OK) return 1;
    victim = &m;
    if (sum_of_victim() != 10 * 4096) return 2;
    if (truncate(in_dir("f"), 2 * 4096) != 0 || !io->sound(io->ctx, &m)) return 3;
    if (sum_of_victim() != 2 * 4096) return 4;
    if (io->sound(io->ctx, &m) || !io->sound(io->ctx, &other)) return 5;
    io->unmap(io->ctx, &m);
    io->unmap(io->ctx, &other);
    return 0;
}

static void a_file_cut_under_its_map_reads_as_zeros_and_is_known_to_be_unsound(void **state) {
    (void)state;
    put_pages("f", 10);
    put_pages("g", 1);
    assert_int_equal(in_child(read_a_cut_map), 0);
}

static void exit_77(int sig) { (void)sig; _exit(77); }

/* Somebody's handler from before: it still gets what is not ours. */
static int raise_elsewhere(void) {
    pn_io_map m = { 0 };
    signal(SIGBUS, exit_77);
    if (io->map(io->ctx, in_dir("f"), false, &m, NULL) != PN_OK) return 1;
    raise(SIGBUS);
    return 2;
}

static void a_fault_that_is_not_ours_goes_to_the_handler_before_us(void **state) {
    (void)state;
    put_pages("f", 1);
    assert_int_equal(in_child(raise_elsewhere), 77);
}

/* A handler set after ours: the next map puts ours back in front. */
static int lose_the_handler(void) {
    pn_io_map m = { 0 }, again = { 0 };
    if (io->map(io->ctx, in_dir("f"), false, &m, NULL) != PN_OK) return 1;
    signal(SIGBUS, exit_77);
    if (io->map(io->ctx, in_dir("f"), false, &again, NULL) != PN_OK || truncate(in_dir("f"), 0) != 0) return 2;
    victim = &again;
    return sum_of_victim() != 0 || io->sound(io->ctx, &again);
}

static void the_guard_comes_back_with_the_next_map(void **state) {
    (void)state;
    put_pages("f", 2);
    assert_int_equal(in_child(lose_the_handler), 0);
}

static int lose_the_handler_and_ask(void) {
    pn_io_map m = { 0 };
    if (io->map(io->ctx, in_dir("f"), false, &m, NULL) != PN_OK) return 1;
    signal(SIGBUS, exit_77);
    if (!io->sound(io->ctx, &m) || truncate(in_dir("f"), 0) != 0) return 2;
    victim = &m;
    return sum_of_victim() != 0 || io->sound(io->ctx, &m);
}

static void the_guard_comes_back_when_it_is_asked(void **state) {
    (void)state;
    put_pages("f", 2);
    assert_int_equal(in_child(lose_the_handler_and_ask), 0);
}

/* A handler that hands the signal back to whom it replaced, which is us: both must not go on for ever. */
static struct sigaction replaced;
static void hand_back(int sig) {
    sigaction(sig, &replaced, NULL);
    raise(sig);
}
static int raise_through_a_chain(void) {
    pn_io_map m = { 0 }, again = { 0 };
    struct sigaction theirs = { .sa_handler = hand_back, .sa_flags = SA_NODEFER };
    alarm(20);
    signal(SIGBUS, SIG_DFL);
    if (io->map(io->ctx, in_dir("f"), false, &m, NULL) != PN_OK) return 1;
    sigaction(SIGBUS, &theirs, &replaced);
    if (io->map(io->ctx, in_dir("f"), false, &again, NULL) != PN_OK) return 2;
    raise(SIGBUS);
    return 3;
}

static int raise_unclaimed(void) {
    pn_io_map m = { 0 };
    signal(SIGBUS, SIG_DFL);
    if (io->map(io->ctx, in_dir("f"), false, &m, NULL) != PN_OK) return 1;
    raise(SIGBUS);
    raise(SIGBUS);
    return 2;
}

static void dies_of_sigbus(int (*fn)(void)) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) _exit(fn());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
}

static void a_fault_that_nobody_claims_still_ends_the_process(void **state) {
    (void)state;
    put_pages("f", 1);
    dies_of_sigbus(raise_unclaimed);
    dies_of_sigbus(raise_through_a_chain);
}

static void more_maps_than_the_guard_has_places_are_read_instead(void **state) {
    (void)state;
    enum { MANY = 4200 };
    pn_io_map *m = calloc(MANY, sizeof *m);
    assert_non_null(m);
    put("a", "text");
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(io->map(io->ctx, in_dir("a"), false, &m[i], NULL), PN_OK);
        assert_memory_equal(m[i].ptr, "text", 4);
    }
    assert_non_null(m[0].token);
    assert_null(m[MANY - 1].token);
    for (int i = 0; i < MANY; i++) io->unmap(io->ctx, &m[i]);
    assert_int_equal(io->map(io->ctx, in_dir("a"), false, &m[0], NULL), PN_OK);
    assert_non_null(m[0].token);
    io->unmap(io->ctx, &m[0]);
    free(m);
}

/* --- */

static pn_status use_everything(void) {
    pn_io_file *f = NULL;
    pn_io_lock *l = NULL;
    pn_io_map m = { 0 };
    unlink(in_dir("o"));
    PN_TRY(io->create(io->ctx, in_dir("o"), &f, NULL));
    PN_TRY(io->write(io->ctx, f, "x", 1, NULL));
    PN_TRY(io->close(io->ctx, f, NULL));
    PN_TRY(io->lock(io->ctx, in_dir("l"), "", &l, NULL));
    io->unlock(io->ctx, l);
    PN_TRY(io->map(io->ctx, in_dir("o"), true, &m, NULL));
    io->unmap(io->ctx, &m);
    return PN_OK;
}

static void a_failed_allocation_is_a_status_and_leaks_nothing(void **state) {
    (void)state;
    int64_t live = pn_live();
    pn_status rc = PN_ENOMEM;
    long n = 1;
    for (; rc != PN_OK; n++) {
        oom_arm(n);
        rc = use_everything();
        oom_off();
        assert_true(rc == PN_OK || rc == PN_ENOMEM);
        assert_int_equal(pn_live(), live);
    }
    assert_int_equal(n, 5);                /* three allocations fail, the fourth is none */
}

static void joined_paths_have_one_slash_and_fit(void **state) {
    (void)state;
    char out[8];
    assert_int_equal(pn_io_join(out, sizeof out, "abc", "def", NULL), PN_OK);
    assert_string_equal(out, "abc/def");
    assert_int_equal(pn_io_join(out, sizeof out, "abc/", "def", NULL), PN_OK);
    assert_string_equal(out, "abc/def");
    assert_int_equal(pn_io_join(out, sizeof out, "", "defghij", NULL), PN_OK);
    assert_string_equal(out, "defghij");
    assert_int_equal(pn_io_join(out, sizeof out, "abcd", "def", NULL), PN_ELIMIT);
    assert_int_equal(pn_io_join(out, sizeof out, "abcd/", "def", NULL), PN_ELIMIT);
    assert_int_equal(pn_io_join(out, sizeof out, "", "defghijk", NULL), PN_ELIMIT);
    assert_int_equal(pn_io_join(out, sizeof out, "abcdefghijkl", "", NULL), PN_ELIMIT);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, new_folder, remove_folder)

/* The guard comes before cmocka's own handlers, so that nobody but the system is behind it. */
static bool guard_first(const char *program) {
    pn_io_map m = { 0 };
    signal(SIGBUS, SIG_DFL);
    io = pn_io_posix();
    if (io->map(io->ctx, program, false, &m, NULL) != PN_OK) return false;
    io->unmap(io->ctx, &m);
    return true;
}

int main(int argc, char **argv) {
    if (argc < 1 || !guard_first(argv[0])) return 1;
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_is_written_is_read_mapped_or_copied),
        IN_FOLDER(creating_what_exists_is_refused_and_harms_nothing),
        IN_FOLDER(rename_replaces_and_unlink_removes),
        IN_FOLDER(folders_are_made_once_and_removed_when_empty),
        IN_FOLDER(a_missing_file_is_not_found),
        IN_FOLDER(stat_tells_size_and_identity),
        IN_FOLDER(links_pipes_devices_and_folders_are_refused_at_once),
        IN_FOLDER(list_gives_every_name_until_it_is_told_to_stop),
        IN_FOLDER(the_lock_keeps_another_process_out_and_names_the_holder),
        IN_FOLDER(a_lock_whose_file_was_removed_meanwhile_is_taken_again),
        IN_FOLDER(a_forked_child_cannot_give_its_parents_lock_away),
        IN_FOLDER(the_owner_unlocks_although_a_child_still_holds_the_file),
        IN_FOLDER(control_bytes_of_a_note_do_not_reach_people),
        IN_FOLDER(the_note_says_who_and_since_when),
        IN_FOLDER(random_bytes_differ),
        IN_FOLDER(a_write_that_stops_half_way_is_an_error),
        IN_FOLDER(out_of_descriptors_is_an_error_with_its_number),
        IN_FOLDER(a_file_cut_under_its_map_reads_as_zeros_and_is_known_to_be_unsound),
        IN_FOLDER(a_fault_that_is_not_ours_goes_to_the_handler_before_us),
        IN_FOLDER(the_guard_comes_back_with_the_next_map),
        IN_FOLDER(the_guard_comes_back_when_it_is_asked),
        IN_FOLDER(a_fault_that_nobody_claims_still_ends_the_process),
        IN_FOLDER(more_maps_than_the_guard_has_places_are_read_instead),
        IN_FOLDER(a_failed_allocation_is_a_status_and_leaks_nothing),
        cmocka_unit_test(joined_paths_have_one_slash_and_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
