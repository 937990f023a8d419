"""What `auth.mfa` may say, with the texts of parse-server for what it may not."""

import pytest

from parsepy.auth.mfa.options import read_options
from parsepy.options.errors import OptionsError


def send(token: str, mobile: str) -> None:
    """Named by tests as a text."""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "mfa.options must be an array"),
        ({"options": "TOTP"}, "mfa.options must be an array"),
        ({"options": {"TOTP": True}}, "mfa.options must be an array"),
        ({"options": []}, "mfa.options must include SMS or TOTP"),
        ({"options": ["totp"]}, "mfa.options must include SMS or TOTP"),
        ({"options": ["TOTP"], "digits": "6"}, "mfa.digits must be a number"),
        ({"options": ["TOTP"], "digits": True}, "mfa.digits must be a number"),
        ({"options": ["TOTP"], "digits": 6.5}, "mfa.digits must be a number"),
        ({"options": ["TOTP"], "period": "30"}, "mfa.period must be a number"),
        ({"options": ["TOTP"], "digits": 3}, "mfa.digits must be between 4 and 10"),
        ({"options": ["TOTP"], "digits": 11}, "mfa.digits must be between 4 and 10"),
        ({"options": ["TOTP"], "period": 9}, "mfa.period must be greater than 10"),
        ({"options": ["SMS"]}, "mfa.sendSMS callback must be defined when using SMS OTPs"),
        (
            {"options": ["SMS", "TOTP"], "sendSMS": 1},
            "mfa.sendSMS callback must be defined when using SMS OTPs",
        ),
        (
            {"options": ["TOTP"], "algorithm": "MD5"},
            "mfa.algorithm must be one of SHA1, SHA224, SHA256, SHA384, SHA512",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(OptionsError) as refused:
        read_options(given)

    assert str(refused.value) == message


def test_what_is_left_out_is_what_authenticator_apps_expect() -> None:
    options = read_options({"options": ["TOTP"]})

    assert (options.digits, options.period, options.algorithm) == (6, 30, "sha1")
    assert (options.totp, options.sms, options.send_sms) == (True, False, None)


@pytest.mark.parametrize("algorithm", ["SHA256", "sha256", "SHA-256", "sha-256"])
def test_algorithms_have_the_names_that_parse_server_takes(algorithm: str) -> None:
    options = read_options({"options": ["TOTP"], "algorithm": algorithm, "digits": 8.0})

    assert (options.algorithm, options.digits) == ("sha256", 8)


@pytest.mark.parametrize("name", ["sendSMS", "send_sms"])
@pytest.mark.parametrize("hook", [send, "tests.auth.mfa.test_options:send"])
def test_the_hook_has_two_names_and_may_be_named_by_a_text(name: str, hook: object) -> None:
    options = read_options({"options": ["SMS"], name: hook})

    assert options.send_sms is send
