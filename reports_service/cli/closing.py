"""``reports stats close`` and ``reports stats monthly``: close a month, put its report on paper."""

from __future__ import annotations

from pathlib import Path

import click

from reports_service.cli.application import OPERATOR_OF_THE_MACHINE, with_app
from reports_service.cli.spoken import language, tell
from reports_service.core.words import LANGUAGES
from reports_service.domain.errors import Invalid
from reports_service.statistics.closing import service as closing
from reports_service.statistics.closing.months import Month
from reports_service.statistics.interface.local import zone
from reports_service.statistics.monthly import service as monthly


class FileRefused(Invalid):
    """The file cannot be written."""

    code = "stats_file_refused"


@click.command()
@click.option("--month", required=True, metavar="YYYY-MM", help="A month that has ended.")
@with_app()
def close(month: str) -> None:
    """Freeze the figures of a month; print the SHA-256 of what was frozen. Leaders get a mail."""
    click.echo(closing.close(OPERATOR_OF_THE_MACHINE, Month.parse(month), zone()).sha256)


@click.command(name="monthly")
@click.option("--month", required=True, metavar="YYYY-MM")
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The PDF file to write.",
)
@click.option("--lang", "chosen", type=click.Choice(LANGUAGES), help="Of the report.")
@with_app()
def monthly_report(month: str, output: Path, chosen: str | None) -> None:
    """Write the report of a month as PDF: its frozen figures, else those of now, marked so."""
    report = monthly.report(Month.parse(month), zone(), chosen or language())
    content = report.pdf()
    try:
        output.write_bytes(content)
    except OSError as failed:
        raise FileRefused(file=str(output), why=failed.strerror or failed) from failed
    tell("stats_report_written", file=output, size=len(content))
