"""The text searches in a tree."""

from typing import Final

from parsepy.query import tree
from parsepy.query.tree import Where

_BRANCHES: Final = frozenset((tree.And, tree.Or, tree.Nor))


def searches_in(where: Where) -> list[tree.Text]:
    found: list[tree.Text] = []
    _collect(where, found)
    return found


def _collect(where: Where, found: list[tree.Text]) -> None:
    # Every query passes here: asking for the type itself costs a tenth of `isinstance`.
    if type(where) in _BRANCHES:
        for child in where.children:  # type: ignore[union-attr]
            _collect(child, found)
    elif type(where) is tree.Text:
        found.append(where)
