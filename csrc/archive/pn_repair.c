#include "archive/pn_repair.h"
#include "archive/pn_writer_inside.h"
#include "base/pn_alloc.h"
#include "base/pn_sort.h"
#include "index/pn_doc_bytes.h"
#include "index/pn_seg_layout.h"
#include "index/pn_stored.h"
#include "store/pn_names.h"
#include "text/pn_token.h"
#include <stdio.h>

enum { FILE_NAME = 0, OFFSET = 1, DAMAGE = 2, ARTICLES = 3, LOST = 4, ACTION = 5 };
#define NUMBER_MAX (UINT32_MAX - (1u << 20))      /* of a segment or generation that a repair goes on from */
enum { POLL = 1 << 8 };                /* articles between two questions to the tick */

typedef struct {
    const pn_io *io;
    const char *dir;
    const pn_tick *tick;
    pn_table *rows;
    pn_writer *w;                      /* NULL: only looking */
    pn_manifest m;                     /* the newest that can be read; when none can, made of what lies in the folder */
    bool guessed;                      /* it is made of what lies in the folder */
    size_t n_named;                    /* so many of m.segments a manifest names; the others lie in the folder */
    pn_name *names;                    /* of the folder, ours alone */
    size_t n_names, cap_names;
    bool incomplete;                   /* there was no memory for all of them */
    bool *sound;                       /* of m.segments */
    pn_buf aside;                      /* pn_name of each file to be renamed */
    uint64_t n_read;
    bool expected;                     /* articles there should be, read or not */
} repair;

static pn_status no_memory(pn_error *err) { return pn_fail(err, PN_ENOMEM, "no memory for a repair"); }

/* --- the folder */

static int remember(void *arg, const char *name) {
    repair *r = arg;
    pn_name n = pn_name_of(name);
    void *p = r->names;
    if (n.what == PN_NAMED_OTHER) return 0;
    r->incomplete = !pn_grow(&p, &r->cap_names, r->n_names + 1, sizeof *r->names);
    if (r->incomplete) return 1;
    r->names = p;
    r->names[r->n_names++] = n;
    return 0;
}

/* The highest generation below `below` that a manifest is named by, 0 when there is none; and the highest segment. */
static uint32_t manifest_below(const repair *r, uint64_t below) {
    uint32_t best = 0;
    for (size_t i = 0; i < r->n_names; i++)
        if (r->names[i].what == PN_NAMED_MANIFEST && r->names[i].generation < below) best = PN_MAX(best, r->names[i].generation);
    return best;
}
static uint32_t highest_segment(const repair *r) {
    uint32_t best = 0;
    for (size_t i = 0; i < r->n_names; i++) best = PN_MAX(best, r->names[i].segment);
    return best;
}
/* Of the segment whose texts are name i: the last of the names that follow. */
static uint32_t newest_deletions(const repair *r, size_t i) {
    uint32_t best = 0, segment = r->names[i].segment;
    while (++i < r->n_names && r->names[i].segment == segment) best = r->names[i].generation;
    return best;
}

static pn_status nothing_here(const repair *r, bool unfinished, pn_error *err) {
    pn_fail(err, PN_ENOTFOUND, unfinished ? "an unfinished build, not yet an archive: build it again and it goes on" : "no archive here: the folder holds no file of one");
    pn_error_at(err, r->dir, 0);
    return PN_ENOTFOUND;
}

static int compare(uint32_t a, uint32_t b) { return (a > b) - (a < b); }
/* By segment: index, texts, deletions by generation. */
static int in_order(const void *a, const void *b) {
    const pn_name *x = a, *y = b;
    int by_segment = compare(x->segment, y->segment), by_what = compare(x->what, y->what);
    return by_segment ? by_segment : by_what ? by_what : compare(x->generation, y->generation);
}

/* New segments and the new generation come behind every number in the folder. */
static pn_status has_room(const repair *r, pn_error *err) {
    for (size_t i = 0; i < r->n_names; i++)
        if (PN_MAX(r->names[i].segment, r->names[i].generation) > NUMBER_MAX) {
            pn_fail(err, PN_ELIMIT, "a file with a number above %u, behind which there is no room for new ones: move seg-, MANIFEST- or inputs- files of such a number elsewhere", NUMBER_MAX);
            pn_error_at(err, r->dir, 0);
            return PN_ELIMIT;
        }
    return PN_OK;
}

static pn_status list(repair *r, pn_error *err) {
    r->n_names = 0;
    PN_TRY(r->io->list(r->io->ctx, r->dir, remember, r, err));
    if (r->incomplete) return no_memory(err);
    PN_TRY(pn_sort(r->names, r->n_names, sizeof *r->names, in_order, r->tick, err));
    PN_TRY(has_room(r, err));
    bool segment = false, aside = false;
    for (size_t i = 0; i < r->n_names; i++) {
        segment = segment || r->names[i].what == PN_NAMED_DOC;
        aside = aside || r->names[i].what == PN_NAMED_ASIDE;
    }
    if (manifest_below(r, (uint64_t)UINT32_MAX + 1)) return PN_OK;
    pn_status rc = segment ? pn_manifest_check_lost(r->io, r->dir, err) : PN_OK;
    return rc == PN_ECORRUPT ? PN_OK : rc == PN_OK ? nothing_here(r, aside, err) : rc;
}

/* --- rows */

static bool is_damage(pn_status rc) { return rc == PN_ECORRUPT || rc == PN_ENOTFOUND || rc == PN_ECHANGED; }

static pn_status give(pn_error *err, const pn_error *e) {
    if (err) *err = *e;
    return e->code;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_number(pn_table *t, size_t col, int64_t n) {
    if (n < 0) pn_table_put_null(t, col);
    else pn_table_put_i64(t, col, n);
}

static void row(repair *r, const pn_error *e, int64_t articles, int64_t lost, const char *action) {
    pn_table_put_str(r->rows, FILE_NAME, pn_bytes_cstr(base_name(e->file)));
    pn_table_put_i64(r->rows, OFFSET, (int64_t)e->offset);
    pn_table_put_str(r->rows, DAMAGE, pn_bytes_cstr(e->msg));
    put_number(r->rows, ARTICLES, articles);
    put_number(r->rows, LOST, lost);
    pn_table_put_str(r->rows, ACTION, pn_bytes_cstr(action));
}

static void set_aside(repair *r, pn_named what, uint32_t segment, uint32_t generation) {
    pn_name n = { what, segment, generation };
    pn_buf_put(&r->aside, &n, sizeof n);
}

/* --- which articles there should be */

/* The sums of files that no manifest vouches for are their own. */
static pn_status own_sum(const repair *r, uint32_t segment, pn_segment_name what, uint32_t generation, pn_file_sum *sum, uint8_t archive[16], pn_error *err) {
    static const pn_file_kind kinds[] = { [PN_NAME_IDX] = PN_FILE_INDEX, [PN_NAME_DOC] = PN_FILE_TEXT, [PN_NAME_DEL] = PN_FILE_DELETED };
    char path[PN_PATH_MAX];
    pn_file *f = NULL;
    PN_TRY(pn_segment_path(path, r->dir, segment, what, generation, err));
    PN_TRY(pn_file_open(r->io, path, kinds[what], NULL, NULL, false, &f, err));
    *sum = pn_file_sum_of(f);
    memcpy(archive, pn_file_identity(f)->archive, 16);
    pn_file_release(f);
    return PN_OK;
}

/* The number of a segment's articles, as its texts have it. */
static pn_status count_docs(const repair *r, uint32_t segment, uint32_t *n, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_file *f = NULL;
    pn_bytes index;
    PN_TRY(pn_segment_path(path, r->dir, segment, PN_NAME_DOC, 0, err));
    PN_TRY(pn_file_open(r->io, path, PN_FILE_TEXT, NULL, NULL, false, &f, err));
    pn_status rc = pn_file_section_checked(f, PN_SECTION_FRAME_INDEX, &index, err);
    if (rc == PN_OK && index.len < 16) rc = pn_corrupt(err, path, 0, "no index of texts");
    if (rc == PN_OK) *n = pn_load_u32(index.ptr + index.len - 16);
    pn_file_release(f);
    return rc;
}

static pn_status guess_deletions(const repair *r, pn_manifest_segment *s, size_t i, pn_error *err) {
    uint8_t archive[16];
    s->del_generation = newest_deletions(r, i);
    if (!s->del_generation) return PN_OK;
    PN_TRY(own_sum(r, s->number, PN_NAME_DEL, s->del_generation, &s->del, archive, err));
    return pn_deleted_count(r->io, r->dir, s->number, s->del_generation, &s->n_deleted, err);
}

/* Of name i, which is a segment's texts. */
static pn_status guess_segment(repair *r, size_t i, pn_error *err) {
    uint32_t number = r->names[i].segment;
    pn_manifest_segment s = { .number = number };
    pn_error e = { 0 };
    uint8_t archive[16];
    pn_status rc = own_sum(r, number, PN_NAME_DOC, 0, &s.doc, archive, &e);
    if (rc == PN_OK) rc = count_docs(r, number, &s.n_docs, &e);
    if (is_damage(rc)) {
        row(r, &e, -1, -1, "set aside; nothing of it can be read");
        set_aside(r, PN_NAMED_DOC, number, 0);
        r->expected = true;
        return PN_OK;
    }
    if (rc == PN_OK) rc = guess_deletions(r, &s, i, &e);
    if (is_damage(rc)) {
        row(r, &e, -1, 0, "set aside; its deleted articles come back");
        set_aside(r, PN_NAMED_DEL, number, s.del_generation);
        s.n_deleted = s.del_generation = 0;
        rc = PN_OK;
    }
    if (rc != PN_OK) return give(err, &e);
    if (r->guessed) memcpy(r->m.archive, archive, sizeof archive);
    r->m.segments[r->m.n_segments++] = s;
    return PN_OK;
}

/* Of the folder, segments that were given out after m, which are none of an older generation. */
static pn_status guess_segments(repair *r, pn_error *err) {
    pn_manifest_segment *p = pn_realloc(r->m.segments, (r->m.n_segments + r->n_names) * sizeof *p);
    if (!p) return no_memory(err);
    r->m.segments = p;
    for (size_t i = 0; i < r->n_names; i++) {
        if (i % POLL == 0) PN_TRY(pn_poll(r->tick, err));
        if (r->names[i].what == PN_NAMED_DOC && r->names[i].segment >= r->m.next_segment) PN_TRY(guess_segment(r, i, err));
    }
    return PN_OK;
}

/* No manifest can be read: every segment in the folder counts.  A key that came twice is settled as it was when it came. */
static pn_status guess_manifest(repair *r, pn_error *err) {
    r->guessed = true;
    if (!r->aside.len) row(r, &(pn_error){ .file = "MANIFEST", .msg = "no such file" }, -1, -1, "all segments are read");
    memcpy(r->m.analyzer, PN_ANALYZER_ID, sizeof PN_ANALYZER_ID);
    return guess_segments(r, err);
}

/* Deletions that came after the newest manifest that can be read: it does not name them. */
static void set_later_deletions_aside(repair *r) {
    for (size_t i = 0; i < r->n_names; i++) {
        const pn_name *n = &r->names[i];
        char name[PN_PATH_MAX];
        if (n->what != PN_NAMED_DEL || n->generation <= r->m.generation || n->segment >= r->m.next_segment) continue;
        if (pn_segment_path(name, r->dir, n->segment, PN_NAME_DEL, n->generation, NULL) != PN_OK) continue;
        pn_error e = { .code = PN_ECORRUPT };
        pn_corrupt(&e, name, 0, "no manifest that can be read names the file");
        row(r, &e, -1, 0, "set aside; what it deleted comes back");
        set_aside(r, n->what, n->segment, n->generation);
    }
}

/* Back at an older generation: segments made since then count too, as without any manifest. */
static pn_status add_later(repair *r, pn_error *err) {
    if (!r->aside.len) return PN_OK;
    set_later_deletions_aside(r);
    return guess_segments(r, err);
}

static pn_status find_manifest(repair *r, pn_error *err) {
    for (uint32_t g = manifest_below(r, (uint64_t)UINT32_MAX + 1); g; g = manifest_below(r, g)) {
        pn_error e = { 0 };
        pn_status rc = pn_manifest_read(r->io, r->dir, g, &r->m, &e);
        if (rc == PN_OK) {
            r->n_named = r->m.n_segments;
            return add_later(r, err);
        }
        if (!is_damage(rc)) return give(err, &e);
        char action[80];
        uint32_t before = manifest_below(r, g);
        snprintf(action, sizeof action, before ? "set aside; back to v%u if that can be read" : "set aside; all segments are read", before);
        row(r, &e, -1, -1, action);
        set_aside(r, PN_NAMED_MANIFEST, 0, g);
    }
    return guess_manifest(r, err);
}

/* --- the articles of a damaged segment */

typedef struct { pn_stored stored; pn_doc_cache cache; pn_arena arena; uint64_t lost; pn_error why; bool later; } salvage;   /* why: of the first one lost; later: no manifest names the segment */

/* The article came again in a segment that is sound: then it was deleted here.  What came later replaces what was there. */
static pn_status is_elsewhere(repair *r, bool later, const pn_doc_extra *extra, bool *yes, pn_error *err) {
    pn_found found = PN_FOUND_NOTHING;
    pn_ref at;
    pn_hash128 content;
    if (r->w && !later) PN_TRY(pn_parts_find(&r->w->parts, extra, &found, &at, &content, err));
    *yes = found != PN_FOUND_NOTHING;
    return PN_OK;
}

static pn_status take_doc(repair *r, bool later, const pn_doc *doc, const pn_doc_extra *extra, pn_error *err) {
    bool elsewhere;
    r->n_read++;
    PN_TRY(is_elsewhere(r, later, extra, &elsewhere, err));
    return r->w && !elsewhere ? pn_writer_take(r->w, doc, extra->input, r->tick, err) : PN_OK;
}

static pn_status salvage_doc(repair *r, salvage *s, uint32_t number, pn_error *err) {
    pn_bytes record;
    pn_doc doc;
    pn_doc_extra extra;
    pn_arena_reset(&s->arena);
    pn_status rc = pn_stored_get(&s->stored, &s->cache, number, &record, err);
    if (rc == PN_OK) rc = pn_doc_bytes_read(record, &s->arena, &doc, &extra, err);
    if (is_damage(rc)) {
        if (!s->lost++) s->why = *err;
        return PN_OK;
    }
    return rc == PN_OK ? take_doc(r, s->later, &doc, &extra, err) : rc;
}

static pn_status salvage_docs(repair *r, salvage *s, const pn_manifest_segment *entry, const pn_deleted *gone, pn_error *err) {
    for (uint32_t i = 0; i < entry->n_docs; i++) {
        if (pn_deleted_has(gone, i)) continue;
        if (i % POLL == 0) PN_TRY(pn_poll(r->tick, err));
        PN_TRY(salvage_doc(r, s, i, err));
    }
    return PN_OK;
}

/* *lost: articles of the segment that cannot be read; *why: what was found at the first of them. */
static pn_status salvage_texts(repair *r, const pn_manifest_segment *entry, const pn_deleted *gone, uint64_t *lost, pn_error *why, pn_error *err) {
    char path[PN_PATH_MAX];
    pn_file *f = NULL;
    salvage s = { .later = entry >= r->m.segments + r->n_named };
    pn_file_id id = { .segment = entry->number };
    memcpy(id.archive, r->m.archive, sizeof id.archive);
    PN_TRY(pn_segment_path(path, r->dir, entry->number, PN_NAME_DOC, 0, err));
    pn_status rc = pn_file_open(r->io, path, PN_FILE_TEXT, &id, &entry->doc, false, &f, err);
    if (rc == PN_OK) rc = pn_stored_open(&s.stored, f, entry->n_docs, err);
    if (rc == PN_OK) rc = salvage_docs(r, &s, entry, gone, err);
    *lost = is_damage(rc) ? entry->n_docs - gone->n : s.lost;
    *why = is_damage(rc) ? *err : s.why;
    pn_doc_cache_fini(&s.cache);
    pn_arena_fini(&s.arena);
    pn_file_release(f);
    return is_damage(rc) ? PN_OK : rc;
}

static void set_segment_aside(repair *r, const pn_manifest_segment *entry) {
    set_aside(r, PN_NAMED_IDX, entry->number, 0);
    set_aside(r, PN_NAMED_DOC, entry->number, 0);
    if (entry->del_generation) set_aside(r, PN_NAMED_DEL, entry->number, entry->del_generation);
}

/* --- segments */

/* The fingerprint of what is live in a sound segment. */
static pn_status add_sound(repair *r, pn_seg *seg, const pn_manifest_segment *entry, const pn_deleted *gone, pn_error *err) {
    pn_hash128 all = pn_seg_meta_of(seg)->fingerprint;
    r->n_read += entry->n_docs - gone->n;
    if (!r->w) return PN_OK;
    pn_writer_count(r->w, all, false);
    for (uint32_t i = 0; i < gone->n; i++) {
        pn_hash128 content;
        PN_TRY(pn_seg_content(seg, gone->docs[i], &content, err));
        pn_writer_count(r->w, content, true);
    }
    r->w->next.n_live += entry->n_docs - gone->n;
    return pn_parts_add(&r->w->parts, seg, entry, gone, err);
}

static pn_status check_segment(repair *r, const pn_manifest_segment *entry, pn_seg **seg, pn_error *err) {
    PN_TRY(pn_seg_open(r->io, r->dir, r->m.archive, entry, false, seg, err));
    return pn_seg_verify(*seg, r->tick, err);
}

/* What was found out about a segment's files. */
typedef struct { pn_status files, gone; pn_error files_err, gone_err; } state;

static pn_status salvage_segment(repair *r, const pn_manifest_segment *entry, const state *s, const pn_deleted *gone, pn_error *err) {
    static const char again[] = "set aside; what can be read is written again";
    uint64_t lost = 0;
    pn_error why = { 0 };
    PN_TRY(salvage_texts(r, entry, gone, &lost, &why, err));
    int64_t live = (int64_t)entry->n_docs - gone->n;
    if (s->gone != PN_OK) row(r, &s->gone_err, entry->n_deleted, 0, "set aside; its deleted articles come back");
    if (s->files != PN_OK && (lost || !r->guessed)) row(r, r->guessed ? &why : &s->files_err, live, (int64_t)lost, again);
    if (lost || !r->guessed) set_segment_aside(r, entry);
    return PN_OK;
}

static pn_status not_vouched_for(const repair *r, const pn_manifest_segment *entry, pn_error *err) {
    char path[PN_PATH_MAX];
    PN_TRY(pn_segment_path(path, r->dir, entry->number, PN_NAME_DOC, 0, err));
    return pn_corrupt(err, path, 0, "no manifest that can be read names the segment");
}

/* Sound segments in a first round, the others in a second, which looks for their articles in the first. */
static pn_status look_at(repair *r, size_t i, bool first_round, pn_error *err) {
    const pn_manifest_segment *entry = &r->m.segments[i];
    pn_seg *seg = NULL;
    pn_deleted gone = { 0 };
    state s = { .files = i < r->n_named ? check_segment(r, entry, &seg, &s.files_err) : not_vouched_for(r, entry, &s.files_err) };
    s.gone = pn_deleted_read(r->io, r->dir, r->m.archive, entry, &gone, &s.gone_err);
    r->sound[i] = s.files == PN_OK && s.gone == PN_OK;
    pn_status rc = PN_OK;
    r->expected = r->expected || entry->n_docs > gone.n;
    if (s.files != PN_OK && !is_damage(s.files)) rc = give(err, &s.files_err);
    else if (s.gone != PN_OK && !is_damage(s.gone)) rc = give(err, &s.gone_err);
    else if (!first_round) rc = salvage_segment(r, entry, &s, &gone, err);
    else if (r->sound[i]) rc = add_sound(r, seg, entry, &gone, err);
    pn_seg_release(seg);
    pn_deleted_fini(&gone);
    return rc;
}

/* Without its list inputs are only read again. */
static pn_status look_at_inputs(repair *r, pn_error *err) {
    pn_known known = { 0 };
    pn_error e = { 0 };
    pn_status rc = pn_known_read(r->io, r->dir, &r->m, &known, &e);
    pn_known_fini(&known);
    if (!is_damage(rc)) return rc == PN_OK ? PN_OK : give(err, &e);
    row(r, &e, 0, 0, "set aside; inputs that were read before are read again");
    set_aside(r, PN_NAMED_INPUTS, 0, r->m.inputs_generation);
    r->m.inputs_generation = 0;
    return PN_OK;
}

static pn_status look_at_all(repair *r, pn_error *err) {
    r->sound = pn_calloc(r->m.n_segments, sizeof *r->sound);
    if (!r->sound) return no_memory(err);
    for (size_t i = 0; i < r->m.n_segments; i++) PN_TRY(look_at(r, i, true, err));
    for (size_t i = 0; i < r->m.n_segments; i++)
        if (!r->sound[i]) PN_TRY(look_at(r, i, false, err));
    return PN_OK;
}

/* --- the new generation */

/* The writer begins with no segment at all, behind every number in the folder. */
static pn_status begin(repair *r, pn_error *err) {
    pn_manifest empty = r->m;
    empty.segments = NULL;
    empty.resume = NULL;
    empty.n_segments = empty.n_resume = empty.n_live = empty.fingerprint[0] = empty.fingerprint[1] = 0;
    empty.generation = manifest_below(r, (uint64_t)UINT32_MAX + 1);
    empty.next_segment = PN_MAX(r->m.next_segment, highest_segment(r) + 1);
    r->w->first_own = empty.next_segment;
    r->w->committed = r->w->settled = empty.generation;
    return pn_manifest_copy(&r->w->next, &empty, err);
}

static pn_status rename_one(const repair *r, pn_name n, pn_error *err) {
    char from[PN_PATH_MAX], to[PN_PATH_MAX], name[128];
    pn_io_stat st;
    if (n.what == PN_NAMED_MANIFEST) PN_TRY(pn_manifest_path(from, r->dir, n.generation, err));
    else if (n.what == PN_NAMED_INPUTS) PN_TRY(pn_inputs_path(from, r->dir, n.generation, err));
    else PN_TRY(pn_segment_path(from, r->dir, n.segment, n.what == PN_NAMED_IDX ? PN_NAME_IDX : n.what == PN_NAMED_DOC ? PN_NAME_DOC : PN_NAME_DEL, n.generation, err));
    snprintf(name, sizeof name, "damaged-%010u-%.80s", r->w->next.generation, base_name(from));
    PN_TRY(pn_io_join(to, sizeof to, r->dir, name, err));
    PN_TRY(r->io->stat(r->io->ctx, from, &st, err));
    return st.exists ? r->io->rename(r->io->ctx, from, to, err) : PN_OK;
}

static pn_status rename_all(const repair *r, pn_error *err) {
    for (size_t at = 0; at < r->aside.len; at += sizeof(pn_name)) {
        pn_name n;
        memcpy(&n, r->aside.ptr + at, sizeof n);
        PN_TRY(rename_one(r, n, err));
    }
    return r->io->sync_dir(r->io->ctx, r->dir, err);
}

/* Once the lock is taken the folder is looked at again. */
static pn_status look(repair *r, bool dry_run, pn_error *err) {
    PN_TRY(list(r, err));
    if (!dry_run) {
        PN_TRY(pn_writer_open_empty(r->io, r->dir, &r->w, err));
        PN_TRY(list(r, err));
    }
    PN_TRY(find_manifest(r, err));
    PN_TRY(look_at_inputs(r, err));
    if (r->w) PN_TRY(begin(r, err));
    return look_at_all(r, err);
}

static pn_status settle(repair *r, pn_error *err) {
    if (r->aside.rc != PN_OK) return no_memory(err);
    if (!r->w || (!r->aside.len && !r->guessed)) return PN_OK;
    if (!r->n_read && (r->expected || (r->guessed && !r->m.n_segments))) return pn_corrupt(err, r->dir, 0, "not one article can be read: nothing was changed");
    r->w->changed = r->w->collects_later = true;
    PN_TRY(pn_writer_commit(r->w, r->tick, err));
    PN_TRY(rename_all(r, err));
    pn_manifest_collect(r->io, r->dir, &r->w->next);           /* no earlier: the new generation does not name what is damaged */
    return PN_OK;
}

static pn_status new_rows(repair *r, pn_error *err) {
    PN_TRY(pn_table_new(&r->rows, err));
    pn_table_add(r->rows, "file", PN_COL_STR);
    pn_table_add(r->rows, "offset", PN_COL_I64);
    pn_table_add(r->rows, "damage", PN_COL_STR);
    pn_table_add(r->rows, "articles", PN_COL_I64);
    pn_table_add(r->rows, "lost", PN_COL_I64);
    pn_table_add(r->rows, "action", PN_COL_STR);
    return PN_OK;
}

pn_status pn_repair(const pn_io *io, const char *dir, bool dry_run, const pn_tick *tick, pn_table **out, pn_error *err) {
    repair r = { .io = io, .dir = dir, .tick = tick };
    pn_error unasked = { 0 };
    if (!err) err = &unasked;                                  /* what is found becomes rows */
    pn_status rc = new_rows(&r, err);
    if (rc == PN_OK) rc = look(&r, dry_run, err);
    if (rc == PN_OK) rc = settle(&r, err);
    if (rc == PN_OK) rc = pn_table_finish(r.rows, err);
    pn_writer_close(r.w);
    pn_manifest_fini(&r.m);
    pn_buf_fini(&r.aside);
    pn_free(r.names);
    pn_free(r.sound);
    if (rc == PN_OK) *out = r.rows;
    else pn_table_release(r.rows);
    return rc;
}
