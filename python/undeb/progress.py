"""A sign of life for work that takes more than a second: in a notebook or a terminal, nowhere else."""

from __future__ import annotations

import sys
import threading

WAIT = 1.0
"""Seconds before anything is shown."""


def watched() -> bool:
    """Whether somebody looks on: a terminal, or the kernel of a notebook; from the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        return False
    return "ipykernel" in sys.modules or sys.stderr.isatty()


def tick(seconds: float) -> None:
    """Says how long the work has gone on; called from the compiled half ten times a second."""
    if seconds < WAIT or not watched():
        return
    turn = "|/-\\"[int(seconds * 10) % 4]
    print(f"\rundeb works {turn} {seconds:4.0f} s (Ctrl-C, or the stop button, interrupts)", end="", file=sys.stderr, flush=True)


def done(seconds: float) -> None:
    """Takes the line away again."""
    if seconds >= WAIT and watched():
        print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)
