"""Adapters of an app's own: what they must have, and how they are called."""

import threading
from types import SimpleNamespace

import pytest

from parsepy.email.adapter import TIMEOUT, OwnAdapter
from parsepy.email.base import Letter, Message
from parsepy.email.mail import Kind, new_mail
from parsepy.options import OptionsError

pytestmark = pytest.mark.anyio

MESSAGE = Message("ann@example.com", "Hello", "…")
LETTER = Letter("ann@example.com", {"objectId": "u1"}, "Game", "http://x")


class Postman:
    def __init__(self) -> None:
        self.calls: list[tuple[str, object, int]] = []

    async def send_mail(self, message: Message) -> None:
        self.calls.append(("message", message, threading.get_ident()))

    def send_password_reset_email(self, letter: Letter) -> None:
        self.calls.append(("reset", letter, threading.get_ident()))


async def test_it_gets_messages_and_the_letters_that_it_writes() -> None:
    postman = Postman()
    adapter = OwnAdapter(postman)

    await adapter.hand_over(new_mail(Kind.MESSAGE, MESSAGE))
    await adapter.hand_over(new_mail(Kind.PASSWORD_RESET, LETTER))

    assert [adapter.writes(kind) for kind in Kind] == [False, False, True]
    assert [call[:2] for call in postman.calls] == [("message", MESSAGE), ("reset", LETTER)]


async def test_plain_functions_run_in_a_thread() -> None:
    postman = Postman()

    await OwnAdapter(postman).hand_over(new_mail(Kind.PASSWORD_RESET, LETTER))

    assert postman.calls[0][2] != threading.get_ident()


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (object(), "send_mail"),
        (SimpleNamespace(sendMail=print), "send_mail"),
        (SimpleNamespace(send_mail="mail"), "send_mail"),
        (SimpleNamespace(send_mail=print, send_verification_email=1), "send_verification_email"),
    ],
)
def test_what_lacks_a_function_is_no_adapter(given: object, missing: str) -> None:
    with pytest.raises(OptionsError) as caught:
        OwnAdapter(given)

    assert str(caught.value) == (
        "Option emailAdapter: Adapter prototype don't match expected prototype:"
        f" {missing} must be a function."
    )


@pytest.mark.parametrize(
    ("attributes", "queued", "timeout"),
    [
        ({}, True, TIMEOUT),
        ({"queued": False, "timeout": 5}, False, 5.0),
        ({"queued": None, "timeout": "5"}, True, TIMEOUT),
        ({"timeout": -1}, True, TIMEOUT),
        ({"timeout": True}, True, TIMEOUT),
    ],
)
def test_it_may_say_how_it_wants_to_be_called(
    attributes: dict[str, object], queued: bool, timeout: float
) -> None:
    adapter = OwnAdapter(SimpleNamespace(send_mail=print, **attributes))

    assert (adapter.queued, adapter.timeout) == (queued, timeout)
