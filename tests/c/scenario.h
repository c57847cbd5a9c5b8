/* scenario.h -- what is done to an archive, commit by commit, and what it must answer after each: the subject of the proofs
 * of crashes, failures and damage.
 *
 *     for (size_t i = 0; i < scenario_n; i++) {
 *         scenario *s = &scenarios[i];
 *         scenario_prepare(s);                      runs it once and keeps the answers after every commit
 *         … memfs *fs = scenario_after(s, k); scenario_step(s, memfs_io(fs), k, &err) …
 *     }
 *     scenario_forget_all();
 *
 * Every step makes a new generation, a compaction perhaps two.  With PYNEWS_TRUST=1 the proofs take more of everything.
 */
#ifndef SCENARIO_H
#define SCENARIO_H
#include "world.h"

enum { SCENARIO_STEPS = 12 };
typedef enum { STEP_NONE, STEP_ADD, STEP_ADD_RICH, STEP_DELETE, STEP_COMPACT, STEP_PIN } step_kind;
/* ADD: articles first … first+n-1 in a version, RICH with all that an article can have.  DELETE: what a query finds.  COMPACT: all segments into one.  PIN: the newest
 * generation.  */
typedef struct { step_kind kind; uint32_t first, n, version; const char *query; } scenario_do;
typedef struct {
    const char *name;
    scenario_do steps[SCENARIO_STEPS];
    bool is_large;                         /* too large for proofs that go through every operation */
    size_t n;                              /* from here on: set by scenario_prepare */
    char *answers[SCENARIO_STEPS + 1];     /* answers[k]: after k steps; "" when there is no archive yet */
    uint32_t generation[SCENARIO_STEPS + 1];
} scenario;
extern scenario scenarios[];
extern const size_t scenario_n;
scenario *scenario_named(const char *name);            /* prepared */

void scenario_prepare(scenario *s);
void scenario_forget_all(void);
pn_status scenario_step(const scenario *s, const pn_io *io, size_t k, pn_error *err);  /* commit k, counted from 0; PN_OK behind the last */
memfs *scenario_after(const scenario *s, size_t k);    /* holds the first k commits; the caller's */

/* The answers of the archive, "" when there is none; the caller frees.  NULL and *rc when it cannot be opened or asked. */
char *scenario_answers(const pn_io *io, uint32_t *generation, pn_status *rc, pn_error *err);
/* These are the answers after step `from` or a later one up to `to`, by a generation that step makes. */
bool scenario_is(const scenario *s, const char *answers, uint32_t generation, size_t from, size_t to);
bool scenario_shows(const scenario *s, memfs *fs, size_t from, size_t to);             /* what an archive that must be well answers is that */

bool is_trust(void);                                   /* PYNEWS_TRUST is set */
void must_ok(pn_status rc, const pn_error *err);

/* Runs share(arg, i, n) for i below n in n processes, one a processor, and adds up what they return; a failure in any fails the test. */
size_t in_shares(size_t (*share)(void *arg, size_t i, size_t n), void *arg);
#endif
