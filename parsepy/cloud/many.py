"""Several objects at once."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from parsepy import errors
from parsepy.cloud import saving
from parsepy.cloud.current import asking
from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Query
from parsepy.cloud.transactions import transaction
from parsepy.errors import ParseError
from parsepy.objects.context import RequestContext
from parsepy.types import JSONObject

T = TypeVar("T", bound=Object)

AGGREGATE_ERROR: Final = 600


class SomeFailed(ParseError):
    """Some of many could not be done; `failures` are those, each with its error."""

    def __init__(self, failures: Sequence[tuple[Object, ParseError]]) -> None:
        first = failures[0][1]
        super().__init__(AGGREGATE_ERROR, f"{len(failures)} failed; the first: {first.message}")
        self.failures = tuple(failures)


async def save_all(
    objects: Iterable[T],
    *,
    in_transaction: bool = False,
    use_master_key: bool = False,
    session_token: str | None = None,
    context: JSONObject | None = None,
) -> list[T]:
    """Saves one after the other. In a transaction all are saved or none.

    Raises the first error `in_transaction`, else `SomeFailed` when all have been tried.
    """
    listed = list(objects)
    ctx = await asking(use_master_key=use_master_key, session_token=session_token, context=context)
    if not in_transaction:
        await _each(listed, ctx, saving.save)
        return listed
    async with transaction():
        for one in listed:
            await saving.save(one, ctx)
    return listed


async def destroy_all(
    objects: Iterable[Object],
    *,
    in_transaction: bool = False,
    use_master_key: bool = False,
    session_token: str | None = None,
    context: JSONObject | None = None,
) -> None:
    """As `save_all`."""
    listed = list(objects)
    ctx = await asking(use_master_key=use_master_key, session_token=session_token, context=context)
    if not in_transaction:
        await _each(listed, ctx, saving.destroy)
        return
    async with transaction():
        for one in listed:
            await saving.destroy(one, ctx)


async def fetch_all(
    objects: Iterable[T],
    *,
    include: Sequence[str] = (),
    if_needed: bool = False,
    use_master_key: bool = False,
    session_token: str | None = None,
    context: JSONObject | None = None,
) -> list[T]:
    """Brings what is stored of objects of one class, in one find; `if_needed`: only of those of
    which nothing is known. Raises 101 when one is not there, `ValueError` for different classes."""
    listed = list(objects)
    wanted = [one for one in listed if not (if_needed and one.state)]
    if not wanted:
        return listed
    if len({one.class_name for one in wanted}) != 1:
        raise ValueError("All objects should be of the same class.")
    ids = [one.object_id for one in wanted]
    if None in ids:
        raise errors.missing_object_id()
    query = Query(wanted[0].class_name).contained_in("objectId", ids).limit(len(ids))
    found = await query.include(*include).find(
        use_master_key=use_master_key, session_token=session_token, context=context
    )
    by_id = {one.object_id: one.state for one in found}
    if by_id.keys() != set(ids):
        raise errors.object_not_found("All objects must exist on the server.")
    for one in wanted:
        one.state = by_id[one.object_id]
    return listed


async def _each(objects: Sequence[Object], ctx: RequestContext, work: "saving.Work") -> None:
    failures: list[tuple[Object, ParseError]] = []
    for one in objects:
        try:
            await work(one, ctx)
        except ParseError as error:
            failures.append((one, error))
    if failures:
        raise SomeFailed(failures)
