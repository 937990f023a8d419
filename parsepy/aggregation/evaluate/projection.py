"""`$project`: which fields stay, go, or are computed."""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.paths import parts_of
from parsepy.aggregation.evaluate.values import Document, Value, fail, is_number, is_object
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

Change: TypeAlias = Callable[[Document, Variables], Document]

_KEEP: Final = "keep"
_DROP: Final = "drop"
_Leaf: TypeAlias = str | Expression
_Tree: TypeAlias = "dict[str, _Leaf | _Tree]"


def compile_projection(spec: JSONValue, scope: Scope) -> Change:
    """Raises 102 for a mixture, an empty one, or paths that collide."""
    if not is_object(spec) or not spec:
        fail("projection specification must have at least one field")
    tree: _Tree = {}
    for path, value in spec.items():
        _put(tree, parts_of(path), value, scope, path)
    id_leaf = tree.get("_id")
    kind = _kind_of(tree)
    if kind == _DROP:
        if id_leaf == _KEEP:
            del tree["_id"]
        elif callable(id_leaf):
            fail("Cannot compute _id in exclusion projection")
        return lambda document, _variables: _without(document, tree)
    if id_leaf is None:
        tree["_id"] = _KEEP
    elif id_leaf == _DROP:
        del tree["_id"]
    return lambda document, variables: _selected(document, tree, document, variables)


def _put(tree: _Tree, parts: tuple[str, ...], value: JSONValue, scope: Scope, path: str) -> None:
    name, rest = parts[0], parts[1:]
    if rest:
        child = tree.setdefault(name, {})
        if not isinstance(child, dict):
            fail(f"Path collision at {path} remaining portion {'.'.join(rest)}")
        _put(child, rest, value, scope, path)
        return
    nested = is_object(value) and next(iter(value), "")[:1] != "$"
    if nested and is_object(value):
        if not value:
            fail("An empty sub-projection is not a valid value. Found empty object at path")
        below = tree.setdefault(name, {})
        if not isinstance(below, dict):
            fail(f"Path collision at {path}")
        for key, child_value in value.items():
            _put(below, parts_of(key), child_value, scope, f"{path}.{key}")
        return
    if name in tree:
        fail(f"Path collision at {path}")
    tree[name] = _leaf(value, scope)


def _leaf(value: JSONValue, scope: Scope) -> _Leaf:
    if isinstance(value, bool) or is_number(value):
        return _KEEP if value else _DROP
    return compile_expression(value, scope)


def _kind_of(tree: _Tree) -> str:
    """Whether fields stay or go: `_id` may do the opposite of all others."""
    kinds = list(_kinds({name: leaf for name, leaf in tree.items() if name != "_id"}))
    if not kinds:
        kinds = list(_kinds(tree))
    _, first = kinds[0]
    for path, kind in kinds:
        if kind != first:
            does, where = ("exclusion", "inclusion")[:: 1 if kind == _DROP else -1]
            fail(f"Cannot do {does} on field {path} in {where} projection")
    return first


def _kinds(tree: _Tree, above: str = "") -> Iterator[tuple[str, str]]:
    for name, leaf in tree.items():
        path = f"{above}{name}"
        if isinstance(leaf, dict):
            yield from _kinds(leaf, f"{path}.")
        else:
            yield path, _DROP if leaf == _DROP else _KEEP


def _without(value: JSONObject, tree: _Tree) -> JSONObject:
    kept: JSONObject = {}
    for name, child in value.items():
        leaf = tree.get(name)
        if leaf is None:
            kept[name] = child
        elif isinstance(leaf, dict):
            kept[name] = _without_in(child, leaf)
    return kept


def _without_in(value: JSONValue, tree: _Tree) -> JSONValue:
    if isinstance(value, list):
        return [_without_in(item, tree) for item in value]
    return _without(value, tree) if is_object(value) else value


def _selected(
    value: JSONObject, tree: _Tree, document: Document, variables: Variables
) -> JSONObject:
    kept: JSONObject = {}
    for name, child in value.items():
        leaf = tree.get(name)
        if leaf == _KEEP:
            kept[name] = child
        elif isinstance(leaf, dict):
            below = _selected_in(child, leaf, document, variables)
            if not isinstance(below, Missing):
                kept[name] = below
    for name, leaf in tree.items():
        if isinstance(leaf, dict):
            if name not in value and _computes(leaf):
                kept[name] = _selected({}, leaf, document, variables)
        elif callable(leaf):
            computed = leaf(document, variables)
            if not isinstance(computed, Missing):
                kept[name] = computed
    return kept


def _selected_in(value: JSONValue, tree: _Tree, document: Document, variables: Variables) -> Value:
    """Below a path: each element of a list is selected from; a scalar is in no inclusion."""
    if isinstance(value, list):
        found = (_selected_in(item, tree, document, variables) for item in value)
        return [item for item in found if not isinstance(item, Missing)]
    if is_object(value):
        return _selected(value, tree, document, variables)
    return _selected({}, tree, document, variables) if _computes(tree) else MISSING


def _computes(tree: _Tree) -> bool:
    return any(
        _computes(leaf) if isinstance(leaf, dict) else callable(leaf) for leaf in tree.values()
    )
