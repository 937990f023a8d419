"""Functions and objects that an app's own code gives as options."""

import asyncio
import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

from parsepy.options.errors import OptionsError

_NAME: Final = re.compile(r"[^\W\d][\w.]*:[^\W\d][\w.]*")


async def call(function: Callable[..., Any], *arguments: object) -> Any:
    """The result of an option's function; a plain one runs in a thread, where it may block."""
    if is_async(function):
        return await function(*arguments)
    result = await asyncio.to_thread(function, *arguments)
    return await result if inspect.isawaitable(result) else result


def is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 (asks what kind it is, not whether)
    )


def is_name(text: str) -> bool:
    """Whether it is `package.module:name`, and no value itself."""
    return _NAME.fullmatch(text) is not None


def load_adapter(path: str, given: object, settings: Mapping[str, object]) -> object:
    """The object that an option names: itself, or what `module` in a mapping says.

    `given` is an object, a class (called with `settings`), or a text `package.module:name` (also
    `package.module`, for a module whose functions are the adapter's). `path` is the option's, for
    the message. Raises `OptionsError` when the text leads nowhere or the class cannot be made.
    """
    found = imported(path, given) if isinstance(given, str) else given
    if not isinstance(found, type):
        return found
    try:
        return found(settings)
    except OptionsError:
        raise
    except Exception as error:
        raise OptionsError(f"Option {path}: {found.__name__} cannot be made: {error}") from error


def imported(path: str, name: str) -> object:
    """What `package.module:name` names. Raises `OptionsError` when it leads nowhere."""
    module_name, _, attribute = name.partition(":")
    try:
        module = importlib.import_module(module_name)
        return attrgetter(attribute)(module) if attribute else module
    except (ImportError, AttributeError, ValueError) as error:
        raise OptionsError(
            f"Option {path}: {name} cannot be loaded: {error}. Name it package.module:object, "
            "with the package on Python's path."
        ) from error
