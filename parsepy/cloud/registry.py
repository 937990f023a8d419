"""The registry: which functions and triggers an app has, by the Python code that they are.

    registry = Registry()

    @registry.function("hello")
    async def hello(request: FunctionRequest) -> object:
        return f"Hello, {request.params['name']}!"

    @registry.before_save("GameScore")
    def check(request: TriggerRequest) -> None:
        if request.object.get("score") is None:
            raise ValueError("a score has to be given")

Handlers may be plain or async functions; plain ones run in threads. They refuse by raising.
"""

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from parsepy.cloud.decorators import Decorators, LiveListener, TriggerClass
from parsepy.cloud.pseudo_classes import CONFIG_CLASS, CONNECT_CLASS, FILE_CLASS
from parsepy.cloud.runner import Handler
from parsepy.options.errors import OptionsError
from parsepy.options.validation.rate_limit import check_rule

if TYPE_CHECKING:
    from parsepy.cloud.objects import Object
    from parsepy.cloud.validators import Validator

_log = logging.getLogger(__name__)

FIND_TRIGGERS: Final = ("beforeFind", "afterFind")
OBJECT_TRIGGERS: Final = ("beforeSave", "afterSave", "beforeDelete", "afterDelete")
USER_TRIGGERS: Final = ("beforeLogin", "afterLogin", "beforePasswordResetRequest")
KINDS: Final = (
    *OBJECT_TRIGGERS,
    *FIND_TRIGGERS,
    *USER_TRIGGERS,
    "afterLogout",
    "beforeConnect",
    "beforeSubscribe",
    "afterEvent",
)

_OF_PSEUDO_CLASSES: Final = {
    FILE_CLASS: (*OBJECT_TRIGGERS, *FIND_TRIGGERS),
    CONFIG_CLASS: ("beforeSave", "afterSave"),
    CONNECT_CLASS: ("beforeConnect",),
}

_NAME: Final = re.compile(r"[^'\"`.\x00-\x1f]{1,200}")

K = TypeVar("K")
V = TypeVar("V")


class RegistrationError(ValueError):
    """A trigger that may not be on that class, or a name that cannot be called."""


class Entry(msgspec.Struct, frozen=True):
    handler: Handler
    validator: "Validator | None" = None


def is_callable_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


class Registry(Decorators):
    """One app's; a later registration of the same thing replaces the earlier one."""

    def __init__(self) -> None:
        self.functions: dict[str, Entry] = {}
        self.triggers: dict[tuple[str, str], Entry] = {}
        """By kind and class."""
        self.jobs: dict[str, Handler] = {}
        self.classes: dict[str, type[Object]] = {}
        """The app's own classes of objects, by Parse class."""
        self.live_listeners: list[LiveListener] = []
        self._loaded: Registry | None = None
        self._listeners: list[Callable[[], None]] = []

    def add_function(
        self, name: str, handler: Callable[..., object], validator: "Validator | None" = None
    ) -> None:
        if not is_callable_name(name):
            raise RegistrationError(f"A function cannot be called {name!r}")
        _check_limit(validator)
        from parsepy.cloud import parameters

        try:
            called = parameters.bound(handler)
        except parameters.UnusableParameter as error:
            raise RegistrationError(f"The function {name}: {error}") from None
        if name in self.functions:
            _warn_of_duplicate(name)
        self.functions[name] = Entry(called, validator)
        self._tell()

    def add_job(self, name: str, handler: Handler) -> None:
        if not is_callable_name(name):
            raise RegistrationError(f"A job cannot be called {name!r}")
        if name in self.jobs:
            _warn_of_duplicate(name)
        self.jobs[name] = handler
        self._tell()

    def add_trigger(
        self,
        kind: str,
        class_name: TriggerClass,
        handler: Handler,
        validator: "Validator | None" = None,
    ) -> None:
        """Raises `RegistrationError`."""
        name = name_of(class_name)
        check_pair(kind, name)
        _check_limit(validator)
        if (kind, name) in self.triggers:
            _warn_of_duplicate(name)
        self.triggers[kind, name] = Entry(handler, validator)
        self._tell()

    def add_live_listener(self, listener: LiveListener) -> None:
        self.live_listeners = [*self.live_listeners, listener]
        self._tell()

    def add_class(self, subclass: "type[Object]") -> None:
        """Objects of its Parse class are made as objects of it."""
        if subclass.parse_class is not None:
            self.classes[subclass.parse_class] = subclass
            self._tell()

    def settle(self) -> None:
        """All modules are imported: what their types name is there now, or never.

        Raises `RegistrationError`.
        """
        if not self.functions:
            return
        from parsepy.cloud import parameters

        for name, entry in self.functions.items():
            try:
                parameters.settle(entry.handler)
            except (parameters.UnusableParameter, NameError) as error:
                raise RegistrationError(f"The function {name}: {error}") from None

    def take_loaded(self, loaded: "Registry") -> None:
        """What an app's modules have registered, in place of what they had before; in one step:
        whoever asks finds the old or the new. What was registered here directly stays."""
        old = self._loaded or Registry()
        self.functions = _exchanged(self.functions, old.functions, loaded.functions)
        self.triggers = _exchanged(self.triggers, old.triggers, loaded.triggers)
        self.jobs = _exchanged(self.jobs, old.jobs, loaded.jobs)
        self.classes = _exchanged(self.classes, old.classes, loaded.classes)
        kept = [one for one in self.live_listeners if one not in old.live_listeners]
        self.live_listeners = [*loaded.live_listeners, *kept]
        self._loaded = loaded
        self._tell()

    def clear(self) -> None:
        self.functions = {}
        self.triggers = {}
        self.jobs = {}
        self.classes = {}
        self.live_listeners = []
        self._tell()

    def follow(self, changed: Callable[[], None]) -> Callable[[], None]:
        """`changed` is called after every change, until what is given back is called."""
        self._listeners.append(changed)

        def unfollow() -> None:
            self._listeners = [one for one in self._listeners if one != changed]

        return unfollow

    def _tell(self) -> None:
        for changed in tuple(self._listeners):
            changed()


def _exchanged(present: dict[K, V], old: dict[K, V], new: dict[K, V]) -> dict[K, V]:
    kept = {key: value for key, value in present.items() if old.get(key) is not value}
    return {**new, **kept}


def name_of(class_name: TriggerClass) -> str:
    """The Parse class that a trigger is for. Raises `RegistrationError` for `Object` itself."""
    if isinstance(class_name, str):
        return class_name
    from parsepy.cloud.objects import Object

    if not issubclass(class_name, Object):
        return class_name.trigger_class
    if class_name.parse_class is None:
        raise RegistrationError("Object itself has no class name: give one, or a subclass.")
    return class_name.parse_class


def check_pair(kind: str, class_name: str) -> None:
    """Raises `RegistrationError` for a trigger that there is not on that class."""
    if kind not in KINDS or not class_name:
        raise RegistrationError(f"There is no trigger {kind}")
    if kind not in _OF_PSEUDO_CLASSES.get(class_name, KINDS):
        raise RegistrationError(f"There is no trigger {kind} on {class_name}")
    if kind == "beforeConnect" and class_name != CONNECT_CLASS:
        raise RegistrationError(f"beforeConnect is no trigger of a class: not of {class_name}")
    if kind == "beforeSave" and class_name == "_PushStatus":
        raise RegistrationError("Only afterSave is allowed on _PushStatus")
    if kind in USER_TRIGGERS and class_name != "_User":
        raise RegistrationError(
            "Only the _User class is allowed for the beforeLogin, afterLogin,"
            " and beforePasswordResetRequest triggers"
        )
    if kind == "afterLogout" and class_name != "_Session":
        raise RegistrationError("Only the _Session class is allowed for the afterLogout trigger.")
    if class_name == "_Session" and kind != "afterLogout":
        raise RegistrationError("Only the afterLogout trigger is allowed for the _Session class.")


def _check_limit(validator: "Validator | None") -> None:
    if validator is None or validator.rate_limit is None:
        return
    try:
        check_rule({"requestPath": "/", **validator.rate_limit})
    except OptionsError as error:
        raise RegistrationError(str(error)) from None


def _warn_of_duplicate(name: str) -> None:
    _log.warning(
        "Duplicate cloud functions exist for %s. Only the last one will be used and the others"
        " will be ignored.",
        name,
    )
