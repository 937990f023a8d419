"""`Relation`: any number of objects that one object leads to."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parsepy.cloud.objects import Object
    from parsepy.cloud.queries import Query


class Relation:
    """The relation `key` of `owner`. What is added or removed is pending until the owner is saved.

    team.relation("fans").add(ann, bob)
    await team.save()
    fans = await team.relation("fans").query().find()
    """

    __slots__ = ("_key", "_owner", "_target")

    def __init__(self, owner: "Object", key: str, target: str | None = None) -> None:
        """`target` is the class of the related objects, where it is known."""
        self._owner = owner
        self._key = key
        self._target = target

    def __repr__(self) -> str:
        return f"<Relation {self._key} of {self._owner!r}>"

    def add(self, *related: "Object") -> None:
        """Raises `ValueError` for objects that have not been saved."""
        self._owner.add_relation(self._key, *related)

    def remove(self, *related: "Object") -> None:
        self._owner.remove_relation(self._key, *related)

    def query(self) -> "Query[Any]":
        """The objects in it. Raises `ValueError` while the owner has not been saved."""
        from parsepy.cloud.queries import Query

        if self._target is not None:
            return Query(self._target).related_to(self._owner, self._key)
        found = Query(self._owner.class_name).related_to(self._owner, self._key)
        # The server knows the class; the objects that come say it.
        found.json["redirectClassNameForKey"] = self._key
        return found
