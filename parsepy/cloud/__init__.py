"""Cloud code: the app's own functions and triggers, in this process or behind webhooks.

What an app's code imports from here is listed in `api.py`.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

# Its module has the same name; here it is the function.
from parsepy.cloud.current import current as current

if TYPE_CHECKING:
    from parsepy.cloud.api import *  # noqa: F403


def __getattr__(name: str) -> object:
    # Imported by the first code that wants it: a server without any starts sooner.
    if find_spec(f"{__name__}.{name}") is None:
        api = import_module(f"{__name__}.api")
        if hasattr(api, name):
            # From now on a plain attribute: handlers ask for it in every request.
            globals()[name] = value = getattr(api, name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *import_module(f"{__name__}.api").__all__})
