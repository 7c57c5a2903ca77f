"""Which passwords are taken."""

from __future__ import annotations

import unicodedata

import pytest

from reports_service.domain import passwords
from reports_service.domain import words_of_this_place as words
from reports_service.domain.errors import Refusal

EMAIL = "tran.van.a@tayninh.example"
COMMON = frozenset({"iloveyou12", "dragonfly", "correcthorse"})
KNOWN = (
    words.words_in([*words.OF_THE_SERVICE, "Tây Ninh"])
    | words.words_of_agency("Công ty Điện lực Tây Ninh")
    | words.words_of_person("Trần Văn Ân")
    | words.words_of_address(EMAIL)
    | words.words_of_telephone("0276 3822 001")
)


def check(password: str) -> None:
    passwords.check(password, EMAIL, is_common=COMMON.__contains__, known_words=KNOWN)


@pytest.mark.parametrize("password", ["bảy chữ số", "12 con vịt bơi", "aaaa bbbb cccc dddd"])
def test_any_long_phrase_is_taken_whatever_it_is_made_of(password: str) -> None:
    check(password)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn", "password_too_short"),
        ("       a       ", "password_too_short"),
        ("matkhau123", "password_too_common"),
        ("MatKhau123", "password_too_common"),
        ("mật khẩu 123", "password_too_common"),
        ("demo-1022", "password_too_common"),
        ("aaaaaaaaaaaaaaa", "password_too_common"),
        ("121212121212", "password_too_common"),
        (EMAIL.upper(), "password_is_address"),
        ("tran.van.a", "password_is_address"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check(password)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password", ["iloveyou12", "ILoveYou12", "1l0v3y0u12", "Dragonfly-2026", "correct horse"]
)
def test_the_commonest_are_refused_however_they_are_written(password: str) -> None:
    with pytest.raises(passwords.PasswordTooCommon):
        check(password)


@pytest.mark.parametrize(
    "password",
    [
        "TâyNinh@2026",
        "t@yn1nh-02091945",
        "dien-luc-tay-ninh",
        "Phản ánh hiện trường 1022!",
        "quản trị viên số 7",
        "TranVanAn1985",
        "tayninh.example99",
        "02763822001 an",
        "tayninh12345678",
        "tayninh-dragonfly",
    ],
)
def test_what_is_built_of_words_of_this_place_is_refused(password: str) -> None:
    with pytest.raises(passwords.PasswordOfThisPlace):
        check(password)


@pytest.mark.parametrize(
    "password", ["quán cơm ngon nhất Tây Ninh", "ông Trần nuôi ba con ngỗng", "1022 cánh cò lả"]
)
def test_a_word_of_this_place_in_a_phrase_that_holds_without_it_is_taken(password: str) -> None:
    check(password)


def test_a_name_is_known_by_its_words_and_their_rows() -> None:
    of_person = words.words_of_person("Lê Minh Tuấn")
    assert of_person == {"minh", "tuan", "leminh", "minhtuan", "leminhtuan"}
    assert words.words_of_agency("Sở Xây dựng") == {"soxay", "xaydung", "soxaydung"}
    assert words.words_of_telephone("0276 3822 001") == {"02763822001", "2763822001"}


def test_the_same_letters_typed_on_another_device_are_the_same_password() -> None:
    composed, decomposed = (unicodedata.normalize(form, "đường về nhà") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert passwords.prepared(composed) == passwords.prepared(f" {decomposed} ")
