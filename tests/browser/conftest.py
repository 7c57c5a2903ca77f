"""The pages in a real browser: Chromium, on the real service with a month of the demo province.

One service runs per test process, on a database of its own; a test that changes something files a
report of its own (``people``). What a page complains of on its console, a breach of its content
policy too, fails the test that looked at it; of a test that failed, pictures are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser import chromium, past
from tests.browser.chromium import DESK
from tests.browser.opening import PATIENCE_MS, Opening
from tests.browser.past import Past
from tests.browser.running import Running, application, let_go, running
from tests.databases import Databases
from tests.personas import People

FAILED = pytest.StashKey[bool]()
SAID = 3000  # characters of the service's log, shown with a failure


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Tell the fixtures how the test ended."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(autouse=True)
def database() -> None:
    """Nothing is rolled back here: the service is another process, and its commits are real."""


@pytest.fixture(scope="session")
def filled(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, Past]]:
    """The URL of the database, the service's folder, and the month that was laid into it."""
    folder = tmp_path_factory.mktemp("service")
    with databases.copy(province_template) as url:
        app = application(url, folder)
        laid = past.lay(app)
        let_go(app)
        yield url, folder, laid


@pytest.fixture(scope="session")
def service(filled: tuple[str, Path, Past]) -> Iterator[Running]:
    """The running service: its ``address``, and ``app``, an application on the same database."""
    url, folder, _ = filled
    with running(url, folder) as service:
        yield service


@pytest.fixture(scope="session")
def month(filled: tuple[str, Path, Past]) -> Past:
    """The reports that were there before: ``month.code("overdue")``, ``month.token("asked")``."""
    return filled[2]


@pytest.fixture
def people(service: Running) -> Iterator[People]:
    """Everybody, signed in, as callers of the interface, now; the pages show what they do."""
    with service.app.app_context():
        yield People(service.app)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What talks to browsers, one for the process."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium; where there is none the test fails and says what to install."""
    try:
        path = chromium.lighter()
    except chromium.ChromiumMissing as missing:
        pytest.fail(str(missing))
    with chromium.launched(playwright, path) as browser:
        yield browser


@pytest.fixture
def opening(
    request: pytest.FixtureRequest, browser: Browser, service: Running, tmp_path: Path
) -> Iterator[Opening]:
    """Opens pages: ``opening(DESK, role="officer", language="en", scheme="dark", …)``.

    ``opening.expect("422")`` allows one kind of complaint on the console.
    """
    opening = Opening(browser, service.address, service.app)
    yield opening
    failed = request.node.stash.get(FAILED, False)
    if failed:
        request.node.add_report_section("teardown", "pictures", opening.keep_pictures(tmp_path))
    complaints = opening.close()
    if failed or complaints:
        request.node.add_report_section("teardown", "the service", service.said()[-SAID:])
    assert failed or not complaints, "\n".join(complaints)


@pytest.fixture
def page(opening: Opening) -> Page:
    """A phone, nobody signed in, in Vietnamese; paths are relative: ``page.goto("/r/…")``."""
    return opening()


@pytest.fixture
def desk(opening: Opening) -> Page:
    """The same at a desk."""
    return opening(DESK)


@pytest.fixture
def signed_in(opening: Opening) -> Callable[[str], Page]:
    """A desk where a role's demo account is signed in: ``signed_in("officer")``."""
    return lambda role: opening(DESK, role=role)
