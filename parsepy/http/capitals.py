"""Names of headers that go out with their capitals.

PHP's SDK looks for `X-Parse-Job-Status-Id` as it stands, and uvicorn makes every name lower case.
"""

from typing import Final

from starlette.types import Send

from parsepy.http.answer import Headers

_LOWERS: Final = "uvicorn."


class AsWritten(bytes):
    """A name that stays as it is when somebody asks for its lower case."""

    def lower(self) -> bytes:
        return self


def kept(headers: Headers, send: Send) -> Headers:
    """`headers`, so that their names keep their capitals if `send` is uvicorn's own. Whoever else
    stands between may look for a name in lower case, and finds it."""
    if not type(getattr(send, "__self__", None)).__module__.startswith(_LOWERS):
        return headers
    return [(AsWritten(name), value) for name, value in headers]
