"""Choosing a password: what is known of this place and of the account, and what everybody uses."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Final

from flask import current_app

from reports_service.accounts.models import Account
from reports_service.agencies import service as agencies
from reports_service.domain import passwords
from reports_service.domain.words_of_this_place import (
    OF_THE_SERVICE,
    words_in,
    words_of_address,
    words_of_agency,
    words_of_person,
    words_of_telephone,
)

# The commonest of passwords that were leaked (thirty thousand), of words of English, of names of
# people: the lists by which zxcvbn estimates (MIT).
LISTS: Final = "zxcvbn.matching"


def check(password: str, account: Account, field: str = "password") -> None:
    """Whether an account may have this password. Its name, agency and e-mail must stand already.

    Raises ``PasswordTooShort``, ``PasswordTooCommon``, ``PasswordIsAddress``,
    ``PasswordOfThisPlace``.
    """
    words = _of_this_place() | _of_account(account)
    passwords.check(password, account.email, is_common=is_common, known_words=words, field=field)


def is_common(word: str) -> bool:
    """Whether a word, in small letters, is one of the commonest passwords, or a password of one
    English word or name.
    """
    return any(word in ranked for ranked in _lists().values())


def _of_this_place() -> frozenset[str]:
    of_agencies = [
        words_of_agency(name)
        for agency in agencies.every()
        for name in (agency.code, *agency.names.values())
    ]
    here = words_in(OF_THE_SERVICE) | words_in(current_app.config["PASSWORD_WORDS"])
    return here.union(*of_agencies)


def _of_account(account: Account) -> frozenset[str]:
    """Its owner has no telephone number here; that of the agency is on every letter."""
    found = words_of_address(account.email) | words_of_person(account.name)
    if account.agency is not None:
        found |= words_of_address(account.agency.mailbox or "")
        found |= words_of_telephone(account.agency.phone or "")
    return found


@cache
def _lists() -> Any:
    """Only here: they take fifteen megabytes, and most processes never see a new password."""
    return import_module(LISTS).RANKED_DICTIONARIES
