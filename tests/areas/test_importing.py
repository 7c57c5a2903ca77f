"""Imports keep history, change nothing twice, and replace demo polygons by real ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from reports_service.agencies.models import Agency, AgencyKind
from reports_service.areas import demo_polygons, geojson, importing, service
from reports_service.areas.importing import Outcome, ParentUnknown, Wishes, import_features
from reports_service.areas.models import Area, Level
from reports_service.core import clock
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.core.words import LANGUAGES, say
from reports_service.domain.errors import Invalid
from tests.areas.squares import collection, feature, square
from tests.province import SEEDS

JULY = date(2025, 7, 1)


def bring(*features: dict[str, Any], wishes: Wishes | None = None) -> Outcome:
    read = geojson.read_collection(collection(*features), "a.geojson")
    return import_features(SYSTEM, read, wishes or Wishes())


def versions(code: str) -> Sequence[Area]:
    return db.session.scalars(select(Area).where(Area.code == code).order_by(Area.valid_from)).all()


def test_areas_of_a_file_are_added_once() -> None:
    file = (feature("a", square(106, 11), valid_from="2025-07-01"), feature("b", square(107, 11)))
    assert bring(*file).added == 2
    again = bring(*file)
    assert (again.added, again.changed, again.unchanged, again.ended) == (0, 0, 2, 0)
    assert db.session.scalar(select(func.count(Area.id))) == 2


def test_a_later_version_ends_the_one_before_and_history_stays() -> None:
    bring(feature("a", square(106, 11), valid_from="2025-07-01"))
    outcome = bring(feature("a", square(106.5, 11), valid_from="2026-03-01"))
    assert (outcome.added, outcome.ended) == (1, 1)
    spans = [(area.valid_from, area.valid_to) for area in versions("a")]
    assert spans == [(JULY, date(2026, 3, 1)), (date(2026, 3, 1), None)]


def test_an_earlier_version_imported_late_takes_its_place_in_history() -> None:
    bring(feature("a", square(106, 11), valid_from="2025-07-01"))
    assert bring(feature("a", square(106.5, 11), valid_from="2010-01-01")).ended == 0
    spans = [(area.valid_from, area.valid_to) for area in versions("a")]
    assert spans == [(date(2010, 1, 1), JULY), (JULY, None)]


def test_a_correction_of_the_same_version_changes_it_in_place() -> None:
    bring(feature("a", square(106, 11), valid_from="2025-07-01"))
    outcome = bring(feature("a", square(106.2, 11), valid_from="2025-07-01"))
    assert (outcome.added, outcome.changed) == (0, 1)
    assert len(versions("a")) == 1


def test_the_administrators_date_goes_before_the_files() -> None:
    bring(
        feature("a", square(106, 11), valid_from="2025-07-01"),
        wishes=Wishes(valid_from=date(2026, 1, 1), level=Level.HAMLET, source="the map office"),
    )
    area = versions("a")[0]
    assert (area.valid_from, area.level) == (date(2026, 1, 1), "hamlet")
    assert area.source == "the map office"


def test_real_polygons_replace_demo_ones_and_keep_committee_and_parent() -> None:
    committee = Agency(
        code="ub-25630", names={"vi": "UBND"}, kind=AgencyKind.COMMITTEE, created_at=clock.now()
    )
    db.session.add(committee)
    db.session.flush()
    importing.draw_demo(SEEDS, {"25630": committee.id})
    outcome = bring(feature("25630", square(106.1, 11.2), valid_from="2025-07-01"))
    assert (outcome.added, outcome.demo_replaced, outcome.ended) == (0, 1, 0)
    area = service.by_code("25630")
    assert area.source == "a.geojson"
    assert area.committee is committee
    assert area.parent is not None
    assert area.parent.code == "80"
    assert area.names["en"] == "Long Hoa Ward"


def test_a_demo_province_follows_the_outline_of_its_real_communes(demo_province: int) -> None:
    before = service.by_code("80").boundary
    bring(feature("25630", square(108, 12), valid_from="2025-07-01"))
    assert service.by_code("80").boundary != before
    assert service.by_code("80").source == demo_polygons.SOURCE


def test_the_committee_goes_on_to_the_next_version(demo_province: int) -> None:
    agency = Agency(
        code="ub", names={"vi": "UB"}, kind=AgencyKind.COMMITTEE, created_at=clock.now()
    )
    db.session.add(agency)
    db.session.flush()
    service.change(SYSTEM, "25630", {"committee": "ub"})
    bring(feature("25630", square(106.1, 11.2), valid_from="2026-05-01"))
    assert [area.committee_id for area in versions("25630")] == [agency.id, agency.id]


def test_parents_and_children_may_come_together_in_any_order() -> None:
    bring(
        feature("00001", square(106, 11), province_code="80"),
        feature("80", square(106, 11, 0.3)),
    )
    child = service.by_code("00001")
    assert child.parent is not None
    assert (child.parent.code, child.parent.level) == ("80", "province")


def test_an_area_has_children_in_all_versions_and_its_rows_lead_to_its_path() -> None:
    bring(feature("80", square(106, 11, 0.3), valid_from="2025-07-01"))
    for day in ("2025-07-01", "2026-02-01"):
        bring(feature("a", square(106, 11), province_code="80", valid_from=day))
    bring(feature("b", square(107, 11), valid_from="2025-07-01"))
    rows = [area.id for area in versions("a")]
    assert set(service.with_children("80")) == {service.by_code("80").id, *rows}
    assert set(service.with_children("a")) == set(rows)
    for row in rows:
        assert [found.code for found in service.path_of_id(row)] == ["a", "80"]
    with pytest.raises(service.AreaUnknown):
        service.with_children("nowhere")


def test_a_parent_that_a_file_mentions_and_nobody_knows_is_reported() -> None:
    outcome = bring(feature("a", square(106, 11), province_code="46"))
    assert outcome.without_parent == {"46"}
    assert service.by_code("a").parent is None


def test_a_parent_that_the_administrator_names_must_exist() -> None:
    with pytest.raises(ParentUnknown):
        bring(feature("a", square(106, 11)), wishes=Wishes(parent="99"))


def test_a_twisted_shape_is_mended_and_counted() -> None:
    bow_tie = {
        "type": "Polygon",
        "coordinates": [[[106, 11], [107, 12], [107, 11], [106, 12], [106, 11]]],
    }
    assert bring(feature("a", bow_tie)).repaired == 1
    assert service.areas_at(11.5, 106.9)[0].code == "a"


def test_an_import_is_audited_and_one_without_change_is_not() -> None:
    for _ in range(2):
        bring(feature("a", square(106, 11), valid_from="2025-07-01"))
    db.session.commit()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "imported")).all()
    assert [entry.detail["added"] for entry in entries] == [1]


def test_the_index_in_memory_follows_an_import() -> None:
    assert service.areas_at(11.05, 106.05) == ()
    bring(feature("a", square(106, 11), valid_from="2025-07-01"))
    Snapshot.renew_all()
    assert [found.code for found in service.areas_at(11.05, 106.05)] == ["a"]


WRONG = [
    (feature("b", {"type": "Point", "coordinates": [106, 11]}), "feature_shape_wrong"),
    (feature("b", square(11, 106)), "feature_axes_swapped"),
    (feature("b", square(600_000, 1_200_000)), "feature_off_earth"),
    (feature("b", square(106, 11), valid_from="10000-01-01"), "feature_value_wrong"),
    (feature("b", square(106, 11), area_km2="nan"), "feature_value_wrong"),
    (feature("b", square(106, 11), level="planet"), "feature_value_wrong"),
    (feature("b", square(106, 11), name=""), "feature_without_name"),
    (feature("b", square(106, 11), name="a\x00b"), "feature_without_name"),
    ({"type": "Feature", "properties": {"code": 4}, "geometry": None}, "feature_without_code"),
    (feature("a", square(106, 11)), "feature_repeated"),
    ("no feature", "feature_without_code"),
]


@pytest.mark.parametrize(("wrong", "code"), WRONG)
def test_what_is_wrong_is_named_with_its_feature_and_line(wrong: Any, code: str) -> None:
    lines = [json.dumps(feature("a", square(106, 11))) + ",", json.dumps(wrong)]
    text = "\n".join(['{"type": "FeatureCollection", "features": [', *lines, "]}"])
    with pytest.raises(Invalid) as refused:
        geojson.read_text(text, "b.geojson")
    assert refused.value.code == code
    values = refused.value.values
    assert (values["file"], values["feature"], values["line"]) == ("b.geojson", 2, 3)
    assert all(say(code, language, **values) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{"type":\n "FeatureCollection", }', "area_file_not_json"),
        (b"\xff\xfe\x00", "area_file_not_json"),
        ("[" * 100_000, "area_file_not_json"),
        ("[1]", "area_file_not_collection"),
        ('{"type": "FeatureCollection", "features": []}', "area_file_not_collection"),
        (
            '{"type": "FeatureCollection", "features": [1], "crs": {"type": "name",'
            ' "properties": {"name": "urn:ogc:def:crs:EPSG::3405"}}}',
            "area_file_projected",
        ),
    ],
)
def test_what_is_no_geojson_is_refused(text: str | bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        geojson.read_text(text, "c.geojson")
    assert refused.value.code == code


def test_a_missing_size_is_measured() -> None:
    read = geojson.read_collection(collection(feature("a", square(106, 11))), "a.geojson")
    assert read[0].area_km2 == pytest.approx(120.7, rel=0.01)  # 0.1° of 110.6 km by 109.2 km
