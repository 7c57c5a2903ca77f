"""Writes areas.csv and centres.csv from the data that the PyPI package vietnamadminunits carries.

Run once by hand (`pip install vietnamadminunits==1.0.4`, then `python make_areas.py`); the service
itself reads only the two CSV files. Source of every code, name, point and area: that package (MIT).
"""

from __future__ import annotations

import csv
import json
import sqlite3
import unicodedata
from importlib.resources import files
from pathlib import Path
from typing import Any

PROVINCE = "80"
PROVINCE_KEY = "tinhtayninh"
PROVINCE_KM2 = 8536.44  # Resolution 202/2025/QH15; the package has none for a province
VALID_FROM = "2025-07-01"
ENGLISH = {"Phường": "Ward", "Xã": "Commune", "Tỉnh": "Province"}
HERE = Path(__file__).parent

COMMUNES = """SELECT wardCode, ward, wardLat, wardLon, wardAreaKm2, wardKey, province,
                     provinceLat, provinceLon
              FROM admin_units WHERE provinceCode = ? ORDER BY wardCode"""
OLD_UNITS = """SELECT provinceKey || '_' || districtKey || '_' || wardKey AS key,
                      ward || ', ' || district AS name, wardLat, wardLon
               FROM admin_units_legacy WHERE wardKey IS NOT NULL"""


def without_marks(text: str) -> str:
    """Vietnamese text in plain Latin letters: "Xã Đức Huệ" becomes "Xa Duc Hue"."""
    split = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def english_name(name: str) -> str:
    """ "Phường Long Hoa" becomes "Long Hoa Ward"."""
    kind, _, own_name = name.partition(" ")
    return f"{without_marks(own_name)} {ENGLISH[kind]}"


def read_rows(query: str, *values: str) -> list[sqlite3.Row]:
    """All rows of one query over the package's database."""
    with sqlite3.connect(str(files("vietnamadminunits") / "data" / "dataset.db")) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(query, values).fetchall()


def successors() -> dict[str, str]:
    """Key of each unit before July 2025 -> key of the commune that took all, or most, of it."""
    text = (files("vietnamadminunits") / "data" / "converter_2025.json").read_text("utf-8")
    converter: dict[str, Any] = json.loads(text)
    whole = converter["DICT_PROVINCE_WARD_NO_DIVIDED"][PROVINCE_KEY]
    found = {old: new for new, olds in whole.items() for old in olds}
    for old, parts in converter["DICT_PROVINCE_WARD_DIVIDED"][PROVINCE_KEY].items():
        found[old] = next(part["newWardKey"] for part in parts if part["isDefaultNewWard"])
    return found


def area_rows(communes: list[sqlite3.Row]) -> list[list[object]]:
    """The province first, then its communes by code."""
    province = communes[0]["province"]
    rows: list[list[object]] = [
        [
            PROVINCE,
            "province",
            "",
            province,
            english_name(province),
            communes[0]["provinceLat"],
            communes[0]["provinceLon"],
            PROVINCE_KM2,
            VALID_FROM,
        ]
    ]
    rows += [
        [
            c["wardCode"],
            "commune",
            PROVINCE,
            c["ward"],
            english_name(c["ward"]),
            c["wardLat"],
            c["wardLon"],
            round(c["wardAreaKm2"], 2),
            VALID_FROM,
        ]
        for c in communes
    ]
    return rows


def centre_rows(communes: list[sqlite3.Row]) -> list[list[object]]:
    """Each commune's own centre, and the centres of the old units that became part of it."""
    code_of = {commune["wardKey"]: commune["wardCode"] for commune in communes}
    rows: list[list[object]] = [
        [c["wardCode"], c["ward"], c["wardLat"], c["wardLon"]] for c in communes
    ]
    becomes = successors()
    rows += [
        [code_of[becomes[old["key"]]], old["name"], old["wardLat"], old["wardLon"]]
        for old in read_rows(OLD_UNITS)
        if old["key"] in becomes
    ]
    return sorted(rows, key=lambda row: str(row[0]))


def write(name: str, header: str, rows: list[list[object]]) -> None:
    """Write one CSV file beside this script."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


if __name__ == "__main__":
    found = read_rows(COMMUNES, PROVINCE)
    write(
        "areas.csv",
        "code,level,parent,name_vi,name_en,lat,lon,area_km2,valid_from",
        area_rows(found),
    )
    write("centres.csv", "area,name,lat,lon", centre_rows(found))
