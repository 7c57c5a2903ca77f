"""``reports sla``: when something that is filed at a given time would be due."""

from __future__ import annotations

from datetime import datetime

import click

from reports_service.cli.application import with_app
from reports_service.domain.errors import Invalid
from reports_service.domain.targets import Target, Unit
from reports_service.sla import policies, service


class TargetNotChosen(Invalid):
    """A deadline needs exactly one length: a policy's, working days or working hours."""

    code = "cli_target_not_chosen"


class MomentRefused(Invalid):
    """Not a moment that anybody writes so."""

    code = "cli_moment_refused"


@click.group()
def sla() -> None:
    """Deadlines: targets, policies and working time."""


@sla.command()
@click.option("--policy", help="The code of a policy: its time to resolve.")
@click.option("--acknowledge", is_flag=True, help="With --policy: its time to acknowledge.")
@click.option("--working-days", metavar="N", help="Whole working days.")
@click.option("--working-hours", metavar="H", help="Working hours; parts such as 1.5 as well.")
@click.option(
    "--from",
    "start",
    required=True,
    metavar="TIME",
    help="2026-12-31T09:00:00+07:00; without an offset the local time is meant.",
)
@with_app()
def due(
    policy: str | None,
    acknowledge: bool,
    working_days: str | None,
    working_hours: str | None,
    start: str,
) -> None:
    """Print the deadline, in local time with its offset, alone on its line."""
    target = _target(policy, acknowledge, working_days, working_hours)
    deadline = target.due(_moment(start), service.calendar())
    click.echo(deadline.astimezone(service.zone()).isoformat())


def _target(
    policy: str | None, acknowledge: bool, working_days: str | None, working_hours: str | None
) -> Target:
    given = [value for value in (policy, working_days, working_hours) if value is not None]
    if len(given) != 1 or (acknowledge and policy is None):
        raise TargetNotChosen()
    if policy is not None:
        facts = service.facts_of(policies.by_code(policy))
        return facts.acknowledge if acknowledge else facts.resolve
    unit = Unit.WORKING_HOURS if working_days is None else Unit.WORKING_DAYS
    return Target.parse({"amount": given[0], "unit": unit})


def _moment(text: str) -> datetime:
    """An aware moment; one without an offset is local."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise MomentRefused(time=text[:60]) from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=service.zone())
