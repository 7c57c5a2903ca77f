"""The monthly report: on paper, marked where it is not closed, once to each leader by mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import orjson
import pytest
import typst
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from reports_service.cli import reports
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.domain.roles import Role
from reports_service.notifications.wording import Site
from reports_service.statistics.closing import service as closing
from reports_service.statistics.closing.models import ClosedPeriod
from reports_service.statistics.monthly import layout, mailing, numbers, service, typesetting
from tests.personas import work_outbox
from tests.sessions import signed_in
from tests.statistics import rows
from tests.statistics.closing import october
from tests.statistics.closing.october import OCTOBER, ZONE
from tests.statistics.rows import Filed, Province
from tests.statistics.typical import DAY

INJECTION = '#panic("x") *đậm* $x$ @ref <label> \\ #include "/etc/passwd"'


def close() -> ClosedPeriod:
    return closing.close(SYSTEM, OCTOBER, ZONE)


def words_of(report: service.Report) -> str:
    """The text of the headings and tables that typst set."""
    source = typesetting.SOURCE.read_bytes()
    data = {"data": orjson.dumps(report.document).decode()}
    found = [typst.query(source, one, sys_inputs=data) for one in ("heading", "table", "par")]
    return " ".join(texts_in([orjson.loads(one) for one in found]))


def texts_in(element: Any) -> Iterator[str]:
    """What stands in an element of typst and those inside it, in its order."""
    if isinstance(element, list):
        for part in element:
            yield from texts_in(part)
    elif isinstance(element, dict):
        if element.get("func") == "text" and isinstance(element["text"], str):
            yield element["text"]
        for part in element.values():
            yield from texts_in(part)


def sent(app: Flask) -> Iterator[EmailMessage]:
    for file in sorted(Path(app.config["MAIL_FOLDER"]).glob("m*.eml")):
        yield message_from_bytes(file.read_bytes(), policy=policy.default)  # type: ignore[misc]


@pytest.fixture(autouse=True)
def empty_mailbox(app: Flask) -> None:
    for file in Path(app.config["MAIL_FOLDER"]).glob("*.eml"):
        file.unlink()


def test_the_report_of_a_closed_month_is_a_pdf_of_its_frozen_figures(
    client: FlaskClient, province: Province, work: list[Filed]
) -> None:
    period = close()
    before = service.report(OCTOBER, ZONE, "vi").pdf()
    rows.write(province, [october.resolved("tan-ninh") for _ in range(9)])
    answer = client.get("/api/v1/stats/periods/2026-10.pdf", headers=signed_in(Role.LEADER))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-1.7")
    assert answer.data == before
    pages = re.search(rb"/Type/Pages/Count (\d+)", answer.data)
    assert pages is not None
    assert int(pages[1]) >= 2
    assert answer.headers["Content-Disposition"] == 'inline; filename="1022-2026-10-vi.pdf"'
    document = service.report(OCTOBER, ZONE, "vi").document
    assert document["closed"]
    assert period.sha256 in document["footer"]


def test_the_report_says_what_the_figures_say(work: list[Filed]) -> None:
    close()
    document = service.report(OCTOBER, ZONE, "vi").document
    shown = {one["name"]: one["this"] for one in document["headlines"]}
    assert shown["Tỷ lệ đúng hạn"] == "75,0 %"
    assert shown["Tỷ lệ giữ lời hẹn với người dân"] == "75,0 %"
    committees = next(one for one in document["kinds"] if one["name"].startswith("Ủy ban"))
    (ranked,) = committees["ranked"]
    assert (ranked["name"], ranked["on_time"], ranked["due"]) == ("vi long-hoa", "83,3 %", "6")
    assert [one["name"] for one in committees["few"]] == ["vi tan-ninh"]
    assert document["extremes"] == []  # so few cases hold nobody up
    assert {one["year"] for one in document["headlines"]} == {"–"}  # no service then
    assert ranked["reopened"] == "0,0 % (6)"
    assert document["trend"]["months"][-1] == "10/2026"
    assert document["trend"]["on_time"][-1] == 0.75
    assert document["trend"]["on_time"][0] is None


def test_best_and_lowest_of_a_kind_are_those_that_the_page_names(
    province: Province, work: list[Filed]
) -> None:
    late = [october.resolved("tan-ninh", late=True) for _ in range(10)]
    rows.write(province, [*late, *(october.resolved() for _ in range(10))])
    (extremes,) = service.report(OCTOBER, ZONE, "vi").document["extremes"]
    assert extremes["name"].endswith("(2 đơn vị được xếp hạng)")
    assert [one["name"] for one in extremes["best"]] == ["vi long-hoa"]
    assert [one["name"] for one in extremes["worst"]] == ["vi tan-ninh"]


def test_a_median_says_of_how_many_it_is_and_how_many_are_still_open(
    province: Province, work: list[Filed]
) -> None:
    september = october.IN_OCTOBER - 30 * DAY
    rows.write(province, [october.resolved(at=september) for _ in range(2)])
    report = service.report(OCTOBER, ZONE, "vi")
    medians = [one for one in report.document["headlines"] if "trung vị" in one["name"]]
    median, waited = medians
    assert "kết quả" in median["name"] and "có đơn vị nhận" in waited["name"]
    assert waited["this_of"].startswith("n = 8, ")
    assert median["this_of"] == "n = 8, 1 chưa xong"
    assert median["before_of"] == "n = 2, 0 chưa xong"
    assert (median["year"], median["year_of"]) == ("–", "")
    assert "xem cả số chưa xong" in median["note"]
    text = words_of(report)
    assert median["this_of"] in text
    assert median["note"] in text


def test_duplicates_are_a_part_of_what_was_received_and_not_of_what_rates_leave_out(
    province: Province, work: list[Filed]
) -> None:
    rows.write(province, [october.still_open(status="duplicate", master=work[0])])
    document = service.report(OCTOBER, ZONE, "vi").document
    shown = [(one["name"], one["this"]) for one in document["headlines"]]
    assert shown[:2] == [("Tiếp nhận", "9"), ("Trong đó trùng", "1")]
    assert [one["name"] for one in document["left_out"]] == [
        "Không tính vào đến hạn",
        "Đóng vì không có trả lời",
        "Đang chờ bổ sung",
    ]


def test_all_of_it_stands_on_the_pages(work: list[Filed]) -> None:
    close()
    for language, heading in (("vi", "Số liệu chính"), ("en", "Headline figures")):
        report = service.report(OCTOBER, ZONE, language)
        text = words_of(report)
        assert heading in text
        assert f"{language} long-hoa" in text
        for one in report.document["headlines"]:
            assert one["name"] in text
            assert one["definition"] in text
            assert one["this"] in text


def test_a_month_that_is_not_closed_is_marked_so(client: FlaskClient, work: list[Filed]) -> None:
    report = service.report(OCTOBER, ZONE, "vi")
    assert not report.document["closed"]
    assert report.document["state"].startswith("CHƯA CHỐT")
    assert report.pdf().startswith(b"%PDF")
    running = client.get(
        "/api/v1/stats/periods/2026-11.pdf?lang=en", headers=signed_in(Role.OPERATOR)
    )
    assert running.status_code == 200


def test_a_month_to_come_has_no_report(client: FlaskClient, work: list[Filed]) -> None:
    answer = client.get("/api/v1/stats/periods/2026-12.pdf", headers=signed_in(Role.LEADER))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "month_not_begun")


def test_what_people_wrote_is_set_as_it_is_and_never_run(
    province: Province, work: list[Filed]
) -> None:
    province.agencies["long-hoa"].names = {"vi": INJECTION, "en": INJECTION}
    db.session.commit()
    close()
    row = october.assignment_of(work[0])
    row.rating = 1
    db.session.commit()
    rows.write(province, [])
    with unit_of_work():
        closing.correct(SYSTEM, OCTOBER, INJECTION, ZONE)
    report = service.report(OCTOBER, ZONE, "vi")
    assert words_of(report).count(INJECTION) >= 2
    (correction,) = report.document["corrections"]
    assert correction["reason"] == INJECTION
    stands = closing.closed(OCTOBER).corrections[-1].sha256
    assert report.document["corrected"].startswith("Có 1 đính chính")
    assert stands in report.document["corrected"]
    assert "/api/v1/stats/periods/2026-10.json" in report.document["check_note"]
    assert report.document["check_note"].partition("://")[1]
    assert report.pdf().startswith(b"%PDF")


def test_a_month_without_any_work_has_a_report_too(province: Province) -> None:
    rows.write(province, [october.resolved(at=october.IN_OCTOBER - 60 * DAY)])
    report = service.report(OCTOBER, ZONE, "vi")
    assert report.pdf().startswith(b"%PDF")
    assert {one["value"] for one in report.document["cards"]} == {"–", "0"}


def test_each_leader_gets_the_report_of_a_closed_month_once(app: Flask, work: list[Filed]) -> None:
    october.account("an", Role.LEADER)
    october.account("binh", Role.LEADER, language="en")
    october.account("chi", Role.OPERATOR)
    db.session.commit()
    period = close()
    work_outbox()
    mailing.tell_leaders("2026-10", site(app), ZONE)
    work_outbox()
    letters = {letter["To"]: letter for letter in sent(app)}
    assert set(letters) == {"an@demo.example", "binh@demo.example"}
    for language, letter in zip(("vi", "en"), letters.values(), strict=True):
        text: Any = letter.get_body()
        assert "SHA-256" in text.get_content()
        assert period.sha256 in text.get_content()
        assert f"{app.config['PUBLIC_URL']}/figures/months/2026-10" in text.get_content().split()
        assert "/api/" not in text.get_content()
        (attached,) = letter.iter_attachments()
        assert attached.get_filename() == f"1022-2026-10-{language}.pdf"
        assert attached.get_content() == service.report(OCTOBER, ZONE, language).pdf()


def site(app: Flask) -> Site:
    return Site(app.config["PUBLIC_URL"], ZONE)


def test_figures_are_written_as_people_of_the_language_do() -> None:
    assert numbers.shown("received", 12345, "vi") == "12.345"
    assert numbers.shown("received", 12345, "en") == "12,345"
    assert numbers.shown("on_time_rate", 0.8649, "vi") == "86,5 %"
    assert numbers.shown("on_time_rate", None, "vi") == "–"
    assert numbers.changed("on_time_rate", 0.8, 0.75, "vi") == "▲ 5,0 điểm %"
    assert numbers.changed("received", 50, 100, "en") == "▼ 50.0 %"
    assert numbers.changed("received", 50, 0, "en") is None
    assert numbers.changed("on_time_rate", 0.8, 0.8, "en") == "unchanged"


def test_every_ending_and_kind_has_words_in_the_report(work: list[Filed]) -> None:
    document = service.report(OCTOBER, ZONE, "en").document
    assert len(document["cohort"]) == 5
    assert len(layout.KINDS) == 4


def test_a_month_is_closed_and_printed_from_the_command_line(
    app: Flask, work: list[Filed], tmp_path: Path
) -> None:
    run = CliRunner().invoke(reports, ["stats", "close", "--month", "2026-10"])
    assert run.exit_code == 0, run.output
    period = closing.closed(OCTOBER)
    assert run.stdout.strip() == period.sha256
    assert period.frozen_by == "command line"
    file = tmp_path / "october.pdf"
    printed = ["stats", "monthly", "--month", "2026-10", "--output", str(file), "--lang", "en"]
    run = CliRunner().invoke(reports, printed)
    assert run.exit_code == 0, run.output
    assert file.read_bytes() == service.report(OCTOBER, ZONE, "en").pdf()
    again = CliRunner().invoke(reports, ["stats", "close", "--month", "2026-10"])
    assert again.exit_code == 1
    assert "10/2026 đã chốt lúc 10:00 12/11/2026" in again.stderr
    nowhere = [*printed[:5], "/nonexistent/october.pdf"]
    run = CliRunner(env={"LANGUAGE": "en"}).invoke(reports, nowhere)
    assert run.exit_code == 1
    assert run.stderr.startswith("Cannot write /nonexistent/october.pdf: ")
