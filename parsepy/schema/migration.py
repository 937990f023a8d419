"""Brings a store to the classes that are defined (`schema.definitions` plans it)."""

import inspect
import logging
from collections.abc import Awaitable
from typing import Final, cast

from parsepy.errors import Code, ParseError
from parsepy.schema.api import SchemaApi
from parsepy.schema.definitions import (
    Definitions,
    Hook,
    Plan,
    Step,
    StoredClass,
    check_names,
    plan_class,
    plan_undefined,
    undefined_warning,
)
from parsepy.schema.registry import SchemaRegistry
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)

ALWAYS_MADE: Final = "_Session"
"""Is there after a migration even if no user ever logged in, as with parse-server."""


ATTEMPTS: Final = 5
"""Servers with different definitions, as in a deployment, could overtake each other for ever."""


class Migration:
    """Run it as often as one likes: on a store that fits it changes nothing.

    Several servers may run it at the same time. One that is overtaken by another plans anew, and
    fails only when its plan is still the one that failed.
    """

    def __init__(self, definitions: Definitions, api: SchemaApi, schemas: SchemaRegistry) -> None:
        self._definitions = definitions
        self._api = api
        self._schemas = schemas

    async def run(self) -> None:
        """The migration between its hooks. Raises `ParseError` 1 where `strict` is set."""
        try:
            await _call(self._definitions.before)
            await self.apply()
            await _call(self._definitions.after)
        except Exception as error:
            if self._definitions.strict:
                raise ParseError(
                    Code.INTERNAL, f"The schema migration failed: {_said(error)}"
                ) from error
            known = isinstance(error, ParseError)
            _log.error("the schema migration failed: %s", _said(error), exc_info=not known)

    async def plan(self) -> list[Plan]:
        """What `apply` would do now. Raises `ParseError` for definitions that are wrong."""
        check_names(self._definitions)
        await self._schemas.load()
        stored = [await self._stored(schema.name) for schema in self._schemas.known()]
        found = [each for each in stored if each is not None]
        plans = [await self._plan_of(definition) for definition in self._definitions.classes]
        plans.append(undefined_warning(self._definitions, found))
        defined = set(self._definitions.names)
        return plans + [plan_undefined(each) for each in found if each.schema.name not in defined]

    async def apply(self) -> None:
        """Raises `ParseError` for the first class that cannot be made as it is defined."""
        await self._schemas.ensure_class(await self._schemas.get(ALWAYS_MADE))
        plans = await self.plan()
        for warning in (warning for plan in plans for warning in plan.warnings):
            _log.warning("schema: %s", warning)
        changing = {step.class_name for plan in plans for step in plan.steps}
        defined = {str(each["className"]): each for each in self._definitions.classes}
        for class_name in sorted(changing, key=lambda name: (name not in defined, name)):
            await self._bring(class_name, defined.get(class_name))
        _log.info("the schema is as defined, %d classes were changed", len(changing))

    async def _bring(self, class_name: str, definition: JSONObject | None) -> None:
        failed: tuple[Step, ...] = ()
        for attempt in range(1, ATTEMPTS + 1):
            await self._schemas.load()
            plan = await self._plan(class_name, definition)
            if not plan.steps:
                return
            try:
                for step in plan.steps:
                    await self._do(step)
            except ParseError as error:
                if plan.steps == failed or attempt == ATTEMPTS:
                    raise ParseError(error.code, f"{class_name}: {error.message}") from error
                failed = plan.steps
            else:
                return

    async def _plan(self, class_name: str, definition: JSONObject | None) -> Plan:
        if definition is not None:
            return await self._plan_of(definition)
        stored = await self._stored(class_name)
        return Plan() if stored is None else plan_undefined(stored)

    async def _plan_of(self, definition: JSONObject) -> Plan:
        class_name = str(definition["className"])
        try:
            return plan_class(definition, await self._stored(class_name), self._definitions)
        except ParseError as error:
            raise ParseError(error.code, f"{class_name}: {error.message}") from error

    async def _stored(self, class_name: str) -> StoredClass | None:
        found = [schema for schema in self._schemas.known() if schema.name == class_name]
        if not found:
            return None
        return StoredClass(found[0], await self._api.index_options(class_name))

    async def _do(self, step: Step) -> None:
        for told in step.tells:
            _log.info("schema: %s: %s", step.class_name, told)
        if step.creates:
            await self._api.create(step.class_name, step.body)
        else:
            await self._api.update(step.class_name, step.body)


async def _call(hook: Hook | None) -> None:
    if hook is None:
        return
    result = hook()
    if inspect.isawaitable(result):
        await cast("Awaitable[object]", result)


def _said(error: Exception) -> str:
    return error.message if isinstance(error, ParseError) else repr(error)
