"""CSV and XLSX: numbers stay numbers, text stays text, whoever wrote it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reports_service.statistics.interface.spreadsheets import (
    Column,
    Kind,
    Sheet,
    csv_of,
    write_xlsx,
)
from tests.statistics.opened import csv_rows, xlsx_sheets

pytestmark = pytest.mark.pure
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MOMENT = datetime(2026, 12, 3, 17, 30, tzinfo=UTC)
ROW: dict[Kind, Any] = {
    Kind.TEXT: "Đường Trần Phú",
    Kind.COUNT: 1234,
    Kind.SHARE: 2 / 3,
    Kind.DECIMAL: 12.345,
    Kind.STARS: 4.256,
    Kind.DAY: date(2026, 12, 4),
    Kind.MOMENT: MOMENT,
    Kind.INSTANT: MOMENT,
    Kind.CHANGE: -0.1234,
}
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x.example")',
           "＝1"]  # fmt: skip


def sheet(*rows: dict[Kind, Any], about: tuple[tuple[str, str], ...] = ()) -> Sheet:
    columns = [Column(str(kind), kind, lambda row, kind=kind: row.get(kind)) for kind in Kind]
    return Sheet("Số liệu", about, columns, rows, ZONE)


def written_csv(table: Sheet) -> bytes:
    return b"".join(csv_of(table))


def written_xlsx(*tables: Sheet) -> bytes:
    file = BytesIO()
    write_xlsx(tables, file)
    return file.getvalue()


def test_csv_is_what_excel_reads_as_vietnamese() -> None:
    content = written_csv(sheet(ROW, about=(("Kỳ", "01/12 – 04/12"),)))
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Kỳ,01/12 – 04/12"
    assert lines[-1] == ""
    assert "\n" not in "".join(lines)
    assert csv_rows(content)[-1] == [
        "Đường Trần Phú", "1234", "0.6667", "12.3", "4.26", "2026-12-04", "2026-12-04 00:30",
        "2026-12-04T00:30:00+07:00",
        "-12.3",
    ]  # fmt: skip


def test_xlsx_holds_numbers_as_numbers_with_their_formats() -> None:
    (row,) = (rows := xlsx_sheets(written_xlsx(sheet(ROW)))["Số liệu"])[-1:]
    assert row["A"].text == "Đường Trần Phú"
    assert (row["B"].kind, row["B"].text) == ("n", "1234")
    assert (float(row["C"].text), row["C"].number_format) == (pytest.approx(2 / 3), "0.0 %")
    assert row["D"].number_format == "#,##0.0"
    assert (row["F"].text, row["F"].number_format) == ("46360", "dd/mm/yyyy")
    assert float(row["G"].text) == pytest.approx(46360 + 0.5 / 24)
    assert [cell.text for cell in rows[0].values()] == [str(kind) for kind in Kind]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_begins_like_a_formula_stays_text(text: str) -> None:
    hostile = sheet({Kind.TEXT: text}, about=((text, text),))
    rows = csv_rows(written_csv(hostile))
    assert rows[0] == [f"'{text}"] * 2
    assert rows[-1][0] == f"'{text}"
    cells = [cell for row in xlsx_sheets(written_xlsx(hostile))["Số liệu"] for cell in row.values()]
    assert all(cell.formula is None for cell in cells)
    assert sum(cell.text.endswith(text.strip()) for cell in cells) == 3


def test_a_division_by_nothing_is_an_empty_cell() -> None:
    assert csv_rows(written_csv(sheet({Kind.TEXT: "x"})))[-1] == ["x", *[""] * 8]
    assert list(xlsx_sheets(written_xlsx(sheet({Kind.TEXT: "x"})))["Số liệu"][-1]) == ["A"]


def test_a_long_table_comes_in_pieces_while_it_is_read() -> None:
    read = []

    def rows() -> Any:
        for number in range(20_000):
            read.append(number)
            yield {Kind.COUNT: number}

    pieces = csv_of(Sheet("x", (), sheet().columns, rows(), ZONE))
    next(pieces)
    assert len(read) < 20_000
    assert len(csv_rows(next(pieces) + b"".join(pieces))) > 10_000


def test_two_sheets_stand_in_one_file() -> None:
    other = Sheet("Định nghĩa", (), sheet().columns, [], ZONE)
    assert list(xlsx_sheets(written_xlsx(sheet(ROW), other))) == ["Số liệu", "Định nghĩa"]


def test_a_change_too_small_to_show_is_no_change() -> None:
    assert csv_rows(written_csv(sheet({Kind.DECIMAL: -0.01})))[-1][3] == "0.0"
