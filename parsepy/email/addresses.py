"""Addresses that a mail may go to: one plain `name@domain` each.

parse-server takes for an address what has an `@` in it (users sheet, section 9), which may as well
be a list of addresses or hold a line of a header.
"""

import re
from typing import Final

from parsepy.errors import Code, ParseError

_LONGEST: Final = 254
_LONGEST_NAME: Final = 64
_NAME: Final = re.compile(r"""[^\s\x00-\x20\x7f-\x9f\ud800-\udfff()<>@,;:\\"\[\]]+""")
_ENCODED_WORD: Final = "=?"
"""Writers of headers decode what begins so."""
_LABEL: Final = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def plain_address(text: object) -> str:
    """The address with its domain as DNS knows it. Raises 125."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise _invalid()
    name, _, domain = text.rpartition("@")
    if len(name) > _LONGEST_NAME or _NAME.fullmatch(name) is None or _ENCODED_WORD in name:
        raise _invalid()
    try:
        known = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise _invalid() from None
    if _DOMAIN.fullmatch(known) is None:
        raise _invalid()
    return f"{name}@{known}"


def _invalid() -> ParseError:
    return ParseError(Code.INVALID_EMAIL_ADDRESS, "Email address format is invalid.")
