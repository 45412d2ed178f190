"""What Python costs above Rust: the job A of `benches/peers` from a polars frame, and the import of the package.

`python benches/binding.py FILE`, with the package installed from a release wheel; `bench time FILE 20 A` is the same
from Rust.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

import undeb as ub

ROLES = {"member": "union", "covered": "covered", "weight": "weight", "strata": "stratum", "psu": "psu"}
IMPORT = "import time, polars; s = time.perf_counter(); import undeb; print(time.perf_counter() - s)"


def kilobytes(line):
    """Return a line of /proc/self/status as a number."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(found.split()[1]) for found in status if found.startswith(line))


def main(path):
    """Time the job and the import, and print medians."""
    frame = pl.read_parquet(path).rechunk()
    survey = {**ROLES, "employee": "employee", "region": "region", "sector": "sector"}

    def job():
        ub.survey(frame, **survey).estimate(["density", "coverage"], by=["region", "sector"])

    # Writing 5 resets the peak, so that reading the file does not count.
    Path("/proc/self/clear_refs").write_text("5")
    before = kilobytes("VmRSS")
    job()
    held = (kilobytes("VmHWM") - before) * 1024 / frame.height
    seconds = []
    for _ in range(20):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    imports = [float(subprocess.check_output([sys.executable, "-c", IMPORT])) for _ in range(5)]
    print(f"{statistics.median(seconds):.4f} s, {held:.1f} bytes a row; import {1e3 * statistics.median(imports):.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1])
