#include "base/pn_guard.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PLACES = 4096 };

/* `start` is written last and cleared first: the handler sees a place whole or not at all.  A place is free when
 * `taken` is false. */
typedef struct { atomic_bool taken, torn; _Atomic size_t len; _Atomic uintptr_t start; } place;
static place places[PLACES];
static _Atomic size_t n_places;                    /* places[n_places..] were never used */
static _Atomic uintptr_t page_size;                /* 0: no handler was set yet */
static atomic_flag arming = ATOMIC_FLAG_INIT;
static atomic_bool armed;                          /* our handler was set once: whoever finds another thread arming need not wait */

/* Written under `arming`, while our handler is not set. */
static struct sigaction first;                     /* whom we found when we came: never leads back to us */
static struct sigaction latest;                    /* whom we replaced last: may hand the signal back to us, once */
static atomic_bool passed;                         /* `latest` had its turn */

static place *find(uintptr_t at) {
    size_t n = atomic_load(&n_places);
    for (size_t i = 0; i < n; i++) {
        uintptr_t start = atomic_load(&places[i].start);
        if (start && at >= start && at - start < atomic_load(&places[i].len)) return &places[i];
    }
    return NULL;
}

/* Not ours: as if we had never been there. */
static void pass_on(int sig, siginfo_t *info, void *context) {
    const struct sigaction *to = atomic_exchange(&passed, true) ? &first : &latest;
    if (to->sa_flags & SA_SIGINFO) { to->sa_sigaction(sig, info, context); return; }
    if (to->sa_handler == SIG_IGN) return;
    if (to->sa_handler != SIG_DFL) { to->sa_handler(sig); return; }
    signal(sig, SIG_DFL);
    raise(sig);                                    /* blocked until we return; then it ends the process */
}

static void on_fault(int sig, siginfo_t *info, void *context) {
    int kept = errno;
    uintptr_t at = (uintptr_t)info->si_addr, page = atomic_load(&page_size);
    place *p = find(at);
    void *where = (void *)(at - at % page);
    if (p && mmap(where, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {
        atomic_store(&p->torn, true);
        errno = kept;
        return;
    }
    errno = kept;
    pass_on(sig, info, context);
}

/* Called again and again, because others (Python's faulthandler) may have set their handler since.  A child forked while
 * another thread was arming finds the flag set for good: waiting for it would never end. */
static bool arm(void) {
    struct sigaction now, ours = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
    while (atomic_flag_test_and_set(&arming))
        if (atomic_load(&armed)) return true;
    bool ok = sigaction(SIGBUS, NULL, &now) == 0;
    if (ok && !((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_fault)) {
        if (atomic_load(&page_size) == 0) first = now;
        latest = now;
        atomic_store(&passed, false);
        ours.sa_sigaction = on_fault;
        atomic_store(&page_size, (uintptr_t)sysconf(_SC_PAGESIZE));
        sigemptyset(&ours.sa_mask);
        ok = sigaction(SIGBUS, &ours, NULL) == 0;
    }
    if (ok) atomic_store(&armed, true);
    atomic_flag_clear(&arming);
    return ok;
}

void *pn_guard_add(void *p, size_t n) {
    if (!arm()) return NULL;
    for (size_t i = 0; i < PLACES; i++) {
        bool free_place = false;
        if (!atomic_compare_exchange_strong(&places[i].taken, &free_place, true)) continue;
        size_t seen = atomic_load(&n_places);
        while (seen < i + 1 && !atomic_compare_exchange_weak(&n_places, &seen, i + 1)) { }
        atomic_store(&places[i].torn, false);
        atomic_store(&places[i].len, n);
        atomic_store(&places[i].start, (uintptr_t)p);
        return &places[i];
    }
    return NULL;
}

bool pn_guard_sound(const void *token) { return arm() && !atomic_load(&((const place *)token)->torn); }

void pn_guard_remove(void *token) {
    place *p = token;
    atomic_store(&p->start, 0);
    atomic_store(&p->taken, false);
}
