"""What `auth.mfa` says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parsepy.options.errors import OptionsError
from parsepy.options.functions import load_adapter

DIGITS: Final = 6
PERIOD: Final = 30
ALGORITHM: Final = "SHA1"

_ALGORITHMS: Final = {
    "SHA1": "sha1",
    "SHA224": "sha224",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
}
"""Names without their hyphens → those of `hashlib`."""


@dataclass(frozen=True, slots=True)
class MfaOptions:
    """`totp` and `sms`: what users may enrol for. `period`: seconds that a code is good for."""

    totp: bool
    sms: bool
    digits: int
    period: int
    algorithm: str
    send_sms: Callable[..., Any] | None


def read_options(given: Mapping[str, object]) -> MfaOptions:
    """Raises `OptionsError` with the texts of parse-server."""
    methods = given.get("options")
    if not isinstance(methods, list | tuple):
        raise OptionsError("mfa.options must be an array")
    totp, sms = "TOTP" in methods, "SMS" in methods
    if not totp and not sms:
        raise OptionsError("mfa.options must include SMS or TOTP")
    digits = _whole(given.get("digits") or DIGITS, "digits")
    period = _whole(given.get("period") or PERIOD, "period")
    if not 4 <= digits <= 10:
        raise OptionsError("mfa.digits must be between 4 and 10")
    if period < 10:
        raise OptionsError("mfa.period must be greater than 10")
    send_sms = _sender(given)
    if sms and send_sms is None:
        raise OptionsError("mfa.sendSMS callback must be defined when using SMS OTPs")
    return MfaOptions(totp, sms, digits, period, _algorithm(given), send_sms)


def _whole(value: object, name: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise OptionsError(f"mfa.{name} must be a number")
    return value


def _algorithm(given: Mapping[str, object]) -> str:
    name = given.get("algorithm") or ALGORITHM
    known = _ALGORITHMS.get(str(name).upper().replace("-", ""))
    if known is None:
        raise OptionsError(f"mfa.algorithm must be one of {', '.join(_ALGORITHMS)}")
    return known


def _sender(given: Mapping[str, object]) -> Callable[..., Any] | None:
    """The hook under either name; a text names it as `package.module:function`."""
    name = "sendSMS" if given.get("sendSMS") is not None else "send_sms"
    value = given.get(name)
    if isinstance(value, str):
        value = load_adapter(f"auth.mfa.{name}", value, {})
    return value if callable(value) else None
