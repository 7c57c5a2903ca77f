"""Files for spreadsheets as a program that opens them sees their cells."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import BytesIO, StringIO
from xml.etree import ElementTree
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Cell:
    """What a cell of XLSX holds: its type ("inlineStr", "n"), text, number format, formula."""

    kind: str
    text: str
    number_format: str
    formula: str | None


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_sheets(content: bytes) -> dict[str, list[dict[str, Cell]]]:
    """Name of a sheet -> its rows, each from letters of columns to cells that are not empty."""
    with ZipFile(BytesIO(content)) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        names = [sheet.get("name", "") for sheet in book.iter(f"{MAIN}sheet")]
        formats = _formats(ElementTree.fromstring(archive.read("xl/styles.xml")))
        return {
            name: _rows(
                ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{n}.xml")), formats
            )
            for n, name in enumerate(names, 1)
        }


def _formats(styles: ElementTree.Element) -> list[str]:
    codes = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter(f"{MAIN}numFmt")}
    cells = styles.find(f"{MAIN}cellXfs")
    assert cells is not None
    return [codes.get(one.get("numFmtId"), one.get("numFmtId") or "") for one in cells]


def _rows(sheet: ElementTree.Element, formats: list[str]) -> list[dict[str, Cell]]:
    return [
        {
            re.sub(r"\d", "", cell.get("r", "")): Cell(
                cell.get("t", "n"),
                "".join(part.text or "" for part in cell.iter() if part.tag != f"{MAIN}f"),
                formats[int(cell.get("s", "0"))],
                formula.text if (formula := cell.find(f"{MAIN}f")) is not None else None,
            )
            for cell in row
        }
        for row in sheet.iter(f"{MAIN}row")
    ]
