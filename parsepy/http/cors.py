"""The headers that let a browser's script read an answer (rest-objects sheet, section 4)."""

from typing import Final

from parsepy.http.answer import Headers
from parsepy.options.model import ServerOptions

_METHODS: Final = b"GET,PUT,POST,DELETE,OPTIONS"
# parse-server's list, then conditional writes, and what Flutter for the web and the JavaScript
# SDK's uploads send too.
_ALLOWED: Final = (
    "X-Parse-Master-Key",
    "X-Parse-REST-API-Key",
    "X-Parse-Javascript-Key",
    "X-Parse-Application-Id",
    "X-Parse-Client-Version",
    "X-Parse-Session-Token",
    "X-Requested-With",
    "X-Parse-Revocable-Session",
    "X-Parse-Request-Id",
    "Content-Type",
    "Pragma",
    "Cache-Control",
    "If-Match",
    "If-Unmodified-Since",
    "X-Parse-Installation-Id",
    "X-Parse-Client-Key",
    "X-Parse-Cloud-Context",
    "X-Parse-Maintenance-Key",
    "X-Parse-Upload-Mode",
    "X-Parse-File-Metadata",
    "X-Parse-File-Tags",
    "X-Parse-File-Directory",
    "X-Parse-File-Max-Upload-Size",
)
# The JavaScript SDK takes the answer's header names from this very text.
_EXPOSED: Final = b"X-Parse-Job-Status-Id, X-Parse-Push-Status-Id"


class Cors:
    __slots__ = ("_fixed", "_origins", "_shared")

    def __init__(self, options: ServerOptions) -> None:
        allowed = ", ".join((*_ALLOWED, *options.allow_headers))
        self._shared: Headers = [
            (b"Access-Control-Allow-Methods", _METHODS),
            (b"Access-Control-Allow-Headers", allowed.encode("latin-1", "replace")),
            (b"Access-Control-Expose-Headers", _EXPOSED),
        ]
        origins = options.allow_origin or ("*",)
        self._origins = {origin.encode("latin-1", "replace") for origin in origins}
        self._fixed = self._with_origin(origins[0].encode("latin-1", "replace"))

    def headers(self, origin: bytes | None) -> Headers:
        """A listed origin is echoed, for any other the first of the list stands."""
        if origin is None or origin not in self._origins:
            return self._fixed
        return self._with_origin(origin)

    def _with_origin(self, origin: bytes) -> Headers:
        return [(b"Access-Control-Allow-Origin", origin), *self._shared]
