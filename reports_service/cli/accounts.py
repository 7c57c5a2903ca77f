"""``reports accounts``: the accounts of staff, and the first administrator of a deployment."""

from __future__ import annotations

import click

from reports_service.accounts import service
from reports_service.accounts.schemas import PASSWORD_SHORTEST
from reports_service.cli.application import OPERATOR_OF_THE_MACHINE, with_app
from reports_service.cli.spoken import language
from reports_service.core.db import db, unit_of_work
from reports_service.core.words import LANGUAGES, say
from reports_service.domain.errors import Invalid
from reports_service.domain.roles import Role


class PasswordTooShort(Invalid):
    """A password has a least length, on the command line as in the interface."""

    code = "password_too_short"


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
        "password": _long_enough(password),
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
        service.change(OPERATOR_OF_THE_MACHINE, email, {"password": _long_enough(password)})
    click.echo(say("cli_password_changed", language(), email=email))


@accounts.command(name="list")
@with_app()
def list_accounts() -> None:
    """Print the accounts that have not ended: address, role, agency."""
    for account in db.session.scalars(service.listing()).unique():
        if account.ended_at is None:
            agency = account.agency.code if account.agency else "–"
            click.echo(f"{account.email:<40} {account.role:<12} {agency}")


def _long_enough(password: str) -> str:
    if len(password) < PASSWORD_SHORTEST:
        raise PasswordTooShort(field="password", shortest=PASSWORD_SHORTEST)
    return password
