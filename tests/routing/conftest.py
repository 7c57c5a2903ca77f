"""A province of two communes, three agencies beside the centre, and categories on two levels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import shapely

from reports_service.agencies import service as agencies
from reports_service.agencies.models import AgencyKind
from reports_service.areas.models import Area
from reports_service.categories import service as categories
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.routing import service
from reports_service.routing.models import RoutingRule
from reports_service.routing.service import Decision
from tests.memory import nothing_remembered

__all__ = ["nothing_remembered"]
START = date(2025, 7, 1)


def add_agency(code: str, kind: str) -> int:
    names = {"vi": f"Đơn vị {code}", "en": f"Agency {code}"}
    return agencies.add(SYSTEM, {"code": code, "names": names, "kind": kind}).id


def add_area(code: str, name: str, west: float, **values: Any) -> Area:
    side = values.pop("side", 0.1)
    area = Area(
        code=code,
        names={"vi": f"Phường {name}", "en": f"{name} Ward"},
        level="commune",
        boundary=shapely.box(west, 11.2, west + side, 11.2 + side).wkb,
        source="test",
        **{"valid_from": START, **values},
    )
    db.session.add(area)
    db.session.flush()
    return area


def add_category(code: str, parent: str | None = None, **values: Any) -> int:
    plain: dict[str, Any] = {
        "code": code,
        "parent": parent,
        "names": {"vi": f"Loại {code}", "en": f"Kind {code}"},
        "descriptions": {"vi": "Mô tả", "en": "Description"},
        "keywords": [],
        "questions": [],
    }
    return categories.add(SYSTEM, plain | values).id


@pytest.fixture(autouse=True)
def province() -> dict[str, int]:
    """Code -> id of what there is. Long Hoa has a committee; Tân Ninh has none."""
    ids = {
        "centre": add_agency("centre", AgencyKind.CENTRE),
        "lights-company": add_agency("lights-company", AgencyKind.UTILITY),
        "roads-office": add_agency("roads-office", AgencyKind.DEPARTMENT),
        "committee": add_agency("committee", AgencyKind.COMMITTEE),
        "streets": add_category("streets"),
        "lights": add_category("lights", "streets"),
        "roads": add_category("roads", "streets"),
        "80": add_area("80", "Tây Ninh", 106.0, side=0.3).id,
    }
    ids["25630"] = add_area(
        "25630", "Long Hoa", 106.1, parent_id=ids["80"], committee_id=ids["committee"]
    ).id
    ids["25459"] = add_area("25459", "Tân Ninh", 106.2, parent_id=ids["80"]).id
    db.session.commit()
    return ids


@pytest.fixture
def rule() -> Callable[..., RoutingRule]:
    """Call it with conditions and a target: a saved rule."""

    def saved(**values: Any) -> RoutingRule:
        added = service.add(SYSTEM, values)
        Snapshot.forget_all()
        return added

    return saved


@pytest.fixture
def decide(province: dict[str, int]) -> Callable[..., Decision]:
    """Call it with codes of a category and an area, a text, and answers."""

    def decided(
        category: str | None = "lights", area: str | None = "25630", text: str = "", **answers: Any
    ) -> Decision:
        return service.decide(
            category_id=province[category] if category else None,
            area_id=province[area] if area else None,
            text=text,
            answers=answers,
        )

    return decided
