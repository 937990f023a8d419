"""Functions that a configuration file names."""

import json
from pathlib import Path
from typing import Any

import pytest

from parsepy.options import OptionsError, load_options, resolve
from parsepy.options.named_functions import with_functions

KEYS = {"appId": "app", "masterKey": "master"}
HERE = __name__


def decide(request: object) -> bool:
    return True


class Rules:
    """Names may lead into classes."""

    @staticmethod
    def is_good(password: str) -> bool:
        return len(password) > 8


NO_FUNCTION = 1


def from_file(folder: Path, **options: object) -> Any:
    file = folder / "config.json"
    file.write_text(json.dumps({**KEYS, **options}), encoding="utf-8")
    return resolve({}, file, {}).options


@pytest.mark.parametrize(
    ("option", "field"),
    [
        ("preventLoginWithUnverifiedEmail", "prevent_login_with_unverified_email"),
        ("sendUserEmailVerification", "send_user_email_verification"),
    ],
)
def test_a_config_file_names_a_decision(tmp_path: Path, option: str, field: str) -> None:
    options = from_file(tmp_path, **{option: f"{HERE}:decide"})

    assert getattr(options.verification, field) is decide


def test_verification_may_be_decided_by_a_named_function(tmp_path: Path) -> None:
    options = from_file(
        tmp_path,
        verifyUserEmails=f"{HERE}:decide",
        emailAdapter="console",
        appName="App",
        publicServerURL="https://example.com",
    )

    assert options.verification.verify_user_emails is decide


def test_members_of_groups_and_of_lists_are_named_too(tmp_path: Path) -> None:
    options = from_file(
        tmp_path,
        passwordPolicy={"validatorCallback": f"{HERE}:Rules.is_good", "maxPasswordAge": 1},
        pages={
            "placeholders": f"{HERE}:decide",
            "customRoutes": [{"method": "GET", "path": "a", "handler": f"{HERE}:decide"}],
        },
        publicServerURL=f"{HERE}:decide",
        schema={"beforeMigration": f"{HERE}:decide"},
    )

    assert options.password_policy.validator_callback is Rules.is_good
    assert options.password_policy.max_password_age == 1
    assert options.raw["pages"]["placeholders"] is decide
    assert options.raw["pages"]["customRoutes"][0]["handler"] is decide
    assert options.public_server_url is decide
    assert options.schema["beforeMigration"] is decide


def test_a_variable_names_one_as_well() -> None:
    environment = {
        "PARSE_SERVER_APPLICATION_ID": "app",
        "PARSE_SERVER_MASTER_KEY": "master",
        "PARSE_SERVER_SEND_USER_EMAIL_VERIFICATION": f"{HERE}:decide",
    }

    options = resolve({}, None, environment).options

    assert options.verification.send_user_email_verification is decide


def test_what_was_given_stays_as_it_is() -> None:
    given = {**KEYS, "passwordPolicy": {"validatorCallback": f"{HERE}:decide"}}

    load_options(given)

    assert given["passwordPolicy"] == {"validatorCallback": f"{HERE}:decide"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"verifyUserEmails": "no.such.module:decide"},
            "Option verifyUserEmails: no.such.module:decide cannot be loaded: No module named 'no'."
            " Name it package.module:object, with the package on Python's path.",
        ),
        (
            {"passwordPolicy": {"validatorCallback": f"{HERE}:NO_FUNCTION"}},
            f"Option passwordPolicy.validatorCallback: {HERE}:NO_FUNCTION is no function."
            " Name one as package.module:function.",
        ),
        (
            {"verifyUserEmails": "perhaps"},
            "Option verifyUserEmails must be a boolean, or name a function:"
            " package.module:function.",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_told_with_its_option(
    tmp_path: Path, given: dict[str, object], message: str
) -> None:
    with pytest.raises(OptionsError) as caught:
        from_file(tmp_path, **given)

    assert str(caught.value) == message


@pytest.mark.parametrize("value", ["secret:word", "http://localhost:1337", "a:b"])
def test_other_texts_are_never_taken_for_names(value: str) -> None:
    values = {"masterKey": value, "appName": value, "publicServerURL": "http://a:1/b"}

    assert with_functions(values) == values
