"""``reports accounts``: the accounts of staff, and the first administrator of a deployment."""

from __future__ import annotations

import click

from reports_service.accounts import own, service
from reports_service.accounts.models import Account
from reports_service.cli.application import OPERATOR_OF_THE_MACHINE, with_app
from reports_service.cli.spoken import language
from reports_service.core.db import db, unit_of_work
from reports_service.core.words import LANGUAGES, say
from reports_service.domain.roles import Role


@click.group()
def accounts() -> None:
    """Staff accounts: the first administrator, a forgotten password, who has one."""


@accounts.command()
@click.argument("email")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--agency", help="The agency's code; officers and heads need one.")
@click.option("--language", "spoken", type=click.Choice(LANGUAGES), default="vi")
@click.password_option(help="Asked for when it is not given.")
@with_app()
def add(email: str, role: str, name: str, agency: str | None, spoken: str, password: str) -> None:
    """Make an account for EMAIL."""
    values = {
        "email": email,
        "name": name,
        "role": role,
        "agency": agency,
        "language": spoken,
        "password": password,
    }
    with unit_of_work():
        service.add(OPERATOR_OF_THE_MACHINE, values)
    click.echo(say("cli_account_added", language(), email=email, role=role))


@accounts.command()
@click.argument("email")
@click.password_option(help="Asked for when it is not given.")
@with_app()
def password(email: str, password: str) -> None:
    """Give EMAIL a new password; its sessions end."""
    with unit_of_work():
        service.change(OPERATOR_OF_THE_MACHINE, email, {"password": password})
    click.echo(say("cli_password_changed", language(), email=email))


@accounts.command(name="reset-second-factor")
@click.argument("email")
@with_app()
def reset_second_factor(email: str) -> None:
    """Take away a second factor whose telephone and codes are lost; EMAIL's sessions end."""
    with unit_of_work():
        own.reset_second_factor(OPERATOR_OF_THE_MACHINE, service.by_email(email))
    click.echo(say("cli_second_factor_reset", language(), email=email))


@accounts.command(name="list")
@with_app()
def list_accounts() -> None:
    """Print the accounts that have not ended: address, role, agency."""
    for account in db.session.scalars(service.listing()).unique():
        if account.ended_at is None:
            agency = account.agency.code if account.agency else "–"
            click.echo(f"{account.email:<40} {account.role:<12} {agency}")


@accounts.command()
@click.argument("number", type=int)
@with_app()
def who(number: int) -> None:
    """Print whose account NUMBER is, as the service's log names accounts; also one that ended."""
    account = db.session.get(Account, number)
    if account is None:
        raise service.AccountUnknown(email=str(number))
    click.echo(f"{account.email:<40} {account.role}")
