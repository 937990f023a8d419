"""Asking a provider: an answer that is small, JSON and soon, or none.

Whatever a provider says is somebody else's, and a client waits for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode, urlsplit

from parsepy.outbound import Outbound, Response
from parsepy.outbound.client import OutboundError
from parsepy.protocol import json
from parsepy.types import JSONMapping, JSONObject

DEADLINE: Final = 10.0
"""Seconds for a whole exchange: somebody is waiting for his log-in."""

MAX_ANSWER: Final = 1024 * 1024

NOTHING: Final[Mapping[str, str]] = {}

_log = logging.getLogger(__name__)


class ProviderFailed(Exception):
    """A provider answered with an error, or nothing that can be used.

    `reason` may be shown to a client: it holds nothing of request and answer. `status` is that of
    an answer that came.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status

    @property
    def is_refusal(self) -> bool:
        """Whether the provider works and did not like the request."""
        return self.status is not None and 400 <= self.status < 500


class ProviderHTTP:
    """Requests that are answered by a JSON object, unless one asks for the `response`. Methods
    raise `ProviderFailed`."""

    def __init__(
        self, outbound: Outbound, *, deadline: float = DEADLINE, max_answer: int = MAX_ANSWER
    ) -> None:
        self._outbound = outbound
        self._deadline = deadline
        self._max_answer = max_answer

    async def get(
        self, url: str, *, query: Mapping[str, str] = NOTHING, headers: Mapping[str, str] = NOTHING
    ) -> JSONObject:
        sent = {"Accept": "application/json", **headers}
        return _object(await self.response(url, query=query, headers=sent))

    async def response(
        self, url: str, *, query: Mapping[str, str] = NOTHING, headers: Mapping[str, str] = NOTHING
    ) -> Response:
        """Whatever is at `url`."""
        if query:
            url += ("&" if "?" in url else "?") + urlencode(query)
        request = self._outbound.get(url, headers, max_answer=self._max_answer)
        return await self._answered(url, request)

    async def post_form(
        self, url: str, fields: Mapping[str, str], *, headers: Mapping[str, str] = NOTHING
    ) -> JSONObject:
        content = urlencode(fields).encode()
        return await self._post(url, content, "application/x-www-form-urlencoded", headers)

    async def post_json(
        self, url: str, body: JSONMapping, *, headers: Mapping[str, str] = NOTHING
    ) -> JSONObject:
        return await self._post(url, json.dumps(body), "application/json", headers)

    async def _post(
        self, url: str, content: bytes, content_type: str, headers: Mapping[str, str]
    ) -> JSONObject:
        sent = {"Accept": "application/json", "Content-Type": content_type, **headers}
        request = self._outbound.post(url, content, sent, max_answer=self._max_answer)
        return _object(await self._answered(url, request))

    async def _answered(self, url: str, request: Awaitable[Response]) -> Response:
        try:
            async with asyncio.timeout(self._deadline):
                response = await request
        except TimeoutError:
            raise _unreachable(url, f"no answer within {self._deadline:g} seconds") from None
        except OutboundError as error:
            raise _unreachable(url, str(error)) from None
        if not 200 <= response.status < 300:
            # Nobody follows a redirect: where to ask is said by the app's options.
            raise ProviderFailed(_phrase(response.status), response.status)
        return response


def _object(response: Response) -> JSONObject:
    try:
        body = json.loads(response.content)
    except json.InvalidJSON:
        body = None
    if not isinstance(body, dict):
        raise ProviderFailed("the answer is no JSON object", response.status)
    return body


def _unreachable(url: str, cause: str) -> ProviderFailed:
    # Without path and query: those may hold a token.
    _log.warning("The login provider at %s cannot be reached: %s", urlsplit(url).netloc, cause)
    return ProviderFailed("the provider cannot be reached")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"
