"""The province that is populated: agencies, categories, areas, a calendar, who answers for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import select

from bench.populated.hours import WEEKLY
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.areas.models import Area, Level
from reports_service.categories.models import Category, Visibility
from reports_service.core.db import Model, db, unit_of_work
from reports_service.sla.models import Calendar

Numbers = np.ndarray[Any, Any]
Row = TypeVar("Row", bound=Model)

COMMUNES, DEPARTMENTS, UTILITIES = 96, 45, 18  # and the centre: 160 agencies
PARENTS, LEAVES_EACH = 8, 5
ANSWERED_BY_COMMITTEES = 16  # leaf categories; the others by one to three departments
TARGET_DAYS = (3, 5, 7, 10, 15)
RESTRICTED_SHARE = 0.003
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Province:
    """Ids, and what is drawn by them. Arrays go by the place of a leaf category or commune.

    ``answering``: per leaf three departments (repeated where fewer answer), 0 for committees.
    ``pace``: by agency id, how long it takes against others; ``kindness`` moves its ratings.
    """

    centre: int
    departments: Numbers
    communes: Numbers
    committees: Numbers
    commune_weights: Numbers
    leaves: Numbers
    code_of_leaf: dict[int, str]
    code_of_commune: dict[int, str]
    leaf_weights: Numbers
    leaf_restricted: Numbers
    answering: Numbers
    target_days: Numbers
    pace: Numbers
    kindness: Numbers


def lay(seed: int) -> Province:
    """Write the reference data into an empty database of the current application."""
    chance = np.random.default_rng([seed, 1])
    with unit_of_work():
        centre, *departments = _agencies()
        committees = _of_kind("ubnd", AgencyKind.COMMITTEE, COMMUNES)
        communes = _communes(committees)
        leaves = _leaves()
        db.session.add(Calendar(code="hanh-chinh", names=_names("hc"), weekly=WEEKLY,
                                created_at=LONG_AGO))  # fmt: skip
        db.session.flush()
        most = db.session.scalar(select(Agency.id).order_by(Agency.id.desc()).limit(1)) or 0
        offices = np.array([one.id for one in departments])
        return Province(
            centre=centre.id,
            departments=offices,
            communes=np.array([one.id for one in communes]),
            committees=np.array([one.id for one in committees]),
            commune_weights=_skewed(COMMUNES, 0.8, chance),
            leaves=np.array([one.id for one in leaves]),
            code_of_leaf={one.id: one.code for one in leaves},
            code_of_commune={one.id: one.code for one in communes},
            leaf_weights=_leaf_weights(leaves, chance),
            leaf_restricted=np.array([one.visibility == Visibility.RESTRICTED for one in leaves]),
            answering=_answering(offices, chance),
            target_days=chance.choice(TARGET_DAYS, len(leaves)),
            pace=np.exp(chance.normal(0, 0.4, most + 1)),
            kindness=chance.normal(0, 0.5, most + 1),
        )


def _agencies() -> list[Agency]:
    """The centre first, then departments and companies."""
    centre = Agency(code="trung-tam-1022", names=_names("1022"), kind=AgencyKind.CENTRE,
                    created_at=LONG_AGO)  # fmt: skip
    _write([centre])
    return [
        centre,
        *_of_kind("so", AgencyKind.DEPARTMENT, DEPARTMENTS),
        *_of_kind("cong-ty", AgencyKind.UTILITY, UTILITIES),
    ]


def _of_kind(code: str, kind: AgencyKind, number: int) -> list[Agency]:
    made = [
        Agency(code=f"{code}-{n:03d}", names=_names(f"{code} {n}"), kind=kind, created_at=LONG_AGO)
        for n in range(1, number + 1)
    ]
    return _write(made)


def _communes(committees: list[Agency]) -> list[Area]:
    province = Area(code="80", names=_names("80"), level=Level.PROVINCE, **_valid())
    _write([province])
    made = [
        Area(code=f"{25_000 + n}", names=_names(f"xã {n}"), level=Level.COMMUNE,
             parent_id=province.id, committee_id=committee.id, **_valid())
        for n, committee in enumerate(committees)
    ]  # fmt: skip
    return _write(made)


def _valid() -> dict[str, Any]:
    return {"valid_from": date(2010, 1, 1), "source": "bench"}


def _leaves() -> list[Category]:
    """The last one is never published."""
    parents = _write([_category(f"nhom-{n}", None) for n in range(PARENTS)])
    leaves = [_category(f"loai-{n}", parents[n % PARENTS].id) for n in range(PARENTS * LEAVES_EACH)]
    leaves[-1].visibility = Visibility.RESTRICTED
    return _write(leaves)


def _category(code: str, parent_id: int | None) -> Category:
    return Category(code=code, parent_id=parent_id, names=_names(code), descriptions=_names(code),
                    keywords=[], questions=[], created_at=LONG_AGO)  # fmt: skip


def _names(word: str) -> dict[str, str]:
    return {"vi": word, "en": word}


def _write(rows: list[Row]) -> list[Row]:
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _skewed(number: int, steepness: float, chance: np.random.Generator) -> Numbers:
    """Shares that fall as a power of the rank, in random order."""
    shares = chance.permutation(1 / np.arange(2, number + 2) ** steepness)
    return shares / shares.sum()


def _leaf_weights(leaves: list[Category], chance: np.random.Generator) -> Numbers:
    others = _skewed(len(leaves) - 1, 0.9, chance) * (1 - RESTRICTED_SHARE)
    return np.append(others, RESTRICTED_SHARE)


def _answering(departments: Numbers, chance: np.random.Generator) -> Numbers:
    leaves = PARENTS * LEAVES_EACH
    answering = np.zeros((leaves, 3), dtype=np.int64)
    for leaf in chance.permutation(leaves)[ANSWERED_BY_COMMITTEES:]:
        some = chance.choice(departments, chance.integers(1, 4), replace=False)
        answering[leaf] = np.resize(some, 3)
    return answering
