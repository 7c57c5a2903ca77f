"""Every page there is: its rule, an example of its address, and who opens it.

An address that is neither in ``PAGES`` nor in ``NO_PAGES`` nor that of a file fails the suite.
Words in braces are codes of reports from the month before (tests/browser/past.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

from reports_service.web.staff.acts import ACTS
from tests.browser.past import Past
from tests.personas import LIGHTS

REPORTER: Final = "reporter"  # no account: the private link of the report that the address names


@dataclass(frozen=True)
class Shown:
    """A page as somebody opens it. ``status``: of its answer, for pages that refuse."""

    rule: str
    address: str
    role: str | None = None
    status: int = 200

    def __str__(self) -> str:
        return f"{self.address} as {self.role or 'the public'}"

    @property
    def account(self) -> str | None:
        """Whose account is signed in; a reporter needs none."""
        return None if self.role == REPORTER else self.role

    def path(self, month: Past) -> str:
        """The address with its codes."""
        return self.address.format_map({name: month.code(name) for name in self._names()})

    def way_in(self, month: Past) -> str | None:
        """The private link that a reporter opens before, on this device."""
        if self.role != REPORTER:
            return None
        (name,) = self._names()
        return f"/r/{month.code(name)}/t/{month.token(name)}"

    def _names(self) -> list[str]:
        return [name for _, name, _, _ in Formatter().parse(self.address) if name]


def page(
    rule: str, *roles: str | None, at: Sequence[str] | str | None = None, status: int = 200
) -> list[Shown]:
    """A page at one or several addresses (its rule, if none is given), for each of these roles."""
    addresses = [at] if isinstance(at, str) else at or [rule]
    return [
        Shown(rule, address, role, status) for address in addresses for role in roles or (None,)
    ]


def register(name: str, key: str) -> list[Shown]:
    """The administrators' list of one kind of thing, a new one, and the one with this key."""
    address = f"/admin/{name}"
    return [
        *page(address, "admin"),
        *page(f"{address}/new", "admin"),
        *page(f"{address}/<key>", "admin", at=f"{address}/{key}"),
    ]


COMMUNE = "25630"  # phường Long Hoa
OF_CITIZENS: Final = [
    *page("/"),
    *page("/", at="/khong-co-trang-nay", status=404),  # by no rule at all
    *page("/file"),
    *page("/done/<code>", REPORTER, at="/done/{new}"),
    *page("/r/<code>", at=["/r/{resolved}", "/r/{overdue}", "/r/{duplicate}", "/r/{withdrawn}"]),
    *page("/r/<code>", at="/r/000-000-0000", status=404),
    *page("/r/<code>", REPORTER, at=["/r/{resolved}", "/r/{asked}", "/r/{closed}", "/r/{new}"]),
    *page("/r/<code>/correction", REPORTER, at="/r/{new}/correction"),
    *page("/r/<code>/erasure", REPORTER, at="/r/{new}/erasure"),
    *page("/r/<code>/link", REPORTER, at="/r/{new}/link"),
    *page("/r/<code>/feedback", REPORTER, at="/r/{resolved}/feedback"),
    *page("/r/<code>/feedback", at="/r/{resolved}/feedback", status=403),
    *page("/r/<code>/follow", at="/r/{working}/follow"),
    *page("/r/<code>/identity", REPORTER, at="/r/{new}/identity"),
    *page("/r/<code>/photos", REPORTER, at="/r/{new}/photos"),
    *page("/r/<code>/reopening", REPORTER, at="/r/{closed}/reopening"),
    *page("/r/<code>/reply", REPORTER, at="/r/{asked}/reply"),
    *page("/r/<code>/withdrawal", REPORTER, at="/r/{new}/withdrawal"),
    *page("/mine"),
    *page("/waiting"),
    *page("/offline"),
    *page("/map"),
    *page("/reports", at=["/reports", "/reports?q=den+duong", "/reports?q=khong-co-gi"]),
    *page("/areas"),
    *page("/areas/<code>", at=f"/areas/{COMMUNE}"),
    *page("/agencies"),
    *page("/agencies/<code>", at=f"/agencies/{LIGHTS}"),
    *page("/sign-in"),
    *page("/forgotten"),
    *page("/reset/<token>", at="/reset/none", status=410),
    *page("/styleguide"),
]
OF_AGENCIES: Final = [
    *page("/account", "officer"),
    *page("/account/second-factor", "officer"),
    *page("/queue", "officer", "head", "operator"),
    *page("/inbox", "officer", "leader"),
    *page("/work/<code>", "officer", at=["/work/{new}", "/work/{working}", "/work/{resolved}"]),
    *page("/work/<code>", "officer", at=["/work/{asked}", "/work/{overdue}"]),
    *page("/work/<code>", "head", at="/work/{extension}"),
    *page("/team", "head"),
    *page("/work/<code>", "operator", at=["/work/{unsorted}", "/work/{duplicate}"]),
]
OF_THE_CENTRE: Final = [
    *page("/triage", "operator"),
    *page("/call", "operator"),
    *page("/call/<code>", "operator", at="/call/{new}"),
    *page("/merge/<code>", "operator", at="/merge/{original}"),
    *page("/moderate/<code>", "operator", at="/moderate/{working}"),
    *page("/work/<code>/contact", "operator", at="/work/{new}/contact"),
    *page("/refer/<code>", "operator", at="/refer/{unsorted}"),
    *page("/reject/<code>", "operator", at="/reject/{unsorted}"),
    *page("/file/for-others", "facilitator"),
    *page("/file/slip/<code>", "facilitator", at="/file/slip/{brought}"),
]
OF_LEADERS: Final = [
    *page("/figures", "leader", "operator"),
    *page("/figures/agencies", "leader"),
    *page("/figures/agencies/<code>", "leader", "head", at=f"/figures/agencies/{LIGHTS}"),
    *page("/figures/reports", "leader", at="/figures/reports?measure=overdue"),
    *page("/figures/definitions", "leader"),
    *page("/figures/quality", "leader", "head"),
    *page("/figures/quality/reports", "leader", at="/figures/quality/reports?check=silent"),
    *page("/figures/five-groups", "leader"),
    *page("/figures/months", "leader"),
    *page("/figures/months/<month>", "leader", at="/figures/months/2026-01", status=404),
]
OF_ADMINISTRATORS: Final = [
    *page("/admin", "admin"),
    *register("accounts", "officer@demo.example"),
    *register("agencies", LIGHTS),
    *register("categories", "den-duong"),
    *register("ladders", "thong-thuong"),
    *register("policies", "den-duong"),
    *register("rules", "1"),
    *page("/admin/rules/try", "admin"),
    *page("/admin/areas", "admin"),
    *page(
        "/admin/accounts/<key>/access", "admin", at="/admin/accounts/officer@demo.example/access"
    ),
    *page("/admin/api-keys", "admin"),
    *page("/admin/audit", "admin"),
    *page("/admin/dead-letters", "admin"),
    *page("/admin/calendar", "admin"),
    *page("/looks", "admin", "data_officer"),
    *page("/retention", "data_officer"),
]
PAGES: Final[list[Shown]] = [
    *OF_CITIZENS,
    *OF_AGENCIES,
    *OF_THE_CENTRE,
    *OF_LEADERS,
    *OF_ADMINISTRATORS,
]
# Files to be taken along, and what machines read.
FILES: Final = (".zip", ".csv", ".xlsx", ".pdf", ".json", ".jsonl", ".xml", ".rss", ".js")
# Other answers to GET that nobody looks at.
NO_PAGES: Final[Mapping[str, str]] = {
    "/r": "leads to a report by its code",
    "/r/<code>/t/<token>": "leads to a report, for its reporter from then on",
    "/favicon.ico": "the icon, where a browser asks for it by itself",
    "/sign-in/code": "leads to the first step; tests/browser/test_second_step.py opens it after it",
    "/sign-in/oidc": "leads to the OpenID provider of the deployment",
    "/sign-in/oidc/back": "leads on from there",
    "/file/token": "for the pages that send what waited",
    "/queue/news": "a part of the queue",
    "/call/similar": "a part of the page for calls",
    "/work/<code>/colleagues": "names to choose from while one writes",
    **{f"/work/<code>/{act}": "leads to the form on the report's page" for act in ACTS},
}
