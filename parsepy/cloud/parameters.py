"""Parameters of a function, declared with types: taken from what the client sends, and judged.

    @cloud.function("greet")
    async def greet(request, name: str, times: int = 1, when: datetime | None = None): ...

What the client leaves out, or sends as `null`, is the parameter's default; one without a default
has to be sent. `Annotated[bool, Key("isFinal")]` is called otherwise on the wire. A parameter
without a type takes anything, and `**others` whatever nobody has declared.
"""

import functools
import inspect
import re
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Final, Literal, cast, get_args, get_origin

import msgspec

from parsepy import errors
from parsepy.cloud.objects import Object
from parsepy.cloud.requests import FunctionRequest
from parsepy.cloud.runner import Handler, is_async
from parsepy.cloud.typed import Key
from parsepy.types import MISSING, Missing

_KIND: Final = inspect.Parameter
_NAMED: Final = (_KIND.POSITIONAL_OR_KEYWORD, _KIND.KEYWORD_ONLY)
_PLACE: Final = re.compile(r" - at `([^`]*)`$")


class UnusableParameter(ValueError):
    """A parameter whose type cannot be asked of a client."""


def bound(handler: Callable[..., object]) -> Handler:
    """The handler of a function as all are called, with the request alone.

    It is the same one where it declares nothing else. Raises `UnusableParameter`; for types that
    are not known yet (a module may define them later) at the first call, or at `settle`.
    """
    declared = _declared(handler)
    if declared is None or declared.is_plain:
        return cast("Handler", handler)
    plan = _Plan(handler, declared)
    call = _async_call(handler, plan) if is_async(handler) else _call(handler, plan)
    functools.update_wrapper(call, handler, assigned=("__module__", "__name__", "__qualname__"))
    call.plan = plan  # type: ignore[attr-defined]
    return call


def settle(handler: Handler) -> None:
    """Everything is defined now. Raises `UnusableParameter`."""
    plan = getattr(handler, "plan", None)
    if isinstance(plan, _Plan):
        plan.settle()


def _call(handler: Callable[..., object], plan: "_Plan") -> Handler:
    def call(request: FunctionRequest) -> object:
        positional, named = plan.arguments(request)
        return handler(*positional, **named)

    return call


def _async_call(handler: Callable[..., object], plan: "_Plan") -> Handler:
    async def call(request: FunctionRequest) -> object:
        positional, named = plan.arguments(request)
        return await cast("Any", handler(*positional, **named))

    return call


@dataclass(frozen=True, slots=True)
class _Declared:
    takes_request: bool
    named: tuple[inspect.Parameter, ...]
    rest: bool

    @property
    def is_plain(self) -> bool:
        return self.takes_request and not self.named and not self.rest


def _declared(handler: Callable[..., object]) -> _Declared | None:
    """`None` for a thing that does not tell: it is called with the request."""
    try:
        parameters = list(inspect.signature(handler).parameters.values())
    except (TypeError, ValueError):
        return None
    first = parameters[0] if parameters else None
    if first is not None and first.kind is _KIND.VAR_POSITIONAL:
        return None
    takes_request = first is not None and first.kind in (_KIND.POSITIONAL_ONLY, _NAMED[0])
    others = parameters[1:] if takes_request else parameters
    for parameter in others:
        if parameter.kind is _KIND.POSITIONAL_ONLY and parameter.default is _KIND.empty:
            raise UnusableParameter(f"{parameter.name} has no name that a client could give it")
    named = tuple(one for one in others if one.kind in _NAMED)
    return _Declared(takes_request, named, any(one.kind is _KIND.VAR_KEYWORD for one in others))


class _Plan:
    """Made once; `arguments` is what each call pays."""

    def __init__(self, handler: Callable[..., object], declared: _Declared) -> None:
        self._handler = handler
        self._declared = declared
        self._parameters: tuple[_Parameter, ...] | None = None
        self._keys: frozenset[str] = frozenset()
        with suppress(NameError):
            self.settle()

    def settle(self) -> None:
        if self._parameters is not None:
            return
        target = inspect.unwrap(self._handler)
        target = target if hasattr(target, "__annotations__") else target.__call__
        hints = typing.get_type_hints(target, include_extras=True)
        parameters = tuple(
            _Parameter.of(one, hints.get(one.name, Any)) for one in self._declared.named
        )
        self._keys = frozenset(one.key for one in parameters)
        self._parameters = parameters

    def arguments(self, request: FunctionRequest) -> tuple[tuple[object, ...], dict[str, object]]:
        """Raises 142."""
        if self._parameters is None:
            self.settle()
        params = request.params
        named: dict[str, object] = {}
        for one in cast("tuple[_Parameter, ...]", self._parameters):
            value = one.value(params.get(one.key), is_text=one.key in request.texts)
            if not isinstance(value, Missing):
                named[one.name] = value
        if self._declared.rest:
            rest = {name: params[name] for name in params if name not in self._keys}
            named = {**rest, **named}
        return (request,) if self._declared.takes_request else (), named


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    key: str
    type: Any
    is_needed: bool
    takes_null: bool
    choices: str | None
    """The only values that there are, as a text."""

    @classmethod
    def of(cls, parameter: inspect.Parameter, hint: Any) -> "_Parameter":
        extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
        key = next((one.name for one in extras if isinstance(one, Key)), parameter.name)
        return cls(
            parameter.name,
            key,
            hint,
            parameter.default is _KIND.empty,
            _takes_null(parameter.name, hint),
            _choices(hint),
        )

    def value(self, given: object, *, is_text: bool) -> object:
        """`MISSING` where the default counts. Raises 142."""
        if given is None:
            if self.is_needed and not self.takes_null:
                raise errors.validation_failed(
                    f"Validation failed. Please specify data for {self.key}."
                )
            return None if self.is_needed else MISSING
        if self.type is Any or self.type is object:
            return given
        try:
            # What comes in an address or a form is always text: `times=2` is a number there.
            return msgspec.convert(given, self.type, strict=not is_text, dec_hook=_convert)
        except msgspec.ValidationError as error:
            raise errors.validation_failed(self._complaint(str(error))) from None
        except RecursionError:
            raise errors.validation_failed(
                f"Validation failed. {self.key}: too deeply nested"
            ) from None

    def _complaint(self, told: str) -> str:
        """`Validation failed. scores[0].name: expected str, got int`"""
        found = _PLACE.search(told)
        reason = (told[: found.start()] if found else told).replace("`", "").replace(" | null", "")
        place = found[1].removeprefix("$").replace("[...]", "[…]") if found else ""
        if reason.startswith("Invalid enum value") and self.choices and not place:
            return f"Validation failed. Invalid option for {self.key}. Expected: {self.choices}"
        return f"Validation failed. {self.key}{place}: {reason[:1].lower()}{reason[1:]}"


def _takes_null(name: str, hint: Any) -> bool:
    """Raises `UnusableParameter` for a type that msgspec knows nothing of."""
    try:
        msgspec.convert(None, hint, dec_hook=_convert)
    except msgspec.ValidationError:
        return False
    except (TypeError, NotImplementedError) as error:
        raise UnusableParameter(f"{name}: {error}") from None
    return True


def _choices(hint: Any) -> str | None:
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    several = [one for one in get_args(hint) if one is not type(None)]
    if get_origin(hint) is not Literal and len(several) == 1:
        (hint,) = several
    if get_origin(hint) is Literal:
        return ", ".join(str(one) for one in get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ", ".join(str(one.value) for one in hint)
    return None


def _convert(wanted: Any, given: Any) -> object:
    """A value of Parse's own types. Raises `ValueError`, which msgspec makes an error of."""
    if isinstance(wanted, type):
        if issubclass(wanted, Object):
            return _object(wanted, given)
        if isinstance(given, wanted):
            return given
    name = getattr(wanted, "__name__", str(wanted))
    raise ValueError(f"expected {name}, got {_kind(given)}")


def _object(wanted: type[Object], given: object) -> Object:
    """A Pointer to the class; what a client says besides of the object is not believed."""
    class_name, object_id = _pointer(given)
    if object_id is None or (wanted.parse_class or class_name) != class_name:
        expected = wanted.parse_class or "object"
        raise ValueError(f"expected a Pointer to {expected}, got {_kind(given)}")
    if isinstance(given, wanted):
        return given
    return wanted.without_data(object_id, class_name)


def _pointer(given: object) -> tuple[str | None, str | None]:
    if isinstance(given, Object):
        return given.class_name, given.object_id
    if isinstance(given, Mapping) and given.get("__type") == "Object":
        class_name, object_id = given.get("className"), given.get("objectId")
        if isinstance(class_name, str) and isinstance(object_id, str):
            return class_name, object_id
    return None, None


def _kind(given: object) -> str:
    if isinstance(given, Object):
        return f"a Pointer to {given.class_name}"
    if isinstance(given, Mapping):
        kind = given.get("__type")
        return kind if isinstance(kind, str) and kind.isalpha() else "object"
    if isinstance(given, list):
        return "array"
    return "null" if given is None else type(given).__name__
