"""The parameters of an aggregation, from a query string or a body (rest-objects sheet, §15)."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from parsepy import errors
from parsepy.protocol import json
from parsepy.types import JSONMapping, JSONObject, JSONValue

_NO_STAGES: Final = ("distinct", "where")
_EXPLAIN: Final = ("queryPlanner", "queryPlannerExtended", "executionStats", "allPlansExecution")
_READ_PREFERENCES: Final = frozenset(
    ("PRIMARY", "PRIMARY_PREFERRED", "SECONDARY", "SECONDARY_PREFERRED", "NEAREST")
)
MAX_STAGES: Final = 1_000


class AggregateOptions(Struct, frozen=True):
    """What an aggregation asks of a store besides its pipeline.

    With `raw_values` the pipeline holds Extended JSON, and so do the results. `explain` wants the
    store's plan; a text says how much of it.
    """

    raw_values: bool = False
    raw_field_names: bool = False
    hint: JSONValue = None
    comment: JSONValue = None
    read_preference: str | None = None
    explain: bool | str = False


AS_STORED: Final = AggregateOptions()


class AggregateParameters(Struct, frozen=True):
    """`where` is of use with `distinct` only; with it, `pipeline` is of none."""

    pipeline: tuple[JSONObject, ...]
    options: AggregateOptions
    distinct: str | None = None
    where: JSONValue = None


def decode_aggregate(
    parameters: JSONMapping, *, raw_values: bool = False, raw_field_names: bool = False
) -> AggregateParameters:
    """`raw_values` and `raw_field_names` are what counts when none is given. Raises 102, 107."""
    given = dict(parameters)
    options = AggregateOptions(
        hint=_taken(given, "hint"),
        explain=_explain(_taken(given, "explain")),
        comment=_taken(given, "comment"),
        read_preference=_read_preference(_taken(given, "readPreference")),
        raw_values=_flag(given, "rawValues", default=raw_values),
        raw_field_names=_flag(given, "rawFieldNames", default=raw_field_names),
    )
    distinct = given.get("distinct")
    return AggregateParameters(
        pipeline=tuple(_stages(given)),
        options=options,
        distinct=_text(distinct) if distinct else None,
        where=_where(given.get("where")),
    )


def _where(value: JSONValue) -> JSONValue:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.InvalidJSON:
        raise errors.invalid_json("where parameter is not valid JSON") from None


def _taken(given: JSONObject, key: str) -> JSONValue:
    """The parameter, which then is no stage; one that is false or empty counts as a stage."""
    return given.pop(key) if given.get(key) else None


def _flag(given: JSONObject, key: str, *, default: bool) -> bool:
    value = given.get(key)
    if not isinstance(value, bool):
        return default
    del given[key]
    return value


def _explain(value: JSONValue) -> bool | str:
    if value is None or value is True:
        return bool(value)
    if isinstance(value, str) and value in _EXPLAIN:
        return value
    raise errors.invalid_query("Invalid value for explain")


def _read_preference(value: JSONValue) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and value.upper() in _READ_PREFERENCES:
        return value.upper()
    raise errors.invalid_query("Not supported read preference.")


def _text(value: JSONValue) -> str:
    return value if isinstance(value, str) else json.dumps(value).decode()


def _stages(given: JSONObject) -> list[JSONObject]:
    pipeline = given.get("pipeline")
    if pipeline is None or pipeline is False or pipeline in ("", 0):
        pipeline = given
    if not isinstance(pipeline, list):
        pipeline = [{key: value} for key, value in _as_object(pipeline).items()]
    if len(pipeline) > MAX_STAGES:
        raise errors.invalid_query(f"A pipeline takes at most {MAX_STAGES} stages.")
    return [stage for item in pipeline for stage in _stage(item)]


def _stage(item: JSONValue) -> Sequence[JSONObject]:
    stage = _as_object(item)
    if len(stage) != 1:
        raise errors.invalid_query(
            f"Pipeline stages should only have one key but found {', '.join(stage)}."
        )
    ((name, spec),) = stage.items()
    if name in _NO_STAGES:
        return ()
    if not name.startswith("$"):
        raise _invalid_stage(name)
    if name == "$group":
        _check_group(spec)
    return ({name: spec},)


def _as_object(item: JSONValue) -> JSONObject:
    """JavaScript's view: the places in a list or text are keys."""
    if isinstance(item, list | str):
        return {str(place): part for place, part in enumerate(item)}
    return item if isinstance(item, dict) else {}


def _check_group(spec: JSONValue) -> None:
    fields = spec if isinstance(spec, dict) else {}
    if "objectId" in fields:
        raise errors.invalid_query("Cannot use 'objectId' in aggregation stage $group.")
    if "_id" not in fields:
        raise errors.invalid_query("Invalid parameter for query: group. Missing key _id")


def _invalid_stage(name: str) -> errors.ParseError:
    return errors.invalid_query(f"Invalid aggregate stage '{name}'.")
