"""Pages of the app's own: option `pages.customRoutes`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parsepy.options.errors import OptionsError
from parsepy.options.functions import call
from parsepy.pages.request import PageRequest

_OPTION: Final = "Option pages.customRoutes"
_METHODS: Final = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE"))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The page that a handler wants: a file below the pages' folder, and parameters for it."""

    file: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CustomRoute:
    """`parts` are those of the path; `:name` takes any one part, `*name` all that are left."""

    method: str
    parts: tuple[str, ...]
    handler: Callable[[PageRequest], Any]

    def match(self, method: str, parts: Sequence[str]) -> Mapping[str, str] | None:
        """The parameters in a path that is this route's."""
        if method != self.method:
            return None
        found: dict[str, str] = {}
        for position, own in enumerate(self.parts):
            if own.startswith("*"):
                found[own[1:]] = "/".join(parts[position:])
                return found if position < len(parts) else None
            if position == len(parts):
                return None
            if own.startswith(":"):
                found[own[1:]] = parts[position]
            elif own.lower() != parts[position].lower():
                return None
        return found if len(parts) == len(self.parts) else None

    async def choose(self, request: PageRequest) -> Chosen | None:
        """What the handler says; a plain function runs in a thread."""
        answer = await call(self.handler, request)
        if not isinstance(answer, Mapping) or not isinstance(answer.get("file"), str):
            return None
        query = answer.get("query")
        if not isinstance(query, Mapping):
            query = {}
        given = {str(name): str(value) for name, value in query.items() if value is not None}
        return Chosen(answer["file"], given)


def read_routes(given: Iterable[Mapping[str, object]]) -> tuple[CustomRoute, ...]:
    """Raises `OptionsError` for a route that could never be asked for."""
    return tuple(map(_route, given))


def _route(given: Mapping[str, object]) -> CustomRoute:
    method, path, handler = given.get("method"), given.get("path"), given.get("handler")
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise OptionsError(f"{_OPTION}: method must be one of {', '.join(sorted(_METHODS))}.")
    if not isinstance(path, str) or not path.strip("/"):
        raise OptionsError(f"{_OPTION}: path must be the path behind the app id.")
    if not callable(handler):
        raise OptionsError(f"{_OPTION}: handler of {path} must be a function.")
    parts = tuple(path.strip("/").split("/"))
    if any(part in ("", ":", "*") for part in parts):
        raise OptionsError(f"{_OPTION}: path {path} has an empty part.")
    if any(part.startswith("*") for part in parts[:-1]):
        raise OptionsError(f"{_OPTION}: in path {path}, a part with * must be the last one.")
    return CustomRoute(method.upper(), parts, handler)
