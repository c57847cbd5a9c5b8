/* Numbers of pn_json_out.h: as Python prints them, whatever stands for the decimal point in the process's locale. */
#include "base/pn_alloc.h"
#include "parse/pn_json_out.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGITS_MAX = 17, TEXT_MAX = 48 };

/* The double that a JSON number means; false when memory is out. */
static bool read_double(pn_bytes written, double *out) {
    char half[16], *text = pn_malloc(written.len + sizeof half);
    size_t n = 0, point = (size_t)snprintf(half, sizeof half, "%.1f", 0.5) - 2;      /* bytes between 0 and 5 */
    if (!text) return false;
    for (size_t i = 0; i < written.len; i++) {
        if (written.ptr[i] != '.') { text[n++] = (char)written.ptr[i]; continue; }
        memcpy(text + n, half + 1, point);
        n += point;
    }
    text[n] = '\0';
    *out = strtod(text, NULL);
    pn_free(text);
    return true;
}

/* One more in the last digit of "d.ddde±dd". */
static void step_up(char *text) {
    char *p = strchr(text, 'e') - 1;
    for (; p > text && (*p < '0' || *p >= '9'); p--)
        if (*p == '9') *p = '0';
    ++*p;
}

/* Prints v with so many digits; whether they are read as v.  The doubles above a power of two lie farther apart than those below: what is
 * above may be read as it where the nearest digits, below, are not. */
static bool print_digits(double v, int precision, char text[TEXT_MAX]) {
    int exponent;
    snprintf(text, TEXT_MAX, "%.*e", precision - 1, v);
    if (strtod(text, NULL) == v) return true;
    if (frexp(v, &exponent) != 0.5) return false;
    step_up(text);
    return strtod(text, NULL) == v;
}

/* The digits of v >= 0 without zeros at the end, as few as are read as v again; *exponent is that of the first. */
static size_t shortest(double v, char digits[DIGITS_MAX], int *exponent) {
    char text[TEXT_MAX];
    size_t n = 0;
    int precision = v < DBL_MIN ? 1 : DBL_DIG;
    while (!print_digits(v, precision, text) && precision < DIGITS_MAX) precision++;
    const char *p = text;
    for (; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9') digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0') n--;
    *exponent = (int)strtol(p + 1, NULL, 10);
    return n;
}

static char *zeros(char *q, int n) {
    for (; n > 0; n--) *q++ = '0';
    return q;
}

static char *copy(char *q, const char *from, size_t n) {
    memcpy(q, from, n);
    return q + n;
}

static char *put_scientific(char *q, const char *digits, size_t n, int exponent) {
    *q++ = digits[0];
    if (n > 1) *q++ = '.';
    q = copy(q, digits + 1, n - 1);
    return q + snprintf(q, 8, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

/* At least one digit on both sides of the point. */
static char *put_plain(char *q, const char *digits, size_t n, int exponent) {
    size_t whole = exponent < 0 ? 0 : PN_MIN(n, (size_t)exponent + 1);
    q = whole ? copy(q, digits, whole) : zeros(q, 1);
    q = zeros(q, exponent + 1 - (int)n);
    *q++ = '.';
    q = zeros(q, -1 - exponent);
    return whole < n ? copy(q, digits + whole, n - whole) : zeros(q, 1);
}

static size_t print_double(double v, char text[TEXT_MAX]) {
    char digits[DIGITS_MAX], *q = text;
    int exponent = 0;
    size_t n = shortest(fabs(v), digits, &exponent);
    if (signbit(v)) *q++ = '-';
    q = exponent < -4 || exponent >= 16 ? put_scientific(q, digits, n, exponent) : put_plain(q, digits, n, exponent);
    return (size_t)(q - text);
}

static bool is_integer(pn_bytes number) {
    for (size_t i = 0; i < number.len; i++)
        if (strchr(".eE", number.ptr[i])) return false;
    return true;
}

void pn_json_put_number(pn_json_out *o, pn_bytes written) {
    double v = 0;
    char text[TEXT_MAX];
    if (is_integer(written)) { pn_json_put(o, pn_bytes_equal(written, PN_BYTES_LIT("-0")) ? PN_BYTES_LIT("0") : written); return; }
    if (!read_double(written, &v)) {
        if (o->rc == PN_OK) o->rc = pn_fail(&o->why, PN_ENOMEM, "no memory for a number");
        return;
    }
    pn_json_put(o, isfinite(v) ? pn_bytes_of(text, print_double(v, text)) : written);
}
