"""One's own account in JSON: sessions, second factor, password."""

from __future__ import annotations

from marshmallow import fields

from reports_service.core.schemas import Length, Moment, Schema, Text
from reports_service.domain import passwords


def new_password() -> fields.String:
    """A password that is chosen."""
    return fields.String(
        required=True,
        load_only=True,
        validate=Length(min=passwords.SHORTEST, max=passwords.LONGEST),
    )


class SessionSchema(Schema):
    """A session that holds. ``last_used_at`` is up to a quarter of an hour behind."""

    id = fields.String()
    browser = fields.String()
    system = fields.String()
    address_prefix = fields.String()
    second_factor = fields.Boolean()
    created_at = Moment()
    last_used_at = Moment(allow_none=True)
    expires_at = Moment()
    current = fields.Boolean(metadata={"description": "Whether it is the one that asks"})


class SessionsSchema(Schema):
    """All sessions of an account that hold, the last used first."""

    items = fields.List(fields.Nested(SessionSchema))


class EndedSchema(Schema):
    """How many sessions were ended."""

    ended = fields.Integer()


def present_code() -> Text:
    """A code of the second factor that is on."""
    said = "A code of the telephone or on paper; needed where the account has a second factor"
    return Text(40, load_default=None, metadata={"description": said})


class RenewedSession(Schema):
    """The session goes on under a new token; the one that was shown opens nothing any more."""

    token = fields.String(attribute="session.token")
    expires_at = Moment(attribute="session.expires_at")


class PasswordChange(Schema):
    """A new password, the present one, and a code where there is a second factor."""

    old = Text(passwords.LONGEST, required=True)
    new = new_password()
    code = present_code()


class ResetAsked(Schema):
    """Whose password was lost."""

    email = Text(required=True)


class ResetUsed(Schema):
    """The token of the letter's link, and the new password."""

    token = Text(required=True)
    password = new_password()


class SecondFactorSchema(Schema):
    """Whether the account has a second factor, and must have one."""

    since = Moment(allow_none=True)
    recovery_codes_left = fields.Integer()
    required = fields.Boolean()


class EnrolmentSchema(Schema):
    """A secret to be typed or scanned into an authenticator; nothing is kept of it yet."""

    secret = fields.String()
    address = fields.String(metadata={"description": "otpauth://…, to be shown as a QR code"})
    enrolment = fields.String(attribute="sealed", metadata={"description": "For confirming it"})


class EnrolmentConfirmed(Schema):
    """The first code, and the present password. ``present_code``: where another second factor is
    replaced.
    """

    enrolment = Text(1000, required=True)
    code = Text(40, required=True)
    password = Text(passwords.LONGEST, required=True)
    present_code = present_code()


class ProofGiven(Schema):
    """The present password, and a code where there is a second factor, before something grave."""

    password = Text(passwords.LONGEST, required=True)
    code = present_code()


class RecoveryCodesSchema(RenewedSession):
    """Codes that each serve once in place of a telephone's. This answer alone shows them."""

    recovery_codes = fields.List(fields.String())
