"""How figures are defined, in JSON: each measure in words, and the table that three rates share."""

from __future__ import annotations

from marshmallow import fields

from reports_service.core.auth import current_language
from reports_service.core.schemas import Moment, Schema
from reports_service.core.words import LANGUAGES, say
from reports_service.domain.measures import HEADLINES
from reports_service.statistics.comparison import change_unit
from reports_service.statistics.figures import Counted, counted_in
from reports_service.statistics.interface.schemas import CHANGES

BOTH_HELP = {"type": "object", "additionalProperties": {"type": "string"}}


def _in_both(code: str) -> dict[str, str]:
    return {language: say(code, language) for language in LANGUAGES}


class DefinitionSchema(Schema):
    """A measure: what it is, in words and as a formula, and the count that is listed behind it."""

    code = fields.String()
    name = fields.Function(
        lambda one: say(f"measure_{one.code}", current_language()), metadata={"type": "string"}
    )
    definition = fields.Function(
        lambda one: say(f"definition_{one.code}", current_language()), metadata={"type": "string"}
    )
    names = fields.Function(lambda one: _in_both(f"measure_{one.code}"), metadata=BOTH_HELP)
    definitions = fields.Function(
        lambda one: _in_both(f"definition_{one.code}"), metadata=BOTH_HELP
    )
    formula = fields.String()
    unit = fields.String()
    day = fields.String(metadata={"description": "The moment whose local day is in the period"})
    listed = fields.String()
    counts = fields.Function(
        lambda one: counted_in(one.code),
        metadata={
            "type": "string",
            "enum": [str(one) for one in Counted],
            "description": "What is counted; by_row: assignments in the row of an agency, and "
            "reports, each once, in totals, categories, areas, channels and spans",
        },
    )
    change_unit = fields.Function(
        lambda one: change_unit(one.code) if one.code in HEADLINES else None,
        metadata={"type": ["string", "null"], "enum": [*CHANGES, None]},
    )


class TreatmentSchema(Schema):
    """How an assignment that ended so counts once its deadline has come (null: open still)."""

    outcome = fields.String(allow_none=True)
    treatment = fields.String()
    definition = fields.Function(
        lambda row: say(f"cohort_{row['treatment']}", current_language()),
        metadata={"type": "string"},
    )


class DefinitionsSchema(Schema):
    """All measures, and the cohort table that three of the rates share."""

    as_of = Moment()
    items = fields.List(fields.Nested(DefinitionSchema))
    next_cursor = fields.String(allow_none=True)
    cohort = fields.List(fields.Nested(TreatmentSchema))
    ranked_from = fields.Integer()
