"""Every page there is: its rule, an example of its address, and who opens it.

A page that is not in ``PAGES`` fails the suite, as does an address that is neither a page nor in
``NO_PAGES``. Words in braces are codes of reports from the month before (tests/browser/past.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

from tests.browser.past import Past


@dataclass(frozen=True)
class Shown:
    """A page as somebody opens it. ``status``: of its answer, for pages that refuse."""

    rule: str
    address: str
    role: str | None = None
    status: int = 200

    def __str__(self) -> str:
        return f"{self.address} as {self.role or 'the public'}"

    def path(self, month: Past) -> str:
        """The address with its codes, and with tokens where it says ``{token:name}``."""
        said = ""
        for text, name, kind, _ in Formatter().parse(self.address):
            said += text
            if name:
                said += month.token(kind) if name == "token" else month.code(name)
        return said


def page(
    rule: str, *roles: str | None, at: Sequence[str] | str | None = None, status: int = 200
) -> list[Shown]:
    """A page at one or several addresses (its rule, if none is given), for each of these roles."""
    addresses = [at] if isinstance(at, str) else at or [rule]
    return [
        Shown(rule, address, role, status) for address in addresses for role in roles or (None,)
    ]


OF_CITIZENS: Final = [
    *page("/"),
    *page("/r/<code>", at=["/r/{resolved}", "/r/{overdue}", "/r/{duplicate}", "/r/{withdrawn}"]),
    *page("/r/<code>", at="/r/000-000-0000", status=404),
    *page("/sign-in"),
    *page("/styleguide"),
]
OF_STAFF: Final[list[Shown]] = []
PAGES: Final[list[Shown]] = [*OF_CITIZENS, *OF_STAFF]
# Answers to GET that nobody looks at: they lead on, or are made for machines.
NO_PAGES: Final[Mapping[str, str]] = {
    "/r": "leads to a report by its code",
    "/manifest.<any(vi, en):lang>.json": "for browsers",
    "/map/boundaries.json": "for maps",
}
