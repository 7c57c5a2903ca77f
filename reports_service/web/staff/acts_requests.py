"""What the forms of acts send: the interface's requests, but for numbers, which are text here."""

from __future__ import annotations

from marshmallow import fields

from reports_service.categories.models import Priority
from reports_service.core.schemas import LONG, Choice, Count, Schema, Text
from reports_service.domain.targets import Unit


class MoreTime(Schema):
    """How much more time, and why."""

    amount = Count(1, 1000, as_text=True, required=True)
    unit = Choice(Unit, required=True)
    reason = Text(LONG, required=True)


class Decision(Schema):
    """Granted or not."""

    approved = fields.Boolean(required=True)
    note = Text(LONG, blank=True, load_default="")


class ToColleague(Schema):
    """Which officer of the agency that holds it."""

    officer = Text(200, required=True)
    reason = Text(LONG, blank=True, load_default="")


class ToAgency(Schema):
    """Which agency, and why: it reads the reason."""

    agency = Text(60, required=True)
    reason = Text(LONG, required=True)


class BackToCentre(Schema):
    """Why it is not this agency's."""

    reason = Text(LONG, required=True)


class Question(Schema):
    """What the reporter is asked."""

    question = Text(LONG, required=True)


class OtherKind(Schema):
    """What it is about, and how urgent it is."""

    category = Text(60)
    priority = Choice(Priority)
    note = Text(LONG, blank=True, load_default="")
