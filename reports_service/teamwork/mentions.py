"""Mentions: "@Tên" and "@email" in internal notes name colleagues, who are then told.

Whom a note can name: who works at the agency that holds the report, and the operators of the
centre. These see the report's notes anyway. What names nobody is left as text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from reports_service.accounts.models import Account
from reports_service.agencies import service as agencies
from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.roles import Role
from reports_service.domain.text import fold
from reports_service.reports.models import Report

SUGGESTED_MOST = 8
MENTIONED_MOST = 20
NAME_LONGEST = 200
# An @ begins a mention where no letter stands before it: an address in a sentence has one.
_BEGIN = re.compile(r"(?<![\w@])@(?=\w)")
_IN_WORD = re.compile(r"\w")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class Colleague:
    """One who can be named. ``insert`` is what stands after the @ and names nobody else."""

    account_id: int
    name: str
    email: str
    role: str
    agency: Mapping[str, str]
    insert: str


def named_in(text: str, report: Report) -> list[int]:
    """The accounts that a note names, in its order, each once, at most ``MENTIONED_MOST``."""
    begins = [match.end() for match in _BEGIN.finditer(text)]
    if not begins:
        return []
    with db.session.no_autoflush:
        calls = _calls(_people(report))
    found = (one for begin in begins for one in _called(_on(text, begin), calls))
    return list(dict.fromkeys(found))[:MENTIONED_MOST]


def suggestions(report: Report, actor: Actor, prefix: str) -> list[Colleague]:
    """Who may be meant by what was typed after an @: any word of the name begins so, marks aside.

    Empty where nothing was typed fits; with nothing typed, the first by name.
    """
    people = _people(report)
    shared = Counter(fold(one.name) for one in people)
    typed = fold(prefix[:NAME_LONGEST])
    fitting = [one for one in people if one.id != actor.account_id and _begins(one, typed)]
    return [
        Colleague(
            account_id=one.id,
            name=one.name,
            email=one.email,
            role=one.role,
            agency=agencies.known(one.agency_id).names if one.agency_id else {},
            insert=one.email if shared[fold(one.name)] > 1 else one.name,
        )
        for one in fitting[:SUGGESTED_MOST]
    ]


def names_of(account_ids: Collection[int]) -> dict[int, str]:
    """The names of these accounts."""
    if not account_ids:
        return {}
    found = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row.id: row.name for row in db.session.execute(found)}


def accounts_of(account_ids: Collection[int]) -> Sequence[Account]:
    """Those of these accounts that have not ended, in this order."""
    if not account_ids:
        return []
    found = db.session.scalars(select(Account).where(Account.id.in_(account_ids), _active()))
    order = {account_id: place for place, account_id in enumerate(account_ids)}
    return sorted(found, key=lambda one: order[one.id])


def _on(text: str, begin: int) -> str:
    """The text from ``begin`` on as far as a name can reach, folded; a line's end ends it."""
    return fold(text[begin : begin + NAME_LONGEST].partition("\n")[0])


def _people(report: Report) -> Sequence[Account]:
    """Who can be named in the notes of this report, by name."""
    holders = (Account.agency_id == report.agency_id) & Account.role.in_([Role.OFFICER, Role.HEAD])
    return db.session.scalars(
        select(Account)
        .where(or_(holders, Account.role == Role.OPERATOR), _active())
        .order_by(Account.name, Account.id)
    ).all()


def _calls(people: Sequence[Account]) -> dict[str, list[int]]:
    """What each can be called, folded: address, full name, and the given name where it is alone."""
    calls: dict[str, list[int]] = {}
    given = Counter(_given_name(one) for one in people)
    for one in people:
        names = {fold(one.email), fold(one.name)}
        if given[_given_name(one)] == 1:
            names.add(_given_name(one))
        for name in names:
            calls.setdefault(name, []).append(one.id)
    return calls


def _given_name(account: Account) -> str:
    """In Vietnamese names the last word."""
    return fold(account.name).rpartition(" ")[2]


def _called(said: str, calls: Mapping[str, list[int]]) -> Sequence[int]:
    """Whom the longest name at the beginning of ``said`` means; two of one name: both.

    An address is taken whole: the name that it may begin with is not meant.
    """
    address = _ADDRESS.match(said)
    if address:
        return calls.get(address[0], ())
    return next((calls[name] for name in _longest_first(said, calls)), ())


def _longest_first(said: str, calls: Mapping[str, list[int]]) -> Iterator[str]:
    fitting = (name for name in calls if said.startswith(name) and _ends(said, len(name)))
    yield from sorted(fitting, key=len, reverse=True)


def _ends(said: str, at: int) -> bool:
    """Whether a word ends here: "@Lan." names Lan, "@Lanh" does not."""
    return at >= len(said) or not _IN_WORD.match(said[at])


def _begins(account: Account, typed: str) -> bool:
    name = fold(account.name)
    return account.email.startswith(typed) or name.startswith(typed) or f" {typed}" in f" {name}"


def _active() -> ColumnElement[bool]:
    return or_(Account.ended_at.is_(None), Account.ended_at > clock.now())
