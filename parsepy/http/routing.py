"""What a route is: a method and the number of path segments behind the first one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from parsepy.http.answer import Answer
from parsepy.http.request import Request

Awaited: TypeAlias = Awaitable[Answer]
Handler: TypeAlias = Callable[[Request], Awaited]
Routes: TypeAlias = Mapping[tuple[str, int], Handler]
