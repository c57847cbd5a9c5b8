#include "stats/pn_wilson.h"
#include <math.h>

/* Newton steps on erfc from a crude start; the tail form keeps its precision where the level is close to 1. */
double pn_normal_z(double level) {
    const double tail = 1 - level, pi = 3.14159265358979323846;
    double z = sqrt(-2 * log(tail / 2));
    for (int i = 0; i < 60; i++) {
        double miss = erfc(z / sqrt(2)) - tail;
        double slope = -sqrt(2 / pi) * exp(-z * z / 2);
        double next = z - miss / slope;
        if (next <= 0) next = z / 2;
        if (fabs(next - z) <= 1e-16 * z) return next;
        z = next;
    }
    return z;
}

void pn_wilson(double k, double n, double z, double *lower, double *upper) {
    double p = k / n, zz = z * z;
    double middle = p + zz / (2 * n), half = z * sqrt(fmax(0, p * (1 - p)) / n + zz / (4 * n * n)), scale = 1 + zz / n;
    *lower = k <= 0 ? 0 : fmax(0, (middle - half) / scale);
    *upper = k >= n ? 1 : fmin(1, (middle + half) / scale);
}
