"""What a page is told: in its text, in headers, and in the address where it lives elsewhere."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit, urlunsplit

from parsepy.pages.template import Text, client_text

Parameters: TypeAlias = Mapping[str, str]
"""`token`, `appId`, … → value, in the order in which an address lists them."""

_HEADER_PREFIX: Final = "x-parse-page-param-"
_HEADER_NAME: Final = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ADDRESS_SAFE: Final = "!#$%&'()*+,/:;=?@[]~"


def template_values(parameters: Parameters) -> Mapping[str, Text]:
    """What came with a request, which is never markup."""
    return {name: client_text(value) for name, value in parameters.items()}


def headers(parameters: Parameters, *, encode: bool) -> Iterator[tuple[bytes, bytes]]:
    """`x-parse-page-param-appid: …` for programs. `encode` is `pages.encodePageParamHeaders`."""
    for name, value in parameters.items():
        header_name = _HEADER_PREFIX + name.lower()
        if _HEADER_NAME.fullmatch(header_name):
            yield header_name.encode(), _header_value(value, encode)


def with_query(url: str, parameters: Parameters) -> str:
    """`url` with `parameters` in its query; those of its own with other names stay."""
    parts = urlsplit(url)
    if not parts.netloc.isascii():
        parts = parts._replace(netloc=parts.netloc.encode("idna").decode())
    own = dict(parse_qsl(parts.query, keep_blank_values=True))
    query = "&".join(
        f"{_form_encoded(name)}={_form_encoded(value)}"
        for name, value in {**own, **parameters}.items()
    )
    return quote(urlunsplit(parts._replace(path=parts.path or "/", query=query)), _ADDRESS_SAFE)


def _header_value(value: str, encode: bool) -> bytes:
    """Latin-1 as it is; HTTP has no way to say more but to encode it."""
    plain = _CONTROLS.sub("", value).strip()
    if not encode:
        try:
            return plain.encode("latin-1")
        except UnicodeEncodeError:
            pass
    return quote(value if encode else plain, safe="!~*'()", errors="replace").encode()


def _form_encoded(text: str) -> str:
    return quote_plus(text, safe="*", errors="replace").replace("~", "%7E")
