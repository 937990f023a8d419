"""Each setting that leaves a door open fails its check, and only that one."""

import pytest

from parsepy.security_check.configuration import configuration_group
from tests.security_check.settings import options_with

LIMITS = {
    "includeDepth": 5,
    "includeCount": 5,
    "subqueryDepth": 5,
    "queryDepth": 5,
    "graphQLDepth": 5,
    "graphQLFields": 50,
    "batchRequestLimit": 50,
}
GOOD = {"masterKey": "Correct-Horse-42", "requestComplexity": LIMITS}


def failed(**given: object) -> list[str]:
    group = configuration_group(options_with(**GOOD | given))
    return [check.title for check in group.checks if check.check() is False]


def test_good_settings_pass_every_check() -> None:
    assert failed() == []


@pytest.mark.parametrize(
    ("title", "given"),
    [
        ("Secure master key", {"masterKey": "insecure"}),
        ("Security log disabled", {"security": {"enableCheckLog": True}}),
        ("Client class creation disabled", {"allowClientClassCreation": True}),
        ("Users are created without public access", {"enforcePrivateUsers": False}),
        ("Insecure auth adapters disabled", {"enableInsecureAuthAdapters": True}),
        ("GraphQL public introspection disabled", {"graphQLPublicIntrospection": True}),
        ("GraphQL Playground disabled", {"mountPlayground": True}),
        ("Public database explain disabled", {"databaseOptions": {"allowPublicExplain": True}}),
        ("Read-only master key IP range restricted", {"readOnlyMasterKey": "readonly"}),
        (
            "Read-only master key IP range restricted",
            {"readOnlyMasterKey": "readonly", "readOnlyMasterKeyIps": ["10.0.0.1", "::/0"]},
        ),
        (
            "Read-only master key IP range restricted",
            {"readOnlyMasterKey": "readonly", "readOnlyMasterKeyIps": ["128.0.0.0/1"]},
        ),
        *(
            ("Request complexity limits enabled", {"requestComplexity": {**LIMITS, limit: -1}})
            for limit in LIMITS
        ),
        ("Request complexity limits enabled", {"requestComplexity": {}}),
        (
            "Password reset endpoint user enumeration mitigated",
            {"passwordPolicy": {"resetPasswordSuccessOnInvalidEmail": False}},
        ),
        (
            "Email verification endpoint user enumeration mitigated",
            {"emailVerifySuccessOnInvalidEmail": False},
        ),
        (
            "LiveQuery regex timeout enabled",
            {"liveQuery": {"classNames": ["Game"], "regexTimeout": 0}},
        ),
    ],
)
def test_a_weak_setting_fails_its_check(title: str, given: dict[str, object]) -> None:
    assert failed(**given) == [title]


@pytest.mark.parametrize(
    "given",
    [
        {"readOnlyMasterKey": "readonly", "readOnlyMasterKeyIps": ["127.0.0.1", "10.0.0.0/8"]},
        {"passwordPolicy": {"maxPasswordHistory": 3}},
        {"liveQuery": {"classNames": ["Game"]}},
        {"liveQuery": {"classNames": [], "regexTimeout": 0}},
        {"databaseOptions": {"allowPublicExplain": False}},
    ],
)
def test_a_setting_that_is_no_weakness_fails_nothing(given: dict[str, object]) -> None:
    assert failed(**given) == []


def test_every_check_says_what_is_wrong_and_what_to_do() -> None:
    for check in configuration_group(options_with()).checks:
        assert check.warning.endswith(".")
        assert check.solution.endswith(".")


def test_no_check_tells_a_key() -> None:
    keys = {name: f"{name}-secret-42" for name in ("masterKey", "readOnlyMasterKey", "fileKey")}

    group = configuration_group(options_with(**keys))

    assert not [check for check in group.checks if "secret-42" in check.warning + check.solution]
