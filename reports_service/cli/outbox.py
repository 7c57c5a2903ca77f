"""``reports outbox``: what workers have given up, to look at, to try again, to drop."""

from __future__ import annotations

import click

from reports_service.cli.application import OPERATOR_OF_THE_MACHINE, with_app
from reports_service.cli.doctor import local
from reports_service.cli.spoken import language
from reports_service.core.db import unit_of_work
from reports_service.core.pages import LIMIT_MAX
from reports_service.core.words import say
from reports_service.dead_letters import service
from reports_service.dead_letters.service import Letter
from reports_service.domain.errors import Invalid


class NoneNamed(Invalid):
    """Trying again needs a number, or the wish for all."""

    code = "cli_letters_which"


@click.group()
def outbox() -> None:
    """Effects that were given up after all attempts: mails, photos, figures, files."""


@outbox.command(name="list")
@click.option("--kind", help="Only effects of this kind: notify, deliver, picture …")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=50, show_default=True)
@with_app()
def list_letters(kind: str | None, limit: int) -> None:
    """Print them, newest first: number, what for, when given up, how often tried, last error."""
    with unit_of_work():
        found = service.look(OPERATOR_OF_THE_MACHINE, kind, limit=limit)
    for letter in found.items:
        click.echo(_line(letter))
    if not found.items:
        click.echo(say("letters_none", language()))
    if found.next_cursor:
        click.echo(say("cli_letters_more", language()))


@outbox.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that were given up.")
@click.option("--kind", help="All of this kind.")
@with_app()
def retry(numbers: tuple[int, ...], everything: bool, kind: str | None) -> None:
    """Have NUMBERS tried again from the beginning, or all of them."""
    if not (numbers or everything or kind):
        raise NoneNamed()
    with unit_of_work():
        for number in numbers:
            service.retry(OPERATOR_OF_THE_MACHINE, number)
        count = len(numbers)
        if everything or kind:
            count += service.retry_all(OPERATOR_OF_THE_MACHINE, kind)
    click.echo(say("cli_letters_retried", language(), count=count))


@outbox.command()
@click.argument("number", type=int)
@with_app()
def drop(number: int) -> None:
    """Let NUMBER never happen; the audit log keeps what it was."""
    with unit_of_work():
        letter = service.drop(OPERATOR_OF_THE_MACHINE, number)
    purpose = letter.about.in_words(language())
    click.echo(say("cli_letter_dropped", language(), purpose=purpose))


def _line(letter: Letter) -> str:
    return say(
        "cli_letter",
        language(),
        id=letter.id,
        purpose=letter.about.in_words(language()),
        dead=local(letter.dead_at.isoformat()),
        attempts=letter.attempts,
        error=letter.error or say("letters_no_error", language()),
    )
