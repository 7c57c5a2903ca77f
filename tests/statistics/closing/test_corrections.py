"""What a correction changed stands with its reason: in the report on paper and on its page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.domain.roles import Role
from reports_service.statistics.closing import service as closing
from reports_service.statistics.closing.models import PeriodCorrection
from reports_service.statistics.monthly import corrections, numbers, service
from tests.sessions import signed_in
from tests.statistics import rows
from tests.statistics.closing import october
from tests.statistics.closing.october import OCTOBER, ZONE
from tests.statistics.rows import Filed, Province
from tests.web.figured import Reader

PAGE = "/figures/months/2026-10"


@pytest.fixture
def reader(client: FlaskClient, work: list[Filed]) -> Reader:
    """A leader with a browser, after October was closed."""
    closing.close(SYSTEM, OCTOBER, ZONE)
    token = signed_in(Role.LEADER)["Authorization"].removeprefix("Bearer ")
    client.set_cookie("session", token)
    return Reader(client)


def correct(province: Province, reason: str = "Nhập muộn") -> PeriodCorrection:
    """State what differs now."""
    db.session.commit()
    rows.write(province, [])
    return closing.correct(SYSTEM, OCTOBER, reason, ZONE)


def resolved_later(filed: Filed) -> None:
    """It was met all the same: only the hours that it took are longer."""
    row = october.assignment_of(filed)
    assert row.resolve_elapsed_s is not None
    row.resolve_elapsed_s += 40 * 3600


def test_a_correction_says_which_figures_it_changed(
    reader: Reader, province: Province, work: list[Filed]
) -> None:
    rows.write(province, [october.resolved("tan-ninh")])
    correction = correct(province)
    report = service.report(OCTOBER, ZONE, "vi")
    (told,) = report.document["corrections"]
    assert ["Đến hạn", "Toàn tỉnh", "8", "9"] in told["changes"]
    assert ["Đến hạn", "vi tan-ninh", "1", "2"] in told["changes"]
    assert told["changes"][0] == ["Tiếp nhận", "Toàn tỉnh", "8", "9"]
    assert told["data"].endswith("/api/v1/stats/periods/2026-10.json?correction=1")
    assert told["sha256"] == correction.sha256
    page = reader.page(PAGE)
    for part in (
        "Nhập muộn",
        correction.sha256,
        ">Đến hạn</th><td>vi tan-ninh</td>",
        "?correction=1",
    ):
        assert part in page, part
    frozen = reader.client.get("/api/v1/stats/periods/2026-10.json?correction=1")
    assert frozen.text == correction.content
    listed = reader.page("/figures/months")
    assert correction.sha256 in listed
    assert f'href="{PAGE}">Những gì đã đính chính' in listed


def test_a_correction_of_hours_alone_says_them(
    reader: Reader, province: Province, work: list[Filed]
) -> None:
    for one in work[:6]:
        resolved_later(one)
    correct(province)
    (told,) = service.report(OCTOBER, ZONE, "vi").document["corrections"]
    changed = [one[0] for one in told["changes"]]
    assert "Thời gian đến khi có kết quả (giờ), giờ thường, trung vị" in changed
    assert all("giờ thường" in one for one in changed)
    assert "Ứng dụng di động" in {one[1] for one in told["changes"]}


def test_what_is_not_named_of_a_correction_is_counted(reader: Reader, province: Province) -> None:
    rows.write(province, [october.resolved("tan-ninh", rating=4) for _ in range(3)])
    correct(province)
    period = closing.closed(OCTOBER)
    (one,) = corrections.corrected(period, "vi")
    ((_, changes),) = closing.versions(period)
    assert len(changes) > corrections.LISTED == len(one.changes)
    assert one.rest == len(changes) - len(one.changes)
    (told,) = service.report(OCTOBER, ZONE, "vi").document["corrections"]
    assert told["rest"].startswith(f"Không nêu ở đây: {one.rest} thay đổi")


def test_the_page_of_a_month_says_what_the_mail_says(reader: Reader) -> None:
    page = reader.page(PAGE)
    assert "Đến hạn trong tháng: 8; đúng hạn: 6 (75,0 %)" in page
    assert closing.closed(OCTOBER).sha256 in page
    assert "Về sau có đính chính" not in page
    assert "chưa chốt" in reader.page("/figures/months/2026-09", 404)


def test_a_figure_inside_another_is_written_by_what_it_is() -> None:
    assert numbers.leaf("hours_to_resolve.elapsed.median", 114.24, "vi") == "114,2"
    assert numbers.leaf("hours_to_resolve.still_open", 1078, "vi") == "1.078"
    assert numbers.leaf("hours_to_resolve.elapsed.p90", None, "vi") == "–"
    assert numbers.leaf("rank", 3, "vi") == "3"
