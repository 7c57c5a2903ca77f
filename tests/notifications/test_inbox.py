"""The inbox over HTTP: own notices only, newest first, read once."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from reports_service.accounts import signing_in
from reports_service.accounts.models import Account
from reports_service.core.db import db
from reports_service.notifications import service
from reports_service.notifications.wording import Site
from tests.notifications.province import Province

SITE = Site("http://127.0.0.1:8022", ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def three_notices(province: Province) -> Province:
    """Three notes that the officer's colleagues are told of."""
    for number in range(3):
        happened = province.happens(
            "noted", {"assignment": 1}, {"note": f"ghi chú {number}"}, account=province.head
        )
        db.session.commit()
        service.tell(happened.id, SITE)
    return province


def as_account(account: Account) -> dict[str, str]:
    """The headers of a session of this account."""
    token = signing_in.sign_in(account, timedelta(hours=1)).token
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def test_the_newest_notice_comes_first(client: FlaskClient, three_notices: Province) -> None:
    answer = client.get("/api/v1/inbox", headers=as_account(three_notices.officer))
    assert answer.status_code == 200
    items = answer.json["items"]
    assert ["ghi chú 2" in items[0]["text"], "ghi chú 0" in items[2]["text"]] == [True, True]
    assert items[0]["report"] == "4839201157"
    assert items[0]["kind"] == "noted"
    assert items[0]["read_at"] is None


def test_pages_of_the_inbox_follow_each_other(client: FlaskClient, three_notices: Province) -> None:
    headers = as_account(three_notices.officer)
    first = client.get("/api/v1/inbox?limit=2", headers=headers).json
    rest = client.get(f"/api/v1/inbox?limit=2&cursor={first['next_cursor']}", headers=headers).json
    seen = [item["id"] for item in first["items"] + rest["items"]]
    assert len(seen) == 3
    assert seen == sorted(seen, reverse=True)
    assert rest["next_cursor"] is None


def test_a_notice_that_was_read_is_unread_no_more(
    client: FlaskClient, three_notices: Province
) -> None:
    headers = as_account(three_notices.officer)
    number = client.get("/api/v1/inbox", headers=headers).json["items"][0]["id"]
    first = client.post(f"/api/v1/inbox/{number}/read", headers=headers)
    again = client.post(f"/api/v1/inbox/{number}/read", headers=headers)
    assert first.status_code == again.status_code == 200
    assert first.json["read_at"] == again.json["read_at"] is not None
    unread = client.get("/api/v1/inbox?unread=true", headers=headers).json["items"]
    assert number not in [item["id"] for item in unread]
    assert len(unread) == 2


def test_a_notice_of_somebody_else_is_not_there(
    client: FlaskClient, three_notices: Province
) -> None:
    theirs = client.get("/api/v1/inbox", headers=as_account(three_notices.officer)).json["items"]
    mine = as_account(three_notices.colleague)
    answer = client.post(f"/api/v1/inbox/{theirs[0]['id']}/read", headers=mine)
    assert answer.status_code == 404
    assert answer.json["code"] == "notice_unknown"
    own = client.get("/api/v1/inbox", headers=mine).json["items"]
    assert not {item["id"] for item in own} & {item["id"] for item in theirs}


@pytest.mark.parametrize("number", [0, 10**30])
def test_a_number_that_was_never_given_is_not_there(
    number: int, client: FlaskClient, three_notices: Province
) -> None:
    headers = as_account(three_notices.officer)
    assert client.post(f"/api/v1/inbox/{number}/read", headers=headers).status_code == 404


def test_the_inbox_needs_a_session(client: FlaskClient) -> None:
    assert client.get("/api/v1/inbox").status_code == 401


def test_the_inbox_asks_the_database_as_often_for_many_as_for_one(
    client: FlaskClient, three_notices: Province
) -> None:
    headers = as_account(three_notices.officer)
    one, three = (
        statements_of(client, f"/api/v1/inbox?limit={limit}", headers) for limit in (1, 3)
    )
    assert 0 < one == three


def statements_of(client: FlaskClient, address: str, headers: dict[str, str]) -> int:
    """How many statements an answer takes."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    client.get(address, headers=headers)
    event.remove(Engine, "before_cursor_execute", note)
    return len(asked)
