"""Fields of a class as attributes: `class GameScore(Object): score: int`."""

import inspect
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args, get_origin, overload

from parsepy.types import MISSING

if TYPE_CHECKING:
    from parsepy.cloud.objects import Object


@dataclass(frozen=True, slots=True)
class Key:
    """What a field is called on the wire, where Python would have it otherwise.

    is_final: Annotated[bool, Key("isFinal")]
    """

    name: str


class FieldAttribute:
    """Reads and writes one field of the object it is asked of."""

    __slots__ = ("_default", "_key", "_name", "_owner")

    def __init__(self, owner: type["Object"], name: str, default: object) -> None:
        self._owner = owner
        self._name = name
        self._default = default
        self._key: str | None = None

    @property
    def key(self) -> str:
        """Looked up at the first use: an annotation may name what its module defines later."""
        if self._key is None:
            self._key = _key(self._owner, self._name)
        return self._key

    @overload
    def __get__(self, one: None, owner: type["Object"]) -> Self: ...

    @overload
    def __get__(self, one: "Object", owner: type["Object"]) -> object: ...

    def __get__(self, one: "Object | None", owner: type["Object"]) -> object:
        if one is None:
            return self
        default = None if self._default is MISSING else self._default
        return one.get(self.key, default)

    def __set__(self, one: "Object", value: object) -> None:
        one.set(self.key, value)

    def __delete__(self, one: "Object") -> None:
        one.unset(self.key)


def install(owner: type["Object"]) -> None:
    """Makes the annotations of a class attributes of its objects."""
    for name in _own_fields(owner):
        default = owner.__dict__.get(name, MISSING)
        if not isinstance(default, property | FieldAttribute):
            setattr(owner, name, FieldAttribute(owner, name, default))


def _own_fields(owner: type["Object"]) -> Iterator[str]:
    for name, annotation in inspect.get_annotations(owner).items():
        if not name.startswith("_") and not _is_of_class(annotation):
            yield name


def _is_of_class(annotation: object) -> bool:
    if isinstance(annotation, str):
        return annotation.replace("typing.", "").startswith("ClassVar")
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def _key(owner: type["Object"], name: str) -> str:
    hint: Any = inspect.get_annotations(owner)[name]
    if isinstance(hint, str):
        # A module with `from __future__ import annotations`; other fields may name what is not
        # there at run time.
        with suppress(Exception):
            hint = inspect.get_annotations(owner, eval_str=True)[name]
    for extra in get_args(hint)[1:] if get_origin(hint) is Annotated else ():
        if isinstance(extra, Key):
            return extra.name
    return name
