"""``bin/screenshots``: pictures of every page, at phone and desk size, for docs/screenshots.

The demo of ``bin/run`` is laid into a folder of its own, with a month on top that has a report in
each state (tests/browser/past.py), and served as in production.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.browser import chromium, past
from tests.browser.chromium import DESK, PHONE
from tests.browser.every_page import PAGES, Shown
from tests.browser.opening import Opening
from tests.browser.past import Past
from tests.browser.running import ROOT, SECRET, Running, application, let_go, running

FOLDER = ROOT / "docs" / "screenshots"
SIZES = {"phone": PHONE, "desk": DESK}
LONGEST = 1600  # pixels of a page's height; what lies below is more of the same
COLOURS = 32


def main(beginnings: Sequence[str]) -> None:
    """Take those that are asked for, all if none is."""
    wanted = [
        shown
        for shown in PAGES
        if shown.status == 200 and (not beginnings or shown.address.startswith(tuple(beginnings)))
    ]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as (service, month), chromium.started(chromium.program()) as browser:
        for shown in wanted:
            take(browser, service, month, shown)


@contextmanager
def demo() -> Iterator[tuple[Running, Past]]:
    """The demo, served while inside, and its last month."""
    with tempfile.TemporaryDirectory(prefix="reports-screenshots-") as folder:
        month = lay(Path(folder))
        with running(database_in(Path(folder)), Path(folder)) as service:
            yield service, month


def lay(folder: Path) -> Past:
    """The demo's province and past, and the month on top."""
    database = database_in(folder)
    environ = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": database,
               "SECRET_KEY": SECRET, "PHOTO_STORE": str(folder / "photos")}  # fmt: skip
    for words in (["migrate"], ["seed"], ["simulate", "--first-start"]):
        command = [sys.executable, "-m", "reports_service.cli", *words]
        subprocess.run(command, cwd=ROOT, env=environ, check=True)
    app = application(database, folder)
    month = past.lay(app)
    let_go(app)
    return month


def database_in(folder: Path) -> str:
    """The URL of the demo's database."""
    return f"sqlite:///{folder}/reports.sqlite3"


def take(browser: Browser, service: Running, month: Past, shown: Shown) -> None:
    """One page at each size; complaints are said."""
    with closing(Opening(browser, service.address, service.app)) as opening:
        for name, size in SIZES.items():
            page = opening.show(shown, month, size)
            height = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
            page.set_viewport_size({**size, "height": max(height, size["height"])})
            keep(page.screenshot(), FOLDER / f"{file_name(shown)}-{name}.png")
        for complaint in opening.heard():
            print(f"{shown}: {complaint}", file=sys.stderr)


def file_name(shown: Shown) -> str:
    """The address and the role as a file is called: ``work-overdue-officer``."""
    words = re.findall(r"[a-z0-9]+", shown.address.lower()) or ["home"]
    return "-".join([*words, *([shown.role] if shown.role else [])])


def keep(picture: bytes, file: Path) -> None:
    """In few colours: a page has no more, and a repository should stay light."""
    with Image.open(io.BytesIO(picture)) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main(sys.argv[1:])
