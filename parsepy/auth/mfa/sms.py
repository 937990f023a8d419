"""Codes that are sent to a telephone."""

import asyncio
import base64
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable
from typing import Any, Final

from parsepy.auth.mfa.options import MfaOptions
from parsepy.errors import ParseError, script_failed
from parsepy.options.functions import call
from parsepy.protocol import dates
from parsepy.types import JSONObject, JSONValue

_log = logging.getLogger(__name__)

# A number is the name of a member of what is stored, which takes no dots.
_NUMBER: Final = re.compile(r"\+*\(?[0-9]{1,3}\)?[-\s/0-9]*")
_LONGEST_NUMBER: Final = 40

_HASHED: Final = "scrypt:"
_COST: Final = 2**14
_SALT_BYTES: Final = 16
"""A code has few digits. At this cost, trying them all takes longer than it is good for."""


async def send_code(mobile: JSONValue, options: MfaOptions, now: float) -> JSONObject:
    """What is to be stored of the code that was sent: `token` and `expiry`. Raises 141."""
    if not _is_number(mobile) or options.send_sms is None:
        raise script_failed("Invalid mobile number.")
    code = f"{secrets.randbelow(10**options.digits):0{options.digits}}"
    await _send(options.send_sms, code, str(mobile))
    expiry = dates.format_ms(int((now + options.period) * 1000))
    return {
        "token": await asyncio.to_thread(_hash, code),
        "expiry": {"__type": "Date", "iso": expiry},
    }


async def is_code(sent: JSONValue, stored: JSONValue) -> bool:
    """Whether the client sent the code whose `token` is `stored`, hashed or, by parse-server, in
    clear."""
    if not isinstance(sent, str) or not isinstance(stored, str) or not sent or not stored:
        return False
    if stored.startswith(_HASHED):
        salt = _from_base64(stored.removeprefix(_HASHED).partition(":")[0])
        sent = await asyncio.to_thread(_hash, sent, salt)
    return hmac.compare_digest(_bytes(sent), _bytes(stored))


def is_over(expiry: JSONValue, now: float) -> bool:
    """A code without a readable end is over. parse-server shows it as a bare text, which may have
    been written back like that."""
    iso = expiry.get("iso") if isinstance(expiry, dict) else expiry
    moment = dates.parse(iso) if isinstance(iso, str) else None
    return moment is None or now > moment.timestamp()


def _is_number(mobile: JSONValue) -> bool:
    return (
        isinstance(mobile, str)
        and len(mobile) <= _LONGEST_NUMBER
        and _NUMBER.fullmatch(mobile) is not None
    )


async def _send(hook: Callable[..., Any], code: str, mobile: str) -> None:
    try:
        await call(hook, code, mobile)
    except ParseError:
        raise
    except Exception:
        # What the hook says may hold the address and the keys of a gateway: not for clients.
        _log.exception("The code could not be sent")
        raise script_failed("The code could not be sent.") from None


def _hash(code: str, salt: bytes | None = None) -> str:
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    hashed = hashlib.scrypt(_bytes(code), salt=salt, n=_COST, r=8, p=1, dklen=32)
    return f"{_HASHED}{_base64(salt)}:{_base64(hashed)}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""
