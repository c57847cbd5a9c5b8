#include "memfs.h"
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct { uint8_t *p; size_t n, cap; bool folder; int64_t version; } inode;
typedef struct { char *path; size_t ino; } entry;
typedef struct { memfs_kind kind; size_t ino, at, len; char *path, *to; uint8_t *data; bool ignored; } op;

struct memfs {
    pn_io io;
    pthread_mutex_t mutex;
    inode *inodes; size_t n_inodes;
    entry *entries; size_t n_entries;
    char **locks; size_t n_locks;
    size_t held;
    int64_t clock;
    uint64_t random;
    memfs_fault fault;
    uint64_t calls;
    bool failed;
    memfs *base;                           /* NULL: nothing is recorded */
    op *ops; size_t n_ops;
    bool (*ignored)(void *arg, memfs_kind kind, const char *path, size_t nth); void *ignored_arg;
    size_t n_syncs, n_dir_syncs;
    size_t every; int mixes;
};
struct pn_io_file { size_t ino; char *path; };
struct pn_io_lock { char *path; };

/* --- memory */

static void *sure(void *p) {
    if (!p) abort();
    return p;
}
static char *copy_text(const char *s) { return strcpy(sure(malloc(strlen(s) + 1)), s); }
static uint8_t *copy_bytes(const void *p, size_t n) {
    uint8_t *q = sure(malloc(n ? n : 1));
    if (n) memcpy(q, p, n);
    return q;
}
static uint64_t next_random(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

/* --- files and names, without the mutex, the log and the faults */

static size_t new_inode(memfs *m, bool folder) {
    m->inodes = sure(realloc(m->inodes, (m->n_inodes + 1) * sizeof *m->inodes));
    m->inodes[m->n_inodes] = (inode){ .folder = folder, .version = ++m->clock };
    return m->n_inodes++;
}

static entry *find(memfs *m, const char *path) {
    for (size_t i = 0; i < m->n_entries; i++) if (strcmp(m->entries[i].path, path) == 0) return &m->entries[i];
    return NULL;
}

static void link_name(memfs *m, const char *path, size_t ino) {
    entry *e = find(m, path);
    if (!e) {
        m->entries = sure(realloc(m->entries, (m->n_entries + 1) * sizeof *m->entries));
        e = &m->entries[m->n_entries++];
        e->path = copy_text(path);
    }
    e->ino = ino;
}

static void remove_name(memfs *m, const char *path) {
    entry *e = find(m, path);
    if (!e) return;
    free(e->path);
    *e = m->entries[--m->n_entries];
}

static void append(memfs *m, size_t ino, const void *p, size_t n) {
    inode *f = &m->inodes[ino];
    f->version = ++m->clock;
    if (n == 0) return;
    if (f->n + n > f->cap) f->p = sure(realloc(f->p, f->cap = 2 * (f->n + n)));
    memcpy(f->p + f->n, p, n);
    f->n += n;
}

/* The folder of a path, into `out`; "" is the root. */
static void folder_of(char *out, size_t cap, const char *path) {
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    assert(n < cap);
    memcpy(out, path, n);
    out[n] = '\0';
    if (strcmp(out, ".") == 0) out[0] = '\0';
}

static bool is_folder(memfs *m, const char *path) {
    if (strcmp(path, "") == 0 || strcmp(path, ".") == 0 || strcmp(path, "/") == 0) return true;
    entry *e = find(m, path);
    return e && m->inodes[e->ino].folder;
}

static bool has_folder(memfs *m, const char *path) {
    char dir[512];
    folder_of(dir, sizeof dir, path);
    return is_folder(m, dir);
}

static bool lies_in(const char *path, const char *dir) {
    char own[512];
    folder_of(own, sizeof own, path);
    return strcmp(own, strcmp(dir, ".") == 0 || strcmp(dir, "/") == 0 ? "" : dir) == 0;
}

/* --- faults and log */

static bool fails(memfs *m) {
    m->calls++;
    bool now = m->fault.at && (m->calls == m->fault.at || (m->fault.for_good && m->calls > m->fault.at));
    m->failed |= now;
    return now;
}

static pn_status fault(memfs *m, const char *path, const char *what, pn_error *err) { return pn_fail_io(err, m->fault.sys_errno, path, what); }

static pn_status answer(pn_error *err, pn_status code, const char *path, const char *msg) {
    pn_fail(err, code, "%s", msg);
    pn_error_at(err, path, 0);
    return code;
}

static void log_op(memfs *m, memfs_kind kind, size_t ino, const char *path, const char *to) {
    if (!m->base) return;
    m->ops = sure(realloc(m->ops, (m->n_ops + 1) * sizeof *m->ops));
    op *o = &m->ops[m->n_ops++];
    *o = (op){ .kind = kind, .ino = ino, .path = copy_text(path), .to = to ? copy_text(to) : NULL };
    size_t *nth = kind == MEMFS_SYNC ? &m->n_syncs : kind == MEMFS_SYNC_DIR ? &m->n_dir_syncs : NULL;
    if (nth && m->ignored) o->ignored = m->ignored(m->ignored_arg, kind, path, *nth);
    if (nth) ++*nth;
}

static void write_bytes(memfs *m, size_t ino, const char *path, const void *p, size_t n) {
    log_op(m, MEMFS_WRITE, ino, path, NULL);
    if (m->base) {
        op *o = &m->ops[m->n_ops - 1];
        o->at = m->inodes[ino].n;
        o->len = n;
        o->data = copy_bytes(p, n);
    }
    append(m, ino, p, n);
}

/* --- the operations of pn_io; each holds the mutex */

#define LOCKED(m, call) do { pthread_mutex_lock(&(m)->mutex); pn_status rc_ = (call); pthread_mutex_unlock(&(m)->mutex); return rc_; } while (0)

static pn_status create(memfs *m, const char *path, pn_io_file **out, pn_error *err) {
    if (fails(m)) return fault(m, path, "open", err);
    if (find(m, path)) return answer(err, PN_EEXISTS, path, "the file exists already");
    if (!has_folder(m, path)) return answer(err, PN_ENOTFOUND, path, "no such folder");
    pn_io_file *f = sure(malloc(sizeof *f));
    *f = (pn_io_file){ new_inode(m, false), copy_text(path) };
    link_name(m, path, f->ino);
    log_op(m, MEMFS_CREATE, f->ino, path, NULL);
    m->held++;
    *out = f;
    return PN_OK;
}
static pn_status do_create(void *m, const char *path, pn_io_file **out, pn_error *err) { LOCKED((memfs *)m, create(m, path, out, err)); }

static pn_status put(memfs *m, pn_io_file *f, const void *p, size_t n, pn_error *err) {
    bool bad = fails(m);
    if (!bad || m->fault.short_write) write_bytes(m, f->ino, f->path, p, bad ? n / 2 : n);
    return bad ? fault(m, f->path, "write", err) : PN_OK;
}
static pn_status do_write(void *m, pn_io_file *f, const void *p, size_t n, pn_error *err) { LOCKED((memfs *)m, put(m, f, p, n, err)); }

static pn_status sync_file(memfs *m, pn_io_file *f, pn_error *err) {
    bool bad = fails(m);
    log_op(m, bad ? MEMFS_SYNC_FAILED : MEMFS_SYNC, f->ino, f->path, NULL);
    return bad ? fault(m, f->path, "sync", err) : PN_OK;
}
static pn_status do_sync(void *m, pn_io_file *f, pn_error *err) { LOCKED((memfs *)m, sync_file(m, f, err)); }

static pn_status close_file(memfs *m, pn_io_file *f, pn_error *err) {
    pn_status rc = fails(m) ? fault(m, f->path, "close", err) : PN_OK;
    m->held--;
    free(f->path);
    free(f);
    return rc;
}
static pn_status do_close(void *m, pn_io_file *f, pn_error *err) { LOCKED((memfs *)m, close_file(m, f, err)); }

static pn_status rename_name(memfs *m, const char *from, const char *to, pn_error *err) {
    char dir[512];
    if (fails(m)) return fault(m, from, "rename", err);
    entry *e = find(m, from);
    if (!e) return answer(err, PN_ENOTFOUND, from, "no such file");
    folder_of(dir, sizeof dir, from);
    assert(lies_in(to, dir));              /* the crash model knows renames inside one folder only */
    size_t ino = e->ino;
    log_op(m, MEMFS_RENAME, ino, from, to);
    remove_name(m, from);
    link_name(m, to, ino);
    return PN_OK;
}
static pn_status do_rename(void *m, const char *from, const char *to, pn_error *err) { LOCKED((memfs *)m, rename_name(m, from, to, err)); }

static pn_status unlink_name(memfs *m, const char *path, pn_error *err) {
    if (fails(m)) return fault(m, path, "remove", err);
    entry *e = find(m, path);
    if (!e) return answer(err, PN_ENOTFOUND, path, "no such file");
    if (m->inodes[e->ino].folder) return pn_fail_io(err, EISDIR, path, "remove");
    log_op(m, MEMFS_UNLINK, e->ino, path, NULL);
    remove_name(m, path);
    return PN_OK;
}
static pn_status do_unlink(void *m, const char *path, pn_error *err) { LOCKED((memfs *)m, unlink_name(m, path, err)); }

static pn_status make_folder(memfs *m, const char *path, pn_error *err) {
    if (fails(m)) return fault(m, path, "make the folder", err);
    if (find(m, path)) return answer(err, PN_EEXISTS, path, "the name exists already");
    if (!has_folder(m, path)) return pn_fail_io(err, ENOENT, path, "make the folder");
    size_t ino = new_inode(m, true);
    link_name(m, path, ino);
    log_op(m, MEMFS_MKDIR, ino, path, NULL);
    return PN_OK;
}
static pn_status do_mkdir(void *m, const char *path, pn_error *err) { LOCKED((memfs *)m, make_folder(m, path, err)); }

static pn_status remove_folder(memfs *m, const char *path, pn_error *err) {
    if (fails(m)) return fault(m, path, "remove the folder", err);
    entry *e = find(m, path);
    if (!e) return answer(err, PN_ENOTFOUND, path, "no such folder");
    for (size_t i = 0; i < m->n_entries; i++)
        if (lies_in(m->entries[i].path, path)) return pn_fail_io(err, ENOTEMPTY, path, "remove the folder");
    log_op(m, MEMFS_RMDIR, e->ino, path, NULL);
    remove_name(m, path);
    return PN_OK;
}
static pn_status do_rmdir(void *m, const char *path, pn_error *err) { LOCKED((memfs *)m, remove_folder(m, path, err)); }

static pn_status sync_folder(memfs *m, const char *path, pn_error *err) {
    if (fails(m)) return fault(m, path, "sync the folder", err);
    if (!is_folder(m, path)) return pn_fail_io(err, ENOENT, path, "open the folder");
    log_op(m, MEMFS_SYNC_DIR, 0, path, NULL);
    return PN_OK;
}
static pn_status do_sync_dir(void *m, const char *path, pn_error *err) { LOCKED((memfs *)m, sync_folder(m, path, err)); }

/* The names are copied first, so that fn may change the folder. */
static pn_status copy_names(memfs *m, const char *path, char ***names, size_t *n, pn_error *err) {
    if (fails(m)) return fault(m, path, "list", err);
    if (!is_folder(m, path)) return answer(err, PN_ENOTFOUND, path, "no such folder");
    *names = sure(malloc((m->n_entries + 1) * sizeof **names));
    for (size_t i = 0; i < m->n_entries; i++) {
        const char *slash = strrchr(m->entries[i].path, '/');
        if (lies_in(m->entries[i].path, path)) (*names)[(*n)++] = copy_text(slash ? slash + 1 : m->entries[i].path);
    }
    return PN_OK;
}
static pn_status do_list(void *ctx, const char *path, int (*fn)(void *arg, const char *name), void *arg, pn_error *err) {
    memfs *m = ctx;
    char **names = NULL;
    size_t n = 0;
    pthread_mutex_lock(&m->mutex);
    pn_status rc = copy_names(m, path, &names, &n, err);
    pthread_mutex_unlock(&m->mutex);
    int stop = 0;
    for (size_t i = 0; i < n; i++) {
        if (!stop) stop = fn(arg, names[i]);
        free(names[i]);
    }
    free(names);
    return rc;
}

static pn_status look_at(memfs *m, const char *path, pn_io_stat *out, pn_error *err) {
    if (fails(m)) return fault(m, path, "look at", err);
    entry *e = find(m, path);
    *out = (pn_io_stat){ .exists = e != NULL };
    if (!e) return PN_OK;
    const inode *f = &m->inodes[e->ino];
    if (f->folder) return pn_fail_io(err, EISDIR, path, "use what is not a regular file");
    *out = (pn_io_stat){ true, f->n, 1, e->ino + 1, f->version, f->version, 1 };
    return PN_OK;
}
static pn_status do_stat(void *m, const char *path, pn_io_stat *out, pn_error *err) { LOCKED((memfs *)m, look_at(m, path, out, err)); }

static pn_status map_file(memfs *m, const char *path, pn_io_map *out, pn_error *err) {
    if (fails(m)) return fault(m, path, "open", err);
    entry *e = find(m, path);
    if (!e) return answer(err, PN_ENOTFOUND, path, "no such file");
    const inode *f = &m->inodes[e->ino];
    if (f->folder) return pn_fail_io(err, EISDIR, path, "use what is not a regular file");
    *out = (pn_io_map){ copy_bytes(f->p, f->n), f->n, NULL };
    m->held++;
    return PN_OK;
}
static pn_status do_map(void *m, const char *path, bool copy, pn_io_map *out, pn_error *err) {
    (void)copy;
    LOCKED((memfs *)m, map_file(m, path, out, err));
}
static bool do_sound(void *ctx, const pn_io_map *map) {
    (void)ctx;
    return map->ptr != NULL;
}
static void do_unmap(void *ctx, pn_io_map *map) {
    memfs *m = ctx;
    pthread_mutex_lock(&m->mutex);
    m->held--;
    pthread_mutex_unlock(&m->mutex);
    free((void *)(uintptr_t)map->ptr);
    *map = (pn_io_map){ 0 };
}

static pn_status lock_refused(memfs *m, const char *path, pn_error *err) {
    char note[128] = "";
    const inode *f = &m->inodes[find(m, path)->ino];
    if (f->n) memcpy(note, f->p, PN_MIN(f->n, sizeof note - 1));
    pn_fail(err, PN_ELOCKED, "locked by %s", note);
    pn_error_at(err, path, 0);
    return PN_ELOCKED;
}

static pn_status take_lock(memfs *m, const char *path, const char *note, pn_io_lock **out, pn_error *err) {
    if (fails(m)) return fault(m, path, "lock", err);
    for (size_t i = 0; i < m->n_locks; i++) if (strcmp(m->locks[i], path) == 0) return lock_refused(m, path, err);
    if (!has_folder(m, path)) return answer(err, PN_ENOTFOUND, path, "no such folder");
    if (!find(m, path)) {
        link_name(m, path, new_inode(m, false));
        log_op(m, MEMFS_CREATE, find(m, path)->ino, path, NULL);
    }
    m->inodes[find(m, path)->ino].n = 0;   /* the note is for people: the log leaves it out */
    append(m, find(m, path)->ino, note, strlen(note));
    m->locks = sure(realloc(m->locks, (m->n_locks + 1) * sizeof *m->locks));
    m->locks[m->n_locks++] = copy_text(path);
    m->held++;
    *out = sure(malloc(sizeof **out));
    (*out)->path = copy_text(path);
    return PN_OK;
}
static pn_status do_lock(void *m, const char *path, const char *note, pn_io_lock **out, pn_error *err) {
    LOCKED((memfs *)m, take_lock(m, path, note, out, err));
}
static void do_unlock(void *ctx, pn_io_lock *l) {
    memfs *m = ctx;
    if (!l) return;
    pthread_mutex_lock(&m->mutex);
    for (size_t i = 0; i < m->n_locks; i++)
        if (strcmp(m->locks[i], l->path) == 0) {
            free(m->locks[i]);
            m->locks[i] = m->locks[--m->n_locks];
            break;
        }
    m->held--;
    pthread_mutex_unlock(&m->mutex);
    free(l->path);
    free(l);
}

static pn_status draw(memfs *m, uint8_t *p, size_t n, pn_error *err) {
    if (fails(m)) return fault(m, "", "draw random bytes", err);
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)(next_random(&m->random) >> 24);
    return PN_OK;
}
static pn_status do_random(void *m, void *p, size_t n, pn_error *err) { LOCKED((memfs *)m, draw(m, p, n, err)); }

/* --- life */

memfs *memfs_new(void) {
    memfs *m = sure(calloc(1, sizeof *m));
    m->io = (pn_io){ m, do_create, do_write, do_sync, do_close, do_rename, do_unlink, do_mkdir, do_rmdir, do_sync_dir, do_list,
                     do_stat, do_map, do_sound, do_unmap, do_lock, do_unlock, do_random };
    pthread_mutex_init(&m->mutex, NULL);
    m->random = 0x9E3779B97F4A7C15;
    m->every = 1;
    m->mixes = 4;
    return m;
}

static void drop_log(memfs *m) {
    for (size_t i = 0; i < m->n_ops; i++) {
        free(m->ops[i].path);
        free(m->ops[i].to);
        free(m->ops[i].data);
    }
    free(m->ops);
    m->ops = NULL;
    m->n_ops = m->n_syncs = m->n_dir_syncs = 0;
    memfs_free(m->base);
    m->base = NULL;
}

void memfs_free(memfs *m) {
    if (!m) return;
    drop_log(m);
    for (size_t i = 0; i < m->n_inodes; i++) free(m->inodes[i].p);
    for (size_t i = 0; i < m->n_entries; i++) free(m->entries[i].path);
    for (size_t i = 0; i < m->n_locks; i++) free(m->locks[i]);
    free(m->inodes);
    free(m->entries);
    free(m->locks);
    pthread_mutex_destroy(&m->mutex);
    free(m);
}

memfs *memfs_clone(const memfs *from) {
    memfs *m = memfs_new();
    m->clock = from->clock;
    m->random = from->random;
    for (size_t i = 0; i < from->n_inodes; i++) {
        new_inode(m, from->inodes[i].folder);
        append(m, i, from->inodes[i].p, from->inodes[i].n);
    }
    for (size_t i = 0; i < from->n_entries; i++) link_name(m, from->entries[i].path, from->entries[i].ino);
    return m;
}

const pn_io *memfs_io(memfs *m) { return &m->io; }
bool memfs_has(memfs *m, const char *path) { return find(m, path) != NULL; }
size_t memfs_held(memfs *m) { return m->held; }
bool memfs_failed(memfs *m) { return m->failed; }
size_t memfs_n_ops(memfs *m) { return m->n_ops; }
size_t memfs_n_syncs(memfs *m, memfs_kind kind) { return kind == MEMFS_SYNC ? m->n_syncs : m->n_dir_syncs; }

uint8_t *memfs_bytes(memfs *m, const char *path, size_t *n) {
    entry *e = find(m, path);
    if (!e) return NULL;
    m->inodes[e->ino].version = ++m->clock;
    *n = m->inodes[e->ino].n;
    return m->inodes[e->ino].p;
}

void memfs_put(memfs *m, const char *path, const void *p, size_t n) {
    size_t ino = new_inode(m, false);
    link_name(m, path, ino);
    append(m, ino, p, n);
}

size_t memfs_n_files(memfs *m) {
    size_t n = 0;
    for (size_t i = 0; i < m->n_entries; i++) n += !m->inodes[m->entries[i].ino].folder;
    return n;
}

void memfs_fail(memfs *m, memfs_fault f) {
    m->fault = f;
    m->calls = 0;
    m->failed = false;
}

void memfs_record(memfs *m) {
    drop_log(m);
    m->base = memfs_clone(m);
}

void memfs_ignore_syncs(memfs *m, bool (*ignored)(void *arg, memfs_kind kind, const char *path, size_t nth), void *arg) {
    m->ignored = ignored;
    m->ignored_arg = arg;
}

void memfs_sampling(memfs *m, size_t every, int mixes) {
    m->every = every;
    m->mixes = mixes;
}

/* --- crash images */

enum { ALL_SUBSETS = 8, SAMPLES = 64, SECTOR = 512 };
typedef enum { KEPT, CUT, ZEROS, TORN, MIXED } tails;
static const char *const tail_names[] = { "kept", "cut", "zeros", "torn", "mixed" };

typedef struct {
    memfs *m;
    size_t n_ops;                          /* the prefix */
    size_t *undurable; size_t n_undurable; /* indices of name operations */
    size_t *synced;                        /* for each inode: bytes that are certain */
    bool unsynced;                         /* some file has a tail */
    uint64_t random;
    int (*fn)(void *arg, memfs *image, const memfs_crash *c); void *arg;
    size_t n_seen, n_images;
} crash;

static bool is_name_op(const op *o) {
    return o->kind == MEMFS_CREATE || o->kind == MEMFS_RENAME || o->kind == MEMFS_UNLINK || o->kind == MEMFS_MKDIR || o->kind == MEMFS_RMDIR;
}

static bool is_durable(const crash *c, size_t i) {
    for (size_t k = i + 1; k < c->n_ops; k++) {
        const op *s = &c->m->ops[k];
        if (s->kind == MEMFS_SYNC_DIR && !s->ignored && lies_in(c->m->ops[i].path, s->path)) return true;
    }
    return false;
}

/* What of the prefix is certain. */
static void classify(crash *c) {
    size_t n = c->m->n_inodes;
    size_t *size = sure(calloc(n + 1, sizeof *size));
    bool *doomed = sure(calloc(n + 1, 1));
    for (size_t i = 0; i < n; i++) size[i] = c->synced[i] = i < c->m->base->n_inodes ? c->m->base->inodes[i].n : 0;
    c->n_undurable = 0;
    for (size_t i = 0; i < c->n_ops; i++) {
        const op *o = &c->m->ops[i];
        if (o->kind == MEMFS_WRITE) size[o->ino] += o->len;
        if (o->kind == MEMFS_SYNC_FAILED && size[o->ino] > c->synced[o->ino]) doomed[o->ino] = true;
        if (o->kind == MEMFS_SYNC && !o->ignored && !doomed[o->ino]) c->synced[o->ino] = size[o->ino];
        if (is_name_op(o) && !is_durable(c, i)) c->undurable[c->n_undurable++] = i;
    }
    c->unsynced = false;
    for (size_t i = 0; i < n; i++) c->unsynced |= size[i] > c->synced[i];
    free(size);
    free(doomed);
}

static void apply_name(memfs *image, const op *o) {
    entry *e = find(image, o->path);
    bool same = e && e->ino == o->ino;
    if (o->kind == MEMFS_CREATE || o->kind == MEMFS_MKDIR) link_name(image, o->path, o->ino);
    else if (same) remove_name(image, o->path);
    if (o->kind == MEMFS_RENAME) link_name(image, o->to, o->ino);
}

/* The unsynced bytes of one file, from `from` on. */
static void spoil(crash *c, inode *f, size_t from, tails how) {
    if (how == MIXED) how = (tails)(next_random(&c->random) % MIXED);
    if (how == CUT) f->n = from;
    if (how == ZEROS) memset(f->p + from, 0, f->n - from);
    if (how != TORN) return;
    for (size_t at = from; at < f->n; at = (at / SECTOR + 1) * SECTOR)
        if (next_random(&c->random) & 1) memset(f->p + at, 0, PN_MIN(f->n, (at / SECTOR + 1) * SECTOR) - at);
    if (next_random(&c->random) & 1) f->n = from + (size_t)(next_random(&c->random) % (f->n - from + 1)) / SECTOR * SECTOR;
}

static void drop_orphans(memfs *image) {
    for (size_t i = 0; i < image->n_entries;)
        if (has_folder(image, image->entries[i].path)) i++;
        else {
            remove_name(image, image->entries[i].path);
            i = 0;
        }
}

static memfs *build(crash *c, const bool *lost, tails how) {
    memfs *image = memfs_clone(c->m->base);
    while (image->n_inodes < c->m->n_inodes) new_inode(image, c->m->inodes[image->n_inodes].folder);
    for (size_t i = 0; i < c->n_ops; i++) {
        const op *o = &c->m->ops[i];
        if (o->kind == MEMFS_WRITE) append(image, o->ino, o->data, o->len);
        if (is_name_op(o) && !lost[i]) apply_name(image, o);
    }
    for (size_t i = 0; i < image->n_inodes; i++)
        if (image->inodes[i].n > c->synced[i]) spoil(c, &image->inodes[i], c->synced[i], how);
    drop_orphans(image);
    return image;
}

/* One choice of names with every kind of tail. */
static int with_names(crash *c, unsigned long kept, const bool *lost) {
    int stop = 0, n = c->unsynced ? MIXED + c->m->mixes : 1;
    for (int k = 0; k < n && !stop; k++) {
        if (c->n_seen++ % c->m->every != 0) continue;
        tails how = k < MIXED ? (tails)k : MIXED;
        memfs *image = build(c, lost, how);
        memfs_crash what = { c->n_ops, kept, c->unsynced ? tail_names[how] : "synced" };
        stop = c->fn(c->arg, image, &what);
        c->n_images++;
        memfs_free(image);
    }
    return stop;
}

static int with_mask(crash *c, unsigned long kept, bool *lost) {
    for (size_t k = 0; k < c->n_undurable; k++) lost[c->undurable[k]] = !(kept >> (k % 64) & 1);
    return with_names(c, kept, lost);
}

static int at_prefix(crash *c, bool *lost) {
    size_t n = c->n_undurable;
    unsigned long all = n >= 64 ? ~0ul : (1ul << n) - 1;
    int stop = 0;
    memset(lost, 0, c->m->n_ops);
    if (n <= ALL_SUBSETS) {
        for (unsigned long kept = 0; kept <= all && !stop; kept++) stop = with_mask(c, kept, lost);
        return stop;
    }
    stop = with_mask(c, 0, lost) || with_mask(c, all, lost);
    for (size_t k = 0; k < PN_MIN(n, (size_t)64) && !stop; k++)
        stop = with_mask(c, 1ul << k, lost) || with_mask(c, all & ~(1ul << k), lost);
    for (int k = 0; k < SAMPLES && !stop; k++) stop = with_mask(c, (unsigned long)next_random(&c->random) & all, lost);
    return stop;
}

size_t memfs_crash_images(memfs *m, int (*fn)(void *arg, memfs *image, const memfs_crash *c), void *arg) {
    assert(m->base);
    crash c = { .m = m, .fn = fn, .arg = arg, .random = 0x2545F4914F6CDD1D };
    c.undurable = sure(calloc(m->n_ops + 1, sizeof *c.undurable));
    c.synced = sure(calloc(m->n_inodes + 1, sizeof *c.synced));
    bool *lost = sure(calloc(m->n_ops + 1, 1));
    int stop = 0;
    for (c.n_ops = 0; c.n_ops <= m->n_ops && !stop; c.n_ops++) {
        classify(&c);
        stop = at_prefix(&c, lost);
    }
    free(c.undurable);
    free(c.synced);
    free(lost);
    return c.n_images;
}
