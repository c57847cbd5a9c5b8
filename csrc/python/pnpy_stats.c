/* Statistics of trends: a table of a trend goes in, a table comes out. */
#include "python/pnpy_stats.h"
#include "stats/pn_anomaly.h"
#include "stats/pn_burst.h"
#include "stats/pn_changepoint.h"
#include "stats/pn_entropy.h"
#include "stats/pn_lead_lag.h"
#include <math.h>

static PyObject *finished(PyObject *module, pn_status rc, pn_table *t, const pn_error *err) {
    return rc == PN_OK ? pnpy_table_steal(pnpy_state_of(module), t) : pnpy_raise(pnpy_state_of(module), rc, err);
}

static bool freq_from(int given, pn_freq *out) {
    if (given < PN_FREQ_DAY || given > PN_FREQ_HOUR) { PyErr_SetString(PyExc_ValueError, "there is no such frequency"); return false; }
    *out = (pn_freq)given;
    return true;
}

PyObject *pnpy_bursts(PyObject *module, PyObject *args) {
    PyObject *trend;
    int given;
    pn_freq freq;
    pn_burst_opts o;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!iddI", pnpy_state_of(module)->table, &trend, &given, &o.s, &o.gamma, &o.levels) || !freq_from(given, &freq)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_bursts(pnpy_table_of(trend), freq, &o, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return finished(module, rc, t, &err);
}

PyObject *pnpy_changepoints(PyObject *module, PyObject *args) {
    PyObject *trend, *penalty;
    double level;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!Od", pnpy_state_of(module)->table, &trend, &penalty, &level)) return NULL;
    double price = penalty == Py_None ? PN_PENALTY_BIC : PyFloat_AsDouble(penalty);
    if (PyErr_Occurred()) return NULL;
    if (penalty != Py_None && !(price >= 0)) price = NAN;      /* a negative number is not the sign for BIC */
    pnpy_tick_begin(&tick);
    pn_status rc = pn_changepoints(pnpy_table_of(trend), price, level, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return finished(module, rc, t, &err);
}

PyObject *pnpy_anomalies(PyObject *module, PyObject *args) {
    PyObject *trend;
    int by_weekday;
    double alpha;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!pd", pnpy_state_of(module)->table, &trend, &by_weekday, &alpha)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_anomalies(pnpy_table_of(trend), by_weekday != 0, alpha, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return finished(module, rc, t, &err);
}

PyObject *pnpy_entropy(PyObject *module, PyObject *trend) {
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!pnpy_is_table(module, trend)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_entropy(pnpy_table_of(trend), &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return finished(module, rc, t, &err);
}

PyObject *pnpy_deseason(PyObject *module, PyObject *args) {
    PyObject *trend;
    int by, given;
    pn_freq freq;
    double level;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!iid", pnpy_state_of(module)->table, &trend, &by, &given, &level) || !freq_from(given, &freq)) return NULL;
    pnpy_tick_begin(&tick);
    pn_status rc = pn_deseason(pnpy_table_of(trend), (pn_season)by, freq, level, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return finished(module, rc, t, &err);
}

PyObject *pnpy_lead_lag(PyObject *module, PyObject *args) {
    PyObject *trend;
    Py_ssize_t a, b, max_lag;
    int detrend, season, given;
    pn_freq freq;
    unsigned long long seed;
    double level;
    pn_table *t = NULL;
    pn_error err = { 0 };
    pnpy_tick tick;
    if (!PyArg_ParseTuple(args, "O!nnniiiKd", pnpy_state_of(module)->table, &trend, &a, &b, &max_lag, &detrend, &season, &given, &seed, &level) || !freq_from(given, &freq)) return NULL;
    if (a < 0 || b < 0 || max_lag < 0) { PyErr_SetString(PyExc_ValueError, "max_lag is 0 or more"); return NULL; }
    pn_lead_lag_opts o = { (size_t)a, (size_t)b, (size_t)max_lag, (pn_detrend)detrend, (pn_season)season, freq, seed, level };
    pnpy_tick_begin(&tick);
    pn_status rc = pn_lead_lag(pnpy_table_of(trend), &o, &tick.core, &t, &err);
    pnpy_tick_end(&tick);
    return finished(module, rc, t, &err);
}
