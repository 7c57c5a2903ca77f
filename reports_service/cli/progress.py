"""Progress on standard error: a bar on a terminal, plain lines where there is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

PER_CENT = 100  # the length of what is told in parts of a hundred
TENTH = 10  # per cent: so often a plain line is written

Reached = Callable[[int, str], None]


@contextmanager
def progress(label: str, length: int) -> Iterator[Reached]:
    """Call what it gives with how much of ``length`` is done, and a word on where that is."""
    with _bar(label, length) if sys.stderr.isatty() else _lines(label, length) as reached:
        yield reached


@contextmanager
def _bar(label: str, length: int) -> Iterator[Reached]:
    done = 0
    with click.progressbar(
        length=length, label=label, item_show_func=lambda at: at or "", file=sys.stderr
    ) as bar:

        def reached(now: int, where: str = "") -> None:
            nonlocal done
            bar.update(now - done, where)
            done = now

        yield reached


@contextmanager
def _lines(label: str, length: int) -> Iterator[Reached]:
    click.echo(label.rstrip(), err=True)
    last = 0

    def reached(now: int, where: str = "") -> None:
        nonlocal last
        tenth = now * TENTH // length if length else 0
        if last < tenth:
            click.echo(f"{label.rstrip()}: {tenth * 100 // TENTH} % {where}".rstrip(), err=True)
            last = tenth

    yield reached
