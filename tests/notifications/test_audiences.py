"""The table of who is told what, and that there are words for each of its places."""

from __future__ import annotations

from string import Formatter

import pytest

from reports_service.core import words
from reports_service.domain.outcomes import ResolutionKind
from reports_service.domain.roles import Party
from reports_service.notifications import audiences
from reports_service.notifications.audiences import TOLD, VOICES, Audience, Voice, case_of, told

pytestmark = pytest.mark.pure

SPOKEN = sorted({(case, VOICES[audience]) for case, heard in TOLD.items() for audience in heard})
HEARD = sorted(case for case, heard in TOLD.items() if heard)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize(("case", "voice"), SPOKEN)
def test_each_reader_of_a_case_has_words_in_both_languages(case: str, voice: Voice) -> None:
    sentences = words.catalogue()[f"notice_{case}_{voice}"]
    vietnamese, english = placeholders(sentences["vi"]), placeholders(sentences["en"])
    assert vietnamese == english
    assert "code" in vietnamese


@pytest.mark.parametrize("case", HEARD)
def test_each_case_has_a_heading(case: str) -> None:
    assert set(words.catalogue()[f"notice_{case}_subject"]) == {"vi", "en"}


def test_no_words_are_left_over() -> None:
    needed = {f"notice_{case}_{voice}" for case, voice in SPOKEN}
    needed |= {f"notice_{case}_subject" for case in HEARD}
    endings = tuple(f"_{voice}" for voice in [*Voice, "subject"])
    general = {f"notice_{case}_subject_{voice}" for case, voice in SPOKEN}  # where it helps
    general |= {"notice_subject", "notice_greeting_reporter", "notice_greeting_agency"}
    general |= {"notice_link_reporter", "notice_link_agency"}
    said = {
        code for code in words.catalogue() if code.startswith("notice_") and code.endswith(endings)
    }
    assert said - general == needed


@pytest.mark.parametrize("kind", ResolutionKind)
def test_each_kind_of_result_is_a_case(kind: ResolutionKind) -> None:
    assert case_of("resolved", {"kind": str(kind)}) in TOLD


def test_what_is_quoted_stands_in_the_table() -> None:
    assert set(audiences.QUOTED_TO_REPORTER) | set(audiences.QUOTED_TO_STAFF) <= set(TOLD)


def test_no_citizen_hears_of_what_is_internal() -> None:
    heard = {
        audience
        for case in TOLD
        for audience in told(case, Party.OFFICER, internal=True, restricted=False)
    }
    assert not heard & {Audience.REPORTER, Audience.FOLLOWERS}


def test_no_follower_hears_of_a_restricted_report() -> None:
    heard = {
        audience
        for case in TOLD
        for audience in told(case, Party.OPERATOR, internal=False, restricted=True)
    }
    assert Audience.FOLLOWERS not in heard
    assert Audience.REPORTER in heard


def test_a_reporter_is_not_told_of_their_own_correction_but_has_a_receipt_for_filing() -> None:
    assert Audience.REPORTER in told("filed", Party.REPORTER, internal=False, restricted=False)
    assert told("withdrawn", Party.REPORTER, internal=False, restricted=False)[0] == "reporter"
    assert told("corrected", Party.REPORTER, internal=False, restricted=False) == ("officers",)


ASKS = ("xin tiếp nhận", "cần đơn vị tiếp nhận", "xin điều phối", "chờ điều phối")


@pytest.mark.parametrize("case", sorted(HEARD))
def test_where_staff_are_asked_to_act_the_subject_asks_too(case: str) -> None:
    """No mail that asks an agency to take up a report is headed as if that were done."""
    text = words.catalogue().get(f"notice_{case}_agency", {}).get("vi", "").lower()
    if any(ask in text for ask in ASKS):
        subject = words.catalogue()[f"notice_{case}_subject_agency"]["vi"]
        assert "cần tiếp nhận" in subject or "cần điều phối" in subject
