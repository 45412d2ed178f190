"""Time the same job in several programs, side by side: survey records in memory to a table of rates.

The job: density and coverage among employees, each over its own valid answers, with standard errors from strata and
PSUs. Job A has 36 cells (region x sector), job B 360 (year x region x sector), job P is A with reading the Parquet file
inside the clock, and job R is A with the errors of 200 replicate weights. `polars` gives point estimates only and is
the floor, but in job R it does all the sums; `polars-tuned` is the same floor in its quickest spelling.

Linux only. Nothing is built here: run `cargo build --release -p undeb-benches` first. Python programs are installed by
pip into target/bench-venv; R needs the package survey (Debian: `apt-get install r-base-core r-cran-survey`). A program
that is not there is left out with a line. Values are compared before any time is printed.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections import defaultdict
from pathlib import Path

import table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BENCH = ROOT / "target/release/bench"
VENV = ROOT / "target/bench-venv"
PYTHON = VENV / "bin/python"
DATA = ROOT / "target/bench-data"
PEERS = ["polars", "polars-tuned", "undeb", "svy", "r", "samplics"]
CELLS = {"A": 36, "B": 360, "P": 36, "R": 36}
#: Who takes part in the jobs that not everybody has a way for.
ONLY = {"P": ["polars", "undeb"], "R": ["polars", "undeb", "svy"]}
REPLICATES = 200
#: Rows x cells above which a program is left out: it would take longer than all others together.
MOST = {"samplics": 36_000_000}
VALUE_TOLERANCE, ERROR_TOLERANCE = 1e-12, 1e-9


def say(text):
    """Print a line of progress, apart from the table."""
    print(text, file=sys.stderr, flush=True)


def output(command, patience=None):
    """Run a command and return what it printed.

    Parameters
    ----------
    command : list
        Program and arguments.
    patience : float, optional
        Seconds to wait at most.

    Returns
    -------
    str
        Standard output.
    """
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=patience, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RuntimeError(f"{Path(str(command[0])).name} ended with {done.returncode}: {last}")
    return done.stdout


def available(peer):
    """Whether a program is there, after installing it where pip can.

    Parameters
    ----------
    peer : str
        One of `PEERS`.

    Returns
    -------
    bool
        False after a line that says why.
    """
    try:
        if peer == "undeb":
            if not BENCH.exists():
                raise RuntimeError("run `cargo build --release -p undeb-benches` first")
        elif peer == "r":
            output(["Rscript", "-e", "library(survey)"])
            if not available("polars"):
                raise RuntimeError("its CSV file is written with polars")
        else:
            if not PYTHON.exists():
                venv.create(VENV, with_pip=True)
            package = peer.split("-")[0]
            if subprocess.run([PYTHON, "-c", f"import {package}"], capture_output=True, check=False).returncode != 0:
                say(f"installing {package} into {VENV.relative_to(ROOT)}")
                output([PYTHON, "-m", "pip", "install", "--quiet", package])
    except (RuntimeError, OSError) as error:
        say(f"{peer}: left out: {error}")
        return False
    return True


def prepare(rows, peers, replicates=0):
    """Write the synthetic records as Parquet, and as CSV where R takes part.

    Parameters
    ----------
    rows : int
        Number of records.
    peers : list of str
        Programs that take part.
    replicates : int
        Columns of replicate weights.

    Returns
    -------
    pathlib.Path
        The Parquet file.
    """
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / f"labour-{rows}{'-replicates' if replicates else ''}.parquet"
    # Written anew: the records may have changed since.
    output([BENCH, "write", rows, path, f"replicates={replicates}"])
    if "r" in peers and not replicates:
        program = (
            "import sys, polars as pl; f = pl.read_parquet(sys.argv[1]).drop('industry');"
            "f.with_columns(pl.col(pl.Boolean).cast(pl.Int8)).write_csv(sys.argv[2])"
        )
        output([PYTHON, "-c", program, path, path.with_suffix(".csv")])
    return path


def run(peer, path, job, arguments):
    """Run one program once in a process of its own.

    Parameters
    ----------
    peer : str
        One of `PEERS`.
    path : pathlib.Path
        The Parquet file.
    job : str
        A, B, P or R.
    arguments : argparse.Namespace
        The command line.

    Returns
    -------
    dict
        Seconds, processor seconds, memory, and the values of all but undeb.
    """
    limits = [arguments.runs, arguments.seconds]
    if peer == "undeb":
        answer = json.loads(output([BENCH, "time", path, arguments.runs, job], arguments.patience))
        memory = json.loads(output([BENCH, "memory", path, job], arguments.patience))["memory_per_row"]
        return answer | {"runs": arguments.runs, "version": "undeb", "memory_per_row": memory}
    if peer == "r":
        command = ["Rscript", HERE / "r_peer.R", path.with_suffix(".csv"), job, *limits]
    else:
        command = [PYTHON, HERE / "python_peer.py", peer, path, job, *limits]
    return json.loads(output(command, arguments.patience))


def disagreements(reference, other):
    """Where two programs differ.

    Parameters
    ----------
    reference, other : list of list
        Cells as `[measure, year, region, sector, value, standard error]`; an error of None is not compared.

    Returns
    -------
    list of str
        One sentence a difference.
    """
    left, right = ({tuple(c[:4]): c[4:] for c in cells} for cells in (reference, other))
    found = [f"{key}: in one program only" for key in left.keys() ^ right.keys()]
    for key in left.keys() & right.keys():
        kinds = zip(("value", "standard error"), (VALUE_TOLERANCE, ERROR_TOLERANCE), left[key], right[key])
        for kind, tolerance, a, b in kinds:
            compared = kind == "value" or (a is not None and b is not None)
            if compared and (a is None or b is None or not abs(a - b) <= tolerance * abs(a)):
                found.append(f"{key}: {kind} {a} against {b}")
    return found


def compare(rows, jobs, peers, arguments):
    """Run the jobs in every program, the order turned round after each round, and compare the values.

    Parameters
    ----------
    rows : int
        Number of records.
    jobs : list of str
        A, B or both; in one round, so that they can be set against each other.
    peers : list of str
        Programs that take part.
    arguments : argparse.Namespace
        The command line.

    Returns
    -------
    dict
        Answers by job, program and round.
    """
    plain = prepare(rows, peers) if set(jobs) - {"R"} else None
    paths = {job: prepare(rows, peers, REPLICATES) if job == "R" else plain for job in jobs}
    answers, spent = {job: {p: {} for p in peers} for job in jobs}, defaultdict(float)
    for job, peer in ((j, p) for j in jobs for p in peers if rows * CELLS[j] > MOST.get(p, float("inf"))):
        say(f"{rows} rows, job {job}: {peer} left out: more than {MOST[peer]} rows x cells")
        spent[peer, job] = float("inf")
    for job, peer in ((j, p) for j in jobs for p in peers if p not in ONLY.get(j, peers)):
        spent[peer, job] = float("inf")
    for turn in range(arguments.rounds):
        # The slow ones take part until they have used their share of time.
        order = [(p, j) for p in peers for j in jobs if spent[p, j] < arguments.seconds]
        for peer, job in order if turn % 2 == 0 else order[::-1]:
            say(f"{rows} rows, job {job}, round {turn + 1}: {peer}")
            start = time.monotonic()
            try:
                answers[job][peer][turn] = run(peer, paths[job], job, arguments)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                say(f"{peer}: left out: {error}")
                spent[peer, job] = float("inf")
            spent[peer, job] += time.monotonic() - start
    for job in jobs:
        agree(paths[job], job, answers[job])
    return {job: {p: rounds for p, rounds in answers[job].items() if rounds} for job in jobs}


def agree(path, job, answers):
    """End the comparison where a program found other values than undeb.

    Parameters
    ----------
    path : pathlib.Path
        The Parquet file.
    job : str
        A, B, P or R.
    answers : dict
        Answers by program and round.
    """
    reference = json.loads(output([BENCH, "values", path, job]))["values"]
    for peer in (p for p in answers if p != "undeb"):
        for answer in answers[peer].values():
            if found := disagreements(reference, answer["values"]):
                listed = "\n".join(found[:5])
                raise SystemExit(f"{path.stem}, job {job}: undeb and {peer} differ in {len(found)} numbers\n{listed}")


def busy():
    """Busy processor seconds since the machine started: all of them, and those of this program and its children."""
    ticks = [int(t) for t in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    everything = (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return everything, sum(u.ru_utime + u.ru_stime for u in usage)


def main():
    """Read the command line, compare, print, and write the table where asked."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="compare.py", description=__doc__, formatter_class=plain)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="records (100000 1000000)")
    parser.add_argument("--jobs", nargs="+", default=["A", "B"], choices=list(CELLS), help="A, B, P, R (A B)")
    parser.add_argument("--peers", nargs="+", default=PEERS, choices=PEERS, help="programs that take part (all)")
    parser.add_argument("--rounds", type=int, default=5, help="processes of each program (5)")
    parser.add_argument("--runs", type=int, default=15, help="timed calls in each process, after the first (15)")
    parser.add_argument("--seconds", type=float, default=20, help="time after which a slow program rests (20)")
    parser.add_argument("--patience", type=float, default=900, help="seconds after which a process is given up (900)")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table between the marks in FILE")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.runs < 1 or min(arguments.rows) < 1:
        parser.error("--rows, --rounds and --runs take numbers from 1")
    if not BENCH.exists():
        raise SystemExit("there is no bench: run `cargo build --release -p undeb-benches` first")
    if arguments.markdown:
        table.check(arguments.markdown)
    peers = [p for p in PEERS if p in arguments.peers and available(p)]
    load, (all_before, own_before), start = os.getloadavg()[0], busy(), time.monotonic()
    results = {}
    for rows in arguments.rows:
        for job, answers in compare(rows, arguments.jobs, peers, arguments).items():
            results[rows, job] = answers
    all_after, own_after = busy()
    others = max(0.0, (all_after - all_before - own_after + own_before) / (time.monotonic() - start))
    text = table.markdown(results, table.machine(load, others))
    print(text)
    if arguments.markdown:
        table.write(arguments.markdown, text)


if __name__ == "__main__":
    main()
