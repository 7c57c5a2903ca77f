"""What sheets and cells hold: the moments by which is counted, and the counts of each."""

from __future__ import annotations

from enum import IntEnum
from typing import Final
from zlib import crc32

import numpy as np

EXACT_BELOW: Final = 2000  # lengths: so few are kept one by one; more as a histogram
FRACTION: Final = 1 << 7  # a flag: the moment lies after the second that is kept


class Kind(IntEnum):
    """The moment whose local month a sheet is of."""

    OPENED = 0
    DUE = 1
    DUE_WITH_EXTENSIONS = 2
    ACKNOWLEDGEMENT_DUE = 3
    RESOLVED = 4
    FILED = 5  # of reports, as are promises; the others are of assignments
    PROMISED = 6


class Axis(IntEnum):
    """What a cell is of, besides its agency: its ``member`` is an id on that axis."""

    AGENCY = 0  # all that the agency did; member 0
    CATEGORY = 1
    AREA = 2
    CHANNEL = 3  # member: 1 and the place among ``domain.channels.Channel``
    DAY = 4  # of the month that is the cell's span; member: day of the month
    # Where two filters meet: cells of the years that are over, and of the past. Member: two ids.
    CATEGORY_AREA = 5
    CATEGORY_CHANNEL = 6
    AREA_CHANNEL = 7


PAIRS: Final = {
    Axis.CATEGORY_AREA: (Axis.CATEGORY, Axis.AREA),
    Axis.CATEGORY_CHANNEL: (Axis.CATEGORY, Axis.CHANNEL),
    Axis.AREA_CHANNEL: (Axis.AREA, Axis.CHANNEL),
}

OF_REPORTS: Final = (Kind.FILED, Kind.PROMISED)
# Their moments may lie in the future: counted only once they have passed.
DEADLINES: Final = (
    Kind.DUE,
    Kind.DUE_WITH_EXTENSIONS,
    Kind.ACKNOWLEDGEMENT_DUE,
    Kind.PROMISED,
)

# The flags of a row, bit by bit: the count of each is how many rows bear it.
FLAGS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.OPENED: (
        "duplicates", "recurring", "extended", "transferred", "handed_back", "rejected", "still",
    ),
    Kind.DUE: ("due", "met", "no_reply", "left_out"),
    Kind.DUE_WITH_EXTENSIONS: ("due_with_extensions", "met_with_extensions"),
    Kind.ACKNOWLEDGEMENT_DUE: ("acknowledgements_due", "acknowledged_on_time"),
    Kind.RESOLVED: ("reopened", "fixed", "answered", "planned", "not_found"),
    Kind.FILED: ("duplicate_reports", "recurring_reports", "first_sign_open"),
    Kind.PROMISED: ("promises_due", "promises_kept", "promises_without_reply"),
}  # fmt: skip
# Counts that are no flag: how many rows there are, and what is summed or measured over them.
BESIDE: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.OPENED: (
        "received", "acknowledge_known", "acknowledge_open", "resolve_known", "resolve_open",
    ),
    Kind.DUE: (),
    Kind.DUE_WITH_EXTENSIONS: (),
    Kind.ACKNOWLEDGEMENT_DUE: (),
    Kind.RESOLVED: ("resolutions", "satisfaction_n", "stars"),
    Kind.FILED: ("reports", "first_sign_known"),
    Kind.PROMISED: (),
}  # fmt: skip

COUNTS: Final[tuple[str, ...]] = tuple(
    name for kind in Kind for name in (*FLAGS[kind], *BESIDE[kind])
)
PLACE: Final[dict[str, int]] = {name: place for place, name in enumerate(COUNTS)}
KIND_OF: Final = np.array([kind for kind in Kind for _ in (*FLAGS[kind], *BESIDE[kind])])
IS_DEADLINE: Final = np.isin(KIND_OF, DEADLINES)

# How long things took, each in whole seconds; those of a cell in this order. To acknowledge and to
# resolve are known in working and in elapsed time, or not at all.
LENGTHS: Final = (
    "acknowledge_working", "acknowledge_elapsed", "resolve_working", "resolve_elapsed",
    "first_sign_elapsed",
)  # fmt: skip
UNKNOWN: Final = 0xFFFFFFFF
# Which of them a row bears: of an assignment, or of a report.
LENGTHS_OF: Final = {Kind.OPENED: slice(0, 4), Kind.FILED: slice(4, 5)}

# One row of a sheet: whose, when (seconds since 1970, rounded down), of what, and its flags.
_COLUMNS: Final = [
    ("id", "<u4"),
    ("at", "<u4"),
    ("category", "<u4"),  # 0: none
    ("area", "<u4"),
    ("channel", "u1"),
    ("flags", "u1"),
    ("stars", "<u2"),  # of RESOLVED: the rating, 0 for none
]
ROW: Final = np.dtype(_COLUMNS)
# A row of OPENED holds the lengths, and where the other copies of the same assignment lie:
# the seconds of its other moments (0: none), and for the first one of a report (else 0) the
# report's id, its agency, and the seconds of its filing and of its promise.
OPENED_ROW: Final = np.dtype(
    [
        *_COLUMNS,
        ("lengths", "<u4", (4,)),
        ("due", "<u4"),
        ("due_with_extensions", "<u4"),
        ("acknowledgement_due", "<u4"),
        ("resolved", "<u4"),
        ("report", "<u4"),
        ("report_agency", "<u4"),
        ("filed", "<u4"),
        ("promised", "<u4"),
    ]
)
FILED_ROW: Final = np.dtype([*_COLUMNS, ("lengths", "<u4", (1,))])
ROW_OF: Final = dict.fromkeys(Kind, ROW) | {Kind.OPENED: OPENED_ROW, Kind.FILED: FILED_ROW}
# A deadline of the month that runs, or later: kept beside the month's counts, for it counts from
# its own second on.
MARK: Final = np.dtype([("at", "<u4"), ("kind", "u1"), ("flags", "u1")])
# What was written by another layout cannot be read: it is made anew.
LAYOUT: Final = crc32(repr((COUNTS, LENGTHS, ROW_OF, MARK, EXACT_BELOW)).encode())
