"""From field names to stored names, in the stages in which parse-server does so (§15).

Only `$group`, `$match`, `$project` and `$geoNear.query` are changed; in all others a client uses
the stored names. Three accidents of the reference are not repeated, as they lose what the client
wrote: a list or null compared with a Date field stays a list or null, and null inside `$group`
stays null (there all become objects).
"""

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.aggregation.stored_names import COMMON, POINTER_PREFIX
from parsepy.protocol import dates, values
from parsepy.protocol.field_types import as_text
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONObject, JSONValue

_GROUPED: Final = ("createdAt", "updatedAt")


class Rewritten(Struct, frozen=True):
    """`by_pointer`: a group's id is the stored text of a Pointer and loses its class."""

    pipeline: tuple[JSONObject, ...]
    by_pointer: bool


def rewrite(
    pipeline: Iterable[JSONObject], schema: ClassSchema, options: AggregateOptions
) -> Rewritten:
    """Raises 111 for a typed value that is none."""
    rewriter = _Rewriter(schema, options)
    stages = tuple(map(rewriter.stage, pipeline))
    return Rewritten(stages, by_pointer=any(map(_is_by_pointer, stages)))


def _is_by_pointer(stage: JSONObject) -> bool:
    group = stage.get("$group")
    key = group.get("_id") if isinstance(group, dict) else None
    return isinstance(key, str) and f"${POINTER_PREFIX}" in key


class _Rewriter:
    __slots__ = ("_dates", "_pointers", "_raw_names", "_raw_values")

    def __init__(self, schema: ClassSchema, options: AggregateOptions) -> None:
        self._pointers = schema.pointers
        self._dates = {name for name, type_ in schema.types.items() if type_.name == "Date"}
        self._raw_names = options.raw_field_names
        self._raw_values = options.raw_values

    def stage(self, stage: JSONObject) -> JSONObject:
        changes: dict[str, Callable[[JSONValue], JSONValue]] = {
            "$group": self._group,
            "$match": self._condition,
            "$project": self._projection,
            "$geoNear": self._near,
        }
        return {
            name: _canonical(changes[name](spec) if name in changes else spec)
            for name, spec in stage.items()
        }

    def _near(self, spec: JSONValue) -> JSONValue:
        if not isinstance(spec, dict) or not spec.get("query"):
            return spec
        return {**spec, "query": self._condition(spec["query"])}

    def _group(self, spec: JSONValue) -> JSONValue:
        if isinstance(spec, list):
            return [self._group(item) for item in spec]
        if isinstance(spec, dict):
            return {name: self._group(child) for name, child in spec.items()}
        if not isinstance(spec, str) or self._raw_names:
            return spec
        field = spec[1:]
        if field in self._pointers:
            return f"${POINTER_PREFIX}{field}"
        return f"${COMMON[field]}" if field in _GROUPED else spec

    def _condition(self, spec: JSONValue) -> JSONValue:
        if isinstance(spec, list):
            return [self._condition(item) for item in spec]
        if not isinstance(spec, dict):
            return spec
        return {self._name(name): self._compared(name, value) for name, value in spec.items()}

    def _compared(self, name: str, value: JSONValue) -> JSONValue:
        if name in self._pointers and not self._raw_names:
            kept = self._raw_values or value is None or isinstance(value, dict | list)
            return value if kept else f"{self._pointers[name]}${as_text(value)}"
        if name in self._dates and not self._raw_values:
            return _with_dates(value)
        return self._condition(value)

    def _projection(self, spec: JSONValue) -> JSONValue:
        if not isinstance(spec, dict):
            return spec
        return {
            self._name(name): value
            if name in self._pointers and not self._raw_names
            else self._condition(value)
            for name, value in spec.items()
        }

    def _name(self, name: str) -> str:
        if self._raw_names:
            return name
        if name in self._pointers:
            return POINTER_PREFIX + name
        return COMMON.get(name, name)


def _canonical(value: JSONValue) -> JSONValue:
    """With typed Dates and Bytes in their one form, in which stores take them. Raises 111."""
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("__type") in ("Date", "Bytes"):
        return values.clean_nested(value)
    return {name: _canonical(child) for name, child in value.items()}


def _with_dates(value: JSONValue) -> JSONValue:
    """Every text that is a date becomes one."""
    if isinstance(value, str):
        canonical = dates.normalise(value)
        return value if canonical is None else values.date(canonical)
    if isinstance(value, list):
        return [_with_dates(item) for item in value]
    if isinstance(value, dict) and value.get("__type") != "Date":
        return {name: _with_dates(child) for name, child in value.items()}
    return value
