"""Run one Python program on one file: one line of JSON, like `bench time` and `bench values` together.

`python_peer.py PEER FILE JOB RUNS SECONDS`. Imports, reading and the frame stay outside the clock; the design object
is made inside it.
"""

import json
import statistics
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import polars as pl

CELLS = ["region", "sector"]
JOBS = {"A": CELLS, "B": ["year", *CELLS], "P": CELLS, "R": CELLS}
#: Replicate weights that the records of job R are made with.
REPLICATES = 200
MEASURES = {"union": "density", "covered": "coverage"}


def polars_plain(frame, by):
    """Point estimates as most people would write them.

    Parameters
    ----------
    frame : polars.DataFrame or polars.LazyFrame
        The records.
    by : list of str
        The breakdowns.

    Returns
    -------
    polars.DataFrame
        One row a cell, one column a measure; no standard errors.
    """
    weight = pl.col("weight")
    rates = [(weight * pl.col(y)).sum() / weight.filter(pl.col(y).is_not_null()).sum() for y in MEASURES]
    named = [rate.alias(y) for rate, y in zip(rates, MEASURES)]
    return frame.lazy().filter(pl.col("employee")).group_by(by).agg(named).collect()


def polars_tuned(frame, by):
    """Point estimates in the quickest spelling known: a product instead of a filter within each group.

    Parameters
    ----------
    frame : polars.DataFrame
        The records.
    by : list of str
        The breakdowns.

    Returns
    -------
    polars.DataFrame
        One row a cell, one column a measure; no standard errors.
    """
    weight = pl.col("weight")
    rates = [(weight * pl.col(y)).sum() / (weight * pl.col(y).is_not_null()).sum() for y in MEASURES]
    named = [rate.alias(y) for rate, y in zip(rates, MEASURES)]
    return frame.lazy().filter(pl.col("employee")).group_by(by).agg(named).collect()


def polars_file(path, by):
    """Point estimates from the file, as the lazy reader plans them.

    Parameters
    ----------
    path : str
        The Parquet file.
    by : list of str
        The breakdowns.

    Returns
    -------
    polars.DataFrame
        One row a cell, one column a measure; no standard errors.
    """
    return polars_plain(pl.scan_parquet(path), by)


def polars_replicates(frame, by):
    """The sums that replicate errors are made from: a rate for each measure and set of weights, and their spread.

    Parameters
    ----------
    frame : polars.DataFrame
        The records.
    by : list of str
        The breakdowns.

    Returns
    -------
    polars.DataFrame
        One row a cell: rates, and standard errors around the mean of the replicates.
    """
    columns = [c for c in frame.columns if c.startswith("rw")]
    rates = [
        ((pl.col(w) * pl.col(y)).sum() / (pl.col(w) * pl.col(y).is_not_null()).sum()).alias(f"{y}:{w}")
        for y in MEASURES
        for w in ["weight", *columns]
    ]
    table = frame.lazy().filter(pl.col("employee")).group_by(by).agg(rates).collect()
    errors = [pl.concat_list([f"{y}:{w}" for w in columns]).list.std(ddof=1).alias(f"{y}:se") for y in MEASURES]
    return table.select(*by, *(pl.col(f"{y}:weight").alias(y) for y in MEASURES), *errors)


def svy_replicates(frame, by):
    """Means by domain with replicate errors, both measures in one call.

    Parameters
    ----------
    frame : polars.DataFrame
        The records.
    by : list of str
        The breakdowns.

    Returns
    -------
    list of svy.Estimate
        One a measure.
    """
    import svy

    count = sum(c.startswith("rw") for c in frame.columns)
    weights = svy.RepWeights(method="bootstrap", prefix="rw", n_reps=count)
    sample = svy.Sample(frame, svy.Design(wgt="weight", rep_wgts=weights))
    return sample.estimation.mean(list(MEASURES), by=by, where=pl.col("employee"), drop_nulls=True, method="replication")


def svy_mean(frame, by):
    """Means by domain with Taylor errors, both measures in one call; each keeps its own missing answers.

    Parameters
    ----------
    frame : polars.DataFrame
        The records.
    by : list of str
        The breakdowns.

    Returns
    -------
    list of svy.Estimate
        One a measure.
    """
    import svy

    sample = svy.Sample(frame, svy.Design(stratum="stratum", psu="psu", wgt="weight"))
    return sample.estimation.mean(list(MEASURES), by=by, where=pl.col("employee"), drop_nulls=True)


def samplics_mean(frame, by):
    """Means by domain with Taylor errors.

    Rows outside the domain stay in the design under a label of their own: dropping them would change the errors.

    Parameters
    ----------
    frame : polars.DataFrame
        The records.
    by : list of str
        The breakdowns.

    Returns
    -------
    list of samplics.TaylorEstimator
        One a measure.
    """
    from samplics import PopParam
    from samplics.estimation import TaylorEstimator

    design = {c: frame[c].to_numpy() for c in ("weight", "stratum", "psu")}
    estimators = []
    for y in MEASURES:
        inside = pl.col("employee") & pl.col(y).is_not_null()
        label = pl.when(inside).then(pl.concat_str(by, separator="|")).otherwise(pl.lit("outside"))
        columns = frame.select(label.alias("domain"), pl.col(y).fill_null(False).cast(pl.Float64))
        estimator = TaylorEstimator(PopParam.mean)
        estimator.estimate(
            y=columns[y].to_numpy(),
            samp_weight=design["weight"],
            stratum=design["stratum"],
            psu=design["psu"],
            domain=columns["domain"].to_numpy(),
        )
        estimators.append(estimator)
    return estimators


def cells_of_polars(result, by):
    """Give every cell as `[measure, year, region, sector, value, standard error or None]`."""
    return [
        [measure, row.get("year"), row["region"], row["sector"], row[y], row.get(f"{y}:se")]
        for row in result.iter_rows(named=True)
        for y, measure in MEASURES.items()
    ]


def cells_of_svy(result, by):
    """Give every cell as `[measure, year, region, sector, value, standard error]`."""
    return [
        [measure, row.get("year"), row["region"], row["sector"], row["est"], row["se"]]
        for estimate, measure in zip(result, MEASURES.values())
        for row in estimate.to_polars().iter_rows(named=True)
    ]


def cells_of_svy_replicates(result, by):
    """Give every cell as the others do: svy divides the squares of R bootstrap replicates by R, R `survey` by R - 1."""
    by_one_less = (REPLICATES / (REPLICATES - 1)) ** 0.5
    return [[*cell[:5], cell[5] * by_one_less] for cell in cells_of_svy(result, by)]


def cells_of_samplics(result, by):
    """Give every cell as `[measure, year, region, sector, value, standard error]`."""
    cells = []
    for estimator, measure in zip(result, MEASURES.values()):
        for label, value in estimator.point_est.items():
            if label != "outside":
                *years, region, sector = str(label).split("|")
                year = int(years[0]) if years else None
                cells.append([measure, year, region, sector, value, estimator.stderror[label]])
    return cells


#: What a program does for a job that is not that of its line below.
SPECIAL = {
    ("polars", "P"): polars_file,
    ("polars", "R"): polars_replicates,
    ("svy", "R"): svy_replicates,
}
SPECIAL_CELLS = {("svy", "R"): cells_of_svy_replicates}
PEERS = {
    "polars": (polars_plain, cells_of_polars),
    "polars-tuned": (polars_tuned, cells_of_polars),
    "svy": (svy_mean, cells_of_svy),
    "samplics": (samplics_mean, cells_of_samplics),
}


def memory(line):
    """Kilobytes of a line of /proc/self/status."""
    for text in Path("/proc/self/status").read_text().splitlines():
        if text.startswith(line):
            return float(text.split()[1])
    return 0.0


def main():
    """Run the job that the command line names and print what it took and what it found."""
    warnings.simplefilter("ignore")
    peer, path, job, runs, seconds = sys.argv[1:]
    run, cells = PEERS[peer]
    run, by = SPECIAL.get((peer, job), run), JOBS[job]
    cells = SPECIAL_CELLS.get((peer, job), cells)
    # In job P reading is part of the work.
    frame = path if job == "P" else pl.read_parquet(path).rechunk()
    rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    package = peer.split("-")[0]
    __import__(package)
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far does not count
    before, cpu, start = memory("VmRSS"), time.process_time(), time.perf_counter()
    result = run(frame, by)
    first = time.perf_counter() - start
    cpu = time.process_time() - cpu
    peak = memory("VmHWM")
    warm, warm_cpu = [], time.process_time()
    # No run begins that would end after the time allowed.
    while len(warm) < int(runs) and first + sum(warm) + (warm or [first])[-1] < float(seconds):
        start = time.perf_counter()
        run(frame, by)
        warm.append(time.perf_counter() - start)
    if warm:
        cpu = (time.process_time() - warm_cpu) / len(warm)
    values = cells(result, by)
    answer = {
        "job": job,
        "rows": rows,
        "first": first,
        "median": statistics.median(warm or [first]),
        "cpu": cpu,
        "cells": len(values) // len(MEASURES),
        "memory_per_row": (peak - before) * 1024 / rows,
        "runs": max(len(warm), 1),
        "version": f"{package} {version(package)}",
        "values": values,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
