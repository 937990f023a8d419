"""Constraints that ask other classes: `$inQuery`, `$select`, their negations, `$relatedTo`."""

from collections.abc import Sequence

from parsepy import errors
from parsepy.query import tree
from parsepy.query.tree import Path, SubQuery, Where
from parsepy.types import JSONObject, JSONValue


def in_query(path: Path, constraint: JSONObject) -> Where:
    return tree.InQuery(path, _query_of(constraint, "$inQuery"), negated=False)


def not_in_query(path: Path, constraint: JSONObject) -> Where:
    return tree.InQuery(path, _query_of(constraint, "$notInQuery"), negated=True)


def select(path: Path, constraint: JSONObject) -> Where:
    return _selected(path, constraint, "$select", negated=False)


def dont_select(path: Path, constraint: JSONObject) -> Where:
    return _selected(path, constraint, "$dontSelect", negated=True)


def related_to(value: JSONValue) -> Where:
    """Raises 102, 105; what names no object or no relation matches nothing (observed)."""
    if not value:
        raise errors.invalid_key_name("$relatedTo")
    if not isinstance(value, dict) or not value.get("object"):
        raise _improper("$relatedTo")
    owner, key = value["object"], value.get("key")
    if not isinstance(owner, dict) or not isinstance(key, str):
        return tree.NOTHING
    class_name, object_id = owner.get("className"), owner.get("objectId")
    if not isinstance(class_name, str) or not isinstance(object_id, str):
        return tree.NOTHING
    return tree.RelatedTo(class_name, object_id, key)


def united(nodes: Sequence[Where]) -> list[Where]:
    """The constraints of one key: as in parse-server, `$in`, `$inQuery` and `$select` on one key
    are one list of values that may be equal; all else has to hold together."""
    asking = [node for node in nodes if _asks_for_one_of(node)]
    listed = [node for node in nodes if isinstance(node, tree.In)]
    if not asking or len(asking) + len(listed) == 1:
        return list(nodes)
    rest = [node for node in nodes if node not in asking and node not in listed]
    return [tree.Or((*listed, *asking)), *rest]


def _asks_for_one_of(node: Where) -> bool:
    return isinstance(node, tree.InQuery | tree.Selected) and not node.negated


def _query_of(constraint: JSONObject, operator: str) -> SubQuery:
    value = constraint[operator]
    if not isinstance(value, dict) or not isinstance(value.get("where"), dict):
        raise _improper(operator)
    return _sub_query(value, operator)


def _selected(path: Path, constraint: JSONObject, operator: str, *, negated: bool) -> Where:
    value = constraint[operator]
    if not isinstance(value, dict) or value.keys() != {"query", "key"}:
        raise _improper(operator)
    query, key = value["query"], value["key"]
    if not isinstance(query, dict) or not isinstance(key, str) or not key:
        raise _improper(operator)
    return tree.Selected(path, _sub_query(query, operator), key, negated)


def _sub_query(query: JSONObject, operator: str) -> SubQuery:
    # iOS leaves out a `where` that is empty.
    class_name, where = query.get("className"), query.get("where", {})
    redirect_key = query.get("redirectClassNameForKey")
    if not isinstance(class_name, str) or not class_name or not isinstance(where, dict):
        raise _improper(operator)
    return SubQuery(class_name, where, redirect_key if isinstance(redirect_key, str) else None)


def _improper(operator: str) -> errors.ParseError:
    return errors.invalid_query(f"improper usage of {operator}")
