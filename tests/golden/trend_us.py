"""State-space models of union density in the American private sector, 1973 to 2022 without 1982: python trend_us.py, in this
folder. Rates and samples are read from the bundled table; sampling variances on the log-odds scale are 1.5 / (n p (1 - p))."""
import csv
import json
import numpy as np
import scipy.optimize
import scipy.stats
import statsmodels
from statsmodels.tsa.statespace.mlemodel import MLEModel

rows = [r for r in csv.DictReader(open("../../data/tables/us-national.csv")) if r["sector"] == "private" and r["members"]]
figures = {int(r["period"]): (float(r["members"]) / float(r["employees"]), float(r["n"])) for r in rows}
first, last, ahead, line = min(figures), max(figures), [1, 5, 8], 0.055
years = list(range(first, last + 1))
y = np.array([np.log(figures[t][0] / (1 - figures[t][0])) if t in figures else np.nan for t in years])
v = np.array([1.5 / (figures[t][1] * figures[t][0] * (1 - figures[t][0])) if t in figures else 1.0 for t in years])


class Model(MLEModel):
    """A level with or without a slope, an exact diffuse start, and the error of every figure known."""

    def __init__(self, y, v, states, damping):
        super().__init__(y, k_states=states, k_posdef=states)
        self["design"] = np.eye(1, states)
        self["transition"] = np.eye(1) if states == 1 else np.array([[1.0, 1.0], [0.0, damping]])
        self["selection"] = np.eye(states)
        self.ssm["obs_cov"] = v[None, None, :]
        self.ssm.initialize_diffuse()
        self.loglikelihood_burn = 0

    @property
    def param_names(self):
        return ["level", "slope"][: self.k_states]

    @property
    def start_params(self):
        return np.full(self.k_states, 1e-4)

    def update(self, params, **kwargs):
        for i, q in enumerate(super().update(params, **kwargs)):
            self["state_cov", i, i] = q


def fit(states, damping, free):
    def params(u):
        q = np.zeros(states)
        q[free] = np.exp(u)
        return q

    model = Model(y, v, states, damping)
    starts = [[a] * len(free) for a in (-6.0, -8.0, -10.0)] + ([[-6.0, -10.0], [-10.0, -7.0]] if len(free) == 2 else [])
    options = dict(xatol=1e-10, fatol=1e-13, maxiter=5000, maxfev=5000)
    found = [scipy.optimize.minimize(lambda u: -model.loglike(params(u)), s, method="Nelder-Mead", options=options) for s in starts]
    q = params(min(found, key=lambda f: f.fun).x)
    n = len(y)
    steps = max(ahead)
    smoothed = Model(np.r_[y, [np.nan] * steps], np.r_[v, np.ones(steps)], states, damping).smooth(q)
    level, variance = smoothed.smoothed_state[0], smoothed.smoothed_state_cov[0, 0]
    at = [0, 8, 9, 10, n // 2, n - 1] + [n - 1 + h for h in ahead]
    threshold = np.log(line / (1 - line))
    return dict(variances=q.tolist(), log_likelihood=float(model.loglike(q)), period=[first + t for t in at],
                level=[float(level[t]) for t in at], variance=[float(variance[t]) for t in at],
                below=[float(scipy.stats.norm.cdf((threshold - level[t]) / variance[t] ** 0.5)) for t in at])


fits = {
    "local_level": fit(1, 1.0, [0]),
    "drift": fit(2, 1.0, [0]),
    "smooth_trend": fit(2, 1.0, [1]),
    "local_linear_trend": fit(2, 1.0, [0, 1]),
    "damped_trend": fit(2, 0.9, [1]),
}
json.dump(dict(statsmodels=statsmodels.__version__, line=line, fits=fits), open("trend_us.json", "w"), indent=1)
for name, f in fits.items():
    print(name, f["variances"], f["log_likelihood"], f["below"][-3:])
