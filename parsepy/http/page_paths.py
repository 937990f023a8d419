"""Which paths are those of pages. What answers them is imported when there is such a request."""

from functools import cached_property
from typing import TYPE_CHECKING, Final

from parsepy.http.routes import FIRST_SEGMENTS
from parsepy.http.services import AppServices
from parsepy.options.errors import OptionsError
from parsepy.options.model import Pages

if TYPE_CHECKING:
    from parsepy.http.routers.pages import PageRoute, PageRoutes

_OTHER_ROUTES: Final = frozenset((*FIRST_SEGMENTS, "files", "health"))
_DEFAULTS: Final = Pages()


class PagePaths:
    """Raises `OptionsError` for options of pages that cannot be."""

    def __init__(self, services: AppServices) -> None:
        self._services = services
        given = services.options.pages
        self._endpoint = given.pages_endpoint.lower().split("/")
        if self._endpoint[0] in _OTHER_ROUTES:
            raise OptionsError(
                f"Option pages.pagesEndpoint: {given.pages_endpoint} is a route of the API."
            )
        if given != _DEFAULTS:
            # What cannot be ends the start, not the first request.
            _ = self.routes

    @cached_property
    def routes(self) -> "PageRoutes":
        from parsepy.http.routers.pages import PageRoutes

        return PageRoutes(self._services)

    def find(self, method: str, segments: list[str]) -> "PageRoute | None":
        """The route of a path behind the mount, if it is a page's."""
        # An empty part in a path is marked by one in front.
        named = segments[1:] if segments[:1] == [""] else segments
        if not named or named[0].lower() != self._endpoint[0]:
            return None
        length = len(self._endpoint)
        if [part.lower() for part in named[:length]] != self._endpoint:
            return None
        return self.routes.find(method, named[length:])
