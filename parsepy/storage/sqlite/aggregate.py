"""Pipelines on SQLite: what SQL does well goes into the statement, the rest is evaluated."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from parsepy import errors
from parsepy.aggregation.evaluate import compile_pipeline
from parsepy.aggregation.extended_json import decode_extended, encode_extended
from parsepy.aggregation.needed import needed_fields
from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.protocol.find_parameters import SortKey
from parsepy.protocol.json import normalise_numbers
from parsepy.query import tree
from parsepy.query.stored import is_object
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, missing_class
from parsepy.schema.system_classes import is_join, is_valid_class_name
from parsepy.storage.sqlite import classes, hints, names
from parsepy.storage.sqlite.conditions import ALWAYS, Condition
from parsepy.storage.sqlite.explain import explain
from parsepy.storage.sqlite.order import compile_order
from parsepy.storage.sqlite.pushed_group import push_group
from parsepy.storage.sqlite.pushed_match import pushed_sort, split_match
from parsepy.storage.sqlite.reader import Query, Reader
from parsepy.storage.sqlite.sql_types import Rows
from parsepy.storage.sqlite.stored_rows import Row, loader
from parsepy.storage.sqlite.where import compile_where
from parsepy.types import JSONObject, JSONValue

_MOST_IN_LOOP: Final = 100
"""Rows that are evaluated where they were read: a thread hop costs as much as some fifty."""
_NO_SCORE: Final = Condition("NULL")


class Plan(Struct, frozen=True):
    """A statement for the beginning of a pipeline, and the stages that are left."""

    query: Query
    document: Callable[[Row], JSONObject]
    rest: Sequence[JSONObject]


class _Beginning(Struct, frozen=True):
    """The stages that go into the statement, in the only order that one statement has."""

    where: Where = tree.EVERYTHING
    order: tuple[SortKey, ...] = ()
    skip: int = 0
    limit: int | None = None


async def aggregate(
    reader: Reader, schema: ClassSchema, pipeline: Sequence[JSONObject], options: AggregateOptions
) -> list[JSONValue]:
    """The rows in stored form, or as Extended JSON. Raises 102."""
    if options.hint is not None:
        if not isinstance(options.hint, str | dict):
            raise errors.invalid_query("hint must be a string or an object")
        hints.check(schema, options.hint)
    if options.raw_values:
        pipeline = [stage for item in pipeline if is_object(stage := decode_extended(item))]
    # All of the pipeline, so that what is wrong in it does not depend on what was pushed.
    compile_pipeline(pipeline, lambda _name: list)
    plan = make_plan(schema, pipeline)
    if options.explain:
        return [await explain(reader, plan.query, options.explain)]
    rows = await _results(reader, plan)
    shown = [normalise_numbers(row) for row in rows]
    return [encode_extended(row) for row in shown] if options.raw_values else shown


async def _results(reader: Reader, plan: Plan) -> list[JSONObject]:
    collections = _Collections()
    evaluate = compile_pipeline(plan.rest, collections.reference)
    await collections.load(reader)
    rows = await reader.read(plan.query, _rows)

    def run() -> list[JSONObject]:
        try:
            return list(evaluate(map(plan.document, rows)))
        except (KeyError, ValueError, RecursionError) as error:
            # A pipeline can put together objects that look like a Date and are none.
            raise errors.invalid_query("The pipeline makes a value that is none.") from error

    if len(rows) + collections.size <= _MOST_IN_LOOP:
        return run()
    return await asyncio.to_thread(run)


def make_plan(schema: ClassSchema, pipeline: Sequence[JSONObject]) -> Plan:
    beginning, rest = _split(schema, pipeline)
    condition = compile_where(beginning.where, schema)
    where = "" if condition is ALWAYS else f" WHERE {condition.sql}"
    table = names.table(schema.name)
    if rest and _is_only_condition(beginning):
        group = push_group(rest[0].get("$group"), schema)
        if group is not None:
            sql = f"SELECT {group.selected} FROM {table}{where}{group.grouping}"
            query = Query(schema.name, sql, condition.parameters)
            return Plan(query, group.document, rest[1:])
    load = loader(schema, needed_fields(rest))
    parameters = condition.parameters
    tail = ""
    if beginning.order:
        order = compile_order(beginning.order, schema, _NO_SCORE)
        # Equal ones keep the order of their insertion.
        sorting = f"SELECT id AS row, {order.keys.sql} FROM {table}{where}"
        sorting += f" ORDER BY {order.terms}, id{_page(beginning)}"
        sql = f"SELECT {load.selected} FROM ({sorting}) CROSS JOIN {table} ON id = row"
        tail = f" ORDER BY {order.terms}, row"
        parameters = order.keys.parameters + parameters
    else:
        sql = f"SELECT {load.selected} FROM {table}{where}{_page(beginning)}"
    return Plan(Query(schema.name, sql + tail, parameters), load.document, rest)


def _page(beginning: _Beginning) -> str:
    # Numbers that were checked: a statement with a page of its own is prepared once anyway.
    if beginning.limit is None and not beginning.skip:
        return ""
    limit = -1 if beginning.limit is None else beginning.limit
    return f" LIMIT {limit:d} OFFSET {beginning.skip:d}"


def _split(
    schema: ClassSchema, pipeline: Sequence[JSONObject]
) -> tuple[_Beginning, Sequence[JSONObject]]:
    beginning = _Beginning()
    for place, stage in enumerate(pipeline):
        ((name, spec),) = stage.items()
        if name == "$match" and is_object(spec) and _is_only_condition(beginning):
            split = split_match(spec, schema)
            beginning = replace(beginning, where=tree.both(beginning.where, split.where))
            if split.rest:
                return beginning, [{"$match": split.rest}, *pipeline[place + 1 :]]
            continue
        advanced = _advanced(beginning, name, spec, schema)
        if advanced is None:
            return beginning, pipeline[place:]
        beginning = advanced
    return beginning, ()


def _is_only_condition(beginning: _Beginning) -> bool:
    return not beginning.order and not _is_paged(beginning)


def _is_paged(beginning: _Beginning) -> bool:
    return beginning.limit is not None or beginning.skip > 0


def _advanced(
    beginning: _Beginning, name: str, spec: JSONValue, schema: ClassSchema
) -> _Beginning | None:
    """The beginning with one more stage, if it has a place for it."""
    if name == "$sort" and _is_only_condition(beginning):
        order = _sort_keys(spec, schema)
        return None if order is None else replace(beginning, order=tuple(order))
    if type(spec) is not int or not 0 < spec < 2**31:
        return None
    if name == "$skip" and beginning.limit is None:
        return replace(beginning, skip=min(beginning.skip + spec, 2**31))
    if name == "$limit":
        return replace(beginning, limit=min(beginning.limit or spec, spec))
    return None


def _sort_keys(spec: JSONValue, schema: ClassSchema) -> list[SortKey] | None:
    if not is_object(spec) or not spec:
        return None
    if any(isinstance(down, bool) or down not in (1, -1) for down in spec.values()):
        return None
    return pushed_sort([(name, down == -1) for name, down in spec.items()], schema)


class _Collections:
    """The classes that a pipeline reads besides its own."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[str, list[JSONObject]] = {}

    @property
    def size(self) -> int:
        return sum(map(len, self._held.values()))

    def reference(self, name: str) -> Callable[[], list[JSONObject]]:
        held = self._held.setdefault(name, [])
        return lambda: held

    async def load(self, reader: Reader) -> None:
        if not self._held:
            return
        definitions = await reader.read(classes.LOAD, classes.load_all)
        known = {definition.name: definition for definition in definitions}
        for name, held in self._held.items():
            held.extend(await _documents(reader, name, known.get(name)))


async def _documents(
    reader: Reader, name: str, definition: ClassDefinition | None
) -> list[JSONObject]:
    if not is_valid_class_name(name) and not is_join(name):
        return []
    schema = missing_class(name) if definition is None else ClassSchema(definition)
    load = loader(schema, None)
    query = Query(name, f"SELECT {load.selected} FROM {names.table(name)} ORDER BY id")
    rows = await reader.read(query, _rows)
    if len(rows) <= _MOST_IN_LOOP:
        return list(map(load.document, rows))
    return await asyncio.to_thread(lambda: list(map(load.document, rows)))


def _rows(rows: Rows) -> Rows:
    return rows
