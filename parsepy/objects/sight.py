"""What one caller may see of objects that come to him one by one, instead of being asked for.

The same permissions as those of the read door, judged in memory: a class's, an object's own, the
fields that are hidden. `Sight` is made anew whenever one of them may have changed.
"""

from collections.abc import Hashable, Sequence

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.objects import access, search
from parsepy.objects.context import ObjectServices, RequestContext
from parsepy.objects.present import Presenter
from parsepy.permissions import class_access, class_level, complexity, protected_fields
from parsepy.permissions.protected_fields import revealing_fields
from parsepy.protocol.acl import PUBLIC, grants
from parsepy.protocol.find_parameters import Selection
from parsepy.query import tree
from parsepy.query.match import compile_matcher
from parsepy.query.parse import parse_where
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONMapping, JSONObject, ParseObject


class Sight:
    """One caller's, of one class."""

    __slots__ = ("_ctx", "_hidden", "_presenter", "_reads", "_revealing", "schema")

    def __init__(
        self, ctx: RequestContext, schema: ClassSchema, readable: Where, hidden: frozenset[str]
    ) -> None:
        self.schema = schema
        self._ctx = ctx
        self._reads = compile_matcher(readable)
        self._hidden = hidden
        self._presenter = Presenter(ctx, schema, Selection(), hidden)
        self._revealing = revealing_fields(ctx.services.protected_in(schema)) if hidden else {}

    def may_read(self, document: JSONMapping) -> bool:
        """`document` is a whole object as it is stored."""
        return self._reads(document)

    def view_of(self, document: JSONMapping) -> Hashable:
        """Callers with the same view of an object are shown the same."""
        if self._presenter.rules is not None:
            return self._ctx.caller.user_id, self._ctx.caller.is_master
        return protected_fields.hidden_in(
            document, self._hidden, self._revealing, self._ctx.caller.user_id
        )

    async def shown(self, document: ParseObject) -> JSONObject:
        """A copy as the caller sees it."""
        presented = self._presenter.present(_copied(document))
        await self._presenter.complete([presented])
        return presented


async def sight_of(ctx: RequestContext, class_name: str, *, by_id: bool = False) -> Sight:
    """The sight of the caller; with `by_id` of one object that he names, else of all.

    Raises 119 or 101 where the class is closed to him, and what class rules raise.
    """
    class_access.check(ctx.caller, "find", class_name)
    schema = await ctx.services.schemas.get(class_name)
    permitted = await _permitted(ctx, schema, _operation(by_id=by_id))
    readable = await search.visible(ctx, schema, permitted)
    return Sight(ctx, schema, readable, await access.hidden_fields(ctx, schema))


def is_alike_to_all(services: ObjectServices, schema: ClassSchema, *, by_id: bool) -> bool:
    """Whether an object that everybody may read looks the same to everybody: then nobody has to be
    asked who he is."""
    return (
        schema.name not in services.rules
        and not schema.name.startswith("_")
        and not class_level.needs_group(schema, _operation(by_id=by_id))
        and not services.protected_in(schema)
    )


def is_public(document: JSONMapping) -> bool:
    return grants(document.get("ACL"), "read", (PUBLIC,))


async def conditions(
    ctx: RequestContext, schema: ClassSchema, where: JSONObject, watched: Sequence[str] = ()
) -> Where:
    """A client's `where`, as a tree that can be judged on single objects.

    Raises 102, 105, 107, 111, 119; 102 also for conditions that ask other objects or a text index.
    """
    if not ctx.caller.is_privileged:
        complexity.check_where(where, ctx.services.options.request_complexity)
    parsed = parse_where(where, schema.types)
    _check_judgeable(parsed, schema)
    hidden = await access.hidden_from_query(ctx, schema, where)
    protected_fields.check_query(parsed, (), hidden, schema.name)
    for name in watched:
        protected_fields.check_key(name, hidden, schema.name)
    compile_matcher(parsed)
    return parsed


def _operation(*, by_id: bool) -> str:
    """What the caller needs permission for."""
    return "get" if by_id else "find"


async def _permitted(ctx: RequestContext, schema: ClassSchema, operation: str) -> Where:
    try:
        return await access.check_class(ctx, schema, operation)
    except ParseError as error:
        # Nobody is asking for an object that he cannot find here: he waits for one.
        if error.message == errors.object_not_found().message:
            return tree.NOTHING
        raise


def _check_judgeable(where: Where, schema: ClassSchema) -> None:
    if isinstance(where, tree.And | tree.Or | tree.Nor):
        for child in where.children:
            _check_judgeable(child, schema)
        return
    if isinstance(where, tree.InQuery | tree.Selected | tree.RelatedTo):
        raise errors.invalid_query(
            "LiveQuery judges each object by itself: $inQuery, $notInQuery, $select, $dontSelect"
            " and $relatedTo cannot be subscribed to"
        )
    if isinstance(where, tree.Text):
        raise errors.invalid_query("LiveQuery has no text index: $text cannot be subscribed to")
    if isinstance(where, tree.Accessible):
        return
    if where.path.root in schema.relations:
        raise errors.invalid_query(
            f"LiveQuery judges each object by itself: {where.path.root} is a relation"
        )


def _copied(document: ParseObject) -> ParseObject:
    """Presenting removes fields, and changes the addresses of files."""
    return {
        name: dict(value) if isinstance(value, dict) else value for name, value in document.items()
    }
