#include "scenario.h"
#include "rich.h"
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADD(first, n, version) { STEP_ADD, first, n, version, NULL }
#define RICH(first, n, version) { STEP_ADD_RICH, first, n, version, NULL }
#define PIN { STEP_PIN, 0, 0, 0, NULL }
#define DELETE(query) { STEP_DELETE, 0, 0, 0, query }
#define COMPACT { STEP_COMPACT, 0, 0, 0, NULL }
scenario scenarios[] = {
    { .name = "create", .steps = { ADD(0, 14, 0) } },
    { .name = "append", .steps = { ADD(0, 12, 0), ADD(12, 9, 0) } },
    { .name = "replace", .steps = { ADD(0, 14, 0), ADD(10, 8, 1), ADD(0, 5, 2) } },
    { .name = "many small ones", .steps = { ADD(0, 5, 0), ADD(5, 4, 0), ADD(3, 3, 1), ADD(9, 4, 0), ADD(13, 3, 0) } },
    { .name = "delete", .steps = { ADD(0, 14, 0), DELETE("tag:money"), ADD(2, 6, 1), DELETE("NOT id:n3") } },
    { .name = "compact", .steps = { ADD(0, 12, 0), RICH(20, 4, 0), DELETE("tag:money"), COMPACT, ADD(4, 6, 1), COMPACT } },
    { .name = "merge", .steps = { ADD(0, 2, 0), ADD(2, 2, 0), ADD(4, 2, 0), ADD(6, 2, 0), ADD(3, 2, 1), ADD(8, 2, 0), ADD(10, 2, 0), ADD(12, 2, 0), ADD(14, 2, 0), ADD(1, 3, 2) } },
    { .name = "pin", .steps = { ADD(0, 9, 0), PIN, ADD(5, 6, 1), ADD(0, 4, 2), DELETE("tag:money"), COMPACT } },
    { .name = "everything", .steps = { RICH(0, 12, 0), RICH(8, 8, 1), PIN, DELETE("tag:harbours"), COMPACT, RICH(3, 4, 2) } },
    /* for damage */
    { .name = "one segment", .steps = { ADD(0, 40, 0) }, .is_large = true },
    { .name = "many segments", .steps = { ADD(0, 20, 0), ADD(10, 15, 1), ADD(24, 6, 0), DELETE("tag:money"), ADD(2, 8, 2) }, .is_large = true },
    { .name = "all there is", .steps = { RICH(0, 30, 0), RICH(20, 20, 1), PIN, DELETE("tag:harbours OR date:..2019-03"), COMPACT, RICH(3, 9, 2), DELETE("storm") }, .is_large = true },
};
const size_t scenario_n = PN_COUNT(scenarios);

bool is_trust(void) { return getenv("PYNEWS_TRUST") != NULL; }

void must_ok(pn_status rc, const pn_error *err) {
    if (rc != PN_OK) fail_msg("%s: %s %s", pn_status_name(rc), err->file, err->msg);
}

/* --- steps */

pn_status scenario_step(const scenario *s, const pn_io *io, size_t k, pn_error *err) {
    const scenario_do *d = &s->steps[k];
    switch (k < SCENARIO_STEPS ? d->kind : STEP_NONE) {
    case STEP_ADD: return world_ingest(io, "a", k == 0, d->first, d->n, d->version, NULL, err);
    case STEP_ADD_RICH: return rich_ingest(io, "a", k == 0, d->first, d->n, d->version, err);
    case STEP_DELETE: return world_delete(io, "a", d->query, err);
    case STEP_COMPACT: return world_compact(io, "a", err);
    case STEP_PIN: return world_pin(io, "a", err);
    case STEP_NONE: break;
    }
    return PN_OK;
}

memfs *scenario_after(const scenario *s, size_t k) {
    memfs *fs = memfs_new();
    for (size_t i = 0; i < k; i++) {
        pn_error err = { 0 };
        must_ok(scenario_step(s, memfs_io(fs), i, &err), &err);
    }
    return fs;
}

/* --- answers */

/* What is pinned, and what that answers. */
static pn_status put_pins(const pn_io *io, uint32_t generation, pn_buf *out, pn_error *err) {
    pn_manifest m = { 0 };
    PN_TRY(pn_manifest_read(io, "a", generation, &m, err));
    pn_status rc = PN_OK;
    for (size_t i = 0; rc == PN_OK && i < m.n_pins; i++) {
        pn_buf_printf(out, "pinned %u\n", m.pins[i].generation);
        rc = world_answers_at(io, "a", m.pins[i].generation, out, err);
    }
    pn_manifest_fini(&m);
    return rc;
}

char *scenario_answers(const pn_io *io, uint32_t *generation, pn_status *rc, pn_error *err) {
    pn_buf b = { 0 };
    char *copy = NULL;
    *generation = 0;
    *rc = pn_manifest_newest(io, "a", generation, err);
    if (*rc == PN_OK && !*generation) *rc = pn_manifest_check_lost(io, "a", err);      /* a first build may begin again */
    if (*rc == PN_ENOTFOUND) *rc = PN_OK;                      /* not even the folder */
    if (*rc == PN_OK && *generation) *rc = world_answers(io, "a", &b, err);
    if (*rc == PN_OK && *generation) *rc = put_pins(io, *generation, &b, err);
    pn_buf_put_u8(&b, 0);
    if (*rc == PN_OK) *rc = b.rc;
    if (*rc == PN_OK) copy = memcpy(malloc(b.len), b.ptr, b.len);
    pn_buf_fini(&b);
    return copy;
}

static char *sure_answers(memfs *fs, uint32_t *generation) {
    pn_error err = { 0 };
    pn_status rc;
    char *text = scenario_answers(memfs_io(fs), generation, &rc, &err);
    must_ok(rc, &err);
    return text;
}

bool scenario_is(const scenario *s, const char *answers, uint32_t generation, size_t from, size_t to) {
    for (size_t k = from; k <= PN_MIN(to, s->n); k++)
        if (generation <= s->generation[k] && (k == 0 || generation > s->generation[k - 1]) && strcmp(answers, s->answers[k]) == 0) return true;
    return false;
}

bool scenario_shows(const scenario *s, memfs *fs, size_t from, size_t to) {
    uint32_t generation;
    char *answers = sure_answers(fs, &generation);
    bool is = scenario_is(s, answers, generation, from, to);
    free(answers);
    return is;
}

void scenario_prepare(scenario *s) {
    if (s->answers[0]) return;
    memfs *fs = memfs_new();
    s->answers[0] = sure_answers(fs, &s->generation[0]);
    for (s->n = 0; s->n < SCENARIO_STEPS && s->steps[s->n].kind != STEP_NONE;) {
        pn_error err = { 0 };
        must_ok(scenario_step(s, memfs_io(fs), s->n++, &err), &err);
        s->answers[s->n] = sure_answers(fs, &s->generation[s->n]);
        if (s->generation[s->n] == s->generation[s->n - 1]) fail_msg("step %zu of %s does nothing", s->n, s->name);
    }
    memfs_free(fs);
}

void scenario_forget_all(void) {
    for (size_t i = 0; i < scenario_n; i++)
        for (size_t k = 0; k <= SCENARIO_STEPS; k++) {
            free(scenarios[i].answers[k]);
            scenarios[i].answers[k] = NULL;
        }
}

scenario *scenario_named(const char *name) {
    for (size_t i = 0; i < scenario_n; i++)
        if (strcmp(scenarios[i].name, name) == 0) {
            scenario_prepare(&scenarios[i]);
            return &scenarios[i];
        }
    fail_msg("no scenario %s", name);
    return NULL;
}

/* --- many processes */

size_t in_shares(size_t (*share)(void *arg, size_t i, size_t n), void *arg) {
    enum { MOST = 64 };
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = cpus < 1 ? 1 : PN_MIN((size_t)cpus, (size_t)MOST), sum = 0;
    pid_t children[MOST];
    size_t *done = mmap(NULL, MOST * sizeof *done, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(done, MAP_FAILED);
    fflush(NULL);
    for (size_t i = 0; i < n; i++) {
        children[i] = fork();
        assert_int_not_equal(children[i], -1);
        if (children[i] == 0) {
            done[i] = share(arg, i, n);
            fflush(NULL);
            _exit(0);
        }
    }
    bool well = true;
    for (size_t i = 0; i < n; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        well &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
        sum += done[i];
    }
    munmap(done, MOST * sizeof *done);
    assert_true(well);
    return sum;
}
