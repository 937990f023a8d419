"""Which fields of the documents a pipeline looks at, so that a store need not bring the others."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from parsepy.query.stored import is_object
from parsepy.types import JSONObject, JSONValue

_WHOLE: Final = ("$$ROOT", "$$CURRENT")
_BY_NAME: Final = frozenset(("$getField", "$setField", "$unsetField"))
_TRANSPARENT: Final = frozenset(("$limit", "$skip", "$sample", "$unset"))


class _Everything(Exception):
    """The whole document is looked at."""


def needed_fields(pipeline: Sequence[JSONObject]) -> frozenset[str] | None:
    """Names of stored root fields; `None` when that may be any."""
    needed: set[str] = set()
    try:
        for stage in pipeline:
            ((name, spec),) = stage.items()
            needed.update(_looked_at(name, spec))
            if _is_new_document(name, spec):
                return frozenset(needed)
    except _Everything:
        return None
    return None


def _is_new_document(name: str, spec: JSONValue) -> bool:
    """Whether what comes after the stage sees nothing of what was before it."""
    if name == "$project":
        return _includes(spec)
    return name in (
        "$group",
        "$count",
        "$sortByCount",
        "$bucket",
        "$replaceRoot",
        "$replaceWith",
        "$facet",
    )


def _includes(spec: JSONValue) -> bool:
    if not is_object(spec):
        return False
    kept = [value for name, value in spec.items() if name != "_id"] or [*spec.values()]
    return not any(value is False or value == 0 for value in kept)


def _looked_at(name: str, spec: JSONValue) -> Iterable[str]:
    look = _STAGES.get(name)
    if look is not None:
        return look(spec)
    if name in _TRANSPARENT:
        return ()
    raise _Everything


def _named(value: JSONValue) -> set[str]:
    """The fields that expressions name, wherever they stand."""
    found: set[str] = set()
    left: list[JSONValue] = [value]
    while left:
        node = left.pop()
        if isinstance(node, str):
            if node.startswith(_WHOLE):
                raise _Everything
            if node[:1] == "$" and node[:2] != "$$":
                found.add(_root(node[1:]))
        elif isinstance(node, list):
            left.extend(node)
        elif isinstance(node, dict):
            if not _BY_NAME.isdisjoint(node):
                raise _Everything
            left.extend(node.values())
    return found


def _keys_and_named(spec: JSONValue) -> set[str]:
    """As `_named`, and all keys, which are fields in conditions, sort keys and projections."""
    found = _named(spec)
    left: list[JSONValue] = [spec]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left.extend(node)
        elif isinstance(node, dict):
            found.update(_root(key) for key in node if key[:1] != "$")
            left.extend(node.values())
    return found


def _projected(spec: JSONValue) -> set[str]:
    return {"_id", *_keys_and_named(spec)}


def _joined(spec: JSONValue) -> set[str]:
    if not is_object(spec):
        return set()
    local = spec.get("localField")
    roots = {_root(local)} if isinstance(local, str) else set()
    return roots | _named(spec.get("let")) | _written(spec.get("as"))


def _written(path: JSONValue) -> set[str]:
    """A path that is written below a field keeps what else is there."""
    return {_root(path)} if isinstance(path, str) else set()


def _facets(spec: JSONValue) -> set[str]:
    found: set[str] = set()
    for pipeline in spec.values() if is_object(spec) else ():
        if not isinstance(pipeline, list) or not all(
            is_object(stage) and len(stage) == 1 for stage in pipeline
        ):
            raise _Everything
        needed = needed_fields([stage for stage in pipeline if is_object(stage)])
        if needed is None:
            raise _Everything
        found |= needed
    return found


def _root(path: str) -> str:
    return path.partition(".")[0]


_STAGES: Final[dict[str, Callable[[JSONValue], Iterable[str]]]] = {
    "$match": _keys_and_named,
    "$sort": _keys_and_named,
    "$project": _projected,
    "$addFields": _keys_and_named,
    "$set": _keys_and_named,
    "$group": _named,
    "$sortByCount": _named,
    "$bucket": _named,
    "$replaceRoot": _named,
    "$replaceWith": _named,
    "$count": lambda _spec: (),
    "$unwind": lambda spec: {
        *_named(spec),
        *_written(spec.get("includeArrayIndex") if is_object(spec) else None),
    },
    "$lookup": _joined,
    "$facet": _facets,
}
