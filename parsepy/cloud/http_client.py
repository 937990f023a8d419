"""HTTP requests that cloud code makes.

    answer = await cloud.http.get("https://api.example.com/weather", params={"city": "Oslo"})
    if answer.ok:
        degrees = answer.json()["degrees"]

    sent = await cloud.http.post(url, json={"text": "Hello"}, headers={"Authorization": token})
    sent.raise_for_status()

A plain function waits for them: `cloud.wait(cloud.http.get(…))`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode, urljoin, urlsplit

from parsepy.cloud.current import current
from parsepy.outbound.client import OutboundError
from parsepy.outbound.client import Response as Answered
from parsepy.protocol import json as wire
from parsepy.types import JSONValue

TIMEOUT: Final = 60.0
"""Seconds for a request and all its redirects."""
MOST_REDIRECTS: Final = 10

Value: TypeAlias = str | int | float | bool
Params: TypeAlias = Mapping[str, Value | Sequence[Value] | None] | str

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_BECOMES_GET: Final = {301: ("POST",), 302: ("POST",), 303: ("POST", "PUT", "PATCH", "DELETE")}
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_FOR_ONE_HOST: Final = ("authorization", "cookie", "proxy-authorization")
_OF_PARSE: Final = "x-parse-"


class HTTPError(Exception):
    """Nobody answered, or, from `raise_for_status`, with an error: then `response` is the answer.

    The text names the host alone: an address may hold a secret, and a text may go to a client.
    """

    def __init__(self, message: str, response: "Response | None" = None) -> None:
        super().__init__(message)
        self.response = response


@dataclass(frozen=True, slots=True)
class Response:
    """`headers` have names in lower case. `url` is where it came from, after all redirects."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 400

    @property
    def text(self) -> str:
        """In the encoding that the answer names, else UTF-8; what cannot be read is replaced."""
        try:
            return self.content.decode(_charset(self.headers.get("content-type", "")), "replace")
        except (LookupError, ValueError):
            return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Raises `ValueError` for an answer that is no JSON."""
        return wire.loads(self.content)

    def raise_for_status(self) -> "Response":
        """Itself where it is `ok`; raises `HTTPError`."""
        if not self.ok:
            raise HTTPError(f"{_host(self.url)} answered with status {self.status}.", self)
        return self


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None


async def request(
    method: str,
    url: str,
    *,
    params: Params | None = None,
    headers: Mapping[str, str | None] | None = None,
    json: JSONValue = None,
    form: Params | None = None,
    content: bytes | str | None = None,
    follow_redirects: bool = False,
    timeout: float = TIMEOUT,  # noqa: ASYNC109 (how long is the caller's business, how is ours)
) -> Response:
    """`params` are added to the address; of `json`, `form` and `content` one may be the body.
    Headers, parameters and fields of a form that are `None` are left out.

    A redirect is an answer like others, unless it is to be followed; then credentials stay with
    the host that they were for. Raises `HTTPError` when there is no answer within `timeout`
    seconds; answers with errors do not raise. Answers are at most 20 MB.
    """
    if sum(body is not None for body in (json, form, content)) > 1:
        raise ValueError("A request has one body: json, form or content.")
    given = {name: value for name, value in (headers or {}).items() if value is not None}
    asked = _Request(method.upper(), _with_params(url, params), given, None)
    if json is not None:
        asked = _with_body(asked, wire.dumps(json), _JSON)
    elif form is not None:
        asked = _with_body(asked, _encoded(form).encode(), _FORM)
    elif content is not None:
        body = content.encode() if isinstance(content, str) else content
        asked = _Request(asked.method, asked.url, given, body)
    return await _followed(asked, MOST_REDIRECTS if follow_redirects else 0, timeout)


async def get(
    url: str,
    *,
    params: Params | None = None,
    headers: Mapping[str, str | None] | None = None,
    follow_redirects: bool = False,
    timeout: float = TIMEOUT,  # noqa: ASYNC109
) -> Response:
    return await request(
        "GET",
        url,
        params=params,
        headers=headers,
        follow_redirects=follow_redirects,
        timeout=timeout,
    )


async def post(
    url: str,
    *,
    params: Params | None = None,
    headers: Mapping[str, str | None] | None = None,
    json: JSONValue = None,
    form: Params | None = None,
    content: bytes | str | None = None,
    follow_redirects: bool = False,
    timeout: float = TIMEOUT,  # noqa: ASYNC109
) -> Response:
    return await request(
        "POST",
        url,
        params=params,
        headers=headers,
        json=json,
        form=form,
        content=content,
        follow_redirects=follow_redirects,
        timeout=timeout,
    )


async def _followed(asked: _Request, redirects: int, seconds: float) -> Response:
    try:
        async with asyncio.timeout(seconds):
            for _ in range(redirects + 1):
                answer = await _sent(asked, seconds)
                further = _redirected(asked, answer) if redirects else None
                if further is None:
                    return Response(answer.status, answer.headers, answer.content, asked.url)
                asked = further
    except TimeoutError:
        raise HTTPError(f"{_host(asked.url)} did not answer in time.") from None
    raise HTTPError(f"{_host(asked.url)} redirects too often.")


async def _sent(asked: _Request, seconds: float) -> Answered:
    """Raises `HTTPError`."""
    try:
        scheme = urlsplit(asked.url).scheme
    except ValueError:
        raise HTTPError("This is no address.") from None
    if scheme not in ("http", "https"):
        raise HTTPError(f"Unsupported protocol {scheme}:")
    outbound = current().outbound
    try:
        return await outbound.request(
            asked.method, asked.url, asked.content, asked.headers, deadline=seconds
        )
    except OutboundError as error:
        raise HTTPError(f"{_host(asked.url)} did not answer: {error}") from None


def _redirected(asked: _Request, answer: Answered) -> _Request | None:
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        target = urljoin(asked.url, location)
        stays = _origin(target) == _origin(asked.url)
    except ValueError:
        raise HTTPError(f"{_host(asked.url)} redirects to no address.") from None
    method, content = asked.method, asked.content
    headers = {
        name: value for name, value in asked.headers.items() if stays or not _is_secret(name)
    }
    if method in _BECOMES_GET.get(answer.status, ()):
        method, content = "GET", None
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return _Request(method, target, headers, content)


def _with_body(asked: _Request, content: bytes, content_type: str) -> _Request:
    """A type that the caller names himself stays."""
    named = any(name.lower() == "content-type" for name in asked.headers)
    headers = asked.headers if named else {**asked.headers, "Content-Type": content_type}
    return _Request(asked.method, asked.url, headers, content)


def _with_params(url: str, params: Params | None) -> str:
    if not params:
        return url
    address, mark, fragment = url.partition("#")
    between = "&" if "?" in address else "?"
    return f"{address}{between}{_encoded(params)}{mark}{fragment}"


def _encoded(params: Params) -> str:
    if isinstance(params, str):
        return params.removeprefix("?")
    pairs = [
        (name, _text(item))
        for name, value in params.items()
        if value is not None
        for item in ([value] if isinstance(value, str | int | float) else value)
    ]
    return urlencode(pairs)


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_secret(header: str) -> bool:
    return header.lower() in _FOR_ONE_HOST or header.lower().startswith(_OF_PARSE)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "The address"
    except ValueError:
        return "The address"


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return "utf-8"
