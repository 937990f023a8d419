"""One HTTP client per app, made when the first request goes out."""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    import httpx

CONNECT_TIMEOUT: Final = 5.0
TIMEOUT: Final = 60.0
"""Seconds without a byte after which an answer is given up."""

MAX_ANSWER: Final = 20 * 1024 * 1024
"""An answer is somebody else's: it must not fill the memory."""

MAX_CONNECTIONS: Final = 200

NO_HEADERS: Final[Mapping[str, str]] = {}


class OutboundError(Exception):
    """Nobody answered, or not in a way that can be used; the text may be shown to a client."""


class Response(msgspec.Struct, frozen=True):
    """`headers` have lower-case names."""

    status: int
    content: bytes
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)


class Outbound:
    """Follows no redirect: where a request goes is said by whoever configured its address."""

    def __init__(
        self,
        *,
        timeout: float = TIMEOUT,
        max_answer: int = MAX_ANSWER,
        public_only: bool = False,
        deadline: float | None = None,
    ) -> None:
        """`deadline` is for a whole request, in seconds. `public_only` connects to no address
        inside a private network, whatever name leads there."""
        self._timeout = timeout
        self._max_answer = max_answer
        self._public_only = public_only
        self._deadline = deadline
        self._client: httpx.AsyncClient | None = None

    async def get(
        self,
        url: str,
        headers: Mapping[str, str] = NO_HEADERS,
        *,
        max_answer: int | None = None,
    ) -> Response:
        """Raises `OutboundError`. `max_answer` is a tighter bound for this one answer, in bytes."""
        return await self.request("GET", url, None, headers, max_answer=max_answer)

    async def post(
        self,
        url: str,
        content: bytes,
        headers: Mapping[str, str],
        *,
        max_answer: int | None = None,
    ) -> Response:
        """As `get`."""
        return await self.request("POST", url, content, headers, max_answer=max_answer)

    async def request(
        self,
        method: str,
        url: str,
        content: bytes | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        *,
        max_answer: int | None = None,
        deadline: float | None = None,
    ) -> Response:
        """As `get`. `deadline` is another one for this request alone, however long nothing comes
        meanwhile."""
        import httpx

        silence = self._timeout if deadline is None else deadline
        try:
            async with (
                asyncio.timeout(deadline or self._deadline),
                self._opened().stream(
                    method,
                    url,
                    content=content,
                    headers=dict(headers),
                    timeout=httpx.Timeout(silence, connect=CONNECT_TIMEOUT),
                ) as answer,
            ):
                body = await _read(answer, max_answer or self._max_answer)
                return Response(answer.status_code, body, dict(answer.headers.items()))
        except TimeoutError:
            raise OutboundError("the answer takes too long") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise OutboundError(str(error) or type(error).__name__) from None

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _opened(self) -> "httpx.AsyncClient":
        if self._client is None:
            import httpx

            logging.getLogger("httpx").addFilter(_without_query)
            limits = httpx.Limits(
                max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS // 4
            )
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(self._timeout, connect=CONNECT_TIMEOUT),
                limits=limits,
                follow_redirects=False,
                # A proxy or a netrc file of the host's environment is nobody's configuration.
                trust_env=False,
                transport=_public_transport(limits) if self._public_only else None,
            )
        return self._client


def _public_transport(limits: "httpx.Limits") -> "httpx.AsyncHTTPTransport":
    import httpx

    from parsepy.outbound.public_network import PublicNetwork

    transport = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)
    # httpx has no parameter for it; the pool asks for it at each connection that it makes.
    transport._pool._network_backend = PublicNetwork()
    return transport


def _without_query(record: logging.LogRecord) -> bool:
    """httpx logs the address of every request, and that may hold somebody's token."""
    import httpx

    if isinstance(record.args, tuple):
        record.args = tuple(
            each.copy_with(query=None) if isinstance(each, httpx.URL) else each
            for each in record.args
        )
    return True


async def _read(answer: "httpx.Response", limit: int) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > limit:
            raise OutboundError(f"the answer is longer than {limit} bytes")
    return bytes(content)
