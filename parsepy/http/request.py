"""A request on its way to a route."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

import msgspec

from parsepy.http.answer import Answer
from parsepy.http.rate_limits import Asking
from parsepy.http.services import AppServices
from parsepy.objects.context import RequestContext
from parsepy.types import JSONObject

FindRoute: TypeAlias = "Callable[[str, list[str]], Callable[[Request], Awaitable[Answer]] | None]"


class Request(msgspec.Struct):
    """`path` is the address behind the mount; `segments` are its decoded parts, the first in
    lower case. `query` holds the query string's values, JSON-decoded where they are JSON. `body`
    is an object, `{}` when none was sent. `asking` is on whose account the request goes, where
    there are rate limits. `headers` have names in lower case; a request inside a batch has none.
    """

    services: AppServices
    ctx: RequestContext
    method: str
    path: str
    segments: list[str]
    query: JSONObject
    body: JSONObject
    find_route: "FindRoute"
    asking: Asking | None = None
    headers: Mapping[bytes, bytes] = msgspec.field(default_factory=dict)
    content: bytes = b""
    """A form as it came, which `body` has nothing of."""

    @property
    def parameters(self) -> JSONObject:
        """Body and query string together; the query string wins."""
        return {**self.body, **self.query} if self.query else self.body

    def location_of(self, class_name: str, object_id: str) -> str:
        if class_name == "_User":
            return f"{self.ctx.mount_url}/users/{object_id}"
        return f"{self.ctx.mount_url}/classes/{class_name}/{object_id}"
