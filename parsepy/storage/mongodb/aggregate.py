"""Pipelines and distinct: handed to the database as they are, in its own values."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import orjson
from bson import json_util
from bson.errors import BSONError
from bson.json_util import DatetimeRepresentation, JSONMode, JSONOptions
from pymongo import errors as driver

from parsepy import errors
from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.errors import ParseError
from parsepy.protocol import json
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.documents import Collection, Document
from parsepy.storage.mongodb.errors import translate
from parsepy.storage.mongodb.objects import BATCH_SIZE, READ_PREFERENCES, positive
from parsepy.storage.mongodb.read_values import read_nested
from parsepy.storage.mongodb.values import encode_nested
from parsepy.storage.mongodb.where import compile_where
from parsepy.types import JSONMapping, JSONObject, JSONValue

_RELAXED: Final = JSONOptions(
    json_mode=JSONMode.RELAXED,
    datetime_representation=DatetimeRepresentation.ISO8601,
    tz_aware=False,
)
_VERBOSITIES: Final = {True: "allPlansExecution", "queryPlannerExtended": "queryPlanner"}
_FAILURES: Final = (
    driver.PyMongoError,
    BSONError,
    OverflowError,
    UnicodeEncodeError,
    RecursionError,
)
_CAUSE: Final = " :: caused by :: "
_CLUSTER: Final = ("$clusterTime", "operationTime", "$gleStats", "lastCommittedOpTime")


class Aggregations:
    __slots__ = ("_batch_size", "_bindings", "_max_time_ms")

    def __init__(self, bindings: Bindings, options: JSONMapping) -> None:
        self._bindings = bindings
        self._batch_size = positive(options.get("batchSize")) or BATCH_SIZE
        self._max_time_ms = positive(options.get("maxTimeMS"))

    async def aggregate(
        self, schema: ClassSchema, pipeline: Sequence[JSONObject], options: AggregateOptions
    ) -> list[JSONValue]:
        collection = self._bindings.of(schema).collection
        if options.read_preference is not None:
            collection = collection.with_options(
                read_preference=READ_PREFERENCES[options.read_preference]
            )
        with _refusals_told():
            stages = _stages(pipeline, options)
            if options.explain:
                return [await self._explained(collection, stages, options)]
            cursor = await collection.aggregate(
                stages, batchSize=self._batch_size, **self._arguments(options)
            )
            documents = await cursor.to_list()
        if options.raw_values:
            return [_extended(document) for document in documents]
        return [read_nested(document) for document in documents]

    async def distinct(self, schema: ClassSchema, field: str, where: Where) -> list[JSONValue]:
        if not field or "\0" in field:
            return []
        binding = self._bindings.of(schema)
        condition = compile_where(binding.columns, where)
        limits: dict[str, Any] = {"maxTimeMS": self._max_time_ms} if self._max_time_ms else {}
        with _refusals_told():
            found = await binding.collection.distinct(
                binding.columns.of(field), condition, **limits
            )
        return [read_nested(value) for value in found if value is not None]

    async def _explained(
        self, collection: Collection, stages: list[Document], options: AggregateOptions
    ) -> JSONValue:
        command = {
            "aggregate": collection.name,
            "pipeline": stages,
            "cursor": {},
            **self._arguments(options),
        }
        plan = await collection.database.command(
            "explain",
            command,
            verbosity=_VERBOSITIES.get(options.explain, options.explain),
            read_preference=collection.read_preference,
        )
        for name in _CLUSTER:
            plan.pop(name, None)
        return _extended(plan)

    def _arguments(self, options: AggregateOptions) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        if self._max_time_ms:
            arguments["maxTimeMS"] = self._max_time_ms
        if options.hint is not None:
            arguments["hint"] = options.hint
        if options.comment is not None:
            arguments["comment"] = options.comment
        return arguments


def _stages(pipeline: Sequence[JSONObject], options: AggregateOptions) -> list[Document]:
    if not options.raw_values:
        return [encode_nested(stage) for stage in pipeline]
    try:
        text = json.dumps(list(pipeline)).decode()
        stages: list[Document] = json_util.loads(text, json_options=_RELAXED)
    except (ValueError, TypeError, KeyError, OverflowError, BSONError) as error:
        raise errors.invalid_query("The pipeline is no valid Extended JSON.") from error
    return stages


def _extended(document: Document) -> JSONValue:
    text = json_util.dumps(document, json_options=_RELAXED)
    value: JSONValue = orjson.loads(text)
    return json.normalise_numbers(value)


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Only master keys run pipelines, and they wrote what the database's message is about."""
    try:
        yield
    except _FAILURES as error:
        refused = _refused(error)
        failure = translate(error, lambda: refused)
        raise (failure or refused) from error


def _refused(error: Exception) -> ParseError:
    details = error.details if isinstance(error, driver.OperationFailure) else None
    message = (details or {}).get("errmsg")
    if not isinstance(message, str):
        return errors.invalid_query("The pipeline is refused.")
    # Before the cause stands where the database met it: its version's inner affairs, and names of
    # databases.
    return errors.invalid_query(message.rpartition(_CAUSE)[2])
