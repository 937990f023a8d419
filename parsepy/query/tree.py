"""A parsed `where`, immutable. The MongoDB compiler, the SQLite compiler and the matcher read it.

Values inside are canonical REST values (`protocol.values`). What a node means is MongoDB's
meaning: a list field matches when one of its elements does, comparison stays within one type,
`null` matches a missing field.
"""

from typing import Final, TypeAlias

from msgspec import Struct

from parsepy.protocol.field_types import FieldType
from parsepy.types import JSONValue


class Path(Struct, frozen=True):
    """A field or a dotted path below it. `type` is the type of the root field, if it is known."""

    key: str
    type: FieldType | None = None

    @property
    def root(self) -> str:
        return self.key.partition(".")[0]

    @property
    def nested(self) -> bool:
        return "." in self.key


class And(Struct, frozen=True):
    children: "tuple[Where, ...]"


class Or(Struct, frozen=True):
    children: "tuple[Where, ...]"


class Nor(Struct, frozen=True):
    children: "tuple[Where, ...]"


class Equal(Struct, frozen=True):
    path: Path
    value: JSONValue


class NotEqual(Struct, frozen=True):
    path: Path
    value: JSONValue


class Compare(Struct, frozen=True):
    """`operator` is one of `<`, `<=`, `>`, `>=`."""

    path: Path
    operator: str
    value: JSONValue


class In(Struct, frozen=True):
    path: Path
    values: tuple[JSONValue, ...]


class NotIn(Struct, frozen=True):
    path: Path
    values: tuple[JSONValue, ...]


class All(Struct, frozen=True):
    """The list holds every one of `values`."""

    path: Path
    values: tuple[JSONValue, ...]


class AllMatch(Struct, frozen=True):
    """For each of `patterns` the list holds a text that it matches (`$all` of `$regex`)."""

    path: Path
    patterns: tuple[str, ...]


class ContainedBy(Struct, frozen=True):
    """Every element of the list is one of `values`; a missing field matches, as in MongoDB."""

    path: Path
    values: tuple[JSONValue, ...]


class Exists(Struct, frozen=True):
    path: Path
    exists: bool


class Matches(Struct, frozen=True):
    """A PCRE `pattern` with `options` out of `imsxu`."""

    path: Path
    pattern: str
    options: str


class Accessible(Struct, frozen=True):
    """The object's ACL gives `permission` (`read`, `write`) to one of `group`, or it has none."""

    permission: str
    group: tuple[str, ...]


Where: TypeAlias = (
    And
    | Or
    | Nor
    | Equal
    | NotEqual
    | Compare
    | In
    | NotIn
    | All
    | AllMatch
    | ContainedBy
    | Exists
    | Matches
    | Accessible
)

EVERYTHING: Final = And(())
NOTHING: Final = Nor((EVERYTHING,))


def both(left: Where, right: Where) -> Where:
    """The conjunction, flat where it can be."""
    if left == EVERYTHING:
        return right
    if right == EVERYTHING:
        return left
    first = left.children if isinstance(left, And) else (left,)
    second = right.children if isinstance(right, And) else (right,)
    return And(first + second)
