"""Whether an object matches a `where`, in memory: for LiveQuery and as the measure in tests.

What the values of both sides are is `query.stored`, what a path reaches is `query.traversal`.
"""

from collections.abc import Callable, Iterable
from functools import singledispatch
from operator import ge, gt, le, lt
from typing import Final, TypeAlias

from parsepy.protocol import acl
from parsepy.query import tree
from parsepy.query.match_geo import GeoNode, test_of
from parsepy.query.regex import compile_pattern
from parsepy.query.stored import Stored, compare, equal, kind, stored_operand
from parsepy.query.text.languages import language_of_object
from parsepy.query.text.match import finds
from parsepy.query.text.search import read_search
from parsepy.query.traversal import Reach, Reached, reach
from parsepy.query.tree import Path, Where
from parsepy.types import JSONMapping, JSONValue, Missing

Matcher: TypeAlias = Callable[[JSONMapping], bool]
Test: TypeAlias = Callable[[Reached], bool]

_HOLDS: Final = {"<": lt, "<=": le, ">": gt, ">=": ge}


def compile_matcher(where: Where) -> Matcher:
    """A function that tells whether a `ParseObject` (as the storage contract describes it) matches.

    Raises 102 for a pattern that is no regular expression; the function itself raises 102 when a
    pattern costs too much (`query.regex`).
    """
    return _compile(where)


@singledispatch
def _compile(where: Where) -> Matcher:
    raise TypeError(f"no part of a where: {where!r}")


@_compile.register
def _and(where: tree.And) -> Matcher:
    matchers = _children(where.children)
    return lambda document: all(matches(document) for matches in matchers)


@_compile.register
def _or(where: tree.Or) -> Matcher:
    matchers = _children(where.children)
    return lambda document: any(matches(document) for matches in matchers)


@_compile.register
def _nor(where: tree.Nor) -> Matcher:
    matchers = _children(where.children)
    return lambda document: not any(matches(document) for matches in matchers)


def _children(nodes: Iterable[Where]) -> tuple[Matcher, ...]:
    return tuple(compile_matcher(node) for node in nodes)


@_compile.register
def _equal(where: tree.Equal) -> Matcher:
    return _some(reach(where.path), _equals(stored_operand(where.path, where.value)))


@_compile.register
def _not_equal(where: tree.NotEqual) -> Matcher:
    return _negated(_equal(tree.Equal(where.path, where.value)))


@_compile.register
def _in(where: tree.In) -> Matcher:
    return _some(reach(where.path), _is_one_of(where.path, where.values))


@_compile.register
def _not_in(where: tree.NotIn) -> Matcher:
    return _negated(_in(tree.In(where.path, where.values)))


@_compile.register
def _compare(where: tree.Compare) -> Matcher:
    bound = stored_operand(where.path, where.value)
    if bound is None:
        # Nothing lies below or above null; a missing field counts as null.
        holds = "=" in where.operator
        return _some(reach(where.path), _is_null) if holds else _never
    return _some(reach(where.path), _within(bound, where.operator))


@_compile.register
def _all(where: tree.All) -> Matcher:
    if not where.values:
        return _never
    walk = reach(where.path)
    # Elements of a list are compared in the form they have inside it, whatever the field is.
    matchers = tuple(_some(walk, _equals(value)) for value in where.values)
    return lambda document: all(matches(document) for matches in matchers)


@_compile.register
def _all_match(where: tree.AllMatch) -> Matcher:
    return compile_matcher(
        tree.And(tuple(tree.Matches(where.path, pattern, "") for pattern in where.patterns))
    )


@_compile.register
def _contained_by(where: tree.ContainedBy) -> Matcher:
    walk = reach(where.path, elements=False)
    allowed = _any_of(where.values)

    def matches(document: JSONMapping) -> bool:
        lists = (value for value in walk(document) if isinstance(value, list))
        return all(allowed(item) for items in lists for item in items)

    return matches


@_compile.register
def _exists(where: tree.Exists) -> Matcher:
    present = _some(reach(where.path), _is_there)
    return present if where.exists else _negated(present)


@_compile.register
def _matches(where: tree.Matches) -> Matcher:
    search = compile_pattern(where.pattern, where.options).search
    return _some(reach(where.path), lambda value: isinstance(value, str) and search(value))


@_compile.register(tree.Near)
@_compile.register(tree.WithinCircle)
@_compile.register(tree.WithinBox)
@_compile.register(tree.WithinPolygon)
@_compile.register(tree.Covers)
def _placed(where: GeoNode) -> Matcher:
    fits, key = test_of(where), where.path.key
    return lambda document: fits(document.get(key))


@_compile.register
def _text(where: tree.Text) -> Matcher:
    # Which other fields a text index holds is known to stores only: here it holds the one named.
    search, walk = read_search(where), reach(where.path)

    def matches(document: JSONMapping) -> bool:
        texts = [value for value in walk(document) if isinstance(value, str)]
        return finds(search, texts, language_of_object(document.get("language")))

    return matches


@_compile.register
def _accessible(where: tree.Accessible) -> Matcher:
    permission, group = where.permission, where.group
    return lambda document: acl.grants(document.get("ACL"), permission, group)


def _some(walk: Reach, test: Test) -> Matcher:
    return lambda document: any(map(test, walk(document)))


def _negated(matches: Matcher) -> Matcher:
    return lambda document: not matches(document)


def _never(_document: JSONMapping) -> bool:
    return False


def _is_there(value: Reached) -> bool:
    return not isinstance(value, Missing)


def _is_null(value: Reached) -> bool:
    return value is None or isinstance(value, Missing)


def _equals(operand: Stored) -> Test:
    if operand is None:
        return _is_null
    if isinstance(operand, str):
        return lambda value: value == operand
    return lambda value: not isinstance(value, Missing) and equal(value, operand)


def _within(bound: Stored, operator: str) -> Test:
    holds, group = _HOLDS[operator], kind(bound)

    def test(value: Reached) -> bool:
        if isinstance(value, Missing) or kind(value) != group:
            return False
        return bool(holds(compare(value, bound), 0))

    return test


def _is_one_of(path: Path, operands: Iterable[JSONValue]) -> Test:
    return _any_of(stored_operand(path, operand) for operand in operands)


def _any_of(operands: Iterable[Stored]) -> Test:
    listed = list(operands)
    texts = frozenset(operand for operand in listed if isinstance(operand, str))
    others = [_equals(operand) for operand in listed if not isinstance(operand, str)]

    def test(value: Reached) -> bool:
        # Lists of thousands of ids are common (sub-queries), of other values rare.
        if isinstance(value, str):
            return value in texts
        return any(equals(value) for equals in others)

    return test
