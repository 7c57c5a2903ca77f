"""From the rows of sheets to cells: counted for many groups in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells.layout import (
    COUNTS,
    DEADLINES,
    FLAGS,
    LENGTHS_OF,
    MARK,
    PLACE,
    UNKNOWN,
    Kind,
)
from reports_service.statistics.cells.lengths import SORTS, Known
from reports_service.statistics.cells.pool import Pool

Array = NDArray[Any]
PATTERNS: Final = 256  # of eight flags
MANY_KEYS: Final = 1_000_000  # beyond it sorting costs less than a place for each
FEW: Final = 2_000  # groups: so many are counted by pattern, in one pass over the rows


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows of one kind, and the number of the group that each belongs to."""

    groups: Array
    rows: Array


def factored(keys: Array) -> tuple[Array, Array]:
    """The different keys, ascending, and the place of each row's among them."""
    if not len(keys) or int(keys.max()) - (least := int(keys.min())) > MANY_KEYS:
        return np.unique(keys, return_inverse=True)
    from_least = keys - least
    occurs = np.zeros(int(from_least.max()) + 1, dtype=bool)
    occurs[from_least] = True
    return np.flatnonzero(occurs) + least, (np.cumsum(occurs) - 1)[from_least]


def counts_of(parts: Mapping[Kind, Grouped], groups: int) -> Array:
    """(groups, ``COUNTS``): every count of the rows of each group."""
    counted = np.zeros((groups, len(COUNTS)), dtype=np.int64)
    for kind, part in parts.items():
        for name, number in _of_kind(kind, part, groups).items():
            counted[:, PLACE[name]] = number
    return counted


def _of_kind(kind: Kind, part: Grouped, groups: int) -> dict[str, Array]:
    """The counts that rows of this kind stand in."""

    def count(holds: Any = None) -> Array:
        chosen = part.groups if holds is None else part.groups[holds]
        return np.bincount(chosen, minlength=groups)

    flags = np.ascontiguousarray(part.rows["flags"])
    found = dict(zip(FLAGS[kind], _flagged(part.groups, flags, groups), strict=False))
    match kind:
        case Kind.OPENED:
            still = (flags & (1 << FLAGS[kind].index("still"))).astype(bool)
            acknowledged = part.rows["lengths"][:, 0] != UNKNOWN
            resolved = part.rows["lengths"][:, 2] != UNKNOWN
            found |= {
                "received": count(),
                "acknowledge_known": count(acknowledged),
                "acknowledge_open": count(still & ~acknowledged),
                "resolve_known": count(resolved),
                "resolve_open": count(still & ~resolved),
            }
        case Kind.RESOLVED:
            stars = part.rows["stars"]
            found |= {
                "resolutions": count(),
                "satisfaction_n": count(stars > 0),
                "stars": np.bincount(part.groups, weights=stars, minlength=groups),
            }
        case Kind.FILED:
            found |= {
                "reports": count(),
                "first_sign_known": count(part.rows["lengths"][:, 0] != UNKNOWN),
            }
    return found


def counts_of_marks(of: Array, kinds: Array, flags: Array, groups: int) -> Array:
    """(groups, ``COUNTS``): the counts of deadlines, of all kinds in one pass."""
    pattern = (of * len(Kind) + kinds) * PATTERNS + flags
    size = groups * len(Kind) * PATTERNS
    patterns = np.bincount(pattern, minlength=size).reshape(groups, len(Kind), PATTERNS)
    counted = np.zeros((groups, len(COUNTS)), dtype=np.int64)
    for kind in DEADLINES:
        for bit, name in enumerate(FLAGS[kind]):
            bears = (np.arange(PATTERNS) >> bit) & 1
            counted[:, PLACE[name]] = patterns[:, kind] @ bears
    return counted


def _flagged(of: Array, flags: Array, groups: int) -> Array:
    """(bits, groups): how many of each group's rows bear each flag."""
    bits = np.arange(8)
    if groups > FEW:
        return np.array([np.bincount(of[(flags >> bit) & 1 > 0], minlength=groups) for bit in bits])
    patterns = np.bincount(of * PATTERNS + flags, minlength=groups * PATTERNS)
    bears = (np.arange(PATTERNS)[:, None] >> bits) & 1
    counted: Array = (patterns.reshape(groups, PATTERNS) @ bears).T
    return counted


def known_of(counts: Array) -> Known:
    """How many lengths there are, as the counts say it."""
    known, still = (
        [counts[:, PLACE[f"{of}_{how}"]] for of in ("acknowledge", "resolve", "first_sign")]
        for how in ("known", "open")
    )
    return Known.of(known, still)


def lengths_of(parts: Mapping[Kind, Grouped], counts: Array) -> list[bytes]:
    """The lengths of each group, as cells keep them."""
    pool = Pool(len(counts))
    for kind in LENGTHS_OF.keys() & parts.keys():
        pool.add_rows(parts[kind].groups, lengths_in(kind, parts[kind].rows))
    return pool.blobs(known_of(counts))


def lengths_in(kind: Kind, rows: Array) -> Array:
    """(rows, sorts): the lengths that rows of a kind bear; ``UNKNOWN`` where there is none."""
    found = np.full((len(rows), SORTS), UNKNOWN, dtype=np.uint32)
    found[:, LENGTHS_OF[kind]] = rows["lengths"]
    return found


def marks_of(parts: Mapping[Kind, Grouped], groups: int) -> list[bytes]:
    """The deadlines of each group with their seconds, in their order."""
    kept = [_marks(kind, part) for kind, part in parts.items()]
    marks = np.concatenate([np.zeros(0, dtype=MARK), *(marks for marks, _ in kept)])
    of = np.concatenate([np.zeros(0, dtype=np.int64), *(of for _, of in kept)])
    order = np.lexsort((marks["flags"], marks["kind"], marks["at"], of))
    marks, ends = marks[order], np.cumsum(np.bincount(of, minlength=groups))
    return [part.tobytes() for part in np.split(marks, ends[:-1])]


def _marks(kind: Kind, part: Grouped) -> tuple[Array, Array]:
    marks = np.zeros(len(part.rows), dtype=MARK)
    marks["at"], marks["kind"], marks["flags"] = part.rows["at"], kind, part.rows["flags"]
    return marks, part.groups
