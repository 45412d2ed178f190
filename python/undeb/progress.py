"""A sign of life for work that takes more than a second: in a notebook or a terminal, nowhere else."""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Any

WAIT = 1.0
"""Seconds before anything is shown."""

WIDTH, LINE = 20, 90
"""Characters of the bar, and of the line."""


def watched() -> bool:
    """Whether somebody looks on: a terminal, or the kernel of a notebook; from the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        return False
    return "ipykernel" in sys.modules or sys.stderr.isatty()


def tick(seconds: float, share: float | None = None) -> None:
    """Says how far the work has come, and how long it has gone on; called from the compiled half ten times a second."""
    if seconds < WAIT or not watched():
        return
    if share is None:
        bar = "|/-\\"[int(seconds * 10) % 4]
    else:
        bar = f"{100 * share:3.0f}% |{'█' * int(WIDTH * share):<{WIDTH}}|"
    line = f"undeb {bar} {seconds:.0f} s (Ctrl-C, or the stop button, interrupts)"
    if "ipykernel" in sys.modules:
        _show(line)
    else:
        print(f"\r{line:<{LINE}}", end="", file=sys.stderr, flush=True)


def done(seconds: float) -> None:
    """Takes the line away again."""
    if seconds < WAIT or not watched():
        return
    if "ipykernel" in sys.modules:
        _show("")
        _shown.clear()
    else:
        print("\r" + " " * LINE + "\r", end="", file=sys.stderr, flush=True)


_shown: list[Any] = []
"""The output of the cell that is at work, which is written over and left without content: nothing of it is shown."""


def _show(line: str) -> None:
    display: Any = importlib.import_module("IPython.display")
    words = {"text/plain": line} if line else {}
    if _shown:
        _shown[0].update(words, raw=True)
    elif line:
        _shown.append(display.display(words, raw=True, display_id=True))
