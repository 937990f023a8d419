"""Which registry the code that is being imported belongs to.

    from parsepy import cloud

    @cloud.function("hello")
    async def hello(request): ...

registers with the app whose loader imports this: nothing is kept in the module.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from parsepy.cloud.current import current_or_none
from parsepy.types import JSONObject

if TYPE_CHECKING:
    from parsepy.cloud.objects import Object
    from parsepy.cloud.registry import Registry

_LOADING: Final[ContextVar["Registry"]] = ContextVar("parsepy_registry_being_loaded")


def registry() -> "Registry":
    """Raises `RuntimeError` where no app's code is being imported."""
    try:
        return _LOADING.get()
    except LookupError:
        raise RuntimeError(
            "Cloud code is registered while an app loads it (option cloud, parsepy serve --cloud)."
            " Elsewhere use the decorators of app.registry."
        ) from None


@contextmanager
def into(target: "Registry") -> Iterator[None]:
    """What is imported inside registers with `target`."""
    token = _LOADING.set(target)
    try:
        yield
    finally:
        _LOADING.reset(token)


def note_class(subclass: "type[Object]") -> None:
    """A subclass that is defined while an app's code is loaded stands for its Parse class there."""
    target = _LOADING.get(None)
    if target is not None:
        target.add_class(subclass)


def refer(class_name: str, object_id: str | None, state: JSONObject | None) -> "Object":
    """An object of the class that the running app has for its Parse class."""
    app = current_or_none()
    made = class_of(class_name, {} if app is None else app.classes)
    return made(class_name, object_id, state, existed=object_id is not None)


def class_of(class_name: str, classes: "Mapping[str, type[Object]]") -> "type[Object]":
    """The class for objects of a Parse class, where the app has `classes`."""
    from parsepy.cloud.objects import Object
    from parsepy.cloud.users import BUILT_IN

    return classes.get(class_name) or BUILT_IN.get(class_name, Object)
