"""`ORDER BY`: by the field itself where SQLite's order is MongoDB's, else by a key made for it."""

from collections.abc import Sequence
from functools import partial

import apsw
import orjson
from msgspec import Struct

from parsepy.protocol.field_types import STRING
from parsepy.protocol.find_parameters import TEXT_SCORE, SortKey
from parsepy.query.sort_keys import least_key
from parsepy.query.stored import stored_field
from parsepy.query.tree import Path
from parsepy.schema.classes import ClassSchema
from parsepy.storage.sqlite import columns, names
from parsepy.storage.sqlite.conditions import Condition
from parsepy.storage.sqlite.functions import FOLD, SORT_KEY


class Order(Struct, frozen=True):
    """What to sort by: the keys as columns `k0, k1, …`, and the terms over them."""

    keys: Condition
    terms: str


def compile_order(
    order: Sequence[SortKey], schema: ClassSchema, score: Condition, *, fold: bool = False
) -> Order:
    """`score` is what `$score` stands for. Raises 105 for a key that cannot name a field."""
    keys = [
        score if field == TEXT_SCORE else _key(field, descending, schema, fold)
        for field, descending in order
    ]
    # SQLite puts NULL first upwards and last downwards, as MongoDB puts null and missing.
    terms = [f"k{i}{' DESC' if descending else ''}" for i, (_, descending) in enumerate(order)]
    return Order(
        Condition(
            ", ".join(f"{key.sql} AS k{i}" for i, key in enumerate(keys)),
            tuple(parameter for key in keys for parameter in key.parameters),
        ),
        ", ".join(terms),
    )


def _key(key: str, descending: bool, schema: ClassSchema, fold: bool) -> Condition:
    field = columns.stored_name(key)
    type_ = columns.type_of(schema, field)
    expression = None if "." in key else columns.scalar(schema, field, type_)
    if expression is None:
        return _made_key(Path(key, columns.type_of(schema, key.partition(".")[0])), descending)
    if fold and type_ == STRING and field != "objectId":
        return Condition(f"{FOLD}({expression})")
    return Condition(expression)


def _made_key(path: Path, descending: bool) -> Condition:
    below_pointer = path.nested and path.type is not None and path.type.name == "Pointer"
    if below_pointer or path.root in columns.PERMISSION_COLUMNS or path.root in columns.OWN_COLUMNS:
        return Condition("NULL")
    field = columns.stored_name(path.root)
    make = apsw.pyobject(partial(_make, field, path.key.split(".")[1:], descending))
    return Condition(f"{SORT_KEY}(?, data->'{names.json_path(field)}')", (make,))


def _make(field: str, parts: Sequence[str], descending: bool, text: str | None) -> bytes:
    document = {} if text is None else {field: orjson.loads(text)}
    return least_key(stored_field(document, field), parts, greatest=descending)
