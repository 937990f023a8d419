"""A parsed `where`, immutable. The MongoDB compiler, the SQLite compiler and the matcher read it.

Values inside are canonical REST values (`protocol.values`). What a node means is MongoDB's
meaning: a list field matches when one of its elements does, comparison stays within one type,
`null` matches a missing field.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from parsepy.protocol.field_types import FieldType
from parsepy.types import JSONValue


@dataclass(frozen=True, slots=True)
class Path:
    """A field or a dotted path below it. `type` is the type of the root field, if it is known."""

    key: str
    type: FieldType | None = None

    @property
    def root(self) -> str:
        return self.key.partition(".")[0]

    @property
    def nested(self) -> bool:
        return "." in self.key


@dataclass(frozen=True, slots=True)
class And:
    children: "tuple[Where, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    children: "tuple[Where, ...]"


@dataclass(frozen=True, slots=True)
class Nor:
    children: "tuple[Where, ...]"


@dataclass(frozen=True, slots=True)
class Equal:
    path: Path
    value: JSONValue


@dataclass(frozen=True, slots=True)
class NotEqual:
    path: Path
    value: JSONValue


@dataclass(frozen=True, slots=True)
class Compare:
    """`operator` is one of `<`, `<=`, `>`, `>=`."""

    path: Path
    operator: str
    value: JSONValue


@dataclass(frozen=True, slots=True)
class In:
    path: Path
    values: tuple[JSONValue, ...]


@dataclass(frozen=True, slots=True)
class NotIn:
    path: Path
    values: tuple[JSONValue, ...]


@dataclass(frozen=True, slots=True)
class All:
    """The list holds every one of `values`."""

    path: Path
    values: tuple[JSONValue, ...]


@dataclass(frozen=True, slots=True)
class AllMatch:
    """For each of `patterns` the list holds a text that it matches (`$all` of `$regex`)."""

    path: Path
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContainedBy:
    """Every element of the list is one of `values`; a missing field matches, as in MongoDB."""

    path: Path
    values: tuple[JSONValue, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    path: Path
    exists: bool


@dataclass(frozen=True, slots=True)
class Matches:
    """A PCRE `pattern` with `options` out of `imsxu`."""

    path: Path
    pattern: str
    options: str


@dataclass(frozen=True, slots=True)
class Accessible:
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
