"""The second factor: codes by the clock, taken once; codes on paper; who must have one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from reports_service.accounts import second_factor, service, signing_in
from reports_service.accounts.models import RecoveryCode, SecondFactor, Session
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.errors import NotSignedIn
from tests.accounts.doors import (
    ADMIN,
    ELSEWHERE,
    OFFICER,
    PASSWORD,
    code_of,
    come_in,
    enrol,
    knock,
    two_factors_for,
)
from tests.personas import MONDAY, Caller, People, at_once

Clock = Callable[[datetime], None]
LATER = MONDAY + timedelta(minutes=5)
PATH = "/account/second-factor"


def refused(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]  # type: ignore[attr-defined]


def test_without_a_second_factor_a_client_signs_in_as_before(people: People) -> None:
    answer = knock(people)
    assert answer.status_code == 201
    assert answer.json["must_set_up_second_factor"] is False


def test_a_client_is_told_that_a_code_is_needed_and_comes_in_with_it(
    people: People, clock_at: Clock
) -> None:
    secret, _ = enrol(people.officer)
    clock_at(LATER)
    assert refused(knock(people)) == (401, "second_factor_needed")
    assert refused(knock(people, password="sai", code=code_of(secret))) == (401, "sign_in_failed")
    assert refused(knock(people, code="000000")) == (401, "second_factor_wrong")
    assert knock(people, code=code_of(secret)).status_code == 201


def test_a_code_is_taken_once(people: People, clock_at: Clock) -> None:
    secret, _ = enrol(people.officer)
    assert refused(knock(people, code=code_of(secret))) == (401, "second_factor_wrong")
    clock_at(LATER)
    assert knock(people, code=code_of(secret)).status_code == 201
    assert refused(knock(people, code=code_of(secret))) == (401, "second_factor_wrong")


def test_an_older_code_is_not_taken_after_a_newer_one(people: People, clock_at: Clock) -> None:
    secret, _ = enrol(people.officer)
    clock_at(LATER)
    earlier = code_of(secret)
    clock_at(LATER + timedelta(seconds=30))
    assert knock(people, code=code_of(secret)).status_code == 201
    assert refused(knock(people, code=earlier)) == (401, "second_factor_wrong")


def test_a_telephone_may_be_half_a_minute_off_and_no_more(people: People, clock_at: Clock) -> None:
    secret, _ = enrol(people.officer)
    clock_at(LATER)
    late, early = code_of(secret), None
    clock_at(LATER + timedelta(seconds=60))
    assert refused(knock(people, code=late)) == (401, "second_factor_wrong")
    with clock.moved_to(LATER + timedelta(seconds=90)):
        early = code_of(secret)
    assert knock(people, code=f"{early[:3]} {early[3:]}").status_code == 201


def test_of_two_who_show_one_code_at_once_one_comes_in(
    live_province: Flask, people: People
) -> None:
    secret, _ = enrol(people.officer)
    with clock.moved_to(LATER):
        code = code_of(secret)

    def one() -> int:
        caller = Caller(live_province.test_client())
        said = {"email": OFFICER, "password": PASSWORD, "code": code}
        return caller.call("POST", "/sessions", json=said).status_code

    assert sorted(at_once(live_province, LATER, one, one)) == [201, 401]


def test_codes_that_are_guessed_are_slowed_as_passwords_are(
    people: People, clock_at: Clock
) -> None:
    secret, _ = enrol(people.officer)
    clock_at(LATER)
    answers = [knock(people, code=f"{n:06}", at=ELSEWHERE).status_code for n in range(7)]
    assert answers == [401] * 6 + [429]
    assert knock(people, code=code_of(secret), at=ELSEWHERE).status_code == 429


def test_the_secret_is_shown_in_both_forms_and_lies_encrypted(people: People) -> None:
    begun = people.officer.call("POST", "/account/second-factor").json
    asked = parse_qs(urlsplit(begun["address"]).query)
    assert asked["secret"] == [begun["secret"]]
    assert asked["issuer"] == ["1022"]
    assert begun["secret"] not in begun["enrolment"]
    assert db.session.scalars(select(SecondFactor)).all() == [], "nothing is kept before a code"
    enrol(people.officer)
    kept = db.session.scalars(select(SecondFactor)).one()
    assert kept.secret.startswith(b"gAAAA")


def test_a_factor_is_on_only_after_a_right_code(people: People, clock_at: Clock) -> None:
    begun = people.officer.call("POST", "/account/second-factor").json
    said = {"enrolment": begun["enrolment"], "code": "000000", "password": PASSWORD}
    wrong = people.officer.call("PUT", "/account/second-factor", json=said)
    assert refused(wrong) == (422, "code_not_confirmed")
    foreign = people.head.call(
        "PUT", "/account/second-factor", json={**said, "code": code_of(begun["secret"])}
    )
    assert refused(foreign) == (409, "enrolment_over")
    clock_at(MONDAY + second_factor.ENROLMENT_LASTS + timedelta(seconds=1))
    late = people.officer.call(
        "PUT", "/account/second-factor", json={**said, "code": code_of(begun["secret"])}
    )
    assert refused(late) == (409, "enrolment_over")
    assert knock(people).status_code == 201


def test_turning_it_on_ends_the_other_sessions(people: People) -> None:
    other, _ = come_in(people)
    enrol(people.officer)
    assert other.get("/inbox").status_code == 401
    assert people.officer.get("/inbox").status_code == 200


def test_each_recovery_code_opens_once_and_only_its_own_account(
    people: People, clock_at: Clock
) -> None:
    _, codes = enrol(people.officer)
    enrol(people.head)
    clock_at(LATER)
    assert len(set(codes)) == 10
    assert refused(knock(people, "head@demo.example", code=codes[0]))[1] == "second_factor_wrong"
    assert knock(people, code=codes[0].lower().replace("-", " ")).status_code == 201
    assert refused(knock(people, code=codes[0])) == (401, "second_factor_wrong")
    assert knock(people, code=codes[1]).status_code == 201
    caller, _ = come_in(people, code=codes[2])
    assert caller.get("/account/second-factor").json["recovery_codes_left"] == 7


def test_recovery_codes_lie_as_keyed_hashes(people: People) -> None:
    _, codes = enrol(people.officer)
    kept = repr(db.session.execute(select(RecoveryCode.__table__)).all())
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def set_up(caller: Caller, **more: str) -> TestResponse:
    """Confirm a fresh secret by its code, with what is shown besides."""
    begun = caller.call("POST", PATH).json
    said = {"enrolment": begun["enrolment"], "code": code_of(begun["secret"]), **more}
    return caller.call("PUT", PATH, json=said)


def test_the_first_one_needs_the_password(people: People) -> None:
    bare = set_up(people.officer)
    assert (bare.status_code, bare.json["errors"][0]["field"]) == (422, "password")
    assert refused(set_up(people.officer, password="sai")) == (422, "password_wrong")
    assert knock(people).status_code == 201, "nothing was set up"
    assert set_up(people.officer, password=PASSWORD).status_code == 200
    assert refused(knock(people)) == (401, "second_factor_needed")


def test_who_must_have_one_shows_the_password_too(app: Flask, people: People) -> None:
    with two_factors_for(app, "admin"):
        admin, _ = come_in(people, ADMIN)
        assert refused(set_up(admin, password="sai")) == (422, "password_wrong")
        assert admin.goes_on(set_up(admin, password=PASSWORD)).status_code == 200
        assert admin.get("/admin/accounts").status_code == 200


def test_replacing_a_telephone_needs_the_password_and_a_code_of_the_old_one(
    people: People, clock_at: Clock
) -> None:
    secret, codes = enrol(people.officer)
    clock_at(LATER)
    for shown in (
        {"password": PASSWORD},
        {"password": PASSWORD, "present_code": "000000"},
        {"password": "sai", "present_code": code_of(secret)},
    ):
        assert refused(set_up(people.officer, **shown)) == (422, "proof_wrong"), shown
    renewed, codes = enrol(people.officer, present_code=code_of(secret))
    clock_at(LATER + timedelta(minutes=5))
    assert refused(knock(people, code=code_of(secret))) == (401, "second_factor_wrong")
    assert knock(people, code=code_of(renewed)).status_code == 201
    enrol(people.officer, present_code=codes[0])


def test_a_code_that_does_not_fit_the_new_telephone_takes_none_of_the_old_one(
    people: People, clock_at: Clock
) -> None:
    secret, _ = enrol(people.officer)
    clock_at(LATER)
    begun = people.officer.call("POST", PATH).json
    said = {"enrolment": begun["enrolment"], "code": "000000", "password": PASSWORD}
    said["present_code"] = code_of(secret)
    assert refused(people.officer.call("PUT", PATH, json=said)) == (422, "code_not_confirmed")
    said["code"] = code_of(begun["secret"])
    assert people.officer.call("PUT", PATH, json=said).status_code == 200


def test_it_is_turned_off_by_password_and_code_where_the_role_may_do_without(
    app: Flask, people: People, clock_at: Clock
) -> None:
    secret, codes = enrol(people.officer)
    clock_at(LATER)
    path, said = f"{PATH}/off", {"password": PASSWORD, "code": code_of(secret)}
    with two_factors_for(app, "officer"):
        assert refused(people.officer.call("POST", path, json=said))[1] == "second_factor_required"
    for wrong in ({"password": "x"}, {"code": "000000"}, {"code": None}):
        answer = people.officer.call("POST", path, json={**said, **wrong})
        assert refused(answer) == (422, "proof_wrong"), wrong
    assert people.officer.goes_on(people.officer.call("POST", path, json=said)).status_code == 200
    assert knock(people).status_code == 201
    assert refused(people.officer.call("POST", path, json=said))[1] == "second_factor_off"
    _, codes = enrol(people.officer)
    by_paper = {"password": PASSWORD, "code": codes[0]}
    assert people.officer.call("POST", path, json=by_paper).status_code == 200


def test_fresh_recovery_codes_need_password_and_code_and_replace_the_old_ones(
    people: People, clock_at: Clock
) -> None:
    secret, old = enrol(people.officer)
    clock_at(LATER)
    path, said = "/account/recovery-codes", {"password": PASSWORD}
    assert refused(people.officer.call("POST", path, json=said)) == (422, "proof_wrong")
    fresh = people.officer.call("POST", path, json={**said, "code": code_of(secret)})
    assert refused(knock(people, code=old[0])) == (401, "second_factor_wrong")
    assert knock(people, code=fresh.json["recovery_codes"][0]).status_code == 201


def test_the_password_is_changed_by_a_code_besides_the_old_one(
    people: People, clock_at: Clock
) -> None:
    secret, _ = enrol(people.officer)
    clock_at(LATER)
    said = {"old": PASSWORD, "new": "một câu dài dễ nhớ"}
    bare = people.officer.call("PUT", "/account/password", json=said)
    assert refused(bare) == (422, "proof_wrong")
    assert bare.json["errors"][0]["field"] == "old"
    weak = {**said, "new": "matkhau123", "code": code_of(secret)}
    assert people.officer.call("PUT", "/account/password", json=weak).status_code == 422
    said["code"] = code_of(secret)
    assert people.officer.call("PUT", "/account/password", json=said).status_code == 200


def test_a_wrong_password_and_a_wrong_code_are_answered_and_written_down_alike(
    people: People, clock_at: Clock
) -> None:
    secret, _ = enrol(people.officer)
    clock_at(LATER)
    answers = [
        people.officer.call("POST", f"{PATH}/off", json=said).json
        for said in (
            {"password": "sai", "code": code_of(secret)},
            {"password": PASSWORD, "code": "000000"},
        )
    ]
    assert answers[0]["code"] == answers[1]["code"] == "proof_wrong"
    assert answers[0]["errors"] == answers[1]["errors"]
    kept = people.admin.get("/admin/audit", object_kind="account", object_key=OFFICER).json["items"]
    assert [one["act"] for one in kept].count("sign_in_failed") == 2


@pytest.mark.parametrize("wrong", [{"password": "sai"}, {"code": "000000"}])
def test_proofs_that_are_guessed_are_slowed_as_signing_in_is(
    people: People, clock_at: Clock, wrong: dict[str, str]
) -> None:
    secret, _ = enrol(people.officer)
    clock_at(LATER)
    said = {"password": PASSWORD, "code": code_of(secret)}
    path = f"{PATH}/off"
    answers = [people.officer.call("POST", path, json={**said, **wrong}) for _ in range(7)]
    assert [one.status_code for one in answers] == [422] * 6 + [429]
    right = people.officer.call("POST", path, json=said)
    assert refused(right) == (429, "tried_too_often")
    assert refused(set_up(people.officer, password=PASSWORD))[1] == "tried_too_often"


def test_who_proves_themselves_once_more_goes_on_with_a_new_token(people: People) -> None:
    officer, said = come_in(people)
    shown, new = {"password": PASSWORD}, "một câu dài dễ nhớ"
    change = {"old": PASSWORD, "new": new}
    acts: list[Callable[[str], TestResponse]] = [
        lambda _: set_up(officer, **shown),
        lambda code: set_up(officer, present_code=code, **shown),
        lambda code: officer.call("POST", "/account/recovery-codes", json={"code": code, **shown}),
        lambda code: officer.call("PUT", "/account/password", json={"code": code, **change}),
        lambda code: officer.call("POST", f"{PATH}/off", json={"code": code, "password": new}),
    ]
    codes = ["none is asked for"]
    for act in acts:
        before = Caller(people.client, officer.authorization)
        answer = officer.goes_on(act(codes.pop()))
        codes = answer.json.get("recovery_codes", codes)
        assert answer.json["expires_at"] == said["expires_at"], "it lasts no longer"
        assert before.get("/account/sessions").status_code == 401
        assert officer.get("/account/sessions").json["items"][0]["current"] is True


def test_a_session_that_ended_meanwhile_gets_no_new_token(people: People) -> None:
    opened = signing_in.sign_in(service.by_email(OFFICER), timedelta(hours=1))
    session = db.session.scalars(select(Session).order_by(Session.id.desc())).first()
    assert session
    signing_in.sign_out(opened.token)
    with pytest.raises(NotSignedIn):
        signing_in.renew(signing_in.actor_of(opened.account, session.id))


def test_administrators_change_their_own_as_everybody_does(people: People, clock_at: Clock) -> None:
    secret, _ = enrol(people.admin)
    path = f"/admin/accounts/{ADMIN}"
    assert refused(people.admin.call("DELETE", f"{path}/second-factor"))[1] == "own_second_factor"
    said = {"password": "một câu dài dễ nhớ"}
    assert refused(people.admin.call("PATCH", path, json=said)) == (409, "own_password")
    clock_at(LATER)
    assert knock(people, ADMIN, code=code_of(secret)).status_code == 201


def test_an_administrator_resets_a_lost_one_and_it_is_written_down(people: People) -> None:
    enrol(people.officer)
    path = f"/admin/accounts/{OFFICER}/second-factor"
    assert people.head.call("DELETE", path).status_code == 403
    assert people.admin.call("DELETE", path).status_code == 204
    assert people.officer.get("/inbox").status_code == 401, "its sessions ended"
    assert knock(people).status_code == 201
    said = people.admin.get("/admin/audit", object_kind="account", object_key=OFFICER).json["items"]
    assert ("second_factor_reset", ADMIN) in [(one["act"], one["actor"]) for one in said]
    assert refused(people.admin.call("DELETE", path)) == (409, "second_factor_off")


def test_where_the_role_must_have_one_nothing_else_opens_before(
    app: Flask, people: People, clock_at: Clock
) -> None:
    report = people.file(category="den-duong").code
    with two_factors_for(app, "admin", "leader"):
        admin, said = come_in(people, ADMIN)
        assert said["must_set_up_second_factor"] is True
        for path in ("/inbox", "/admin/accounts", "/account/sessions", "/stats/agencies"):
            assert refused(admin.get(path)) == (403, "second_factor_missing"), path
        public = people.public.get(f"/reports/{report}").json
        assert admin.get(f"/reports/{report}").json == public, "the public to everything else"
        assert admin.get("/account/second-factor").json["required"] is True
        secret, _ = enrol(admin)
        assert admin.get("/admin/accounts").status_code == 200
        clock_at(LATER)
        assert refused(knock(people, ADMIN)) == (401, "second_factor_needed")
        again, said = come_in(people, ADMIN, code=code_of(secret))
        assert said["must_set_up_second_factor"] is False
        assert again.get("/admin/accounts").status_code == 200
        assert people.officer.get("/inbox").status_code == 200, "other roles go on as before"


def test_who_must_set_it_up_can_sign_out(app: Flask, people: People) -> None:
    with two_factors_for(app, "admin"):
        admin, _ = come_in(people, ADMIN)
        assert admin.call("DELETE", "/sessions").status_code == 204
        assert admin.get("/account/second-factor").status_code == 401
