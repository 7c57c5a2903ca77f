"""Choosing a password: the commonest are refused, and what is built of words of this place."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reports_service.accounts import choosing
from reports_service.domain import passwords
from tests.accounts.doors import OFFICER, PASSWORD
from tests.personas import People

GOOD = "một câu dài dễ nhớ"
OF_THE_PLACE = [
    "TayNinh@2026",  # the province, by PASSWORD_WORDS
    "cong trinh do thi 80",  # the agency, by its code
    "LongHoa-ward-25",  # another agency of this place
    "LeMinhTuan1990",  # the account's name
    "officer@demo1",  # its address
    "0276 0000 024 !",  # the agency's telephone
    "phananh-1022-admin",  # the service
]


def choose(people: People, password: str) -> tuple[int, str | None]:
    answer = people.officer.call(
        "PUT", "/account/password", json={"old": PASSWORD, "new": password}
    )
    return answer.status_code, answer.json.get("code")


def test_far_more_than_the_three_thousand_commonest_are_known() -> None:
    ranked = choosing._lists()["passwords"]
    taken_by_length = [word for word in ranked if len(word) >= passwords.SHORTEST]
    assert len(taken_by_length) > 10_000
    assert all(choosing.is_common(word) for word in taken_by_length)
    assert not choosing.is_common(passwords.prepared(GOOD))


@pytest.mark.parametrize("password", ["mustang1", "butterfly", "Liverpool2026", "metallica"])
def test_the_commonest_passwords_are_refused(people: People, password: str) -> None:
    assert password.lower() not in passwords.REFUSED, "it would be refused without the lists"
    assert choose(people, password) == (422, "password_too_common")


@pytest.mark.parametrize("password", OF_THE_PLACE)
def test_what_is_built_of_words_of_this_place_is_refused(people: People, password: str) -> None:
    assert choose(people, password) == (422, "password_of_this_place")


def test_a_phrase_is_taken(people: People) -> None:
    assert choose(people, f"{GOOD} ở Tây Ninh")[1] is None


def test_who_makes_an_account_chooses_no_such_password_either(people: People) -> None:
    new = {"email": "moi@demo.example", "name": "Ngô Thị Bích Ngọc", "role": "operator"}
    for password, code in (
        ("butterfly", "password_too_common"),
        ("bichngoc2026", "password_of_this_place"),
    ):
        answer = people.admin.call("POST", "/admin/accounts", json={**new, "password": password})
        assert (answer.status_code, answer.json["code"]) == (422, code)
        path = f"/admin/accounts/{OFFICER}"
        answer = people.admin.call("PATCH", path, json={"name": new["name"], "password": password})
        assert (answer.status_code, answer.json["code"]) == (422, code)
    good = people.admin.call("POST", "/admin/accounts", json={**new, "password": GOOD})
    assert good.status_code == 201


@pytest.mark.any_engine
def test_nothing_loads_the_lists_before_a_password_is_chosen() -> None:
    said = "import sys, wsgi_free; print(any(n.startswith('zxcvbn') for n in sys.modules))"
    said = said.replace("wsgi_free", "reports_service, reports_service.accounts.choosing")
    answer = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, check=True, text=True
    )
    assert answer.stdout.strip() == "False"
