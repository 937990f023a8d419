"""Where a `Near` may stand in a tree, and what it says as an order. Pure.

As in MongoDB there is one at most, and it has to hold for every object: so it stands at the root
or in a conjunction there.
"""

from collections.abc import Iterator

from parsepy import errors
from parsepy.query import tree
from parsepy.query.tree import Near, Where


def split(where: Where) -> tuple[Near | None, Where]:
    """The `Near` of a tree, and the conditions that hold besides."""
    conditions = list(_conditions(where))
    found = next((each for each in conditions if isinstance(each, Near)), None)
    if found is None:
        return None, where
    return found, tree.And(tuple(each for each in conditions if each is not found))


def check_place(where: Where) -> None:
    """Raises 102 for a second `Near`, for one under `$or` or `$nor`, and for one beside `$text`."""
    near, rest = split(where)
    if near is not None and any(isinstance(each, tree.Text) for each in _conditions(rest)):
        raise errors.invalid_query("$nearSphere and $text cannot be used in one query")
    if _holds_near(rest):
        raise errors.invalid_query(
            "$nearSphere can be used once in a query, and not inside $or and $nor"
        )


def _conditions(where: Where) -> Iterator[Where]:
    if isinstance(where, tree.And) or (isinstance(where, tree.Or) and len(where.children) == 1):
        for child in where.children:
            yield from _conditions(child)
    else:
        yield where


def _holds_near(where: Where) -> bool:
    if isinstance(where, tree.And | tree.Or | tree.Nor):
        return any(map(_holds_near, where.children))
    return isinstance(where, Near)
