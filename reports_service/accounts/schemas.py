"""Accounts and sessions in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.agencies.schemas import AgencyRef
from reports_service.core.schemas import Choice, Length, Moment, Schema, Text
from reports_service.core.words import LANGUAGES
from reports_service.domain import passwords
from reports_service.domain.roles import Role

PASSWORD = Length(min=passwords.SHORTEST, max=passwords.LONGEST)


class SignIn(Schema):
    """Address and password; ``code`` where the account has a second factor.

    ``device``: what an earlier answer gave this device. Who sends it is not kept waiting by others
    who guess at the same account.
    """

    email = Text(required=True)
    password = Text(passwords.LONGEST, required=True)
    code = Text(40, load_default=None)
    device = Text(100, load_default=None)


class SignedInSchema(Schema):
    """A fresh session."""

    token = fields.String()
    expires_at = Moment()
    role = fields.String(attribute="account.role")
    name = fields.String(attribute="account.name")
    agency = fields.Nested(AgencyRef, attribute="account.agency", allow_none=True)
    device = fields.String(metadata={"description": "To be sent with the next sign-in"})
    must_set_up_second_factor = fields.Boolean(
        metadata={"description": "Nothing else opens before: see /account/second-factor"}
    )


class AccountSchema(Schema):
    """An account as administrators see it."""

    email = fields.String()
    name = fields.String()
    role = fields.String()
    agency = fields.Nested(AgencyRef, allow_none=True)
    language = fields.String()
    created_at = Moment()
    ended_at = Moment(allow_none=True)


class AccountChange(Schema):
    """What can be changed of an account."""

    name = Text()
    role = Choice(Role)
    agency = Text(60, allow_none=True)
    language = Choice(LANGUAGES)
    password = fields.String(
        load_only=True, validate=Length(min=passwords.SHORTEST, max=passwords.LONGEST)
    )


class AccountNew(AccountChange):
    """A new account."""

    email = fields.Email(required=True)
    name = Text(required=True)
    role = Choice(Role, required=True)
    agency = Text(60, allow_none=True, load_default=None)
    language = Choice(LANGUAGES, load_default="vi")
    password = fields.String(
        required=True,
        load_only=True,
        validate=PASSWORD,
    )
