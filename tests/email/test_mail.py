"""Mails as they wait in the store."""

import pytest

from parsepy.email import mail as mails
from parsepy.email.base import Letter, Message
from parsepy.email.mail import Kind, MailUnreadable, new_mail
from parsepy.types import JSONObject

USER: JSONObject = {
    "objectId": "u1",
    "username": "a.$b",
    "born": {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"},
}


@pytest.mark.parametrize(
    "mail",
    [
        new_mail(Kind.MESSAGE, Message("ann@example.com", "Hello 🎲", "…")),
        new_mail(Kind.MESSAGE, Message("a@b.c", "", "", "<p>", {"X-A.$b": "1"})),
        new_mail(Kind.VERIFICATION, Letter("a@b.c", {**USER}, "Game", "http://x", "de-AT")),
        new_mail(Kind.PASSWORD_RESET, Letter("a@b.c", {}, "Game", "http://x")),
    ],
)
def test_a_mail_is_read_as_it_was_written(mail: mails.Mail) -> None:
    assert mails.from_text(mail.id, mails.to_text(mail)) == mail


def test_mails_have_ids_of_their_own() -> None:
    message = Message("ann@example.com", "Hello", "…")

    assert len({new_mail(Kind.MESSAGE, message).id for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "[]", "{}", '"x"', '{"kind":"fax"}', '{"kind":"message"}', None, 5),
        '{"kind":"message","to":"a","subject":"b","text":"c","colour":"red"}',
    ],
)
def test_what_is_no_mail_is_told(text: object) -> None:
    with pytest.raises(MailUnreadable):
        mails.from_text("id", text)
