"""How much one query may ask for (option `requestComplexity`), judged on the request as it came,
before anything is parsed or looked up. Not for the master and maintenance keys.
"""

from collections.abc import Iterator
from typing import Final

from parsepy import errors
from parsepy.options.model import RequestComplexity
from parsepy.protocol.find_parameters import KeyPath
from parsepy.types import JSONValue

_LOGICAL: Final = ("$or", "$and", "$nor")


def check_where(where: JSONValue, limits: RequestComplexity) -> None:
    """Raises 102 for too deep a nesting of conditions, or a `$regex` where none is allowed."""
    if limits.query_depth < 0 and limits.allow_regex:
        return
    for depth, keys in _levels(where):
        if 0 <= limits.query_depth < depth:
            raise errors.invalid_query(
                "Query condition nesting depth exceeds maximum allowed depth of"
                f" {limits.query_depth}"
            )
        if "$regex" in keys and not limits.allow_regex:
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


def _levels(where: JSONValue) -> Iterator[tuple[int, frozenset[str]]]:
    """Every object in `where` with its keys and the number of logical operators above it."""
    pending: list[tuple[int, JSONValue]] = [(0, where)]
    while pending:
        depth, value = pending.pop()
        if isinstance(value, list):
            pending.extend((depth, item) for item in value)
        elif isinstance(value, dict):
            yield depth, frozenset(value)
            pending.extend(
                (depth + 1 if key in _LOGICAL else depth, child) for key, child in value.items()
            )
