/* pn_anomaly.h -- buckets whose share is not that of the other buckets, with the number of false alarms held down.  Layer: stats.
 *
 * Bucket i, k of n, is held against all other buckets (of the same weekday, where asked) of its series, K of N: G squared of the two by
 * two table, with the sign of k/n - K/N, divided by the dispersion and rooted, is z, about normal where nothing happened.
 *   G squared: S. S. Wilks (1938), Annals of Mathematical Statistics 9: 60-62; T. Dunning (1993), Computational Linguistics 19: 61-74.
 *   Dispersion, for news come in clusters: quasi-likelihood, P. McCullagh, J. A. Nelder (1989), Generalized Linear Models, chapter 4;
 *   here max(1, (median |z| / 0.6745)^2), which the anomalies themselves do not move.
 *   q: Y. Benjamini, Y. Hochberg (1995), Journal of the Royal Statistical Society B 57: 289-300, over all buckets of all series.
 */
#ifndef PN_ANOMALY_H
#define PN_ANOMALY_H
#include "base/pn_tick.h"
#include "stats/pn_counts.h"

/* G squared of all four cells of k1 of n1 against k2 of n2, n1 and n2 above 0: 2 sum observed ln(observed / expected). */
double pn_g2(double k1, double n1, double k2, double n2);
/* Benjamini and Hochberg's q of n values of p, in their order.  PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_false_discovery(const double *p, size_t n, double *q, pn_error *err);

/* Buckets with q <= alpha, ordered by series and date:
 *   series, date, count, total, share, expected (share of the others), z, p, q
 * A bucket without articles, or without others to compare with, is not tested.  PN_EINVAL (alpha not in (0, 1], a table that is no trend, weekdays
 * of a trend whose labels are no days), PN_EINTR, PN_ENOMEM. */
PN_MUST_CHECK pn_status pn_anomalies(const pn_table *trend, bool by_weekday, double alpha, const pn_tick *tick, pn_table **out, pn_error *err);
#endif
