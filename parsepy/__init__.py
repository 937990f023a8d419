"""parsepy: a Parse-Server-compatible backend in Python."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsepy.app import create_app

__version__ = "0.1.0"
__all__ = ["__version__", "create_app"]


def __getattr__(name: str) -> object:
    # The app's imports take longer than the command line's help should.
    if name == "create_app":
        from parsepy.app import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
