"""Messages as they go over the wire: what is written is what a reader gets, and no more."""

import email
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsepy.email import mime
from parsepy.email.base import MailRefused, Message
from parsepy.email.mime import check_message, compose, one_line
from parsepy.errors import ParseError

SENDER = "Game <no-reply@game.test>"
ID = "<1@game.test>"
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"}
ABOUT_CONTENT = {"Content-Type", "Content-Transfer-Encoding"}


def written(**changes: Any) -> bytes:
    parts = {"to": "ann@example.com", "subject": "Hello", "text": "…", **changes}
    return compose(Message(**parts), SENDER, "ann@example.com", ID)


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


INJECTIONS = [
    "x\r\nBcc: bob@example.com",
    "x\nBcc: bob@example.com",
    "x\rBcc: bob@example.com",
    "x\r\n\r\nanother body",
    "x\x00\x0b\x0c\x1c\x85\u2028\u2029Bcc: bob@example.com",
    "=?utf-8?q?x=0d=0aBcc=3a_bob=40example=2ecom?=",
    "=?utf-8?b?eA0KQmNjOiBib2JAZXhhbXBsZS5jb20=?=",
    "x" * 500 + " =?utf-8?q?x=0d=0aBcc=3a_bob=40example=2ecom?= ü",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_subject_makes_another_header(text: str) -> None:
    message = read(written(subject=text))

    assert set(message.keys()) == HEADERS | ABOUT_CONTENT
    assert message.get_content().strip() == "…"


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_header_of_ones_own_that_would_be_two_is_refused(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        check_message(Message("ann@example.com", "Hello", "…", headers={"X-Game": text}))

    assert caught.value.code == 142


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_got_past_all_checks_is_not_sent(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mime, "one_line", lambda subject: subject)

    try:
        message = read(written(subject=text))
    except MailRefused:
        return
    assert set(message.keys()) == HEADERS | ABOUT_CONTENT


@pytest.mark.parametrize(
    "name",
    [
        *("From", "to", "CC", "Bcc", "Subject", "Sender", "Date", "Message-Id", "MIME-Version"),
        *("Content-Type", "content-disposition", "Auto-Submitted"),
        *("", "X Y", "X:Y", "X\r\nBcc", "Ä", "x" * 77),
    ],
)
def test_headers_that_are_ours_or_none_are_refused(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        check_message(Message("ann@example.com", "Hello", "…", headers={name: "x"}))

    assert caught.value.code == 142


@pytest.mark.parametrize(
    "change", [{"subject": 1}, {"text": None}, {"html": b"x"}, {"headers": {"X-A": 1}}]
)
def test_texts_that_are_none_are_refused(change: dict[str, Any]) -> None:
    parts: dict[str, Any] = {"to": "ann@example.com", "subject": "Hello", "text": "…", **change}
    with pytest.raises(ParseError) as caught:
        check_message(Message(**parts))

    assert caught.value.code == 142


def test_a_message_without_html_is_plain_text() -> None:
    assert read(written(text="Hello\n")).get_content_type() == "text/plain"


def test_readers_of_html_get_the_same_as_html() -> None:
    message = read(written(text="Hello", html="<p>Hello</p>"))

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


def test_a_long_link_arrives_in_one_piece() -> None:
    link = "https://game.test/" + "a" * 400

    message = read(written(text=f"Click\n{link}\n", html=f'<a href="{link}">Click</a>'))

    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        assert link in part.get_content()


TEXTS = st.text(max_size=300)


@settings(deadline=None)
@given(subject=TEXTS, text=TEXTS, html=st.none() | TEXTS)
def test_any_texts_are_written_and_read_again(subject: str, text: str, html: str | None) -> None:
    content = written(subject=subject, text=text, html=html)

    message = read(content)
    keys = HEADERS | (ABOUT_CONTENT if html is None else {"Content-Type"})
    assert set(message.keys()) == keys
    assert " ".join(message["Subject"].split()) == one_line(subject)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_one_line_is_one_line() -> None:
    assert one_line(" a\r\n\tb\x00c\u2028d ") == "a b c d"
    assert one_line("half \ud800 pair") == "half \N{REPLACEMENT CHARACTER} pair"
    assert len(one_line("x" * 5000)) == 2000
