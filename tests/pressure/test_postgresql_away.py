"""PostgreSQL stopped, cut off or hanging: filing is refused soon, and goes on after."""

from __future__ import annotations

import pytest

from tests.pressure.line import Line
from tests.pressure.meeting import SOON_S, as_before, refused_in_order
from tests.pressure.served import Web

pytestmark = pytest.mark.pure  # the database is the server's


def test_with_the_server_stopped_filing_is_refused_at_once(web: Web, line: Line) -> None:
    line.down()
    try:
        refused_in_order(web.file(Accept_Language="en"), "database")
        page = web.get("/agencies", Accept="text/html")
        assert (page.status, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert int(page.headers["retry-after"]) > 0
        assert web.get("/healthz").status == 200
        assert web.part("database")["why"] == "database_away"
    finally:
        line.up()
    as_before(web)


def test_with_all_connections_cut_a_second_try_files_once(web: Web, line: Line) -> None:
    keys = [f"cut-{number}" for number in range(4)]
    answers = []
    for key in keys:
        line.cut()
        while (answer := web.file(key=key)).status == 503:
            assert answer.headers["retry-after"]
        answers.append(answer.status)
    assert set(answers) <= {200, 201}
    as_before(web)


def test_a_server_that_hangs_holds_up_nobody_for_long(web: Web, line: Line) -> None:
    line.freeze()
    try:
        refused_in_order(web.file(Accept_Language="en"), "database")
        assert web.get("/healthz").took_s < SOON_S
        assert web.part("database")["why"] == "database_away"
    finally:
        line.thaw()
    as_before(web)
