"""What the read-only master key's pipelines must not do (security sheet, §5 and §12).

It reads; so no stage writes, and no JavaScript runs in the database. Password hashes and session
tokens are taken away where documents enter the pipeline, so that no later stage can rename,
compare or count them.
"""

from collections.abc import Iterable
from typing import Final

from parsepy import errors
from parsepy.aggregation.stored_names import SECRET_CLASSES, SECRETS
from parsepy.protocol import json
from parsepy.schema.system_classes import CLOSED_CLASSES
from parsepy.types import JSONObject, JSONValue

_WRITING: Final = frozenset(("$out", "$merge"))
_JAVASCRIPT: Final = frozenset(("$function", "$accumulator", "$where"))
_MUST_BE_FIRST: Final = frozenset(
    (
        "$geoNear $text $search $searchMeta $vectorSearch $collStats $indexStats $planCacheStats"
        " $changeStream $currentOp $listSessions"
    ).split()
)
_PROBING: Final = frozenset(("$expr", "$jsonSchema"))
_WITHOUT_SECRETS: Final[JSONObject] = {"$unset": [*sorted(SECRETS)]}


def guarded(pipeline: Iterable[JSONObject], class_name: str) -> list[JSONObject]:
    """The pipeline as the read-only key may run it. Raises 119."""
    stages = list(pipeline)
    used = operators_of(stages)
    for name in sorted(used & (_WRITING | _JAVASCRIPT)):
        raise errors.read_only_key(f"use {name} in an aggregation")
    return _sealed([_reading_openly(stage) for stage in stages], class_name)


def operators_of(value: JSONValue | list[JSONObject]) -> set[str]:
    """Every key that begins with `$`, however deep."""
    found: set[str] = set()
    left: list[object] = [value]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            found.update(key for key in node if key.startswith("$"))
            left.extend(node.values())
        elif isinstance(node, list):
            left.extend(node)
    return found


def _sealed(stages: list[JSONObject], class_name: str) -> list[JSONObject]:
    """The stages, after one that takes the secrets of the class away."""
    if not class_name.endswith(SECRET_CLASSES):
        # A collection's name may carry a prefix.
        return stages
    if not stages or not operators_of(stages[0]) & _MUST_BE_FIRST:
        return [_WITHOUT_SECRETS, *stages]
    first, *rest = stages
    named = json.dumps(first).decode()
    if operators_of(first) & _PROBING or any(secret in named for secret in SECRETS):
        raise errors.read_only_key(f"use {next(iter(first))} in this way")
    return [first, _WITHOUT_SECRETS, *rest]


def _reading_openly(stage: JSONObject) -> JSONObject:
    return {name: _spec(name, spec) for name, spec in stage.items()}


def _spec(name: str, spec: JSONValue) -> JSONValue:
    if name == "$facet" and isinstance(spec, dict):
        return {key: _opened(pipeline) for key, pipeline in spec.items()}
    if name == "$unionWith":
        given: JSONValue = {"coll": spec} if isinstance(spec, str) else spec
        return _joined(given, "coll")
    if name == "$lookup":
        return _joined(spec, "from")
    if name == "$graphLookup" and isinstance(spec, dict):
        _class_of(spec, "from")
        if str(spec.get("from")).endswith(SECRET_CLASSES):
            raise errors.read_only_key(f"use {name} on {spec['from']}")
    return spec


def _opened(pipeline: JSONValue) -> JSONValue:
    if not isinstance(pipeline, list):
        return pipeline
    return [_reading_openly(stage) if isinstance(stage, dict) else stage for stage in pipeline]


def _joined(spec: JSONValue, key: str) -> JSONValue:
    """A stage that reads another collection, with a pipeline that takes its secrets away."""
    if not isinstance(spec, dict):
        return spec
    name = _class_of(spec, key)
    pipeline = _opened(spec.get("pipeline", []))
    if not isinstance(pipeline, list):
        return spec
    sealed = _sealed([stage for stage in pipeline if isinstance(stage, dict)], name)
    return {**spec, "pipeline": list(sealed)} if sealed else spec


def _class_of(spec: JSONObject, key: str) -> str:
    name = spec.get(key, "")
    if not isinstance(name, str):
        # `{"db": …, "coll": …}` names another database.
        raise errors.read_only_key("aggregate over other databases")
    for closed in CLOSED_CLASSES:
        if name.endswith(closed):
            raise errors.read_only_key(f"read {closed}")
    return name
