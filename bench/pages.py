"""What pages cost: bytes and requests, a slow phone's patience, the service's time, Lighthouse.

The first filing page is opened by a phone that was never here, with and without a slow network and
processor. The pages of staff are asked over two provinces, one ten times the other: the statements
of a page must not grow. Lighthouse looks at every public page.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from bench.paged import auditing, loading, serving
from bench.result import Check, report
from bench.statistics import Place, served
from reports_service.core import memory
from tests.browser import chromium, past
from tests.browser.every_page import OF_CITIZENS
from tests.browser.past import Past
from tests.browser.running import Running, application, let_go, running
from tests.databases import SqliteDatabases
from tests.province import lay

FILING = "/file"
TICKETS = 1_000_000
TRIES = 5
KB_BOUND, REQUESTS_BOUND, USABLE_BOUND_S = 60, 8, 3.0
SERVER_BOUND_MS, SCORE_BOUND = 300, 95
PARTS = ("loading", "serving", "lighthouse")


def main() -> None:
    """Measure the parts that are asked for; report."""
    asked = arguments()
    found: list[Check] = []
    with ExitStack() as held:
        if {"loading", "lighthouse"} & set(asked.only):
            service, month = held.enter_context(small_province())
            if "loading" in asked.only:
                with chromium.started(chromium.program()) as browser:
                    found += of_filing(browser, f"{service.address}{FILING}")
            if "lighthouse" in asked.only:
                found += of_public_pages(service, month)
        if "serving" in asked.only:
            found += of_staff(asked.tickets, asked.keep)
    report("pages", found)


def arguments() -> argparse.Namespace:
    """What was typed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    words.add_argument("--tickets", type=int, default=TICKETS)
    words.add_argument(
        "--keep", type=Path, metavar="FOLDER",
        help="leave the filled databases in this folder, and use those that are there already",
    )  # fmt: skip
    return words.parse_args()


@contextmanager
def small_province() -> Iterator[tuple[Running, Past]]:
    """The demo province with a month of reports, served."""
    with tempfile.TemporaryDirectory(prefix="reports-bench-") as name:
        folder = Path(name)
        with SqliteDatabases(folder) as databases, databases.copy() as url:
            lay(url)
            app = application(url, folder)
            month = past.lay(app)
            let_go(app)
            with running(url, folder) as service:
                yield service, month


def of_filing(browser: Browser, address: str) -> list[Check]:
    """The first page that a citizen opens to report something."""
    weight = loading.weigh(browser, address)
    for url in weight.requests:
        say(f"  {url}")
    usable = [loading.field_usable_ms(browser, address) / 1000 for _ in range(TRIES)]
    return [
        Check.at_most("filing page, over the wire", round(weight.bytes / 1024, 1), KB_BOUND, "KB"),
        Check.at_most("filing page, requests", len(weight.requests), REQUESTS_BOUND, "requests"),
        Check.at_most(
            "filing page, first field usable at 400 ms, 400 kbit/s, a 4 times slower processor",
            round(median(usable), 2), USABLE_BOUND_S, "s",
        ),
    ]  # fmt: skip


def of_public_pages(service: Running, month: Past) -> Iterator[Check]:
    """Lighthouse on each of them."""
    for shown in OF_CITIZENS:
        if shown.status != 200 or shown.role:
            continue
        found = auditing.audited(f"{service.address}{shown.path(month)}")
        for line in auditing.failures(found):
            say(f"  {shown.address}: {line}")
        for category, score in auditing.scores(found).items():
            what = f"Lighthouse, {category}, {shown.address}"
            yield Check.at_least(what, score, SCORE_BOUND, "of 100")


def of_staff(tickets: int, keep: Path | None) -> list[Check]:
    """The pages that read the most, over one province and over one ten times as large."""
    folder = keep or Path(tempfile.mkdtemp(prefix="reports-bench-"))
    place = Place("sqlite", folder, kept=keep is not None)
    try:
        few = over(place, tickets // 10)
        many = over(place, tickets)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    checks = []
    for small, large in zip(few, many, strict=True):
        say(f"{large.name}: {large.statements} statements, {large.ms:.0f} ms ({small.ms:.0f} ms)")
        what = f"{large.name}, {tickets} reports"
        checks += [
            Check.at_most(f"{what}, of the service", round(large.ms), SERVER_BOUND_MS, "ms"),
            Check.at_most(f"{what}, against a tenth", large.statements, small.statements,
                          "statements"),
        ]  # fmt: skip
    return checks


def over(place: Place, tickets: int) -> list[serving.Served]:
    """What pages cost over so many reports."""
    with served(place, tickets) as app:
        memory.keep()  # as wsgi.py has it
        return serving.measured(app)


def say(line: str) -> None:
    """A line for whoever watches; the result is the last line of standard output."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
