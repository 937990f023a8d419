"""Intervals that come and go, and quickly those of them that meet another.

A treap ordered by lower bound (then upper); each node knows the greatest upper bound below it. So
n intervals of which k meet the one asked about cost O(log n + k log n), also when they nest or
have no bound on one side. Equal intervals share a node.
"""

import random
from collections.abc import Hashable, Iterator
from typing import Any, Final, Generic, TypeAlias, TypeVar

Q = TypeVar("Q", bound=Hashable)

Bound: TypeAlias = tuple[Any, ...]
"""Of one kind of values; `(1, value, side)` where `side` puts it before, at or after the value."""
Bucket: TypeAlias = dict[Q, None]
"""A set that remembers the order in which it was filled."""

LEAST: Final[Bound] = (0,)
GREATEST: Final[Bound] = (2,)


def at(value: Any) -> Bound:
    """Also the bound of a closed interval."""
    return (1, value, 0)


def before(value: Any) -> Bound:
    """The upper bound of an open interval."""
    return (1, value, -1)


def after(value: Any) -> Bound:
    """The lower bound of an open interval."""
    return (1, value, 1)


class _Node(Generic[Q]):
    __slots__ = ("greatest", "high", "left", "low", "priority", "queries", "right")

    def __init__(self, low: Bound, high: Bound) -> None:
        self.low = low
        self.high = high
        self.queries: Bucket[Q] = {}
        self.left: _Node[Q] | None = None
        self.right: _Node[Q] | None = None
        # Only balance hangs on it, but not one that a client could spoil by what it asks for.
        self.priority = random.random()  # noqa: S311
        self.greatest = high

    def settle(self) -> None:
        """What is below has changed."""
        greatest = self.high
        for child in (self.left, self.right):
            if child is not None and child.greatest > greatest:
                greatest = child.greatest
        self.greatest = greatest

    def is_before(self, low: Bound, high: Bound) -> bool:
        return self.low < low or (self.low == low and self.high < high)


class Intervals(Generic[Q]):
    """All bounds are of one kind of values."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: _Node[Q] | None = None

    def __bool__(self) -> bool:
        return self._root is not None

    def add(self, low: Bound, high: Bound, query: Q) -> None:
        node = self._find(low, high)
        if node is None:
            node = _Node(low, high)
            left, right = _split(self._root, low, high)
            self._root = _merge(_merge(left, node), right)
        node.queries[query] = None

    def remove(self, low: Bound, high: Bound, query: Q) -> None:
        """Raises `KeyError` when it is not there."""
        node = self._find(low, high)
        if node is None:
            raise KeyError(query)
        del node.queries[query]
        if not node.queries:
            self._root = _without(self._root, low, high)

    def meeting(self, low: Bound, high: Bound) -> Iterator[Bucket[Q]]:
        """The queries of each interval that has something in common with this one."""
        stack = [self._root]
        while stack:
            node = stack.pop()
            if node is None or node.greatest < low:
                continue
            stack.append(node.left)
            if node.low <= high:
                stack.append(node.right)
                if node.high >= low:
                    yield node.queries

    def _find(self, low: Bound, high: Bound) -> _Node[Q] | None:
        node = self._root
        while node is not None and (node.low != low or node.high != high):
            node = node.right if node.is_before(low, high) else node.left
        return node


def _split(
    node: _Node[Q] | None, low: Bound, high: Bound
) -> tuple[_Node[Q] | None, _Node[Q] | None]:
    """What is before the interval, and the rest."""
    if node is None:
        return None, None
    if node.is_before(low, high):
        node.right, rest = _split(node.right, low, high)
        node.settle()
        return node, rest
    first, node.left = _split(node.left, low, high)
    node.settle()
    return first, node


def _merge(left: _Node[Q] | None, right: _Node[Q] | None) -> _Node[Q] | None:
    """Both as one, all of `left` being before all of `right`."""
    if left is None or right is None:
        return left or right
    if left.priority > right.priority:
        left.right = _merge(left.right, right)
        left.settle()
        return left
    right.left = _merge(left, right.left)
    right.settle()
    return right


def _without(node: _Node[Q] | None, low: Bound, high: Bound) -> _Node[Q] | None:
    if node is None:
        return None
    if node.low == low and node.high == high:
        return _merge(node.left, node.right)
    if node.is_before(low, high):
        node.right = _without(node.right, low, high)
    else:
        node.left = _without(node.left, low, high)
    node.settle()
    return node
