"""The webhooks of an app: kept in `_Hooks`, known to every process that serves it."""

import asyncio
import logging
from time import monotonic
from typing import Final, TypeAlias

import msgspec

from parsepy import errors
from parsepy.cache import Changes
from parsepy.cache.marks import slot_of
from parsepy.cloud.registry import KINDS, RegistrationError, check_pair, is_callable_name
from parsepy.errors import ParseError
from parsepy.objects.context import ObjectServices
from parsepy.protocol import ids
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from parsepy.query.tree import Where
from parsepy.storage.transaction import once_kept
from parsepy.types import JSONObject, JSONValue, ParseObject

_log = logging.getLogger(__name__)

CLASS_NAME: Final = "_Hooks"
MAX_AGE: Final = 5.0
"""Seconds after which a change is seen that nobody told of: by a server without Redis elsewhere."""

PAUSE: Final = 1.0
"""Seconds for which a store that failed is not asked again."""

_SLOT: Final = slot_of("hooks, all")


class FunctionHook(msgspec.Struct, frozen=True):
    name: str
    url: str

    def to_json(self) -> JSONObject:
        return {"functionName": self.name, "url": self.url}


class TriggerHook(msgspec.Struct, frozen=True):
    class_name: str
    kind: str
    url: str

    def to_json(self) -> JSONObject:
        return {"className": self.class_name, "triggerName": self.kind, "url": self.url}


Hook: TypeAlias = FunctionHook | TriggerHook


class Hooks:
    """What is known of the store's hooks, and the way to change them.

    They are the server's configuration, not an app's objects: their rows do not go through the
    object doors.
    """

    def __init__(self, services: ObjectServices, changes: Changes) -> None:
        self._services = services
        self._changes = changes
        self._lock = asyncio.Lock()
        self._mark: int | None = None
        self._deadline = 0.0
        self.functions: dict[str, FunctionHook] = {}
        self.triggers: dict[tuple[str, str], TriggerHook] = {}
        """By kind and class."""

    # -- knowing

    @property
    def are_known(self) -> bool:
        """Whether what is known here is what the store holds, as far as one can tell cheaply."""
        return (
            self._changes.marks.view[_SLOT] == self._mark
            and monotonic() < self._deadline
            and self._changes.are_heard
        )

    async def load(self) -> bool:
        """Reads the hooks unless they are known by now; whether there was a change."""
        async with self._lock:
            if self.are_known:
                return False
            self._changes.marks.refresh()
            mark = self._changes.marks.view[_SLOT]
            try:
                found = await self._stored()
            except ParseError:
                if self._mark is None:
                    raise
                # What was known a moment ago serves on: not every request needs the store.
                _log.warning("could not read the webhooks again", exc_info=True)
                self._deadline = monotonic() + PAUSE
                return False
            before = self.functions, self.triggers
            self.functions = {hook.name: hook for hook in found if isinstance(hook, FunctionHook)}
            self.triggers = {
                (hook.kind, hook.class_name): hook
                for hook in found
                if isinstance(hook, TriggerHook)
            }
            self._mark, self._deadline = mark, monotonic() + MAX_AGE
            return before != (self.functions, self.triggers)

    async def forget(self) -> None:
        """The store has been changed past this door."""
        self._mark = None
        await self._changes.announce([_SLOT])

    # -- asking and changing

    async def all_functions(self) -> list[JSONValue]:
        return [hook.to_json() for hook in await self._stored() if isinstance(hook, FunctionHook)]

    async def all_triggers(self) -> list[JSONValue]:
        return [hook.to_json() for hook in await self._stored() if isinstance(hook, TriggerHook)]

    async def get_function(self, name: str) -> FunctionHook:
        """Raises 143."""
        for hook in await self._stored():
            if isinstance(hook, FunctionHook) and hook.name == name:
                return hook
        raise errors.webhook_error(f"no function named: {name} is defined")

    async def get_trigger(self, class_name: str, kind: str) -> TriggerHook:
        """Raises 143."""
        for hook in await self._stored():
            if isinstance(hook, TriggerHook) and (hook.class_name, hook.kind) == (class_name, kind):
                return hook
        raise errors.webhook_error(f"class {class_name} does not exist")

    async def create(self, given: JSONObject) -> Hook:
        """Raises 143 when it is there already, or is none; 1 for a pair that cannot be."""
        name, class_name, kind = (
            given.get(key) for key in ("functionName", "className", "triggerName")
        )
        stored = await self._stored()
        if name:
            if any(isinstance(hook, FunctionHook) and hook.name == name for hook in stored):
                raise errors.webhook_error(f"function name: {name} already exists")
        elif class_name and kind:
            pair = (class_name, kind)
            if any(
                isinstance(hook, TriggerHook) and (hook.class_name, hook.kind) == pair
                for hook in stored
            ):
                raise errors.webhook_error(f"class {class_name} already has trigger {kind}")
        hook = _declared(given)
        # No times, as parse-server: it would show them.
        object_id = ids.new_object_id(self._services.options.object_id_size)
        row: ParseObject = {"objectId": object_id, **hook.to_json()}
        schema = await self._services.schemas.get(CLASS_NAME)
        await self._services.storage.insert(schema, row)
        await self._announce()
        return hook

    async def change(self, hook: Hook, url: JSONValue) -> Hook:
        """Another address. Raises 143."""
        changed = _declared({**hook.to_json(), "url": url})
        schema = await self._services.schemas.get(CLASS_NAME)
        await self._services.storage.update(schema, _selects(hook), {"url": SetValue(changed.url)})
        await self._announce()
        return changed

    async def remove_function(self, name: str) -> None:
        """Raises 101 when there is none."""
        await self._remove(FunctionHook(name, ""))

    async def remove_trigger(self, class_name: str, kind: str) -> None:
        """Raises 101 when there is none."""
        await self._remove(TriggerHook(class_name, kind, ""))

    async def _remove(self, hook: Hook) -> None:
        schema = await self._services.schemas.get(CLASS_NAME)
        if not await self._services.storage.delete(schema, _selects(hook)):
            raise errors.object_not_found()
        await self._announce()

    # -- the store

    async def _stored(self) -> list[Hook]:
        schema = await self._services.schemas.get(CLASS_NAME)
        rows = await self._services.storage.find(schema, tree.EVERYTHING)
        return [hook for row in rows if (hook := _read(row))]

    async def _announce(self) -> None:
        async def announce() -> None:
            await self._changes.announce([_SLOT])

        await once_kept(self._services.storage, announce)


def _read(row: ParseObject) -> Hook | None:
    """`None` for a row that says nothing, whoever wrote it."""
    name, class_name, kind, url = (
        row.get(key) for key in ("functionName", "className", "triggerName", "url")
    )
    if not isinstance(url, str):
        return None
    if isinstance(name, str) and name:
        return FunctionHook(name, url)
    if isinstance(class_name, str) and isinstance(kind, str):
        return TriggerHook(class_name, kind, url)
    return None


def _declared(given: JSONObject) -> Hook:
    """Raises 143, and 1 for a trigger that there is not on that class."""
    hook = _read(given)
    if hook is None or not hook.url or not _is_possible(hook):
        raise errors.webhook_error("invalid hook declaration")
    if isinstance(hook, TriggerHook):
        try:
            check_pair(hook.kind, hook.class_name)
        except RegistrationError:
            # The client learns no more, as with parse-server.
            raise errors.internal_error() from None
    return hook


def _is_possible(hook: Hook) -> bool:
    if isinstance(hook, FunctionHook):
        return is_callable_name(hook.name)
    return bool(hook.class_name) and hook.kind in KINDS


def _selects(hook: Hook) -> Where:
    if isinstance(hook, FunctionHook):
        return tree.Equal(tree.Path("functionName"), hook.name)
    return tree.And(
        (
            tree.Equal(tree.Path("className"), hook.class_name),
            tree.Equal(tree.Path("triggerName"), hook.kind),
        )
    )
