"""The table of a comparison as Markdown, with the aims and what was seen against them."""

import os
import platform
import statistics
import time
from functools import partial
from pathlib import Path

BEGIN, END = "<!-- comparison: begin -->", "<!-- comparison: end -->"


def machine(load, others):
    """Describe the machine and how busy others kept it.

    Parameters
    ----------
    load : float
        Load of the last minute before the run.
    others : float
        Processors that other programs kept busy during the run.

    Returns
    -------
    str
        Two sentences; the second says whether the run was made under load.
    """
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((t.split(":")[1].strip() for t in lines if t.startswith("model name")), platform.machine())
    kilobytes = next(int(t.split()[1]) for t in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in t)
    place = f"{os.cpu_count()} cores ({model}), {kilobytes / 1024**2:.0f} GB, {time.strftime('%d %B %Y')}."
    figures = f"load before the run {load:.1f}, other programs kept {others:.2f} cores busy during it"
    if load > 1 or others > 0.2:
        return f"{place} **Measured under load**: {figures}."
    return f"{place} Quiet: {figures}."


def ratio(answers, peer, base, key="median"):
    """Median over rounds of one program's figure over another's of the same round.

    Parameters
    ----------
    answers : dict
        Answers by program and round.
    peer, base : str
        The programs.
    key : str
        The figure.

    Returns
    -------
    float or None
        None where they share no round.
    """
    if peer not in answers or base not in answers:
        return None
    shared = answers[peer].keys() & answers[base].keys()
    return statistics.median(answers[peer][r][key] / answers[base][r][key] for r in shared) if shared else None


def over(answers, peer, key):
    """Median of a figure over the rounds of a program."""
    return statistics.median(a[key] for a in answers[peer].values())


def seconds(x):
    """Seconds with three significant digits, in milliseconds below one second."""
    return f"{x:.3g} s" if x >= 1 else f"{x * 1000:.3g} ms"


def times(x):
    """A ratio with two significant digits, or a dash."""
    return "–" if x is None else f"{x:.0f}x" if x >= 100 else f"{x:.2g}x"


def rows_of(results):
    """Yield one line for every size, job and program."""
    heads = ["first call", "median", "CPU", "x polars", "x polars, CPU", "x undeb", "bytes a row", "calls"]
    yield f"| rows | job | program | {' | '.join(heads)} |"
    yield f"| ---: | --- | --- {'| ---: ' * len(heads)}|"
    for (rows, job), answers in results.items():
        for peer, rounds in answers.items():
            last = list(rounds.values())[-1]
            figures = [
                f"{rows:,}",
                f"{job} ({last['cells']})",
                last["version"] + (", quickest spelling" if peer == "polars-tuned" else ""),
                *(seconds(over(answers, peer, key)) for key in ("first", "median", "cpu")),
                times(ratio(answers, peer, "polars")),
                times(ratio(answers, peer, "polars", "cpu")),
                times(ratio(answers, peer, "undeb")),
                f"{over(answers, peer, 'memory_per_row'):.0f}",
                str(sum(a["runs"] for a in rounds.values())),
            ]
            yield f"| {' | '.join(figures)} |"


def aims(results):
    """Yield every aim: `(name, function from a figure's key to what was seen, must, aim, whether more is better)`."""
    for (rows, job), answers in results.items():
        cells = f"{rows:,} rows, job {job}"
        must, aim = (3, 1) if rows < 1_000_000 else (1.2, 0.7) if rows < 10_000_000 else (1.2, 0.8)
        must, aim = {"P": (1.5, 1), "R": (0.3, 0.12)}.get(job, (must, aim))
        yield f"{cells}: undeb over polars", partial(ratio, answers, "undeb", "polars"), must, aim, False
        if rows >= 1_000_000:
            peers = {"A": {"svy": 100, "r": 400}, "B": {"svy": 500, "r": 1500}, "R": {"svy": 10}}.get(job, {})
            for peer, aim in peers.items():
                yield f"{cells}: {peer} over undeb", partial(ratio, answers, peer, "undeb"), None, aim, True
    for rows in dict.fromkeys(rows for rows, _ in results):
        both = {job: results.get((rows, job), {}).get("undeb", {}) for job in "AB"}
        yield f"{rows:,} rows: undeb, 360 over 36 cells", partial(ratio, both, "B", "A"), 1.4, 1.2, False


def aims_of(results):
    """Yield one line for every aim; verdicts go by time on the clock."""
    yield "| what | seen | seen, CPU | must | aim | verdict |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    for name, seen, must, aim, more in aims(results):
        if seen("median") is not None:
            shown = [times(x) for x in (seen("median"), seen("cpu"), must, aim)]
            yield f"| {name} | {' | '.join(shown)} | {verdict(seen('median'), must, aim, more)} |"
    for (rows, job), answers in results.items():
        if "undeb" in answers and job in "AB":
            seen = over(answers, "undeb", "memory_per_row")
            name = f"{rows:,} rows, job {job}: bytes a row above the frame"
            yield f"| {name} | {seen:.0f} | – | 40 | 24 | {verdict(seen, 40, 24)} |"


def verdict(seen, must, aim, more=False):
    """Say which limit was met; `more` says that more is better."""
    met = [limit is not None and (seen >= limit if more else seen <= limit) for limit in (aim, must)]
    return "aim met" if met[0] else "must met, aim missed" if met[1] else "missed"


def markdown(results, described):
    """Write out the comparison.

    Parameters
    ----------
    results : dict
        Answers by rows and job, then by program and round.
    described : str
        The machine.

    Returns
    -------
    str
        Two tables under a line about the machine.
    """
    return "\n".join([described, "", *rows_of(results), "", *aims_of(results)])


def check(path):
    """Refuse a file without the two marks, before anything is measured."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if not 0 <= text.find(BEGIN) < text.find(END):
        raise SystemExit(f"{path} needs the lines `{BEGIN}` and `{END}`")


def write(path, text):
    """Put the text between the two marks of a file.

    Parameters
    ----------
    path : pathlib.Path
        The file, which has both marks.
    text : str
        What to put there.
    """
    whole = path.read_text(encoding="utf-8")
    before, after = whole[: whole.index(BEGIN) + len(BEGIN)], whole[whole.index(END) :]
    path.write_text(f"{before}\n\n{text}\n\n{after}", encoding="utf-8")
