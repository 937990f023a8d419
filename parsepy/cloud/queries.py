"""`Query`: finding objects, through the same door as a request over REST."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Self, TypeVar, cast, overload

from parsepy import errors
from parsepy.aggregation.pipeline import decode_aggregate
from parsepy.cloud import loading, values
from parsepy.cloud.constraints import Constraints, combined
from parsepy.cloud.current import asking
from parsepy.cloud.objects import Object
from parsepy.objects import aggregate, read
from parsepy.objects.context import RequestContext
from parsepy.protocol.find_parameters import decode_find
from parsepy.types import JSONObject, ParseObject

T = TypeVar("T", bound=Object)
Same = TypeVar("Same", bound=Object)

PAGE: Final = 100
_FOR_ITERATION: Final = ("order", "skip", "limit")


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """Some objects, and how many there are whatever `limit` and `skip` say."""

    results: list[T]
    count: int


class Query(Constraints, Generic[T]):
    """`Query("GameScore")`, or `Query(GameScore)` for a class of the app's own.

        best = await Query(GameScore).greater_than("score", 1000).descending("score").first()

        async for score in Query(GameScore).equal_to("player", "Ada").each(use_master_key=True):
            …

    Nobody in particular asks, unless a call says `use_master_key` or whose `session_token`.
    """

    __slots__ = ("_made",)

    @overload
    def __init__(
        self: "Query[Object]", class_name: str, json: JSONObject | None = None
    ) -> None: ...

    @overload
    def __init__(self, class_name: type[T], json: JSONObject | None = None) -> None: ...

    def __init__(self, class_name: str | type[Object], json: JSONObject | None = None) -> None:
        super().__init__(_class_name(class_name), json)
        self._made = None if isinstance(class_name, str) else class_name

    # -- several queries together

    @classmethod
    def any_of(cls, *queries: "Query[Same]") -> "Query[Same]":
        """The objects of one of them. Raises `ValueError` for queries of different classes."""
        return _together("$or", queries)

    @classmethod
    def all_of(cls, *queries: "Query[Same]") -> "Query[Same]":
        return _together("$and", queries)

    @classmethod
    def none_of(cls, *queries: "Query[Same]") -> "Query[Same]":
        return _together("$nor", queries)

    # -- running

    async def find(
        self,
        *,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> list[T]:
        """Raises 102, 105, 107, 119, 209."""
        ctx = await _asking(use_master_key, session_token, context)
        return self._objects(await self._found(ctx, {}))

    async def find_with_count(
        self,
        *,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> Counted[T]:
        ctx = await _asking(use_master_key, session_token, context)
        found = await read.find(ctx, self.class_name, decode_find({**self.to_json(), "count": 1}))
        return Counted(self._objects(found.results), found.count or 0)

    async def first(
        self,
        *,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> T | None:
        ctx = await _asking(use_master_key, session_token, context)
        found = self._objects(await self._found(ctx, {"limit": 1}))
        return found[0] if found else None

    async def get(
        self,
        object_id: str,
        *,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> T:
        """Raises 101 when there is none, or none that may be read."""
        ctx = await _asking(use_master_key, session_token, context)
        where = {**self.where, "objectId": object_id}
        found = self._objects(await self._found(ctx, {"where": where, "limit": 1}))
        if not found:
            raise errors.object_not_found()
        return found[0]

    async def count(
        self,
        *,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> int:
        ctx = await _asking(use_master_key, session_token, context)
        asked = {**self.to_json(), "limit": 0, "count": 1}
        found = await read.find(ctx, self.class_name, decode_find(asked))
        return found.count or 0

    async def each(
        self,
        *,
        batch_size: int = PAGE,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> AsyncIterator[T]:
        """Every object, however many there are, in the order of their ids: `async for`.

        Raises `ValueError` for a query with an order, `skip` or `limit`.
        """
        if any(self.json.get(name) for name in _FOR_ITERATION):
            raise ValueError("Cannot iterate on a query with sort, skip, or limit.")
        ctx = await _asking(use_master_key, session_token, context)
        after: str | None = None
        while True:
            rows = await self._found(ctx, self._page(after, batch_size))
            for one in self._objects(rows):
                yield one
            if len(rows) < batch_size:
                return
            after = str(rows[-1]["objectId"])

    def __aiter__(self) -> AsyncIterator[T]:
        """As `each`, for nobody in particular."""
        return self.each()

    async def distinct(self, key: str, *, use_master_key: bool = True) -> list[Any]:
        """The values of a field, each once; for the master key only, as over REST."""
        ctx = await _asking(use_master_key, None, None)
        asked: JSONObject = {"distinct": key, "where": self.to_json().get("where", {})}
        return await self._aggregated(ctx, asked)

    async def aggregate(
        self, pipeline: Sequence[JSONObject], *, use_master_key: bool = True, **options: Any
    ) -> list[Any]:
        """The rows of a pipeline over the objects of the query; for the master key only.

        `options` are parse-server's: `rawValues`, `rawFieldNames`, `hint`, `comment`, `explain`.
        """
        ctx = await _asking(use_master_key, None, None)
        stages: list[Any] = [*pipeline]
        if self.where:
            stages.insert(0, {"$match": self.to_json()["where"]})
        return await self._aggregated(ctx, {"pipeline": stages, **options})

    def copy(self) -> Self:
        return type(self)(cast("Any", self._made or self.class_name), self.to_json())

    # -- parts

    async def _found(self, ctx: RequestContext, changes: JSONObject) -> list[ParseObject]:
        asked = decode_find({**self.to_json(), **changes})
        return (await read.find(ctx, self.class_name, asked)).results

    async def _aggregated(self, ctx: RequestContext, asked: JSONObject) -> list[Any]:
        if not ctx.caller.is_master:
            raise errors.master_key_required()
        rows = await aggregate.aggregate(ctx, self.class_name, decode_aggregate(asked))
        return [values.decode(row, loading.refer) for row in rows]

    def _objects(self, rows: list[ParseObject]) -> list[T]:
        return [cast("T", self._object(row)) for row in rows]

    def _object(self, row: ParseObject) -> Object:
        """Of the class that was asked for; else of the one that the app has."""
        class_name = str(row.get("className", self.class_name))
        object_id = cast("str | None", row.get("objectId"))
        if self._made is not None and class_name == self.class_name:
            return self._made(class_name, object_id, row, existed=object_id is not None)
        return loading.refer(class_name, object_id, row)

    def _page(self, after: str | None, size: int) -> JSONObject:
        page: JSONObject = {"order": "objectId", "limit": size}
        if after is not None:
            beyond: JSONObject = {"objectId": {"$gt": after}}
            page["where"] = {"$and": [self.to_json()["where"], beyond]} if self.where else beyond
        return page


def _together(operator: str, queries: Sequence[Query[Same]]) -> Query[Same]:
    described = combined(operator, queries)
    one = queries[0].copy()
    one.json = described["json"]
    return one


async def _asking(
    use_master_key: bool, session_token: str | None, context: JSONObject | None
) -> RequestContext:
    return await asking(use_master_key=use_master_key, session_token=session_token, context=context)


def _class_name(given: str | type[Object]) -> str:
    if isinstance(given, str):
        return given
    if given.parse_class is None:
        raise TypeError("Object itself has no class name: give one, or a subclass.")
    return given.parse_class
