"""From the parameters of a find to what is asked of the store, all permissions judged."""

from msgspec import Struct
from msgspec.structs import replace

from parsepy import errors
from parsepy.objects import access, subqueries, text_search
from parsepy.objects.context import RequestContext
from parsepy.objects.include import IncludePlan
from parsepy.objects.present import Presenter
from parsepy.permissions import class_access, complexity, protected_fields
from parsepy.protocol.find_parameters import FindParameters, Selection
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.parse import parse_where
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema


class Search(Struct, frozen=True):
    """A find with all its permissions judged: what is left is to ask the store and to present."""

    schema: ClassSchema
    where: Where
    options: FindOptions
    presenter: Presenter
    plan: IncludePlan
    count_where: Where | None = None
    """What is counted besides; `None` when no count was asked for."""
    shown_class: str | None = None
    """The class that results name, where the find was redirected."""

    @property
    def shows_rows_as_stored(self) -> bool:
        return not (
            self.plan.paths
            or self.count_where is not None
            or self.shown_class is not None
            or not self.presenter.plain
        )


async def prepare(
    ctx: RequestContext,
    class_name: str,
    parameters: FindParameters,
    doors: subqueries.Doors,
    used_field: str | None = None,
    operation: str | None = None,
) -> Search:
    """Raises 101, 102, 105, 107, 119. `used_field` is one whose values serve another query;
    `operation` is what the caller needs permission for, if not what the query looks like."""
    class_access.check(ctx.caller, "find", class_name)
    if not ctx.caller.is_privileged:
        check_explain(ctx, parameters)
        complexity.check_where(parameters.where, ctx.services.options.request_complexity)
    schema = await _asked_class(ctx, class_name, parameters.redirect_key)
    permitted = await access.check_class(ctx, schema, operation or _operation(parameters))
    where = parse_where(parameters.where, schema.types, internal_keys=may_name_internal_keys(ctx))
    hidden = await access.hidden_from_query(ctx, schema, parameters.where)
    sort_keys = [key for key, _ in parameters.order]
    protected_fields.check_query(where, sort_keys, hidden, schema.name)
    if used_field is not None:
        protected_fields.check_key(used_field, hidden, schema.name)
    ctx.services.rules_of(schema.name).check_order(ctx, sort_keys)
    selection = with_every_pointer(schema, parameters.selection)
    text_search.check(where, sort_keys, selection, schema, hidden)
    plan = include_plan(ctx, selection, parameters.read_preferences.includes)
    presenter = Presenter(ctx, schema, selection, hidden)
    where = await subqueries.resolve(ctx, schema, where, parameters.read_preferences, doors)
    where = await visible(ctx, schema, where)
    return Search(
        schema,
        tree.both(where, permitted),
        _options(ctx, parameters, presenter),
        presenter,
        plan,
        await _count_where(ctx, schema, where) if parameters.count else None,
        schema.name if parameters.redirect_key else None,
    )


async def visible(ctx: RequestContext, schema: ClassSchema, where: Where) -> Where:
    """`where`, narrowed to the objects that the caller may read."""
    rules = ctx.services.rules.get(schema.name)
    if rules is not None:
        where = await rules.restrict(ctx, where)
    return tree.both(where, await access.accessible(ctx, "read"))


def include_plan(
    ctx: RequestContext, selection: Selection, read_preference: str | None
) -> IncludePlan:
    plan = IncludePlan.of(selection, read_preference)
    if plan.paths and not ctx.caller.is_privileged:
        complexity.check_include(plan.paths, ctx.services.options.request_complexity)
    return plan


def with_every_pointer(schema: ClassSchema, selection: Selection) -> Selection:
    if not selection.include_all:
        return selection
    return replace(selection, include=tuple((name,) for name in (*schema.pointers, *schema.arrays)))


def may_name_internal_keys(ctx: RequestContext) -> bool:
    """Not the read-only key: filter by filter it would guess tokens that reset passwords."""
    return ctx.caller.is_privileged and not ctx.caller.is_read_only


def check_explain(ctx: RequestContext, parameters: FindParameters) -> None:
    if parameters.explain and not _may_plan(ctx):
        raise errors.invalid_query("Using the explain query parameter requires the master key")


def _may_plan(ctx: RequestContext) -> bool:
    """Whether the caller may look at query plans, or choose them: a bad one can hold up a store."""
    open_to_all = ctx.services.options.database_options.get("allowPublicExplain")
    return ctx.caller.is_privileged or bool(open_to_all)


async def _asked_class(
    ctx: RequestContext, class_name: str, redirect_key: str | None
) -> ClassSchema:
    if redirect_key is not None:
        schema = await ctx.services.schemas.get(class_name)
        class_name = schema.relations.get(redirect_key, class_name)
        class_access.check(ctx.caller, "find", class_name)
    return await access.known_class(ctx, class_name)


async def _count_where(ctx: RequestContext, schema: ClassSchema, where: Where) -> Where:
    return tree.both(where, await access.check_class(ctx, schema, "count"))


def _options(ctx: RequestContext, parameters: FindParameters, presenter: Presenter) -> FindOptions:
    return FindOptions(
        order=tuple((key, down) for key, down in parameters.order if key != "password"),
        skip=parameters.skip,
        limit=parameters.limit if isinstance(parameters.limit, int) else None,
        fields=presenter.needed_fields,
        comment=parameters.comment,
        hint=parameters.hint if parameters.hint and _may_plan(ctx) else None,
        score=text_search.shows_score(parameters.selection),
        read_preference=parameters.read_preferences.objects,
    )


def _operation(parameters: FindParameters) -> str:
    """A find for exactly one objectId is a get to class-level permissions."""
    where = parameters.where
    if isinstance(where, dict) and len(where) == 1 and isinstance(where.get("objectId"), str):
        return "get"
    return "count" if parameters.count and parameters.limit == 0 else "find"
