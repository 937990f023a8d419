"""From a stored object to what its reader gets."""

import urllib.parse
from collections.abc import Iterable
from typing import Final

from parsepy.objects.context import RequestContext
from parsepy.permissions import protected_fields
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
        for name, target in self.schema.relations.items():
            if name not in self.excluded and name not in self.hidden:
                document[name] = {"__type": "Relation", "className": target}
        return document

    def _hide(self, document: ParseObject) -> None:
        if not self.hidden:
            return
        caller = self.ctx.caller
        owner = self.schema.name == "_User" and document.get("objectId") == caller.user_id
        if owner and self.ctx.services.options.protected_fields_owner_exempt:
            return
        protected_fields.strip(
            document,
            protected_fields.hidden_in(document, self.hidden, self.revealing, caller.user_id),
        )

    def _locate(self, file: JSONValue) -> None:
        """A stored File is its name; its address follows the server's present one."""
        if isinstance(file, dict) and isinstance(file.get("name"), str):
            file["url"] = file_url(self.ctx, str(file["name"]))


def file_url(ctx: RequestContext, name: str) -> str:
    app_id = urllib.parse.quote(ctx.services.options.app_id, safe="")
    # What JavaScript's encodeURIComponent leaves alone.
    file_name = urllib.parse.quote(name, safe="!'()*~")
    return f"{ctx.mount_url}/files/{app_id}/{file_name}"


def wanted_fields(selection: Selection) -> frozenset[str] | None:
    """The root fields that `keys` selects; the four common ones always come."""
    if selection.keys is None:
        return None
    return ALWAYS | {path[0] for path in selection.keys}


def strip_internal(document: ParseObject, names: Iterable[str] = ()) -> None:
    """Removes the columns that begin with `_`, and `names`."""
    for name in [name for name in document if name.startswith("_")]:
        del document[name]
    for name in names:
        document.pop(name, None)
