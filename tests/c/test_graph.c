/* Graphs small enough to be worked out by hand, limits, memory and stopping.  Against networkx: tests/python/test_graph.py. */
#include "unit.h"
#include <math.h>
#include "graph/pn_communities.h"
#include "graph/pn_components.h"
#include "graph/pn_layout.h"
#include "graph/pn_measures.h"
#include "graph/pn_rank_nodes.h"
#include "graph/pn_walk.h"
#include "oom.h"

static pn_graph *graph_of(uint32_t n, const uint32_t *source, const uint32_t *target, size_t m) {
    pn_graph *g = NULL;
    assert_int_equal(pn_graph_new(n, source, target, m, NULL, &g, NULL), PN_OK);
    return g;
}

/* 0 -> 1 -> 2 -> 0, 2 -> 3, 4 alone; one edge twice, one from 3 to itself. */
static const uint32_t from[] = { 0, 1, 2, 2, 1, 3 }, to[] = { 1, 2, 0, 3, 2, 3 };
static pn_graph *kite(void) { return graph_of(5, from, to, 6); }

static void rows_are_sorted_and_an_edge_given_twice_is_one(void **state) {
    (void)state;
    pn_graph *g = kite();
    pn_csr out = pn_graph_out(g), in = pn_graph_in(g);
    static const uint64_t out_off[] = { 0, 1, 2, 4, 5, 5 }, in_off[] = { 0, 1, 2, 3, 5, 5 };
    static const uint32_t out_to[] = { 1, 2, 0, 3, 3 }, in_to[] = { 2, 0, 1, 2, 3 };
    assert_memory_equal(out.off, out_off, sizeof out_off);
    assert_memory_equal(out.to, out_to, sizeof out_to);
    assert_memory_equal(in.off, in_off, sizeof in_off);
    assert_memory_equal(in.to, in_to, sizeof in_to);
    pn_graph_release(g);
}

static void an_end_that_is_no_node_is_refused(void **state) {
    (void)state;
    pn_graph *g = NULL;
    pn_error err;
    assert_int_equal(pn_graph_new(3, from, to, 6, NULL, &g, &err), PN_EINVAL);
    assert_int_equal(pn_graph_new(UINT32_MAX, from, to, 6, NULL, &g, &err), PN_ELIMIT);
    assert_null(g);
}

static void a_graph_without_nodes_has_tables_without_rows(void **state) {
    (void)state;
    pn_graph *g = graph_of(0, NULL, NULL, 0);
    pn_table *t = NULL;
    double q = 1;
    assert_int_equal(pn_degree_table(g, NULL, &t, NULL), PN_OK);
    assert_int_equal(pn_table_n_rows(t), 0);
    assert_int_equal(pn_table_n_cols(t), 3);
    pn_table_release(t);
    assert_int_equal(pn_pagerank_table(g, 0.85, NULL, NULL, &t, NULL), PN_OK);
    pn_table_release(t);
    assert_int_equal(pn_communities_table(g, 1, 0, NULL, &t, &q, NULL), PN_OK);
    pn_table_release(t);
    assert_true(q == 0);
    assert_int_equal(pn_layout_table(g, 0, NULL, &t, NULL), PN_OK);
    pn_table_release(t);
    assert_int_equal(pn_hops_table(g, 0, 1, NULL, &t, NULL), PN_EINVAL);
    pn_graph_release(g);
}

/* 0 <-> 1 and 2 -> 0: by hand, with d = 1/2: r2 = 1/6, r0 = 1/6 + r1/2 + r2/2, r1 = 1/6 + r0/2. */
static void pagerank_solves_its_equations(void **state) {
    (void)state;
    static const uint32_t s[] = { 0, 1, 2 }, t[] = { 1, 0, 0 };
    pn_graph *g = graph_of(3, s, t, 3);
    double rank[3], begin_at_2[3] = { 0, 0, 1 }, nothing[3] = { 0 }, negative[3] = { 1, -1, 1 };
    assert_int_equal(pn_pagerank(g, 0.5, NULL, NULL, rank, NULL), PN_OK);
    assert_true(fabs(rank[2] - 1.0 / 6) < 1e-9);
    assert_true(fabs(rank[0] - 4.0 / 9) < 1e-9);
    assert_true(fabs(rank[1] - 7.0 / 18) < 1e-9);
    assert_int_equal(pn_pagerank(g, 0.5, begin_at_2, NULL, rank, NULL), PN_OK);
    assert_true(fabs(rank[2] - 0.5) < 1e-9);
    assert_int_equal(pn_pagerank(g, 0.5, nothing, NULL, rank, NULL), PN_EINVAL);
    assert_int_equal(pn_pagerank(g, 0.5, negative, NULL, rank, NULL), PN_EINVAL);
    assert_int_equal(pn_pagerank(g, 1, NULL, NULL, rank, NULL), PN_EINVAL);
    pn_graph_release(g);
}

/* 0 and 1 point to 2, 0 also to 3: hubs are as golden ratio and 1. */
static void hubs_and_authorities_are_those_of_the_golden_ratio(void **state) {
    (void)state;
    static const uint32_t s[] = { 0, 1, 0 }, t[] = { 2, 2, 3 };
    pn_graph *g = graph_of(4, s, t, 3);
    double hub[4], authority[4], ratio = (1 + sqrt(5)) / 2;
    assert_int_equal(pn_hits(g, NULL, hub, authority, NULL), PN_OK);
    assert_true(fabs(hub[0] / hub[1] - ratio) < 1e-8);
    assert_true(fabs(authority[2] / authority[3] - ratio) < 1e-8);
    assert_true(fabs(hub[0] + hub[1] - 1) < 1e-12 && hub[2] == 0);
    pn_graph_release(g);
}

static void betweenness_of_a_line_is_its_middle(void **state) {
    (void)state;
    static const uint32_t s[] = { 0, 1, 2, 3 }, t[] = { 1, 2, 3, 4 };
    pn_graph *g = graph_of(5, s, t, 4);
    double b[5], again[5], all[5];
    static const double want[] = { 0, 3.0 / 12, 4.0 / 12, 3.0 / 12, 0 };
    assert_int_equal(pn_betweenness(g, 99, 0, NULL, b, NULL), PN_OK);
    for (int v = 0; v < 5; v++) assert_true(fabs(b[v] - want[v]) < 1e-12);
    assert_int_equal(pn_betweenness(g, 2, 7, NULL, b, NULL), PN_OK);
    assert_int_equal(pn_betweenness(g, 2, 7, NULL, again, NULL), PN_OK);
    assert_memory_equal(b, again, sizeof b);
    for (int v = 0; v < 5; v++) all[v] = 0;
    for (uint64_t seed = 0; seed < 2000; seed++) {                   /* right on average */
        assert_int_equal(pn_betweenness(g, 1, seed, NULL, b, NULL), PN_OK);
        for (int v = 0; v < 5; v++) all[v] += b[v] / 2000;
    }
    for (int v = 0; v < 5; v++) assert_true(fabs(all[v] - want[v]) < 0.03);
    assert_int_equal(pn_betweenness(g, 0, 0, NULL, b, NULL), PN_EINVAL);
    pn_graph_release(g);
}

static void parts_are_numbered_by_size_and_smallest_node(void **state) {
    (void)state;
    static const uint32_t s[] = { 1, 3, 4, 5 }, t[] = { 0, 4, 5, 3 };
    static const uint32_t weak[] = { 1, 1, 2, 0, 0, 0 }, strong[] = { 1, 2, 3, 0, 0, 0 };
    pn_graph *g = graph_of(6, s, t, 4);
    uint32_t part[6];
    assert_int_equal(pn_components_weak(g, NULL, part, NULL), PN_OK);
    assert_memory_equal(part, weak, sizeof weak);
    assert_int_equal(pn_components_strong(g, NULL, part, NULL), PN_OK);
    assert_memory_equal(part, strong, sizeof strong);
    pn_graph_release(g);
}

/* A way of 200,000 nodes would end a stack. */
static void long_ways_need_no_stack(void **state) {
    (void)state;
    enum { N = 200000 };
    uint32_t *s = malloc(N * sizeof *s), *t = malloc(N * sizeof *t), *part = malloc(N * sizeof *part);
    size_t n = 0;
    for (uint32_t v = 0; v < N; v++) { s[v] = v; t[v] = (v + 1) % N; }
    pn_graph *g = graph_of(N, s, t, N);
    assert_int_equal(pn_components_strong(g, NULL, part, NULL), PN_OK);
    assert_int_equal(part[N - 1], 0);
    assert_int_equal(pn_shortest_path(g, 1, 0, NULL, part, &n, NULL), PN_OK);
    assert_int_equal(n, N);
    pn_graph_release(g);
    free(s);
    free(t);
    free(part);
}

/* Four cliques of five in a ring. */
static void cliques_are_communities(void **state) {
    (void)state;
    uint32_t s[64], t[64], c[20];
    size_t m = 0;
    double q;
    for (uint32_t k = 0; k < 4; k++) {
        for (uint32_t a = 0; a < 5; a++)
            for (uint32_t b = 0; b < a; b++) { s[m] = 5 * k + a; t[m++] = 5 * k + b; }
        s[m] = 5 * k;
        t[m++] = (5 * k + 5) % 20;
    }
    pn_graph *g = graph_of(20, s, t, m);
    for (uint64_t seed = 0; seed < 20; seed++) {
        assert_int_equal(pn_communities(g, 1, seed, NULL, c, &q, NULL), PN_OK);
        for (uint32_t v = 0; v < 20; v++) assert_int_equal(c[v], v / 5);
        assert_true(fabs(q - (40.0 / 44 - 0.25)) < 1e-12);
    }
    assert_int_equal(pn_communities(g, 0, 0, NULL, c, &q, NULL), PN_EINVAL);
    pn_graph_release(g);
}

static void ways_follow_the_edges_and_hops_do_not_mind(void **state) {
    (void)state;
    pn_graph *g = kite();
    uint32_t path[5], hops[5];
    size_t n;
    assert_int_equal(pn_shortest_path(g, 0, 3, NULL, path, &n, NULL), PN_OK);
    static const uint32_t want[] = { 0, 1, 2, 3 };
    assert_int_equal(n, 4);
    assert_memory_equal(path, want, sizeof want);
    assert_int_equal(pn_shortest_path(g, 3, 0, NULL, path, &n, NULL), PN_OK);
    assert_int_equal(n, 0);
    assert_int_equal(pn_shortest_path(g, 4, 4, NULL, path, &n, NULL), PN_OK);
    assert_int_equal(n, 1);
    assert_int_equal(pn_shortest_path(g, 0, 5, NULL, path, &n, NULL), PN_EINVAL);
    assert_int_equal(pn_hops(g, 3, 1, NULL, hops, NULL), PN_OK);
    static const uint32_t near[] = { PN_FAR, PN_FAR, 1, 0, PN_FAR };
    assert_memory_equal(hops, near, sizeof near);
    pn_graph_release(g);
}

static void edges_inside_are_numbered_anew(void **state) {
    (void)state;
    static const uint8_t keep[] = { 0, 1, 1, 1, 0 };
    int64_t row[6];
    uint32_t s[6], t[6];
    size_t n;
    assert_int_equal(pn_edges_inside(keep, 5, from, to, 6, NULL, row, s, t, &n, NULL), PN_OK);
    static const int64_t rows[] = { 1, 3, 4, 5 };
    static const uint32_t sources[] = { 0, 1, 0, 2 }, targets[] = { 1, 2, 1, 2 };
    assert_int_equal(n, 4);
    assert_memory_equal(row, rows, sizeof rows);
    assert_memory_equal(s, sources, sizeof sources);
    assert_memory_equal(t, targets, sizeof targets);
    assert_int_equal(pn_edges_inside(keep, 2, from, to, 6, NULL, row, s, t, &n, NULL), PN_EINVAL);
}

static void a_picture_is_the_same_for_a_seed_and_lies_inside_its_sheet(void **state) {
    (void)state;
    pn_graph *g = kite(), *many = graph_of(PN_LAYOUT_MAX + 1, NULL, NULL, 0);
    double x[5], y[5], x2[5], y2[5], widest = 0;
    assert_int_equal(pn_layout(g, 3, NULL, x, y, NULL), PN_OK);
    assert_int_equal(pn_layout(g, 3, NULL, x2, y2, NULL), PN_OK);
    assert_memory_equal(x, x2, sizeof x);
    assert_memory_equal(y, y2, sizeof y);
    for (int v = 0; v < 5; v++) {
        assert_true(fabs(x[v]) <= 1 + 1e-12 && fabs(y[v]) <= 1 + 1e-12);
        widest = fmax(widest, fmax(fabs(x[v]), fabs(y[v])));
    }
    assert_true(fabs(widest - 1) < 1e-12);
    assert_true(hypot(x[0] - x[1], y[0] - y[1]) < hypot(x[0] - x[4], y[0] - y[4]));      /* linked ones are nearer than strangers */
    assert_int_equal(pn_layout(many, 0, NULL, x, y, NULL), PN_ELIMIT);
    pn_graph_release(many);
    pn_graph_release(g);
}

/* --- all of them */

enum { N_MEASURES = 9 };
static pn_status one(size_t which, const pn_graph *g, const pn_tick *tick, pn_table **out, pn_error *err) {
    double q;
    switch (which) {
    case 0: return pn_degree_table(g, tick, out, err);
    case 1: return pn_pagerank_table(g, 0.85, NULL, tick, out, err);
    case 2: return pn_hits_table(g, tick, out, err);
    case 3: return pn_betweenness_table(g, 3, 1, tick, out, err);
    case 4: return pn_components_table(g, true, tick, out, err);
    case 5: return pn_communities_table(g, 1, 1, tick, out, &q, err);
    case 6: return pn_hops_table(g, 0, 2, tick, out, err);
    case 7: return pn_path_table(g, 0, 3, tick, out, err);
    default: return pn_layout_table(g, 0, tick, out, err);
    }
}

static void every_failing_allocation_is_a_status_and_leaks_nothing(void **state) {
    (void)state;
    int64_t before = pn_live();
    pn_graph *g = NULL;
    pn_error err;
    for (long n = 1; oom_arm(n), pn_graph_new(5, from, to, 6, NULL, &g, &err) == PN_ENOMEM; n++) assert_int_equal(pn_live(), before);
    oom_off();
    for (size_t which = 0; which < N_MEASURES; which++) {
        int64_t live = pn_live();
        pn_table *out = NULL;
        for (long n = 1; oom_arm(n), one(which, g, NULL, &out, &err) == PN_ENOMEM; n++) {
            assert_null(out);
            assert_int_equal(pn_live(), live);
        }
        assert_false(oom_met());
        oom_off();
        assert_non_null(out);
        pn_table_release(out);
    }
    pn_graph_release(g);
}

static int stop_at_once(void *unused) { (void)unused; return 1; }

static void every_one_stops_when_asked(void **state) {
    (void)state;
    const pn_tick tick = { stop_at_once, NULL };
    pn_graph *g = kite(), *none = NULL;
    pn_table *out = NULL;
    assert_int_equal(pn_graph_new(5, from, to, 6, &tick, &none, NULL), PN_EINTR);
    int64_t live = pn_live();
    for (size_t which = 0; which < N_MEASURES; which++) assert_int_equal(one(which, g, &tick, &out, NULL), PN_EINTR);
    assert_int_equal(pn_live(), live);
    assert_null(out);
    pn_graph_release(g);
}

/* --- the tick is asked often enough: counted in questions, not in time */

enum { RING = 1 << 18, CHORDS = 3, STRIDE = 99991, EDGES = RING * (1 + CHORDS), A_QUESTION = 1 << 16 };
typedef struct { long asked, stop_at; } counting;

static int count_questions(void *arg) {
    counting *c = arg;
    return ++c->asked == c->stop_at;
}

/* Every node points to the next one and, in a ring with chords, to three far ones. */
static void ring_edges(uint32_t *s, uint32_t *t, uint32_t chords) {
    for (uint32_t v = 0, m = 0; v < RING; v++)
        for (uint32_t k = 0; k <= chords; k++, m++) { s[m] = v; t[m] = (v + 1 + k * STRIDE) % RING; }
}

static pn_graph *ring(uint32_t chords, const pn_tick *tick) {
    uint32_t *s = malloc(EDGES * sizeof *s), *t = malloc(EDGES * sizeof *t);
    pn_graph *g = NULL;
    ring_edges(s, t, chords);
    assert_int_equal(pn_graph_new(RING, s, t, (size_t)RING * (1 + chords), tick, &g, NULL), PN_OK);
    free(s);
    free(t);
    return g;
}

/* Nodes and edges are passed so often at least; what comes before the first question may be as long as what comes between two. */
static void assert_asked(const counting *c, int nodes, int edges) { assert_true(c->asked >= (nodes * (long)RING + edges * (long)EDGES) / A_QUESTION - 1); }

static void building_a_graph_asks_in_every_pass(void **state) {
    (void)state;
    counting c = { 0 };
    const pn_tick tick = { count_questions, &c };
    pn_graph_release(ring(CHORDS, &tick));
    assert_asked(&c, 3 + 4 + 1, 2 + 2 * 3 + 1);            /* rows by source, turned over twice, put into tables */
}

static void every_measure_asks_in_every_pass(void **state) {
    (void)state;
    static const struct { int which, nodes, edges; } least[] = { { 0, 1, 0 }, { 2, 1 + 2 * 2 + 1, 2 * 2 }, { 3, 1 + 3 * 3 + 1, 3 * 2 }, { 4, 2 + 4 + 1, 1 }, { 5, 12, 8 } };
    pn_graph *g = ring(CHORDS, NULL);
    for (size_t i = 0; i < PN_COUNT(least); i++) {
        counting c = { 0 };
        const pn_tick tick = { count_questions, &c };
        pn_table *out = NULL;
        assert_int_equal(one((size_t)least[i].which, g, &tick, &out, NULL), PN_OK);
        assert_asked(&c, least[i].nodes, least[i].edges);
        pn_table_release(out);
    }
    pn_graph_release(g);
}

static void a_round_of_pagerank_asks_while_it_hands_out(void **state) {
    (void)state;
    counting c = { 0 };
    const pn_tick tick = { count_questions, &c };
    pn_graph *g = graph_of(RING, NULL, NULL, 0);           /* two rounds, and no edges to count */
    pn_table *out = NULL;
    assert_int_equal(pn_pagerank_table(g, 0.85, NULL, &tick, &out, NULL), PN_OK);
    assert_asked(&c, 1 + 2 + 1, 0);
    pn_table_release(out);
    pn_graph_release(g);
}

static void a_long_way_is_asked_about_on_the_way_back(void **state) {
    (void)state;
    counting c = { 0 };
    const pn_tick tick = { count_questions, &c };
    pn_graph *g = ring(0, NULL);
    pn_table *out = NULL;
    assert_int_equal(pn_path_table(g, 1, 0, &tick, &out, NULL), PN_OK);
    assert_int_equal(pn_table_n_rows(out), RING);
    assert_asked(&c, 2 + 1 + 1, 0);                        /* there, back and into a table */
    pn_table_release(out);
    pn_graph_release(g);
}

/* On a ring the nodes take their part one by one, the farthest first. */
static void betweenness_goes_on_with_nothing_once_it_is_stopped(void **state) {
    (void)state;
    pn_graph *g = ring(0, NULL);
    double *between = calloc(RING, sizeof *between);
    uint32_t many = 0;
    for (long stop_at = 1; many == 0; stop_at++) {         /* the first stop after which any node has its part */
        counting c = { 0, stop_at };
        const pn_tick tick = { count_questions, &c };
        assert_int_equal(pn_betweenness(g, 1, 5, &tick, between, NULL), PN_EINTR);
        assert_int_equal(c.asked, stop_at);
        for (uint32_t v = 0; v < RING; v++) many += between[v] > 0;
    }
    assert_true(many <= A_QUESTION);
    free(between);
    pn_graph_release(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted_and_an_edge_given_twice_is_one),
        cmocka_unit_test(an_end_that_is_no_node_is_refused),
        cmocka_unit_test(a_graph_without_nodes_has_tables_without_rows),
        cmocka_unit_test(pagerank_solves_its_equations),
        cmocka_unit_test(hubs_and_authorities_are_those_of_the_golden_ratio),
        cmocka_unit_test(betweenness_of_a_line_is_its_middle),
        cmocka_unit_test(parts_are_numbered_by_size_and_smallest_node),
        cmocka_unit_test(long_ways_need_no_stack),
        cmocka_unit_test(cliques_are_communities),
        cmocka_unit_test(ways_follow_the_edges_and_hops_do_not_mind),
        cmocka_unit_test(edges_inside_are_numbered_anew),
        cmocka_unit_test(a_picture_is_the_same_for_a_seed_and_lies_inside_its_sheet),
        cmocka_unit_test(every_failing_allocation_is_a_status_and_leaks_nothing),
        cmocka_unit_test(every_one_stops_when_asked),
        cmocka_unit_test(building_a_graph_asks_in_every_pass),
        cmocka_unit_test(every_measure_asks_in_every_pass),
        cmocka_unit_test(a_round_of_pagerank_asks_while_it_hands_out),
        cmocka_unit_test(a_long_way_is_asked_about_on_the_way_back),
        cmocka_unit_test(betweenness_goes_on_with_nothing_once_it_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
