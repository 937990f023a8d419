"""HTTP requests that cloud code makes.

    answer = await cloud.http.get("https://api.example.com/weather", params={"city": "Oslo"})
    if answer.ok:
        degrees = answer.json()["degrees"]

    sent = await cloud.http.post(url, json={"text": "Hello"}, headers={"Authorization": token})
    sent.raise_for_status()

A plain function waits for them: `cloud.wait(cloud.http.get(…))`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from parsepy.cloud.current import current
from parsepy.cloud.http_request import FORM, JSON, Params, Request, encoded, host_of, with_params
from parsepy.outbound.client import OutboundError
from parsepy.outbound.client import Response as Answered
from parsepy.protocol import json as wire
from parsepy.types import JSONValue

TIMEOUT: Final = 60.0
"""Seconds for a request and all its redirects."""
MOST_REDIRECTS: Final = 10


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
            raise HTTPError(f"{host_of(self.url)} answered with status {self.status}.", self)
        return self


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
    asked = Request(method.upper(), with_params(url, params), given)
    if json is not None:
        asked = asked.with_body(wire.dumps(json), JSON)
    elif form is not None:
        asked = asked.with_body(encoded(form).encode(), FORM)
    elif content is not None:
        asked = asked.with_body(content.encode() if isinstance(content, str) else content, None)
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


async def _followed(asked: Request, redirects: int, seconds: float) -> Response:
    try:
        async with asyncio.timeout(seconds):
            for _ in range(redirects + 1):
                answer = await _sent(asked, seconds)
                further = _redirected(asked, answer) if redirects else None
                if further is None:
                    return Response(answer.status, answer.headers, answer.content, asked.url)
                asked = further
    except TimeoutError:
        raise HTTPError(f"{host_of(asked.url)} did not answer in time.") from None
    raise HTTPError(f"{host_of(asked.url)} redirects too often.")


async def _sent(asked: Request, seconds: float) -> Answered:
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
        raise HTTPError(f"{host_of(asked.url)} did not answer: {error}") from None


def _redirected(asked: Request, answer: Answered) -> Request | None:
    try:
        return asked.redirected(answer.status, answer.headers.get("location"))
    except ValueError:
        raise HTTPError(f"{host_of(asked.url)} redirects to no address.") from None


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return "utf-8"
