"""Start-up messages about users, passwords and mail, word for word."""

import re

import pytest

from parsepy.options import load_options
from tests.options.faults import OPTION, Case, assert_accepted, assert_fault, case


def mail(**changes: object) -> dict[str, object]:
    return {
        "verifyUserEmails": True,
        "emailAdapter": {"module": "mail"},
        "appName": "App",
        "publicServerURL": "https://example.org",
        **changes,
    }


KEYS = {"appId": "app", "masterKey": "master"}
LOCKOUT_DURATION = "Account lockout duration should be greater than 0 and less than 100000"
LOCKOUT_THRESHOLD = (
    "Account lockout threshold should be an integer greater than 0 and less than 1000"
)
HISTORY = "passwordPolicy.maxPasswordHistory must be an integer ranging 0 - 20"
PURPOSE = "is required for e-mail verification and password resets."

SESSIONS: list[Case] = [
    (
        {"revokeSessionOnPasswordReset": "yes"},
        "revokeSessionOnPasswordReset must be a boolean value",
    ),
    ({"extendSessionOnUse": 1}, "extendSessionOnUse must be a boolean value"),
    ({"sessionLength": "long"}, "Session length must be a valid number."),
    ({"sessionLength": float("nan")}, "Session length must be a valid number."),
    ({"sessionLength": 0}, "Session length must be a value greater than 0."),
    ({"accountLockout": {"threshold": 1}}, LOCKOUT_DURATION),
    ({"accountLockout": {"threshold": 1, "duration": 100000}}, LOCKOUT_DURATION),
    ({"accountLockout": {"threshold": 1, "duration": True}}, LOCKOUT_DURATION),
    ({"accountLockout": {"threshold": 1.5, "duration": 1}}, LOCKOUT_THRESHOLD),
    ({"accountLockout": {"threshold": 1000, "duration": 1}}, LOCKOUT_THRESHOLD),
    (
        {"accountLockout": {"threshold": 1, "duration": 1, "unlockOnPasswordReset": 1}},
        f"{OPTION} accountLockout.unlockOnPasswordReset must be a boolean.",
    ),
    (
        {"passwordPolicy": {"maxPasswordAge": -1}},
        "passwordPolicy.maxPasswordAge must be a positive number",
    ),
    (
        {"passwordPolicy": {"resetTokenValidityDuration": 0}},
        "passwordPolicy.resetTokenValidityDuration must be a positive number",
    ),
    (
        {"passwordPolicy": {"validatorPattern": 1}},
        "passwordPolicy.validatorPattern must be a regex string or RegExp object.",
    ),
    (
        {"passwordPolicy": {"validatorPattern": "("}},
        "passwordPolicy.validatorPattern must be a regex string or RegExp object.",
    ),
    (
        {"passwordPolicy": {"validatorCallback": "f"}},
        "passwordPolicy.validatorCallback must be a function.",
    ),
    (
        {"passwordPolicy": {"doNotAllowUsername": "yes"}},
        "passwordPolicy.doNotAllowUsername must be a boolean value.",
    ),
    (
        {"passwordPolicy": {"validatorPattern": re.compile(b"x")}},
        "passwordPolicy.validatorPattern must be a regex string or RegExp object.",
    ),
    ({"passwordPolicy": {"maxPasswordHistory": 21}}, HISTORY),
    ({"passwordPolicy": {"maxPasswordHistory": -1}}, HISTORY),
    ({"passwordPolicy": {"maxPasswordHistory": 1.5}}, HISTORY),
    (
        {"passwordPolicy": {"resetTokenReuseIfValid": "yes"}},
        "resetTokenReuseIfValid must be a boolean value",
    ),
    (
        {"passwordPolicy": {"resetTokenReuseIfValid": True}},
        "You cannot use resetTokenReuseIfValid without resetTokenValidityDuration",
    ),
    (
        {"passwordPolicy": {"resetPasswordSuccessOnInvalidEmail": "yes"}},
        "resetPasswordSuccessOnInvalidEmail must be a boolean value",
    ),
    # Nothing is not a value: parse-server tells it from an option that is left out.
    (
        {"accountLockout": {"threshold": 1, "duration": 1, "unlockOnPasswordReset": None}},
        f"{OPTION} accountLockout.unlockOnPasswordReset must be a boolean.",
    ),
    (
        {"passwordPolicy": {"maxPasswordAge": None}},
        "passwordPolicy.maxPasswordAge must be a positive number",
    ),
    (
        {"passwordPolicy": {"resetTokenValidityDuration": None}},
        "passwordPolicy.resetTokenValidityDuration must be a positive number",
    ),
    (
        {"passwordPolicy": {"resetPasswordSuccessOnInvalidEmail": None}},
        "resetPasswordSuccessOnInvalidEmail must be a boolean value",
    ),
    *(
        case({name: "yes"}, f"{OPTION} {name} must be a boolean.")
        for name in (
            "enforcePrivateUsers",
            "enableInsecureAuthAdapters",
            "allowExpiredAuthDataToken",
            "allowClientClassCreation",
        )
    ),
]

MAIL: list[Case] = [
    (mail(emailAdapter=None), f"An emailAdapter {PURPOSE}"),
    (mail(appName=None), f"An app name {PURPOSE}"),
    (mail(publicServerURL=None), "The option publicServerURL is required."),
    (
        {"publicServerURL": "example.org"},
        "The option publicServerURL must be a valid URL starting with http:// or https://.",
    ),
    (
        {"publicServerURL": 5},
        "The option publicServerURL must be a string or function, but got number.",
    ),
    (
        {"publicServerURL": ["a"]},
        "The option publicServerURL must be a string or function, but got object.",
    ),
    (
        mail(emailVerifyTokenValidityDuration="x"),
        "Email verify token validity duration must be a valid number.",
    ),
    (
        mail(emailVerifyTokenValidityDuration=-1),
        "Email verify token validity duration must be a value greater than 0.",
    ),
    (
        mail(emailVerifyTokenReuseIfValid="yes"),
        "emailVerifyTokenReuseIfValid must be a boolean value",
    ),
    (
        mail(emailVerifyTokenReuseIfValid=True),
        "You cannot use emailVerifyTokenReuseIfValid without emailVerifyTokenValidityDuration",
    ),
    (
        mail(emailVerifySuccessOnInvalidEmail="yes"),
        "emailVerifySuccessOnInvalidEmail must be a boolean value",
    ),
]


@pytest.mark.parametrize(("given", "message"), SESSIONS + MAIL)
def test_a_fault_is_told_in_the_words_of_parse_server(
    given: dict[str, object], message: str
) -> None:
    assert_fault(given, message)


@pytest.mark.parametrize(
    "given",
    [
        {"sessionLength": 0, "expireInactiveSessions": False},
        {"publicServerURL": ""},
        {"accountLockout": {"duration": 0.5, "threshold": 999}},
        {"passwordPolicy": {"maxPasswordHistory": 0, "validatorPattern": "^.{8,}$"}},
        {"passwordPolicy": {"validatorPattern": r"(?=.*\d)"}},
        {"passwordPolicy": {"validatorPattern": r"\p{Lu}"}},
        {"passwordPolicy": {"validatorPattern": re.compile("x"), "validatorCallback": len}},
        mail(
            verifyUserEmails=print,
            preventLoginWithUnverifiedEmail=print,
            sendUserEmailVerification=print,
            publicServerURL=print,
        ),
        {"passwordHashing": "bcrypt"},
        mail(emailVerifyTokenValidityDuration=60, emailVerifyTokenReuseIfValid=True),
    ],
)
def test_what_parse_server_accepts_is_accepted(given: dict[str, object]) -> None:
    assert_accepted(given)


@pytest.mark.parametrize("hashing", ["md5", "", "Argon2", 1])
def test_passwords_are_hashed_by_one_of_two(hashing: object) -> None:
    assert_fault({"passwordHashing": hashing}, "Option passwordHashing must be bcrypt or argon2.")


def test_argon2_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_accepted({"passwordHashing": "argon2"})

    monkeypatch.setattr("parsepy.options.validation.accounts.find_spec", lambda _name: None)
    assert_fault(
        {"passwordHashing": "argon2"},
        "passwordHashing argon2 needs its library: pip install 'parsepy-server[argon2]'.",
    )


def test_a_pattern_is_compiled_once() -> None:
    policy = load_options({**KEYS, "passwordPolicy": {"validatorPattern": "[0-9]"}}).options
    assert policy.password_policy is not None
    pattern = policy.password_policy.validator_pattern
    assert pattern is not None
    assert pattern.search("a1") is not None
    assert pattern.search("a") is None
