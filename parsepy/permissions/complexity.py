"""How much one query may ask for (option `requestComplexity`), judged on the request as it came,
before anything is parsed or looked up. Not for the master and maintenance keys.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from parsepy import errors
from parsepy.options.model import RequestComplexity
from parsepy.protocol.find_parameters import KeyPath
from parsepy.types import JSONValue

_LOGICAL: Final = frozenset(("$or", "$and", "$nor"))
_SUBQUERIES: Final = frozenset(("$inQuery", "$notInQuery", "$select", "$dontSelect"))


def check_where(where: JSONValue, limits: RequestComplexity) -> None:
    """Raises 102 for too deep a nesting of conditions or sub-queries, or a `$regex` where none is
    allowed."""
    if limits.query_depth < 0 and limits.subquery_depth < 0 and limits.allow_regex:
        return
    for level in _levels(where):
        if 0 <= limits.query_depth < level.conditions:
            raise errors.invalid_query(
                "Query condition nesting depth exceeds maximum allowed depth of"
                f" {limits.query_depth}"
            )
        if 0 <= limits.subquery_depth < level.subqueries:
            raise errors.invalid_query(
                f"Subquery nesting depth exceeds maximum allowed depth of {limits.subquery_depth}"
            )
        if "$regex" in level.keys and not limits.allow_regex:
            raise errors.invalid_query("$regex operator is not allowed")


def check_include(paths: tuple[KeyPath, ...], limits: RequestComplexity) -> None:
    """`paths` are those that are named and those that they imply. Raises 102."""
    deepest = max(map(len, paths), default=0)
    if 0 <= limits.include_depth < deepest:
        raise errors.invalid_query(
            f"Include depth of {deepest} exceeds maximum allowed depth of {limits.include_depth}"
        )
    if 0 <= limits.include_count < len(paths):
        raise errors.invalid_query(
            f"Number of include fields ({len(paths)}) exceeds maximum allowed"
            f" ({limits.include_count})"
        )


class _Level(NamedTuple):
    """An object in a query: its keys, how many logical operators and sub-queries it is in."""

    keys: frozenset[str]
    conditions: int
    subqueries: int


def _levels(where: JSONValue) -> Iterator[_Level]:
    pending: list[tuple[int, int, JSONValue]] = [(0, 0, where)]
    while pending:
        conditions, subqueries, value = pending.pop()
        if isinstance(value, list):
            pending.extend((conditions, subqueries, item) for item in value)
        elif isinstance(value, dict):
            yield _Level(frozenset(value), conditions, subqueries)
            for key, child in value.items():
                pending.append(
                    (conditions + (key in _LOGICAL), subqueries + (key in _SUBQUERIES), child)
                )
