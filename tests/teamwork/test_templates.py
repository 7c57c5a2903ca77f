"""Prepared words: kept by heads and administrators, filled for one report, most used first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reports_service.sla import service as sla
from tests.personas import Caller, Filed, People

DONE = {
    "action": "resolve",
    "category": "ha-tang-do-thi",
    "titles": {"vi": "Đã sửa"},
    "texts": {"vi": "{agency} đã xử lý {category} tại {area} (mã {code}), hẹn {promised_by}."},
}


def add(caller: Caller, **changes: Any) -> dict[str, Any]:
    answer = caller.call("POST", "/templates", json={**DONE, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json


def offered(caller: Caller, filed: Filed, action: str = "resolve", **query: Any) -> list[Any]:
    answer = caller.get(f"/reports/{filed.code}/templates", action=action, **query)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def own(caller: Caller, filed: Filed, action: str = "resolve") -> list[str]:
    """The titles of the agency's own templates; the demo province has some for all."""
    return [one["title"] for one in offered(caller, filed, action) if one["own_agency"]]


def test_a_template_of_a_parent_category_is_offered_filled(people: People, filed: Filed) -> None:
    made = add(people.head)
    assert made["agency"]["code"] == "cong-trinh-do-thi-tay-ninh"
    found = next(one for one in offered(people.officer, filed) if one["id"] == made["id"])
    assert "{" not in found["text"]
    assert filed.code in found["text"]
    assert "Phường Long Hoa" in found["text"]
    promised = datetime.fromisoformat(filed.answer["promised_by"])
    assert promised.astimezone(sla.zone()).strftime("%H:%M %d/%m/%Y") in found["text"]


def test_it_is_offered_for_its_act_and_its_category_only(people: People, filed: Filed) -> None:
    add(people.head)
    add(people.head, category="rac-thai", titles={"vi": "Rác"})
    assert own(people.officer, filed) == ["Đã sửa"]
    assert own(people.officer, filed, "ask") == []


def test_other_agencies_have_their_own(people: People, filed: Filed) -> None:
    add(people.foreign_head, category=None)
    add(people.admin, category=None, titles={"vi": "Toàn tỉnh"})
    shown = offered(people.officer, filed)
    assert "Toàn tỉnh" in [one["title"] for one in shown if not one["own_agency"]]
    assert own(people.officer, filed) == []


def test_the_most_used_comes_first(people: People, filed: Filed) -> None:
    add(people.head, titles={"vi": "Một"})
    second = add(people.head, titles={"vi": "Hai"})
    assert own(people.officer, filed) == ["Một", "Hai"]
    used = people.officer.call("POST", f"/templates/{second['id']}/uses")
    assert used.status_code == 204
    assert own(people.officer, filed) == ["Hai", "Một"]
    assert people.officer.get(f"/templates/{second['id']}").json["uses"] == 1


def test_an_unknown_placeholder_is_refused_in_words_beside_its_field(people: People) -> None:
    texts = {"vi": "Kính gửi {name}"}
    answer = people.head.call("POST", "/templates", json={**DONE, "texts": texts})
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert (error["field"], error["code"]) == ("texts.vi", "placeholder_unknown")
    assert "{name}" in error["detail"] and "{promised_by}" in error["detail"]


def test_english_is_offered_where_there_is_any(people: People, filed: Filed) -> None:
    add(people.head, texts={"vi": "Đã xong", "en": "Done"}, titles={"vi": "Xong", "en": "Done"})
    add(people.head, texts={"vi": "Đã sửa"}, titles={"vi": "Sửa"})
    english = [one for one in offered(people.officer, filed, language="en") if one["own_agency"]]
    assert [one["text"] for one in english] == ["Done", "Đã sửa"]


def test_officers_read_templates_and_keep_none(people: People, filed: Filed) -> None:
    made = add(people.head)
    assert people.officer.call("POST", "/templates", json=DONE).status_code == 403
    gone = people.officer.call("DELETE", f"/templates/{made['id']}")
    assert gone.status_code == 403
    assert people.foreign_head.get(f"/templates/{made['id']}").status_code == 404
    provincial = add(people.admin, agency=None)
    changed = people.head.call("PATCH", f"/templates/{provincial['id']}", json={"action": "ask"})
    assert (changed.status_code, changed.json["code"]) == (404, "not_your_template")
    assert people.head.get(f"/templates/{provincial['id']}").status_code == 200


def test_a_head_prepares_nothing_for_another_agency(people: People) -> None:
    answer = people.head.call("POST", "/templates", json={**DONE, "agency": "dien-luc"})
    assert (answer.status_code, answer.json["code"]) == (422, "template_elsewhere")
    assert answer.json["errors"][0]["field"] == "agency"


def test_a_template_changes_and_ends(people: People, filed: Filed) -> None:
    made = add(people.head)
    changes = {"action": "note", "category": None, "texts": {"vi": "Ghi: {officer}, {today}"}}
    changed = people.head.call("PATCH", f"/templates/{made['id']}", json=changes)
    assert changed.json["category"] is None
    found = [one for one in offered(people.officer, filed, "note") if one["own_agency"]]
    assert found[0]["text"] == "Ghi: Lê Minh Tuấn, 09/03/2026"
    assert people.head.call("DELETE", f"/templates/{made['id']}").status_code == 200
    assert own(people.officer, filed, "note") == []
    assert people.head.get(f"/templates/{made['id']}").status_code == 404


def test_strangers_are_offered_nothing(people: People, filed: Filed) -> None:
    answer = people.foreign_officer.get(f"/reports/{filed.code}/templates", action="resolve")
    assert (answer.status_code, answer.json["code"]) == (403, "for_colleagues")


def test_the_address_is_filled_as_the_public_may_see_it(people: People) -> None:
    add(people.head, category=None, texts={"vi": "Tại {address}"})
    hidden = people.file(address="nhà bà Tư, 0912345678")
    (found,) = [one for one in offered(people.officer, hidden) if one["own_agency"]]
    assert "0912345678" not in found["text"]
