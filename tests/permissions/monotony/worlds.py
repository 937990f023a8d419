"""Random settings of everything that grants or hides, and every way to take one thing away."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from hypothesis import strategies as st

from parsepy.protocol.values import pointer
from parsepy.schema.class_permissions import OPERATIONS
from parsepy.types import JSONObject, ParseObject

Grants: TypeAlias = Mapping[str, frozenset[str]]

USERS: Final = ("ann", "bob", "eve")
CALLERS: Final = (None, *USERS)
BOB_IN_STAFF, ANN_IN_JUNIORS, JUNIORS_BELOW_STAFF = MEMBERSHIPS = ("bob", "ann", "juniors")
ENTITIES: Final = ("*", "ann", "bob", "role:staff", "role:juniors", "requiresAuthentication")
USER_FIELDS: Final = ("owner", "watchers")
FIELDS: Final = ("n", "a", "b", "owner", "watchers", "link", "fans")
GROUPS: Final = (
    *("*", "authenticated", "ann", "role:staff", "role:juniors"),
    *("userField:owner", "userField:watchers"),
)
READERS: Final = ("*", "ann", "bob", "role:staff", "role:juniors")


@dataclass(frozen=True)
class Item:
    """One object; `acl` is what it grants (`read:ann`), `None` for an object without an ACL."""

    number: int
    a: str
    b: str | None
    owner: str | None
    watchers: tuple[str, ...]
    link: int | None
    fans: frozenset[int]
    acl: frozenset[str] | None

    @property
    def id(self) -> str:
        return f"item{self.number}"

    def document(self) -> ParseObject:
        given: ParseObject = {
            "n": self.number,
            "a": self.a,
            "b": self.b,
            "owner": self.owner and pointer("_User", self.owner),
            "watchers": [pointer("_User", name) for name in self.watchers],
            "link": None if self.link is None else pointer("Item", f"item{self.link}"),
        }
        fields: ParseObject = {name: value for name, value in given.items() if value is not None}
        return fields if self.acl is None else {**fields, "ACL": _acl_of(self.acl)}


@dataclass(frozen=True)
class World:
    """`shared` are `readUserFields` and `writeUserFields`; `members` are those of MEMBERSHIPS."""

    entities: Grants
    pointers: Grants
    shared: Grants
    hidden: Grants
    items: tuple[Item, ...]
    members: frozenset[str]

    def permissions(self) -> JSONObject:
        rules: JSONObject = {
            operation: _rule(self.entities[operation], self.pointers[operation])
            for operation in OPERATIONS
        }
        lists: JSONObject = {name: [*sorted(fields)] for name, fields in self.shared.items()}
        groups: JSONObject = {group: [*sorted(fields)] for group, fields in self.hidden.items()}
        return {**rules, **lists, "protectedFields": groups}


def with_fewer_entities(world: World) -> Iterator[World]:
    for operation, entities in world.entities.items():
        for entity in sorted(entities):
            yield replace(world, entities=_without(world.entities, operation, entity))


def with_fewer_pointers(world: World) -> Iterator[World]:
    for operation, fields in world.pointers.items():
        for field in sorted(fields):
            yield replace(world, pointers=_without(world.pointers, operation, field))
    for name, fields in world.shared.items():
        for field in sorted(fields):
            yield replace(world, shared=_without(world.shared, name, field))


def with_more_hidden(world: World) -> Iterator[World]:
    for group, fields in world.hidden.items():
        for field in FIELDS:
            if field not in fields:
                yield replace(world, hidden={**world.hidden, group: fields | {field}})


def with_narrower_acls(world: World) -> Iterator[World]:
    for position, item in enumerate(world.items):
        for acl in _weaker_acls(item.acl):
            items = list(world.items)
            items[position] = replace(item, acl=acl)
            yield replace(world, items=tuple(items))


def with_fewer_members(world: World) -> Iterator[World]:
    # Whoever is in one more group has less hidden from him: that is no grant of the role's.
    if not any(group.startswith("role:") for group in world.hidden):
        for member in sorted(world.members):
            yield replace(world, members=world.members - {member})


def _weaker_acls(acl: frozenset[str] | None) -> Iterator[frozenset[str]]:
    if acl is None:
        yield frozenset(("read:*", "read:ann"))
        yield frozenset(("write:*", "write:bob"))
        return
    for grant in sorted(acl):
        yield acl - {grant}


WAYS: Final[tuple[Callable[[World], Iterator[World]], ...]] = (
    with_fewer_entities,
    with_fewer_pointers,
    with_more_hidden,
    with_narrower_acls,
    with_fewer_members,
)
"""The world without one grant, or with one more hidden field: every way, by kind."""


def _without(grants: Grants, name: str, entry: str) -> Grants:
    return {**grants, name: grants[name] - {entry}}


def restricts_log_in(world: World) -> bool:
    """Whether fields only narrow what a log-in opens: to take the last one away opens more."""
    for operation, entities in world.entities.items():
        shared = "readUserFields" if operation in ("find", "get", "count") else "writeUserFields"
        fields = world.pointers[operation] | world.shared[shared]
        if "requiresAuthentication" in entities and len(fields) == 1 and operation != "create":
            return True
    return False


def _rule(entities: frozenset[str], fields: frozenset[str]) -> JSONObject:
    rule: JSONObject = dict.fromkeys(sorted(entities), True)
    return {**rule, "pointerFields": [*sorted(fields)]} if fields else rule


def _acl_of(grants: frozenset[str]) -> JSONObject:
    acl: dict[str, JSONObject] = {}
    for grant in sorted(grants):
        permission, _, entity = grant.partition(":")
        acl.setdefault(entity, {})[permission] = True
    return dict(acl)


def _subsets(values: tuple[str, ...], most: int) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=most)


_ACL_GRANTS: Final = tuple(f"{flag}:{name}" for flag in ("read", "write") for name in READERS)
_NUMBERS: Final = st.integers(0, 3)


def _item(number: int) -> st.SearchStrategy[Item]:
    return st.builds(
        Item,
        number=st.just(number),
        a=st.sampled_from("xy"),
        b=st.sampled_from([None, "x", "y"]),
        owner=st.sampled_from([None, "ann", "bob"]),
        watchers=st.lists(st.sampled_from(USERS), max_size=2).map(tuple),
        link=st.none() | _NUMBERS,
        fans=st.frozensets(_NUMBERS, max_size=2),
        acl=st.none() | _subsets(_ACL_GRANTS, 4),
    )


def _per_operation(sets: st.SearchStrategy[frozenset[str]]) -> st.SearchStrategy[Grants]:
    return st.fixed_dictionaries(dict.fromkeys(OPERATIONS, sets))


_EVERYBODY: Final = st.just(frozenset("*"))

worlds: Final = st.builds(
    World,
    # Half of the rules are open, so that what another rule closes can be seen.
    entities=_per_operation(st.one_of(_EVERYBODY, _subsets(ENTITIES, 2))),
    pointers=_per_operation(_subsets(USER_FIELDS, 1)),
    shared=st.fixed_dictionaries(
        {name: _subsets(USER_FIELDS, 1) for name in ("readUserFields", "writeUserFields")}
    ),
    hidden=st.dictionaries(
        st.one_of(st.just("*"), st.sampled_from(GROUPS)), _subsets(FIELDS, 4), max_size=4
    ),
    items=st.tuples(*map(_item, range(4))),
    members=_subsets(MEMBERSHIPS, 3),
)
