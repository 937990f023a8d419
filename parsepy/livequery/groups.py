"""The subscriptions of one class, those with the same condition together."""

from collections.abc import Iterable
from typing import Final

from parsepy.errors import ParseError
from parsepy.livequery.index import Index
from parsepy.livequery.subscriptions import Subscription
from parsepy.permissions.protected_fields import keys_of
from parsepy.protocol.field_types import Fields
from parsepy.query.match import Matcher, compile_matcher
from parsepy.query.parse import parse_where
from parsepy.query.tree import NOTHING, Where
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONMapping, JSONObject


class Group:
    """Subscriptions that want the same objects: an event is matched once for all of them."""

    __slots__ = ("condition", "fields", "key", "matches", "subscriptions")

    def __init__(self, key: str, condition: JSONObject, where: Where) -> None:
        self.key: Final = key
        self.condition: Final = condition
        self.fields: Final = frozenset(name.partition(".")[0] for name in keys_of(where))
        """Those that the condition names."""
        self.matches: Matcher = compile_matcher(where)
        self.subscriptions: dict[Subscription, None] = {}


class ClassGroups:
    """`schema` is the class as it was when conditions were last read: what a value in them means
    hangs on the types of fields."""

    def __init__(self, schema: ClassSchema) -> None:
        self.schema = schema
        self._groups: dict[str, Group] = {}
        self._index: Index[Group] = Index()

    def __len__(self) -> int:
        """How many different conditions there are."""
        return len(self._groups)

    def add(self, subscription: Subscription, where: Where) -> None:
        """`where` is its condition, read with the present `schema`."""
        key = subscription.group_key
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(key, subscription.where, where)
            self._index.add(where, group)
        group.subscriptions[subscription] = None
        subscription.group = group

    def remove(self, subscription: Subscription) -> None:
        group = subscription.group
        if group is None:
            return
        subscription.group = None
        group.subscriptions.pop(subscription, None)
        if not group.subscriptions:
            del self._groups[group.key]
            self._index.remove(group)

    def read_anew(self, schema: ClassSchema) -> None:
        """The class may have changed. Of thousands of conditions few name a field that has: only
        those are read again."""
        if schema is self.schema:
            return
        changed = _changed_fields(self.schema.types, schema.types)
        self.schema = schema
        if not changed:
            return
        for group in self._groups.values():
            if not changed.isdisjoint(group.fields):
                where = _read(group.condition, schema)
                group.matches = compile_matcher(where)
                self._index.remove(group)
                self._index.add(where, group)

    def candidates(self, documents: Iterable[JSONMapping]) -> Iterable[Group]:
        """Groups that one of the documents may match; the others have not been looked at."""
        return self._index.candidates(*documents)


def _changed_fields(old: Fields, new: Fields) -> set[str]:
    if old == new:
        return set()
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _read(condition: JSONObject, schema: ClassSchema) -> Where:
    try:
        return parse_where(condition, schema.types)
    except ParseError:
        # The class has changed so that the query would be refused now.
        return NOTHING
