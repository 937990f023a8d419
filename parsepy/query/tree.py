"""A parsed `where`, immutable. The MongoDB compiler, the SQLite compiler and the matcher read it.

Values inside are canonical REST values (`protocol.values`). What a node means is MongoDB's
meaning: a list field matches when one of its elements does, comparison stays within one type,
`null` matches a missing field.
"""

from typing import Final, TypeAlias

from msgspec import Struct

from parsepy.protocol.field_types import FieldType
from parsepy.query.geometry import Position
from parsepy.types import JSONObject, JSONValue


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


class Text(Struct, frozen=True):
    """The text index over `path` finds `term`, a search in MongoDB's grammar (`query.text`).

    `language` is as the client wrote it, `None` for the default.
    """

    path: Path
    term: str
    language: str | None = None
    case_sensitive: bool = False
    diacritic_sensitive: bool = False


class Near(Struct, frozen=True):
    """A GeoPoint or a part of a Polygon at most `max_distance` radians from `point`; `None` is
    anywhere on earth.

    It is also an order, nearest first, where a find names none. `query.nearest` says where in a
    tree it may stand.
    """

    path: Path
    point: Position
    max_distance: float | None


class WithinCircle(Struct, frozen=True):
    """A GeoPoint, or a whole Polygon, at most `radius` radians from `center`."""

    path: Path
    center: Position
    radius: float


class WithinBox(Struct, frozen=True):
    """A GeoPoint in a flat box with these opposite corners."""

    path: Path
    corner: Position
    opposite: Position


class WithinPolygon(Struct, frozen=True):
    """A GeoPoint in a flat polygon."""

    path: Path
    corners: tuple[Position, ...]


class Covers(Struct, frozen=True):
    """A Polygon that `point` is in."""

    path: Path
    point: Position


class SubQuery(Struct, frozen=True):
    """A query in a query, as the client wrote it: `where` is parsed against its own class.

    `redirect_key` names a Relation field of the class whose target class is asked instead.
    """

    class_name: str
    where: JSONObject
    redirect_key: str | None = None


class InQuery(Struct, frozen=True):
    """The Pointer names one of the objects that `query` finds; with `negated`, none of them."""

    path: Path
    query: SubQuery
    negated: bool


class Selected(Struct, frozen=True):
    """The value is one of those under `key` in what `query` finds; with `negated`, none."""

    path: Path
    query: SubQuery
    key: str
    negated: bool


class RelatedTo(Struct, frozen=True):
    """The object is in the relation `key` of the object named."""

    class_name: str
    object_id: str
    key: str


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
    | Near
    | WithinCircle
    | WithinBox
    | WithinPolygon
    | Covers
    | Text
    | Accessible
    | InQuery
    | Selected
    | RelatedTo
)
"""`InQuery`, `Selected`, `RelatedTo` and conditions on a Relation field ask other classes: the read
door replaces them (`objects.subqueries`) before a store or the matcher sees the tree."""

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
