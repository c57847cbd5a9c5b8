/* The operating system behind pn_io.h: the only file of the core that calls it for files, time, randomness. */
#include "base/pn_alloc.h"
#include "base/pn_guard.h"
#include "base/pn_io.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Never through a link, never waiting on a pipe, never inherited by a child program. */
enum { SAFE = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, NOTE_MAX = 160 };

struct pn_io_file { int fd; char path[]; };
struct pn_io_lock { int fd; pid_t owner; };

static pn_status not_regular(const char *path, mode_t mode, pn_error *err) {
    int why = S_ISLNK(mode) ? ELOOP : S_ISDIR(mode) ? EISDIR : EINVAL;
    return pn_fail_io(err, why, path, "use what is not a regular file");
}

static pn_status no_memory(pn_error *err, const char *path) {
    pn_fail(err, PN_ENOMEM, "no memory");
    pn_error_at(err, path, 0);
    return PN_ENOMEM;
}

static pn_status named(pn_error *err, pn_status code, const char *path, const char *msg) {
    pn_fail(err, code, "%s", msg);
    pn_error_at(err, path, 0);
    return code;
}

/* An open regular file and its facts; *fd is -1 on failure. */
static pn_status open_regular(const char *path, int flags, int *fd, struct stat *st, pn_error *err) {
    do *fd = open(path, flags | SAFE, 0666); while (*fd < 0 && errno == EINTR);
    if (*fd < 0 && errno == ENOENT) return named(err, PN_ENOTFOUND, path, "no such file");
    if (*fd < 0 && errno == EEXIST) return named(err, PN_EEXISTS, path, "the file exists already");
    if (*fd < 0) return pn_fail_io(err, errno, path, "open");
    pn_status rc = PN_OK;
    if (fstat(*fd, st) != 0) rc = pn_fail_io(err, errno, path, "ask for the size");
    else if (!S_ISREG(st->st_mode)) rc = not_regular(path, st->st_mode, err);
    if (rc != PN_OK) { close(*fd); *fd = -1; }
    return rc;
}

/* --- writing */

static pn_status do_create(void *ctx, const char *path, pn_io_file **out, pn_error *err) {
    (void)ctx;
    struct stat st;
    size_t n = strlen(path) + 1;
    pn_io_file *f = pn_malloc(sizeof *f + n);
    if (!f) return no_memory(err, path);
    memcpy(f->path, path, n);
    pn_status rc = open_regular(path, O_WRONLY | O_CREAT | O_EXCL, &f->fd, &st, err);
    if (rc != PN_OK) { pn_free(f); return rc; }
    *out = f;
    return PN_OK;
}

static pn_status do_write(void *ctx, pn_io_file *f, const void *p, size_t n, pn_error *err) {
    (void)ctx;
    for (const uint8_t *s = p; n;) {
        ssize_t k = write(f->fd, s, PN_MIN(n, (size_t)1 << 30));
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return pn_fail_io(err, k ? errno : EIO, f->path, "write");
        s += k;
        n -= (size_t)k;
    }
    return PN_OK;
}

/* EINTR is not retried: the kernel may have dropped the pages that it could not write, and a second fsync would lie. */
static pn_status do_sync(void *ctx, pn_io_file *f, pn_error *err) {
    (void)ctx;
    return fsync(f->fd) == 0 ? PN_OK : pn_fail_io(err, errno, f->path, "sync");
}

static pn_status do_close(void *ctx, pn_io_file *f, pn_error *err) {
    (void)ctx;
    pn_status rc = close(f->fd) == 0 ? PN_OK : pn_fail_io(err, errno, f->path, "close");
    pn_free(f);
    return rc;
}

/* --- names */

static pn_status do_rename(void *ctx, const char *from, const char *to, pn_error *err) {
    (void)ctx;
    if (rename(from, to) == 0) return PN_OK;
    if (errno == ENOENT) return named(err, PN_ENOTFOUND, from, "no such file");
    return pn_fail_io(err, errno, from, "rename");
}

static pn_status do_unlink(void *ctx, const char *path, pn_error *err) {
    (void)ctx;
    if (unlink(path) == 0) return PN_OK;
    if (errno == ENOENT) return named(err, PN_ENOTFOUND, path, "no such file");
    return pn_fail_io(err, errno, path, "remove");
}

static pn_status do_mkdir(void *ctx, const char *path, pn_error *err) {
    (void)ctx;
    if (mkdir(path, 0777) == 0) return PN_OK;
    if (errno == EEXIST) return named(err, PN_EEXISTS, path, "the name exists already");
    return pn_fail_io(err, errno, path, "make the folder");
}

static pn_status do_rmdir(void *ctx, const char *path, pn_error *err) {
    (void)ctx;
    if (rmdir(path) == 0) return PN_OK;
    if (errno == ENOENT) return named(err, PN_ENOTFOUND, path, "no such folder");
    return pn_fail_io(err, errno, path, "remove the folder");
}

static pn_status do_sync_dir(void *ctx, const char *path, pn_error *err) {
    (void)ctx;
    int fd;
    do fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC); while (fd < 0 && errno == EINTR);
    if (fd < 0) return pn_fail_io(err, errno, path, "open the folder");
    pn_status rc = fsync(fd) == 0 ? PN_OK : pn_fail_io(err, errno, path, "sync the folder");
    close(fd);
    return rc;
}

static pn_status do_list(void *ctx, const char *path, int (*fn)(void *arg, const char *name), void *arg, pn_error *err) {
    (void)ctx;
    DIR *d = opendir(path);
    if (!d && errno == ENOENT) return named(err, PN_ENOTFOUND, path, "no such folder");
    if (!d) return pn_fail_io(err, errno, path, "list");
    int stop = 0;
    errno = 0;
    for (const struct dirent *e; !stop && (e = readdir(d)) != NULL; errno = 0)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) stop = fn(arg, e->d_name);
    int why = stop ? 0 : errno;
    closedir(d);
    return why ? pn_fail_io(err, why, path, "list") : PN_OK;
}

/* --- reading */

static int64_t nanoseconds(struct timespec t) { return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec; }

static pn_status do_stat(void *ctx, const char *path, pn_io_stat *out, pn_error *err) {
    (void)ctx;
    struct stat st;
    if (lstat(path, &st) != 0) {
        if (errno != ENOENT) return pn_fail_io(err, errno, path, "look at");
        *out = (pn_io_stat){ .exists = false };
        return PN_OK;
    }
    if (!S_ISREG(st.st_mode)) return not_regular(path, st.st_mode, err);
    *out = (pn_io_stat){ true, (uint64_t)st.st_size, (uint64_t)st.st_dev, (uint64_t)st.st_ino,
                         nanoseconds(st.st_mtim), nanoseconds(st.st_ctim), (uint64_t)st.st_nlink };
    return PN_OK;
}

static pn_status read_whole(int fd, const char *path, uint8_t *p, size_t n, pn_error *err) {
    while (n) {
        ssize_t k = read(fd, p, PN_MIN(n, (size_t)1 << 30));
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return pn_fail_io(err, errno, path, "read");
        if (k == 0) return named(err, PN_ECHANGED, path, "the file became shorter while it was read");
        p += k;
        n -= (size_t)k;
    }
    return PN_OK;
}

static pn_status map_copy(int fd, const char *path, size_t n, pn_io_map *out, pn_error *err) {
    uint8_t *p = pn_malloc(n);
    if (!p) return no_memory(err, path);
    pn_status rc = read_whole(fd, path, p, n, err);
    if (rc != PN_OK) { pn_free(p); return rc; }
    *out = (pn_io_map){ p, n, NULL };
    return PN_OK;
}

/* A mapping lies under the guard, so that a file cut short later gives zeros instead of a signal.  Where there is no
 * room under the guard, or nothing to map, the file is read. */
static pn_status map_guarded(int fd, const char *path, size_t n, pn_io_map *out, pn_error *err) {
    if (n == 0) return map_copy(fd, path, n, out, err);
    void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) return map_copy(fd, path, n, out, err);
    void *token = pn_guard_add(p, n);
    if (!token) {
        munmap(p, n);
        return map_copy(fd, path, n, out, err);
    }
    *out = (pn_io_map){ p, n, token };
    return PN_OK;
}

static pn_status do_map(void *ctx, const char *path, bool copy, pn_io_map *out, pn_error *err) {
    (void)ctx;
    int fd;
    struct stat st;
    PN_TRY(open_regular(path, O_RDONLY, &fd, &st, err));
    pn_status rc = PN_OK;
    if (st.st_size < 0 || (uint64_t)st.st_size > SIZE_MAX / 2) rc = named(err, PN_ELIMIT, path, "the file does not fit into memory");
    else if (copy) rc = map_copy(fd, path, (size_t)st.st_size, out, err);
    else rc = map_guarded(fd, path, (size_t)st.st_size, out, err);
    close(fd);
    return rc;
}

static bool do_sound(void *ctx, const pn_io_map *m) {
    (void)ctx;
    return !m->token || pn_guard_sound(m->token);
}

static void do_unmap(void *ctx, pn_io_map *m) {
    (void)ctx;
    void *p = (void *)(uintptr_t)m->ptr;
    if (m->token) {
        pn_guard_remove(m->token);
        munmap(p, m->len);
    } else pn_free(p);
    *m = (pn_io_map){ 0 };
}

/* --- the lock: flock, because a record lock would go away with any other close of the file in this process */

static pn_status held_by_another(int fd, const char *path, pn_error *err) {
    char note[NOTE_MAX + 1];
    ssize_t n = pread(fd, note, NOTE_MAX, 0);
    if (n < 0) n = 0;
    for (ssize_t i = 0; i < n; i++) if (note[i] < 0x20 || note[i] > 0x7E) note[i] = '?';     /* a file's bytes, shown to people */
    note[n] = '\0';
    pn_fail(err, PN_ELOCKED, "locked by %s", n ? note : "another process");
    pn_error_at(err, path, 0);
    return PN_ELOCKED;
}

/* The note helps people only: the lock holds without it. */
static pn_status write_note(int fd, const char *path, const char *note, pn_error *err) {
    size_t n = PN_MIN(strlen(note), (size_t)NOTE_MAX);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, note, n, 0) != (ssize_t)n) return pn_fail_io(err, errno, path, "write the lock");
    return PN_OK;
}

static pn_status take(int fd, const char *path, pn_error *err) {
    int rc;
    do rc = flock(fd, LOCK_EX | LOCK_NB); while (rc != 0 && errno == EINTR);
    if (rc != 0 && errno == EWOULDBLOCK) return held_by_another(fd, path, err);
    return rc == 0 ? PN_OK : pn_fail_io(err, errno, path, "lock");
}

static bool is_named(int fd, const char *path) {
    struct stat open_one, named_one;
    return fstat(fd, &open_one) == 0 && lstat(path, &named_one) == 0 && open_one.st_dev == named_one.st_dev && open_one.st_ino == named_one.st_ino;
}

/* A first build that is given up removes the file: who opened it before and locks it after would keep nobody out. */
static pn_status open_locked(const char *path, int *fd, pn_error *err) {
    struct stat st;
    for (;;) {
        PN_TRY(open_regular(path, O_RDWR | O_CREAT, fd, &st, err));
        pn_status rc = take(*fd, path, err);
        if (rc == PN_OK && is_named(*fd, path)) return PN_OK;
        close(*fd);
        if (rc != PN_OK) return rc;
    }
}

static pn_status do_lock(void *ctx, const char *path, const char *note, pn_io_lock **out, pn_error *err) {
    (void)ctx;
    pn_io_lock *l = pn_malloc(sizeof *l);
    if (!l) return no_memory(err, path);
    l->owner = getpid();
    pn_status rc = open_locked(path, &l->fd, err);
    if (rc == PN_OK && (rc = write_note(l->fd, path, note, err)) != PN_OK) close(l->fd);
    if (rc != PN_OK) { pn_free(l); return rc; }
    *out = l;
    return PN_OK;
}

/* A forked child shares the lock: it may close, but unlocking would take the lock from its parent.  The owner unlocks,
 * since closing alone would leave the lock with its children. */
static void do_unlock(void *ctx, pn_io_lock *l) {
    (void)ctx;
    if (!l) return;
    if (l->owner == getpid()) flock(l->fd, LOCK_UN);
    close(l->fd);
    pn_free(l);
}

static pn_status do_random(void *ctx, void *p, size_t n, pn_error *err) {
    (void)ctx;
    for (uint8_t *s = p; n;) {
        size_t k = PN_MIN(n, (size_t)256);         /* getentropy gives no more at a time */
        if (getentropy(s, k) != 0) return pn_fail_io(err, errno, "", "draw random bytes");
        s += k;
        n -= k;
    }
    return PN_OK;
}

const pn_io *pn_io_posix(void) {
    static const pn_io io = {
        NULL, do_create, do_write, do_sync, do_close, do_rename, do_unlink, do_mkdir, do_rmdir, do_sync_dir, do_list,
        do_stat, do_map, do_sound, do_unmap, do_lock, do_unlock, do_random,
    };
    return &io;
}

void pn_os_note(char out[PN_OS_NOTE]) {
    struct tm t = { 0 };
    time_t now = time(NULL);
    char when[32] = "";
    if (gmtime_r(&now, &t)) strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &t);
    snprintf(out, PN_OS_NOTE, "pid %ld since %s", (long)getpid(), when);
}
