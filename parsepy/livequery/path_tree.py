"""Paths by their parts, walked together with a document.

Whoever subscribes to `votes.<his id>` makes only those events dearer that tell of his vote.
"""

from typing import Generic, TypeVar

from parsepy.query.stored import is_object, stored_field
from parsepy.query.traversal import Reached
from parsepy.query.tree import Path
from parsepy.types import JSONMapping

T = TypeVar("T")


class _Node(Generic[T]):
    __slots__ = ("below", "here")

    def __init__(self) -> None:
        self.below: dict[str, _Node[T]] = {}
        self.here: dict[Path, T] = {}


class PathTree(Generic[T]):
    """What is kept under a path; paths may differ in nothing but the type of their field."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def __bool__(self) -> bool:
        return bool(self._root.below)

    def put(self, path: Path, kept: T) -> None:
        node = self._root
        for part in path.key.split("."):
            node = node.below.setdefault(part, _Node())
        node.here[path] = kept

    def take(self, path: Path) -> None:
        """Raises `KeyError` when nothing is there."""
        parts = path.key.split(".")
        way = [self._root]
        for part in parts:
            way.append(way[-1].below[part])
        del way[-1].here[path]
        for above, part in zip(reversed(way[:-1]), reversed(parts), strict=True):
            node = above.below[part]
            if node.here or node.below:
                break
            del above.below[part]

    def find(self, document: JSONMapping, found: dict[Path, T]) -> None:
        """Adds what is kept under the paths that reach something in the document, and maybe more.

        Fields that a `ParseObject` does not show under their stored names are not found.
        """
        for part, node in _common(self._root, document):
            _find(node, stored_field(document, part), found)


def _find(node: _Node[T], value: Reached, found: dict[Path, T]) -> None:
    """As `query.traversal` walks."""
    found.update(node.here)
    if not node.below:
        return
    if is_object(value):
        for part, child in _common(node, value):
            _find(child, value[part], found)
    elif type(value) is list:
        if "" in node.below:
            found.update(node.below[""].here)
        for index, item in enumerate(value):
            if is_object(item):
                _find(node, item, found)
            if str(index) in node.below:
                _find(node.below[str(index)], item, found)


def _common(node: _Node[T], value: JSONMapping) -> list[tuple[str, _Node[T]]]:
    parts = node.below if len(node.below) < len(value) else value
    return [(part, node.below[part]) for part in parts if part in node.below and part in value]
