"""Sessions, passwords, lockout and mail."""

import re
from collections.abc import Mapping
from importlib.util import find_spec

from parsepy.options.errors import OptionsError
from parsepy.options.patterns import compile_pattern
from parsepy.options.validation.rules import (
    is_boolean,
    is_integer,
    is_number,
    is_object,
    is_set,
    javascript_type,
    require,
)


def check_account_lockout(values: Mapping[str, object]) -> None:
    lockout = values.get("accountLockout")
    if not is_object(lockout):
        return
    duration, threshold = lockout.get("duration"), lockout.get("threshold")
    require(
        is_number(duration) and 0 < duration <= 99999,
        "Account lockout duration should be greater than 0 and less than 100000",
    )
    require(
        is_integer(threshold) and 1 <= threshold <= 999,
        "Account lockout threshold should be an integer greater than 0 and less than 1000",
    )
    require(
        is_boolean(lockout.get("unlockOnPasswordReset", False)),
        "Parse Server option accountLockout.unlockOnPasswordReset must be a boolean.",
    )


def check_password_policy(values: Mapping[str, object]) -> None:
    policy = values.get("passwordPolicy")
    if not is_object(policy):
        return
    _check_password_ages(policy)
    _check_password_validators(policy)
    _check_reset_tokens(policy)


def _check_password_ages(policy: Mapping[str, object]) -> None:
    age = policy.get("maxPasswordAge", 0)
    require(
        is_number(age) and age >= 0,
        "passwordPolicy.maxPasswordAge must be a positive number",
    )
    duration = policy.get("resetTokenValidityDuration", 1)
    require(
        is_number(duration) and duration > 0,
        "passwordPolicy.resetTokenValidityDuration must be a positive number",
    )


def _check_password_validators(policy: Mapping[str, object]) -> None:
    pattern = policy.get("validatorPattern")
    require(
        not is_set(pattern) or _is_pattern(pattern),
        "passwordPolicy.validatorPattern must be a regex string or RegExp object.",
    )
    callback = policy.get("validatorCallback")
    require(
        not is_set(callback) or callable(callback),
        "passwordPolicy.validatorCallback must be a function.",
    )
    no_username = policy.get("doNotAllowUsername")
    require(
        not is_set(no_username) or is_boolean(no_username),
        "passwordPolicy.doNotAllowUsername must be a boolean value.",
    )
    history = policy.get("maxPasswordHistory")
    require(
        not is_set(history) or (is_integer(history) and 0 < history <= 20),
        "passwordPolicy.maxPasswordHistory must be an integer ranging 0 - 20",
    )


def _is_pattern(pattern: object) -> bool:
    if not isinstance(pattern, str):
        return isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str)
    try:
        compile_pattern(pattern)
    except ValueError:
        return False
    return True


def check_password_hashing(values: Mapping[str, object]) -> None:
    hashing = values["passwordHashing"]
    require(hashing in ("bcrypt", "argon2"), "Option passwordHashing must be bcrypt or argon2.")
    require(
        hashing != "argon2" or find_spec("argon2") is not None,
        "passwordHashing argon2 needs its library: pip install 'parsepy-server[argon2]'.",
    )


def _check_reset_tokens(policy: Mapping[str, object]) -> None:
    reuse = policy.get("resetTokenReuseIfValid")
    require(
        not is_set(reuse) or is_boolean(reuse), "resetTokenReuseIfValid must be a boolean value"
    )
    require(
        not is_set(reuse) or is_set(policy.get("resetTokenValidityDuration")),
        "You cannot use resetTokenReuseIfValid without resetTokenValidityDuration",
    )
    require(
        is_boolean(policy.get("resetPasswordSuccessOnInvalidEmail", True)),
        "resetPasswordSuccessOnInvalidEmail must be a boolean value",
    )


def check_session_switches(values: Mapping[str, object]) -> None:
    for name in ("revokeSessionOnPasswordReset", "extendSessionOnUse"):
        require(is_boolean(values[name]), f"{name} must be a boolean value")


def check_session_length(values: Mapping[str, object]) -> None:
    if not is_set(values["expireInactiveSessions"]):
        return
    length = values["sessionLength"]
    if not is_number(length):
        raise OptionsError("Session length must be a valid number.")
    require(length > 0, "Session length must be a value greater than 0.")


def check_public_server_url(values: Mapping[str, object]) -> None:
    url = values.get("publicServerURL")
    if not is_set(url):
        return
    if callable(url):
        return
    if not isinstance(url, str):
        raise OptionsError(
            "The option publicServerURL must be a string or function, "
            f"but got {javascript_type(url)}."
        )
    require(
        url.startswith(("http://", "https://")),
        "The option publicServerURL must be a valid URL starting with http:// or https://.",
    )


def check_email(values: Mapping[str, object]) -> None:
    """Only what verification and password reset need, and only when they are asked for."""
    if not is_set(values["verifyUserEmails"]):
        return
    purpose = "is required for e-mail verification and password resets."
    require(is_set(values.get("emailAdapter")), f"An emailAdapter {purpose}")
    require(isinstance(values.get("appName"), str), f"An app name {purpose}")
    require(is_set(values.get("publicServerURL")), "The option publicServerURL is required.")
    _check_verification_tokens(values)


def _check_verification_tokens(values: Mapping[str, object]) -> None:
    duration = values.get("emailVerifyTokenValidityDuration")
    if is_set(duration):
        if not is_number(duration):
            raise OptionsError("Email verify token validity duration must be a valid number.")
        require(
            duration > 0, "Email verify token validity duration must be a value greater than 0."
        )
    reuse = values["emailVerifyTokenReuseIfValid"]
    require(
        not is_set(reuse) or is_boolean(reuse),
        "emailVerifyTokenReuseIfValid must be a boolean value",
    )
    require(
        not is_set(reuse) or is_set(duration),
        "You cannot use emailVerifyTokenReuseIfValid without emailVerifyTokenValidityDuration",
    )
    require(
        is_boolean(values["emailVerifySuccessOnInvalidEmail"]),
        "emailVerifySuccessOnInvalidEmail must be a boolean value",
    )
