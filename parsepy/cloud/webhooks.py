"""Calling a webhook: a handler like any other, whose code is somewhere else (section 6)."""

import logging
from typing import Final
from urllib.parse import urljoin, urlsplit

from parsepy.cloud import webhook_answers
from parsepy.cloud.requests import CloudRequest
from parsepy.cloud.webhook_answers import Failed
from parsepy.cloud.webhook_requests import described
from parsepy.outbound import Outbound, Response
from parsepy.outbound.client import OutboundError
from parsepy.protocol import json

_log = logging.getLogger(__name__)

_REDIRECTS: Final = (301, 302, 307, 308)


class Webhook:
    """Posts the request to `url` and takes the answer as what the handler gives back.

    The answer is somebody else's: it is bounded, and judged like a client's body.
    """

    def __init__(
        self, url: str, outbound: Outbound, key: str | None, *, max_redirects: int = 0
    ) -> None:
        self._url = url
        self._outbound = outbound
        self._key = key
        self._max_redirects = max_redirects

    async def __call__(self, request: CloudRequest) -> object:
        """Raises `Failed`, `ScriptFailed`."""
        answer = webhook_answers.success_of(await self._post(json.dumps(described(request))))
        return webhook_answers.result(request, answer)

    async def _post(self, content: bytes) -> Response:
        """Raises `Failed`."""
        url = self._url
        _check_protocol(url)
        for _ in range(self._max_redirects + 1):
            try:
                response = await self._outbound.post(url, content, self._headers(url))
            except OutboundError as error:
                raise Failed(f"The webhook did not answer: {error}.") from None
            target = _redirected(url, response) if self._max_redirects else None
            if target is None:
                return response
            url = target
        raise Failed("The webhook redirects too often.")

    def _headers(self, url: str) -> dict[str, str]:
        """The key is for the host that was configured, and for no other that it names."""
        headers = {"Content-Type": "application/json"}
        if self._key is None:
            _log.warning("Making outgoing webhook request without webhookKey being set!")
        elif url == self._url or _origin(url) == _origin(self._url):
            headers["X-Parse-Webhook-Key"] = self._key
        return headers


def _check_protocol(url: str) -> None:
    """Raises `Failed`, with parse-server's text."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https"):
        raise Failed(f"Unsupported protocol {f'{scheme}:' if scheme else 'null'}")


def _redirected(url: str, response: Response) -> str | None:
    """Where the request is to be sent again, with its body. Raises `Failed` for no place."""
    location = response.headers.get("location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        target = urljoin(url, location)
        scheme, host, _ = _origin(target)
    except ValueError:
        raise Failed("The webhook redirects to no address.") from None
    if not host or scheme not in ("http", "https"):
        raise Failed("The webhook redirects to no address.")
    if scheme == "http" and url.startswith("https:"):
        raise Failed("The webhook redirects to a connection without encryption.")
    return target


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Raises `ValueError`."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(scheme)
