"""Who may do what: the staff roles, and the one table of permissions outside the lifecycle.

What may be done *to a report*, in which status and by whom, stands in ``lifecycle.TRANSITIONS``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What an account is for. Each account has exactly one role."""

    FACILITATOR = "facilitator"
    OPERATOR = "operator"
    OFFICER = "officer"
    HEAD = "head"
    LEADER = "leader"
    ADMIN = "admin"


class Party(StrEnum):
    """Who acts on a report, seen from the report."""

    PUBLIC = "public"
    REPORTER = "reporter"  # shows the tracking token
    OPERATOR = "operator"  # of the 1022 centre: any report
    OFFICER = "officer"  # of the agency that holds the report
    HEAD = "head"  # of the agency that holds the report
    ADMIN = "admin"
    SYSTEM = "system"  # the sweep


class Permission(StrEnum):
    """What a person may do apart from moving a report through its life."""

    KEEP_ACCOUNT = "keep_account"
    SEE_INBOX = "see_inbox"
    SEE_QUEUE = "see_queue"
    SEE_INTERNAL_VIEW = "see_internal_view"
    SEE_IDENTITY = "see_identity"
    SEE_RESTRICTED = "see_restricted"
    SEE_FIGURES = "see_figures"
    SEE_FIGURES_OF_OWN_AGENCY = "see_figures_of_own_agency"
    ADMINISTER = "administer"
    LEAD_TEAM = "lead_team"
    FOLLOW_CHANGES = "follow_changes"
    EXPORT = "export"
    FILE_FOR_OTHERS = "file_for_others"


class Scope(StrEnum):
    """What the key of another system is for. A machine has no role, only scopes."""

    CHANGES = "changes"
    EXPORTS = "exports"
    FIGURES = "figures"


_STAFF = frozenset(Role)

PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.KEEP_ACCOUNT: _STAFF,  # each their own
    Permission.SEE_INBOX: _STAFF,
    Permission.SEE_QUEUE: frozenset({Role.OPERATOR, Role.OFFICER, Role.HEAD, Role.ADMIN}),
    # Officers and heads: of the reports that their agency holds or held.
    Permission.SEE_INTERNAL_VIEW: frozenset(
        {Role.OPERATOR, Role.OFFICER, Role.HEAD, Role.LEADER, Role.ADMIN}
    ),
    Permission.SEE_IDENTITY: frozenset({Role.OPERATOR}),
    Permission.SEE_RESTRICTED: frozenset({Role.OPERATOR, Role.ADMIN}),
    Permission.SEE_FIGURES: frozenset({Role.LEADER, Role.OPERATOR, Role.ADMIN}),
    Permission.SEE_FIGURES_OF_OWN_AGENCY: frozenset(
        {Role.LEADER, Role.OPERATOR, Role.ADMIN, Role.HEAD, Role.OFFICER}
    ),
    Permission.ADMINISTER: frozenset({Role.ADMIN}),
    # A head: of the own agency.
    Permission.LEAD_TEAM: frozenset({Role.HEAD, Role.ADMIN}),
    Permission.FOLLOW_CHANGES: frozenset({Role.ADMIN}),
    Permission.EXPORT: frozenset({Role.ADMIN}),
    Permission.FILE_FOR_OTHERS: frozenset({Role.FACILITATOR}),
}

SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.CHANGES: frozenset({Permission.FOLLOW_CHANGES}),
    Scope.EXPORTS: frozenset({Permission.EXPORT}),
    # What a leader reads: figures, and the lists of codes, dates and ratings behind them. They
    # name no person and no restricted report, and open no report further than for the public.
    Scope.FIGURES: frozenset({Permission.SEE_FIGURES, Permission.SEE_FIGURES_OF_OWN_AGENCY}),
}


def may(role: Role | None, permission: Permission) -> bool:
    """Whether an account of this role has the permission. Nobody (None) has none."""
    return role is not None and role in PERMISSIONS[permission]


def opens(scopes: Iterable[Scope], permission: Permission) -> bool:
    """Whether a key with these scopes has the permission."""
    return any(permission in SCOPES[scope] for scope in scopes)


def party_of(role: Role | None, *, holds: bool, owns: bool) -> Party:
    """As whom somebody acts on a report.

    ``holds``: the account's agency holds the report. ``owns``: the report's tracking token was
    shown. Staff of other agencies, leaders and facilitators are the public to a report, unless
    they show its token.
    """
    if role is Role.OPERATOR:
        return Party.OPERATOR
    if role is Role.ADMIN:
        return Party.ADMIN
    if role is Role.OFFICER and holds:
        return Party.OFFICER
    if role is Role.HEAD and holds:
        return Party.HEAD
    return Party.REPORTER if owns else Party.PUBLIC
