"""What an HTTP request of cloud code is made of, and what a redirect makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias
from urllib.parse import urlencode, urljoin, urlsplit

Value: TypeAlias = str | int | float | bool
Params: TypeAlias = Mapping[str, Value | Sequence[Value] | None] | str
"""Parameters of an address, or fields of a form; a text is one that is encoded already."""

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"

_BECOMES_GET: Final = {301: ("POST",), 302: ("POST",), 303: ("POST", "PUT", "PATCH", "DELETE")}
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_FOR_ONE_HOST: Final = ("authorization", "cookie", "proxy-authorization")
_OF_PARSE: Final = "x-parse-"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None

    def with_body(self, content: bytes, content_type: str | None) -> "Request":
        """A type that the headers name already stays."""
        if content_type is None or _has(self.headers, "content-type"):
            return replace(self, content=content)
        headers = {**self.headers, "Content-Type": content_type}
        return replace(self, content=content, headers=headers)

    def redirected(self, status: int, location: str | None) -> "Request | None":
        """What is to be sent after an answer; `None` where that is no redirect.

        Credentials stay with the host that they were for. Raises `ValueError` for no address.
        """
        if status not in _REDIRECTS or not location:
            return None
        target = urljoin(self.url, location)
        headers = dict(self.headers)
        if _origin(target) != _origin(self.url):
            headers = {name: value for name, value in headers.items() if not _is_secret(name)}
        if self.method not in _BECOMES_GET.get(status, ()):
            return replace(self, url=target, headers=headers)
        about_body = [name for name in headers if name.lower() == "content-type"]
        for name in about_body:
            del headers[name]
        return Request("GET", target, headers)


def with_params(url: str, params: Params | None) -> str:
    if not params:
        return url
    address, mark, fragment = url.partition("#")
    between = "&" if "?" in address else "?"
    return f"{address}{between}{encoded(params)}{mark}{fragment}"


def encoded(params: Params) -> str:
    if isinstance(params, str):
        return params.removeprefix("?")
    pairs = [
        (name, _text(item))
        for name, value in params.items()
        if value is not None
        for item in ([value] if isinstance(value, str | int | float) else value)
    ]
    return urlencode(pairs)


def host_of(url: str) -> str:
    """For a text that people read: the rest of an address may hold a secret."""
    try:
        return urlsplit(url).hostname or "The address"
    except ValueError:
        return "The address"


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _has(headers: Mapping[str, str], wanted: str) -> bool:
    return any(name.lower() == wanted for name in headers)


def _is_secret(header: str) -> bool:
    return header.lower() in _FOR_ONE_HOST or header.lower().startswith(_OF_PARSE)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
