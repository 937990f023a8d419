"""From a stored object to what its reader gets."""

from collections.abc import Iterable
from typing import Final

from parsepy.objects import access, nested_files
from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import file_url
from parsepy.objects.text_search import shown_name
from parsepy.permissions import protected_fields
from parsepy.permissions.caller import Caller
from parsepy.protocol.find_parameters import Selection
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONValue, ParseObject

ALWAYS: Final = frozenset(("objectId", "createdAt", "updatedAt", "ACL"))


class Presenter:
    """What one read of one class shows its reader; made once per read, used on each object."""

    __slots__ = ("ctx", "excluded", "fields", "hidden", "plain", "revealing", "rules", "schema")

    def __init__(
        self,
        ctx: RequestContext,
        schema: ClassSchema,
        selection: Selection,
        hidden: frozenset[str],
    ) -> None:
        self.ctx = ctx
        self.schema = schema
        self.rules = ctx.services.rules.get(schema.name)
        self.hidden = hidden
        self.revealing = (
            protected_fields.revealing_fields(ctx.services.protected_in(schema)) if hidden else {}
        )
        self.fields = wanted_fields(selection)
        self.excluded = (
            frozenset(path[0] for path in selection.exclude_keys if len(path) == 1) - ALWAYS
        )
        self.plain = not (
            self.rules
            or hidden
            or self.fields is not None
            or self.excluded
            or schema.relations
            or schema.files
            or (ctx.services.signatures is not None and schema.holders)
        )

    @property
    def needed_fields(self) -> frozenset[str] | None:
        """The fields that the store has to bring: all, where others decide what is shown."""
        return None if self.revealing or self.rules else self.fields

    def present(self, document: ParseObject) -> ParseObject:
        """The object as the reader sees it; `document` is changed."""
        if self.plain:
            return document
        if self.rules is not None:
            self.rules.present(self.ctx, document)
        self._hide(document)
        if self.fields is not None:
            for name in document.keys() - self.fields:
                del document[name]
        for name in self.excluded:
            document.pop(name, None)
        for name in self.schema.files:
            self._locate(document.get(name))
        if self.ctx.services.signatures is not None:
            for name in self.schema.holders:
                nested_files.sign(self.ctx, document.get(name))
        for name, target in self.schema.relations.items():
            if name not in self.excluded and name not in self.hidden:
                document[name] = {"__type": "Relation", "className": target}
        return document

    async def complete(self, documents: list[ParseObject]) -> None:
        """The rest of presenting, for all together; after `present`."""
        if self.rules is not None and documents:
            await self.rules.complete(self.ctx, documents)

    def _hide(self, document: ParseObject) -> None:
        if not self.hidden:
            return
        if access.is_exempt(self.ctx, self.schema, document.get("objectId")):
            return
        user_id = self.ctx.caller.user_id
        protected_fields.strip(
            document, protected_fields.hidden_in(document, self.hidden, self.revealing, user_id)
        )

    def _locate(self, file: JSONValue) -> None:
        """A stored File is its name; its address follows the server's present one."""
        if isinstance(file, dict) and isinstance(file.get("name"), str):
            file["url"] = file_url(self.ctx, str(file["name"]))


async def complete_for_triggers(
    ctx: RequestContext, class_name: str, document: ParseObject
) -> None:
    """`Presenter.complete` as for anybody: what triggers get may leave the server, to a webhook."""
    anybody = RequestContext(ctx.services, Caller())
    await ctx.services.rules_of(class_name).complete(anybody, [document])


def wanted_fields(selection: Selection) -> frozenset[str] | None:
    """The root fields that `keys` selects; the four common ones always come."""
    if selection.keys is None:
        return None
    return ALWAYS | {shown_name(path[0]) for path in selection.keys}


def strip_internal(document: ParseObject, names: Iterable[str] = ()) -> None:
    """Removes the columns that begin with `_`, and `names`."""
    for name in [name for name in document if name.startswith("_")]:
        del document[name]
    for name in names:
        document.pop(name, None)
