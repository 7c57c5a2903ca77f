"""Mails: handed to a real server over a socket, or written as files."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from reports_service.core import words
from reports_service.notifications.mail import (
    Attachment,
    FolderMailer,
    Letter,
    MailUrlWrong,
    NotSentYet,
    Sender,
    SmtpMailer,
    Undeliverable,
    mailer,
)
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.pure

SENDER = Sender("1022 Tây Ninh <no-reply@demo.example>", "1022.demo.example")
LETTER = Letter(
    number=7,
    written_at=datetime(2026, 11, 27, 10, tzinfo=UTC),
    to="hoa@demo.example",
    subject="[1022] Phản ánh 123-456-7890: đã có trả lời",
    body="Kính gửi anh/chị,\n\nĐèn đã sáng.\n",
    language="vi",
)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def test_a_letter_arrives_with_its_vietnamese_intact(server: SmtpServer) -> None:
    SmtpMailer(SENDER, server.url).send(LETTER)
    (letter,) = server.letters
    assert letter["Subject"] == LETTER.subject
    assert letter["To"] == LETTER.to
    assert letter["From"] == SENDER.address
    assert letter.get_content().replace("\r\n", "\n") == LETTER.body
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "vi"


def test_a_letter_brings_its_files_along(server: SmtpServer) -> None:
    file = Attachment("báo-cáo.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")
    SmtpMailer(SENDER, server.url).send(replace(LETTER, attachments=(file,)))
    (letter,) = server.letters
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == file.name
    assert attached.get_content_type() == file.media_type
    assert attached.get_content() == file.content  # type: ignore[attr-defined]
    body = letter.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == LETTER.body
    assert body["Content-Language"] == "vi"


def test_letters_that_are_numbered_apart_are_not_taken_for_one_another(tmp_path: Path) -> None:
    writing = FolderMailer(SENDER, tmp_path)
    for series in ("", "m"):
        writing.send(replace(LETTER, series=series))
    assert {file.name for file in tmp_path.iterdir()} == {"7.eml", "m7.eml"}
    ids = {SENDER.envelope(replace(LETTER, series=series))["Message-ID"] for series in ("", "m")}
    assert len(ids) == 2


def subjects() -> Iterator[str]:
    """What letters are headed by, and sentences of growing length: folds at every place."""
    for code, said in words.catalogue().items():
        if code.startswith("notice_") and "subject" in code:
            yield f"[1022] Phản ánh 483-920-1157: {said['vi']}"
    sentence = "đang tìm đơn vị phù hợp, người phản ánh đã xác nhận kết quả " * 5
    yield from (sentence[start : start + 120].strip() for start in range(0, 60, 3))
    yield from (sentence[:length].strip() for length in range(20, 150))


def test_a_subject_keeps_every_blank_wherever_it_is_folded() -> None:
    """Read back by the standard library's two parsers, and by RFC 2047's rules for the raw form."""
    for subject in subjects():
        raw = SENDER.envelope(replace(LETTER, subject=subject)).as_bytes()
        assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
        old = message_from_bytes(raw, policy=policy.compat32)["Subject"]
        assert str(make_header(decode_header(old))) == subject
        header = re.search(rb"^Subject: (.*(?:\r\n[ \t].*)*)\r\n", raw, re.MULTILINE)
        assert header is not None
        lines = header[0].decode("ascii").removesuffix("\r\n").split("\r\n")
        assert all(len(line) <= 76 for line in lines)
        for word in header[1].decode("ascii").split():
            ((content, charset),) = decode_header(word)
            assert charset == "utf-8"
            assert content.decode("utf-8")  # whole characters in each
            assert len(word) <= 75


def test_an_english_subject_is_left_as_it_is() -> None:
    subject = "[1022] Report 483-920-1157: looking for the right agency, which may take a while"
    raw = SENDER.envelope(replace(LETTER, subject=subject)).as_bytes()
    assert b"=?" not in raw.partition(b"Subject:")[2].partition(b"Date:")[0]
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject


def test_a_letter_sent_twice_has_one_message_id(server: SmtpServer) -> None:
    for _ in range(2):
        SmtpMailer(SENDER, server.url).send(LETTER)
    SmtpMailer(SENDER, server.url).send(replace(LETTER, number=8))
    first, again, other = (letter["Message-ID"] for letter in server.letters)
    assert first == again != other


def test_an_address_that_does_not_exist_is_given_up_and_not_named(server: SmtpServer) -> None:
    server.refused[LETTER.to] = 550
    with pytest.raises(Undeliverable) as said:
        SmtpMailer(SENDER, server.url).send(LETTER)
    assert "550" in str(said.value)
    assert LETTER.to not in str(said.value)


def test_a_full_mailbox_is_tried_again(server: SmtpServer) -> None:
    server.refused[LETTER.to] = 452
    with pytest.raises(NotSentYet, match="452"):
        SmtpMailer(SENDER, server.url).send(LETTER)


def test_a_server_that_is_away_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(NotSentYet):
            SmtpMailer(SENDER, url).send(LETTER)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NotSentYet):
            SmtpMailer(SENDER, url, timeout_s=0.05).send(LETTER)


@pytest.mark.parametrize("address", ["hoa@demo.example\r\nBcc: all@demo.example", "", "<"])
def test_what_is_no_address_is_given_up(address: str, server: SmtpServer) -> None:
    with pytest.raises(Undeliverable):
        SmtpMailer(SENDER, server.url).send(replace(LETTER, to=address))
    assert server.letters == []


def test_an_address_beyond_ascii_is_given_up_by_a_server_that_takes_none(
    server: SmtpServer,
) -> None:
    with pytest.raises(Undeliverable):
        SmtpMailer(SENDER, server.url).send(replace(LETTER, to="hòa@demo.example"))


def test_without_a_server_a_letter_is_a_file(tmp_path: Path) -> None:
    writing = FolderMailer(SENDER, tmp_path / "mail")
    for _ in range(2):
        writing.send(LETTER)
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name == "7.eml"
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["Subject"] == LETTER.subject


def test_the_mail_url_chooses_the_way(tmp_path: Path) -> None:
    assert isinstance(mailer(SENDER, None, tmp_path), FolderMailer)
    assert isinstance(mailer(SENDER, "smtps://user:word@mail.example", tmp_path), SmtpMailer)
    with pytest.raises(MailUrlWrong):
        mailer(SENDER, "https://mail.example", tmp_path)
