"""Which passwords are taken."""

from __future__ import annotations

import unicodedata

import pytest

from reports_service.domain import passwords
from reports_service.domain.errors import Refusal

EMAIL = "tran.van.a@tayninh.example"


@pytest.mark.parametrize("password", ["bảy chữ số", "12 con vịt bơi", "aaaa bbbb cccc dddd"])
def test_any_long_phrase_is_taken_whatever_it_is_made_of(password: str) -> None:
    passwords.check(password, EMAIL)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn", "password_too_short"),
        ("       a       ", "password_too_short"),
        ("matkhau123", "password_too_common"),
        ("MatKhau123", "password_too_common"),
        ("demo-1022", "password_too_common"),
        ("aaaaaaaaaaaaaaa", "password_too_common"),
        ("121212121212", "password_too_common"),
        (EMAIL.upper(), "password_is_address"),
        ("tran.van.a", "password_is_address"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        passwords.check(password, EMAIL)
    assert refused.value.code == code


def test_the_same_letters_typed_on_another_device_are_the_same_password() -> None:
    composed, decomposed = (unicodedata.normalize(form, "đường về nhà") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert passwords.prepared(composed) == passwords.prepared(f" {decomposed} ")
