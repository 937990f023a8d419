"""What no log shows: one rule for the names whose values are secret, and for texts that hold some.

Names are compared without case, dashes and underscores, so that a field (`sessionToken`), a
header (`X-Parse-Session-Token`), a body's own spelling of it (`_SessionToken`) and a stored column
(`_session_token`) are one name.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote_plus

MASK: Final = "********"

_ENDINGS: Final = (
    *("password", "passwd", "passphrase", "passcode", "token", "secret", "cookie"),
    *("masterkey", "maintenancekey", "restapikey", "apikey", "javascriptkey", "clientkey"),
    *("dotnetkey", "webhookkey", "windowskey", "filekey", "privatekey", "accesskey"),
    *("authorization", "authdata", "passwordhistory", "recoverycodes", "connectionstring"),
    *("parsesignature", "amzsignature"),
)
_BEGINNINGS: Final = ("authdata", "encryptionkey")
_SHOWN: Final = frozenset(("devicetoken",))
"""Which device it is, and no key to anything: whoever looks for a push that got lost needs it."""

_DEEPEST: Final = 32
_SHORTEST: Final = 8
"""Characters of a key of the app's own that is masked wherever it stands; a shorter one may be
an ordinary word."""


@lru_cache(4096)
def is_secret(name: str) -> bool:
    """Whether the value of such a field, header, parameter or column is kept from logs."""
    plain = name.lower().replace("-", "").replace("_", "").replace(".", "")
    if plain in _SHOWN:
        return False
    return plain.endswith(_ENDINGS) or plain.startswith(_BEGINNINGS)


_NAMES: Final = (
    *("pass", "token", "secret", "key", "cookie", "auth", "recovery", "connection", "-signature"),
)
_MARKS: Final = ("r:", "$", "eyJ", "Basic ", "Bearer ", "://")
"""Without any of these there is no secret in a text: most texts need no closer look."""

_NAMED: Final = re.compile(
    # Looked for where a name begins, so that a long text costs no more than its length.
    r"(?<![A-Za-z0-9_.\-])(?P<name>[A-Za-z_][A-Za-z0-9_.\-]{0,63})"
    r"""(?:\\?["'])?\s{0,4}[:=]\s{0,4}"""
)
"""What is before a value: in JSON, in a dictionary as Python shows it, in a query, in a header."""

_VALUE: Final = re.compile(
    r"""(?P<quote>\\?["'])(?:(?!(?P=quote))(?:\\.|[^\\]))*|"""
    r"""(?:(?:Basic|Bearer|Digest)\s+)?[^&\s\"',;)}\]]*[^&\s\"',;)}\]:]""",
    re.DOTALL,
)
_OPENED: Final = {"{": "}", "[": "]"}
_QUERY: Final = re.compile(r"\?([^\s?\"'<>]+=[^\s?\"'<>]+)")
_SHAPES: Final = re.compile(
    r"\br:[0-9a-f]{32}\b"  # a session token
    r"|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$argon2[a-z]{1,2}\$[\w$=,+/.-]{0,200}[\w=+/]"  # hashes
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"  # a JWT
    r"|(?<=\bBasic )[A-Za-z0-9+/=_-]{6,}|(?<=\bBearer )[A-Za-z0-9+/=._~-]{6,}"
    r"|(?<=://)[^/\s@\"']{1,200}(?=@)"  # who an address logs in as, and with what
)


def mask_text(text: str) -> str:
    """`text` without the secrets that can be told by their names or by their shape."""
    if "%" in text:
        text = _QUERY.sub(lambda found: f"?{_masked_query(found[1])}", text)
    if any(mark in text for mark in _MARKS):
        text = _SHAPES.sub(MASK, text)
    lower = text.lower()
    return _without_named(text) if any(name in lower for name in _NAMES) else text


def _without_named(text: str) -> str:
    parts: list[str] = []
    done = 0
    for found in _NAMED.finditer(text):
        start = found.end()
        if start < done or not is_secret(found["name"]) or text.startswith(MASK, start):
            continue
        end, quote = _end_of_value(text, start)
        if end > start:
            parts += (text[done:start], quote, MASK)
            done = end
    return "".join((*parts, text[done:]))


def _end_of_value(text: str, start: int) -> tuple[int, str]:
    """Where the value ends that begins at `start`, and the quotation mark that it begins with,
    whose counterpart stays."""
    if text[start : start + 1] in _OPENED:
        return _end_of_brackets(text, start), ""
    value = _VALUE.match(text, start)
    if value is None:
        return start, ""
    return value.end(), value["quote"] or ""


def _end_of_brackets(text: str, start: int) -> int:
    opened, closed = text[start], _OPENED[text[start]]
    depth = 0
    for position in range(start, len(text)):
        if text[position] == opened:
            depth += 1
        elif text[position] == closed:
            depth -= 1
            if depth == 0:
                return position + 1
    return len(text)


def _masked_query(query: str) -> str:
    """What a parameter holds is looked at as it is meant: `where=%7B%22sessionToken%22…`."""
    parts: list[str] = []
    for part in query.split("&"):
        name, between, value = part.partition("=")
        meant = unquote_plus(value)
        masked = MASK if is_secret(unquote_plus(name)) and value else mask_text(meant)
        parts.append(part if masked == meant else f"{name}{between}{quote(masked, safe='*')}")
    return "&".join(parts)


class Masker:
    """The rule for one app: `keys` of its own are masked wherever they stand."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        # The longest first: one may be the beginning of another.
        known = {key for key in keys if len(key) >= _SHORTEST}
        self._keys = sorted(known, key=len, reverse=True)

    def text(self, text: str) -> str:
        for key in self._keys:
            if key in text:
                text = text.replace(key, MASK)
        return mask_text(text)

    def value(self, value: object, depth: int = 0) -> object:
        """A JSON value with every secret in it masked, at any depth."""
        if depth > _DEEPEST:
            return "…"
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                str(name): MASK if is_secret(str(name)) else self.value(child, depth + 1)
                for name, child in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(child, depth + 1) for child in value]
        return value
