"""`ACL`: who may read and write an object."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Protocol, runtime_checkable

from parsepy.protocol.acl import PUBLIC, ROLE_PREFIX, clean
from parsepy.types import JSONMapping, JSONObject


@runtime_checkable
class HasId(Protocol):
    object_id: str | None


class ACL:
    """`ACL(user)` is the user's alone; `ACL()` closes an object to all but the master key.

    acl = ACL(user)
    acl.public_read = True
    acl.role("admins").write = True
    """

    __slots__ = ("_entries",)

    def __init__(self, given: "JSONMapping | HasId | str | None" = None) -> None:
        """`given` is a user or his id, or the wire's form (`{"*": {"read": true}}`)."""
        self._entries: dict[str, JSONObject] = {}
        if given is None:
            return
        if isinstance(given, str | HasId):
            entry = self.user(given)
            entry.read = entry.write = True
            return
        for name, flags in (clean(dict(given)) or {}).items():
            self._entries[name] = dict(flags) if isinstance(flags, dict) else {}

    def __repr__(self) -> str:
        return f"ACL({self._entries!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ACL) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_json())

    @property
    def public_read(self) -> bool:
        return Entry(self, PUBLIC).read

    @public_read.setter
    def public_read(self, granted: bool) -> None:
        Entry(self, PUBLIC).read = granted

    @property
    def public_write(self) -> bool:
        return Entry(self, PUBLIC).write

    @public_write.setter
    def public_write(self, granted: bool) -> None:
        Entry(self, PUBLIC).write = granted

    def user(self, user: "HasId | str") -> "Entry":
        """Raises `ValueError` for a user that has not been saved."""
        user_id = user if isinstance(user, str) else user.object_id
        if not user_id:
            raise ValueError("An ACL can only name a user that has been saved.")
        return Entry(self, user_id)

    def role(self, name: str) -> "Entry":
        """The role of that name, which need not be there yet."""
        return Entry(self, ROLE_PREFIX + name.removeprefix(ROLE_PREFIX))

    def to_json(self) -> JSONObject:
        return {name: deepcopy(flags) for name, flags in self._entries.items() if flags}


class Entry:
    """What one user, role or everybody is granted: `read` and `write`, each settable."""

    __slots__ = ("_acl", "_name")

    def __init__(self, acl: ACL, name: str) -> None:
        self._acl = acl
        self._name = name

    @property
    def read(self) -> bool:
        return self._has("read")

    @read.setter
    def read(self, granted: bool) -> None:
        self._set("read", granted)

    @property
    def write(self) -> bool:
        return self._has("write")

    @write.setter
    def write(self, granted: bool) -> None:
        self._set("write", granted)

    def _has(self, flag: str) -> bool:
        return flag in self._acl._entries.get(self._name, {})

    def _set(self, flag: str, granted: bool) -> None:
        flags = self._acl._entries.setdefault(self._name, {})
        if granted:
            flags[flag] = True
        else:
            flags.pop(flag, None)
