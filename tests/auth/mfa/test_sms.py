"""Codes that are sent to a telephone."""

import logging

import pytest

from parsepy.auth.mfa import sms
from parsepy.auth.mfa.options import read_options
from parsepy.errors import ParseError
from parsepy.types import JSONValue
from tests.auth.mfa.enrolment import MOBILE, NOW, Telephone
from tests.support.refusals import awaited_refusal

END = "2027-01-15T08:00:00.000Z"

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("digits", [4, 6, 10])
async def test_the_code_that_is_sent_is_stored_as_a_hash_with_its_end(digits: int) -> None:
    phone = Telephone()
    options = read_options({"options": ["SMS"], "sendSMS": phone, "digits": digits, "period": 60})

    stored = await sms.send_code(MOBILE, options, NOW)

    code, mobile = phone.messages[0]
    assert mobile == MOBILE
    assert len(code) == digits
    assert code.isdecimal()
    assert list(stored) == ["token", "expiry"]
    assert code not in str(stored["token"])
    assert await sms.is_code(code, stored["token"])
    assert not sms.is_over(stored["expiry"], NOW + 60)
    assert sms.is_over(stored["expiry"], NOW + 60.5)


async def test_a_plain_hook_may_block() -> None:
    sent: list[str] = []
    options = read_options(
        {"options": ["SMS"], "send_sms": lambda token, mobile: sent.append(token)}
    )

    stored = await sms.send_code(MOBILE, options, NOW)

    assert await sms.is_code(sent[0], stored["token"])


async def test_codes_of_parse_server_are_stored_in_clear_and_work() -> None:
    assert await sms.is_code("012345", "012345")
    assert not await sms.is_code("012346", "012345")


@pytest.mark.parametrize("sent", [None, 12345, 0, True, ["12345"], {"$ne": ""}, "", "\ud800"])
@pytest.mark.parametrize(
    "stored", [None, 12345, 0, True, ["12345"], {"a": 1}, "", "scrypt:", "scrypt:x:y"]
)
async def test_nothing_else_is_a_code(sent: JSONValue, stored: JSONValue) -> None:
    assert not await sms.is_code(sent, stored)


@pytest.mark.parametrize("expiry", [None, "", "x", 5, {}, {"iso": 5}, {"iso": "x"}])
def test_a_code_without_a_readable_end_is_over(expiry: JSONValue) -> None:
    assert sms.is_over(expiry, NOW)


@pytest.mark.parametrize("written", [{"__type": "Date", "iso": END}, END])
def test_the_end_of_a_code_may_have_lost_its_type(written: JSONValue) -> None:
    assert not sms.is_over(written, NOW)
    assert sms.is_over(written, NOW + 1)


@pytest.mark.parametrize(
    "mobile",
    [
        "",
        "abc",
        "+",
        "+49\n1x",
        "+1234;rm",
        "1" * 41,
        "+1.555",
        "$1",
        None,
        5,
        ["+1"],
        {"$ne": 1},
        True,
    ],
)
async def test_what_is_no_number_gets_no_message(mobile: JSONValue) -> None:
    phone = Telephone()
    options = read_options({"options": ["SMS"], "sendSMS": phone})

    refused = await awaited_refusal(sms.send_code(mobile, options, NOW))

    assert refused is not None
    assert (refused.code, refused.message) == (141, "Invalid mobile number.")
    assert phone.messages == []


@pytest.mark.parametrize("mobile", ["+11111111111", "0151 123", "(030) 1-2/3", "++1", "1"])
async def test_numbers_are_those_that_parse_server_takes(mobile: str) -> None:
    phone = Telephone()
    options = read_options({"options": ["SMS"], "sendSMS": phone})

    await sms.send_code(mobile, options, NOW)

    assert phone.messages[0][1] == mobile


async def test_what_a_hook_raises_stays_here(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(token: str, mobile: str) -> None:
        raise RuntimeError("https://gateway/?key=secret")

    options = read_options({"options": ["SMS"], "sendSMS": fail})

    with caplog.at_level(logging.ERROR):
        refused = await awaited_refusal(sms.send_code(MOBILE, options, NOW))

    assert refused is not None
    assert (refused.code, refused.message) == (141, "The code could not be sent.")
    assert "The code could not be sent" in caplog.text


async def test_a_hook_may_tell_the_client_what_is_wrong() -> None:
    async def fail(token: str, mobile: str) -> None:
        raise ParseError(142, "This country is not served.")

    options = read_options({"options": ["SMS"], "sendSMS": fail})

    refused = await awaited_refusal(sms.send_code(MOBILE, options, NOW))

    assert refused is not None
    assert (refused.code, refused.message) == (142, "This country is not served.")
