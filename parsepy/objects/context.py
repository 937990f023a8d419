"""What the object doors work with: the app's services, and who asks in this request."""

from collections.abc import Callable, Mapping
from secrets import token_hex

import msgspec

from parsepy.objects.ports import (
    PLAIN,
    ClassRules,
    ClassTriggers,
    NoPublisher,
    NoTriggers,
    Publisher,
    RoleNames,
    Triggers,
)
from parsepy.objects.turns import Turns
from parsepy.options.model import ServerOptions
from parsepy.permissions import protected_fields
from parsepy.permissions.caller import ANYONE, Caller, group_of
from parsepy.permissions.denylist import Denylist
from parsepy.permissions.file_signatures import FileSignatures
from parsepy.permissions.file_urls import FileUrls
from parsepy.permissions.protected_fields import Groups
from parsepy.schema.classes import ClassSchema
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.base import Storage


class ObjectServices(msgspec.Struct):
    """One app's objects. Made in the composition root, shared by all its requests."""

    options: ServerOptions
    storage: Storage
    schemas: SchemaRegistry
    denylist: Denylist
    file_urls: FileUrls | None
    """`None` where every address is taken."""
    roles: RoleNames
    rules: Mapping[str, ClassRules] = msgspec.field(default_factory=dict)
    protected: Mapping[str, Groups] = msgspec.field(default_factory=dict)
    """Option `protectedFields`: class → group → fields."""
    triggers: Triggers = msgspec.field(default_factory=NoTriggers)
    publisher: Publisher = msgspec.field(default_factory=NoPublisher)
    turns: Turns = msgspec.field(default_factory=Turns)
    """Of changes of one object that are published."""
    file_location: Callable[[str], str | None] = lambda _name: None
    """The address of a file that this server does not serve itself."""
    signatures: FileSignatures | None = None
    """What makes addresses of files expire; `None` where they are plain."""
    _merged: dict[str, tuple[ClassSchema, Groups]] = msgspec.field(default_factory=dict)

    def rules_of(self, class_name: str) -> ClassRules:
        return self.rules.get(class_name, PLAIN)

    def protected_in(self, schema: ClassSchema) -> Groups:
        """The class's protected fields: the option's and its CLP's, kept per schema."""
        kept = self._merged.get(schema.name)
        if kept is None or kept[0] is not schema:
            merged = protected_fields.merge(
                self.protected.get(schema.name, {}), schema.permissions.protected_fields
            )
            if not schema.exists:
                # Clients may name classes without end; only those that exist are kept.
                return merged
            kept = self._merged[schema.name] = (schema, merged)
        return kept[1]


class RequestContext(msgspec.Struct):
    """One request. `mount_url` is the API's public address, without a final slash.

    `headers` (names in lower case) and `address` say where it comes from. An `internal` one is the
    server's own: no trigger hears of it.
    """

    services: ObjectServices
    caller: Caller
    mount_url: str = ""
    headers: Mapping[bytes, bytes] = msgspec.field(default_factory=dict)
    address: str = ""
    internal: bool = False
    _request_id: str = ""

    @property
    def request_id(self) -> str:
        """What the request is called in the log; made when somebody asks."""
        if not self._request_id:
            self._request_id = token_hex(6)
        return self._request_id

    async def group(self) -> tuple[str, ...]:
        """Everything the caller is to ACLs and CLPs; roles are looked up at the first call."""
        caller = self.caller
        if caller.group is None:
            user_id = caller.user_id
            caller.group = (
                ANYONE
                if user_id is None
                else group_of(user_id, await self.services.roles.names_of(user_id))
            )
        return caller.group

    def as_master(self) -> "RequestContext":
        """The same request with the server's own rights."""
        return RequestContext(
            self.services,
            Caller(is_master=True, context=self.caller.context),
            self.mount_url,
            self.headers,
            self.address,
            _request_id=self._request_id,
        )

    def unheard(self) -> "RequestContext":
        """The same request, of which no trigger hears."""
        return msgspec.structs.replace(self, internal=True)

    def triggers_of(self, class_name: str, *names: str) -> ClassTriggers | None:
        """The triggers of the class, if it has one of those named."""
        found = self.services.triggers.of(class_name)
        if found is None or self.internal or not any(name in found.names for name in names):
            return None
        return found
